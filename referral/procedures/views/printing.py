"""A version on paper and for other programs: the document, the drawings, BPMN."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, current_app

from referral.foundation import clock
from referral.foundation.access import requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.transactions import commit_now
from referral.procedures import documents, pictures, queries
from referral.procedures.actions import library
from referral.procedures.documents import Edition, Parts
from referral.procedures.views import bp
from referral.procedures.views.frame import find
from referral.procedures.views.library import download, name_of_file
from referral.procedures.words import decision_words
from sop.bpmn.writing import dump
from sop.flowchart import Flowchart

READ = Permission.PROCEDURE_READ
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("/versions/<uuid:version_id>/procedure.pdf")
@requires(READ)
def procedure_pdf(version_id: UUID) -> Any:
    """The procedure as a document in the reader's language, to print."""
    edition, name, flowchart, parts, lang = _whole(version_id)
    made = documents.sop_pdf(edition, flowchart, parts, lang=lang, printed_at=clock.now())
    return download(made, "application/pdf", f"{name}-{lang}.pdf")


@bp.get("/versions/<uuid:version_id>/procedure.docx")
@requires(READ)
def procedure_docx(version_id: UUID) -> Any:
    """The same for a word processor, to comment on."""
    edition, name, flowchart, parts, lang = _whole(version_id)
    made = documents.sop_docx(edition, flowchart, parts, lang=lang)
    return download(made, OFFICE, f"{name}-{lang}.docx")


@bp.get("/versions/<uuid:version_id>/drawings.pdf")
@requires(READ)
def drawings_pdf(version_id: UUID) -> Any:
    """Every page of the drawing on A3 sheets with its version, decision and fingerprint."""
    edition, name, flowchart, _, lang = _whole(version_id)
    made = documents.drawing_pdf(edition, flowchart, lang=lang, printed_at=clock.now())
    return download(made, "application/pdf", f"{name}-A3-{lang}.pdf")


@bp.get("/versions/<uuid:version_id>/flowchart.bpmn")
@requires(READ)
def flowchart_bpmn(version_id: UUID) -> Any:
    """The flowchart for a BPMN modeller; what is drawn there comes back through the import."""
    _, name, flowchart, _, lang = _whole(version_id)
    return download(dump(flowchart, lang), "application/xml", f"{name}.bpmn")


def _whole(version_id: UUID) -> tuple[Edition, str, Flowchart, Parts, str]:
    """The version, its name as a file, what belongs to it, and the language; no transaction lasts while it is drawn.

    404 for a drawing that is not read yet. Arrows of a draft that lead nowhere are left out: its checks name them.
    """
    one, lang = find(version_id), page_language()
    flowchart = pictures.drawable(queries.chart_of(one) or abort(404))
    form = queries.active_form("identification")
    forms = {"F04": queries.form(form.id)} if form else {}
    parts = Parts(queries.assessment_of(one).table, forms, library(current_app.config["SETTINGS"].country) / "text")
    decision = decision_words(one.decision_number)
    found = Edition(one.number, one.content_hash, one.decision_on, decision), name_of_file(one)
    commit_now()
    return *found, flowchart, parts, lang
