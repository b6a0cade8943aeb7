"""In which languages consent may be asked: those of the house, and any other once its translation has a reviewer.

A consent text is read aloud. In a language that is not one of the installation's, an interpreter reads a translation;
nobody can tell whether that translation says the same unless somebody who knows both languages has compared them. So
such a language is open for one text only, from the day on which a reviewer is recorded, for as long as the wording
stays what was reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sop.texts import load_text
from sop.vocabulary import N_

TEXTS: Mapping[str, str] = {
    "F08_consent_adult": N_("Consent to our help (adult)"),
    "F07_consent_child": N_("Consent to our help (child)"),
    "F15_consent_referral": N_("Consent to a service"),
    "F12_consent_justice": N_("Consent to the justice procedure"),
    "F13_consent_asylum": N_("Consent to the asylum procedure"),
}
"""The texts that are read aloud before somebody consents, by code."""
LONG_CODES: Mapping[str, str] = {"fr": "fra", "en": "eng"}
"""Codes of the library's languages (ISO 639-1) as the identification form writes them (ISO 639-3)."""
NAMELESS = frozenset({"mis", "unknown"})
"""Answers to the question for a language that name none: nothing can be translated into them."""
SOURCE = "fr"


class TextState(StrEnum):
    """How far a text is in one language."""

    NONE = "none"
    WAITING = "waiting"
    CHANGED = "changed"
    VALIDATED = "validated"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]


STATE_LABELS: Mapping[TextState, str] = {
    TextState.NONE: N_("no translation"),
    TextState.WAITING: N_("to be validated"),
    TextState.CHANGED: N_("to be validated again: the wording has changed"),
    TextState.VALIDATED: N_("validated"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What a reviewer compares: the library's text in this language, or the source that is translated on paper."""

    hash: str
    in_library: bool


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review as it was recorded."""

    text_hash: str
    reviewer: str
    on: date


def long_code(language: str) -> str:
    """A language's code as the identification form writes it.

    >>> long_code("fr"), long_code("fub")
    ('fra', 'fub')
    """
    return LONG_CODES.get(language, language)


def house(languages: Iterable[str]) -> frozenset[str]:
    """The installation's languages, under both codes.

    >>> sorted(house(("fr", "en")))
    ['en', 'eng', 'fr', 'fra']
    """
    return frozenset(code for one in languages for code in (one, long_code(one)))


def wording(form_code: str, language: str, country: str) -> Wording:
    """The wording that counts for a text in a language (either code).

    >>> wording("F08_consent_adult", "eng", "cameroon").in_library
    True
    >>> paper = wording("F08_consent_adult", "fub", "cameroon")
    >>> paper.in_library, paper.hash == wording("F08_consent_adult", "fra", "cameroon").hash
    (False, True)
    """
    short = {long: short for short, long in LONG_CODES.items()}.get(language, language)
    try:
        return Wording(load_text(form_code, short, country).hash, in_library=True)
    except FileNotFoundError:
        return Wording(load_text(form_code, SOURCE, country).hash, in_library=False)


def state(now: Wording, review: Reviewed | None) -> TextState:
    """How far a text is, from its wording of today and the newest review of it.

    >>> state(Wording("a", True), None), state(Wording("a", False), None)
    (<TextState.WAITING: 'waiting'>, <TextState.NONE: 'none'>)
    >>> state(Wording("b", True), Reviewed("a", "A. B.", date(2026, 11, 1)))
    <TextState.CHANGED: 'changed'>
    """
    if review is not None:
        return TextState.VALIDATED if review.text_hash == now.hash else TextState.CHANGED
    return TextState.WAITING if now.in_library else TextState.NONE
