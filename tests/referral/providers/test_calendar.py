"""The directory's calendar: what the coordination writes down moves the hours of every service that speaks of it."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from directory import schedule
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers import queries
from referral.providers.calendar_models import CalendarPeriod
from referral.providers.models import ServiceSchedule
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import WORKWEEK, make_entry

URL = "/directory/calendar"


@pytest.fixture
def place(session: Any) -> Any:
    owner = make_organization("Clinique")
    place = make_entry(owner, "Consultations", "MED", pcode="CM004001")
    place.schedules.append(ServiceSchedule(byday=WORKWEEK, opens_at=time(9), closes_at=time(12), kind="rainy_season"))
    make_user(Role.COORDINATOR, owner, "coord")
    session.commit()
    return place


def days(name: str, day: str) -> dict[str, str]:
    year, month, number = day.split("-")
    return {f"{name}-day": number, f"{name}-month": month, f"{name}-year": year}


def closes(place: Any, day: date) -> list[int]:
    found = queries.offer(place.id, NOW)
    assert found is not None
    return [end.hour for _begin, end in schedule.slots(found.hours, day, queries.public_holidays(NOW)) or ()]


def test_the_rains_of_a_region_and_a_day_off_change_the_hours_there(client: PageClient, place: Any) -> None:
    client.sign_in("coord")
    monday = date(2027, 6, 7)
    assert closes(place, monday) == [15]
    client.get(URL)
    client.submit("kind", kind="rainy_season", pcode="CM004", **days("starts", "2027-06-01"),
                  **days("ends", "2027-09-30"))  # fmt: skip
    assert closes(place, monday) == [12]
    client.submit("kind", kind="holiday", label="Deuil national", **days("starts", "2027-06-08"))
    assert monday.replace(day=8) in queries.public_holidays(NOW)
    assert closes(place, monday.replace(day=8)) == []
    page = client.get(URL)
    assert "Deuil national" in page.text
    first = db.session.query(CalendarPeriod).filter_by(pcode="CM004").one()
    client.submit(f"/directory/calendar/{first.id}/remove")
    assert closes(place, monday) == [15]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": "easter"} | days("starts", "2027-06-01"), "kind"),
        ({"kind": "holiday"} | days("starts", "2027-06-01"), "label"),
        ({"kind": "ramadan"}, "starts"),
        ({"kind": "ramadan"} | days("starts", "2027-02-31"), "starts"),
        ({"kind": "ramadan"} | days("starts", "2027-02-09") | days("ends", "2027-02-01"), "ends"),
        ({"kind": "ramadan"} | days("starts", "2027-02-09") | days("ends", "2029-02-01"), "ends"),
        ({"kind": "ramadan"} | days("starts", "9999-02-09"), "starts"),
        ({"kind": "rainy_season", "pcode": "XX"} | days("starts", "2027-06-01"), "pcode"),
    ],
)
@pytest.mark.usefixtures("place")
def test_a_wrong_period_is_refused_at_its_field(client: PageClient, typed: dict[str, str], field: str) -> None:
    client.sign_in("coord")
    client.get(URL)
    page = client.submit("kind", **typed)
    assert page.status == 422
    assert f'href="#f-{field}"' in page.html
    assert db.session.query(CalendarPeriod).count() == 0
