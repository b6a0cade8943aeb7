"""Organisations that are probably one, found for a person to decide, as `directory.duplicates` finds services.

A place is no evidence, and an acronym alone is none either: many are shared. The score is theirs: 0.56 for what is the
same in both and 0.44 for how alike the names are; the same name counts as something that is the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from directory.duplicates import (
    ALIKE,
    KINDS,
    LARGEST_BLOCK,
    SAME,
    SAME_NAME,
    THRESHOLDS,
    Entry,
    Pair,
    keys,
    plain_name,
)
from directory.places import fold

MOST_PAIRS = 20
"""So many pairs one organisation may bring: more would be a common name, not a finding."""


@dataclass(frozen=True, slots=True)
class Body:
    """What two organisations are compared by."""

    id: str
    name: str
    acronym: str = ""
    other_names: tuple[str, ...] = ()
    registration: str = ""
    email: str = ""
    phones: tuple[str, ...] = ()
    website: str = ""


class Prepared:
    """An organisation with what it is compared by, made once."""

    __slots__ = ("body", "keys", "name", "names", "telling")

    def __init__(self, body: Body) -> None:
        self.body, self.name = body, plain_name(body.name)
        self.names = {self.name, *map(plain_name, body.other_names)} - {""}
        self.telling = not KINDS.issuperset(self.name.split())
        signs = keys(Entry("", "", phones=body.phones, email=body.email, website=body.website))
        short = re.sub(r"[^a-z0-9]", "", fold(body.acronym))
        number = re.sub(r"[^a-z0-9]", "", fold(body.registration))
        self.keys = {"acronym": {short} - {""}, "registration": {number} - {""}, **signs}

    @property
    def blocks(self) -> set[str]:
        """What organisations are looked up by: those that share none are not compared."""
        words = {f"name {word}" for name in self.names for word in name.split() if len(word) > 2}
        short = {f"name {one}" for one in self.keys["acronym"]}
        return words | short | {f"{kind} {value}" for kind, values in self.keys.items() for value in values}


def compare(one: Prepared, other: Prepared) -> Pair | None:
    """Return the pair where it is worth a look.

    >>> here = Body("1", "Association des femmes de Maroua", "AFM", phones=("699123456",))
    >>> there = Body("2", "FEMMES MAROUA (ONG)", phones=("+237 699 12 34 56",))
    >>> compare(Prepared(here), Prepared(there))
    Pair(one='1', other='2', score=1.0, likeness=<Likeness.DUPLICATE: 'duplicate'>, shared=('name', 'phone'))
    >>> compare(Prepared(here), Prepared(Body("3", "Agence française de microcrédit", "AFM"))) is None
    True
    """
    alike = max((fuzz.token_sort_ratio(left, right) for left in one.names for right in other.names), default=0.0)
    named = bool(one.names & other.names) or _short(one, other) or _short(other, one)
    told = [(kind, bool(one.keys[kind] & other.keys[kind])) for kind in one.keys if one.keys[kind] and other.keys[kind]]
    shared = (*(("name",) if named else ()), *(kind for kind, same in told if same))
    if not set(shared) - {"acronym", "name"} and not _same_name(one, other, alike, named):
        return None
    share = len(shared) / (len(told) + named) if told or named else 0.0
    value = round(SAME * share + ALIKE * (100 if named else fuzz.token_set_ratio(one.name, other.name)) / 100, 4)
    likeness = next((kind for least, kind in THRESHOLDS if value >= least), None)
    first, second = sorted((one.body.id, other.body.id))
    return Pair(first, second, value, likeness, shared) if likeness else None


def _short(one: Prepared, other: Prepared) -> bool:
    """Whether what is the acronym of the one is a whole name of the other."""
    return bool(one.keys["acronym"] & other.names)


def _same_name(one: Prepared, other: Prepared, alike: float, named: bool) -> bool:
    """Names that say more than a kind of house, and the same numbers in both."""
    numbers = [{word for word in each.name.split() if word.isdigit()} for each in (one, other)]
    return (one.telling or other.telling) and (named or (numbers[0] == numbers[1] and alike >= SAME_NAME))


def pairs(bodies: Iterable[Body]) -> list[Pair]:
    """Return the pairs to look at, surest first."""
    known = {one.id: Prepared(one) for one in bodies}
    blocks: dict[str, list[str]] = defaultdict(list)
    for one in known.values():
        for block in one.blocks:
            blocks[block].append(one.body.id)
    small = (sorted(members) for members in blocks.values() if len(members) <= LARGEST_BLOCK)
    wanted = {two for members in small for two in combinations(members, 2)}
    found = [pair for one, other in sorted(wanted) if (pair := compare(known[one], known[other]))]
    counted: dict[str, int] = defaultdict(int)
    kept = []
    for pair in sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other)):
        if max(counted[pair.one], counted[pair.other]) < MOST_PAIRS:
            counted[pair.one] += 1
            counted[pair.other] += 1
            kept.append(pair)
    return kept
