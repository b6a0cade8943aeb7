"""Notices of the coordination over an area: write one, prolong it, end it, and those that were."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from directory.area_notices import CrisisKind, Effect
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.i18n import page_language, translate
from referral.foundation.idempotency import idempotent
from referral.providers import actions, notice_schemas, queries
from referral.providers.actions.warning import IS_OVER
from referral.providers.notice_models import AreaNotice, announced
from referral.providers.queries import area_notices as notices
from referral.providers.queries.organizations import unit_name
from referral.providers.views import bp
from referral.providers.views.upkeep import COORDINATE


@bp.route("/directory/notices", methods=["GET", "POST"])
@requires(COORDINATE)
@idempotent
def area_notices() -> Any:
    """The notices, those that run first, and a new one."""
    typed, errors = {}, {}
    if request.method == "POST":
        reading = notice_schemas.read_area_notice(request.form, queries.known_places(), today=clock.today())
        if not reading.errors:
            return _announced(reading.values)
        typed, errors = reading.typed, reading.errors
    return _page(typed, errors), 422 if errors else 200


def _page(typed: Any, errors: Any, *, at: UUID | None = None) -> str:
    """The page with what was typed; `at` is the notice whose last day was wrong."""
    today, rows = clock.today(), notices.area_notices()
    return render_template(
        "providers/area_notices.html", typed=typed, errors=errors, at=at, today=today, names=_names(rows),
        running=[one for one in rows if one.ended_at is None and one.ends_on >= today],
        past=[one for one in rows if one.ended_at is not None or one.ends_on < today],
        kinds=[(one.value, one.label) for one in CrisisKind], effects=[(one.value, one.label) for one in Effect],
        touched=_touched(rows, today), tab=request.endpoint, coordinates=can(COORDINATE), language=page_language(),
    )  # fmt: skip


def _names(rows: list[AreaNotice]) -> dict[UUID, str]:
    language = page_language()
    return {row.id: ", ".join(unit_name(code, language) or code for code in row.pcodes) for row in rows}


def _touched(rows: list[AreaNotice], today: Any) -> dict[UUID, tuple[int, int]]:
    """Of each notice that runs: how many entries it touches, and how many of them were confirmed since it began."""
    offers = queries.snapshot(clock.now()).listed
    found = {}
    for row in rows:
        if row.ended_at is None and row.ends_on >= today:
            one = announced(row)
            there = [offer for offer in offers if one in offer.area_notices]
            found[row.id] = (len(there), sum(one.confirmed(offer.verified) for offer in there))
    return found


def _announced(values: dict[str, Any]) -> Any:
    places = ", ".join(unit_name(code, page_language()) for code in values["pcodes"])
    name = _("%(kind)s: %(places)s", kind=translate(values["kind"].label), places=places)[:120]
    actions.announce(**values, campaign=name, actor=actor(), now=clock.now())
    flash(_("Published. It ends by itself after its last day."), "success")
    return redirect(url_for("providers.area_notices"), code=303)


@bp.post("/directory/notices/<uuid:notice_id>")
@requires(COORDINATE)
@idempotent
def move_area_notice(notice_id: UUID) -> Any:
    """Another last day, or the end."""
    row = db.session.get(AreaNotice, notice_id) or abort(404)
    if row.ended_at is not None or row.ends_on < clock.today():
        raise RuleViolation(IS_OVER)
    if request.form.get("do") == "end":
        actions.end_area_notice(row, actor=actor(), now=clock.now())
    else:
        reading = notice_schemas.read_last_day(request.form, starts_on=row.starts_on, today=clock.today())
        if reading.errors:
            return _page(reading.typed, reading.errors, at=row.id), 422
        actions.prolong_notice(row, reading.values["ends_on"], actor=actor(), now=clock.now())
    flash(_("Noted."), "success")
    return redirect(url_for("providers.area_notices"), code=303)
