"""The publishing door: every figure that leaves the case team passes through `publish`.

A release is a list of tables over the same quarter. Before anything else gender-based violence and trafficking become
one category for readers outside the information-sharing protocol, in rows and totals alike. Then categories whose
total is 1–4 are counted together with others, figures of 1–4 are hidden, zeros are hidden where they would say that a
whole group is in one place, and further figures are hidden until no hidden figure can be worked out from totals, or
from another table of the release, to within fewer than `WIDTH` (`disclosure` audits that by linear programme).

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

from collections.abc import Mapping, Sequence

from referral.statistics.margins import Key, Margins, collect, figure, primary
from referral.statistics.merging import group_categories
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
from sop.vocabulary import Message

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
]


def publish(tables: Sequence[Table], signatory: bool) -> list[PublishedTable]:
    """Publish one release: the tables in the same order, each with its figures, hidden places and merged categories."""
    from referral.statistics.disclosure import protect  # the solver is loaded where figures are published, not at start

    released: dict[int, PublishedTable] = {}
    families: dict[tuple[Unit, str], list[int]] = {}
    for index, table in enumerate(tables):
        if table.restricted and not signatory:
            released[index] = _withhold(table)
        else:
            families.setdefault((table.unit, table.measure), []).append(index)
    for members in families.values():
        family = [tables[index] for index in members]
        groups = group_categories(family, signatory)
        margins = collect(family, groups)
        hidden = protect(margins, primary(margins))
        released |= {index: _release(tables[index], groups, margins, hidden) for index in members}
    return [released[index] for index in range(len(tables))]


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
    notes = tuple(dict.fromkeys(reason.text for reason in reasons.values() if reason))
    return PublishedTable(
        table.title,
        table.unit,
        table.measure,
        table.definition,
        rows,
        columns,
        cells,
        tuple(Message("merged", text) for text in notes) + ((HIDDEN_REASON,) if HIDDEN in cells.values() else ()),
        False,
        {source: group.code for group in rows for source in group.sources},
        {source: group.code for group in columns for source in group.sources},
    )
