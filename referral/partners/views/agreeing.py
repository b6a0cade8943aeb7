"""An agreement moves on: drafted, edited, discussed, sent on, suspended, amended; `signing` signs and decides."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.consent.acts import purpose_words
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import translate
from referral.foundation.idempotency import idempotent
from referral.partners import wording
from referral.partners.actions import agreeing
from referral.partners.models import Agreement
from referral.partners.queries import agreements as queries
from referral.partners.queries import organization
from referral.partners.rules import agreements as rules
from referral.partners.rules.agreements import CLAUSES, MEASURES, AgreementAction, AgreementState, StopReason
from referral.partners.schemas import agreements as schemas
from referral.partners.schemas.agreements import Reading
from referral.partners.views import bp
from referral.partners.views.agreements import agreement_page, find
from sop.vocabulary import N_, SENSITIVE, Message

ID = "/agreements/<uuid:agreement_id>"


@bp.route("/agreements/new", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
@idempotent
def new_agreement() -> Any:
    """A new draft from the country's template: between whom?"""
    choices = [(str(one), name) for one, name in queries.organizations()]
    if request.method == "GET":
        return _new(choices, Reading({}, {}))
    reading = schemas.read_parties(request.form, {one: UUID(one) for one, _name in choices})
    if reading.errors:
        return _new(choices, reading), 422
    parties = [organization(reading.values[side]) or abort(404) for side in ("holder", "partner")]
    one = agreeing.draft(*parties, actor=actor(), now=clock.now())
    flash(_("The draft is made from the template. Fill in the annex, then open the negotiation."), "success")
    return redirect(url_for("partners.edit_agreement", agreement_id=one.id), code=303)


def _new(choices: list[tuple[str, str]], reading: Reading) -> str:
    offered = [("", N_("Choose")), *choices]
    return render_template("partners/agreement_new.html", choices=offered, typed=reading.typed, errors=reading.errors)


@bp.route(f"{ID}/edit", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
@idempotent
def edit_agreement(agreement_id: UUID) -> Any:
    """Change the text and the annex while nobody has signed."""
    one, languages = find(agreement_id), current_app.config["SETTINGS"].languages
    if one.state not in rules.TEXT_OPEN:
        abort(404 if request.method == "GET" else 409)
    if request.method == "GET":
        return _edit(one, Reading(typed_of(one), {}, one.version))
    reading = schemas.read_text(request.form, regions=frozenset(wording.regions()), languages=languages)
    if reading.errors:
        return _edit(one, reading), 422
    wanted = agreeing.Wanted(**reading.values)
    try:
        agreeing.edit(one, wanted, version=reading.version, actor=actor(), now=clock.now())
    except agreeing.StaleAgreement:
        return _edit(one, reading, stale=True), 409
    flash(_("The text is saved."), "success")
    return redirect(url_for("partners.agreement", agreement_id=one.id), code=303)


def typed_of(one: Agreement) -> dict[str, Any]:
    """What the fields of the form hold for an agreement."""
    terms = one.promised.kept()
    typed = {name: "" if terms[name] is None else terms[name] for name in (*schemas.LINES, *schemas.WHOLE)}
    typed |= {name: terms[name] for name in ("regions", "measures", "renewal")}
    typed |= {name: getattr(one, name) for name in ("categories", "purposes", "cross_border", "transfer_authorised")}
    typed |= _parts("since", one.effective_from) | _parts("until", one.effective_until) | {"onward": one.onward}
    for key in CLAUSES:
        for language in current_app.config["SETTINGS"].languages:
            typed[f"{key}-{language}"] = one.clauses.get(key, {}).get(language, "")
    return typed


def _parts(name: str, day: date | None) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(day, part)) if day else "" for part in schemas.PARTS}


def _edit(one: Agreement, reading: Reading, *, stale: bool = False) -> str:
    return render_template(
        "partners/agreement_edit.html",
        one=one,
        typed=reading.typed,
        errors=reading.errors,
        version=one.version if stale else reading.version,
        stale=stale,
        languages=current_app.config["SETTINGS"].languages,
        clauses=[(key, rules.CLAUSE_LABELS[key]) for key in CLAUSES],
        plain=[(category.value, category) for category in schemas.SHARED if category not in SENSITIVE],
        sensitive=[(category.value, category) for category in schemas.SHARED if category in SENSITIVE],
        purposes=[(purpose, purpose_words(purpose)) for purpose in schemas.PURPOSES],
        regions=list(wording.regions().items()),
        measures=list(MEASURES.items()),
    )


@bp.post(f"{ID}/comments")
@requires(Permission.AGREEMENT_NEGOTIATE)
@idempotent
def comment_agreement(agreement_id: UUID) -> Any:
    """A party's remark on a clause."""
    one = find(agreement_id)
    if queries.side_of(one, actor()) is None:
        abort(404)
    if one.state is not AgreementState.NEGOTIATION:
        abort(409)
    reading = schemas.read_remark(request.form, clause=True)
    if reading.errors:
        return agreement_page(one, reading), 422
    made = agreeing.comment(one, **reading.values, actor=actor(), now=clock.now())
    flash(_("Thank you. The coordination will answer here."), "success")
    return redirect(url_for("partners.agreement", agreement_id=one.id, _anchor=f"c-{made.id}"), code=303)


@bp.post(f"{ID}/comments/<uuid:comment_id>/answer")
@requires(Permission.AGREEMENT_EDIT)
@idempotent
def answer_agreement(agreement_id: UUID, comment_id: UUID) -> Any:
    """The coordination's answer to a remark."""
    one = find(agreement_id)
    asked = queries.comment_of(one, comment_id) or abort(404)
    if one.state is not AgreementState.NEGOTIATION:
        abort(409)
    reading = schemas.read_remark(request.form, clause=False)
    if reading.errors:
        return agreement_page(one, Reading({}, {}), answering=reading, asked=str(asked.id)), 422
    agreeing.answer(one, asked, reading.values["text"], actor=actor(), now=clock.now())
    flash(_("The answer is recorded."), "success")
    return redirect(url_for("partners.agreement", agreement_id=one.id, _anchor=f"c-{asked.id}"), code=303)


@bp.route(f"{ID}/<any(open_negotiation, send_to_review, send_back, resume, terminate):action>", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
@idempotent
def move_agreement(agreement_id: UUID, action: str) -> Any:
    """One of the coordination's moves: what will happen, then the act itself."""
    return _move(find(agreement_id), AgreementAction(action))


@bp.route(f"{ID}/suspend", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_STOP)
@idempotent
def suspend_agreement(agreement_id: UUID) -> Any:
    """Stop everything under it at once, with a reason."""
    return _move(find(agreement_id), AgreementAction.SUSPEND)


def _move(one: Agreement, action: AgreementAction) -> Any:
    if rules.after(one.state, action) is None:
        abort(404 if request.method == "GET" else 409)
    if request.method == "GET":
        return _ask(one, action, Reading({}, {}, one.version))
    asks = action in rules.NEEDS_REASON
    reading = schemas.read_reason(request.form) if asks else Reading({}, {}, schemas.version_of(request.form))
    if reading.errors:
        return _ask(one, action, reading), 422
    stamp: dict[str, Any] = {"actor": actor(), "now": clock.now(), "today": clock.today()}
    try:
        agreeing.move(one, action, version=reading.version, **reading.values, **stamp)
    except agreeing.StaleAgreement:
        return _ask(one, action, reading, stale=True), 409
    flash(_("Done. The agreement is now: %(state)s.", state=translate(one.state)), "success")
    return redirect(url_for("partners.agreement", agreement_id=one.id), code=303)


def _ask(one: Agreement, action: AgreementAction, reading: Reading, *, stale: bool = False) -> str:
    """The page that says what a move will do, and asks once."""
    stops = action in rules.NEEDS_REASON and one.state is AgreementState.ACTIVE
    return render_template(
        "partners/agreement_move.html",
        one=one,
        action=action,
        refusals=against(one, action),
        typed=reading.typed,
        errors=reading.errors,
        stale=stale,
        asks=action in rules.NEEDS_REASON,
        reason_choices=[(reason.value, reason.label) for reason in StopReason],
        stopping=(ending := queries.stopping(one) if stops else []),
        stopping_codes=queries.stopping_codes(ending, actor(), one),
    )


def against(one: Agreement, action: AgreementAction) -> tuple[Message, ...]:
    """What stands against a move now."""
    return rules.refusals(action, agreeing.standing(one), clock.today())


@bp.route(f"{ID}/amend", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
@idempotent
def amend_agreement(agreement_id: UUID) -> Any:
    """A new draft with the same text: an amendment or a renewal, which replaces this one once it is in force."""
    one = find(agreement_id)
    if one.state not in (*rules.IN_FORCE, AgreementState.EXPIRED):
        abort(404 if request.method == "GET" else 409)
    if request.method == "GET":
        return render_template("partners/agreement_amend.html", one=one)
    made = agreeing.amend(one, actor=actor(), now=clock.now())
    flash(
        _("The draft is made. %(reference)s stays in force until it is replaced.", reference=one.reference), "success"
    )
    return redirect(url_for("partners.edit_agreement", agreement_id=made.id), code=303)
