"""Double entries: found by key, decided by a person, never merged by themselves, and a merge is taken back whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from directory import Criteria
from directory.taxonomy import Disclosure, Visibility
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.partners.models import User
from referral.providers import actions, queries
from referral.providers.actions.tabling import import_tables
from referral.providers.commands.doubling import double_words, doubled
from referral.providers.doubles_models import ServiceMerge, ServicePair
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries import doubles
from referral.providers.rules import DoubleState, TaskReason
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path

LATER = NOW + timedelta(hours=2)


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[Any]:
    """Two entries of one house under two organisations, a third that only shares its kind, and a coordinator."""
    with rolled_back(_application) as connection, _application.app_context():
        one, other = make_organization("Foyer Espérance"), make_organization("Liste de l’ONG")
        places = (
            make_entry(one, "Accueil Espérance", "HEB", visibility=Visibility.PUBLIC),
            make_entry(other, "ACCUEIL DE L’ESPÉRANCE", "HEB", visibility=Visibility.PUBLIC),
            make_entry(other, "Accueil Bonamoussadi", "HEB", visibility=Visibility.PUBLIC),
        )
        places[2].contacts[0].phone = "+237000000002"
        make_user(Role.COORDINATOR, make_organization("Coordination"), "chef")
        make_user(Role.CASE_MANAGER, make_organization("ONG"), "ong")
        db.session.commit()
        actions.look_for_doubles(NOW)
        yield connection, [one.id for one in places]


@pytest.fixture
def app(_application: Flask, stage: Any) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@dataclass
class Scene:
    first: ServiceAtLocation
    second: ServiceAtLocation
    third: ServiceAtLocation
    chief: User


@pytest.fixture
def scene(session: Any, stage: Any) -> Scene:
    chief = session.scalars(select(User).where(User.username == "chef")).one()
    return Scene(*(session.get_one(ServiceAtLocation, one) for one in stage[1]), chief)


def pair() -> ServicePair:
    return db.session.scalars(select(ServicePair)).one()


def joined(scene: Scene, *, keep: Any = None, now: Any = NOW) -> ServiceMerge:
    kept = (keep or scene.first).service_id
    return actions.merge_entries(pair(), kept, version=pair().version, actor=scene.chief, now=now)


def found(words: str = "esperance") -> list[str]:
    answer = queries.search(Criteria(need="HEB"), words, NOW)
    return sorted(one.offer.id for one in (*answer.fits, *answer.to_verify))


def test_the_entries_that_share_a_key_are_one_pair_and_looking_again_finds_nothing_new(scene: Scene) -> None:
    assert {pair().first_id, pair().second_id} == {scene.first.service_id, scene.second.service_id}
    assert (pair().state, pair().shared) == (DoubleState.OPEN, ["phone", "place", "need"])
    assert actions.look_for_doubles(LATER) == 0


def test_an_entry_that_was_changed_is_compared_again(scene: Scene) -> None:
    scene.third.contacts[0].phone = "00237 000 000 001"
    assert actions.look_for_doubles(LATER) == 1
    scene.third.contacts[0].phone = "+237000000002"
    assert actions.look_for_doubles(LATER) == 0
    assert len(doubles.waiting().rows) == 1


def test_what_is_left_for_the_next_hour_is_found_then(scene: Scene) -> None:
    for place in (scene.first, scene.second, scene.third):
        place.service.email = f"{place.id}@gmail.com"
        place.contacts[0].phone = "+237000000009"
    assert sum(actions.look_for_doubles(LATER, most=1) for _ in range(3)) == 1
    assert len(doubles.waiting().rows) == 2
    assert actions.look_for_doubles(LATER) == 0


def test_what_is_kept_to_named_people_is_put_beside_nothing(scene: Scene) -> None:
    scene.second.service.visibility = Visibility.RESTRICTED
    assert doubles.waiting().rows == []
    assert doubles.find_pair(pair().id) is None


def test_two_services_are_remembered_and_do_not_come_back(scene: Scene) -> None:
    actions.tell_apart(pair(), version=pair().version, actor=scene.chief, now=NOW)
    scene.second.service.description = "Autre chose"
    scene.second.contacts[0].email = "a@b.cm"
    actions.look_for_doubles(LATER)
    assert (pair().state, doubles.waiting().rows) == (DoubleState.DIFFERENT, [])


def test_a_replaced_entry_is_found_by_no_search_and_taken_back_it_is_as_before(scene: Scene) -> None:
    before = {one.name: getattr(scene.second.service, one.name) for one in Service.__table__.columns}
    both = sorted((str(scene.first.id), str(scene.second.id)))
    assert found() == both
    made = joined(scene)
    assert found() == [str(scene.first.id)]
    assert scene.second.service.replaced_by_id == scene.first.service_id
    actions.unmerge(made, actor=scene.chief, now=LATER)
    assert found() == both
    after = {name: getattr(scene.second.service, name) for name in before}
    assert after == before | {"version": before["version"] + 2, "last_modified": LATER}
    assert pair().state is DoubleState.OPEN


def test_every_decision_has_its_line_and_none_is_made_twice(scene: Scene) -> None:
    version, made = pair().version, joined(scene)
    for again in (
        lambda: actions.merge_entries(pair(), scene.first.service_id, version=version, actor=scene.chief, now=NOW),
        lambda: actions.tell_apart(pair(), version=pair().version, actor=scene.chief, now=NOW),
    ):
        with pytest.raises(RuleViolation):
            again()
    actions.unmerge(made, actor=scene.chief, now=LATER)
    with pytest.raises(RuleViolation):
        actions.unmerge(made, actor=scene.chief, now=LATER)
    lines = db.session.scalars(select(AuditLine.action).where(AuditLine.action.like("directory.%merge")))
    assert list(lines) == ["directory.merge", "directory.unmerge"]


def test_a_chain_of_replacements_is_followed_to_its_end_and_a_ring_ends(scene: Scene) -> None:
    joined(scene, keep=scene.second)
    scene.second.service.replaced_by_id, scene.second.service.archived = scene.third.service_id, True
    db.session.flush()
    assert doubles.last_of(scene.first.service_id) == scene.third.service_id
    assert doubles.successor(scene.first.id, scene.chief).id == scene.third.id
    scene.third.service.replaced_by_id = scene.first.service_id
    db.session.flush()
    assert doubles.last_of(scene.first.service_id) == scene.third.service_id


def test_an_entry_that_left_the_directory_stands_for_nothing(scene: Scene) -> None:
    scene.first.service.archived = True
    db.session.flush()
    with pytest.raises(RuleViolation):
        joined(scene)
    assert scene.second.service.replaced_by_id is None


def test_calls_about_a_replaced_entry_wait_until_it_is_back(scene: Scene) -> None:
    actions.open_task(scene.second.id, TaskReason.LATE, ["hours"], now=NOW)
    made = joined(scene)
    assert queries.open_tasks() == []
    actions.unmerge(made, actor=scene.chief, now=LATER)
    assert len(queries.open_tasks()) == 1


def test_the_old_address_leads_to_the_kept_entry_and_says_so(scene: Scene, client: PageClient) -> None:
    joined(scene)
    db.session.commit()
    client.sign_in("ong")
    page = client.get(path(scene.second.id))
    assert page.url.endswith(path(scene.first.id))
    assert "était un doublon" in page.text
    scene.second.service.visibility = Visibility.RESTRICTED
    db.session.commit()
    assert client.get(path(scene.second.id)).status == 404


def test_other_directories_are_told_of_the_replacement(scene: Scene, client: PageClient) -> None:
    joined(scene, now=LATER)
    db.session.commit()
    since = "2026-11-23T10:00:00Z"
    listed = client.get(f"/api/directory/services?modified_after={since}").response.json["contents"]
    assert [(one["id"], one["status"]) for one in listed] == [(str(scene.second.service_id), "defunct")]
    told = client.get(f"/api/directory/services/{scene.second.service_id}")
    assert (told.status, told.response.json["replaced_by"]["id"]) == (410, str(scene.first.service_id))


def test_the_coordination_compares_decides_and_takes_back_on_pages(scene: Scene, client: PageClient) -> None:
    client.sign_in("chef")
    listed = client.get("/directory/doubles")
    address = f"/directory/doubles/{pair().id}"
    assert address in listed.links.values()
    client.get(address)
    version = str(pair().version)
    assert client.post(address, {"version": version}).status == 422
    second = "second" if pair().second_id == scene.first.service_id else "first"
    client.post(address, {"version": version, "answer": second})
    db.session.expire_all()
    assert db.session.get_one(Service, scene.second.service_id).replaced_by_id == scene.first.service_id
    made = db.session.scalars(select(ServiceMerge)).one()
    client.get("/directory/doubles")
    client.post(f"/directory/doubles/merges/{made.id}/undo", {})
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).where(Service.archived)) == 0


def test_a_confidential_place_is_shown_by_its_arrondissement_only(scene: Scene, client: PageClient) -> None:
    place = db.session.get_one(ServiceAtLocation, scene.second.id)
    place.location.disclosure, place.location.address = Disclosure.ARRONDISSEMENT, "17 ruelle des Lauriers"
    db.session.commit()
    client.sign_in("chef")
    page = client.get(f"/directory/doubles/{pair().id}").text
    assert "12 rue de la Joie" in page
    assert "Lauriers" not in page


def test_a_list_that_still_has_a_replaced_entry_brings_nothing_back(scene: Scene) -> None:
    sheet = actions.look_at("Réf;Structure;Prestation\n1;Croix-Rouge;Refuge\n".encode(), "liste.csv")
    actions.keep_columns("Liste", {"Réf": "service.id", "Structure": "organization.name", "Prestation": "service.name"})
    stamp: dict[str, Any] = {"actor": scene.chief, "now": NOW}
    import_tables(sheet, "Liste", {}, **stamp)
    service = db.session.scalars(select(Service).where(Service.source == "Liste")).one()
    service.archived, service.replaced_by_id = True, scene.first.service_id
    told = import_tables(sheet, "Liste", {}, **stamp)
    assert (told["counts"], service.archived) == ({"new": 0, "changed": 0, "gone": 0}, True)


def test_the_command_lists_what_waits_and_merges_nothing(scene: Scene) -> None:
    told = doubled(LATER)
    (one,) = told["pairs"]
    assert (told["new"], one["likeness"], one["shared"]) == (0, "duplicate", ["phone", "place", "need"])
    assert {row["id"] for row in one["services"]} == {str(scene.first.service_id), str(scene.second.service_id)}
    assert double_words(told)[0] == "0 new, 1 waiting"
