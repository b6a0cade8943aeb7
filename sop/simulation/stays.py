"""How long cases stay at the steps of work, and how many stand there at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sop.simulation.figures import StayFigures, spread


class Stays:
    """Counts while a run goes on; a need of a case is at a step from when it is taken up until it is done or left."""

    def __init__(self) -> None:
        self._here: Counter[str] = Counter()
        self._most: Counter[str] = Counter()
        self._hours: dict[str, list[float]] = {}

    def came(self, step: str) -> None:
        """One more is at the step."""
        self._here[step] += 1
        self._most[step] = max(self._most[step], self._here[step])

    def left(self, steps: Iterable[str]) -> None:
        """One fewer is at each of these steps, however that came."""
        self._here.subtract(steps)

    def done(self, step: str, hours: float) -> None:
        """The step is done, so many hours after it was reached."""
        self.left((step,))
        self._hours.setdefault(step, []).append(hours)

    def figures(self, order: Iterable[str]) -> tuple[StayFigures, ...]:
        """The steps that were ever reached, in this order.

        >>> stays = Stays()
        >>> for hours in (1.0, 3.0): stays.came("N01")
        >>> for hours in (1.0, 3.0): stays.done("N01", hours)
        >>> stays.figures(["N01", "N02"])
        (StayFigures(step='N01', stay=Spread(count=2, p50=1.0, p90=3.0), most=2),)
        """
        return tuple(
            StayFigures(step, spread(self._hours.get(step, ())), self._most[step]) for step in order if self._most[step]
        )
