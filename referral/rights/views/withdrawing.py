"""Consent is taken back at the desk, or by telephone with a call-back. By the link: `linked`."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.cases.models import Case
from referral.consent.actions.marking import drawn_signature
from referral.consent.acts import purpose_words
from referral.consent.models import Consent
from referral.consent.queries.marks import may_see_marks
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.foundation.transactions import commit_now
from referral.rights import copies, documents
from referral.rights.actions import withdrawing
from referral.rights.queries import withdrawals as queries
from referral.rights.schemas import ALL, Reading, read_withdrawal
from referral.rights.stopping import Channel
from referral.rights.views import bp
from referral.rights.views.own_file import paper
from referral.rights.views.requests import case_of
from sop.vocabulary import Category


@bp.route("/cases/<uuid:case_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.RIGHTS_RECORD)
@idempotent
def withdraw(case_id: UUID) -> Any:
    """Record what the person takes back; from that second on nothing new is shown to the recipient."""
    case = case_of(case_id)
    consents = queries.living(case)
    if request.method == "GET":
        return _page(case, consents, Reading({}, {}))
    reading = read_withdrawal(request.form, offered(consents), by_person=False)
    if reading.errors:
        return _page(case, consents, reading), 422
    withdrawing.withdraw(case, **reading.values, actor=actor(), by_person=False, now=clock.now())
    flash(_("Withdrawn. Recipients were told to stop; give the person the proof."), "success")
    return redirect(url_for("rights.case_rights", case_id=case.id, _anchor="withdrawals"), code=303)


def offered(consents: list[Consent]) -> dict[str, list[str]]:
    """The categories of each consent by its id."""
    return {str(one.id): list(one.categories) for one in consents}


def choices(one: Consent) -> list[tuple[str, Any]]:
    """Everything, or some categories of a consent."""
    return [(ALL, _("everything")), *((code, Category(code)) for code in one.categories)]


def _page(case: Case, consents: list[Consent], reading: Reading) -> str:
    return render_template(
        "rights/withdraw.html",
        case=case,
        consents=[(one, choices(one), purpose_words(one.purpose)) for one in consents],
        typed=reading.typed,
        errors=reading.errors,
        channel_choices=[(one.value, one.label) for one in (Channel.DESK, Channel.PHONE)],
    )


@bp.get("/cases/<uuid:case_id>/withdrawals/<uuid:withdrawal_id>.pdf")
@requires(Permission.RIGHTS_RECORD)
def withdrawal_proof(case_id: UUID, withdrawal_id: UUID) -> Response:
    """The proof of a withdrawal, for the person."""
    case, lang = case_of(case_id), request.args.get("lang", "")
    one = queries.withdrawal(case.id, withdrawal_id) or abort(404)
    lang = lang if lang in current_app.config["SETTINGS"].languages else page_language()
    audit.record("withdrawal.print", actor=actor(), now=clock.now(), case_id=case.id, subject=one)
    content = documents.withdrawal_pdf(one, lang=lang, printed_at=clock.now())
    commit_now()
    return paper(content, case)


@bp.get("/cases/<uuid:case_id>/consents/<uuid:consent_id>.pdf")
@requires(Permission.RIGHTS_RECORD)
def consent_copy(case_id: UUID, consent_id: UUID) -> Response:
    """The person’s copy of a living consent, in large type with pictures."""
    case, lang = case_of(case_id), request.args.get("lang", "")
    one, recipients = next((pair for pair in queries.copied(case) if pair[0].id == consent_id), None) or abort(404)
    lang = lang if lang in current_app.config["SETTINGS"].languages else page_language()
    audit.record("consent.copy", actor=actor(), now=clock.now(), case_id=case.id, subject=one)
    drawn = drawn_signature(one, actor=actor(), now=clock.now()) if may_see_marks(actor(), case.id) else None
    paper_of = partial(copies.consent_copy_pdf, one, recipients, case_code=case.code, lang=lang)
    content = paper_of(printed_at=clock.now(), signature=drawn)
    commit_now()
    return paper(content, case)
