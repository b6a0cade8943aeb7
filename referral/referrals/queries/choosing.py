"""Services for one need of a case: ranked by the directory, with the state of the agreement beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from directory import Answer, Candidate, Verdict, rank
from directory.vocabulary import Message as DirectoryMessage
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
POOL = 40
"""So many of the best are asked for their agreement: those that data may go to come first."""
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

    @property
    def reasons(self) -> tuple[Verdict, ...]:
        """The candidate's reasons, with the names of places where the directory keeps codes."""
        return tuple(replace(one, message=_with_place_names(one.message)) for one in self.candidate.reasons)


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
    groups = [ranking.fits[:POOL], ranking.to_verify[:POOL], ranking.excluded[:more] if more else []]
    states = agreement_with(case, _organizations(groups), purpose_of(need), today)
    fits, to_verify, out = (tuple(_choice(one, states) for one in group) for group in groups)
    return Services(
        _shareable_first(fits),
        _shareable_first(to_verify),
        out,
        counts,
        place=_place(case),
        speed=SPEED_OF[case.priority],
        draft=open_draft(case.id, need),
        step=step_of(case, need),
    )


def _with_place_names(message: DirectoryMessage) -> DirectoryMessage:
    """The same sentence with the names of places; a code that the country does not know stays as it is."""
    if "names" not in message.values:
        return message
    places = load_places()
    names = tuple(places[one].name if one in places else one for one in message.values["names"])
    return replace(message, values={**message.values, "names": names})


def _organizations(groups: Sequence[Sequence[Candidate]]) -> set[UUID]:
    return {UUID(one.offer.organization_id) for group in groups for one in group}


def _shareable_first(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """What the page shows of a group: the order of the directory, but nobody is advised to choose a closed door."""
    return tuple(sorted(choices, key=lambda one: not one.agreement))[:SHOWN]


def _choice(candidate: Candidate, states: dict[UUID, str]) -> Choice:
    code = states[UUID(candidate.offer.organization_id)]
    text = Message(code, DECISIONS[code]) if code else Message("in_force", IN_FORCE)
    return Choice(candidate, not code, text)


def _place(case: Case) -> Mapping[str, str]:
    places = load_places()
    known = next((code for code in (case.department, case.region) if code in places), None)
    return places[known].name if known else {}
