"""Where a case stands on its procedure: the stored fold of its events, read back as the engine's state."""

from __future__ import annotations

from datetime import datetime

from referral.cases.models import Case
from referral.procedures import queries as procedures
from sop import engine
from sop.agenda import Stage, Standing, Todo
from sop.engine import State


def state_of(case: Case) -> State:
    """The engine's state of a case."""
    return State.from_json(case.engine)


def todo(case: Case, now: datetime, *, lang: str = "fr") -> list[Todo]:
    """What to do next on this case and why, the most urgent first."""
    return engine.todo(procedures.flowchart(case.procedure_version_id), state_of(case), now, lang=lang)


def position(case: Case) -> dict[str, Standing]:
    """Each step: done, now, next or skipped."""
    return dict(engine.position(procedures.flowchart(case.procedure_version_id), state_of(case)))


def stages(case: Case) -> list[Stage]:
    """The stages of the procedure with where the case stands."""
    return list(engine.stages(procedures.flowchart(case.procedure_version_id), state_of(case)))
