"""Weigh two identities: each field that both have agrees at a level, and each level adds or takes bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA, Indel, JaroWinkler

from referral.people.matching.identity import Identity
from referral.people.matching.names import COMMON_KEYS, VARIANTS, key
from referral.people.matching.weights import (
    ADDRESS_LOST,
    ADDRESS_MOST,
    ADDRESS_WORD,
    BITS,
    COMMON,
    DETAILED,
    HOUSEHOLD,
    WELL_KNOWN,
    Comparison,
    Evidence,
    Field,
    Level,
    word_bits,
)

Shares = Callable[[str], float]
"""The key of a name -> the share of people who bear it."""

ALIKE: Final = 0.9
ALIKE_REST: Final = 0.8
ALIKE_SHORT: Final = 0.75
NEAR_YEARS: Final = 2
SWAP_COST: Final = 1.0
KNOWN_SEXES: Final = frozenset({"female", "male"})
SHARED: Final = frozenset({Field.FAMILY, Field.PLACE, Field.ADDRESS, Field.PHONE})
"""What the members of a household have in common."""
RANK: Final = {Level.EXACT: 0, Level.VARIANT: 1, Level.CLOSE: 2, Level.DIFFERS: 3}


def usual(heard: str) -> float:
    """How common a name is when no list tells: the well-known ones more than the others."""
    return WELL_KNOWN if heard in COMMON_KEYS else COMMON


def compare(one: Identity, other: Identity, shares: Shares = usual) -> Comparison:
    """Weigh two identities, whichever stands first; missing fields say nothing.

    >>> a = Identity(family="Bello", given="Aïssatou", birth_date="1998-03-02")
    >>> b = Identity(family="Aishatu", given="Belo", birth_date="1998-02-03")
    >>> [(str(part.field), str(part.level)) for part in compare(a, b).evidence]
    [('birth', 'swapped'), ('names', 'swapped')]
    """
    found = [*_names(one, other, shares)]
    for field, level in (
        (Field.SEX, _sex(one, other)),
        (Field.BIRTH, _birth(one, other)),
        (Field.PHONE, _numbers(one.numbers, other.numbers)),
        (Field.DOCUMENT, _numbers(_one(one.paper), _one(other.paper))),
        (Field.EXTERNAL, _registers(one.codes, other.codes)),
        (Field.PLACE, _texts(one.place_words, other.place_words)),
    ):
        if level is not None:
            found.append(Evidence(field, level, BITS[field, level]))
    found.extend(_address(one.address_words, other.address_words))
    found.sort(key=lambda part: (-abs(part.weight), part.field))
    return Comparison(_total(found), tuple(found))


def _total(found: Sequence[Evidence]) -> float:
    """All bits; what a household shares counts little where the given names are others and no paper says otherwise."""
    total = sum(part.weight for part in found)
    levels = {part.field: part.level for part in found}
    if levels.get(Field.GIVEN) is not Level.DIFFERS:
        return total
    if Level.EXACT in (levels.get(Field.DOCUMENT), levels.get(Field.EXTERNAL)):
        return total
    shared = sum(part.weight for part in found if part.field in SHARED)
    allowed = HOUSEHOLD
    if levels.get(Field.BIRTH) is Level.EXACT:
        allowed += sum(max(0.0, part.weight - DETAILED) for part in found if part.field is Field.ADDRESS)
    return total - max(0.0, shared - allowed)


@lru_cache(maxsize=200_000)
def word_level(one: str, other: str) -> Level:
    """How far two folded words agree as names.

    >>> [str(word_level("mamadou", other)) for other in ("mamadou", "muhammadu", "mamadon", "fatou")]
    ['exact', 'variant', 'close', 'differs']
    """
    if one == other:
        return Level.EXACT
    if _one_name(one, other):
        return Level.VARIANT
    shorter, longer = sorted((len(one), len(other)))
    if shorter < 3:
        return Level.DIFFERS
    if shorter > 3 and OSA.distance(one, other, score_cutoff=2) <= (1 if longer < 8 else 2):
        return Level.CLOSE
    return Level.CLOSE if JaroWinkler.similarity(one, other) >= ALIKE else Level.DIFFERS


def _one_name(one: str, other: str) -> bool:
    """Variants of one name, or one sound; of sounds that many names have, only where the letters agree."""
    heard = key(one)
    if heard != key(other):
        return False
    first, second = VARIANTS.get(one), VARIANTS.get(other)
    if first and second:
        return first == second
    return len(heard) > 2 or JaroWinkler.similarity(one, other) >= ALIKE_SHORT


def _aligned(ours: Sequence[str], theirs: Sequence[str], shares: Shares) -> list[tuple[Level, float]]:
    """Each word of the shorter name with the best word of the other: level and bits."""
    pairs: list[tuple[float, tuple[str, ...], str, str, Level]] = []
    for a in ours:
        for b in theirs:
            level = word_level(a, b)
            if level is not Level.DIFFERS:
                bits = word_bits(level, max(shares(key(a)), shares(key(b))))
                pairs.append((bits, tuple(sorted((a, b))), a, b, level))
    pairs.sort(key=lambda pair: (-pair[0], pair[1]))
    mine, yours, found = set(ours), set(theirs), list[tuple[Level, float]]()
    for bits, _, a, b, level in pairs:
        if a in mine and b in yours:
            mine.discard(a)
            yours.discard(b)
            found.append((level, bits))
    left = min(len(mine), len(yours))
    return [*found, *[(Level.DIFFERS, word_bits(Level.DIFFERS, 1.0))] * left]


def _names(one: Identity, other: Identity, shares: Shares) -> list[Evidence]:
    if not all((one.family_words, other.family_words, one.given_words, other.given_words)):
        return _pooled_names(one, other, shares)
    family = _aligned(one.family_words, other.family_words, shares)
    given = _aligned(one.given_words, other.given_words, shares)
    straight = _bits(family) + _bits(given)
    if any(level is not Level.EXACT for level, _ in (*family, *given)):
        pooled = _aligned(one.name_words, other.name_words, shares)
        bits = _bits(pooled) - SWAP_COST
        if bits > straight:
            level = Level.PARTLY if any(level is Level.DIFFERS for level, _ in pooled) else Level.SWAPPED
            return [Evidence(Field.NAMES, level, bits)]
    return [
        Evidence(field, _overall(words), _bits(words))
        for field, words in ((Field.FAMILY, family), (Field.GIVEN, given))
    ]


def _pooled_names(one: Identity, other: Identity, shares: Shares) -> list[Evidence]:
    """All words with all words, where one of the two does not say which is the family name."""
    pooled = _aligned(one.name_words, other.name_words, shares)
    if not pooled:
        return []
    level = _overall(pooled)
    return [Evidence(Field.NAMES, Level.CLOSE if level is Level.VARIANT else level, _bits(pooled))]


def _bits(words: Iterable[tuple[Level, float]]) -> float:
    return sum(bits for _, bits in words)


def _overall(words: Sequence[tuple[Level, float]]) -> Level:
    worst = max((level for level, _ in words), key=RANK.__getitem__)
    if worst is Level.DIFFERS and any(level is not Level.DIFFERS for level, _ in words):
        return Level.PARTLY
    return worst


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _sex(one: Identity, other: Identity) -> Level | None:
    if one.sex not in KNOWN_SEXES or other.sex not in KNOWN_SEXES:
        return None
    return Level.EXACT if one.sex == other.sex else Level.DIFFERS


def _birth(one: Identity, other: Identity) -> Level | None:
    if one.year is None or other.year is None:
        return None
    if one.day and other.day:
        level = _days(one.day, other.day)
        if level is not None:
            return level
        return Level.NEAR if one.day[:4] == other.day[:4] else Level.DIFFERS
    apart = abs(one.year - other.year)
    if apart == 0:
        return Level.YEAR
    return Level.NEAR if apart <= NEAR_YEARS else Level.DIFFERS


def _days(one: str, other: str) -> Level | None:
    if one == other:
        return Level.EXACT
    if one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]:
        return Level.SWAPPED
    return Level.DIGIT if OSA.distance(one, other, score_cutoff=1) <= 1 else None


def _numbers(ours: Sequence[str], theirs: Sequence[str]) -> Level | None:
    if not ours or not theirs:
        return None
    if set(ours) & set(theirs):
        return Level.EXACT
    near = any(min(len(a), len(b)) >= 6 and OSA.distance(a, b, score_cutoff=1) <= 1 for a in ours for b in theirs)
    return Level.DIGIT if near else Level.DIFFERS


def _registers(ours: Sequence[str], theirs: Sequence[str]) -> Level | None:
    if not ours or not theirs:
        return None
    return Level.EXACT if set(ours) & set(theirs) else Level.DIFFERS


def _texts(ours: Sequence[str], theirs: Sequence[str]) -> Level | None:
    if not ours or not theirs:
        return None
    if ours == theirs:
        return Level.EXACT
    alike = sum(any(word_level(a, b) is not Level.DIFFERS for b in theirs) for a in ours)
    back = sum(any(word_level(a, b) is not Level.DIFFERS for b in ours) for a in theirs)
    return Level.CLOSE if alike + back >= 0.66 * (len(ours) + len(theirs)) else Level.DIFFERS


def _address(ours: Sequence[str], theirs: Sequence[str]) -> list[Evidence]:
    """Bits grow with the words that agree: three words of a town's quarter say less than a street with its number."""
    if not ours or not theirs:
        return []
    mine, yours = set(ours), set(theirs)
    same = len(mine & yours)
    left, lost = sorted(mine - yours), sorted(yours - mine)
    if left and lost and Indel.normalized_similarity("".join(left), "".join(lost)) >= ALIKE_REST:
        same, left, lost = same + min(len(left), len(lost)), [], []
    if not same:
        return [Evidence(Field.ADDRESS, Level.DIFFERS, BITS[Field.ADDRESS, Level.DIFFERS])]
    bits = min(ADDRESS_MOST, same * ADDRESS_WORD) + ADDRESS_LOST * min(len(left), len(lost))
    return [Evidence(Field.ADDRESS, Level.EXACT if mine == yours else Level.CLOSE, bits)]
