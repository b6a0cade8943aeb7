"""Two organisations side by side: one is shown for both, or they are not the same; and taking a merge back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.idempotency import idempotent
from referral.partners.models import Organization
from referral.providers import actions
from referral.providers.actions import choosing, joining
from referral.providers.doubles_models import OrganizationPair
from referral.providers.queries import bodies as queries
from referral.providers.rules import ORGANIZATION_FIELDS, Section, Whose
from referral.providers.side_by_side import Compared
from referral.providers.upkeep_schemas import read_double
from referral.providers.views import bp
from referral.providers.views.doubles import COORDINATE, compared, tell_what_stays
from referral.providers.words import field_label, plain


@bp.get("/directory/doubles/organisations/<uuid:pair_id>")
@requires(COORDINATE)
def double_body(pair_id: UUID) -> Any:
    """Two organisations side by side."""
    return _page(queries.find_pair(pair_id) or abort(404), {})


@bp.post("/directory/doubles/organisations/<uuid:pair_id>")
@requires(COORDINATE)
@idempotent
def decide_double_body(pair_id: UUID) -> Any:
    """One organisation, keep this one; or not the same."""
    pair = queries.find_pair(pair_id, lock=True) or abort(404)
    reading = read_double(request.form)
    if reading.errors:
        return _page(pair, reading.errors), 422
    kept = {"first": pair.first_id, "second": pair.second_id}.get(reading.values["answer"])
    stamp: dict[str, Any] = {"version": reading.version, "actor": actor(), "now": clock.now()}
    if kept is None:
        joining.tell_apart(pair, **stamp)
        flash(_("Saved: two organisations. The pair does not come back."), "success")
        return redirect(url_for("providers.doubles"), code=303)
    try:
        joining.merge(pair, kept, chosen=reading.values["chosen"], seen=reading.values["seen"], **stamp)
    except actions.StaleEntry:
        return _page(pair, {}, stale=True), 409
    flash(_("The directory shows one organisation for both now. This can be taken back."), "success")
    return redirect(url_for("providers.doubles"), code=303)


@bp.post("/directory/doubles/organisations/merges/<uuid:merge_id>/undo")
@requires(COORDINATE)
@idempotent
def undo_double_body(merge_id: UUID) -> Any:
    """Take a merge back."""
    made = queries.find_merge(merge_id, lock=True) or abort(404)
    tell_what_stays(joining.unmerge(made, actor=actor(), now=clock.now()))
    return redirect(url_for("providers.doubles"), code=303)


def _page(pair: OrganizationPair, errors: dict[str, Any], *, stale: bool = False) -> str:
    first, second = (db.session.get_one(Organization, one) for one in (pair.first_id, pair.second_id))
    found = joining.differences(first, second)
    bound = {Whose.FIRST.value: queries.standing(first.id), Whose.SECOND.value: queries.standing(second.id)}
    return render_template(
        "providers/double_body.html", first=first, second=second, lines=_lines(first, second), bound=bound,
        **compared(pair, found, choosing.of_one(found), errors, stale=stale),
    )  # fmt: skip


def _lines(first: Organization, second: Organization) -> list[Compared]:
    lines = []
    for name in ORGANIZATION_FIELDS:
        one, other = (_said(each, name) for each in (first, second))
        if one or other:
            agrees = one == other if one and other else None
            lines.append(Compared(field_label(name, Section.ORGANIZATION), name, one, other, agrees))
    return lines


def _said(one: Organization, name: str) -> tuple[str, ...]:
    value = getattr(one, name)
    return () if value in (None, "", []) else tuple(plain(value, name))
