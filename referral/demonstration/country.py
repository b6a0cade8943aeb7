"""Load the demonstration country into an empty database, and say how to sign in to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select, update

from referral.cases.models import Case
from referral.demonstration.agreements import add_agreements, add_federation
from referral.demonstration.bulk import together
from referral.demonstration.cases import drafts, stories
from referral.demonstration.directory import add_directory, confirm, list_staff
from referral.demonstration.double_entries import add_double_entries
from referral.demonstration.doubles import add_doubles
from referral.demonstration.exceptional import add_exceptional, add_work
from referral.demonstration.organizations import add_organizations
from referral.demonstration.oversight import add_oversight
from referral.demonstration.people import add_people, log_in_lines
from referral.demonstration.walk import FRESH, walk
from referral.demonstration.world import World, tell
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.outbox import MessageState, OutboxMessage
from referral.partners.models import User
from referral.procedures.actions import import_library
from referral.providers.actions import look_for_doubles
from referral.referrals.models import Referral
from sop.vocabulary import N_, Message

OCCUPIED = Message(
    "occupied",
    N_("This database is in use: the demonstration country goes into an empty one only. Nothing was changed."),
)
PRODUCTION = Message("production", N_("The demonstration country does not belong in production. Nothing was changed."))
CASES_PER_DRAFT = 27


def load(*, seed: int = 2026, cases: int = 304, now: datetime) -> Iterator[str]:
    """Fill an empty database and commit; yields a line for each part. The same seed and time give the same country."""
    if current_app.config["SETTINGS"].production:
        raise RuleViolation(PRODUCTION)
    if db.session.scalar(select(func.count()).select_from(User)):
        raise RuleViolation(OCCUPIED)
    rng = Random(f"{seed}-country")  # noqa: S311 - a story, not a secret
    import_library(current_app.config["SETTINGS"].country, actor=None, now=now - timedelta(days=420))
    organizations = add_organizations(rng)
    staff = add_people(organizations, rng, now)
    directory = add_directory(organizations, rng, now - timedelta(days=390))
    list_staff(directory, staff.providers)
    agreements = add_agreements(organizations, rng, now)
    keys = {organization.id: key for key, organization in organizations.items()}
    world = World(directory, agreements, staff, keys)
    places = len(directory.entries)
    yield f"{len(organizations)} organisations, {places} services at a place, {len(staff.named)} accounts"
    unsent = drafts(world, seed, 2 + cases // CASES_PER_DRAFT, now)
    with together():
        tell([*stories(world, seed, cases, now), *unsent, walk(world, now)], now)
    confirm(directory, rng, now, _places(world))
    agreements.settle(staff.named["c.fotso"], rng, now)
    add_federation(agreements, organizations["social-lt"], organizations["federation"], staff.named["c.fotso"], now)
    add_doubles(organizations["social-lt"], now)
    add_double_entries(directory, organizations, seed, now)
    add_work(directory, organizations["federation"], staff.named["c.fotso"], now)
    add_exceptional(staff.named["a.ngo"], staff.named["t.mbarga"], now)
    add_oversight(staff.named["c.fotso"], organizations["social-lt"], now)
    _forget_old_notices(now)
    counted = [db.session.scalar(select(func.count()).select_from(model)) for model in (Case, Referral)]
    db.session.commit()
    look_for_doubles(now)
    yield f"{counted[0]} invented cases, {counted[1]} referrals"


def _places(world: World) -> list[UUID]:
    return [world.directory.place(one).id for one in FRESH]


def _forget_old_notices(now: datetime) -> None:
    """Notices of the past months count as sent: only those of the last day wait for the worker."""
    old = OutboxMessage.queued_at < now - timedelta(days=1)
    values = {"state": MessageState.SENT, "sent_at": OutboxMessage.queued_at, "attempts": 1}
    db.session.execute(update(OutboxMessage).where(old).values(values).execution_options(synchronize_session=False))


def log_ins(now: datetime) -> list[str]:
    """One log-in for each role: role, account, present code and secret of the second factor; the one password."""
    return log_in_lines(now)
