"""Where known facts lead: what passes, where the route stops, which fact is missing, and what is refused."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from sop import route as module
from sop.engine import Refused
from sop.route import Route, known_from, route
from sop.yaml_io import load
from tests.sop.research import ABSENT, DRAFT, LIBRARY

CHART = load(LIBRARY)
ADULT = {
    "immediate_danger": False,
    "age_band": "adult",
    "nationality": "cmr",
    "needs": ["MED"],
    "priority": "high",
    "urgent": True,
    "base_consent": "given",
}
SENT = {"provider_found": True, "choice": "consent", "share_gate": "allow"}


def led(**facts: Any) -> Route:
    return route(CHART, known_from(CHART, facts))


def steps(found: Route) -> list[str]:
    return [step for step, _, _ in found.trace]


def test_without_facts_the_route_stops_at_the_first_contact() -> None:
    found = led().to_json()
    assert (found["active"], found["needs"], found["missing"]) == (["N01"], [], ["immediate_danger"])
    assert [(one["step"], one["why"]) for one in found["trace"]] == [
        ("S0", "the procedure starts here"),
        ("N01", "comes after “Person noticed, reported or come by themselves”"),
    ]


def test_an_adult_who_consents_comes_to_the_search_for_a_provider() -> None:
    found = led(**ADULT)
    assert found.state.active == (("J01", None), ("R01", "MED"))
    assert (found.needs, found.missing) == (("MED",), ("provider_found",))
    assert steps(found)[:10] == ["S0", "N01", "D01", "N03", "B01", "D02", "G02", "D03", "N06", "O00"]
    assert ("G02", "because “Under 18, or age in doubt (presumed a minor)?” was answered: no") in [
        (step, str(why)) for step, _, why in found.trace
    ]


def test_facts_of_one_need_move_that_need_alone() -> None:
    found = route(CHART, known_from(CHART, {**ADULT, "needs": ["MED", "HEB"], "for": {"MED": SENT}}))
    assert {key for key in found.state.active if key[1]} == {("W01", "MED"), ("R01", "HEB")}
    assert set(found.missing) == {"response", "provider_found"}


def test_an_answer_is_used_once_so_that_a_loop_stops_and_asks_again() -> None:
    found = led(**ADULT, **SENT, response="declined")
    assert ("R01", "MED") in found.state.active
    assert steps(found).count("R01") == 2
    assert "provider_found" in found.missing


def test_facts_that_decide_everything_lead_to_an_end() -> None:
    found = led(**ADULT, **SENT, response="accepted", service_result="complete", review="closable")
    assert (found.state.outcome, found.state.active, found.missing) == ("E01", (), ())
    assert "X03" in steps(found)


def test_a_refusing_child_is_led_to_its_best_interests_and_asked_again_never_closed() -> None:
    found = led(**{**ADULT, "age_band": "minor", "base_consent": "refused"})
    assert found.state.active == (("G01", None),)
    assert steps(found)[-3:] == ["D03", "N04", "G01"]


def test_an_unknown_age_is_that_of_a_child_and_is_named_as_missing() -> None:
    without = {name: value for name, value in ADULT.items() if name != "age_band"}
    assert led(**without).missing == ("age_band",)
    told = {"done": ["N01", "N03"], **without, "age_band": "unknown"}
    assert "L02" not in steps(led(**told)), "work that finds out an age is not done without it"


def test_nothing_is_passed_on_without_its_basis() -> None:
    found = led(**{**ADULT, "base_consent": "refused"}, **SENT)
    assert (found.state.outcome, "X03" in steps(found)) == ("E02", False)


def test_a_need_that_waits_for_another_says_so() -> None:
    found = led(**{**ADULT, "needs": ["RET", "ASI"], "nationality": "foreign"}, **SENT).to_json()
    held = next(one for one in found["waiting"] if one["need"] == "RET")
    assert (held["step"], held["held_by"]) == ("P_RET", "ASI")
    assert "W01" in found["active"]


def test_with_a_list_of_what_is_done_other_work_is_not_done() -> None:
    found = led(**ADULT, done=[])
    assert found.state.active == (("N06", None),), "N06 finds out nothing and is not listed"
    assert ("R01", "MED") in led(**ADULT, done=["N06"]).state.active


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "must be an object"),
        ("adult", "must be an object"),
        ({"colour": "red"}, "“colour” is not a fact"),
        ({"age_band": "old"}, "“old” is not a value of “age_band”"),
        ({"age_band": ["adult"]}, "“age_band” needs one value"),
        ({"age_band": {"a": 1}}, "is not a value of “age_band”"),
        ({"needs": "MED"}, "“needs” needs a list"),
        ({"needs": ["XYZ"]}, "“XYZ” is not a value of “needs”"),
        ({"attempts": 99}, "“99” is not a value"),
        ({"attempts": 1.5}, "“1.5” is not a value"),
        ({"done": "N06"}, "“done” must be a list"),
        ({"done": ["N99"]}, "“N99” is not a step"),
        ({"for": ["MED"]}, "“for” must be an object"),
        ({"for": {"XYZ": {}}}, "no pathway for the need XYZ"),
        ({"for": {"MED": 3}}, "“MED” must be an object"),
        ({"for": {"MED": {"colour": "red"}}}, "“colour” is not a fact"),
        ({"facts": 3}, "“facts” must be an object"),
    ],
)
def test_facts_that_make_no_sense_are_refused_in_words(data: Any, words: str) -> None:
    with pytest.raises(Refused) as refused:
        known_from(CHART, data)
    assert words in str(refused.value.message)


@pytest.mark.skipif(not DRAFT.exists(), reason=ABSENT)
def test_the_research_flowchart_is_walked_as_well() -> None:
    draft = load(DRAFT)
    found = route(draft, known_from(draft, ADULT))
    assert (found.needs, found.missing) == (("MED",), ("provider_found",))


def test_the_example_in_the_documentation_runs() -> None:
    assert doctest.testmod(module) == (0, 3)
