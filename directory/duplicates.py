"""Entries that are probably the same, found for a person to decide: nothing is ever merged by itself.

Pairs are looked at only where they share a telephone, an address of mail or web, or words of the name in one area. The
score is 0.56 for what is the same in both and 0.44 for how alike the names are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from directory.places import fold

LEGAL = frozenset({
    "association", "asbl", "ong", "sarl", "sa", "ets", "gic", "ltd", "inc", "fondation", "the", "of", "le", "la", "les",
    "l", "de", "du", "des", "d", "et", "un", "une", "and", "csi", "cma",
})  # fmt: skip
SAME, ALIKE = 0.56, 0.44
LARGEST_BLOCK = 60
"""A key that more entries share than this says nothing (a hotline, a free mail provider)."""
FREE_MAIL = frozenset({"gmail.com", "yahoo.com", "yahoo.fr", "hotmail.com", "hotmail.fr", "outlook.com", "orange.cm"})


class Likeness(StrEnum):
    """How sure a pair is."""

    DUPLICATE = "duplicate"
    REVIEW = "review"
    LOW = "low"


THRESHOLDS = ((0.82, Likeness.DUPLICATE), (0.68, Likeness.REVIEW), (0.58, Likeness.LOW))


@dataclass(frozen=True, slots=True)
class Entry:
    """What two entries are compared by."""

    id: str
    name: str
    organization: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    website: str = ""
    pcode: str = ""
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries, the smaller id first, their score, and which keys they share."""

    one: str
    other: str
    score: float
    likeness: Likeness
    shared: tuple[str, ...]


def plain_name(name: str) -> str:
    """Return the words of a name that tell it from others, sorted.

    >>> plain_name("L'Association des Femmes de Maroua"), plain_name("FEMMES MAROUA (ONG)")
    ('femmes maroua', 'femmes maroua')
    """
    words = re.findall(r"[a-z0-9]+", fold(name))
    return " ".join(sorted(word for word in words if word not in LEGAL)) or " ".join(sorted(words))


def plain_phone(written: str, country: str = "237") -> str:
    """Return the digits of a number in international form, without the plus.

    >>> plain_phone("+237 699 12 34 56"), plain_phone("699123456"), plain_phone("00237699123456"), plain_phone("1510")
    ('237699123456', '237699123456', '237699123456', '')
    """
    digits = re.sub(r"\D", "", written).removeprefix("00")
    if len(digits) == 9:
        digits = country + digits
    return digits if len(digits) >= 10 else ""


def keys(one: Entry) -> dict[str, set[str]]:
    """The keys of an entry by kind; a key of free mail is the whole address."""
    host = urlsplit(one.website if "//" in one.website else f"//{one.website}").hostname or ""
    domain = one.email.rpartition("@")[2].lower()
    return {
        "phone": set(filter(None, map(plain_phone, one.phones))),
        "email": {one.email.lower() if domain in FREE_MAIL else domain} - {""},
        "website": {host.removeprefix("www.")} - {""},
    }


def score(one: Entry, other: Entry) -> tuple[float, tuple[str, ...]]:
    """Return the score from 0 to 1 and the kinds of keys that are the same; kinds that either lacks do not count.

    >>> here = Entry("1", "Centre de santé de Mora", phones=("699123456",), pcode="CM004005002")
    >>> there = Entry("2", "Centre de Santé Mora", phones=("+237 699 12 34 56",), pcode="CM004005002")
    >>> score(here, there)
    (1.0, ('phone', 'place'))
    """
    left, right = keys(one), keys(other)
    told = [(kind, bool(left[kind] & right[kind])) for kind in left if left[kind] and right[kind]]
    if one.pcode and other.pcode:
        told.append(("place", one.pcode == other.pcode))
    if one.needs and other.needs:
        told.append(("need", bool(one.needs & other.needs)))
    shared = tuple(kind for kind, same in told if same)
    share = len(shared) / len(told) if told else 0.0
    alike = fuzz.token_set_ratio(plain_name(one.name), plain_name(other.name)) / 100
    return round(SAME * share + ALIKE * alike, 4), shared


def pairs(entries: Iterable[Entry], decided: frozenset[tuple[str, str]] = frozenset()) -> list[Pair]:
    """Return the pairs to look at, surest first; `decided` pairs (smaller id first) are not asked again."""
    known = {one.id: one for one in entries}
    found = []
    for one, other in sorted(_candidates(known.values()) - decided):
        value, shared = score(known[one], known[other])
        likeness = next((kind for least, kind in THRESHOLDS if value >= least), None)
        if likeness is not None:
            found.append(Pair(one, other, value, likeness, shared))
    return sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other))


def _candidates(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    blocks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in entries:
        for kind, values in keys(one).items():
            for value in values:
                blocks[kind, value].append(one.id)
        for word in set(plain_name(one.name).split()):
            if len(word) > 2:
                blocks[f"name {one.pcode[:8]}", word].append(one.id)
    found: set[tuple[str, str]] = set()
    for members in blocks.values():
        if len(members) <= LARGEST_BLOCK:
            found.update(combinations(sorted(set(members)), 2))
    return found
