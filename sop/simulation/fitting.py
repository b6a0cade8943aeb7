"""How long steps really took, from the logs of past cases: times for a plan in place of parts of deadlines."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sop.board import Refused
from sop.conformance import Log
from sop.engine import apply, start
from sop.flowchart import WORK, Flowchart
from sop.simulation.plan import TIMEOUT, StepTime
from sop.state import Event, EventKind, State

LEAST: Final = 10
"""So many times a step must have been seen: below, chance (and single persons) would decide."""

_HOUR: Final = timedelta(hours=1)


def fitted(flowchart: Flowchart, logs: Iterable[Log], *, least: int = LEAST, cases: int = 1) -> dict[str, StepTime]:
    """Step -> the log-normal time most likely to have made these logs (running time, for `Plan.step_times`).

    Left out are steps seen fewer than `least` times or in fewer than `cases` of the logs, which keep their part of the
    deadline; what was done at the very moment it was reached, as when a paper form is typed in afterwards; waits that
    ended without an answer, since a simulated one lasts until its deadline; and time during which a clock stood. What a
    log says that this flowchart cannot follow is passed over.
    """
    seen: dict[str, list[float]] = {}
    within: dict[str, set[int]] = {}
    for number, log in enumerate(logs):
        for step, length in _lengths(flowchart, log):
            seen.setdefault(step, []).append(math.log(length))
            within.setdefault(step, set()).add(number)
    enough = [step for step in flowchart.steps if len(seen.get(step, ())) >= max(least, 1)]
    return {step: _time(seen[step]) for step in enough if len(within[step]) >= cases}


def _time(logarithms: Sequence[float]) -> StepTime:
    """The mean of the logarithms gives the median, their spread sigma (both of maximum likelihood)."""
    mean = statistics.fmean(logarithms)
    return StepTime(math.exp(mean) * _HOUR, statistics.pstdev(logarithms, mean))


def _lengths(flowchart: Flowchart, log: Log) -> list[tuple[str, float]]:
    """Each step of work that was done, with its hours."""
    if not log:
        return []
    opening, now = log[0]
    opened = opening.kind is EventKind.FACTS
    found: list[tuple[str, float]] = []
    try:
        state = start(flowchart, opening.facts if opened else {}, now)
    except Refused:
        return found
    for event, now in log[opened:]:
        length = _length(flowchart, state, event, now)
        try:
            state = apply(flowchart, state, event, now)
        except Refused:
            continue
        if length is not None:
            found.append((str(event.step), length))
    return found


def _length(flowchart: Flowchart, state: State, event: Event, now: datetime) -> float | None:
    """Hours that this event's step took until now; None where it says nothing about that."""
    if event.kind is not EventKind.DONE or TIMEOUT in event.facts.values():
        return None
    token = next((one for one in state.tokens if one.key == (event.step, event.need)), None)
    if token is None or token.finished is not None or flowchart.steps[token.step].kind not in WORK:
        return None
    stood = sum(((one.until or now) - one.since for one in token.pauses), timedelta())
    hours = (now - token.since - stood) / _HOUR
    return hours if hours > 0 else None
