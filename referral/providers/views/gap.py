"""Closing gaps: who promised it, by which day, what closed it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from directory.undertakings import UndertakingState
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.providers import actions, gap_schemas
from referral.providers.actions.promising import IS_CLOSED, NOT_CONFIRMED, TO_CLOSE
from referral.providers.coverage_models import GapUndertaking
from referral.providers.queries import coverage as queries
from referral.providers.queries import gaps
from referral.providers.views import bp
from referral.providers.views.coverage import COORDINATE, READ, cell_page, scene_of
from sop.vocabulary import NEED_LABELS, Need


@bp.get("/directory/coverage/gaps")
@requires(READ)
def undertakings() -> Any:
    """Every gap that somebody promised to close, the earliest day first, then those that were closed."""
    found = queries.scene(clock.now())
    return render_template(
        "providers/undertakings.html", rows=gaps.standing_undertakings(), closed=gaps.closed_undertakings(),
        found=found, language=page_language(), need_labels=NEED_LABELS, today=clock.today(), states=_states(found),
        tab=request.endpoint, coordinates=can(COORDINATE),
    )  # fmt: skip


def _states(found: queries.Scene) -> dict[tuple[str, str], Any]:
    """What the cells of regions are today, so that a gap that was closed in fact is seen."""
    return {place: cell.state for place, cell in queries.matrix(found).cells.items()}


@bp.post("/directory/coverage/<need>/<pcode>/owner")
@requires(COORDINATE)
@idempotent
def undertake(need: str, pcode: str) -> Any:
    """Say who closes a confirmed gap and by when, or change that."""
    found, table = scene_of(need, pcode)
    if table.cells[need, pcode].state not in TO_CLOSE and not gaps.undertakings_in([pcode]).get((need, pcode)):
        raise RuleViolation(NOT_CONFIRMED)
    people, houses = gaps.coordinators(), queries.organizations()
    reading = gap_schemas.read_undertaking(
        request.form, people=[one.id for one in people], organizations=[one for one, _name in houses],
        today=clock.today(),
    )  # fmt: skip
    if reading.errors:
        return cell_page(found, table, need, pcode, typed=reading.typed, errors=reading.errors), 422
    actions.undertake(Need(need), pcode, **reading.values, actor=actor(), now=clock.now())
    flash(_("Noted. The owner is reminded a week before the day, on the day, and while it is late."), "success")
    return redirect(url_for("providers.coverage_cell", need=need, pcode=pcode) + "#closing", code=303)


@bp.post("/directory/coverage/gaps/<uuid:undertaking_id>")
@requires(COORDINATE)
@idempotent
def move_undertaking(undertaking_id: UUID) -> Any:
    """In hand, or closed with what closed it."""
    row = db.session.get(GapUndertaking, undertaking_id) or abort(404)
    if row.closed_at is not None:
        raise RuleViolation(IS_CLOSED)
    if request.form.get("do") == "in_hand":
        actions.take_in_hand(row, actor=actor(), now=clock.now())
    else:
        reading = gap_schemas.read_closing(request.form)
        if reading.errors:
            found, table = scene_of(row.need.value, row.pcode)
            page = cell_page(found, table, row.need.value, row.pcode, typed=reading.typed, errors=reading.errors)
            return page, 422
        actions.close_gap(row, reading.values["closed_with"], actor=actor(), now=clock.now())
    flash(_("Closed.") if row.state is UndertakingState.CLOSED else _("Noted."), "success")
    return redirect(url_for("providers.coverage_cell", need=row.need.value, pcode=row.pcode) + "#closing", code=303)
