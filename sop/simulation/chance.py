"""Draws that a change elsewhere cannot move: each has a stream of its own, named by what is drawn.

Two runs with the same seed therefore share every draw that both of them make ("common random numbers"), and a
difference between them comes from what was changed, not from chance.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *names: object) -> random.Random:
    """The stream of this seed and these names, whatever else is drawn before or after.

    >>> stream(1, 7, "R05", "MED", 1).random() == stream(1, 7, "R05", "MED", 1).random()
    True
    >>> stream(1, 7, "R05", "MED", 1).random() == stream(1, 7, "R05", "MED", 2).random()
    False
    """
    name = "\x1f".join(str(one) for one in (seed, *names))
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return random.Random(int.from_bytes(digest[:16]))  # noqa: S311 - a simulation, not a secret


def weighted(dice: random.Random, weights: Mapping[T, int]) -> T:
    """One of the values, as likely as its weight, with one draw. Raises ValueError when no weight is positive."""
    total = sum(weights.values())
    if total <= 0:
        raise ValueError("no weight is positive")
    place, value = dice.random() * total, None
    for value, weight in weights.items():
        place -= weight
        if weight > 0 and place < 0:
            return value
    return [one for one, weight in weights.items() if weight > 0][-1]


def several(dice: random.Random, weights: Mapping[T, int], count: int) -> list[T]:
    """Up to `count` different values, drawn one after the other without putting back."""
    left = {value: weight for value, weight in weights.items() if weight > 0}
    found: list[T] = []
    while left and len(found) < count:
        found.append(weighted(dice, left))
        del left[found[-1]]
    return found


def log_normal(dice: random.Random, median: float, sigma: float) -> float:
    """A draw of the log-normal distribution with this median; constant when sigma is 0."""
    return median * math.exp(sigma * dice.gauss(0.0, 1.0))
