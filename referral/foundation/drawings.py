"""A signature drawn on a page (static/signature.js), as it comes in: a small PNG in a hidden field, painted anew.

Whoever may sign may send anything: it is a picture of ours, or nothing that is kept or shown again.
"""

from __future__ import annotations

import base64
import io
import re
from typing import Final

from PIL import Image, ImageOps

from referral.foundation import media
from referral.foundation.media import Media, Unacceptable

FIELD: Final = "drawn"
LONGEST: Final = 300_000
"""Characters as the page sends it; one of ours has about 20,000."""
TAP: Final = 12
"""Pixels of the pad: what is no wider and no higher than this was left behind by a tap and signs nothing."""
LIGHTEST_INK: Final = 64
"""How much darker than the paper ink is, of 255."""

_PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/]+={0,2})")


class NoDrawing(ValueError):
    """What came in is not kept."""


class Broken(NoDrawing):
    """It is not a picture of ours, or not the whole of one."""


class Empty(NoDrawing):
    """Nothing is drawn on it."""


def read(text: str) -> Media:
    """The picture of a drawn signature; raises `Broken` or `Empty`."""
    found = _PICTURE.fullmatch(text) if len(text) <= LONGEST else None
    try:
        kept = media.repainted(base64.b64decode(found[1], validate=True)) if found else None
    except (ValueError, Unacceptable):
        kept = None
    if kept is None or kept.media_type != "image/png":
        raise Broken
    if _empty(kept.data):
        raise Empty
    return kept


def shown(text: str) -> str:
    """What the page may show again: the picture that it sent, and nothing that is none."""
    return text if len(text) <= LONGEST and _PICTURE.fullmatch(text) else ""


def _empty(png: bytes) -> bool:
    """Whether a picture has no ink, or no more than a tap leaves."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        grey = ImageOps.invert(image.convert("L"))
    box = grey.point(lambda depth: 255 if depth > LIGHTEST_INK else 0).getbbox()
    return box is None or (box[2] - box[0] <= TAP and box[3] - box[1] <= TAP)
