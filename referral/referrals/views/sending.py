"""The sender's pages: the person's answer, what would cross, sending, and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.consent.actions import Incomplete, answer_service, asked_of, decide_and_register, offered_for
from referral.consent.requirements import Choice
from referral.consent.rules import share_gate
from referral.consent.schemas import AnswerSchema
from referral.consent.wording import form_of, purpose_of
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.providers.queries.sheets import referral_contacts
from referral.referrals import actions
from referral.referrals.documents import label_of, spoken
from referral.referrals.models import Referral
from referral.referrals.queries import following, sending
from referral.referrals.queries.preview import Preview, preview_of
from referral.referrals.rules import (
    RECALL_REASONS,
    SENDER_ACTIONS,
    UNDECIDED,
    ReferralAction,
    ReferralState,
    ServiceResult,
    allowed,
)
from referral.referrals.schemas.sending import follow_schema
from referral.referrals.views import bp
from referral.referrals.views.forms import consent_page, errors_of, posted_mark
from referral.referrals.views.ways import case_url, ways_of
from referral.referrals.wording import FOLLOW_WORDS, SENDER_NEXT, TONES


def _referral(referral_id: UUID) -> Referral:
    found = sending.sent_referral(actor(), referral_id)
    if found is None:
        abort(404)
    return found


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


@bp.get("/referrals/<uuid:referral_id>/consent")
@requires(Permission.CONSENT_RECORD, reads_person=True)
def consent(referral_id: UUID) -> Any:
    """What may be passed on to this service, category by category; no data of the person is opened."""
    referral = _referral(referral_id)
    if referral.state is not ReferralState.DRAFT:
        return redirect(url_for("referrals.show", referral_id=referral.id), 303)
    audit.record("consent.ask", actor=actor(), now=clock.now(), case_id=referral.case_id, subject=referral)
    return _consent_page(referral)


def _consent_page(referral: Referral, errors: Any = None) -> str:
    asked = asked_of(referral.case, clock.now(), form_code=form_of(purpose_of(referral.need)))
    return consent_page(
        referral.case, referral.need, asked, referral=referral, offered=offered_for(referral), errors=errors
    )


@bp.post("/referrals/<uuid:referral_id>/consent")
@requires(Permission.CONSENT_RECORD, uploads=True)
@idempotent
def consent_post(referral_id: UUID) -> Any:
    """Record the person's answer and lead on."""
    referral = _referral(referral_id)
    answer, errors = errors_of(AnswerSchema(), request.form)
    mark = posted_mark(answer)
    try:
        if answer is not None and not mark.errors:
            at = {"actor": actor(), "now": clock.now(), "language": page_language(), "mark": mark.mark}
            answer_service(referral, answer, expected_version=_version(), **at)
    except Incomplete as error:
        errors = error.errors
    if errors or mark.errors or answer is None:
        return _consent_page(referral, mark.beside(errors)), 422
    flash(_("The answer is recorded."), "success")
    return redirect(_after(referral, answer.choice), 303)


def _after(referral: Referral, choice: Choice) -> str:
    if choice is Choice.CONSENT:
        return url_for("referrals.preview", referral_id=referral.id)
    if choice is Choice.STOP:
        return case_url(referral.case)
    return url_for("referrals.choose", case_id=referral.case_id, need=referral.need.value)


@bp.get("/referrals/<uuid:referral_id>/preview")
@requires(Permission.REFERRAL_SEND, reads_person=True)
def preview(referral_id: UUID) -> Any:
    """What exactly would cross and what not, and which lock says so; the decision goes into the register."""
    referral = _referral(referral_id)
    if referral.state is not ReferralState.DRAFT:
        return redirect(url_for("referrals.show", referral_id=referral.id), 303)
    found, decision = decide_and_register(referral, action="preview", actor=actor(), now=clock.now())
    shown = preview_of(referral, found, decision)
    return render_template(
        "referrals/preview.html",
        referral=referral,
        preview=shown,
        sheet=_sheet(shown),
        ways=ways_of(referral, shown),
        taken_by=referral_contacts(referral.service_at_location),
        case_url=case_url(referral.case),
    )


def _sheet(shown: Preview) -> list[tuple[Any, list[tuple[str, str]]]]:
    return [
        (section.category, [(label_of(line), spoken(line.value)) for line in section.lines])
        for section in shown.fiche.sections
    ]


@bp.post("/referrals/<uuid:referral_id>/send")
@requires(Permission.REFERRAL_SEND)
@idempotent
def send(referral_id: UUID) -> Any:
    """Send, if the decision taken at this moment still allows it; else show the decision."""
    referral = _referral(referral_id)
    decision = actions.send(referral, actor=actor(), now=clock.now(), expected_version=_version())
    if share_gate(decision, referral.need) != "allow":
        flash(_("Nothing was sent: the decision has changed. This page shows why."), "error")
        return redirect(url_for("referrals.preview", referral_id=referral.id), 303)
    flash(_("The referral is sent. The service has been told, without any name."), "success")
    return redirect(url_for("referrals.show", referral_id=referral.id), 303)


def show_page(referral_id: UUID) -> Any:
    """The sender's side of a referral: where it stands, by when, what the service may see, what to do."""
    referral = _referral(referral_id)
    if referral.state is ReferralState.DRAFT:
        return redirect(url_for("referrals.preview", referral_id=referral.id), 303)
    now = clock.now()
    found, decision = decide_and_register(referral, action="view", actor=actor(), now=now)
    audit.record("referral.read", actor=actor(), now=now, case_id=referral.case_id, subject=referral)
    shown = preview_of(referral, found, decision)
    return render_template(
        "referrals/sent.html",
        referral=referral,
        preview=shown,
        sheet=_sheet(shown),
        events=following.events_of(referral),
        steps=following.steps_of(referral),
        **_place(referral),
    )


def _place(referral: Referral) -> dict[str, Any]:
    """Where the referral stands and what the sender does about it."""
    state, possible = referral.state, _possible(referral)
    main = next((one for one in possible if one is not ReferralAction.RECALL), None)
    return {
        "tones": TONES,
        "next": SENDER_NEXT[state],
        "waits": state in UNDECIDED,
        "main": main,
        "others": [one for one in possible if one is not main],
        "elsewhere": sending.step_of(referral.case, referral.need) in ("R01", "R02"),
        "case_url": case_url(referral.case),
    }


def _possible(referral: Referral) -> tuple[ReferralAction, ...]:
    return tuple(one for one in allowed(referral.state, SENDER_ACTIONS) if one is not ReferralAction.SEND)


def ask_page(referral_id: UUID, action: ReferralAction) -> Any:
    """What an act of the sender asks before it is done."""
    return _ask(_referral(referral_id), action)


def _ask(referral: Referral, action: ReferralAction, errors: Any = None) -> str:
    if action not in _possible(referral):
        abort(404)
    recall = action is ReferralAction.RECALL
    return render_template(
        "referrals/follow.html",
        referral=referral,
        action=action,
        words=FOLLOW_WORDS[action],
        case_url=case_url(referral.case),
        reasons=[(reason.value, reason) for reason in (RECALL_REASONS if recall else ServiceResult)],
        typed={name: request.form.get(name, "") for name in ("reason", "note")},
        errors=errors or {},
    )


def act_on(referral_id: UUID, action: ReferralAction) -> Any:
    """Do it: give information, recall, or confirm and close."""
    referral = _referral(referral_id)
    values, errors = errors_of(follow_schema(action), request.form)
    if values is None:
        return _ask(referral, action, errors), 422
    actions.follow(
        referral, action, actor=actor(), now=clock.now(), reason=str(values.get("reason", "")), note=values["note"],
        expected_version=values["version"],
    )  # fmt: skip
    flash(_("Done. The service sees it."), "success")
    return redirect(url_for("referrals.show", referral_id=referral.id), 303)
