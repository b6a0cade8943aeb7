"""The quirks of real HSDS feeds, as their collectors counted them; those of tables are in test_quirks_tables."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

import pytest

from directory import flatten
from directory.hsds import read
from directory.hsds_result import ImportResult
from directory.profile import Schedule


def feed(*changes: dict[str, Any]) -> ImportResult:
    base = {
        "id": "1", "name": "Aide", "status": "active", "organization": {"id": "9", "name": "Organisation"},
    }  # fmt: skip
    return read([{**base, "id": str(number), **one} for number, one in enumerate(changes, start=1)], source_name="s")


def warnings(result: ImportResult) -> list[str]:
    return [one.field for one in result.warnings]


@pytest.mark.parametrize("written", [7, 123456789012345, "7", "no-uuid"])
def test_1_an_id_that_is_no_uuid_gets_one_and_is_kept(written: object) -> None:
    (one,) = feed({"id": written}).services
    assert (str(UUID(one.id)), one.source_id) == (one.id, str(written))
    assert feed({"id": written}).services[0].id == one.id


def test_2_a_service_whose_organisation_is_nowhere_goes_in_unverified_with_a_warning() -> None:
    result = feed({"organization": None, "organization_id": "nowhere", "assured_date": "2026-01-01"})
    assert [one.name for one in result.organizations] == ["Organisation inconnue"]
    assert (result.services[0].unverified_source, dict(result.services[0].verified)) == (True, {})
    assert warnings(result) == ["organization"]


def test_2_a_link_to_a_place_that_is_nowhere_is_left_out_with_a_warning() -> None:
    result = feed({"service_at_locations": [{"id": "a", "location_id": "nowhere"}]})
    assert (len(result.services), result.services[0].service_at_locations) == (1, ())
    assert warnings(result) == ["service_at_locations"]


@pytest.mark.parametrize("written", ["", None])
def test_3_an_empty_status_is_not_known_and_that_is_said(written: object) -> None:
    result = feed({"status": written})
    assert (result.services[0].status, warnings(result)) == (None, ["status"])


def test_5_names_of_days_and_times_as_people_write_them_are_read_and_a_night_runs_over() -> None:
    rows = [
        {"byday": "Monday", "opens_at": "9:00am", "closes_at": "5:00pm"},
        {"byday": "Friday", "opens_at": "10pm", "closes_at": "6am"},
        {"byday": "Someday", "opens_at": "9:00", "closes_at": "12:00"},
    ]
    result = feed({"schedules": rows})
    assert result.services[0].hours.schedules == (
        Schedule("MO", time(9), time(17)), Schedule("FR", time(22), time(6))
    )  # fmt: skip
    assert warnings(result) == ["schedules"]


def test_7_places_without_country_street_or_point_go_in() -> None:
    place = {"id": "p", "location_type": "physical", "addresses": [{"city": "Maroua", "country": ""}]}
    result = feed({"service_at_locations": [{"id": "a", "location": place}]})
    (offer,) = result.offers
    assert (offer.address, offer.point, warnings(result)) == ("Maroua", None, [])


def test_8_a_web_address_without_scheme_is_completed_and_a_written_line_break_breaks_the_line() -> None:
    (one,) = feed({"url": "www.exemple.cm", "description": "Lundi\\nMardi"}).services
    assert (one.url, one.description) == ("https://www.exemple.cm", "Lundi\nMardi")


def test_8_marks_of_days_inside_a_description_become_lines_that_people_read() -> None:
    (one,) = feed({"description": "Ouvert ###MON### 9-17 ###TUE###9-12"}).services
    assert one.description == "Ouvert\nMON: 9-17\nTUE: 9-12"


def test_9_a_service_with_the_name_of_its_organisation_stays_a_service() -> None:
    result = feed({"name": "Organisation"})
    assert [(one.name, one.organization_name) for one in result.offers] == [("Organisation", "Organisation")]


def test_10_the_same_name_and_telephone_twice_are_two_services_until_a_person_decides() -> None:
    phones = [{"number": "+237 699 12 34 56"}]
    assert len(feed({"phones": phones}, {"phones": phones}).services) == 2


def test_11_without_a_date_nothing_is_called_verified() -> None:
    result = feed({})
    assert dict(result.services[0].verified) == {}
    assert flatten(result.organizations[0], result.services[0])[0].verified == {}
