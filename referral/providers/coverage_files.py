"""Coverage as rows: what the tables of the pages and their files (CSV, XLSX) have in common."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from flask_babel import gettext as _

from directory.coverage import Matrix
from referral.foundation.i18n import translate
from referral.foundation.spreadsheets import safe, write_workbook
from referral.providers.coverage_models import GapUndertaking
from referral.providers.queries.coverage import Gap, Scene
from referral.providers.queries.gaps import owner_name
from sop.vocabulary import N_, NEED_LABELS, Need

SUPPRESSED = N_("Demand: figures under 5, and those from which they could be worked out, are left empty.")
PRESENCE = N_("Presence is not adequacy: a service in the cell may be too small or too far for the people who need it.")
Rows = list[list[str]]


def headings() -> list[str]:
    """Headings of the table by cell."""
    return [
        _("Need"), _("P-code"), _("Place"), _("State"), _("Organisations"), _("Services"),
        _("Verified, not full"), _("Up to date"), _("Known free places"), _("Concentration (0 to 1)"),
    ]  # fmt: skip


def cell_rows(found: Scene, table: Matrix, language: str) -> Rows:
    """One row a cell, by need and place."""
    return [
        [
            translate(NEED_LABELS[Need(cell.need)]), cell.pcode, found.name(cell.pcode, language),
            translate(cell.state.label), str(len(cell.organizations)), str(len(cell.services)), str(len(cell.usable)),
            str(cell.fresh), "" if cell.places is None else str(cell.places),
            "" if cell.concentration is None else f"{float(cell.concentration):.2f}",
        ]
        for cell in table.cells.values()
    ]  # fmt: skip


def gap_headings(quarter: str) -> list[str]:
    """Headings of the gaps."""
    return [
        _("Need"),
        _("P-code"),
        _("Place"),
        _("State"),
        _("Unmet demand, %(quarter)s", quarter=quarter),
        _("Confirmed"),
        *owner_headings(),
    ]


def owner_headings() -> list[str]:
    """Headings of who promised to close a gap."""
    return [_("Who closes it"), _("Due by"), _("Closing"), _("What is promised")]


def owner_cells(one: GapUndertaking | None) -> list[str]:
    """Who promised to close a gap, by when, where that is; empty where nobody did."""
    if one is None:
        return ["", "", "", ""]
    return [owner_name(one), one.due_on.isoformat(), translate(one.state.label), one.promise]


def promise_headings() -> list[str]:
    """Headings of everything that was promised, closed or not."""
    return [_("Need"), _("P-code"), _("Place"), *owner_headings(), _("Closed on"), _("What closed it")]


def promise_rows(found: Scene, rows: Sequence[GapUndertaking], language: str) -> Rows:
    """One row an undertaking."""
    return [
        [
            translate(NEED_LABELS[one.need]), one.pcode, found.name(one.pcode, language), *owner_cells(one),
            f"{one.closed_at:%Y-%m-%d}" if one.closed_at else "", one.closed_with,
        ]
        for one in rows
    ]  # fmt: skip


def gap_rows(found: Scene, gaps: Sequence[Gap], language: str) -> Rows:
    """One row a gap, by demand."""
    return [
        [
            translate(NEED_LABELS[Need(one.cell.need)]), one.cell.pcode, found.name(one.cell.pcode, language),
            translate(one.cell.state.label),
            "" if one.demand is None or one.demand.unmet is None else str(one.demand.unmet),
            f"{one.confirmation.confirmed_at:%Y-%m-%d}" if one.confirmation else "", *owner_cells(one.undertaking),
        ]
        for one in gaps
    ]  # fmt: skip


def as_csv(found: Scene, table: Matrix, language: str) -> bytes:
    """The cells: UTF-8 with a byte order mark, no cell that a spreadsheet would carry out."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for row in (headings(), *cell_rows(found, table, language)):
        writer.writerow([safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def as_workbook(
    found: Scene,
    table: Matrix,
    gaps: Sequence[Gap],
    promised: tuple[Sequence[GapUndertaking], Sequence[GapUndertaking]],
    quarter: str,
    language: str,
) -> bytes:
    """Cells, gaps, who closes which (standing, closed), and how to read them, one sheet each."""
    rows = [*promised[0], *promised[1]]
    notes = [[translate(PRESENCE)], [translate(SUPPRESSED)]]
    return write_workbook(
        [
            (_("Coverage"), headings(), cell_rows(found, table, language)),
            (_("Gaps"), gap_headings(quarter), gap_rows(found, gaps, language)),
            (_("Closing the gaps"), promise_headings(), promise_rows(found, rows, language)),
            (_("How to read this"), [_("Note")], notes),
        ]
    )
