"""From an identity to what the search index takes (terms and sketch) and what it is asked."""

from __future__ import annotations

from typing import Final

from referral.people.matching import sketches, terms
from referral.people.matching.comparing import compare
from referral.people.matching.identity import Identity
from referral.people.matching.sketches import Digest
from referral.people.matching.weights import Field, Level, Verdict

WORTH: Final = {"I": 20.0, "X": 20.0, "N": 14.0, "D": 12.0, "T": 14.0, "P": 9.0, "Y": 7.0, "L": 6.0, "W": 4.0}
"""Kind of term -> what it counts when candidates are chosen, before their sketches rank them."""


NAMES: Final = frozenset({Field.FAMILY, Field.GIVEN, Field.NAMES})
AGAINST: Final = frozenset({Level.DIFFERS, Level.PARTLY})


def indexed(identity: Identity, digest: Digest) -> tuple[list[str], bytes]:
    """Terms and sketch of a person."""
    return terms.stored(identity), sketches.packed(sketches.blind(identity, digest))


def describes(sought: Identity, person: Identity) -> bool:
    """Whether what was typed describes a person well enough to be shown, once the person's identity is open.

    Every name typed is one of the person's, or enough else agrees to make it possible all the same.

    >>> describes(Identity(other="aissatou belo"), Identity(family="Bello", given="Aïssatou"))
    True
    >>> describes(Identity(other="aissatou"), Identity(family="Bello", given="Awa"))
    False
    """
    comparison = compare(sought, person)
    if comparison.verdict is not Verdict.UNLIKELY:
        return True
    missed = any(part.field in NAMES and part.level in AGAINST for part in comparison.evidence)
    return comparison.weight > 0 and not missed


def question(identity: Identity) -> dict[str, float]:
    """The terms by which a person is looked for, each with what it counts."""
    return {term: WORTH[term[0]] for term in terms.asked(identity)}
