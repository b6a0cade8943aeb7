"""Where the parts of one page go: the words in every language give the sizes, so that nothing moves between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from sop.agenda import text
from sop.flowchart import Flowchart, Label, StepKind
from sop.labels import Place, label_size, places
from sop.layout import Layout, Link, Spot, arrange
from sop.lettering import WIDTH, Words, box_height, diamond_height
from sop.pages import SMALL as DIAMONDS
from sop.pages import Arrow, Box, Page
from sop.scene import LINE_HEIGHT, wrap
from sop.track import track_of
from sop.vocabulary import CATEGORY_LABELS, N_

TWO_LINES = "_" * 44
WHAT_CONSENT_COVERS = N_("what the consent covers")
TITLE = 11.5
"""Letters of a lane's title."""
Signs = Mapping[str, str]
"""Arrow (`A→B`) -> sign that is written before its words."""
MOST_TRIES = 4
MOST_KEPT = 64
"""Compositions of one flowchart: its pages, and some with the signs of comparisons."""
NO_SIGNS: Signs = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Composition:
    """One page put together: boxes, lanes and paths, and a place for the words of each arrow."""

    layout: Layout
    places: tuple[Place | None, ...]


def compose(flowchart: Flowchart, page: Page, signs: Signs = NO_SIGNS) -> Composition:
    """Where everything goes; the same for every language, and kept for the drawing, its list and its papers.

    Where the words of an arrow find no free place, the columns move apart beside its box, and all is placed anew.
    """
    kept, key = flowchart.compositions, (page.id, *(part for sign in sorted(signs.items()) for part in sign))
    found = kept.get(key)
    if not isinstance(found, Composition):
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[key] = _compose(flowchart, page, signs)
    return found


def _compose(flowchart: Flowchart, page: Page, signs: Signs) -> Composition:
    languages = flowchart.languages or ("fr",)
    spots = [_spot(flowchart, box, languages) for box in page.boxes]
    words = [[arrow_words(arrow, lang, signs) for lang in languages] for arrow in page.arrows]
    sizes = [label_size(variants) for variants in words]
    margin = title_height(flowchart)
    links = [
        Link(arrow.source, arrow.target, arrow.back, size[1]) for arrow, size in zip(page.arrows, sizes, strict=True)
    ]
    for _ in range(MOST_TRIES):
        layout = arrange(spots, links, tuple(flowchart.lanes), header=margin)
        found = places(layout, links, words, margin)
        if all(place is None or place.free for place in found):
            break
        links = [
            link if place is None or place.free else replace(link, aside=link.aside + size[0] + 8)
            for link, place, size in zip(links, found, sizes, strict=True)
        ]
    return Composition(layout, tuple(found))


def arrow_words(arrow: Arrow, lang: str, signs: Signs = NO_SIGNS) -> str:
    """What is written on an arrow: the answer, and for a loop how often it may be taken and what follows then."""
    sign = signs.get(f"{arrow.source}→{arrow.target}", "")
    words = f"{sign} {text(arrow.label, lang)}".strip()
    if arrow.branch is None or not arrow.branch.is_loop or arrow.branch.loop_max is None:
        return words
    then = f" → {arrow.branch.then}" if arrow.branch.then else ""
    limit = f"(≤ {arrow.branch.loop_max} ×{then})".replace(" ", "\N{NO-BREAK SPACE}")
    return f"{words} {limit}".strip()


def title_height(flowchart: Flowchart) -> float:
    """Height of the lane titles, at the top and at the foot."""
    languages = flowchart.languages or ("fr",)
    lines = max((_lane_lines(label, lang) for label in flowchart.lanes.values() for lang in languages), default=1)
    return lines * TITLE * LINE_HEIGHT + 14


def _lane_lines(label: Label, lang: str) -> int:
    return len(wrap(text(label, lang), WIDTH, TITLE, bold=True))


def _spot(flowchart: Flowchart, box: Box, languages: Iterable[str]) -> Spot:
    if box.step is not None and box.step.kind in DIAMONDS:
        titles = [text(box.step.label, lang) for lang in languages]
        return Spot(box.id, box.lane, WIDTH, diamond_height(titles), pointed=True)
    words = [_measured(box_words(flowchart, box, lang)) for lang in languages]
    return Spot(box.id, box.lane, WIDTH, box_height(words))


def _measured(words: Words) -> Words:
    """With room for two lines where the words come from the catalogue, whose length is not known here."""
    return Words(words.title, TWO_LINES) if words.note == WHAT_CONSENT_COVERS else words


def box_words(flowchart: Flowchart, box: Box, lang: str) -> Words:
    """Label and small print of a box: who does it, or which data are passed on."""
    step = box.step
    if step is None:
        return Words(TWO_LINES, ", ".join(track_of(flowchart).pathways))
    if box.elsewhere or (step.kind in (StepKind.START, StepKind.END) and not step.actors):
        note = ""
    elif step.actors:
        note = text(step.actors, lang)
    elif step.shares:
        note = ", ".join(step.shares) if set(step.shares) <= set(CATEGORY_LABELS) else WHAT_CONSENT_COVERS
    else:
        note = role(flowchart.lanes[step.lane], lang)
    return Words(text(step.label, lang), note)


def role(lane: Label, lang: str) -> str:
    """Who a lane stands for, without the list of organisations that follows a colon.

    >>> role({"fr": "Gestionnaire de cas : MINAS, OIM", "en": "Case manager: MINAS, IOM"}, "fr")
    'Gestionnaire de cas'
    """
    return text(lane, lang).partition(":")[0].strip()
