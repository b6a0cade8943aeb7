"""A case moved to another version: what is refused, what goes over, and which due date counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import sop
from sop.deadlines import PauseReason
from sop.engine import Refused, State, apply, done, facts_known, paused, resumed, start, todo
from sop.flowchart import Flowchart
from sop.migration import migrate, preview
from sop.yaml_io import load
from tests.sop.walks import START, walk

TEXT = (Path(sop.__file__).parent / "library" / "cameroon" / "flowchart.yaml").read_text(encoding="utf-8")
OLD = load(TEXT)
NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


def version(*pairs: tuple[str, str]) -> Flowchart:
    text = TEXT.replace("version: 0.2.0", "version: 0.3.0")
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return load(text)


NEW = version()


def at_plan() -> State:
    """An adult who consented, with the assessment to be made."""
    facts = {
        "immediate_danger": False,
        "age_band": "adult",
        "nationality": "cmr",
        "needs": ("MED",),
        "urgent": False,
        "priority": "medium",
    }
    state = start(OLD, facts, NOW)
    for event in (done("N01"), done("N03"), done("G02", facts={"base_consent": "given"}), done("N06")):
        state = apply(OLD, state, event, NOW)
    assert state.active == (("N07", None),)
    return state


def at_sending() -> State:
    """The same case with a provider chosen and consent given: the referral is to be sent."""
    state = at_plan()
    for event in (
        done("N07"),
        done("N08"),
        done("R01", "MED", {"provider_found": True}),
        done("G05", "MED", {"choice": "consent"}),
        facts_known({"share_gate": "allow"}, "MED"),
    ):
        state = apply(OLD, state, event, NOW)
    assert ("X03", "MED") in state.active
    return state


def codes(new: Flowchart, state: State, mapping: dict[str, str | None] | None = None, **options: object) -> set[str]:
    return {one.code for one in preview(OLD, new, state, mapping or {}, **options).refusals}


# --- what goes over ---------------------------------------------------------------------------------------------------


def test_a_case_is_moved_to_a_version_that_changes_nothing_for_it() -> None:
    state = at_sending()
    found = migrate(OLD, NEW, state, LATER)
    assert (found.flowchart, found.active) == (NEW.hash, state.active)
    assert (found.course, found.needs, found.trail) == (state.course, state.needs, state.trail)
    assert found.tokens == state.tokens
    sent = apply(NEW, found, done("X03", "MED"), LATER)
    assert ("W01", "MED") in sent.active


def test_steps_with_other_ids_are_followed_by_the_mapping_in_everything_a_state_holds() -> None:
    new = version(("R01", "SEEK"), ("G05", "CHOOSE"), ("X03", "SEND"), ("N07", "ASSESS"))
    mapping: dict[str, str | None] = {"R01": "SEEK", "G05": "CHOOSE", "X03": "SEND", "N07": "ASSESS"}
    assert codes(new, at_sending()) >= {"MIGRATION_NO_COUNTERPART"}
    found = migrate(OLD, new, at_sending(), LATER, mapping)
    assert ("SEND", "MED") in found.active
    assert {"SEEK", "CHOOSE", "ASSESS"} <= {one.step for one in found.trail}
    assert found.needs["MED"].course.bases == {"provider": "CHOOSE"}
    sent = apply(new, found, done("SEND", "MED"), LATER)
    declined = apply(new, sent, done("W01", "MED", {"response": "declined"}), LATER)
    assert ("SEEK", "MED") in declined.active
    assert [str(item.why) for item in todo(new, declined, LATER) if item.need]


def test_the_earlier_due_date_counts() -> None:
    line = "deadline: {critical: P1D, high: P3D, medium: P5D, low: P5D}"
    longer = version((line, line.replace("medium: P5D", "medium: P9D")))
    shorter = version((line, line.replace("medium: P5D", "medium: P2D")))
    promised = {item.step: item.due_at for item in todo(OLD, at_plan(), LATER)}["N07"]
    view = preview(OLD, longer, at_plan())
    assert [(move.step, move.due_at) for move in view.kept_due] == [("N07", promised)]
    kept = migrate(OLD, longer, at_plan(), LATER)
    assert {item.step: item.due_at for item in todo(longer, kept, LATER)}["N07"] == promised
    assert State.from_json(kept.to_json()) == kept
    again = migrate(longer, version((line, line.replace("medium: P5D", "medium: P8D"))), kept, LATER)
    assert next(one for one in again.tokens if one.step == "N07").due == promised
    none = version((f"{line}, forms: [F10", "forms: [F10"))
    assert {i.step: i.due_at for i in todo(none, migrate(OLD, none, at_plan(), LATER), LATER)}["N07"] == promised
    assert preview(OLD, shorter, at_plan()).kept_due == ()
    sooner = {item.step: item.due_at for item in todo(shorter, migrate(OLD, shorter, at_plan(), LATER), LATER)}["N07"]
    assert sooner < promised


def test_time_in_which_a_clock_stood_does_not_count_in_either_version() -> None:
    line = "deadline: {critical: P1D, high: P3D, medium: P5D, low: P5D}"
    longer = version((line, line.replace("medium: P5D", "medium: P9D")))
    stood = apply(OLD, at_plan(), paused("N07", None, PauseReason.ASKED), LATER)
    going = apply(OLD, stood, resumed("N07"), LATER + timedelta(days=2))
    promised = todo(OLD, going, LATER)[0].due_at
    assert promised is not None
    (move,) = preview(OLD, longer, going).moves
    assert move.was_due_at == promised > at_plan().tokens[0].since + timedelta(days=5)
    assert todo(longer, migrate(OLD, longer, going, LATER + timedelta(days=2)), LATER)[0].due_at == promised


def test_a_clock_that_stands_runs_again_before_the_case_gets_more_time() -> None:
    line = "deadline: {critical: P1D, high: P3D, medium: P5D, low: P5D}"
    longer, shorter = (version((line, line.replace("medium: P5D", f"medium: {other}"))) for other in ("P9D", "P2D"))
    stood = apply(OLD, at_plan(), paused("N07", None, PauseReason.ASKED), LATER)
    assert codes(longer, stood) == {"MIGRATION_CLOCK_STANDS"}
    assert codes(version((f"{line}, forms: [F10", "forms: [F10")), stood) == {"MIGRATION_CLOCK_STANDS"}
    assert codes(shorter, stood) == codes(NEW, stood) == set()
    assert migrate(OLD, shorter, stood, LATER).tokens[0].pause == stood.tokens[0].pause


def test_a_fact_that_the_new_version_does_not_take_is_told_and_asked_anew() -> None:
    new = version(("nationality: {enum: [cmr, foreign,", "nationality: {enum: [national, foreign,"))
    assert preview(OLD, new, at_plan()).facts == ("nationality",)
    assert "nationality" not in migrate(OLD, new, at_plan(), LATER).course.facts


def test_a_reason_that_the_new_version_cannot_say_is_told_as_the_migration() -> None:
    state = start(OLD, {"immediate_danger": True}, NOW)
    state = apply(OLD, state, done("N01"), NOW)
    assert ("L01", None) in state.active
    new = version(
        ("{from: D01, to: L01, guard", "{from: D01, to: N00, guard"),
        ("edges:\n", "edges:\n  - {from: N00, to: L01}\n"),
        ("  - {id: L01,", '  - {id: N00, kind: task, lane: CM, deadline: PT1H, fr: "x", en: "y"}\n  - {id: L01,'),
    )
    found = migrate(OLD, new, state, LATER, waived=["N00"])
    (item,) = todo(new, found, LATER)
    assert (item.step, item.why.code) == ("L01", "why_migrated")


# --- what is refused --------------------------------------------------------------------------------------------------


def test_a_case_is_moved_from_its_own_version_only_and_while_it_is_open() -> None:
    assert {one.code for one in preview(NEW, OLD, at_plan()).refusals} == {"MIGRATION_VERSION"}
    state = start(OLD, {"immediate_danger": False, "age_band": "adult", "urgent": False, "priority": "low"}, NOW)
    for event in (done("N01"), done("N03"), done("G02", facts={"base_consent": "refused"})):
        state = apply(OLD, state, event, NOW)
    assert state.outcome == "E02"
    assert codes(NEW, state) == {"MIGRATION_CLOSED"}
    with pytest.raises(Refused, match="closed"):
        migrate(OLD, NEW, state, LATER)


@pytest.mark.parametrize("mapping", [{"N99": "N01"}, {"N01": "N99"}])
def test_a_mapping_that_names_nothing_is_refused(mapping: dict[str, str | None]) -> None:
    assert codes(NEW, at_plan(), mapping) == {"MIGRATION_MAPPING"}


def test_an_active_step_needs_a_counterpart_of_the_same_kind() -> None:
    assert codes(NEW, at_plan(), {"N07": None}) == {"MIGRATION_NO_COUNTERPART"}
    assert codes(NEW, at_plan(), {"N07": "D03"}) == {"MIGRATION_OTHER_KIND"}
    with pytest.raises(Refused, match="no counterpart"):
        migrate(OLD, NEW, at_plan(), LATER, {"N07": None})


def test_two_active_steps_never_become_one() -> None:
    planned = start(OLD, {"immediate_danger": True}, NOW)
    two = replace(planned, tokens=(*planned.tokens, *at_plan().tokens))
    assert two.active == (("N01", None), ("N07", None))
    assert codes(NEW, two, {"N01": "N07"}) == {"MIGRATION_MERGED"}


def test_a_need_that_is_open_needs_its_pathway() -> None:
    line = next(one for one in TEXT.splitlines(keepends=True) if "- {id: P_MED" in one)
    new = version((line, line.replace("kind: pathway", "kind: task").replace(" need: MED,", "")))
    assert "MIGRATION_NEED" in codes(new, at_sending())


def test_a_case_is_not_moved_when_a_later_share_would_lose_its_basis() -> None:
    new = version(
        ("requires: [case, provider],", "requires: [case, provider, health],"),
        ("grants: [case],", "grants: [case, health],"),
        ("invalidates: [provider, case,", "invalidates: [provider, case, health,"),
    )
    for state in (at_plan(), at_sending()):
        view = preview(OLD, new, state)
        assert {one.code for one in view.refusals} == {"MIGRATION_LOSES_BASIS"}
        assert "X03 would lose its legal basis “health”" in str(view.refusals[0])
    early = apply(OLD, start(OLD, {"immediate_danger": False}, NOW), done("N01"), NOW)
    assert preview(OLD, new, early).allowed, "consent, and with it the new basis, is still to be asked"


def test_a_basis_recorded_where_the_new_version_no_longer_grants_it_does_not_count() -> None:
    new = version(
        ("forms: [F15_consent_referral], grants: [provider]", "forms: [F15_consent_referral]"),
        ('  - {from: G05, to: D09, guard: "', '  - {from: G09, to: D09}\n  - {from: G05, to: G09, guard: "'),
        ("  - {id: D09,", "  - {id: G09, kind: consent, lane: PERS, deadline: P1D, grants: [provider]}\n  - {id: D09,"),
    )
    assert codes(new, at_sending(), waived=["G09"]) == {"MIGRATION_LOSES_BASIS"}
    assert codes(new, at_plan()) == set()


def test_work_that_was_done_is_not_forgotten_without_a_waiver() -> None:
    gone = TEXT.index("  - {id: N06,")
    text = TEXT[gone : TEXT.index("  - {id: O00,")]
    new = version(
        (text, ""),
        ("  - {from: N06, to: O00}\n", ""),
        ("{from: D03, to: N06,", "{from: D03, to: O00,"),
        ("from: L02, to: N06, avoid_ok", "from: L02, to: O00, avoid_ok"),
    )
    assert codes(new, at_plan()) == {"MIGRATION_FORGOTTEN"}
    assert codes(new, at_plan(), waived=["N06"]) == set()
    found = migrate(OLD, new, at_plan(), LATER, waived=["N06"])
    assert "N06" not in {one.step for one in found.trail}


def test_new_work_that_every_case_must_do_before_is_not_skipped_without_a_waiver() -> None:
    new = version(
        ("  - {from: N06, to: O00}\n", "  - {from: N06, to: N99}\n  - {from: N99, to: O00}\n"),
        ("  - {id: O00,", "  - {id: N99, kind: task, lane: CM, deadline: PT1H}\n  - {id: O00,"),
    )
    view = preview(OLD, new, at_plan())
    assert [one.code for one in view.refusals] == ["MIGRATION_NEVER_DONE"]
    assert str(view.refusals[0]) == "N99 must be done before N07 in the new version, and would never be done"
    assert preview(OLD, new, at_plan(), waived=["N99"]).allowed
    early = apply(OLD, start(OLD, {"immediate_danger": False}, NOW), done("N01"), NOW)
    assert preview(OLD, new, early).allowed


# --- anywhere ---------------------------------------------------------------------------------------------------------


def states(seed: int, count: int) -> list[State]:
    """The first states on the way of one careless responder."""
    _, events, _ = walk(OLD, seed)
    found = [start(OLD, {}, START)]
    for event, moment in events[:count]:
        found.append(apply(OLD, found[-1], event, moment))
    return [state for state in found if not state.is_closed]


def moves_without_change(seed: int, count: int) -> None:
    for state in states(seed, count):
        view = preview(OLD, NEW, state)
        assert view.allowed, [str(one) for one in view.refusals]
        found = migrate(OLD, NEW, state, NOW)
        assert (found.active, found.course, found.needs, found.trail) == (
            state.active,
            state.course,
            state.needs,
            state.trail,
        )


def test_a_version_with_the_same_steps_takes_every_case_as_it_stands() -> None:
    for seed in range(2):
        moves_without_change(seed, 30)


@pytest.mark.slow
def test_a_version_with_the_same_steps_takes_very_many_cases() -> None:
    for seed in range(100, 120):
        moves_without_change(seed, 150)
