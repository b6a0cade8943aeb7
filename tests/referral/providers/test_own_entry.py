"""An organisation keeps its own entry: what it may write, what others may not, and that the ranking sees it at once."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from directory import Criteria, Criterion, rank, schedule
from directory.taxonomy import CapacityStatus
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.providers import queries
from referral.providers.models import SectionVerification, ServiceAtLocation, ServiceClosure, ServiceStaff
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path

LONG_AGO = NOW - timedelta(days=400)
FORMS = ("hours", "capacity", "contacts")


@pytest.fixture
def place(session: Any) -> Any:
    """An entry nobody confirmed for more than a year, and its provider."""
    owner = make_organization("Foyer Espérance")
    place = make_entry(owner, "Accueil", "HEB", verified=LONG_AGO, types=["SHEL"])
    make_user(Role.PROVIDER, owner, "foyer")
    session.commit()
    return place


@pytest.fixture
def own(client: PageClient, place: Any) -> PageClient:
    """The client of the provider."""
    client.sign_in("foyer")
    return client


def again(place: Any) -> ServiceAtLocation:
    """The entry as it is in the database now."""
    db.session.expire_all()
    found = db.session.get(ServiceAtLocation, place.id)
    assert found is not None
    return found


def sections(place: Any) -> list[tuple[str, str, bool]]:
    """What was confirmed by the partner: section, method, whether it changed."""
    query = select(SectionVerification).where(
        SectionVerification.service_at_location_id == place.id, SectionVerification.at == NOW
    )
    rows = db.session.scalars(query.order_by(SectionVerification.section))
    return [(one.section.value, one.method.value, one.changed) for one in rows]


def offer(place: Any) -> Any:
    """The entry as the ranking reads it."""
    return queries.offer(place.id, NOW)


def test_new_hours_are_ranked_at_once_with_their_date(own: PageClient, place: Any) -> None:
    asked = Criteria(need="HEB", ages=(30, 30), sex="female", required=frozenset({Criterion.HOURS}))
    night = NOW.replace(hour=22)
    assert len(rank(queries.catalogue(night), asked, now=night).excluded) == 1
    own.get(path(place.id, "hours"))
    typed = {"MO-1-opens": "20:00", "MO-1-closes": "06:00", "SA-2-opens": "9:00", "SA-2-closes": "12:30"}
    cleared = {f"{day}-1-{end}": "" for day in ("TU", "WE", "TH", "FR") for end in ("opens", "closes")}
    page = own.submit("MO-1-opens", **{**typed, **cleared})
    assert page.status == 200
    assert "confirmé aujourd’hui" in page.text
    (candidate,) = rank(queries.catalogue(night), asked, now=night).to_verify
    assert str(candidate.verdict(Criterion.HOURS).message) == "open until tomorrow 6:00"
    assert offer(place).verified["hours"] == date(2026, 11, 23)
    kept = [(one.byday, one.opens_at, one.closes_at) for one in again(place).schedules]
    assert sorted(kept) == [("MO", time(20), time(6)), ("SA", time(9), time(12, 30))]
    assert sections(place) == [("hours", "partner", True)]


def test_hours_of_ramadan_and_of_one_day_are_typed_once_and_hold_on_their_days(own: PageClient, place: Any) -> None:
    own.get(path(place.id, "hours"))
    typed = {"ramadan-1-opens": "08:00", "ramadan-1-closes": "13:00", "alone-opens": "9:00", "alone-closes": "12:00"}
    own.submit("MO-1-opens", **typed, **{"alone-day": "28", "alone-month": "11", "alone-year": "2026"})
    found = {(one.kind, one.byday, one.valid_from, one.closes_at) for one in again(place).schedules}
    saturday = date(2026, 11, 28)
    assert found == {
        ("normal", "MO,TU,WE,TH,FR", None, time(15, 30)), ("ramadan", "MO,TU,WE,TH,FR", None, time(13)),
        ("exception", "SA", saturday, time(12)),
    }  # fmt: skip
    held = {day: schedule.slots(offer(place).hours, day) or [] for day in (date(2027, 2, 9), date(2027, 3, 9))}
    assert [end.hour for ((_begin, end),) in held.values()] == [13, 15]
    page = own.get(path(place.id, "hours"))
    assert 'name="ramadan-1-closes" value="13:00"' in page.html
    own.submit("MO-1-opens", **dict.fromkeys(typed, ""), **{"drop-2026-11-28": "yes"})
    assert {one.kind for one in again(place).schedules} == {"normal"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"ramadan-1-opens": "8"}, "ramadan"),
        ({"rainy_season-1-opens": "08:00", "rainy_season-1-closes": "25:00"}, "rainy_season"),
        ({"alone-opens": "08:00", "alone-closes": "12:00"}, "alone"),
        ({"alone-day": "31", "alone-month": "2", "alone-year": "2027"}, "alone"),
        ({"alone-day": "24", "alone-month": "12", "alone-year": "2026"}, "alone-opens"),
        ({"alone-day": "24", "alone-month": "12", "alone-year": "2020", "alone-opens": "8:00", "alone-closes": "9:00"},
         "alone"),
    ],
)  # fmt: skip
def test_wrong_seasons_and_days_are_refused_at_the_field(own: PageClient, place: Any, typed: Any, field: str) -> None:
    own.get(path(place.id, "hours"))
    page = own.submit("MO-1-opens", **typed)
    assert page.status == 422
    assert f'href="#f-{field}"' in page.html
    assert sections(place) == []


def test_confirming_everything_is_one_tap_and_says_so_in_the_ranking(own: PageClient, place: Any) -> None:
    place.capacity_status, place.capacity_updated_at = CapacityStatus.AVAILABLE, LONG_AGO
    db.session.commit()
    page = own.get("/directory/own")
    assert "4 rubriques à confirmer" in page.text
    page = own.submit("Rien n’a changé : tout confirmer", section="all")
    assert "Tout est à jour" in page.text
    (candidate,) = rank(queries.catalogue(NOW), Criteria(need="HEB"), now=NOW).fits
    said = str(candidate.verdict(Criterion.FRESHNESS).message)
    assert said == "verified today, by the organisation"
    assert str(candidate.verdict(Criterion.CAPACITY).message) == "has places, confirmed less than an hour ago"
    assert sections(place) == [(one, "partner", False) for one in ("capacity", "contacts", "hours", "service")]


def test_one_section_is_confirmed_alone(own: PageClient, place: Any) -> None:
    own.get("/directory/own")
    own.submit("Rien n’a changé : tout confirmer", section="contacts")
    assert sections(place) == [("contacts", "partner", False)]
    assert offer(place).verified["hours"] == LONG_AGO.date()


def test_places_that_were_never_declared_cannot_be_confirmed(own: PageClient, place: Any) -> None:
    own.get("/directory/own")
    own.submit("Rien n’a changé : tout confirmer", section="all")
    assert again(place).capacity_updated_at is None
    assert ("capacity", "partner", False) not in sections(place)


@pytest.mark.parametrize("section", ["", "everything", "organization"])
def test_an_unknown_section_is_refused(own: PageClient, place: Any, section: str) -> None:
    own.get("/directory/own")
    assert own.submit("Rien n’a changé : tout confirmer", section=section).status == 422
    assert sections(place) == []


def test_free_places_are_declared_with_their_moment(own: PageClient, place: Any) -> None:
    own.get(path(place.id, "capacity"))
    own.submit("status", status="waiting_list", available="0", maximum="12", unit="bed", waiting_days="9")
    found = again(place)
    assert (found.capacity_status, found.capacity_maximum, found.waiting_days) == (CapacityStatus.WAITING_LIST, 12, 9)
    assert found.capacity_updated_at == NOW
    (candidate,) = rank(queries.catalogue(NOW), Criteria(need="HEB"), now=NOW).to_verify
    assert "about 9 days" in str(candidate.verdict(Criterion.CAPACITY).message)


def test_places_kept_for_some_are_declared_apart_and_lapse_by_themselves(own: PageClient, place: Any) -> None:
    own.get(path(place.id, "capacity"))
    typed = {"women-available": "2", "women-maximum": "8", "men-available": "0", "believed": "12"}
    own.submit("status", status="available", unit="bed", **typed)
    kept = [(one.audience.value, one.status.value, one.available) for one in again(place).for_groups]
    assert kept == [("women", "available", 2), ("men", "full", 0)]

    def said(sex: str, now: Any = NOW) -> str:
        found = rank(queries.catalogue(now), Criteria(need="HEB", ages=(30, 30), sex=sex), now=now)
        (candidate,) = (*found.fits, *found.to_verify, *found.excluded)
        return str(candidate.verdict(Criterion.CAPACITY).message)

    assert said("female") == "women: 2 beds, confirmed less than an hour ago"
    assert said("male") == "men: full, confirmed less than an hour ago"
    assert said("male", NOW + timedelta(hours=12)) == "men: places unknown (last update 12 h ago)"
    own.get(path(place.id, "capacity"))
    own.submit("status", status="full")
    assert {(one.status.value, one.available) for one in again(place).for_groups} == {("full", 0)}
    own.get(path(place.id, "capacity"))
    own.submit("status", status="available", available="1", **dict.fromkeys(typed, ""))
    assert again(place).for_groups == []
    assert said("male") == "1 bed, confirmed less than an hour ago"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"status": "available", "boys-available": "9", "boys-maximum": "4"}, "boys-available"),
        ({"status": "available", "boys-maximum": "x"}, "boys-available"),
        ({"status": "available", "girls-available": "0"}, "available"),
        ({"status": "available", "believed": "1000"}, "believed"),
        ({"status": ""}, "status"),
        ({"status": "free"}, "status"),
        ({"status": "available", "available": "0"}, "available"),
        ({"status": "available", "available": "5", "maximum": "4"}, "available"),
        ({"status": "available", "available": "-1"}, "available"),
        ({"status": "available", "available": "²"}, "available"),
        ({"status": "available", "available": "1e3"}, "available"),
        ({"status": "available", "maximum": str(2**63)[:9]}, "maximum"),
        ({"status": "waiting_list", "waiting_days": "9999"}, "waiting_days"),
        ({"status": "full", "unit": "<b>"}, "unit"),
    ],
)
def test_wrong_numbers_are_refused_at_the_field(own: PageClient, place: Any, typed: Any, field: str) -> None:
    own.get(path(place.id, "capacity"))
    page = own.submit("status", **typed)
    assert page.status == 422
    assert f'href="#f-{field}"' in page.html
    assert again(place).capacity_updated_at is None
    assert sections(place) == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"MO-1-opens": "25:00"}, "MO"),
        ({"MO-1-opens": "", "MO-1-closes": "12:00"}, "MO"),
        ({"TU-2-opens": "14:00", "TU-2-closes": "18:00"}, "TU"),
        ({"FR-1-opens": "09:00", "FR-1-closes": "09:00"}, "FR"),
        ({"WE-1-opens": "<script>"}, "WE"),
        ({"starts-day": "31", "starts-month": "2", "starts-year": "2027"}, "starts"),
        ({"starts-day": "5", "starts-month": "12", "starts-year": "0"}, "starts"),
        ({"reason": "congés"}, "starts"),
    ],
)
def test_wrong_hours_are_refused_at_the_field_and_stay_typed(
    own: PageClient, place: Any, typed: dict[str, str], field: str
) -> None:
    own.get(path(place.id, "hours"))
    page = own.submit("MO-1-opens", **typed)
    assert page.status == 422
    assert f'href="#f-{field}"' in page.html
    held = page.form("MO-1-opens").fields
    assert {name: held[name] for name in typed} == typed
    assert len(again(place).schedules) == 1
    assert sections(place) == []


def test_a_closure_is_announced_and_taken_away(own: PageClient, place: Any) -> None:
    own.get(path(place.id, "hours"))
    own.submit("reason", **{"starts-day": "23", "starts-month": "11", "starts-year": "2026", "reason": "Inventaire"})
    (closure,) = again(place).closures
    assert (closure.starts_on, closure.ends_on, closure.reason) == (date(2026, 11, 23), None, "Inventaire")
    assert "fermé" in own.get(path(place.id)).text
    own.get(path(place.id, "hours"))
    own.submit("MO-1-opens", **{f"end-{closure.id}": "yes"})
    assert again(place).closures == []


def test_a_closure_of_another_entry_cannot_be_taken_away(own: PageClient, place: Any) -> None:
    other = make_entry(make_organization(), "Autre")
    other.closures = [ServiceClosure(starts_on=NOW.date())]
    db.session.commit()
    closure = other.closures[0].id
    page = own.get(path(place.id, "hours"))
    held = page.form("MO-1-opens").fields
    own.post(path(place.id, "hours"), {**held, f"end-{closure}": "yes"})
    assert len(again(other).closures) == 1


def test_hours_that_a_week_cannot_say_are_announced_before_they_are_replaced(own: PageClient, place: Any) -> None:
    place.schedules[0].freq, place.schedules[0].byday = "MONTHLY", "1MO"
    db.session.commit()
    page = own.get(path(place.id, "hours"))
    assert "remplace" in page.text
    assert page.form("MO-1-opens").fields["MO-1-opens"] == ""


def test_contacts_are_changed_added_and_taken_away(own: PageClient, place: Any) -> None:
    kept = place.contacts[0].id
    own.get(path(place.id, "contacts"))
    new = {"c2-title": "Permanence", "c2-phones": "6 99 12 34 56", "c2-email": "garde@exemple.cm"}
    own.submit("c1-title", **{"c1-title": "Réception", **new})
    found = {one.function: one for one in again(place).contacts}
    assert found["Réception"].id == kept
    assert (found["Permanence"].phone, found["Permanence"].email) == ("+237699123456", "garde@exemple.cm")
    page = own.get(path(place.id, "contacts"))
    held = {one: page.form("c1-title").fields[f"{one}-title"] for one in ("c1", "c2", "c3")}
    assert held == {"c1": "Permanence", "c2": "Réception", "c3": ""}
    own.submit("c1-title", **{"c2-title": "", "c2-phones": "", "c2-email": ""})
    assert [one.function for one in again(place).contacts] == ["Permanence"]
    assert [one.description for one in offer(place).phones] == ["Permanence"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"c1-title": ""}, "c1-title"),
        ({"c1-phones": "123"}, "c1-phones"),
        ({"c1-phones": "", "c1-email": ""}, "c1-phones"),
        ({"c1-email": "x@y"}, "c1-email"),
        ({"c1-title": "x" * 121}, "c1-title"),
        ({"c1-title": "", "c1-phones": "", "c1-email": ""}, "c1-title"),
    ],
)
def test_wrong_contacts_are_refused_at_the_field(own: PageClient, place: Any, typed: Any, field: str) -> None:
    own.get(path(place.id, "contacts"))
    page = own.submit("c1-title", **typed)
    assert page.status == 422
    assert f'href="#f-{field}"' in page.html
    assert [one.function for one in again(place).contacts] == ["Accueil"]


def test_a_demonstration_number_is_for_demonstrations_only(own: PageClient, place: Any) -> None:
    place.service.organization.demonstration = False
    db.session.commit()
    own.get(path(place.id, "contacts"))
    assert own.submit("c1-title", **{"c1-phones": "+237 000 00 00 09"}).status == 422


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("hours", {"SU-1-opens": "10:00", "SU-1-closes": "12:00"}),
        ("capacity", {"status": "full", "maximum": "17"}),
        ("contacts", {"c1-title": "Nouvelle fonction"}),
    ],
)
def test_a_stale_edit_is_refused_and_keeps_what_was_typed(own: PageClient, place: Any, form: str, typed: Any) -> None:
    own.get(path(place.id, form))
    stale = own.page
    own.get("/directory/own")
    own.submit("Rien n’a changé : tout confirmer", section="contacts")
    own.page = stale
    page = own.submit(next(iter(typed)), **typed)
    assert page.status == 409
    assert "entre-temps" in page.text
    held = page.form(next(iter(typed))).fields
    assert {name: held[name] for name in typed} == typed
    assert sections(place) == [("contacts", "partner", False)]
    assert own.submit(next(iter(typed))).status == 200  # seen and saved again
    assert len(sections(place)) == 2


def test_a_stale_confirmation_confirms_nothing(own: PageClient, place: Any) -> None:
    stale = own.get("/directory/own")
    own.submit("Rien n’a changé : tout confirmer", section="contacts")
    own.page = stale
    assert own.submit("Rien n’a changé : tout confirmer", section="hours").status == 409
    assert sections(place) == [("contacts", "partner", False)]


def test_the_same_form_sent_twice_acts_once(own: PageClient, place: Any) -> None:
    page = own.get("/directory/own")
    own.submit("Rien n’a changé : tout confirmer", section="contacts")
    own.page = page
    assert own.submit("Rien n’a changé : tout confirmer", section="contacts").status == 200
    assert sections(place) == [("contacts", "partner", False)]


@pytest.mark.parametrize("version", ["", "x", str(2**63), "-1"])
def test_a_version_that_is_none_is_stale(own: PageClient, place: Any, version: str) -> None:
    own.get(path(place.id, "capacity"))
    assert own.submit("status", status="full", version=version).status == 409


@pytest.mark.parametrize("form", FORMS)
def test_another_organisations_entry_is_not_there(client: PageClient, place: Any, form: str) -> None:
    stranger = make_user(Role.PROVIDER, make_organization("Autre"), "autre")
    db.session.add(ServiceStaff(service_id=place.service_id, user_id=stranger.id))
    db.session.commit()
    client.sign_in("autre")
    client.get("/directory/own")
    assert "Votre organisation n’a pas encore de fiche" in client.text
    assert client.get(path(place.id, form)).status == 404
    assert client.post(path(place.id, form), {"version": "1"}).status == 404
    assert client.post(path(place.id, "confirm"), {"section": "all", "version": "1"}).status == 404
    assert client.get(path(uuid4(), form)).status == 404
    assert sections(place) == []


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PROVIDER, Role.COORDINATOR)])
def test_other_roles_do_not_edit_even_in_their_own_organisation(client: PageClient, place: Any, role: Role) -> None:
    make_user(role, place.service.organization, "collegue")
    db.session.commit()
    client.sign_in("collegue")
    assert client.get("/directory/own").status == 404
    for form in FORMS:
        assert client.get(path(place.id, form)).status == 404


def test_late_entries_come_first_and_own_services_before_others(own: PageClient, place: Any) -> None:
    owner = place.service.organization
    make_entry(owner, "A jour", verified=NOW)
    make_entry(owner, "Z répond de moi", verified=LONG_AGO)
    mine = make_entry(owner, "Zz à moi", verified=LONG_AGO)
    user = db.session.scalar(select(SectionVerification.user_id)) or make_user(Role.PROVIDER, owner, "deux").id
    db.session.add(ServiceStaff(service_id=mine.service_id, user_id=user))
    for one in db.session.scalars(select(ServiceAtLocation)):
        one.capacity_status, one.capacity_updated_at = CapacityStatus.AVAILABLE, NOW
    db.session.commit()
    own.sign_in("deux")
    page = own.get("/directory/own")
    shown = [heading.text for heading in page.tree.iter("h2") if heading.first("a")]
    assert shown == ["Zz à moi", "Accueil", "Z répond de moi", "A jour"]
    assert page.text.count("vous répondez de ce service") == 1


def test_every_act_leaves_a_line_of_codes(own: PageClient, place: Any) -> None:
    own.get(path(place.id, "capacity"))
    own.submit("status", status="full")
    own.get("/directory/own")
    own.submit("Rien n’a changé : tout confirmer", section="hours")
    query = select(AuditLine).where(AuditLine.subject_id == str(place.id)).order_by(AuditLine.id)
    lines = [(one.action, one.code, one.subject_kind) for one in db.session.scalars(query)]
    assert lines == [
        ("directory.edit", "capacity", "service_at_location"), ("directory.confirm", "hours", "service_at_location")
    ]  # fmt: skip


def test_saving_without_a_change_is_a_confirmation(own: PageClient, place: Any) -> None:
    for form, field in (("hours", "MO-1-opens"), ("contacts", "c1-title")):
        own.get(path(place.id, form))
        own.submit(field)
    assert sections(place) == [("contacts", "partner", False), ("hours", "partner", False)]
    assert len(again(place).schedules) == 1
