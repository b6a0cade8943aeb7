"""From an identity to what the search index takes (terms and sketch) and what it is asked."""

from __future__ import annotations

from typing import Final

from referral.people.matching import sketches, terms
from referral.people.matching.comparing import compare
from referral.people.matching.identity import Identity
from referral.people.matching.sketches import Digest

WORTH: Final = {"I": 20.0, "X": 20.0, "N": 14.0, "D": 12.0, "T": 14.0, "P": 9.0, "Y": 7.0, "L": 6.0, "W": 4.0}
"""Kind of term -> what it counts when candidates are chosen, before their sketches rank them."""


SHOWN: Final = 4.0
"""Bits that somebody needs at least to be shown as found: one rare name, or more that speaks for than against."""


def indexed(identity: Identity, digest: Digest) -> tuple[list[str], bytes]:
    """Terms and sketch of a person."""
    return terms.stored(identity), sketches.packed(sketches.blind(identity, digest))


def describes(sought: Identity, person: Identity) -> bool:
    """Whether what was typed describes a person well enough to be shown, once the person's identity is open.

    >>> describes(Identity(other="aissatou belo"), Identity(family="Bello", given="Aïssatou"))
    True
    >>> describes(Identity(other="aissatou"), Identity(family="Bello", given="Awa"))
    False
    """
    return compare(sought, person).weight >= SHOWN


def question(identity: Identity) -> dict[str, float]:
    """The terms by which a person is looked for, each with what it counts."""
    return {term: WORTH[term[0]] for term in terms.asked(identity)}
