"""The consents of a case and what each was marked with, for the team of the case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, render_template

from referral.cases.queries import visible_case
from referral.consent.actions import marking
from referral.consent.queries import marks as queries
from referral.consent.views import bp
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission


@bp.get("/cases/<uuid:case_id>/consents")
@requires(Permission.CASE_READ, reads_person=True)
def case_consents(case_id: UUID) -> str:
    """Every consent of a case: to whom, for what, how it was asked and marked; the marks stay closed."""
    case = visible_case(actor(), case_id) or abort(404)
    audit.record("consent.list.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    return render_template(
        "consent/case_consents.html",
        case=case,
        consents=queries.listed_consents(case.id),
        opens=queries.may_see_marks(actor(), case.id),
    )


@bp.get("/cases/<uuid:case_id>/consents/<uuid:consent_id>/mark")
@requires(Permission.CASE_READ, reads_person=True)
def mark(case_id: UUID, consent_id: UUID) -> Any:
    """The mark of one consent, as a file."""
    consent = queries.marked_consent(actor(), case_id, consent_id) or abort(404)
    data = marking.read(consent, actor=actor(), now=clock.now())
    response = Response(data, mimetype=consent.mark_file.media_type if consent.mark_file else None)
    response.headers.set("Content-Disposition", "attachment", filename=marking.file_name(consent))
    return response
