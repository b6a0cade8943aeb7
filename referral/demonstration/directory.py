"""The directory of the demonstration country: services, places, hours, contacts, confirmations, places left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from directory.taxonomy import CapacityStatus, Disclosure, Facet, Group, Referrals, Status, Visibility
from referral.demonstration.services import Offered, offered
from referral.demonstration.towns import TOWNS, Town
from referral.extensions import db
from referral.foundation.searching import fold
from referral.partners.models import Organization, User
from referral.providers.capacity_models import ServiceCapacity
from referral.providers.models import (
    Location,
    SectionVerification,
    Service,
    ServiceAtLocation,
    ServiceAudience,
    ServiceClosure,
    ServiceContact,
    ServiceSchedule,
    ServiceStaff,
)
from referral.providers.rules import LocationType, Section, VerificationMethod

WEEK, DAILY = "MO,TU,WE,TH,FR", "MO,TU,WE,TH,FR,SA,SU"
Slot = tuple[str, time, time]
HOURS: dict[str, tuple[Slot, ...]] = {
    "office": ((WEEK, time(8), time(15, 30)),),
    "lunch": ((WEEK, time(8), time(12)), (WEEK, time(13), time(17))),
    "six": (("MO,TU,WE,TH,FR,SA", time(7, 30), time(18)),),
    "long": ((DAILY, time(6), time(22)),),
    "always": ((DAILY, time(0), time(23, 59)),),
    "night": ((DAILY, time(19), time(7)),),
    "weekend": ((WEEK, time(9), time(16)), ("SA", time(9), time(13))),
    "mornings": (("MO,WE,FR", time(8), time(12, 30)),),
    "afternoons": (("MO,TU,TH,FR,SA", time(14), time(19)),),
}
STREETS = (
    "rue de la Liberté", "avenue de l’Indépendance", "carrefour du Marché", "quartier Administratif",
    "rue des Manguiers", "route de la Gare", "montée de la Mission", "rue du Lac",
)  # fmt: skip
VERIFIED_DAYS = (2, 5, 9, 12, 20, 31, 45, 60, 74, 88, 97, 112, 140, 200)
METHODS = (VerificationMethod.PARTNER, VerificationMethod.CALL, VerificationMethod.VISIT, VerificationMethod.PARTNER)


class Phones:
    """Telephone numbers that cannot be dialled: +237 000 …."""

    def __init__(self) -> None:
        self.last = 100

    def next(self) -> str:
        """One more."""
        self.last += 1
        return f"+237 000 {self.last // 1000:03d} {self.last % 1000:03d}"


class Directory:
    """The entries that were made, for the cases to choose from."""

    def __init__(self) -> None:
        self.entries: list[tuple[Offered, ServiceAtLocation]] = []
        self.staff: dict[UUID, list[User]] = {}

    def places(self, need: str, region: str) -> list[ServiceAtLocation]:
        """Active places that answer a need: those in the region first, then those that cover it."""
        fits = [one for one in self.entries if need in one[0].needs and one[0].status is Status.ACTIVE]
        covering = [one for one in fits if {region, "CM"} & {area[:5] for area in one[0].areas}]
        ordered = sorted(covering, key=lambda one: _pcode(one[1])[:5] != region)
        return [place for _, place in ordered]

    def place(self, body_and_name: tuple[str, str]) -> ServiceAtLocation:
        """The first place of a service, by its organisation's key and its name."""
        return next(place for one, place in self.entries if (one.body, one.name) == body_and_name)

    def staff_of(self, place: ServiceAtLocation) -> list[User]:
        """Who answers for a service; the focal point first."""
        return self.staff[place.service_id]


def _pcode(place: ServiceAtLocation) -> str:
    return place.location.pcode if place.location else ""


def add_directory(organizations: dict[str, Organization], rng: Random, now: datetime) -> Directory:
    """All services at their places."""
    made, phones = Directory(), Phones()
    for one in offered():
        service = _service(one, organizations[one.body], rng, now)
        for town in one.towns:
            place = _place(one, service, TOWNS[town], rng)
            _opening(one, place, now)
            _contacts(place, one, phones)
            made.entries.append((one, place))
        db.session.add(service)
    db.session.flush()
    return made


def _new(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _service(one: Offered, organization: Organization, rng: Random, now: datetime) -> Service:
    everybody = one.ages == (0, 120)
    low, high = one.ages if one.ages and not everybody else (None, None)
    service = Service(
        id=_new(rng),
        organization=organization,
        name=one.name,
        folded_name=fold(one.name),
        description=one.description or "Service inventé pour la démonstration.",
        status=one.status,
        types=[kind.value for kind in one.types],
        needs=list(one.needs),
        terms=list(one.terms),
        minimum_age=low,
        maximum_age=None if high == 120 else high,
        all_ages=everybody,
        accepts_referrals=one.referrals,
        response_hours=one.response_hours,
        **_procedure(one),
        languages=list(one.languages),
        interpretation=one.interpretation,
        free=one.free,
        remote=one.remote,
        alert=one.alert,
        visibility=one.visibility,
        last_modified=now,
    )
    service.audiences = [ServiceAudience(facet=facet, term=term, rule=rule) for facet, term, rule in one.audiences]
    return service


def _procedure(one: Offered) -> dict[str, Any]:
    """How a referral to the service goes; nothing where its entry says not even whether it takes one."""
    if one.referrals is None:
        return {}
    alone = one.referrals is Referrals.NOT_NEEDED
    modes = ["phone"] if one.remote else ["walk_in"] if alone else ["appointment", "on_referral"]
    who = ["professionals", "users"] if alone else ["professionals"]
    said: dict[str, Any] = {"access_modes": modes, "can_be_mobilised_by": who}
    if alone:
        return said
    hours = one.response_hours or 72
    return said | {
        "referral_channels": ["phone", "platform"], "feedback_channels": ["platform"], "feedback_days": 14,
        "next_step": "L’accueil appelle la personne, puis l’équipe qui réfère, et donne un jour.",
        "response_hours_urgent": min(hours, 12), "response_hours_emergency": min(hours, 2),
        "complaint_channel": "Direction de l’organisation, par téléphone ou par écrit.",
    }  # fmt: skip


def _place(one: Offered, service: Service, town: Town, rng: Random) -> ServiceAtLocation:
    location = Location(
        id=_new(rng),
        organization_id=service.organization.id,
        name=town.name,
        location_type=LocationType.VIRTUAL if one.remote else LocationType.PHYSICAL,
        disclosure=one.disclosure,
        address=f"{rng.choice(STREETS)} (adresse inventée)",
        city=town.name,
        pcode=town.pcode,
        latitude=round(town.latitude + rng.uniform(-0.02, 0.02), 4),
        longitude=round(town.longitude + rng.uniform(-0.02, 0.02), 4),
    )
    place = ServiceAtLocation(id=_new(rng), service=service, location=location, areas=list(one.areas))
    place.on_holidays = "open" if one.hours in ("always", "night", "long") else rng.choice(("closed", "closed", ""))
    return place


def _opening(one: Offered, place: ServiceAtLocation, now: datetime) -> None:
    place.schedules = [
        ServiceSchedule(byday=days, opens_at=opens, closes_at=closes) for days, opens, closes in HOURS[one.hours]
    ]
    if one.status is Status.TEMPORARILY_CLOSED:
        starts, ends = now.date() - timedelta(days=20), now.date() + timedelta(days=25)
        db.session.add(
            ServiceClosure(service_at_location_id=place.id, starts_on=starts, ends_on=ends, reason="Travaux")
        )


def _contacts(place: ServiceAtLocation, one: Offered, phones: Phones) -> None:
    hidden = one.disclosure is not Disclosure.EXACT
    place.contacts = [
        ServiceContact(
            function="Accueil", phone=phones.next(), visibility=Visibility.NETWORK if hidden else one.visibility
        ),
        ServiceContact(
            function="Point focal", phone=phones.next(), visibility=Visibility.NETWORK, takes_referrals=True
        ),
    ]


def list_staff(directory: Directory, staff: dict[UUID, list[User]]) -> None:
    """Two colleagues answer for each service; the first is its focal point."""
    listed = set()
    for _, place in directory.entries:
        service = place.service
        if service.id in listed:
            continue
        listed.add(service.id)
        users = staff[service.organization_id]
        directory.staff[service.id] = users
        for number, user in enumerate(users):
            db.session.add(ServiceStaff(service_id=service.id, user_id=user.id, focal_point=number == 0))
    db.session.flush()


def confirm(directory: Directory, rng: Random, now: datetime, fresh: Iterable[UUID]) -> None:
    """When each entry was last confirmed and what room it declares; `fresh` places recently, with room."""
    recent = set(fresh)
    for one, place in directory.entries:
        days = 12 if place.id in recent else rng.choice(VERIFIED_DAYS)
        method = rng.choice(METHODS)
        for section in (Section.HOURS, Section.CONTACTS, Section.SERVICE):
            _verified(place, section, method, directory, now - timedelta(days=days, hours=rng.randrange(3)))
        place.service.assured_date = (now - timedelta(days=days)).date()
        _room(one, place, rng, now, has_room=place.id in recent)
        if place.capacity_updated_at:
            _verified(place, Section.CAPACITY, VerificationMethod.PARTNER, directory, place.capacity_updated_at)
    _confirm_organizations(directory, now)
    db.session.flush()


def _confirm_organizations(directory: Directory, now: datetime) -> None:
    """What most organisations say of themselves was confirmed by telephone, between one and eleven months ago."""
    for number, key in enumerate(dict.fromkeys(place.service.organization.id for _, place in directory.entries)):
        if number % 5 != 4:
            row = SectionVerification(
                organization_id=key, section=Section.ORGANIZATION, method=VerificationMethod.CALL,
                at=now - timedelta(days=30 + 37 * number % 300),
            )  # fmt: skip
            db.session.add(row)


def _verified(
    place: ServiceAtLocation, section: Section, method: VerificationMethod, directory: Directory, at: datetime
) -> None:
    user = directory.staff_of(place)[0] if method is VerificationMethod.PARTNER else None
    db.session.add(
        SectionVerification(
            service_at_location_id=place.id, section=section, method=method, user_id=user.id if user else None, at=at
        )
    )


STATUSES = (
    CapacityStatus.AVAILABLE, CapacityStatus.AVAILABLE, CapacityStatus.AVAILABLE, CapacityStatus.AVAILABLE,
    CapacityStatus.FULL, CapacityStatus.WAITING_LIST, CapacityStatus.ASSESSMENT, CapacityStatus.UNKNOWN,
)  # fmt: skip


def _kept_apart(place: ServiceAtLocation) -> None:
    """Where people sleep the beds are kept for women, for men or for families, and for children who come alone."""
    base = place.for_everybody
    if base is None or base.available is None or base.maximum is None:
        return
    women, total = base.available, base.maximum
    received = {row.term for row in place.service.audiences if row.facet == Facet.SEX.value}
    others = Group.FAMILIES if received == {"female"} else Group.MEN
    kept = ((Group.WOMEN, women, total // 2), (others, 0, total // 4), (Group.UNACCOMPANIED, 2, 4))
    for group, free, most in kept:
        row = ServiceCapacity(
            audience=group, status=CapacityStatus.AVAILABLE if free else CapacityStatus.FULL, available=free,
            maximum=max(most, free), unit=base.unit, updated_at=base.updated_at,
        )  # fmt: skip
        place.capacities.append(row)
    base.available = base.maximum = None


def _room(one: Offered, place: ServiceAtLocation, rng: Random, now: datetime, *, has_room: bool) -> None:
    status = CapacityStatus.AVAILABLE if has_room else rng.choice(STATUSES)
    hours = rng.randrange(2, 60) if one.unit == "bed" else rng.randrange(5, 15 * 24)
    most = rng.randrange(8, 40)
    place.capacity_status = status
    place.capacity_unit = one.unit
    if status is CapacityStatus.UNKNOWN:
        return
    place.capacity_updated_at = now - timedelta(hours=hours)
    place.capacity_maximum = most
    if status is CapacityStatus.AVAILABLE:
        place.capacity_available = rng.randrange(1, most // 2)
        if one.unit == "bed":
            _kept_apart(place)
    elif status is CapacityStatus.FULL:
        place.capacity_available = 0
    elif status is CapacityStatus.WAITING_LIST:
        place.capacity_available, place.waiting_days = 0, rng.choice((7, 14, 30))
        row = place.for_everybody
        if row is not None:
            row.waitlist_count, row.funded_maximum = 2 + place.waiting_days // 3, most - most // 4
