"""Typing in a form that was filled on paper: the code of the sheet leads here, and a sheet is typed in once."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for

from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.identification import actions, queries
from referral.identification.models import Submission, SubmissionState
from referral.identification.rules import is_paper_number
from referral.identification.views import bp
from referral.procedures import form_versions
from referral.procedures.models import FormVersion


@bp.get("/identifications/paper/<string(length=12):start>/<string(length=11):number>")
@requires(Permission.IDENTIFICATION_FILL)
def paper(start: str, number: str) -> Any:
    """What this sheet is, and the one button: type it in, or go on where it was typed in already."""
    version = _version(start, number)
    found = queries.typed_in(number)
    own = found is not None and found.author_id == actor().id
    return render_template(
        "identification/paper.html",
        form=version,
        number=number,
        known=version.name == queries.FORM,
        found=found,
        draft=bool(own and found and found.state is SubmissionState.DRAFT),
        readable=bool(own and found and queries.own_submission(actor(), found.id)),
        own=own,
    )


@bp.post("/identifications/paper/<string(length=12):start>/<string(length=11):number>")
@requires(Permission.IDENTIFICATION_FILL)
@idempotent
def paper_post(start: str, number: str) -> Any:
    """A new draft of exactly the version that was printed; of a sheet that was typed in before, what was made of it."""
    version = _version(start, number)
    if version.name != queries.FORM:
        abort(409)
    draft = actions.start_from_paper(version, number, actor=actor(), today=clock.today(), now=clock.now())
    return redirect(_address(draft) or url_for(".paper", start=start, number=number), 303)


def _address(draft: Submission) -> str | None:
    if draft.author_id != actor().id or draft.state is not SubmissionState.DRAFT:
        return None
    return url_for(".screen", submission_id=draft.id, name=draft.screen)


def _version(start: str, number: str) -> FormVersion:
    """The published version that the sheet names; anything that no printed sheet says is 404."""
    if not is_paper_number(number):
        abort(404)
    return form_versions.published_by_hash(start) or abort(404)
