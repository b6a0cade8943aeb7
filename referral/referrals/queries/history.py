"""What happened to a referral, as one side may read it: by side, not by name; notes only where data may be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from referral.extensions import db
from referral.foundation import sealing
from referral.partners.models import User
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.rules import ReferralState, reason_of
from sop.vocabulary import N_, Message

YOU = Message("you", N_("you"))
COLLEAGUE = Message("colleague", N_("a colleague of your service"))
CASE_TEAM = Message("case_team", N_("the case team"))
WITH_REASON = N_("%(state)s: %(reason)s")
SENT = N_("referral sent")
TONES = {
    **dict.fromkeys((ReferralState.ACCEPTED, ReferralState.IN_SERVICE, ReferralState.DELIVERED), "ok"),
    **dict.fromkeys((ReferralState.DECLINED, ReferralState.NOT_DELIVERED, ReferralState.RECALLED), "late"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One move; `note` is empty where it may not be read."""

    at: datetime
    text: Message
    by: Message
    tone: str
    note: str


def note_purpose(event_id: UUID) -> str:
    """What the sealed note of an event is bound to, so that it cannot be moved to another one."""
    return f"referral_event:{event_id}"


_MOVES = (
    select(ReferralEvent, User.organization_id)
    .join(User, User.id == ReferralEvent.actor_id)
    .where(ReferralEvent.referral_id == bindparam("referral"))
    .order_by(ReferralEvent.sequence.desc())
)


def history(referral: Referral, *, viewer: Any, notes: bool) -> list[Moment]:
    """The moves of a referral, newest first, for somebody of the addressed service."""
    rows = db.session.execute(_MOVES, {"referral": referral.id}).all()
    sealed = [(event.id, event.sealed_note) for event, _ in rows if notes and event.sealed_note]
    words = sealing.open_texts((referral.case_id, note_purpose(identity), blob) for identity, blob in sealed)
    opened = dict(zip((identity for identity, _ in sealed), words, strict=True))
    return [
        Moment(
            event.at,
            _sentence(event),
            _who(event, organization_id, referral, viewer),
            TONES.get(event.to_state, ""),
            opened.get(event.id, ""),
        )
        for event, organization_id in rows
    ]


def last_acceptance(referral: Referral) -> datetime | None:
    """When the referral was accepted."""
    query = select(ReferralEvent.at).where(
        ReferralEvent.referral_id == referral.id, ReferralEvent.to_state == ReferralState.ACCEPTED
    )
    return db.session.scalar(query.order_by(ReferralEvent.sequence.desc()).limit(1))


def last_move(referral: Referral) -> datetime | None:
    """When the referral moved last."""
    query = select(ReferralEvent.at).where(ReferralEvent.referral_id == referral.id)
    return db.session.scalar(query.order_by(ReferralEvent.sequence.desc()).limit(1))


def _sentence(event: ReferralEvent) -> Message:
    reason = reason_of(event.action, event.reason)
    if reason is None:
        return Message("state", SENT if event.to_state is ReferralState.SENT else event.to_state.label)
    return Message("reason", WITH_REASON, {"state": event.to_state, "reason": reason})


def _who(event: ReferralEvent, organization_id: UUID | None, referral: Referral, viewer: Any) -> Message:
    if event.actor_id == viewer.id:
        return YOU
    return COLLEAGUE if organization_id == referral.organization_id else CASE_TEAM
