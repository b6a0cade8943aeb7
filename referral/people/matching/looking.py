"""From an identity to what the search index takes (terms and sketch) and what it is asked."""

from __future__ import annotations

from typing import Final

from referral.people.matching import terms
from referral.people.matching.identity import Identity

WORTH: Final = {"I": 20.0, "X": 20.0, "N": 14.0, "D": 12.0, "T": 14.0, "P": 9.0, "Y": 7.0, "L": 6.0, "W": 4.0}
"""Kind of term -> what it counts when candidates are chosen, before their sketches rank them."""


def question(identity: Identity) -> dict[str, float]:
    """The terms by which a person is looked for, each with what it counts."""
    return {term: WORTH[term[0]] for term in terms.asked(identity)}
