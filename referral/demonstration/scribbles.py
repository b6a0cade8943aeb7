"""Invented signatures: a scribble from chance, in nobody's hand, as the pad of a page would send it."""

from __future__ import annotations

import io
import math
from random import Random

from PIL import Image, ImageDraw

SIZE = (800, 320)
INK = "#111111"
STEPS = 24
"""Points of one loop."""


def scribble(seed: str) -> bytes:
    """A PNG with a row of slanted loops and a line under them; the same seed gives the same picture."""
    rng = Random(seed)  # noqa: S311 - a drawing, no secret
    image = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(image)
    points = [(90.0, 190.0)]
    for _loop in range(rng.randrange(4, 7)):
        left, base = points[-1]
        wide, high = rng.uniform(55, 105), rng.uniform(40, 130)
        for step in range(1, STEPS + 1):
            turn = 2 * math.pi * step / STEPS
            lift = high * (1 - math.cos(turn)) / 2
            points.append((left + wide * step / STEPS + 22 * math.sin(turn) + lift / 5, base - lift))
    pen.line(points, fill=INK, width=5, joint="curve")
    end = points[-1][0]
    pen.line([(110, 236), ((110 + end) / 2, 222), (end + 40, 240)], fill=INK, width=5, joint="curve")
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()
