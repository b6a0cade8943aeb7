"""Ogg (RFC 3533) with Opus, Vorbis, Theora, Speex or FLAC: the comments in the second packet are overwritten in place.

The name of the encoder takes up the whole length, so that no page changes its size; pages that were touched get a new
checksum.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from referral.foundation.recordings.bounds import MOST_PARTS, Uncleanable, number

HEAD, ENDING = 27, 255
MOST_DESCRIPTION = 2_000_000
FIRST = 2
"""The flag of the first page of a stream."""
CODECS = {
    b"OpusHead": b"OpusTags",
    b"\x01vorbis": b"\x03vorbis",
    b"\x80theora": b"\x81theora",
    b"Speex   ": b"",
    b"\x7fFLAC": b"",
}
"""By the beginning of the first packet: the beginning of the one with comments."""
FRAMED = b"\x03vorbis"
LAST_BLOCK, PADDING, COMMENTS, SEEKING = 0x80, 1, 4, 3
"""Blocks of FLAC (RFC 9639)."""


@dataclass(slots=True)
class _Stream:
    """One logical stream. `waiting`: packets with descriptions still to come; `pieces`: where the present one lies."""

    codec: bytes
    waiting: bool = True
    first: bool = True
    pieces: list[tuple[int, int]] = field(default_factory=list)


def cleaned(data: bytes) -> bytes:
    """The file without comments; a page that is cut short at the end goes. Raises `Uncleanable`."""
    file = bytearray(data)
    streams: dict[int, _Stream] = {}
    touched: set[tuple[int, int]] = set()
    position = count = 0
    while position + HEAD <= len(file) and (end := _end(file, position)) <= len(file):
        count += 1
        if count > MOST_PARTS:
            raise Uncleanable("too many pages")
        serial = bytes(file[position + 14 : position + 18])
        key = int.from_bytes(serial, "little")
        if file[position + 5] & FIRST:
            streams[key] = _Stream(_codec(file, position + HEAD + file[position + 26]))
        if key not in streams:
            raise Uncleanable("a page of no stream")
        if streams[key].waiting:
            touched.add((position, end))
            _packets(file, position, streams[key])
        position = end
    if not streams or any(stream.waiting for stream in streams.values()):
        raise Uncleanable("no stream, or one without its comments")
    if sum(end - start for start, end in touched) > MOST_DESCRIPTION:
        raise Uncleanable("too long a description")
    for start, end in touched:
        _sign(file, start, end)
    return bytes(file[:position])


def _end(file: bytearray, start: int) -> int:
    """Where the page ends."""
    if file[start : start + 5] != b"OggS\0":
        raise Uncleanable("no page")
    table = start + HEAD
    return table + file[start + 26] + sum(file[table : table + file[start + 26]])


def _codec(file: bytearray, start: int) -> bytes:
    for codec in CODECS:
        if file.startswith(codec, start):
            return codec
    raise Uncleanable("a codec that is not known")


def _packets(file: bytearray, page: int, stream: _Stream) -> None:
    """Collect the packets of a page as long as they may describe something, and overwrite what they say."""
    table = page + HEAD
    place = table + file[page + 26]
    for lace in file[table : table + file[page + 26]]:
        stream.pieces.append((place, place + lace))
        place += lace
        if lace == ENDING or not stream.waiting:
            continue
        if not stream.first:
            _overwrite(file, stream)
        stream.first = False
        stream.pieces = []


def _overwrite(file: bytearray, stream: _Stream) -> None:
    packet = b"".join(file[start:end] for start, end in stream.pieces)
    if stream.codec == b"\x7fFLAC":
        new, stream.waiting = flac_block(packet), not packet[0] & LAST_BLOCK
    else:
        new, stream.waiting = without_comments(packet, CODECS[stream.codec]), False
    at = 0
    for start, end in stream.pieces:
        file[start:end] = new[at : at + end - start]
        at += end - start


def without_comments(packet: bytes, mark: bytes) -> bytes:
    """A packet of comments of the same length that holds none: the encoder's name is blanks.

    >>> without_comments(b"OpusTags" + b"\\2\\0\\0\\0ab" + b"\\1\\0\\0\\0" + b"\\4\\0\\0\\0GPS=", b"OpusTags")
    b'OpusTags\\n\\x00\\x00\\x00          \\x00\\x00\\x00\\x00'
    """
    framing = b"\x01" if mark == FRAMED else b""
    room = len(packet) - len(mark) - len(framing) - 8
    if not packet.startswith(mark) or room < 0:
        raise Uncleanable("no comments where they must be")
    return mark + room.to_bytes(4, "little") + b" " * room + bytes(4) + framing


def flac_block(block: bytes) -> bytes:
    """A block of FLAC's own descriptions with the same length: a table for seeking stays, all others become padding."""
    size = number(block, 1, 3)
    if size + 4 != len(block):
        raise Uncleanable("a block of another length")
    last, kind = block[0] & LAST_BLOCK, block[0] & ~LAST_BLOCK
    if kind == COMMENTS:
        return block[:4] + without_comments(block[4:], b"")
    return block if kind == SEEKING else bytes([last | PADDING]) + block[1:4] + bytes(size)


def _table() -> list[int]:
    found = []
    for number_ in range(256):
        value = number_ << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        found.append(value & 0xFFFFFFFF)
    return found


_TABLE = _table()


def checksum(page: bytes | bytearray) -> int:
    """The CRC of a page whose own field is zero (polynomial 0x04C11DB7, most significant bit first).

    >>> hex(checksum(b"123456789"))
    '0x89a1897f'
    """
    value = 0
    for byte in page:
        value = (value << 8) & 0xFFFFFFFF ^ _TABLE[value >> 24 ^ byte]
    return value


def _sign(file: bytearray, start: int, end: int) -> None:
    file[start + 22 : start + 26] = bytes(4)
    file[start + 22 : start + 26] = checksum(file[start:end]).to_bytes(4, "little")
