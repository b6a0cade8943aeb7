"""Requests of authorities that are about no case: those one registered, and how many there were of each sort."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from referral.consent.exceptional_models import LegalOrder
from referral.consent.orders import OrderKind, OrderState, state_of
from referral.consent.queries.exceptional import MOST, all_orders, of_nobody
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import Actor


@dataclass(frozen=True, slots=True, order=True)
class Sort:
    """What is counted together."""

    year: int
    kind: OrderKind
    about_case: bool
    state: OrderState


def informal_requests(actor: Actor) -> list[LegalOrder]:
    """The latest requests about no case that `actor` may open: references and days, no words."""
    query = select(LegalOrder).where(of_nobody(actor))
    return list(db.session.scalars(query.order_by(LegalOrder.received_at.desc(), LegalOrder.id.desc()).limit(MOST)))


def counts(actor: Actor) -> dict[Sort, int]:
    """How many requests of each sort the data officer's register holds, in the order of the years; none for others."""
    columns = (
        LegalOrder.received_at, LegalOrder.kind, LegalOrder.case_id, LegalOrder.code, LegalOrder.answered_at,
        LegalOrder.refused_at,
    )  # fmt: skip
    found: Counter[Sort] = Counter()
    for at, kind, case_id, code, answered, refused in db.session.execute(all_orders(actor).with_only_columns(*columns)):
        state = state_of(code, answered=answered is not None, refused=refused is not None)
        found[Sort(at.astimezone(clock.zone()).year, kind, case_id is not None, state)] += 1
    return dict(sorted(found.items()))
