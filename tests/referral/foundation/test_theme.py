"""The theme keeps its promises: readable colours, no shadows, nothing that moves for long."""

from __future__ import annotations

import re

import pytest

from referral.config import ROOT

CSS = (ROOT / "static" / "theme.css").read_text()
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", CSS))
PAIRS = [
    ("ink", "paper"), ("ink", "card"), ("muted", "paper"), ("muted", "card"), ("brand", "card"), ("brand", "paper"),
    ("brand-ink", "brand-bg"), ("late", "late-bg"), ("late", "card"), ("soon", "soon-bg"), ("soon", "card"),
    ("ok", "ok-bg"), ("ok", "card"), ("info", "info-bg"), ("hold", "hold-bg"), ("hold", "card"), ("card", "brand"),
]  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    COLOURS["black"], COLOURS["white"] = "#000000", "#ffffff"
    assert contrast("black", "white") == pytest.approx(21)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(
    ("edge", "ground"), [("edge", "card"), ("focus", "card"), ("focus", "paper"), ("edge", "paper")]
)
def test_edges_of_controls_can_be_seen(edge: str, ground: str) -> None:
    assert contrast(edge, ground) >= 3


def test_no_shadows_and_nothing_that_moves_for_long() -> None:
    assert "box-shadow" not in CSS
    assert "text-shadow" not in CSS
    assert "animation" not in CSS
    assert [float(seconds) for seconds in re.findall(r"transition:[^;]*?(\.?\d+)s", CSS)]
    assert all(float(seconds) <= 0.15 for seconds in re.findall(r"(\.\d+|\d+)s\b", CSS))


def test_controls_are_big_enough_for_a_thumb() -> None:
    for rule in (r"\.btn-brand, \.btn-quiet, \.btn-danger \{[^}]*", r"\.input \{[^}]*", r"\.choice[^{]*\{[^}]*"):
        found = re.search(rule, CSS)
        assert found is not None
        assert "min-height: 44px" in found.group()
