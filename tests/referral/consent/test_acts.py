"""Every act that the code writes into the audit trail has words of its own for the data officer."""

from __future__ import annotations

import re

from referral.cases.queries.accesses import ACTS as CASE_ACTS
from referral.config import ROOT
from referral.consent.acts import ACTS, ASKED, OUTCOME_LABELS, OUTCOME_TONES, act_words
from referral.consent.queries.register import DECIDED
from referral.consent.rules import Outcome
from referral.referrals.rules import ReferralAction
from sop.state import EventKind

RECORD = re.compile(r'\brecord\(\s*"([a-z_.]*[a-z])"')


def acts_in_the_code() -> set[str]:
    return {act for path in (ROOT / "referral").rglob("*.py") for act in RECORD.findall(path.read_text())}


def test_every_act_has_words() -> None:
    found = acts_in_the_code()
    assert len(found) > 40, "the search finds what is there"
    assert sorted(found - {DECIDED} - ACTS.keys() - CASE_ACTS.keys()) == []


def test_acts_that_are_put_together_have_words_too() -> None:
    """`case.` and the kind of an event, `consent.` and a state, a section of the directory that was edited or not."""
    made = {f"case.{kind.value}" for kind in EventKind} | {"consent.given", "consent.refused"}
    made |= {"directory.edit", "directory.confirm"}
    assert sorted(made - ACTS.keys() - CASE_ACTS.keys()) == []


def test_every_move_of_a_referral_has_words() -> None:
    assert [move for move in ReferralAction if act_words(f"referral.{move.value}") == "referral"] == []


def test_every_outcome_has_a_word_and_a_tone() -> None:
    assert set(OUTCOME_LABELS) == set(OUTCOME_TONES) == set(Outcome)
    assert "send" in ASKED
