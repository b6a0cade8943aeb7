"""A published table as a CSV file: what it counts and its hash on top, no cell that a spreadsheet would carry out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext

from referral.foundation.formatting import moment
from referral.foundation.i18n import translate
from referral.statistics.figures import Figure, hidden_word, quarter_name
from referral.statistics.releases import Release

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def table_csv(figure: Figure, release: Release) -> bytes:
    """The file: UTF-8 with a byte order mark, comma-separated."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for line in (*_opening(figure, release), [], [column["label"] for column in figure.columns]):
        writer.writerow(_safe(line))
    for row in (*figure.rows, *([figure.foot] if figure.foot else ())):
        writer.writerow(_safe(row))
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def file_name(figure: Figure, release: Release) -> str:
    """Says which quarter and which table."""
    return f"mnr-{release.quarter.code}-{figure.name}.csv"


def _opening(figure: Figure, release: Release) -> Iterable[list[Any]]:
    yield [figure.title]
    yield [gettext("Quarter"), quarter_name(release.quarter)]
    if figure.unit:
        yield [gettext("Unit"), figure.unit]
    yield [gettext("How this is counted"), translate(figure.definition)]
    for note in figure.notes:
        yield [gettext("Note"), translate(note)]
    yield [gettext("Published on"), moment(release.published_at)]
    yield [gettext("Hash of the release"), release.hash]


def _safe(line: Iterable[Any]) -> list[Any]:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers."""
    return [_plain(cell) for cell in line]


def _plain(cell: Any) -> Any:
    if hasattr(cell, "striptags"):
        return hidden_word()
    if isinstance(cell, str) and cell.startswith(DANGEROUS):
        return "'" + cell
    return cell
