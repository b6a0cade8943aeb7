"""CPU time, medians and how a figure is printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the report; `limit` is at most, `least` is at least, `ratio` is to our own figure above."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    least: float | None = None

    @property
    def kept(self) -> bool:
        return (self.limit is None or self.value <= self.limit) and (self.least is None or self.value >= self.least)

    def line(self) -> str:
        bounds = (("at most", self.limit), ("at least", self.least))
        asked = ", ".join(f"{words} {bound:g} {self.unit}" for words, bound in bounds if bound is not None)
        verdict = f"  ({asked}: {'yes' if self.kept else 'NO'})" if asked else ""
        ratio = "" if self.ratio is None else f"  x {self.ratio:.1f}"
        return f"{self.name:<62} {self.value:>9.3f} {self.unit}{ratio}{verdict}"


def median_ms(work: Callable[[], object], *, runs: int, inner: int = 1) -> float:
    """Median CPU milliseconds of one call, after one call that is not counted."""
    work()
    taken = []
    for _ in range(runs):
        began = time.process_time()
        for _ in range(inner):
            work()
        taken.append((time.process_time() - began) * 1000 / inner)
    return statistics.median(taken)


def cpu_seconds(process: int) -> float:
    """Time on a processor that a process's threads have used, from the kernel's own account."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def memory_mb(process: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(process)
