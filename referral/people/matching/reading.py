"""What somebody types into the search, read as an identity: names, a year or a date, a phone, numbers, in any order."""

from __future__ import annotations

import re
from typing import Final

from referral.people.matching.identity import DIGITS, Identity, code, phone

LONGEST: Final = 200
CASE_CODE: Final = re.compile(r"\b[A-Za-z]{2}-[A-Za-z]{2}-\d{4}-\d+\b")
DAY_FIRST: Final = re.compile(r"(?<!\d)(\d{1,2})[/.\- ](\d{1,2})[/.\- ]((?:19|20)\d\d)(?!\d)")
YEAR_FIRST: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)")
PHONE: Final = re.compile(r"(?<![\w-])(?:(?:\+|00)\d{1,3}[ .-]?)?\d(?:[ .-]?\d){7,12}(?![\w-])")
YEAR: Final = re.compile(r"(?<![\w-])(?:19|20)\d\d(?![\w-])")
NUMBER: Final = re.compile(r"(?<!\w)(?=[\w/-]*\d)[\w/-]{4,}(?!\w)")


def read(text: str) -> Identity:
    """An identity of what was typed. A number that may be a paper's or a register's stands for both.

    >>> one = read("Bello 12/03/1998 Aïssatou +237 677 12 34 56")
    >>> one.name_words, one.birth_date, one.numbers
    (('bello', 'aissatou'), '1998-03-12', ('677123456',))
    >>> two = read("né 1990 IOM-CM-00451")
    >>> two.year, two.codes, two.name_words
    (1990, ('IOMCM00451',), ())
    """
    left = text[:LONGEST]
    left, codes = _taken(CASE_CODE, left)
    left, date = _date(left)
    left, phones = _taken(PHONE, left)
    year = None
    if not date:
        found = YEAR.search(left)
        if found:
            year, left = int(found[0]), left[: found.start()] + " " + left[found.end() :]
    left, numbers = _taken(NUMBER, left)
    known = [phone(one) for one in phones]
    everything = [*codes, *numbers, *phones]
    names = " ".join(word for word in DIGITS_OUT.sub(" ", left).split() if word.casefold() not in SAID)
    return Identity(
        other=names,
        birth_date=date,
        birth_year=year,
        phones=tuple(known),
        document=next((one for one in everything if DIGITS.sub("", one)), ""),
        external=tuple(code(one) for one in everything),
    )


DIGITS_OUT: Final = re.compile(r"\d+")
SAID: Final = frozenset({"né", "née", "ne", "nee", "born", "vers", "circa", "en", "in", "le", "tel", "tél", "phone"})
"""Words that people type beside a date or a number."""


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, list[str]]:
    return pattern.sub(" ", text), [one[0] for one in pattern.finditer(text)]


def _date(text: str) -> tuple[str, str]:
    """The text without its first date, and that as ISO text; day before month where both could be."""
    for pattern, order in ((YEAR_FIRST, (0, 1, 2)), (DAY_FIRST, (2, 1, 0))):
        found = pattern.search(text)
        if found:
            year, month, day = (found.groups()[at] for at in order)
            if int(month) > 12 >= int(day):
                month, day = day, month
            if int(month) <= 12 and int(day) <= 31:
                return text[: found.start()] + " " + text[found.end() :], f"{year}-{int(month):02d}-{int(day):02d}"
    return text, ""
