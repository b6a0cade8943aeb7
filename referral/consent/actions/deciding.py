"""Take a sharing decision and keep it in the register, denials too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from referral.consent.models import DecisionRecord
from referral.consent.queries import request_for
from referral.consent.rules import Decision, Request, decide
from referral.extensions import db
from referral.foundation import audit
from referral.referrals.models import Referral
from sop.vocabulary import Category


def decide_and_register(
    referral: Referral,
    *,
    viewer: Any = None,
    categories: Iterable[Category | str] | None = None,
    action: str,
    actor: Any,
    now: datetime,
) -> tuple[Request, Decision]:
    """Take the sharing decision about a referral and keep it in the register, denials too.

    `viewer`: who would see it (default: the addressed service's listed staff), `actor`: who asks now.
    """
    request = request_for(referral, actor=viewer, categories=categories, now=now, action=action)
    decision = decide(request)
    db.session.add(
        DecisionRecord.of(
            request, decision, referral=referral, actor=actor, recipient_id=referral.organization_id, now=now
        )
    )
    audit.record(
        "sharing.decide", actor=actor, now=now, case_id=referral.case_id, subject=referral, code=decision.code,
        asked=sorted(request.categories), visible=list(decision.visible),
    )  # fmt: skip
    return request, decision
