"""One case through one small process: our engine beside SpiffWorkflow, both saved as JSON and loaded at each user step.

The process: four user steps, a decision, and a way back that is taken once, so six user steps in all. SpiffWorkflow is
no dependency: `run.py bench` puts it in a folder of its own, which a process of its own alone can see.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sop import engine, yaml_io
from sop.engine import State, done
from sop.flowchart import Flowchart
from tests.bench.clock import Figure, median_ms

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / ".venv/bench-spiff"
LEAST_TIMES = 50.0
RUNS = 30
NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)

ANSWERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Talk", {}),
    ("Assess", {}),
    ("Ask", {"ok": False}),
    ("Assess", {}),
    ("Ask", {"ok": True}),
    ("Follow", {}),
)
"""What is done in a case, and what each step finds out."""

OURS = """
sop: {id: SMALL, version: 1.0.0, status: draft, languages: [en]}
fields: {ok: bool}
lanes: {CM: {en: Case manager}}
nodes:
  - {id: Begin, kind: start, lane: CM, en: First contact}
  - {id: Talk, kind: task, lane: CM, en: Talk}
  - {id: Assess, kind: task, lane: CM, en: Assess}
  - {id: Ask, kind: task, lane: CM, en: Ask}
  - {id: Well, kind: decision, lane: CM, en: Well?}
  - {id: Follow, kind: task, lane: CM, en: Follow up}
  - {id: Finish, kind: end, lane: CM, en: Closed}
edges:
  - {from: Begin, to: Talk}
  - {from: Talk, to: Assess}
  - {from: Assess, to: Ask}
  - {from: Ask, to: Well}
  - {from: Well, to: Follow, guard: ok}
  - {from: Well, to: Assess, guard: not ok, loop: {max: 3, then: Follow}}
  - {from: Follow, to: Finish}
"""

THEIRS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:small">
  <process id="small" isExecutable="true">
    <startEvent id="Begin"><outgoing>f1</outgoing></startEvent>
    <userTask id="Talk" name="Talk"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>
    <userTask id="Assess" name="Assess"><incoming>f2</incoming><incoming>f6</incoming><outgoing>f3</outgoing></userTask>
    <userTask id="Ask" name="Ask"><incoming>f3</incoming><outgoing>f4</outgoing></userTask>
    <exclusiveGateway id="Well" name="Well?" default="f6">
      <incoming>f4</incoming><outgoing>f5</outgoing><outgoing>f6</outgoing>
    </exclusiveGateway>
    <userTask id="Follow" name="Follow up"><incoming>f5</incoming><outgoing>f7</outgoing></userTask>
    <endEvent id="Finish"><incoming>f7</incoming></endEvent>
    <sequenceFlow id="f1" sourceRef="Begin" targetRef="Talk"/>
    <sequenceFlow id="f2" sourceRef="Talk" targetRef="Assess"/>
    <sequenceFlow id="f3" sourceRef="Assess" targetRef="Ask"/>
    <sequenceFlow id="f4" sourceRef="Ask" targetRef="Well"/>
    <sequenceFlow id="f5" sourceRef="Well" targetRef="Follow">
      <conditionExpression>ok</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="f6" sourceRef="Well" targetRef="Assess"/>
    <sequenceFlow id="f7" sourceRef="Follow" targetRef="Finish"/>
  </process>
</definitions>
"""


def walk(flowchart: Flowchart) -> list[str]:
    """Our case, saved and loaded after each step; the steps that were there to be done."""
    state, seen = engine.start(flowchart, {}, NOW), []
    for step, found in ANSWERS:
        ((active, _need),) = state.active
        seen.append(active)
        state = engine.apply(flowchart, state, done(step, facts=found), NOW)
        state = State.from_json(json.loads(json.dumps(state.to_json())))
    if state.outcome != "Finish":
        raise RuntimeError("the case did not reach its end")
    return seen


def theirs() -> dict[str, Any]:
    """What `spiff_case.py` printed: the steps that were done and the milliseconds of each case."""
    with tempfile.TemporaryDirectory() as folder:
        bpmn = Path(folder) / "small.bpmn"
        bpmn.write_text(THEIRS, encoding="utf-8")
        command = [sys.executable, str(Path(__file__).with_name("spiff_case.py")), str(bpmn), json.dumps(ANSWERS)]
        environment = {**os.environ, "PYTHONPATH": str(PACKAGES)}
        run = subprocess.run([*command, str(RUNS)], env=environment, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def measure() -> Iterator[Figure]:
    """Milliseconds of CPU for one case on each, and how many times as many cases ours does in a second."""
    flowchart = yaml_io.load(OURS)
    wanted = [step for step, _ in ANSWERS]
    ours = median_ms(lambda: walk(flowchart), runs=RUNS, inner=10)
    if walk(flowchart) != wanted:
        raise RuntimeError("our case went another way")
    yield Figure("one small case, saved and loaded at each step", ours, "ms")
    if not (PACKAGES / "SpiffWorkflow").is_dir():
        print("SpiffWorkflow is not in .venv/bench-spiff, where run.py bench puts it: not compared", flush=True)
        return
    try:
        found = theirs()
    except (OSError, subprocess.CalledProcessError, json.JSONDecodeError) as problem:
        print(f"SpiffWorkflow cannot be run here: not compared ({type(problem).__name__})", flush=True)
        return
    if found["steps"] != wanted:
        raise RuntimeError(f"SpiffWorkflow’s case went another way: {found['steps']}")
    other = statistics.median(found["taken"])
    yield Figure("the same case on SpiffWorkflow", other, "ms", ratio=other / ours)
    yield Figure("cases in a CPU second, ours to SpiffWorkflow’s", other / ours, "times", least=LEAST_TIMES)
