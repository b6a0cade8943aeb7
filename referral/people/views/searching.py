"""Search, and uncovering who a case is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from marshmallow import ValidationError

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.people import queries
from referral.people.relations import Purpose
from referral.people.schemas import SearchSchema
from referral.people.views import bp


@bp.get("/search")
@requires(Permission.PROCEDURE_READ)
def search() -> Any:
    """The search, empty: words never stand in a URL, because they may be a name."""
    return _search_page("")


@bp.post("/search")
@requires(Permission.PROCEDURE_READ)
def find() -> Any:
    """What was found, on the same page."""
    typed = request.form.get("q", "").strip()
    try:
        text = SearchSchema().load({"q": typed})["q"]
    except ValidationError as error:
        return _search_page(typed[:200], error=error.messages_dict["q"]), 422
    found = queries.search(actor(), text)
    for case in (*found.people, *found.prefiles):
        audit.record("case.found", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    return _search_page(text, found=found)


def _search_page(typed: str, *, found: Any = None, error: Any = None) -> str:
    opens = can(Permission.CASE_READ)
    return render_template("people/search.html", typed=typed, found=found, error=error, opens=opens)


@bp.post("/cases/<uuid:case_id>/identity")
@requires(Permission.IDENTITY_REVEAL)
def reveal(case_id: UUID) -> Any:
    """Uncover who a case is about, for this one view; the audit trail says who looked, of a protected name also why."""
    case = db.session.scalar(queries.revealable_cases(actor()).where(Case.id == case_id)) or abort(404)
    purpose = next((one for one in Purpose if one.value == request.form.get("purpose")), None)
    if case.person.protection is not None and purpose is None:
        return render_template("people/purpose.html", case=case, asked="purpose" in request.form, purposes=Purpose)
    why = {"purpose": purpose.value} if purpose else {}
    audit.record("identity.reveal", actor=actor(), now=clock.now(), case_id=case.id, subject=case, code="C2", **why)
    return render_template("people/identity.html", case=case, found=queries.identity(case))
