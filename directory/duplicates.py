"""Entries that are probably the same, found for a person to decide: nothing is ever merged by itself.

Pairs are looked at only where they share a telephone, an address of mail or web, or words of the name in one area. The
score is 0.56 for what is the same in both and 0.44 for how alike the names are. A place and a need are no evidence by
themselves, nor is a number that an organisation gives for all its services: then the names must say the same. A name
that two organisations give is no evidence either where it is not known that they are at one place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
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
SAME_NAME = 90
"""From here on two names say the same, of 100: of 11,858 pairs with a word in common in one real list 319 are left."""
KINDS = frozenset({
    "accompagnement", "accueil", "aide", "appui", "assistance", "cabinet", "care", "center", "centre", "clinic",
    "clinique", "conseil", "consultation", "consultations", "counselling", "dentaire", "dispensaire", "ecoute", "ecole",
    "education", "emergency", "formation", "foyer", "health", "hebergement", "help", "hopital", "hospital", "juridique",
    "legal", "medical", "medicale", "orientation", "pharmacie", "pharmacy", "point", "psychosocial", "psychosociale",
    "sante", "school", "service", "services", "shelter", "social", "sociale", "soins", "support",
    "training", "transit", "urgence", "urgences",
})  # fmt: skip
"""Words that say what is offered, not by whom: a name of nothing else is given by many."""
LARGEST_BLOCK = 60
"""A key that more entries share than this says nothing (a hotline, a free mail provider)."""
DEPARTMENT = len("CM001001")
FREE_MAIL = frozenset({"gmail.com", "yahoo.com", "yahoo.fr", "hotmail.com", "hotmail.fr", "outlook.com", "orange.cm"})
PUBLIC_HOSTS = frozenset({
    "facebook.com", "m.facebook.com", "twitter.com", "x.com", "instagram.com", "linkedin.com", "youtube.com", "wa.me",
    "sites.google.com", "linktr.ee",
})  # fmt: skip
"""Sites on which anybody has a page: the host says nothing."""


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
    pcodes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    """Names of places, folded: what lists without P-codes say."""


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


class Prepared:
    """An entry with what it is compared by, made once: keys by kind, the plain name, and the blocks it is found in."""

    __slots__ = ("blocks", "entry", "keys", "name", "numbers", "telling")

    def __init__(self, entry: Entry) -> None:
        self.entry, self.keys, self.name = entry, keys(entry), plain_name(entry.name)
        words = self.name.split()
        self.numbers = {word for word in words if word.isdigit()}
        self.telling = not KINDS.issuperset(words)
        areas = {code[:DEPARTMENT] for code in entry.pcodes} or {""}
        named = {f"name {area} {word}" for area in areas for word in words if len(word) > 2}
        self.blocks = frozenset(named | {f"{kind} {value}" for kind, values in self.keys.items() for value in values})


def keys(one: Entry) -> dict[str, set[str]]:
    """The keys of an entry by kind; a key of free mail is the whole address."""
    return {
        "phone": set(filter(None, map(plain_phone, one.phones))),
        "email": {one.email.lower() if (domain := _domain(one.email)) in FREE_MAIL else domain} - {""},
        "website": {_host(one.website).removeprefix("www.")} - PUBLIC_HOSTS - {""},
    }


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _host(website: str) -> str:
    try:
        return urlsplit(website if "//" in website else f"//{website}").hostname or ""
    except ValueError:  # "http://[" and the like
        return ""


def score(one: Entry, other: Entry) -> tuple[float, tuple[str, ...]]:
    """Return the score from 0 to 1 and the kinds of keys that are the same; kinds that either lacks do not count.

    >>> here = Entry("1", "Centre de santé de Mora", phones=("699123456",), pcodes=frozenset({"CM004005002"}))
    >>> there = Entry("2", "Centre de Santé Mora", phones=("+237 699 12 34 56",), pcodes=frozenset({"CM004005002"}))
    >>> score(here, there)
    (1.0, ('phone', 'place'))
    """
    return _score(Prepared(one), Prepared(other))


def _score(one: Prepared, other: Prepared) -> tuple[float, tuple[str, ...]]:
    told = [(kind, bool(one.keys[kind] & other.keys[kind])) for kind in one.keys if one.keys[kind] and other.keys[kind]]
    left, right = one.entry, other.entry
    if (at_one := _at_one(left, right)) is not None:
        told.append(("place", at_one))
    if left.needs and right.needs:
        told.append(("need", bool(left.needs & right.needs)))
    shared = tuple(kind for kind, same in told if same)
    share = len(shared) / len(told) if told else 0.0
    alike = fuzz.token_set_ratio(one.name, other.name) / 100
    return round(SAME * share + ALIKE * alike, 4), shared


def _at_one(left: Entry, right: Entry) -> bool | None:
    """Whether the places may be one, by their codes or else by their names; None when nobody knows."""
    if left.pcodes and right.pcodes:
        return _meet(left.pcodes, right.pcodes)
    if left.pcodes or right.pcodes or not left.sites or not right.sites:
        return None
    return _meet(left.sites, right.sites)


def _meet(codes: Collection[str], others: Collection[str]) -> bool:
    """Whether two places may be one: a département holds its arrondissements."""
    return any(one.startswith(other) or other.startswith(one) for one in codes for other in others)


def compare(one: Prepared, other: Prepared) -> Pair | None:
    """Return the pair where it is worth a look.

    >>> here = Entry("1", "Centre de santé de Mora", "a", pcodes=frozenset({"CM004005002"}), needs=frozenset({"MED"}))
    >>> near = Entry("2", "Centre de santé de Kolofata", "b", pcodes=here.pcodes, needs=here.needs)
    >>> compare(Prepared(here), Prepared(near)) is None
    True
    """
    if not _worth(one, other):
        return None
    value, shared = _score(one, other)
    likeness = next((kind for least, kind in THRESHOLDS if value >= least), None)
    first, second = sorted((one.entry.id, other.entry.id))
    return Pair(first, second, value, likeness, shared) if likeness else None


def _worth(one: Prepared, other: Prepared) -> bool:
    left, right = one.entry, other.entry
    within = bool(left.organization) and left.organization == right.organization
    at_one = _at_one(left, right)
    if within and at_one is False:
        return False  # one service of an organisation at two sites
    if not within and any(one.keys[kind] & other.keys[kind] for kind in one.keys):
        return True
    if not within and at_one is not True and left.organization and right.organization:
        return False  # what two organisations call the same, nobody knows where
    telling = within or one.telling or other.telling
    return telling and one.numbers == other.numbers and fuzz.token_sort_ratio(one.name, other.name) >= SAME_NAME


def pairs(entries: Iterable[Entry], decided: frozenset[tuple[str, str]] = frozenset()) -> list[Pair]:
    """Return the pairs to look at, surest first; `decided` pairs (smaller id first) are not asked again."""
    known = {one.id: Prepared(one) for one in entries}
    wanted = sorted(_candidates(known.values()) - decided)
    found = [pair for one, other in wanted if (pair := compare(known[one], known[other]))]
    return sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other))


def _candidates(entries: Iterable[Prepared]) -> set[tuple[str, str]]:
    blocks: dict[str, list[str]] = defaultdict(list)
    for one in entries:
        for block in one.blocks:
            blocks[block].append(one.entry.id)
    found: set[tuple[str, str]] = set()
    for members in blocks.values():
        if len(members) <= LARGEST_BLOCK:
            found.update(combinations(sorted(members), 2))
    return found
