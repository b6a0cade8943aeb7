"""The shortlist of a case: services kept to choose from, with their entries as they were then."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from referral.cases.models import Case
from referral.cases.queries import visible_case
from referral.cases.queries.shortlist import own_live_cases, shortlist
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.referrals.actions import shortlisting
from referral.referrals.models import ShortlistEntry
from referral.referrals.queries.sending import step_of
from referral.referrals.queries.shortlist import kept_entry, kept_services, places_of
from referral.referrals.views import bp
from referral.referrals.views.choosing import BEFOREHAND
from referral.referrals.views.ways import case_url

LONGEST = 500
MOST_AT_ONCE = 40


@bp.get("/cases/<uuid:case_id>/shortlist", endpoint="shortlist")
@requires(Permission.CASE_READ, reads_person=True)
def show_shortlist(case_id: UUID) -> Any:
    """The services kept for a case: today's state, what changed since, the note, the way to a referral."""
    case = _case(case_id)
    rows = kept_services(case, actor(), clock.now())
    audit.record("shortlist.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    return render_template(
        "referrals/shortlist.html",
        case=case,
        rows=[(row, shortlisting.changed(row.entry) if row.line else []) for row in rows],
        removed=shortlist(case.id, removed=True),
        works=can(Permission.CASE_WORK) and case.closed_at is None,
        asks=can(Permission.CONSENT_RECORD),
        beforehand=[one.need for one in case.needs if step_of(case, one.need) in BEFOREHAND],
        now=clock.now(),
        case_url=case_url(case),
        longest=LONGEST,
    )


@bp.post("/shortlist")
@requires(Permission.CASE_WORK)
@idempotent
def keep() -> Any:
    """Keep the ticked services for one of the own cases; asks for the case where none was chosen."""
    places = places_of(actor(), _ids(request.form.getlist("service")))
    if not places:
        flash(_("Tick at least one service first."), "warning")
        return redirect(url_for("providers.search"), 303)
    chosen = _ids([request.form.get("case", "")])
    if not chosen:
        choices = [(str(one), code) for one, code in own_live_cases(actor())]
        return render_template("referrals/keep.html", places=places, choices=choices), 422
    case = _case(chosen[0])
    added = shortlisting.keep(case, places, actor=actor(), now=clock.now())
    flash(ngettext("%(num)d service kept for this case.", "%(num)d services kept for this case.", added), "success")
    return redirect(url_for("referrals.shortlist", case_id=case.id), 303)


@bp.post("/cases/<uuid:case_id>/shortlist/<uuid:entry_id>/note")
@requires(Permission.CASE_WORK)
@idempotent
def shortlist_note(case_id: UUID, entry_id: UUID) -> Any:
    """Write a note on a kept service."""
    entry = _entry(case_id, entry_id)
    shortlisting.note(entry, _printable(request.form.get("text", "")), actor=actor(), now=clock.now())
    flash(_("Noted."), "success")
    return redirect(url_for("referrals.shortlist", case_id=case_id, _anchor=f"k-{entry.id}"), 303)


@bp.post("/cases/<uuid:case_id>/shortlist/<uuid:entry_id>/remove")
@requires(Permission.CASE_WORK)
@idempotent
def shortlist_remove(case_id: UUID, entry_id: UUID) -> Any:
    """Take a service off the list; it can be put back."""
    entry = _entry(case_id, entry_id)
    shortlisting.remove(entry, actor=actor(), now=clock.now())
    flash(_("Taken off the list. It stands below, and can be put back."), "success")
    return redirect(url_for("referrals.shortlist", case_id=case_id), 303)


def _case(case_id: UUID) -> Case:
    return visible_case(actor(), case_id) or abort(404)


def _entry(case_id: UUID, entry_id: UUID) -> ShortlistEntry:
    return kept_entry(_case(case_id), entry_id) or abort(404)


def _ids(written: list[str]) -> list[UUID]:
    """The ids among what was sent; anything else is left out."""
    found = []
    for one in written[:MOST_AT_ONCE]:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


def _printable(text: str) -> str:
    return "".join(one for one in text if one.isprintable() or one == "\n")[:LONGEST]
