"""The directory as the checks of a flowchart see it: which organisation offers what where, and under an agreement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from directory.taxonomy import Referrals, Status, Visibility
from referral.extensions import db
from referral.partners.models import Agreement, Organization
from referral.partners.rules import AgreementState
from referral.providers.models import Location, Service, ServiceAtLocation
from referral.providers.queries.suspensions import not_suspended
from referral.providers.rules import area_of
from sop.checks.coverage import EVERYWHERE, Network, Offer
from sop.places import load_places


def network(
    today: date, demand: Mapping[tuple[str, str], int], *, actors: Collection[str], sheltered: str, country: str
) -> Network:
    """Services that are offered now, by region; `demand` is what is asked for a month by (need, region).

    An organisation is the one of the `actors` of a flowchart with whose name its own begins ("MINAS Littoral").

    `sheltered` stands in the place of the name of an organisation whose service is known to named people only. Nobody
    counts places by the month yet, so no capacity is given; who holds a lane is not kept as data, so none is judged.
    """
    partners = _partners_with_agreement(today)
    offers = tuple(
        offer for row in db.session.execute(_OFFERED) for offer in _offers(row, partners, actors, sheltered, country)
    )
    regions = tuple(place.pcode for place in load_places(country).regions)
    listed = {offer.region for offer in offers}
    return Network(offers, regions, demand, frozenset(regions) - listed)


_OFFERED = (
    select(
        ServiceAtLocation.id,
        ServiceAtLocation.areas,
        Location.pcode,
        Service.needs,
        Service.visibility,
        Service.organization_id,
        Organization.name,
    )
    .join(Service, Service.id == ServiceAtLocation.service_id)
    .join(Organization, Organization.id == Service.organization_id)
    .outerjoin(Location, Location.id == ServiceAtLocation.location_id)
    .where(
        ServiceAtLocation.archived.is_(False),
        Service.archived.is_(False),
        or_(Service.status.is_(None), Service.status == Status.ACTIVE),
        or_(Service.accepts_referrals.is_(None), Service.accepts_referrals != Referrals.NO),
        not_suspended(),
    )
    .order_by(ServiceAtLocation.id)
)


def _partners_with_agreement(today: date) -> frozenset[UUID]:
    """Organisations to which somebody may send today."""
    query = select(Agreement.partner_id).where(
        Agreement.state == AgreementState.ACTIVE,
        or_(Agreement.effective_from.is_(None), Agreement.effective_from <= today),
        or_(Agreement.effective_until.is_(None), Agreement.effective_until >= today),
    )
    return frozenset(db.session.scalars(query))


def _offers(row: Any, partners: frozenset[UUID], actors: Collection[str], sheltered: str, country: str) -> list[Offer]:
    shown = sheltered if row.visibility is Visibility.RESTRICTED else row.name
    agreed = row.organization_id in partners
    words = row.name.casefold()
    actor = next((one for one in actors if words == one.casefold() or words.startswith(f"{one.casefold()} ")), "")
    regions = _regions(row.areas, row.pcode or "", country)
    return [Offer(str(row.id), shown, need, region, None, agreed, actor) for need in row.needs for region in regions]


def _regions(areas: list[str], pcode: str, country: str) -> list[str]:
    """The regions from which people are taken: where none is written, that of its place; where that is unknown, all."""
    places = load_places(country)
    codes = [area_of(area).pcode for area in areas] or [pcode]
    found = dict.fromkeys(places.region_of(code).pcode if code in places else EVERYWHERE for code in codes)
    return [EVERYWHERE] if EVERYWHERE in found else list(found)
