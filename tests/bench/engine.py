"""Engine steps on Cameroon's procedure: the events of forty random whole cases, folded again."""

from __future__ import annotations

import statistics
import time

from sop import engine
from sop.yaml_io import load
from tests.bench.clock import Figure
from tests.sop.walks import START, walk

LIMIT_MS = 0.1
CASES = 40


def measure() -> list[Figure]:
    """The median and the 95th percentile of one `apply`."""
    from referral.procedures.actions import library

    flowchart = load(library("cameroon") / "flowchart.yaml")
    runs = [walk(flowchart, seed)[1] for seed in range(CASES)]
    engine.replay(flowchart, {}, START, runs[0])
    taken = []
    for events in runs:
        state = engine.start(flowchart, {}, START)
        for event, moment in events:
            began = time.perf_counter()
            state = engine.apply(flowchart, state, event, moment)
            taken.append((time.perf_counter() - began) * 1000)
    slow = statistics.quantiles(taken, n=20)[-1]
    return [
        Figure(f"one engine step, median of {len(taken)}", statistics.median(taken), "ms", limit=LIMIT_MS),
        Figure("one engine step, 95th percentile", slow, "ms"),
    ]
