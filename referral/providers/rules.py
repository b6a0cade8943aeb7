"""Closed sets of the directory's tables that the directory library does not already name, and how areas are written."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from directory.profile import ServiceArea
from directory.taxonomy import Disclosure, Visibility
from sop.vocabulary import N_


class LocationType(StrEnum):
    """HSDS 3.1 location.location_type."""

    PHYSICAL = "physical"
    POSTAL = "postal"
    VIRTUAL = "virtual"


class Section(StrEnum):
    """Parts of an entry that are confirmed apart, each with its shelf life."""

    HOURS = "hours"
    CAPACITY = "capacity"
    CONTACTS = "contacts"
    SERVICE = "service"
    ORGANIZATION = "organization"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return SECTION_LABELS[self]


SECTION_LABELS: dict[Section, str] = {
    Section.HOURS: N_("Opening hours"),
    Section.CAPACITY: N_("Free places"),
    Section.CONTACTS: N_("Contacts"),
    Section.SERVICE: N_("Eligibility, area, procedure"),
    Section.ORGANIZATION: N_("Organisation"),
}
PLACE_SECTIONS: tuple[Section, ...] = tuple(one for one in Section if one is not Section.ORGANIZATION)
"""What an entry, a service at one place, says; the organisation says the rest once for all of its services."""
ORGANIZATION_FIELDS: tuple[str, ...] = (
    "name", "acronym", "other_names", "description", "description_en", "website", "email", "phones", "legal_status",
    "registration", "year_incorporated", "presence_since", "memberships", "funders", "psea_function",
    "psea_phone", "psea_email",
)  # fmt: skip
ORGANIZATION_CONTACTS: frozenset[str] = frozenset(
    {"website", "email", "phones", "psea_function", "psea_phone", "psea_email"}
)


class VerificationMethod(StrEnum):
    """How an entry was confirmed."""

    PARTNER = "partner"
    CALL = "call"
    VISIT = "visit"
    MAIL = "mail"
    REPORT = "report"
    REFERRAL = "referral"


class VerificationOutcome(StrEnum):
    """What came of it: only the first two say that the section holds."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return OUTCOME_LABELS[self]


OUTCOME_LABELS: dict[VerificationOutcome, str] = {
    VerificationOutcome.CONFIRMED: N_("nothing has changed"),
    VerificationOutcome.CHANGED: N_("something has changed"),
    VerificationOutcome.CLOSED: N_("the service is closed for good"),
    VerificationOutcome.UNREACHABLE: N_("nobody answers"),
}
HOLDS: tuple[VerificationOutcome, ...] = (VerificationOutcome.CONFIRMED, VerificationOutcome.CHANGED)


class TrustLevel(StrEnum):
    """How much of an entry its keeper may publish without the coordination reading it first."""

    REVIEWED = "reviewed"
    USUAL = "usual"
    FULL = "full"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return TRUST_LABELS[self]


TRUST_LABELS: dict[TrustLevel, str] = {
    TrustLevel.REVIEWED: N_("free places only"),
    TrustLevel.USUAL: N_("places, hours and contacts"),
    TrustLevel.FULL: N_("everything"),
}
PUBLISHES: dict[TrustLevel, frozenset[Section]] = {
    TrustLevel.REVIEWED: frozenset({Section.CAPACITY}),
    TrustLevel.USUAL: frozenset({Section.CAPACITY, Section.HOURS, Section.CONTACTS}),
    TrustLevel.FULL: frozenset(Section),
}


def publishes(trust: TrustLevel, section: Section) -> bool:
    """Whether a keeper of this level publishes the section at once; otherwise it becomes a proposal.

    >>> publishes(TrustLevel.USUAL, Section.HOURS), publishes(TrustLevel.USUAL, Section.SERVICE)
    (True, False)
    """
    return section in PUBLISHES[trust]


def published_fields(trust: TrustLevel) -> frozenset[str]:
    """What a keeper of this level may change of the organisation without being read first: how it is reached.

    >>> "phones" in published_fields(TrustLevel.USUAL), "name" in published_fields(TrustLevel.USUAL)
    (True, False)
    """
    if publishes(trust, Section.ORGANIZATION):
        return frozenset(ORGANIZATION_FIELDS)
    return ORGANIZATION_CONTACTS if publishes(trust, Section.CONTACTS) else frozenset()


APPROVED_FIELDS: frozenset[str] = frozenset({"name", "needs", "types", "visibility", "disclosure"})
"""What an entry is and who may see it: the coordination reads a change of these, however far its keeper is trusted."""
OPENNESS: dict[str, tuple[str, ...]] = {
    "visibility": (Visibility.RESTRICTED, Visibility.NETWORK, Visibility.PUBLIC),
    "disclosure": (Disclosure.ON_REQUEST, Disclosure.ARRONDISSEMENT, Disclosure.EXACT),
}


def hides(name: str, old: str, new: str) -> bool:
    """Whether a change tells fewer people, or less: that cannot wait, a refuge hides itself at once.

    >>> hides("visibility", "network", "restricted"), hides("disclosure", "arrondissement", "exact")
    (True, False)
    """
    order = OPENNESS.get(name, ())
    return old in order and new in order and order.index(new) < order.index(old)


def at_once(name: str, old: Any, new: Any, *, origin: Origin, direct: bool) -> bool:
    """Whether a change of a field is published without being read first; nothing that comes by a link is.

    >>> at_once("name", "Accueil", "Foyer", origin=Origin.PARTNER, direct=True)
    False
    >>> at_once("visibility", "public", "network", origin=Origin.PARTNER, direct=False)
    True
    """
    if origin is Origin.COORDINATION or name not in APPROVED_FIELDS:
        return direct
    return origin is Origin.PARTNER and hides(name, old, new)


def created(diff: Mapping[str, Any]) -> bool:
    """Whether a revision is the first of an entry: there is nothing to take it back to.

    >>> created({"name": [None, "Foyer"]}), created({"name": ["Accueil", "Foyer"]}), created({"free": [None, True]})
    (True, False, False)
    """
    return "name" in diff and diff["name"][0] is None


class Origin(StrEnum):
    """Where a change comes from."""

    PARTNER = "partner"
    LINK = "link"
    COORDINATION = "coordination"
    PROPOSAL = "proposal"
    UNDO = "undo"
    IMPORT = "import"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return ORIGIN_LABELS[self]


ORIGIN_LABELS: dict[Origin, str] = {
    Origin.PARTNER: N_("the organisation"),
    Origin.LINK: N_("the organisation, by a link"),
    Origin.COORDINATION: N_("the coordination"),
    Origin.PROPOSAL: N_("an approved proposal"),
    Origin.UNDO: N_("taken back"),
}


class TaskReason(StrEnum):
    """Why the coordination should call."""

    LATE = "late"
    WRONG_NUMBER = "wrong_number"
    BOUNCED = "bounced"
    NEW_SITE = "new_site"
    ARCHIVE = "archive"
    HIDDEN = "hidden"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return TASK_LABELS[self]


TASK_LABELS: dict[TaskReason, str] = {
    TaskReason.LATE: N_("a confirmation is late"),
    TaskReason.WRONG_NUMBER: N_("three people say that the number is wrong"),
    TaskReason.BOUNCED: N_("a message came back"),
    TaskReason.NEW_SITE: N_("a new site, never verified"),
    TaskReason.ARCHIVE: N_("not confirmed for four months: archive it?"),
    TaskReason.HIDDEN: N_("hidden at once by a keeper"),
}


class NoticeKind(StrEnum):
    """What a temporary notice says: a closure counts in the opening hours, a message is only read."""

    CLOSED = "closed"
    MESSAGE = "message"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return NOTICE_LABELS[self]


NOTICE_LABELS: dict[NoticeKind, str] = {
    NoticeKind.CLOSED: N_("closed for some days"),
    NoticeKind.MESSAGE: N_("A message to the referral teams"),
}


class PeriodKind(StrEnum):
    """What the coordination writes down of a year's calendar."""

    RAMADAN = "ramadan"
    RAINS = "rainy_season"
    HOLIDAY = "holiday"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return PERIOD_LABELS[self]


PERIOD_LABELS: dict[PeriodKind, str] = {
    PeriodKind.RAMADAN: N_("Ramadan"),
    PeriodKind.RAINS: N_("Rainy season"),
    PeriodKind.HOLIDAY: N_("Day off by decree"),
}


class ReportKind(StrEnum):
    """What is wrong with an entry, as its readers report it."""

    WRONG_NUMBER = "wrong_number"
    CLOSED = "closed"
    ADDRESS = "address"
    HOURS = "hours"
    REFUSAL = "refusal"
    NO_PLACE = "no_place"
    OTHER = "other"
    MISCONDUCT = "misconduct"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return REPORT_LABELS[self]


REPORT_LABELS: dict[ReportKind, str] = {
    ReportKind.WRONG_NUMBER: N_("The number is wrong or nobody answers"),
    ReportKind.CLOSED: N_("The service no longer exists"),
    ReportKind.ADDRESS: N_("The address is wrong"),
    ReportKind.HOURS: N_("The opening hours are wrong"),
    ReportKind.REFUSAL: N_("It does not take the people it says it takes"),
    ReportKind.NO_PLACE: N_("It has no places, although the entry says so"),
    ReportKind.OTHER: N_("Something else is wrong"),
    ReportKind.MISCONDUCT: N_("Somebody there behaved badly towards a person"),
}


class ReportState(StrEnum):
    """Where a report is."""

    OPEN = "open"
    CORRECTED = "corrected"
    RIGHT = "right"
    TAKEN_UP = "taken_up"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return REPORT_STATES[self]


REPORT_STATES: dict[ReportState, str] = {
    ReportState.OPEN: N_("waits for an answer"),
    ReportState.CORRECTED: N_("the entry was corrected"),
    ReportState.RIGHT: N_("the entry was right"),
    ReportState.TAKEN_UP: N_("taken up"),
}
ANSWERS: tuple[ReportState, ...] = (ReportState.CORRECTED, ReportState.RIGHT)


ON_REQUEST = "on_request:"
NAME = "name:"


def area_of(written: str) -> ServiceArea:
    """Read an area as it is kept: a P-code, or `name:…` where no code is known, either after `on_request:`.

    >>> area_of("CM005"), area_of("on_request:name:Broward County").name
    (ServiceArea(pcode='CM005', name='', on_request=False), 'Broward County')
    """
    plain = written.removeprefix(ON_REQUEST)
    asked = plain != written
    if plain.startswith(NAME):
        return ServiceArea(name=plain.removeprefix(NAME), on_request=asked)
    return ServiceArea(pcode=plain, on_request=asked)


def area_text(area: ServiceArea) -> str:
    """Write an area as it is kept; a code says more than a name.

    >>> area_text(ServiceArea(name="Broward County", on_request=True)), area_text(ServiceArea("CM005", "Littoral"))
    ('on_request:name:Broward County', 'CM005')
    """
    return (ON_REQUEST if area.on_request else "") + (area.pcode or NAME + area.name)


def dialled(number: str) -> str:
    """A kept number as a telephone dials it.

    >>> dialled("+237 6 99-12 34 56"), dialled("(904) 356-8371")
    ('+237699123456', '9043568371')
    """
    return "".join(one for one in number if one.isascii() and (one.isdigit() or one in "+*#"))


class SignalOutcome(StrEnum):
    """Why a need found no service."""

    NO_RESULT = "no_result"
    REFUSED = "refused"
    FULL = "full"
    OUT_OF_AREA = "out_of_area"


class DoubleState(StrEnum):
    """What a person said of two entries that may be one service."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"


class Whose(StrEnum):
    """Of which of two entries side by side something is."""

    FIRST = "first"
    SECOND = "second"
