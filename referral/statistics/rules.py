"""The publishing door: every figure that leaves the case team passes through `publish`.

A release is a list of tables over the same quarter. Categories whose total is 1–4 are counted together with others,
figures of 1–4 are hidden, zeros are hidden where they would say that a whole group is in one place, and further figures
are hidden until no hidden figure can be worked out from totals, or from another table of the release, to within fewer
than `WIDTH` (`disclosure` audits that by linear programme). Readers outside the information-sharing protocol get an
edition in which gender-based violence and trafficking are one category, in rows and totals alike; both editions pass
one audit together, so that whoever holds both learns nothing more.

Two things a table must be: its categories share out what is counted (nobody is in two rows: count needs, not persons,
by need), and a dimension of one name has one partition in the whole release.

>>> need = Dimension("need", ("MED", "HEB", "JUR"))
>>> outcome = Dimension("outcome", ("delivered", "open"))
>>> counts = {("MED", "delivered"): 20, ("MED", "open"): 3, ("HEB", "delivered"): 9, ("HEB", "open"): 8}
>>> counts |= {("JUR", "delivered"): 7, ("JUR", "open"): 12}
>>> (table,) = publish([Table("Referrals by need", Unit.REFERRALS, need, outcome, counts)], signatory=True)
>>> [str(table.at("MED", column)) for column in ("delivered", "open", TOTAL)]
['hidden', 'hidden', '23']
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from referral.statistics.margins import Key, Margins, Pair, collect, figure, primary
from referral.statistics.merging import group_categories, merge_protection
from referral.statistics.tables import (
    GROUP_LABELS,
    HIDDEN,
    HIDDEN_REASON,
    OTHER,
    PROTECTION,
    RESTRICTED_REASON,
    SMALLEST,
    TOTAL,
    WIDTH,
    Cell,
    Dimension,
    Group,
    PublishedTable,
    State,
    Table,
    Unit,
    percentage,
)

__all__ = [
    "GROUP_LABELS",
    "OTHER",
    "PROTECTION",
    "SMALLEST",
    "TOTAL",
    "WIDTH",
    "Cell",
    "Dimension",
    "Group",
    "PublishedTable",
    "State",
    "Table",
    "Unit",
    "percentage",
    "publish",
    "publish_editions",
]


def publish(tables: Sequence[Table], signatory: bool, apart: Collection[frozenset[Pair]] = ()) -> list[PublishedTable]:
    """Publish one release: the tables in the same order, each with its figures, hidden places and merged categories.

    `apart` are the pairs of (dimension, category) that never go together, as everybody knows.
    """
    return publish_editions(tables, apart)[signatory]


def publish_editions(
    tables: Sequence[Table], apart: Collection[frozenset[Pair]] = ()
) -> dict[bool, list[PublishedTable]]:
    """Publish one release in two editions from one audit: for signatories of the protocol (True) and for others."""
    from referral.statistics.disclosure import protect  # the solver is loaded where figures are published, not at start

    released: dict[bool, dict[int, PublishedTable]] = {True: {}, False: {}}
    families: dict[tuple[Unit, str], list[int]] = {}
    for index, table in enumerate(tables):
        families.setdefault((table.unit, table.measure), []).append(index)
    for members in families.values():
        family = {index: tables[index] for index in members}
        inside = group_categories(family.values())
        margins = collect(family.values(), inside)
        hidden = protect(margins, primary(margins), apart)
        outside = merge_protection(inside, [table for table in family.values() if not table.restricted])
        for index, table in family.items():
            released[True][index] = _release(table, inside, margins, hidden)
            released[False][index] = _withhold(table) if table.restricted else _release(table, outside, margins, hidden)
    return {edition: [found[index] for index in range(len(tables))] for edition, found in released.items()}


def _withhold(table: Table) -> PublishedTable:
    return PublishedTable(
        table.title, table.unit, table.measure, table.definition, (), (), {}, (RESTRICTED_REASON,), withheld=True
    )


def _release(
    table: Table, groups: Mapping[str, tuple[Group, ...]], margins: Margins, hidden: set[Key]
) -> PublishedTable:
    rows = groups[table.rows.name]
    columns = groups[table.columns.name] if table.columns else ()
    reasons = {group.code: group.reason for group in (*rows, *columns)}
    cells: dict[tuple[str, str], Cell] = {}
    for row in (*(group.code for group in rows), TOTAL):
        for column in (*(group.code for group in columns), TOTAL):
            key = figure(table, row, column)
            if key not in margins.published:
                continue
            reason = reasons.get(row) or reasons.get(column)
            shown = Cell(State.MERGED if reason else State.VALUE, margins.values[key], reason)
            cells[row, column] = HIDDEN if key in hidden else shown
    notes = {reason.code: reason for reason in reasons.values() if reason}
    if HIDDEN in cells.values():
        notes[HIDDEN_REASON.code] = HIDDEN_REASON
    return PublishedTable(
        table.title,
        table.unit,
        table.measure,
        table.definition,
        rows,
        columns,
        cells,
        tuple(notes.values()),
        False,
        {source: group.code for group in rows for source in group.sources},
        {source: group.code for group in columns for source in group.sources},
    )
