"""The referral slip and the consent form on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, request
from flask_babel import force_locale

from referral.consent import wording
from referral.consent.actions import asked_of, decide_and_register, offered_for
from referral.consent.actions.marking import drawn_signature
from referral.consent.documents import ConsentForm, Filled, marked
from referral.consent.documents import consent_form as draw_form
from referral.consent.models import Consent, ConsentState
from referral.consent.queries import current_consent
from referral.consent.queries.marks import may_see_marks
from referral.consent.rules import share_gate
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission, Role
from referral.foundation.i18n import page_language
from referral.foundation.transactions import commit_now
from referral.referrals.documents import referral_slip, slip_of
from referral.referrals.models import Referral
from referral.referrals.queries import sending
from referral.referrals.queries.inbox import visible_referral
from referral.referrals.rules import ReferralState
from referral.referrals.views import bp
from referral.referrals.views.forms import language_label
from sop.vocabulary import Category


def _either_side(referral_id: UUID) -> Referral:
    who = actor()
    if who.role is Role.PROVIDER:
        found = visible_referral(who, referral_id)
    else:
        found = sending.sent_referral(who, referral_id)
    if found is None:
        abort(404)
    return found


def _language() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in current_app.config["SETTINGS"].languages else page_language()


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/referrals/<uuid:referral_id>/slip.pdf")
@requires(Permission.REFERRAL_READ, reads_person=True)
def slip(referral_id: UUID) -> Any:
    """The slip, with what the decision taken now lets through; denied, there is no slip."""
    referral, now = _either_side(referral_id), clock.now()
    viewer = actor() if actor().role is Role.PROVIDER else None
    _, decision = decide_and_register(referral, viewer=viewer, action="print", actor=actor(), now=now)
    if share_gate(decision, referral.need) != "allow" or referral.state is ReferralState.DRAFT:
        commit_now()
        abort(404)
    sheet = slip_of(referral, decision.visible)
    head = audit.head()
    audit.record("referral.print", actor=actor(), now=now, case_id=referral.case_id, subject=referral)
    commit_now()
    content = referral_slip(sheet, lang=_language(), printed_at=now, audit_head=head)
    return _pdf(content, referral.reference)


@bp.get("/referrals/<uuid:referral_id>/consent-form.pdf")
@requires(Permission.CONSENT_RECORD, reads_person=True)
def consent_form(referral_id: UUID) -> Any:
    """The form to read aloud and sign; filled in once the consent is recorded."""
    referral, now, lang = _either_side(referral_id), clock.now(), _language()
    form = _form(referral, lang)
    head = audit.head()
    audit.record("consent.print", actor=actor(), now=now, case_id=referral.case_id, subject=referral)
    commit_now()
    return _pdf(draw_form(form, lang=lang, printed_at=now, audit_head=head), f"{referral.reference}-consent")


def _marked(recorded: Consent, lang: str) -> str:
    with force_locale(lang):
        return marked(recorded)


def _form(referral: Referral, lang: str) -> ConsentForm:
    purpose = wording.purpose_of(referral.need)
    asked = asked_of(referral.case, clock.now())
    recorded = current_consent(referral.case_id, referral.organization_id, purpose)
    filled, sees = None, may_see_marks(actor(), referral.case_id)
    if recorded is not None and recorded.state is ConsentState.GIVEN:
        filled = Filled(
            categories=frozenset(map(Category, recorded.categories)),
            valid_until=recorded.valid_until,
            given_at=recorded.given_at,
            language=language_label(recorded.language),
            interpreter=recorded.interpreter,
            mark=recorded.mark.value,
            signed=_marked(recorded, lang),
            signature=drawn_signature(recorded, actor=actor(), now=clock.now()) if sees else None,
        )
    service = referral.service_at_location.service
    return ConsentForm(
        case_code=referral.case.code,
        reference=referral.reference,
        recipient=f"{service.name}\n{referral.organization.name}",
        need=referral.need,
        offered=offered_for(referral),
        text=wording.text_of(purpose, lang),
        form_code=wording.form_of(purpose),
        child=asked.child,
        filled=filled,
    )
