"""Every page of every flowchart in the library, in every language: nothing overlaps, hides or runs out of its shape."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from sop import yaml_io
from sop.drawing import draw, pages
from sop.flowchart import Flowchart
from sop.labels import SIZE, Place, label_lines
from sop.layout import Frame, Layout
from sop.pages import Arrow, page_of
from sop.placement import Composition, arrow_words, compose
from sop.scene import Group, Polygon, Rect, Scene, Text, text_width, walk

ROOT = Path(__file__).parents[2]
FLOWCHARTS = {path.parent.name: path for path in sorted((ROOT / "sop/library").glob("*/flowchart.yaml"))}
Case = tuple[str, str]


@cache
def flowchart(country: str) -> Flowchart:
    found: Flowchart = yaml_io.load(FLOWCHARTS[country])
    return found


def cases() -> Iterator[Any]:
    """Every page; of the pathways, which are alike, the quick suite looks at those with a step of their own."""
    for country in FLOWCHARTS:
        chart, seen = flowchart(country), set()
        for page in pages(chart):
            size = (page.about is not None and page.about.kind, len(page.boxes))
            alike = size in seen
            seen.add(size)
            yield pytest.param((country, page.id), id=f"{country}-{page.id}", marks=pytest.mark.slow if alike else ())


every_page = pytest.mark.parametrize("case", list(cases()))


@cache
def french() -> dict[str, str]:
    with (ROOT / "translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        return {message.id: str(message.string) for message in read_po(file) if isinstance(message.id, str)}


@cache
def scene(case: Case, lang: str) -> Scene:
    words = french() if lang == "fr" else {}
    return draw(flowchart(case[0]), lang=lang, page=case[1], translate=lambda text: words.get(text) or text)


@cache
def composition(case: Case) -> Composition:
    return compose(flowchart(case[0]), page_of(flowchart(case[0]), case[1]))


def layout(case: Case) -> Layout:
    return composition(case).layout


def labels(case: Case) -> list[tuple[Arrow, Place]]:
    page = page_of(flowchart(case[0]), case[1])
    found = composition(case).places
    return [(arrow, place) for arrow, place in zip(page.arrows, found, strict=True) if place is not None]


def boxes(case: Case, lang: str) -> dict[str, Group]:
    return {str(item.name): item for item in scene(case, lang).items if isinstance(item, Group)}


def bounds(group: Group) -> Frame:
    first = group.items[0]
    if isinstance(first, Rect):
        return Frame(first.x, first.y, first.width, first.height)
    assert isinstance(first, Polygon)
    xs, ys = [x for x, _ in first.points], [y for _, y in first.points]
    return Frame(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def runs(path: tuple[tuple[float, float], ...]) -> list[Frame]:
    found = []
    for (x1, y1), (x2, y2) in pairwise(path):
        assert x1 == x2 or y1 == y2, "arrows run straight"
        found.append(Frame(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)))
    return found


def half_width(polygon: Polygon, y: float) -> float:
    """Half the width of a diamond at this height."""
    (_, top), (right, middle), (_, bottom), (left, _) = polygon.points
    return (right - left) / 2 * (1 - abs(y - middle) / ((bottom - top) / 2))


@every_page
def test_no_two_boxes_overlap_and_all_lie_in_their_lane(case: Case) -> None:
    frames = layout(case).boxes
    for (one, first), (two, second) in combinations(frames.items(), 2):
        assert not first.touches(second, 8), f"{one} and {two}"
    for box in page_of(flowchart(case[0]), case[1]).boxes:
        assert layout(case).lanes[box.lane].holds(frames[box.id])


@every_page
def test_no_arrow_runs_through_a_box(case: Case) -> None:
    arrows = page_of(flowchart(case[0]), case[1]).arrows
    for arrow, path in zip(arrows, layout(case).paths, strict=True):
        for run in runs(path):
            hit = [
                name
                for name, box in layout(case).boxes.items()
                if Frame(box.x + 1, box.y + 1, box.width - 2, box.height - 2).touches(run)
            ]
            assert hit == [], f"{arrow.source}→{arrow.target} crosses {hit}"


@every_page
def test_the_words_on_arrows_hide_no_box_no_other_arrow_and_no_other_words(case: Case) -> None:
    placed = labels(case)
    page = Frame(0, 0, layout(case).width, layout(case).height)
    for arrow, place in placed:
        assert page.holds(place.frame), arrow
        for name, box in layout(case).boxes.items():
            assert not place.frame.touches(box), f"{arrow.source}→{arrow.target} on {name}"
    for (one, first), (two, second) in combinations(placed, 2):
        assert not first.frame.touches(second.frame), f"{one.source}→{one.target} on {two.source}→{two.target}"
    paths = list(zip(page_of(flowchart(case[0]), case[1]).arrows, layout(case).paths, strict=True))
    for arrow, place in placed:
        for other, path in paths:
            same = (other.source, other.target) == (arrow.source, arrow.target)
            if same and (place.upon or other is not arrow):
                continue  # two answers that lead the same way share their line
            hit = any(place.frame.touches(run) for run in runs(path))
            assert not hit, f"{arrow.source}→{arrow.target} on the line {other.source}→{other.target}"


@every_page
def test_the_words_on_arrows_lie_at_their_own_arrow(case: Case) -> None:
    paths = {id(arrow.branch): path for arrow, path in zip(
        page_of(flowchart(case[0]), case[1]).arrows, layout(case).paths, strict=True
    )}  # fmt: skip
    for arrow, place in labels(case):
        assert any(place.frame.touches(run, 6) for run in runs(paths[id(arrow.branch)])), arrow


@every_page
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_words_on_arrows_fit_the_room_that_was_left_for_them(case: Case, lang: str) -> None:
    for arrow, place in labels(case):
        rows = label_lines(arrow_words(arrow, lang), place.width)
        assert max(text_width(row, SIZE) for row in rows) <= place.frame.width
        assert len(rows) * 13 <= place.frame.height


@every_page
def test_boxes_and_lines_do_not_move_between_french_and_english(case: Case) -> None:
    one, two = scene(case, "fr"), scene(case, "en")
    assert (one.width, one.height) == (two.width, two.height)
    assert {name: bounds(box) for name, box in boxes(case, "fr").items()} == {
        name: bounds(box) for name, box in boxes(case, "en").items()
    }


@every_page
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_word_stays_inside_its_shape(case: Case, lang: str) -> None:
    for name, box in boxes(case, lang).items():
        frame, first = bounds(box), box.items[0]
        for item in walk(box.items):
            if not isinstance(item, Text):
                continue
            for at, row in enumerate(item.rows):
                y = item.y + at * item.leading
                assert frame.y <= y - item.size * 0.7, f"{name} runs out at the top"
                assert y + 2 <= frame.y + frame.height, f"{name} runs out at the bottom"
                width = text_width(row, item.size, bold=item.bold)
                assert width <= frame.width, f"{name} is too narrow"
                if isinstance(first, Polygon) and len(first.points) == 4:
                    assert width / 2 <= half_width(first, y - item.size / 3), f"{name}: {row} leaves the diamond"
                elif item.anchor == "start":
                    assert item.x + width <= frame.x + frame.width, f"{name}: {row} runs out on the right"


@every_page
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_that_is_written_leaves_the_page(case: Case, lang: str) -> None:
    found = scene(case, lang)
    for item in walk(found.items):
        if isinstance(item, Text):
            for row in item.rows:
                width = text_width(row, item.size, bold=item.bold)
                left = item.x - {"start": 0, "middle": width / 2, "end": width}[item.anchor]
                assert left >= 0, row
                assert left + width <= found.width, row
                assert item.y <= found.height
