"""The quirks of real packages of HSDS tables, as their collectors counted them."""

from __future__ import annotations

from datetime import time

from directory import hsds, tabular
from directory.assembling import Assembled
from directory.profile import Schedule
from directory.tables import read_tables

SERVICES = "id,organization_id,name,status\n1,9,Aide,active\n2,9,Abri,active\n"
ORGANIZATIONS = "id,name\n9,Organisation\n8,Autre\n"


def package(**tables: str) -> tuple[Assembled, hsds.ImportResult]:
    named = {"services": SERVICES, "organizations": ORGANIZATIONS, **tables}
    read = [table for name, text in named.items() for table in read_tables(text.encode(), f"{name}.csv")]
    assert tabular.is_package(read)
    found = tabular.assemble(read)
    return found, hsds.read(found.documents, source_name="s")


def test_4_conditions_of_no_service_are_set_aside_with_their_row_and_the_reason() -> None:
    found, result = package(eligibility="id,service_id,eligibility\n1,,Femmes\n2,1,Adultes\n3,7,Enfants\n")
    assert [(one.row, one.field, str(one.reason)) for one in found.quarantined] == [
        (2, "eligibility.service_id", "a row that names no service: it cannot be used"),
        (4, "eligibility.service_id", "a row of a service that is not in the file"),
    ]
    assert [one.eligibility_description for one in result.services] == ["Adultes", ""]


def test_5_hours_of_version_1_with_weekdays_are_read() -> None:
    rows = "id,service_id,weekday,opens_at,closes_at\n1,1,Monday,9:00am,5:00pm\n2,1,Friday,10pm,6am\n"
    _found, result = package(regular_schedules=rows)
    assert result.services[0].hours.schedules == (
        Schedule("MO", time(9), time(17)), Schedule("FR", time(22), time(6))
    )  # fmt: skip


def test_6_hours_in_the_columns_of_dates_are_read_days_are_never_assumed_and_ids_may_repeat() -> None:
    rows = (
        "id,service_id,valid_from,valid_to,byday\n7,1,8:30AM,4:30PM,MO\n7,1,8:30AM,12:00PM,TU\n7,1,8:30AM,4:30PM,\n"
        "8,2,2026-01-01,2026-12-31,WE\n"
    )
    _found, result = package(schedules=rows)
    first, second = result.services
    assert first.hours.schedules == (
        Schedule("MO", time(8, 30), time(16, 30)), Schedule("TU", time(8, 30), time(12))
    )  # fmt: skip
    assert second.hours.schedules == ()
    assert [(one.row, one.field) for one in result.warnings] == [(1, "schedules"), (2, "schedules")]


def test_2_a_link_to_a_place_that_is_nowhere_and_an_unknown_organisation_are_told() -> None:
    services = "id,organization_id,name,status\n1,77,Aide,active\n"
    links = "id,service_id,location_id\n1,1,55\n2,,4\n"
    found, result = package(services=services, services_at_location=links)
    assert [one.name for one in result.organizations] == ["Organisation inconnue"]
    assert [one.field for one in result.warnings] == ["organization", "service_at_locations"]
    assert [(one.row, one.field) for one in found.quarantined] == [(3, "service_at_location.service_id")]
