"""The clocks of a case's active steps: which of them stand and why, and what speaks against stopping one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from referral.cases.models import Case
from referral.cases.queries.moving import in_words
from referral.cases.queries.progress import state_of
from referral.procedures import queries as procedures
from sop import engine
from sop.board import Refused
from sop.deadlines import Pause
from sop.state import Event
from sop.vocabulary import Message


def standing_clocks(case: Case) -> Mapping[tuple[str, str | None], Pause]:
    """(step, need) -> the pause that lasts."""
    return {token.key: token.pause for token in state_of(case).tokens if token.pause is not None}


def refusal_of(case: Case, event: Event, now: datetime) -> Message | None:
    """Why the clock may not be stopped or let run again now; None when it may."""
    flowchart = procedures.flowchart(case.procedure_version_id)
    try:
        engine.apply(flowchart, state_of(case), event, now)
    except Refused as refused:
        return in_words(refused.message, flowchart, flowchart)
    return None
