"""Requests of authorities that are about no case: those one registered, and how many there were of each sort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from referral.consent.exceptional_models import LegalOrder
from referral.consent.orders import OrderKind, OrderState, state_of
from referral.consent.queries.exceptional import MOST, all_orders, of_nobody
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.foundation.grants import Role
from referral.partners.models import User


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


def unwatched(actor: Actor) -> Select[LegalOrder]:
    """Requests about no case of an organisation where no supervisor works: the data officer looks after these.

    So that they are not lost with the account of whoever took the call.
    """
    supervisor = exists().where(
        User.organization_id == LegalOrder.organization_id, User.role == Role.SUPERVISOR, User.active
    )
    return all_orders(actor).where(LegalOrder.case_id.is_(None), ~supervisor)


_BOTH = lambda: (joinedload(LegalOrder.case), joinedload(LegalOrder.organization))  # noqa: E731 - as it is asked for
unwatched_order = Door(lambda actor: unwatched(actor).order_by(None), LegalOrder.id, load=_BOTH)


def without_supervisor(actor: Actor, rows: Iterable[LegalOrder]) -> frozenset[UUID]:
    """Which of these rows of the register nobody but the data officer looks after."""
    ids = [row.id for row in rows if row.case_id is None]
    query = unwatched(actor).order_by(None).with_only_columns(LegalOrder.id).where(LegalOrder.id.in_(ids))
    return frozenset(db.session.scalars(query)) if ids else frozenset()


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
