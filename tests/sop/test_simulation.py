"""Simulated cases walk the flowchart with the real engine: the same seed, the same cases, whatever else is changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop import yaml_io
from sop.flowchart import Flowchart, StepKind
from sop.guards import Field, FieldKind
from sop.simulation.answers import Answers
from sop.simulation.chance import stream, weighted
from sop.simulation.comparison import compare
from sop.simulation.coverage import coverage
from sop.simulation.figures import AgreementStop, DemandFigures, Spread, StayFigures, StepFigures, spread
from sop.simulation.plan import Plan, Provider, StepTime
from sop.simulation.queues import Desks
from sop.simulation.run import Simulation, TooManyMoves, run
from sop.simulation.scenario import read_change
from sop.simulation.stays import Stays
from sop.vocabulary import Priority
from tests.sop.clinic import CAMEROON, CLINIC, PLAN, SMALL, TIMES


@cache
def cameroon() -> Flowchart:
    return yaml_io.load(CAMEROON)


def arrival_hours(seed: int, plan: Plan) -> list[float]:
    """When the cases arrive, in hours from the start, by case number."""
    return [stream(seed, case, "arrival").random() * 24 * plan.days for case in range(1, plan.cases + 1)]


# --- a small flowchart with constant times ----------------------------------------------------------------------------


def test_constant_times_give_the_sum_of_the_steps_before_the_service() -> None:
    result = run(PLAN, SMALL, 1)
    assert (result.closed, result.outcomes) == (3, {"E": 3})
    assert result.hours == pytest.approx({1: 3, 2: 3, 3: 3})  # 2 h to meet, 1 h to search
    assert result.steps == (StepFigures("V", 3, 3),)  # 5 h of work on a deadline of 4 h; no other step has a deadline
    assert result.demand == (DemandFigures("MED", "", 3, 3),)


def test_who_finds_no_place_waits_for_the_next_thirty_days() -> None:
    result = run(replace(PLAN, providers=(replace(CLINIC, capacity=1),)), SMALL, 1)
    first, second, third = sorted(arrival_hours(1, PLAN))
    assert sorted(result.hours.values()) == pytest.approx([3, 720 - second, 1440 - third])
    (clinic,) = result.providers
    assert (clinic.referred, clinic.served, clinic.still_waiting) == (3, 3, 0)
    waits = [0, 720 - second - 3, 1440 - third - 3]
    assert (clinic.mean_wait, clinic.max_wait) == pytest.approx((sum(waits) / 3, waits[2]))
    assert first < second < third


def test_without_its_only_provider_a_need_stays_unmet_and_the_case_still_ends() -> None:
    found = compare(PLAN, replace(PLAN, providers=(replace(CLINIC, needs=frozenset({"PSY"})),)), SMALL, SMALL, 1)
    assert found.after.demand == (DemandFigures("MED", "", 3, 0),)
    assert (found.after.closed, found.lost, found.unmet_changes) == (3, 3, {("MED", ""): 3})
    assert (found.p50_change, found.after.first_service) == (None, Spread(0, None, None))


def test_a_provider_without_places_keeps_its_queue_and_the_run_ends() -> None:
    result = run(replace(PLAN, providers=(replace(CLINIC, capacity=0),)), SMALL, 1)
    assert (result.closed, result.unfinished, result.providers[0].still_waiting) == (0, 3, 3)


def test_an_agreement_that_ended_stops_referrals_in_these_months() -> None:
    plan = replace(PLAN, cases=30, days=90, providers=(replace(CLINIC, agreement_until=30),))
    searched = [hours + 3 for hours in arrival_hours(1, plan)]
    late = [hours for hours in searched if hours >= 720]
    months = {int(hours // 720) + 1 for hours in late}
    result = run(plan, SMALL, 1)
    assert result.agreements == tuple(
        AgreementStop(month, "clinic", sum(hours // 720 == month - 1 for hours in late)) for month in sorted(months)
    )
    assert months >= {2, 3}
    assert result.demand[0].unmet == len(late)


def test_a_provider_serves_only_the_regions_it_names() -> None:
    mix = {**PLAN.mix, "region": {"north": 1, "south": 1}}
    plan = replace(PLAN, cases=20, mix=mix, providers=(replace(CLINIC, regions=frozenset({"north"})),))
    figures = {one.region: one for one in run(plan, SMALL, 1).demand}
    assert figures["north"].met == figures["north"].asked > 0
    assert figures["south"].met == 0 < figures["south"].asked


def test_the_more_urgent_is_served_first_and_then_who_came_first() -> None:
    desks = Desks(PLAN)
    for number, priority in enumerate(("low", "critical", "low", "critical"), 1):
        desks.queue("clinic", (number, "V", "MED"), priority, PLAN.start)
    taken = [desks.take("clinic", PLAN.start) for _ in range(4)]
    assert [one[0][0] for one in taken if one] == [2, 4, 1, 3]


def test_a_case_that_passes_too_many_steps_is_stopped_and_counted() -> None:
    result = run(replace(PLAN, most_steps=1), SMALL, 1)
    assert (result.closed, result.stopped, result.unfinished) == (0, 3, 0)


def test_moves_of_all_cases_together_have_their_limit() -> None:
    needed = 9  # three cases of three steps
    assert run(replace(PLAN, most_moves=needed), SMALL, 1).closed == 3
    with pytest.raises(TooManyMoves):
        run(replace(PLAN, most_moves=needed - 1), SMALL, 1)


def test_stays_count_waiting_and_closing_counts_the_whole_way() -> None:
    result = run(replace(PLAN, providers=(replace(CLINIC, capacity=1),)), SMALL, 1)
    first, second, third = sorted(arrival_hours(1, PLAN))
    served = sorted((5, 725 - second - 3, 1445 - third - 3))  # 5 h of work, after the wait for a place
    meet, search, serve = result.stays
    assert (meet.step, meet.stay) == ("A", Spread(3, pytest.approx(2), pytest.approx(2)))
    assert (search.step, serve.step, serve.most) == ("R", "V", 2 if third > first + 5 else 3)
    assert serve.stay == Spread(3, pytest.approx(served[1]), pytest.approx(served[2]))
    assert result.closing == Spread(3, pytest.approx(served[1] + 3), pytest.approx(served[2] + 3))


def test_a_step_that_is_left_without_being_done_is_left_empty() -> None:
    stays = Stays()
    stays.came("A")
    stays.left(["A"])
    stays.came("A")
    assert stays.figures(["A"]) == (StayFigures("A", Spread(0, None, None), 1),)


def test_a_number_with_a_thousand_million_values_is_drawn_without_listing_them() -> None:
    field = Field("age", FieldKind.INT, low=-5, high=10**9)
    answers = Answers(PLAN, replace(SMALL, fields={**SMALL.fields, "age": field}), 1)
    drawn = [answers.answer("age", {}, (case, "A", None), 1) for case in range(200)]
    assert all(-5 <= one <= 10**9 for one in drawn)
    assert max(drawn) > 5 * 10**8 > min(drawn)


def test_half_and_nine_in_ten_are_nearest_ranks() -> None:
    assert spread(range(10, 0, -1)) == Spread(10, 5, 9)
    assert spread([7.5]) == Spread(1, 7.5, 7.5)


def test_what_a_plan_leaves_open_is_named_as_an_assumption() -> None:
    codes = {message.code for message in run(replace(PLAN, answers={}, providers=()), SMALL, 1).assumptions}
    assert codes == {"ASSUMED_ANSWER", "ASSUMED_ARRIVALS", "ASSUMED_NO_QUEUE"}
    assert {message.code for message in run(PLAN, SMALL, 1).assumptions} == {"ASSUMED_ARRIVALS", "ASSUMED_PROVIDERS"}
    bare = run(replace(PLAN, step_times={}), SMALL, 1)
    assert {m.code: m.values for m in bare.assumptions}["ASSUMED_NO_TIME"] == {"steps": "A, R"}


# --- one seed, one run; one change, one difference --------------------------------------------------------------------


def trails(plan: Plan, flowchart: Flowchart, seed: int) -> dict[int, list[tuple[str, str | None, float]]]:
    """By case, each step that somebody did: its need and the hours it took."""
    simulation = Simulation(plan, flowchart, seed)
    simulation.play()
    return {
        number: [(one.step, one.need, (one.at - one.entered) / timedelta(hours=1)) for one in case.state.trail]
        for number, case in simulation.cases.items()
    }


def test_the_seed_decides_everything() -> None:
    plan = Plan(cases=15, providers=(Provider("A", frozenset({"MED", "PSY"}), capacity=2),))
    once, again, other = (json.dumps(run(plan, cameroon(), seed).to_json()) for seed in (7, 7, 8))
    assert once == again
    assert once != other


def test_a_step_that_takes_longer_moves_no_other_draw() -> None:
    before = trails(Plan(cases=15), cameroon(), 3)
    after = trails(Plan(cases=15, step_times={"N08": StepTime(timedelta(days=90))}), cameroon(), 3)
    ways = [
        {case: sorted((step, need or "") for step, need, _ in trail) for case, trail in walked.items()}
        for walked in (before, after)
    ]
    assert ways[0] == ways[1]
    running = {"N01", "X01"}  # deadlines in running hours for every priority: the same draw is the same time
    for case, trail in before.items():
        assert [one for one in trail if one[0] in running] == [one for one in after[case] if one[0] in running]
    assert sum(len(trail) for trail in before.values()) > 200


def test_another_guard_changes_only_the_cases_it_decides() -> None:
    changed = read_change('guards: [{from: D01, to: L01, guard: "not immediate_danger"}]', Plan(), cameroon())[1]
    endangered, others = (
        {number for number, trail in trails(Plan(cases=15), chart, 3).items() if any(one[0] == "L01" for one in trail)}
        for chart in (cameroon(), changed)
    )
    assert endangered | others == set(range(1, 16))
    assert not endangered & others


def test_a_change_after_the_first_service_moves_no_first_service() -> None:
    plan = Plan(cases=15)
    found = compare(plan, replace(plan, step_times={"N10": StepTime(timedelta(days=60))}), cameroon(), cameroon(), 3)
    assert found.before.hours == found.after.hours
    assert (found.sooner, found.later, found.gained, found.lost, found.p50_change) == (0, 0, 0, 0, 0)
    assert found.overdue_changes.keys() == {"N10"}


def test_a_shorter_deadline_brings_the_first_service_sooner_and_never_later() -> None:
    steps = dict(cameroon().steps)
    steps["R01"] = replace(steps["R01"], deadline=dict.fromkeys(Priority, timedelta(minutes=1)))
    fast = replace(cameroon(), steps=steps)
    times = {kind: StepTime(timedelta(hours=5)) for kind in StepKind if kind is not StepKind.TASK}
    plan = Plan(cases=15, kind_times=times, mix={"priority": {"high": 1}})  # running hours: no day off in between
    found = compare(plan, plan, cameroon(), fast, 3)
    assert found.later == found.gained == found.lost == 0
    assert found.sooner > 5
    assert found.p50_change is not None
    assert found.p50_change < 0


def test_a_need_that_becomes_frequent_leaves_the_rest_of_the_mix_alone() -> None:
    rare = Simulation(replace(PLAN, cases=40, mix={"needs": {"MED": 9, "PSY": 1}}), SMALL, 5)
    often = Simulation(replace(PLAN, cases=40, mix={"needs": {"MED": 1, "PSY": 9}}), SMALL, 5)
    pairs = [(rare.answers.profile(case), often.answers.profile(case)) for case in range(1, 41)]
    assert [one["priority"] for one, _ in pairs] == [other["priority"] for _, other in pairs]
    assert [one["needs"] for one, _ in pairs] != [other["needs"] for _, other in pairs]


def test_each_seed_case_step_need_and_visit_has_its_own_luck() -> None:
    names = [(3, 1, "R05", "MED", 1), (4, 1, "R05", "MED", 1), (3, 2, "R05", "MED", 1), (3, 1, "R01", "MED", 1)]
    names += [(3, 1, "R05", "PSY", 1), (3, 1, "R05", None, 1), (3, 1, "R05", "MED", 2), (31, "R05", "MED", 1)]
    assert len({stream(*one).random() for one in names}) == len(names)


def test_the_needs_of_a_case_do_not_share_their_luck() -> None:
    plan = Plan(cases=15, mix={"needs": {"MED": 1, "PSY": 1}, "needs_per_case": {2: 1}, "priority": {"high": 1}})
    found = trails(plan, cameroon(), 3)
    searches = [{need: hours for step, need, hours in trail if step == "R01"} for trail in found.values()]
    both = [one for one in searches if len(one) == 2]
    assert len(both) > 8
    assert all(one["MED"] != one["PSY"] for one in both)


def test_a_service_is_known_by_the_decision_after_it_where_the_step_itself_does_not_say() -> None:
    steps = {**cameroon().steps, "R05": replace(cameroon().steps["R05"], sets=())}
    silent = replace(cameroon(), steps=steps)
    assert Simulation(PLAN, silent, 1).service == Simulation(PLAN, cameroon(), 1).service == {"R05"}


def test_what_no_step_finds_out_is_known_on_arrival() -> None:
    deadline = {Priority.CRITICAL: timedelta(hours=1), Priority.LOW: timedelta(hours=9)}
    steps = {**SMALL.steps, "A": replace(SMALL.steps["A"], sets=("needs",), deadline=deadline)}
    times = {**TIMES, "A": StepTime(timedelta(hours=5))}
    found = {
        priority: run(
            replace(PLAN, mix={**PLAN.mix, "priority": {priority: 1}}, step_times=times), replace(SMALL, steps=steps), 1
        ).steps[0]
        for priority in ("critical", "low")
    }
    assert found == {"critical": StepFigures("A", 3, 3), "low": StepFigures("A", 3, 0)}


def test_weights_are_proportions() -> None:
    counted = [weighted(stream(1, number), {"a": 3, "b": 1, "never": 0}) for number in range(2_000)]
    assert counted.count("never") == 0
    assert 1_420 <= counted.count("a") <= 1_580


def test_a_wait_without_an_answer_lasts_until_its_deadline() -> None:
    plan = Plan(cases=15, mix={"priority": {"critical": 1}}, answers={"response": {"timeout": 1}})
    walked = trails(plan, cameroon(), 2)
    waits = [hours for trail in walked.values() for step, _, hours in trail if step == "W01"]
    assert len(waits) > 10
    assert set(waits) == {1.0}
    assert run(plan, cameroon(), 2).first_service.count == 0


def test_cases_of_the_national_procedure_all_end() -> None:
    needs = frozenset(cameroon().fields["needs"].values)
    plan = Plan(cases=40, providers=(Provider("A", needs, capacity=4), Provider("B", needs, agreement_until=90)))
    result = run(plan, cameroon(), 11)
    assert (result.closed, result.stopped, result.unfinished) == (40, 0, 0)
    assert sum(one.served for one in result.providers) > 20
    assert {one.provider for one in result.agreements} == {"B"}


# --- coverage ---------------------------------------------------------------------------------------------------------

PLACES = [("MED", "north"), ("MED", "south"), ("PSY", "north")]


def best(wanted: dict[tuple[str, str], int], providers: list[Provider]) -> int:
    """As many as can be placed, by trying every way, one person after the other."""
    persons = [place for place, count in wanted.items() for _ in range(count)]

    @cache
    def most(index: int, left: tuple[int, ...]) -> int:
        if index == len(persons):
            return 0
        found = most(index + 1, left)
        for number, provider in enumerate(providers):
            if left[number] and provider.serves(*persons[index]):
                fewer = (*left[:number], left[number] - 1, *left[number + 1 :])
                found = max(found, 1 + most(index + 1, fewer))
        return found

    return most(0, tuple(provider.capacity or 0 for provider in providers))


@st.composite
def markets(draw: st.DrawFn) -> tuple[dict[tuple[str, str], int], list[Provider]]:
    wanted = {place: draw(st.integers(0, 3)) for place in PLACES}
    providers = [
        Provider(
            name,
            draw(st.frozensets(st.sampled_from(["MED", "PSY"]))),
            draw(st.frozensets(st.sampled_from(["north", "south"]))),
            draw(st.integers(0, 3)),
        )
        for name in ("A", "B", "C")[: draw(st.integers(0, 3))]
    ]
    return wanted, providers


@settings(derandomize=True, max_examples=60, deadline=None)
@given(markets())
def test_coverage_is_the_best_that_trying_everything_finds(
    market: tuple[dict[tuple[str, str], int], list[Provider]],
) -> None:
    wanted, providers = market
    found = coverage(wanted, providers, 30)
    assert (found.wanted, found.covered) == (sum(wanted.values()), best(wanted, providers))
    for place, count in wanted.items():  # short: one person fewer leaves as many served as before
        if count:
            fewer = best({**wanted, place: count - 1}, providers)
            assert (place in found.short) == (fewer == found.covered)
    for number, provider in enumerate(providers):  # places anywhere but at a bottleneck help nobody
        more = [*providers[:number], replace(provider, capacity=(provider.capacity or 0) + 1), *providers[number + 1 :]]
        if provider.id not in found.bottlenecks:
            assert best(wanted, more) == found.covered


def test_places_count_only_while_the_agreement_holds() -> None:
    wanted = {("MED", "north"): 100}
    assert coverage(wanted, [replace(CLINIC, capacity=10)], 90).covered == 30
    assert coverage(wanted, [replace(CLINIC, capacity=10, agreement_until=45)], 90).covered == 15
    assert coverage(wanted, [CLINIC], 90).covered == 100
    assert coverage(wanted, [], 90).short == (("MED", "north"),)
