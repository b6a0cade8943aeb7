"""Text without case, accents and marks, so that two ways of typing one word are one; the standard library alone."""

from __future__ import annotations

import unicodedata

LETTERS = str.maketrans(
    {"ɓ": "b", "ɗ": "d", "ŋ": "n", "ɔ": "o", "ɛ": "e", "ǝ": "e", "ə": "e", "ø": "o", "ł": "l", "đ": "d", "ð": "d"}
    | {"œ": "oe", "æ": "ae", "ß": "ss", "þ": "th", "ı": "i", "ƴ": "y", "ʼ": "", "’": "", "'": "", "ʻ": "", "ꞌ": ""}
)


def fold(text: str) -> str:
    """`text` without case, accents and marks, its words separated by single spaces.

    >>> fold("  Aïssatou-Ɓella  N’GAOUNDÉRÉ ")
    'aissatou bella ngaoundere'
    """
    if text.isascii():
        plain = text.lower().replace("'", "")
    else:
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().translate(LETTERS))
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain).split())
