"""The commands that take the directory in and write it out, given what is wrong: 2, a clear word, nothing stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from directory.taxonomy import Visibility
from referral.extensions import db
from referral.providers import actions
from referral.providers.models import ImportBatch, Service
from referral.providers.queries.whole import Circle
from tests.conftest import NOW

GONE = "the file cannot be read: No such file or directory"
WRONG: dict[str, tuple[list[str], str]] = {
    "no such file": (["import", "hsds", "{folder}/none.json"], GONE),
    "no such table": (["import", "table", "{folder}/none.csv"], GONE),
    "no such workbook": (["import", "xlsx", "{folder}/none.xlsx"], GONE),
    "a folder": (["import", "hsds", "{folder}"], "the file cannot be read: Is a directory"),
    "no JSON": (["import", "hsds", "{folder}/bad"], "not JSON: line 1, column 2"),
    "no table": (["import", "table", "{folder}/bad"], "the file holds no rows"),
    "no workbook": (["import", "xlsx", "{folder}/list.csv"], "this is not the workbook of the directory"),
    "columns unknown": (["import", "table", "{folder}/list.csv"],
                        "no column is said to be the name of the service or of its organisation"),
    "no field": (["import", "table", "{folder}/list.csv", "--column", "Nom=x"], "“x” is not a field"),
    "no need": (["import", "hsds", "{folder}/bad", "--map", "x=YYY"], "“YYY” is not a need"),
    "no folder to write": (["export", "hsds", "--out", "{folder}/none/x"], "No such file or directory"),
    "unknown place": (["search", "--place", "Nulleparville"], "place: no place is called “Nulleparville”"),
    "unknown region": (["coverage", "--region", "XX"], "region: XX is not the P-code of a region"),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_ends_with_2_and_a_clear_word(app: Any, tmp_path: Path, case: str) -> None:
    (tmp_path / "bad").write_text("{bad")
    (tmp_path / "list.csv").write_text("Nom;Ton\na;b\n")
    arguments, message = WRONG[case]
    asked = ["directory", *(one.format(folder=tmp_path) for one in arguments), "--json"]
    done = app.test_cli_runner().invoke(args=asked)
    assert (done.exit_code, json.loads(done.output.splitlines()[-1])["error"]) == (2, message)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


@pytest.mark.once
def test_what_the_options_cannot_mean_is_said(app: Any, tmp_path: Path) -> None:
    for options, word in (
        (["export", "vcard", "--of", "locations"], "--of locations is for hsds alone, not for vcard."),
        (["export", "pdf"], "'pdf' is not one of 'hsds', 'hsds-csv', 'xlsx', '4w', 'vcard', 'ical', 'geojson'."),
        (["export", "hsds", "--visibility", "secret"], "'secret' is not one of 'public', 'network', 'all'."),
    ):
        done = app.test_cli_runner().invoke(args=["directory", *options, "--out", str(tmp_path / "x")])
        assert (done.exit_code, word in done.stderr) == (2, True)
    assert not (tmp_path / "x").exists()


FEED = [
    {"id": f"7d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f0{number}", "name": name, "status": "active", "visibility": seen,
     "organization": {"id": "0d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "name": "Aide", "description": "Aide"}}
    for number, (name, seen) in enumerate([("Ouvert", "public"), ("Réseau", "network"), ("Réservé", "restricted")])
]  # fmt: skip


@pytest.mark.parametrize("of", ["services", "organizations"])
def test_a_wider_circle_is_never_given_fewer(session: Any, tmp_path: Path, of: str) -> None:
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(FEED))
    actions.import_file("hsds", path, now=NOW)
    opened = db.session.scalars(select(Service).where(Service.name == "Ouvert")).one()
    opened.visibility = Visibility.PUBLIC  # no feed publishes: the coordination does
    given = [
        {one["id"] for one in json.loads(actions.export("hsds", circle, of=of, now=NOW)[0])}
        for circle in (Circle.PUBLIC, Circle.NETWORK, Circle.ALL)
    ]
    assert given[0] <= given[1] <= given[2]
    assert [len(one) for one in given] == ([1, 2, 3] if of == "services" else [1, 1, 1])
