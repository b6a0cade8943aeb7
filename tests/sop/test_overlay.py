"""Layers: what an overlay may change, what it may not, and that nothing is ever half applied."""

from __future__ import annotations

from pathlib import Path

import pytest

import sop
from sop import overlay
from sop.checks import check, report
from sop.flowchart import Flowchart
from sop.overlay import LockBroken, apply, deviations, merged
from sop.vocabulary import Priority
from sop.yaml_io import Unreadable, dump, load

LIBRARY = Path(sop.__file__).parent / "library"
REGIONAL = LIBRARY / "regional" / "flowchart.yaml"
CAMEROON = LIBRARY / "cameroon" / "flowchart.yaml"
COUNTRY = LIBRARY / "cameroon" / "overlay.yaml"
REGIONS = sorted((LIBRARY / "cameroon" / "regions").glob("*.yaml"))
MODEL = load(REGIONAL)
HEAD = "overlay: {base: REG-MNR, id: T, version: 1.0.0}\nchanges:\n"


def on_model(*changes: str) -> Flowchart:
    return apply(MODEL, overlay.load(HEAD + "".join(f"  - {change}\n" for change in changes)))


def errors(chart: Flowchart) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in check(chart) if finding.severity == "error"]


# --- the library ------------------------------------------------------------------------------------------------------


def test_the_regional_model_and_the_overlay_of_cameroon_are_the_procedure_of_cameroon() -> None:
    assert merged([REGIONAL, COUNTRY]).hash == load(CAMEROON).hash


@pytest.mark.parametrize("chain", [[REGIONAL], [REGIONAL, COUNTRY], *([REGIONAL, COUNTRY, one] for one in REGIONS)])
def test_every_merged_flowchart_of_the_library_has_no_error(chain: list[Path]) -> None:
    found = merged(chain)
    assert errors(found) == []
    assert {finding.code for finding in check(found) if finding.severity == "warning"} <= {"LOOP_BUDGET"}
    assert load(dump(found)).hash == found.hash


def test_there_is_a_region_and_it_stands_on_the_country_alone_too() -> None:
    assert REGIONS
    for path in REGIONS:
        assert merged([CAMEROON, path]).hash == merged([REGIONAL, COUNTRY, path]).hash
        assert report(path, bases=[CAMEROON])[1] == 0


def test_the_library_locks_consent_children_emergencies_and_withdrawal() -> None:
    for chart in (MODEL, load(CAMEROON)):
        locked = {step.id for step in chart.steps.values() if step.locked}
        assert {step.id for step in chart.steps.values() if step.kind in ("consent", "legal_basis", "share")} <= locked
        assert {"D01", "N02", "D02", "N04", "D03", "D09", "V01", "N11", "D13"} <= locked


# --- what an overlay may do -------------------------------------------------------------------------------------------


def test_a_step_is_added_where_it_is_told_with_its_branches() -> None:
    found = on_model(
        "{add: node, after: N07, id: N20, kind: task, lane: CM, deadline: PT1H, fr: Appeler, en: Call}",
        "{replace: edge, from: N07, to: N08, with: {to: N20}}",
        "{add: edge, from: N20, to: N08}",
    )
    ids = list(found.steps)
    assert ids[ids.index("N07") + 1] == "N20"
    assert [branch.target for branch in found.outgoing("N07")] == ["N20"]
    assert errors(found) == []
    assert (found.id, found.version, found.title) == ("T", "1.0.0", MODEL.title)


def test_a_step_that_is_removed_takes_its_branches_along() -> None:
    found = on_model(
        "{remove: node, id: N12}",
        "{add: edge, from: D12, to: E03, guard: review == left, fr: parti, en: gone}",
    )
    assert "N12" not in found.steps
    assert errors(found) == []


def test_only_the_priorities_that_are_named_get_another_time() -> None:
    found = on_model("{retime: node, id: N04, deadline: {high: P2D}}", "{retime: constraint, id: K04, max: P30D}")
    step, before = found.steps["N04"], MODEL.steps["N04"]
    assert step.due(Priority.HIGH).days == 2
    assert [step.due(one) for one in Priority if one != "high"] == [
        before.due(one) for one in Priority if one != "high"
    ]
    assert found.constraints[3].limit.days == 30
    assert set(on_model("{retime: node, id: N01, deadline: {low: P1D}}").steps["N01"].deadline) == set(Priority)


def test_words_actors_lanes_and_another_language_are_put_on() -> None:
    found = on_model(
        "{rename: node, id: N01, en: Welcome, actor: {en: Police}}",
        "{rename: lane, id: CM, fr: Travailleur social}",
        "{rename: edge, from: D06, to: G05, en: found}",
        "{rename: node, id: N08, lane: COORD}",
        "{rename: constraint, id: K03, why: {en: life}}",
        "{translate: ff, nodes: {S0: aaa}, edges: {D06→G05: bbb}, lanes: {CM: ccc}, actors: {X01: ddd}, title: eee}",
    )
    assert found.languages == ("fr", "en", "ff")
    assert found.steps["N01"].label == {**MODEL.steps["N01"].label, "en": "Welcome"}
    assert (found.steps["N01"].actors, found.steps["N08"].lane) == ({"en": "Police"}, "COORD")
    assert found.lanes["CM"] == {"fr": "Travailleur social", "en": MODEL.lanes["CM"]["en"], "ff": "ccc"}
    assert found.steps["S0"].label["ff"] == "aaa"
    assert {b.label["ff"] for b in found.outgoing("D06") if b.target == "G05"} == {"bbb"}
    assert found.steps["X01"].actors["ff"] == "ddd"
    assert (found.title["ff"], found.constraints[2].why["en"]) == ("eee", "life")
    assert load(dump(found)).hash == found.hash


def test_lanes_stages_fields_and_limits_can_be_added_and_replaced() -> None:
    found = on_model(
        "{add: lane, id: NEW, after: CM, fr: a, en: b}",
        "{add: stage, id: last, fr: a, en: b}",
        "{add: field, id: seen, is: bool}",
        "{replace: field, id: attempts, with: {is: {int: [0, 9]}}}",
        "{replace: constraint, id: K03, with: {from: S0, to: X01, priority: critical, max: PT3H}}",
        "{add: forbidden, id: Z90, from: R03, to: X03}",
        "{remove: constraint, id: K04}",
    )
    assert list(found.lanes)[2] == "NEW"
    assert found.fields["attempts"].high == 9
    assert [one.id for one in found.constraints] == ["K01", "K02", "K03"]
    assert found.forbidden[-1].id == "Z90"


def test_of_two_branches_between_the_same_steps_one_is_named_by_its_guard_or_place() -> None:
    guard = "response == declined and attempts >= 3"
    found = on_model(f'{{remove: edge, from: D10, to: R03, guard: "{guard}"}}')
    assert [b.guard.text for b in found.outgoing("D10") if b.target == "R03" and b.guard] == [
        "response == timeout and reminders >= 2"
    ]
    assert found.hash == on_model("{remove: edge, from: D10, to: R03, place: 1}").hash


# --- what it may not --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ("{remove: node, id: N99}", "OVERLAY_ABSENT", "no node “N99”"),
        ("{retime: node, id: N99, deadline: P1D}", "OVERLAY_ABSENT", "no node “N99”"),
        ("{remove: edge, from: N01, to: N99}", "OVERLAY_ABSENT", "N01→N99"),
        ("{remove: edge, from: D10, to: R03}", "OVERLAY_AMBIGUOUS", "there are 2 branches"),
        ("{translate: ff, nodes: {N99: x}}", "OVERLAY_ABSENT", "no node “N99”"),
        ("{add: node, after: N99, id: N90, kind: task, lane: CM}", "OVERLAY_ABSENT", "no node “N99”"),
        ("{add: node, id: N01, kind: task, lane: CM}", "OVERLAY_EXISTS", "node “N01” is already"),
        ("{add: edge, from: N01, to: D01}", "OVERLAY_EXISTS", "edge “N01→D01” is already"),
        ("{add: lane, id: CM, fr: x}", "OVERLAY_EXISTS", "lane “CM” is already"),
        ("{remove: lane, id: CM}", "OVERLAY_IN_USE", "still stands in it"),
        ("{remove: stage, id: plan}", "OVERLAY_IN_USE", "still stands in it"),
        ("{paint: node, id: N01}", "OVERLAY_VERB", "says one of"),
        ("{add: node, remove: node, id: N01}", "OVERLAY_VERB", "says one of"),
        ("{rename: node, id: N01}", "OVERLAY_VERB", "nothing is said"),
        ("{add: goat, id: N01}", "UNREADABLE", "“goat” is not one of"),
        ("{remove: node, id: N12, colour: red}", "UNREADABLE", "“colour” is not understood"),
        ("{add: node, id: N90, kind: task, lane: CM, colour: red}", "UNREADABLE", "“colour” is not understood"),
        ("{add: node, id: N90, kind: teleport, lane: CM}", "UNREADABLE", "“teleport” is not one of"),
        ("{add: node, id: N90, kind: task, lane: XX}", "UNREADABLE", "not declared"),
        ("{add: node, id: N90, lane: CM}", "UNREADABLE", "“kind” is missing"),
        ("{retime: node, id: N04, deadline: {soon: P1D}}", "UNREADABLE", "“soon” is not one of"),
        ("{retime: node, id: N04, deadline: P1M}", "UNREADABLE", "not a duration"),
        ("{retime: node, id: N04}", "UNREADABLE", "“deadline” is missing"),
        ("{replace: node, id: N12, with: {id: N90, kind: task, lane: CM}}", "UNREADABLE", "cannot be changed"),
        ("{replace: node, id: N12}", "UNREADABLE", "“with” is missing"),
        ("{add: field, id: x, is: float}", "UNREADABLE", "a field is"),
        ("{translate: '../x', nodes: {}}", "UNREADABLE", "two or three letters"),
        ("just words", "UNREADABLE", "a mapping"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_with_its_line(change: str, code: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refused:
        on_model("{rename: node, id: N01, en: Welcome}", change)
    assert (refused.value.line, refused.value.message.code) == (4, code)
    assert MODEL.hash == load(REGIONAL).hash


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("changes: []\n", 1, "“overlay” is missing"),
        ("overlay: {base: REG-MNR, version: 1}\n", 1, "“changes” is missing"),
        ("overlay: {base: REG-MNR}\nchanges: []\n", 1, "“version” is missing"),
        ("overlay: {version: 1}\nchanges: []\n", 1, "“base” is missing"),
        ("overlay: {base: REG-MNR, version: 1}\nchanges: {}\n", 2, "a list is expected"),
        ("overlay: {base: REG-MNR, version: 1, colour: red}\nchanges: []\n", 1, "“colour” is not understood"),
        ("overlay: {base: REG-MNR, version: 1}\nchanges: []\nnodes: []\n", 3, "“nodes” is not understood"),
        ("overlay: {base: CMR-MNR, version: 1}\nchanges: []\n", 1, "written for CMR-MNR, not for REG-MNR 0.1.0"),
        ("overlay: {base: REG-MNR, base_version: 9.9.9, version: 1}\nchanges: []\n", 1, "written for REG-MNR 9.9.9"),
        ("overlay: &a {base: REG-MNR, version: 1}\nchanges: [*a]\n", 2, "aliases"),
        ("overlay: {base: [x], version: 1}\nchanges: []\n", 1, "a text is expected"),
    ],
)
def test_a_malformed_overlay_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refused:
        apply(MODEL, overlay.load(text))
    assert refused.value.line == line


# --- locks ------------------------------------------------------------------------------------------------------------

X03 = "kind: share, lane: CM, locked: true, deadline: P1D, fr: a, en: b, shares: [per_consent]"
G05 = "kind: consent, lane: PERS, locked: true, deadline: P1D, fr: a, en: b, sets: [choice]"
TASK = "kind: task, lane: CM, deadline: P1D, fr: a, en: b"


def instead(step: str, *values: str) -> str:
    return f"{{replace: node, id: {step}, with: {{{', '.join(values)}}}}}"


LOCKED: dict[str, tuple[str, str, list[str]]] = {
    "the provider's consent removed": ("LOCKED_REMOVED", "G05", ["{remove: node, id: G05}"]),
    "the emergency's basis removed": ("LOCKED_REMOVED", "L01", ["{remove: node, id: L01}"]),
    "a lock opened": (
        "LOCKED_WEAKENED",
        "G05",
        [instead("G05", G05.replace("true", "false"), "grants: [provider]")],
    ),
    "a consent that grants more": (
        "LOCKED_WEAKENED",
        "G05",
        [instead("G05", G05, "grants: [provider, case]")],
    ),
    "a consent that becomes a task": (
        "LOCKED_WEAKENED",
        "G05",
        [instead("G05", G05.replace("kind: consent", "kind: task"), "grants: [provider]")],
    ),
    "a share that requires less": (
        "LOCKED_WEAKENED",
        "X03",
        [instead("X03", X03, "requires: [case], requires_for: {TEH: [justice], ASI: [asylum]}")],
    ),
    "a share that requires less of one need": (
        "LOCKED_WEAKENED",
        "X03",
        [instead("X03", X03, "requires: [case, provider], requires_for: {TEH: [justice]}")],
    ),
    "a share of more data": (
        "LOCKED_WEAKENED",
        "X01",
        [
            instead(
                "X01",
                "kind: share, lane: FIRST, locked: true, deadline: PT1H, fr: a, en: b",
                "requires: [vital], shares: [C1, C2, C6, C8]",
            )
        ],
    ),
    "a withdrawal that ends less": (
        "LOCKED_WEAKENED",
        "N11",
        [instead("N11", TASK, "locked: true, invalidates: [provider], sets: [withdrawal]")],
    ),
    "a way around the consent": (
        "LOCKED_BYPASSED",
        "G05",
        ["{add: edge, from: R01, to: D09, guard: urgent}"],
    ),
    "a way around the child's pathway": (
        "LOCKED_BYPASSED",
        "L02",
        [
            "{replace: edge, from: D02, to: L02, with: {guard: age_band == minor}}",
            "{replace: edge, from: D02, to: G02, with: {guard: 'age_band in [doubtful, adult]'}}",
        ],
    ),
    "an emergency that is not asked about": (
        "LOCKED_BYPASSED",
        "D01",
        ["{replace: edge, from: N01, to: D01, with: {to: N03}}"],
    ),
    "trafficking without its own consent": (
        "LOCKED_BYPASSED",
        "G03",
        ["{replace: edge, from: P_TEH, to: G03, with: {to: R01}}"],
    ),
    "a new first step that skips the emergency": (
        "LOCKED_BYPASSED",
        "D01",
        ["{add: node, id: S9, kind: start, lane: FIRST, fr: a, en: b}", "{add: edge, from: S9, to: N03}"],
    ),
    "an easier step grants the basis": (
        "LOCKED_BYPASSED",
        "G90",
        [
            f"{{add: node, id: G90, {TASK}, grants: [provider]}}",
            "{replace: edge, from: R01, to: D06, with: {to: G90}}",
            "{add: edge, from: G90, to: D06}",
        ],
    ),
    "a share on a basis of its own": (
        "LOCKED_BYPASSED",
        "X91",
        [
            f"{{add: node, id: G91, {TASK}, grants: [mine]}}",
            f"{{add: node, id: X91, {TASK.replace('task', 'share')}, requires: [mine], shares: [C2]}}",
            "{replace: edge, from: N07, to: N08, with: {to: G91}}",
            "{add: edge, from: G91, to: X91}",
            "{add: edge, from: X91, to: N08}",
        ],
    ),
    "a child's protection no longer a rule": (
        "LOCKED_WEAKENED",
        "Z01",
        ["{remove: forbidden, id: Z01}"],
    ),
    "a value that nobody can answer any more": (
        "LOCKED_WEAKENED",
        "choice",
        [
            "{replace: field, id: choice, with: {is: {enum: [consent, stop]}}}",
            "{remove: edge, from: G05, to: R01}",
        ],
    ),
    "a rule with a hole": (
        "LOCKED_WEAKENED",
        "Z02",
        ["{replace: forbidden, id: Z02, with: {from: D01, to: X03, avoid_ok: [G05, D06]}}"],
    ),
}


@pytest.mark.parametrize(("code", "where", "changes"), LOCKED.values(), ids=LOCKED)
def test_what_a_lock_protects_holds(code: str, where: str, changes: list[str]) -> None:
    with pytest.raises(LockBroken) as refused:
        on_model("{rename: node, id: N01, en: Welcome}", *changes)
    finding = refused.value.finding
    assert (finding.code, finding.where) == (code, where)
    assert finding.counter_example
    assert 4 <= refused.value.line <= 4 + len(changes)


STRONGER = {
    "a share that requires more": [
        instead(
            "X03",
            X03,
            "requires: [provider, case, mine]",
            "requires_for: {TEH: [justice], ASI: [asylum], MED: [own]}",
        )
    ],
    "a shorter time and other words": [
        "{retime: node, id: L01, deadline: PT30M}",
        "{rename: node, id: G05, en: Choose, lane: CM}",
    ],
    "a step before a locked one": [
        f"{{add: node, id: N90, {TASK}}}",
        "{replace: edge, from: D02, to: L02, with: {to: N90, guard: 'age_band in [minor, doubtful]'}}",
        "{add: edge, from: N90, to: L02}",
    ],
    "else": ["{replace: edge, from: D02, to: G02, with: {guard: else}}"],
}


@pytest.mark.parametrize("changes", STRONGER.values(), ids=STRONGER)
def test_a_lock_does_not_hinder_what_keeps_or_strengthens_it(changes: list[str]) -> None:
    assert on_model(*changes).hash != MODEL.hash


def test_the_report_shows_the_broken_lock_with_its_way(tmp_path: Path) -> None:
    path = tmp_path / "overlay.yaml"
    path.write_text(HEAD + "  - {add: edge, from: R01, to: D09, guard: urgent}\n", encoding="utf-8")
    findings, code = report(path, bases=[REGIONAL])
    assert (code, [one["code"] for one in findings]) == (1, ["LOCKED_BYPASSED"])
    assert findings[0]["counter_example"][-2:] == ["R01", "D09"]
    path.write_text(HEAD + "  - {remove: node, id: N99}\n", encoding="utf-8")
    findings, code = report(path, bases=[REGIONAL])
    assert (code, findings[0]["code"], findings[0]["where"]) == (2, "OVERLAY_ABSENT", "line 3 changes.1 (overlay.yaml)")
    assert report(path)[0][0]["message"] == "this is an overlay: say on which base it stands"


# --- deviations -------------------------------------------------------------------------------------------------------


def test_a_country_s_deviations_are_told_step_by_step_with_both_values() -> None:
    found = deviations(MODEL, merged([REGIONAL, COUNTRY]), lang="en")
    told = {(one.way.value, one.where): str(one.message) for one in found}
    assert told[("retimed", "N09")] == "N09 may take P14D instead of P30D at medium priority"
    assert told[("added", "D07")] == "the step D07 is added: Was a solution found?"
    assert told[("removed", "N12")].startswith("the step N12 is left out: Person gone")
    assert told[("rewired", "D12")] == "D12 leads to E03 (review == left) instead of N12 (review == left)"
    assert told[("renamed", "P_EDU")] == "P_EDU adds the words “MINEDUB, MINESEC, MINEFOP”"
    assert told[("changed", "nationality")].endswith("instead of enum national, foreign, stateless_unknown")
    assert {one.section for one in found} == {"nodes", "edges", "lanes", "fields", "constraints"}
    order = [one.where for one in found if one.section in ("nodes", "edges")]
    assert order.index("N03") < order.index("D06") < order.index("R02") < order.index("D12")


def test_a_flowchart_does_not_deviate_from_itself() -> None:
    assert deviations(MODEL, MODEL) == []
