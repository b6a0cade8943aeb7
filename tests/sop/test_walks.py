"""Random responders on the whole flowchart: nothing shared without its basis, nobody stuck, nothing for ever."""

import json

import pytest

from sop import yaml_io
from sop.engine import Event, State, apply, replay, start
from sop.flowchart import Flowchart
from tests.sop.research import ABSENT, DRAFT, LIBRARY
from tests.sop.walks import START, walk


@pytest.fixture(scope="module")
def flowchart() -> Flowchart:
    return yaml_io.load(LIBRARY)


def test_300_random_cases_end_and_share_only_on_a_basis(flowchart: Flowchart) -> None:
    ends = {walk(flowchart, seed)[0].outcome for seed in range(300)}
    assert ends == {"E01", "E02", "E03", "E04", "E05"}


@pytest.mark.slow
def test_10000_random_cases_end_and_share_only_on_a_basis(flowchart: Flowchart) -> None:
    for seed in range(1_000, 11_000):
        assert walk(flowchart, seed)[0].is_closed


def test_the_research_flowchart_runs_as_well() -> None:
    if not DRAFT.exists():
        pytest.skip(ABSENT)
    draft = yaml_io.load(DRAFT)
    assert {walk(draft, seed)[0].is_closed for seed in range(100)} == {True}


def test_a_case_is_the_fold_of_its_events(flowchart: Flowchart) -> None:
    for seed in range(20):
        state, events, _ = walk(flowchart, seed)
        told = json.loads(json.dumps([event.to_json() for event, _ in events]))
        again = [(Event.from_json(event), now) for event, (_, now) in zip(told, events, strict=True)]
        assert replay(flowchart, {}, START, again) == state


def test_every_state_on_the_way_is_the_fold_of_the_events_before_it(flowchart: Flowchart) -> None:
    for seed in range(6):
        _, events, _ = walk(flowchart, seed)
        state = start(flowchart, {}, START)
        for number, (event, now) in enumerate(events[:80], start=1):
            state = apply(flowchart, state, event, now)
            assert state.sequence == number + 1
            if number % 9 == 0:
                assert replay(flowchart, {}, START, events[:number]) == state


def test_a_state_kept_as_json_between_two_events_goes_on_alike(flowchart: Flowchart) -> None:
    for seed in range(20):
        state, events, _ = walk(flowchart, seed)
        kept = replay(flowchart, {}, START, [])
        for event, now in events:
            kept = apply(flowchart, State.from_json(json.loads(json.dumps(kept.to_json()))), event, now)
        assert kept == state


def test_what_happens_to_one_need_never_moves_another_but_one_that_waits_for_it(flowchart: Flowchart) -> None:
    waits = {need: set(rule.others) for rule in flowchart.conflicts if rule.others for need in rule.needs}
    for seed in range(30):
        _, events, _ = walk(flowchart, seed)
        state = replay(flowchart, {}, START, [])
        for event, now in events:
            after = apply(flowchart, state, event, now)
            if event.need and not after.is_closed:
                held = {need for need, others in waits.items() if event.need in others}
                others = {need: one for need, one in state.needs.items() if need not in {event.need, *held}}
                assert {need: after.needs[need] for need in others} == others
                moved = [key for key in after.active if key[1] not in {None, event.need, *held}]
                assert moved == [key for key in state.active if key[1] not in {None, event.need, *held}]
            state = after
