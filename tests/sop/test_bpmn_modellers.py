"""Through another modeller a file keeps every attribute; what was changed there is taken over, or asked about."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import sop
from sop.bpmn.ladder import Level, bring_in
from sop.bpmn.names import BPMN, BPMNDI, DC, DI, NRM
from sop.bpmn.writing import dump
from sop.flowchart import StepKind
from sop.vocabulary import Priority
from sop.yaml_io import load
from tests.sop.bpmn_texts import EVERYTHING, M, back, chart_of, named

FLOWCHART = Path(sop.__file__).parent / "library" / "cameroon" / "flowchart.yaml"


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


def test_a_modeller_that_only_moves_shapes_changes_nothing() -> None:
    chart = load(FLOWCHART)
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
