"""Where answers stand in a form with repeats: one place for the form itself and one for each instance of a repeat.

A path names one answer: a question's name outside repeats, `members/2/age` inside (instances count from 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sop.answers import Answer
from sop.functions import Value

MOST_INSTANCES = 200
MOST_ANSWERS = 5_000
"""Instances of one repeat in one place, and answers (or instances) in a whole form."""


class Place:
    """The answers of the form itself (no parent) or of one instance of a repeat, as far as they are worked out.

    `given`: raw answers · `known`: what expressions see of them · `values`: typed, calculations included · `relevant`:
    names that apply here · `instances`: the places of each repeat in it. It is `sop.evaluation.Repeated`.
    """

    __slots__ = ("given", "homes", "instances", "known", "number", "parent", "prefix", "relevant", "repeats", "values")

    def __init__(
        self,
        homes: Mapping[str, tuple[str, ...]],
        given: Mapping[str, Any],
        parent: Place | None = None,
        repeat: str = "",
        number: int = 0,
    ) -> None:
        self.homes = homes
        self.given = given
        self.parent = parent
        self.number = number
        self.repeats: tuple[str, ...] = (*parent.repeats, repeat) if parent else ()
        self.prefix: str = f"{parent.prefix}{repeat}/{number}/" if parent else ""
        self.known: dict[str, Value] = {}
        self.values: dict[str, Answer] = {}
        self.relevant: set[str] = set()
        self.instances: dict[str, list[Place]] = {}

    def is_of(self, repeat: str) -> bool:
        """Whether this is an instance of that repeat."""
        return bool(self.repeats) and self.repeats[-1] == repeat

    def get(self, name: str, otherwise: Value = "", /) -> Value:
        """The answer here, then outward; to a question of another repeat, in its first instance."""
        if name in self.known:
            return self.known[name]
        home = self.homes.get(name, ())
        if home == self.repeats:
            return otherwise
        place = self._nearest(home)
        for repeat in home[len(place.repeats) :]:
            instances = place.instances.get(repeat)
            if not instances:
                return otherwise
            place = instances[0]
        return place.known.get(name, otherwise)

    def each(self, name: str) -> Sequence[Value]:
        """All answers to a question ("" where there is none), or the number of each instance of a repeat."""
        home = self.homes.get(name, ())
        base = self._nearest(home)
        places = base.below(home[len(base.repeats) :])
        if any(name in place.instances for place in places):
            return [float(one.number) for place in places for one in place.instances.get(name, ())]
        return [place.known.get(name, "") for place in places if name in place.relevant and name not in place.instances]

    def nth(self, name: str, indexes: Sequence[float]) -> Value:
        """The answer in the instance at these positions, outermost repeat first, or ""."""
        home = self.homes.get(name, ())
        outer = home[: max(0, len(home) - len(indexes))]
        place = self._nearest(outer)
        first = [1.0] * (len(outer) - len(place.repeats))
        for repeat, index in zip(home[len(place.repeats) :], [*first, *indexes], strict=False):
            instances = place.instances.get(repeat, ())
            if not math.isfinite(index) or not 1 <= int(index) <= len(instances):
                return ""
            place = instances[int(index) - 1]
        return place.known.get(name, "")

    def position(self, repeat: str) -> int:
        """Number of the instance one stands in; 0 when it is in none."""
        place: Place | None = self
        while place is not None and repeat and (not place.repeats or place.repeats[-1] != repeat):
            place = place.parent
        return place.number if place is not None else 0

    def below(self, repeats: Sequence[str]) -> list[Place]:
        """The places of these repeats, one within the other, under this place."""
        found = [self]
        for repeat in repeats:
            found = [one for place in found for one in place.instances.get(repeat, ())]
        return found

    def all(self) -> Iterator[Place]:
        """This place and everything in it, in the order of the answers."""
        yield self
        for instances in self.instances.values():
            for place in instances:
                yield from place.all()

    def _nearest(self, home: tuple[str, ...]) -> Place:
        """The innermost place around this one that the name's home shares."""
        place = self
        while place.parent is not None and home[: len(place.repeats)] != place.repeats:
            place = place.parent
        return place


def nested(answers: Any, name: str) -> list[Mapping[str, Any]]:
    """The instances that somebody sent for a repeat, whatever was sent: what is no set of answers counts as empty."""
    found = answers.get(name)
    return [one if isinstance(one, Mapping) else {} for one in found] if isinstance(found, list | tuple) else []


def is_repeat(answer: Any) -> bool:
    """Whether it is a list of instances, not an answer."""
    return isinstance(answer, list | tuple) and any(isinstance(one, Mapping) for one in answer)
