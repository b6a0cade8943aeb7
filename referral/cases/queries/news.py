"""What happened on a case, newest first: steps, referrals, approvals, tasks, changes of case manager."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from referral.cases.models import Case, CaseApproval, CaseEvent, CaseNote, CaseTask
from referral.cases.queries.moving import steps_known
from referral.cases.rules import MOVED, ApprovalState
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.partners.models import Organization, User
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.queries.history import note_purpose as event_purpose
from referral.referrals.rules import ReferralState
from sop.flowchart import Step
from sop.state import EventKind
from sop.vocabulary import N_, Message, Need

LATEST = 6
NOTED = ("case.reassign", "case.assign")
"""Acts that leave their only trace in the audit trail."""

TONES: Mapping[ReferralState, str] = {
    ReferralState.ACCEPTED: "ok",
    ReferralState.DELIVERED: "ok",
    ReferralState.CLOSED: "ok",
    ReferralState.DECLINED: "late",
    ReferralState.NOT_DELIVERED: "late",
    ReferralState.EXPIRED: "late",
}


@dataclass(frozen=True, slots=True)
class News:
    """One line. `note` are opened words of the case team or of a provider, when the reader may see them."""

    at: datetime
    text: Message
    by: str = ""
    tone: str = ""
    note: str = ""


def latest(case: Case, *, limit: int = LATEST) -> list[News]:
    """The latest news of a case, its sealed notes opened: for its own team only."""
    referrals = _referrals(case, limit)
    steps = _steps(case, limit, {(news.at, str(news.text.values["need"])) for news, _actor in referrals})
    found = [*steps, *referrals, *_approvals(case), *_tasks(case), *_acts(case, limit)]
    newest = sorted(found, key=lambda item: item[0].at, reverse=True)[:limit]
    names = _names(actor_id for _news, actor_id in newest if actor_id is not None)
    return [replace(news, by=names.get(actor_id, "") if actor_id else "") for news, actor_id in newest]


def note_purpose(note: CaseNote) -> str:
    """What the sealed words of a note are bound to."""
    return f"case_note:{note.id}"


def notes_of(case: Case, *, step: str | None = None, limit: int = 200) -> list[tuple[CaseNote, str]]:
    """Notes with their words, newest first."""
    query = select(CaseNote).where(CaseNote.case_id == case.id).order_by(CaseNote.at.desc(), CaseNote.id)
    if step is not None:
        query = query.where(CaseNote.step == step)
    rows = list(db.session.scalars(query.limit(limit)))
    words = sealing.open_texts((case.id, note_purpose(row), row.sealed) for row in rows)
    return list(zip(rows, words, strict=True))


Dated = tuple[News, UUID | None]


def _steps(case: Case, limit: int, told: Collection[tuple[datetime, str]]) -> list[Dated]:
    """Steps of the procedure, without those that `told` news of a referral say better: (moment, need)."""
    worth = CaseEvent.kind.not_in([EventKind.FACTS, EventKind.PAUSED, EventKind.RESUMED]) | (CaseEvent.sequence == 0)
    query = select(CaseEvent).where(CaseEvent.case_id == case.id, worth)
    query = query.order_by(CaseEvent.sequence.desc()).limit(limit + len(told))
    notes = {(note.at, note.step, note.need): words for note, words in notes_of(case, limit=limit)}
    found: list[Dated] = []
    events = db.session.scalars(query).all()
    steps = steps_known(case, {event.step for event in events})
    for event in events:
        if event.need and (event.at, str(event.need)) in told:
            continue
        note = notes.pop((event.at, event.step, event.need), "")
        found.append((News(event.at, _sentence(event, steps), note=note), event.actor_id))
    return found


def _sentence(event: CaseEvent, steps: Mapping[str, Step]) -> Message:
    if event.kind == EventKind.NEED_OPENED:
        return Message("need", N_("Need added: %(need)s"), {"need": Need(event.need)})
    if event.kind == MOVED:
        values = {"old": event.facts["old"], "new": event.facts["new"]}
        return Message("moved", N_("Moved from version %(old)s of the procedure to version %(new)s"), values)
    step = steps.get(event.step)
    if step is None:
        return Message("facts", N_("The identification form was submitted"))
    if event.need:
        return Message("done", N_("%(need)s – done: %(step)s"), {"need": Need(event.need), "step": step.label})
    return Message("done", N_("Done: %(step)s"), {"step": step.label})


def _referrals(case: Case, limit: int) -> list[Dated]:
    query = (
        select(ReferralEvent, Referral.need, Organization.name)
        .join(Referral, ReferralEvent.referral_id == Referral.id)
        .join(Organization, Organization.id == Referral.organization_id)
        .where(Referral.case_id == case.id)
        .order_by(ReferralEvent.at.desc(), ReferralEvent.sequence.desc())
        .limit(limit)
    )
    rows = db.session.execute(query).all()
    sealed = [(case.id, event_purpose(event.id), event.sealed_note) for event, _, _ in rows if event.sealed_note]
    words = dict(zip((purpose for _id, purpose, _blob in sealed), sealing.open_texts(sealed), strict=True))
    found: list[Dated] = []
    for event, need, receiver in rows:
        values = {"organization": receiver, "state": event.to_state, "need": need}
        text = Message("referral", N_("%(need)s, %(organization)s: %(state)s"), values)
        note = words.get(event_purpose(event.id), "")
        found.append((News(event.at, text, tone=TONES.get(event.to_state, ""), note=note), event.actor_id))
    return found


def _approvals(case: Case) -> list[Dated]:
    found: list[Dated] = []
    for one in db.session.scalars(select(CaseApproval).where(CaseApproval.case_id == case.id)):
        asked = Message("asked", N_("%(what)s: the supervisor was asked to approve"), {"what": one.kind})
        found.append((News(one.asked_at, asked), one.asked_by_id))
        if one.decided_at is not None and one.state is not ApprovalState.WITHDRAWN:
            text = Message("decided", N_("%(what)s: %(state)s"), {"what": one.kind, "state": one.state})
            tone = "ok" if one.state is ApprovalState.APPROVED else "late"
            found.append((News(one.decided_at, text, tone=tone), one.decided_by_id))
    return found


def _tasks(case: Case) -> list[Dated]:
    query = select(CaseTask).where(CaseTask.case_id == case.id, CaseTask.done_at.is_not(None))
    return [
        (News(task.done_at, Message("task", N_("Done: %(step)s"), {"step": task.kind})), task.done_by_id)
        for task in db.session.scalars(query)
        if task.done_at is not None
    ]


def _acts(case: Case, limit: int) -> list[Dated]:
    query = select(AuditLine).where(AuditLine.case_id == case.id, AuditLine.action.in_(NOTED))
    text = Message("assigned", N_("A case manager was assigned"))
    lines = db.session.scalars(query.order_by(AuditLine.id.desc()).limit(limit))
    return [(News(line.at, text), line.actor_id) for line in lines]


def _names(user_ids: Iterable[Any]) -> dict[UUID, str]:
    rows = db.session.execute(select(User.id, User.full_name).where(User.id.in_(set(user_ids))))
    return {row.id: row.full_name for row in rows}
