"""Find the pairs of one list that may be one person: blocks of shared terms, then the comparison."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from referral.people.matching.comparing import Shares, compare, usual
from referral.people.matching.identity import Identity
from referral.people.matching.names import key
from referral.people.matching.terms import KINDS, stored
from referral.people.matching.weights import Comparison, Verdict

LARGEST: Final = {"I": 30, "X": 30, "N": 30, "D": 30, "T": 24, "P": 12, "Y": 12, "L": 12, "W": 6}
"""Kind of term -> persons that may share one before it says too little to compare them all."""
NAMES_KNOWN: Final = 500
"""From so many names on, the list itself tells how common each is; below, what is known of names in general."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places of a list and how they compare."""

    one: int
    other: int
    comparison: Comparison


def pairs(people: Sequence[Identity], *, least: Verdict = Verdict.PROBABLE) -> Iterator[Pair]:
    """The pairs at or above a verdict, in the order of the list; time and memory grow with the list, not its square."""
    weigh = shares(people)
    wanted = {Verdict.PROBABLE} if least is Verdict.PROBABLE else set(Verdict) - {Verdict.UNLIKELY}
    for one, others in _blocked(people):
        for other in others:
            comparison = compare(people[one], people[other], weigh)
            if comparison.verdict in wanted:
                yield Pair(one, other, comparison)


def shares(people: Sequence[Identity]) -> Shares:
    """How common each name is among these people, or in general when they are few; no label is needed."""
    if len(people) < NAMES_KNOWN:
        return usual
    counted = Counter(heard for one in people for heard in {key(word) for word in one.name_words})
    return lambda name: (counted[name] + 1) / len(people)


def _blocked(people: Sequence[Identity]) -> Iterator[tuple[int, list[int]]]:
    """Each place of the list with the later places that share a term which is rare enough."""
    found: dict[int, set[int]] = defaultdict(set)
    for kind in KINDS:
        blocks: dict[int, list[int]] = defaultdict(list)
        for place, person in enumerate(people):
            for term in stored(person):
                if term[0] == kind:
                    blocks[hash(term)].append(place)
        for block in blocks.values():
            if 1 < len(block) <= LARGEST[kind]:
                for one, other in combinations(dict.fromkeys(block), 2):
                    found[one].add(other)
    for place in range(len(people)):
        if place in found:
            yield place, sorted(found.pop(place))
