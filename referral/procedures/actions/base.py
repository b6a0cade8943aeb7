"""What every act on a version does alike: see that nobody was faster, ask the rules, note the change."""

from __future__ import annotations

from datetime import date, datetime

from referral.errors import RuleViolation
from referral.procedures import queries, rules
from referral.procedures.models import ProcedureComment, ProcedureVersion
from referral.procedures.rules import VersionAction
from sop.vocabulary import N_, Message

STALE = Message("stale_version", N_("Somebody changed this version in the meantime. Look at its present state first."))


class StaleVersion(RuleViolation):
    """The form was made from an older state of the version, or of the comment."""

    def __init__(self) -> None:
        super().__init__(STALE)


def expect(one: ProcedureVersion | ProcedureComment, revision: int) -> None:
    """Raise `StaleVersion` when the form was made from another revision."""
    if one.revision != revision:
        raise StaleVersion


def check(one: ProcedureVersion, action: VersionAction, today: date) -> None:
    """Raise `RuleViolation` with the first reason against a move."""
    reasons = rules.refusals(action, queries.standing(one), today)
    if reasons:
        raise RuleViolation(reasons[0])


def allow(one: ProcedureVersion, action: VersionAction, today: date) -> None:
    """Make a move of the table, or raise `RuleViolation` with the first reason against it."""
    check(one, action, today)
    one.state = rules.after(one.state, action)


def touch(one: ProcedureVersion, now: datetime) -> None:
    """Note when a version changed last."""
    one.changed_at = now
