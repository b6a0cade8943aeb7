"""A need that finds no service leaves a signal of demand, which says nothing about the person.

It comes of a search that finds nobody, and of a referral that is refused or put on a waiting list.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from directory import Criteria
from directory.question import audience
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.providers.models import NeedSignal
from referral.providers.queries.searching import Found, search
from referral.providers.rules import SignalOutcome

DEPARTMENT = len("CM001001")


def signal_need(asked: Criteria, outcome: SignalOutcome, now: datetime, evidence: str | None = None) -> None:
    """Keep the need, the département, minor or adult, and why: to the hour, so that no line points to one visitor.

    The audit trail has no line of it: that would say who searched, and with the case that they hold, for whom.
    """
    keep_signal(
        pcode=asked.place or "", need=asked.need or "", of=audience(asked), outcome=outcome, now=now, evidence=evidence
    )


def keep_signal(
    *, pcode: str, need: str, of: str, outcome: SignalOutcome, now: datetime, evidence: str | None = None
) -> None:
    """Keep a signal; what has the same `evidence` (a keyed hash that leads nowhere) is kept once."""
    row = {
        "id": new_id(), "at": now.replace(minute=0, second=0, microsecond=0), "pcode": pcode[:DEPARTMENT],
        "category": need, "audience": of, "outcome": outcome, "evidence": evidence,
    }  # fmt: skip
    db.session.execute(_inserting(db.session.get_bind().dialect.name), row)


@cache
def _inserting(dialect: str) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(NeedSignal).on_conflict_do_nothing()


def search_or_signal(
    *, asked: Criteria, words: str, start: int = 0, evidence: str | None = None, actor: Actor, now: datetime
) -> Found:
    """Search what `actor` may see; where nobody fits, keep the signal, and only that."""
    found = search(asked, words, now, actor, start=start)
    if found.outcome:
        signal_need(asked, found.outcome, now, evidence)
        db.session.commit()
    return found
