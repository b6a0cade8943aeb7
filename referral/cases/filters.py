"""What a list of cases is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from referral.cases.rules import CaseState
from sop.vocabulary import Need, Priority


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; codes only, as they stand in the URL."""

    state: CaseState | None = None
    priority: Priority | None = None
    need: Need | None = None
    overdue: bool = False
    after: UUID | None = None

    def to_query(self) -> dict[str, str]:
        """The same as the values of a query string, without the place in the list."""
        given = {"state": self.state, "priority": self.priority, "need": self.need}
        codes = {name: value.value for name, value in given.items() if value is not None}
        return codes | ({"overdue": "yes"} if self.overdue else {})
