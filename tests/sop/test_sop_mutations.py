"""Break the published research flowchart in sixteen ways (and more): each break is found, named and shown."""

from __future__ import annotations

import pytest

from sop.checks import check, report
from sop.checks.timing import measure
from sop.yaml_io import load
from tests.sop.research import ABSENT, DRAFT

pytestmark = pytest.mark.skipif(not DRAFT.exists(), reason=ABSENT)

G05_LINE = "deadline: {critical: PT1H, high: PT24H, medium: PT72H, low: P7D}, forms: [F15_consent_referral]"
D12_WAYS_OUT = (
    '- [D12, N10, "review == closable", "critères remplis"]\n'
    '- [D12, E04, "review == lost", "perdu de vue"]\n'
    '- [D12, E03, "review == left", "parti, transféré, décédé"]\n'
)
MUTATIONS = [
    ("shortcut past the consent", '- [R01, D06, "", ""]', '- [R01, X03, "", ""]', "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("sent again on the old consent", "- [D06, G05,", "- [D06, D09,", "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("emergency without basis", "- [D01, L01,", "- [D01, X01,", "SHARE_WITHOUT_LEGAL_BASIS", "X01"),
    (
        "doubtful age forgotten",
        '- [D02, L02, "age_band in [minor, doubtful]"',
        '- [D02, L02, "age_band == minor"',
        "NOT_EXHAUSTIVE",
        "D02",
    ),
    (
        "answers that overlap",
        '"response == declined and attempts >= 3"',
        '"response == declined and attempts >= 2"',
        "OVERLAP",
        "D10",
    ),
    ("misspelt field", '"gap_solved", "oui"', '"gap_sloved", "oui"', "GUARD_UNKNOWN_FIELD", "D07→G05"),
    (
        "never true",
        '"RET in needs and nationality == foreign',
        '"RET in needs and nationality == cmr and nationality == foreign',
        "UNSAT_GUARD",
        "O01→P_RET",
    ),
    ("code in a condition", '"not provider_found"', "\"__import__('os').system('id')\"", "GUARD_SYNTAX", "D06→R02"),
    ("orphan step", "- [P_FAM, R01", "- [P_EDU, R01", "DEAD_END", "P_FAM"),
    ("orphan step unreached", '- [O01, P_FAM, "FAM in needs", ""]\n', "", "UNREACHABLE", "P_FAM"),
    ("no exit from the review", D12_WAYS_OUT, "", "CYCLE_NO_EXIT", ""),
    ("unbounded loop", '"en cours", {loop: true, max: 36}', '"en cours", {loop: true}', "UNBOUNDED_LOOP", "D12→N09"),
    ("undeclared loop", '"nouveau besoin", {loop: true, max: 12}', '"nouveau besoin"', "UNMARKED_CYCLE", ""),
    ("slow consent", G05_LINE, G05_LINE.replace("critical: PT1H", "critical: PT72H"), "DEADLINE_EXCEEDED", "K01"),
    (
        "fast track removed",
        '- [O00, O01, "urgent", "besoin urgent < 72 h : sans attendre le plan"]\n',
        "",
        "CONSTRAINT_NO_PATH",
        "K01",
    ),
    (
        "child's refusal closes the case",
        '"base_consent == refused and age_band == adult"',
        '"base_consent == refused"',
        "FORBIDDEN_PATH",
        "Z01",
    ),
    (
        "pathway removed",
        "- {id: P_FAM, kind: pathway, lane: PROV, need: FAM,",
        "- {id: P_FAM, kind: task, lane: PROV,",
        "NEED_WITHOUT_PATHWAY",
        "FAM",
    ),
    ("every way to an end removed", "kind: end", "kind: task", "CANNOT_FINISH", "S0"),
    ("branch to nowhere", "- [N08, O01,", "- [N08, O99,", "UNKNOWN_NODE", "N08→O99"),
    ("share that names no basis", "requires: [vital]", "requires: []", "SHARE_DECLARES_NO_BASIS", "X01"),
    ("one basis of two missing", "- [D02, G02,", "- [D02, N06,", "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("withdrawal that leads back to sharing", "- [D13, G02,", "- [D13, N08,", "SHARE_WITHOUT_LEGAL_BASIS", "X03"),
    ("two elses", '"not gap_solved", "non"]', '"else", "non"]\n- [D07, J01, "else", "non"]', "TWO_DEFAULTS", "D07"),
    ("branch without condition", '"provider_found", "oui"', '"", "oui"', "UNGUARDED_BRANCH", "D06→G05"),
    ("misspelt value", '"review == lost"', '"review == lots"', "GUARD_UNKNOWN_VALUE", "D12→E04"),
    ("split without join", "kind: join_or", "kind: task", "SPLIT_WITHOUT_JOIN", "O01"),
    ("label missing", 'fr: "Prestataire trouvé ?"', 'fr: ""', "MISSING_LABEL", "D06"),
    (
        "deadline missing",
        "deadline: P30D, forms: [F12_consent_justice]",
        "forms: [F12_consent_justice]",
        "NO_DEADLINE",
        "G03",
    ),
    (
        "infeasible path",
        '- [L02, X02, "", ""]',
        '- [L02, X02, "age_band == adult", ""]\n- [L02, N04, "else", ""]',
        "PATH_UNSAT",
        "L02→X02",
    ),
    (
        "endless condition",
        '"provider_found", "oui"',
        f'"{"provider_found or " * 588}urgent", "oui"',
        "GUARD_SYNTAX",
        "D06→G05",
    ),
    ("months of loops", "{loop: true, max: 36}", "{loop: true, max: 900}", "LOOP_BUDGET", "CMR-MNR"),
]


@pytest.mark.parametrize(("name", "old", "new", "code", "where"), MUTATIONS, ids=[row[0] for row in MUTATIONS])
def test_each_break_is_found_with_a_way_on_which_it_shows(name: str, old: str, new: str, code: str, where: str) -> None:
    text = DRAFT.read_text(encoding="utf-8")
    assert old in text, f"the break “{name}” does not touch the file"
    before = {(one.severity, one.code, one.where) for one in check(load(text))}
    chart = load(text.replace(old, new))
    found = [one for one in check(chart) if one.code == code and where in ("", one.where)]
    assert found, f"{name}: {code} not found"
    assert (found[0].severity, found[0].code, found[0].where) not in before or code == "LOOP_BUDGET"
    assert found[0].counter_example
    known = chart.steps.keys() | {"O99"}
    assert set(found[0].counter_example) <= known
    assert str(found[0].message)


def test_the_research_flowchart_has_no_error_and_exits_with_0() -> None:
    findings, code = report(DRAFT)
    assert code == 0
    assert [one for one in findings if one["severity"] == "error"] == []
    assert {one["code"] for one in findings if one["severity"] == "information"} == {
        "NEED_CONDITIONAL",
        "HUB",
        "HANDOVERS",
    }
    assert [one["where"] for one in findings if one["code"] == "NEED_CONDITIONAL"] == ["RET"]


@pytest.mark.parametrize(("limit", "hours"), [("K01", 10), ("K02", 16), ("K03", 3), ("K04", 649), ("K05", 305)])
def test_end_to_end_times_are_those_of_the_research(limit: str, hours: int) -> None:
    assert measure(load(DRAFT), limit) == hours


def test_slow_consent_takes_81_hours_where_24_are_allowed() -> None:
    text = DRAFT.read_text(encoding="utf-8").replace(G05_LINE, G05_LINE.replace("critical: PT1H", "critical: PT72H"))
    (finding,) = [one for one in check(load(text)) if one.where == "K01"]
    assert (finding.message.values["hours"], finding.message.values["limit"]) == (81, 24)
    assert finding.counter_example[0] == "S0"
    assert finding.counter_example[-1] == "X03"
    assert "G05" in finding.counter_example


def test_sent_on_the_old_consent_shows_the_way_from_the_step_that_ended_it() -> None:
    text = DRAFT.read_text(encoding="utf-8").replace("- [D06, G05,", "- [D06, D09,")
    ways = [one.counter_example for one in check(load(text)) if one.code == "SHARE_WITHOUT_LEGAL_BASIS"]
    assert ["R01", "D06", "D09", "X03"] in ways


def test_a_child_refusal_shows_the_whole_way_to_the_closed_case() -> None:
    text = DRAFT.read_text(encoding="utf-8").replace(
        '"base_consent == refused and age_band == adult"', '"base_consent == refused"'
    )
    (finding,) = [one for one in check(load(text)) if one.code == "FORBIDDEN_PATH"]
    assert finding.counter_example[-6:] == ["L02", "X02", "N04", "G01", "D03", "E02"]
