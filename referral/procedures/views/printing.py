"""A version on paper and for other programs: the document, the drawings, BPMN."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from referral.foundation.access import requires
from referral.foundation.grants import Permission
from referral.foundation.transactions import commit_now
from referral.procedures.printing import Order, Paper, printed
from referral.procedures.views import bp
from referral.procedures.views.frame import find, order_of
from referral.procedures.views.library import download, name_of_file

READ = Permission.PROCEDURE_READ
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("/versions/<uuid:version_id>/procedure.pdf")
@requires(READ)
def procedure_pdf(version_id: UUID) -> Any:
    """The procedure as a document in the reader's language, to print."""
    order, name = _ordered(version_id, Paper.DOCUMENT)
    return download(printed(order), "application/pdf", f"{name}-{order.lang}.pdf")


@bp.get("/versions/<uuid:version_id>/procedure.docx")
@requires(READ)
def procedure_docx(version_id: UUID) -> Any:
    """The same for a word processor, to comment on."""
    order, name = _ordered(version_id, Paper.OFFICE)
    return download(printed(order), OFFICE, f"{name}-{order.lang}.docx")


@bp.get("/versions/<uuid:version_id>/drawings.pdf")
@requires(READ)
def drawings_pdf(version_id: UUID) -> Any:
    """Every page of the drawing on A3 sheets with its version, decision and fingerprint."""
    order, name = _ordered(version_id, Paper.DRAWINGS)
    return download(printed(order), "application/pdf", f"{name}-A3-{order.lang}.pdf")


@bp.get("/versions/<uuid:version_id>/flowchart.bpmn")
@requires(READ)
def flowchart_bpmn(version_id: UUID) -> Any:
    """The flowchart for a BPMN modeller; what is drawn there comes back through the import."""
    order, name = _ordered(version_id, Paper.MODEL)
    return download(printed(order), "application/xml", f"{name}.bpmn")


def _ordered(version_id: UUID, paper: Paper) -> tuple[Order, str]:
    """What is to be printed and the name of its file; no transaction lasts while it is drawn."""
    one = find(version_id)
    order, name = order_of(one, paper), name_of_file(one)
    commit_now()
    return order, name
