"""Searching for a need, words, a place and a person: what fits, what must be verified, what else to ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from directory import N_, Answer, Candidate, Criteria, Criterion, Message, rank
from directory.matching import Ranking
from directory.places import Place
from directory.question import wider
from directory.taxonomy import Visibility
from referral.extensions import db
from referral.foundation.access import Actor
from referral.providers.queries.catalogue import Snapshot, public_holidays, snapshot
from referral.providers.queries.visible import named_services
from referral.providers.rules import SignalOutcome

SHOWN = 8
"""So many of those that fit, and of those to verify, on one page: more would weigh too much for a weak network."""
LOOKED_AT = 200
"""How many of the excluded are asked why, to say what kind of demand was not met."""


@dataclass(frozen=True, slots=True)
class Wider:
    """Another question that finds somebody: in words, and how many."""

    message: Message
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `outcome` is set, and `wider` may be, where nobody fits and nobody is to be verified."""

    fits: tuple[Candidate, ...]
    to_verify: tuple[Candidate, ...]
    counts: tuple[int, int, int]
    """Fitting, to verify, excluded: of all, not only those shown."""
    start: int = 0
    """How many of each were on the pages before."""
    outcome: SignalOutcome | None = None
    wider: tuple[Wider, ...] = ()

    @property
    def following(self) -> int:
        """Where the next page begins; 0 where there is none."""
        return self.start + SHOWN if max(self.counts[:2]) > self.start + SHOWN else 0


def find_place(typed: str, now: datetime) -> list[Place]:
    """The units that a code or a name means; a département and its seat may share one."""
    return snapshot(now).places.find(typed)


def search(asked: Criteria, typed: str, now: datetime, actor: Actor | None = None, *, start: int = 0) -> Found:
    """Search what `actor` may see (the whole network's services for a command, which has none)."""
    kept = snapshot(now)
    ranking = _rank(kept, asked, typed, now, actor)
    counts = (len(ranking.fits), len(ranking.to_verify), len(ranking.excluded))
    if counts[0] or counts[1]:
        shown = slice(start, start + SHOWN)
        return Found(tuple(ranking.fits[shown]), tuple(ranking.to_verify[shown]), counts, start)
    found: list[Wider] = []
    for message, other in wider(asked, kept.places):
        again = _rank(kept, other, typed, now, actor)
        if total := len(again.fits) + len(again.to_verify):
            found.append(Wider(message, total))
    if typed:
        again = _rank(kept, asked, "", now, actor)
        if total := len(again.fits) + len(again.to_verify):
            found.append(Wider(Message("wider_words", N_("without the words")), total))
    return Found((), (), counts, outcome=_outcome(ranking), wider=tuple(found))


def _rank(kept: Snapshot, asked: Criteria, typed: str, now: datetime, actor: Actor | None) -> Ranking:
    within = kept.index.find(typed) if typed.strip() else None
    named = {str(one) for one in db.session.scalars(named_services(actor))} if actor else set()
    if named:
        seen = kept.catalogue.mask(
            place
            for place, one in enumerate(kept.catalogue.offers)
            if one.visibility is not Visibility.RESTRICTED or one.service_id in named
        )
        within = seen if within is None else within & seen
        asked = replace(asked, visibility=asked.visibility | {Visibility.RESTRICTED})
    return rank(kept.catalogue, asked, now=now, holidays=public_holidays(now), within=within)


def _outcome(ranking: Ranking) -> SignalOutcome:
    """Full, where one is against only for want of room; out of area likewise; else nothing."""
    only = [_against(one) for one in ranking.excluded[:LOOKED_AT]]
    if {Criterion.CAPACITY} in only:
        return SignalOutcome.FULL
    return SignalOutcome.OUT_OF_AREA if {Criterion.AREA} in only else SignalOutcome.NO_RESULT


def _against(one: Candidate) -> set[Criterion]:
    return {verdict.criterion for verdict in one.verdicts if verdict.hard and verdict.answer is Answer.NO}
