"""The consultation on a version: comments by step, arrow and paragraph, and the answers that they get."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.procedures import actions, consultation, queries
from referral.procedures.models import ProcedureVersion
from referral.procedures.printing import Paper, book
from referral.procedures.rules import CommentAnswer, VersionState
from referral.procedures.schemas import Reading, read_answer, read_comment, uuid_from
from referral.procedures.views import bp
from referral.procedures.views.frame import find, framed, linker, order_of


@bp.get("/versions/<uuid:version_id>/consultation", endpoint="consultation")
@requires(Permission.PROCEDURE_READ)
def show_consultation(version_id: UUID) -> Any:
    """Every step with its comments; a form to say something, and for the coordination one to answer."""
    typed = {"anchor": request.args.get("on", "")[:120]}
    return _page(_consulted(version_id), Reading(typed, {}, 0), Reading({}, {}, 0))


@bp.post("/versions/<uuid:version_id>/comments")
@requires(Permission.PROCEDURE_COMMENT)
@idempotent
def write_comment(version_id: UUID) -> Any:
    """Say something of a step, an arrow or a paragraph."""
    one = _consulted(version_id)
    paragraphs = {paragraph.id for _, paragraph in book(order_of(one, Paper.DOCUMENT)).paragraphs()}
    reading = read_comment(request.form, queries.chart_of(one) or abort(404), paragraphs)
    if reading.errors:
        return _page(one, reading, Reading({}, {}, 0)), 422
    comment = actions.write_comment(one, **reading.values, actor=actor(), now=clock.now())
    flash(_("Thank you. Your comment will be answered here before the committee decides."), "success")
    return redirect(_place(one, comment.id), code=303)


@bp.post("/versions/<uuid:version_id>/comments/<uuid:comment_id>/answer")
@requires(Permission.PROCEDURE_EDIT)
@idempotent
def answer_comment(version_id: UUID, comment_id: UUID) -> Any:
    """Say what becomes of a comment."""
    one = _consulted(version_id)
    comment = queries.comment(one.id, comment_id) or abort(404)
    reading = read_answer(request.form)
    if reading.errors:
        return _page(one, Reading({}, {}, 0), reading, asked=comment.id), 422
    stamp: dict[str, Any] = {"revision": reading.revision, "actor": actor(), "now": clock.now()}
    try:
        actions.answer_comment(one, comment, **reading.values, **stamp)
    except actions.StaleVersion:
        return _page(one, Reading({}, {}, 0), reading, asked=comment.id, stale=True), 409
    flash(_("The answer is recorded."), "success")
    return redirect(_place(one, comment.id), code=303)


def _consulted(version_id: UUID) -> ProcedureVersion:
    """A version that is or was in consultation."""
    one = find(version_id)
    return one if one.consultation_opened_at is not None else abort(404)


def _place(one: ProcedureVersion, comment_id: UUID) -> str:
    return url_for("procedures.consultation", version_id=one.id, only="commented", _anchor=f"c-{comment_id}")


def _page(
    one: ProcedureVersion, writing: Reading, answering: Reading, *, asked: UUID | None = None, stale: bool = False
) -> str:
    """The page, with what was typed into either form."""
    flowchart = queries.chart_of(one) or abort(404)
    comments = queries.comments_of(one.id)
    words = book(order_of(one, Paper.DOCUMENT))
    only = consultation.Only.read(request.args.get("only", ""))
    running = one.state is VersionState.CONSULTATION
    may_answer = running and can(Permission.PROCEDURE_EDIT)
    return render_template(
        "procedures/consultation.html",
        **framed(one),
        flowchart=flowchart,
        places=consultation.places(flowchart, comments, only, words),
        choices=consultation.choices(flowchart, comments, page_language(), words, writing.typed.get("anchor", "")),
        only=only,
        total=len(comments),
        answered=sum(comment.answer is not None for comment in comments),
        writes=running and one.consultation_closed_at is None and can(Permission.PROCEDURE_COMMENT),
        answers=may_answer,
        asked=(asked or uuid_from(request.args.get("answer", ""))) if may_answer else None,
        writing=writing,
        answering=answering,
        stale=stale,
        answer_choices=[(answer.value, answer.label) for answer in CommentAnswer],
        link=linker(one, flowchart),
    )
