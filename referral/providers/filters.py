"""What the list of the directory may be narrowed by, and how that stands in the URL: codes, and the words typed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sop.vocabulary import Need


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of the directory; empty: not asked."""

    q: str = ""
    need: Need | None = None
    region: str = ""
    open: bool = False
    after: UUID | None = None

    @property
    def any(self) -> bool:
        """Whether the list is narrowed."""
        return bool(self.q or self.need or self.region or self.open)

    def to_query(self) -> dict[str, str]:
        """The query string of these filters, without the page.

        >>> Filters(q="santé", need=Need.MED, open=True).to_query()
        {'q': 'santé', 'need': 'MED', 'open': '1'}
        """
        given = {"q": self.q, "need": self.need.value if self.need else "", "region": self.region}
        return {name: value for name, value in given.items() if value} | ({"open": "1"} if self.open else {})
