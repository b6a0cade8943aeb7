"""The offer: one service at one location, flattened, and what of a safe house may leave the server."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from directory.area_notices import AreaNotice
from directory.places import Places, Vector, vector
from directory.profile import (
    DOUALA,
    Audience,
    Capacity,
    Hours,
    Location,
    Organization,
    Phone,
    Response,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from directory.referring import AccessMode
from directory.taxonomy import EVERYBODY, AudienceRule, Disclosure, Facet, Referrals, ServiceType, Status, Visibility

BOTH = frozenset({"female", "male"})


@dataclass(frozen=True)
class Offer:
    """One service at one location, flattened: all that matching reads, and nothing that must stay on the server.

    For a safe house `point` is the seat of the arrondissement or département and there is no street: an Offer is safe
    to show to anyone who may see the service.
    """

    id: str
    service_id: str
    organization_id: str
    name: str
    organization_name: str = ""
    location_id: str = ""
    location_name: str = ""
    needs: frozenset[str] = frozenset()
    types: frozenset[ServiceType] = frozenset()
    status: Status | None = Status.ACTIVE
    suspended: bool = False
    archived: bool = False
    visibility: Visibility = Visibility.NETWORK
    minimum_age: int | None = None
    maximum_age: int | None = None
    all_ages: bool = False
    audiences: tuple[Audience, ...] = ()
    accepts_referrals: Referrals | None = None
    access_modes: frozenset[AccessMode] = frozenset()
    residence_required: bool | None = None
    languages: frozenset[str] = frozenset()
    interpreter: bool = False
    free: bool | None = None
    areas: tuple[ServiceArea, ...] = ()
    pcode: str = ""
    point: tuple[float, float] | None = None
    address: str = ""
    disclosure: Disclosure = Disclosure.EXACT
    remote: bool = False
    hours: Hours = field(default_factory=Hours)
    capacity: Capacity | None = None
    verified: Mapping[str, date] = field(default_factory=dict)
    verified_by: str = ""
    response: Response | None = None
    phones: tuple[Phone, ...] = ()
    eligibility: str = ""
    alert: str = ""
    notices: tuple[str, ...] = ()
    area_notices: tuple[AreaNotice, ...] = ()
    required_documents: tuple[str, ...] = ()
    step_free: bool | None = None
    accessibility: str = ""
    vacancies: int | None = None
    """Places to be filled today; None where no vacancy was ever announced."""

    @cached_property
    def vector(self) -> Vector | None:
        """The point on the unit sphere."""
        return None if self.point is None else vector(self.point)

    @cached_property
    def terms(self) -> Mapping[tuple[Facet, AudienceRule], frozenset[str]]:
        """The audience terms by facet and rule."""
        found: dict[tuple[Facet, AudienceRule], set[str]] = {}
        for row in self.audiences:
            found.setdefault((row.facet, row.rule), set()).add(row.term)
        return {key: frozenset(terms) for key, terms in found.items()}

    @cached_property
    def sexes(self) -> frozenset[str]:
        """The sexes received; none when what is stated makes no sense."""
        received = self.terms.get((Facet.SEX, AudienceRule.INCLUDED), BOTH)
        refused = self.terms.get((Facet.SEX, AudienceRule.EXCLUDED), frozenset())
        return (BOTH if EVERYBODY in received else received & BOTH) - refused

    @property
    def only_sex(self) -> str:
        """The one sex that is received, or empty."""
        return next(iter(self.sexes)) if len(self.sexes) == 1 else ""

    @property
    def shelter(self) -> bool:
        """True where people sleep: places there go out of date within days."""
        return is_shelter(self.types, self.needs)


def is_shelter(types: Collection[ServiceType], needs: Collection[str]) -> bool:
    """Whether a service is where people sleep: by its types, or by its need where no type is known.

    >>> is_shelter((), ("HEB",)), is_shelter((ServiceType.HLTH,), ("HEB",))
    (True, False)
    """
    return ServiceType.SHEL in types or (not types and "HEB" in needs)


def flatten(
    organization: Organization,
    service: Service,
    places: Places | None = None,
    responses: Mapping[str, Response] | None = None,
) -> tuple[Offer, ...]:
    """Return one offer for each location of the service, or one without place when it has none.

    What the location says is taken before what the service says. `responses` is by service id.
    """
    base = _common(organization, service, (responses or {}).get(service.id))
    if not service.service_at_locations:
        return (base,)
    return tuple(_at(base, service, link, places) for link in service.service_at_locations)


def _common(organization: Organization, service: Service, response: Response | None) -> Offer:
    return Offer(
        id=service.id,
        service_id=service.id,
        organization_id=organization.id,
        name=service.name,
        organization_name=organization.name,
        needs=service.needs,
        types=service.types,
        status=service.status,
        suspended=organization.suspended,
        archived=service.archived,
        visibility=service.visibility,
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        all_ages=service.all_ages,
        audiences=service.audiences,
        accepts_referrals=service.accepts_referrals,
        access_modes=frozenset(service.procedure.access_modes),
        residence_required=service.procedure.residence_required,
        languages=frozenset(language.code for language in service.languages),
        interpreter=bool(service.interpretation_services),
        free=_free(service),
        areas=service.service_areas,
        remote=service.remote,
        hours=service.hours,
        capacity=service.capacity,
        verified=dict(service.verified),
        verified_by=service.verified_by,
        response=response,
        phones=service.phones or organization.phones,
        eligibility=service.eligibility_description,
        alert=service.alert,
        notices=service.notices,
        area_notices=service.area_notices,
        required_documents=tuple(one.document for one in service.required_documents),
        vacancies=_vacancies(service),
    )


def _vacancies(service: Service, place: str = "") -> int | None:
    """The places of the vacancies of a service, or of those at one of its places."""
    if service.vacancies is None:
        return None
    return sum(one.places for one in service.vacancies if not place or one.service_at_location_id in ("", place))


def _free(service: Service) -> bool | None:
    amounts = [cost.amount for cost in service.cost_options if cost.amount is not None]
    if service.free is not None or not amounts:
        return service.free
    return max(amounts) == 0


def _at(base: Offer, service: Service, link: ServiceAtLocation, places: Places | None) -> Offer:
    location = link.location
    hidden = location.disclosure is not Disclosure.EXACT
    seat = places.seat(location.pcode) if places else None
    exact = None if location.latitude is None or location.longitude is None else (location.latitude, location.longitude)
    place = places.get(location.pcode) if places else None
    return replace(
        base,
        id=link.id,
        location_id=location.id,
        location_name=(place.name if place else "") if hidden else location.name or _town(location),
        pcode=location.pcode,
        point=seat if hidden else exact or seat,
        address="" if hidden else _street(location),
        disclosure=location.disclosure,
        step_free=location.step_free,
        accessibility="" if hidden else location.accessibility,
        remote=base.remote or location.location_type == "virtual",
        areas=link.service_areas or base.areas,
        hours=_first(link.hours, service.hours, location.hours),
        capacity=link.capacity or base.capacity,
        languages=base.languages or frozenset(language.code for language in location.languages),
        vacancies=_vacancies(service, link.id),
        phones=base.phones if hidden else link.phones or base.phones or location.phones,
    )


def _first(*hours: Hours) -> Hours:
    """The first that says anything; closures of all of them hold together."""
    chosen = next((one for one in hours if one.schedules), hours[0])
    closures = tuple(dict.fromkeys(closure for one in hours for closure in one.closures))
    zone = next((one.timezone for one in hours if one.timezone != DOUALA), DOUALA)
    return replace(chosen, closures=closures, timezone=chosen.timezone if chosen.schedules else zone)


def _town(location: Location) -> str:
    """What a place without a name is called in a list."""
    return next((one.city for one in location.addresses if one.city), "")


def _street(location: Location) -> str:
    for address in location.addresses:
        return ", ".join(part for part in (address.address_1, address.city) if part)
    return ""
