"""The life of an agreement as a table, and what must hold before each move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from referral.partners.rules.agreements import (
    CLAUSES,
    AgreementAction,
    AgreementState,
    Side,
    Standing,
    Terms,
    after,
    refusals,
    text_hash,
    warning_due,
)
from referral.periods import ASSUMED

pytestmark = pytest.mark.once
TODAY = date(2026, 11, 28)
MACHINE = """
draft          open_negotiation negotiation
draft          terminate        terminated
negotiation    send_to_review   legal_review
negotiation    terminate        terminated
legal_review   send_back        negotiation
legal_review   sign             signed_one
legal_review   terminate        terminated
signed_one     sign             signed_both
signed_one     send_back        negotiation
signed_one     terminate        terminated
signed_both    activate         active
signed_both    terminate        terminated
active         suspend          suspended
active         terminate        terminated
active         expire           expired
active         supersede        superseded
suspended      resume           active
suspended      terminate        terminated
suspended      expire           expired
suspended      supersede        superseded
expired        supersede        superseded
"""


def whole() -> Standing:
    """A text to which nothing is missing."""
    terms = Terms(retention_months=12, breach_contact="699 00 00 00", measures=("locked",))
    clauses = {key: {"fr": "Texte", "en": "Text"} for key in CLAUSES}
    return Standing(
        AgreementState.NEGOTIATION, terms, clauses, TODAY, TODAY + timedelta(365), ("C1",), ("referral:MED",)
    )


def codes(standing: Standing, action: AgreementAction, today: date = TODAY) -> list[str]:
    return [one.code for one in refusals(action, standing, today)]


def test_no_move_exists_besides_those_of_the_table() -> None:
    written = {(row.split()[0], row.split()[1]): row.split()[2] for row in MACHINE.strip().splitlines()}
    found = {
        (state.value, action.value): after(state, action).value  # type: ignore[union-attr]
        for state in AgreementState
        for action in AgreementAction
        if after(state, action) is not None
    }
    assert found == written


def test_a_whole_text_goes_to_review() -> None:
    assert codes(whole(), AgreementAction.SEND_TO_REVIEW) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"since": None}, "no_period"),
        ({"categories": ()}, "no_categories"),
        ({"purposes": ()}, "no_purposes"),
        ({"terms": Terms(breach_contact="a", measures=("locked",))}, "no_retention"),
        ({"terms": Terms(retention_months=1, measures=("locked",))}, "no_breach_contact"),
        ({"terms": Terms(retention_months=1, breach_contact="a")}, "no_measures"),
        ({"cross_border": True}, "no_transfer"),
        ({"clauses": {}}, "empty_clause"),
        ({"unanswered": 2}, "unanswered"),
    ],
)
def test_lawyers_read_no_text_in_which_something_is_missing(change: dict[str, object], code: str) -> None:
    assert codes(replace(whole(), **change), AgreementAction.SEND_TO_REVIEW) == [code]  # type: ignore[arg-type]


def test_a_clause_in_one_language_only_is_not_enough() -> None:
    clauses = {key: {"fr": "Texte", "en": " " if key == "data" else "Text"} for key in CLAUSES}
    assert codes(replace(whole(), clauses=clauses), AgreementAction.SEND_TO_REVIEW) == ["empty_clause"]


def test_one_signature_puts_nothing_in_force() -> None:
    signed = replace(whole(), state=AgreementState.SIGNED_BOTH, signed=[Side.HOLDER])
    assert codes(signed, AgreementAction.ACTIVATE) == ["not_signed"]


def test_a_transfer_abroad_needs_the_number_of_the_authorisation() -> None:
    signed = replace(whole(), state=AgreementState.SIGNED_BOTH, signed=list(Side), cross_border=True)
    assert codes(signed, AgreementAction.ACTIVATE) == ["no_authorisation"]
    ticked = replace(signed, transfer_authorised=True)
    assert codes(ticked, AgreementAction.ACTIVATE) == ["no_authorisation"], "a tick without a number is not enough"
    assert codes(replace(ticked, terms=Terms(authorisation="12/AUT")), AgreementAction.ACTIVATE) == []


def test_a_suspension_does_not_end_after_the_last_day() -> None:
    stopped = replace(whole(), state=AgreementState.SUSPENDED, until=TODAY - timedelta(1))
    assert codes(stopped, AgreementAction.RESUME) == ["last_day_past"]
    assert codes(replace(stopped, until=TODAY), AgreementAction.RESUME) == []


@pytest.mark.parametrize(
    ("left", "told", "due"),
    [
        (91, (), None), (90, (), 90), (60, (90,), None), (31, (90,), None), (30, (90,), 30), (8, (90, 30), None),
        (7, (90, 30), 7), (0, (90, 30, 7), None), (5, (), 7), (5, (90,), 7), (5, (7,), None), (-1, (), None),
    ],
)  # fmt: skip
def test_each_warning_is_due_once_and_a_late_agreement_gets_only_the_nearest(
    left: int, told: tuple[int, ...], due: int | None
) -> None:
    assert warning_due(TODAY + timedelta(left), TODAY, told, ASSUMED.agreement_reminders) == due


def test_any_change_of_clause_term_or_annex_changes_the_fingerprint() -> None:
    clauses, terms, annex = {"data": {"fr": "A"}}, Terms(), {"categories": ["C1"]}
    prints = {
        text_hash(clauses, terms, annex),
        text_hash({"data": {"fr": "B"}}, terms, annex),
        text_hash(clauses, Terms(retention_months=1), annex),
        text_hash(clauses, terms, {"categories": ["C1", "C7"]}),
    }
    assert len(prints) == 4
    assert text_hash(clauses, terms, annex) in prints
