"""Comments on a version in consultation, and the answers that they get."""

from __future__ import annotations

from datetime import datetime

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.procedures.actions.base import expect
from referral.procedures.models import ProcedureComment, ProcedureVersion
from referral.procedures.rules import IS_CLOSED, NOT_NOW, Anchor, CommentAnswer, VersionState


def write_comment(one: ProcedureVersion, anchor: Anchor, text: str, *, actor: Actor, now: datetime) -> ProcedureComment:
    """Say something of a place of a version, while its consultation is open."""
    if one.state is not VersionState.CONSULTATION or one.consultation_closed_at is not None:
        raise RuleViolation(IS_CLOSED)
    comment = ProcedureComment(
        id=new_id(),
        version_id=one.id,
        anchor=str(anchor),
        text=text,
        author_id=actor.id,
        organization_id=actor.organization_id,
        written_at=now,
    )
    db.session.add(comment)
    db.session.flush()
    audit.record("procedure.comment", actor=actor, now=now, subject=one, comment=comment.id, place=anchor.code)
    return comment


def answer_comment(
    one: ProcedureVersion,
    comment: ProcedureComment,
    *,
    answer: CommentAnswer,
    reason: str,
    revision: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Say what becomes of a comment; the answer may be mended until the committee has approved."""
    if one.state is not VersionState.CONSULTATION:
        raise RuleViolation(NOT_NOW)
    expect(comment, revision)
    comment.answer, comment.reason = answer, reason
    comment.answered_by_id, comment.answered_at = actor.id, now
    audit.record("procedure.answer", actor=actor, now=now, subject=one, code=answer, comment=comment.id)
