"""Choosing a service for a need: ranked, with reasons; or saying that there is none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.cases.models import Case
from referral.cases.queries import visible_case
from referral.consent.actions import Incomplete, answer_specific, asked_of
from referral.consent.requirements import Asked
from referral.consent.schemas import AnswerSchema
from referral.consent.wording import SPECIFIC
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.referrals import actions
from referral.referrals.queries import choosing, sending
from referral.referrals.views import bp
from referral.referrals.views.forms import consent_page, errors_of, posted_mark
from referral.referrals.views.ways import case_url
from sop.vocabulary import Need

BEFOREHAND = {"G03": Need.TEH, "G04": Need.ASI}


def _case(case_id: UUID, need: str) -> tuple[Case, Need]:
    found = visible_case(actor(), case_id)
    if found is None or need not in set(Need):
        abort(404)
    return found, Need(need)


@bp.get("/cases/<uuid:case_id>/needs/<need>/services")
@requires(Permission.REFERRAL_SEND, reads_person=True)
def choose(case_id: UUID, need: str) -> Any:
    """Which services fit this person's need, which must be asked, which are out, and why."""
    case, code = _case(case_id, need)
    if sending.step_of(case, code) in BEFOREHAND:
        return redirect(url_for("referrals.specific_consent", case_id=case.id, need=need), 303)
    everything = request.args.get("show") == "excluded"
    found = choosing.services_for(case, code, now=clock.now(), excluded=everything)
    audit.record("referral.choose", actor=actor(), now=clock.now(), case_id=case.id, subject=case, need=need)
    return render_template(
        "referrals/choose.html",
        case=case,
        need=code,
        found=found,
        everything=everything,
        asks=can(Permission.CONSENT_RECORD),
        works=can(Permission.CASE_WORK),
        case_url=case_url(case),
    )


@bp.post("/cases/<uuid:case_id>/needs/<need>/services")
@requires(Permission.CONSENT_RECORD)
@idempotent
def choose_post(case_id: UUID, need: str) -> Any:
    """One service is chosen: prepare its referral and ask the person."""
    case, code = _case(case_id, need)
    try:
        place = sending.place(UUID(request.form.get("service", "")), code)
    except ValueError:
        place = None
    if place is None:
        abort(404)
    referral = actions.draft(case, code, place, actor=actor(), now=clock.now())
    return redirect(url_for("referrals.consent", referral_id=referral.id), 303)


@bp.post("/cases/<uuid:case_id>/needs/<need>/gap")
@requires(Permission.REFERRAL_SEND)
@idempotent
def gap(case_id: UUID, need: str) -> Any:
    """There is no service: the coordination is told, or the person is helped without one."""
    case, code = _case(case_id, need)
    actions.record_gap(case, code, actor=actor(), now=clock.now())
    flash(_("The gap is recorded. The procedure says what comes next."), "success")
    return redirect(case_url(case), 303)


@bp.get("/cases/<uuid:case_id>/needs/<need>/consent")
@requires(Permission.CONSENT_RECORD, reads_person=True)
def specific_consent(case_id: UUID, need: str) -> Any:
    """The consent that trafficking and asylum ask before any service is looked for."""
    case, code = _case(case_id, need)
    if sending.step_of(case, code) not in BEFOREHAND:
        return redirect(url_for("referrals.choose", case_id=case.id, need=need), 303)
    audit.record("consent.ask", actor=actor(), now=clock.now(), case_id=case.id, subject=case, need=need)
    return consent_page(case, code, _asked(case, code))


def _asked(case: Case, need: Need) -> Asked:
    return asked_of(case, clock.now(), form_code=SPECIFIC[need][1])


@bp.post("/cases/<uuid:case_id>/needs/<need>/consent")
@requires(Permission.CONSENT_RECORD, uploads=True)
@idempotent
def specific_consent_post(case_id: UUID, need: str) -> Any:
    """Record it; a refusal is recorded too and keeps the need where it is."""
    case, code = _case(case_id, need)
    answer, errors = errors_of(AnswerSchema(), request.form)
    mark = posted_mark(answer)
    try:
        if answer is not None and not mark.errors:
            at = {"actor": actor(), "now": clock.now(), "language": page_language(), "mark": mark.mark}
            answer_specific(case, code, answer, **at)
    except Incomplete as error:
        errors = error.errors
    if errors or mark.errors or answer is None:
        shown = mark.beside({name: error for name, error in errors.items() if name != "categories"})  # not asked here
        return consent_page(case, code, _asked(case, code), errors=shown), 422
    flash(_("The answer is recorded."), "success")
    waiting = sending.step_of(case, code) in BEFOREHAND
    target = case_url(case) if waiting else url_for("referrals.choose", case_id=case.id, need=need)
    return redirect(target, 303)
