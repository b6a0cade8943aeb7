"""A search that finds nobody leaves a signal of demand, which says nothing about the person."""

from __future__ import annotations

from datetime import datetime

from directory import Criteria
from directory.question import audience
from referral.extensions import db
from referral.foundation.access import Actor
from referral.providers.models import NeedSignal
from referral.providers.queries.searching import Found, search
from referral.providers.rules import SignalOutcome

DEPARTMENT = len("CM001001")


def signal_need(asked: Criteria, outcome: SignalOutcome, now: datetime) -> None:
    """Keep the need, the département, minor or adult, and why: to the hour, so that no line points to one visitor.

    The audit trail has no line of it: that would say who searched, and with the case that they hold, for whom.
    """
    db.session.add(
        NeedSignal(
            at=now.replace(minute=0, second=0, microsecond=0),
            pcode=(asked.place or "")[:DEPARTMENT],
            category=asked.need or "",
            audience=audience(asked),
            outcome=outcome,
        )
    )
    db.session.flush()


def search_or_signal(*, asked: Criteria, words: str, start: int = 0, actor: Actor, now: datetime) -> Found:
    """Search what `actor` may see; where nobody fits, keep the signal, and only that."""
    found = search(asked, words, now, actor, start=start)
    if found.outcome:
        signal_need(asked, found.outcome, now)
        db.session.commit()
    return found
