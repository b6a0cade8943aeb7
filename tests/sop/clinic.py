"""A small flowchart with one service, a plan with constant times, and the one clinic that gives the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sop import yaml_io
from sop.simulation.plan import Plan, Provider, StepTime

CAMEROON = Path(yaml_io.__file__).parent / "library/cameroon/flowchart.yaml"
SMALL = yaml_io.load("""
sop: {id: X, version: 1.0.0, status: draft, languages: [en]}
fields:
  priority: {enum: [critical, high, medium, low]}
  needs: {set: [MED, PSY]}
  provider_found: bool
  service_result: {enum: [complete, none]}
lanes: {CM: {en: Case manager}}
nodes:
  - {id: S, kind: start, lane: CM, en: Start}
  - {id: A, kind: task, lane: CM, en: Meet, sets: [needs, priority]}
  - {id: O, kind: split_or, lane: CM, en: Needs}
  - {id: P_MED, kind: pathway, need: MED, lane: CM, en: Health}
  - {id: P_PSY, kind: pathway, need: PSY, lane: CM, en: Support}
  - {id: R, kind: task, lane: CM, en: Search, sets: [provider_found]}
  - {id: D, kind: decision, lane: CM, en: "Found?"}
  - {id: V, kind: task, lane: CM, en: Serve, deadline: PT4H, sets: [service_result]}
  - {id: J, kind: join_or, lane: CM, en: Together}
  - {id: E, kind: end, lane: CM, en: Closed}
edges:
  - {from: S, to: A}
  - {from: A, to: O}
  - {from: O, to: P_MED, guard: "MED in needs"}
  - {from: O, to: P_PSY, guard: "PSY in needs"}
  - {from: O, to: J, guard: else}
  - {from: P_MED, to: R}
  - {from: P_PSY, to: R}
  - {from: R, to: D}
  - {from: D, to: V, guard: provider_found}
  - {from: D, to: J, guard: not provider_found}
  - {from: V, to: J}
  - {from: J, to: E}
""")
CLINIC = Provider("clinic", frozenset({"MED"}))
TIMES = {"A": StepTime(timedelta(hours=2)), "R": StepTime(timedelta(hours=1)), "V": StepTime(timedelta(hours=5))}
PLAN = Plan(
    cases=3,
    days=1,
    start=datetime(2026, 1, 5, tzinfo=UTC),
    mix={"needs": {"MED": 1}, "needs_per_case": {1: 1}, "priority": {"high": 1}},
    answers={"service_result": {"complete": 1}},
    step_times=TIMES,
    providers=(CLINIC,),
)

SCENARIO = """
cases: 12
days: 60
start: 2026-02-02
most_steps: 90
mix:
  region: {north: 2, south: 1}
  priority: {critical: 1, low: 3}
  needs: {MED: 3, PSY: 1}
  needs_per_case: {1: 2, 2: 1}
answers:
  service_result: {complete: 9, none: 1}
times:
  steps: {V: {median: P2D, sigma: 0.5}}
  kinds: {task: {median: PT3H}}
providers:
  - {id: clinic, needs: [MED], regions: [north], capacity: 4, agreement_until: 2026-03-03}
  - {id: ward, needs: [MED, PSY]}
"""
