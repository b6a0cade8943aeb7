"""WebM and Matroska (RFC 9559): elements within elements; what goes becomes a `Void` of the same length.

A segment and its clusters may be of unknown length, as browsers write them while they record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from referral.foundation.recordings.bounds import MOST_PARTS, Uncleanable, blank
from referral.foundation.recordings.ogg import without_comments

EBML, SEGMENT, INFO, TRACKS, TRACK = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE
CLUSTER, CUES, SEEK_HEAD, SEEK, SEEK_ID = 0x1F43B675, 0x1C53BB6B, 0x114D9B74, 0x4DBB, 0x53AB
GROUP, VOID, KIND, CODEC, PRIVATE = 0xA0, 0xEC, 0x83, 0x86, 0x63A2
MUXER, WRITER = 0x4D80, 0x5741
KEPT = {
    0: {EBML, SEGMENT},
    EBML: {0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4282, 0x4287, 0x4285},
    SEGMENT: {SEEK_HEAD, INFO, TRACKS, CLUSTER, CUES},
    SEEK_HEAD: {SEEK},
    INFO: {0x2AD7B1, 0x4489, MUXER, WRITER},
    TRACKS: {TRACK},
    TRACK: {
        0xD7, 0x73C5, KIND, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x6DF8, 0x23E383, 0x234E7A, 0x23314F, 0x55EE, 0x22B59C,
        0x22B59D, CODEC, PRIVATE, 0xAA, 0x56AA, 0x56BB, 0xE0, 0xE1, 0x6D80,
    },
    CLUSTER: {0xE7, 0xA7, 0xAB, 0xA3, GROUP},
    GROUP: {0xA1, 0x9B, 0xFA, 0xFB, 0x75A2},
}  # fmt: skip
"""By element: what may stand in it. An element that is no key here is kept as it is."""
BESIDE_CLUSTERS = KEPT[SEGMENT] | {0x1254C367, 0x1043A770, 0x1941A469}
"""What ends a cluster of unknown length: also tags, chapters, attachments."""
WRITTEN = frozenset({MUXER, WRITER})
"""Texts that have to be there: they become empty."""
PLAYED = frozenset({1, 2})
"""Kinds of tracks: picture, sound."""
LACED = {b"A_VORBIS": b"\x03vorbis", b"V_THEORA": b"\x81theora"}
"""Codecs whose private data hold comments as the second of three packets."""
CLEAN_PRIVATE = frozenset({b"A_OPUS", b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG4/ISO/AVC", b"V_MPEGH/ISO/HEVC", b"A_AAC"})
"""Codecs whose private data say nothing but how to decode."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element: `start` of its header, `inside` its content, `end` behind it; None: not known yet."""

    kind: int
    start: int
    inside: int
    end: int | None


@dataclass(slots=True)
class _File:
    data: bytearray
    parts: int = 0
    tracks: int = 0


def cleaned(data: bytes) -> bytes:
    """The file with nothing but picture and sound and what they need; raises `Uncleanable`."""
    file = _File(bytearray(data))
    if _inside(file, 0, 0, len(data)) != len(data) or not file.tracks:
        raise Uncleanable("no track, or something behind the last element")
    return bytes(file.data)


def _inside(file: _File, around: int, start: int, end: int, *, open_end: bool = False) -> int:
    """Go through the elements from a place on; where they end. `open_end`: until one that cannot stand here."""
    while start < end:
        element = _element(file, start, end)
        if open_end and around == CLUSTER and element.kind in BESIDE_CLUSTERS:
            return start
        start = _treated(file, around, element, end)
    return start


def _treated(file: _File, around: int, element: Element, end: int) -> int:
    """Keep, enter or overwrite an element; where it ends."""
    if element.kind not in KEPT[around]:
        _void(file, element)
    elif element.end is None:
        if element.kind not in (SEGMENT, CLUSTER):
            raise Uncleanable("an element of unknown length")
        return _inside(file, element.kind, element.inside, end, open_end=True)
    elif element.kind in KEPT:
        _inside(file, element.kind, element.inside, element.end)
        _track(file, element)
    elif element.kind in WRITTEN:
        blank(file.data, element.inside, element.end)
    elif element.kind == SEEK and not _leads_on(file, element):
        _void(file, element)
    if element.end is None:
        raise Uncleanable("an element of unknown length")
    return element.end


def _element(file: _File, start: int, end: int) -> Element:
    file.parts += 1
    kind, place = _vint(file, start, 4, end, marked=True)
    size, inside = _vint(file, place, 8, end, marked=False)
    if size == (1 << 7 * (inside - place)) - 1:
        return Element(kind, start, inside, None)
    if inside + size > end or file.parts > MOST_PARTS:
        raise Uncleanable("an element beyond its bounds")
    return Element(kind, start, inside, inside + size)


def _vint(file: _File, start: int, most: int, end: int, *, marked: bool) -> tuple[int, int]:
    """A number of variable length and where it ends."""
    first = file.data[start]
    length = 9 - first.bit_length()
    if not first or length > most or start + length > end:
        raise Uncleanable("a number beyond its bounds")
    value = int.from_bytes(file.data[start : start + length], "big")
    return value if marked else value & ((1 << 7 * length) - 1), start + length


def _void(file: _File, element: Element) -> None:
    """Overwrite an element: one byte says so, then comes the length in one or eight bytes, then zeros."""
    if element.end is None:
        raise Uncleanable("an element of unknown length")
    whole = element.end - element.start
    length = 1 if whole - 2 < 127 else 8
    size = whole - 1 - length
    file.data[element.start] = VOID
    file.data[element.start + 1 : element.start + 1 + length] = ((1 << 7 * length) | size).to_bytes(length, "big")
    blank(file.data, element.start + 1 + length, element.end)


def _content(file: _File, element: Element, kind: int) -> bytes | None:
    """The content of the first such element in an element."""
    for one in _children(file, element):
        if one.kind == kind:
            return bytes(file.data[one.inside : one.end])
    return None


def _children(file: _File, element: Element) -> Iterator[Element]:
    start, end = element.inside, element.end or element.inside
    while start < end:
        one = _element(file, start, end)
        if one.end is None:
            raise Uncleanable("an element of unknown length")
        yield one
        start = one.end


def _leads_on(file: _File, element: Element) -> bool:
    """Whether an entry of the index leads to something that stays."""
    return int.from_bytes(_content(file, element, SEEK_ID) or b"", "big") in KEPT[SEGMENT]


def _track(file: _File, element: Element) -> None:
    """Refuse what is no picture and no sound; take the comments out of what the codec keeps."""
    if element.kind != TRACK:
        return
    file.tracks += 1
    codec = (_content(file, element, CODEC) or b"").rstrip(b"\0")
    if int.from_bytes(_content(file, element, KIND) or b"", "big") not in PLAYED:
        raise Uncleanable("a track that is neither picture nor sound")
    private = next((one for one in _children(file, element) if one.kind == PRIVATE), None)
    if private is None or codec in CLEAN_PRIVATE or codec.startswith((b"A_AAC", b"A_PCM")):
        return
    if codec not in LACED:
        raise Uncleanable("a codec that is not known")
    _laced(file, private, LACED[codec])


def _laced(file: _File, private: Element, mark: bytes) -> None:
    """Three packets after one another: how many more, the sizes of the first two, the packets."""
    data = bytes(file.data[private.inside : private.end])
    place, sizes = 1, []
    if data[0] != 2:
        raise Uncleanable("not three packets")
    for _ in range(2):
        size = 0
        while data[place] == 255:
            size, place = size + 255, place + 1
        sizes.append(size + data[place])
        place += 1
    start, end = place + sizes[0], place + sum(sizes)
    at = private.inside
    file.data[at + start : at + end] = without_comments(data[start:end], mark)
