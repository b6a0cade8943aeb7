"""A version on a real database: from a draft to force, what it needs on the way, and what never changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from referral.cases.models import Case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.partners.queries import user_by_name
from referral.procedures import actions, queries
from referral.procedures.actions import StaleVersion
from referral.procedures.models import ProcedureVersion, PublishedVersion
from referral.procedures.rules import Anchor, CommentAnswer, VersionAction, VersionState
from tests import builders
from tests.conftest import NOW
from tests.referral.procedures import texts

S, A = VersionState, VersionAction
TODAY = NOW.date()
Who = Callable[[str], Any]


@pytest.fixture
def inside(office: Flask) -> Iterator[None]:
    with office.app_context():
        yield


def stamp(who: Who, name: str = "coordinator") -> dict[str, Any]:
    return {"actor": who(name), "now": NOW}


def move(one: ProcedureVersion, action: VersionAction, who: Who) -> None:
    db.session.flush()
    actions.move(one, action, revision=one.revision, today=TODAY, **stamp(who))
    db.session.flush()


def draft(who: Who, number: str = "1.0.0", *breaks: tuple[str, str], triage: str = texts.TRIAGE) -> ProcedureVersion:
    return actions.new_draft(texts.numbered(number, *breaks), triage, **stamp(who))


def consulted(who: Who, number: str = "1.0.0") -> ProcedureVersion:
    one = draft(who, number)
    move(one, A.OPEN_CONSULTATION, who)
    return one


def approved(who: Who, number: str = "1.0.0", **decision: Any) -> ProcedureVersion:
    one = consulted(who, number)
    move(one, A.CLOSE_CONSULTATION, who)
    approve(one, who, **decision)
    return one


def approve(one: ProcedureVersion, who: Who, **decision: Any) -> None:
    db.session.flush()
    values: dict[str, Any] = {"number": "012/CP/2026", "decided_on": TODAY, "valid_from": None, **decision}
    actions.approve(one, **values, revision=one.revision, today=TODAY, **stamp(who, "committee"))
    db.session.flush()


def acts() -> list[tuple[str, str]]:
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action.like("procedure.%")).order_by(AuditLine.id))
    return [(line.action, line.code) for line in lines if line.action != "procedure.import"]


@pytest.mark.usefixtures("inside")
def test_from_a_draft_to_force_with_a_line_in_the_trail_for_each_change(who: Who) -> None:
    one = actions.copy_version(queries.active_version(), **stamp(who))
    actions.save_flowchart(one, texts.numbered("1.0.0"), revision=one.revision, **stamp(who))
    db.session.flush()
    move(one, A.OPEN_CONSULTATION, who)
    said = actions.write_comment(one, Anchor.parse("edge:D01→L01"), "Trop tard.", **stamp(who, "provider"))
    answer = {"answer": CommentAnswer.PARTLY, "reason": "Au prochain comité.", "revision": said.revision}
    actions.answer_comment(one, said, **answer, **stamp(who))
    db.session.flush()
    move(one, A.CLOSE_CONSULTATION, who)
    approve(one, who)
    move(one, A.ACTIVATE, who)
    assert one.state is S.ACTIVE
    assert queries.active_version().id == one.id
    assert (one.decision_number, one.decision_on, one.based_on_id) == ("012/CP/2026", TODAY, one.based_on_id)
    assert said.organization_id == who("provider").organization_id
    assert acts() == [
        ("procedure.draft", ""),
        ("procedure.save", "valid"),
        ("procedure.move", "open_consultation"),
        ("procedure.comment", ""),
        ("procedure.answer", "partly"),
        ("procedure.move", "close_consultation"),
        ("procedure.approve", "012/CP/2026"),
        ("procedure.retire", ""),
        ("procedure.activate", ""),
    ]


@pytest.mark.usefixtures("inside")
def test_open_cases_stay_on_their_version_and_new_ones_take_the_new(who: Who) -> None:
    former = queries.active_version()
    old = builders.make_case(who("manager"))
    one = approved(who)
    move(one, A.ACTIVATE, who)
    new = builders.make_case(who("manager"))
    db.session.flush()
    db.session.expire_all()
    assert db.session.get_one(Case, old.id).procedure_version_id == former.id
    assert db.session.get_one(Case, new.id).procedure_version_id == one.id
    assert (former.state, former.retired_at) == (S.RETIRED, NOW)
    assert (queries.open_cases(former.id), queries.open_cases(one.id)) == (1, 1)
    assert queries.flowchart(former.id).version != queries.flowchart(one.id).version == "1.0.0"


@pytest.mark.usefixtures("inside")
def test_a_draft_goes_up_and_down_with_its_text(who: Who) -> None:
    one = draft(who)
    seen = [one.state]
    for breaks in ([texts.CODE], [texts.CHILD_CLOSES], []):
        before = one.content_hash
        actions.save_flowchart(one, texts.numbered("1.0.0", *breaks), revision=one.revision, **stamp(who))
        db.session.flush()
        seen.append(one.state)
        assert one.content_hash != before
    actions.save_triage(one, texts.GAP, revision=one.revision, **stamp(who))
    assert [*seen, one.state] == [S.VALID, S.STRUCTURE, S.MEANING, S.VALID, S.MEANING]


@pytest.mark.usefixtures("inside")
def test_an_error_a_taken_number_or_an_unchanged_text_stand_against_a_consultation(who: Who) -> None:
    copy = actions.copy_version(queries.active_version(), **stamp(who))
    for one, code in ((draft(who, "1.0.0", texts.CHILD_CLOSES), "not_in_this_state"), (copy, "version_same")):
        with pytest.raises(RuleViolation) as refused:
            move(one, A.OPEN_CONSULTATION, who)
        assert refused.value.message.code == code
    actions.save_triage(copy, texts.DEAD, revision=copy.revision, **stamp(who))
    with pytest.raises(RuleViolation, match="version_number"):
        move(copy, A.OPEN_CONSULTATION, who)


@pytest.mark.usefixtures("inside")
def test_unanswered_comments_and_an_open_consultation_stand_against_an_approval(who: Who) -> None:
    one = consulted(who)
    with pytest.raises(RuleViolation, match="consultation_open"):
        approve(one, who)
    said = actions.write_comment(one, Anchor.parse("step:N03"), "Trop court.", **stamp(who, "manager"))
    move(one, A.CLOSE_CONSULTATION, who)
    with pytest.raises(RuleViolation, match="unanswered"):
        approve(one, who)
    with pytest.raises(RuleViolation, match="consultation_closed"):
        actions.write_comment(one, Anchor.parse("step:N03"), "Encore.", **stamp(who, "manager"))
    values = {"answer": CommentAnswer.DECLINED, "reason": "Le délai est légal.", "revision": said.revision}
    actions.answer_comment(one, said, **values, **stamp(who))
    approve(one, who)
    assert one.state is S.APPROVED
    with pytest.raises(RuleViolation, match="not_in_this_state"):
        actions.answer_comment(one, said, **{**values, "revision": said.revision}, **stamp(who))


@pytest.mark.usefixtures("inside")
def test_the_committees_day_stands_against_an_early_start(who: Who) -> None:
    one = approved(who, valid_from=date(2026, 12, 1))
    with pytest.raises(RuleViolation, match="too_early"):
        move(one, A.ACTIVATE, who)


@pytest.mark.usefixtures("inside")
def test_a_stale_form_changes_nothing(who: Who) -> None:
    one = draft(who)
    read = one.revision
    actions.save_flowchart(one, texts.numbered("1.0.1"), revision=read, **stamp(who))
    db.session.flush()
    for act in (
        lambda: actions.save_flowchart(one, texts.numbered("1.0.2"), revision=read, **stamp(who)),
        lambda: actions.save_triage(one, texts.DEAD, revision=read, **stamp(who)),
        lambda: actions.move(one, A.OPEN_CONSULTATION, revision=read, today=TODAY, **stamp(who)),
    ):
        with pytest.raises(StaleVersion):
            act()
    assert one.number == "1.0.1"
    assert one.state is S.VALID


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("column", ["flowchart", "triage", "content_hash", "number", "drawing_hash"])
def test_what_is_published_never_changes_whoever_tries(who: Who, column: str) -> None:
    one = consulted(who)
    with pytest.raises(RuleViolation, match="version_published"):
        actions.save_flowchart(one, texts.numbered("9.9.9"), revision=one.revision, **stamp(who))
    db.session.commit()
    setattr(one, column, "x: 1")
    with pytest.raises(PublishedVersion):
        db.session.flush()
    db.session.rollback()
    db.session.delete(db.session.get_one(ProcedureVersion, one.id))
    with pytest.raises(PublishedVersion):
        db.session.flush()
    db.session.rollback()


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    "columns",
    [
        {"state": S.APPROVED, "consultation_opened_at": NOW},
        {"state": S.ACTIVE, "activated_at": NOW},
        {"state": S.CONSULTATION},
        {"state": S.RETIRED, "activated_at": NOW},
        {"state": S.ACTIVE, "decision_number": "1/2026", "decision_on": TODAY},
        {"state": S.DRAWING, "drawing": b"x"},
    ],
)
def test_the_database_itself_refuses_what_the_rules_refuse(who: Who, columns: dict[str, Any]) -> None:
    one = draft(who)
    for name, value in columns.items():
        setattr(one, name, value)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.usefixtures("inside")
def test_the_database_knows_one_version_in_force(who: Who) -> None:
    one = approved(who)
    one.state, one.activated_at = S.ACTIVE, NOW
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.usefixtures("inside")
def test_the_library_comes_in_without_a_decision_and_says_so_and_comes_in_once(who: Who) -> None:
    one = queries.active_version()
    assert (one.decision_number, one.decision_on, one.state) == ("DEMONSTRATION", TODAY, S.ACTIVE)
    assert actions.import_procedure(texts.FLOWCHART, texts.TRIAGE, actor=None, now=NOW).id == one.id
    with pytest.raises(RuleViolation, match="procedure_errors"):
        actions.import_procedure(texts.numbered("2.0.0"), texts.GAP, actor=None, now=NOW)
    newer = actions.import_procedure(texts.numbered("2.0.0"), texts.TRIAGE, actor=who("coordinator"), now=NOW)
    assert queries.active_version().id == newer.id
    assert one.state is S.RETIRED


@pytest.mark.usefixtures("inside")
def test_a_drawing_is_kept_byte_for_byte_until_somebody_writes_it_down(who: Who) -> None:
    content = bytes(range(256))
    named = {"name": "plan.bpmn", "media_type": "application/xml"}
    one = actions.new_drawing(content, texts.TRIAGE, **named, **stamp(who))
    assert (one.state, one.drawing, queries.chart_of(one)) == (S.DRAWING, content, None)
    assert one.drawing_hash == "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880"
    db.session.flush()
    actions.save_flowchart(one, texts.numbered("1.0.0"), revision=one.revision, **stamp(who))
    db.session.flush()
    assert (one.state, one.number, one.drawing) == (S.VALID, "1.0.0", content)


@pytest.mark.usefixtures("inside")
def test_who_sees_which_version(who: Who) -> None:
    kept = {
        "draft": draft(who, "1.0.0"),
        "consultation": consulted(who, "2.0.0"),
        "approved": approved(who, "3.0.0"),
        "active": queries.active_version(),
    }
    aside = consulted(who, "4.0.0")
    move(aside, A.SET_ASIDE, who)
    kept["aside"] = aside
    everything = set(kept)
    expected = {
        "coordinator": everything,
        "committee": {"consultation", "approved", "active"},
        "manager": {"consultation", "approved", "active"},
        "provider": {"consultation", "approved", "active"},
        "officer": {"consultation", "approved", "active"},
        "admin": set(),
    }
    for name, names in expected.items():
        seen = {row.version.id for row in queries.listing(who(name)).rows}
        assert seen == {kept[one].id for one in names}, name
        for key, one in kept.items():
            assert (queries.visible_version(who(name), one.id) is not None) is (key in names), (name, key)


@pytest.mark.usefixtures("inside")
def test_the_list_is_paged_without_gap_or_repeat(who: Who) -> None:
    for _number in range(45):
        actions.copy_version(queries.active_version(), **stamp(who))
    seen, after = [], None
    for _page in range(5):
        page = queries.listing(who("coordinator"), after)
        seen += [row.version.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 46


@pytest.mark.slow
def test_two_versions_put_in_force_at_the_same_moment_leave_one_in_force(committed: Flask) -> None:
    with committed.app_context():
        for name, role in (("coordinator", Role.COORDINATOR), ("committee", Role.COMMITTEE)):
            builders.make_user(role, None, name)
        builders.make_procedure()
        ids = [approved(user_by_name, number).id for number in ("1.0.0", "2.0.0")]
        db.session.commit()
        db.session.remove()
    together, failed = threading.Barrier(2), []

    def put_in_force(version_id: UUID) -> None:
        with committed.app_context():
            try:
                who = user_by_name("coordinator")
                db.session.rollback()
                together.wait()
                one = db.session.get_one(ProcedureVersion, version_id, with_for_update=True)
                actions.activate(one, actor=who, now=NOW, today=TODAY)
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=put_in_force, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with committed.app_context():
        states = [db.session.get_one(ProcedureVersion, one).state for one in ids]
        db.session.remove()
    assert sorted(states) == ["active", "retired"]
