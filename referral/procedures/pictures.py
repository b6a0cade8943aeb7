"""The pages of a flowchart as pictures and lists, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask_babel import gettext
from markupsafe import Markup

from sop import drawing, pages
from sop.agenda import Standing
from sop.drawing import Entry
from sop.flowchart import Flowchart, StepKind
from sop.overlays import Overlay

Address = Callable[[str], str]
"""Id of a drawing page -> its URL."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the drawing, for the list of pages."""

    id: str
    title: str
    of_need: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One page: the drawing and the same as an ordered list."""

    id: str
    title: str
    of_need: bool
    svg: Markup
    entries: list[Entry]


def tabs(flowchart: Flowchart, *, lang: str) -> list[Tab]:
    """The pages of the drawing, the main one first."""
    return [Tab(*one) for one in _tabs(flowchart.hash, lang, _Held(drawable(flowchart)))]


def picture(
    flowchart: Flowchart,
    page: str,
    *,
    lang: str,
    address: Address,
    position: Mapping[str, Standing] | None = None,
    overlay: Overlay | None = None,
) -> Picture | None:
    """One page of the drawing; None when there is no such page. A shape leads to its line of the list.

    `position`: where a case stands; `overlay`: what lies over the drawing, such as the marks of a comparison.
    """
    flowchart = drawable(flowchart)
    known = {tab.id: tab for tab in tabs(flowchart, lang=lang)}
    if page not in known:
        return None

    def link(target: str, step: str | None) -> str | None:
        here = target == page
        if step is None:
            return address(target)
        place = f"#s-{quote(step)}"
        return place if here else f"{address(target)}{place}"

    words: dict[str, Any] = {"lang": lang, "position": position, "page": page, "translate": translate}
    if overlay is not None:
        words["overlay"] = overlay
    scene = drawing.draw(flowchart, link=link, **words)
    svg = Markup(scene.svg(id_prefix="chart"))  # noqa: S704 - the writer escapes every text
    return Picture(page, known[page].title, known[page].of_need, svg, drawing.outline(flowchart, **words))


def homes(flowchart: Flowchart) -> dict[str, str]:
    """The drawing page on which each step stands as its own."""
    return dict(_homes(flowchart.hash, _Held(drawable(flowchart))))


def drawable(flowchart: Flowchart) -> Flowchart:
    """The flowchart without arrows from or to steps that are not there: the checks name them, nothing can draw them."""
    known = flowchart.steps.keys()
    kept = tuple(one for one in flowchart.branches if one.source in known and one.target in known)
    return flowchart if len(kept) == len(flowchart.branches) else replace(flowchart, branches=kept)


def translate(text: str) -> str:
    """A word of the drawing; nothing stays nothing (an empty id would fetch the catalogue's own header)."""
    return gettext(text) if text else ""


@dataclass(frozen=True)
class _Held:
    """A flowchart that may stand in a cache's key: its hash is the other part of the key."""

    flowchart: Flowchart

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)


@lru_cache(maxsize=64)
def _tabs(_digest: str, lang: str, held: _Held) -> tuple[tuple[str, str, bool], ...]:
    flowchart = held.flowchart
    titles = {pages.MAIN: gettext("The whole procedure"), pages.LOOP: gettext("The way of one need")}
    return tuple(
        (
            one.id,
            titles.get(one.id) or drawing.page_title(flowchart, one, lang=lang, translate=translate).strip() or one.id,
            one.about is not None and one.about.kind is StepKind.PATHWAY,
        )
        for one in pages.pages(flowchart)
    )


@lru_cache(maxsize=32)
def _homes(_digest: str, held: _Held) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for page in pages.pages(held.flowchart):
        for box in page.boxes:
            if box.step is not None and box.elsewhere is None:
                found.setdefault(box.id, page.id)
    return tuple(found.items())
