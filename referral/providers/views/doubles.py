"""Double entries of the directory: the list, two entries side by side, what is decided, and taking a merge back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from directory.duplicates import Likeness
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.providers import actions
from referral.providers.actions import choosing
from referral.providers.doubles_models import OrganizationPair, ServicePair
from referral.providers.queries import bodies
from referral.providers.queries import doubles as queries
from referral.providers.rules import Section
from referral.providers.side_by_side import side_by_side
from referral.providers.upkeep_schemas import TAKE, read_double, uuid_or_none
from referral.providers.views import bp
from referral.providers.words import field_label
from sop.vocabulary import N_

COORDINATE = Permission.DIRECTORY_COORDINATE
TONES = {Likeness.DUPLICATE: "late", Likeness.REVIEW: "soon", Likeness.LOW: "info"}
LIKENESSES = {
    Likeness.DUPLICATE: N_("very probably the same"),
    Likeness.REVIEW: N_("probably the same"),
    Likeness.LOW: N_("perhaps the same"),
}
SHARED = {
    "name": N_("the same name"),
    "acronym": N_("the same acronym"),
    "registration": N_("the same registration number"),
    "phone": N_("the same telephone"),
    "email": N_("the same mail address or domain"),
    "website": N_("the same website"),
    "place": N_("the same place"),
    "need": N_("the same need"),
}
"""What two entries have in common, for people."""


@bp.get("/directory/doubles")
@requires(COORDINATE)
def doubles() -> Any:
    """Pairs that wait for an answer, what was told apart, and what can be taken back."""
    after, merged = (uuid_or_none(request.args.get(name, "")) for name in ("after", "merged"))
    merges, further = queries.merges(merged)
    return render_template(
        "providers/doubles.html", page=queries.waiting(after), after=after, apart=queries.told_apart(),
        merges=merges, further=further, merged=merged, tab=request.endpoint, houses=_houses(), **words(),
    )  # fmt: skip


@bp.get("/directory/doubles/<uuid:pair_id>")
@requires(COORDINATE)
def double(pair_id: UUID) -> Any:
    """Two entries side by side."""
    return _page(queries.find_pair(pair_id) or abort(404), {})


@bp.post("/directory/doubles/<uuid:pair_id>")
@requires(COORDINATE)
@idempotent
def decide_double(pair_id: UUID) -> Any:
    """The same service, keep this one; or not the same."""
    pair = queries.find_pair(pair_id, lock=True) or abort(404)
    reading = read_double(request.form)
    if reading.errors:
        return _page(pair, reading.errors), 422
    kept = {"first": pair.first_id, "second": pair.second_id}.get(reading.values["answer"])
    stamp: dict[str, Any] = {"version": reading.version, "actor": actor(), "now": clock.now()}
    if kept is None:
        actions.tell_apart(pair, **stamp)
        flash(_("Saved: two services. The pair does not come back."), "success")
        return redirect(url_for("providers.doubles"), code=303)
    try:
        actions.merge_entries(pair, kept, chosen=reading.values["chosen"], seen=reading.values["seen"], **stamp)
    except actions.StaleEntry:
        return _page(pair, {}, stale=True), 409
    flash(_("One entry stands for both now. This can be taken back below."), "success")
    return redirect(url_for("providers.doubles"), code=303)


@bp.post("/directory/doubles/merges/<uuid:merge_id>/undo")
@requires(COORDINATE)
@idempotent
def undo_double(merge_id: UUID) -> Any:
    """Take a merge back."""
    made = queries.find_merge(merge_id, lock=True) or abort(404)
    tell_what_stays(actions.unmerge(made, actor=actor(), now=clock.now()))
    return redirect(url_for("providers.doubles"), code=303)


def tell_what_stays(stay: list[tuple[Section, str]]) -> None:
    """Both entries are back; some fields of the kept one may have been changed since they were taken over."""
    if not stay:
        flash(_("Taken back: both entries are in the directory, each as it was."), "success")
        return
    labels = ", ".join(_(field_label(name, section)) for section, name in stay)
    flash(
        _("Taken back. What was changed since in the kept entry stays as it is now: %(fields)s.", fields=labels), "info"
    )


def asked(errors: Mapping[str, Any], found: Collection[str]) -> dict[str, Any]:
    """The errors of what the page asks; a choice about a field on which the two agree by now has no place on it."""
    return {name: one for name, one in errors.items() if not name.startswith(TAKE) or name.removeprefix(TAKE) in found}


def _houses() -> dict[str, Any]:
    after = {name: uuid_or_none(request.args.get(name, "")) for name in ("houses", "joined", "told")}
    page, total = bodies.waiting(after["houses"])
    return {
        "page": page, "total": total, "apart": bodies.told_apart(after["told"]),
        "merges": bodies.merges(after["joined"]), "after": after,
    }  # fmt: skip


def compared(
    pair: ServicePair | OrganizationPair, found: Mapping[str, choosing.Difference], proposed: Mapping[str, str],
    errors: Mapping[str, Any], *, stale: bool,
) -> dict[str, Any]:  # fmt: skip
    """What a page of two that are compared shows of the choice: what was typed, else what is proposed."""
    typed = {name: request.form[TAKE + name] for name in found if TAKE + name in request.form}
    shown = asked(errors, found)
    return {
        "pair": pair, "likeness": queries.likeness(pair.score), "errors": shown, "answer": request.form.get("answer"),
        "stale": stale or (bool(errors) and not shown), "choices": found.keys(), "chosen": {**proposed, **typed},
        "seen": choosing.imprint(found), "take": TAKE, **words(),
    }  # fmt: skip


def words() -> dict[str, Any]:
    """The words for how likely a pair is, and why."""
    return {"tones": TONES, "likenesses": LIKENESSES, "shared_words": SHARED}


def _page(pair: ServicePair, errors: dict[str, Any], *, stale: bool = False) -> str:
    both = queries.in_full((pair.first_id, pair.second_id))
    first, second = both[pair.first_id], both[pair.second_id]
    found = choosing.differences(first, second)
    facts = compared(pair, found, choosing.proposed(first, second, found), errors, stale=stale)
    return render_template(
        "providers/double.html", first=first, second=second, lines=side_by_side(first, second), **facts
    )
