"""What an answer means to the case's procedure: the referral's own state machine and the flowchart move together.

W01 "wait for the provider's answer" ends with accepted or declined. R05 "give the service" ends when the service says
that it has given it, or could not: that is a claim. Whether the service was received is for the person to say (D11), so
`service_result` is learned when the case manager confirms and closes. Where no confirmation follows, because the person
declined or cannot be found, the result is none at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from referral.cases.actions.progress import advance, learn
from referral.extensions import db
from referral.referrals.models import Referral
from referral.referrals.queries.sending import step_of
from referral.referrals.rules import UNDECIDED, ReferralAction, ReferralState, ServiceResult

A = ReferralAction
WAITING, REMINDING, SERVING, CONFIRMING = "W01", "R04", "R05", "D11"
DECLINED = (WAITING, {"response": "declined"})
ENDED = (SERVING, {"service_result": ServiceResult.NONE.value})
STEPS: Mapping[ReferralAction, tuple[str, Mapping[str, Any]]] = {
    A.ACCEPT: (WAITING, {"response": "accepted"}),
    A.DECLINE: DECLINED,
    A.DELIVER: (SERVING, {}),
    A.NOT_DELIVER: (SERVING, {}),
}
"""Which step an answer finishes, and what it finds out."""
EARLY_ENDS = frozenset({A.CLIENT_DECLINE, A.LOSE_CONTACT, A.RECALL})


def tell(referral: Referral, action: ReferralAction, before: ReferralState, *, actor: Any, now: datetime) -> None:
    """Move the need on by an answer given in state `before`; an answer to an older referral moves nothing."""
    step, facts = STEPS.get(action, ("", {}))
    if action in EARLY_ENDS:
        step, facts = DECLINED if before in UNDECIDED else ENDED
    if not step or _is_overtaken(referral):
        return
    case, need = referral.case, referral.need
    at: dict[str, Any] = {"need": need.value, "actor": actor, "now": now}
    if step == WAITING and step_of(case, need) == REMINDING:
        advance(case, step=REMINDING, **at)
    if step_of(case, need) == step:
        advance(case, step=step, facts=facts, **at)


def confirm(referral: Referral, result: ServiceResult, *, actor: Any, now: datetime) -> None:
    """What the person says of the service received (D11)."""
    if step_of(referral.case, referral.need) == CONFIRMING and not _is_overtaken(referral):
        facts = {"service_result": result.value}
        learn(referral.case, facts=facts, need=referral.need.value, actor=actor, now=now)


def _is_overtaken(referral: Referral) -> bool:
    """Whether another referral of the same need was sent after this one."""
    later = exists().where(
        Referral.case_id == referral.case_id,
        Referral.need == referral.need,
        Referral.sent_at > referral.sent_at,
        Referral.id != referral.id,
    )
    return bool(db.session.scalar(select(later)))
