"""The one function that moves a referral from state to state: by the table, and only once when two act at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.tables import new_id
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.queries.history import note_purpose
from referral.referrals.rules import (
    TRANSITIONS,
    DeclineReason,
    NonDeliveryReason,
    ReferralAction,
    ReferralState,
)
from sop.vocabulary import N_, Message

NOT_IN_THIS_STATE = N_("This cannot be done now: the referral has moved on. Look at its present state first.")
FASTER = N_("Somebody else acted on this referral in the meantime. Look at its present state first.")

DECIDED = frozenset({ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.WAITLISTED})
COMPLETED = frozenset({ReferralState.DELIVERED, ReferralState.NOT_DELIVERED})
TAKEN = frozenset({ReferralState.ACCEPTED, ReferralState.IN_SERVICE})


class Stale(RuleViolation):
    """Two people acted on one referral; the second is told and nothing changes."""

    def __init__(self) -> None:
        super().__init__(Message("referral_changed", FASTER), 409)


def transition(
    referral: Referral,
    action: ReferralAction,
    *,
    actor: Any,
    now: datetime,
    reason: str = "",
    note: str = "",
    expected_version: int | None = None,
    columns: Mapping[str, Any] | None = None,
) -> ReferralEvent:
    """Move `referral` by `action`; raises `RuleViolation` when the table forbids it, `Stale` when it changed.

    State and version stand in the WHERE of the UPDATE, so of two colleagues one wins. `expected_version` is the
    version that the page showed. The note is sealed under the case's key. `columns` change together with the state.
    """
    before = referral.state
    after = TRANSITIONS.get((before, action))
    if expected_version is not None and expected_version != referral.version:
        raise Stale
    if after is None:
        raise RuleViolation(Message("not_in_this_state", NOT_IN_THIS_STATE))
    db.session.flush()
    changes = {"state": after, "version": referral.version + 1, **_stamps(referral, after, reason, actor, now)}
    changes.update(columns or {})
    where = (Referral.id == referral.id, Referral.state == before, Referral.version == referral.version)
    statement = update(Referral).where(*where).values(**changes).execution_options(synchronize_session=False)
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        db.session.refresh(referral)
        raise Stale
    for name, value in changes.items():
        set_committed_value(referral, name, value)
    audit.record(
        f"referral.{action.value}", actor=actor, now=now, case_id=referral.case_id, subject=referral, code=reason,
        need=referral.need.value, state=after.value,
    )  # fmt: skip
    return _append(referral, action, (before, after), actor=actor, now=now, reason=reason, note=note)


def _stamps(referral: Referral, after: ReferralState, reason: str, actor: Any, now: datetime) -> dict[str, Any]:
    """The columns that tell how long things took, and the coded reason of a refusal."""
    stamps: dict[str, Any] = {}
    if after is ReferralState.SENT:
        stamps["sent_at"] = now
    if after in DECIDED and referral.decided_at is None:
        stamps["decided_at"] = now
    if after in COMPLETED:
        stamps["completed_at"] = now
    if after in TAKEN and referral.taken_by_id is None:
        stamps["taken_by_id"] = actor.id
    if after is ReferralState.DECLINED:
        stamps["decline_reason"] = DeclineReason(reason)
    if after is ReferralState.NOT_DELIVERED:
        stamps["non_delivery_reason"] = NonDeliveryReason(reason)
    return stamps


def _append(
    referral: Referral,
    action: ReferralAction,
    states: tuple[ReferralState, ReferralState],
    *,
    actor: Any,
    now: datetime,
    reason: str,
    note: str,
) -> ReferralEvent:
    event = ReferralEvent(
        id=new_id(),
        referral=referral,
        sequence=referral.version,  # it counts every change, so no query is needed to number the moves
        action=action,
        from_state=states[0],
        to_state=states[1],
        reason=reason,
        actor_id=actor.id,
        at=now,
    )
    if note.strip():
        event.sealed_note = sealing.seal_text(referral.case_id, note_purpose(event.id), note.strip())
    db.session.add(event)
    return event
