"""MP3, AMR and WAV: put together anew from their frames (or chunks); tags around and between them stay behind."""

from __future__ import annotations

from collections.abc import Iterator

from referral.foundation.recordings.bounds import Uncleanable

RATES = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s of MPEG audio by version (2: also 2.5) and layer; layer III of version 2 has those of layer II."""
SAMPLINGS = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Hz by the version's two bits."""
AMR = {
    b"#!AMR\n": (12, 13, 15, 17, 19, 20, 26, 31, 5, -1, -1, -1, -1, -1, -1, 0),
    b"#!AMR-WB\n": (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, -1, -1, -1, -1, 0, 0),
}
"""Bytes behind the head of a frame, by its kind (RFC 4867)."""
CHUNKS = (b"fmt ", b"fact", b"data")


def cleaned_mp3(data: bytes) -> bytes:
    """The frames of MPEG audio, one after another; raises `Uncleanable` when there is none."""
    start = _behind_id3(data, 0)
    found: list[bytes] = []
    behind_one = False
    while start + 4 <= len(data):
        end = start + _frame_length(data, start)
        if start < end <= len(data) and (behind_one or _ends_well(data, end)) and _alike(data, start, found[:1]):
            found.append(data[start:end])
            start, behind_one = end, True
            continue
        behind_one = False
        if data.startswith(b"ID3", start):
            start = _behind_id3(data, start)
        else:
            start = _next_sync(data, start + 1)
    if not found:
        raise Uncleanable("no frame")
    return b"".join(found)


def _behind_id3(data: bytes, start: int) -> int:
    """Behind the ID3v2 tags at a place."""
    while data.startswith(b"ID3", start) and start + 10 <= len(data):
        size = sum((data[start + 6 + place] & 0x7F) << 21 - 7 * place for place in range(4))
        start += 10 + size + (10 if data[start + 5] & 0x10 else 0)
    return start


def _next_sync(data: bytes, start: int) -> int:
    """Where something begins that could be a frame."""
    while (found := data.find(b"\xff", start)) >= 0 and found + 1 < len(data):
        if data[found + 1] & 0xE0 == 0xE0:
            return found
        start = found + 1
    return len(data)


def _frame_length(data: bytes, start: int) -> int:
    """Bytes of the frame at a place; 0 where there is none, or one of a free bit rate."""
    if start + 4 > len(data):
        return 0
    one, two, three = data[start], data[start + 1], data[start + 2]
    version, layer, rate, sampling = two >> 3 & 3, 4 - (two >> 1 & 3), three >> 4, three >> 2 & 3
    if one != 0xFF or two & 0xE0 != 0xE0 or version == 1 or layer == 4 or rate in (0, 15) or sampling == 3:
        return 0
    family = 1 if version == 3 else 2
    bits = 1000 * RATES[family, layer if (family, layer) in RATES else 2][rate - 1]
    hertz, padding = SAMPLINGS[version][sampling], three >> 1 & 1
    if layer == 1:
        return (12 * bits // hertz + padding) * 4
    return (72 if layer == 3 and family == 2 else 144) * bits // hertz + padding


def _ends_well(data: bytes, end: int) -> bool:
    """Whether another frame or nothing follows: four bytes alone may look like a frame by chance."""
    return end == len(data) or _frame_length(data, end) > 0


def _alike(data: bytes, start: int, first: list[bytes]) -> bool:
    """Whether a frame is of the version, layer and sampling rate of the first one, as all of a recording are."""
    return not first or (data[start + 1] ^ first[0][1]) & 0xFE == 0 == (data[start + 2] ^ first[0][2]) & 0x0C


def cleaned_amr(data: bytes) -> bytes:
    """The frames of AMR; what is behind the last whole one goes. Raises `Uncleanable`."""
    magic = next((one for one in AMR if data.startswith(one)), b"")
    if not magic:
        raise Uncleanable("not one channel of AMR")
    sizes, start = AMR[magic], len(magic)
    while start < len(data) and not data[start] & 0x83:
        size = sizes[data[start] >> 3 & 15]
        if size < 0 or start + 1 + size > len(data):
            break
        start += 1 + size
    if start == len(magic):
        raise Uncleanable("no frame")
    return data[:start]


def cleaned_wav(data: bytes) -> bytes:
    """A WAV of its format and its sound; raises `Uncleanable`."""
    kept = {kind: content for kind, content in _chunks(data) if kind in CHUNKS}
    if b"fmt " not in kept or not kept.get(b"data"):
        raise Uncleanable("no format or no sound")
    body = b"".join(
        kind + len(kept[kind]).to_bytes(4, "little") + kept[kind] + bytes(len(kept[kind]) % 2)
        for kind in CHUNKS
        if kind in kept
    )
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WAVE" + body


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a WAV; the length of one that was never written is what is there."""
    start = 12
    while start + 8 <= len(data):
        size = int.from_bytes(data[start + 4 : start + 8], "little")
        yield data[start : start + 4], data[start + 8 : start + 8 + size]
        start += 8 + size + size % 2
