"""Which categories are counted together before publication, in the same way in all linked tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from referral.statistics.tables import (
    MERGED_REASON,
    OTHER,
    PROTECTED,
    PROTECTION,
    PROTECTION_REASON,
    SMALLEST,
    Dimension,
    Group,
    Table,
)
from sop.vocabulary import Message

Groups = Mapping[str, tuple[Group, ...]]
MERGED = Message("merged", MERGED_REASON)
OUTSIDE = Message("protection", PROTECTION_REASON)


def group_categories(family: Iterable[Table]) -> dict[str, tuple[Group, ...]]:
    """Merge the categories of every dimension of linked tables, in the same way in all of them."""
    totals: dict[str, dict[str, int]] = {}
    dimensions: dict[str, Dimension] = {}
    for table in family:
        for dimension in table.dimensions:
            if dimensions.setdefault(dimension.name, dimension) != dimension:
                raise ValueError(f"{table.title}: {dimension.name} has other categories in another table")
            totals[dimension.name] = _dimension_totals(table, dimension)
    return {name: _groups(dimension, totals[name]) for name, dimension in dimensions.items()}


def merge_protection(groups: Groups, tables: Iterable[Table]) -> dict[str, tuple[Group, ...]]:
    """The same groups as readers outside the protocol see them: violence and trafficking are one."""
    for dimension in (dimension for table in tables for dimension in table.dimensions):
        present = [code for code in PROTECTED if code in dimension.categories]
        if 0 < len(present) < len(PROTECTED):
            raise ValueError(f"{dimension.name}: {present[0]} alone cannot be counted as {PROTECTION}")
    return {name: _outside(members) for name, members in groups.items()}


def _outside(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    merged = Group(PROTECTION, PROTECTED, OUTSIDE)
    if any(group.code == PROTECTION for group in groups):
        return tuple(merged if group.code == PROTECTION else group for group in groups)
    if not set(PROTECTED) <= {group.code for group in groups}:
        return groups
    first = min(at for at, group in enumerate(groups) if group.code in PROTECTED)
    kept = [merged if at == first else group for at, group in enumerate(groups)]
    return tuple(group for group in kept if group.code not in PROTECTED)


def _dimension_totals(table: Table, dimension: Dimension) -> dict[str, int]:
    totals = dict.fromkeys(dimension.categories, 0)
    for row in table.rows.categories:
        for column in table.column_codes:
            totals[row if dimension is table.rows else column] += table.count(row, column)
    return totals


def _groups(dimension: Dimension, totals: Mapping[str, int]) -> tuple[Group, ...]:
    """The published categories; violence and trafficking are never merged with others one without the other."""
    single = [Group(category, (category,)) for category in dimension.categories]
    joined = _bins(dimension, single, totals)
    if any(_torn(members) for members in joined) or any(_small(totals.get(code, 0)) for code in PROTECTED):
        joined = _bins(dimension, _protection_first(single), totals)
    return tuple(_join(members, dimension.ordered) for members in joined)


def _bins(dimension: Dimension, groups: list[Group], totals: Mapping[str, int]) -> list[list[Group]]:
    sizes = {group.code: sum(totals[source] for source in group.sources) for group in groups}
    divided = [group for group in groups if group.code != dimension.rest]
    bins = _neighbours(divided, sizes) if dimension.ordered else _others(divided, sizes)
    return bins + [[group] for group in groups if group.code == dimension.rest]


def _torn(members: list[Group]) -> bool:
    return len(members) > 1 and len({group.code for group in members} & set(PROTECTED)) == 1


def _protection_first(groups: list[Group]) -> list[Group]:
    """The groups with violence and trafficking as one, where both are among them."""
    merged = _outside(tuple(groups))
    return [replace(group, reason=MERGED) if group.code == PROTECTION else group for group in merged]


def _small(size: int) -> bool:
    return 0 < size < SMALLEST


def _fit(members: Iterable[Group], sizes: Mapping[str, int]) -> bool:
    """Whether a group hides its small members: one of them is large, and nobody can tell which one."""
    return any(sizes[group.code] >= SMALLEST for group in members)


def _others(groups: list[Group], sizes: Mapping[str, int]) -> list[list[Group]]:
    """Count small categories together, and with them the smallest of the others."""
    small = [group for group in groups if _small(sizes[group.code])]
    if not small:
        return [[group] for group in groups]
    larger = sorted((group for group in groups if sizes[group.code] >= SMALLEST), key=lambda group: sizes[group.code])
    pooled = small + larger[:1]
    members = [group for group in groups if group in pooled]
    return [*([group] for group in groups if group not in pooled), members]


def _neighbours(groups: list[Group], sizes: Mapping[str, int]) -> list[list[Group]]:
    """Join each small category of an ordered dimension with its smaller neighbour until the pair is large enough."""
    bins = [[group] for group in groups]

    def size(members: list[Group]) -> int:
        return sum(sizes[group.code] for group in members)

    while len(bins) > 1:
        place = next((at for at, members in enumerate(bins) if size(members) and not _fit(members, sizes)), None)
        if place is None:
            break
        sides = [at for at in (place - 1, place + 1) if 0 <= at < len(bins)]
        first = min(place, min(sides, key=lambda at: (size(bins[at]), at)))
        bins[first : first + 2] = [bins[first] + bins[first + 1]]
    return bins


def _join(members: list[Group], ordered: bool) -> Group:
    if len(members) == 1:
        return members[0]
    sources = tuple(source for group in members for source in group.sources)
    code = f"{members[0].code}…{members[-1].code}" if ordered else OTHER
    return Group(code, sources, MERGED)
