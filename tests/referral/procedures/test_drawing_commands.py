"""`flask sop draw` and `flask sop document`: what they write, and what they say when they cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from sop.triage import CAMEROON

FLOWCHART = CAMEROON.with_name("flowchart.yaml")
SMALL = """
fields: {}
sop: {id: X, version: "1", status: draft, languages: [fr, en]}
lanes: {A: {fr: Agents, en: Staff}}
nodes:
  - {id: S0, kind: start, lane: A, fr: Début, en: Beginning}
  - {id: ../étape 1, kind: end, lane: A, fr: Fin, en: End}
edges:
  - {from: S0, to: ../étape 1}
"""

pytestmark = pytest.mark.application


def run(app: Flask, *arguments: str | Path) -> Any:
    return app.test_cli_runner().invoke(args=["sop", *(str(one) for one in arguments)])


@pytest.mark.once
def test_the_main_page_goes_to_the_standard_output(app: Flask) -> None:
    result = run(app, "draw", FLOWCHART)
    assert result.exit_code == 0
    root = ET.fromstring(result.stdout)  # noqa: S314
    assert root[0].text == "Procédure du mécanisme national de référencement du Cameroun"


@pytest.mark.once
def test_a_page_in_english_goes_into_a_file(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "new" / "loop.svg"
    result = run(app, "draw", FLOWCHART, "--page", "loop", "--lang", "en", "--out", out, "--json")
    assert json.loads(result.stdout.splitlines()[-1]) == {"pages": ["loop"], "files": [str(out)]}
    assert "Look for a provider" in out.read_text()


@pytest.mark.once
def test_all_pages_go_into_a_folder_or_into_one_pdf(app: Flask, tmp_path: Path) -> None:
    source = tmp_path / "flowchart.yaml"
    source.write_text(SMALL)
    result = run(app, "draw", source, "--all", "--out", tmp_path / "pages", "--json")
    assert result.exit_code == 0, result.output
    assert [path.name for path in (tmp_path / "pages").iterdir()] == ["main.svg"]
    result = run(app, "draw", source, "--all", "--out", tmp_path / "all.pdf")
    assert result.exit_code == 0
    assert (tmp_path / "all.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.once
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--page", "nowhere"], "no such page: nowhere (there are: main"),
        (["--page", "loop", "--all"], "--page or --all"),
        (["--out", "picture.png"], "--out takes"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_sentence(app: Flask, arguments: list[str], words: str) -> None:
    result = run(app, "draw", FLOWCHART, *arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert not Path("picture.png").exists()


@pytest.mark.once
@pytest.mark.parametrize("command", ["draw", "document"])
@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01", b"- a list", SMALL.replace("to: ../étape 1", "to: Z9").encode(), SMALL.encode("utf-16")],
)
def test_what_is_no_flowchart_writes_nothing(app: Flask, tmp_path: Path, command: str, content: bytes) -> None:
    source, out = tmp_path / "flowchart.yaml", tmp_path / "out.pdf"
    source.write_bytes(content)
    result = run(app, command, source, "--out", out)
    assert result.exit_code == 2
    assert str(source) in result.output
    assert "Traceback" not in result.output
    assert not out.exists()


@pytest.mark.once
def test_a_file_that_cannot_be_written_is_said(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    result = run(app, "draw", FLOWCHART, "--out", tmp_path / "taken" / "x.svg")
    assert result.exit_code == 1
    assert "Traceback" not in result.output


@pytest.mark.once
def test_the_document_of_a_small_flowchart_needs_neither_triage_nor_forms(app: Flask, tmp_path: Path) -> None:
    source = tmp_path / "flowchart.yaml"
    source.write_text(SMALL)
    for out in ("procedure.pdf", "procedure.docx"):
        result = run(app, "document", source, "--out", tmp_path / out, "--lang", "en", "--json")
        assert result.exit_code == 0, result.output
        said = json.loads(result.stdout.splitlines()[-1])
        assert said["bytes"] == (tmp_path / out).stat().st_size
        assert len(said["hash"]) == 64
    assert run(app, "document", source, "--out", tmp_path / "x.txt").exit_code == 2


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "content"),
    [("triage.csv", b"a,b\n1,2\n"), ("text/S01_x.fr.md", b"\xff\xfe"), ("forms/identification.md", b"x")],
)
def test_a_part_that_cannot_be_read_ends_the_document(app: Flask, tmp_path: Path, name: str, content: bytes) -> None:
    source = tmp_path / "flowchart.yaml"
    source.write_text(SMALL)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    result = run(app, "document", source, "--out", tmp_path / "x.pdf")
    assert result.exit_code == 2
    assert "Traceback" not in result.output
