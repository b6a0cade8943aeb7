"""What an import brings, put into the tables: found again by source and the source's own id, never by name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import selectinload

from directory import hsds, profile
from directory.taxonomy import Disclosure, Visibility
from referral.extensions import db
from referral.foundation.searching import fold
from referral.foundation.tables import new_id
from referral.partners.models import Organization
from referral.providers.actions.children import (
    CLOSURE,
    CONTACT,
    SCHEDULE,
    closure_row,
    put,
    put_capacity,
    schedule_row,
)
from referral.providers.models import (
    Location,
    SectionVerification,
    Service,
    ServiceAtLocation,
    ServiceAudience,
    ServiceContact,
)
from referral.providers.rules import LocationType, Section, VerificationMethod, VerificationOutcome, area_text

UNKNOWN = "unknown"
MOST_CONTACTS = 20
Model = TypeVar("Model", Organization, Location)
Found = TypeVar("Found", Organization, Location, Service)


class Upsert:
    """One import into the tables. What an organisation wrote itself stands: a feed does not overwrite it."""

    def __init__(
        self,
        source: str,
        now: datetime,
        *,
        part: hsds.ImportResult | None = None,
        taken: dict[type[Any], set[UUID]] | None = None,
    ) -> None:
        """Of a large import only the rows of `part` are looked up; `taken` is that of the parts before."""
        self.source, self.now = source, now
        orgs = None if part is None else [key_of(one) for one in part.organizations]
        self.organizations: dict[str, Organization] = _by_source(Organization, source, orgs)
        places = None if part is None else [one.id for one in part.locations]
        self.locations: dict[str, Location] = _by_source(Location, source, places)
        children = [selectinload(Service.places).selectinload(getattr(ServiceAtLocation, name)) for name in PARTS]
        query = select(Service).where(Service.source == source).options(*children, selectinload(Service.audiences))
        if part is not None:
            query = query.where(Service.source_id.in_([key_of(one) for one in part.services]))
        self.services = {one.source_id: one for one in db.session.scalars(query).unique()}
        self.own = _written_by_partners()
        models = (Organization, Location, Service, ServiceAtLocation)
        self.taken = taken or {model: set(db.session.scalars(select(model.id))) for model in models}
        self.places = self.taken[ServiceAtLocation]
        self.adopted: dict[str, int] = {}
        """Version before the import of each service that another source had brought, by its id there."""

    def all(self, result: hsds.ImportResult) -> None:
        """Put everything in; what the feed no longer has stays as it is."""
        organizations = {one.id: one for one in result.organizations}
        for one in organizations.values():
            self._organization(one)
        for location in result.locations:
            self._location(location)
        for service in result.services:
            self._service(service, organizations[service.organization_id])
        db.session.flush()

    def records(self, result: hsds.ImportResult) -> dict[tuple[str, str], UUID]:
        """The rows that came of the records, by kind and id of the record."""
        found = {("service", one.id): self.services[key_of(one)].id for one in result.services}
        found |= {("organization", one.id): self.organizations[key_of(one)].id for one in result.organizations}
        return found | {("location", one.id): self.locations[one.id].id for one in result.locations}

    def service_of(self, one: profile.Service) -> Service:
        """The row that came of a service."""
        return self.services[key_of(one)]

    def _known(self, model: type[Found], written: str) -> Found | None:
        """What another source brought under the same UUID is the same; an entry of our own stays out of its reach."""
        if not written or UUID(written) not in self.taken[model]:
            return None
        row = db.session.get(model, UUID(written))
        return row if row is not None and row.source and row.source != self.source else None

    def _free(self, taken: set[UUID], written: str) -> UUID:
        """The id that the record has already, unless something of another source has it."""
        key = UUID(written) if written else new_id()
        key = new_id() if key in taken else key
        taken.add(key)
        return key

    def _organization(self, one: profile.Organization) -> None:
        key = key_of(one)
        row = self.organizations.get(key) or self._known(Organization, one.id)
        if row is not None:
            self.organizations[key] = row
        else:
            made = self._free(self.taken[Organization], one.id)
            row = self.organizations[key] = Organization(id=made, source=self.source, source_id=key)
            db.session.add(row)
        if Section.ORGANIZATION in self.own.get(row.id, ()):
            return
        _set(
            row, name=one.name, folded_name=fold(one.name)[:200], description=one.description[:2000],
            website=_fitting(one.website, 300), email=_fitting(one.email, 200),
        )  # fmt: skip
        said = {
            "legal_status": one.legal_status[:200], "year_incorporated": one.year_incorporated,
            "presence_since": one.presence_since,
            "phones": [phone.number[:40] for phone in one.phones[:MOST_CONTACTS] if phone.number],
            "funders": list(one.funders),
        }  # fmt: skip
        _set(row, **{name: value for name, value in said.items() if value})

    def _location(self, one: profile.Location) -> None:
        row = self.locations.get(one.id) or self._known(Location, one.id)
        if row is not None:
            self.locations[one.id] = row
        else:
            made = self._free(self.taken[Location], one.id)
            row = self.locations[one.id] = Location(id=made, source=self.source, source_id=one.id)
            db.session.add(row)
        address = one.addresses[0] if one.addresses else profile.Address()
        country = address.country.strip().upper()
        _set(
            row, name=one.name, location_type=LocationType(one.location_type), address=address.address_1,
            city=address.city, country=country if len(country) == 2 else "", pcode=_fitting(one.pcode, 16),
            latitude=one.latitude, longitude=one.longitude, timezone=one.hours.timezone,
            accessibility=one.accessibility[:500],
        )  # fmt: skip
        if one.step_free is not None:
            _set(row, step_free=one.step_free)
        if one.disclosure is not Disclosure.EXACT:
            _set(row, disclosure=one.disclosure)

    def _service(self, one: profile.Service, organization: profile.Organization) -> None:
        key = key_of(one)
        row = self.services.get(key) or self._known(Service, one.id)
        if row is not None:
            if key not in self.services:
                self.services[key], self.adopted[key] = row, row.version
        else:
            made = self._free(self.taken[Service], one.id)
            row = self.services[key] = Service(id=made, source=self.source, source_id=key, places=[], audiences=[])
            row.visibility = one.visibility
            db.session.add(row)
        changed = _set(
            row, organization=self.organizations[key_of(organization)], name=one.name,
            folded_name=fold(one.name)[:200], description=one.description, status=one.status, needs=sorted(one.needs),
            terms=[term.name for term in one.terms], minimum_age=one.minimum_age, maximum_age=one.maximum_age,
            eligibility_description=one.eligibility_description, application_process=one.application_process,
            fees_description=one.fees_description or _prices(one), free=_free(one), alert=one.alert,
            languages=[language.code for language in one.languages], interpretation=one.interpretation_services,
            url=_fitting(one.url, 500), email=_fitting(one.email, 254),
            required_documents=[document.document for document in one.required_documents],
            assured_date=min(one.verified.values(), default=None),
        )  # fmt: skip
        changed |= _stated(row, one)
        changed |= self._places(row, one, organization)
        if changed or row.last_modified is None:
            row.last_modified = self.now

    def _places(self, row: Service, one: profile.Service, organization: profile.Organization) -> bool:
        links = one.service_at_locations or (profile.ServiceAtLocation("", profile.Location("")),)
        known = {place.source_id: place for place in row.places}
        changed = False
        for link in links:
            place = known.pop(link.id, None)
            if place is None:
                place = ServiceAtLocation(id=self._free(self.places, link.id), service=row, source_id=link.id, areas=[])
                db.session.add(place)
                changed = True
            changed |= self._place(place, link, one, organization)
        for gone in known.values():
            changed |= _set(gone, archived=True)
        return changed

    def _place(
        self,
        place: ServiceAtLocation,
        link: profile.ServiceAtLocation,
        one: profile.Service,
        organization: profile.Organization,
    ) -> bool:
        hours = next((some for some in (link.hours, one.hours, link.location.hours) if some.schedules), link.hours)
        areas = [area_text(area) for area in link.service_areas or one.service_areas]
        own = self.own.get(place.id, set())
        changed = _set(
            place, location=self.locations.get(link.location.id), areas=areas, archived=False,
            timezone=hours.timezone if hours.schedules else place.timezone or "",
        )  # fmt: skip
        if Section.HOURS not in own:
            changed |= put(place.schedules, [schedule_row(some) for some in hours.schedules], SCHEDULE)
            if link.hours.closures:
                changed |= put(place.closures, [closure_row(some) for some in link.hours.closures], CLOSURE)
            changed |= bool(link.hours.on_holidays) and _set(place, on_holidays=link.hours.on_holidays)
        if Section.CONTACTS not in own:
            contacts = list(_contacts(link.phones or one.phones or link.location.phones or organization.phones))
            changed |= put(place.contacts, contacts, CONTACT)
        capacity = link.capacity or one.capacity
        if Section.CAPACITY not in own and capacity is not None:
            changed |= put_capacity(place.capacities, capacity)
        return changed


PARTS = ("schedules", "contacts", "closures", "capacities")


def key_of(one: profile.Organization | profile.Service) -> str:
    """Under what a row is found again: the source's own id, or the one made from it if no database keeps that."""
    if isinstance(one, profile.Organization) and not one.source_id:
        return UNKNOWN
    return one.source_id if one.source_id.isprintable() else one.id


def _stated(row: Service, one: profile.Service) -> bool:
    """What only our profile says: taken where it is said; a service may be kept to fewer people, never to more."""
    said: dict[str, Any] = {
        "types": sorted(one.types), "accepts_referrals": one.accepts_referrals, "all_ages": one.all_ages or None,
        "remote": one.remote or None, "exclusions": one.exclusions or None, **one.procedure.said(),
        "visibility": one.visibility if one.visibility is Visibility.RESTRICTED else None,
    }  # fmt: skip
    changed = _set(row, **{name: value for name, value in said.items() if value not in (None, [])})
    wanted = [ServiceAudience(facet=some.facet.value, term=some.term, rule=some.rule.value) for some in one.audiences]
    return changed | (bool(wanted) and put(row.audiences, wanted, ("facet", "term", "rule")))


def _by_source(model: type[Model], source: str, keys: list[str] | None) -> dict[str, Model]:
    query = select(model).where(model.source == source)
    query = query if keys is None else query.where(model.source_id.in_(keys))
    return {one.source_id: one for one in db.session.scalars(query)}


def _written_by_partners() -> dict[UUID, set[Section]]:
    """The sections that an organisation changed itself, by entry; its own under its own id."""
    key = func.coalesce(SectionVerification.service_at_location_id, SectionVerification.organization_id)
    query = select(key, SectionVerification.section).where(
        SectionVerification.method == VerificationMethod.PARTNER,
        SectionVerification.outcome == VerificationOutcome.CHANGED,
    )
    found: dict[UUID, set[Section]] = {}
    for place, section in db.session.execute(query.distinct()):
        found.setdefault(place, set()).add(section)
    return found


def _set(row: Any, **values: Any) -> bool:
    """Set what differs, so that an import without news writes nothing; whether something differed."""
    new = not inspect(row).persistent
    changed = {name: value for name, value in values.items() if new or getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _contacts(phones: Iterable[profile.Phone]) -> Iterable[ServiceContact]:
    for phone in list(phones)[:MOST_CONTACTS]:
        number, extension = phone.number[:40], phone.extension[:40]
        yield ServiceContact(
            function=phone.description[:120],
            phone=number,
            extension=extension,
            email="",
            takes_referrals=phone.for_referrals,
        )


def _free(one: profile.Service) -> bool | None:
    amounts = [cost.amount for cost in one.cost_options if cost.amount is not None]
    if one.free is not None or not amounts:
        return one.free
    return max(amounts) == 0


def _prices(one: profile.Service) -> str:
    texts = (
        f"{cost.option} {'' if cost.amount is None else f'{cost.amount:g}'} {cost.currency}".strip()
        for cost in one.cost_options
    )
    return "; ".join(filter(None, texts))[:500]


def _fitting(text: str, limit: int) -> str:
    """The text, or nothing: half an address is worse than none."""
    return text if len(text) <= limit else ""
