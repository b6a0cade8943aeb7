"""MP4, M4A, 3GP and MOV (ISO/IEC 14496-12): boxes within boxes; positions in the file are written into some of them.

What goes becomes a `free` box of the same length with zeros in it. Tracks other than picture and sound (a telephone
writes places into such ones) go with their samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from referral.foundation.recordings.bounds import MOST_PARTS, Uncleanable, blank, number

KEPT = {
    "": "ftyp styp moov mdat moof mfra sidx free skip wide",
    "moov": "mvhd trak mvex free",
    "trak": "tkhd edts mdia tref free",
    "edts": "elst free",
    "mdia": "mdhd hdlr minf free",
    "minf": "vmhd smhd nmhd hmhd hdlr dinf stbl free",
    "dinf": "dref free",
    "stbl": "stsd stts ctts cslg stsc stsz stz2 stco co64 stss stps sdtp sbgp sgpd subs saiz saio padb free",
    "mvex": "mehd trex trep free",
    "moof": "mfhd traf free",
    "traf": "tfhd tfdt trun sbgp sgpd subs saiz saio senc free",
    "stsd": "",
}
"""By box: the boxes that may stand in it. A box that is no key here is kept as it is, or emptied (`EMPTIED`)."""
EMPTIED = frozenset({"free", "skip", "wide"})
MOVING, SOUND = "vide", "soun"
CODINGS = frozenset({
    "avc1", "avc3", "hvc1", "hev1", "av01", "vp08", "vp09", "mp4v", "s263", "jpeg",
    "mp4a", "samr", "sawb", "Opus", "ac-3", "ec-3", "alac", "lpcm", "sowt", "twos", "ulaw", "alaw", ".mp3",
})  # fmt: skip
"""Ways of coding picture and sound whose descriptions are known."""
DESCRIPTIONS = frozenset({
    "avcC", "hvcC", "dvcC", "dvvC", "av1C", "vpcC", "esds", "pasp", "colr", "btrt", "clap", "fiel", "dac3", "dec3",
    "dOps", "alac", "chan", "damr", "d263", "bitr", "wave",
})  # fmt: skip
"""What may stand in the description of samples."""
FIXED = {MOVING: 78, SOUND: 28}
"""Bytes of a description of samples before its boxes."""
LONGER = {1: 16, 2: 36}
"""How many more of them QuickTime has for sound, by version."""
VENDORS = frozenset({"damr", "d263"})
"""Boxes that begin with four letters for who made the encoder."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: `start` of its header, `inside` its content, `end` behind it."""

    kind: str
    start: int
    inside: int
    end: int


@dataclass(slots=True)
class _File:
    data: bytearray
    parts: int = 0
    handler: str = ""
    played: int = 0
    strange: list[Box] = field(default_factory=list)


def cleaned(data: bytes) -> bytes:
    """The file with nothing but picture and sound and what they need; raises `Uncleanable`."""
    file = _File(bytearray(data))
    boxes = list(_boxes(file, 0, len(data)))
    if not any(box.kind == "moov" for box in boxes):
        raise Uncleanable("no moov")
    for box in boxes:
        _keep_or_free(file, box, "")
    if not file.played or (file.strange and any(box.kind == "moof" for box in boxes)):
        raise Uncleanable("no track of picture or sound, or others in fragments")
    for track in file.strange:
        _forget(file, track, [box for box in boxes if box.kind == "mdat"])
    return bytes(file.data)


def _boxes(file: _File, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places."""
    while start < end:
        size, header = number(file.data, start, 4, end), 8
        kind = bytes(file.data[start + 4 : start + 8]).decode("latin-1")
        if size == 0 and file.data.count(0, start, end) == end - start:
            return  # QuickTime ends some lists with zeros
        if size == 0:
            size = end - start
        elif size == 1:
            size, header = number(file.data, start + 8, 8, end), 16
        file.parts += 1
        if size < header or start + size > end or file.parts > MOST_PARTS:
            raise Uncleanable("box beyond its bounds")
        yield Box(kind, start, start + header, start + size)
        start += size


def _keep_or_free(file: _File, box: Box, around: str) -> None:
    if box.kind not in KEPT[around].split():
        _free(file, box)
    elif box.kind == "trak" and not _plays(file, box):
        file.strange.append(box)  # emptied when it is known where everything lies
    elif box.kind == "stsd":
        _describe(file, box)
    elif box.kind in KEPT:
        for inner in list(_boxes(file, box.inside, box.end)):
            _keep_or_free(file, inner, box.kind)
    else:
        _without_words(file, box)


def _free(file: _File, box: Box) -> None:
    file.data[box.start + 4 : box.start + 8] = b"free"
    blank(file.data, box.inside, box.end)


def _plays(file: _File, track: Box) -> bool:
    """Whether a track is picture or sound."""
    found = _inner(file, track, "mdia", "hdlr")
    file.handler = bytes(file.data[found.inside + 8 : found.inside + 12]).decode("latin-1") if found else ""
    plays = file.handler in FIXED
    file.played += plays
    return plays


def _inner(file: _File, box: Box, *kinds: str) -> Box | None:
    """The first box at a path."""
    found: Box | None = box
    for kind in kinds:
        inside = _boxes(file, found.inside, found.end) if found else ()
        found = next((one for one in inside if one.kind == kind), None)
    return found


def _without_words(file: _File, box: Box) -> None:
    """Empty what is free, and in headers the times of making and the name of what wrote it."""
    if box.kind in EMPTIED:
        blank(file.data, box.inside, box.end)
    elif box.kind in ("mvhd", "tkhd", "mdhd"):
        size = 16 if number(file.data, box.inside, 1, box.end) == 1 else 8
        number(file.data, box.inside + 4, size, box.end)
        blank(file.data, box.inside + 4, box.inside + 4 + size)
    elif box.kind == "hdlr":
        number(file.data, box.inside, 20, box.end)
        blank(file.data, box.inside + 12, box.end)
    elif box.kind in ("dref", "tref"):
        _without_addresses(file, box)


def _without_addresses(file: _File, box: Box) -> None:
    """A track may name a file beside it, and the tracks that described it: neither is here."""
    if box.kind == "tref":
        _free(file, box)
        return
    for entry in _boxes(file, box.inside + 8, box.end):
        number(file.data, entry.inside, 4, entry.end)
        blank(file.data, entry.inside + 4, entry.end)
        if not file.data[entry.inside + 3] & 1:
            raise Uncleanable("samples in another file")


def _describe(file: _File, box: Box) -> None:
    """Descriptions of samples: the names of who made the encoder go, and boxes that are not known."""
    number(file.data, box.inside, 8, box.end)
    for entry in _boxes(file, box.inside + 8, box.end):
        if entry.kind not in CODINGS or entry.end - entry.inside < FIXED[file.handler]:
            raise Uncleanable("a coding that is not known")
        version = number(file.data, entry.inside + 8, 2)
        if file.handler == MOVING:
            blank(file.data, entry.inside + 8, entry.inside + 24)
            blank(file.data, entry.inside + 42, entry.inside + 74)
        else:
            blank(file.data, entry.inside + 10, entry.inside + 16)
        longer = LONGER.get(version, 0) if file.handler == SOUND else 0
        for inner in _boxes(file, entry.inside + FIXED[file.handler] + longer, entry.end):
            if inner.kind not in DESCRIPTIONS:
                _free(file, inner)
            elif inner.kind in VENDORS:
                blank(file.data, inner.inside, min(inner.inside + 4, inner.end))


def _forget(file: _File, track: Box, stores: list[Box]) -> None:
    """Overwrite the samples of a track, then the track."""
    table = _inner(file, track, "mdia", "minf", "stbl")
    for start, end in _samples(file, table) if table else ():
        if not any(store.inside <= start and end <= store.end for store in stores):
            raise Uncleanable("samples elsewhere")
        blank(file.data, start, end)
    _free(file, track)


def _samples(file: _File, table: Box) -> Iterator[tuple[int, int]]:
    """Where the samples of a track lie, chunk by chunk."""
    boxes = {box.kind: box for box in _boxes(file, table.inside, table.end)}
    if not {"stsc", "stsz"} <= boxes.keys() or not boxes.keys() & {"stco", "co64"}:
        raise Uncleanable("no table of samples")
    places = boxes.get("stco") or boxes["co64"]
    wide = 4 if places.kind == "stco" else 8
    runs = iter(zip(*[_numbers(file, boxes["stsc"], boxes["stsc"].inside + 4, 4, 3)] * 3, strict=True))
    sizes, following, count = _sizes(file, boxes["stsz"]), next(runs, None), 0
    for chunk, start in enumerate(_numbers(file, places, places.inside + 4, wide, 1), start=1):
        while following is not None and following[0] <= chunk:
            count, following = following[1], next(runs, None)
        yield start, start + sum(islice(sizes, count))


def _sizes(file: _File, box: Box) -> Iterator[int]:
    same, count = (number(file.data, box.inside + at, 4, box.end) for at in (4, 8))
    if same:
        yield from (same for _ in range(min(count, MOST_PARTS)))
    else:
        yield from _numbers(file, box, box.inside + 8, 4, 1)


def _numbers(file: _File, box: Box, at: int, size: int, each: int) -> Iterator[int]:
    """A counted table of numbers."""
    count = number(file.data, at, 4, box.end) * each
    number(file.data, at + 4, count * size, box.end)
    for place in range(at + 4, at + 4 + count * size, size):
        yield int.from_bytes(file.data[place : place + size], "big")
