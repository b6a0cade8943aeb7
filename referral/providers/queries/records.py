"""Rows of the directory's tables into the records of the directory library, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select

from directory import freshness, profile, referring, seasons
from directory.area_notices import AreaNotice
from directory.employment import VacancyState
from directory.taxonomy import AudienceRule, Facet, Group, ServiceType, Visibility
from referral.extensions import db
from referral.partners.models import Organization
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
)
from referral.providers.private_models import EmploymentOffer, Vacancy
from referral.providers.queries.area_notices import running_notices
from referral.providers.queries.bodies import successors
from referral.providers.queries.seasons import periods
from referral.providers.queries.suspensions import suspended_organizations
from referral.providers.rules import HOLDS, NoticeKind, Section, area_of
from referral.providers.upkeep_models import TempNotice
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.rules import ReferralAction

ANSWERS = (ReferralAction.ACCEPT, ReferralAction.DECLINE, ReferralAction.WAITLIST, ReferralAction.REQUEST_INFO)
ANSWER_WITHIN = timedelta(hours=24)
ANSWERS_OF = timedelta(days=90)
TYPES: frozenset[str] = frozenset(ServiceType)
AGED = (Section.HOURS, Section.CONTACTS, Section.SERVICE)
Row = Any


class Records:
    """Everything that is in the directory now, or some services (`only`) with all that belongs to them, read once."""

    def __init__(self, now: datetime, zone: ZoneInfo, only: Collection[UUID] | None = None) -> None:
        self.now, self.zone = now, zone
        ids = Those(only)
        self.organizations = {row.id: row for row in _rows(Organization, *ids.organizations(Organization.id))}
        self.successors = successors()
        followed = {self.successors[key] for key in self.organizations if key in self.successors}
        missing = followed - self.organizations.keys()
        if missing:
            self.organizations |= {row.id: row for row in _rows(Organization, Organization.id.in_(missing))}
        self.services = {row.id: row for row in _rows(Service, *ids.services(Service.id))}
        self.locations = {row.id: row for row in _rows(Location, *ids.locations(Location.id))}
        here = ids.services(ServiceAtLocation.service_id)
        every = _rows(ServiceAtLocation, *here)
        self.places = [row for row in every if not row.archived]
        self.touched = _touched(every)
        self.audiences = _grouped(ServiceAudience, "service_id", ids.services)
        self.schedules = _grouped(ServiceSchedule, "service_at_location_id", ids.places)
        self.closures = _grouped(ServiceClosure, "service_at_location_id", ids.places)
        self.rooms = _grouped(ServiceCapacity, "service_at_location_id", ids.places)
        self.contacts = _grouped(ServiceContact, "service_at_location_id", ids.places)
        self.announced = _announced(*here)
        self.notices = _notices(now.astimezone(zone).date())
        self.area_notices = running_notices(now.astimezone(zone).date())
        self.verified = verifications(zone, *ids.places(SectionVerification.service_at_location_id))

    @cached_property
    def periods(self) -> tuple[seasons.Period, ...]:
        """When the seasons of these years are."""
        return periods()

    @cached_property
    def responses(self) -> dict[str, profile.Response]:
        """How each service answered the referrals of the last 90 days."""
        return responses(self.now)

    def entries(self) -> Iterator[tuple[profile.Organization, profile.Service]]:
        """Each service at each of its places, as one service with one place."""
        for place in self.places:
            service = self.services[place.service_id]
            yield self._named(service.organization_id), self.service(service, place)

    def _named(self, key: UUID) -> profile.Organization:
        """The organisation of a service under the name it is shown by; its id stays, because access depends on it."""
        own, shown = self._organizations[key], self.organization(key)
        if own is shown:
            return own
        return replace(own, name=shown.name, acronym=shown.acronym, suspended=own.suspended or shown.suspended)

    def organization(self, key: UUID) -> profile.Organization:
        """The organisation that the directory shows for that id."""
        return self._organizations[self.successors.get(key, key)]

    @cached_property
    def _organizations(self) -> Mapping[UUID, profile.Organization]:
        suspended = suspended_organizations()
        return {key: organization(row, suspended=key in suspended) for key, row in self.organizations.items()}

    def service(self, row: Row, place: Row) -> profile.Service:
        """The service at one place."""
        verified, method = self._verified(row, place)
        told = (one for one in self.contacts.get(place.id, ()) if one.visibility is not Visibility.RESTRICTED)
        contacts = sorted(told, key=lambda one: not one.takes_referrals)
        return profile.Service(
            id=str(row.id),
            name=row.name,
            organization_id=str(row.organization_id),
            needs=frozenset(row.needs),
            types=frozenset(ServiceType(code) for code in row.types if code in TYPES),
            status=row.status,
            phones=tuple(phone(one) for one in contacts if one.phone),
            minimum_age=row.minimum_age,
            maximum_age=row.maximum_age,
            all_ages=row.all_ages,
            audiences=tuple(_audience(one) for one in self.audiences.get(row.id, ())),
            eligibility_description=row.eligibility_description,
            accepts_referrals=row.accepts_referrals,
            exclusions=row.exclusions,
            procedure=referring.of_columns(row),
            languages=tuple(profile.Language(code) for code in row.languages),
            interpretation_services=row.interpretation,
            free=row.free,
            remote=row.remote,
            alert=row.alert,
            notices=tuple(one.text for one in self.notices.get(place.id, ()) if one.kind is NoticeKind.MESSAGE),
            area_notices=self.notices_over(place),
            required_documents=tuple(profile.RequiredDocument(document) for document in row.required_documents),
            visibility=row.visibility,
            verified=verified,
            verified_by=method,
            archived=row.archived,
            service_areas=tuple(area_of(one) for one in place.areas),
            service_at_locations=(self.link(place),),
            vacancies=self.vacancies(place.id),
        )

    def vacancies(self, place_id: UUID) -> tuple[profile.Vacancy, ...] | None:
        """Those of a place that are open today, by their last day; None where none was ever announced."""
        rows = self.announced.get(place_id)
        if rows is None:
            return None
        today = self.now.astimezone(self.zone).date()
        return tuple(
            profile.Vacancy(
                str(row.id), row.title, row.places_left, row.created_at.astimezone(self.zone).date(), row.valid_until,
                row.kind, str(place_id),
            )
            for row in rows
            if row.state is VacancyState.OPEN and row.valid_until >= today
        )  # fmt: skip

    def notices_over(self, place: Row) -> tuple[AreaNotice, ...]:
        """The notices over the area where a place is."""
        if not self.area_notices:
            return ()
        where = self.locations.get(place.location_id)
        pcode = where.pcode if where is not None else ""
        return tuple(one for one in self.area_notices if one.touches(pcode, map(area_of, place.areas)))

    def link(self, place: Row) -> profile.ServiceAtLocation:
        """The place itself: where, when, how much room."""
        row = self.locations.get(place.location_id)
        where = profile.Location("") if row is None else location(row)
        room = capacity(self.rooms.get(place.id, ()))
        return profile.ServiceAtLocation(str(place.id), where, hours=self._hours(place, row), capacity=room)

    def _hours(self, place: Row, location: Row | None) -> profile.Hours:
        zone = place.timezone or (location.timezone if location is not None else "") or profile.DOUALA
        written = [schedule(one) for one in self.schedules.get(place.id, ())]
        pcode = location.pcode if location is not None else ""
        schedules = seasons.dated(written, self.periods, pcode, self.now.astimezone(self.zone).date())
        closures = tuple(closure(one) for one in self.closures.get(place.id, ()))
        shut = [one for one in self.notices.get(place.id, ()) if one.kind is NoticeKind.CLOSED]
        closures += tuple(profile.Closure(one.starts_on, one.ends_on, one.text) for one in shut)
        over = (one.closure() for one in self.notices_over(place))
        closures += tuple(one for one in over if one is not None)
        return profile.Hours(schedules, closures, zone, place.on_holidays)

    def _verified(self, service: Row, place: Row) -> tuple[dict[str, date], str]:
        mandatory = tuple(freshness.SHELF_LIVES.mandatory)
        return with_assured(self.verified.get(place.id, {}), service.assured_date, service.source, mandatory)


class Those:
    """Conditions that keep a table to what belongs to some services; none for the whole directory."""

    def __init__(self, only: Collection[UUID] | None) -> None:
        self._only = None if only is None else list(only)

    def _kept(self, column: Any, query: Select[Any]) -> tuple[ColumnElement[bool], ...]:
        return () if self._only is None else (column.in_(query),)

    def services(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        """The column is a service's id."""
        return () if self._only is None else (column.in_(self._only),)

    def places(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        """The column is the id of a service at a location."""
        return self._kept(column, self._of(ServiceAtLocation.id))

    def locations(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        """The column is a location's id."""
        return self._kept(column, self._of(ServiceAtLocation.location_id))

    def organizations(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        """The column is an organisation's id."""
        return self._kept(column, select(Service.organization_id).where(Service.id.in_(self._only or [])))

    def _of(self, column: Any) -> Select[Any]:
        return select(column).where(ServiceAtLocation.service_id.in_(self._only or []))


def _rows(model: Any, *where: ColumnElement[bool]) -> list[Row]:
    return list(db.session.execute(select(model.__table__).where(*where).order_by(model.id)))


def _grouped(model: Any, key: str, kept: Callable[[Any], tuple[ColumnElement[bool], ...]]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in _rows(model, *kept(getattr(model, key))):
        found[getattr(row, key)].append(row)
    return found


def _notices(today: date) -> dict[UUID, list[Row]]:
    """Temporary notices that have not run out: messages from their first day on, closures as soon as announced."""
    query = select(TempNotice.__table__).where(TempNotice.ended_at.is_(None), TempNotice.ends_on >= today)
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in db.session.execute(query.order_by(TempNotice.starts_on, TempNotice.id)):
        if row.kind is NoticeKind.CLOSED or row.starts_on <= today:
            found[row.place_id].append(row)
    return found


def _announced(*where: ColumnElement[bool]) -> dict[UUID, list[Row]]:
    """Every vacancy that was published, by place, those that end first before the others."""
    query = (
        select(*Vacancy.__table__.columns, EmploymentOffer.kind)
        .join(ServiceAtLocation, ServiceAtLocation.id == Vacancy.place_id)
        .outerjoin(EmploymentOffer, EmploymentOffer.service_id == ServiceAtLocation.service_id)
        .where(Vacancy.state != VacancyState.WAITING, *where)
        .order_by(Vacancy.valid_until, Vacancy.id)
    )
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.place_id].append(row)
    return found


def _touched(places: list[Row]) -> dict[UUID, datetime]:
    """When a place of a service was last written to, those that were taken away included."""
    found: dict[UUID, datetime] = {}
    for one in places:
        if one.updated_at is not None:
            found[one.service_id] = max(one.updated_at, found.get(one.service_id, one.updated_at))
    return found


def organization(row: Row, *, suspended: bool = False) -> profile.Organization:
    """A row of the organization table as the library's record; whether it is suspended stands in another table."""
    return profile.Organization(
        id=str(row.id), name=row.name, description=row.description, acronym=row.acronym,
        other_names=tuple(row.other_names), type=row.type.value,
        email=row.email, website=row.website, legal_status=row.legal_status, year_incorporated=row.year_incorporated,
        presence_since=row.presence_since,
        phones=tuple(profile.Phone(number) for number in row.phones), funders=tuple(row.funders),
        suspended=suspended, demonstration=row.demonstration,
    )  # fmt: skip


def _audience(row: Row) -> profile.Audience:
    return profile.Audience(Facet(row.facet), row.term, AudienceRule(row.rule))


def location(row: Row) -> profile.Location:
    """A row of the location table as the library's record."""
    address = profile.Address(row.address, row.city, country=row.country)
    return profile.Location(
        id=str(row.id), name=row.name, location_type=row.location_type.value, latitude=row.latitude,
        longitude=row.longitude, pcode=row.pcode, addresses=(address,) if row.address or row.city else (),
        accessibility=row.accessibility, step_free=row.step_free, disclosure=row.disclosure,
    )  # fmt: skip


def capacity(rows: Sequence[Row]) -> profile.Capacity | None:
    """The rows of an entry's places (or the mapped objects) as one record, those for everybody first."""
    every = [_room(row) for row in sorted(rows, key=lambda row: GROUPS.index(row.audience))]
    base = next((one for one in every if one.audience is Group.EVERYBODY and one.updated), None)
    groups = tuple(one for one in every if one.audience is not Group.EVERYBODY and one.updated)
    if base is None:
        return profile.Capacity(groups=groups) if groups else None
    return replace(base, groups=groups)


GROUPS = list(Group)


def _room(row: Row) -> profile.Capacity:
    return profile.Capacity(
        row.status, row.available, row.maximum, row.unit or "place", row.updated_at, row.valid_until,
        row.waiting_days, audience=row.audience, waitlist_count=row.waitlist_count, funded_maximum=row.funded_maximum,
        note=row.note,
    )  # fmt: skip


def phone(row: Row) -> profile.Phone:
    """A contact's telephone with the function that answers it."""
    return profile.Phone(row.phone, row.extension, "voice", row.function)


def schedule(row: Row) -> profile.Schedule:
    """A row of the schedule table (or the mapped object) as the library's record."""
    return profile.Schedule(
        byday=row.byday, opens_at=row.opens_at, closes_at=row.closes_at, freq=row.freq, interval=row.interval,
        valid_from=row.valid_from, valid_to=row.valid_to, dtstart=row.dtstart, until=row.until, count=row.count,
        wkst=row.wkst, bymonthday=row.bymonthday, byweekno=row.byweekno, byyearday=row.byyearday, kind=row.kind,
        description=row.description,
    )  # fmt: skip


def closure(row: Row) -> profile.Closure:
    """A row of the closure table (or the mapped object) as the library's record."""
    return profile.Closure(row.starts_on, row.ends_on, row.reason)


def with_assured(
    confirmed: Mapping[str, tuple[date, str]], assured: date | None, source: str, mandatory: tuple[str, ...]
) -> tuple[dict[str, date], str]:
    """The day of each section, with the day that a feed vouches for the whole; and how the oldest was confirmed."""
    found = dict(confirmed)
    for section in mandatory if assured else ():
        if assured and (section not in found or found[section][0] < assured):
            found[section] = (assured, "import" if source else "")
    known = [found[section] for section in mandatory if section in found]
    method = min(known)[1] if known else ""
    return {section: day for section, (day, _) in found.items()}, method


def verifications(zone: ZoneInfo, *where: ColumnElement[bool]) -> dict[UUID, dict[str, tuple[date, str]]]:
    """The last confirmation of each section of each entry: day on the office's wall, method. Free places age apart."""
    ranked = select(
        SectionVerification.service_at_location_id,
        SectionVerification.section,
        SectionVerification.method,
        SectionVerification.at,
        func.row_number()
        .over(
            partition_by=(SectionVerification.service_at_location_id, SectionVerification.section),
            order_by=(SectionVerification.at.desc(), SectionVerification.id),
        )
        .label("place"),
    ).where(SectionVerification.section.in_(AGED), SectionVerification.outcome.in_(HOLDS), *where)
    latest = ranked.subquery()
    found: dict[UUID, dict[str, tuple[date, str]]] = defaultdict(dict)
    for row in db.session.execute(select(latest).where(latest.c.place == 1)):
        found[row.service_at_location_id][row.section.value] = (row.at.astimezone(zone).date(), row.method.value)
    return found


def responses(now: datetime) -> dict[str, profile.Response]:
    """How each service answered the referrals of the last 90 days: within 24 hours, or not. Later ones may still be."""
    first = (
        select(ReferralEvent.referral_id, func.min(ReferralEvent.at).label("at"))
        .where(ReferralEvent.action.in_(ANSWERS))
        .group_by(ReferralEvent.referral_id)
        .subquery()
    )
    query = (
        select(ServiceAtLocation.service_id, Referral.sent_at, first.c.at)
        .join(ServiceAtLocation, Referral.service_at_location_id == ServiceAtLocation.id)
        .outerjoin(first, first.c.referral_id == Referral.id)
        .where(Referral.sent_at > now - ANSWERS_OF)
    )
    counted: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for service_id, sent_at, answered_at in db.session.execute(query):
        if answered_at is None and sent_at > now - ANSWER_WITHIN:
            continue
        counted[service_id][0] += 1
        counted[service_id][1] += answered_at is not None and answered_at - sent_at <= ANSWER_WITHIN
    return {str(key): profile.Response(asked, answered, 24) for key, (asked, answered) in counted.items()}
