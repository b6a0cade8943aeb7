"""How the person of a case may be reached, and whether the name is protected."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.cases.models import Case
from referral.cases.views import bp
from referral.cases.views.reading import find_case, pairs
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.people.actions import relatives as acts
from referral.people.contact import SafeContact, Way
from referral.people.queries import relatives
from referral.people.relations import Protection
from referral.people.schemas import ContactSchema, ProtectionSchema

YES_NO = {True: "yes", False: "no"}


@bp.get("/cases/<uuid:case_id>/contact")
@requires(Permission.CASE_WORK, reads_person=True)
def contact(case_id: UUID) -> Any:
    """What the person said about being reached."""
    case = find_case(case_id)
    known = relatives.safe_contact(case.person_id)
    audit.record(
        "person.contact.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case, categories=["C2"]
    )
    return _contact_page(case, known, _typed(known), {})


@bp.post("/cases/<uuid:case_id>/contact")
@requires(Permission.CASE_WORK)
@idempotent
def contact_post(case_id: UUID) -> Any:
    """Keep it; when a colleague changed it in the meantime, both versions are shown."""
    case = find_case(case_id, lock=True)
    known = relatives.safe_contact(case.person_id)
    try:
        given = ContactSchema().load(request.form)
    except ValidationError as error:
        return _contact_page(case, known, request.form, error.messages_dict), 422
    if request.form.get("seen") != _seen(known):
        return _contact_page(case, known, request.form, {}, stale=True), 409
    acts.set_contact(case, given, actor=actor(), now=clock.now())
    flash(_("How the person may be reached is saved. Whoever sees the name or the number reads it first."), "success")
    return redirect(url_for("cases.show", case_id=case.id), 303)


@bp.get("/cases/<uuid:case_id>/protection")
@requires(Permission.IDENTITY_REVEAL)
def protection(case_id: UUID) -> Any:
    """Protect the name, or no longer."""
    return _protection_page(find_case(case_id), {})


@bp.post("/cases/<uuid:case_id>/protection")
@requires(Permission.IDENTITY_REVEAL)
@idempotent
def protection_post(case_id: UUID) -> Any:
    """Do it."""
    case = find_case(case_id, lock=True)
    if request.form.get("do") == "end":
        acts.protect(case, None, actor=actor(), now=clock.now())
        flash(_("The name is no longer protected."), "success")
        return redirect(url_for("cases.show", case_id=case.id), 303)
    try:
        why = ProtectionSchema().load(request.form)["why"]
    except ValidationError as error:
        return _protection_page(case, error.messages_dict), 422
    acts.protect(case, why, actor=actor(), now=clock.now())
    flash(_("The name is protected."), "success")
    return redirect(url_for("cases.show", case_id=case.id), 303)


def _typed(known: SafeContact | None) -> dict[str, Any]:
    if known is None:
        return {}
    return known.to_plain() | {"sms": YES_NO[known.sms], "visits": YES_NO[known.visits]}


def _seen(known: SafeContact | None) -> str:
    """A mark of what the page showed, to notice that it changed."""
    text = json.dumps(known.to_plain() if known else None, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _contact_page(
    case: Case, known: SafeContact | None, typed: Mapping[str, Any], errors: Any, *, stale: bool = False
) -> str:
    return render_template(
        "cases/contact.html",
        case=case,
        typed=typed,
        errors=errors,
        seen=_seen(known),
        now_said=known if stale else None,
        ways=pairs(Way),
    )


def _protection_page(case: Case, errors: Any) -> str:
    return render_template("cases/protection.html", case=case, errors=errors, reasons=pairs(Protection))
