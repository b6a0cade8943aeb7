"""BPMN out and back: the same flowchart again, also when a standard modeller has had the file in between."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sop
from sop.bpmn.ladder import Imported, Level, bring_in
from sop.bpmn.names import BPMN, BPMNDI, DC, DI, NRM, xml_id
from sop.bpmn.writing import dump
from sop.flowchart import Flowchart, StepKind
from sop.vocabulary import Priority
from sop.yaml_io import load
from sop.yaml_text import content_hash, plain
from tests.sop.bpmn_texts import EVERYTHING

LIBRARY = Path(sop.__file__).parent / "library"
FLOWCHARTS = sorted(LIBRARY.glob("*/flowchart.yaml"))
RESEARCH = Path(__file__).parents[2] / "../shared/data/sop/cmr_nrm_v0.yaml"
M = f"{{{BPMN}}}"
N = f"{{{NRM}}}"


def back(data: bytes) -> Imported:
    return bring_in([("file.bpmn", data)])


def chart_of(data: bytes) -> Flowchart:
    found = back(data).flowchart
    assert found is not None
    return found


def edited(data: bytes, change: Callable[[ET.Element], None]) -> bytes:
    """As a modeller writes it: other prefixes, attributes in another order, other indentation, moved shapes."""
    root = ET.fromstring(data)  # noqa: S314 - our own bytes
    change(root)
    for element in root.iter():
        given = sorted(element.attrib.items(), reverse=True)
        element.attrib.clear()
        element.attrib.update(given)
    for bounds in root.iter(f"{{{DC}}}Bounds"):
        bounds.set("x", str(float(bounds.get("x", "0")) + 17))
    for number, uri in enumerate((BPMN, BPMNDI, DC, DI)):
        ET.register_namespace(f"other{number}", uri)
    ET.register_namespace("ext", NRM)
    ET.indent(root, "\t")
    return ET.tostring(root, encoding="utf-16", xml_declaration=True)


def named(root: ET.Element, key: str) -> ET.Element:
    return next(one for one in root.iter() if one.get("id") == key and one.tag.startswith(M))


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


# --- edited elsewhere ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FLOWCHARTS[:1], ids=[path.parent.name for path in FLOWCHARTS[:1]])
def test_a_modeller_that_only_moves_shapes_changes_nothing(path: Path) -> None:
    chart = load(path)
    data = edited(dump(chart), lambda root: None)
    assert b"nrm:" not in data
    assert chart_of(data) == chart


def test_the_reference_modeller_gives_back_the_same_flowchart() -> None:
    bpmn_io = pytest.importorskip("bpmn_io", reason="bpmn-io is not installed (extra “test”)")
    chart = load(EVERYTHING)
    modeller = bpmn_io.BpmnModdle()
    read = modeller.from_xml(dump(chart).decode())
    assert read.warnings == []
    written = modeller.to_xml(read.root_element, {"format": True}).xml
    assert chart_of(written.encode()) == chart


def test_a_renamed_shape_changes_the_label_of_the_language_that_was_shown() -> None:
    chart = load(EVERYTHING)

    def rename(root: ET.Element) -> None:
        named(root, "G").set("name", "Agreement")
        named(root, "Flow_D_L").set("name", "indeed")
        named(root, "Lane_PROV").set("name", "Service provider")
        named(root, "Participant_1").set("name", "Our procedure")

    found = chart_of(edited(dump(chart, "en"), rename))
    assert found.steps["G"].label == {"fr": "Accord", "en": "Agreement"}
    assert found.outgoing("D")[0].label == {"fr": "oui", "en": "indeed"}
    assert found.lanes["PROV"] == {"fr": "Prestataire", "en": "Service provider"}
    assert found.title == {"fr": "Titre", "en": "Our procedure"}
    assert found.steps["G"] == replace(chart.steps["G"], label=found.steps["G"].label)
    assert {key: step for key, step in found.steps.items() if key != "G"} == {
        key: step for key, step in chart.steps.items() if key != "G"
    }


def test_another_lane_condition_default_and_end_of_an_arrow_are_taken_over() -> None:
    chart = load(EVERYTHING)

    def change(root: ET.Element) -> None:
        lanes = {one.get("id"): one for one in root.iter(f"{M}lane")}
        moved = next(one for one in lanes["Lane_CM"].iter(f"{M}flowNodeRef") if one.text == "T")
        lanes["Lane_CM"].remove(moved)
        lanes["Lane_PROV"].append(moved)
        condition = named(root, "Flow_W_J").find(f"{M}conditionExpression")
        assert condition is not None
        condition.text = "tries >= 4"
        named(root, "Flow_L_O_x20_1").set("targetRef", "J")

    found = chart_of(edited(dump(chart), change))
    assert found.steps["T"].lane == "PROV"
    (guard,) = [one.condition for one in found.outgoing("W") if one.target == "J"]
    assert guard == "tries >= 4"
    assert [one.target for one in found.outgoing("L")] == ["J"]


def test_a_node_added_in_a_modeller_is_asked_about_and_everything_else_kept() -> None:
    chart = load(EVERYTHING)

    def add(root: ET.Element) -> None:
        process = root.find(f"{M}process")
        assert process is not None
        ET.SubElement(process, f"{M}task", id="Activity_1", name="Appeler la personne")
        named(root, "Flow_J_T").set("targetRef", "Activity_1")
        ET.SubElement(process, f"{M}sequenceFlow", id="Flow_new", sourceRef="Activity_1", targetRef="T")
        next(root.iter(f"{M}lane")).append(ET.fromstring(f'<b:flowNodeRef xmlns:b="{BPMN}">Activity_1</b:flowNodeRef>'))  # noqa: S314

    found = back(edited(dump(chart), add))
    assert [(one.id, one.proposed) for one in found.questions] == [
        ("kind:Activity_1", "task"),
        ("deadline:Activity_1", ""),
    ]
    assert found.flowchart is not None
    new = found.flowchart.steps["Activity_1"]
    assert (new.kind, new.lane, new.label) == (StepKind.TASK, "CM", {"fr": "Appeler la personne"})
    assert [one.target for one in found.flowchart.outgoing("Activity_1")] == ["T"]
    assert {key: step for key, step in found.flowchart.steps.items() if key != "Activity_1"} == chart.steps


def test_an_arrow_added_beside_conditions_of_ours_needs_a_condition() -> None:
    chart = load(EVERYTHING)

    def add(root: ET.Element) -> None:
        process = root.find(f"{M}process")
        assert process is not None
        ET.SubElement(process, f"{M}sequenceFlow", id="Flow_new", sourceRef="D", targetRef="E", name="autre")

    data = edited(dump(chart), add)
    assert back(data).level is Level.STRUCTURE
    found = bring_in([("f", data)], {"guard:Flow_new": "tries == 5"})
    assert found.flowchart is not None
    (new,) = [one for one in found.flowchart.outgoing("D") if one.target == "E"]
    assert (new.condition, new.label) == ("tries == 5", {"fr": "autre"})


def test_a_copied_shape_keeps_its_attributes_under_an_id_of_its_own() -> None:
    chart = load(EVERYTHING)

    def copy(root: ET.Element) -> None:
        process = root.find(f"{M}process")
        assert process is not None
        twin = ET.fromstring(ET.tostring(named(root, "W")))  # noqa: S314 - our own bytes
        twin.set("id", "Activity_2")
        for name in ("incoming", "outgoing"):
            for one in twin.findall(f"{M}{name}"):
                twin.remove(one)
        process.append(twin)
        named(root, "Flow_T_E").set("targetRef", "Activity_2")
        ET.SubElement(process, f"{M}sequenceFlow", id="Flow_new", sourceRef="Activity_2", targetRef="E")

    found = chart_of(edited(dump(chart), copy))
    assert found.steps["W"] == chart.steps["W"]
    assert found.steps["Activity_2"] == replace(chart.steps["W"], id="Activity_2")
    assert found.steps["W"].due(Priority.LOW) == chart.steps["W"].due(Priority.LOW)


def test_a_renamed_id_keeps_the_identity_of_the_step() -> None:
    chart = load(EVERYTHING)
    data = dump(chart).decode()
    data = re.sub(r'(sourceRef|targetRef|bpmnElement|receiveTask id)="W"', r'\1="Activity_9"', data)
    data = data.replace("flowNodeRef>W<", "flowNodeRef>Activity_9<")
    assert '<bpmn:receiveTask id="Activity_9"' in data
    assert chart_of(data.encode()) == chart


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('names="fr"', 'names="id"'),
        ('names="fr"', ""),
        ('<nrm:branch position="3"', '<nrm:branch from="X" to="E" guard="tries == 1" position="three"'),
        ('<nrm:label lang="fr">', '<nrm:label lang="id">'),
        ('position="2" id="G"', 'position="2" id=""'),
        ("<nrm:grants>case<", '<nrm:grants lang="fr">case<'),
        ('max="2"', 'max="many"'),
        ('kind="bool"', 'kind="float"'),
        ("<nrm:languages>fr", "<nrm:languages>to"),
    ],
)
def test_our_own_marks_rewritten_by_hand_never_lead_an_arrow_astray_nor_crash(written: str, instead: str) -> None:
    text = dump(load(EVERYTHING)).decode()
    assert written in text
    found = back(text.replace(written, instead).encode())
    assert found.level >= Level.STRUCTURE
    if found.flowchart is not None:
        assert {(one.target, one.condition) for one in found.flowchart.outgoing("D")} == {
            ("L", "urgent"),
            ("G", "else"),
        }


def test_a_deleted_shape_is_gone_and_what_named_it_is_reported() -> None:
    def delete(root: ET.Element) -> None:
        process = root.find(f"{M}process")
        assert process is not None
        for key in ("L", "Flow_D_L", "Flow_L_O_x20_1"):
            process.remove(named(root, key))

    found = back(edited(dump(load(EVERYTHING)), delete))
    assert found.level is Level.MEANING
    assert found.flowchart is not None
    assert "L" not in found.flowchart.steps
    assert ("UNKNOWN_NODE", "K1") in {(one.code, one.where) for one in found.findings}


def test_another_element_for_a_step_keeps_its_attributes_and_asks_for_its_kind() -> None:
    def morph(root: ET.Element) -> None:
        named(root, "T").tag = f"{M}sendTask"
        named(root, "J").tag = f"{M}exclusiveGateway"

    found = back(edited(dump(load(EVERYTHING)), morph))
    assert found.flowchart is not None
    assert found.flowchart.steps["T"].kind is StepKind.TASK, "one activity for another is no other kind"
    assert [one.id for one in found.questions] == ["kind:J"]
    assert found.flowchart.steps["J"].kind is StepKind.DECISION
