"""What the file itself says about the closure criteria."""

from __future__ import annotations

from sqlalchemy import func, select

from referral.cases.closing import Standing
from referral.cases.models import Case
from referral.cases.queries.overview import approval
from referral.cases.queries.progress import state_of
from referral.cases.rules import ApprovalKind, ApprovalState
from referral.extensions import db
from referral.referrals.models import Referral
from referral.referrals.rules import RUNNING

EMERGENCY_REVIEW = "N02"


def standing(case: Case) -> Standing:
    """Needs, referrals under way, reviews of emergency access still open, approval."""
    count = select(func.count()).where(Referral.case_id == case.id, Referral.state.in_(RUNNING))
    reviews = sum(step == EMERGENCY_REVIEW for step, _need in state_of(case).active)
    latest = approval(case, ApprovalKind.CLOSURE)
    return Standing(
        needs=tuple(need.need.value for need in case.needs),
        open_referrals=db.session.scalar(count) or 0,
        open_reviews=reviews,
        approved=latest is not None and latest.state is ApprovalState.APPROVED,
    )
