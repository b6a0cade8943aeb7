"""The directory as a workbook: unchanged it changes nothing, a changed cell changes its field, a bad one is told."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from directory.hsds_result import Unreadable
from directory.tables import read_tables
from directory.taxonomy import CapacityStatus, Disclosure, Status, Visibility
from referral.extensions import db
from referral.providers import actions, workbook, workbook_reading
from referral.providers.models import ImportBatch, Service, ServiceAtLocation, ServiceContact
from referral.providers.queries.whole import Circle
from referral.providers.rules import Origin, Section
from referral.providers.upkeep_models import EntityRevision
from tests.builders import make_organization
from tests.conftest import NOW
from tests.referral.providers.entries import make_entry

SECRET = "Maison Lauriers"


@pytest.fixture
def entries(session: Any) -> dict[str, ServiceAtLocation]:
    owner = make_organization("Foyer Espérance")
    made = {"Accueil": make_entry(owner, "Accueil", "HEB", visibility=Visibility.PUBLIC)}
    made["Refuge"] = make_entry(owner, "Refuge", "VBG", disclosure=Disclosure.ARRONDISSEMENT, address="17 ruelle")
    assert made["Refuge"].location is not None
    made["Refuge"].location.name = SECRET
    made["Réservé"] = make_entry(owner, "Réservé", "VBG", visibility=Visibility.RESTRICTED)
    for one in made.values():
        one.service.status = Status.ACTIVE
        one.service.description, one.service.required_documents = "=Soins; écoute", ["carte; copie", "photo"]
    made["Accueil"].contacts[:] = [
        ServiceContact(function="Accueil", phone="+237000000155", email=""),
        ServiceContact(
            function="Direction", phone="", email="d@example.cm", name="Awa", visibility=Visibility.RESTRICTED
        ),
    ]
    db.session.flush()
    return made


def _book(circle: Circle = Circle.ALL) -> Any:
    return load_workbook(BytesIO(workbook.write(circle)[0]))


def _take(book: Any) -> dict[str, Any]:
    held = BytesIO()
    book.save(held)
    return workbook_reading.take(read_tables(held.getvalue(), "x.xlsx"), "", {}, actor=None, now=NOW)


def _put(book: Any, service: str, heading: str, value: str | None, sheet: str = "Services") -> None:
    rows = book[sheet]
    headings = [cell.value for cell in rows[1]]
    for row in rows.iter_rows(min_row=2):
        if row[headings.index("Service")].value == service:
            row[headings.index(heading)].value = value


@pytest.mark.usefixtures("entries")
def test_the_workbook_read_back_unchanged_changes_nothing() -> None:
    found = _take(_book())
    assert (found["services"], found["counts"], found["quarantined"]) == (3, {"new": 0, "changed": 0, "gone": 0}, [])
    assert db.session.query(EntityRevision).count() == 0


@pytest.mark.usefixtures("entries")
def test_the_workbook_of_the_network_holds_neither_the_reserved_nor_a_hidden_place() -> None:
    told = repr([[cell.value for cell in row] for sheet in _book(Circle.NETWORK) for row in sheet.iter_rows()])
    assert "Refuge" in told
    assert not [one for one in ("Réservé", SECRET, "17 ruelle", "Awa", "d@example.cm") if one in told]


def test_a_changed_cell_changes_its_field_with_a_revision_that_can_be_undone(entries: Any) -> None:
    book = _book(Circle.NETWORK)
    for heading, value in (
        ("Âge minimum", "12"), ("Gratuit", "Oui"), ("Lundi", "08:00-12:00, 13:30-17:00"), ("Places : état", "complet"),
        ("Statut", "active"),
    ):  # fmt: skip
        _put(book, "Accueil", heading, value)
    _put(book, "Accueil", "Téléphone", "+237 000 000 199", "Contacts")
    found = _take(book)
    assert (found["counts"]["changed"], found["quarantined"]) == (1, [])
    place = entries["Accueil"]
    assert (place.service.minimum_age, place.service.free) == (12, True)
    assert place.capacity_status is CapacityStatus.FULL
    monday = [f"{one.opens_at:%H:%M}-{one.closes_at:%H:%M}" for one in place.schedules if "MO" in one.byday]
    assert sorted(monday) == ["08:00-12:00", "13:30-17:00"]
    assert {(one.function, one.phone, one.name) for one in place.contacts} == {
        ("Accueil", "+237000000199", ""), ("Direction", "", "Awa")
    }  # fmt: skip
    sections = {one.section.value for one in db.session.query(EntityRevision)}
    assert sections == {"service", "hours", "capacity", "contacts"}


def test_places_by_group_go_out_and_come_back(entries: Any) -> None:
    place = entries["Accueil"]
    wanted = {"status": "available", "available": None, "maximum": None, "unit": "bed", "waiting_days": None}
    girls = wanted | {"audience": "girls", "available": 3}
    actions.apply(place, Section.CAPACITY, {"capacity": [None, wanted | {"groups": [girls]}]}, origin=Origin.PARTNER,
                  actor=None, now=NOW)  # fmt: skip
    book = _book()
    assert [row[2:4] for row in book["Places"].iter_rows(min_row=2, values_only=True)] == [("filles", "3")]
    assert _take(book)["counts"]["changed"] == 0
    _put(book, "Accueil", "Places libres", "1", "Places")
    book["Places"].append([str(entries["Refuge"].id), "Refuge", "Martiens", "4"])
    found = _take(book)
    assert (found["counts"]["changed"], [one["field"] for one in found["quarantined"]]) == (1, ["Pour qui"])
    assert [(one.audience.value, one.available) for one in place.for_groups] == [("girls", 1)]


def test_a_bad_cell_is_set_aside_with_its_reason_and_the_rest_of_the_row_goes_in(entries: Any) -> None:
    book = _book()
    _put(book, "Accueil", "Âge minimum", "douze")
    _put(book, "Accueil", "Mardi", "le matin")
    _put(book, "Refuge", "Statut", "peut-être")
    _put(book, "Refuge", "Places : état", "complet")
    book["Services"].append(["not-an-id", "Foyer Espérance", "Rien"])
    found = _take(book)
    told = sorted((one["field"], one["message"].code) for one in found["quarantined"])
    assert told == [
        ("Identifiant (ne pas modifier)", "unknown_entry"), ("Mardi", "not_a_week"), ("Statut", "not_listed"),
        ("Âge minimum", "not_a_number"),
    ]  # fmt: skip
    assert entries["Refuge"].capacity_status is CapacityStatus.FULL
    assert entries["Accueil"].service.minimum_age == 0
    assert db.session.query(ImportBatch).one().quarantined == 4


@pytest.mark.usefixtures("entries")
def test_a_row_without_identifier_is_a_new_entry_once() -> None:
    book = _book()
    book["Services"].append(
        [None, "Mission Soleil", "Cantine", "Hébergement et besoins essentiels", "Salle", "Douala", "CM005004"]
    )
    _put(book, "Cantine", "Mardi", "11:00-14:00")
    for _again in range(2):
        _take(book)
    made = db.session.query(Service).filter_by(name="Cantine").one()
    assert (made.organization.name, made.needs, [one.location.pcode for one in made.places]) == (
        "Mission Soleil", ["HEB"], ["CM005004"]
    )  # fmt: skip
    assert [(one.byday, f"{one.opens_at:%H:%M}") for one in made.places[0].schedules] == [("TU", "11:00")]


def test_audiences_are_read_back_from_their_sheet(entries: Any) -> None:
    book = _book()
    key = next(row[0].value for row in book["Services"].iter_rows(min_row=2) if row[2].value == "Accueil")
    book["Publics"].append([key, "Accueil", "Situation", "personnes réfugiées", "reçoit en priorité"])
    assert _take(book)["quarantined"] == []
    assert {(one.facet, one.term, one.rule) for one in entries["Accueil"].service.audiences} >= {
        ("status", "refugee", "priority")
    }
    book["Publics"].append([key, "Accueil", "Situation", "martien", "reçoit"])
    found = _take(book)
    assert [(one["field"], one["message"].code) for one in found["quarantined"]] == [("Terme", "not_listed")]


@pytest.mark.usefixtures("entries")
def test_a_workbook_that_lost_a_column_is_refused_before_it_is_kept() -> None:
    book = _book()
    book["Services"].delete_cols(3)
    held = BytesIO()
    book.save(held)
    tables = read_tables(held.getvalue(), "x.xlsx")
    with pytest.raises(Unreadable) as refused:
        workbook_reading.complete(tables)
    assert refused.value.message.values == {"name": "Service"}
    workbook_reading.complete(read_tables(b"Nom;Ville\nA;B\n", "y.csv"))


def test_rows_of_one_service_at_two_places_do_not_take_back_what_the_other_changed(entries: Any) -> None:
    service = entries["Accueil"].service
    service.places.append(ServiceAtLocation(contacts=[]))
    db.session.flush()
    book = _book()
    rows = book["Services"]
    column = {cell.value: cell.column for cell in rows[1]}
    first, second = (row[0].row for row in rows.iter_rows(min_row=2) if row[2].value == "Accueil")
    rows.cell(first, column["Description"]).value = "Écrit sur la première ligne"
    rows.cell(second, column["Avis"]).value = "Écrit sur la seconde"
    assert _take(book)["counts"] == {"new": 0, "changed": 2, "gone": 0}
    assert (service.description, service.alert) == ("Écrit sur la première ligne", "Écrit sur la seconde")
