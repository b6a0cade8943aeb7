"""What runs beside the pages: notices leave, audit lines are sealed, erasures are completed, old form keys forgotten.

Any number of workers may run; each job is safe to run twice at once. Blueprints add theirs with `register`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from flask import current_app

from referral.extensions import db
from referral.foundation import audit, clock, idempotency, outbox, sealing

log = logging.getLogger(__name__)

TICK = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so many seconds; it commits what it does."""

    name: str
    every: float
    run: Callable[[datetime], int]


JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        Job("outbox", 1, outbox.work_once),
        Job("audit", 30, audit.seal_batch),
        Job("erasures", 30, sealing.complete_erasures),
        Job("form_posts", 3600, idempotency.forget_old),
    )
}


def register(name: str, every: float, run: Callable[[datetime], int]) -> None:
    """Add a job of a blueprint: `run(now)` every so many seconds."""
    JOBS[name] = Job(name, every, run)


def work_once(now: datetime) -> int:
    """Run every job once; returns how many notices were sent. An error of a job is raised after the others have run."""
    counts: dict[str, int] = {}
    failed: Exception | None = None
    for job in list(JOBS.values()):
        try:
            counts[job.name] = job.run(now)
        except Exception as error:  # noqa: BLE001 - raised again below
            db.session.rollback()
            failed = error
    if failed is not None:
        raise failed
    return counts["outbox"]


def work_forever(stop: Event, *, tick: float = TICK, jobs: dict[str, Job] | None = None) -> None:
    """Run the jobs at their intervals until `stop` is set; what is left to seal or send is done before it returns."""
    jobs = JOBS if jobs is None else jobs
    next_at = dict.fromkeys(jobs, 0.0)
    while not stop.is_set():
        for name, job in list(jobs.items()):
            if time.monotonic() >= next_at.get(name, 0.0):
                run(job)
                next_at[name] = time.monotonic() + job.every
        stop.wait(tick)
    for job in list(jobs.values()):
        run(job)


def run(job: Job) -> None:
    """Run one job in a context, a session and a moment of its own; an error is logged by its kind only."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the documented way
    with app.app_context():
        try:
            job.run(clock.now())
        except Exception as error:  # noqa: BLE001 - one failing job must not stop the others
            db.session.rollback()
            log.error("job %s failed: %s", job.name, type(error).__name__)
