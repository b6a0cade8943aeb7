"""The token game on the Cameroon flowchart: what passes alone, what waits, what is never shared."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sop import yaml_io
from sop.engine import (
    Refused,
    Standing,
    State,
    any_time,
    apply,
    done,
    facts_known,
    need_opened,
    position,
    replay,
    stages,
    start,
    todo,
)
from sop.flowchart import Flowchart
from sop.state import Event
from sop.vocabulary import Message

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)
ADULT = {"immediate_danger": False, "age_band": "adult", "priority": "high", "urgent": True, "nationality": "cmr"}


@pytest.fixture(scope="module")
def flowchart() -> Flowchart:
    return yaml_io.load(ROOT / "sop/library/cameroon/flowchart.yaml")


def play(flowchart: Flowchart, facts: dict[str, Any], *events: Event) -> State:
    return replay(flowchart, facts, NOW, [(event, NOW) for event in events])


def more(flowchart: Flowchart, state: State, *events: Event) -> State:
    for event in events:
        state = apply(flowchart, state, event, NOW)
    return state


def opened(flowchart: Flowchart, *needs: str, **facts: Any) -> State:
    """A case with its needs open on the fast track, the full assessment still to be done."""
    given = {**ADULT, "needs": list(needs), "base_consent": "given", **facts}
    consent = ["G02"] if given["age_band"] == "adult" else ["L02", "X02", "N04", "G01"]
    return play(flowchart, given, *(done(step) for step in ("N01", "N03", *consent, "N06")))


def at_answer(flowchart: Flowchart, state: State, need: str) -> State:
    """Walk one need from its search to the provider's answer."""
    return more(
        flowchart,
        state,
        done("R01", need, {"provider_found": True}),
        done("G05", need, {"choice": "consent"}),
        facts_known({"share_gate": "allow"}, need),
        done("X03", need),
    )


def active(state: State, need: str | None = None) -> list[str]:
    return [step for step, whose in state.active if whose == need]


# --- what passes alone, and what asks ---------------------------------------------------------------------------------


def test_a_case_starts_at_the_reception(flowchart: Flowchart) -> None:
    assert active(start(flowchart, {}, NOW)) == ["N01"]


@pytest.mark.parametrize(("danger", "next_step"), [(True, "L01"), (False, "N03"), (None, "L01"), ("unknown", "L01")])
def test_danger_that_is_not_known_is_treated_as_danger(flowchart: Flowchart, danger: Any, next_step: str) -> None:
    assert active(play(flowchart, {"immediate_danger": danger}, done("N01"))) == [next_step]


@pytest.mark.parametrize(("age", "next_step"), [("minor", "L02"), ("doubtful", "L02"), (None, "L02"), ("adult", "G02")])
def test_an_age_that_is_not_known_is_that_of_a_child(flowchart: Flowchart, age: str | None, next_step: str) -> None:
    assert active(play(flowchart, {**ADULT, "age_band": age}, done("N01"), done("N03"))) == [next_step]


def test_triage_waits_for_its_result_and_asks_for_it(flowchart: Flowchart) -> None:
    state = play(flowchart, {"immediate_danger": False, "age_band": "adult"}, done("N01"), done("N03"))
    assert active(state) == ["B01"]
    assert todo(flowchart, state, NOW)[0].missing == ("priority", "urgent")
    assert active(more(flowchart, state, facts_known({"priority": "low"}))) == ["B01"]
    assert active(more(flowchart, state, facts_known({"priority": "low", "urgent": False}))) == ["G02"]


def test_a_decision_without_its_answer_asks_and_never_guesses(flowchart: Flowchart) -> None:
    state = play(flowchart, ADULT, done("N01"), done("N03"), done("G02"))
    assert active(state) == ["D03"]
    assert todo(flowchart, state, NOW)[0].missing == ("base_consent",)
    assert active(more(flowchart, state, facts_known({"base_consent": "unknown"}))) == ["D03"]
    assert active(more(flowchart, state, facts_known({"base_consent": "partial"}))) == ["N06"]


def test_an_adult_who_refuses_closes_the_case_and_a_child_who_refuses_does_not(flowchart: Flowchart) -> None:
    adult = play(flowchart, ADULT, done("N01"), done("N03"), done("G02", facts={"base_consent": "refused"}))
    assert (adult.outcome, adult.tokens) == ("E02", ())
    child = play(
        flowchart, {**ADULT, "age_band": "minor"}, *(done(step) for step in ("N01", "N03", "L02", "X02", "N04"))
    )
    child = more(flowchart, child, done("G01", facts={"base_consent": "refused"}))
    assert (child.outcome, active(child)) == (None, ["N04"])


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (done("N03"), "NOT_ACTIVE"),
        (done("D01"), "NOT_ACTIVE"),
        (done("X03", "MED"), "NOT_ACTIVE"),
        (done("NOWHERE"), "NOT_ACTIVE"),
        (any_time("S0"), "NOT_ACTIVE"),
        (facts_known({"colour": "red"}), "UNKNOWN_FACT"),
        (facts_known({"age_band": "old"}), "UNKNOWN_VALUE"),
        (facts_known({"needs": ["MED", "XYZ"]}), "UNKNOWN_VALUE"),
        (facts_known({"attempts": 99}), "UNKNOWN_VALUE"),
        (facts_known({"choice": "consent"}, "MED"), "NEED_NOT_OPEN"),
        (need_opened("XYZ"), "NO_PATHWAY"),
    ],
)
def test_what_cannot_happen_is_refused(flowchart: Flowchart, event: Event, code: str) -> None:
    state = start(flowchart, {}, NOW)
    with pytest.raises(Refused) as refused:
        apply(flowchart, state, event, NOW)
    assert refused.value.message.code == code


def test_nothing_happens_in_a_closed_case_but_a_withdrawal(flowchart: Flowchart) -> None:
    closed = play(flowchart, ADULT, done("N01"), done("N03"), done("G02", facts={"base_consent": "refused"}))
    for event in (done("N06"), facts_known({"urgent": True}), need_opened("MED")):
        with pytest.raises(Refused):
            apply(flowchart, closed, event, NOW)
    assert active(more(flowchart, closed, any_time("V01"))) == ["N11"]


# --- needs ------------------------------------------------------------------------------------------------------------


def test_each_need_opens_its_own_way_beside_the_assessment(flowchart: Flowchart) -> None:
    state = opened(flowchart, "MED", "TEH", "ASI")
    assert set(state.active) == {("N07", None), ("J01", None), ("R01", "MED"), ("G03", "TEH"), ("G04", "ASI")}


def test_a_split_opens_what_it_knows_and_asks_for_the_rest(flowchart: Flowchart) -> None:
    state = opened(flowchart, "MED", "RET", nationality=None)
    assert ("R01", "MED") in state.active
    assert ("O01", None) in state.active
    assert [item.missing for item in todo(flowchart, state, NOW) if item.step == "O01"] == [("nationality",)]
    foreign = more(flowchart, state, facts_known({"nationality": "foreign"}))
    assert ("R01", "RET") in foreign.active
    assert "RET" not in more(flowchart, state, facts_known({"nationality": "cmr"})).needs


def test_return_waits_in_sight_while_an_asylum_request_is_open(flowchart: Flowchart) -> None:
    state = opened(flowchart, "RET", "ASI", nationality="foreign")
    assert (active(state, "RET"), active(state, "ASI")) == (["P_RET"], ["G04"])
    held = next(item for item in todo(flowchart, state, NOW, lang="en") if item.need == "RET")
    assert (held.step, held.held_by, held.why.code, held.due_at) == ("P_RET", "ASI", "why_held", None)
    assert str(held.why) == (
        "waits until this need is closed: Asylum and statelessness (no return while a request for protection is open)"
    )
    with pytest.raises(Refused):
        apply(flowchart, state, done("R01", "RET", {"provider_found": True}), NOW)
    closed = more(
        flowchart,
        state,
        done("G04", "ASI"),
        done("R01", "ASI", {"provider_found": True}),
        done("G05", "ASI", {"choice": "stop"}),
    )
    assert (closed.needs["ASI"].status, active(closed, "RET")) == ("closed", ["R01"])


def test_without_urgency_needs_wait_for_the_plan(flowchart: Flowchart) -> None:
    state = opened(flowchart, "MED", urgent=False)
    assert state.active == (("N07", None),)
    assert more(flowchart, state, done("N07"), done("N08")).active == (("J01", None), ("R01", "MED"))


def test_opening_an_open_need_does_nothing(flowchart: Flowchart) -> None:
    before = at_answer(flowchart, opened(flowchart, "MED"), "MED")
    after = more(flowchart, before, done("N07"), done("N08"), need_opened("MED"))
    assert active(after, "MED") == ["W01"]
    assert after.needs["MED"] == before.needs["MED"]


def test_answers_of_one_need_never_decide_for_another(flowchart: Flowchart) -> None:
    state = opened(flowchart, "MED", "HEB")
    state = more(flowchart, state, done("R01", "MED", {"provider_found": True}), done("R01", "HEB"))
    assert (active(state, "MED"), active(state, "HEB")) == (["G05"], ["D06"])


def test_closing_one_need_leaves_the_other_open_and_the_join_waits_for_all(flowchart: Flowchart) -> None:
    state = more(flowchart, opened(flowchart, "MED", "HEB"), done("N07"), done("N08"))
    for need in ("MED", "HEB"):
        assert active(state) == ["J01"]
        state = at_answer(flowchart, state, need)
        state = more(
            flowchart,
            state,
            done("W01", need, {"response": "accepted"}),
            done("R05", need, {"service_result": "complete"}),
        )
        assert state.needs[need].status == "closed"
    assert state.active == (("N09", None),)


def test_the_join_waits_for_the_plan_when_needs_are_closed_first(flowchart: Flowchart) -> None:
    state = more(flowchart, opened(flowchart, "MED"), done("R01", "MED", {"provider_found": True}))
    state = more(flowchart, state, done("G05", "MED", {"choice": "stop"}))
    assert state.active == (("N07", None), ("J01", None))
    state = more(flowchart, state, done("N07"), done("N08"))
    assert (state.active, state.needs["MED"].round) == ((("N09", None),), 1)


def test_a_need_opened_during_follow_up_gets_its_way_at_once_and_follow_up_waits(flowchart: Flowchart) -> None:
    state = more(flowchart, opened(flowchart, urgent=False), done("N07"), done("N08"))
    assert active(state) == ["N09"]
    state = more(flowchart, state, need_opened("PSY"))
    assert state.active == (("J01", None), ("R01", "PSY"))


def test_a_closed_need_wanted_again_starts_a_new_round(flowchart: Flowchart) -> None:
    state = more(flowchart, opened(flowchart, "MED"), done("R01", "MED", {"provider_found": True}))
    state = more(flowchart, state, done("G05", "MED", {"choice": "stop"}), need_opened("MED"))
    assert active(state, "MED") == ["R01"]
    assert (state.needs["MED"].round, dict(state.needs["MED"].course.facts)) == (2, {"attempts": 0, "reminders": 0})


# --- the referral loop ------------------------------------------------------------------------------------------------


def decline(flowchart: Flowchart, state: State) -> State:
    return more(flowchart, at_answer(flowchart, state, "MED"), done("W01", "MED", {"response": "declined"}))


def test_three_refusals_by_providers_go_to_the_regional_focal_point(flowchart: Flowchart) -> None:
    state = opened(flowchart, "MED")
    seen = []
    for _ in range(3):
        state = decline(flowchart, state)
        seen.append((active(state, "MED"), state.needs["MED"].course.facts["attempts"]))
    assert seen == [(["R01"], 1), (["R01"], 2), (["R02"], 3)]


def test_no_answer_after_two_reminders_goes_to_the_regional_focal_point(flowchart: Flowchart) -> None:
    state = at_answer(flowchart, opened(flowchart, "MED"), "MED")
    seen = []
    for _ in range(3):
        state = more(flowchart, state, done("W01", "MED", {"response": "timeout"}))
        seen += active(state, "MED")
        if seen[-1] == "R04":
            state = more(flowchart, state, done("R04", "MED"))
    assert seen == ["R04", "R04", "R02"]


def test_the_next_provider_has_reminders_of_its_own(flowchart: Flowchart) -> None:
    state = at_answer(flowchart, opened(flowchart, "MED"), "MED")
    state = more(flowchart, state, done("W01", "MED", {"response": "timeout"}), done("R04", "MED"))
    assert state.needs["MED"].course.facts["reminders"] == 1
    state = more(flowchart, state, done("W01", "MED", {"response": "declined"}))
    assert at_answer(flowchart, state, "MED").needs["MED"].course.facts["reminders"] == 0


def test_a_loop_at_its_maximum_goes_on_at_then(flowchart: Flowchart) -> None:
    state = more(flowchart, opened(flowchart, "MED"), done("R01", "MED", {"provider_found": True}))
    for _ in range(5):
        state = more(flowchart, state, done("G05", "MED", {"choice": "other_provider"}))
        state = more(flowchart, state, done("R01", "MED", {"provider_found": True}))
    state = more(flowchart, state, done("G05", "MED", {"choice": "other_provider"}))
    assert active(state, "MED") == ["R03"]
    assert [item.why.code for item in todo(flowchart, state, NOW) if item.need] == ["why_exhausted"]


def test_an_answer_is_used_once(flowchart: Flowchart) -> None:
    state = at_answer(flowchart, opened(flowchart, "MED"), "MED")
    state = more(flowchart, state, done("W01", "MED", {"response": "timeout"}), done("R04", "MED"), done("W01", "MED"))
    assert active(state, "MED") == ["D10"], "the old answer must not decide again"


# --- legal bases ------------------------------------------------------------------------------------------------------


def test_an_unknown_answer_to_the_sharing_check_shares_nothing(flowchart: Flowchart) -> None:
    state = more(
        flowchart,
        opened(flowchart, "MED"),
        done("R01", "MED", {"provider_found": True}),
        done("G05", "MED", {"choice": "consent"}),
        facts_known({"share_gate": "unknown"}, "MED"),
    )
    assert active(state, "MED") == ["D09"]
    with pytest.raises(Refused):
        apply(flowchart, state, done("X03", "MED"), NOW)


def test_a_new_search_ends_the_consent_to_the_old_provider(flowchart: Flowchart) -> None:
    state = at_answer(flowchart, opened(flowchart, "MED"), "MED")
    assert dict(state.needs["MED"].course.bases) == {"provider": "G05"}
    state = more(flowchart, state, done("W01", "MED", {"response": "declined"}))
    assert dict(state.needs["MED"].course.bases) == {}


def test_a_refusal_never_counts_as_consent(flowchart: Flowchart) -> None:
    state = play(
        flowchart, {**ADULT, "age_band": "minor"}, *(done(step) for step in ("N01", "N03", "L02", "X02", "N04"))
    )
    for _ in range(3):
        state = more(flowchart, state, done("G01", facts={"base_consent": "refused"}))
        assert "case" not in state.course.bases
        if active(state) == ["N04"]:
            state = more(flowchart, state, done("N04"))
    assert active(state) == ["N09"], "after the third refusal the child is followed without a shared file"


def test_a_withdrawal_stops_every_share_at_once(flowchart: Flowchart) -> None:
    state = opened(flowchart, "MED", "HEB", "ASI")
    state = more(flowchart, at_answer(flowchart, state, "HEB"), done("R01", "MED", {"provider_found": True}))
    state = more(
        flowchart, state, done("G05", "MED", {"choice": "consent"}), facts_known({"share_gate": "allow"}, "MED")
    )
    assert active(state, "MED") == ["X03"]
    state = more(flowchart, state, any_time("V01"))
    assert active(state, "MED") == ["G05"], "what was about to be sent is asked again"
    assert active(state, "HEB") == ["W01"], "help that is under way goes on"
    assert "case" not in state.course.bases


def test_an_answer_to_a_talk_from_before_a_withdrawal_never_counts_as_consent(flowchart: Flowchart) -> None:
    state = play(flowchart, ADULT, done("N01"), done("N03"), done("G02"))
    assert active(state) == ["D03"], "the talk took place, its outcome is not told yet"
    state = more(flowchart, state, any_time("V01"), facts_known({"base_consent": "given"}))
    assert "case" not in state.course.bases
    assert set(active(state)) == {"G02", "N11"}
    state = more(flowchart, state, done("N11", facts={"withdrawal": "partial"}))
    assert active(state) == ["G02"]
    assert more(flowchart, state, done("G02", facts={"base_consent": "given"})).course.bases == {"case": "G02"}


def test_after_a_partial_withdrawal_nothing_is_shared_before_consent_is_renewed(flowchart: Flowchart) -> None:
    state = more(flowchart, opened(flowchart, "MED"), any_time("V01", {"withdrawal": "partial"}), done("N11"))
    assert state.active == (("R01", "MED"), ("G02", None))
    state = more(
        flowchart,
        state,
        done("R01", "MED", {"provider_found": True}),
        done("G05", "MED", {"choice": "consent"}),
        facts_known({"share_gate": "allow"}, "MED"),
    )
    blocked = next(item for item in todo(flowchart, state, NOW) if item.step == "X03")
    assert (blocked.lacking, blocked.why.code) == (("case",), "why_blocked")
    with pytest.raises(Refused) as refused:
        apply(flowchart, state, done("X03", "MED"), NOW)
    assert refused.value.message.code == "NO_BASIS"
    state = more(flowchart, state, done("G02", facts={"base_consent": "partial"}), done("X03", "MED"))
    assert active(state, "MED") == ["W01"]


def test_total_withdrawal_closes_an_adults_case_and_sends_a_childs_to_best_interests(flowchart: Flowchart) -> None:
    adult = more(flowchart, opened(flowchart, "MED"), any_time("V01", {"withdrawal": "total"}), done("N11"))
    assert (adult.outcome, adult.needs["MED"].status) == ("E05", "cancelled")
    child = opened(flowchart, "MED", age_band="minor")
    child = more(flowchart, child, any_time("V01", {"withdrawal": "total"}), done("N11"))
    assert (child.outcome, active(child)) == (None, ["N04"])


# --- what to do, and why ----------------------------------------------------------------------------------------------


def test_the_most_urgent_comes_first_with_its_deadline_and_its_reason(flowchart: Flowchart) -> None:
    state = opened(flowchart, "MED", "TEH")
    items = todo(flowchart, state, NOW + timedelta(hours=5), lang="fr")
    assert [(item.step, item.need, item.overdue, item.level.name) for item in items] == [
        ("R01", "MED", True, "SUPERVISOR"),
        ("N07", None, False, "NONE"),
        ("G03", "TEH", False, "NONE"),
    ]
    assert items[0].due_at == NOW + timedelta(hours=4)
    assert items[0].why == Message("why_need", "because this need was recorded: %(need)s", {"need": "Santé physique"})


def test_the_reason_names_the_answer_in_the_readers_language(flowchart: Flowchart) -> None:
    state = play(flowchart, {**ADULT, "age_band": "minor"}, done("N01"), done("N03"))
    french, english = (todo(flowchart, state, NOW, lang=lang)[0].why for lang in ("fr", "en"))
    assert dict(french.values) == {"question": "Moins de 18 ans, ou âge douteux (présumé mineur)\xa0?", "answer": "oui"}
    assert str(english) == "because “Under 18, or age in doubt (presumed a minor)?” was answered: yes"


def test_an_assumption_is_said(flowchart: Flowchart) -> None:
    state = play(flowchart, {**ADULT, "age_band": None}, done("N01"), done("N03"))
    assert todo(flowchart, state, NOW)[0].why.code == "why_assumed"


def test_position_tells_done_now_next_and_skipped(flowchart: Flowchart) -> None:
    state = play(flowchart, ADULT, done("N01"), done("N03"))
    found = position(flowchart, state)
    assert {step: found.get(step) for step in ("N01", "D01", "L01", "L02", "G02", "D03", "N06", "R01")} == {
        "N01": Standing.DONE,
        "D01": Standing.DONE,
        "L01": Standing.SKIPPED,
        "L02": Standing.SKIPPED,
        "G02": Standing.NOW,
        "D03": Standing.NEXT,
        "N06": Standing.NEXT,
        "R01": None,
    }


def test_position_of_one_need_shows_only_that_need(flowchart: Flowchart) -> None:
    state = at_answer(flowchart, opened(flowchart, "MED", "HEB"), "MED")
    assert position(flowchart, state, "MED")["W01"] is Standing.NOW
    assert position(flowchart, state, "HEB").get("W01") is None
    assert position(flowchart, state, "HEB")["R01"] is Standing.NOW


def test_stages_follow_the_case(flowchart: Flowchart) -> None:
    state = opened(flowchart, "MED")
    assert [(stage.id, stage.standing) for stage in stages(flowchart, state)] == [
        ("reception", Standing.DONE),
        ("identification", Standing.DONE),
        ("best_interests", Standing.SKIPPED),
        ("consent", Standing.DONE),
        ("plan", Standing.NOW),
        ("referrals", Standing.NOW),
        ("follow_up", Standing.NEXT),
        ("closure", None),
    ]


# --- replay -----------------------------------------------------------------------------------------------------------


def test_state_and_events_survive_json(flowchart: Flowchart) -> None:
    state = at_answer(flowchart, opened(flowchart, "MED", "TEH"), "MED")
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
    event = done("N03", facts={"age_band": "minor"})
    assert Event.from_json(json.loads(json.dumps(event.to_json()))) == event


def test_apply_leaves_the_state_it_was_given_alone(flowchart: Flowchart) -> None:
    state = opened(flowchart, "MED", "HEB")
    before = json.dumps(state.to_json())
    at_answer(flowchart, state, "MED")
    more(flowchart, state, any_time("V01", {"withdrawal": "total"}), done("N11"))
    assert json.dumps(state.to_json()) == before
