"""Importing places: twice is once, one list completes another, bad rows are named, and nothing else is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from referral.config import ROOT
from referral.extensions import db
from referral.providers import actions
from referral.providers.models import AdminUnit
from tests.conftest import NOW

GEO = ROOT / "../shared/data/geo"
CODES = "pcode,level,level_name_fr,name_fr,name_en,iso_3166_2,parent_pcode,cog_local_id,lat,lon,note\n"
CROSSED = "pcode,name_cod,name,adm2_pcode,cog_local_id,seat_lat,seat_lon,seat_name\n"
NAMED = "osm_relation,cog_local_id,name,region_iso\n"


@pytest.fixture
def take(tmp_path: Path, session: Any) -> Any:
    """Write text to a file and import it."""

    def run(text: str | bytes) -> tuple[dict[str, Any], int]:
        path = tmp_path / "places"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return actions.import_places(path, now=NOW)

    return run


def unit(pcode: str) -> AdminUnit:
    return db.session.get_one(AdminUnit, pcode)


def test_an_arrondissement_goes_in_with_its_parents_of_the_library(take: Any) -> None:
    result, code = take(f"{CODES}CM010003001,3,,Fontem,,,CM010003,100301,5.4,9.8,\n")
    assert code == 0
    assert (result["new"], result["quarantined"]) == (1, [])
    one = unit("CM010003001")
    assert (one.name, one.level, one.parent, one.latitude) == ("Fontem", 3, "CM010003", 5.4)
    assert unit("CM010").iso == "CM-SW"
    assert unit("CM005004").name == "Wouri"
    assert db.session.scalar(select(func.count()).select_from(AdminUnit)) == 10 + 58 + 1


def test_the_crosswalk_leads_with_its_name_and_keeps_the_other_and_the_seat(take: Any) -> None:
    codes = f"{CODES}CM010003001,3,,Fontem,,,CM010003,,5.4,9.8,\n"
    crossed = f"{CROSSED}CM010003001,Fontem,Menji,CM010003,50201,5.5,9.9,Azi\n"
    take(codes)
    assert take(crossed)[0]["changed"] == 1
    one = unit("CM010003001")
    assert (one.name, one.name_alt, one.latitude) == ("Menji", ["Fontem", "Azi"], 5.5)
    for again in (codes, crossed, codes):
        assert take(again)[0]["same"] == 1
    assert (one.name, one.name_alt, one.latitude) == ("Menji", ["Fontem", "Azi"], 5.5)


def test_names_without_codes_find_their_unit_by_region_and_bring_the_accents(take: Any) -> None:
    take(f"{CODES}CM001002001,3,,Galim-Tignere,,,CM001002,,,,\n")
    assert take(f"{NAMED}1,10503,Galim-Tignère,CM-AD\n")[0]["changed"] == 1
    assert unit("CM001002001").name == "Galim-Tignère"
    result, code = take(f"{NAMED}1,10503,Galim-Tignère,CM-SU\n")
    assert code == 0
    assert [one["row"] for one in result["quarantined"]] == [2]


def test_of_two_units_of_one_name_the_local_number_tells(take: Any) -> None:
    take(f"{CODES}CM008001001,3,,Kekem,,,CM008001,801,,,\nCM008002001,3,,Kekem,,,CM008002,802,,,\n")
    assert take(f"{NAMED}1,802,Kékem,CM-OU\n")[0]["changed"] == 1
    assert (unit("CM008001001").name, unit("CM008002001").name) == ("Kekem", "Kékem")
    assert len(take(f"{NAMED}1,999,Kékem,CM-OU\n")[0]["quarantined"]) == 1


def test_the_code_that_repeats_another_unit_is_kept_and_points_to_it(take: Any) -> None:
    take(f"{CODES}CM009003009,3,,Niete,,,CM009003,,,,\nCM009003010,3,,Nye'ete,,,CM009003,,,,\n")
    assert unit("CM009003010").same_as == "CM009003009"
    assert unit("CM009003009").same_as == ""


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("CM00500400,3,,X,,,CM005004,,,,", "pcode"),
        ("cm005004001,3,,X,,,CM005004,,,,", "pcode"),
        (",3,,X,,,CM005004,,,,", "pcode"),
        ("CM005004001,2,,X,,,CM005004,,,,", "level"),
        ("CM005004001,3,,X,,,CM005003,,,,", "parent_pcode"),
        ("CM005004001,3,,  ,,,CM005004,,,,", "name_fr"),
        (f"CM005004001,3,,{'x' * 121},,,CM005004,,,,", "name_fr"),
        ("CM005004001,3,,X,,,CM005004,,91,9,", "lat"),
        ("CM005004001,3,,X,,,CM005004,,nan,9,", "lat"),
        ("CM005004001,3,,X,,,CM005004,,4,,", "lat"),
        ("CM005004001,3", "name_fr"),
        ("CM099001001,3,,X,,,CM099001,,,,", "parent"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_column_and_the_good_one_goes_in(take: Any, row: str, column: str) -> None:
    result, code = take(f"{CODES}{row}\nCM005004002,3,,Douala II,,,CM005004,,,,\n")
    assert code == 0
    assert result["new"] == 1
    assert [(one["row"], one["field"]) for one in result["quarantined"]] == [(2, column)]


def test_a_code_that_stands_twice_goes_in_once(take: Any) -> None:
    result, _code = take(f"{CODES}CM005004002,3,,Un,,,CM005004,,,,\nCM005004002,3,,Deux,,,CM005004,,,,\n")
    assert [one["row"] for one in result["quarantined"]] == [3]
    assert unit("CM005004002").name == "Un"


def feature(pcode: str, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"pcode": pcode, "name": "Wouri"}, "geometry": geometry}


def test_outlines_are_kept_and_bad_ones_set_aside(take: Any) -> None:
    ring = [[9.5, 4.0], [9.9, 4.0], [9.9, 4.2], [9.5, 4.0]]
    features = [
        feature("CM005004", {"type": "MultiPolygon", "coordinates": [[ring]]}),
        feature("CM005003", {"type": "Polygon", "coordinates": [ring[:2]]}),
        feature("CM005002", {"type": "Polygon", "coordinates": [[[200, 4.0], *ring]]}),
        feature("CM005001", {"type": "Point", "coordinates": [9, 4]}),
        feature("CM004001", None),
        {"type": "Feature"},
        7,
    ]
    result, code = take(json.dumps({"type": "FeatureCollection", "features": features}))
    assert code == 0
    assert [one["row"] for one in result["quarantined"]] == [2, 3, 4, 5, 6, 7]
    assert unit("CM005004").outline == [ring]
    assert unit("CM005004").name == "Wouri"


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (b"", "unknown_list"),
        (b"a,b\n1,2\n", "unknown_list"),
        (b"\xff\xfe\x00", "not_utf8"),
        (b"{", "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (b"[]", "no_features"),
        (b'{"features": 3}', "no_features"),
        (CODES.encode() + b'"' + b"x" * 200_000, "bad_csv"),
    ],
)
def test_an_unreadable_file_changes_nothing(take: Any, contents: bytes, code: str) -> None:
    result, exit_code = take(contents)
    assert (exit_code, result["code"]) == (2, code)
    assert db.session.scalar(select(func.count()).select_from(AdminUnit)) == 0


@pytest.mark.slow
@pytest.mark.skipif(not GEO.exists(), reason="the shared places are not on this machine")
def test_the_four_lists_of_cameroon_go_in_whole_and_twice_is_once(session: Any) -> None:
    names = ("cm_admin_pcodes.csv", "cm_arrondissements_crosswalk.csv", "cm_arrondissements_cc0.csv")
    files = [*names, "cm_adm1_simplified.geojson", "cm_adm2_simplified.geojson"]
    first = [actions.import_places(GEO / name, now=NOW)[0] for name in files]
    assert [one["rows"] for one in first] == [429, 361, 360, 10, 58]
    assert [one["quarantined"] for one in first] == [[]] * 5
    again = [actions.import_places(GEO / name, now=NOW)[0] for name in files]
    assert [one["same"] for one in again] == [429, 361, 360, 10, 58]
    found = set(db.session.scalars(select(AdminUnit.name).where(AdminUnit.pcode.in_(["CM009003009", "CM001"]))))
    assert found == {"Niété", "Adamaoua"}
