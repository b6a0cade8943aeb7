"""What a review of a translation covers: the texts that are read aloud, and the leaflet that a person takes along.

A consent text is read aloud. In a language that is not one of the installation's, an interpreter reads a translation;
nobody can tell whether that translation says the same unless somebody who knows both languages has compared them. So
such a language is open for one text only, from the day on which a reviewer is recorded, for as long as the wording
stays what was reviewed. The leaflet is printed before that day too, with the words "to be checked" on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from directory.leaflet import CHECKED, WORDS
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
LEAFLET = "leaflet"
TITLES: Mapping[str, str] = {**TEXTS, LEAFLET: N_("Leaflet of a service")}
"""Everything that has a reviewer, by code."""
LEAFLETS: Mapping[str, str] = {"arb": "ar", "fub": "ful", "wes": "pcm"}
"""Languages that the leaflet is printed in and that wait for a reviewer: code of the form -> code of the leaflet."""
LEAFLET_KEYS = tuple(key for key in WORDS if key != "not_checked")
"""The words of the leaflet that are translated; the sentence that nobody checked them is ours."""
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

    @property
    def open(self) -> bool:
        """Whether consent may be recorded, or the leaflet printed without a warning."""
        return self is TextState.VALIDATED


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
    """The wording that counts for a text in a language: original and translation; on paper only the original.

    >>> wording("F08_consent_adult", "eng", "cameroon").in_library
    True
    >>> paper = wording("F08_consent_adult", "fub", "cameroon")
    >>> paper.in_library, paper.hash == wording("F08_consent_adult", "ewo", "cameroon").hash
    (False, True)
    """
    short = {long: short for short, long in LONG_CODES.items()}.get(language, language)
    source = load_text(form_code, SOURCE, country).hash
    try:
        return Wording(_hash((source, load_text(form_code, short, country).hash)), in_library=True)
    except FileNotFoundError:
        return Wording(source, in_library=False)


def leaflet_words(language: str, edited: Mapping[str, str]) -> dict[str, str]:
    """The words of the leaflet in a language of `LANGUAGES`: the country's where it wrote some, else the library's.

    >>> found = leaflet_words("pcm", {"where": "Which place", "when": ""})
    >>> found["where"], found["when"]
    ('Which place', 'Which time')
    """
    return {key: edited.get(key) or texts[language] for key, texts in WORDS.items()}


def leaflet_wording(words: Mapping[str, str]) -> Wording:
    """The wording that a reviewer of the leaflet compares: originals and translations, in the order of the leaflet.

    >>> ours = leaflet_words("pcm", {})
    >>> leaflet_wording(ours) == leaflet_wording(ours | {"where": "Which place"})
    False
    """
    pairs = ((key, *(WORDS[key][one] for one in sorted(CHECKED)), words[key]) for key in LEAFLET_KEYS)
    return Wording(_hash(part for pair in pairs for part in pair), in_library=True)


def stamp(wordings: Iterable[Wording]) -> str:
    """A short mark of several wordings, by which a form tells whether any changed since it was shown.

    >>> stamp([Wording("a", True)]) == stamp([Wording("b", True)])
    False
    """
    return _hash(one.hash for one in wordings)[:16]


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


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
