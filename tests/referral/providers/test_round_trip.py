"""What other directories wrote comes back as they wrote it, and what people here changed stands."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from directory.hsds_writing import Profile
from directory.taxonomy import Disclosure, Visibility
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.partners.models import Organization
from referral.providers import actions
from referral.providers.models import ImportBatch, Location, Service, SourceDocument
from referral.providers.queries.whole import Circle
from sop.vocabulary import Need
from tests.builders import make_organization, make_service
from tests.conftest import NOW

DATA = Path(__file__).parents[3] / "../shared/data/hsds"
FLORIDA = DATA / "real/florida_legal_2019/services.hsds-3.2.json"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the HSDS data sets are not beside the checkout")


def imported(path: Path, *mapping: str) -> dict[str, Any]:
    result, code = actions.import_file("hsds", path, mapping=mapping, source="essai", now=NOW)
    assert code == 0
    return result


def exported(circle: Circle = Circle.ALL, form: Profile = Profile.CM, of: str = "services") -> list[Any]:
    data, number = actions.export("hsds", circle, form=form, of=of, now=NOW)
    found = json.loads(data)
    assert len(found) == number
    return found


def by_role(value: Any) -> Any:
    """The same document with the role in place of who updated it."""
    if isinstance(value, list):
        return [by_role(one) for one in value]
    if isinstance(value, dict):
        return {name: "editor" if name == "updated_by" else by_role(one) for name, one in value.items()}
    return value


def invalid(documents: list[Any], kind: str) -> list[str]:
    """What the official schema says against them."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    referencing = pytest.importorskip("referencing", reason="referencing is not installed")
    DRAFT202012 = pytest.importorskip("referencing.jsonschema").DRAFT202012  # noqa: N806 - its own name
    folder = DATA / "schema/3.2"
    files = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    resources = []
    for name, schema in files.items():
        resource = DRAFT202012.create_resource(schema)
        resources += [(name, resource), (schema.get("$id", name), resource)]
    registry = referencing.Registry().with_resources(resources)
    checker = jsonschema.FormatChecker()
    validator = jsonschema.Draft202012Validator(files[f"{kind}.json"], registry=registry, format_checker=checker)
    return [f"{error.json_path}: {error.message}" for one in documents for error in validator.iter_errors(one)]


@needs_data
@pytest.mark.parametrize(
    ("name", "of", "kind"),
    [
        ("service_full.json", "services", "service"),
        ("organization_full.json", "organizations", "organization"),
        ("location.json", "locations", "location"),
    ],
)
def test_the_official_examples_come_back_as_they_came(session: Any, name: str, of: str, kind: str) -> None:
    document = json.loads((DATA / "examples-3.1" / name).read_text())
    assert imported(DATA / "examples-3.1" / name)["quarantined"] == []
    found = {one["id"]: one for one in exported(of=of)}
    assert found[document["id"]] == by_role(document)
    assert invalid([found[document["id"]]], kind) == []


TOGETHER = [
    pytest.param(order, source, marks=pytest.mark.slow if order != (0, 1, 2) else ())
    for order in permutations(range(3))
    for source in ("official", "")
]


@needs_data
@pytest.mark.parametrize(("order", "source"), TOGETHER)
def test_the_official_examples_stay_whole_beside_each_other_in_every_order_from_one_source_or_several(
    session: Any, order: tuple[int, ...], source: str
) -> None:
    files = [
        ("service_full.json", "services"),
        ("organization_full.json", "organizations"),
        ("location.json", "locations"),
    ]
    for place in order:
        told, _ = actions.import_file("hsds", DATA / "examples-3.1" / files[place][0], source=source, now=NOW)
        assert told["gone"] == [], "a file of organisations or places does not say that a service is gone"
    for name, of in files:
        document = json.loads((DATA / "examples-3.1" / name).read_text())
        assert [one for one in exported(of=of) if one["id"] == document["id"]] == [by_role(document)]


def test_a_feed_with_the_id_of_our_own_entry_does_not_touch_it(session: Any, tmp_path: Path) -> None:
    own = make_service(make_organization("À nous"), Need.MED, name="À nous")
    path = feed(tmp_path, id=str(own.service.id), name="À eux")
    assert [one["name"] for one in imported(path)["new"]] == ["À eux"]
    assert db.session.get(Service, own.service.id).name == "À nous"


@needs_data
@pytest.mark.once  # the official examples pass through the columns of both databases
def test_135_real_services_come_back_as_they_came_twice(session: Any) -> None:
    documents = {one["id"]: one for one in json.loads(FLORIDA.read_text())}
    for _ in range(2):
        imported(FLORIDA, "IMMIGRATION=JUR")
        assert {one["id"]: one for one in exported()} == documents
    plain = exported(form=Profile.HSDS)
    assert invalid(plain, "service") == []


def feed(folder: Path, **changes: Any) -> Path:
    """One service as others write it, with words that our tables do not know."""
    document = {
        "id": "7d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "name": "Refuge du lac", "status": "active",
        "wait_time": "3 jours",
        "organization": {"id": "0d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "name": "Aide", "description": "Aide",
            "legal_status": "association"},
        "service_at_locations": [{"id": "1d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "location": {
            "id": "2d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "location_type": "physical", "name": "Villa rose",
            "latitude": 4.05, "longitude": 9.7, "transportation": "bus 12",
            "addresses": [{"id": "3d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "address_1": "12 rue des Palmiers",
                "city": "Douala", "state_province": "Littoral", "postal_code": "-", "country": "CM",
                "address_type": "physical"}]}}],
        **changes,
    }  # fmt: skip
    path = folder / "feed.json"
    path.write_text(json.dumps([document]))
    return path


def test_what_was_changed_here_stands_and_the_rest_is_given_back(session: Any, tmp_path: Path) -> None:
    imported(feed(tmp_path))
    service = db.session.scalars(select(Service)).one()
    service.name = "Nouveau nom"
    (found,) = exported()
    assert (found["name"], found["wait_time"]) == ("Nouveau nom", "3 jours")
    assert found["organization"]["legal_status"] == "association"
    assert found["service_at_locations"][0]["location"]["transportation"] == "bus 12"


@pytest.mark.parametrize("circle", list(Circle))
@pytest.mark.parametrize("of", ["services", "organizations", "locations"])
def test_the_address_of_a_refuge_leaves_in_no_export(session: Any, tmp_path: Path, circle: Circle, of: str) -> None:
    imported(feed(tmp_path))
    db.session.scalars(select(Service)).one().visibility = Visibility.PUBLIC
    place = db.session.scalars(select(Location)).one()
    place.disclosure, place.pcode = Disclosure.ARRONDISSEMENT, "CM005004001"
    for standard in ("hsds", "geojson"):
        data, _number = actions.export(standard, circle, of=of, now=NOW)
        text = data.decode()
        assert [word for word in ("Palmiers", "4.05", "Villa", "bus 12") if word in text] == []
    if of == "services":
        (found,) = exported(circle)
        assert "CM005004001".startswith(found["service_at_locations"][0]["location"]["external_identifier"])


def test_a_circle_reads_its_own_services_alone(session: Any, tmp_path: Path) -> None:
    imported(feed(tmp_path, visibility="restricted"))
    assert [len(exported(circle)) for circle in (Circle.PUBLIC, Circle.NETWORK, Circle.ALL)] == [0, 0, 1]
    db.session.scalars(select(Service)).one().visibility = Visibility.PUBLIC
    assert [len(exported(circle)) for circle in (Circle.PUBLIC, Circle.NETWORK, Circle.ALL)] == [1, 1, 1]


@needs_data
def test_who_pays_for_an_organisation_is_read_written_and_stays_what_it_says_itself(
    session: Any, tmp_path: Path
) -> None:
    paid = {"funding": [{"id": "4d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "source": "UNICEF"}, {"source": "x" * 201}]}
    house = {"id": "0d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "name": "Aide", "description": "Aide", **paid}
    imported(feed(tmp_path, organization=house))
    one = db.session.scalars(select(Organization)).one()
    assert one.funders == ["UNICEF"]
    assert exported()[0]["organization"]["funding"] == paid["funding"]
    one.funders = ["Commune de Douala"]
    for form in Profile:
        assert [row["source"] for row in exported(Circle.NETWORK, form)[0]["organization"]["funding"]] == one.funders
    (written,) = exported(of="organizations")
    assert [row["source"] for row in written["funding"]] == ["Commune de Douala"]
    assert invalid([written], "organization") == []


def test_only_the_circle_of_everything_is_given_the_words_of_others(session: Any, tmp_path: Path) -> None:
    imported(feed(tmp_path))
    db.session.scalars(select(Service)).one().visibility = Visibility.PUBLIC
    assert ["wait_time" in exported(circle)[0] for circle in (Circle.PUBLIC, Circle.NETWORK, Circle.ALL)] == [
        False, False, True
    ]  # fmt: skip


def test_no_name_of_who_updated_is_kept(session: Any, tmp_path: Path) -> None:
    imported(feed(tmp_path, metadata=[{"id": "m", "updated_by": "Ann Persona"}]))
    assert "Ann Persona" not in json.dumps(db.session.scalars(select(SourceDocument)).one().document)


def test_an_export_leaves_a_line_in_the_audit_trail(session: Any, tmp_path: Path) -> None:
    imported(feed(tmp_path))
    exported(Circle.NETWORK)
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "directory.export")).one()
    assert (line.code, line.details["circle"], line.details["number"]) == ("hsds", "network", 1)


def test_ids_stay_those_of_the_source_and_one_uuid_of_two_sources_is_one_entry(session: Any, tmp_path: Path) -> None:
    actions.import_file("hsds", feed(tmp_path), source="un", now=NOW)
    told, _ = actions.import_file("hsds", feed(tmp_path, name="Refuge du fleuve"), source="deux", now=NOW)
    assert [one["name"] for one in told["changed"]] == ["Refuge du fleuve"]
    assert told["new"] == []
    assert list(db.session.scalars(select(Service.id))) == [UUID("7d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00")]


def test_a_preview_tells_what_is_new_changed_and_gone_and_stores_nothing(session: Any, tmp_path: Path) -> None:
    rows = [{"id": f"s{number}", "name": f"Service {number}", "status": "active"} for number in (1, 2, 3)]
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(rows))
    actions.import_file("hsds", path, source="essai", now=NOW)
    path.write_text(json.dumps([rows[0], {**rows[1], "name": "Autre nom"}, {**rows[2], "id": "s4"}]))
    result, code = actions.import_file("hsds", path, source="essai", now=NOW, preview=True)
    told = {name: [one["id"] for one in result[name]] for name in ("new", "changed", "gone")}
    assert (code, told) == (0, {"new": ["s4"], "changed": ["s2"], "gone": ["s3"]})
    assert sorted(db.session.scalars(select(Service.name))) == ["Service 1", "Service 2", "Service 3"]
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 1
    result, _code = actions.import_file("hsds", path, source="essai", now=NOW)
    assert [one["id"] for one in result["gone"]] == ["s3"]
    gone = db.session.scalars(select(Service).where(Service.source_id == "s3")).one()
    assert gone.archived is False
