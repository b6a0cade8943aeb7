"""Notices of the coordination over an area: a flood, an epidemic, a strike; what it means for the services there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from directory.profile import Closure, ServiceArea
from directory.vocabulary import N_


class CrisisKind(StrEnum):
    """What has happened there."""

    FLOOD = "flood"
    INSECURITY = "insecurity"
    EPIDEMIC = "epidemic"
    STRIKE = "strike"
    ROAD = "road"
    FIRE = "fire"
    OTHER = "other"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return KIND_LABELS[self]


KIND_LABELS: dict[CrisisKind, str] = {
    CrisisKind.FLOOD: N_("Flood"),
    CrisisKind.INSECURITY: N_("Insecurity"),
    CrisisKind.EPIDEMIC: N_("Epidemic"),
    CrisisKind.STRIKE: N_("Strike"),
    CrisisKind.ROAD: N_("Road cut"),
    CrisisKind.FIRE: N_("Fire"),
    CrisisKind.OTHER: N_("Notice"),
}


class Effect(StrEnum):
    """What a notice means for the services of its area."""

    INFORM = "inform"
    CONFIRM = "confirm"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return EFFECT_LABELS[self]


EFFECT_LABELS: dict[Effect, str] = {
    Effect.INFORM: N_("for information: the services work"),
    Effect.CONFIRM: N_("the services of the area are asked to confirm now"),
    Effect.CLOSED: N_("the services of the area are closed until the last day"),
}
CONFIRMED = ("hours", "contacts")
"""The sections that the services of an area are asked to confirm: whether they open, and how they are reached."""


@dataclass(frozen=True, slots=True)
class AreaNotice:
    """A notice that runs or is announced; both days are included, `text` is by language."""

    id: str
    kind: CrisisKind
    effect: Effect
    pcodes: tuple[str, ...]
    starts: date
    ends: date
    text: Mapping[str, str] = field(default_factory=dict, hash=False)

    def said(self, language: str) -> str:
        """The text in the reader's language, in French where it is in none.

        >>> one = AreaNotice("n", CrisisKind.FLOOD, Effect.INFORM, ("CM004",), DAY, DAY, {"fr": "Inondation"})
        >>> one.said("en")
        'Inondation'
        """
        return self.text.get(language) or self.text.get("fr", "")

    def near(self, pcode: str) -> bool:
        """Whether its area and a unit meet: one lies in the other.

        >>> one = AreaNotice("n", CrisisKind.FLOOD, Effect.INFORM, ("CM004005",), DAY, DAY)
        >>> one.near("CM004"), one.near("CM004005003"), one.near("CM005"), one.near("")
        (True, True, False, False)
        """
        return bool(pcode) and any(one.startswith(pcode) or pcode.startswith(one) for one in self.pcodes)

    def touches(self, pcode: str, areas: Iterable[ServiceArea] = ()) -> bool:
        """Whether a service is in the area: its place lies there, or, without a place, all that it covers.

        >>> one = AreaNotice("n", CrisisKind.FLOOD, Effect.INFORM, ("CM004005",), DAY, DAY)
        >>> one.touches("CM004005003"), one.touches("CM004"), one.touches("", [ServiceArea("CM004005")])
        (True, False, True)
        """
        if pcode:
            return self._holds(pcode)
        named = [one.pcode for one in areas]
        return bool(named) and all(one and self._holds(one) for one in named)

    def _holds(self, pcode: str) -> bool:
        return pcode.startswith(self.pcodes)

    def closure(self) -> Closure | None:
        """The days on which the services of the area are closed, where it says so."""
        return Closure(self.starts, self.ends) if self.effect is Effect.CLOSED else None

    def confirmed(self, verified: Mapping[str, date]) -> bool:
        """Whether an entry was confirmed since the notice began, in what it asks."""
        return all(verified.get(one, date.min) >= self.starts for one in CONFIRMED)


DAY = date(2026, 1, 5)
"""A day for the examples above."""
