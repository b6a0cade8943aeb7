"""The documentation says what the code does: who may do what, every setting, every command, files that exist."""

from __future__ import annotations

import re

from flask import Flask

from referral.config import ROOT, SECRET_NAMES
from referral.foundation.access_table import markdown
from referral.foundation.grants import Permission, Role

PATH = re.compile(r"`((?:sop|directory|referral|tests|templates|migrations)/[\w./-]+\.(?:py|md|yaml|csv|html))")


def test_the_page_of_the_documentation_is_the_table_of_the_code() -> None:
    assert (ROOT / "docs" / "access.md").read_text() == markdown(), "flask --app wsgi docs access > docs/access.md"


def test_the_page_has_a_row_for_each_permission_and_a_column_for_each_role() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(Permission)
    assert {row.count("|") for row in rows} == {len(Role) + 2}
    assert "| uncover a name (logged) | – | their own | their organisation’s | – | – | – | – | – |" in rows


def test_operations_lists_every_setting_of_the_environment() -> None:
    source = (ROOT / "referral" / "config.py").read_text() + (ROOT / "referral" / "serve.py").read_text()
    names = set(re.findall(r'(?:env\.get\(|environ\.get\(|environ\[)"([A-Z_]+)"', source)) | set(SECRET_NAMES)
    assert {"MNR_ENV", "DATABASE_URL", "KEYSTORE_URL", "PORT"} <= names, "the search finds what is there"
    page = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def test_the_readme_lists_every_command(app: Flask) -> None:
    page = (ROOT / "README.md").read_text()
    own = ("sop", "consent", "directory", "audit", "user", "demo", "docs")
    commands = [f"{group} {name}" for group in own for name in app.cli.commands[group].commands]
    assert len(commands) >= 8
    assert [name for name in (*commands, "worker", "db upgrade") if f"| `{name}" not in page] == []


def test_the_documentation_names_only_files_that_are_there() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
    named = {(page.name, path) for page in pages for path in PATH.findall(page.read_text())}
    assert len(named) > 10
    assert sorted(one for one in named if not (ROOT / one[1]).exists()) == []
