"""The drawing: nothing overlaps, nothing moves between languages, and everything can be read without colour."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop import yaml_io
from sop.agenda import Standing
from sop.drawing import draw, home_of, outline, page_title, pages
from sop.flowchart import Flowchart
from sop.layout import Frame, Link, Spot, arrange
from sop.pages import LOOP, MAIN
from sop.scene import Circle, Group, Polygon, Rect, Scene, Text, walk
from sop.scene import Path as Curve

ROOT = Path(__file__).parents[2]
FLOWCHART = yaml_io.load(ROOT / "sop/library/cameroon/flowchart.yaml")
PAGES = tuple(page.id for page in pages(FLOWCHART))


def boxes(scene: Scene) -> dict[str, Group]:
    return {str(item.name): item for item in scene.items if isinstance(item, Group)}


def rows_of(group: Group) -> list[str]:
    return [row for item in walk(group.items) if isinstance(item, Text) for row in item.rows]


def test_there_is_a_main_page_a_loop_a_page_for_each_pathway_and_one_for_withdrawal() -> None:
    assert len(PAGES) == 16
    assert PAGES[:3] == ("main", "loop", "P_MED")
    assert PAGES[-1] == "V01"
    assert all(page.size <= 25 for page in pages(FLOWCHART))


def test_every_step_has_a_page_that_shows_it() -> None:
    shown = {page.id: {box.id for box in page.boxes} for page in pages(FLOWCHART)}
    assert [home_of(FLOWCHART, step) for step in ("S0", "P_TEH", "X03", "N11", "E05")] == [
        "main",
        "P_TEH",
        "loop",
        "V01",
        "V01",
    ]
    for step in FLOWCHART.steps:
        if step not in ("G03", "G04"):  # steps of a single pathway
            assert step in shown[home_of(FLOWCHART, step)]
    assert "G03" in shown["P_TEH"]
    assert "G04" in shown["P_ASI"]


def _inside(box: Frame) -> Frame:
    return Frame(box.x + 1, box.y + 1, box.width - 2, box.height - 2)


def test_each_box_shows_its_id_and_its_deadline() -> None:
    scene = draw(FLOWCHART, lang="fr", page=MAIN)
    texts = {
        name: [row for item in walk(box.items) if isinstance(item, Text) for row in item.rows]
        for name, box in boxes(scene).items()
    }
    assert "N03" in texts["step-N03"]
    assert "4\N{NO-BREAK SPACE}h – 24\N{NO-BREAK SPACE}h" in texts["step-N03"]
    assert "1\N{NO-BREAK SPACE}h" in texts["step-N01"]
    assert " ".join(texts["step-D01"][1:]) == "Danger immédiat ou urgence vitale\xa0?"


def test_each_box_says_who_acts_or_which_data_go() -> None:
    scene = draw(FLOWCHART, lang="fr", page=MAIN)
    notes = {name: rows_of(box)[-1] for name, box in boxes(scene).items()}
    texts = {name: rows_of(box) for name, box in boxes(scene).items()}
    assert "Premier contact" in texts["step-N01"]
    assert "La personne, le tuteur" in texts["step-G02"]
    assert "MINSANTE, DGSN," in texts["step-X01"]
    assert notes["step-E01"] == "vérifiés"
    assert "what the consent" in rows_of(boxes(draw(FLOWCHART, lang="en", page=LOOP))["step-X03"])


def test_kinds_differ_by_their_outline_not_only_by_colour() -> None:
    scene = boxes(draw(FLOWCHART, lang="fr", page=LOOP))
    outlines = {}
    for name, step in {"task": "R02", "consent": "G05", "share": "X03", "wait": "W01", "decision": "D10"}.items():
        outlines[name] = tuple(
            (type(item).__name__, len(item.points) if isinstance(item, Polygon) else 0)
            for item in scene[f"step-{step}"].items
            if isinstance(item, Rect | Polygon | Circle | Curve)
        )[:2]
    assert outlines["decision"] == (("Polygon", 4),)
    assert outlines["share"][0] == ("Polygon", 5)
    assert outlines["consent"] == (("Polygon", 5), ("Polygon", 3))
    assert outlines["wait"][1] == ("Circle", 0)
    assert len(set(outlines.values())) == 5


def test_loops_are_dashed_and_the_way_on_is_not() -> None:
    curves = [item for item in draw(FLOWCHART, lang="fr", page=LOOP).items if isinstance(item, Curve)]
    loops = [
        branch
        for branch in FLOWCHART.branches
        if branch.is_loop and branch.source in ("G05", "D09", "D10", "R04", "D11")
    ]
    assert len([curve for curve in curves if curve.dash]) == len(loops) + 1  # and one in the legend


def test_standings_are_told_by_a_sign_a_word_and_the_rim() -> None:
    position = {"N01": Standing.DONE, "N03": Standing.NOW, "L02": Standing.NEXT, "L01": Standing.SKIPPED}
    scene = boxes(draw(FLOWCHART, lang="en", page=MAIN, position=position))
    rims = {}
    for step, words in {"N01": "✓ done", "N03": "● now", "L02": "◌ next", "L01": "– not taken"}.items():
        group = scene[f"step-{step}"]
        assert words in rows_of(group)
        first = group.items[0]
        assert isinstance(first, Rect | Polygon)
        rims[step] = (first.stroke_width, first.dash)
        assert words[2:] in str(group.label)
    assert len(set(rims.values())) == 4
    assert not any("done" in row for row in draw(FLOWCHART, lang="en", page=MAIN).texts())


def test_words_of_the_drawing_go_through_the_catalogue() -> None:
    catalogue = {"done": "fait", "%(days)d d": "%(days)d j"}
    position = {"N01": Standing.DONE}
    said = draw(FLOWCHART, lang="fr", position=position, translate=lambda word: catalogue.get(word, word)).texts()
    assert {"✓ fait", "24\N{NO-BREAK SPACE}h – 5 j"} <= set(said)
    assert "✓ done" not in said


def test_the_list_says_what_the_picture_shows() -> None:
    entries = outline(FLOWCHART, lang="en", page=MAIN, position={"D01": Standing.NOW})
    assert {entry.step for entry in entries} == {box.id for box in pages(FLOWCHART)[0].boxes}
    assert [entry.step for entry in entries[:3]] == ["S0", "N01", "D01"]
    decision = entries[2]
    assert (decision.kind, decision.standing) == ("decision", Standing.NOW)
    assert decision.ways == (
        ("yes", "L01", "Record the vital emergency: reason, witness, capacity of the person"),
        ("no", "N03", "Identify: identification form and signs of vulnerability"),
    )
    assert {entry.step: entry.page for entry in entries if entry.page} == {"needs": "loop"}


def test_shapes_can_be_links() -> None:
    scene = draw(FLOWCHART, lang="fr", page="V01", link=lambda page, step: f"/procedure/{page}#{step}")
    links = {name: box.link for name, box in boxes(scene).items()}
    assert links["step-N11"] == "/procedure/V01#N11"
    assert links["step-G02"] == "/procedure/main#G02"


def test_the_svg_is_well_formed_and_needs_no_inline_style() -> None:
    svg = draw(FLOWCHART, lang="fr", page=MAIN).svg()
    root = ET.fromstring(svg)  # noqa: S314
    assert root.attrib["viewBox"].startswith("0 0 ")
    assert "style=" not in svg
    assert "<script" not in svg


def test_a_label_cannot_smuggle_markup_in() -> None:
    step = FLOWCHART.steps["N01"]
    bad = replace(step, label=MappingProxyType({"fr": "<script>alert(1)</script> & co", "en": "x"}))
    hostile = replace(FLOWCHART, steps={**FLOWCHART.steps, "N01": bad})
    svg = draw(hostile, lang="fr", page=MAIN).svg()
    ET.fromstring(svg)  # noqa: S314
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


def test_a_circle_that_nobody_declared_is_drawn_all_the_same() -> None:
    branches = tuple(replace(branch, is_loop=False) for branch in FLOWCHART.branches)
    circular = replace(FLOWCHART, branches=branches)
    for page in pages(circular):
        assert draw(circular, lang="fr", page=page.id).height > 100


def test_titles() -> None:
    found = {page.id: page_title(FLOWCHART, page, lang="en") for page in pages(FLOWCHART)}
    assert found["main"] == "Procedure of the national referral mechanism of Cameroon"
    assert found["P_MED"] == "Physical health"
    assert found["loop"] == "The way of one need: look for a service, ask, send, answer"


def test_an_unknown_page_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw(FLOWCHART, lang="fr", page="nowhere")


@st.composite
def drawings(draw_from: st.DrawFn) -> tuple[list[Spot], list[Link]]:
    count = draw_from(st.integers(1, 14))
    spots = [
        Spot(
            str(at),
            draw_from(st.sampled_from("ABC")),
            100,
            draw_from(st.sampled_from([40, 90])),
            draw_from(st.booleans()),
        )
        for at in range(count)
    ]
    ends = st.integers(0, count - 1)
    pairs = draw_from(st.lists(st.tuples(ends, ends), max_size=24, unique=True))
    return spots, [Link(str(a), str(b), back=b <= a) for a, b in pairs]


@settings(max_examples=80, deadline=None)
@given(drawings())
def test_any_page_is_laid_out_without_overlap_and_without_crossing_boxes(page: tuple[list[Spot], list[Link]]) -> None:
    spots, links = page
    layout = arrange(spots, links, ("A", "B", "C"), header=30)
    for first, second in combinations(layout.boxes.values(), 2):
        assert not first.touches(second, 4)
    for spot in spots:
        assert layout.lanes[spot.lane].holds(layout.boxes[spot.id])
        assert Frame(0, 0, layout.width, layout.height).holds(layout.boxes[spot.id])
    for link, path in zip(links, layout.paths, strict=True):
        assert path[0] != path[-1]
        for (x1, y1), (x2, y2) in pairwise(path):
            assert x1 == x2 or y1 == y2
            run = Frame(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
            assert not [name for name, box in layout.boxes.items() if _inside(box).touches(run)], link


def test_pages_are_for_any_flowchart() -> None:
    research = ROOT / "../shared/data/sop/cmr_nrm_v0.yaml"
    if not research.exists():
        pytest.skip("the research flowchart is not on this machine")
    draft: Flowchart = yaml_io.load(research)
    assert [page.id for page in pages(draft)][:2] == ["main", "loop"]
    for page in pages(draft):
        assert draw(draft, lang="fr", page=page.id).texts()
