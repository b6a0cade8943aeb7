"""The documentation says who may do what, and says what the code does."""

from __future__ import annotations

from referral.config import ROOT
from referral.foundation.access_table import markdown
from referral.foundation.grants import Permission, Role


def test_the_page_of_the_documentation_is_the_table_of_the_code() -> None:
    assert (ROOT / "docs" / "access.md").read_text() == markdown(), "flask --app wsgi docs access > docs/access.md"


def test_the_page_has_a_row_for_each_permission_and_a_column_for_each_role() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(Permission)
    assert {row.count("|") for row in rows} == {len(Role) + 2}
    assert "| uncover a name (logged) | – | their own | their organisation’s | – | – | – | – | – |" in rows
