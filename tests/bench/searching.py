"""Searching 50,000 services with every criterion and words, beside a plain scan in SQL and a mask of numpy.

The two others answer less: yes or no, without unknown, reasons, distance or order; they are the floor, not an equal.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from directory import Catalogue, Criteria, Offer, rank
from directory.places import fold
from directory.question import CONDITIONS
from directory.words import Words
from tests.bench.clock import Figure, median_ms
from tests.bench.ranking import NOW, country

SIZE = 50_000
LIMIT_MS = 20.0
ASKED = Criteria(
    need="HLTH", ages=(14, 14), sex="female", statuses=frozenset({"refugee"}), vulnerabilities=frozenset({"pregnant"}),
    place="CM005001001", point=(4.05, 9.70), languages=frozenset({"fra"}),
    papers=frozenset({"passport"}), required=frozenset(CONDITIONS.values()),
)  # fmt: skip
KINDS = ("Hôpital de district", "Centre d’accueil", "Aide juridique", "Foyer pour enfants", "Clinique mobile")
TYPED = "hopitaux GBV distrit"


def measure() -> list[Figure]:
    """One search with its first ten cards, and the two plain ways over the same services."""
    offers = list(country(SIZE))
    catalogue = Catalogue(offers)
    texts = [f"{KINDS[number % 5]} {one.name} | {'VBG' if number % 7 else ''}" for number, one in enumerate(offers)]
    need = next(iter(sorted(catalogue.needs)))
    asked = Criteria(**{**vars_of(ASKED), "need": need})
    words = Words(texts, catalogue.mask)
    ours = median_ms(lambda: _ours(catalogue, words, asked, ""), runs=15)
    worded = median_ms(lambda: _ours(catalogue, words, asked, TYPED), runs=15)
    sql = median_ms(_scan(offers, texts, need), runs=7)
    figures = [
        Figure("searching 50,000 services by every criterion", ours, "ms", limit=LIMIT_MS),
        Figure("the same with words", worded, "ms", limit=LIMIT_MS),
        Figure("a plain scan in SQL of the same", sql, "ms", ratio=sql / worded),
    ]
    if plain := _mask(offers, texts, need):
        mask = median_ms(plain, runs=7)
        figures.append(Figure("a mask of numpy of the same", mask, "ms", ratio=mask / worded))
    return figures


def vars_of(asked: Criteria) -> dict[str, Any]:
    """The criteria as they were given."""
    return {name: getattr(asked, name) for name in Criteria.__dataclass_fields__}


def _ours(catalogue: Catalogue, words: Words, asked: Criteria, typed: str) -> object:
    words.of_word.cache_clear()  # as for the first to ask: nothing is remembered
    words.of_start.cache_clear()
    found = rank(catalogue, asked, now=NOW, within=words.find(typed) if typed else None)
    return [one.reasons for one in [*found.fits[:10], *found.to_verify[:10]]]


def _rows(offers: Sequence[Offer], texts: Sequence[str], need: str) -> list[tuple[Any, ...]]:
    return [
        (
            need in one.needs, one.minimum_age or 0, one.maximum_age or 120,
            any(row.term in ("female", "all") for row in one.audiences), one.areas[0].pcode if one.areas else "",
            (one.point or (0, 0))[0], (one.point or (0, 0))[1], fold(text),
        )
        for one, text in zip(offers, texts, strict=True)
    ]  # fmt: skip


def _scan(offers: Sequence[Offer], texts: Sequence[str], need: str) -> Callable[[], object]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE s (need, low, high, sex, area, lat, lon, words)")
    database.executemany("INSERT INTO s VALUES (?,?,?,?,?,?,?,?)", _rows(offers, texts, need))
    query = (
        "SELECT rowid FROM s WHERE need AND low <= 14 AND high >= 14 AND sex AND words LIKE '%hopita%'"
        " AND words LIKE '%vbg%' AND words LIKE '%district%'"
        " AND (area = 'CM005' OR area = '' AND abs(lat - 4.05) + abs(lon - 9.7) < 1)"
        " ORDER BY abs(lat - 4.05) + abs(lon - 9.7) LIMIT 10"
    )
    return lambda: database.execute(query).fetchall()


def _mask(offers: Sequence[Offer], texts: Sequence[str], need: str) -> Callable[[], object] | None:
    try:
        import numpy as np
    except ImportError:  # a comparison only: not a dependency
        return None
    needs, low, high, sex, area, lat, lon, words = (
        np.array(one) for one in zip(*_rows(offers, texts, need), strict=True)
    )

    def run() -> object:
        near = (area == "CM005") | ((area == "") & (abs(lat - 4.05) + abs(lon - 9.7) < 1))
        worded = [np.char.find(words, part) >= 0 for part in ("hopita", "vbg", "district")]
        return np.flatnonzero(needs & (low <= 14) & (high >= 14) & sex & near & worded[0] & worded[1] & worded[2])[:10]

    return run
