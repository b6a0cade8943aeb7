"""What became of a referral: its moves in words, newest first, and its place between sent and closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from referral.extensions import db
from referral.foundation import sealing
from referral.partners.models import User
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.queries.history import note_purpose
from referral.referrals.rules import ReferralAction, ReferralState, reason_of
from sop.vocabulary import N_, Message

R, A = ReferralState, ReferralAction
SAID: dict[ReferralAction, str] = {
    A.SEND: N_("sent"),
    A.ACKNOWLEDGE: N_("received by the service"),
    A.ACCEPT: N_("accepted"),
    A.WAITLIST: N_("put on the waiting list"),
    A.REQUEST_INFO: N_("more information asked"),
    A.PROVIDE_INFO: N_("information given"),
    A.DECLINE: N_("declined"),
    A.START: N_("service started"),
    A.DELIVER: N_("service delivered, says the service"),
    A.NOT_DELIVER: N_("service not delivered"),
    A.CLOSE: N_("closed with the person"),
    A.RECALL: N_("recalled"),
    A.EXPIRE: N_("expired without an answer"),
    A.CLIENT_DECLINE: N_("the person declined"),
    A.LOSE_CONTACT: N_("contact lost"),
}
WITH_REASON = N_("%(move)s: %(reason)s")
TONES = {A.ACCEPT: "ok", A.DELIVER: "ok", A.CLOSE: "ok", A.DECLINE: "late", A.NOT_DELIVER: "late", A.RECALL: "late"}
STAGES: tuple[tuple[str, frozenset[ReferralState]], ...] = (
    (N_("Sent"), frozenset({R.SENT})),
    (N_("Received"), frozenset({R.ACKNOWLEDGED, R.WAITLISTED, R.INFO_REQUESTED})),
    (N_("Decided"), frozenset({R.ACCEPTED})),
    (N_("Service"), frozenset({R.IN_SERVICE})),
    (N_("Confirmed with the person"), frozenset({R.DELIVERED, R.NOT_DELIVERED})),
)
"""The way of a referral that is going well; a state outside it ends it."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One move: when, what, by whom, and the words that came with it."""

    at: datetime
    text: Message
    by: str
    note: str
    tone: str


def events_of(referral: Referral) -> list[Happened]:
    """The moves of a referral, newest first; notes are opened."""
    query = (
        select(ReferralEvent, User.full_name)
        .join(User, User.id == ReferralEvent.actor_id)
        .where(ReferralEvent.referral_id == referral.id)
        .order_by(ReferralEvent.sequence.desc())
    )
    return [_happened(referral, event, name) for event, name in db.session.execute(query)]


def steps_of(referral: Referral) -> list[Mapping[str, Any]]:
    """Where the referral stands, for the row of steps; nothing for one that ended on the way."""
    if referral.state is R.CLOSED:
        return [{"label": label, "state": "done"} for label, _ in STAGES]
    here = next((at for at, (_, states) in enumerate(STAGES) if referral.state in states), None)
    if here is None:
        return []
    return [
        {"label": label, "state": "done" if at < here else "now" if at == here else "next"}
        for at, (label, _) in enumerate(STAGES)
    ]


def _happened(referral: Referral, event: ReferralEvent, name: str) -> Happened:
    note = ""
    if event.sealed_note is not None:
        note = sealing.open_text(referral.case_id, note_purpose(event.id), event.sealed_note)
    move = Message(event.action.value, SAID[event.action])
    reason = reason_of(event.action, event.reason)
    text = move if reason is None else Message("with_reason", WITH_REASON, {"move": move, "reason": reason})
    return Happened(event.at, text, name, note, TONES.get(event.action, ""))
