"""`flask forms …`: compile a form, check a filled-in one; nothing here needs a database."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.test_commands import last_line, run

FORM = """
| survey | | | | |
| | type | name | label | constraint |
| | begin repeat | members | Person | |
| | integer | age | Age | . < 120 |
| | geotrace | walk | Walk | |
| | end repeat | | | |

| settings | | |
| | form_id | version |
| | roster | 3 |
"""
INSTANCE = (
    '<data id="roster" version="3"><members><age>{}</age><walk/></members>'
    "<meta><instanceID>uuid:6f1b3f0e-3c1c-4f3b-9b0a-1f1f1f1f1f1f</instanceID></meta></data>"
)


@pytest.mark.once
def test_a_form_compiles_to_an_xform_and_says_what_hinders_publishing(app: Flask, tmp_path: Path) -> None:
    form, made = tmp_path / "form.md", tmp_path / "made" / "form.xml"
    form.write_text(FORM)
    result = run(app, "forms", "compile", form, "-o", made, "--json")
    assert result.exit_code == 0
    found = last_line(result)
    assert (found["compiled"], found["publishable"]) == (True, False)
    assert [(one["code"], one["row"], one["column"]) for one in found["findings"]] == [
        ("NO_CATEGORY", 5, "category"),
        ("TYPE", 6, "type"),
    ]
    assert '<data id="roster" version="3">' in made.read_text()
    assert f"{form}: warning TYPE survey row 6, column type" in result.stderr


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        (FORM.replace("integer", "txet"), 1, "TYPE"),
        (FORM.replace("Age", "Age of ${nobody}"), 1, "REFERENCE"),
        (FORM.replace("| | end repeat | | | |", ""), 1, "GROUP_OPEN"),
        ("no form", 2, "NO_SURVEY"),
        ("\x00", 2, "NOT_A_FORM"),
        (None, 2, "NO_FILE"),
    ],
)
def test_a_form_that_is_refused_says_why_and_writes_nothing(
    app: Flask, tmp_path: Path, content: str | None, code: int, reason: str
) -> None:
    form, made = tmp_path / "form.md", tmp_path / "form.xml"
    if content is not None:
        form.write_text(content)
    result = run(app, "forms", "compile", form, "-o", made, "--json")
    assert result.exit_code == code
    errors = [one["code"] for one in last_line(result)["findings"] if one["severity"] == "error"]
    assert errors == [reason]
    assert "Traceback" not in result.output
    assert not made.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    ("instance", "code", "errors"),
    [
        (INSTANCE.format(7), 0, []),
        (INSTANCE.format(130), 1, [("members/1/age", "constraint")]),
        (INSTANCE.format("old"), 1, [("members/1/age", "not_whole")]),
        (INSTANCE.format(7).replace('"3"', '"2"'), 1, [("", "other_version")]),
        (INSTANCE.format(7).replace("uuid:6f1b", "uuid:"), 1, [("meta/instanceID", "no_instance_id")]),
        ("<data id='roster'", 2, [("", "NOT_XML")]),
        ("<!DOCTYPE data><data id='roster'/>", 2, [("", "DTD")]),
        (None, 2, [("", "NO_FILE")]),
    ],
)
def test_a_filled_in_form_is_checked_by_path(
    app: Flask, tmp_path: Path, instance: str | None, code: int, errors: list[tuple[str, str]]
) -> None:
    form, sent = tmp_path / "form.md", tmp_path / "sent.xml"
    form.write_text(FORM)
    if instance is not None:
        sent.write_text(instance)
    result = run(app, "forms", "check", form, sent, "--json")
    assert result.exit_code == code
    found = last_line(result)
    assert found["valid"] is (not errors)
    assert [(one["path"], one["code"]) for one in found["errors"]] == errors
    assert all(one["message"] for one in found["errors"])
    assert "Traceback" not in result.output
