"""Coverage as kept: the matrix of a country or a region, its gaps by demand, what a person confirmed, the targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, select

from directory import Offer, coverage
from directory.coverage import Access, Cell, Change, Confirmation, Demand, Fragile, Matrix
from directory.coverage import State as CellState
from directory.freshness import all_sections
from directory.gazetteer import Ring
from directory.mandates import Mandate
from directory.places import Place, Places
from directory.profile import ServiceArea
from referral.extensions import db
from referral.foundation import clock
from referral.partners.models import Agreement, Organization
from referral.partners.rules import AgreementState
from referral.providers.coverage_models import (
    CoverageConfirmation,
    CoverageDemand,
    CoverageSnapshot,
    CoverageTarget,
    DirectoryMandate,
    GapUndertaking,
)
from referral.providers.models import AdminUnit, NeedSignal
from referral.providers.queries.catalogue import snapshot
from referral.providers.queries.gaps import undertakings_in
from referral.providers.queries.visible import OPEN_TO_ALL
from referral.statistics.rules import Dimension, PublishedTable, State, Table, Unit, publish_editions
from sop.vocabulary import N_, Need

NEEDS: tuple[str, ...] = tuple(need.value for need in Need)
LIMIT_KM = 50
LIMITS_KM = (20, 50, 100)
DEMAND_TITLE = N_("Needs that found no service, by region")
MONTHS_SHOWN = 13


@dataclass(frozen=True)
class Scene:
    """What coverage is computed from, read once."""

    now: datetime
    offers: tuple[Offer, ...]
    places: Places
    units: tuple[str, ...]
    region: str
    names: Mapping[str, str] = field(default_factory=dict)
    """Of organisations, by id."""

    @property
    def level(self) -> int:
        """1: regions of the country; 2: départements of one region."""
        return 2 if self.region else 1

    def name(self, pcode: str, language: str) -> str:
        """A unit in the reader's language."""
        place = self.places.get(pcode)
        if place is None:
            return pcode
        return place.name_en if language == "en" and place.name_en else place.name

    def organization(self, id: str) -> str:  # noqa: A002 - what it is
        """An organisation by its name."""
        return self.names.get(id, id)


def scene(now: datetime, region: str = "") -> Scene:
    """Services that the whole network may see, and the regions of the country or the départements of a region.

    What is kept to named people is not counted: a figure would tell that it exists.
    """
    kept = snapshot(now)
    offers = tuple(one for one in kept.catalogue.offers if one.visibility in OPEN_TO_ALL)
    names = {one.organization_id: one.organization_name for one in offers}
    return Scene(now, offers, kept.places, units(kept.places, region), region, names)


def units(places: Places, region: str = "") -> tuple[str, ...]:
    """P-codes of the regions, or of the départements of one, without those that repeat another."""
    length = coverage.LENGTHS[2 if region else 1]
    country = current_app.config["SETTINGS"].country_code
    found = [one.pcode for one in places if len(one.pcode) == length and not one.same_as]
    return tuple(sorted(code for code in found if code.startswith(region or country)))


def matrix(found: Scene, offers: Iterable[Offer] | None = None, needs: Sequence[str] = NEEDS) -> Matrix:
    """The matrix of a scene, with the targets and confirmations as kept; `offers` for what might be."""
    return coverage.matrix(
        found.offers if offers is None else offers, needs, found.units, found.now,
        targets=targets(found.level), confirmations=confirmations(),
    )  # fmt: skip


def targets(level: int) -> dict[str, int]:
    """Services wanted by need; needs without one want 1."""
    rows = db.session.scalars(select(CoverageTarget).where(CoverageTarget.level == level))
    return {row.need.value: row.minimum for row in rows}


def standing() -> Select[CoverageConfirmation]:
    """Confirmations that were not taken back, the latest first."""
    query = select(CoverageConfirmation).where(CoverageConfirmation.withdrawn_at.is_(None))
    return query.order_by(CoverageConfirmation.confirmed_at.desc(), CoverageConfirmation.id)


def confirmations() -> list[Confirmation]:
    """Who looked and found nobody, as the library reads it."""
    zone = clock.zone()
    rows = db.session.scalars(standing())
    return [Confirmation(one.need.value, one.pcode, one.confirmed_at.astimezone(zone).date()) for one in rows]


def confirmed_in(found: Scene) -> dict[tuple[str, str], CoverageConfirmation]:
    """The latest standing confirmation of each cell of the scene."""
    rows = db.session.scalars(standing().where(CoverageConfirmation.pcode.in_(found.units)))
    kept: dict[tuple[str, str], CoverageConfirmation] = {}
    for one in rows:
        kept.setdefault((one.need.value, one.pcode), one)
    return kept


def access(found: Scene, needs: Sequence[str] = NEEDS, limit_km: float = LIMIT_KM) -> tuple[Access, ...]:
    """How far the arrondissements (départements where no arrondissement is known) are from the nearest service."""
    return coverage.access(found.offers, needs, _smallest(found), found.places, limit_km)


def _smallest(found: Scene) -> list[Place]:
    of = [one for one in found.places if one.pcode.startswith(found.region) and not one.same_as]
    deep = [one for one in of if one.level == 3]
    return sorted(deep or [one for one in of if one.level == 2], key=lambda one: one.pcode)


def fragile(found: Scene, table: Matrix) -> tuple[Fragile, ...]:
    """Cells that hang on one organisation, or on agreements that end soon."""
    return coverage.single_points(table, found.now.date(), agreements_end())


def agreements_end() -> dict[str, date]:
    """The last day on which an organisation receives people under an agreement in force, by its id."""
    query = select(Agreement.partner_id, Agreement.effective_until).where(
        Agreement.state == AgreementState.ACTIVE, Agreement.effective_until.is_not(None)
    )
    ends: dict[str, date] = {}
    for partner, until in db.session.execute(query):
        if until is not None:
            ends[str(partner)] = max(until, ends.get(str(partner), until))
    return ends


def mandates() -> list[DirectoryMandate]:
    """Mandates that were not removed, by need, place and organisation."""
    query = select(DirectoryMandate).join(DirectoryMandate.organization).where(DirectoryMandate.removed_at.is_(None))
    order = (DirectoryMandate.need, DirectoryMandate.pcode, Organization.folded_name, DirectoryMandate.id)
    return list(db.session.scalars(query.order_by(*order)).unique())


def as_mandate(row: DirectoryMandate) -> Mandate:
    """A kept mandate as the library reads it."""
    values = (row.role, row.legal_basis, row.starts_on, row.ends_on)
    return Mandate(str(row.organization_id), row.need.value, row.pcode, *values)


def organizations() -> list[tuple[UUID, str]]:
    """Everybody who may hold a mandate, by name."""
    query = select(Organization.id, Organization.name).order_by(Organization.folded_name, Organization.id)
    return [(one.id, one.name) for one in db.session.execute(query)]


def snapshots() -> list[CoverageSnapshot]:
    """The last year of monthly snapshots, latest first."""
    query = select(CoverageSnapshot).order_by(CoverageSnapshot.month.desc()).limit(MONTHS_SHOWN)
    return list(db.session.scalars(query))


def unmet(start: datetime, end: datetime, regions: Sequence[str]) -> Counter[tuple[str, str]]:
    """Raw counts by need and region, never shown: searches without a result and referrals that no service could take.

    A refusal leaves one signal too, so the referrals themselves are not counted again.
    """
    found: Counter[tuple[str, str]] = Counter()
    signals = select(NeedSignal.category, NeedSignal.pcode).where(NeedSignal.at >= start, NeedSignal.at < end)
    for need, pcode in db.session.execute(signals):
        place = (str(need), pcode[: coverage.LENGTHS[1]])
        if place[0] in NEEDS and place[1] in regions:
            found[place] += 1
    return found


def published(counts: Mapping[tuple[str, str], int], regions: Sequence[str]) -> dict[bool, dict[str, Any]]:
    """The demand through the publishing door of the statistics, in both editions; what is hidden is simply absent."""
    if not any(counts.values()):
        return {True: {}, False: {}}
    shared: dict[tuple[str, str] | str, int] = dict(counts.items())
    table = Table(
        DEMAND_TITLE, Unit.NEEDS, Dimension("need", NEEDS), Dimension("region", tuple(regions)), shared,
        measure="coverage_unmet",
    )  # fmt: skip
    return {edition: _cells(tables[0], regions) for edition, tables in publish_editions([table]).items()}


def _cells(table: PublishedTable, regions: Sequence[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for need in NEEDS:
        for region in regions:
            cell = table.at(need, region)
            if cell.state is State.VALUE and cell.value is not None:
                shown[f"{need}/{region}"] = cell.value
    return shown


def demand_of(
    quarter: str, *, signatory: bool, served: Mapping[str, int] | None = None
) -> dict[tuple[str, str], Demand]:
    """The published demand of a quarter by need and region; nothing where it is not published."""
    kept = db.session.get(CoverageDemand, quarter)
    if kept is None:
        return {}
    found = {}
    for place, value in kept.content["signatory" if signatory else "other"].items():
        need, region = place.split("/")
        found[need, region] = Demand(int(value), (served or {}).get(need))
    return found


def has_demand(quarter: str) -> bool:
    """Whether the demand of a quarter was published."""
    return db.session.get(CoverageDemand, quarter) is not None


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap as listed: the cell, its demand, who confirmed it, and who promised to close it."""

    cell: Cell
    demand: Demand | None
    confirmation: CoverageConfirmation | None
    undertaking: GapUndertaking | None = None


def gaps(found: Scene, table: Matrix, demand: Mapping[tuple[str, str], Demand]) -> list[Gap]:
    """The gaps by demand, then the worst first."""
    confirmed = confirmed_in(found)
    promised = undertakings_in(found.units)
    rows = coverage.weighted(table.gaps(), demand)
    return [
        Gap(cell, known, confirmed.get((cell.need, cell.pcode)), promised.get((cell.need, cell.pcode)))
        for cell, known in rows
    ]


def outlines(codes: Sequence[str]) -> dict[str, list[Ring]]:
    """Outlines that were imported, by P-code."""
    query = select(AdminUnit.pcode, AdminUnit.outline).where(AdminUnit.pcode.in_(codes))
    return {row.pcode: row.outline for row in db.session.execute(query) if row.outline}


def supposing(
    found: Scene, *, organization: str = "", service: str = "", need: Need | None = None, pcode: str = ""
) -> tuple[Change, ...]:
    """What changes when an organisation or a service closes, or a verified one opens for a need at a place."""
    offers = coverage.without(
        found.offers, services={service} if service else (), organizations={organization} if organization else ()
    )
    if need and pcode:
        offers.append(_opened(need, pcode, found.now))
    return coverage.differences(matrix(found), matrix(found, offers))


def _opened(need: Need, pcode: str, now: datetime) -> Offer:
    return Offer(
        "supposed", "supposed", "supposed", "", needs=frozenset({need.value}), areas=(ServiceArea(pcode),),
        verified=all_sections(now.date()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """A month as it was kept: how many cells in each state, and what got better or worse since the month before."""

    month: str
    counts: Mapping[CellState, int]
    changes: tuple[Change, ...]


def history() -> list[Month]:
    """The kept months, latest first, each compared with the one kept before."""
    kept = snapshots()
    found = []
    for number, one in enumerate(kept):
        cells = _states(one)
        earlier = _states(kept[number + 1]) if number + 1 < len(kept) else {}
        changes = [
            Change(*place, earlier[place], state)
            for place, state in sorted(cells.items())
            if place in earlier and earlier[place] is not state
        ]
        counts = Counter(cells.values())
        found.append(Month(one.month, counts, tuple(sorted(changes, key=lambda change: not change.worse))))
    return found


def _states(kept: CoverageSnapshot) -> dict[tuple[str, str], CellState]:
    cells = kept.content["cells"]
    return {(key.split("/")[0], key.split("/")[1]): CellState(value[0]) for key, value in cells.items()}
