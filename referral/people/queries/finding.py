"""Who may be meant by an identity, ranked on keyed hashes: nothing that names anybody is opened."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from referral.foundation import searching
from referral.people.matching import Identity, reading
from referral.people.matching.looking import question
from referral.people.matching.sketches import Sought, unpacked
from referral.people.matching.weights import probability

MOST = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant: the bits for it, weighed on keyed hashes alone."""

    person_id: UUID
    weight: float

    @property
    def probability(self) -> float:
        """That this is the person, before anything is opened."""
        return probability(self.weight)


def candidates(sought: Identity | str, *, limit: int = MOST) -> list[Candidate]:
    """Who may be meant, best first, at most `limit`; nothing that names anybody is opened.

    `sought` is an identity, or what somebody typed.
    """
    identity = reading.read(sought) if isinstance(sought, str) else sought
    asked = Sought(identity, searching.digest())
    weighed = [
        (asked.weigh(unpacked(sketch)), entry)
        for entry, sketch in searching.candidates(question(identity), most=max(limit, searching.SHORTLIST))
    ]
    best = sorted((one for one in weighed if one[0] > 0), key=lambda one: (-one[0], one[1]))[:limit]
    persons = searching.persons([entry for _, entry in best])
    return [Candidate(person_id, weight) for person_id, (weight, _) in zip(persons, best, strict=True)]
