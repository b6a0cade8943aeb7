"""Writing HSDS 3.x documents: a service with all that belongs to it, an organization, a location.

A location that is not disclosed exactly leaves as its arrondissement alone, whoever asks. What only the national
profile knows (`HSDS-CM`, see `hsds_profile`) is left out for readers of plain HSDS, and what plain HSDS requires but
Cameroon has not (postal codes) is then written `-`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from directory import profile, schedule, seasons
from directory.hsds_profile import TAXONOMY
from directory.hsds_service import URN
from directory.places import Places, ancestors
from directory.taxonomy import LANGUAGE_LABELS, SERVICE_TYPE_LABELS, Disclosure, Group, Status

NAMESPACE = UUID("0d7a9b9e-6a0f-5f0e-8a53-9f0f2f4ce0a1")
Document = dict[str, Any]


class Profile(StrEnum):
    """Which readers a document is for: those of the national profile, or of plain HSDS."""

    CM = "hsds-cm"
    HSDS = "hsds"


def child(parent: str, kind: str, key: object) -> str:
    """The id of something that has none of its own: the same at every export.

    >>> child("a", "phone", 0) == child("a", "phone", 0) != child("a", "phone", 1)
    True
    """
    return str(uuid5(NAMESPACE, f"{parent}|{kind}|{key}"))


def compact(values: Mapping[str, Any]) -> Document:
    """The same without what says nothing: empty texts, empty lists, None.

    >>> compact({"name": "Aide", "url": "", "free": False, "phones": []})
    {'name': 'Aide', 'free': False}
    """
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {})}


class Writer:
    """Records into documents, for one profile. `places` names what is not disclosed."""

    def __init__(self, form: Profile = Profile.CM, places: Places | None = None) -> None:
        self.form, self.places = form, places

    def _own(self, **values: Any) -> Document:
        """What only the national profile knows."""
        return values if self.form is Profile.CM else {}

    def service(
        self, organization: profile.Organization, one: profile.Service, *, modified: datetime | None = None
    ) -> Document:
        """Return the full service: its organisation and every place inside."""
        return compact({
            "id": one.id, "name": one.name, "description": one.description, "url": one.url, "email": one.email,
            "status": self._status(one), "interpretation_services": one.interpretation_services,
            "application_process": one.application_process, "fees_description": one.fees_description,
            "eligibility_description": one.eligibility_description, "minimum_age": one.minimum_age,
            "maximum_age": one.maximum_age, "alert": one.alert, "assured_date": _day(assured(one)),
            "last_modified": moment(modified), "phones": self._phones(one.id, one.phones),
            "schedules": self._schedules(one.id, one.hours),
            "service_areas": self._areas(one.id, one.service_areas),
            "service_at_locations": [self._link(link) for link in one.service_at_locations if link.id],
            "languages": self._languages(one.id, one.languages), "organization": self.organization(organization),
            "cost_options": self._costs(one), "required_documents": _documents(one),
            "contacts": self._contacts(one.id, one.contacts), "capacities": self._capacity(one.id, one.capacity),
            "attributes": list(self._attributes(one)),
            **self._own(
                accepts_referrals=one.accepts_referrals, all_ages=one.all_ages or None, free=one.free,
                remote=one.remote or None, exclusions=one.exclusions, visibility=one.visibility.value,
                **one.procedure.said(),
            ),
        })  # fmt: skip

    def vacancies(self, one: profile.Service) -> Document:
        """What is added to the service as long as it lasts: its open vacancies, in the national profile alone."""
        return compact(self._own(vacancies=[
            compact({
                "id": some.id, "title": some.title, "kind": some.kind, "places": some.places,
                "valid_from": _day(some.valid_from), "valid_until": _day(some.valid_until),
                "service_at_location_id": some.service_at_location_id,
            })
            for some in one.vacancies or ()
        ]))  # fmt: skip

    def warned(self, one: profile.Service) -> Document:
        """The alert with the notices over the area where the service is, in each language, as long as they last."""
        told = [
            f"{' / '.join(notice.text.values())} ({notice.starts.isoformat()} – {notice.ends.isoformat()})"
            for notice in one.area_notices
        ]
        return {"alert": "\n".join(filter(None, (one.alert, *told)))} if told else {}

    def _status(self, one: profile.Service) -> str | None:
        """Plain HSDS cannot say that nobody knows: nobody is sent to a service that is called inactive."""
        if one.archived:
            return Status.DEFUNCT.value
        if one.status is None:
            return None if self.form is Profile.CM else Status.INACTIVE.value
        return one.status.value

    def organization(self, one: profile.Organization) -> Document:
        """Return the organization; HSDS requires a description, so the name stands in for a missing one."""
        return compact({
            "id": one.id, "name": one.name, "alternate_name": one.acronym, "description": one.description or one.name,
            "email": one.email, "website": one.website, "legal_status": one.legal_status,
            "year_incorporated": one.year_incorporated, "phones": self._phones(one.id, one.phones),
            "funding": [{"id": child(one.id, "funding", name), "source": name} for name in one.funders],
            "parent_organization_id": one.parent_organization_id,
            **self._own(type=one.type, presence_since=one.presence_since),
        })  # fmt: skip

    def location(self, one: profile.Location) -> Document:
        """Return the location; for one that is not disclosed, its arrondissement and nothing else."""
        if one.disclosure is not Disclosure.EXACT:
            return self._hidden(one)
        return compact({
            "id": one.id, "location_type": one.location_type, "name": one.name, "description": one.description,
            "latitude": one.latitude, "longitude": one.longitude, **_coded(one.pcode),
            "addresses": [self._address(one, number, some) for number, some in enumerate(one.addresses)],
            "accessibility": _accessibility(one),
            "phones": self._phones(one.id, one.phones), "languages": self._languages(one.id, one.languages),
            "schedules": self._schedules(one.id, one.hours),
        })  # fmt: skip

    def _hidden(self, one: profile.Location) -> Document:
        """Only the smallest unit that is known: not the name, which may say too much, nor a point that may be exact."""
        known = self.places
        place = next((known[code] for code in ancestors(one.pcode) if code in known), None) if known else None
        return compact({
            "id": one.id, "location_type": one.location_type, "name": place.name if place else "",
            **_coded(place.pcode if place else ""), **self._own(disclosure=one.disclosure.value),
        })  # fmt: skip

    def _address(self, one: profile.Location, number: int, some: profile.Address) -> Document:
        names = self.places.names(one.pcode) if self.places else ()
        required = {
            "address_1": some.address_1 or "-",
            "city": some.city or (names[0] if names else "-"),
            "state_province": some.state_province or (names[-1] if names else "-"),
            "country": some.country or "-",
        }
        code = some.postal_code or ("-" if self.form is Profile.HSDS else "")
        kind = one.location_type
        return compact({"id": child(one.id, "address", number), **required, "postal_code": code, "address_type": kind})

    def _link(self, link: profile.ServiceAtLocation) -> Document:
        closures = [
            compact({"starts": _day(some.starts), "ends": _day(some.ends), "reason": some.reason})
            for some in link.hours.closures
        ]
        return compact({
            "id": link.id, "location": self.location(link.location) if link.location.id else None,
            "phones": self._phones(link.id, link.phones), "schedules": self._schedules(link.id, link.hours),
            "service_areas": self._areas(link.id, link.service_areas),
            "contacts": self._contacts(link.id, link.contacts),
            **self._own(
                closures=closures, on_holidays=link.hours.on_holidays,
                capacities=self._capacity(link.id, link.capacity),
            ),
        })  # fmt: skip

    def _phones(self, parent: str, phones: Iterable[profile.Phone]) -> list[Document]:
        return [
            compact({
                "id": child(parent, "phone", number), "number": one.number, "extension": _whole(one.extension),
                "type": one.type, "description": one.description, **self._own(for_referrals=one.for_referrals or None),
            })
            for number, one in enumerate(phones)
        ]  # fmt: skip

    def _contacts(self, parent: str, contacts: Iterable[profile.Contact]) -> list[Document]:
        return [
            compact({
                "id": child(parent, "contact", number), "name": one.name, "title": one.title,
                "department": one.department, "email": one.email,
                "phones": self._phones(child(parent, "contact", number), one.phones),
                **self._own(visibility=one.visibility.value, for_referrals=one.for_referrals or None),
            })
            for number, one in enumerate(contacts)
        ]  # fmt: skip

    def _schedules(self, parent: str, hours: profile.Hours) -> list[Document]:
        return [
            compact({
                "id": child(parent, "schedule", number), "freq": one.freq, "byday": one.byday,
                "interval": one.interval if one.interval != 1 else None, "opens_at": _clock(one.opens_at),
                "closes_at": _clock(one.closes_at), "valid_from": _day(one.valid_from), "valid_to": _day(one.valid_to),
                "dtstart": _day(one.dtstart), "until": _day(one.until), "count": one.count,
                "wkst": one.wkst if one.wkst != "MO" else "", "bymonthday": one.bymonthday, "byweekno": one.byweekno,
                "byyearday": one.byyearday, "timezone": offset(hours.timezone), "description": one.description,
                **self._own(timezone_name=hours.timezone, kind=one.kind if one.kind != "normal" else ""),
            })
            for number, one in enumerate(hours.schedules if self.form is Profile.CM else seasons.plain_rows(hours))
        ]  # fmt: skip

    def _areas(self, parent: str, areas: Iterable[profile.ServiceArea]) -> list[Document]:
        found = []
        for number, one in enumerate(areas):
            place = self.places.get(one.pcode) if self.places else None
            name = one.name or (place.name if place else "")
            uri = URN + one.pcode if one.pcode else ""
            asked = self._own(on_request=one.on_request or None)
            found.append(compact({"id": child(parent, "service_area", number), "name": name, "uri": uri, **asked}))
        return found

    def _languages(self, parent: str, languages: Iterable[profile.Language]) -> list[Document]:
        return [
            compact({
                "id": child(parent, "language", one.code), "code": one.code, "note": one.note,
                "name": LANGUAGE_LABELS.get(one.code, one.code),
            })
            for one in languages
        ]  # fmt: skip

    def _costs(self, one: profile.Service) -> list[Document]:
        if not one.cost_options and one.free:
            return [{"id": child(one.id, "cost_option", 0), "amount": 0, "currency": "XAF"}]
        return [
            compact({
                "id": child(one.id, "cost_option", number), "option": some.option, "amount": some.amount,
                "currency": some.currency, "amount_description": some.amount_description,
                "valid_from": _day(some.valid_from), "valid_to": _day(some.valid_to),
            })
            for number, some in enumerate(one.cost_options)
        ]  # fmt: skip

    def _capacity(self, parent: str, one: profile.Capacity | None) -> list[Document]:
        """Places of everybody, then of each group; plain HSDS has no audience, so there its name is the description."""
        rows = [] if one is None else [some for some in (one, *one.groups) if some.updated is not None]
        return [self._room(parent, some) for some in rows if some.available is not None or self.form is Profile.CM]

    def _room(self, parent: str, one: profile.Capacity) -> Document:
        everybody = one.audience is Group.EVERYBODY
        named = "" if everybody or self.form is Profile.CM else one.audience.label
        own = self._own(
            audience="" if everybody else one.audience.value, status=one.status.value, waiting_days=one.waiting_days,
            valid_until=moment(one.valid_until), waitlist_count=one.waitlist_count,
            funded_maximum=one.funded_maximum, note=one.note,
        )  # fmt: skip
        return compact({
            "id": child(parent, "capacity", 0 if everybody else one.audience.value), "available": one.available,
            "maximum": one.maximum, "unit": {"id": child("", "unit", one.unit), "name": one.unit},
            "updated": moment(one.updated), "description": one.description or named, **own,
        })  # fmt: skip

    def _attributes(self, one: profile.Service) -> Iterable[Document]:
        for code in sorted(one.needs):
            yield attribute(one.id, "need", code, code, TAXONOMY)
        for kind in sorted(one.types):
            yield attribute(one.id, "service_type", kind.value, SERVICE_TYPE_LABELS[kind], TAXONOMY)
        for some in one.audiences:
            code = f"{some.facet.value}:{some.term}"
            yield {**attribute(one.id, "audience", code, some.term, TAXONOMY), "value": some.rule.value}
        for term in one.terms:
            yield attribute(one.id, term.link_type or "term", term.code or term.name, term.name, term.taxonomy)


def attribute(parent: str, kind: str, code: str, name: str, taxonomy: str) -> Document:
    """Return an attribute of a service with the term that it links to."""
    term = child(taxonomy, kind, code)
    detail = {"id": term, "code": code, "name": name, "description": name, "taxonomy": taxonomy}
    return {
        "id": child(parent, f"attribute|{kind}|{taxonomy}", code), "link_entity": "service", "link_type": kind,
        "taxonomy_term_id": term, "taxonomy_term": compact(detail),
    }  # fmt: skip


def assured(one: profile.Service) -> date | None:
    """The oldest confirmation among the sections: on that day all of the entry was known to be right."""
    return min(one.verified.values(), default=None)


def offset(name: str) -> float:
    """Hours ahead of UTC in a zone, on a winter's day.

    >>> offset("Africa/Douala"), offset("+05:30")
    (1.0, 5.5)
    """
    ahead = schedule.zone(name).utcoffset(datetime(2024, 1, 1))  # noqa: DTZ001 - a local moment is what is asked
    return ahead.total_seconds() / 3600 if ahead is not None else 0.0


def _accessibility(one: profile.Location) -> list[Document]:
    """Words, and whether there are steps: HSDS has no field for it, so it stands in the details."""
    details = "" if one.step_free is None else f"step_free={'yes' if one.step_free else 'no'}"
    if not one.accessibility and not details:
        return []
    return [compact({"id": child(one.id, "accessibility", 0), "description": one.accessibility, "details": details})]


def _documents(one: profile.Service) -> list[Document]:
    return [
        compact({"id": child(one.id, "required_document", number), "document": some.document, "uri": some.uri})
        for number, some in enumerate(one.required_documents)
    ]


def _coded(pcode: str) -> Document:
    return {"external_identifier": pcode, "external_identifier_type": "P-code"} if pcode else {}


def _whole(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() else None


def _day(one: date | None) -> str:
    return one.isoformat() if one else ""


def _clock(one: time | None) -> str:
    return one.isoformat() if one else ""


def moment(one: datetime | None) -> str:
    """A moment as documents write it, in UTC; empty for none."""
    return one.astimezone(UTC).isoformat().replace("+00:00", "Z") if one else ""
