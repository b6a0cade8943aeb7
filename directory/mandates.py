"""Who is meant to act, beside who does: mandates compared with the services of the directory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from directory.coverage import counted, reached
from directory.offers import Offer
from directory.vocabulary import N_


class MandateRole(StrEnum):
    """What an organisation is meant to be for a need at a place."""

    LEAD = "lead"
    MANDATED = "mandated"
    SUPPORT = "support"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return ROLE_LABELS[self]


ROLE_LABELS: dict[MandateRole, str] = {
    MandateRole.LEAD: N_("Lead"),
    MandateRole.MANDATED: N_("Mandated"),
    MandateRole.SUPPORT: N_("Support"),
}


@dataclass(frozen=True, slots=True)
class Mandate:
    """An organisation answers for a need at a place (P-code, `CM` for the country), by a legal basis, for a time."""

    organization_id: str
    need: str
    pcode: str
    role: MandateRole
    legal_basis: str = ""
    starts: date | None = None
    ends: date | None = None

    def holds(self, today: date) -> bool:
        """Whether it is in force."""
        return (self.starts is None or self.starts <= today) and not self.expired(today)

    def expired(self, today: date) -> bool:
        """Whether its time is over."""
        return self.ends is not None and self.ends < today


class Problem(StrEnum):
    """Where mandate and practice part."""

    TWO_LEADS = "two_leads"
    NO_LEAD = "no_lead"
    EXPIRED = "expired"
    NO_BASIS = "no_basis"
    NO_SERVICE = "no_service"
    NO_MANDATE = "no_mandate"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return PROBLEM_LABELS[self]


PROBLEM_LABELS: dict[Problem, str] = {
    Problem.TWO_LEADS: N_("Two leads for one need"),
    Problem.NO_LEAD: N_("Nobody leads"),
    Problem.EXPIRED: N_("The mandate is over, the service goes on"),
    Problem.NO_BASIS: N_("No legal basis is named"),
    Problem.NO_SERVICE: N_("Mandated, but no service is known"),
    Problem.NO_MANDATE: N_("A service without a mandate"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: the need, the place, the organisations concerned."""

    problem: Problem
    need: str
    pcode: str
    organizations: tuple[str, ...] = ()


def findings(
    mandates: Sequence[Mandate], offers: Iterable[Offer], needs: Sequence[str], units: Sequence[str], now: datetime
) -> tuple[Finding, ...]:
    """Return where mandates and services part, in `units` (of one level), sorted by problem, need and place.

    Services without a mandate are reported only for a need that somebody has a mandate for in that unit: where no
    mandate was ever given, *nobody leads* says it once.
    """
    today = now.date()
    acting = _acting(offers, units)
    found: list[Finding] = [
        Finding(Problem.NO_BASIS, one.need, one.pcode, (one.organization_id,))
        for one in mandates
        if one.holds(today) and not one.legal_basis.strip()
    ]
    for need in needs:
        mine = [one for one in mandates if one.need == need]
        for unit in units:
            here = [one for one in mine if unit.startswith(one.pcode) or one.pcode.startswith(unit)]
            found += _unit(need, unit, here, acting.get((need, unit), set()), today)
    order = list(Problem)
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (order.index(one.problem), one.need, one.pcode)))


def _acting(offers: Iterable[Offer], units: Sequence[str]) -> dict[tuple[str, str], set[str]]:
    acting: dict[tuple[str, str], set[str]] = defaultdict(set)
    for offer in offers:
        if counted(offer):
            for unit in reached(offer, units):
                for need in offer.needs:
                    acting[need, unit].add(offer.organization_id)
    return acting


def _unit(need: str, unit: str, mandates: Sequence[Mandate], acting: set[str], today: date) -> list[Finding]:
    valid = [one for one in mandates if one.holds(today)]
    holders = {one.organization_id for one in valid}
    leads = sorted(
        {one.organization_id for one in valid if one.role is MandateRole.LEAD and unit.startswith(one.pcode)}
    )
    over = {one.organization_id for one in mandates if one.expired(today)} - holders
    found = []
    if len(leads) > 1:
        found.append(Finding(Problem.TWO_LEADS, need, unit, tuple(leads)))
    if not leads:
        found.append(Finding(Problem.NO_LEAD, need, unit))
    found += [Finding(Problem.EXPIRED, need, unit, (one,)) for one in sorted(over & acting)]
    bound = {one.organization_id for one in valid if one.role is not MandateRole.SUPPORT}
    found += [Finding(Problem.NO_SERVICE, need, unit, (one,)) for one in sorted(bound - acting)]
    if holders:
        found += [Finding(Problem.NO_MANDATE, need, unit, (one,)) for one in sorted(acting - holders - over)]
    return found
