"""What the register is narrowed to; codes only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from referral.consent.rules import Outcome
from sop.vocabulary import N_


class Show(StrEnum):
    """What a page of the register lists."""

    BOTH = "both"
    DECISIONS = "decisions"
    ACCESSES = "accesses"
    OTHER = "other"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return SHOW_LABELS[self]


SHOW_LABELS: dict[Show, str] = {
    Show.BOTH: N_("Decisions and accesses"),
    Show.DECISIONS: N_("Sharing decisions only"),
    Show.ACCESSES: N_("Accesses to cases only"),
    Show.OTHER: N_("Acts outside any case"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register is narrowed to, and the places where the next page starts in both lists."""

    show: Show = Show.BOTH
    outcome: Outcome | None = None
    code: str = ""
    case: str = ""
    decision: UUID | None = None
    line: int | None = None

    @property
    def decisions(self) -> bool:
        """Whether decisions are listed."""
        return self.show in (Show.BOTH, Show.DECISIONS)

    @property
    def accesses(self) -> bool:
        """Whether accesses are listed; an outcome or a code narrows to decisions."""
        return self.show is not Show.DECISIONS and not self.outcome and not self.code

    @property
    def onward(self) -> bool:
        """Whether this is a following page."""
        return self.decision is not None or self.line is not None

    def to_query(self) -> dict[str, str]:
        """The filters as the values of a query string, without the place in the list."""
        given = {
            "show": "" if self.show is Show.BOTH else self.show.value,
            "outcome": self.outcome.value if self.outcome else "",
            "code": self.code,
            "case": self.case,
        }
        return {name: value for name, value in given.items() if value}
