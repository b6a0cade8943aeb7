"""An agreement is signed by both parties, on screen or on paper, and put in force by the committee’s decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.errors import RuleViolation
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.foundation.media import Limits
from referral.partners.actions import agreeing
from referral.partners.models import Agreement
from referral.partners.queries import agreements as queries
from referral.partners.rules import agreements as rules
from referral.partners.rules.agreements import AgreementAction, Side
from referral.partners.schemas import agreements as schemas
from referral.partners.schemas import signatures
from referral.partners.schemas.agreements import Reading
from referral.partners.views import bp
from referral.partners.views.agreeing import ID, against
from referral.partners.views.agreements import find


@bp.route(f"{ID}/activate", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_DECIDE)
@idempotent
def activate_agreement(agreement_id: UUID) -> Any:
    """Put it in force, with the number and the day of the committee's decision."""
    one = find(agreement_id)
    if rules.after(one.state, AgreementAction.ACTIVATE) is None:
        abort(404 if request.method == "GET" else 409)
    if request.method == "GET":
        return _activate(one, Reading({}, {}, one.version))
    reading = schemas.read_decision(request.form, today=clock.today())
    if reading.errors:
        return _activate(one, reading), 422
    stamp: dict[str, Any] = {"actor": actor(), "now": clock.now(), "today": clock.today()}
    try:
        agreeing.activate(one, **reading.values, version=reading.version, **stamp)
    except agreeing.StaleAgreement:
        return _activate(one, reading, stale=True), 409
    flash(_("The decision is recorded: the agreement is in force."), "success")
    return redirect(url_for("partners.agreement", agreement_id=one.id), code=303)


def _activate(one: Agreement, reading: Reading, *, stale: bool = False) -> str:
    return render_template(
        "partners/agreement_activate.html",
        one=one,
        refusals=against(one, AgreementAction.ACTIVATE),
        typed=reading.typed,
        errors=reading.errors,
        stale=stale,
    )


@bp.route(f"{ID}/sign", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_NEGOTIATE, uploads=True)
@idempotent
def sign_agreement(agreement_id: UUID) -> Any:
    """A party signs on the screen, with an account of its own."""
    one = find(agreement_id)
    side = queries.side_of(one, actor()) or abort(404)
    if rules.after(one.state, AgreementAction.SIGN) is None or side in queries.standing(one).signed:
        abort(404 if request.method == "GET" else 409)
    if request.method == "GET":
        return _sign(one, Reading(_signer(one, side), {}, one.version), side)
    reading = signatures.read_on_screen(request.form, request.files, _limits(), today=clock.today())
    return _signed(one, reading, side, on_screen=True)


@bp.route(f"{ID}/scan", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT, uploads=True)
@idempotent
def scan_agreement(agreement_id: UUID) -> Any:
    """The coordination records a party's signature from the signed paper, with its scan."""
    one = find(agreement_id)
    if rules.after(one.state, AgreementAction.SIGN) is None:
        abort(404 if request.method == "GET" else 409)
    if request.method == "GET":
        return _sign(one, Reading({}, {}, one.version))
    reading = signatures.read_on_paper(request.form, request.files, _limits(), today=clock.today())
    side = Side(reading.typed["side"]) if "side" not in reading.errors else None
    return _signed(one, reading, side, on_screen=False)


def _limits() -> Limits:
    limits: Limits = current_app.config["SETTINGS"].upload_limits
    return limits


def _signed(one: Agreement, reading: Reading, side: Side | None, *, on_screen: bool) -> Any:
    """Record a signature, or show the form again with what is wrong."""
    shown = side if on_screen else None
    if reading.values["text"] != agreeing.text_hash(one):
        signatures.under_another_text(reading)
        return _sign(one, reading, shown), 409
    if reading.errors or side is None:
        return _sign(one, reading, shown), 422
    try:
        agreeing.sign(one, side, **reading.values, version=reading.version, actor=actor(), now=clock.now())
    except agreeing.StaleAgreement:
        return _sign(one, reading, shown, stale=True), 409
    except RuleViolation as refused:
        reading.errors["text" if on_screen else "side"] = refused.message
        return _sign(one, reading, shown), 422
    flash(
        _("Your organisation has signed.") if on_screen else _("The signature is recorded, with its scan."), "success"
    )
    return redirect(url_for("partners.agreement", agreement_id=one.id), code=303)


def _signer(one: Agreement, side: Side) -> dict[str, Any]:
    terms = one.promised.kept()
    return {name: terms[f"{side.value}_{name}"] for name in ("representative", "function")}


def _sign(one: Agreement, reading: Reading, side: Side | None = None, *, stale: bool = False) -> str:
    signed = queries.standing(one).signed
    return render_template(
        "partners/agreement_sign.html",
        one=one,
        side=side,
        side_choices=[(each.value, each.label) for each in Side if each not in signed],
        typed=reading.typed,
        errors=reading.errors,
        stale=stale,
        text_hash=agreeing.text_hash(one),
        today=clock.today(),
        on_screen=side is not None,
    )
