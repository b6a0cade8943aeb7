"""Which categories are counted together before publication, in the same way in all linked tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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


def group_categories(family: Iterable[Table], signatory: bool) -> dict[str, tuple[Group, ...]]:
    """Merge the categories of every dimension of linked tables, in the same way in all of them."""
    totals: dict[str, dict[str, int]] = {}
    dimensions: dict[str, Dimension] = {}
    for table in family:
        for dimension in table.dimensions:
            if dimensions.setdefault(dimension.name, dimension) != dimension:
                raise ValueError(f"{table.title}: {dimension.name} has other categories in another table")
            totals[dimension.name] = _dimension_totals(table, dimension)
    return {name: _groups(dimension, totals[name], signatory) for name, dimension in dimensions.items()}


def _dimension_totals(table: Table, dimension: Dimension) -> dict[str, int]:
    totals = dict.fromkeys(dimension.categories, 0)
    for row in table.rows.categories:
        for column in table.column_codes:
            totals[row if dimension is table.rows else column] += table.count(row, column)
    return totals


def _groups(dimension: Dimension, totals: Mapping[str, int], signatory: bool) -> tuple[Group, ...]:
    groups = [Group(category, (category,)) for category in dimension.categories]
    if not signatory:
        groups = _protection_first(dimension, groups)
    sizes = {group.code: sum(totals[source] for source in group.sources) for group in groups}
    bins = _neighbours(groups, sizes) if dimension.ordered else _others(groups, sizes)
    return tuple(_join(members, dimension.ordered) for members in bins)


def _protection_first(dimension: Dimension, groups: list[Group]) -> list[Group]:
    present = [code for code in PROTECTED if code in dimension.categories]
    if not present:
        return groups
    if len(present) < len(PROTECTED):
        raise ValueError(f"{dimension.name}: {present[0]} alone cannot be counted as {PROTECTION}")
    merged = Group(PROTECTION, PROTECTED, Message("protection", PROTECTION_REASON))
    place = dimension.categories.index(min(present, key=dimension.categories.index))
    rest = [group for group in groups if group.code not in PROTECTED]
    return [*rest[:place], merged, *rest[place:]]


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
    return Group(code, sources, Message("merged", MERGED_REASON))
