"""Keep hidden figures hidden: audit by linear programme, and hide further figures until the audit passes.

The attacker knows every published figure, every sum, and that counts are not negative. A hidden figure is safe when it
remains possible over a range of at least `WIDTH`. Where three or more dimensions close a circle of tables, or where
some categories never go together (what is declined is not delivered), the attacker also knows that the tables come from
one joint table, so its cells join the programme.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

import highspy
import networkx as nx
import numpy as np

from referral.statistics.margins import Key, Margins, Pair
from referral.statistics.tables import PROTECTION, WIDTH

Apart = Collection[frozenset[Pair]]
"""Pairs of (dimension, category) that never go together; everybody knows it."""

LARGEST_JOINT = 20_000
"""Joint tables with more cells are refused: publish fewer crossings in one release."""
TOLERANCE = 1e-6
FREE = highspy.kHighsInf


def protect(margins: Margins, hidden: set[Key], apart: Apart = ()) -> set[Key]:
    """Return `hidden` and the further figures to hide with it; the same figures always get the same answer."""
    if not hidden:
        return set()
    programme = Programme(margins, hidden, apart)
    while True:
        weak = programme.weakest()
        if weak is None:
            return programme.hidden
        programme.hide_more(*weak)


class Programme:
    """One linear programme for audit and repair: each figure may rise (up) or fall (down) from its true value."""

    def __init__(self, margins: Margins, hidden: set[Key], apart: Apart = ()) -> None:
        self.margins = margins
        self.apart = {pair for pair in apart if {name for name, _ in pair} <= margins.categories.keys()}
        self.keys = sorted(margins.values, key=lambda key: (-len(key), sorted(key)))
        self.index = {key: place for place, key in enumerate(self.keys)}
        self.hidden = set(hidden)
        self.safe: set[Key] = set()
        self.rise = np.zeros(len(self.keys))
        self.fall = np.zeros(len(self.keys))
        self.solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            self.solver.setOptionValue(option, value)
        self._build()

    def _build(self) -> None:
        size, solver = len(self.keys), self.solver
        values = np.array([self.margins.values[key] for key in self.keys], dtype=float)
        for bound in (np.full(size, FREE), values):
            solver.addVars(size, np.zeros(size), bound)
        for total, parts in (*self.margins.sums, *self.margins.joins):
            places = [self.index[key] for key in (*parts, total)]
            signs = [1.0] * len(parts) + [-1.0]
            self._row(0.0, places + [place + size for place in places], signs + [-sign for sign in signs])
        self._join()

    def _row(self, value: float, places: list[int], signs: list[float]) -> None:
        self.solver.addRow(value, value, len(places), np.array(places, dtype=np.int32), np.array(signs))

    def _join(self) -> None:
        """Add the cells of the joint table for each circle of crossings and each knot of categories that never meet."""
        pairs = [tuple(sorted(name for name, _ in key)) for key in self.keys if len(key) == 2]
        knots = [tuple(sorted(name for name, _ in pair)) for pair in self.apart]
        for block in nx.biconnected_components(nx.Graph(pairs + knots)):
            if len(block) > 2 or tuple(sorted(block)) in knots:
                self._joint_cells(sorted(block))

    def _joint_cells(self, names: list[str]) -> None:
        places = list(self._places(names, ()))
        if len(places) > LARGEST_JOINT:
            raise ValueError(f"too many crossings of {', '.join(names)} in one release")
        first, size = self.solver.getNumCol(), len(self.keys)
        self.solver.addVars(len(places), np.zeros(len(places)), np.full(len(places), FREE))
        inside: dict[Pair, set[int]] = {}
        for number, place in enumerate(places):
            for pair in place:
                inside.setdefault(pair, set()).add(first + number)
        for at, key in enumerate(self.keys):
            if key and {name for name, _ in key} <= set(names):
                columns = sorted(set.intersection(*(self._cells(inside, pair) for pair in key)))
                signs = [1.0] * len(columns) + [-1.0, 1.0]
                self._row(float(self.margins.values[key]), [*columns, at, at + size], signs)

    def _cells(self, inside: dict[Pair, set[int]], pair: Pair) -> set[int]:
        """The joint cells that a published category stands for."""
        return set().union(*(inside.get((pair[0], source), set()) for source in self.margins.sources[pair]))

    def _places(self, names: Sequence[str], begun: tuple[Pair, ...]) -> Iterator[tuple[Pair, ...]]:
        """Every combination of original categories that can occur."""
        if len(begun) == len(names):
            yield begun
            return
        name = names[len(begun)]
        for category in self.margins.categories[name]:
            if not any(frozenset((pair, (name, category))) in self.apart for pair in begun):
                yield from self._places(names, (*begun, (name, category)))

    def _bounds(self, closed: bool) -> tuple[np.ndarray, np.ndarray]:
        """Upper bounds of rise and fall; published figures cannot move while the attacker looks at them."""
        up = np.full(len(self.keys), FREE)
        down = np.array([self.margins.values[key] for key in self.keys], dtype=float)
        if closed:
            for at in self._visible():
                up[at] = down[at] = 0.0
        return up, down

    def _visible(self) -> list[int]:
        return [self.index[key] for key in self.margins.published - self.hidden]

    def _set(self, up: np.ndarray, down: np.ndarray, cost: np.ndarray, lower: np.ndarray) -> None:
        columns = np.arange(2 * len(self.keys), dtype=np.int32)
        self.solver.changeColsBounds(len(columns), columns, lower, np.concatenate((up, down)))
        self.solver.changeColsCost(len(columns), columns, cost)

    def weakest(self) -> tuple[Key, int] | None:
        """Return the first hidden figure that can be worked out too closely, and how far it can fall."""
        self._set(*self._bounds(closed=True), np.zeros(2 * len(self.keys)), np.zeros(2 * len(self.keys)))
        for at, key in enumerate(self.keys):
            if key not in self.hidden or key in self.safe:
                continue
            for direction in (-1.0, 1.0):
                if self._range(at) < WIDTH:
                    self._push(at, direction)
            if self._range(at) < WIDTH:
                return key, _whole(self.fall[at])
            self.safe.add(key)
        return None

    def _range(self, at: int) -> int:
        return _whole(self.rise[at]) + _whole(self.fall[at])

    def _push(self, at: int, direction: float) -> None:
        """Move one figure as far as the others allow; a range of `WIDTH` is far enough."""
        size = len(self.keys)
        self.solver.changeColBounds(at, 0.0, float(WIDTH))
        self.solver.changeColCost(at, -direction)
        self.solver.changeColCost(at + size, direction)
        self._solve()
        self.solver.changeColBounds(at, 0.0, FREE)
        self.solver.changeColCost(at, 0.0)
        self.solver.changeColCost(at + size, 0.0)

    def _solve(self) -> np.ndarray:
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the disclosure audit did not finish: {self.solver.getModelStatus()}")
        size = len(self.keys)
        solution = np.array(self.solver.getSolution().col_value[: 2 * size])
        moves = solution[:size] - solution[size:]
        self.rise = np.maximum(self.rise, moves)
        self.fall = np.maximum(self.fall, -moves)
        return moves

    def hide_more(self, key: Key, fall: int) -> None:
        """Hide the cheapest further figures that let `key` rise far enough: cells before totals, small before large."""
        size, at = len(self.keys), self.index[key]
        up, down = self._bounds(closed=False)
        lower = np.zeros(2 * size)
        lower[at] = up[at] = WIDTH - fall
        down[at] = 0.0
        cost = np.zeros(size)
        for place in self._visible():
            cost[place] = self._worth(self.keys[place]) + place * 1e-5
        self._set(up, down, np.concatenate((cost, cost)), lower)
        moves = self._solve()
        self.hidden |= {self.keys[place] for place in self._visible() if abs(moves[place]) > TOLERANCE}

    def _worth(self, key: Key) -> float:
        """What readers lose with a figure: totals count more than cells, and what both editions show most of all."""
        rank = 2 - len(key) + any(code == PROTECTION for _, code in key)
        return float(8.0**rank * (1 + math.log2(1 + self.margins.values[key])))


def _whole(move: float) -> int:
    return math.floor(move + TOLERANCE)
