"""Coverage as rows: what the tables of the pages and their files (CSV, XLSX) have in common."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from directory.coverage import Access, Fragile, Matrix
from directory.mandates import Finding
from directory.overlap import Overlap
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


@dataclass(frozen=True)
class Book:
    """What the workbook holds of a scene beside its cells."""

    gaps: Sequence[Gap]
    promised: Sequence[GapUndertaking]
    access: Sequence[Access]
    km: int
    fragile: Sequence[Fragile]
    overlaps: Sequence[Overlap]
    mandates: Sequence[Finding]
    names: Mapping[str, str]
    """Of organisations that hold a mandate, by id."""


def _need(code: str) -> str:
    return str(translate(NEED_LABELS[Need(code)]))


def _measured(found: Scene, book: Book, language: str) -> list[tuple[str, list[str], Rows]]:
    """Distance, what hangs on one organisation, overlaps, mandate beside practice: one sheet each."""

    def places(codes: Sequence[str]) -> str:
        return ", ".join(found.name(code, language) for code in codes)

    far = [
        [
            _need(one.need), str(one.units - one.unmeasured), str(len(one.far)),
            "" if one.share is None else f"{float(one.share):.4f}",
        ]
        for one in book.access
    ]  # fmt: skip
    alone = [
        [
            _need(one.need), one.pcode, found.name(one.pcode, language),
            ", ".join(map(found.organization, one.organizations)), one.ends.isoformat() if one.ends else "",
        ]
        for one in book.fragile
    ]  # fmt: skip
    twice = [
        [
            _need(one.need), *map(found.organization, one.organizations), places(one.units), f"{one.score:.2f}",
            translate(one.kind.label),
        ]
        for one in book.overlaps
    ]  # fmt: skip
    differ = [
        [
            translate(one.problem.label), _need(one.need), one.pcode, found.name(one.pcode, language),
            ", ".join(book.names.get(key, key) for key in one.organizations),
        ]
        for one in book.mandates
    ]  # fmt: skip
    need, organization = _("Need"), _("Organisation")
    share = _("Farther than %(km)d km: share", km=book.km)
    return [
        (_("Distance"), [need, _("Places measured"), _("Places too far"), share], far),
        (_("Single organisation"), [need, _("P-code"), _("Place"), organization, _("Agreements until")], alone),
        (
            _("Overlaps"),
            [
                need, organization, _("Other organisation"), _("Places concerned"), _("Score (0 to 1)"),
                _("What it is worth"),
            ],
            twice,
        ),
        (_("Mandates"), [_("What differs"), need, _("P-code"), _("Place"), organization], differ),
    ]  # fmt: skip


def as_workbook(found: Scene, table: Matrix, book: Book, quarter: str, language: str) -> bytes:
    """Cells, gaps, who closes which, the other measures, and how to read them, one sheet each."""
    notes = [[translate(PRESENCE)], [translate(SUPPRESSED)]]
    return write_workbook(
        [
            (_("Coverage"), headings(), cell_rows(found, table, language)),
            (_("Gaps"), gap_headings(quarter), gap_rows(found, book.gaps, language)),
            (_("Closing the gaps"), promise_headings(), promise_rows(found, book.promised, language)),
            *_measured(found, book, language),
            (_("How to read this"), [_("Note")], notes),
        ]
    )
