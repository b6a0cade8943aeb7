"""The data officer's pages: the register of decisions and accesses, one case's register, the audit trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from marshmallow import ValidationError

from referral.consent import acts
from referral.consent.filters import Show
from referral.consent.queries import register as registers
from referral.consent.rules import Outcome
from referral.consent.schemas import HeadsSchema, filters_from, page_from
from referral.consent.sentences import DECISIONS, sentence
from referral.foundation import audit as trail
from referral.foundation import clock, heads, verification
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.transactions import commit_now
from sop.vocabulary import N_

bp = Blueprint("consent", __name__)
READ = Permission.AUDIT_READ
ALL = N_("any")


@bp.context_processor
def words() -> dict[str, Any]:
    """Words for the codes of the register."""
    return {"acts": acts, "sentence": sentence}


@bp.get("/register")
@requires(READ, reads_person=True)
def register() -> str:
    """Decisions and accesses, newest first: case codes only, no content."""
    filters = filters_from(request.args)
    page = registers.register(filters)
    trail.record("register.read", actor=actor(), now=clock.now(), filters=sorted(filters.to_query().values()))
    return render_template("consent/register.html", page=page, filters=filters, **_choices())


@bp.get("/register/<uuid:case_id>")
@requires(READ, reads_person=True)
def case_register(case_id: UUID) -> str:
    """Every decision and every access of one case; each decision is computed again."""
    code = registers.case_code(case_id) or abort(404)
    filters = filters_from(request.args)
    page, tally = registers.register(filters, case_id=case_id), registers.tally(case_id)
    trail.record("case.register.read", actor=actor(), now=clock.now(), case_id=case_id)
    return render_template(
        "consent/case_register.html", case_id=case_id, code=code, page=page, tally=tally, filters=filters
    )


@bp.get("/audit")
@requires(READ, reads_person=True)
def audit() -> str:
    """The audit trail: last head, its age, what waits, the heads of all batches."""
    trail.record("audit.read", actor=actor(), now=clock.now())
    return _audit_page(before=page_from(request.args))


@bp.post("/audit")
@requires(READ)
def audit_post() -> Any:
    """Check every line, every batch, the anchor file, and heads that were read from paper."""
    typed = request.form.get("heads", "")
    try:
        printed = HeadsSchema().load(request.form)["heads"]
    except ValidationError as error:
        return _audit_page(typed=typed, errors=error.normalized_messages()), 422
    commit_now()
    report = verification.verify(clock.now(), heads=printed)
    trail.record("audit.verify", actor=actor(), now=clock.now(), code=report.broken.code if report.broken else "whole")
    return _audit_page(typed=typed, report=report, printed=printed)


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    return {
        "shows_choices": [(show.value, show.label) for show in Show],
        "outcome_choices": [("", ALL), *((outcome.value, acts.OUTCOME_LABELS[outcome]) for outcome in Outcome)],
        "code_choices": [("", ALL), *((code, code) for code in DECISIONS)],
    }


def _audit_page(*, before: int | None = None, **values: Any) -> str:
    batches, following = heads.heads(before=before)
    return render_template(
        "consent/audit.html",
        standing=heads.standing(clock.now()),
        batches=batches,
        following=following,
        before=before,
        **{"typed": "", "errors": {}, "report": None, "printed": (), **values},
    )


from referral.consent import (  # noqa: E402, F401 - they put their pages on `bp`
    emergency_views,
    informal_views,
    mark_views,
    order_views,
    translation_views,
    why_views,
)
