"""`flask people match`: good rows are compared, bad ones set aside, whatever columns there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from referral.people.matching import Identity, Verdict
from referral.people.matching.pairing import pairs

pytestmark = pytest.mark.once

LIST = """id,family_name,given_names,sex,birth_date,place,phone,document_number,address
1,Bello,Aïssatou,F,1998-03-12,Garoua,677123456,,
2,Aishatu,Belo,female,12/03/1998,Garoua,+237 677 12 34 56,,
3,Mbarga,Paul,M,1961,Douala,,,
4,,,,,,,,
5,Bello,Awa,F,sometime,Garoua,,,
1,Ngono,Rose,F,1980,Kribi,,,
6,Bello,Aissatou,F,1998,,,,
"""


def run(app: Flask, *arguments: str | Path) -> Any:
    return app.test_cli_runner().invoke(args=["people", "match", *(str(one) for one in arguments), "--json"])


def test_probable_pairs_are_told_and_bad_rows_set_aside(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    result = run(app, file)
    assert result.exit_code == 0
    found = json.loads(result.stdout.splitlines()[-1])
    assert [(one["a"], one["b"]) for one in found] == [("1", "2")]
    assert found[0]["score"] > 0.99
    assert "row 5 4: nothing by which somebody could be known" in result.stderr
    assert "row 6 5: the birth date cannot be read" in result.stderr
    assert "row 7 1: the id stands twice" in result.stderr
    more = json.loads(run(app, file, "--all").stdout.splitlines()[-1])
    assert {("1", "2"), ("1", "6")} <= {(one["a"], one["b"]) for one in more}


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"id,id,phone\n1,2,3\n"])
def test_a_file_that_is_no_list_is_refused_with_a_reason(app: Flask, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    result = run(app, file)
    assert result.exit_code == 2
    assert json.loads(result.stdout.splitlines()[-1])["error"]
    assert run(app, tmp_path / "missing.csv").exit_code == 2


def test_semicolons_and_absent_columns_are_taken(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("\ufeffdocument_number;family_name\nAB 12345;Bello\nab12345;Belo\n;\n", encoding="utf-8")
    assert [(one["a"], one["b"]) for one in json.loads(run(app, file).stdout.splitlines()[-1])] == [("2", "3")]


def test_many_bearers_of_one_name_are_not_all_compared() -> None:
    crowd = [Identity(family="Moussa", given="Oumarou") for _ in range(3_000)]
    assert list(pairs(crowd, least=Verdict.POSSIBLE)) == []
