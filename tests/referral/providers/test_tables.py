"""Tables of partners go in by the mapping saved for their source; the same file twice changes nothing."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from directory import hsds
from referral.extensions import db
from referral.providers import actions
from referral.providers.models import ColumnMapping, ImportIssue, Service
from tests.conftest import NOW

DATA = Path(__file__).parents[3] / "../shared/data"
FLORIDA = DATA / "hsds/real/florida_legal_2019"
needs_data = pytest.mark.skipif(not FLORIDA.exists(), reason="the real data sets are not beside the checkout")


def put(path: Path, *columns: str, mapping: tuple[str, ...] = (), **options: Any) -> dict[str, Any]:
    result, code = actions.import_file(
        "table", path, columns=columns, mapping=mapping, now=NOW, **{"source": "essai", **options}
    )
    assert (code, "error" in result) in ((0, False), (2, True))
    return result


def table(folder: Path, text: str, name: str = "liste.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


TWO = "Réf;Structure;Prestation;Âge\n1;Croix-Rouge;Écoute;12\n2;Croix-Rouge;Abri;\n"
COLUMNS = ("Réf=service.id", "Structure=organization.name", "Prestation=service.name", "Âge=service.minimum_age")


def test_a_mapping_is_saved_by_source_and_used_again(session: Any, tmp_path: Path) -> None:
    assert put(table(tmp_path, TWO), *COLUMNS)["counts"] == {"new": 2, "changed": 0, "gone": 0}
    assert put(table(tmp_path, TWO))["counts"] == {"new": 0, "changed": 0, "gone": 0}
    assert "error" in put(table(tmp_path, TWO), source="autre")
    kept = dict(db.session.execute(select(ColumnMapping.heading, ColumnMapping.field)).all())
    assert kept == {
        "Réf": "service.id", "Structure": "organization.name", "Prestation": "service.name",
        "Âge": "service.minimum_age",
    }  # fmt: skip


def test_a_newer_table_tells_new_changed_and_gone_and_gone_stays(session: Any, tmp_path: Path) -> None:
    put(table(tmp_path, TWO), *COLUMNS)
    found = put(table(tmp_path, TWO.replace("Écoute", "Écoute active").replace("2;", "3;")))
    assert {kind: [one["id"] for one in found[kind]] for kind in ("new", "changed", "gone")} == {
        "new": ["3"], "changed": ["1"], "gone": ["2"],
    }  # fmt: skip
    assert sorted(db.session.scalars(select(Service.source_id).where(Service.archived.is_(False)))) == ["1", "2", "3"]


def test_a_preview_stores_nothing(session: Any, tmp_path: Path) -> None:
    assert put(table(tmp_path, TWO), *COLUMNS, preview=True)["services"] == 2
    assert db.session.scalar(select(func.count()).select_from(Service)) == 0


def test_bad_rows_are_set_aside_by_the_line_of_the_file_and_good_rows_go_in(session: Any, tmp_path: Path) -> None:
    text = TWO + "3;;Soins;\n4;ONG;Soins;cent\n5;ONG;Conseil;8\n"
    found = put(table(tmp_path, text), *COLUMNS)
    assert (found["services"], [(one["row"], one["field"]) for one in found["quarantined"]]) == (
        3, [(5, "minimum_age"), (4, "organization.name")],
    )  # fmt: skip
    kept = select(ImportIssue.row).where(ImportIssue.quarantined)
    assert sorted(db.session.scalars(kept)) == [4, 5]


@pytest.mark.parametrize("contents", [b"", b"PK\x03\x04rubbish", b"\x00\x01\x02" * 50, b"un seul mot", b'a,b\n"x'])
def test_what_is_no_table_is_refused_as_a_whole(session: Any, tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(contents)
    assert "error" in put(path, *COLUMNS)


SHIFTED = "5b5743ff-e9d4-411e-b0a6-4d1fd0502003"
"""In this row of the file the text has run over into the columns of address and age."""
FLORIDA_COLUMNS = (
    "services.service_uuid=service.id", "services.organization_uuid=organization.id",
    "services.organization_name=organization.name", "services.service_name=service.name",
    "services.service_description=service.description", "services.service_email=service.email",
    "services.service_url=service.url", "services.service_additional_information=service.application_process",
    "services.service_min_age=service.minimum_age", "services.service_max_age=service.maximum_age",
    "services.service_problem_codes=service.term", "services.service_immigration_status=service.condition",
    "services.service_military_status=service.condition", "services.service_incarceration_status=service.condition",
    "services.service_areas=service.area", "organizations.organization_uuid=organization.id",
    "organizations.organization_name=organization.name", "locations.organization_uuid=organization.id",
    "locations.location_uuid=location.id", "locations.location_name=location.name",
    "locations.location_address=location.address", "locations.phones=location.phone",
)  # fmt: skip


@needs_data
@pytest.mark.slow
def test_the_tables_of_florida_become_by_their_saved_mapping_the_same_services_as_its_json(
    session: Any, tmp_path: Path
) -> None:
    archive = tmp_path / "florida.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for one in (FLORIDA / "csv").glob("*.csv"):
            packed.write(one, one.name)
    put(archive, *FLORIDA_COLUMNS, mapping=("Immigration=JUR",), source="florida", preview=True)
    assert db.session.scalar(select(func.count()).select_from(ColumnMapping)) == 0, "a preview saves no mapping either"
    put(archive, *FLORIDA_COLUMNS, mapping=("Immigration=JUR",), source="florida")
    found = put(archive, source="florida")
    assert found["counts"] == {"new": 0, "changed": 0, "gone": 0}
    assert [one["id"] for one in found["quarantined"]] == [SHIFTED]
    expected = {
        one.source_id: one for one in hsds.read(FLORIDA / "services.hsds-3.2.json", {"Immigration": "JUR"}).services
    }
    rows = list(db.session.scalars(select(Service).where(Service.source == "florida")))
    assert {row.source_id for row in rows} == expected.keys() - {SHIFTED}
    for row in rows:
        same_as_in_the_json(row, expected[row.source_id])


def same_as_in_the_json(row: Service, one: Any) -> None:
    """The JSON names at most twenty of the places of an organisation, the tables all."""
    here = (row.name, row.description, row.email, row.url, row.minimum_age or None, row.maximum_age, set(row.needs))
    assert here == (
        one.name, one.description, one.email, one.url, one.minimum_age, one.maximum_age, set(one.needs)
    )  # fmt: skip
    assert set(row.terms) == {term.name for term in one.terms}
    assert row.application_process == one.application_process
    assert {place.location.name for place in row.places if place.location} >= {
        link.location.name for link in one.service_at_locations
    }
    areas = [f"name:{area.name}" for area in one.service_areas]
    assert all(place.areas == areas for place in row.places)


@needs_data
def test_the_jordan_services_go_in_and_repeated_numbers_are_set_aside(session: Any) -> None:
    path = DATA / "providers/jordan_services_advisor_2014.csv"
    with path.open() as opened:
        rows = list(csv.DictReader(opened))
    found = put(path)
    repeated = len(rows) - len({one["source_id"] for one in rows})
    assert (found["services"], len(found["quarantined"])) == (549, repeated)
    assert {one["field"] for one in found["quarantined"]} == {"id"}


@needs_data
def test_the_3w_of_guinea_goes_in_by_its_tags_with_the_names_of_its_places(session: Any) -> None:
    path = DATA / "providers/guinea_3w_hxl_sample.csv"
    with path.open() as opened:
        rows = list(csv.DictReader(opened))[1:]
    found = put(path)
    named = {(one["Organisation"], one["Genre d'activité"]) for one in rows}
    assert (found["services"], found["quarantined"]) == (len(named), [])
    areas = {area for row in db.session.scalars(select(Service)) for place in row.places for area in place.areas}
    assert areas == {f"name:{one['Préfecture'].strip()}" for one in rows if one["P-code"]}
    told = {one["reason"] for one in found["warnings"] if one["field"] == "service_areas"}
    assert told == {"a P-code that is not in the list of places: the area is kept by its name"}
    assert json.dumps(found)
