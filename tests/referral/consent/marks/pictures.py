"""Signatures as a page draws them, and none."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageDraw


def png(*, ink: bool = True, size: tuple[int, int] = (800, 320)) -> bytes:
    """A sheet with a stroke on it, or an empty one."""
    image = Image.new("RGB", size, "white")
    if ink:
        ImageDraw.Draw(image).line([(80, 200), (300, 60), (520, 240), (700, 120)], fill="#111111", width=5)
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def drawn(data: bytes | None = None) -> str:
    """What the hidden field of the page holds."""
    return "data:image/png;base64," + base64.b64encode(png() if data is None else data).decode()
