"""What leaves a file: which acts put it on paper or in front of somebody else, and who then holds it.

An erasure destroys what we hold; what left is listed, never claimed to be erased. Nobody is named: organisations and
roles only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sop.vocabulary import N_


class DocumentKind(StrEnum):
    """What left."""

    REFERRAL = "referral"
    EMERGENCY = "emergency"
    SLIP = "slip"
    CONSENT_FORM = "consent_form"
    CONSENT_COPY = "consent_copy"
    OWN_FILE = "own_file"
    WITHDRAWAL = "withdrawal"
    ANSWER = "answer"
    STOP_LETTER = "stop_letter"
    CASE_FORM = "case_form"
    ORDER_ANSWER = "order_answer"
    ORDER_LETTER = "order_letter"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return DOCUMENT_LABELS[self]


DOCUMENT_LABELS: dict[DocumentKind, str] = {
    DocumentKind.REFERRAL: N_("referral, read on screen"),
    DocumentKind.EMERGENCY: N_("emergency access, read on screen"),
    DocumentKind.SLIP: N_("referral slip"),
    DocumentKind.CONSENT_FORM: N_("consent form"),
    DocumentKind.CONSENT_COPY: N_("copy of a consent"),
    DocumentKind.OWN_FILE: N_("copy of the whole file"),
    DocumentKind.WITHDRAWAL: N_("proof of a withdrawal"),
    DocumentKind.ANSWER: N_("letter that answers a request"),
    DocumentKind.STOP_LETTER: N_("letter that asks to stop"),
    DocumentKind.CASE_FORM: N_("filled-in form"),
    DocumentKind.ORDER_ANSWER: N_("answer to an order of the law"),
    DocumentKind.ORDER_LETTER: N_("letter that refuses a request"),
}


class Holder(StrEnum):
    """Who holds a document, by role; with an organisation where one is known."""

    PERSON = "person"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"
    SERVICE = "service"
    TEAM = "team"
    AUTHORITY = "authority"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return HOLDER_LABELS[self]


HOLDER_LABELS: dict[Holder, str] = {
    Holder.PERSON: N_("the person"),
    Holder.GUARDIAN: N_("the guardian"),
    Holder.REPRESENTATIVE: N_("somebody whom the person has named"),
    Holder.SERVICE: N_("a service"),
    Holder.TEAM: N_("the team that printed it"),
    Holder.AUTHORITY: N_("the authority that asked"),
}

PRINTS: Final[dict[str, tuple[DocumentKind, Holder]]] = {
    "referral.print": (DocumentKind.SLIP, Holder.SERVICE),
    "consent.print": (DocumentKind.CONSENT_FORM, Holder.TEAM),
    "consent.copy": (DocumentKind.CONSENT_COPY, Holder.PERSON),
    "own_file.print": (DocumentKind.OWN_FILE, Holder.PERSON),
    "withdrawal.print": (DocumentKind.WITHDRAWAL, Holder.PERSON),
    "rights.print": (DocumentKind.ANSWER, Holder.PERSON),
    "stop.print": (DocumentKind.STOP_LETTER, Holder.SERVICE),
    "case.form.print": (DocumentKind.CASE_FORM, Holder.TEAM),
    "order.print": (DocumentKind.ORDER_ANSWER, Holder.AUTHORITY),
    "order.letter": (DocumentKind.ORDER_LETTER, Holder.AUTHORITY),
}
"""Acts of the audit trail that put a file, or a part of it, on paper, and who gets that paper."""
NOT_OF_A_FILE: Final = frozenset({"erasure.print", "agreement.print", "breach.print", "directory.copy"})
"""Acts that print too, but nothing that a file holds: the proof of an erasure, and what is about no case."""


@dataclass(frozen=True, slots=True)
class Handed:
    """So many documents of a kind that went to somebody on one day; `organization`: its name where there is one."""

    on: date
    kind: DocumentKind
    holder: Holder
    organization: str = ""
    times: int = 1


def counted(documents: Iterable[Handed]) -> list[Handed]:
    """The same kind for the same holder on one day as one row, oldest first.

    >>> two, three = (Handed(date(2026, 11, day), DocumentKind.SLIP, Holder.SERVICE, "Hôpital") for day in (2, 3))
    >>> [(one.on.day, one.times) for one in counted([three, two, three])]
    [(2, 1), (3, 2)]
    """
    found: dict[tuple[date, DocumentKind, Holder, str], int] = {}
    for one in documents:
        key = (one.on, one.kind, one.holder, one.organization)
        found[key] = found.get(key, 0) + one.times
    return [Handed(*key, times) for key, times in sorted(found.items())]
