"""When two spellings are one name: folded, without particles, by variant and by sound.

The sound key serves French, English and the way Fulfulde, Hausa and Arabic names are written in both: consonants as
they are heard (dj = j, tch = ch, c = k = q, ou = oo = u = w), vowels only as the first letter, doubled letters once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from referral.foundation.folding import fold
from referral.people.matching.variants import HEARD_OFTEN, LINES, PARTICLES, SHORT

LONGEST = 200
MOST_WORDS = 8

SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ch(?=[rl])", "k"),
        (r"sch|tch|tsh|sh|ch", "X"),
        (r"ph|v", "f"),
        (r"dj|dy|di(?=[aou])", "j"),
        (r"kh|gh", "k"),
        (r"gu(?=[ei])", "g"),
        (r"g(?=[ei][aou])", "j"),
        (r"c(?=[eiy])|ss|z", "s"),
        (r"qu|q|ck|c", "k"),
        (r"gn|ny|nj", "n"),
        (r"x", "ks"),
        (r"h", ""),
        (r"[aeiouyw]+", "a"),
        (r"(.)\1+", r"\1"),
    )
)
VOWEL_LATER: Final = re.compile(r"(?<=.)a")


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """A folded word reduced to how it sounds: its consonants, and whether it begins with a vowel.

    >>> sound("oumarou") == sound("umaru"), sound("djibril") == sound("jibril"), sound("awa") == sound("aoua")
    (True, True, True)
    """
    heard = word
    for pattern, replacement in SOUNDS:
        heard = pattern.sub(replacement, heard)
    # Vowels out, then a consonant that they stood between once more: "mamadou" and "maamadou".
    return VOWEL_LATER.sub("", heard) or word


def _variants() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in LINES.strip().splitlines():
        first, _, others = line.partition(":")
        for one in (first, *others.split()):
            table.setdefault(one, first)
    return table


VARIANTS: Final = _variants()
"""A folded spelling -> the name that stands for it."""


def _heard_variants() -> dict[str, str]:
    """The same by sound, for spellings that the table does not have; only where the sound is one name's alone."""
    table: dict[str, set[str]] = {}
    for spelling, first in VARIANTS.items():
        table.setdefault(sound(spelling), set()).add(first)
    return {heard: next(iter(names)) for heard, names in table.items() if len(names) == 1 and len(heard) > 3}


HEARD: Final = _heard_variants()
COMMON_KEYS: Final = frozenset(sound(name) for name in (*VARIANTS.values(), *HEARD_OFTEN))
"""Sounds of names that many bear."""


@lru_cache(maxsize=100_000)
def key(word: str) -> str:
    """The sound of the name that a folded word is a spelling or a short form of.

    >>> key("mamadou") == key("muhammadu"), key("manu") == key("emmanuel"), key("amina") == key("awa")
    (True, True, False)
    """
    first = VARIANTS.get(word)
    if first is None:
        heard = sound(word)
        first = HEARD.get(heard)
        return heard if first is None else sound(first)
    return sound(first)


def words(text: str) -> tuple[str, ...]:
    """The folded words of a name without particles (unless there is nothing else), each once, bounded.

    >>> words("El Hadj Oumarou-Bello N’Djidda"), words("JP Fotso"), words("Hadja")
    (('oumarou', 'bello', 'ndjidda'), ('jean', 'pierre', 'fotso'), ('hadja',))
    """
    folded = fold(text[:LONGEST]).split()
    spoken = [part for word in folded for part in SHORT.get(word, word).split()]
    kept = [word for word in spoken if word not in PARTICLES] or spoken
    return tuple(dict.fromkeys(kept))[:MOST_WORDS]


def shortened(heard: str) -> Iterable[str]:
    """A key with each of its sounds left out once; nothing for short keys, which would mean everybody.

    >>> list(shortened("mbrg"))
    ['brg', 'mrg', 'mbg', 'mbr']
    """
    if len(heard) < 3:
        return ()
    return dict.fromkeys(heard[:at] + heard[at + 1 :] for at in range(len(heard)))
