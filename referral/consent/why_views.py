"""Why, or why not: a sharing decision in plain words, with the lawful ways on; nothing of the person is opened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template

from referral.consent.queries import request_for
from referral.consent.queries.checking import repeated
from referral.consent.queries.explaining import explain_record, explanation, visible_decision
from referral.consent.rules import decide
from referral.consent.views import bp
from referral.consent.ways import ways_of_referral
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission, Role
from referral.referrals.models import Referral
from referral.referrals.queries import sending
from referral.referrals.queries.inbox import visible_referral


@bp.get("/referrals/<uuid:referral_id>/why")
@requires(Permission.REFERRAL_READ, reads_person=True)
def why_referral(referral_id: UUID) -> Any:
    """Why a referral shows what it shows, for the side that asks: taken now, looked at, not acted on."""
    referral = _either_side(referral_id)
    now, provider = clock.now(), actor().role is Role.PROVIDER
    request = request_for(referral, actor=actor() if provider else None, now=now)
    told = explanation(request, decide(request), case_code=referral.case.code, recipient=referral.organization.name)
    audit.record(
        "sharing.explain", actor=actor(), now=now, case_id=referral.case_id, subject=referral, code=told.decision.code
    )
    ways = ways_of_referral(referral, told, provider=provider)
    return render_template("consent/why.html", told=told, referral=referral, ways=ways, row=None, again=None)


@bp.get("/decisions/<uuid:decision_id>")
@requires(Permission.ACCOUNT_OWN, reads_person=True)
def why_decision(decision_id: UUID) -> Any:
    """A decision of the register, taken again before the reader's eyes from what was kept with it."""
    row = visible_decision(actor(), decision_id) or abort(404)
    told = explain_record(row)
    audit.record("sharing.explain", actor=actor(), now=clock.now(), case_id=row.case_id, subject=row, code=row.code)
    ways = [(way, None) for way in told.ways]
    return render_template(
        "consent/why.html",
        told=told,
        referral=None,
        ways=ways,
        row=row,
        again=repeated(row),
        audits=can(Permission.AUDIT_READ),
    )


def _either_side(referral_id: UUID) -> Referral:
    door = visible_referral if actor().role is Role.PROVIDER else sending.sent_referral
    return door(actor(), referral_id) or abort(404)
