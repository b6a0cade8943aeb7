"""A version on paper and for other programs: the document, the drawings, BPMN."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, current_app

from referral.foundation.access import requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.transactions import commit_now
from referral.procedures import pictures, queries
from referral.procedures.actions import library
from referral.procedures.documents import Edition, Parts
from referral.procedures.printing import Order, Paper, printed
from referral.procedures.views import bp
from referral.procedures.views.frame import find
from referral.procedures.views.library import download, name_of_file
from referral.procedures.words import decision_words

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
    """What is to be printed and the name of its file; no transaction lasts while it is drawn.

    404 for a drawing that is not read yet. Arrows of a draft that lead nowhere are left out: its checks name them.
    """
    one, lang = find(version_id), page_language()
    flowchart = pictures.drawable(queries.chart_of(one) or abort(404))
    form = queries.active_form("identification")
    forms = {"F04": queries.form(form.id)} if form else {}
    parts = Parts(queries.assessment_of(one).table, forms, library(current_app.config["SETTINGS"].country) / "text")
    edition = Edition(one.number, one.content_hash, one.decision_on, decision_words(one.decision_number))
    content = (one.triage_hash, form.content_hash if form else "")
    order, name = Order(paper, edition, lang, content, flowchart, parts), name_of_file(one)
    commit_now()
    return order, name
