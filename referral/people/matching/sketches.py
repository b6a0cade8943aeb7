"""Ranking without names: a small sketch of an identity in keyed hashes, and how a search weighs it.

The sketch holds no letter and no digit: of each word of the names a keyed hash, one of its sound, and keyed bits of its
letter pairs; of dates and numbers keyed hashes. It is compared with an identity that is known (what was typed, or the
one file that is open), never with a name list. The levels and bits are those of `comparing`; letter pairs stand in for
the distance of spellings.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cached_property
from typing import Final, NamedTuple

from referral.people.matching.comparing import KNOWN_SEXES, NEAR_YEARS, SWAP_COST, usual
from referral.people.matching.identity import Identity
from referral.people.matching.names import key, sound
from referral.people.matching.weights import ADDRESS_MOST, ADDRESS_WORD, BITS, Field, Level, word_bits

Digest = Callable[[str], int]
"""A text -> 64 bits that only the holder of the key can compute."""

LETTER_BITS: Final = 128
NEAR_LETTERS: Final = 0.62
NEAR_NUMBER: Final = 0.7
NEAR_ADDRESS: Final = 0.5
MOST_WORDS: Final = 6
MOST_NUMBERS: Final = 5
SEXES: Final = ("", "female", "male")
EMPTY: Final = bytes(4)
NOTHING: Final[frozenset[bytes]] = frozenset()
WORD: Final = struct.Struct(">?4s4sQQ")
BITS_OF_THREE: Final = struct.Struct(">6Q")
SIZE: Final = 256
"""Bytes of every sketch, so that its length tells nothing."""
Shares = dict[str, float]


class Word(NamedTuple):
    """A word of a name: where it stood, hashes of spelling and sound, bits of its letter pairs."""

    family: bool
    spelling: bytes
    sound: bytes
    letters: int


class Blind(NamedTuple):
    """An identity in keyed hashes; `b""` and 0 where nothing is known."""

    words: tuple[Word, ...]
    sex: str
    day: bytes
    year: bytes
    numbers: frozenset[bytes]
    phone_digits: int
    paper_digits: int
    place: bytes
    address: int


def _four(digest: Digest, text: str) -> bytes:
    return (digest(text) & 0xFFFFFFFF or 1).to_bytes(4, "big")


def _bits(digest: Digest, parts: list[str]) -> int:
    made = 0
    for part in parts:
        made |= 1 << (digest(part) % LETTER_BITS)
    return made


def _letter_pairs(word: str) -> list[str]:
    padded = f"^{word}$"
    return [f"pair|{padded[at : at + 2]}" for at in range(len(padded) - 1)]


def _digit_pairs(kind: str, text: str) -> list[str]:
    padded = f"^{text}$"
    return [f"{kind}|{padded[at : at + 2]}" for at in range(len(padded) - 1)] if text else []


def blind(identity: Identity, digest: Digest) -> Blind:
    """An identity in keyed hashes."""
    family = set(identity.family_words)
    words = tuple(
        Word(
            word in family,
            _four(digest, f"word|{word}"),
            _four(digest, f"sound|{key(word)}"),
            _bits(digest, _letter_pairs(word)),
        )
        for word in identity.name_words[:MOST_WORDS]
    )
    numbers = [f"N{one}" for one in identity.numbers] + [f"X{one}" for one in identity.codes]
    if identity.paper:
        numbers.insert(0, f"I{identity.paper}")
    place = "+".join(sorted(sound(word) for word in identity.place_words))
    return Blind(
        words,
        identity.sex if identity.sex in KNOWN_SEXES else "",
        _four(digest, f"day|{identity.day}") if identity.day else b"",
        _four(digest, f"year|{identity.year}") if identity.year else b"",
        frozenset(number_hash(digest, one) for one in numbers[:MOST_NUMBERS]),
        _bits(digest, _digit_pairs("phone", identity.numbers[0] if identity.numbers else "")),
        _bits(digest, _digit_pairs("paper", identity.paper)),
        _four(digest, f"place|{place}") if place else b"",
        _bits(digest, [f"address|{word}" for word in identity.address_words]),
    )


def number_hash(digest: Digest, number: str) -> bytes:
    """A number with its kind ("I…", "N…", "X…"): kind in clear, the rest keyed; sealed with the sketch."""
    return number[0].encode() + digest(f"number|{number}").to_bytes(8, "big")[1:]


def packed(one: Blind) -> bytes:
    """The sketch as bytes, to be sealed."""
    parts = [bytes([len(one.words), SEXES.index(one.sex), len(one.numbers)])]
    for word in one.words:
        parts.append(bytes([word.family]) + word.spelling + word.sound + word.letters.to_bytes(16, "big"))
    parts += [one.day or EMPTY, one.year or EMPTY, one.place or EMPTY, *sorted(one.numbers)]
    parts += [bits.to_bytes(16, "big") for bits in (one.phone_digits, one.paper_digits, one.address)]
    return b"".join(parts).ljust(SIZE, b"\x00")


def unpacked(content: bytes) -> Blind:
    """What `packed` wrote."""
    count, sex, numbers = content[0], content[1], content[2]
    end = 3 + WORD.size * count
    words = tuple(
        Word(family, spelling, heard, high << 64 | low)
        for family, spelling, heard, high, low in WORD.iter_unpack(content[3:end])
    )
    day, year, place = content[end : end + 4], content[end + 4 : end + 8], content[end + 8 : end + 12]
    first = end + 12
    last = first + 8 * numbers
    found = NOTHING if not numbers else frozenset(content[at : at + 8] for at in range(first, last, 8))
    a, b, c, d, e, f = BITS_OF_THREE.unpack_from(content, last)
    return Blind(
        words,
        SEXES[sex],
        day if day != EMPTY else b"",
        year if year != EMPTY else b"",
        found,
        a << 64 | b,
        c << 64 | d,
        place if place != EMPTY else b"",
        e << 64 | f,
    )


class Sought:
    """An identity that is looked for, ready to weigh sketches under one key."""

    def __init__(self, identity: Identity, digest: Digest, shares: Shares | None = None) -> None:
        self._identity, self._digest = identity, digest
        self._blind = blind(identity, digest)
        known = shares or {}
        self._shares = [known.get(key(word)) or usual(key(word)) for word in identity.name_words[:MOST_WORDS]]
        self._gains = [
            {level: word_bits(level, share) for level in (Level.EXACT, Level.VARIANT, Level.CLOSE)}
            for share in self._shares
        ]
        self._loss = word_bits(Level.DIFFERS, 1.0)

    @cached_property
    def _near_years(self) -> dict[bytes, int]:
        year = self._identity.year
        if year is None:
            return {}
        around = range(-NEAR_YEARS, NEAR_YEARS + 1)
        return {_four(self._digest, f"year|{year + apart}"): abs(apart) for apart in around}

    @cached_property
    def _near_days(self) -> dict[bytes, Level]:
        day = self._identity.day
        if not day:
            return {}
        near = {day[:at] + digit + day[at + 1 :]: Level.DIGIT for at in range(8) for digit in "0123456789"}
        near |= {day[:at] + day[at + 1] + day[at] + day[at + 2 :]: Level.DIGIT for at in range(7)}
        near |= {day[:4] + day[6:] + day[4:6]: Level.SWAPPED, day: Level.EXACT}
        return {_four(self._digest, f"day|{one}"): level for one, level in near.items()}

    def weigh(self, other: Blind) -> float:
        """Bits for "the same person" of a sketch."""
        return self._names(other) + self._birth(other) + self._numbers(other) + self._rest(other)

    def _names(self, other: Blind) -> float:
        mine = self._blind.words
        pairs = []
        for a, word in enumerate(mine):
            gains = self._gains[a]
            for b, theirs in enumerate(other.words):
                if word.spelling == theirs.spelling:
                    bits = gains[Level.EXACT]
                elif word.sound == theirs.sound:
                    bits = gains[Level.VARIANT]
                else:
                    alike = 2 * (word.letters & theirs.letters).bit_count()
                    if alike < NEAR_LETTERS * (word.letters.bit_count() + theirs.letters.bit_count()):
                        continue
                    bits = gains[Level.CLOSE]
                pairs.append((bits, a, b))
        pairs.sort(reverse=True)
        total, ours, yours, crossed = 0.0, set(range(len(mine))), set(range(len(other.words))), False
        for bits, a, b in pairs:
            if a in ours and b in yours:
                ours.discard(a)
                yours.discard(b)
                total += bits
                crossed = crossed or mine[a].family != other.words[b].family
        return total + min(len(ours), len(yours)) * self._loss - (SWAP_COST if crossed else 0.0)

    def _birth(self, other: Blind) -> float:
        mine = self._blind
        if not mine.year or not other.year:
            return 0.0
        if mine.day and other.day:
            level = self._near_days.get(other.day)
            if level is None:
                level = Level.NEAR if mine.year == other.year else Level.DIFFERS
            return BITS[Field.BIRTH, level]
        apart = self._near_years.get(other.year)
        if apart is None:
            return BITS[Field.BIRTH, Level.DIFFERS]
        return BITS[Field.BIRTH, Level.YEAR if apart == 0 else Level.NEAR]

    def _numbers(self, other: Blind) -> float:
        if not self._blind.numbers or not other.numbers:
            return 0.0
        total = 0.0
        for kind, field, mine, theirs in (
            (b"N", Field.PHONE, self._blind.phone_digits, other.phone_digits),
            (b"I", Field.DOCUMENT, self._blind.paper_digits, other.paper_digits),
            (b"X", Field.EXTERNAL, 0, 0),
        ):
            ours = {one for one in self._blind.numbers if one[:1] == kind}
            yours = {one for one in other.numbers if one[:1] == kind}
            if not ours or not yours:
                continue
            if ours & yours:
                total += BITS[field, Level.EXACT]
            elif 2 * (mine & theirs).bit_count() > NEAR_NUMBER * (mine.bit_count() + theirs.bit_count()):
                total += BITS[field, Level.DIGIT]
            else:
                total += BITS[field, Level.DIFFERS]
        return total

    def _rest(self, other: Blind) -> float:
        mine, total = self._blind, 0.0
        if mine.sex and other.sex:
            total += BITS[Field.SEX, Level.EXACT if mine.sex == other.sex else Level.DIFFERS]
        if mine.place and other.place:
            total += BITS[Field.PLACE, Level.EXACT if mine.place == other.place else Level.DIFFERS]
        if mine.address and other.address:
            same = (mine.address & other.address).bit_count()
            enough = 2 * same >= NEAR_ADDRESS * (mine.address.bit_count() + other.address.bit_count())
            bits = min(ADDRESS_MOST, same * ADDRESS_WORD)
            total += bits if enough else BITS[Field.ADDRESS, Level.DIFFERS]
        return total
