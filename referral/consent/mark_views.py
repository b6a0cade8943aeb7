"""The consents of a case and what each was marked with, for the team of the case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.cases.models import Case
from referral.cases.queries import visible_case
from referral.consent.actions import marking
from referral.consent.mark_schemas import DRAWN, FILES, NOTHING, read_mark
from referral.consent.models import Consent
from referral.consent.queries import marks as queries
from referral.consent.views import bp
from referral.errors import RuleViolation
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent


@bp.get("/cases/<uuid:case_id>/consents")
@requires(Permission.CASE_READ, reads_person=True)
def case_consents(case_id: UUID) -> str:
    """Every consent of a case: to whom, for what, how it was asked and marked; the marks stay closed."""
    case = visible_case(actor(), case_id) or abort(404)
    audit.record("consent.list.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    consents = queries.listed_consents(case.id)
    return render_template(
        "consent/case_consents.html",
        case=case,
        consents=consents,
        opens=queries.may_see_marks(actor(), case.id),
        adds={one.id for one in consents if _may_add(one, case)},
        copies=can(Permission.RIGHTS_RECORD) and case.erased_at is None,
    )


def _may_add(consent: Consent, case: Case) -> bool:
    mine = actor().id in (case.manager_id, consent.collector_id)
    return mine and marking.addable(consent, case, now=clock.now(), days=_days()) is None


def _days() -> int:
    days: int = current_app.config["SETTINGS"].mark_days
    return days


@bp.get("/cases/<uuid:case_id>/consents/<uuid:consent_id>/mark/new")
@requires(Permission.CASE_READ)
def add_mark(case_id: UUID, consent_id: UUID) -> Any:
    """Add the mark that was missing when a consent was recorded."""
    case, consent = _markable(case_id, consent_id)
    return _add_page(case, consent, {})


@bp.post("/cases/<uuid:case_id>/consents/<uuid:consent_id>/mark/new")
@requires(Permission.CASE_READ)
@idempotent
def add_mark_post(case_id: UUID, consent_id: UUID) -> Any:
    """Keep it beside the consent, which stays as it was recorded."""
    case, consent = _markable(case_id, consent_id, lock=True)
    if (against := marking.addable(consent, case, now=clock.now(), days=_days())) is not None:
        raise RuleViolation(against)
    way, limits = consent.mark.value, current_app.config["SETTINGS"].upload_limits
    reading = read_mark({"mark": way, DRAWN: request.form.get(DRAWN, "")}, request.files, limits)
    if reading.mark is None:
        missing = {} if reading.errors else {FILES[way][0]: NOTHING}
        return _add_page(case, consent, reading.beside(missing), drawn=reading.drawn), 422
    marking.add(consent, case, reading.mark, actor=actor(), now=clock.now(), days=_days())
    flash(_("The mark is added; the consent itself is unchanged."), "success")
    return redirect(url_for(".case_consents", case_id=case.id), 303)


def _markable(case_id: UUID, consent_id: UUID, *, lock: bool = False) -> tuple[Case, Consent]:
    case = visible_case(actor(), case_id) or abort(404)
    return case, queries.markable_consent(actor(), case, consent_id, lock=lock) or abort(404)


def _add_page(case: Case, consent: Consent, errors: Any, *, drawn: str = "") -> str:
    against = marking.addable(consent, case, now=clock.now(), days=_days())
    return render_template(
        "consent/add_mark.html", case=case, consent=consent, errors=errors, drawn=drawn, against=against
    )


@bp.get("/cases/<uuid:case_id>/consents/<uuid:consent_id>/mark")
@requires(Permission.CASE_READ, reads_person=True)
def mark(case_id: UUID, consent_id: UUID) -> Any:
    """The mark of one consent, as a file."""
    consent = queries.marked_consent(actor(), case_id, consent_id) or abort(404)
    data = marking.read(consent, actor=actor(), now=clock.now())
    response = Response(data, mimetype=consent.kept_mark.media_type if consent.kept_mark else None)
    response.headers.set("Content-Disposition", "attachment", filename=marking.file_name(consent))
    return response
