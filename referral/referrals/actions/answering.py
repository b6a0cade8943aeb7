"""The service's verbs: acknowledge, accept, put on the waiting list, ask, decline, start, deliver, report an end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from directory.taxonomy import Group
from referral.cases.models import Case
from referral.consent.queries import request_for
from referral.consent.rules import Decision, decide
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import outbox
from referral.partners.models import User
from referral.providers.capacity_models import ServiceCapacity
from referral.referrals.actions import demand, procedure
from referral.referrals.actions.moves import transition
from referral.referrals.models import Referral
from referral.referrals.rules import PROVIDER_ACTIONS, ReferralAction
from sop.vocabulary import N_, Message

NOT_YOURS = Message("not_yours", N_("This act belongs to the other side of the referral."))
NOT_SHARED = Message(
    "not_shared",
    N_("Nothing may be shared with your service now, so it cannot take the person. You can still decline, or ask."),
)
BINDS = frozenset({ReferralAction.ACCEPT, ReferralAction.WAITLIST})
"""Answers by which the service takes the person: for these the sharing must hold at this moment."""


class NoPlaceFree(Exception):
    """The entry says that no place is free: the service must say that it takes the person all the same."""


def act(
    referral: Referral,
    action: ReferralAction,
    *,
    actor: Any,
    now: datetime,
    reason: str = "",
    note: str = "",
    expected_version: int | None = None,
    appointment_at: datetime | None = None,
    expected_on: date | None = None,
    beyond_capacity: bool = False,
    kept_for: Group = Group.EVERYBODY,
) -> None:
    """Answer a referral: its state, the case's procedure, the places left and the case manager's notice go together.

    Raises `RuleViolation` for what the table or the sharing forbids, `Stale` when somebody was faster, `NoPlaceFree`
    when the entry counts no free place for that group (`kept_for`) and `beyond_capacity` is not said.
    """
    if action not in PROVIDER_ACTIONS:
        raise RuleViolation(NOT_YOURS)
    _lock(referral)
    if action in BINDS and not judge(referral, actor=actor, now=now).allowed:
        raise RuleViolation(NOT_SHARED)
    before = referral.state
    columns: dict[str, Any] = {}
    if action is ReferralAction.ACCEPT:
        columns = {"appointment_at": appointment_at}
    if action is ReferralAction.WAITLIST:
        columns = {"expected_on": expected_on}
    transition(
        referral, action, actor=actor, now=now, reason=reason, note=note, expected_version=expected_version,
        columns=columns,
    )  # fmt: skip
    if action is ReferralAction.ACCEPT:
        _take_place(referral, kept_for, beyond_capacity=beyond_capacity)
    demand.signal(referral, action, reason, now=now)
    procedure.tell(referral, action, before, actor=actor, now=now)
    _tell_case_team(referral, now)


def judge(referral: Referral, *, actor: Any, now: datetime) -> Decision:
    """What the sharing decision says to this actor now; for acts, which show nothing and so are not registered."""
    return decide(request_for(referral, actor=actor, now=now))


def _lock(referral: Referral) -> None:
    """Take the case's row first: answers to several needs of one case then wait for each other instead of failing."""
    db.session.flush()
    db.session.execute(
        select(Case)
        .where(Case.id == referral.case_id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).unique()


def _take_place(referral: Referral, kept_for: Group, *, beyond_capacity: bool) -> None:
    """One place less of that group, never below none; where the entry counts none there is nothing to count."""
    place = referral.service_at_location
    row = next((one for one in place.capacities if one.audience is kept_for), None)
    if row is None or row.available is None:
        return
    taken = db.session.execute(
        update(ServiceCapacity)
        .where(ServiceCapacity.id == row.id, ServiceCapacity.available > 0)
        .values(available=ServiceCapacity.available - 1)
        .returning(ServiceCapacity.id)
        .execution_options(synchronize_session=False)
    ).first()
    db.session.expire(row, ["available"])
    if taken is None and not beyond_capacity:
        raise NoPlaceFree


def _tell_case_team(referral: Referral, now: datetime) -> None:
    """The case manager of record learns by code that something moved; without one, whoever sent it."""
    recipient = referral.case.manager or db.session.get(User, referral.sender_id)
    outbox.queue("referral_moved", now=now, user=recipient, case_code=referral.case.code, reference=referral.reference)
