"""How well the directory is kept, by organisation, by need and by region: figures about organisations, no person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select

from directory import Offer, freshness, punctuality
from directory.coverage import LENGTHS
from directory.punctuality import Tally
from referral.extensions import db
from referral.foundation import clock
from referral.providers.models import SectionVerification
from referral.providers.queries.bodies import successors
from referral.providers.queries.catalogue import Snapshot, snapshot
from referral.providers.queries.visible import OPEN_TO_ALL
from referral.providers.rules import HOLDS, ReportKind, ReportState, Section
from referral.providers.upkeep_models import DirectoryReport

A_YEAR = timedelta(days=365)
LOOKED_BACK = timedelta(days=3 * 365)
"""A confirmation counts from the one before it, which may be older than the year."""


@dataclass(frozen=True)
class League:
    """Tallies by organisation, need and region, each the furthest behind first, and of everything together."""

    day: date
    region: str
    organizations: list[tuple[str, Tally]]
    needs: list[tuple[str, Tally]]
    regions: list[tuple[str, Tally]]
    whole: Tally
    names: Mapping[str, str]
    """Of organisations, by id."""


def league(now: datetime, region: str = "") -> League:
    """What the directory of the network says today, and what came in time within a year.

    What is kept to named people is not counted: a figure would tell that it exists.
    """
    kept = snapshot(now)
    shown = _shown(kept, region)
    houses = _houses(shown)
    found = _Found(kept, houses)
    for one in shown:
        for tally in found.of(one):
            punctuality.count_entry(tally, one, kept.day, kept.catalogue.lives)
    for key, section, days in _confirmations(now):
        offer = kept.offers.get(key)
        if offer is not None and key in houses:
            for tally in found.of(offer):
                punctuality.count_times(tally, section, days, kept.day, kept.day - A_YEAR, kept.catalogue.lives)
    for key, state in _reports(now):
        if key in houses:
            _count_report(found.of(kept.offers[key]), state)
    names = {houses[one.id]: one.organization_name for one in shown}
    return League(
        kept.day, region, punctuality.ordered(found.houses, names), punctuality.ordered(found.needs, {}),
        punctuality.ordered(found.regions, {}), found.whole, names,
    )  # fmt: skip


def _shown(kept: Snapshot, region: str) -> list[Offer]:
    return [
        one
        for one in kept.listed
        if one.visibility in OPEN_TO_ALL and not one.archived and one.pcode.startswith(region)
    ]


def _houses(shown: list[Offer]) -> dict[str, str]:
    """By entry the organisation that the directory shows for it."""
    after = {str(key): str(kept) for key, kept in successors().items()}
    return {one.id: after.get(one.organization_id, one.organization_id) for one in shown}


class _Found:
    """Where each entry is counted: once for its organisation, once a need, once for its region, once in all."""

    def __init__(self, kept: Snapshot, houses: Mapping[str, str]) -> None:
        self._entries = houses
        self.houses: dict[str, Tally] = defaultdict(Tally)
        self.needs: dict[str, Tally] = defaultdict(Tally)
        self.regions: dict[str, Tally] = defaultdict(Tally)
        self.whole = Tally()
        self._known = kept.places

    def of(self, one: Offer) -> Iterator[Tally]:
        """The tallies that an entry counts in."""
        yield self.houses[self._entries[one.id]]
        yield from (self.needs[need] for need in sorted(one.needs))
        code = one.pcode[: LENGTHS[1]]
        if code in self._known and len(code) == LENGTHS[1]:
            yield self.regions[code]
        yield self.whole


def _confirmations(now: datetime) -> Iterator[tuple[str, freshness.Section, list[date]]]:
    """By entry and section the days on which it was confirmed, in their order."""
    row = SectionVerification
    mandatory = [Section(one.value) for one in freshness.SHELF_LIVES.mandatory]
    query = (
        select(row.service_at_location_id, row.section, row.at)
        .where(row.outcome.in_(HOLDS), row.section.in_(mandatory), row.at > now - LOOKED_BACK)
        .where(row.service_at_location_id.is_not(None))
        .order_by(row.service_at_location_id, row.section, row.at, row.id)
    )
    zone = clock.zone()

    def together(one: Any) -> tuple[UUID, Section]:
        return one.service_at_location_id, one.section

    for (place, section), rows in groupby(db.session.execute(query), key=together):
        days = sorted({one.at.astimezone(zone).date() for one in rows})
        yield str(place), freshness.Section(section.value), days


def _reports(now: datetime) -> list[tuple[str, ReportState]]:
    """Entry and state of every report of the year; misconduct is in no figure of the directory."""
    query = select(DirectoryReport.place_id, DirectoryReport.state).where(
        DirectoryReport.kind != ReportKind.MISCONDUCT, DirectoryReport.reported_at > now - A_YEAR
    )
    return [(str(place), state) for place, state in db.session.execute(query)]


def _count_report(tallies: Iterator[Tally], state: ReportState) -> None:
    for tally in tallies:
        tally.reports += 1
        tally.corrected += state is ReportState.CORRECTED
        tally.waiting += state is ReportState.OPEN
