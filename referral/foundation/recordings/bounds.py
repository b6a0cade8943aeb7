"""What all readers of containers share: numbers within bounds, and the refusal."""

from __future__ import annotations

MOST_PARTS = 500_000
"""Boxes, elements or pages of one recording: twenty megabytes of the smallest that telephones write."""


class Uncleanable(ValueError):
    """The recording is damaged, or of a kind that is not known well enough to be cleaned."""


def number(data: bytes | bytearray, start: int, size: int, end: int | None = None) -> int:
    """A big-endian number that lies before `end`; raises `Uncleanable`."""
    if start < 0 or start + size > (len(data) if end is None else end):
        raise Uncleanable("cut short")
    return int.from_bytes(data[start : start + size], "big")


def blank(data: bytearray, start: int, end: int, filler: bytes = b"\0") -> None:
    """Overwrite bytes in their place."""
    data[start:end] = filler * (end - start)
