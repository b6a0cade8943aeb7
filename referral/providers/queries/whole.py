"""Services as an export writes them: each once, with all of its places, for one circle of readers.

What a circle may not see is not read into the records at all: services kept to named people, contacts of the network,
names of persons. The address of a place that is not disclosed never leaves, whatever the circle (see the writer).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from directory import freshness, profile, referring
from directory.area_notices import AreaNotice
from directory.employment import VacancyState
from directory.hsds_keeping import stands_alone
from directory.hsds_writing import Document, Writer
from directory.offers import is_shelter
from directory.taxonomy import Disclosure, Visibility
from referral.extensions import db
from referral.providers.models import SourceDocument
from referral.providers.queries.records import Records, location
from referral.providers.rules import area_of


class Circle(StrEnum):
    """Who will read an export."""

    PUBLIC = "public"
    NETWORK = "network"
    ALL = "all"

    @property
    def services(self) -> frozenset[Visibility]:
        """The visibilities of what this circle reads."""
        return SEEN[self]


SEEN: dict[Circle, frozenset[Visibility]] = {
    Circle.PUBLIC: frozenset({Visibility.PUBLIC}),
    Circle.NETWORK: frozenset({Visibility.PUBLIC, Visibility.NETWORK}),
    Circle.ALL: frozenset(Visibility),
}


@dataclass(frozen=True)
class Whole:
    """A service with its organisation and places, when it last changed, and whether one of its places is hidden."""

    organization: profile.Organization
    service: profile.Service
    modified: datetime

    @property
    def hidden(self) -> bool:
        """Whether a place of it is not disclosed exactly."""
        places = (link.location for link in self.service.service_at_locations)
        return any(one.disclosure is not Disclosure.EXACT for one in places)


class Export:
    """Everything that a circle may read, or what it may read of some services (`only`), read once."""

    def __init__(self, circle: Circle, now: datetime, zone: ZoneInfo, only: Collection[UUID] | None = None) -> None:
        self.circle = circle
        self.records = Records(now, zone, only)
        self.lapsed: datetime | None = None
        """When the last number of free places ceased to be believed or vacancy ended, of those read so far."""
        self._places: dict[UUID, list[Any]] = defaultdict(list)
        for place in self.records.places:
            self._places[place.service_id].append(place)

    def services(self) -> Iterator[Whole]:
        """Each service by id; one that ended stays in what the mechanism keeps, with its end."""
        for row in self.records.services.values():
            if row.visibility in self.circle.services and (self.circle is Circle.ALL or not row.archived):
                yield self._whole(row)

    def organizations(self) -> Iterator[profile.Organization]:
        """Those that a service of this circle belongs to; all of them where everything is written."""
        if self.circle is Circle.ALL:
            replaced = self.records.successors
            yield from (self.records.organization(key) for key in self.records.organizations if key not in replaced)
            return
        seen = {UUID(one.organization.id) for one in self.services()}
        yield from (self.records.organization(key) for key in self.records.organizations if key in seen)

    def locations(self) -> Iterator[profile.Location]:
        """Those at which this circle sees a service; all of them where everything is written."""
        if self.circle is Circle.ALL:
            yield from (location(row) for row in self.records.locations.values())
            return
        found = {
            link.location.id: link.location for one in self.services() for link in one.service.service_at_locations
        }
        yield from (found[key] for key in sorted(found))

    def _whole(self, row: Any) -> Whole:
        organization = self.records.organization(row.organization_id)
        places = self._places[row.id]
        modified = max(row.last_modified, self.records.touched.get(row.id, row.last_modified))
        if not places:
            empty = replace(self._common(row), verified={})
            return Whole(organization, empty, modified)
        base = self.records.service(row, places[0])
        links = tuple(self._link(place, shared=len(places) == 1) for place in places)
        service = replace(
            self._common(row), verified=base.verified, audiences=base.audiences, types=base.types,
            service_at_locations=tuple(link for link in links if link.location.id),
            service_areas=_areas(places), vacancies=self._vacancies(places),
            area_notices=self._notices(places), **self._own_of_single(places),
        )  # fmt: skip
        return Whole(organization, service, modified)

    def _notices(self, places: list[Any]) -> tuple[AreaNotice, ...]:
        return tuple(dict.fromkeys(one for place in places for one in self.records.notices_over(place)))

    def _vacancies(self, places: list[Any]) -> tuple[profile.Vacancy, ...]:
        """Those open today at any of the places; also remembers when the last of the others ended."""
        for place in places:
            for row in self.records.announced.get(place.id, ()):
                ends = datetime.combine(row.valid_until + timedelta(days=1), time(), self.records.zone)
                if row.state is VacancyState.OPEN and ends <= self.records.now:
                    self.lapsed = max(ends, self.lapsed or ends)
        return tuple(one for place in places for one in self.records.vacancies(place.id) or ())

    def _own_of_single(self, places: list[Any]) -> dict[str, Any]:
        """Hours, room and contacts stand on the service where it has one place, as HSDS readers expect them."""
        if len(places) != 1:
            return {}
        only = places[0]
        link = self.records.link(only)
        contacts = self._contacts(only.id)
        return {
            "hours": replace(link.hours, closures=(), on_holidays=""), "capacity": self._room(only, link),
            "phones": tuple(phone for one in contacts if not one.name for phone in one.phones),
            "contacts": tuple(one for one in contacts if one.name or one.email),
        }  # fmt: skip

    def _common(self, row: Any) -> profile.Service:
        return profile.Service(
            id=str(row.id), name=row.name,
            organization_id=self.records.organization(row.organization_id).id, needs=frozenset(row.needs),
            description=row.description, status=row.status, url=row.url, email=row.email,
            minimum_age=row.minimum_age, maximum_age=row.maximum_age, all_ages=row.all_ages,
            eligibility_description=row.eligibility_description, application_process=row.application_process,
            accepts_referrals=row.accepts_referrals, exclusions=row.exclusions,
            procedure=referring.of_columns(row),
            languages=tuple(profile.Language(code) for code in row.languages),
            interpretation_services=row.interpretation, free=row.free, fees_description=row.fees_description,
            required_documents=tuple(profile.RequiredDocument(one) for one in row.required_documents),
            remote=row.remote, alert=row.alert, visibility=row.visibility, archived=row.archived,
            terms=tuple(profile.Term(name) for name in row.terms), source_id=row.source_id,
        )  # fmt: skip

    def _link(self, place: Any, *, shared: bool) -> profile.ServiceAtLocation:
        link = self.records.link(place)
        if shared:
            hours = replace(link.hours, schedules=())
            return replace(link, hours=hours, capacity=None, service_areas=())
        contacts = self._contacts(place.id)
        return replace(
            link, capacity=self._room(place, link), service_areas=tuple(area_of(one) for one in place.areas),
            phones=tuple(phone for one in contacts if not one.name for phone in one.phones),
            contacts=tuple(one for one in contacts if one.name or one.email),
        )  # fmt: skip

    def _room(self, place: Any, link: profile.ServiceAtLocation) -> profile.Capacity | None:
        """Free places as long as they are believed, with that end; only what keeps everything keeps them longer."""
        if self.circle is Circle.ALL or link.capacity is None:
            return link.capacity
        row = self.records.services[place.service_id]
        shelter = is_shelter(row.types, row.needs)
        groups = tuple(filter(None, (self._believed(one, shelter=shelter) for one in link.capacity.groups)))
        base = self._believed(link.capacity, shelter=shelter)
        if base is None and not groups:
            return None
        return replace(base or profile.Capacity(), groups=groups)

    def _believed(self, one: profile.Capacity, *, shelter: bool) -> profile.Capacity | None:
        """A number as long as it is believed; also remembers when the last of the others ceased to be."""
        ends = freshness.lapses_at(one, shelter)
        if ends is not None and ends > self.records.now:
            return replace(one, valid_until=ends)
        if ends is not None:
            self.lapsed = max(ends, self.lapsed or ends)
        return None

    def _contacts(self, place_id: UUID) -> list[profile.Contact]:
        found = []
        for one in self.records.contacts.get(place_id, ()):
            if one.visibility not in self.circle.services:
                continue
            name = "" if self.circle is Circle.PUBLIC else one.name
            if self.circle is Circle.PUBLIC and one.name:
                continue
            asked = one.takes_referrals and self.circle is not Circle.PUBLIC
            phones = (profile.Phone(one.phone, one.extension, "voice", one.function, asked),) if one.phone else ()
            found.append(profile.Contact(name, one.function, "", one.email, phones, one.visibility, asked))
        return found


def _areas(places: list[Any]) -> tuple[profile.ServiceArea, ...]:
    return tuple(dict.fromkeys(area_of(one) for place in places for one in place.areas))


def documents_of(kind: str) -> Mapping[UUID, SourceDocument]:
    """The documents as they came, of one kind, by the row that came of them; the newest that says most leads."""
    rows = db.session.scalars(select(SourceDocument).where(SourceDocument.kind == kind))
    return {one.record_id: one for one in sorted(rows, key=lambda one: (stands_alone(one.document), one.last_seen_at))}


def standing(one: Whole, writing: Writer) -> Document:
    """The service as HSDS writes it, without what passes by itself: what an import may have brought."""
    return writing.service(one.organization, one.service, modified=one.modified)


def full(one: Whole, writing: Writer) -> Document:
    """The service as HSDS writes it, with the vacancies that are open today."""
    return standing(one, writing) | writing.vacancies(one.service)
