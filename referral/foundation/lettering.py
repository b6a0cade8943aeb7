"""The one type face of everything printed, and the gate that every text passes on its way into a PDF."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from xml.sax.saxutils import escape

import fontpkg_fira_sans
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "FiraSans-Regular"
BOLD = "FiraSans-SemiBold"

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
