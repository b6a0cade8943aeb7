"""The one type face of everything printed, and the gate that every text passes on its way into a PDF."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from xml.sax.saxutils import escape

import arabic_reshaper
import fontpkg_fira_sans
import fontpkg_ibm_plex_sans_arabic
from bidi.algorithm import get_display
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "FiraSans-Regular"
BOLD = "FiraSans-SemiBold"

ARABIC = "IBMPlexSansArabic-Regular"
ARABIC_BOLD = "IBMPlexSansArabic-SemiBold"

_REPLACED = str.maketrans({"\u202f": "\u00a0", "\u2011": "-", "✓": "√", "✕": "×", "\u2028": "\n", "\u2029": "\n"})
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufe00-\ufe0f\ufeff\ufffe\uffff]"
)


@cache
def load_fonts() -> None:
    """Register the two weights once a process; a paragraph's `<b>` means the bold one."""
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(fontpkg_fira_sans.ROOT / "files" / f"{name}.ttf")))
    for italic in (0, 1):
        addMapping(REGULAR, 0, italic, REGULAR)
        addMapping(REGULAR, 1, italic, BOLD)


@cache
def load_arabic() -> None:
    """Register the two weights of the Arabic face; it has Latin letters and digits too."""
    for name in (ARABIC, ARABIC_BOLD):
        path = fontpkg_ibm_plex_sans_arabic.ROOT / "files" / f"{name}.ttf"
        pdfmetrics.registerFont(TTFont(name, str(path)))
    for italic in (0, 1):
        addMapping(ARABIC, 0, italic, ARABIC)
        addMapping(ARABIC, 1, italic, ARABIC_BOLD)


def right_to_left(text: object, font: str, size: float, width: float) -> str:
    """The text for a paragraph that is read from the right: letters joined, lines broken first and then put in order.

    reportlab writes from the left only, so each line must be turned round as a whole, and lines must be broken before.
    """
    rows: list[str] = []
    for line in _UNPRINTABLE.sub("", str(text)).splitlines() or [""]:
        row = ""
        for word in line.split():
            longer = f"{row} {word}".strip()
            if row and pdfmetrics.stringWidth(arabic_reshaper.reshape(longer), font, size) > width:
                rows.append(row)
                longer = word
            row = longer
        rows.append(row)
    return "<br/>".join(escape(get_display(arabic_reshaper.reshape(row), base_dir=_direction(row))) for row in rows)


def _direction(row: str) -> str:
    """Which way a line runs: without a letter that is read from the right keeps its order, a telephone number too."""
    return "R" if any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in row) else "L"


def clean(text: object) -> str:
    """The text without what cannot be printed or could reorder it; a sign that the face lacks becomes its neighbour."""
    plain = _UNPRINTABLE.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n").translate(_REPLACED))
    return plain if plain.isascii() else "".join(map(_printed, plain))


@cache
def _glyphs() -> frozenset[int]:
    load_fonts()
    return frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph) | {10}


def _printed(character: str) -> str:
    """The sign itself, or its plain form where the face lacks it: a raised e becomes e."""
    if ord(character) in _glyphs():
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if all(ord(sign) in _glyphs() for sign in plain) else character


def inline(text: object) -> str:
    """The text for one line of plain drawing."""
    return re.sub(r"[\n\t]+", " ", clean(text))


def markup(text: object) -> str:
    """The text for a paragraph: never read as markup, its line breaks kept.

    >>> markup("<b>A & B")
    '&lt;b&gt;A &amp; B'
    """
    return escape(clean(text)).replace("\n", "<br/>")
