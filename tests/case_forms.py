"""Forms filled in inside a case, without their pages: call in an application context and commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from referral.cases.models import Case
from referral.foundation import clock
from referral.identification import actions, gate, queries
from referral.identification.actions.case_forms import begin
from referral.identification.models import Submission
from referral.procedures.queries import active_form
from tests.conftest import NOW

ASSESSMENT: dict[str, Any] = {
    "assessed_on": "2026-11-20", "occasion": "first", "alone": "yes", "immediate_danger": "no", "no_shelter": "no",
    "individual_risks": ["isolated"], "household_risks": ["separated"], "community_risks": ["none"],
    "context_risks": ["none"], "trafficking_signs": "no", "fear_of_return": "no", "needs": ["HEB"], "risk": "medium",
}  # fmt: skip
MEMBER: dict[str, Any] = {"member_relation": "sibling", "member_where": "unknown"}
SIGNS: dict[str, Any] = {
    "filled_on": "2026-11-20", "alone": "yes", "asker": "trained", "under_18": "no", "immediate_danger": "no",
    "trafficking_act": ["none"], "trafficking_means": ["none"], "trafficking_purpose": ["none"], "strong": ["none"],
    "weak": ["none"], "wants_protection": "no", "view": "no",
}  # fmt: skip
FOLLOW_UP: dict[str, Any] = {
    "followed_on": "2026-11-20", "channel": "visit", "reached": "yes", "private": "yes", "immediate_danger": "no",
    "since": "better", "no_shelter": "yes", "consent_still": "yes", "needs": ["HEB"], "new_need": "no",
    "review": "ongoing", "risk": "low", "next_on": "2027-01-06",
}  # fmt: skip
"""Complete answers of three shipped forms."""


def make_case_form(
    case: Case,
    name: str,
    answers: Mapping[str, Any],
    *,
    finish: bool = True,
    author: Any = None,
    former: Submission | None = None,
    now: datetime = NOW,
) -> Submission:
    """A form of a case, begun, filled in and, unless `finish` is false, finished by its case manager or `author`."""
    author, version = author or case.manager, active_form(name)
    local = now.astimezone(clock.zone())
    assert version is not None
    draft = begin(case, version, former=former, actor=author, today=local.date(), now=now)
    actions.save(draft, answers, screen=draft.screen, actor=author, now=now)
    if finish:
        filling = queries.filling(draft, today=local.date(), now=local)
        receipt = gate.hand_in(filling, actor=author, now=now)
        assert receipt.case is case, (receipt.note, receipt.errors)
    return draft
