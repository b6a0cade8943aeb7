"""BPMN out and back: the same flowchart again; and what is between is a document that other modellers read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sop
from sop.bpmn.ladder import Level
from sop.bpmn.names import BPMNDI, DC, xml_id
from sop.bpmn.writing import dump
from sop.flowchart import StepKind
from sop.yaml_io import load
from sop.yaml_text import SECTIONS, content_hash, plain
from tests.sop.bpmn_texts import EVERYTHING, M, back, chart_of, named

LIBRARY = Path(sop.__file__).parent / "library"
FLOWCHARTS = sorted(LIBRARY.glob("*/flowchart.yaml"))
RESEARCH = Path(__file__).parents[2] / "../shared/data/sop/cmr_nrm_v0.yaml"


# --- identity --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FLOWCHARTS, ids=[path.parent.name for path in FLOWCHARTS])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_export_and_import_give_the_same_flowchart(path: Path, lang: str) -> None:
    chart = load(path)
    data = dump(chart, lang)
    found = back(data)
    assert found.level is Level.VALID
    assert found.questions == ()
    assert found.flowchart is not None
    assert found.flowchart.hash == chart.hash
    assert found.flowchart == chart
    assert dump(chart, lang) == data


def test_the_research_flowchart_comes_back() -> None:
    if not RESEARCH.exists():
        pytest.skip("the shared data are not here")
    chart = load(RESEARCH)
    assert chart_of(dump(chart)) == chart


def test_whatever_a_flowchart_says_comes_back() -> None:
    chart = load(EVERYTHING)
    assert {step.kind for step in chart.steps.values()} == set(StepKind)
    for lang in ("fr", "en", "ff"):
        assert chart_of(dump(chart, lang)) == chart


def test_every_key_of_the_content_is_in_the_flowchart_that_uses_everything() -> None:
    content = plain(load(EVERYTHING))
    assert content.keys() == set(SECTIONS)
    keys = {key for step in content["nodes"] for key in step}
    assert {"clock", "locked", "requires_for", "max_visits", "timer", "sets", "note", "actor", "stage", "event"} <= keys
    assert {key for edge in content["edges"] for key in edge} == {"from", "to", "guard", "loop", "fr", "en"}


def test_what_the_checks_refuse_is_carried_too() -> None:
    text = EVERYTHING.replace('[T, E, "", ""]', '[T, GONE, "", "perdu"]').replace("MED in needs", "nonsense ==")
    text = text.replace('[V, E, "urgent", "vite"]', '[V, E, "else", "vite"]')
    chart = load(text)
    found = back(dump(chart))
    assert found.level is Level.MEANING
    assert found.flowchart is not None
    assert found.flowchart.hash == chart.hash
    assert {"UNKNOWN_NODE", "GUARD_UNKNOWN_FIELD", "TWO_DEFAULTS"} <= {one.code for one in found.findings}


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Cf"]), min_size=1, max_size=8
).filter(lambda text: bool(text.strip()))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(ids=st.lists(NAMES, min_size=3, max_size=3, unique=True), label=NAMES, lane=NAMES)
def test_any_id_and_any_label_come_back(ids: list[str], label: str, lane: str) -> None:
    chart = load(EVERYTHING)
    names = dict(zip(("S", "B", "T"), ids, strict=True))
    if set(ids) & chart.steps.keys():
        return
    steps = {}
    for step in chart.steps.values():
        key = names.get(step.id, step.id)
        words = {"fr": label, "en": step.label["en"]} if step.id == "B" else step.label
        steps[key] = replace(step, id=key, lane={"CM": lane}.get(step.lane, step.lane), label=words)
    branches = tuple(
        replace(
            one,
            source=names.get(one.source, one.source),
            target=names.get(one.target, one.target),
            then=names.get(one.then or "", one.then),
        )
        for one in chart.branches
    )
    lanes = {{"CM": lane}.get(key, key): value for key, value in chart.lanes.items()}
    chart = replace(chart, steps=steps, branches=branches, lanes=lanes)
    assert chart_of(dump(chart)).hash == content_hash(chart)


@settings(max_examples=100, derandomize=True)
@given(one=st.text(max_size=8), other=st.text(max_size=8))
def test_two_steps_never_share_an_xml_id(one: str, other: str) -> None:
    assert (xml_id(one) == xml_id(other)) == (one == other)
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", xml_id(one))


# --- what others see -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root() -> ET.Element:
    return ET.fromstring(dump(load(EVERYTHING)))  # noqa: S314 - our own bytes


def test_every_node_names_its_flows_and_stands_in_its_lane(root: ET.Element) -> None:
    flows = {one.get("id"): one for one in root.iter(f"{M}sequenceFlow")}
    process = root.find(f"{M}process")
    assert process is not None
    lanes = [one.text for one in root.iter(f"{M}flowNodeRef")]
    nodes = [one for one in process if one.find(f"{M}incoming") is not None or one.find(f"{M}outgoing") is not None]
    assert sorted(lanes) == sorted(one.get("id") for one in nodes)
    assert len(lanes) == len(set(lanes)) == 14 + 2
    for node in nodes:
        for end, name in (("targetRef", "incoming"), ("sourceRef", "outgoing")):
            told = [one.text for one in node.findall(f"{M}{name}")]
            assert told == [key for key, one in flows.items() if one.get(end) == node.get("id")]


def test_each_share_sends_a_message_to_the_pool_of_those_who_receive_it(root: ET.Element) -> None:
    (message,) = root.iter(f"{M}messageFlow")
    assert (message.get("sourceRef"), message.get("name")) == ("X", "C1, C2")
    pools = {one.get("id"): (one.get("name"), one.get("processRef")) for one in root.iter(f"{M}participant")}
    assert pools[message.get("targetRef")] == ("Centre", None)


def test_conditions_defaults_and_elements_are_those_of_the_standard(root: ET.Element) -> None:
    tags = {
        key: named(root, key).tag.removeprefix(M) for key in ("S", "G", "D", "B", "O_x20_1", "P_MED", "X", "W", "E")
    }
    assert tags == {
        "S": "startEvent",
        "G": "userTask",
        "D": "exclusiveGateway",
        "B": "businessRuleTask",
        "O_x20_1": "inclusiveGateway",
        "P_MED": "callActivity",
        "X": "sendTask",
        "W": "receiveTask",
        "E": "endEvent",
    }
    assert named(root, "D").get("default") == "Flow_D_G"
    condition = named(root, "Flow_D_L").find(f"{M}conditionExpression")
    assert condition is not None
    assert (condition.text, condition.get("language")) == ("urgent", "urn:nrm:guard:1")
    assert named(root, "V").find(f"{M}signalEventDefinition") is not None


def test_every_shape_and_every_arrow_is_drawn_once_and_shapes_keep_clear_of_each_other(root: ET.Element) -> None:
    drawn = [one.get("bpmnElement") for one in root.iter(f"{{{BPMNDI}}}BPMNShape")]
    lines = [one.get("bpmnElement") for one in root.iter(f"{{{BPMNDI}}}BPMNEdge")]
    assert len(drawn) == len(set(drawn)) == 16 + 3 + 2
    assert sorted(lines) == sorted(
        one.get("id") for tag in ("sequenceFlow", "messageFlow") for one in root.iter(M + tag)
    )
    boxes = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        bounds = next(shape.iter(f"{{{DC}}}Bounds"))
        boxes[shape.get("bpmnElement")] = tuple(float(bounds.get(one, "0")) for one in ("x", "y", "width", "height"))
    nodes = [one.text for one in root.iter(f"{M}flowNodeRef")]
    for number, one in enumerate(nodes):
        x, y, width, height = boxes[one]
        for other in nodes[number + 1 :]:
            left, top, wide, high = boxes[other]
            assert x + width < left or left + wide < x or y + height < top or top + high < y, (one, other)
    for lane in root.iter(f"{M}lane"):
        left, top, wide, high = boxes[lane.get("id")]
        for inner in lane.iter(f"{M}flowNodeRef"):
            x, y, width, height = boxes[inner.text]
            assert min(x - left, y - top, left + wide - x - width, top + high - y - height) >= 0, inner.text


@pytest.mark.parametrize("path", FLOWCHARTS, ids=[path.parent.name for path in FLOWCHARTS])
def test_the_linter_of_the_modellers_has_no_error(path: Path) -> None:
    bpmn_io = pytest.importorskip("bpmn_io", reason="bpmn-io is not installed (extra “test”)")
    from bpmn_io.lint import Linter
    from bpmn_io.lint.resolver import NodeResolver

    read = bpmn_io.BpmnModdle().from_xml(dump(load(path)).decode())
    assert read.warnings == []
    linter = Linter(config={"extends": "bpmnlint:recommended"}, resolver=NodeResolver())
    found = [one for reports in linter.lint(read.root_element).values() for one in reports]
    assert {one["category"] for one in found} == {"warn"}, "the linter runs, and what it has to say is no error"
