"""A keeper hides an entry this minute: nobody but the people named for it finds it, and its place is told to nobody.

The rule is that of every form, to show less cannot wait (`rules.at_once`). The coordination is told and calls; what was
hidden is shown again by it alone, when the organisation agrees.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from directory.taxonomy import Disclosure, Visibility
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, outbox
from referral.foundation.access import Actor
from referral.foundation.grants import Role
from referral.partners.queries.accounts import users_of_role
from referral.providers.actions import editing, fields
from referral.providers.actions.deciding import undo_rest
from referral.providers.actions.reminding import open_task
from referral.providers.actions.reporting import ANSWERED
from referral.providers.models import ServiceAtLocation
from referral.providers.rules import Origin, Section, TaskReason, VerificationOutcome, at_once
from referral.providers.upkeep_models import CallTask, EntityRevision

HIDDEN = {"visibility": Visibility.RESTRICTED.value, "disclosure": Disclosure.ON_REQUEST.value}


def hideable(place: ServiceAtLocation) -> bool:
    """Whether something of the entry can still be hidden."""
    return bool(_diff(place))


def _diff(place: ServiceAtLocation) -> dict[str, list[Any]]:
    present = fields.state_of(place, Section.SERVICE)
    return fields.difference(present, {name: value for name, value in HIDDEN.items() if name in present})


def hide(place: ServiceAtLocation, reason: str, *, origin: Origin, actor: Actor, now: datetime) -> None:
    """Hide the entry and ask the coordination to call; an entry that is hidden already stays as it is."""
    diff = {name: pair for name, pair in _diff(place).items() if at_once(name, *pair, origin=origin, direct=True)}
    if not diff:
        return
    made = editing.apply(place, Section.SERVICE, diff, origin=origin, actor=actor, now=now, confirms=False)
    place.updated_at = now
    audit.record("directory.hide", actor=actor, now=now, subject=("service_at_location", place.id))
    kept: dict[str, Any] = {"note": reason, "revision_id": made.id if made else None}
    told = open_task(place.id, TaskReason.HIDDEN, [Section.SERVICE.value], **kept, now=now)
    if told is not None:
        for user in users_of_role(Role.COORDINATOR):
            outbox.queue("entry_hidden", now=now, user=user)
    db.session.flush()


def settle(task: CallTask, *, show: bool, actor: Actor, now: datetime) -> list[str]:
    """What the call about a hidden entry brought: it is shown again as it was, or it stays hidden.

    Returns the fields that stay hidden because somebody changed them since.
    """
    if task.closed_at is not None:
        raise RuleViolation(ANSWERED)
    stay: list[str] = []
    if show and task.place is not None and task.revision_id is not None:
        revision = db.session.get_one(EntityRevision, task.revision_id)
        stay = undo_rest(task.place, revision, actor=actor, now=now)
        task.place.updated_at = now
    task.outcome = VerificationOutcome.CHANGED if show else VerificationOutcome.CONFIRMED
    task.closed_at, task.closed_by_id = now, actor.id
    code = "shown" if show else "stays_hidden"
    audit.record("directory.called", actor=actor, now=now, subject=("call_task", task.id), code=code)
    db.session.flush()
    return stay
