"""Every real drawing that we have imports to the level it deserves; sizes are counted a second, plainer way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sop.bpmn.ladder import bring_in
from sop.bpmn.reading import read
from sop.bpmn.showing import scene
from sop.scene import Group
from sop.xml_gate import Unimportable

DATA = Path(__file__).parents[2] / "../shared/data/bpmn"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the shared data are not here")

EXPECTED = {
    # file: level, nodes, flows; L1: somebody has to say what silent arrows mean, or that a sub-process shares nothing
    "camunda/loan-granting": ("L3", 10, 8),
    "camunda/order-handling": ("L3", 9, 6),
    "miwg/A.1.0": ("L3", 5, 4),
    "miwg/A.2.0": ("L1", 8, 9),
    "miwg/A.3.0": ("L3", 10, 8),
    "miwg/A.4.0": ("L3", 17, 13),
    "miwg/B.1.0": ("L1", 29, 26),
    "miwg/C.1.0": ("L3", 21, 20),
    "miwg/C.2.0": ("L1", 29, 25),
    "miwg/C.5.0": ("L3", 37, 40),
    "who-tb/0-tb-overview": ("L1", 13, 3),
    "who-tb/a-registration": ("L3", 18, 19),
    "who-tb/f-referral": ("L1", 25, 23),
}
NODE = re.compile(r"<(?:\w+:)?(\w*(?:Event|Gateway|Task|task|subProcess|SubProcess|callActivity))[\s>/]")
FLOW = re.compile(r"<(?:\w+:)?sequenceFlow[\s>]")


def counted(text: str) -> tuple[int, int]:
    """Tags whose names end like those of nodes and flows; a global task belongs to no process."""
    return len([name for name in NODE.findall(text) if not name.startswith("global")]), len(FLOW.findall(text))


def test_every_file_is_expected() -> None:
    assert {str(path.relative_to(DATA).with_suffix("")) for path in DATA.glob("*/*.bpmn")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_drawing_gets_the_level_it_deserves(name: str) -> None:
    data = (DATA / f"{name}.bpmn").read_bytes()
    found = bring_in([(name, data)]).to_json()
    assert (found["level"], found["nodes"], found["flows"]) == EXPECTED[name]
    assert (found["nodes"], found["flows"]) == counted(data.decode())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_drawing_is_shown_whole(name: str) -> None:
    drawing = read((DATA / f"{name}.bpmn").read_bytes())
    picture = scene(drawing)
    groups = [one for one in picture.items if isinstance(one, Group)]
    assert len(groups) == EXPECTED[name][1]
    assert picture.svg().count("<svg") == 1


def test_the_set_of_the_health_programme_is_one_drawing() -> None:
    files = sorted((DATA / "who-tb").glob("*.bpmn"))
    found = bring_in([(path.name, path.read_bytes()) for path in files])
    assert (found.level, len(found.drawing.nodes), len(found.drawing.flows)) == ("L1", 56, 45)
    open_links = [one.where for one in found.findings if one.code == "LINK_OPEN"]
    assert len(open_links) == 7, "no link of these three files has its counterpart among them"


def test_answers_lift_a_drawing_whose_arrows_say_nothing() -> None:
    data = (DATA / "miwg/A.2.0.bpmn").read_bytes()
    asked = [one for one in bring_in([("f", data)]).questions if one.topic == "answer" and one.proposed is None]
    assert len(asked) == 3
    answers = {one.id: f"way {number}" for number, one in enumerate(asked)}
    assert bring_in([("f", data)], answers).level == "L3"


@pytest.mark.parametrize("path", sorted(DATA.glob("*/*.dmn")), ids=lambda path: path.stem)
def test_decision_tables_are_refused_in_words(path: Path) -> None:
    with pytest.raises(Unimportable, match="decision tables"):
        read(path.read_bytes())
