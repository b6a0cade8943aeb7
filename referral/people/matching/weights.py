"""The figures of the comparison: how often each level of agreement is seen for one person and for two.

Fellegi and Sunter: a field that agrees at a level adds log2(m / u) bits, m the share of that level among pairs that are
one person, u among pairs that are two. No label is needed at use. ASSUMPTIONS, to be measured again on a country's own
reviewed pairs: m and u were set from the error model of the invented persons in the tests (Cameroonian names) while
the F1 of Febrl 3 and 4 was watched; `PRIOR`, `PROBABLE` and `POSSIBLE` are national settings in waiting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sop.vocabulary import N_


class Field(StrEnum):
    """What is compared."""

    FAMILY = "family"
    GIVEN = "given"
    NAMES = "names"
    SEX = "sex"
    BIRTH = "birth"
    PHONE = "phone"
    DOCUMENT = "document"
    EXTERNAL = "external"
    PLACE = "place"
    ADDRESS = "address"


class Level(StrEnum):
    """How far a field agrees; a field that one of the two lacks has no evidence."""

    EXACT = "exact"
    VARIANT = "variant"
    CLOSE = "close"
    PARTLY = "partly"
    SWAPPED = "swapped"
    DIGIT = "digit"
    YEAR = "year"
    NEAR = "near"
    DIFFERS = "differs"


class Verdict(StrEnum):
    """What the weight means."""

    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return VERDICT_LABELS[self]


VERDICT_LABELS: Final = {
    Verdict.PROBABLE: N_("probably the same person"),
    Verdict.POSSIBLE: N_("possibly the same person"),
    Verdict.UNLIKELY: N_("probably not the same person"),
}

PRIOR: Final = -12.0
"""Bits for "the same person" before anything was compared: one pair in 4,000 of those that are looked at."""
PROBABLE: Final = 0.9
"""From this probability on two files are shown as probably one person's."""
POSSIBLE: Final = 0.05
"""From this probability on two files are shown as possibly one person's."""

COMMON, WELL_KNOWN = 0.004, 0.015
"""How often a name is borne when nothing is known about it, and when it is one of the well-known names."""
COMMONEST, RAREST = 0.1, 0.0002
"""Bounds of how common a name may count."""

HOUSEHOLD: Final = 3.0
"""The most that family name, place, address and phone may add together where the given names are others: a household
shares all four, and twins the birth date too."""
DETAILED: Final = 4.0
"""Bits of an address above which it counts although the given names are others, where the birth date is the same: a
full postal address. Twins who live at one are shown as probable too, and a reviewer tells them apart."""

WORDS: Final = {Level.EXACT: (0.72, 1.0), Level.VARIANT: (0.14, 1.5), Level.CLOSE: (0.1, 3.0)}
"""Words of a name: m, and how many times the name's own frequency u is."""
WORD_DIFFERS: Final = (0.05, 0.98)

SHARES: Final = {
    (Field.SEX, Level.EXACT): (0.985, 0.5),
    (Field.SEX, Level.DIFFERS): (0.015, 0.5),
    (Field.BIRTH, Level.EXACT): (0.7, 0.00005),
    (Field.BIRTH, Level.SWAPPED): (0.03, 0.00008),
    (Field.BIRTH, Level.DIGIT): (0.09, 0.0015),
    (Field.BIRTH, Level.YEAR): (0.1, 0.02),
    (Field.BIRTH, Level.NEAR): (0.06, 0.08),
    (Field.BIRTH, Level.DIFFERS): (0.05, 0.9),
    (Field.PHONE, Level.EXACT): (0.6, 0.00002),
    (Field.PHONE, Level.DIGIT): (0.05, 0.0001),
    (Field.PHONE, Level.DIFFERS): (0.35, 1.0),
    (Field.DOCUMENT, Level.EXACT): (0.75, 0.000002),
    (Field.DOCUMENT, Level.DIGIT): (0.1, 0.0001),
    (Field.DOCUMENT, Level.DIFFERS): (0.15, 1.0),
    (Field.EXTERNAL, Level.EXACT): (0.8, 0.000002),
    (Field.EXTERNAL, Level.DIFFERS): (0.3, 1.0),
    (Field.PLACE, Level.EXACT): (0.6, 0.05),
    (Field.PLACE, Level.CLOSE): (0.15, 0.02),
    (Field.PLACE, Level.DIFFERS): (0.25, 0.93),
    (Field.ADDRESS, Level.DIFFERS): (0.25, 0.99),
}
"""(field, level) -> m, u."""
ADDRESS_WORD, ADDRESS_MOST, ADDRESS_LOST = 2.2, 11.0, -0.4
"""Bits of each word of an address that agrees, the most that an address may add, and of each that does not."""
BITS: Final = {at: math.log2(m / u) for at, (m, u) in SHARES.items()}

SENTENCES: Final = {
    (Field.FAMILY, Level.EXACT): N_("The family name is the same."),
    (Field.FAMILY, Level.VARIANT): N_("The family name is the same in another spelling."),
    (Field.FAMILY, Level.CLOSE): N_("The family name is almost the same."),
    (Field.FAMILY, Level.PARTLY): N_("A part of the family name is the same."),
    (Field.FAMILY, Level.DIFFERS): N_("The family name is another."),
    (Field.GIVEN, Level.EXACT): N_("The given names are the same."),
    (Field.GIVEN, Level.VARIANT): N_("The given names are the same in another spelling or a short form."),
    (Field.GIVEN, Level.CLOSE): N_("The given names are almost the same."),
    (Field.GIVEN, Level.PARTLY): N_("A part of the given names is the same."),
    (Field.GIVEN, Level.DIFFERS): N_("The given names are others."),
    (Field.NAMES, Level.EXACT): N_("The names that both have are the same."),
    (Field.NAMES, Level.CLOSE): N_("The names that both have are almost the same."),
    (Field.NAMES, Level.DIFFERS): N_("The names are others."),
    (Field.NAMES, Level.SWAPPED): N_("The names are the same in another order."),
    (Field.NAMES, Level.PARTLY): N_("A part of the names is the same."),
    (Field.SEX, Level.EXACT): N_("The sex is the same."),
    (Field.SEX, Level.DIFFERS): N_("The sex is another."),
    (Field.BIRTH, Level.EXACT): N_("The birth date is the same."),
    (Field.BIRTH, Level.SWAPPED): N_("The day and the month of birth are swapped."),
    (Field.BIRTH, Level.DIGIT): N_("The birth date differs by one digit."),
    (Field.BIRTH, Level.YEAR): N_("The year of birth is the same."),
    (Field.BIRTH, Level.NEAR): N_("The years of birth are at most two years apart."),
    (Field.BIRTH, Level.DIFFERS): N_("The birth date is another."),
    (Field.PHONE, Level.EXACT): N_("A phone number is the same."),
    (Field.PHONE, Level.DIGIT): N_("A phone number differs by one digit."),
    (Field.PHONE, Level.DIFFERS): N_("The phone numbers are others."),
    (Field.DOCUMENT, Level.EXACT): N_("The document number is the same."),
    (Field.DOCUMENT, Level.DIGIT): N_("The document number differs by one character."),
    (Field.DOCUMENT, Level.DIFFERS): N_("The document number is another."),
    (Field.EXTERNAL, Level.EXACT): N_("A registration number is the same."),
    (Field.EXTERNAL, Level.DIFFERS): N_("The registration numbers are others."),
    (Field.PLACE, Level.EXACT): N_("The place is the same."),
    (Field.PLACE, Level.CLOSE): N_("The place is almost the same."),
    (Field.PLACE, Level.DIFFERS): N_("The place is another."),
    (Field.ADDRESS, Level.EXACT): N_("The address is the same."),
    (Field.ADDRESS, Level.CLOSE): N_("The address is almost the same."),
    (Field.ADDRESS, Level.DIFFERS): N_("The address is another."),
}
"""(field, level) -> what the evidence says, a message id without any personal data."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One field's part in a comparison: bits for (above 0) or against, and the sentence that says it (message id)."""

    field: Field
    level: Level
    weight: float

    @property
    def sentence(self) -> str:
        """English sentence, a message id."""
        return SENTENCES[self.field, self.level]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two identities weighed: bits in all, the probability that they are one person, the strongest evidence first."""

    weight: float
    evidence: tuple[Evidence, ...]

    @property
    def probability(self) -> float:
        """Between 0 and 1, under `PRIOR`."""
        return probability(self.weight)

    @property
    def verdict(self) -> Verdict:
        """What the probability means under the shipped thresholds."""
        return verdict(self.weight)


def probability(weight: float) -> float:
    """The probability of "the same person" that so many bits of evidence make.

    >>> round(probability(12.0), 2), probability(400.0), probability(-2000.0) < 1e-100
    (0.5, 1.0, True)
    """
    bits = max(-500.0, min(500.0, weight + PRIOR))
    return 1 / (1 + 2**-bits)


def verdict(weight: float) -> Verdict:
    """What so many bits mean."""
    likely = probability(weight)
    if likely >= PROBABLE:
        return Verdict.PROBABLE
    return Verdict.POSSIBLE if likely >= POSSIBLE else Verdict.UNLIKELY


def word_bits(level: Level, share: float) -> float:
    """Bits of a word of a name that agrees at this level and is borne by this share of people."""
    if level is Level.DIFFERS:
        m, u = WORD_DIFFERS
        return math.log2(m / u)
    m, times = WORDS[level]
    return math.log2(m / (times * min(COMMONEST, max(RAREST, share))))
