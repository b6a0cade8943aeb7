"""The directory's calendar: Ramadan, rainy seasons and decreed days off, which the hours of services depend on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from directory.seasons import EXPECTED, Kind
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.providers import actions, queries
from referral.providers.calendar_models import CalendarPeriod
from referral.providers.coverage_schemas import ENDS_FIRST, line_of
from referral.providers.queries import seasons
from referral.providers.rules import PeriodKind
from referral.providers.schemas import CHOOSE, NOT_A_DAY, Reading, day_of
from referral.providers.views import bp
from sop.vocabulary import N_, Message

LONGEST_LABEL, LONGEST_DAYS, FARTHEST_YEARS = 120, 300, 20
SAY_BOTH = Message("say_both_days", N_("say the first and the last day"))
TOO_LONG = Message("period_too_long", N_("longer than ten months"))
SAY_LABEL = Message("say_label", N_("write its name, at most 120 characters"))
PAST = timedelta(366)


@bp.route("/directory/calendar", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_COORDINATE)
@idempotent
def calendar_periods() -> Any:
    """What is written down, what is expected, and a new period."""
    regions = _regions()
    typed, errors = {}, {}
    if request.method == "POST":
        reading = read_period(request.form, regions=dict(regions), today=clock.today())
        if not reading.errors:
            actions.add_period(**reading.values, actor=actor(), now=clock.now())
            flash(_("Noted."), "success")
            return redirect(url_for("providers.calendar_periods"), code=303)
        typed, errors = reading.typed, reading.errors
    page = render_template(
        "providers/calendar.html", rows=seasons.written(clock.today() - PAST), expected=_expected(), typed=typed,
        errors=errors, names=dict(regions), kinds=[(one.value, one.label) for one in PeriodKind],
        region_choices=[("", _("the whole country")), *regions],
    )  # fmt: skip
    return page, 422 if errors else 200


@bp.post("/directory/calendar/<uuid:period_id>/remove")
@requires(Permission.DIRECTORY_COORDINATE)
@idempotent
def remove_period(period_id: UUID) -> Any:
    """Take a period off the list."""
    row = db.session.get(CalendarPeriod, period_id) or abort(404)
    actions.remove_period(row, actor=actor(), now=clock.now())
    flash(_("Removed."), "success")
    return redirect(url_for("providers.calendar_periods"), code=303)


def _regions() -> list[tuple[str, str]]:
    """The regions of the country by their names."""
    english = page_language() == "en"
    found = [one for one in queries.known_places() if one.level == 1]
    return sorted(((one.pcode, one.name_en if english and one.name_en else one.name) for one in found),
                  key=lambda one: one[1])  # fmt: skip


def _expected() -> list[Any]:
    """Ramadan as it is expected, of this year and the next ones, where nobody wrote it down."""
    today = clock.today()
    coming = [one for one in seasons.periods() if one.kind is Kind.RAMADAN and one.ends >= today and one in EXPECTED]
    return coming[:2]


def read_period(posted: Mapping[str, str], *, regions: Mapping[str, str], today: date) -> Reading:
    """Which period, from when to when, where; a day off has a name."""
    typed = {name: value[:400] for name, value in posted.items()}
    for name in ("kind", "pcode", "label"):
        typed[name] = line_of(posted, name)[:400]
    errors: dict[str, Message] = {}
    if typed["kind"] not in list(PeriodKind):
        errors["kind"] = CHOOSE
    if typed["pcode"] and typed["pcode"] not in regions:
        errors["pcode"] = CHOOSE
    if len(typed["label"]) > LONGEST_LABEL or (typed["kind"] == PeriodKind.HOLIDAY and not typed["label"]):
        errors["label"] = SAY_LABEL
    starts, ends = _days(typed, errors, today)
    if errors or starts is None or ends is None:
        return Reading(typed, {}, 0, errors)
    kind = PeriodKind(typed["kind"])
    where = "" if kind is PeriodKind.HOLIDAY else typed["pcode"]
    values = {"kind": kind, "starts_on": starts, "ends_on": ends, "pcode": where, "label": typed["label"]}
    return Reading(typed, values, 0, {})


def _days(typed: Mapping[str, str], errors: dict[str, Message], today: date) -> tuple[date | None, date | None]:
    found: dict[str, date | None] = {"starts": None, "ends": None}
    for name in found:
        try:
            found[name] = day_of(typed, name)
        except ValueError:
            errors[name] = NOT_A_DAY
    starts, ends = found["starts"], found["ends"]
    if errors.keys() & found.keys():
        return None, None
    ends = ends or starts
    if starts is None or ends is None:
        errors["starts"] = SAY_BOTH
    elif ends < starts:
        errors["ends"] = ENDS_FIRST
    elif (ends - starts).days > LONGEST_DAYS:
        errors["ends"] = TOO_LONG
    elif abs(starts.year - today.year) > FARTHEST_YEARS:
        errors["starts"] = NOT_A_DAY
    return starts, ends
