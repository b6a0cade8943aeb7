"""The closure criteria (research/sop.md §6.4): all must hold before a case is closed as completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sop.vocabulary import N_


class Criterion(StrEnum):
    """One criterion of closing."""

    GOALS = "goals"
    REFERRALS = "referrals"
    RISK = "risk"
    INFORMED = "informed"
    FEEDBACK = "feedback"
    RETENTION = "retention"
    EMERGENCIES = "emergencies"
    SUPERVISOR = "supervisor"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return CRITERION_LABELS[self]


CRITERION_LABELS: dict[Criterion, str] = {
    Criterion.GOALS: N_("Each goal of the plan is met, or given up with a reason"),
    Criterion.REFERRALS: N_("No referral is under way"),
    Criterion.RISK: N_("No risk is above medium today"),
    Criterion.INFORMED: N_("The person (for a child: also the guardian) is informed and agrees"),
    Criterion.FEEDBACK: N_("The person was invited to say what they think of the help"),
    Criterion.RETENTION: N_("The day until which the file is kept is set"),
    Criterion.EMERGENCIES: N_("Every emergency access has been reviewed"),
    Criterion.SUPERVISOR: N_("The supervisor has approved"),
}

KNOWN_FROM_FILE = frozenset({Criterion.REFERRALS, Criterion.EMERGENCIES})
"""Criteria that nobody answers: the file itself says."""

RISKS: dict[str, str] = {
    "low": N_("Low"),
    "medium": N_("Medium"),
    "high": N_("High"),
    "critical": N_("Critical"),
}
ACCEPTABLE = frozenset({"low", "medium"})
GOAL_RESULTS: dict[str, str] = {"met": N_("Met"), "waived": N_("Given up, with a reason")}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the file itself says: needs of the case, referrals under way, reviews of emergency access still open."""

    needs: tuple[str, ...]
    open_referrals: int
    open_reviews: int
    approved: bool


def criteria(standing: Standing, answers: Mapping[str, Any], today: date) -> dict[Criterion, bool]:
    """Each criterion: does it hold?

    >>> standing = Standing(("HEB",), open_referrals=1, open_reviews=0, approved=False)
    >>> answers = {"goals": {"HEB": "met"}, "risk": "high", "informed": True, "feedback": True}
    >>> answers["retention"] = "2031-01-01"
    >>> [str(one) for one, holds in criteria(standing, answers, date(2026, 1, 1)).items() if not holds]
    ['referrals', 'risk', 'supervisor']
    """
    goals = answers.get("goals") or {}
    retention = answers.get("retention") or ""
    return {
        Criterion.GOALS: all(goals.get(need) in GOAL_RESULTS for need in standing.needs),
        Criterion.REFERRALS: standing.open_referrals == 0,
        Criterion.RISK: answers.get("risk") in ACCEPTABLE,
        Criterion.INFORMED: answers.get("informed") is True,
        Criterion.FEEDBACK: answers.get("feedback") is True,
        Criterion.RETENTION: bool(retention) and date.fromisoformat(retention) > today,
        Criterion.EMERGENCIES: standing.open_reviews == 0,
        Criterion.SUPERVISOR: standing.approved,
    }


def may_ask(found: Mapping[Criterion, bool]) -> bool:
    """Whether the supervisor may be asked: everything else holds.

    >>> may_ask({one: one is not Criterion.SUPERVISOR for one in Criterion})
    True
    """
    return all(holds for one, holds in found.items() if one is not Criterion.SUPERVISOR)
