"""The gate for coverage: what a page shows, a word that nobody is there, targets, mandates, what might be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from directory.coverage import Cell
from directory.mandates import MandateRole
from referral.foundation.searching import fold
from referral.providers.schemas import CHOOSE, NOT_A_DAY, NOT_A_NUMBER, Reading, day_of
from sop.vocabulary import N_, Message, Need

LONGEST_NOTE = 300
LONGEST_BASIS = 200
MOST_CHOICES = 100
MOST_WANTED = 99
NAME_BASIS = Message("name_basis", N_("name the text that says so, for example a decree with its number"))
ENDS_FIRST = Message("ends_first", N_("the last day is before the first"))
TOO_LONG = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST_NOTE})


@dataclass(frozen=True, slots=True)
class View:
    """What a page of coverage shows: a region or the country, one need of the map, how far a service may be."""

    region: str
    need: Need
    km: int
    shows: Figure


class Figure(StrEnum):
    """What the number in a cell of the matrix says: presence, room and freshness are never one figure."""

    SERVICES = "services"
    ORGANIZATIONS = "organizations"
    PLACES = "places"
    FRESH = "fresh"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return FIGURE_LABELS[self]

    def of(self, cell: Cell) -> str:
        """The number of a cell; a dash where nothing is known or nobody is there."""
        if self is Figure.PLACES:
            return "–" if cell.places is None else str(cell.places)
        if self is Figure.FRESH:
            return f"{cell.fresh}/{len(cell.services)}" if cell.services else "–"
        return str(len(cell.organizations if self is Figure.ORGANIZATIONS else cell.services))


FIGURE_LABELS: dict[Figure, str] = {
    Figure.SERVICES: N_("Services"),
    Figure.ORGANIZATIONS: N_("Organisations"),
    Figure.PLACES: N_("Known free places"),
    Figure.FRESH: N_("Up to date"),
}


def view_from(arguments: Mapping[str, str], regions: Collection[str], limits: Collection[int]) -> View:
    """What an address asks for; whatever is not ours falls back: the country, health, 50 km, services.

    >>> view_from({"region": "CM999", "need": "?", "km": "²"}, {"CM004"}, (20, 50))
    View(region='', need=<Need.MED: 'MED'>, km=50, shows=<Figure.SERVICES: 'services'>)
    """
    region, need, km, shows = (arguments.get(name, "") for name in ("region", "need", "km", "shows"))
    far = int(km) if km.isascii() and km.isdecimal() and len(km) < 5 else 0
    return View(
        region if region in regions else "",
        Need(need) if need in list(Need) else Need.MED,
        far if far in limits else 50,
        Figure(shows) if shows in list(Figure) else Figure.SERVICES,
    )


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Choices of a list that may be too long for a page: by name, as many as a page shows, and how many there are."""

    choices: list[tuple[str, str]]
    of: int

    @property
    def cut(self) -> bool:
        """Whether some are not shown."""
        return self.of > MOST_CHOICES


def narrowed(names: Iterable[tuple[object, str]], words: str, *, chosen: str = "") -> Narrowed:
    """The names in which every one of the words occurs, whatever the accents; the chosen one stays.

    >>> narrowed([(1, "Foyer Étoile"), (2, "Clinique")], "etoile")
    Narrowed(choices=[('1', 'Foyer Étoile')], of=1)
    """
    wanted = fold(words).split()
    found = sorted(((str(key), name) for key, name in names), key=lambda one: (fold(one[1]), one[0]))
    met = [one for one in found if all(word in fold(one[1]) for word in wanted)]
    kept = [one for one in found if one[0] == chosen and one not in met[:MOST_CHOICES]]
    return Narrowed(kept + met[:MOST_CHOICES], len(met))


def need_of(written: str) -> Need | None:
    """A need by its code, or None."""
    return Need(written) if written in list(Need) else None


def line_of(posted: Mapping[str, str], name: str) -> str:
    """One line without control characters."""
    return "".join(one if one.isprintable() else " " for one in posted.get(name, "")).strip()


def read_none(posted: Mapping[str, str]) -> Reading:
    """How somebody found out that nobody is there."""
    note = line_of(posted, "note")
    errors = {"note": TOO_LONG} if len(note) > LONGEST_NOTE else {}
    return Reading({"note": note[:1000]}, {"note": note}, 0, errors)


def read_target(posted: Mapping[str, str]) -> Reading:
    """How many services a need should have at a level."""
    typed = {name: line_of(posted, name)[:40] for name in ("need", "level", "minimum")}
    errors: dict[str, Message] = {}
    number = typed["minimum"]
    wanted = int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else 0
    if not 1 <= wanted <= MOST_WANTED:
        errors["minimum"] = NOT_A_NUMBER
    if need_of(typed["need"]) is None:
        errors["need"] = CHOOSE
    if typed["level"] not in ("1", "2"):
        errors["level"] = CHOOSE
    values = {} if errors else {"need": Need(typed["need"]), "level": int(typed["level"]), "minimum": wanted}
    return Reading(typed, values, 0, errors)


def read_mandate(posted: Mapping[str, str], *, organizations: Collection[UUID], places: Collection[str]) -> Reading:
    """Who is meant to act, for what, where, by which text, from when to when."""
    typed = {name: value[:400] for name, value in posted.items()}
    for name in ("organization", "for_need", "pcode", "role", "legal_basis"):
        typed[name] = line_of(posted, name)[:400]
    errors: dict[str, Message] = {}
    organization = {str(one): one for one in organizations}.get(typed["organization"])
    checks = {
        "organization": organization is not None,
        "for_need": need_of(typed["for_need"]) is not None,
        "pcode": typed["pcode"] in places,
        "role": typed["role"] in list(MandateRole),
    }
    errors.update({name: CHOOSE for name, good in checks.items() if not good})
    if not typed["legal_basis"] or len(typed["legal_basis"]) > LONGEST_BASIS:
        errors["legal_basis"] = NAME_BASIS
    days = _days(typed, errors)
    if errors:
        return Reading(typed, {}, 0, errors)
    values: dict[str, Any] = {
        "organization_id": organization, "need": Need(typed["for_need"]), "pcode": typed["pcode"],
        "role": MandateRole(typed["role"]), "legal_basis": typed["legal_basis"], **days,
    }  # fmt: skip
    return Reading(typed, values, 0, {})


def _days(typed: Mapping[str, str], errors: dict[str, Message]) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for name in ("starts", "ends"):
        try:
            found[f"{name}_on"] = day_of(typed, name)
        except ValueError:
            errors[name] = NOT_A_DAY
    starts, ends = found.get("starts_on"), found.get("ends_on")
    if starts is not None and ends is not None and ends < starts:
        errors["ends"] = ENDS_FIRST
    return found


@dataclass(frozen=True, slots=True)
class Supposed:
    """What might be: an organisation or a service that closes, a service that opens for a need at a place."""

    organization: str = ""
    service: str = ""
    need: Need | None = None
    pcode: str = ""

    @property
    def anything(self) -> bool:
        """Whether anything is supposed at all."""
        return bool(self.organization or self.service or (self.need and self.pcode))


def supposed_from(
    arguments: Mapping[str, str], organizations: Collection[str], services: Collection[str], places: Collection[str]
) -> Supposed:
    """What an address supposes; what is not known is not supposed."""
    organization, service, pcode = (arguments.get(name, "") for name in ("organization", "service", "pcode"))
    return Supposed(
        organization if organization in organizations else "",
        service if service in services else "",
        need_of(arguments.get("opens", "")),
        pcode if pcode in places else "",
    )
