"""Importing a feed: twice is once, good rows go in, bad rows are named, a partner's own word stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from directory import Answer, Candidate, Criteria, Criterion, rank
from directory.profile import Capacity
from directory.taxonomy import CapacityStatus
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.partners.models import Organization
from referral.providers import actions, queries
from referral.providers.models import (
    ImportBatch,
    ImportIssue,
    Location,
    Service,
    ServiceAtLocation,
    ServiceContact,
    ServiceSchedule,
    TermMapping,
)
from referral.providers.rules import Origin, Section
from tests.builders import make_user
from tests.conftest import NOW

FLORIDA = Path(__file__).parents[3] / "../shared/data/hsds/real/florida_legal_2019/services.hsds-3.2.json"
TABLES = (Service, ServiceAtLocation, Location, ServiceSchedule, ServiceContact, Organization, TermMapping)


def row(number: int = 1, **changes: Any) -> dict[str, Any]:
    """One service of a feed as others write it."""
    values: dict[str, Any] = {
        "id": f"s{number}", "name": f"Service {number}", "status": "active", "minimum_age": 0, "maximum_age": 99,
        "organization": {"id": "o1", "name": "Aide juridique", "description": "", "website": "https://exemple.org"},
        "attributes": [{"taxonomy_term": {"id": "t1", "name": "Droit des étrangers", "code": "imm"}}],
        "schedules": [{"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "08:00", "closes_at": "16:00"}],
        "phones": [{"number": "+1 904 356 8371"}], "assured_date": "2026-11-01",
        "service_areas": [{"name": "Broward County"}], "languages": [{"code": "en"}],
        "service_at_locations": [{"id": f"l{number}", "location": {"id": "loc1", "name": "Site", "latitude": 27.0,
            "longitude": -81.0, "location_type": "physical", "addresses": [{"address_1": "1 Main St", "city": "Miami",
            "country": "US"}]}}],
    }  # fmt: skip
    return {**values, **changes}


@pytest.fixture
def feed(tmp_path: Path, session: Any) -> Any:
    """Write rows to one file and import it."""

    def run(rows: Any, *mapping: str, **options: Any) -> tuple[dict[str, Any], int]:
        path = tmp_path / "feed.json"
        path.write_text(rows if isinstance(rows, str) else json.dumps(rows))
        return actions.import_file("hsds", path, mapping=mapping, now=NOW, **{"source": "essai", **options})

    return run


def counts() -> Mapping[str, int]:
    """Rows in every table that an import fills."""
    return {table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES}


def test_a_feed_goes_in_with_its_places_hours_and_telephones(feed: Any) -> None:
    result, code = feed([row()], "droit des etrangers=JUR")
    assert code == 0
    assert (result["services"], result["organizations"], result["locations"]) == (1, 1, 1)
    assert result["quarantined"] == []
    (offer,) = queries.catalogue(NOW).offers
    assert offer.needs == {"JUR"}
    assert offer.address == "1 Main St, Miami"
    assert [one.number for one in offer.phones] == ["+1 904 356 8371"]
    assert [one.byday for one in offer.hours.schedules] == ["MO,TU"]
    assert [one.name for one in offer.areas] == ["Broward County"]
    assert offer.verified_by == "import"
    assert offer.languages == {"eng"}


def test_the_same_feed_twice_is_the_same_directory(feed: Any) -> None:
    feed([row(1), row(2)], "imm=JUR")
    first, versions = counts(), dict(db.session.execute(select(Service.source_id, Service.version)).all())
    feed([row(1), row(2)])
    assert counts() == first == {
        "service": 2, "service_at_location": 2, "location": 1, "schedule": 2, "service_contact": 2, "organization": 1,
        "term_mapping": 1,
    }  # fmt: skip
    assert dict(db.session.execute(select(Service.source_id, Service.version)).all()) == versions
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 2


def test_a_newer_feed_updates_what_the_older_one_brought(feed: Any) -> None:
    feed([row(), row(2)])
    moved = row(name="Nouveau nom", phones=[], schedules=[], service_at_locations=[])
    feed([moved])
    service = db.session.scalar(select(Service).where(Service.source_id == "s1"))
    assert service is not None
    assert service.name == "Nouveau nom"
    assert {(place.location is None, place.archived) for place in service.places} == {(True, False), (False, True)}
    assert sorted(one.name for one in queries.catalogue(NOW).offers) == ["Nouveau nom", "Service 2"]


def test_two_sources_with_the_same_ids_stay_apart(feed: Any) -> None:
    feed([row()], source="un")
    feed([row(name="Autre")], source="deux")
    assert sorted(db.session.scalars(select(Service.name))) == ["Autre", "Service 1"]


def test_a_mapping_is_kept_for_the_next_import_and_may_be_changed(feed: Any) -> None:
    feed([row()], "Droit des étrangers=JUR,ASI")
    assert feed([row()])[0]["unmapped"] == []
    assert db.session.scalar(select(Service.needs)) == ["ASI", "JUR"]
    feed([row()], "DROIT DES ETRANGERS=DOC")
    assert db.session.scalar(select(Service.needs)) == ["DOC"]


def test_without_a_mapping_a_service_is_never_offered_for_a_need(feed: Any) -> None:
    result, _code = feed([row()])
    assert result["unmapped"] == [{"term": "Droit des étrangers", "code": "imm", "services": 1}]
    found = rank(queries.catalogue(NOW), Criteria(need="JUR"), now=NOW)
    assert len(found.fits) + len(found.to_verify) + len(found.excluded) == 0


def test_a_service_of_an_unknown_organisation_goes_in_unverified_with_a_warning(feed: Any) -> None:
    without = row()
    del without["organization"]
    without["organization_id"] = "nowhere"
    result, code = feed([without], "imm=JUR")
    assert code == 0
    assert [one["field"] for one in result["warnings"]] == ["organization"]
    (offer,) = queries.catalogue(NOW).offers
    assert offer.organization_name == "Organisation inconnue"
    assert offer.verified == {}


def test_refused_rows_are_named_and_the_others_go_in(feed: Any) -> None:
    rows = [
        row(1),
        row(2, minimum_age=200),
        "text",
        {"id": "x"},
        row(1),
        row(3, status="closed for ever"),
        row(4, name=""),
    ]
    result, code = feed(rows)
    assert code == 0
    assert result["services"] == 1
    found = [(one["row"], one["id"], one["field"]) for one in result["quarantined"]]
    assert found == [
        (2, "s2", "minimum_age"), (3, "", ""), (4, "x", ""), (5, "s1", "id"), (6, "s3", "status"), (7, "s4", "name")
    ]  # fmt: skip
    assert all(one["reason"] for one in result["quarantined"])
    kept = db.session.execute(select(ImportIssue.row).where(ImportIssue.quarantined).order_by(ImportIssue.row))
    assert list(kept.scalars()) == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("[" * 100_000, "too_deep"),
        ('{"a": 1}', "no_list"),
        ('"text"', "no_list"),
        ("[NaN]", "bad_number"),
        ("<html></html>", "not_json"),
    ],
)
def test_a_file_that_is_no_feed_is_refused_as_a_whole(feed: Any, text: str, code: str) -> None:
    result, exit_code = feed(text)
    assert (exit_code, result["code"]) == (2, code)
    assert result["error"]
    assert counts()["service"] == 0


@pytest.mark.parametrize("mapping", ["JUR", "=JUR", "droit=XXX", "x" * 201 + "=JUR"])
def test_a_wrong_mapping_changes_nothing(feed: Any, mapping: str) -> None:
    result, code = feed([row()], mapping)
    assert code == 2
    assert result["error"]
    assert counts()["service"] == counts()["term_mapping"] == 0


def test_a_file_that_is_not_there_is_said(session: Any, tmp_path: Path) -> None:
    assert actions.import_file("hsds", tmp_path / "none.json", now=NOW)[1] == 2
    assert actions.import_file("hsds", tmp_path, now=NOW)[1] == 2
    assert actions.import_file("xlsx", tmp_path / "none.json", now=NOW)[1] == 2


def test_hostile_texts_are_kept_as_texts(feed: Any) -> None:
    name = '<script>alert(1)</script> =HYPERLINK("x") %(name)s'
    result, code = feed([row(name=name, id="a\u0000b\ud800", alert="\u0000 %s")])
    assert code == 0
    json.dumps(result, ensure_ascii=False).encode()
    (offer,) = queries.catalogue(NOW).offers
    assert offer.name == name


def test_what_a_partner_wrote_stands_before_a_feed(feed: Any) -> None:
    feed([row()], "imm=JUR")
    place = db.session.scalars(select(ServiceAtLocation)).one()
    user = make_user(Role.PROVIDER, place.service.organization)
    grid = {"SA": place_slots()}
    stamp: dict[str, Any] = {"origin": Origin.PARTNER, "direct": True, "actor": user, "now": NOW}
    wanted = actions.wanted_hours(place, grid=grid, on_holidays="")
    actions.submit(place, Section.HOURS, wanted, expected_version=place.version, **stamp)
    capacity = Capacity(CapacityStatus.FULL, updated=NOW)
    wanted = actions.wanted_capacity(place, capacity=capacity)
    actions.submit(place, Section.CAPACITY, wanted, expected_version=place.version, **stamp)
    feed([row(schedules=[{"byday": "FR", "opens_at": "10:00", "closes_at": "11:00"}], name="Autre")])
    (offer,) = queries.catalogue(NOW).offers
    assert offer.name == "Autre"
    assert [one.byday for one in offer.hours.schedules] == ["SA"]
    assert offer.capacity is not None
    assert offer.capacity.status is CapacityStatus.FULL


def place_slots() -> Any:
    from datetime import time

    return ((time(9), time(12)),)


def test_an_import_leaves_a_line_in_the_audit_trail(feed: Any) -> None:
    feed([row()])
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "directory.import")).one()
    assert line.subject_kind == "import_batch"


def imported(app: Any, *options: str) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["directory", "import", "hsds", str(FLORIDA), "--json", *options])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output.splitlines()[-1])
    return found


def area_answer(candidate: Candidate) -> Answer:
    found = candidate.verdict(Criterion.AREA)
    assert found is not None
    return found.answer


@pytest.mark.once
@pytest.mark.skipif(not FLORIDA.exists(), reason="the shared real data are not here")
def test_the_real_directory_of_florida_imports_and_ranks_through_a_saved_mapping(app: Any) -> None:
    imported(app, "--map", "Immigration/Naturalization=JUR", "--map", "Domestic Violence=VBG,JUR")
    result = imported(app)
    assert result["services"] == 135
    assert result["organizations"] == 18
    assert result["quarantined"] == []
    with app.app_context():
        here = Criteria(need="VBG", ages=(30, 30), sex="female", place_names=("Duval County", "Florida"))
        found = rank(queries.catalogue(NOW), here, now=NOW)
        covering = [one for one in found.to_verify if area_answer(one) is Answer.YES]
        assert "Jacksonville Area Legal Aid" in {one.offer.organization_name for one in covering}
        assert all({area.name for area in one.offer.areas} & {"Duval County", "Florida"} for one in covering)
        texts = {str(one.message) for one in covering[0].verdicts}
        assert {"covers the person’s place", "never verified: call before you refer"} <= texts
        assert db.session.scalar(select(func.count()).select_from(Service)) == 135


def test_an_unreadable_file_ends_the_command_with_2(app: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"\xff\xfe\x00")
    result = app.test_cli_runner().invoke(args=["directory", "import", "hsds", str(path), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.output.splitlines()[-1])["error"]
