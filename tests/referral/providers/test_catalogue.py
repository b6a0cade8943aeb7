"""The cached catalogue: what it holds, when it is built again, how referrals so far count, what it never tells."""

from __future__ import annotations

import doctest
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import event, insert, update

from directory import Criteria, Criterion, rank
from directory.taxonomy import CapacityStatus, Disclosure, Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers import filters, queries, rules, schemas, stamp
from referral.providers.models import (
    SectionVerification,
    Service,
    ServiceAtLocation,
    ServiceAudience,
    ServiceClosure,
    ServiceContact,
    ServiceSchedule,
)
from referral.providers.rules import Section, VerificationMethod
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.rules import ReferralAction, ReferralState, Speed
from sop.vocabulary import Need
from tests.builders import make_case, make_organization, make_user
from tests.conftest import NOW
from tests.referral.providers.entries import make_entry


def only_offer() -> Any:
    (found,) = queries.catalogue(NOW).offers
    return found


def statements(action: Any) -> int:
    """How many statements an act sends to the database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        action()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_an_entry_becomes_an_offer_with_what_ranking_reads(session: Any) -> None:
    organization = make_organization("Hôpital de New Bell", acronym="HNB")
    place = make_entry(organization, "Santé", "MED", areas=("CM005", "on_request:name:Moungo"), minimum_age=12)
    place.closures = [ServiceClosure(starts_on=date(2026, 12, 1), ends_on=None)]
    place.service.audiences[:] = [ServiceAudience(facet="sex", term="female", rule="included")]
    session.flush()
    found = only_offer()
    assert (found.id, found.service_id) == (str(place.id), str(place.service_id))
    assert (found.name, found.organization_name) == ("Santé", "Hôpital de New Bell")
    assert found.needs == {"MED"}
    assert found.minimum_age == 12
    assert found.only_sex == "female"
    assert [(one.pcode, one.name, one.on_request) for one in found.areas] == [
        ("CM005", "", False),
        ("", "Moungo", True),
    ]
    assert [(one.byday, one.opens_at, one.closes_at) for one in found.hours.schedules] == [
        ("MO,TU,WE,TH,FR", time(8), time(15, 30))
    ]
    assert found.hours.closures[0].ends is None
    assert [one.number for one in found.phones] == ["+237000000001"]
    assert found.verified["hours"] == date(2026, 11, 13)
    assert found.verified_by == "call"
    assert found.address == "12 rue de la Joie, Douala"
    assert found.point == pytest.approx((4.05, 9.7), abs=0.2)


def test_the_catalogue_is_kept_while_nobody_writes(session: Any) -> None:
    make_entry(make_organization())
    first = queries.catalogue(NOW)
    assert queries.catalogue(NOW) is first
    assert statements(lambda: queries.catalogue(NOW)) == 1


def change_name(place: ServiceAtLocation) -> None:
    place.service.name = "Autre nom"


def change_organization(place: ServiceAtLocation) -> None:
    place.service.organization.name = "Autre organisation"


def change_street(place: ServiceAtLocation) -> None:
    place.location.address = "Autre rue"


def add_slot(place: ServiceAtLocation) -> None:
    place.schedules.append(ServiceSchedule(byday="SA", opens_at=time(9), closes_at=time(12)))


def close_for_days(place: ServiceAtLocation) -> None:
    place.closures.append(ServiceClosure(starts_on=NOW.date(), ends_on=NOW.date()))


def drop_contact(place: ServiceAtLocation) -> None:
    place.contacts.clear()


def declare_room(place: ServiceAtLocation) -> None:
    place.capacity_status = CapacityStatus.FULL


def confirm_hours(place: ServiceAtLocation) -> None:
    values = {"section": Section.HOURS, "method": VerificationMethod.VISIT, "at": NOW}
    db.session.add(SectionVerification(service_at_location_id=place.id, **values))


def narrow_audience(place: ServiceAtLocation) -> None:
    db.session.add(ServiceAudience(service_id=place.service_id, facet="sex", term="male", rule="included"))


def update_at_once(place: ServiceAtLocation) -> None:
    db.session.execute(update(Service).where(Service.id == place.service_id).values(alert="attention"))


def insert_at_once(place: ServiceAtLocation) -> None:
    db.session.execute(insert(ServiceContact), [{"service_at_location_id": place.id, "phone": "1500"}])


@pytest.mark.parametrize(
    "change",
    [
        change_name,
        change_organization,
        change_street,
        add_slot,
        close_for_days,
        drop_contact,
        declare_room,
        confirm_hours,
        narrow_audience,
        update_at_once,
        insert_at_once,
    ],
)
def test_every_write_to_the_directory_makes_a_new_catalogue(session: Any, change: Any) -> None:
    place = make_entry(make_organization())
    session.commit()
    before = queries.catalogue(NOW)
    change(place)
    session.commit()
    assert queries.catalogue(NOW) is not before


def test_what_was_rolled_back_leaves_the_kept_catalogue_right(session: Any) -> None:
    place = make_entry(make_organization(), "Avant")
    session.commit()
    before = queries.catalogue(NOW)
    place.service.name = "Jamais"
    assert only_offer().name == "Jamais"
    session.rollback()
    assert only_offer().name == "Avant"
    assert queries.catalogue(NOW) is not None
    assert before.offers[0].name == "Avant"


def test_other_writes_leave_the_catalogue_alone(session: Any) -> None:
    make_entry(make_organization())
    session.commit()
    before = stamp.current()
    user = make_user(Role.CASE_MANAGER)
    session.commit()
    user.language = "en"
    session.commit()
    assert stamp.current() == before


def test_the_catalogue_ends_with_the_day(session: Any) -> None:
    make_entry(make_organization())
    assert queries.catalogue(NOW + timedelta(hours=1)) is queries.catalogue(NOW)
    assert queries.catalogue(NOW + timedelta(days=1)) is not queries.catalogue(NOW)


def test_a_safe_house_has_no_street_and_the_seat_of_its_unit(session: Any) -> None:
    place = make_entry(make_organization(), disclosure=Disclosure.ARRONDISSEMENT, address="7 impasse du Silence")
    place.location.latitude, place.location.longitude = 4.123456, 9.654321
    session.flush()
    found = only_offer()
    assert found.address == ""
    assert found.location_name == "Wouri"
    assert found.point is not None
    assert found.point != (4.123456, 9.654321)
    assert "silence" not in queries.snapshot(NOW).words[found.id]


def test_archived_entries_and_contacts_kept_to_named_people_are_not_offered(session: Any) -> None:
    organization = make_organization()
    gone = make_entry(organization, "Fermé")
    gone.archived = True
    place = make_entry(organization, "Ouvert")
    place.contacts[0].visibility = Visibility.RESTRICTED
    session.flush()
    assert only_offer().name == "Ouvert"
    assert only_offer().phones == ()
    assert queries.offer(gone.id, NOW) is None
    assert queries.offer(place.id, NOW) is only_offer()


def test_a_service_without_place_keeps_its_own_id(session: Any) -> None:
    place = make_entry(make_organization())
    place.location = None
    session.flush()
    assert (only_offer().id, only_offer().service_id) == (str(place.id), str(place.service_id))
    assert only_offer().point is None


def test_the_last_confirmation_of_each_section_counts_and_the_oldest_of_them_says_how(session: Any) -> None:
    place = make_entry(make_organization(), verified=NOW - timedelta(days=40))
    values = {"service_at_location_id": place.id, "section": Section.HOURS, "method": VerificationMethod.PARTNER}
    session.add_all(SectionVerification(**values, at=NOW - timedelta(days=days)) for days in (50, 1))
    session.flush()
    found = only_offer()
    assert found.verified["hours"] == date(2026, 11, 22)
    assert found.verified["contacts"] == date(2026, 10, 14)
    assert found.verified_by == "call"


def test_an_assured_date_stands_for_sections_that_nobody_confirmed_since(session: Any) -> None:
    place = make_entry(make_organization(), verified=None, assured_date=date(2026, 11, 1))
    confirm_hours(place)
    session.flush()
    found = only_offer()
    assert dict(found.verified) == {
        "hours": date(2026, 11, 23), "contacts": date(2026, 11, 1), "service": date(2026, 11, 1)
    }  # fmt: skip


def test_building_takes_the_same_statements_for_few_and_many(session: Any) -> None:
    organization = make_organization()
    for number in range(3):
        make_entry(organization, f"Service {number}")
    session.commit()
    few = statements(lambda: rebuilt())
    for number in range(30):
        make_entry(organization, f"Autre {number}")
    session.commit()
    assert statements(lambda: rebuilt()) == few


def rebuilt() -> None:
    current_app.extensions.pop("mnr.directory", None)
    queries.catalogue(NOW)


def test_open_now_is_asked_in_the_places_own_time(session: Any) -> None:
    make_entry(make_organization())
    asked = Criteria(need="MED", ages=(30, 30), sex="female", required=frozenset({Criterion.HOURS}))
    assert len(rank(queries.catalogue(NOW), asked, now=NOW).fits) == 1  # Monday 10:00 in Douala
    late = NOW.replace(hour=14, minute=31)  # 15:31 in Douala
    assert len(rank(queries.catalogue(NOW), asked, now=late).fits) == 0


def test_public_holidays_of_the_country_are_known(session: Any) -> None:
    found = queries.public_holidays(NOW)
    assert {date(2026, 5, 20), date(2027, 1, 1)} <= found
    assert NOW.date() not in found


def test_answers_to_referrals_of_the_last_90_days_count_when_they_came_within_24_hours(session: Any) -> None:
    place = make_entry(make_organization())
    case = make_case(make_user(Role.CASE_MANAGER, make_organization(mandates=list(Need))))
    for number, (days, hours, action) in enumerate(
        [
            (10, 2, ReferralAction.ACCEPT),  # in time
            (10, 23, ReferralAction.DECLINE),  # in time
            (10, 25, ReferralAction.ACCEPT),  # too late
            (10, 1, ReferralAction.ACKNOWLEDGE),  # seen, not answered
            (0, 1, ReferralAction.ACKNOWLEDGE),  # may still be answered
            (91, 2, ReferralAction.ACCEPT),  # too long ago
        ]
    ):
        sent = NOW - timedelta(days=days, hours=3)
        referral = Referral(
            reference=f"R{number}", case_id=case.id, need=Need.MED, sender_id=case.manager_id, sent_at=sent,
            sender_organization_id=case.organization_id, organization_id=place.service.organization_id,
            service_at_location_id=place.id, speed=next(iter(Speed)), created_at=sent,
        )  # fmt: skip
        states = {"from_state": ReferralState.SENT, "to_state": ReferralState.SENT}
        event_row = ReferralEvent(
            sequence=1, action=action, actor_id=case.manager_id, at=sent + timedelta(hours=hours), **states
        )
        referral.events = [event_row]
        session.add(referral)
    session.commit()
    found = only_offer().response
    assert (found.asked, found.answered, found.hours) == (4, 2, 24)


def test_the_examples_in_the_docstrings_hold() -> None:
    modules = (rules, filters, schemas)
    assert [doctest.testmod(one) for one in modules] == [(0, number) for number in (9, 1, 1)]
