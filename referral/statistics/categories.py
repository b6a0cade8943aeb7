"""How what is counted is shared out: the categories of every dimension, and which of them never go together.

A referral is counted once in each of: need, outcome, stage, reason of refusal, time to an answer, deadline.

>>> classify("declined", "no_capacity", not_delivered=False, answer=Answer.D7, speed="normal")
Counted(stage='declined', reason='no_capacity', time='d7', deadline='in_time')
>>> classify("sent", None, not_delivered=False, answer=Answer.NONE, speed="emergency").deadline
'not_in_time'
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from referral.cases.rules import NeedState
from referral.people.rules import AgeGroup
from referral.referrals.rules import HOURS, DeclineReason, ReferralState, Speed
from referral.statistics.margins import Pair
from referral.statistics.tables import Dimension
from sop.places import Gazetteer, load_places
from sop.vocabulary import Need, Priority

ELSEWHERE = "elsewhere"
UNSTATED = "unstated"
OTHER_REASON = "other_reason"
NOT_DECLINED = "not_declined"


class Answer(StrEnum):
    """How long a service took to accept, decline or put on its waiting list; limits in hours below."""

    H24 = "h24"
    H72 = "h72"
    D7 = "d7"
    D14 = "d14"
    OVER = "over"
    NONE = "none"


LIMITS: dict[Answer, int] = {Answer.H24: 24, Answer.H72: 72, Answer.D7: 168, Answer.D14: 336}

STAGE_OF: dict[ReferralState, str] = {
    ReferralState.SENT: "unseen",
    ReferralState.ACKNOWLEDGED: "received",
    ReferralState.INFO_REQUESTED: "received",
    ReferralState.WAITLISTED: "waitlisted",
    ReferralState.ACCEPTED: "accepted",
    ReferralState.IN_SERVICE: "accepted",
    ReferralState.DELIVERED: "delivered",
    ReferralState.CLOSED: "delivered",
    ReferralState.NOT_DELIVERED: "ended_answered",
    ReferralState.DECLINED: "declined",
}
"""Where a referral stands; all other states have ended, before or after an answer."""

OUTCOME_OF: dict[str, str] = {
    "unseen": "under_way",
    "received": "under_way",
    "waitlisted": "under_way",
    "accepted": "under_way",
    "delivered": "delivered",
    "declined": "declined",
    "ended_unanswered": "ended",
    "ended_answered": "ended",
}
UNANSWERED = frozenset({"unseen", "received", "ended_unanswered"})

REGION = Dimension("region", (*sorted(place.pcode for place in load_places().regions), ELSEWHERE))
SEX = Dimension("sex", ("female", "male", UNSTATED))
AGE = Dimension("age", tuple(group.value for group in AgeGroup), ordered=True)
PRIORITY = Dimension("priority", tuple(priority.value for priority in Priority), ordered=True)
NEED = Dimension("need", tuple(need.value for need in Need))
NEED_STATE = Dimension(
    "need_state", tuple(str(state) for state in (NeedState.MET, NeedState.OPEN, NeedState.GAP, NeedState.STOPPED))
)
SERVED = Dimension("served", ("without_service", "not_without"))
"""Whether a need is a recorded gap: what `NEED_STATE` says, in two categories, so that less has to be hidden."""
OUTCOME = Dimension("outcome", ("delivered", "under_way", "declined", "ended"))
STAGE = Dimension("stage", tuple(OUTCOME_OF))
REASON = Dimension(
    "reason",
    (*(OTHER_REASON if one is DeclineReason.OTHER else one.value for one in DeclineReason), NOT_DECLINED),
    rest=NOT_DECLINED,
)
TIME = Dimension("time", tuple(answer.value for answer in Answer), ordered=True, rest=Answer.NONE.value)
DEADLINE = Dimension("deadline", ("in_time", "not_in_time"))


class Counted(NamedTuple):
    """The categories of one referral, besides its need; the outcome follows from the stage."""

    stage: str
    reason: str
    time: str
    deadline: str


def classify(state: str, decline_reason: str | None, *, not_delivered: bool, answer: Answer, speed: str) -> Counted:
    """The categories of a referral from its coded columns. An answer without a date counts as late."""
    found = ReferralState(state)
    stage = STAGE_OF.get(found, "ended_unanswered" if answer is Answer.NONE else "ended_answered")
    if stage == "delivered" and not_delivered:
        stage = "ended_answered"
    if stage in UNANSWERED and answer is not Answer.NONE:
        stage = "waitlisted"
    if stage not in UNANSWERED and answer is Answer.NONE:
        answer = Answer.OVER
    reason = NOT_DECLINED
    if stage == "declined":
        reason = OTHER_REASON if decline_reason in (None, DeclineReason.OTHER) else str(decline_reason)
    return Counted(stage, reason, answer.value, _deadline(answer, Speed(speed)))


def _deadline(answer: Answer, speed: Speed) -> str:
    return "in_time" if LIMITS.get(answer, sys.maxsize) <= HOURS[speed] else "not_in_time"


def region_of(pcode: str, places: Gazetteer) -> str:
    """The region's P-code, or elsewhere."""
    return pcode[:5] if pcode[:5] in places else ELSEWHERE


def _never() -> Iterator[frozenset[Pair]]:
    """Pairs of categories that no referral has together."""
    for stage, outcome in OUTCOME_OF.items():
        yield from _others("stage", stage, "outcome", {outcome}, OUTCOME)
        declined = set(REASON.categories) - {NOT_DECLINED} if stage == "declined" else {NOT_DECLINED}
        yield from _others("stage", stage, "reason", declined, REASON)
        timed = {Answer.NONE.value} if stage in UNANSWERED else set(TIME.categories) - {Answer.NONE.value}
        yield from _others("stage", stage, "time", timed, TIME)
    possible: Mapping[str, set[str]] = {
        **{time: set(DEADLINE.categories) for time in TIME.categories},
        Answer.H24.value: {"in_time"},
        Answer.OVER.value: {"not_in_time"},
        Answer.NONE.value: {"not_in_time"},
    }
    for state in NEED_STATE.categories:
        yield from _others("need_state", state, "served", {served(state)}, SERVED)
    for time, deadlines in possible.items():
        yield from _others("time", time, "deadline", deadlines, DEADLINE)


def served(state: str) -> str:
    """Whether a need stands without a service."""
    return "without_service" if state == NeedState.GAP else "not_without"


def _others(name: str, code: str, other: str, possible: set[str], dimension: Dimension) -> Iterator[frozenset[Pair]]:
    for category in dimension.categories:
        if category not in possible:
            yield frozenset({(name, code), (other, category)})


APART: frozenset[frozenset[Pair]] = frozenset(_never())
