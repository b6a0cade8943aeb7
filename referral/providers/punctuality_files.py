"""How well the directory is kept, as rows: what the page, its spreadsheet and its paper have in common."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from flask_babel import force_locale
from flask_babel import gettext as _

from directory.punctuality import Tally
from referral.foundation.formatting import day, percent
from referral.foundation.i18n import translate
from referral.foundation.spreadsheets import safe, write_workbook
from referral.providers.documents import paper
from referral.providers.queries.punctuality import League
from sop.vocabulary import N_, NEED_LABELS, Need

HOW = (
    N_("Up to date: every section that must be confirmed was confirmed within its shelf life."),
    N_("Overdue: a confirmation is late beyond its days of grace (usually 15), or was never given."),
    N_("In time: of the confirmations of the last twelve months, those that came before the grace was over."),
    N_("Age: days since the oldest confirmation that counts, on average over the entries that were ever confirmed."),
    N_("Reports: what readers said is wrong within twelve months; the coordination answers them."),
)  # fmt: skip
Rows = list[list[str]]


def headings(first: str) -> list[str]:
    """Headings of a table whose rows are organisations, needs or regions."""
    return [
        first, _("Entries"), _("Up to date"), _("Overdue"), _("Never confirmed"), _("Confirmed in time"),
        _("Average age, days"), _("Median age, days"), _("Reports"), _("Entry was wrong"), _("Reports that wait"),
    ]  # fmt: skip


def _share(one: Fraction | None, *, plain: bool) -> str:
    if one is None:
        return "" if plain else "–"
    return f"{float(one):.4f}" if plain else str(percent(float(one)))


def row(name: str, one: Tally, *, plain: bool) -> list[str]:
    """One row; `plain` for files that are counted on, else as people read it."""
    empty = "" if plain else "–"
    ages = [empty if age is None else str(age) for age in (one.average_age, one.median_age)]
    return [
        name, str(one.entries), _share(one.share, plain=plain), str(one.overdue), str(one.never),
        _share(one.in_time_share, plain=plain), *ages, str(one.reports), str(one.corrected), str(one.waiting),
    ]  # fmt: skip


def house_rows(found: League, *, plain: bool) -> Rows:
    """One row an organisation, the furthest behind first."""
    return [row(found.names.get(key, key), one, plain=plain) for key, one in found.organizations]


def need_rows(found: League, *, plain: bool) -> Rows:
    """One row a need."""
    return [row(translate(NEED_LABELS[Need(key)]), one, plain=plain) for key, one in found.needs]


def region_rows(found: League, names: dict[str, str], *, plain: bool) -> Rows:
    """One row a region."""
    return [row(names.get(key, key), one, plain=plain) for key, one in found.regions]


def as_csv(found: League) -> bytes:
    """The organisations: UTF-8 with a byte order mark, no cell that a spreadsheet would carry out."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for one in (headings(_("Organisation")), *house_rows(found, plain=True)):
        writer.writerow([safe(cell) for cell in one])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def as_workbook(found: League, names: dict[str, str]) -> bytes:
    """Organisations, needs, regions and how to read them, one sheet each."""
    return write_workbook(
        [
            (_("By organisation"), headings(_("Organisation")), house_rows(found, plain=True)),
            (_("By need"), headings(_("Need")), need_rows(found, plain=True)),
            (_("By region"), headings(_("Region")), region_rows(found, names, plain=True)),
            (_("How to read this"), [_("Note")], [[translate(one)] for one in HOW]),
        ]
    )


def as_pdf(found: League, names: dict[str, str], place: str, *, language: str, printed_at: datetime) -> bytes:
    """The same on paper, for a meeting of the committee."""
    with force_locale(language):
        document = paper(
            _("How fresh the directory is: %(place)s", place=place), language, printed_at,
            subtitle=_("As the directory stood on %(day)s", day=day(found.day)),
        )  # fmt: skip
        tables: Sequence[tuple[str, Rows]] = (
            (_("Organisation"), house_rows(found, plain=False)), (_("Need"), need_rows(found, plain=False)),
            (_("Region"), region_rows(found, names, plain=False)),
        )  # fmt: skip
        for title, rows in tables:
            shown = [[*one[:4], *one[5:7], f"{one[8]} / {one[9]} / {one[10]}"] for one in rows]
            if (
                title != tables[0][0]
            ):  # the first table is longer than a page: a heading would wait for one that holds it
                document.heading(title, level=2)
            document.table(
                [
                    title, _("Entries"), _("Up to date"), _("Overdue"), _("Confirmed in time"), _("Average age, days"),
                    _("Reports / wrong / wait"),
                ],
                shown, widths=(34, 10, 12, 11, 13, 11, 14), numeric=range(1, 7),
            )  # fmt: skip
        document.paragraph("\n".join(translate(one) for one in HOW), small=True)
        return document.render()
