"""Texts that are read aloud or handed out, from `library/<country>/text/<name>.<language>.md`.

A text has a title and blocks: paragraphs, sub-headings (`## `) and points (`- `). Its hash says which wording a person
heard, so that a consent can prove it later.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

LIBRARY = Path(__file__).parent / "library"
Kind = Literal["paragraph", "heading", "points"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or sub-heading (one line), or a list of points."""

    kind: Kind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one language; `hash` identifies its wording."""

    title: str
    blocks: tuple[Block, ...]
    hash: str


def parse(source: str) -> Text:
    """Read a text.

    >>> text = parse("# Title\\n\\nOne\\nparagraph.\\n\\n- first\\n- second\\n")
    >>> text.title, [block.kind for block in text.blocks], text.blocks[0].lines
    ('Title', ['paragraph', 'points'], ('One paragraph.',))
    """
    title, *rest = [part.strip() for part in source.strip().split("\n\n") if part.strip()]
    digest = hashlib.sha256(source.strip().encode()).hexdigest()
    return Text(title.removeprefix("# "), tuple(map(_block, rest)), digest)


def _block(part: str) -> Block:
    if part.startswith("## "):
        return Block("heading", (" ".join(part.removeprefix("## ").split()),))
    if part.startswith("- "):
        points = ("\n" + part).split("\n- ")[1:]
        return Block("points", tuple(" ".join(point.split()) for point in points))
    return Block("paragraph", (" ".join(part.split()),))


@cache
def load_text(name: str, language: str, country: str = "cameroon") -> Text:
    """A text of the library; raises FileNotFoundError when there is none in this language.

    >>> load_text("F08_consent_adult", "fr").title
    'Votre accord pour que nous vous accompagnions'
    """
    return parse((LIBRARY / country / "text" / f"{name}.{language}.md").read_text(encoding="utf-8"))
