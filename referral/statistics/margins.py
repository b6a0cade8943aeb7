"""All figures of linked tables, and the sums that tie them to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from referral.statistics.tables import PROTECTED, PROTECTION, SMALLEST, TOTAL, Group, Table

Pair = tuple[str, str]
Key = frozenset[Pair]
"""A figure of a measure: the (dimension, category) pairs that it is restricted to; empty for the grand total."""


@dataclass(slots=True)
class Margins:
    """All figures of one unit and measure, from all its tables, and the sums that tie them.

    `joins` are the sums of violence and trafficking, which readers outside the protocol see in their place: both
    editions are audited as one, so that comparing them tells nothing. `sources` say what a category stands for.
    """

    values: dict[Key, int] = field(default_factory=dict)
    published: set[Key] = field(default_factory=set)
    sums: list[tuple[Key, tuple[Key, ...]]] = field(default_factory=list)
    joins: list[tuple[Key, tuple[Key, ...]]] = field(default_factory=list)
    categories: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sources: dict[Pair, tuple[str, ...]] = field(default_factory=dict)

    def put(self, key: Key, value: int, published: bool, title: str) -> None:
        """Record a figure; the same figure of two tables must be the same."""
        if self.values.setdefault(key, value) != value:
            raise ValueError(f"{title}: differs from another table of the release at {sorted(key) or 'the total'}")
        if published:
            self.published.add(key)


def collect(family: Iterable[Table], groups: Mapping[str, tuple[Group, ...]]) -> Margins:
    """Gather the figures of linked tables after merging, with every total and the sums between them."""
    margins = Margins()
    for table in family:
        name = table.rows.name
        across = groups[table.columns.name] if table.columns else ()
        beside = [Group(TOTAL, (TOTAL,))] if not table.columns else across
        for row in groups[name]:
            for column in beside:
                count = sum(table.count(source, other) for source in row.sources for other in column.sources)
                margins.put(figure(table, row.code, column.code), count, True, table.title)
        rows = tuple(group.code for group in groups[name])
        for row_code in rows if across else ():
            _add(margins, table, row_code, TOTAL, [(row_code, group.code) for group in across])
        for group in across:
            _add(margins, table, TOTAL, group.code, [(row_code, group.code) for row_code in rows])
        _add(margins, table, TOTAL, TOTAL, [(row_code, TOTAL) for row_code in rows])
        if across:
            _add(margins, table, TOTAL, TOTAL, [(TOTAL, group.code) for group in across])
        margins.categories |= {dimension.name: dimension.categories for dimension in table.dimensions}
    margins.sources = {(name, group.code): group.sources for name, members in groups.items() for group in members}
    _join_protection(margins)
    return margins


def _join_protection(margins: Margins) -> None:
    """Add violence and trafficking together wherever both are figures of their own."""
    first, second = PROTECTED
    for key in list(margins.values):
        for name, code in key:
            if code != first or (name, second) not in margins.sources:
                continue
            rest = key - {(name, first)}
            parts = (key, rest | {(name, second)})
            joined = rest | {(name, PROTECTION)}
            margins.put(joined, sum(margins.values[part] for part in parts), key in margins.published, name)
            margins.joins.append((joined, parts))
            margins.sources[name, PROTECTION] = PROTECTED


def figure(table: Table, row: str, column: str) -> Key:
    """Return the figure that stands in a row and column of a table, either of which may be TOTAL."""
    pairs = [(table.rows.name, row)] if row != TOTAL else []
    if table.columns and column != TOTAL:
        pairs.append((table.columns.name, column))
    return frozenset(pairs)


def _add(margins: Margins, table: Table, row: str, column: str, places: list[tuple[str, str]]) -> None:
    parts = tuple(figure(table, *place) for place in places)
    key = figure(table, row, column)
    margins.put(key, sum(margins.values[part] for part in parts), table.totals, table.title)
    if (key, parts) not in margins.sums:
        margins.sums.append((key, parts))


def primary(margins: Margins) -> set[Key]:
    """Return what must be hidden by itself: 1–4, and a whole group in one place (its zeros would say so)."""
    hidden = {key for key, value in margins.values.items() if 0 < value < SMALLEST}
    for _, parts in margins.sums:
        filled = [part for part in parts if margins.values[part]]
        if len(filled) == 1 and len(parts) > 1:
            hidden |= set(parts)
    return hidden & margins.published
