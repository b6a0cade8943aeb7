"""What the organisation must be able to show: register of processing, log of breaches, impact assessment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.foundation.national import periods
from referral.foundation.transactions import commit_now
from referral.periods import rows
from referral.rights import letters, queries, register
from referral.rights.actions import breaching
from referral.rights.breaches import BreachKind, BreachStep, missing_steps
from referral.rights.processing import DPIA, REGISTER, DpiaAnswer
from referral.rights.schemas import Reading, read_assessment, read_breach
from referral.rights.views import bp
from sop.vocabulary import Category

DECIDES = Permission.RIGHTS_DECIDE


@bp.get("/rights/processing")
@requires(DECIDES)
def processing() -> str:
    """The register of processing, and transfers abroad with their authorisation."""
    transfers = queries.authorised_transfers(clock.today())
    return render_template("rights/processing.html", activities=REGISTER, transfers=transfers, periods=rows(periods()))


@bp.get("/rights/register.xlsx")
@requires(DECIDES)
def register_workbook() -> Response:
    """The whole register as a workbook, in the language of the page."""
    now = clock.now()
    audit.record("register.export", actor=actor(), now=now, code="XLSX")
    content = register.workbook(clock.today())
    commit_now()
    answer = Response(content, mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer.headers["Content-Disposition"] = f'attachment; filename="register-{clock.today()}.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/rights/breaches", methods=["GET", "POST"])
@requires(DECIDES)
@idempotent
def breaches() -> Any:
    """The log of breaches, and a form to write one into it."""
    if request.method == "GET":
        return _breaches(Reading({}, {}))
    reading = read_breach(request.form, now=clock.now(), zone=clock.zone())
    if reading.errors:
        return _breaches(reading), 422
    one = breaching.report(**reading.values, actor=actor(), now=clock.now())
    flash(_("Recorded as %(number)s. Contain it first, then tell the Authority in time.", number=one.number), "success")
    return redirect(url_for("rights.breaches", _anchor=one.number), code=303)


def _breaches(reading: Reading) -> str:
    return render_template(
        "rights/breaches.html",
        rows=queries.breaches(),
        steps=list(BreachStep),
        missing=missing_steps,
        now=clock.now(),
        typed=reading.typed,
        errors=reading.errors,
        kind_choices=[(kind.value, kind.label) for kind in BreachKind],
        category_choices=[(one.value, one) for one in Category if one is not Category.C0],
    )


@bp.post("/rights/breaches/<uuid:breach_id>/<any(contained, authority, persons, closed):step>")
@requires(DECIDES)
@idempotent
def breach_step(breach_id: UUID, step: str) -> Any:
    """Record that something was done about a breach."""
    one = queries.breach(breach_id) or abort(404)
    breaching.take_step(one, BreachStep(step), actor=actor(), now=clock.now())
    return redirect(url_for("rights.breaches", _anchor=one.number), code=303)


@bp.get("/rights/breaches/<uuid:breach_id>.pdf")
@requires(DECIDES)
def breach_letter(breach_id: UUID) -> Response:
    """The notice to the Authority, ready to sign."""
    return _letter(breach_id, letters.breach_letter, "authority")


@bp.get("/rights/breaches/<uuid:breach_id>/persons.pdf")
@requires(DECIDES)
def breach_persons(breach_id: UUID) -> Response:
    """What the persons concerned are told: one text, no name."""
    return _letter(breach_id, letters.persons_letter, "persons")


def _letter(breach_id: UUID, write: Callable[..., bytes], to: str) -> Response:
    one = queries.breach(breach_id) or abort(404)
    lang = request.args.get("lang", "")
    lang = lang if lang in current_app.config["SETTINGS"].languages else page_language()
    audit.record("breach.print", actor=actor(), now=clock.now(), subject=one, code=one.number, to=to)
    content = write(one, lang=lang, printed_at=clock.now())
    commit_now()
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{one.number}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/rights/assessment", methods=["GET", "POST"])
@requires(DECIDES)
@idempotent
def assessment() -> Any:
    """The impact assessment: a checklist with its answers; older answers are kept."""
    if request.method == "GET":
        kept = queries.assessment()
        typed = {code: line.answer.value for code, line in kept.items()}
        return _assessment(Reading(typed | {f"{code}-note": line.note for code, line in kept.items()}, {}))
    reading = read_assessment(request.form)
    if reading.errors:
        return _assessment(reading), 422
    breaching.assess(reading.values["answers"], actor=actor(), now=clock.now())
    flash(_("The assessment is saved."), "success")
    return redirect(url_for("rights.assessment"), code=303)


def _assessment(reading: Reading) -> str:
    return render_template(
        "rights/assessment.html",
        questions=DPIA,
        typed=reading.typed,
        errors=reading.errors,
        answer_choices=[(one.value, one.label) for one in DpiaAnswer],
    )
