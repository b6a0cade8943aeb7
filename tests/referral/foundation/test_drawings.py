"""A drawn signature as a page sends it: painted anew, or told apart as broken or empty."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from referral.foundation import drawings
from tests.referral.consent.marks.pictures import drawn, png

pytestmark = pytest.mark.once


def sheet(*, ink: str, width: int, box: tuple[int, int, int, int]) -> str:
    image = Image.new("RGB", (800, 320), "white")
    ImageDraw.Draw(image).rectangle(box, fill=ink, width=width)
    output = io.BytesIO()
    image.save(output, "PNG")
    return drawn(output.getvalue())


def test_a_signature_keeps_its_size_and_its_ink() -> None:
    with Image.open(io.BytesIO(drawings.read(drawn()).data)) as image:
        assert (image.size, image.convert("L").getextrema()) == ((800, 320), (17, 255))


def test_what_a_tap_leaves_behind_signs_nothing_and_a_short_stroke_does() -> None:
    for text in (
        drawn(png(ink=False)),
        sheet(ink="#111", width=1, box=(400, 160, 405, 165)),
        sheet(ink="#f0f0f0", width=1, box=(10, 10, 700, 300)),
    ):
        with pytest.raises(drawings.Empty):
            drawings.read(text)
    assert drawings.read(sheet(ink="#111", width=1, box=(400, 160, 420, 165))).media_type == "image/png"


def test_only_a_picture_of_the_page_is_shown_again() -> None:
    assert drawings.shown(drawn()) == drawn()
    for text in ("data:image/svg+xml;base64,PHN2Zy8+", '"><script>', "data:image/png;base64," + "A" * 300_001):
        assert drawings.shown(text) == ""
        with pytest.raises(drawings.Broken):
            drawings.read(text)
