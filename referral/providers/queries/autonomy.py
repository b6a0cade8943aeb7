"""How far organisations are left alone: their level, what they kept and missed, who may be proposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from directory.autonomy import WRONG_DAYS, Autonomy, Miss, Record, lacks
from directory.punctuality import Tally
from referral.extensions import db
from referral.partners.models import Organization
from referral.providers.autonomy_models import OrganizationAutonomy
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries.punctuality import League, league
from referral.providers.rules import ReportKind, ReportState, TrustLevel
from referral.providers.upkeep_models import ChangeItem, ChangeProposal, DirectoryReport

MOST = 50


def effective(own: TrustLevel, level: Autonomy) -> TrustLevel:
    """What a keeper may publish: everything in an autonomous organisation, unless they themselves are read.

    >>> [effective(one, Autonomy.AUTONOMOUS).value for one in (TrustLevel.USUAL, TrustLevel.REVIEWED)]
    ['full', 'reviewed']
    """
    return TrustLevel.FULL if level is Autonomy.AUTONOMOUS and own is not TrustLevel.REVIEWED else own


def history_of(organization_id: UUID | None) -> list[OrganizationAutonomy]:
    """The levels of an organisation, the latest first."""
    row = OrganizationAutonomy
    query = select(row).where(row.organization_id == organization_id).order_by(row.at.desc(), row.id.desc())
    return list(db.session.scalars(query.limit(MOST)))


def level_of(organization_id: UUID | None) -> Autonomy:
    """The level of an organisation now."""
    row = OrganizationAutonomy
    query = select(row.level).where(row.organization_id == organization_id).order_by(row.at.desc(), row.id.desc())
    return db.session.scalar(query.limit(1)) or Autonomy.USUAL


def levels() -> dict[UUID, OrganizationAutonomy]:
    """The present row of every organisation that ever had one."""
    row = OrganizationAutonomy
    latest = func.row_number().over(partition_by=row.organization_id, order_by=(row.at.desc(), row.id.desc()))
    ranked = select(row.id, latest.label("place")).subquery()
    query = select(row).join(ranked, ranked.c.id == row.id).where(ranked.c.place == 1)
    return {one.organization_id: one for one in db.session.scalars(query)}


def accompanied() -> set[UUID]:
    """The organisations that are called first."""
    return {key for key, one in levels().items() if one.level is Autonomy.ACCOMPANIED}


@dataclass(frozen=True, slots=True)
class Kept:
    """An organisation with its level, its record, and what it lacks to be left alone."""

    id: UUID
    name: str
    row: OrganizationAutonomy | None
    record: Record
    lacks: tuple[Miss, ...]

    @property
    def level(self) -> Autonomy:
        """The level now."""
        return self.row.level if self.row else Autonomy.USUAL


def kept(now: datetime) -> list[Kept]:
    """Every organisation with an entry that the network sees or with a level, by name."""
    return list(_kept(league(now), now))


def _kept(found: League, now: datetime) -> Iterable[Kept]:
    rows = levels()
    tallies = {UUID(key): tally for key, tally in found.organizations}
    wrong, refused = _wrong(now), _refused(now)
    names = _names(rows.keys() | tallies.keys())
    for key in sorted(names, key=lambda one: (names[one].casefold(), one)):
        record = _record(tallies.get(key, Tally()), wrong[key], refused[key])
        yield Kept(key, names[key], rows.get(key), record, lacks(record))


def record_of(organization_id: UUID, now: datetime) -> Record:
    """The record of one organisation."""
    tallies = {UUID(key): tally for key, tally in league(now).organizations}
    wrong, refused = _wrong(now), _refused(now)
    return _record(tallies.get(organization_id, Tally()), wrong[organization_id], refused[organization_id])


def _record(one: Tally, wrong: int, refused: int) -> Record:
    return Record(one.entries, one.fresh, one.overdue, one.in_time, one.due, wrong, refused)


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    query = select(Organization.id, Organization.name)
    wanted = set(ids)
    return {row.id: row.name for row in db.session.execute(query) if row.id in wanted}


def _wrong(now: datetime) -> Counter[UUID]:
    """By organisation the reports of the last days after which the entry was corrected."""
    query = (
        select(Service.organization_id)
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .join(DirectoryReport, DirectoryReport.place_id == ServiceAtLocation.id)
        .where(DirectoryReport.kind != ReportKind.MISCONDUCT, DirectoryReport.state == ReportState.CORRECTED)
        .where(DirectoryReport.reported_at > now - timedelta(WRONG_DAYS))
    )
    return Counter(db.session.scalars(query))


def _refused(now: datetime) -> Counter[UUID]:
    """By organisation the changes of its entries of which the coordination refused something."""
    query = (
        select(Service.organization_id, ChangeProposal.id)
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .join(ChangeProposal, ChangeProposal.place_id == ServiceAtLocation.id)
        .join(ChangeItem, ChangeItem.proposal_id == ChangeProposal.id)
        .where(ChangeProposal.decided_at > now - timedelta(WRONG_DAYS), ChangeItem.accepted.is_(False))
        .distinct()
    )
    return Counter(row[0] for row in db.session.execute(query))
