"""The directory as a workbook in French that is edited and read back: a row an entry, sheets of audiences and contacts.

What a cell says is what the forms of an entry show; so the forms judge what comes back, and an untouched cell changes
nothing. Columns that say which entry a row is are not read back, but for a row without identifier, which is a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from directory import edit
from directory.taxonomy import KEPT_GROUPS, TERM_LABELS, UNIT_LABELS, CapacityStatus, Disclosure, Facet
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.i18n import translate
from referral.foundation.spreadsheets import write_workbook
from referral.providers import audience_form, hours_form, pages, schemas, service_form
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries.whole import Circle
from referral.providers.rules import Section
from sop.vocabulary import N_, NEED_LABELS

SERVICES, AUDIENCES, PLACES, CONTACTS, LISTS = "Services", "Publics", "Places", "Contacts", "Listes"
ID = "Identifiant (ne pas modifier)"
IDENTITY = {
    "Organisation": "organization.name", "Service": "service.name", "Besoins": "service.term", "Lieu": "location.name",
    "Ville": "location.city", "Code du lieu": "location.pcode",
}  # fmt: skip
"""Which entry a row is, with the fields that a new row fills."""
IRREGULAR = "(autre règle)"
"""Stands for hours that a week cannot say."""
YES = N_("yes")
YES_NO = [("", ""), ("yes", YES), ("no", N_("no"))]
HOLIDAYS = [("", ""), ("open", N_("open as usual")), ("closed", N_("closed all day"))]
FACETS = {Facet.STATUS: "Situation", Facet.VULNERABILITY: "Vulnérabilité"}
Choices = Iterable[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the form and the field of the form that it is, its choices where it has some."""

    heading: str
    section: Section
    name: str
    choices: Choices = ()

    def labels(self) -> dict[str, str]:
        """French words by code."""
        with force_locale("fr"):
            return {str(code): translate(words) if code != "" else "" for code, words in self.choices}


SECTIONS = (Section.SERVICE, Section.CAPACITY, Section.HOURS, Section.CONTACTS)
S, C, H = Section.SERVICE, Section.CAPACITY, Section.HOURS
ROOM = [("", ""), *((one.value, one.label) for one in CapacityStatus if one is not CapacityStatus.UNKNOWN)]
COLUMNS: tuple[Column, ...] = (
    Column("Description", S, "description"),
    Column("Statut", S, "status", service_form.STATES),
    Column("Âge minimum", S, "minimum_age"),
    Column("Âge maximum", S, "maximum_age"),
    Column("Sexes accueillis", S, "to-sex", audience_form.SEXES),
    Column("Conditions d’accès", S, "eligibility_description"),
    Column("Accepte les référencements", S, "accepts_referrals", service_form.REFERRALS),
    Column("Comment référer", S, "application_process"),
    Column("Ne prend pas", S, "exclusions"),
    Column("Résidence exigée", S, "residence_required", YES_NO),
    Column("S’y adresse (codes)", S, "can_be_mobilised_by"),
    Column("Accès (codes)", S, "access_modes"),
    Column("Envoi de la demande (codes)", S, "referral_channels"),
    Column("Étape suivante", S, "next_step"),
    Column("Réponse sous (heures)", S, "response_hours"),
    Column("Réponse urgente sous (heures)", S, "response_hours_urgent"),
    Column("Réponse en urgence vitale sous (heures)", S, "response_hours_emergency"),
    Column("Retour (codes)", S, "feedback_channels"),
    Column("Retour sous (jours)", S, "feedback_days"),
    Column("Réclamations", S, "complaint_channel"),
    Column("Pièces demandées", S, "required_documents"),
    Column("Gratuit", S, "free", YES_NO),
    Column("Frais", S, "fees_description"),
    Column("Langues (codes)", S, "languages"),
    Column("Interprétariat", S, "interpretation"),
    Column("Avis", S, "alert"),
    Column("Zones couvertes", S, "areas"),
    Column("Zones sur demande", S, "areas_on_request"),
    Column("À distance", S, "remote", YES_NO),
    Column("Accès sans marches", S, "step_free", YES_NO),
    Column("Places : état", C, "status", ROOM),
    Column("Places libres", C, "available"),
    Column("Capacité", C, "maximum"),
    Column("Unité", C, "unit", list(UNIT_LABELS.items())),
    Column("Attente (jours)", C, "waiting_days"),
    Column("En attente (personnes)", C, "waitlist_count"),
    Column("Places financées", C, "funded_maximum"),
    Column("Note sur les places", C, "note"),
    *(Column(day, H, code) for day, code in zip(
        ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche"), edit.DAY_LABELS, strict=True)),
    Column("Jours fériés", H, "on_holidays", HOLIDAYS),
)  # fmt: skip
AUDIENCE_HEADINGS = (ID, "Service", "Critère", "Terme", "Règle")
PLACE_HEADINGS = (ID, "Service", "Pour qui", "Places libres", "Places en tout")
CONTACT_FIELDS = ("id", "title", "phones", "email")
TAKES_REFERRALS = "Reçoit les référencements"
CONTACT_HEADINGS = (ID, "Service", "Contact (ne pas modifier)", "Fonction", "Téléphone", "Courriel", TAKES_REFERRALS)


def write(circle: Circle) -> tuple[bytes, int]:
    """The workbook and how many entries it holds; `circle` says who will read it. No address that is kept back."""
    places = list(_entries(circle))
    need = {code: french(label) for code, label in NEED_LABELS.items()}
    labels = {one.heading: one.labels() for one in COLUMNS}
    rows = [
        [str(place.id), *_identity(place, need), *_cells(place, labels)] for place in places
    ]  # fmt: skip
    sheets = [
        (SERVICES, [ID, *IDENTITY, *(one.heading for one in COLUMNS)], rows),
        (AUDIENCES, AUDIENCE_HEADINGS, [row for place in places for row in audiences_of(place)]),
        (PLACES, PLACE_HEADINGS, [row for place in places for row in places_of(place)]),
        (CONTACTS, CONTACT_HEADINGS, [row for place in places for row in contacts_of(place, circle)]),
        (LISTS, ("Colonne", "Valeurs"), list(_lists(need, labels))),
    ]
    return write_workbook(sheets), len(places)


def told(circle: Circle, *, actor: Actor | None, now: datetime) -> tuple[bytes, int]:
    """The workbook, told in the audit trail."""
    data, number = write(circle)
    audit.record(
        "directory.export", actor=actor, now=now, code="xlsx", circle=circle.value, form="workbook", number=number
    )
    return data, number


def whole() -> tuple[Any, ...]:
    """What the forms show of an entry, loaded with it."""
    service = joinedload(ServiceAtLocation.service)
    return (
        service.joinedload(Service.organization),
        service.selectinload(Service.audiences),
        service.joinedload(Service.offer),
        *(selectinload(part) for part in (
            ServiceAtLocation.schedules, ServiceAtLocation.contacts, ServiceAtLocation.closures,
            ServiceAtLocation.capacities)),
    )  # fmt: skip


def _entries(circle: Circle) -> Iterator[ServiceAtLocation]:
    query = (
        select(ServiceAtLocation)
        .join(ServiceAtLocation.service)
        .where(
            ServiceAtLocation.archived.is_(False),
            Service.archived.is_(False),
            Service.visibility.in_(circle.services),
        )
        .options(*whole())
        .order_by(Service.folded_name, ServiceAtLocation.id)
    )
    yield from db.session.scalars(query).unique()


def french(words: Any) -> str:
    """The words in French, whatever the page speaks."""
    with force_locale("fr"):
        return str(translate(words))


def _identity(place: ServiceAtLocation, need: Mapping[Any, str]) -> list[str]:
    """Organisation, service, needs, and the place as far as it may be told."""
    service, location = place.service, place.location
    named = [service.organization.name, service.name, "; ".join(need[one] for one in service.needs if one in need)]
    if location is None:
        return [*named, "", "", ""]
    known = location.disclosure is Disclosure.EXACT
    return [*named, location.name if known else "", location.city if known else "", location.pcode]


def presented(place: ServiceAtLocation) -> dict[Section, dict[str, str]]:
    """What the forms of an entry show, with hours a cell a day."""
    shown = {section: dict(form.present(place)) for section, form in pages.FORMS.items() if section in SECTIONS}
    hours = shown[H]
    regular = hours_form.weekly(place) is not None
    for day in edit.DAY_LABELS:
        hours[day] = _slots(hours, day) if regular else IRREGULAR
    return shown


def _slots(typed: Mapping[str, str], day: str) -> str:
    pairs = [pair for pair in schemas.slots_of(typed, day) if any(pair)]
    return ", ".join(f"{opens}-{closes}" for opens, closes in pairs)


def _cells(place: ServiceAtLocation, labels: Mapping[str, Mapping[str, str]]) -> list[str]:
    shown = presented(place)
    return [cell(column, shown[column.section].get(column.name, ""), labels[column.heading]) for column in COLUMNS]


def cell(column: Column, typed: str, labels: Mapping[str, str]) -> str:
    """What a column says for what its form shows."""
    return labels.get(typed, typed) if column.choices else typed


def audiences_of(place: ServiceAtLocation) -> list[list[str]]:
    """A row for each situation and vulnerability of which the entry says something."""
    typed = audience_form.present(place, pages.queries.known_places())
    rules = {code: french(words) for code, words in audience_form.RULES}
    return [
        [str(place.id), place.service.name, word, french(words), rules[typed[f"to-{facet}-{term}"]]]
        for facet, word in FACETS.items()
        for term, words in TERM_LABELS[facet].items()
        if typed[f"to-{facet}-{term}"]
    ]


def places_of(place: ServiceAtLocation) -> list[list[str]]:
    """A row for each group that has places of its own."""
    typed = pages.present_capacity(place)
    parts = ("available", "maximum")
    numbers = [(group, [typed.get(f"{group}-{name}", "") for name in parts]) for group in KEPT_GROUPS]
    return [[str(place.id), place.service.name, french(group.label), *found] for group, found in numbers if any(found)]


def contacts_of(place: ServiceAtLocation, circle: Circle) -> list[list[str]]:
    """A row for each contact that the circle may read, without names of people."""
    open_to = {str(one.id) for one in place.contacts if one.visibility in circle.services}
    typed = pages.present_contacts(place)
    numbers = [number for number in range(1, len(place.contacts) + 1) if typed[f"c{number}-id"] in open_to]
    return [
        [str(place.id), place.service.name, *(typed[f"c{number}-{name}"] for name in CONTACT_FIELDS),
         french(YES) if typed[f"c{number}-referrals"] else ""]
        for number in numbers
    ]  # fmt: skip


def _lists(need: Mapping[Any, str], labels: Mapping[str, Mapping[str, str]]) -> Iterator[list[str]]:
    """What may be written in the columns that have choices."""
    yield from (["Besoins", one] for one in need.values())
    for name, known in service_form.LISTS.items():
        heading = next(column.heading for column in COLUMNS if column.name == name)
        yield from ([heading, f"{code} : {french(words)}"] for code, words in known.items())
    for column in COLUMNS:
        yield from ([column.heading, word] for word in labels[column.heading].values() if word)
    yield from ([f"{AUDIENCES} : Règle", french(words)] for code, words in audience_form.RULES if code)
    yield from ([f"{PLACES} : Pour qui", french(group.label)] for group in KEPT_GROUPS)
    for facet, word in FACETS.items():
        yield from ([f"{AUDIENCES} : {word}", french(words)] for words in TERM_LABELS[facet].values())
