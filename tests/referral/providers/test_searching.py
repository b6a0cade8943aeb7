"""Searching for a person: who fits, what nobody leaves behind, and what is proposed instead."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from directory import Message
from directory.question import question
from directory.taxonomy import CapacityStatus, Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers import actions, queries
from referral.providers.models import NeedSignal
from referral.providers.rules import SignalOutcome
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry


@pytest.fixture
def organization(session: Any) -> Any:
    """One organisation of the network."""
    return make_organization("Aide")


def asked(place: str = "CM005004", person: dict[str, Any] | None = None, **options: Any) -> Any:
    known = queries.snapshot(NOW).places
    return question(person or {}, need="MED", place=known[place], places=known, **options)


def names(found: queries.Found) -> list[str]:
    return [one.offer.name for one in found.fits]


def test_need_words_place_and_person_together(organization: Any) -> None:
    make_entry(organization, "Hôpital de district", "MED", areas=("CM005",))
    make_entry(organization, "Hôpital pour adultes", "MED", areas=("CM005",), minimum_age=18)
    make_entry(organization, "Hôpital du Nord", "MED", areas=("CM006",))
    make_entry(organization, "Dispensaire", "MED", areas=("CM005",))
    make_entry(organization, "Hôpital des papiers", "DOC", areas=("CM005",))
    found = queries.search(asked(person={"age": 12}), "hopitaux district", NOW)
    assert names(found) == ["Hôpital de district"]
    assert found.outcome is None


def test_nobody_says_why_and_what_else_to_ask(organization: Any) -> None:
    make_entry(organization, "Hôpital du Nord", "MED", areas=("CM006",))
    found = queries.search(asked(), "", NOW)
    assert found.counts == (0, 0, 1)
    assert found.outcome is SignalOutcome.OUT_OF_AREA
    assert [(one.message.code, one.count) for one in found.wider] == [("wider_country", 1)]


def test_full_is_told_apart(organization: Any) -> None:
    full = make_entry(organization, "Hôpital", "MED", areas=("CM005",))
    full.capacity_status, full.capacity_updated_at = CapacityStatus.FULL, NOW
    db.session.flush()
    assert queries.search(asked(), "", NOW).outcome is SignalOutcome.FULL


def test_words_that_nobody_has_are_proposed_to_be_left_out(organization: Any) -> None:
    make_entry(organization, "Hôpital", "MED", areas=("CM005",))
    found = queries.search(asked(), "xyzzy", NOW)
    assert found.outcome is SignalOutcome.NO_RESULT
    assert found.wider[-1].message == Message("wider_words", "without the words")


def test_a_signal_holds_no_person_and_no_minute(organization: Any) -> None:
    make_entry(organization, "Hôpital", "MED", areas=("CM005",))
    person = {"age": 12, "sex": "female", "status": ["refugee"], "vulnerabilities": ["gbv_survivor"]}
    actions.signal_need(asked("CM005004", person), SignalOutcome.NO_RESULT, NOW)
    kept = db.session.scalars(select(NeedSignal)).one()
    assert (kept.pcode, kept.category, kept.audience, kept.outcome) == ("CM005004", "MED", "minor", "no_result")
    assert (kept.at.minute, kept.at.second, kept.at.microsecond) == (0, 0, 0)
    columns = {column.name for column in NeedSignal.__table__.columns}
    assert columns == {"id", "at", "pcode", "category", "audience", "outcome"}


def test_a_service_kept_to_named_people_is_found_by_nobody_else(organization: Any) -> None:
    make_entry(organization, "Refuge", "MED", areas=("CM005",), visibility=Visibility.RESTRICTED)
    other = make_user(Role.CASE_MANAGER, make_organization("Autre"))
    own = make_user(Role.CASE_MANAGER, organization)
    assert queries.search(asked(), "", NOW).counts == (0, 0, 0)
    assert queries.search(asked(), "", NOW, other).counts == (0, 0, 0)
    assert names(queries.search(asked(), "", NOW, own)) == ["Refuge"]


def test_an_imported_place_is_found_by_either_name_at_once(session: Any, tmp_path: Any) -> None:
    assert queries.find_place("Fontem", NOW) == []
    path = tmp_path / "crosswalk.csv"
    path.write_text(
        "pcode,name_cod,name,adm2_pcode,cog_local_id,seat_lat,seat_lon,seat_name\n"
        "CM010003001,Fontem,Menji,CM010003,,5.5,9.9,Azi\n"
    )
    actions.import_places(path, now=NOW)
    for name in ("fontem", "MENJI", "azi", "CM010003001"):
        assert [one.pcode for one in queries.find_place(name, NOW)] == ["CM010003001"]


@pytest.fixture
def page(session: Any, organization: Any, client: PageClient) -> PageClient:
    """A case manager at the search, one hospital in the directory."""
    make_entry(organization, "Hôpital", "MED", areas=("CM005",), minimum_age=18)
    make_user(Role.CASE_MANAGER, make_organization("Délégation"), "gestionnaire")
    session.commit()
    client.sign_in("gestionnaire")
    client.get("/directory/search")
    return client


def test_the_answer_is_the_page_itself_and_keeps_what_was_typed(page: PageClient) -> None:
    answer = page.post("/directory/search", data={"need": "MED", "place": "wouri", "age": "30", "q": "hopitaux"})
    assert answer.response.status_code == 200
    assert "Hôpital" in answer.text
    assert 'value="30"' in answer.response.text
    assert db.session.scalars(select(NeedSignal)).all() == []


def test_nobody_leaves_the_need_and_proposes_more(page: PageClient) -> None:
    answer = page.post("/directory/search", data={"need": "MED", "place": "Extrême-Nord", "age": "30"})
    assert "dans tout le pays (1 service)" in answer.text
    kept = db.session.scalars(select(NeedSignal)).one()
    assert (kept.pcode, kept.category, kept.audience, kept.outcome) == ("CM004", "MED", "adult", "out_of_area")


def test_every_error_is_named_and_nothing_is_kept(page: PageClient) -> None:
    answer = page.post("/directory/search", data={"place": "Nullepart", "age": "abc", "sex": "female"})
    assert answer.response.status_code == 422
    for word in ("Nullepart", "un âge en années entières, de 0 à 120"):
        assert word in answer.text
    assert db.session.scalars(select(NeedSignal)).all() == []


def test_nothing_of_a_person_is_read_from_an_address(page: PageClient) -> None:
    answer = page.get("/directory/search", query_string={"age": "30", "place": "Wouri"})
    assert answer.response.status_code == 200
    typed = next(field for field in answer.tree.iter("input") if field.get("id") == "f-age")
    assert typed.get("value") == ""
