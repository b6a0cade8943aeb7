"""Recordings for tests: real ones that say who, where and with what (made with FFmpeg), and a very small Ogg."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "referral" / "foundation" / "recordings"
SECRETS = (b"Awa au marche", b"Temoin Awa", b"Marque Secrete", b"+03.8667", b"Tel 7", b"2026-11-20")
"""What the real ones say, each some of it."""


def real(name: str) -> bytes:
    """One of the real recordings: half a second, with titles, a place, a maker and a time wherever it can hold them."""
    return (FOLDER / name).read_bytes()


def small_ogg(words: bytes, *comments: bytes, vendor: bytes = b"") -> bytes:
    """Opus in Ogg, its one packet of sound these words."""
    tags = b"OpusTags" + _text(vendor) + len(comments).to_bytes(4, "little") + b"".join(map(_text, comments))
    head = b"OpusHead\x01\x01\x00\x00" + (48_000).to_bytes(4, "little") + b"\0\0\0"
    return _page(0, head, 2) + _page(1, tags, 0) + _page(2, words, 4)


def _text(text: bytes) -> bytes:
    return len(text).to_bytes(4, "little") + text


def _page(number: int, packet: bytes, flags: int) -> bytes:
    laces = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    head = b"OggS\0" + bytes([flags]) + bytes(8) + b"mnr\0" + number.to_bytes(4, "little")
    page = head + bytes(4) + bytes([len(laces)]) + laces + packet
    return head + crc(page).to_bytes(4, "little") + page[26:]


def crc(page: bytes) -> int:
    """The checksum of a page of Ogg, bit by bit."""
    value = 0
    for byte in page:
        for bit in range(7, -1, -1):
            value = (value << 1 | byte >> bit & 1) ^ (0x104C11DB7 if value >> 31 else 0)
    for _ in range(32):
        value = value << 1 ^ (0x104C11DB7 if value >> 31 else 0)
    return value
