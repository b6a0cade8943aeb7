"""What is known about who somebody is, as it was written, and the same made ready to be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from referral.foundation.folding import fold
from referral.people.matching import names


def _several(words: str) -> frozenset[str]:
    return frozenset(words.split())


DIGITS: Final = re.compile(r"\D+")
COUNTRY_CODES: Final = ("00237", "237")
SAID_YEAR: Final = frozenset({"0101", "1231"})
"""Days that a paper has when only the year was known ("né vers 1990"), as month and day."""
EVERYWHERE: Final = _several(
    "quartier rue avenue route bp po box street st road rd carrefour derriere face pres cote apres avant entree a "
    "au aux en de du des la le les l d et the of near behind opposite place lot no n"
)
"""Words of addresses that tell nothing."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who somebody is, as written; whatever is not known stays empty. It holds personal data: never log it.

    `birth_date` is ISO text ("1998-03-02"); a day that no calendar has is kept, because it may be one digit off.
    `external` are numbers that others gave (IOM, UNHCR, a partner's case code). `languages` are codes.
    """

    family: str = ""
    given: str = ""
    other: str = ""
    sex: str = ""
    birth_date: str = ""
    birth_year: int | None = None
    phones: tuple[str, ...] = ()
    document: str = ""
    external: tuple[str, ...] = ()
    place: str = ""
    address: str = ""
    languages: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Nothing of what it holds."""
        return "Identity(…)"

    @cached_property
    def family_words(self) -> tuple[str, ...]:
        """Folded words of the family name."""
        return names.words(self.family)

    @cached_property
    def given_words(self) -> tuple[str, ...]:
        """Folded words of the given and other names."""
        return names.words(f"{self.given} {self.other}")

    @cached_property
    def name_words(self) -> tuple[str, ...]:
        """All folded words of the names, each once."""
        return tuple(dict.fromkeys((*self.family_words, *self.given_words)))[: names.MOST_WORDS]

    @cached_property
    def day(self) -> str:
        """The birth date as eight digits, or nothing where only a year is known."""
        digits = DIGITS.sub("", self.birth_date)
        return "" if len(digits) != 8 or digits[4:] in SAID_YEAR else digits

    @cached_property
    def year(self) -> int | None:
        """The year of birth, from the date or said."""
        digits = DIGITS.sub("", self.birth_date)
        return int(digits[:4]) if len(digits) >= 4 else self.birth_year

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The phone numbers' digits without the country code, each once."""
        return tuple(dict.fromkeys(digits for one in self.phones if len(digits := phone(one)) >= 6))

    @cached_property
    def paper(self) -> str:
        """The document number: letters and digits only."""
        return code(self.document)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The numbers that others gave, letters and digits only."""
        return tuple(dict.fromkeys(found for one in self.external if (found := code(one))))

    @cached_property
    def place_words(self) -> tuple[str, ...]:
        """Folded words of the place."""
        return tuple(fold(self.place[:200]).split()[:6])

    @cached_property
    def address_words(self) -> tuple[str, ...]:
        """Folded words of the address that tell something."""
        return tuple(word for word in fold(self.address[:300]).split() if word not in EVERYWHERE)[:12]


def phone(text: str) -> str:
    """The digits of a phone number without Cameroon's country code; other countries' codes stay.

    >>> phone("+237 6 77 12 34 56"), phone("677123456"), phone("00237-677123456")
    ('677123456', '677123456', '677123456')
    """
    digits = DIGITS.sub("", text[:40])
    for prefix in COUNTRY_CODES:
        if digits.startswith(prefix) and len(digits) > len(prefix) + 6:
            return digits[len(prefix) :]
    return digits


def code(text: str) -> str:
    """A number of a paper or a register without case, spaces and marks.

    >>> code(" iom-cm 00 451/b ")
    'IOMCM00451B'
    """
    return fold(text[:60]).replace(" ", "").upper()
