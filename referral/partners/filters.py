"""What the list of agreements is narrowed by."""

from __future__ import annotations

from dataclasses import dataclass

from referral.partners.rules.agreements import AgreementState


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed by; `after` is the reference after which the page begins."""

    q: str = ""
    state: AgreementState | None = None
    after: str = ""

    def to_query(self) -> dict[str, str]:
        """The query string of these filters, without the page."""
        given = {"q": self.q, "state": self.state.value if self.state else ""}
        return {name: value for name, value in given.items() if value}
