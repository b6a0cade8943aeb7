"""Tables of counts before and after publication, and the words that go with a hidden or merged figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sop.vocabulary import N_, Message

SMALLEST = 5
"""Figures from 1 to one less are hidden (assumption of the information-sharing protocol)."""
WIDTH = 5
"""A hidden figure must stay possible over at least this range."""
TOTAL = "total"
OTHER = "other"
PROTECTION = "protection"
PROTECTED = ("VBG", "TEH")
GROUP_LABELS: dict[str, str] = {
    OTHER: N_("Others, counted together"),
    PROTECTION: N_("Protection (violence and trafficking)"),
    TOTAL: N_("Total"),
}

HIDDEN_REASON = Message("hidden", N_("Hidden: under 5, or it would reveal a figure under 5."))
"""One reason for all hidden figures: saying which is which would tell that the others are 1 to 4."""
MERGED_REASON = N_("Counted together, because some of these totals are under 5.")
PROTECTION_REASON = N_("Violence and trafficking are counted together outside the information-sharing protocol.")
RESTRICTED_REASON = Message("restricted", N_("Only for organisations that signed the information-sharing protocol."))
NO_SHARE_REASON = Message(
    "no_percentage", N_("No percentage: one of its figures is hidden, or there is nothing to divide.")
)


class Unit(StrEnum):
    """What is counted; never mixed in one table."""

    PERSONS = "persons"
    CASES = "cases"
    NEEDS = "needs"
    REFERRALS = "referrals"
    SERVICES = "services"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return UNIT_LABELS[self]


UNIT_LABELS: dict[Unit, str] = {
    Unit.PERSONS: N_("Persons"),
    Unit.CASES: N_("Cases"),
    Unit.NEEDS: N_("Needs"),
    Unit.REFERRALS: N_("Referrals"),
    Unit.SERVICES: N_("Services"),
}


class State(StrEnum):
    """How a published figure stands."""

    VALUE = "value"
    HIDDEN = "hidden"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to share out what is counted; small categories of an `ordered` one (ages) join a neighbour.

    `rest` is the category of all that the others do not divide ("not declined"): it is never counted with them.
    """

    name: str
    categories: tuple[str, ...]
    ordered: bool = False
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Counts to publish, by rows and perhaps columns; missing cells are 0. `title` and `definition` are message ids.

    `measure` names what of the unit is counted (sent, answered in time…): tables of one unit and measure are linked by
    their totals and audited together. A `restricted` table is about violence or trafficking alone.
    """

    title: str
    unit: Unit
    rows: Dimension
    columns: Dimension | None
    counts: Mapping[tuple[str, str] | str, int]
    totals: bool = True
    measure: str = ""
    definition: str = ""
    restricted: bool = False

    def __post_init__(self) -> None:
        for dimension in self.dimensions:
            if not dimension.categories or len(set(dimension.categories)) != len(dimension.categories):
                raise ValueError(f"{self.title}: categories of {dimension.name} are missing or repeated")
            if {TOTAL, OTHER, PROTECTION} & set(dimension.categories):
                raise ValueError(f"{self.title}: {dimension.name} uses a reserved category")
        if self.columns and self.columns.name == self.rows.name:
            raise ValueError(f"{self.title}: rows and columns are the same dimension")
        known = {self._place(row, column) for row in self.rows.categories for column in self.column_codes}
        for place, count in self.counts.items():
            if place not in known:
                raise ValueError(f"{self.title}: no such row or column {place!r}")
            if isinstance(count, bool) or not isinstance(count, int) or count < 0:
                raise ValueError(f"{self.title}: {count!r} is not a count")

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Rows, and columns where there are any."""
        return (self.rows, self.columns) if self.columns else (self.rows,)

    @property
    def column_codes(self) -> tuple[str, ...]:
        """Return the columns, or the total alone where there are none."""
        return self.columns.categories if self.columns else (TOTAL,)

    def _place(self, row: str, column: str) -> tuple[str, str] | str:
        return (row, column) if self.columns else row

    def count(self, row: str, column: str) -> int:
        """Return the raw count of a cell."""
        return self.counts.get(self._place(row, column), 0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One published figure: a value, or hidden; merged when it stands for several categories at once."""

    state: State
    value: int | float | None = None
    reason: Message | None = None

    def __str__(self) -> str:
        return "hidden" if self.value is None else str(self.value)


HIDDEN = Cell(State.HIDDEN, None, HIDDEN_REASON)


@dataclass(frozen=True, slots=True)
class Group:
    """A category as published, and the original categories that are counted in it."""

    code: str
    sources: tuple[str, ...]
    reason: Message | None = None


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table that may leave the house. Rows and columns are groups; `cells` also holds the totals under TOTAL."""

    title: str
    unit: Unit
    measure: str
    definition: str
    rows: tuple[Group, ...]
    columns: tuple[Group, ...]
    cells: Mapping[tuple[str, str], Cell]
    notes: tuple[Message, ...] = ()
    withheld: bool = False
    _row_of: Mapping[str, str] = field(default_factory=dict, repr=False)
    _column_of: Mapping[str, str] = field(default_factory=dict, repr=False)

    def at(self, row: str, column: str = TOTAL) -> Cell:
        """Return the figure of a published or original category; TOTAL is a category too."""
        place = (self._row_of.get(row, row), self._column_of.get(column, column))
        return self.cells.get(place, HIDDEN)

    def percentage(self, row: str, column: str, *, of_row: str | None = None, of_column: str | None = None) -> Cell:
        """Share of a cell in another one (by default of its row total), only between figures that are published."""
        part = self.at(row, column)
        whole = self.at(of_row or row, of_column or TOTAL)
        return percentage(part, whole)


def percentage(part: Cell, whole: Cell) -> Cell:
    """Return part of whole in per cent with one decimal, hidden unless both are published and there is a whole."""
    if part.value is None or not whole.value:
        return Cell(State.HIDDEN, None, NO_SHARE_REASON)
    return Cell(State.VALUE, round(100 * part.value / whole.value, 1))
