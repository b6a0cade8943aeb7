"""Recipients confirm what they did with the data; for one without an account the case team records what it said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.cases.models import Case
from referral.consent.acts import purpose_words
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.foundation.navigation import only_when
from referral.foundation.transactions import commit_now
from referral.rights import letters
from referral.rights.actions import stopping
from referral.rights.models import StopNotice
from referral.rights.queries import withdrawals as queries
from referral.rights.schemas import Reading, read_said, read_stop
from referral.rights.stopping import StopAnswer, StopWay
from referral.rights.views import bp
from referral.rights.views.own_file import paper
from referral.rights.views.requests import case_of
from sop.vocabulary import Category

only_when("rights.stops", lambda user: queries.has_stops(user.organization_id))


@bp.get("/stops")
@requires(Permission.STOP_READ)
def stops() -> str:
    """Which data are to be given back or destroyed, and what was confirmed."""
    return _stops(Reading({}, {}))


@bp.post("/stops/<uuid:stop_id>")
@requires(Permission.STOP_ANSWER)
@idempotent
def confirm_stop(stop_id: UUID) -> Any:
    """Say what was done with the data."""
    one = queries.stop(actor(), stop_id) or abort(404)
    reading = read_stop(request.form)
    if reading.errors:
        return _stops(reading, stop_id), 422
    stopping.confirm_stop(one, **reading.values, actor=actor(), now=clock.now())
    flash(_("Thank you. It is recorded."), "success")
    return redirect(url_for("rights.stops"), code=303)


@bp.route("/cases/<uuid:case_id>/stops/<uuid:stop_id>", methods=["GET", "POST"])
@requires(Permission.RIGHTS_RECORD)
@idempotent
def record_stop(case_id: UUID, stop_id: UUID) -> Any:
    """Record on behalf of a recipient what it did with the data: who said so, how, on which day."""
    case = case_of(case_id)
    one = _waiting(case, stop_id)
    if request.method == "GET":
        return _record(case, one, Reading({}, {}))
    reading = read_said(request.form, told=one.told_on, today=clock.today())
    if reading.errors:
        return _record(case, one, reading), 422
    stopping.record_stop(one, **reading.values, actor=actor(), now=clock.now())
    flash(_("Recorded on behalf of %(name)s.", name=one.recipient.name), "success")
    return redirect(url_for("rights.case_rights", case_id=case.id, _anchor="withdrawals"), code=303)


@bp.get("/cases/<uuid:case_id>/stops/<uuid:stop_id>.pdf")
@requires(Permission.RIGHTS_RECORD)
def stop_letter(case_id: UUID, stop_id: UUID) -> Response:
    """The letter that asks a recipient to stop; codes only."""
    case, lang = case_of(case_id), request.args.get("lang", "")
    one = queries.stop_of_case(case.id, stop_id) or abort(404)
    lang = lang if lang in current_app.config["SETTINGS"].languages else page_language()
    audit.record("stop.print", actor=actor(), now=clock.now(), case_id=case.id, subject=one)
    content = letters.stop_letter(one, case_code=case.code, lang=lang, printed_at=clock.now())
    commit_now()
    return paper(content, case)


def _waiting(case: Case, stop_id: UUID) -> StopNotice:
    one = queries.stop_of_case(case.id, stop_id)
    return one if one is not None and queries.speaks_by_telephone(one, clock.today()) else abort(404)


def _record(case: Case, one: StopNotice, reading: Reading) -> str:
    return render_template(
        "rights/stop_said.html",
        case=case,
        one=one,
        purpose=purpose_words(one.purpose),
        categories=[Category(code) for code in one.categories],
        typed=reading.typed,
        errors=reading.errors,
        answer_choices=[(answer.value, answer.label) for answer in StopAnswer],
        way_choices=[(way.value, way.label) for way in StopWay],
    )


def _stops(reading: Reading, asked: UUID | None = None) -> str:
    return render_template(
        "rights/stops.html",
        waiting=queries.open_stops(actor()),
        answered=queries.answered_stops(actor()),
        answers=can(Permission.STOP_ANSWER),
        purpose=purpose_words,
        category=Category,
        asked=asked,
        typed=reading.typed,
        errors=reading.errors,
        answer_choices=[(one.value, one.label) for one in StopAnswer],
        today=clock.today(),
    )
