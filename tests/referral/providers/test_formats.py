"""Exports in tables, 4W and cards: others' tools read them, and confidential places stay confidential in each."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from directory import cards, hsds, tabular
from directory.profile import Location, Organization, Service, ServiceAtLocation
from directory.tables import read_tables
from directory.taxonomy import Disclosure, Visibility
from referral.extensions import db
from referral.providers import actions
from referral.providers.coverage_models import CoverageTarget
from referral.providers.models import Service as ServiceRow
from referral.providers.models import ServiceAtLocation as Place
from referral.providers.models import SourceDocument
from referral.providers.queries.whole import Circle
from sop.vocabulary import Need
from tests.builders import make_organization
from tests.conftest import NOW
from tests.referral.providers.entries import make_entry

SECRET = "17 ruelle des Lauriers"


@pytest.fixture
def entries(session: Any) -> None:
    owner = make_organization("Foyer Espérance")
    make_entry(owner, "Accueil", "HEB", visibility=Visibility.PUBLIC)
    hidden = make_entry(owner, "Refuge", "VBG", visibility=Visibility.NETWORK, disclosure=Disclosure.ARRONDISSEMENT,
                        address=SECRET)  # fmt: skip
    assert hidden.location is not None
    hidden.location.name, hidden.location.latitude, hidden.location.longitude = "Maison Lauriers", 4.05123, 9.76543
    make_entry(owner, "Réservé", "VBG", visibility=Visibility.RESTRICTED)
    db.session.flush()


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize("form", ["hsds", "hsds-csv", "4w", "vcard", "ical", "geojson"])
@pytest.mark.parametrize("circle", list(Circle))
def test_a_confidential_place_leaves_in_no_format_for_nobody(form: str, circle: Circle) -> None:
    data, _number = actions.export(form, circle, now=NOW)
    text = "".join(map(repr, read_tables(data, "x"))) if form == "hsds-csv" else data.decode("utf-8-sig")
    text = text.replace("\r\n ", "")  # lines of a calendar are folded
    assert not [part for part in (SECRET, "Lauriers", "4.05123", "9.76543") if part in text]
    names = {"Accueil"} if form == "geojson" or circle is Circle.PUBLIC else {"Accueil", "Refuge"}
    if circle is Circle.ALL and form != "geojson":
        names.add("Réservé")
    assert {name for name in ("Accueil", "Refuge", "Réservé") if name in text} - {"Accueil"} == names - {"Accueil"}


@pytest.mark.usefixtures("entries")
def test_libhxl_reads_our_4w() -> None:
    hxl = pytest.importorskip("hxl")
    data, number = actions.export("4w", Circle.NETWORK, now=NOW)
    source = hxl.data(io.BytesIO(data), hxl.InputOptions(allow_local=True))
    rows = {row.get("#service+name"): row for row in source}
    assert (number, set(rows)) == (2, {"Accueil", "Refuge"})
    assert (rows["Refuge"].get("#adm2+code"), rows["Refuge"].get("#loc+name") or "") == ("CM005004", "")
    assert rows["Accueil"].get("#org+name") == "Foyer Espérance"


@pytest.mark.usefixtures("entries")
def test_the_4w_gives_dates_funder_and_target_where_they_are_known_and_nothing_elsewhere() -> None:
    rows = {one.name: one for one in db.session.scalars(select(ServiceRow))}
    for entry in rows["Accueil"].places[0].schedules:
        entry.valid_from, entry.valid_to = date(2026, 1, 5), date(2026, 12, 18)
    seen: dict[str, Any] = {"baseline": {}, "first_seen_at": NOW, "last_seen_at": NOW}
    for name in ("Accueil", "Refuge"):
        funding = {"funding": [{"source": "Union africaine"}, {"source": 3}, "x", {"source": "UNICEF"}]}
        db.session.add(
            SourceDocument(
                source="s", kind="service", source_id=name, record_id=rows[name].id, document=funding, **seen
            )
        )
    db.session.add(
        ServiceRow(
            organization=rows["Accueil"].organization, name="Repas", needs=["MED"], last_modified=NOW,
            places=[Place()],
        )
    )  # fmt: skip
    rows["Accueil"].organization.funders = ["Commune de Douala", "Fonds national"]
    db.session.add(CoverageTarget(need=Need.HEB, level=2, minimum=3))
    db.session.flush()
    text = actions.export("4w", Circle.NETWORK, now=NOW)[0].decode("utf-8-sig")
    _headings, tags, *data = csv.reader(io.StringIO(text))
    asked = ("#org+funding+name", "#date+start", "#date+end", "#targeted+ind", "#targeted+service+list")
    told = {row[tags.index("#service+name")]: [row[tags.index(tag)] for tag in asked] for row in data}
    assert told == {
        "Accueil": ["Union africaine | UNICEF", "2026-01-05", "2026-12-18", "", "HEB=3"], "Refuge": [""] * 5,
        "Repas": ["Commune de Douala | Fonds national", "", "", "", ""],
    }  # fmt: skip


@pytest.mark.usefixtures("entries")
def test_our_package_of_tables_is_read_as_the_same_services() -> None:
    documents = json.loads(actions.export("hsds", Circle.ALL, now=NOW)[0])
    tables = read_tables(actions.export("hsds-csv", Circle.ALL, now=NOW)[0], "x.zip")
    assert tabular.is_package(tables)
    read = {one.name: one for one in hsds.read(tabular.assemble(tables).documents).services}
    for one in hsds.read(documents).services:
        other = read[one.name]
        assert (one.id, one.description, one.hours, one.phones, one.minimum_age) == (
            other.id, other.description, other.hours, other.phones, other.minimum_age
        )  # fmt: skip


@pytest.mark.usefixtures("entries")
def test_the_map_gives_hours_as_openstreetmap_writes_them() -> None:
    for place in db.session.scalars(select(Place)):
        if place.service.name == "Accueil" and place.location:
            place.location.latitude, place.location.longitude = 4.05, 9.7
    (point,) = json.loads(actions.export("geojson", Circle.ALL, now=NOW)[0])["features"]
    assert point["properties"]["opening_hours"] == "Mo-Fr 08:00-15:30"


@pytest.mark.usefixtures("entries")
def test_the_calendar_adds_its_own_words_in_french() -> None:
    found = Calendar.from_ical(actions.export("ical", Circle.ALL, now=NOW)[0])
    days = {str(one["summary"]) for one in found.walk("VEVENT") if one.get("status") == "TENTATIVE"}
    said = "\N{NO-BREAK SPACE}: jour férié, appelez d’abord"
    assert days == {f"{name}{said}" for name in ("Accueil", "Refuge", "Réservé")}


def test_a_card_says_who_and_how_to_write_to_them() -> None:
    link = ServiceAtLocation("2", Location("1", "Centre"))
    words = "Lundi, mardi\nVenir tôt; apporter \\ sa carte"
    written = {"description": words, "email": "a@example.cm"}
    service = Service("3", "Écoute; soutien", "o", service_at_locations=(link,), **written)
    card = cards.vcard(Organization("o", "Croix, Rouge"), service)
    assert card.splitlines()[0] == "BEGIN:VCARD"
    assert {
        "FN:Écoute\\; soutien", "ORG:Croix\\, Rouge", "EMAIL:a@example.cm",
        "NOTE:Lundi\\, mardi\\nVenir tôt\\; apporter \\\\ sa carte",
    } <= set(card.splitlines())  # fmt: skip
