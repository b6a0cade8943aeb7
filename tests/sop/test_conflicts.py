"""Conflicts between the needs of one case: read from the flowchart, proved free of circles, kept by the engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sop import overlay
from sop.checks import check
from sop.conflicts import going_first, holding, supervising
from sop.diff import diff
from sop.engine import Refused, State, apply, done, facts_known, need_opened, todo
from sop.flowchart import ConflictKind, Flowchart
from sop.track import track_of
from sop.yaml_io import Unreadable, dump, load
from tests.sop.research import LIBRARY
from tests.sop.test_engine import NOW, active, at_answer, more, opened

CHART = load(LIBRARY)
TEXT = LIBRARY.read_text(encoding="utf-8")
HEAD = """
sop: {id: T, version: 0.1.0, languages: [en]}
fields: {needs: {set: [MED, ASI, RET]}}
lanes: {CM: {en: Manager}}
nodes: [{id: S, kind: start, lane: CM, en: x}, {id: E, kind: end, lane: CM, en: x}]
edges: [[S, E]]
"""


def test_the_table_of_cameroon() -> None:
    assert [(one.kind, one.needs, one.others) for one in CHART.conflicts] == [
        (ConflictKind.WAITS_FOR, ("RET",), ("ASI",)),
        (ConflictKind.WAITS_FOR, ("RET",), ("TEH",)),
        (ConflictKind.FIRST, ("VBG", "MED"), ()),
        (ConflictKind.SUPERVISES, ("ENF",), ()),
    ]
    assert all(one.why.keys() == {"fr", "en"} for one in CHART.conflicts)


def test_a_text_without_the_table_is_read_as_before_and_the_table_is_part_of_the_identity() -> None:
    before = load(HEAD)
    ruled = load(HEAD + "conflicts: [{id: Q1, kind: waits_for, needs: [RET], others: [ASI]}]\n")
    assert (before.conflicts, len(ruled.conflicts)) == ((), 1)
    assert before.hash != ruled.hash
    assert (load(dump(ruled)).hash, load(dump(ruled)).conflicts[0].others) == (ruled.hash, ("ASI",))
    assert "conflicts" not in dump(before)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{id: Q1, kind: blocks, needs: [RET]}", "is not one of: waits_for, first, supervises"),
        ("{id: Q1, kind: waits_for, needs: [RET]}", "“others” is missing"),
        ("{id: Q1, kind: first}", "“needs” is missing"),
        ("{kind: first, needs: [MED]}", "“id” is missing"),
        ("{id: Q1, kind: first, needs: [XYZ]}", "“XYZ” is not one of the declared needs"),
        ("{id: Q1, kind: waits_for, needs: [RET], others: [RET]}", "“RET” cannot stand in its own way"),
        ("just words", "a mapping"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_line(rule: str, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        load(HEAD + f"conflicts:\n  - {rule}\n")
    assert (refused.value.line, words in str(refused.value.message)) == (8, True)


def test_needs_that_wait_for_each_other_are_told_as_a_circle() -> None:
    text = (
        HEAD
        + """conflicts:
  - {id: Q1, kind: waits_for, needs: [RET], others: [ASI]}
  - {id: Q2, kind: waits_for, needs: [ASI], others: [MED]}
  - {id: Q3, kind: waits_for, needs: [MED], others: [RET]}
"""
    )
    (found,) = [one for one in check(load(text)) if one.code == "CONFLICT_CIRCLE"]
    assert set(found.message.values["cycle"].split(" → ")) == {"RET", "ASI", "MED"}
    assert [one for one in check(CHART) if one.code == "CONFLICT_CIRCLE"] == []


def test_a_return_under_way_stands_still_once_asylum_is_asked_and_goes_on_afterwards() -> None:
    state = more(CHART, opened(CHART, "RET", nationality="foreign"), done("R01", "RET", {"provider_found": True}))
    state = more(CHART, state, need_opened("ASI"))
    for event in (done("G05", "RET", {"choice": "consent"}),):
        with pytest.raises(Refused) as refused:
            apply(CHART, state, event, NOW)
        assert refused.value.message.code == "CONFLICT"
    held = next(item for item in todo(CHART, state, NOW + timedelta(days=90)) if item.need == "RET")
    assert (held.step, held.held_by, held.due_at, held.overdue) == ("G05", "ASI", None, False)
    later = NOW + timedelta(days=3)
    state = apply(CHART, state, done("G04", "ASI"), later)
    state = apply(CHART, state, done("R01", "ASI", {"provider_found": True}), later)
    state = apply(CHART, state, done("G05", "ASI", {"choice": "stop"}), later)
    free = next(item for item in todo(CHART, state, later) if item.need == "RET")
    assert (free.held_by, free.due_at) == (None, later + timedelta(hours=24)), "three days of waiting do not count"
    assert active(apply(CHART, state, done("G05", "RET", {"choice": "stop"}), later), "RET") == []


def test_what_was_sent_before_goes_on() -> None:
    state = at_answer(CHART, opened(CHART, "RET", nationality="foreign"), "RET")
    state = more(CHART, state, need_opened("ASI"), done("W01", "RET", {"response": "accepted"}))
    assert active(state, "RET") == ["R05"]


def test_a_held_return_is_never_sent_even_when_every_answer_is_known() -> None:
    state = more(
        CHART,
        opened(CHART, "RET", nationality="foreign"),
        done("R01", "RET", {"provider_found": True}),
        done("G05", "RET", {"choice": "consent"}),
        need_opened("TEH"),
        facts_known({"share_gate": "allow"}, "RET"),
    )
    assert active(state, "RET") == ["X03"]
    with pytest.raises(Refused) as refused:
        apply(CHART, state, done("X03", "RET"), NOW)
    assert dict(refused.value.message.values) == {"need": "RET", "other": "TEH"}


def test_care_comes_first_in_the_list_and_child_protection_looks_over_the_others() -> None:
    state = opened(CHART, "HEB", "MED", "ENF", "VBG", age_band="minor")
    items = [item for item in todo(CHART, state, NOW, lang="en") if item.step == "R01"]
    assert [item.need for item in items] == ["MED", "VBG", "ENF", "HEB"]
    assert [[note.code for note in item.notes] for item in items] == [
        ["note_first", "note_supervised"], ["note_first", "note_supervised"], [], ["note_supervised"],
    ]  # fmt: skip
    assert str(items[3].notes[0]) == "agree each step with those in charge of: Child protection and alternative care"


def test_lateness_still_goes_before_the_order_of_needs() -> None:
    state = opened(CHART, "HEB")
    late = datetime(2026, 11, 18, 20, tzinfo=UTC)
    state = apply(CHART, state, need_opened("MED"), late)
    assert [item.need for item in todo(CHART, state, late) if item.step == "R01"] == ["HEB", "MED"]


def test_the_rules_one_by_one() -> None:
    track = track_of(CHART)
    assert holding(track, "R01", "RET", {"RET", "TEH"}) == (CHART.conflicts[1], "TEH")
    assert holding(track, "R01", "RET", {"RET", "MED"}) is None
    assert holding(track, "W01", "RET", {"RET", "ASI"}) is None
    assert holding(track, "N07", None, {"RET", "ASI"}) is None
    assert going_first(CHART, "MED") is CHART.conflicts[2]
    assert going_first(CHART, None) is None
    assert supervising(CHART, "MED", {"MED", "ENF"}) == (CHART.conflicts[3], "ENF")
    assert supervising(CHART, "ENF", {"ENF"}) is None
    assert supervising(CHART, None, {"ENF"}) is None


def test_a_withdrawal_leaves_a_held_need_held() -> None:
    state: State = opened(CHART, "RET", "ASI", nationality="foreign")
    state = more(CHART, state, done("N07"), done("N08"))
    assert [item.step for item in todo(CHART, state, NOW) if item.need == "RET"] == ["P_RET"]
    assert State.from_json(state.to_json()) == state


# --- layers and versions ----------------------------------------------------------------------------------------------

OVERLAY = "overlay: {base: CMR-MNR, id: T, version: 1.0.0}\nchanges:\n  - "


def on_cameroon(change: str) -> Flowchart:
    return overlay.apply(CHART, overlay.load(OVERLAY + change + "\n"))


def test_a_layer_may_add_a_rule_make_it_stricter_and_translate_its_reason() -> None:
    more_rules = on_cameroon("{add: conflict, id: Q09, kind: waits_for, needs: [ECO], others: [MED]}")
    assert [one.id for one in more_rules.conflicts] == ["Q01", "Q02", "Q03", "Q04", "Q09"]
    stricter = "{replace: conflict, id: Q01, with: {kind: waits_for, needs: [RET], others: [ASI, ENF]}}"
    assert on_cameroon(stricter).conflicts[0].others == ("ASI", "ENF")
    assert on_cameroon("{translate: ff, conflicts: {Q01: njal}}").conflicts[0].why["ff"] == "njal"
    assert [one.id for one in on_cameroon("{remove: conflict, id: Q04}").conflicts] == ["Q01", "Q02", "Q03"]


@pytest.mark.parametrize(
    "change",
    [
        "{remove: conflict, id: Q01}",
        "{replace: conflict, id: Q01, with: {kind: first, needs: [RET]}}",
        "{replace: conflict, id: Q02, with: {kind: waits_for, needs: [RET], others: [MED]}}",
    ],
)
def test_a_layer_may_not_let_a_need_go_that_waits_for_protection(change: str) -> None:
    with pytest.raises(overlay.LockBroken) as refused:
        on_cameroon(change)
    finding = refused.value.finding
    assert (finding.code, finding.where in ("Q01", "Q02")) == ("LOCKED_WEAKENED", True)
    assert "P_RET" in finding.counter_example


def test_a_changed_rule_is_a_difference_between_two_versions() -> None:
    (change,) = diff(CHART, on_cameroon("{remove: conflict, id: Q04}")).of("conflicts")
    assert (change.section, change.id, change.mark) == ("conflicts", "Q04", "removed")
