"""Files that may be one person's: the list, side by side, the three answers, and taking a merge back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.cases.schemas import version_of
from referral.errors import RuleViolation
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.formatting import day
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.people.actions import duplicates as acts
from referral.people.actions import merging
from referral.people.duplicates import WAITING, PairState, Side
from referral.people.models import PersonMerge, PersonPair
from referral.people.queries import duplicates as queries
from referral.people.queries.looking import askable
from referral.people.queries.side_by_side import names_to_choose, side_by_side
from referral.people.schemas import AnswerSchema, JoinSchema, PairFilterSchema
from referral.people.views import bp


@bp.get("/duplicates")
@requires(Permission.DUPLICATE_READ)
def pairs() -> Any:
    """Pairs of files that wait for an answer, or that had one."""
    asked = PairFilterSchema().load(request.args)
    user, now = actor(), clock.now()
    return render_template(
        "people/pairs.html",
        page=queries.pairs(user, asked["state"], after=asked["after"]),
        state=asked["state"],
        states=[(one.value, one.label) for one in PairState],
        after=asked["after"],
        elsewhere=[(one, askable(other)) for one, other in queries.other_organizations(user)],
        undoable=queries.undoable(user, now),
        decides=queries.may_decide(user),
    )


@bp.get("/duplicates/<uuid:pair_id>")
@requires(Permission.DUPLICATE_DECIDE, reads_person=True)
def pair(pair_id: UUID) -> Any:
    """Two files side by side; a line for each stays in the audit trail."""
    found = _pair(pair_id)
    _read(found)
    return _pair_page(found, {}, {})


@bp.post("/duplicates/<uuid:pair_id>")
@requires(Permission.DUPLICATE_DECIDE)
@idempotent
def answer(pair_id: UUID) -> Any:
    """Different persons, not sure, or on to what joining them would do."""
    found = _pair(pair_id, lock=True)
    try:
        given = AnswerSchema().load(request.form)
    except ValidationError as error:
        return _pair_page(found, error.messages_dict, request.form), 422
    if given["answer"] is PairState.SAME:
        return redirect(url_for(".join", pair_id=pair_id), 303)
    acts.answer(
        found, given["answer"], given["reason"], version=version_of(request.form), actor=actor(), now=clock.now()
    )
    flash(_("Saved: %(state)s.", state=_(given["answer"].label)), "success")
    return redirect(url_for(".pairs"), 303)


@bp.get("/duplicates/<uuid:pair_id>/join")
@requires(Permission.DUPLICATE_DECIDE, reads_person=True)
def join(pair_id: UUID) -> Any:
    """What joining the two would do, and which of two differing answers is kept."""
    found = _pair(pair_id)
    _read(found)
    return _join_page(found, {}, {})


@bp.post("/duplicates/<uuid:pair_id>/join")
@requires(Permission.DUPLICATE_DECIDE)
@idempotent
def join_post(pair_id: UUID) -> Any:
    """Join them; a page that is no longer true is shown again as it is now."""
    found = _pair(pair_id, lock=True)
    names = names_to_choose(found)
    try:
        given = JoinSchema(names).load(request.form)
    except ValidationError as error:
        return _join_page(found, error.messages_dict, request.form), 422
    try:
        made = merging.merge(
            found, given["choices"], given["reason"], seen=given["seen"], actor=actor(), now=clock.now()
        )
    except RuleViolation as violation:
        return _join_page(found, {"_schema": violation.message}, request.form), violation.status
    flash(
        _("The two files are one person’s now. This can be taken back until %(day)s.", day=day(made.undo_until)),
        "success",
    )
    return redirect(url_for(".pairs"), 303)


@bp.get("/duplicates/merges/<uuid:merge_id>/undo")
@requires(Permission.DUPLICATE_DECIDE)
def undo(merge_id: UUID) -> Any:
    """Ask once before a merge is taken back."""
    return render_template("people/undo.html", merge=_merge(merge_id))


@bp.post("/duplicates/merges/<uuid:merge_id>/undo")
@requires(Permission.DUPLICATE_DECIDE)
@idempotent
def undo_post(merge_id: UUID) -> Any:
    """Take it back."""
    merging.undo(_merge(merge_id, lock=True), actor=actor(), now=clock.now())
    flash(_("The two files are two persons’ again, each as it was."), "success")
    return redirect(url_for(".pairs"), 303)


def _pair(pair_id: UUID, *, lock: bool = False) -> PersonPair:
    found = queries.find_pair(actor(), pair_id, lock=lock) or abort(404)
    if found.state not in (*WAITING, PairState.DIFFERENT):
        abort(404)
    return found


def _merge(merge_id: UUID, *, lock: bool = False) -> PersonMerge:
    return queries.find_merge(actor(), merge_id, lock=lock) or abort(404)


def _read(found: PersonPair) -> None:
    user, now = actor(), clock.now()
    for cases in queries.cases_of(user, (found.first_id, found.second_id)).values():
        for case in cases:
            audit.record("duplicate.read", actor=user, now=now, case_id=case.id, subject=found, code="C2-C3")


def _pair_page(found: PersonPair, errors: Any, typed: Any) -> str:
    return render_template(
        "people/pair.html",
        pair=found,
        shown=side_by_side(actor(), found),
        errors=errors,
        typed=typed,
    )


def _join_page(found: PersonPair, errors: Any, typed: Any) -> str:
    return render_template(
        "people/join.html",
        pair=found,
        shown=side_by_side(actor(), found),
        sides=Side,
        errors=errors,
        typed=typed,
    )
