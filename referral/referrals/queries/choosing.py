"""Services for one need of a case: ranked by the directory, with the state of the agreement beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from directory import Answer, Candidate, rank
from referral.cases.models import Case
from referral.consent.queries.requests import agreement_with
from referral.consent.sentences import DECISIONS
from referral.consent.wording import purpose_of
from referral.foundation import clock
from referral.providers.queries import catalogue, public_holidays
from referral.referrals.models import Referral
from referral.referrals.queries.criteria import criteria_for
from referral.referrals.queries.sending import CHOOSING, open_draft, step_of
from referral.referrals.rules import SPEED_OF, Speed
from sop.places import load_places
from sop.vocabulary import N_, Message, Need

SHOWN = 8
NEAREST = 5
IN_FORCE = N_("agreement in force")


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate and what is known of the agreement with its organisation."""

    candidate: Candidate
    agreement: bool
    agreement_text: Message

    @property
    def fits(self) -> bool:
        """Every hard criterion is met."""
        return self.candidate.answer is Answer.YES


@dataclass(frozen=True, slots=True)
class Services:
    """What the page shows; counts are of all, lists are cut."""

    fits: tuple[Choice, ...]
    to_verify: tuple[Choice, ...]
    excluded: tuple[Choice, ...]
    counts: tuple[int, int, int]
    place: Mapping[str, str]
    speed: Speed
    draft: Referral | None
    step: str | None

    @property
    def may_choose(self) -> bool:
        """Whether the procedure is where a service may be chosen."""
        return self.step in CHOOSING

    @property
    def may_gap(self) -> bool:
        """Whether the procedure is where a gap may be recorded."""
        return self.step in ("R01", "R02")

    @property
    def asks_coordination(self) -> bool:
        """Whether the coordination was asked already."""
        return self.step == "R02"

    @property
    def nothing(self) -> bool:
        """No service fits and none is worth a call."""
        return not (self.fits or self.to_verify)


def services_for(case: Case, need: Need, *, now: datetime, excluded: bool) -> Services:
    """Rank the directory for a need. Excluded ones are made only when asked for, or when nothing else is left."""
    today = now.astimezone(clock.zone()).date()
    criteria = criteria_for(case, need, today)
    ranking = rank(catalogue(now), criteria, now=now, holidays=public_holidays(now))
    counts = (len(ranking.fits), len(ranking.to_verify), len(ranking.excluded))
    more = SHOWN if excluded else 0 if counts[0] or counts[1] else NEAREST
    groups = [ranking.fits[:SHOWN], ranking.to_verify[:SHOWN], ranking.excluded[:more] if more else []]
    states = agreement_with(case, _organizations(groups), purpose_of(need), today)
    fits, to_verify, out = (tuple(_choice(one, states) for one in group) for group in groups)
    return Services(
        fits,
        to_verify,
        out,
        counts,
        place=_place(case),
        speed=SPEED_OF[case.priority],
        draft=open_draft(case.id, need),
        step=step_of(case, need),
    )


def _organizations(groups: Sequence[Sequence[Candidate]]) -> set[UUID]:
    return {UUID(one.offer.organization_id) for group in groups for one in group}


def _choice(candidate: Candidate, states: dict[UUID, str]) -> Choice:
    code = states[UUID(candidate.offer.organization_id)]
    text = Message(code, DECISIONS[code]) if code else Message("in_force", IN_FORCE)
    return Choice(candidate, not code, text)


def _place(case: Case) -> Mapping[str, str]:
    places = load_places()
    known = next((code for code in (case.department, case.region) if code in places), None)
    return places[known].name if known else {}
