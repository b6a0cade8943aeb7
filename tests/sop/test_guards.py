"""The guard language: what it means when facts are missing, and what it refuses to read."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop import proofs
from sop.guards import Field, FieldKind, GuardError, GuardSyntax, UnknownField, UnknownValue, parse

FIELDS = {
    "urgent": Field("urgent", FieldKind.BOOL),
    "age": Field("age", FieldKind.ENUM, ("minor", "doubtful", "adult")),
    "needs": Field("needs", FieldKind.SET, ("MED", "ASI")),
    "tries": Field("tries", FieldKind.INT, low=0, high=5),
}


@pytest.mark.parametrize(
    ("left", "right", "conjunction", "disjunction"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, True, None, True),
        (None, False, False, None),
        (None, None, None, None),
    ],
)
def test_and_or_follow_three_valued_logic(
    left: bool | None, right: bool | None, conjunction: bool | None, disjunction: bool | None
) -> None:
    fields = {name: Field(name, FieldKind.BOOL) for name in ("a", "b")}
    facts = {"a": left, "b": right}
    assert parse("a and b", fields).evaluate(facts) is conjunction
    assert parse("a or b", fields).evaluate(facts) is disjunction


def test_not_unknown_is_unknown_so_that_a_negated_guard_never_opens_on_missing_facts() -> None:
    assert parse("not urgent", FIELDS).evaluate({}) is None
    assert parse("age != minor", FIELDS).evaluate({"age": None}) is None
    assert parse("not MED in needs", FIELDS).evaluate({}) is None


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        ("age == minor", {"age": "minor"}, True),
        ("age = minor", {"age": "adult"}, False),
        ("age in [minor, doubtful]", {"age": "doubtful"}, True),
        ("age not in [minor, doubtful]", {"age": "doubtful"}, False),
        ("MED in needs", {"needs": ["ASI"]}, False),
        ("MED in needs", {"needs": frozenset({"MED"})}, True),
        ("MED not in needs", {"needs": []}, True),
        ("tries >= 3 and urgent", {"tries": 3, "urgent": True}, True),
        ("tries in [0, 1] or not urgent", {"tries": 2, "urgent": True}, False),
        ("urgent == false", {"urgent": False}, True),
        ("not (urgent or tries < 3) and age == adult", {"urgent": False, "tries": 4, "age": "adult"}, True),
        ("urgent or tries < 3 and age == adult", {"urgent": False, "tries": 1, "age": "minor"}, False),
    ],
)
def test_a_guard_reads_as_it_is_written(text: str, facts: dict[str, Any], answer: bool) -> None:
    assert parse(text, FIELDS).evaluate(facts) is answer


@pytest.mark.parametrize("value", ["9", 99, True, [], "nobody"])
def test_a_value_outside_the_domain_is_unknown_and_never_coerced(value: Any) -> None:
    assert parse("tries < 3", FIELDS).evaluate({"tries": value}) is None


@pytest.mark.parametrize(
    ("text", "kind", "column"),
    [
        ("__import__('os').system('id')", GuardSyntax, 12),
        ("urgent()", GuardSyntax, 7),
        ("urgent.__class__", GuardSyntax, 7),
        ("lambda: urgent", GuardSyntax, 7),
        ("urgent if urgent else urgent", GuardSyntax, 8),
        ("age == minor == adult", GuardSyntax, 14),
        ("(urgent", GuardSyntax, 8),
        ("age in [minor", GuardSyntax, 14),
        ("age in []", GuardSyntax, 9),
        ("urgent and", GuardSyntax, 11),
        ("", GuardSyntax, 1),
        ("age", GuardSyntax, 1),
        ("age < minor", GuardSyntax, 1),
        ("needs == MED", GuardSyntax, 1),
        ("minor in age", GuardSyntax, 1),
        ("tries < 1.5", GuardSyntax, 9),
        ("9" * 50 + " in needs", GuardSyntax, 1),
        ("agee == minor", UnknownField, 1),
        ("urgent and nobody", UnknownField, 12),
        ("age == child", UnknownValue, 8),
        ("RET in needs", UnknownValue, 1),
        ("tries == 6", UnknownValue, 10),
        ("urgent == 1", UnknownValue, 11),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_its_column(text: str, kind: type[GuardError], column: int) -> None:
    with pytest.raises(GuardError) as refused:
        parse(text, FIELDS)
    assert (type(refused.value), refused.value.place) == (kind, column)
    assert str(refused.value.message)


@pytest.mark.parametrize(
    "text", ["not " * 5000 + "urgent", "(" * 900 + "urgent" + ")" * 900, "urgent or " * 1000 + "urgent"]
)
def test_a_huge_or_deep_guard_is_refused_in_words(text: str) -> None:
    with pytest.raises(GuardSyntax, match=r"longer than|nested more"):
        parse(text, FIELDS)


# --- an independent reading: random conditions, written once as text and once as a Python function -------------------

ATOMS = [
    ("urgent", lambda facts: facts["urgent"]),
    ("urgent == false", lambda facts: not facts["urgent"]),
    ("age == minor", lambda facts: facts["age"] == "minor"),
    ("age in [doubtful, adult]", lambda facts: facts["age"] in ("doubtful", "adult")),
    ("age != adult", lambda facts: facts["age"] != "adult"),
    ("MED in needs", lambda facts: "MED" in facts["needs"]),
    ("ASI not in needs", lambda facts: "ASI" not in facts["needs"]),
    ("tries >= 3", lambda facts: facts["tries"] >= 3),
    ("tries < 1", lambda facts: facts["tries"] < 1),
    ("tries in [2, 5]", lambda facts: facts["tries"] in (2, 5)),
]
CONDITIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        inner.map(lambda one: (f"not ({one[0]})", lambda facts, f=one[1]: not f(facts))),
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]}) and ({two[1][0]})", lambda facts, t=two: t[0][1](facts) and t[1][1](facts))
        ),
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]}) or ({two[1][0]})", lambda facts, t=two: t[0][1](facts) or t[1][1](facts))
        ),
    ),
    max_leaves=8,
)
EVERY_FACT = [
    {"urgent": urgent, "age": age, "needs": needs, "tries": tries}
    for urgent, age, needs, tries in product(
        (True, False), ("minor", "doubtful", "adult"), ([], ["MED"], ["ASI"], ["MED", "ASI"]), range(6)
    )
]


@given(CONDITIONS)
@settings(max_examples=60, deadline=None)
def test_evaluation_agrees_with_the_brute_reading_on_every_combination(condition: tuple[str, Any]) -> None:
    guard = parse(condition[0], FIELDS)
    assert all(guard.evaluate(facts) is condition[1](facts) for facts in EVERY_FACT)


@given(CONDITIONS, st.sampled_from(EVERY_FACT), st.sets(st.sampled_from(sorted(FIELDS))))
@settings(max_examples=80, deadline=None)
def test_an_answer_given_on_partial_facts_is_never_taken_back(
    condition: tuple[str, Any], facts: dict[str, Any], hidden: set[str]
) -> None:
    known = {name: value for name, value in facts.items() if name not in hidden}
    early = parse(condition[0], FIELDS).evaluate(known)
    assert early is None or early is condition[1](facts)


# --- an independent three-valued reading: true is 1, false is 0, unknown lies half way between -----------------------


def half_way(name: str, test: Any) -> Any:
    return lambda facts: 0.5 if name not in facts else float(bool(test(facts)))


VALUED = [(text, half_way(next(name for name in FIELDS if name in text), test)) for text, test in ATOMS]
THREE_VALUED = st.recursive(
    st.sampled_from(VALUED),
    lambda inner: st.one_of(
        inner.map(lambda one: (f"not ({one[0]})", lambda facts, f=one[1]: 1 - f(facts))),
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]}) and ({two[1][0]})", lambda facts, t=two: min(t[0][1](facts), t[1][1](facts)))
        ),
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]}) or ({two[1][0]})", lambda facts, t=two: max(t[0][1](facts), t[1][1](facts)))
        ),
    ),
    max_leaves=8,
)


@given(THREE_VALUED, st.sampled_from(EVERY_FACT))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_every_condition_has_its_three_valued_answer_whatever_is_missing(
    condition: tuple[str, Any], facts: dict[str, Any]
) -> None:
    guard = parse(condition[0], FIELDS)
    for hidden in product((True, False), repeat=len(FIELDS)):
        known = {name: facts[name] for name, hide in zip(FIELDS, hidden, strict=True) if not hide}
        assert guard.evaluate(known) is {0.0: False, 0.5: None, 1.0: True}[condition[1](known)]


@given(st.lists(CONDITIONS, max_size=3), st.lists(CONDITIONS, max_size=2))
@settings(max_examples=60, deadline=None)
def test_find_agrees_with_trying_every_combination(true: list[tuple[str, Any]], false: list[tuple[str, Any]]) -> None:
    exists = any(all(one[1](facts) for one in true) and not any(one[1](facts) for one in false) for facts in EVERY_FACT)
    found = proofs.find([parse(one[0], FIELDS) for one in true], [parse(one[0], FIELDS) for one in false])
    assert (found is not None) is exists
    if found is not None:
        facts = {"urgent": False, "age": "minor", "needs": [], "tries": 0} | found
        assert all(one[1](facts) for one in true)
        assert not any(one[1](facts) for one in false)


def test_a_proof_over_too_many_values_is_given_up_instead_of_running_for_hours() -> None:
    fields = {f"n{place}": Field(f"n{place}", FieldKind.INT, low=0, high=1000) for place in range(40)}
    parity = " and ".join(f"(n{place} in [1, 3, 5] or n{place + 1} in [2, 4])" for place in range(39))
    never = " and ".join(f"n{place} == {place}" for place in (39,)) + " and n39 == 40"
    with pytest.raises(proofs.TooComplex):
        proofs.find([parse(parity, fields), parse(never, fields)])
