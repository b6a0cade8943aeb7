"""Emergency access: open one, look, renew, end; tell the person; review it; the data officer's list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.cases.schemas import uuid_from
from referral.cases.views.reading import find_case, pairs
from referral.consent import sentences
from referral.consent.actions import emergencies as actions
from referral.consent.emergencies import Asked, Conclusion, EmergencyReason
from referral.consent.exceptional_models import EmergencyAccess
from referral.consent.exceptional_schemas import ANSWERS, EmergencySchema, RenewalSchema, ReviewSchema
from referral.consent.queries import exceptional as queries
from referral.consent.queries import reviewing
from referral.consent.views import bp
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.foundation.national import periods
from referral.foundation.transactions import commit_now
from referral.partners.actions import count_try
from referral.referrals.documents import label_of, spoken
from referral.referrals.queries.fiche import Line, read_case
from sop.vocabulary import N_, Message

OPEN, SUPERVISE = Permission.EMERGENCY_OPEN, Permission.CASE_SUPERVISE
NO_CASE = N_("No case has this code. Read it again from the slip, or ask the person’s case manager by telephone.")
TOO_MANY = Message("too_many_codes", N_("Too many codes that do not exist. Wait some minutes, or use the telephone."))


@bp.get("/emergency")
@requires(OPEN)
def emergency() -> Any:
    """Declare that a life is in danger; one's own accesses below."""
    return _open_page({}, {})


@bp.post("/emergency")
@requires(OPEN)
@idempotent
def emergency_post() -> Any:
    """Open the access, or show why not."""
    try:
        given = EmergencySchema(periods()).load(request.form)
    except ValidationError as error:
        return _open_page(request.form, error.normalized_messages()), 422
    case, now = queries.case_by_code(given["code"]), clock.now()
    if case is None:
        return _no_case()
    access, record = actions.open_access(
        case, given["reason"], given["words"], ANSWERS[given["asked"]], hours=given["hours"], actor=actor(), now=now
    )
    if access is None:
        flash(_("Nothing was opened: this page says why."), "warning")
        return redirect(url_for(".why_decision", decision_id=record.id), 303)
    return redirect(url_for(".emergency_access", access_id=access.id), 303)


def _no_case() -> Any:
    """A code that does not exist; so many may be tried, so that nobody looks for files by counting."""
    db.session.rollback()  # the form's key goes too: the same page may be sent again with another code
    free = count_try("emergency", str(actor().id), now=clock.now())
    commit_now()
    if not free:
        raise RuleViolation(TOO_MANY, status=429)
    return _open_page(request.form, {"code": [NO_CASE]}), 422


@bp.get("/emergency/<uuid:access_id>")
@requires(OPEN, reads_person=True)
def emergency_access(access_id: UUID) -> Any:
    """The minimum of the service, under a watermark, as long as the access lasts; each look is a decision."""
    access, now = _own(access_id), clock.now()
    asked, decision = actions.look(access, actor=actor(), now=now)
    first = (Line(N_("Case code"), access.case.code), Line(N_("Priority"), access.case.priority))
    fiche = read_case(access.case, decision.visible, first) if decision.allowed else None
    sections = fiche.sections if fiche else ()
    sheet = [(one.category, [(label_of(line), spoken(line.value)) for line in one.lines]) for one in sections]
    contact = fiche.contact if fiche else ()
    return _access_page(access, {}, sheet=sheet, contact=contact, sentence=sentences.explain(asked, decision))


@bp.post("/emergency/<uuid:access_id>/renew")
@requires(OPEN)
@idempotent
def emergency_renew(access_id: UUID) -> Any:
    """Some hours more, with a reason, within a day of the opening."""
    access = _own(access_id, lock=True)
    try:
        given = RenewalSchema(periods()).load(request.form)
    except ValidationError as error:
        return _access_page(access, error.normalized_messages(), typed=request.form), 422
    actions.renew(access, given["words"], hours=given["hours"], actor=actor(), now=clock.now())
    return redirect(url_for(".emergency_access", access_id=access.id), 303)


@bp.post("/emergency/<uuid:access_id>/end")
@requires(OPEN)
@idempotent
def emergency_end(access_id: UUID) -> Any:
    """The danger is over."""
    actions.end(_own(access_id, lock=True), actor=actor(), now=clock.now())
    flash(_("The access has ended: nothing of this case is shown to you any more."), "success")
    return redirect(url_for(".emergency"), 303)


@bp.get("/cases/<uuid:case_id>/emergencies")
@requires(Permission.CASE_READ)
def case_emergencies(case_id: UUID) -> Any:
    """The emergency accesses to one case: who, when, why, whether the person was told."""
    case = find_case(case_id)
    rows = queries.listed(queries.supervised_accesses(actor()).where(EmergencyAccess.case_id == case.id))
    tells = can(Permission.CASE_WORK)
    return render_template("consent/emergencies.html", case=case, rows=rows, tells=tells, before=None, following=None)


@bp.post("/emergencies/<uuid:access_id>/told")
@requires(Permission.CASE_WORK)
@idempotent
def emergency_told(access_id: UUID) -> Any:
    """The person was told about it."""
    access = queries.supervised_access(actor(), access_id, lock=True) or abort(404)
    actions.tell(access, actor=actor(), now=clock.now())
    flash(_("It is noted that the person was told."), "success")
    return redirect(url_for(".case_emergencies", case_id=access.case_id), 303)


@bp.get("/emergencies")
@requires(SUPERVISE)
def emergencies() -> Any:
    """Accesses to the organisation's cases, those to be reviewed first."""
    seen, before = queries.supervised_accesses(actor()), uuid_from(request.args.get("before", ""))
    waiting = [] if before else queries.listed(seen.where(EmergencyAccess.reviewed_at.is_(None)))
    rows, following = queries.page_of(seen.where(EmergencyAccess.reviewed_at.is_not(None)), before)
    return render_template(
        "consent/emergencies.html", case=None, rows=waiting + rows, tells=False, before=before, following=following
    )


@bp.get("/emergencies/<uuid:access_id>/review")
@requires(SUPERVISE, reads_person=True)
def emergency_review(access_id: UUID) -> Any:
    """Who opened what, why, and what they looked at; then a conclusion."""
    access = queries.supervised_access(actor(), access_id) or abort(404)
    audit.record("emergency.review.read", actor=actor(), now=clock.now(), case_id=access.case_id, subject=access)
    return _review_page(access, {}, {})


@bp.post("/emergencies/<uuid:access_id>/review")
@requires(SUPERVISE)
@idempotent
def emergency_review_post(access_id: UUID) -> Any:
    """Record the conclusion; a second abuse suspends the account."""
    access = queries.supervised_access(actor(), access_id, lock=True) or abort(404)
    try:
        given = ReviewSchema().load(request.form)
    except ValidationError as error:
        return _review_page(access, request.form, error.normalized_messages()), 422
    _concluded(access, given)
    return redirect(url_for(".emergencies"), 303)


@bp.get("/register/emergencies")
@requires(Permission.AUDIT_READ, reads_person=True)
def emergency_register() -> Any:
    """Every emergency access, for the data officer: codes, times and reviews; no content, no words."""
    audit.record("emergency.list.read", actor=actor(), now=clock.now())
    before = uuid_from(request.args.get("before", ""))
    rows, following = queries.page_of(queries.all_accesses(actor()), before)
    mine = reviewing.fallen(rows, clock.now())
    return render_template("consent/emergency_register.html", rows=rows, mine=mine, before=before, following=following)


@bp.get("/register/emergencies/<uuid:access_id>/review")
@requires(Permission.EMERGENCY_REVIEW, reads_person=True)
def officer_review(access_id: UUID) -> Any:
    """A review that would hang on one person, or is overdue, for the data officer or who stands in: codes, no words."""
    access = _fallen(access_id)
    audit.record("emergency.review.read", actor=actor(), now=clock.now(), case_id=access.case_id, subject=access)
    return _review_page(access, {}, {}, officer=True)


@bp.post("/register/emergencies/<uuid:access_id>/review")
@requires(Permission.EMERGENCY_REVIEW)
@idempotent
def officer_review_post(access_id: UUID) -> Any:
    """Record the conclusion of the data officer, or of the coordination that stands in."""
    access = _fallen(access_id, lock=True)
    try:
        given = ReviewSchema().load(request.form)
    except ValidationError as error:
        return _review_page(access, request.form, error.normalized_messages(), officer=True), 422
    _concluded(access, given)
    return redirect(url_for(".emergency_register" if can(Permission.AUDIT_READ) else ".emergency_waiting"), 303)


@bp.get("/register/emergencies/waiting")
@requires(Permission.EMERGENCY_REVIEW)
def emergency_waiting() -> Any:
    """Accesses that wait for the data officer's review, or for the coordination's while there is no data officer."""
    now = clock.now()
    rows = reviewing.waiting_for(actor(), now)
    audit.record("emergency.list.read", actor=actor(), now=now)
    return render_template("consent/emergency_waiting.html", rows=rows)


def _fallen(access_id: UUID, *, lock: bool = False) -> EmergencyAccess:
    access = reviewing.fallen_access(actor(), access_id, lock=lock) or abort(404)
    if not reviewing.fallen([access], clock.now()):
        abort(404)
    return access


def _concluded(access: EmergencyAccess, given: Any) -> None:
    suspended = actions.review(access, given["conclusion"], given["words"], actor=actor(), now=clock.now())
    flash(
        _("Your review is recorded; the account is suspended.") if suspended else _("Your review is recorded."),
        "success",
    )


def _own(access_id: UUID, *, lock: bool = False) -> EmergencyAccess:
    return queries.own_access(actor(), access_id, lock=lock) or abort(404)


def _open_page(typed: Any, errors: Any) -> str:
    return render_template(
        "consent/emergency.html",
        typed=typed,
        errors=errors,
        may=queries.is_emergency_service(actor()),
        rows=queries.listed(queries.own_accesses(actor())),
        reasons=pairs(EmergencyReason),
        asked=pairs(Asked),
        hours=_hours(),
        usual=periods().emergency_usual_hours,
        now=clock.now(),
    )


def _hours() -> list[tuple[int, Message]]:
    several = N_("%(number)d hours")
    words = {1: Message("hour", N_("1 hour"))}
    usual, most = periods().emergency_usual_hours, periods().emergency_most_hours
    offered = sorted({usual, most, *(number for number in (1, 2, 4, 12) if number < most)})
    return [(number, words.get(number, Message("hours", several, {"number": number}))) for number in offered]


def _access_page(access: EmergencyAccess, errors: Any, *, typed: Any = None, **shown: Any) -> str:
    user = actor()
    return render_template(
        "consent/emergency_access.html",
        access=access,
        errors=errors,
        typed=typed or {},
        hours=_hours(),
        usual=periods().emergency_usual_hours,
        now=clock.now(),
        renewable=actions.renewable(access, clock.now()),
        reader=(user.username, user.organization.name if user.organization else ""),
        **{"sheet": [], "contact": (), "sentence": None, **shown},
    )


def _review_page(access: EmergencyAccess, typed: Any, errors: Any, *, officer: bool = False) -> str:
    words, said = ("", "") if officer else queries.words_of(access)
    return render_template(
        "consent/emergency_review.html",
        access=access,
        words=words,
        said=said,
        looks=queries.looks_at(access),
        typed=typed,
        errors=errors,
        conclusions=pairs(Conclusion),
        officer=officer,
        own=access.user_id == actor().id,
    )
