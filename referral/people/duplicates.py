"""Two files that may be one person's: states of a pair, what a merge keeps of both, and how it is taken back. Pure.

A merge joins who somebody is (C2 identity, C3 demography and family), answer by answer. All else that was told (C4 to
C15) stays with the case in which it was told: a consent of the one case must not open what the other one brought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from sop.vocabulary import N_, Category

UNDO_DAYS: Final = 30
"""ASSUMPTION, a national setting in waiting: so long a merge can be taken back; then the other copy is erased."""
JOINED: Final = (Category.C2, Category.C3)
"""What two files of one person share; in it the reviewer chooses between answers that differ."""
RELATIVES: Final = "relatives"
"""Words about relatives, by tie: those of both files are kept, because each tie is kept."""
AGE: Final = "age"
TOGETHER: Final = {
    AGE: ("birth_date", "age_years", "age_doubt", "age", "treated_as_child"),
}
"""Answers that are chosen as one: an age of one file and a doubt about it of the other would make a third person."""
SAID: Final = {AGE: ("birth_date", "age_years", "age_doubt")}
"""Of answers that are chosen as one those that were said; the others are computed from them."""
COLUMNS: Final = {
    AGE: ("age_group", "birth_year", "age_band"),
    "sex": ("sex",),
    "nationality": ("nationality",),
    "interview_language": ("language",),
}
"""Coded facts that go with a sealed answer of this name."""
UNKNOWN: Final[tuple[Any, ...]] = (None, "", "unknown", "stateless_unknown", "doubtful", [], {})


class PairState(StrEnum):
    """What a reviewer said about two files."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"
    NOT_SURE = "not_sure"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return PAIR_STATES[self]


PAIR_STATES: dict[PairState, str] = {
    PairState.OPEN: N_("to be looked at"),
    PairState.SAME: N_("the same person"),
    PairState.DIFFERENT: N_("different persons"),
    PairState.NOT_SURE: N_("not sure yet"),
}
WAITING: Final = (PairState.OPEN, PairState.NOT_SURE)
"""States in which a pair still asks for an answer."""


class FoundBy(StrEnum):
    """What noticed the pair."""

    SUBMISSION = "submission"
    IMPORT = "import"
    NIGHTLY = "nightly"


class Side(StrEnum):
    """Which of two files an answer is kept from."""

    FIRST = "first"
    SECOND = "second"


def proposes_again(state: PairState, *, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a pair that was found again is put before the reviewer again: never "different", unless it is news.

    `before` and `after` are the evidence codes when it was decided and now.

    >>> proposes_again(PairState.DIFFERENT, before=["birth:near"], after=["birth:near"])
    False
    >>> proposes_again(PairState.DIFFERENT, before=["birth:near"], after=["birth:exact"])
    True
    """
    return state is PairState.DIFFERENT and set(before) != set(after)


@dataclass(frozen=True, slots=True)
class Compared:
    """One answer of two files. `agrees` is True, False, or None where one of them does not know."""

    name: str
    first: tuple[Any, ...]
    second: tuple[Any, ...]
    agrees: bool | None


def group_of(name: str) -> str:
    """The name under which an answer is chosen.

    >>> group_of("age_years"), group_of("family_name")
    ('age', 'family_name')
    """
    return next((group for group, members in TOGETHER.items() if name in members), name)


def members_of(group: str) -> tuple[str, ...]:
    """The answers that are chosen under a name."""
    return TOGETHER.get(group, (group,))


@dataclass(frozen=True, slots=True)
class File:
    """Who somebody is, of one file: sealed answers by category, and coded facts by column."""

    sealed: Mapping[Category, Mapping[str, Any]]
    facts: Mapping[str, Any]

    def says(self, group: str) -> tuple[Any, ...]:
        """What the file says under a name; nothing where it does not know."""
        answers = {name: value for part in self.sealed.values() for name, value in part.items()}
        words = [answers.get(name) for name in SAID.get(group, members_of(group))]
        told = [one for one in words if one not in UNKNOWN and not (group == AGE and one == "no")]
        coded = [self.facts.get(name) for name in COLUMNS.get(group, ())[:2]]
        return tuple(told or (one for one in coded if one not in UNKNOWN))


def compared(first: File, second: File) -> list[Compared]:
    """All that two files say about who somebody is, side by side, in the order of the first one's answers."""
    names: dict[str, None] = {}
    for file in (first, second):
        for category in JOINED:
            names.update(dict.fromkeys(group_of(one) for one in file.sealed.get(category, {}) if one != RELATIVES))
    names.update(dict.fromkeys(COLUMNS))
    found = []
    for name in names:
        one, other = first.says(name), second.says(name)
        if one or other:
            agrees = None if not one or not other else one == other
            found.append(Compared(name, one, other, agrees))
    return found


def to_choose(lines: Sequence[Compared]) -> list[str]:
    """The names under which both files know something, and something else."""
    return [one.name for one in lines if one.agrees is False]


def joined(first: File, second: File, choices: Mapping[str, Side]) -> File:
    """What the file that stays says afterwards: of each name the chosen side, else the one that knows.

    >>> one = File({Category.C2: {"family_name": "Bello", "phone": ""}}, {"sex": "female"})
    >>> two = File({Category.C2: {"family_name": "Belo", "phone": "+237 000"}}, {"sex": "unknown"})
    >>> joined(one, two, {"family_name": Side.SECOND}).sealed[Category.C2]
    {'family_name': 'Belo', 'phone': '+237 000'}
    """
    sealed = {category: dict(first.sealed.get(category, {})) for category in JOINED}
    facts = dict(first.facts)
    for line in compared(first, second):
        side = choices.get(line.name) or (Side.FIRST if line.first else Side.SECOND)
        if side is Side.SECOND:
            _take(line.name, second, sealed, facts)
    family = {**second.sealed.get(Category.C3, {}).get(RELATIVES, {}), **sealed[Category.C3].get(RELATIVES, {})}
    if family:
        sealed[Category.C3][RELATIVES] = family
    return File({category: part for category, part in sealed.items() if part or category in first.sealed}, facts)


def _take(name: str, source: File, sealed: Mapping[Category, dict[str, Any]], facts: dict[str, Any]) -> None:
    for category in JOINED:
        theirs = source.sealed.get(category, {})
        for member in members_of(name):
            if member in theirs:
                sealed[category][member] = theirs[member]
            else:
                sealed[category].pop(member, None)
    facts.update({column: source.facts[column] for column in COLUMNS.get(name, ()) if column in source.facts})


def told_in_case(case: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
    """One category of a case once the person's own answers of it lie with the case; the person's come first, as shown.

    >>> told_in_case({"note": "a", "route": "old"}, {"route": "Agadez"})
    {'note': 'a', 'route': 'Agadez'}
    """
    return {**case, **person}


def taken_back(before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What stood before a merge, with what was changed since: nothing written in the meantime is lost.

    >>> taken_back({"phone": "1"}, {"phone": "2", "name": "A"}, {"phone": "2", "name": "A", "note": "new"})
    {'phone': '1', 'note': 'new'}
    >>> taken_back({"phone": "1"}, {"phone": "2"}, {"phone": "3"})
    {'phone': '3'}
    """
    result = dict(before)
    for name in {**after, **now}:
        if name not in now:
            result.pop(name, None)
        elif now[name] != after.get(name):
            result[name] = now[name]
    return result


def undo_until(merged_at: Any) -> Any:
    """The moment until which a merge can be taken back."""
    return merged_at + timedelta(days=UNDO_DAYS)
