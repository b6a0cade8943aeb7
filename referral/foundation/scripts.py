"""Scripts as they travel: without comments, indents and spaces that mean nothing. Names and statements stay as written.

A script is cut into pieces: spaces, comments, texts, patterns, words, signs. Texts and patterns are copied as they are;
what is between two pieces goes unless it keeps words or signs apart or ends a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PIECE = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<text>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<word>[\w$]+)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
_TEMPLATE = re.compile(r"`(?:[^`\\$]|\\.|\$(?!\{)|\$\{[^{}`]*\})*`", re.DOTALL)
_BEFORE_PATTERN = frozenset("(,=:[!&|?{};+-*%<>~^")
_WORDS_BEFORE_PATTERN = frozenset({"return", "typeof", "case", "in", "of", "void", "delete", "else", "do"})
_OPEN = frozenset("{([,;:?=&|*<>!")
"""After one of these no statement can have ended."""
_CLOSE = frozenset("})],;:?=&|*<>.")
"""Before one of these none has to be kept apart."""


class Unreadable(ValueError):
    """A script that this cannot cut up: a template within a template."""


def squeezed(script: str) -> str:
    r"""The script without what means nothing.

    >>> squeezed("/* why */\nif (a) { // so\n  return b + +c;\n}\nlet d = a / b, e = /[/ ] +/;\n")
    'if(a){return b+ +c;}\nlet d=a/b,e=/[/ ] +/;'
    """
    found = ""
    gap = ""
    for piece, is_space in _pieces(script):
        if is_space:
            gap += piece if piece.isspace() else "\n" if "\n" in piece else " "
            continue
        found += _between(found[-1:], gap, piece[0]) + piece
        gap = ""
    return found


def _between(last: str, gap: str, following: str) -> str:
    """What has to stay between two pieces."""
    if not gap or not last:
        return ""
    if "\n" in gap and last not in _OPEN and following not in _CLOSE:
        return "\n"
    apart = (_is_word(last) and _is_word(following)) or (last == following and last in "+-/")
    return " " if apart else ""


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "_$"


def _pieces(script: str) -> Iterator[tuple[str, bool]]:
    """The pieces in order, and whether each is a space or a comment."""
    position, before = 0, ""
    while position < len(script):
        special = _PATTERN if _may_begin(before) else None
        found = special.match(script, position) if special and script[position] == "/" else None
        if script[position] == "`" and (found := _TEMPLATE.match(script, position)) is None:
            raise Unreadable(script[position : position + 60])
        if found is None or script.startswith(("//", "/*"), position):
            found = _PIECE.match(script, position)
        assert found is not None  # noqa: S101 - any character is a piece
        is_space = found.re is _PIECE and found.lastgroup == "space"
        yield found[0], is_space
        position = found.end()
        before = before if is_space else found[0]


def _may_begin(before: str) -> bool:
    """Whether a slash after this piece begins a pattern; else it divides."""
    return not before or before in _WORDS_BEFORE_PATTERN or before in _BEFORE_PATTERN
