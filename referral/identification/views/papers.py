"""Typing in a form that was filled on paper: the code of the sheet leads here, and a sheet is typed in once."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from referral.cases.queries import visible_case
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.identification import actions, queries
from referral.identification.models import Submission, SubmissionState
from referral.identification.queries import case_forms
from referral.identification.rules import is_paper_number
from referral.identification.views import bp
from referral.procedures import form_versions
from referral.procedures.models import FormVersion
from sop.vocabulary import N_

NO_SUCH_CASE = N_("No open case of yours has this code. Check it on the sheet.")


@bp.get("/identifications/paper/<string(length=12):start>/<string(length=11):number>")
@requires(Permission.IDENTIFICATION_FILL)
def paper(start: str, number: str) -> Any:
    """What this sheet is, and the one button: type it in, or go on where it was typed in already."""
    return _page(_version(start, number), number)


@bp.post("/identifications/paper/<string(length=12):start>/<string(length=11):number>")
@requires(Permission.IDENTIFICATION_FILL)
@idempotent
def paper_post(start: str, number: str) -> Any:
    """A new draft of exactly the version that was printed; of a sheet that was typed in before, what was made of it.

    A sheet that belongs to a case is typed into the case of one's own whose code is given.
    """
    version, case, user = _version(start, number), None, actor()
    if version.name != queries.FORM and queries.typed_in(number) is None:
        if not _into_case(version):
            abort(409)
        code = request.form.get("case", "").strip()[:24]
        case = case_forms.open_case(user, code)
        if case is None:
            return _page(version, number, code=code, error=NO_SUCH_CASE), 422
    draft = actions.start_from_paper(version, number, case=case, actor=user, today=clock.today(), now=clock.now())
    return redirect(_address(draft) or url_for(".paper", start=start, number=number), 303)


def _page(version: FormVersion, number: str, *, code: str = "", error: str = "") -> str:
    found, user = queries.typed_in(number), actor()
    own = found is not None and found.author_id == user.id
    finished = found is not None and found.state is SubmissionState.SUBMITTED
    case = visible_case(user, found.case_id) if found and found.case_id and finished else None
    return render_template(
        "identification/paper.html",
        form=version,
        number=number,
        inside=_into_case(version),
        known=version.name == queries.FORM or _into_case(version),
        found=found,
        draft=bool(own and found and found.state is SubmissionState.DRAFT),
        readable=bool(own and found and queries.own_submission(user, found.id)),
        own=own,
        case=case if case_forms.belongs_to_case(version.name) else None,
        code=code,
        error=error,
    )


def _into_case(version: FormVersion) -> bool:
    """Whether a sheet is typed into a case, and by somebody who works on cases."""
    return can(Permission.CASE_WORK) and case_forms.belongs_to_case(version.name)


def _address(draft: Submission) -> str | None:
    if draft.author_id != actor().id or draft.state is not SubmissionState.DRAFT:
        return None
    return url_for(".screen", submission_id=draft.id, name=draft.screen)


def _version(start: str, number: str) -> FormVersion:
    """The published version that the sheet names; anything that no printed sheet says is 404."""
    if not is_paper_number(number):
        abort(404)
    return form_versions.published_by_hash(start) or abort(404)
