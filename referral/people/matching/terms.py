"""By what somebody can be found: terms of an identity that two records of one person are likely to share.

A term is a short text, never stored as it is: the search index keeps it keyed, the comparison of a file only in memory.
Its first letter is its kind:

- `W` a name · `P` two names · `Y` a name and the year · `T` two names and the year · `D` the birth date
- `N` a phone number · `I` a document number · `X` a number that others gave · `L` a name and a word of the place

Names stand by their sound. In `P` and `T` one name may also stand with one sound left out: then a wrong, missing or
additional sound in one name still meets, whichever of the two records has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from referral.people.matching.identity import Identity
from referral.people.matching.names import key, shortened, sound

KINDS: Final = "IXNDTPYLW"
"""The kinds, the most telling first."""
MOST_NAMES: Final = 5
NEAR: Final = 1
"""Of these years, in how many a name may also have a sound left out."""
YEARS: Final = (0, 1, -1, 2, -2)
"""How far from the year asked for it is looked."""


def keys(identity: Identity) -> list[str]:
    """The sounds of the names, each once."""
    return list(dict.fromkeys(key(word) for word in identity.name_words))[:MOST_NAMES]


def stored(identity: Identity) -> list[str]:
    """The terms under which a person is kept, each once."""
    return list(dict.fromkeys(_terms(identity, (0,), identity.day)))


def asked(identity: Identity) -> list[str]:
    """The terms by which a person is looked for, each once, the most telling kinds first."""
    found = dict.fromkeys(_terms(identity, YEARS, identity.day))
    if identity.day:
        year, month, day = identity.day[:4], identity.day[4:6], identity.day[6:]
        found[f"D{year}{day}{month}"] = None
    return sorted(found, key=lambda term: KINDS.index(term[0]))


def _terms(identity: Identity, around: Iterable[int], day: str) -> Iterator[str]:
    names = keys(identity)
    years = [identity.year + apart for apart in around] if identity.year else []
    yield from (f"W{name}" for name in names)
    for one, other in combinations(names, 2):
        alike = _pair(one, other)
        yield from (f"P{both}" for both in alike)
        for year in years:
            yield from (f"T{both}:{year}" for both in (alike if year in years[:NEAR] else alike[:1]))
    yield from (f"Y{name}:{year}" for year in years for name in names)
    if day:
        yield f"D{day}"
    yield from (f"N{number}" for number in identity.numbers)
    if identity.paper:
        yield f"I{identity.paper}"
    yield from (f"X{code}" for code in identity.codes)
    for place in {sound(word) for word in identity.place_words}:
        yield from (f"L{name}@{place}" for name in names)


def _pair(one: str, other: str) -> list[str]:
    """Two names, first as they are, then each with one sound left out."""
    alike = [(one, other), *((less, other) for less in shortened(one)), *((one, less) for less in shortened(other))]
    return list(dict.fromkeys("+".join(sorted(both)) for both in alike))
