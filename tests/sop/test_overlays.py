"""What lies over a drawing is told by a rim, a sign and a number or word, in the legend and in the list alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from sop import yaml_io
from sop.drawing import draw, outline
from sop.flowchart import Flowchart
from sop.overlays import MARK_WORDS, Badge, Mark, Overlay, changes, counts, delays, gaps
from sop.pages import LOOP, MAIN
from sop.scene import Group, Hatch, Polygon, Rect, Scene, Text, walk
from sop.vocabulary import Message

FLOWCHART: Flowchart = yaml_io.load(Path(__file__).parents[2] / "sop/library/cameroon/flowchart.yaml")


def words_in(scene: Scene, step: str) -> list[str]:
    box = next(item for item in scene.items if isinstance(item, Group) and item.name == f"step-{step}")
    return [row for item in walk(box.items) if isinstance(item, Text) for row in item.rows]


def label_of(scene: Scene, step: str) -> str:
    return next(str(i.label) for i in scene.items if isinstance(i, Group) and i.name == f"step-{step}")


def said(overlay: Overlay, page: str = MAIN) -> dict[str, str]:
    return {
        entry.step: entry.badge for entry in outline(FLOWCHART, lang="en", page=page, overlay=overlay) if entry.badge
    }


def hatches(overlay: Overlay, page: str = MAIN) -> list[Hatch]:
    scene = draw(FLOWCHART, lang="en", page=page, overlay=overlay)
    return [
        item.fill
        for item in scene.items
        if isinstance(item, Rect | Polygon) and isinstance(item.fill, Hatch) and item.fill.spacing
    ]


def test_open_cases_are_a_number_on_the_step_and_a_sum_where_all_needs_are_one_box() -> None:
    overlay = counts(FLOWCHART, {"N03": 12, "R01": 3, "W01": 4, "N09": 0})
    scene = draw(FLOWCHART, lang="en", page=MAIN, overlay=overlay)
    assert words_in(scene, "N03")[-1] == "n = 12"
    assert words_in(scene, "needs")[-1] == "n = 7"
    assert "n = 0" not in scene.texts()
    assert said(overlay) == {"N03": "open cases here: 12", "needs": "open cases here: 7"}
    assert said(overlay, LOOP) == {
        "needs": "open cases here: 7",
        "R01": "open cases here: 3",
        "W01": "open cases here: 4",
    }
    assert label_of(scene, "N03").endswith(" · open cases here: 12")


@pytest.mark.parametrize(("late", "spacing"), [(1, 9.0), (3, 6.0), (6, 3.5), (12, 3.5)])
def test_the_more_is_overdue_the_denser_the_hatch_beside_the_number(late: int, spacing: float) -> None:
    overlay = delays(FLOWCHART, {"N03": (late, 12), "N09": (0, 5)})
    assert hatches(overlay)[0].spacing == spacing
    assert said(overlay) == {"N03": f"{late} of 12 open cases overdue ({round(late / 0.12)} %)"}
    assert f"{round(late / 0.12)} % ({late}/12)" in words_in(draw(FLOWCHART, lang="en", overlay=overlay), "N03")


def test_a_gap_names_the_regions_on_the_page_of_its_need_and_the_needs_on_the_main_page() -> None:
    overlay = gaps(FLOWCHART, {"P_MED": ["Adamaoua", "Est"], "P_TEH": []})
    assert said(overlay) == {"needs": "no provider for: MED, TEH"}
    assert said(overlay, "P_MED") == {"P_MED": "no provider in: Adamaoua, Est"}
    assert said(overlay, "P_TEH") == {"P_TEH": "no provider anywhere"}
    assert hatches(overlay, "P_MED")[0].cross
    scene = draw(FLOWCHART, lang="en", page="P_MED", overlay=overlay)
    assert words_in(scene, "P_MED")[-1] == "! 2"
    assert "no provider" in scene.texts()


def test_two_versions_differ_by_sign_word_and_line_on_steps_and_arrows() -> None:
    steps = {"N03": (Mark.CHANGED, "4 h → 2 h"), "N02": (Mark.REMOVED, ""), "D03": (Mark.ADDED, "")}
    arrows = {"D03→N06": (Mark.CHANGED, "condition"), "N07→N08": (Mark.ADDED, "")}
    overlay = changes(steps, arrows)
    scene = draw(FLOWCHART, lang="en", overlay=overlay)
    assert "≠ changed" in words_in(scene, "N03")
    assert "− removed" in words_in(scene, "N02")
    assert "+ added" in words_in(scene, "D03")
    assert "≠ given, in full or in" in scene.texts()
    assert "+" in scene.texts()
    rims = {item.dash for item in scene.items if isinstance(item, Rect | Polygon) and item.stroke_width == 2}
    assert rims == {(), (7.0, 5.0), (2.0, 3.0)}
    entries = {entry.step: entry for entry in outline(FLOWCHART, lang="en", overlay=overlay)}
    assert entries["N03"].badge == "changed: 4 h → 2 h"
    assert entries["N02"].badge == "removed"
    assert entries["N07"].ways[0][0] == "added"
    assert entries["D03"].ways[-1][0] == "given, in full or in part – changed: condition"


def test_the_legend_explains_each_mark_that_is_on_the_page_and_no_other() -> None:
    words = set(MARK_WORDS.values())
    assert words & set(draw(FLOWCHART, lang="en").texts()) == set()
    overlay = changes({"N03": (Mark.REMOVED, ""), "R01": (Mark.ADDED, "")}, {"D03→N06": (Mark.CHANGED, "")})
    assert words & set(draw(FLOWCHART, lang="en", page=MAIN, overlay=overlay).texts()) == {"removed", "changed"}
    assert words & set(draw(FLOWCHART, lang="en", page=LOOP, overlay=overlay).texts()) == {"added"}


def test_boxes_stay_where_they_are_under_badges_in_both_languages() -> None:
    overlay = delays(FLOWCHART, dict.fromkeys(FLOWCHART.steps, (1, 2)))
    scenes = [draw(FLOWCHART, lang=lang, overlay=one) for lang in ("fr", "en") for one in (Overlay(), overlay)]
    assert len({scene.width for scene in scenes}) == 1
    frames = [[i.items[0] for i in scene.items if isinstance(i, Group)] for scene in scenes]
    assert frames[0] == frames[1] == frames[2] == frames[3]


def test_a_badge_on_a_step_that_is_not_there_is_nothing() -> None:
    overlay = Overlay({"N99": Badge(Mark.COUNT, "1", Message("X", "x"))})
    assert draw(FLOWCHART, lang="fr", overlay=overlay) == draw(FLOWCHART, lang="fr")


@pytest.mark.parametrize("words", ["supprimé", "modifié", "ajouté"])
def test_a_tag_leaves_the_arrow_out_of_the_box_free(words: str) -> None:
    marks = {"N03": (Mark.REMOVED, ""), "D03": (Mark.CHANGED, ""), "N09": (Mark.ADDED, "")}
    scene = draw(FLOWCHART, lang="fr", overlay=changes(marks), translate=lambda _text: words)
    for step in marks:
        box = next(item for item in scene.items if isinstance(item, Group) and item.name == f"step-{step}")
        first, tag = box.items[0], box.items[-2]
        assert isinstance(tag, Rect)
        middle = first.x + first.width / 2 if isinstance(first, Rect) else first.points[0][0]  # type: ignore[union-attr]
        assert tag.x + tag.width < middle - 2
