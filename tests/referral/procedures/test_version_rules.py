"""The state machine of a version: what is in the table, what is not, and what stands against each move."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from referral.procedures.assessment import assess
from referral.procedures.rules import (
    ACTION_LABELS,
    ANSWER_LABELS,
    COORDINATION,
    STATE_LABELS,
    TRANSITIONS,
    Anchor,
    CommentAnswer,
    Standing,
    VersionAction,
    VersionState,
    open_moves,
    refusals,
)
from tests.referral.procedures import texts

S, A = VersionState, VersionAction
TODAY = date(2026, 11, 28)

MACHINE = {
    "open_consultation": {"valid": "consultation"},
    "close_consultation": {"consultation": "consultation"},
    "reopen_consultation": {"consultation": "consultation"},
    "approve": {"consultation": "approved"},
    "activate": {"approved": "active"},
    "retire": {"active": "retired"},
    "set_aside": dict.fromkeys(("drawing", "structure", "meaning", "valid", "consultation", "approved"), "retired"),
    "keep_drawing": dict.fromkeys(("drawing", "structure", "meaning", "valid"), "drawing"),
    "read_structure": dict.fromkeys(("drawing", "structure", "meaning", "valid"), "structure"),
    "read_meaning": dict.fromkeys(("drawing", "structure", "meaning", "valid"), "meaning"),
    "prove": dict.fromkeys(("drawing", "structure", "meaning", "valid"), "valid"),
}
"""The machine written down a second time, action by action."""


def test_the_table_is_the_machine_and_nothing_more() -> None:
    for state, action in product(S, A):
        expected = MACHINE[action.value].get(state.value)
        found = TRANSITIONS.get((state, action))
        assert (found.value if found else None) == expected, (state, action)


def test_every_state_action_and_answer_has_a_word() -> None:
    assert set(STATE_LABELS) == set(S)
    assert set(ACTION_LABELS) == set(A)
    assert set(ANSWER_LABELS) == set(CommentAnswer)


def test_only_an_approval_leads_to_force_and_only_a_consultation_to_an_approval() -> None:
    into = {target: {state for (state, _), found in TRANSITIONS.items() if found is target} for target in S}
    assert into[S.ACTIVE] == {S.APPROVED}
    assert into[S.APPROVED] == {S.CONSULTATION}
    assert A.APPROVE not in COORDINATION
    assert A.RETIRE not in COORDINATION


@pytest.mark.parametrize(
    ("action", "at", "expected"),
    [
        (A.OPEN_CONSULTATION, Standing(S.VALID), []),
        (A.OPEN_CONSULTATION, Standing(S.VALID, errors=1), ["version_errors"]),
        (
            A.OPEN_CONSULTATION,
            Standing(S.VALID, same_content=True, number_taken=True),
            ["version_same", "version_number"],
        ),
        (A.OPEN_CONSULTATION, Standing(S.MEANING), ["not_in_this_state"]),
        (A.APPROVE, Standing(S.CONSULTATION, closed=True), []),
        (A.APPROVE, Standing(S.CONSULTATION), ["consultation_open"]),
        (A.APPROVE, Standing(S.CONSULTATION, closed=True, comments=3, unanswered=1), ["unanswered"]),
        (A.APPROVE, Standing(S.CONSULTATION, closed=True, errors=1), ["version_errors"]),
        (A.APPROVE, Standing(S.ACTIVE, closed=True), ["not_in_this_state"]),
        (A.ACTIVATE, Standing(S.APPROVED), []),
        (A.ACTIVATE, Standing(S.APPROVED, errors=2), ["version_errors"]),
        (A.ACTIVATE, Standing(S.APPROVED, valid_from=date(2026, 11, 29)), ["too_early"]),
        (A.ACTIVATE, Standing(S.APPROVED, valid_from=TODAY), []),
        (A.CLOSE_CONSULTATION, Standing(S.CONSULTATION, closed=True), ["consultation_closed"]),
        (A.REOPEN_CONSULTATION, Standing(S.CONSULTATION), ["consultation_open"]),
    ],
)
def test_what_stands_against_a_move(action: VersionAction, at: Standing, expected: list[str]) -> None:
    assert [one.code for one in refusals(action, at, TODAY)] == expected


def test_a_button_is_offered_only_where_the_table_has_the_move() -> None:
    for state, closed in product(S, (True, False)):
        for action in open_moves(Standing(state, closed=closed)):
            assert (state, action) in TRANSITIONS
    assert A.CLOSE_CONSULTATION not in open_moves(Standing(S.CONSULTATION, closed=True))


@pytest.mark.parametrize(
    ("flowchart", "triage", "action", "errors"),
    [
        (texts.numbered("1.0.0"), texts.TRIAGE, A.PROVE, False),
        (texts.numbered("1.0.0", texts.CHILD_CLOSES), texts.TRIAGE, A.READ_MEANING, True),
        (texts.numbered("1.0.0", texts.CODE), texts.TRIAGE, A.READ_STRUCTURE, True),
        (texts.numbered("1.0.0", texts.LONG), texts.TRIAGE, A.READ_STRUCTURE, True),
        (texts.numbered("1.0.0"), texts.GAP, A.READ_MEANING, True),
        (texts.numbered("1.0.0"), texts.DEAD, A.PROVE, False),
        (texts.numbered("1.0.0"), "not a table", A.READ_MEANING, True),
        ("not: [a flowchart", texts.TRIAGE, A.KEEP_DRAWING, True),
    ],
)
def test_how_far_a_text_can_be_read(flowchart: str, triage: str, action: VersionAction, errors: bool) -> None:
    found = assess(flowchart, triage)
    assert found.action is action
    assert (found.errors > 0) is errors


def test_a_finding_of_the_table_stands_at_its_rule() -> None:
    found = assess(texts.numbered("1.0.0"), texts.DEAD)
    assert {number: [one.code for one in said] for number, said in found.rows.items() if said} == {3: ["DEAD_RULE"]}


@pytest.mark.parametrize("typed", ["/etc/passwd", "setup.cfg", "sop/library/cameroon/flowchart.yaml"])
def test_a_word_that_could_name_a_file_opens_none(typed: str) -> None:
    found = assess(typed, typed)
    assert found.flowchart is None
    assert found.table is None


@pytest.mark.parametrize("text", ["step:", "step:a b", "edge:\nA→B", "house:N03", "step:" + "x" * 101, "", "N03"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert Anchor.parse(text) is None
