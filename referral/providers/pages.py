"""The forms of an own entry: what they show at first, how they are read, which act they lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from directory import Criteria, edit
from directory.edit import show_phone
from directory.edit_room import BELIEVED_HOURS
from directory.papers import PAPER_LABELS
from directory.question import CONDITIONS
from directory.taxonomy import (
    EVERYBODY,
    KEPT_GROUPS,
    LANGUAGE_LABELS,
    STATUS_LABELS,
    TERM_LABELS,
    UNIT_LABELS,
    VULNERABILITY_LABELS,
    CapacityStatus,
    Visibility,
)
from referral.cases.queries.shortlist import own_live_cases
from referral.foundation import clock
from referral.foundation.access import actor, can
from referral.foundation.grants import Permission
from referral.partners.models import Organization
from referral.partners.rules import OrganizationKind
from referral.providers import (
    actions,
    audience_form,
    hours_form,
    identity_form,
    organization_form,
    private_form,
    queries,
    result_map,
    schemas,
    service_form,
)
from referral.providers.models import ServiceAtLocation
from referral.providers.private_models import Vacancy
from referral.providers.queries import employment
from referral.providers.queries.area_notices import notices_near
from referral.providers.queries.searching import Found
from referral.providers.rules import APPROVED_FIELDS, ORGANIZATION_FIELDS, Section, created, hides, publishes
from referral.providers.upkeep_models import EntityRevision, Subject
from referral.providers.words import field_label
from sop.vocabulary import N_, NEED_LABELS


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its template, what it shows of the entry as it stands, how it is read, the act."""

    section: Section
    template: str
    present: Callable[[Any], dict[str, str]]
    read: Callable[[Any, Mapping[str, str], datetime], schemas.Reading]
    wanted: Callable[..., dict[str, Any]]
    confirms: bool = True
    """Whether saving it confirms the section: not where it holds only a part of it."""
    choices: Mapping[str, Any] = field(default_factory=dict)


def present_capacity(place: ServiceAtLocation) -> dict[str, str]:
    """The room declared last."""
    unknown = place.capacity_status is CapacityStatus.UNKNOWN
    row = place.for_everybody
    said = {name: getattr(row, name, None) for name in (*schemas.NUMBERS, "note")}
    typed = {name: str(value) for name, value in said.items() if value not in (None, "")}
    for one in place.for_groups:
        for name, value in (("available", one.available), ("maximum", one.maximum)):
            if value is not None:
                typed[f"{one.audience}-{name}"] = str(value)
    unit = place.capacity_unit if place.capacity_unit in UNIT_LABELS else "place"
    return {**typed, "status": "" if unknown else place.capacity_status.value, "unit": unit}


def present_contacts(place: ServiceAtLocation) -> dict[str, str]:
    """The contacts by number, in a lasting order."""
    typed = {}
    for number, one in enumerate(sorted(place.contacts, key=lambda row: (row.function, str(row.id))), start=1):
        values = {"id": str(one.id), "title": one.function, "phones": show_phone(one.phone), "email": one.email}
        values["referrals"] = "yes" if one.takes_referrals else ""
        typed.update({f"c{number}-{name}": value for name, value in values.items()})
    return typed


def contacts_shown(typed: Mapping[str, str]) -> int:
    """The contacts in use and one more."""
    numbers = range(1, schemas.MOST_CONTACTS + 1)
    used = [
        number for number in numbers if any(typed.get(f"c{number}-{name}") for name in ("title", "phones", "email"))
    ]
    return min(max([1, *used]) + 1, schemas.MOST_CONTACTS)


def _read_hours(place: ServiceAtLocation, posted: Mapping[str, str], _now: datetime) -> schemas.Reading:
    return hours_form.read(posted, known={one.id for one in place.closures}, today=clock.today())


def _read_capacity(_place: ServiceAtLocation, posted: Mapping[str, str], now: datetime) -> schemas.Reading:
    return schemas.read_capacity(posted, now=now)


def _read_contacts(place: ServiceAtLocation, posted: Mapping[str, str], _now: datetime) -> schemas.Reading:
    return schemas.read_contacts(posted, demonstration=place.service.organization.demonstration)


HOURS = Form(Section.HOURS, "providers/edit_hours.html", hours_form.present, _read_hours, actions.wanted_hours)
CAPACITY = Form(
    Section.CAPACITY, "providers/edit_capacity.html", present_capacity, _read_capacity, actions.wanted_capacity
)
CONTACTS = Form(
    Section.CONTACTS, "providers/edit_contacts.html", present_contacts, _read_contacts, actions.wanted_contacts
)


SERVICE = Form(
    Section.SERVICE,
    "providers/edit_service.html",
    lambda place: service_form.present(place, queries.known_places()),
    lambda place, posted, _now: service_form.read(posted, place, queries.known_places()),
    actions.wanted_service,
)
ORGANIZATION = Form(
    Section.ORGANIZATION,
    "providers/edit_organization.html",
    organization_form.present,
    lambda one, posted, _now: organization_form.read(posted, one, clock.today()),
    actions.wanted_organization,
)
OFFER = Form(
    Section.SERVICE,
    "providers/edit_offer.html",
    lambda place: private_form.present_offer(actions.state_of(place, Section.SERVICE).get(private_form.OFFER, {})),
    lambda _place, posted, _now: private_form.read_offer(posted),
    actions.wanted_service,
    confirms=False,
    choices=private_form.CHOICES,
)
FORMS: dict[Section, Form] = {one.section: one for one in (HOURS, CAPACITY, CONTACTS, SERVICE, ORGANIZATION)}


def shown(form: Form, subject: Subject, reading: schemas.Reading | None = None) -> dict[str, Any]:
    """What the template of a form needs: the entry as it stands, or what was typed with its errors."""
    typed = reading.typed if reading else form.present(subject)
    frame = {
        "subject": subject,
        "typed": typed,
        "errors": reading.errors if reading else {},
        "stale": False,
        "by_link": False,
        "direct": True,
    }
    if isinstance(subject, Organization):
        return frame | {
            "free": (),
            "section": form.section,
            "labels": [(name, field_label(name, form.section)) for name in ORGANIZATION_FIELDS],
        }
    return frame | _shown_of_place(form, subject, typed)


def _shown_of_place(form: Form, place: ServiceAtLocation, typed: dict[str, str]) -> dict[str, Any]:
    return {
        "place": place,
        "referral_choices": service_form.REFERRALS,
        "state_choices": service_form.STATES,
        **(_audience_choices(typed) if form is SERVICE else {}),
        "days": edit.DAY_LABELS,
        **(hours_form.shown(place, typed) if form is HOURS else {}),
        "number_of_contacts": contacts_shown(typed) if form is CONTACTS else 0,
        "status_choices": [(one.value, one.label) for one in CapacityStatus if one is not CapacityStatus.UNKNOWN],
        "unit_choices": list(UNIT_LABELS.items()),
        **(_group_choices(typed) if form is CAPACITY else {}),
        **form.choices,
    }


def _group_choices(typed: Mapping[str, str]) -> dict[str, Any]:
    """For whom places may be kept, and for how long the numbers may hold."""
    hours = [(str(one), ngettext("%(num)d hour", "%(num)d hours", one)) for one in BELIEVED_HOURS]
    return {
        "group_choices": [(one.value, one.label) for one in KEPT_GROUPS],
        "group_fields": [(f"{one}-available", one.label) for one in KEPT_GROUPS],
        "groups_kept": any(typed.get(f"{one}-{name}") for one in KEPT_GROUPS for name in ("available", "maximum")),
        "believed_choices": [("", _("the usual time")), *hours],
    }


def _audience_choices(typed: Mapping[str, str]) -> dict[str, Any]:
    """What may be chosen of whom a service takes."""
    terms = [
        (f"to-{facet}-{term}", words) for facet in audience_form.ASKED for term, words in TERM_LABELS[facet].items()
        if term != EVERYBODY or typed.get(f"to-{facet}-{term}")
    ]  # fmt: skip
    return {
        "term_choices": terms,
        "rule_choices": audience_form.RULES,
        "sex_choices": audience_form.SEXES,
        "step_choices": audience_form.STEPS,
        "language_choices": list(LANGUAGE_LABELS.items()),
        "listed": {name: list(known.items()) for name, known in service_form.LISTS.items()},
        "coordinates": can(Permission.DIRECTORY_COORDINATE),
        **identity_form.choices(),
    }


def said(subject: Subject, section: Section) -> list[tuple[str, Any]]:
    """What a section says, by field, without the names of people: for a link that may have been passed on."""
    return [
        (name, [row for row in value if row["visibility"] != Visibility.RESTRICTED] if name == "contacts" else value)
        for name, value in actions.state_of(subject, section).items()
    ]


def may_publish(place: ServiceAtLocation, section: Section) -> bool:
    """Whether the signed-in user may publish this section without being read first."""
    return publishes(queries.trust_of(actor(), place), section)


def may_undo(place: ServiceAtLocation, revision: EntityRevision) -> bool:
    """Whether the signed-in user may take a change back: not where that would change what the coordination reads."""
    if revision.undone_at is not None or created(revision.diff) or not may_publish(place, revision.section):
        return False
    backwards = ((name, new, old) for name, (old, new) in revision.diff.items() if name in APPROVED_FIELDS)
    return can(Permission.DIRECTORY_COORDINATE) or all(hides(*one) for one in backwards)


def undoable(place: ServiceAtLocation, rows: Sequence[tuple[EntityRevision, str]]) -> set[UUID]:
    """The changes that the signed-in user may take back."""
    return {one.id for one, _role in rows if may_undo(place, one)}


CONDITION_LABELS = {
    "open": N_("Open now"),
    "capacity": N_("Room known to be free"),
    "language": N_("Speaks the person’s language"),
    "free": N_("Free of charge"),
    "referrals": N_("Takes referrals"),
    "walk_in": N_("Without appointment"),
    "accessible": N_("Accessible without steps"),
    "papers": N_("No paper may be missing"),
    "vacancies": N_("Vacancies open now"),
}
MAP_TITLE = N_("Map of the services found")
MAP_WORDS = N_("Filled: fits; pale: to be verified; dashed: the address is kept secret, only its district is shown.")
NO_PAPER = "none"
DAYS_AHEAD = 14
SEX_CHOICES = (("female", N_("Female")), ("male", N_("Male")), ("other", N_("Other or not known")))


def asked() -> dict[str, Any]:
    """What may be chosen in the search for a person."""
    return {
        "need_choices": list(NEED_LABELS.items()),
        "sex_choices": SEX_CHOICES,
        "status_choices": list(STATUS_LABELS.items()),
        "vulnerability_choices": list(VULNERABILITY_LABELS.items()),
        "language_choices": list(LANGUAGE_LABELS.items()),
        "condition_choices": [(one, CONDITION_LABELS[one]) for one in CONDITIONS],
        "paper_choices": [*PAPER_LABELS.items(), (NO_PAPER, N_("no paper at all"))],
        "day_choices": [("", N_("Not asked")), *((one.isoformat(), _day(one)) for one in _days(clock.today()))],
    }


def work(place: ServiceAtLocation) -> dict[str, Any]:
    """What an employer or a place of training offers at an entry, and by which federation's agreement it is covered."""
    today = clock.today()
    offer = place.service.offer
    open_now = employment.open_vacancies([place.id], today).get(str(place.id), [])
    covered = employment.covers(place.service.organization, today) if offer or open_now else []
    return {"work_offer": offer, "vacancies": open_now, "covered": covered}


def federated(one: Organization) -> dict[str, Any]:
    """The employers of a federation, or the federations of an employer, with the agreements in force."""
    today, federation = clock.today(), one.kind is OrganizationKind.FEDERATION
    return {
        "federation": federation, "employers": employment.members(one, today) if federation else [],
        "covered": employment.covers(one, today),
        "agreement": employment.agreement_of(one.id, today) if federation else (False, None),
    }  # fmt: skip


def open_work(found: Found | None) -> Mapping[str, list[Vacancy]]:
    """The open vacancies of the services that were found."""
    ids = [UUID(one.offer.id) for one in (*found.fits, *found.to_verify)] if found else []
    return employment.open_vacancies(ids, clock.today()) if ids else {}


def placed(found: Found | None, asked: Criteria | None) -> dict[str, Any]:
    """The map of what was found, and the place that was asked for, where its services can be printed."""
    place = asked.place if asked else ""
    around = notices_near(queries.snapshot(clock.now()).area_notices, place) if place else []
    return {"map": drawn(found, asked), "place": place, "vacancies": open_work(found), "around": around}


def drawn(found: Found | None, asked: Criteria | None) -> Markup:
    """The map of what was found; nothing where no service has a point."""
    if found is None or asked is None:
        return Markup()
    kept = queries.snapshot(clock.now())
    known, marks = kept.places, result_map.marks(found.fits, found.to_verify)
    scene = result_map.draw(
        marks, known, asked=known.get(asked.place), outlines=kept.outlines,
        title=_(MAP_TITLE), description=_(MAP_WORDS), here=_("the person"),
    )  # fmt: skip
    return Markup(scene.svg(id_prefix="map")) if scene else Markup()  # noqa: S704 - the scene escapes what it writes


def _days(today: date) -> list[date]:
    return [today + timedelta(days) for days in range(DAYS_AHEAD)]


def _day(day: date) -> str:
    return str(format_date(day, "EEEE d MMMM"))


def cases(chosen: str = "") -> dict[str, Any]:
    """The cases for which the signed-in user may keep a service, and the one they come from."""
    try:
        first = UUID(chosen) if chosen else None
    except ValueError:
        first = None
    choices = [(str(one), code) for one, code in own_live_cases(actor(), first)]
    return {"case_choices": choices, "case": str(first) if str(first) in dict(choices) else ""}
