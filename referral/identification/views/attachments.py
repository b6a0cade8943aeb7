"""What is attached to an own form: downloaded, never shown by the browser as a page of this site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort

from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.identification import queries
from referral.identification.actions import attaching
from referral.identification.views import bp


@bp.get("/identifications/<uuid:submission_id>/files/<uuid:attachment_id>")
@requires(Permission.IDENTIFICATION_FILL, reads_person=True)
def attachment(submission_id: UUID, attachment_id: UUID) -> Any:
    """One file, for whoever may read the form that it answers."""
    found = queries.own_attachment(actor(), submission_id, attachment_id) or abort(404)
    response = Response(attaching.read(found, actor=actor(), now=clock.now()), mimetype=found.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    return response
