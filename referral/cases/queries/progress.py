"""Where a case stands on its procedure: the stored fold of its events, read back as the engine's state."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from referral.cases.models import Case
from referral.procedures import queries as procedures
from sop import engine
from sop.agenda import Stage, Standing, Todo
from sop.engine import State
from sop.track import PASSES_ALONE

_read: WeakKeyDictionary[Case, tuple[dict[str, Any], State]] = WeakKeyDictionary()


def state_of(case: Case) -> State:
    """The engine's state of a case; read once for as long as the row in memory holds the same fold."""
    known = _read.get(case)
    if known is None or known[0] is not case.engine:
        known = _read[case] = (case.engine, State.from_json(case.engine))
    return known[1]


def todo(case: Case, now: datetime, *, lang: str = "fr") -> list[Todo]:
    """What to do next on this case and why, the most urgent first."""
    return engine.todo(procedures.flowchart(case.procedure_version_id), state_of(case), now, lang=lang)


def position(case: Case, need: str | None = None) -> dict[str, Standing]:
    """Each step: done, now, next or skipped; with a need, only what that need did in its part."""
    return dict(engine.position(procedures.flowchart(case.procedure_version_id), state_of(case), need))


def stages(case: Case) -> list[Stage]:
    """The stages of the procedure with where the case stands."""
    return list(engine.stages(procedures.flowchart(case.procedure_version_id), state_of(case)))


def find_todo(case: Case, step: str, need: str | None, now: datetime, *, lang: str = "fr") -> Todo | None:
    """What is to be done at this step (of this need), if anything is."""
    return next((item for item in todo(case, now, lang=lang) if (item.step, item.need) == (step, need)), None)


def is_waiting_for_answer(case: Case, item: Todo) -> bool:
    """Whether the step itself is done, or nobody's work: only facts are missing."""
    token = next(one for one in state_of(case).tokens if one.key == (item.step, item.need))
    kind = procedures.flowchart(case.procedure_version_id).steps[item.step].kind
    return token.finished is not None or kind in PASSES_ALONE
