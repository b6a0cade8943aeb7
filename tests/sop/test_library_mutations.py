"""Break our own procedure: each break is found, named, placed and shown; and no broken text crashes the engine."""

from __future__ import annotations

import re

import pytest

from sop.checks import check
from sop.engine import Refused
from sop.findings import Finding, Severity
from sop.flowchart import Flowchart
from sop.route import known_from, route
from sop.yaml_io import load
from tests.sop.research import LIBRARY
from tests.sop.test_route import ADULT, SENT

TEXT = LIBRARY.read_text(encoding="utf-8")
SOUND = {(one.code, one.where) for one in check(load(TEXT))}
REVIEW_ENDS = r"  - \{from: D12, to: (N10|E04|E03|N04), .*\n|, then: N10"
ENDLESS = "provider_found or " * 588 + "urgent"
AROUND = """  - {from: L02, to: X02, guard: "age_band == adult", fr: a, en: a}
  - {from: L02, to: N04, guard: else, fr: b, en: b}
"""
E, W = Severity.ERROR, Severity.WARNING

# what is broken, a pattern, what stands there instead, then what is told: how grave, code, where
MUTATIONS = [
    ("consent shortcut", r"\{from: R01, to: D06\}", "{from: R01, to: X03}", E, "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("resend on an old consent", r"\{from: D06, to: G05", "{from: D06, to: D09", E, "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("emergency without basis", r"\{from: D01, to: L01", "{from: D01, to: X01", E, "SHARE_WITHOUT_LEGAL_BASIS", "X01"),
    ("first of two bases missing", r"from: D02, to: G02", "from: D02, to: N06", E, "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("second of two missing", r"grants: \[provider\], ", "", E, "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("basis of one need", r"\{from: P_TEH, to: G03\}", "{from: P_TEH, to: R01}", E, "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("withdrawal to sharing", r"\{from: D13, to: G02", "{from: D13, to: N08", E, "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("share declares no basis", r"requires: \[vital\], ", "", E, "SHARE_DECLARES_NO_BASIS", "X01"),
    ("doubtful age forgotten", r'D02, to: L02, guard: "age_band in \[minor, doubtful\]"',
     'D02, to: L02, guard: "age_band == minor"', E, "NOT_EXHAUSTIVE", "D02"),
    ("overlap", "declined and attempts >= 3", "declined and attempts >= 2", E, "OVERLAP", "D10"),
    ("unknown field", 'guard: "gap_solved"', 'guard: "gap_sloved"', E, "GUARD_UNKNOWN_FIELD", "D07→G05"),
    ("unknown value", "review == lost", "review == lots", E, "GUARD_UNKNOWN_VALUE", "D12→E04"),
    ("code in a guard", '"not provider_found"', "\"__import__('os').system('id')\"", E, "GUARD_SYNTAX", "D06→R02"),
    ("endless guard", 'guard: "provider_found"', f'guard: "{ENDLESS}"', E, "GUARD_SYNTAX", "D06→G05"),
    ("unsatisfiable guard", "RET in needs and nationality == foreign", "RET in needs and urgent and not urgent", E,
     "UNSAT_GUARD", "O01→P_RET"),
    ("infeasible path", r"  - \{from: L02, to: X02\}\n",
     AROUND, E, "PATH_UNSAT", "L02→X02"),
    ("infeasible way on", r'(D13, to: G02, guard: "withdrawal == partial and age_band == )adult"(.*)\n',
     r'\1adult and immediate_danger and not immediate_danger"\2' + "\n", E, "UNSAT_GUARD", "D13→G02"),
    ("two defaults", r'guard: "not gap_solved"', 'guard: else, fr: x, en: x}\n  - {from: D07, to: J01, guard: else', E,
     "TWO_DEFAULTS", "D07"),
    ("unguarded branch", r'to: G05, guard: "provider_found"', "to: G05", E, "UNGUARDED_BRANCH", "D06→G05"),
    ("orphan", r'  - \{from: O01, to: P_FAM, .*\n', "", E, "UNREACHABLE", "P_FAM"),
    ("dead end", r"  - \{from: P_FAM, to: R01\}\n", "", E, "DEAD_END", "P_FAM"),
    ("no exit", REVIEW_ENDS, "", E, "CYCLE_NO_EXIT", ""),
    ("every end removed", "kind: end", "kind: task", E, "CANNOT_FINISH", "S0"),
    ("branch to nowhere", r"\{from: N08, to: O01", "{from: N08, to: O99", E, "UNKNOWN_NODE", "N08→O99"),
    ("unbounded loop", r"loop: \{max: 36, then: N10\}", "loop: {then: N10}", E, "UNBOUNDED_LOOP", "D12→N09"),
    ("undeclared loop", r"loop: \{max: 36, then: N10\}, ", "", E, "UNMARKED_CYCLE", ""),
    ("loop without a way on", r"loop: \{max: 36, then: N10\}", "loop: {max: 36}", W, "LOOP_BUDGET", "D12→N09"),
    ("years of loops", r"loop: \{max: 36, then: N10\}", "loop: {max: 900, then: N10}", W, "LOOP_BUDGET", "CMR-MNR"),
    ("slow consent", r"(id: G05, .*critical: )PT1H", r"\1PT72H", E, "DEADLINE_EXCEEDED", "K01"),
    ("missing fast track", r"  - \{from: O00, to: O01, .*\n", "", W, "CONSTRAINT_NO_PATH", "K01"),
    ("child refusal closes", "base_consent == refused and age_band == adult", "base_consent == refused", E,
     "FORBIDDEN_PATH", "Z01"),
    ("child withdrawal closes", "withdrawal == total and age_band == adult", "withdrawal == total", E,
     "FORBIDDEN_PATH", "Z06"),
    ("removed pathway", r"id: P_FAM, kind: pathway, (.*)need: FAM, ", r"id: P_FAM, kind: task, \1deadline: PT1H, ", E,
     "NEED_WITHOUT_PATHWAY", "FAM"),
    ("split without join", "kind: join_or", "kind: task", W, "SPLIT_WITHOUT_JOIN", "O01"),
    ("label missing in English", 'en: "Provider found\\?"', 'en: ""', W, "MISSING_LABEL", "D06"),
    ("label of an answer missing", r'guard: "provider_found", fr: "oui", ', 'guard: "provider_found", ', W,
     "MISSING_LABEL", "D06→G05"),
    ("third language not spoken", r"languages: \[fr, en\]", "languages: [fr, en, ff]", W, "MISSING_LABEL", "S0"),
    ("label of a lane missing", r'(PERS: \{fr: "[^"]*"), en: "[^"]*"', r"\1", W, "MISSING_LABEL", "PERS"),
    ("label of a stage missing", r'(closure: \{fr: "Clôture"), en: "[^"]*"', r"\1", W, "MISSING_LABEL", "closure"),
    ("deadline missing", r"deadline: P30D, forms: \[F12", "forms: [F12", W, "NO_DEADLINE", "G03"),
    ("needs that wait for each other", "conflicts:.*\n",
     "conflicts:\n  - {id: Q09, kind: waits_for, needs: [ASI], others: [RET]}\n", E, "CONFLICT_CIRCLE", ""),
]  # fmt: skip


def broken(pattern: str, instead: str) -> Flowchart:
    text, count = re.subn(pattern, instead.replace("\\", "\\\\") if "\\1" not in instead else instead, TEXT)
    assert count, f"“{pattern}” is not in the file"
    return load(text)


@pytest.mark.parametrize(
    ("name", "pattern", "instead", "severity", "code", "where"), MUTATIONS, ids=[m[0] for m in MUTATIONS]
)
def test_each_break_is_told_with_its_code_its_place_and_a_way_on_which_it_shows(
    name: str, pattern: str, instead: str, severity: Severity, code: str, where: str
) -> None:
    chart = broken(pattern, instead)
    found: list[Finding] = [one for one in check(chart) if one.code == code and where in ("", one.where)]
    assert found, f"{name}: {code} not found"
    assert (found[0].code, found[0].where) not in SOUND
    assert found[0].severity is severity
    assert found[0].counter_example
    assert set(found[0].counter_example) <= chart.steps.keys() | {"O99"}
    assert str(found[0].message)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "pattern", "instead"), [m[:3] for m in MUTATIONS], ids=[m[0] for m in MUTATIONS])
def test_no_broken_procedure_crashes_the_engine(name: str, pattern: str, instead: str) -> None:
    chart = broken(pattern, instead)
    if name == "branch to nowhere":
        return  # the command refuses it before the engine runs
    for age in ("adult", "minor"):
        facts = {**ADULT, **SENT, "age_band": age, "needs": ["MED", "RET", "TEH"], "nationality": "foreign"}
        try:
            route(chart, known_from(chart, facts))
        except Refused as refused:
            assert refused.message.code == "CIRCLE"  # noqa: PT017


def test_an_infeasible_branch_shows_the_way_that_contradicts_it() -> None:
    _, pattern, instead, *_ = next(one for one in MUTATIONS if one[0] == "infeasible path")
    (found,) = [one for one in check(broken(pattern, instead)) if one.code == "PATH_UNSAT"]
    assert found.counter_example == ["S0", "N01", "D01", "N03", "B01", "D02", "L02", "X02"]


def test_a_guard_of_ten_thousand_characters_is_refused_in_a_sentence_that_says_how_long_it_may_be() -> None:
    long = TEXT.replace('guard: "provider_found"', f'guard: "{ENDLESS}"')
    (found,) = [one for one in check(load(long)) if one.code == "GUARD_SYNTAX"]
    assert (found.where, str(found.message)) == ("D06→G05", "the condition is longer than 2000 characters")
