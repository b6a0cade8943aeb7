"""Triage tables out and in again: CSV is an identity, DMN decides alike (read back by a small reader of its own)."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from sop import dmn, triage
from sop.triage import CAMEROON, DecisionTable, load
from sop.yaml_io import Unreadable

TABLE = load(CAMEROON)
HEAD = "row,name,when,priority,urgent,not_asked,fr,en\n"
FACTS = "fact,a,yes|no,,,yes,a,a\nfact,b,yes|no,,,no,b,b\nfact,c,none|weak|strong,,,private_interview,c,c\n"
SMALL = HEAD + FACTS + (
    'rule,7,"(a or b) and c in [weak, strong]",critical,yes,,"une virgule, « et » ""des guillemets""",x < y & z\n'
    "rule,2,c == weak and c == strong,high,no,,a,a\n"
    "rule,3,a and b,medium,yes,,a,a\n"
    "rule,1,,low,no,,a,a\n"
)  # fmt: skip
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


# --- CSV --------------------------------------------------------------------------------------------------------------


def test_the_library_table_is_written_as_it_is() -> None:
    assert triage.dump(TABLE) == CAMEROON.read_text(encoding="utf-8")


def test_what_is_written_is_read_as_the_same_table() -> None:
    table = load(SMALL)
    text = triage.dump(table)
    assert load(text) == table
    assert triage.dump(load(text)) == text
    assert [rule.number for rule in load(text).rules] == [7, 2, 3, 1]


def test_rows_in_another_order_are_the_same_table_when_the_rules_keep_theirs() -> None:
    lines = SMALL.splitlines(keepends=True)
    mixed = "".join([*lines[:3], lines[3], *lines[4:]])
    assert load(mixed) == load(SMALL)
    assert load("".join([*lines[:4], lines[5], lines[4], *lines[6:]])) != load(SMALL)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("fact,a,yes|no,,,no,x,x\n", "the fact “a” is there twice"),
        ("rule,1,a,low,no,,x,x\n", "the rule 1 is there twice"),
    ],
)
def test_nothing_is_declared_twice(more: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refused:
        load(SMALL + more)
    assert refused.value.line == len(SMALL.splitlines()) + 1


# --- DMN --------------------------------------------------------------------------------------------------------------


def parsed(xml: str) -> ElementTree.Element:
    return ElementTree.fromstring(xml)  # noqa: S314 - our own text


def unary(text: str) -> Callable[[str | None], bool]:
    """A unary test of S-FEEL over texts: `-`, a list of texts, or the negation of one."""
    if text == "-":
        return lambda value: True
    negated = re.fullmatch(r"not\((.*)\)", text)
    words = re.findall(r'"([^"]*)"', negated[1] if negated else text)
    assert ", ".join(f'"{word}"' for word in words) == (negated[1] if negated else text)
    return (lambda value: value not in words) if negated else (lambda value: value in words)


def reader(xml: str) -> Callable[[dict[str, str]], tuple[str, bool, str]]:
    """An independent evaluation of a DMN table with hit policy FIRST: priority, urgent, first annotation."""
    table = parsed(xml).find(f"{DMN}decision/{DMN}decisionTable")
    assert table is not None
    assert table.get("hitPolicy") == "FIRST"
    names = [text.text for text in table.findall(f"{DMN}input/{DMN}inputExpression/{DMN}text")]
    kinds = ("inputEntry", "outputEntry", "annotationEntry")
    rows = [
        [[text.text or "" for text in rule.iterfind(f"{DMN}{kind}/{DMN}text")] for kind in kinds]
        for rule in table.findall(f"{DMN}rule")
    ]
    tests = [([unary(text) for text in inputs], outputs, notes) for inputs, outputs, notes in rows]
    assert all(len(inputs) == len(names) and len(outputs) == 2 and len(notes) == 3 for inputs, outputs, notes in rows)

    def decide(facts: dict[str, str]) -> tuple[str, bool, str]:
        for inputs, outputs, notes in tests:
            if all(test(facts.get(str(name))) for name, test in zip(names, inputs, strict=True)):
                return outputs[0].strip('"'), outputs[1] == "true", notes[0]
        raise LookupError(facts)

    return decide


def agree(
    table: DecisionTable, decide: Callable[[dict[str, str]], tuple[str, bool, str]], facts: dict[str, Any]
) -> None:
    verdict = table.decide({name: value for name, value in facts.items() if value is not None})
    passed = {name: value for name, value in facts.items() if value is not None}
    assert decide(passed) == (verdict.priority.value, verdict.urgent, str(verdict.rule)), facts


def answers(table: DecisionTable, *besides: str | None) -> list[tuple[str | None, ...]]:
    return [(*dmn.domain(fact), *besides) for fact in table.facts]


def test_dmn_decides_a_sample_of_the_combinations_alike_with_unknown_and_missing_answers() -> None:
    decide, dice = reader(dmn.dump(TABLE)), random.Random(7)  # noqa: S311 - a sample
    names, values = [fact.field.name for fact in TABLE.facts], answers(TABLE, "unknown", "not_asked", None)
    calm = {name: ("adult" if name == "age_band" else "none" if name == "trafficking" else "no") for name in names}
    for name, known in zip(names, values, strict=True):
        for value in known:
            agree(TABLE, decide, calm | {name: value})
    for _ in range(600):
        some = dice.sample(names, dice.randint(0, len(names)))
        told = {name: dice.choice(known) for name, known in zip(names, values, strict=True) if name in some}
        agree(TABLE, decide, calm | told)


@pytest.mark.slow
def test_dmn_decides_every_combination_of_known_answers_alike() -> None:
    decide, names, count = reader(dmn.dump(TABLE)), [fact.field.name for fact in TABLE.facts], 0
    for values in product(*answers(TABLE)):
        agree(TABLE, decide, dict(zip(names, values, strict=True)))
        count += 1
    assert count == 18_432


def test_dmn_decides_every_answer_of_a_small_table_alike() -> None:
    table = load(SMALL)
    decide = reader(dmn.dump(table))
    for values in product(*answers(table, "unknown", "not_asked", None)):
        agree(table, decide, dict(zip("abc", values, strict=True)))


def test_dmn_is_typed_annotated_in_both_languages_and_the_same_each_time() -> None:
    text = dmn.dump(load(SMALL))
    assert text == dmn.dump(load(triage.dump(load(SMALL))))
    root = parsed(text)
    assert {one.get("typeRef") for one in root.iter(f"{DMN}inputExpression")} == {"string"}
    assert [one.get("typeRef") for one in root.iter(f"{DMN}output")] == ["string", "boolean"]
    assert [one.get("name") for one in root.iter(f"{DMN}annotation")] == ["rule", "fr", "en"]
    values = [one.find(f"{DMN}text") for one in root.iter(f"{DMN}inputValues")]
    assert values[2] is not None
    assert values[2].text == '"none", "weak", "strong", "unknown", "not_asked"'
    first = [text.text for text in root.iterfind(f".//{DMN}annotationEntry/{DMN}text")][:3]
    assert first == ["7", 'une virgule, « et » "des guillemets"', "x < y & z"]
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_one_rule_becomes_a_row_for_each_alternative() -> None:
    table = parsed(dmn.dump(TABLE)).iter(f"{DMN}rule")
    notes = [rule.findtext(f"{DMN}annotationEntry/{DMN}text") for rule in table]
    assert [notes.count(str(number)) for number in range(1, 15)] == [1, 1, 1, 1, 1, 1, 1, 1, 3, 1, 1, 1, 3, 1]


def test_a_rule_that_would_need_very_many_rows_is_refused_at_once() -> None:
    condition = " and ".join(["(a or b)"] * 60)
    table = load(HEAD + FACTS + f'rule,1,"{condition}",low,no,,a,a\nrule,2,,low,no,,a,a\n')
    with pytest.raises(Unreadable, match="more than 500 rows"):
        dmn.dump(table)


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    table = load(HEAD + FACTS + "rule,1,,low,no,,a\x01b,]]>\n")
    assert parsed(dmn.dump(table)).findall(f".//{DMN}annotationEntry/{DMN}text")[1].text == "ab"
