"""What is attached to a form: downloaded by its author or by the team of its case, never shown as a page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, render_template

from referral.cases.models import Case
from referral.cases.queries import visible_case
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.identification.actions import attaching
from referral.identification.files import file_of_case, files_of_case, own_attachment
from referral.identification.models import Attachment
from referral.identification.views import bp


@bp.get("/identifications/<uuid:submission_id>/files/<uuid:attachment_id>")
@requires(Permission.IDENTIFICATION_FILL, reads_person=True)
def attachment(submission_id: UUID, attachment_id: UUID) -> Any:
    """One file, for whoever may read the form that it answers."""
    found = own_attachment(actor(), submission_id, attachment_id) or abort(404)
    return _download(found)


@bp.get("/cases/<uuid:case_id>/files")
@requires(Permission.CASE_READ, reads_person=True)
def case_files(case_id: UUID) -> Any:
    """What is attached to the form of a case, for its team: kinds and sizes, and the way to each."""
    case = _standing(case_id)
    audit.record("case.files.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    listed = files_of_case(actor(), case, today=clock.today())
    return render_template("identification/case_files.html", case=case, files=listed)


@bp.get("/cases/<uuid:case_id>/files/<uuid:attachment_id>")
@requires(Permission.CASE_READ, reads_person=True)
def case_file(case_id: UUID, attachment_id: UUID) -> Any:
    """One of them."""
    case = _standing(case_id)
    found = file_of_case(actor(), case, attachment_id, today=clock.today()) or abort(404)
    return _download(found, case_id=case.id)


def _standing(case_id: UUID) -> Case:
    """A case of the reader that is not erased: of an erased one nothing is attached any more."""
    case = visible_case(actor(), case_id)
    return case if case is not None and case.erased_at is None else abort(404)


def _download(found: Attachment, case_id: UUID | None = None) -> Response:
    data = attaching.read(found, actor=actor(), now=clock.now(), case_id=case_id)
    response = Response(data, mimetype=found.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    return response
