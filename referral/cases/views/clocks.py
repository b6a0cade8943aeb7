"""The clock of a step: stopped for a reason from a closed list, and let run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.cases.actions import progress
from referral.cases.models import Case, CaseNeed
from referral.cases.queries.clocks import refusal_of, standing_clocks
from referral.cases.queries.progress import find_todo
from referral.cases.rules import STOPPABLE
from referral.cases.schemas import CHOOSE, uuid_from, version_of
from referral.cases.views import bp
from referral.cases.views.reading import find_case
from referral.errors import RuleViolation
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.procedures import queries as procedures
from sop import engine
from sop.agenda import Todo
from sop.deadlines import Pause, PauseReason


@dataclass(frozen=True, slots=True)
class Place:
    """One active step of a case with its clock."""

    case: Case
    item: Todo
    need: CaseNeed | None
    pause: Pause | None


@bp.get("/cases/<uuid:case_id>/steps/<step>/clock", endpoint="clock")
@requires(Permission.CASE_WORK, reads_person=True)
def clock_page(case_id: UUID, step: str) -> Any:
    """Stop the clock of a step, or let it run again."""
    place = _find(case_id, step)
    audit.record("case.clock.read", actor=actor(), now=clock.now(), case_id=case_id, code=step)
    return _page(place, {}, 200)


@bp.post("/cases/<uuid:case_id>/steps/<step>/clock", endpoint="clock_post")
@requires(Permission.CASE_WORK)
@idempotent
def clock_post(case_id: UUID, step: str) -> Any:
    """Stop the clock for the chosen reason, or let it run again; a stale page is shown again."""
    place = _find(case_id, step, lock=True)
    if version_of(request.form) != place.case.version:
        return _page(place, {}, 409)
    need = place.item.need
    if request.form.get("do") == "resume":
        event, done = engine.resumed(step, need), _("The clock runs again.")
    else:
        reason = next((one for one in STOPPABLE if one.value == request.form.get("reason")), None)
        if reason is None:
            return _page(place, {"reason": CHOOSE}, 422)
        event, done = engine.paused(step, need, reason), _("The clock of this step stands.")
    refusal = refusal_of(place.case, event, clock.now())
    if refusal is not None:
        raise RuleViolation(refusal)
    progress.happen(place.case, event, actor=actor(), now=clock.now())
    flash(done, "success")
    return redirect(url_for("cases.show", case_id=case_id), code=303)


def _find(case_id: UUID, step: str, *, lock: bool = False) -> Place:
    case, of = find_case(case_id, lock=lock), request.args.get("of", "")
    need = next((one for one in case.needs if one.id == uuid_from(of)), None)
    if of and need is None:
        abort(404)
    code = need.need.value if need else None
    item = find_todo(case, step, code, clock.now(), lang=page_language())
    if item is None:
        raise RuleViolation(progress.NOT_NOW)
    return Place(case, item, need, standing_clocks(case).get((step, code)))


def _page(place: Place, errors: dict[str, Any], status: int) -> Any:
    step, need = place.item.step, place.item.need
    event = engine.resumed(step, need) if place.pause else engine.paused(step, need, PauseReason.ASKED)
    page = render_template(
        "cases/clock.html",
        case=place.case,
        place=place,
        step=procedures.flowchart(place.case.procedure_version_id).steps[step],
        refusal=refusal_of(place.case, event, clock.now()),
        choices=[(reason.value, label) for reason, label in STOPPABLE.items()],
        typed=request.form,
        errors=errors,
        stale=status == 409,
    )
    return page, status
