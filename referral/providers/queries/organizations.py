"""Organisations of the directory: which an actor may see and edit, and everything that the page of one shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import selectinload

from directory import Moment, freshness, reminders
from directory.reminders import Kept, Step
from directory.taxonomy import METHOD_LABELS
from directory.vocabulary import Message, label
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Role, Scope, scope_of
from referral.partners.models import Organization, User
from referral.partners.rules import OrganizationKind
from referral.providers.coverage_models import DirectoryMandate
from referral.providers.models import SectionVerification, Service, ServiceAtLocation, ServiceStaff
from referral.providers.queries.autonomy import accompanied, effective, level_of
from referral.providers.queries.bodies import shown_for
from referral.providers.queries.catalogue import kept_places, public_holidays, snapshot
from referral.providers.queries.evidence import unreachable
from referral.providers.queries.listing import Line, line
from referral.providers.queries.sheets import Freshness
from referral.providers.queries.visible import visible_places, visible_services
from referral.providers.rules import HOLDS, Section, TrustLevel
from referral.providers.upkeep_models import ChangeProposal, EntityRevision, OrganizationReminder
from sop.vocabulary import N_

MOST_LINES, MOST = 100, 100
SECTION = Section.ORGANIZATION.value


def visible_organizations(actor: Actor) -> Select[Organization]:
    """Those of whom the actor may see a service, the own one, and federations, which have members instead of services.

    A refuge that is known by name shows nowhere else.
    """
    if scope_of(actor.role, Permission.DIRECTORY_READ) is Scope.NONE:
        return select(Organization).where(false())
    theirs = visible_services(actor).with_only_columns(Service.organization_id)
    federation = Organization.kind == OrganizationKind.FEDERATION
    return select(Organization).where(
        or_(Organization.id.in_(theirs), Organization.id == actor.organization_id, federation)
    )


def editable_organizations(actor: Actor) -> Select[Organization]:
    """The own one; for the coordination all that it may see."""
    if scope_of(actor.role, Permission.DIRECTORY_COORDINATE) is Scope.ALL:
        return visible_organizations(actor)
    if scope_of(actor.role, Permission.DIRECTORY_EDIT) is not Scope.ORGANIZATION or actor.organization_id is None:
        return select(Organization).where(false())
    return select(Organization).where(Organization.id == actor.organization_id)


def trust_in(actor: Actor, one: Organization) -> TrustLevel:
    """How far the actor may publish what the organisation says of itself: no further than in any of its services."""
    if scope_of(actor.role, Permission.DIRECTORY_COORDINATE) is Scope.ALL:
        return TrustLevel.FULL
    query = select(ServiceStaff.trust).join(Service, Service.id == ServiceStaff.service_id)
    query = query.where(Service.organization_id == one.id, ServiceStaff.user_id == actor.id).distinct()
    order = list(TrustLevel)
    own = min(db.session.scalars(query), key=order.index, default=TrustLevel.USUAL)
    return effective(own, level_of(one.id))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """When an organisation's section was last confirmed, by which method, and what that makes of it."""

    organization: Organization
    fresh: Freshness
    said: Message

    @property
    def due(self) -> bool:
        """Whether it should be confirmed now."""
        return self.fresh.due


def confirmed(one: Organization, now: datetime) -> Confirmed:
    """How fresh the section is; its shelf life is a setting of the installation (`SHELF_LIVES`)."""
    query = (
        select(SectionVerification.at, SectionVerification.method)
        .where(SectionVerification.organization_id == one.id, SectionVerification.outcome.in_(HOLDS))
        .order_by(SectionVerification.at.desc(), SectionVerification.id)
        .limit(1)
    )
    row = db.session.execute(query).first()
    day = row.at.astimezone(clock.zone()).date() if row else None
    lives = current_app.config["SETTINGS"].shelf_lives
    today = now.astimezone(clock.zone()).date()
    state = freshness.section_state(day, freshness.Section.ORGANIZATION, today, lives)
    return Confirmed(one, Freshness(Section.ORGANIZATION, state, day), _said(day, row.method.value if row else "", now))


def _said(day: date | None, method: str, now: datetime) -> Message:
    if day is None:
        return Message("never_verified", N_("never confirmed by anybody"))
    local = now.astimezone(clock.zone())
    values = {"when": freshness.ago(day, local), "how": label(method, METHOD_LABELS)}
    return Message("verified_how", N_("verified %(when)s, %(how)s"), values)


def verified_days(where: ColumnElement[bool] | None = None) -> Mapping[UUID, date]:
    """By organisation the day of the last confirmation; those never confirmed are missing."""
    query = (
        select(SectionVerification.organization_id, func.max(SectionVerification.at).label("at"))
        .where(SectionVerification.organization_id.is_not(None), SectionVerification.outcome.in_(HOLDS))
        .where(true() if where is None else where)
        .group_by(SectionVerification.organization_id)
    )
    return {row.organization_id: row.at.astimezone(clock.zone()).date() for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class OrganizationSheet:
    """Everything that the page of one organisation shows. `places`: its services by where they are, as far as seen."""

    organization: Organization
    confirmed: Confirmed
    places: tuple[tuple[str, tuple[Line, ...]], ...]
    more: int
    mandates: tuple[tuple[DirectoryMandate, str], ...]
    own: bool
    waiting: tuple[ChangeProposal, ...]
    against: tuple[Message, ...]
    """What speaks against it as it stands: messages that came back, calls without an answer."""


def organization_sheet(one: Organization, actor: Actor, now: datetime, language: str) -> OrganizationSheet:
    """The page of an organisation that `actor` may see; what waits for a decision is for those who may edit it."""
    lines, more = _lines(one, actor, now)
    own = db.session.scalar(editable_organizations(actor).where(Organization.id == one.id)) is not None
    return OrganizationSheet(
        one, confirmed(one, now), _by_place(lines, language), more, _mandates(one, now, language), own,
        _waiting(one) if own else (), tuple(unreachable(SectionVerification.organization_id == one.id, now)),
    )  # fmt: skip


def _lines(one: Organization, actor: Actor, now: datetime) -> tuple[list[Line], int]:
    found = snapshot(now)
    moment = Moment(now, public_holidays(now), found.catalogue.lives)
    query = visible_places(actor).join(Service, Service.id == ServiceAtLocation.service_id)
    ids = db.session.scalars(
        query.where(Service.organization_id.in_(shown_for(one.id))).with_only_columns(ServiceAtLocation.id)
    )
    offers = [found.offers[key] for key in map(str, ids) if key in found.offers]
    offers.sort(key=lambda offer: (found.words[offer.id], offer.id))
    return [line(offer, moment) for offer in offers[:MOST_LINES]], max(0, len(offers) - MOST_LINES)


def _by_place(lines: Collection[Line], language: str) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    found: dict[str, list[Line]] = {}
    for one in lines:
        found.setdefault(unit_name(one.offer.pcode, language) or one.offer.location_name, []).append(one)
    return tuple((name, tuple(rows)) for name, rows in sorted(found.items(), key=lambda item: (not item[0], item[0])))


def unit_name(pcode: str, language: str) -> str:
    """A unit by its name in the reader's language; empty for an unknown code."""
    known = kept_places().get(pcode)
    if known is None:
        return ""
    return known.name_en if language == "en" and known.name_en else known.name


def _mandates(one: Organization, now: datetime, language: str) -> tuple[tuple[DirectoryMandate, str], ...]:
    """Those in force, each with the name of its place; empty for the whole country."""
    today = now.astimezone(clock.zone()).date()
    row = DirectoryMandate
    query = select(row).where(
        row.organization_id == one.id, row.removed_at.is_(None),
        or_(row.starts_on.is_(None), row.starts_on <= today), or_(row.ends_on.is_(None), row.ends_on >= today),
    )  # fmt: skip
    rows = db.session.scalars(query.order_by(row.need, row.pcode, row.id).limit(MOST))
    return tuple((found, unit_name(found.pcode, language) if len(found.pcode) > 2 else "") for found in rows)


def _waiting(one: Organization) -> tuple[ChangeProposal, ...]:
    query = select(ChangeProposal).where(ChangeProposal.organization_id == one.id, ChangeProposal.decided_at.is_(None))
    rows = query.order_by(ChangeProposal.created_at).options(selectinload(ChangeProposal.items))
    return tuple(db.session.scalars(rows.limit(MOST)))


def organization_revisions(one: Organization) -> list[tuple[EntityRevision, str]]:
    """What was changed in what an organisation says of itself, the latest first, with the role of who did it."""
    query = (
        select(EntityRevision, User)
        .outerjoin(User, User.id == EntityRevision.actor_id)
        .where(EntityRevision.organization_id == one.id)
        .order_by(EntityRevision.at.desc(), EntityRevision.id)
    )
    return [(found, user.role.label if user else "") for found, user in db.session.execute(query.limit(MOST))]


def kept_organizations(today: date) -> list[Kept]:
    """Those that were ever confirmed or should be now, as the ladder reads them, with the steps that were taken."""
    keepers, done, found = keepers_of_organizations(), _taken(), []
    days = verified_days()
    called = accompanied()
    for key, day in sorted((_never_confirmed(set(keepers) - set(days), done, today) | dict(days)).items()):
        keeper, deputy = (*keepers.get(key, []), None, None)[:2]
        found.append(Kept(str(key), {SECTION: day}, keeper, deputy, (), frozenset(done.get(key, ())), key in called))
    return found


def _never_confirmed(
    among: Collection[UUID], done: Mapping[UUID, Collection[tuple[str, str, Step]]], today: date
) -> dict[UUID, date]:
    """Those with a service and somebody who could confirm them: due today, or since they were first asked."""
    lives = current_app.config["SETTINGS"].shelf_lives
    due = reminders.never(today, freshness.Section.ORGANIZATION, lives)
    offering = db.session.scalars(select(Service.organization_id).where(Service.archived.is_(False)).distinct())
    asked = {key: [date.fromisoformat(cycle) for _section, cycle, _step in done.get(key, ())] for key in offering}
    return {key: min(days, default=due) for key, days in asked.items() if key in among}


def keepers_of_organizations() -> Mapping[UUID, list[str]]:
    """By organisation the active people who may edit it, a focal point of one of its services first."""
    focal = select(ServiceStaff.user_id).where(ServiceStaff.focal_point)
    query = select(User.organization_id, User.id).where(User.active, User.role.in_(KEEPING))
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in db.session.execute(query.order_by(User.id.in_(focal).desc(), User.username)):
        if row.organization_id is not None:
            found[row.organization_id].append(str(row.id))
    return found


def _taken() -> Mapping[UUID, set[tuple[str, str, Step]]]:
    step = OrganizationReminder
    found: dict[UUID, set[tuple[str, str, Step]]] = defaultdict(set)
    for row in db.session.execute(select(step.organization_id, step.cycle, step.step)):
        found[row.organization_id].add((SECTION, row.cycle, row.step))
    return found


KEEPING: tuple[Role, ...] = tuple(
    role for role in Role if scope_of(role, Permission.DIRECTORY_EDIT) is Scope.ORGANIZATION
)
"""The roles whose people keep what their organisation says of itself."""
