"""Joining two persons: nothing is lost, no consent opens more, and taking it back restores every table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from referral.cases.models import Case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import keystore, sealing
from referral.foundation.audit import AuditLine
from referral.foundation.sealing import Erasure, SealedRecord
from referral.foundation.searching import SearchOwner
from referral.people import queries
from referral.people.actions import duplicates, erase_person, merging, relatives
from referral.people.duplicates import FoundBy, PairState, Side
from referral.people.models import MergeRecord, Person, PersonBlock, PersonLink, PersonMerge, PersonPair
from referral.people.queries.duplicates import both
from referral.people.queries.identities import surviving
from sop.vocabulary import Category
from tests import builders
from tests.builders import Role, make_case, make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back

C2, C3, C4, C6 = Category.C2, Category.C3, Category.C4, Category.C6
LATER = NOW + timedelta(days=3)
ONE = {
    C2: {"family_name": "Zoukoumbélé", "given_names": "Awa", "phone": "+237 000 11 22 33", "phone_safe": "yes"},
    C3: {"sex": "female", "birth_date": "1998-03-02"},
    C4: {"route": "Agadez"},
}
OTHER = {
    C2: {"family_name": "Zukumbele", "given_names": "Aoua", "other_names": "Mama Awa", "phone": "+237 000 11 22 33"},
    C3: {"sex": "female", "birth_date": "1998-02-03"},
    C6: {"health_situation": ["pregnant"]},
}
HISTORY = {"audit_line", "person_merge", "merge_record", "person_pair", "outbox_message"}


class Scene:
    """Two cases of one woman in one organisation, and who works there."""

    def __init__(self) -> None:
        self.team = make_organization("MINAS Littoral (démonstration)", mandates=["ENF"])
        self.manager = make_user(Role.CASE_MANAGER, self.team, "gestion")
        self.chief = make_user(Role.SUPERVISOR, self.team, "chef")
        self.first = make_case(self.manager, ONE)
        self.second = make_case(self.manager, OTHER)
        self.second.person.created_at = NOW + timedelta(hours=1)
        db.session.flush()

    def pair(self) -> PersonPair:
        duplicates.look_for([self.second.person_id], found_by=FoundBy.SUBMISSION, now=NOW)
        two = sorted((self.first.person_id, self.second.person_id))
        return db.session.scalars(
            select(PersonPair).where(PersonPair.first_id == two[0], PersonPair.second_id == two[1])
        ).one()

    def join(self, choices: Mapping[str, Side] | None = None, now: Any = LATER) -> PersonMerge:
        pair = self.pair()
        seen = both(pair).seen
        return merging.merge(pair, choices or {}, "Même carte, même photo.", seen=seen, actor=self.chief, now=now)


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, dict[str, UUID]]]:
    with rolled_back(_application) as connection:
        with _application.app_context():
            scene = Scene()
            ids = {name: getattr(scene, name).id for name in ("team", "manager", "chief", "first", "second")}
            db.session.commit()
        yield connection, ids


@pytest.fixture
def scene(_application: Flask, stage: tuple[Connection, dict[str, UUID]]) -> Iterator[Scene]:
    with taken_back(_application, stage[0]), _application.app_context():
        found = Scene.__new__(Scene)
        for name, model in (("manager", builders.User), ("chief", builders.User), ("first", Case), ("second", Case)):
            setattr(found, name, db.session.get_one(model, stage[1][name]))
        found.team = found.manager.organization
        yield found


@pytest.fixture
def doomed(scene: Scene) -> Scene:
    """The same with two cases of its own: a destroyed key does not come back when the test is taken back."""
    names = {"family_name": "Ebongué", "given_names": "Solange"}
    scene.first, scene.second = (make_case(scene.manager, {**one, C2: {**one[C2], **names}}) for one in (ONE, OTHER))
    scene.second.person.created_at = NOW + timedelta(hours=1)
    db.session.flush()
    return scene


def everything() -> dict[str, list[str]]:
    """Every row of every table but the history, as text."""
    db.session.flush()
    tables = (one for one in db.metadatas[None].sorted_tables if one.name not in HISTORY)
    return {one.name: sorted(repr(tuple(row)) for row in db.session.execute(select(one))) for one in tables}


def test_a_pair_is_found_with_codes_and_no_name(scene: Scene) -> None:
    pair = scene.pair()
    assert pair.state is PairState.OPEN
    assert pair.probable
    assert "phone:exact" in pair.evidence
    assert "birth:swapped" in pair.evidence
    assert not any(name in repr(pair.evidence) for name in ("Awa", "Zou", "1998"))


def test_what_both_told_becomes_one_as_chosen_and_the_rest_stays_with_its_case(scene: Scene) -> None:
    kept, merged = scene.first.person_id, scene.second.person_id
    scene.join({"family_name": Side.SECOND, "age": Side.FIRST})
    db.session.refresh(scene.second)
    assert scene.second.person_id == kept
    known = sealing.read(kept, Category)
    assert known == {
        C2: {**ONE[C2], "family_name": "Zukumbele", "other_names": "Mama Awa"},
        C3: ONE[C3],
    }
    assert sealing.read(scene.first.id, [C4, C6]) == {C4: {"route": "Agadez"}}
    assert sealing.read(scene.second.id, [C4, C6]) == {C6: {"health_situation": ["pregnant"]}}
    assert sealing.read(merged, [C2])[C2] == OTHER[C2]
    assert surviving([merged]) == {merged: kept}
    acts = db.session.execute(select(AuditLine.case_id).where(AuditLine.action == "person.merge"))
    assert {row.case_id for row in acts} == {scene.first.id, scene.second.id}


def test_the_reason_and_the_names_lie_sealed(scene: Scene) -> None:
    made = scene.join()
    rows = repr([tuple(row) for table in (PersonMerge, PersonPair, MergeRecord) for row in
                 db.session.execute(select(table.__table__))])  # fmt: skip
    assert "carte" not in rows
    assert "Zoukoumb" not in rows
    assert sealing.open_text(made.kept_id, f"person_merge:{made.id}", made.reason) == "Même carte, même photo."


def test_taking_it_back_restores_every_table(scene: Scene) -> None:
    relative = {"kind": "sibling", "tracing": "together", "name": "Mariama"}
    relatives.add_link(scene.second, relative, other=None, actor=scene.manager, now=NOW)
    db.session.add(
        PersonBlock(person_id=scene.second.person_id, user_id=scene.manager.id, reason="fear", created_at=NOW)
    )
    scene.pair()
    before = everything()
    made = scene.join({"family_name": Side.SECOND, "age": Side.SECOND})
    assert everything() != before
    merging.undo(made, actor=scene.chief, now=LATER + timedelta(days=29))
    assert everything() == before
    assert db.session.scalars(select(MergeRecord)).all() == []


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "family_name": st.sampled_from(["Zoukoumbélé", "Zukumbele", ""]),
        "given_names": st.sampled_from(["Awa", "Aoua"]),
        "phone": st.sampled_from(["+237 000 11 22 33", "+237 000 99"]),
        "relatives": st.dictionaries(st.sampled_from("abc"), st.fixed_dictionaries({"name": st.text(max_size=5)})),
        "age_years": st.integers(0, 99),
    },
)
FILES = st.dictionaries(st.sampled_from([C2, C3, C4, C6, Category.C12, Category.C7N]), ANSWERS, max_size=5)
CHOICES = st.dictionaries(st.sampled_from(["family_name", "given_names", "phone", "age"]), st.sampled_from(list(Side)))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(one=FILES, two=FILES, told=FILES, choices=CHOICES)
def test_merge_and_undo_are_nothing_whatever_was_told(
    scene: Scene, one: Any, two: Any, told: Any, choices: Any
) -> None:
    with db.session.begin_nested() as savepoint:
        pair = scene.pair()
        for person_id, sealed in ((scene.first.person_id, one), (scene.second.person_id, two), (scene.second.id, told)):
            sealing.seal_many(person_id, sealed, now=NOW)
        before = everything()
        made = merging.merge(pair, choices, "r", seen=both(pair).seen, actor=scene.chief, now=LATER)
        merging.undo(made, actor=scene.chief, now=LATER)
        assert everything() == before
        savepoint.rollback()
    db.session.expire_all()


def test_what_was_written_since_is_not_lost(scene: Scene) -> None:
    kept, merged = scene.first.person_id, scene.second.person_id
    link = relatives.add_link(
        scene.second,
        {"kind": "sibling", "tracing": "together", "name": "Mariama"},
        other=None,
        actor=scene.manager,
        now=NOW,
    )
    made = scene.join()
    db.session.refresh(scene.second)
    sealing.seal(kept, C2, {**sealing.read(kept, [C2])[C2], "phone": "+237 000 55"}, now=LATER)
    sealing.seal(scene.second.id, C6, {"health_situation": ["pregnant"], "note": "tension"}, now=LATER)
    words = {"kind": "sibling", "tracing": "together", "name": "Mariama Bello"}
    relatives.change_link(scene.second, link, words, other=None, agreed_on=None, actor=scene.manager, now=LATER)
    merging.undo(made, actor=scene.chief, now=LATER)
    assert sealing.read(kept, [C2])[C2] == {**ONE[C2], "phone": "+237 000 55"}
    assert sealing.read(scene.second.id, [C6])[C6] == {"note": "tension"}
    assert sealing.read(merged, [C6])[C6] == OTHER[C6]
    assert sealing.read(merged, [C3])[C3]["relatives"][str(link.id)] == {"name": "Mariama Bello"}
    assert not sealing.read(kept, [C3])[C3].get("relatives")


def test_after_the_period_the_copy_is_erased_and_the_file_still_found(doomed: Scene) -> None:
    scene = doomed
    kept, merged = scene.first.person_id, scene.second.person_id
    made = scene.join()
    assert merging.settle_due(made.undo_until - timedelta(seconds=1)) == 0
    assert merging.settle_due(made.undo_until) == 1
    assert sealing.read(merged, Category) == {}
    assert db.session.get(Erasure, merged) is not None
    assert db.session.get(Erasure, kept) is None
    assert db.session.scalars(select(SearchOwner.person_id).where(SearchOwner.person_id == merged)).all() == []
    assert db.session.scalars(select(MergeRecord)).all() == []
    found = queries.people(scene.manager, queries.visible_cases(scene.manager), "Ebongue Solange")
    assert {one.id for one in found} == {scene.first.id, scene.second.id}
    with pytest.raises(RuleViolation) as refused:
        merging.undo(made, actor=scene.chief, now=made.undo_until)
    assert refused.value.message.code == "too_late"
    assert surviving([merged]) == {merged: kept}


@pytest.mark.parametrize("half", ["first", "second"])
def test_erasing_one_half_erases_the_other(doomed: Scene, half: str) -> None:
    scene = doomed
    ids = {"first": scene.first.person_id, "second": scene.second.person_id}
    scene.join()
    erase_person(db.session.get_one(Person, ids[half]), now=LATER)
    assert {row.owner_id for row in db.session.scalars(select(Erasure))} >= set(ids.values())
    left = db.session.scalars(select(SealedRecord).where(SealedRecord.owner_id.in_(ids.values()))).all()
    assert left == []
    assert db.session.scalars(select(MergeRecord)).all() == []
    assert all(db.session.get_one(Person, one).erased_at for one in ids.values())
    db.session.commit()
    with pytest.raises(sealing.KeyDestroyed):
        keystore.keystore().key(ids["first"])


def test_a_stale_page_joins_nothing(scene: Scene) -> None:
    pair = scene.pair()
    seen = both(pair).seen
    sealing.seal(scene.second.person_id, C2, {"family_name": "Autre"}, now=LATER)
    with pytest.raises(RuleViolation) as refused:
        merging.merge(pair, {}, "r", seen=seen, actor=scene.chief, now=LATER)
    assert refused.value.message.code == "changed"


def test_a_page_of_before_a_colleagues_answer_joins_nothing(scene: Scene) -> None:
    pair = scene.pair()
    seen = both(pair).seen
    duplicates.answer(pair, PairState.DIFFERENT, "Jumelles.", version=pair.version, actor=scene.chief, now=LATER)
    with pytest.raises(RuleViolation) as refused:
        merging.merge(pair, {}, "r", seen=seen, actor=scene.chief, now=LATER)
    assert refused.value.message.code == "changed"
    assert pair.state is PairState.DIFFERENT


@pytest.mark.parametrize(
    ("what", "code"), [("elsewhere", "elsewhere"), ("protected", "protected"), ("tied", "tied"), ("waits", "waits")]
)
def test_what_stands_against_joining(scene: Scene, what: str, code: str) -> None:
    pair = scene.pair()
    person = scene.second.person
    if what == "elsewhere":
        scene.second.organization = make_organization("Autre (démonstration)")
    elif what == "protected":
        person.protection = "family"
    elif what == "tied":
        values = {"kind": "sibling", "tracing": "together"}
        relatives.add_link(scene.first, values, other=scene.second, actor=scene.manager, now=NOW)
    else:
        scene.second.state = "open"
    db.session.flush()
    with pytest.raises(RuleViolation) as refused:
        merging.merge(pair, {}, "r", seen=both(pair).seen, actor=scene.chief, now=LATER)
    assert refused.value.message.code == code


def test_different_is_remembered_until_who_they_are_changes(scene: Scene) -> None:
    pair = scene.pair()
    duplicates.answer(pair, PairState.DIFFERENT, "Jumelles.", version=pair.version, actor=scene.chief, now=LATER)
    assert duplicates.look_for([scene.first.person_id], found_by=FoundBy.NIGHTLY, now=LATER) == []
    assert pair.state is PairState.DIFFERENT
    sealing.seal(scene.second.person_id, C3, ONE[C3], now=LATER)
    assert duplicates.look_for([scene.first.person_id], found_by=FoundBy.NIGHTLY, now=LATER) == [pair]
    assert pair.state is PairState.OPEN


def test_the_second_of_two_reviewers_is_told(scene: Scene) -> None:
    pair = scene.pair()
    version = pair.version
    duplicates.answer(pair, PairState.NOT_SURE, "", version=version, actor=scene.chief, now=LATER)
    with pytest.raises(RuleViolation) as refused:
        duplicates.answer(pair, PairState.DIFFERENT, "", version=version, actor=scene.chief, now=LATER)
    assert refused.value.message.code == "answered"


def test_the_nightly_search_reads_each_identity_once(scene: Scene) -> None:
    assert duplicates.check_changed(LATER) > 0
    assert duplicates.check_changed(LATER) == 0
    assert [one.found_by for one in db.session.scalars(select(PersonPair))] == [FoundBy.NIGHTLY]
    sealing.seal(scene.second.person_id, C3, ONE[C3], now=LATER)
    assert duplicates.check_changed(LATER) == 1


def test_links_follow_and_blocks_bind_the_joined_file(scene: Scene) -> None:
    kept, merged = scene.first.person_id, scene.second.person_id
    third = make_case(scene.manager)
    relatives.add_link(
        third, {"kind": "sibling", "tracing": "together"}, other=scene.second, actor=scene.manager, now=NOW
    )
    db.session.add(PersonBlock(person_id=merged, user_id=scene.manager.id, reason="fear", created_at=NOW))
    scene.join()
    assert db.session.scalars(select(PersonLink.other_id)).all() == [kept]
    assert db.session.scalars(select(PersonBlock.person_id)).all() == [kept]
