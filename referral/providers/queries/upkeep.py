"""What the upkeep reads: who keeps what, what waits for the coordination, how far a campaign is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from directory import freshness
from referral.extensions import db
from referral.foundation import signed_links
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.partners.models import User
from referral.providers.models import Service, ServiceAtLocation, ServiceStaff
from referral.providers.queries.autonomy import effective, level_of
from referral.providers.queries.catalogue import snapshot
from referral.providers.queries.listing import overlaps
from referral.providers.rules import ReportKind, ReportState, Section, TaskReason, TrustLevel
from referral.providers.upkeep_models import (
    CallTask,
    CampaignParticipation,
    ChangeProposal,
    ConfirmationLink,
    DirectoryReport,
    EntityRevision,
    ReviewCampaign,
    TempNotice,
)

MOST = 100
ANSWER_DAYS = timedelta(days=7)
"""Five working days, on the safe side of a week end."""


def link_of(token: str) -> ConfirmationLink | None:
    """The link of a token, whatever its state; None for a stranger's, or when its person may no longer act."""
    if not signed_links.TOKEN.fullmatch(token):
        return None
    link = db.session.scalar(
        select(ConfirmationLink)
        .where(ConfirmationLink.token_hash == signed_links.hashed(token))
        .options(joinedload(ConfirmationLink.user))
    )
    if link is None or not link.user.active or scope_of(link.user.role, Permission.DIRECTORY_EDIT) is Scope.NONE:
        return None
    place = link.place
    if place is None:
        return link if link.organization_id == link.user.organization_id else None
    return link if place.service.organization_id == link.user.organization_id and not place.archived else None


def trust_of(actor: Actor, place: ServiceAtLocation) -> TrustLevel:
    """How far the actor may publish in this entry; the coordination everything."""
    if scope_of(actor.role, Permission.DIRECTORY_COORDINATE) is Scope.ALL:
        return TrustLevel.FULL
    query = select(ServiceStaff.trust).where(
        ServiceStaff.service_id == place.service_id, ServiceStaff.user_id == actor.id
    )
    own = db.session.scalar(query) or TrustLevel.USUAL
    return effective(own, level_of(place.service.organization_id))


def open_tasks() -> list[CallTask]:
    """Calls to make, the oldest first, before them those about entries that were hidden at once."""
    query = (
        select(CallTask)
        .where(CallTask.closed_at.is_(None), _listed(CallTask))
        .order_by(CallTask.reason != TaskReason.HIDDEN, CallTask.opened_at, CallTask.id)
    )
    options = (*_with_place(CallTask), joinedload(CallTask.organization))
    return list(db.session.scalars(query.options(*options).limit(MOST)).unique())


def _listed(model: Any) -> ColumnElement[bool]:
    """Of an entry that no other one stands for: what waits of a double comes back if its merge is taken back."""
    replaced = select(ServiceAtLocation.id).join(Service).where(Service.replaced_by_id.is_not(None))
    return or_(model.place_id.is_(None), model.place_id.not_in(replaced))


def _with_place(model: Any) -> tuple[Any, ...]:
    """What the lists show of an entry, loaded with it."""
    place = joinedload(model.place)
    return (
        place.joinedload(ServiceAtLocation.service).joinedload(Service.organization),
        place.selectinload(ServiceAtLocation.contacts),
    )


def open_proposals() -> list[ChangeProposal]:
    """Proposals that wait, the oldest first."""
    query = select(ChangeProposal).where(ChangeProposal.decided_at.is_(None), _listed(ChangeProposal))
    query = query.order_by(ChangeProposal.created_at)
    options = (
        *_with_place(ChangeProposal),
        joinedload(ChangeProposal.organization),
        selectinload(ChangeProposal.items),
    )
    return list(db.session.scalars(query.options(*options).limit(MOST)).unique())


def visible_reports(actor: Actor) -> Select[DirectoryReport]:
    """The coordination's are all, everybody else's their own; misconduct is in no list of the directory."""
    query = select(DirectoryReport).where(DirectoryReport.kind != ReportKind.MISCONDUCT)
    if scope_of(actor.role, Permission.DIRECTORY_COORDINATE) is not Scope.ALL:
        query = query.where(DirectoryReport.reporter_id == actor.id)
    return query


def reports(actor: Actor) -> list[DirectoryReport]:
    """Open ones first, then the latest."""
    order = (DirectoryReport.state != ReportState.OPEN, DirectoryReport.reported_at.desc())
    query = visible_reports(actor).order_by(*order).limit(MOST)
    return list(db.session.scalars(query.options(*_with_place(DirectoryReport))).unique())


def misconduct(actor: Actor, report_id: UUID | None = None) -> list[DirectoryReport]:
    """Reports on misconduct, open ones first: for data officers alone, and never for one of that organisation."""
    query = select(DirectoryReport).where(DirectoryReport.kind == ReportKind.MISCONDUCT)
    if scope_of(actor.role, Permission.MISCONDUCT_READ) is not Scope.ALL:
        query = query.where(false())
    if actor.organization_id is not None:
        theirs = select(ServiceAtLocation.id).join(Service).where(Service.organization_id == actor.organization_id)
        query = query.where(DirectoryReport.place_id.not_in(theirs))
    if report_id is not None:
        query = query.where(DirectoryReport.id == report_id)
    order = (DirectoryReport.state != ReportState.OPEN, DirectoryReport.reported_at.desc())
    return list(db.session.scalars(query.order_by(*order).options(*_with_place(DirectoryReport)).limit(MOST)).unique())


def notices(place_id: UUID, today: date) -> list[TempNotice]:
    """The notices of an entry that have not run out."""
    query = select(TempNotice).where(
        TempNotice.place_id == place_id, TempNotice.ended_at.is_(None), TempNotice.ends_on >= today
    )
    return list(db.session.scalars(query.order_by(TempNotice.starts_on, TempNotice.id)))


def revisions(place: ServiceAtLocation) -> list[tuple[EntityRevision, str]]:
    """What was changed in an entry, the latest first, with the role of who did it."""
    query = (
        select(EntityRevision, User)
        .outerjoin(User, User.id == EntityRevision.actor_id)
        .where(EntityRevision.place_id == place.id)
        .order_by(EntityRevision.at.desc(), EntityRevision.id)
    )
    return [(one, user.role.label if user else "") for one, user in db.session.execute(query.limit(MOST))]


def staff_of(place: ServiceAtLocation) -> list[tuple[ServiceStaff, User]]:
    """Who keeps the entry, the focal point first."""
    query = select(ServiceStaff, User).join(User, User.id == ServiceStaff.user_id)
    query = query.where(ServiceStaff.service_id == place.service_id)
    return [(one, user) for one, user in db.session.execute(query.order_by(ServiceStaff.focal_point.desc(), User.id))]


def in_scope(regions: list[str], needs: list[str], now: datetime) -> list[UUID]:
    """The entries that a campaign of these regions and needs asks; an empty list is all."""
    return [
        UUID(one.id)
        for one in snapshot(now).listed
        if not one.archived
        and (not regions or any(one.pcode.startswith(code) or overlaps(one, code) for code in regions))
        and (not needs or set(needs) & set(one.needs))
    ]


@dataclass(frozen=True, slots=True)
class Progress:
    """One organisation in a campaign: entries that are done, and all of its entries."""

    name: str
    done: int
    asked: int


def campaigns() -> list[ReviewCampaign]:
    """The latest first."""
    return list(db.session.scalars(select(ReviewCampaign).order_by(ReviewCampaign.starts_on.desc()).limit(MOST)))


def progress(campaign: ReviewCampaign, now: datetime) -> list[Progress]:
    """By organisation, the furthest behind first. Done: all its sections were confirmed since the start."""
    found = snapshot(now)
    places = db.session.scalars(
        select(CampaignParticipation.place_id).where(CampaignParticipation.campaign_id == campaign.id)
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place in places:
        offer = found.offers.get(str(place))
        if offer is not None:
            held = all(offer.verified.get(one, date.min) >= campaign.starts_on for one in campaign.sections)
            counts[offer.organization_name][0] += held
            counts[offer.organization_name][1] += 1
    rows = [Progress(name, done, asked) for name, (done, asked) in counts.items()]
    return sorted(rows, key=lambda one: (one.done - one.asked, one.name))


def to_confirm(now: datetime) -> list[tuple[Any, list[Section]]]:
    """Entries with mandatory sections that are not up to date, the worst first."""
    found = snapshot(now)
    lives = found.catalogue.lives
    rows = []
    for one in found.listed:
        states = freshness.states(one.verified, found.day, lives)
        due = [Section(key.value) for key in lives.mandatory if states[key].rank]
        if due and not one.archived:
            rows.append((max(states[key].rank for key in lives.mandatory), one, due))
    rows.sort(key=lambda row: -row[0])
    return [(one, due) for _rank, one, due in rows[:MOST]]
