"""Organizations, services, locations: frozen records with the names of HSDS 3.1 and the fields that a referral needs.

Time of day is local to the location (`timezone`), dates are calendar days there, `datetime`s are aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from directory.employment import OfferKind
from directory.referring import NOT_STATED, Procedure
from directory.taxonomy import (
    AudienceRule,
    CapacityStatus,
    Disclosure,
    Facet,
    Group,
    Referrals,
    ServiceType,
    Status,
    Visibility,
)

if TYPE_CHECKING:
    from directory.area_notices import AreaNotice

DOUALA = "Africa/Douala"


@dataclass(frozen=True, slots=True)
class Schedule:
    """HSDS `schedule`: the pieces of one RRULE and one slot of the day; several rows make several slots.

    `closes_at` at or before `opens_at` runs past midnight; 00:00–23:59 is the whole day. `kind` `holiday` holds on
    public holidays only, `normal` on the other days.
    """

    byday: str = ""
    opens_at: time | None = None
    closes_at: time | None = None
    freq: str = "WEEKLY"
    interval: int = 1
    valid_from: date | None = None
    valid_to: date | None = None
    dtstart: date | None = None
    until: date | None = None
    count: int | None = None
    wkst: str = "MO"
    bymonthday: str = ""
    byweekno: str = ""
    byyearday: str = ""
    kind: str = "normal"
    description: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the place is closed, both ends included; an open end lasts until it is taken away."""

    starts: date
    ends: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """Everything that says when a place is open. No schedule at all means *not known*, never *closed*."""

    schedules: tuple[Schedule, ...] = ()
    closures: tuple[Closure, ...] = ()
    timezone: str = DOUALA
    on_holidays: str = ""
    """What normal hours do on a public holiday: `open`, `closed`, or empty for not known."""


@dataclass(frozen=True, slots=True)
class Audience:
    """One term that a service includes, excludes or serves first."""

    facet: Facet
    term: str
    rule: AudienceRule = AudienceRule.INCLUDED


@dataclass(frozen=True, slots=True)
class Capacity:
    """HSDS `service_capacity` with the status that HSDS lacks; it lapses at `valid_until` or after its shelf life.

    What is declared for everybody carries what is kept for some in `groups`; those carry none.
    """

    status: CapacityStatus = CapacityStatus.UNKNOWN
    available: int | None = None
    maximum: int | None = None
    unit: str = "place"
    updated: datetime | None = None
    valid_until: datetime | None = None
    waiting_days: int | None = None
    description: str = ""
    audience: Group = Group.EVERYBODY
    groups: tuple[Capacity, ...] = ()
    waitlist_count: int | None = None
    """People who wait."""
    funded_maximum: int | None = None
    """The places that somebody pays for, of those in all."""
    note: str = ""

    @property
    def rows(self) -> tuple[Capacity, ...]:
        """Every declaration that decides: with places kept apart, "there is room" without a number is but their title.

        >>> men = Capacity(CapacityStatus.AVAILABLE, 3, audience=Group.MEN)
        >>> Capacity(CapacityStatus.AVAILABLE, groups=(men,)).rows == (men,)
        True
        """
        silent = self.status is CapacityStatus.UNKNOWN or (
            self.status is CapacityStatus.AVAILABLE and self.available is None
        )
        return self.groups if self.groups and silent else (self, *self.groups)

    @property
    def free(self) -> int | None:
        """The places that are counted as free, for whomever they are kept."""
        counted = [one.available for one in self.rows if one.available is not None]
        return sum(counted) if counted else None

    @property
    def most(self) -> int | None:
        """The places in all, for whomever they are kept."""
        counted = [one.maximum for one in self.rows if one.maximum is not None]
        return sum(counted) if counted else None


@dataclass(frozen=True, slots=True)
class Phone:
    """HSDS `phone`; `number` in international form, or a short code as dialled."""

    number: str
    extension: str = ""
    type: str = "voice"
    description: str = ""
    for_referrals: bool = False
    """Whether who answers it takes the referrals: for the network, never for the public."""


@dataclass(frozen=True, slots=True)
class Contact:
    """HSDS `contact`: a function rather than a person wherever possible; names are for the network only."""

    name: str = ""
    title: str = ""
    department: str = ""
    email: str = ""
    phones: tuple[Phone, ...] = ()
    visibility: Visibility = Visibility.NETWORK
    for_referrals: bool = False


@dataclass(frozen=True, slots=True)
class ServiceArea:
    """Where the service acts: a P-code, or a name when no code is known."""

    pcode: str = ""
    name: str = ""
    on_request: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """HSDS `language`, ISO 639-3."""

    code: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CostOption:
    """HSDS `cost_option`; amount 0 is free, no amount is not known."""

    option: str = ""
    amount: float | None = None
    currency: str = "XAF"
    amount_description: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class RequiredDocument:
    """HSDS `required_document`."""

    document: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """HSDS `address`; Cameroon has no postal codes."""

    address_1: str = ""
    city: str = ""
    state_province: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A taxonomy term found on an imported service, by which it may be mapped to a need."""

    name: str
    code: str = ""
    taxonomy: str = ""
    link_type: str = ""

    @property
    def conditional(self) -> bool:
        """Whether it says who is admitted, not what is offered."""
        return "eligib" in self.link_type.lower()


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Places of an employer that are open today; `places` are those left, both days are included.

    `service_at_location_id` says at which of a service's places; `kind` is that of the service's offer, where known.
    """

    id: str
    title: str
    places: int
    valid_from: date
    valid_until: date
    kind: OfferKind | None = None
    service_at_location_id: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """How referrals were answered so far: `answered` of `asked` within `hours`. Evidence, not opinion."""

    asked: int
    answered: int
    hours: int = 24


@dataclass(frozen=True, slots=True)
class Organization:
    """HSDS `organization`, with its kind and its standing."""

    id: str
    name: str
    description: str = ""
    acronym: str = ""
    other_names: tuple[str, ...] = ()
    type: str = ""
    email: str = ""
    website: str = ""
    legal_status: str = ""
    year_incorporated: int | None = None
    presence_since: int | None = None
    """The year since which it works in the country."""
    phones: tuple[Phone, ...] = ()
    contacts: tuple[Contact, ...] = ()
    parent_organization_id: str = ""
    funders: tuple[str, ...] = ()
    suspended: bool = False
    demonstration: bool = False
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """HSDS `location`; `disclosure` below *exact* keeps street and coordinates on the server."""

    id: str
    name: str = ""
    location_type: str = "physical"
    description: str = ""
    latitude: float | None = None
    longitude: float | None = None
    pcode: str = ""
    addresses: tuple[Address, ...] = ()
    phones: tuple[Phone, ...] = ()
    hours: Hours = Hours()
    languages: tuple[Language, ...] = ()
    accessibility: str = ""
    step_free: bool | None = None
    disclosure: Disclosure = Disclosure.EXACT
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class ServiceAtLocation:
    """HSDS `service_at_location`: what differs from the service at this place."""

    id: str
    location: Location
    hours: Hours = Hours()
    phones: tuple[Phone, ...] = ()
    service_areas: tuple[ServiceArea, ...] = ()
    capacity: Capacity | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """HSDS `service` with access, eligibility, capacity, confidentiality and verification of the national profile."""

    id: str
    name: str
    organization_id: str
    needs: frozenset[str] = frozenset()
    types: frozenset[ServiceType] = frozenset()
    description: str = ""
    status: Status | None = Status.ACTIVE
    url: str = ""
    email: str = ""
    phones: tuple[Phone, ...] = ()
    contacts: tuple[Contact, ...] = ()
    minimum_age: int | None = None
    maximum_age: int | None = None
    all_ages: bool = False
    audiences: tuple[Audience, ...] = ()
    eligibility_description: str = ""
    exclusions: str = ""
    application_process: str = ""
    accepts_referrals: Referrals | None = None
    procedure: Procedure = NOT_STATED
    languages: tuple[Language, ...] = ()
    interpretation_services: str = ""
    free: bool | None = None
    cost_options: tuple[CostOption, ...] = ()
    fees_description: str = ""
    required_documents: tuple[RequiredDocument, ...] = ()
    service_areas: tuple[ServiceArea, ...] = ()
    hours: Hours = Hours()
    capacity: Capacity | None = None
    remote: bool = False
    alert: str = ""
    notices: tuple[str, ...] = ()
    """Temporary messages in force today; they belong to no export."""
    area_notices: tuple[AreaNotice, ...] = ()
    """Notices of the coordination over the area where it is; they belong to no export."""
    vacancies: tuple[Vacancy, ...] | None = None
    """Open today; None where none was ever announced. No import brings or changes them."""
    visibility: Visibility = Visibility.NETWORK
    verified: Mapping[str, date] = field(default_factory=dict)
    """Last confirmation by section (see freshness.Section)."""
    verified_by: str = ""
    archived: bool = False
    terms: tuple[Term, ...] = ()
    unverified_source: bool = False
    source_id: str = ""
    service_at_locations: tuple[ServiceAtLocation, ...] = ()
