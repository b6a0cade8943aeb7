"""A tall drawing is cut between its boxes and words, and nothing of it is lost."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from sop import yaml_io
from sop.drawing import draw, pages
from sop.placement import title_height
from sop.scene import Group, Rect, Scene, Text
from sop.strips import extent, strips

LIBRARY = Path(__file__).parents[2] / "sop/library"
FLOWCHARTS = {path.parent.name: yaml_io.load(path) for path in sorted(LIBRARY.glob("*/flowchart.yaml"))}
CASES = [
    pytest.param((country, page.id), id=f"{country}-{page.id}", marks=pytest.mark.slow if at > 2 else ())
    for country, chart in FLOWCHARTS.items()
    for at, page in enumerate(pages(chart))
]


def box(y: float, height: float = 20) -> Group:
    return Group((Rect(10, y, 50, height), Text(12, y + 12, f"box at {y:g}")))


def test_a_scene_that_fits_stays_whole() -> None:
    scene = Scene(100, 300, (box(50),), "t")
    assert strips(scene, 20, 300) == (scene,)


def test_it_is_cut_at_the_lowest_free_place() -> None:
    scene = Scene(100, 300, (Text(5, 14, "lane"), box(50), box(110), box(170), box(230)), "t")
    parts = strips(scene, 20, 160)
    assert [part.texts() for part in parts] == [
        ("lane", "box at 50", "box at 110"),
        ("box at 170", "box at 230", "lane"),
    ]
    assert [part.height for part in parts] == [152, 20 + 103]


def test_a_stretch_without_a_free_place_is_cut_all_the_same() -> None:
    scene = Scene(100, 1000, (*(box(y) for y in range(20, 970, 10)),), "t")
    assert [round(part.height) for part in strips(scene, 20, 300)] == [300, 300, 300, 145]


@pytest.mark.parametrize("case", CASES)
def test_every_box_and_word_is_whole_on_exactly_one_strip(case: tuple[str, str]) -> None:
    chart = FLOWCHARTS[case[0]]
    scene, head = draw(chart, lang="fr", page=case[1]), title_height(chart)
    parts = strips(scene, head, 900)
    assert len(parts) > 1 or scene.height <= 900
    names = [item.name for part in parts for item in part.items if isinstance(item, Group)]
    assert sorted(names) == sorted(item.name for item in scene.items if isinstance(item, Group))
    for part in parts:
        assert part.height <= 900
        for item in part.items:
            if isinstance(item, Group):
                low, high = extent(item)
                assert low >= 0
                assert high <= part.height
    lane_titles = {item.lines for item in scene.items if isinstance(item, Text) and extent(item)[1] <= head}
    for part in parts:
        assert lane_titles <= {item.lines for item in part.items if isinstance(item, Text)}
    for one, other in pairwise(parts):
        assert one.width == other.width
