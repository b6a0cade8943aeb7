"""The import ladder: no well-formed drawing is refused, what is strange is told, and nothing is half-imported."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

import sop
from sop.bpmn.ladder import Level, bring_in
from sop.bpmn.names import BPMN, BPMNDI, DC, NODES
from sop.bpmn.reading import read
from sop.bpmn.showing import scene
from sop.bpmn.structure import joined, structure_of
from sop.bpmn.writing import dump
from sop.flowchart import StepKind
from sop.scene import Group, Rect
from sop.xml_gate import Unimportable
from sop.yaml_io import load
from tests.sop.bpmn_texts import EVERYTHING, REFERRAL, bpmn, flow

LIBRARY = Path(sop.__file__).parent / "library"


def codes(data: bytes, *others: bytes) -> tuple[Level, set[str]]:
    found = bring_in([(f"{number}.bpmn", one) for number, one in enumerate((data, *others))])
    return found.level, {one.code for one in found.findings}


def link(kind: str, key: str, name: str) -> str:
    return f'<intermediate{kind}Event id="{key}"><linkEventDefinition name="{name}"/></intermediate{kind}Event>'


# --- refused in words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"<html/>", "NOT_BPMN", "begins with “html”"),
        (b'<definitions xmlns="urn:other"/>', "NOT_BPMN", "no BPMN definitions"),
        (f'<process xmlns="{BPMN}"/>'.encode(), "NOT_BPMN", "no BPMN definitions"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DMN", "decision tables"),
        (b'<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>', "DMN", "decision tables"),
        (bpmn("<task/>" * 2001), "TOO_MANY", "more than 2000 steps and arrows"),
        (bpmn("<sequenceFlow/>" * 2001), "TOO_MANY", "more than 2000 steps and arrows"),
        (b"<!DOCTYPE a>" + bpmn(REFERRAL), "DTD", "not accepted"),
        (b"", "EMPTY", "empty"),
    ],
)
def test_what_is_no_drawing_is_refused_in_words(data: bytes, code: str, words: str) -> None:
    with pytest.raises(Unimportable) as refused:
        bring_in([("file", data)])
    assert refused.value.message.code == code
    assert words in str(refused.value)


def test_two_thousand_parts_are_kept() -> None:
    drawing = read(bpmn("<task/>" * 1000 + "<sequenceFlow/>" * 1000))
    assert (len(drawing.nodes), len(drawing.flows)) == (1000, 1000)


# --- L0 and L1 -------------------------------------------------------------------------------------------------------


def test_duplicate_ids_keep_the_drawing_and_are_reported() -> None:
    level, found = codes(bpmn('<task id="a"/><task id="a"/>' + flow("f", "a", "a")))
    assert level is Level.DRAWING
    assert "DUPLICATE_ID" in found


def test_a_file_without_steps_is_a_drawing_only() -> None:
    assert codes(bpmn("")) == (Level.DRAWING, {"NO_STEPS"})


def test_link_events_are_joined_by_name_inside_a_file() -> None:
    data = bpmn(
        '<startEvent id="s"/>'
        + link("Throw", "t", "  Suite\n1 ")
        + link("Catch", "c", "Suite 1")
        + '<endEvent id="e"/>'
        + flow("f1", "s", "t", "plus loin")
        + flow("f2", "c", "e")
    )
    structure = structure_of(read(data))
    assert [(one.source, one.target, one.flow.name) for one in structure.arrows] == [("s", "e", "plus loin")]
    assert set(structure.nodes) == {"s", "e"}
    assert codes(data)[0] is Level.VALID


def test_link_events_are_joined_across_the_files_of_a_set() -> None:
    one = bpmn('<startEvent id="s"/>' + link("Throw", "t", "B") + flow("f1", "s", "t"))
    two = bpmn(link("Catch", "c", "B") + '<endEvent id="s"/>' + flow("f1", "c", "s"))
    drawing = joined([read(one), read(two)])
    assert (len(drawing.nodes), len(drawing.flows), drawing.clashes) == (4, 2, ())
    assert [(a.source, a.target) for a in structure_of(drawing).arrows] == [("s", "s-2")]
    assert "LINK_OPEN" in codes(one)[1]
    level, found = codes(one, two)
    assert level is Level.VALID
    assert "LINK_OPEN" not in found


def test_open_links_begin_and_end_ways() -> None:
    data = bpmn(
        '<task id="a"/>'
        + link("Throw", "t", "Suite")
        + link("Catch", "c", "Avant")
        + flow("f", "c", "a")
        + flow("g", "a", "t")
    )
    found = bring_in([("f", data)])
    assert found.level is Level.VALID
    assert found.flowchart is not None
    assert [step.kind for step in found.flowchart.steps.values()] == [StepKind.TASK, StepKind.END, StepKind.START]
    assert found.flowchart.steps["t"].label == {"fr": "Suite"}


def test_arrows_that_the_standard_forbids_lead_where_they_can() -> None:
    data = bpmn(
        '<task id="a"/><boundaryEvent id="b" attachedToRef="a"/><boundaryEvent id="bb" attachedToRef="b"/>'
        + link("Throw", "t", "L")
        + link("Catch", "c", "L")
        + flow("f", "a", "b", "au bord")
        + flow("g", "b", "c", "dans la liaison")
        + flow("h", "c", "bb")
    )
    structure = structure_of(read(data))
    assert set(structure.nodes) == {"a", "bb"}
    assert [(one.source, one.target) for one in structure.arrows] == [("a", "a"), ("a", "bb")]


def test_links_in_a_circle_are_reported_and_stay_a_drawing() -> None:
    data = bpmn(
        '<startEvent id="s"/>'
        + link("Throw", "t1", "A")
        + link("Catch", "c1", "A")
        + link("Throw", "t2", "B")
        + link("Catch", "c2", "B")
        + flow("f1", "s", "t1")
        + flow("f2", "c1", "t2")
        + flow("f3", "c2", "t1")
    )
    found = bring_in([("f", data)])
    assert found.level is Level.DRAWING
    (finding,) = [one for one in found.findings if one.code == "LINK_CIRCLE"]
    assert str(finding.message) == "these links lead to each other in a circle: t1 → t2 → t1"


def test_dangling_arrows_are_listed_and_left_out_unless_somebody_says_where_they_lead() -> None:
    data = bpmn(
        '<startEvent id="s"/><task id="a"/><endEvent id="e"/>' + flow("f", "s", "a") + flow("g", "a", "gone", "vers ?")
    )
    found = bring_in([("f", data)])
    assert [one.where for one in found.findings if one.code == "DANGLING"] == ["g"]
    (question,) = [one for one in found.questions if one.topic == "dangling"]
    assert (question.proposed, question.choices[:4]) == ("leave_out", ("leave_out", "s", "a", "e"))
    mended = bring_in([("f", data)], {"dangling:g": "e"}).flowchart
    assert mended is not None
    assert [(one.source, one.target, dict(one.label)) for one in mended.branches] == [
        ("s", "a", {}),
        ("a", "e", {"fr": "vers ?"}),
    ]


def test_several_starts_are_accepted_and_ways_that_begin_or_stop_anywhere_get_an_event() -> None:
    found = bring_in(
        [
            (
                "f",
                bpmn(
                    '<startEvent id="s"/><startEvent id="r"/><task id="a"/><task id="b"/>'
                    + flow("f", "s", "a")
                    + flow("g", "r", "a")
                ),
            )
        ]
    )
    assert found.level is Level.VALID
    assert found.flowchart is not None
    assert {step.id for step in found.flowchart.starts} == {"s", "r", "b_start"}
    assert {step.id for step in found.flowchart.ends} == {"a_end", "b_end"}


def test_scripts_and_conditions_of_others_are_text_and_are_told() -> None:
    danger = '__import__("os").system("true")'
    data = bpmn(
        f'<scriptTask id="a" name="x"><script>{danger}</script></scriptTask><task id="b"/>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="b">'
        f"<conditionExpression>{danger}</conditionExpression></sequenceFlow>"
    )
    found = bring_in([("f", data)])
    assert {"SCRIPT", "CONDITION"} <= {one.code for one in found.findings}
    assert found.drawing.flows[0].condition == danger
    assert found.flowchart is not None
    assert found.flowchart.branches[0].guard is None


def test_names_lose_control_characters_and_marks_that_turn_their_direction() -> None:
    drawing = read(bpmn('<task id="a" name="Cl&#xF4;&#x85;ture&#x202E;&#10; x"/>'))
    assert drawing.nodes["a"].name == "Clô\x85ture x"
    long = read(bpmn(f'<task id="{"i" * 5000}" name="{"n" * 5000}"/>'))
    (node,) = long.nodes.values()
    assert (len(node.id), len(node.name)) == (200, 2000)


def test_a_broken_file_of_a_set_is_told_and_the_others_kept() -> None:
    found = bring_in([("bad.bpmn", b"<no"), ("good.bpmn", bpmn(REFERRAL))])
    assert [(one.code, one.where) for one in found.findings][:1] == [("NOT_XML", "bad.bpmn")]
    assert len(found.drawing.nodes) == 6


def test_nested_lanes_boundary_events_and_sub_processes_are_understood() -> None:
    data = bpmn(
        '<laneSet><lane id="l" name="Tous"><flowNodeRef>a</flowNodeRef><childLaneSet><lane id="l1" name="CM">'
        "<flowNodeRef>a</flowNodeRef></lane></childLaneSet></lane></laneSet>"
        '<startEvent id="s"/><subProcess id="a" name="Évaluer"><task id="in1"/><task id="in2"/>'
        + flow("i", "in1", "in2")
        + '</subProcess><boundaryEvent id="b" name="Délai dépassé" attachedToRef="a">'
        "<timerEventDefinition/></boundaryEvent>"
        '<endEvent id="e"/><endEvent id="late"/>' + flow("f", "s", "a") + flow("g", "a", "e") + flow("h", "b", "late")
    )
    drawing = read(data)
    assert {key: node.lane for key, node in drawing.nodes.items()} == {
        "s": None, "a": "l1", "in1": "l1", "in2": "l1", "b": "l1", "e": None, "late": None,
    }  # fmt: skip
    found = bring_in([("f", data)])
    assert found.level is Level.VALID
    assert found.flowchart is not None
    ways = {(one.target, one.condition, one.label.get("fr")) for one in found.flowchart.outgoing("a")}
    assert ways == {("e", "else", None), ("late", "evaluer == no_answer", "Délai dépassé")}
    assert "INSIDE" in {one.code for one in found.findings}


# --- shown -----------------------------------------------------------------------------------------------------------


def test_a_drawing_without_a_picture_is_laid_out() -> None:
    picture = scene(read(bpmn(REFERRAL)))
    assert picture.width > 500
    assert {"Consentement ?", "Oui", "Non", "Accueil"} <= set(picture.texts())
    assert sum(isinstance(one, Group) for one in picture.items) == 6


def test_a_drawing_is_shown_where_it_was_drawn_and_nothing_is_missing() -> None:
    shapes = "".join(
        f'<s:BPMNShape xmlns:s="{BPMNDI}" bpmnElement="{key}">'
        f'<c:Bounds xmlns:c="{DC}" x="{x}" y="40" width="100" height="80"/></s:BPMNShape>'
        for key, x in (("s", "-70"), ("c", "1e2"), ("g", "nan"), ("x", "1e999"), ("e", ""))
    )
    data = bpmn(REFERRAL).replace(
        b"</definitions>", f'<b:BPMNDiagram xmlns:b="{BPMNDI}">{shapes}</b:BPMNDiagram></definitions>'.encode()
    )
    drawing = read(data)
    assert {key: frame.x for key, frame in drawing.frames.items()} == {"s": -70, "c": 100}
    picture = scene(drawing)
    assert sum(isinstance(one, Group) for one in picture.items) == 6
    (box,) = [
        one
        for group in picture.items
        if isinstance(group, Group)
        for one in group.items
        if isinstance(one, Rect) and one.height == 80
    ]
    assert (box.x, box.y) == (194, 24)
    assert picture.svg().startswith("<svg")


def test_names_cannot_break_out_of_the_picture() -> None:
    data = bpmn('<task id="a" name="&lt;script&gt;alert(1)&lt;/script&gt;"/>')
    svg = scene(read(data)).svg()
    assert "<script" not in svg
    assert "alert(1)" in svg


def test_an_export_is_shown_with_its_lanes_and_pools() -> None:
    picture = scene(read(dump(load(LIBRARY / "cameroon" / "flowchart.yaml"))))
    words = " ".join(picture.texts())
    assert "Gestionnaire de cas" in words
    assert "MINSANTE" in words


# --- hostile ---------------------------------------------------------------------------------------------------------


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A file with some of its parts removed, doubled, swapped or scribbled over."""
    parts = re.split(rb"(?<=>)", data)
    for _ in range(chance.randint(1, 6)):
        at, other = chance.randrange(len(parts)), chance.randrange(len(parts))
        change = chance.randrange(5)
        if change == 0:
            del parts[at]
        elif change == 1:
            parts.insert(other, parts[at])
        elif change == 2:
            parts[at], parts[other] = parts[other], parts[at]
        elif change == 3:
            parts[at] = re.sub(
                rb'"[^"]*"', b'"' + chance.choice([b"", b"x", b"S", b"-1", b"9" * 30, b"%s"]) + b'"', parts[at], count=1
            )
        else:
            parts[at] = re.sub(rb">[^<]*", b">" + chance.choice([b"", b"not (", b"9", b"P9Y"]), parts[at], count=1)
    return b"".join(parts)


def scribbled(chance: random.Random) -> bytes:
    """Well-formed BPMN in which any element may be joined to any other, also where the standard forbids it."""
    names = [f"n{number}" for number in range(chance.randint(1, 9))]
    nodes = ""
    for name in names:
        kind, words = chance.choice(sorted(NODES)), chance.choice(["", "oui", "Référer", "Consentement ?", "sinon"])
        event = chance.choice(["", "", "timer", "link", "message", "signal"])
        inside = f'<{event}EventDefinition name="L"/>' if event else ""
        more = f'attachedToRef="{chance.choice(names)}" default="f{chance.randint(0, 9)}"'
        nodes += f'<{kind} id="{name}" name="{words}" {more} triggeredByEvent="{chance.choice(["true", "false"])}">'
        nodes += f"{inside}</{kind}>"
    ends = [(chance.choice([*names, ""]), chance.choice(names)) for _ in range(chance.randint(0, 14))]
    return bpmn(
        nodes + "".join(flow(f"f{at}", *pair, chance.choice(["", "oui", "non"])) for at, pair in enumerate(ends))
    )


def survives(number: int) -> bool:
    """Import something damaged or drawn at random and show it; True when it was kept."""
    chance = random.Random(number)  # noqa: S311 - no secret
    start = dump(load(EVERYTHING)) if number % 2 else bpmn(REFERRAL)
    data = scribbled(chance) if number % 3 == 0 else damaged(start, chance)
    try:
        found = bring_in([("f", data)])
    except Unimportable:
        return False
    assert scene(found.drawing).svg()
    assert found.to_json()["level"] in ("L0", "L1", "L2", "L3")
    if found.flowchart is not None:
        again = bring_in([("f", dump(found.flowchart))]).flowchart
        assert again is not None
        assert again.hash == found.flowchart.hash
    return True


def test_damaged_files_are_kept_or_refused_but_never_crash() -> None:
    kept = [survives(number) for number in range(40)]
    assert {True, False} == set(kept)


@pytest.mark.slow
def test_a_thousand_damaged_files_never_crash() -> None:
    assert sum(survives(number) for number in range(1000)) > 400


def test_a_drawing_that_was_kept_can_be_imported_again_later() -> None:
    from sop.bpmn.ladder import climb

    drawing = read(bpmn(REFERRAL))
    assert climb(replace(drawing, frames={})).level is climb(drawing).level
