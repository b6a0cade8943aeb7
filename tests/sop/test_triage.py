"""Triage of Cameroon: each of the fourteen rules, what silence means, and the table proved whole."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from sop.triage import load
from sop.vocabulary import Priority
from sop.yaml_tree import Unreadable

TABLE = load()
CALM: dict[str, Any] = {
    "immediate_danger": False,
    "medical_emergency": False,
    "suicidal_risk": False,
    "sexual_violence_120h": False,
    "age_band": "adult",
    "under_12": False,
    "unaccompanied": False,
    "trafficking": "none",
    "household_violence": False,
    "no_shelter": False,
    "child_in_household": False,
    "pregnant_or_chronic": False,
    "fear_of_return": False,
}


@pytest.mark.parametrize(
    ("rule", "facts", "priority", "urgent"),
    [
        (1, {"immediate_danger": True}, "critical", True),
        (2, {"medical_emergency": True}, "critical", True),
        (3, {"suicidal_risk": True}, "critical", True),
        (4, {"sexual_violence_120h": True}, "critical", True),
        (5, {"age_band": "minor", "under_12": True, "unaccompanied": True}, "critical", True),
        (6, {"age_band": "minor", "unaccompanied": True}, "high", True),
        (6, {"age_band": "doubtful", "unaccompanied": True}, "high", True),
        (7, {"trafficking": "strong"}, "high", True),
        (8, {"household_violence": True}, "high", True),
        (9, {"no_shelter": True, "age_band": "minor"}, "high", True),
        (9, {"no_shelter": True, "child_in_household": True}, "high", True),
        (9, {"no_shelter": True, "pregnant_or_chronic": True}, "high", True),
        (10, {"trafficking": "weak", "age_band": "doubtful"}, "high", False),
        (11, {"fear_of_return": True}, "high", False),
        (12, {"no_shelter": True}, "medium", True),
        (13, {"trafficking": "weak"}, "medium", False),
        (13, {"pregnant_or_chronic": True}, "medium", False),
        (13, {"age_band": "minor"}, "medium", False),
        (14, {}, "low", False),
        (1, {"immediate_danger": True, "medical_emergency": True, "no_shelter": True}, "critical", True),
        (8, {"household_violence": True, "fear_of_return": True}, "high", True),
    ],
)
def test_the_first_rule_that_fits_decides(rule: int, facts: dict[str, Any], priority: str, urgent: bool) -> None:
    verdict = TABLE.decide(CALM | facts)
    assert (verdict.rule, verdict.priority, verdict.urgent) == (rule, priority, urgent)
    assert verdict.reason["fr"].startswith("parce qu")
    assert verdict.reason["en"].startswith("because ")
    assert verdict.unknown == verdict.follow_ups == verdict.assumed == ()


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        ("immediate_danger", 1),
        ("medical_emergency", 2),
        ("suicidal_risk", 3),
        ("sexual_violence_120h", 4),
        ("trafficking", 7),
        ("household_violence", 8),
        ("fear_of_return", 11),
        ("no_shelter", 12),
        ("pregnant_or_chronic", 13),
        ("age_band", 13),
        ("child_in_household", 14),
        ("under_12", 14),
        ("unaccompanied", 14),
    ],
)
def test_unknown_counts_as_yes_and_is_said(fact: str, rule: int) -> None:
    verdict = TABLE.decide(CALM | {fact: "unknown"})
    assert (verdict.rule, verdict.unknown) == (rule, (fact,))
    assert verdict.assumed == ((fact,) if rule < 14 else ())
    assert ("counted as a yes" in verdict.reason["en"]) is (rule < 14)
    assert verdict.follow_ups == ()


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        ("immediate_danger", 1),
        ("medical_emergency", 2),
        ("age_band", 13),
        ("trafficking", 14),
        ("household_violence", 14),
        ("fear_of_return", 14),
        ("no_shelter", 14),
        ("pregnant_or_chronic", 14),
    ],
)
def test_what_was_not_asked_counts_as_yes_only_where_the_first_contact_must_know(fact: str, rule: int) -> None:
    for silent in ({name: value for name, value in CALM.items() if name != fact}, CALM | {fact: "not_asked"}):
        verdict = TABLE.decide(silent)
        assert (verdict.rule, verdict.unknown) == (rule, (fact,))


@pytest.mark.parametrize("fact", ["suicidal_risk", "sexual_violence_120h"])
def test_rape_and_suicide_not_asked_raise_no_priority_but_open_a_private_interview(fact: str) -> None:
    verdict = TABLE.decide(CALM | {fact: None})
    assert verdict.priority is Priority.LOW
    (task,) = verdict.follow_ups
    assert (task.task, task.within, task.facts) == ("private_interview", timedelta(hours=24), (fact,))


def test_the_private_interview_is_opened_whatever_the_priority() -> None:
    verdict = TABLE.decide(CALM | {"immediate_danger": True, "suicidal_risk": None, "sexual_violence_120h": ""})
    assert verdict.rule == 1
    assert verdict.follow_ups[0].facts == ("suicidal_risk", "sexual_violence_120h")


def test_a_child_on_its_own_whose_age_nobody_knows_is_critical_but_a_known_adult_is_not() -> None:
    lone = CALM | {"unaccompanied": True, "under_12": None}
    assert TABLE.decide(lone | {"age_band": "unknown"}).rule == 5
    assert TABLE.decide(lone | {"age_band": "adult"}).rule == 14


def test_an_answer_outside_the_domain_counts_as_unknown() -> None:
    assert TABLE.decide(CALM | {"trafficking": "perhaps"}).rule == 7
    assert TABLE.decide(CALM | {"immediate_danger": 1}).rule == 1
    assert TABLE.decide(CALM | {"immediate_danger": "no", "medical_emergency": "yes"}).rule == 2


def test_every_combination_is_decided_as_an_independent_reading_says_and_no_rule_is_dead() -> None:
    seen, count = set(), 0
    names = [name for name in CALM if name not in ("age_band", "trafficking")]
    for bits in product((False, True), repeat=len(names)):
        facts: dict[str, Any] = dict(zip(names, bits, strict=True))
        for age, trafficking in product(("minor", "doubtful", "adult"), ("none", "weak", "strong")):
            facts |= {"age_band": age, "trafficking": trafficking}
            rule = TABLE.decide(facts).rule
            assert rule == slow_rule(facts)
            seen.add(rule)
            count += 1
    assert (count, seen) == (18_432, set(range(1, 15)))
    assert TABLE.check() == []


def slow_rule(facts: dict[str, Any]) -> int:
    child, weak = facts["age_band"] != "adult", facts["trafficking"] == "weak"
    frail = child or facts["child_in_household"] or facts["pregnant_or_chronic"]
    conditions = [
        facts["immediate_danger"],
        facts["medical_emergency"],
        facts["suicidal_risk"],
        facts["sexual_violence_120h"],
        child and facts["under_12"] and facts["unaccompanied"],
        child and facts["unaccompanied"],
        facts["trafficking"] == "strong",
        facts["household_violence"],
        facts["no_shelter"] and frail,
        weak and child,
        facts["fear_of_return"],
        facts["no_shelter"],
        weak or facts["pregnant_or_chronic"] or child,
        True,
    ]
    return conditions.index(True) + 1


HEAD = "row,name,when,priority,urgent,not_asked,fr,en\nfact,danger,yes|no,,,yes,danger,danger\n"


def test_a_dead_rule_is_named() -> None:
    table = load(HEAD + "rule,1,danger,high,yes,,a,a\nrule,2,danger,low,no,,b,b\nrule,3,,low,no,,c,c\n")
    assert [(one.code, one.where) for one in table.check()] == [("DEAD_RULE", "rule 2")]


def test_a_gap_is_named_with_the_facts() -> None:
    (finding,) = load(HEAD + "rule,1,danger,high,yes,,a,a\n").check()
    assert (finding.code, str(finding.message)) == ("NOT_EXHAUSTIVE", "no rule decides when danger = false")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "columns must be"),
        (HEAD, "no rule"),
        (HEAD + "rule,1,nobody,high,yes,,a,a\n", "not a declared field"),
        (HEAD + "rule,1,not danger,high,yes,,a,a\n", "may not say"),
        (HEAD + "rule,1,exec('x'),high,yes,,a,a\n", "not allowed"),
        (HEAD + "rule,1,danger,soon,yes,,a,a\n", "“soon” is not one of"),
        (HEAD + "rule,1,danger,high,perhaps,,a,a\n", "says yes or no"),
        (HEAD + "rule,x,danger,high,yes,,a,a\n", "needs a number"),
        (HEAD + "rule,1,danger,high,yes,,,a\n", "in French and in English"),
        (HEAD + "rule,1,danger\n", "columns of the table"),
        (HEAD + "rule,1,danger,high,yes,,a,a,more\n", "columns of the table"),
        (HEAD + "other,1,danger,high,yes,,a,a\n", "“other” is not one of"),
        (HEAD + "fact,x y,a|b,,,no,a,a\n", "a fact needs a name"),
        (HEAD + 'rule,1,"danger,high\n', "not CSV"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        load(text)
