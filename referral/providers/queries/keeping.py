"""Every entry as the ladder of reminders reads it, in batches by key: a large directory is never in memory at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, and_, select, true

from directory.reminders import Campaign, Kept, Step
from referral.extensions import db
from referral.foundation import clock
from referral.partners.models import User
from referral.providers.models import SectionVerification, Service, ServiceAtLocation, ServiceStaff
from referral.providers.queries.autonomy import accompanied
from referral.providers.queries.records import verifications, with_assured
from referral.providers.upkeep_models import CampaignParticipation, ReminderStep, ReviewCampaign

BATCH = 2_000


def kept_entries(now: datetime, batch: int = BATCH) -> Iterator[Kept]:
    """The entries in the order of their keys, `batch` at a time, with the steps that were taken for them."""
    keepers = keepers_by_service()
    called = accompanied()
    campaigns = _running(now.astimezone(clock.zone()).date())
    place = ServiceAtLocation.__table__.c
    columns = (place.id, place.service_id, Service.assured_date, Service.source, Service.organization_id)
    query = (
        select(*columns)
        .join(Service, Service.id == place.service_id)
        .where(place.archived.is_(False), Service.archived.is_(False))
        .order_by(place.id)
        .limit(batch)
    )
    after: ColumnElement[bool] = true()
    while rows := db.session.execute(query.where(after)).all():
        between = (rows[0].id, rows[-1].id)
        key = SectionVerification.service_at_location_id
        verified = verifications(clock.zone(), key >= between[0], key <= between[1])
        done = _taken(between)
        for row in rows:
            people = keepers.get(row.service_id, [])
            keeper, deputy = (*people, None, None)[:2]
            days, _method = with_assured(verified.get(row.id, {}), row.assured_date, row.source, _mandatory())
            yield Kept(
                str(row.id), days, keeper, deputy, tuple(campaigns.get(row.id, ())),
                frozenset(done.get(row.id, ())), row.organization_id in called,
            )  # fmt: skip
        after = place.id > rows[-1].id


def _mandatory() -> tuple[str, ...]:
    return tuple(current_app.config["SETTINGS"].shelf_lives.mandatory)


def keepers_by_service() -> Mapping[UUID, list[str]]:
    """By service its active staff, the focal point first."""
    query = (
        select(ServiceStaff.service_id, User.id)
        .join(User, User.id == ServiceStaff.user_id)
        .where(User.active)
        .order_by(ServiceStaff.focal_point.desc(), User.username)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for service, person in db.session.execute(query):
        found[service].append(str(person))
    return found


def _running(today: date) -> Mapping[UUID, list[Campaign]]:
    query = (
        select(CampaignParticipation.place_id, ReviewCampaign)
        .join(ReviewCampaign, ReviewCampaign.id == CampaignParticipation.campaign_id)
        .where(ReviewCampaign.starts_on <= today, ReviewCampaign.ends_on >= today)
    )
    found: dict[UUID, list[Campaign]] = defaultdict(list)
    for place, one in db.session.execute(query):
        found[place].append(Campaign(str(one.id), frozenset(one.sections), one.starts_on, one.ends_on))
    return found


def _taken(between: tuple[UUID, UUID]) -> Mapping[UUID, set[tuple[str, str, Step]]]:
    step = ReminderStep
    query = select(step.place_id, step.section, step.cycle, step.step).where(
        and_(step.place_id >= between[0], step.place_id <= between[1])
    )
    found: dict[UUID, set[tuple[str, str, Step]]] = defaultdict(set)
    for row in db.session.execute(query):
        found[row.place_id].add((row.section.value, row.cycle, row.step))
    return found
