"""Who reads a file for its person: how identity was checked, what the young person says, what a review decided.

Rules P1 to P4 of the sharing decision need these facts; unknown ones give the answer that shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from referral.rights.rules import Requester
from sop.vocabulary import N_, Category, Need


class IdentityCheck(StrEnum):
    """How it was made sure that the reader is who they say they are (obligation verify_identity)."""

    KNOWN = "known"
    PAPER = "paper"
    QUESTIONS = "questions"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return CHECK_LABELS[self]


CHECK_LABELS: dict[IdentityCheck, str] = {
    IdentityCheck.KNOWN: N_("the case team knows the reader"),
    IdentityCheck.PAPER: N_("an identity paper was looked at"),
    IdentityCheck.QUESTIONS: N_("the reader answered questions that only they can answer"),
}


class ChildView(StrEnum):
    """What a child old enough to be asked says about an adult who wants to read their file."""

    AGREES = "agrees"
    OBJECTS = "objects"
    NOT_ASKED = "not_asked"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return VIEW_LABELS[self]


VIEW_LABELS: dict[ChildView, str] = {
    ChildView.AGREES: N_("agrees, asked alone"),
    ChildView.OBJECTS: N_("does not want it"),
    ChildView.NOT_ASKED: N_("could not be asked"),
}


class ReviewOutcome(StrEnum):
    """What a best-interests review decides about an adult who wants to read a file."""

    READS = "reads"
    SET_ASIDE = "set_aside"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return OUTCOME_LABELS[self]


OUTCOME_LABELS: dict[ReviewOutcome, str] = {
    ReviewOutcome.READS: N_("may read the file; violence the young person suffered stays hidden"),
    ReviewOutcome.SET_ASIDE: N_("is set aside: reads nothing of the file"),
}
REVIEW_DAYS: Final = 3
"""Days for a review, as for the best-interests assessment of a high priority. ASSUMPTION."""
VIOLENCE: Final = frozenset({Need.VBG})
"""Needs whose mere name tells what is kept under C8."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who wants to read a file, how identity was checked, and what the child says where there is one to ask."""

    kind: Requester
    identity: IdentityCheck
    adult_id: UUID | None = None
    view: ChildView | None = None


def told_of(need: str, visible: frozenset[Category]) -> bool:
    """Whether a reader may learn that there was a referral for this need.

    >>> told_of("VBG", frozenset({Category.C2})), told_of("MED", frozenset({Category.C2}))
    (False, True)
    """
    return Category.C8 in visible or need not in VIOLENCE


def set_aside(outcome: ReviewOutcome | None, *, replaced: bool) -> bool:
    """Whether an adult was excluded (rule P3): by a review, or because a best-interests decision took their place.

    `replaced`: base consent rests on such a decision instead of a guardian's; a review may say otherwise.

    >>> set_aside(None, replaced=True), set_aside(ReviewOutcome.READS, replaced=True), set_aside(None, replaced=False)
    (True, False, False)
    """
    return outcome is ReviewOutcome.SET_ASIDE or (outcome is None and replaced)


def objects(
    view: ChildView | None,
    *,
    age: int | None,
    adult_age: int,
    assent_age: int,
    waits: bool,
    outcome: ReviewOutcome | None,
) -> bool:
    """Whether the child's own view stands against the adult (rule P4); unknown counts as an objection.

    `waits`: a review is open. One that let the adult read has weighed the view already.

    >>> ages = {"adult_age": 18, "assent_age": 6, "waits": False, "outcome": None}
    >>> [objects(view, age=16, **ages) for view in (ChildView.AGREES, ChildView.OBJECTS, ChildView.NOT_ASKED, None)]
    [False, True, True, True]
    >>> objects(None, age=4, **ages), objects(None, age=None, **ages), objects(None, age=40, **ages)
    (False, True, False)
    >>> objects(ChildView.AGREES, age=16, **{**ages, "waits": True})
    True
    """
    if waits:
        return True
    if outcome is ReviewOutcome.READS or not asked(age, adult_age=adult_age, assent_age=assent_age):
        return False
    return view is not ChildView.AGREES


def asked(age: int | None, *, adult_age: int, assent_age: int) -> bool:
    """Whether there is a child to ask: old enough for a view, or of unknown age.

    >>> [asked(age, adult_age=18, assent_age=6) for age in (5, 6, 17, 18, None)]
    [False, True, True, False, True]
    """
    return age is None or assent_age <= age < adult_age
