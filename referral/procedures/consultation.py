"""Comments sorted to the places that they are about, in the order of the flowchart; and the places to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from referral.foundation.i18n import in_language
from referral.procedures.models import ProcedureComment
from referral.procedures.rules import Anchor, AnchorKind
from sop.flowchart import Branch, Flowchart, Step
from sop.manual import Manual, Paragraph
from sop.vocabulary import N_

SHOWN = 90
"""Signs of a paragraph in the list of places."""


class Only(StrEnum):
    """Which places the page shows."""

    ALL = "all"
    COMMENTED = "commented"
    UNANSWERED = "unanswered"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return ONLY_LABELS[self]

    @classmethod
    def read(cls, text: str) -> Only:
        """The choice of an address; all places for anything else."""
        return cls(text) if text in list(cls) else cls.ALL

    def shows(self, comments: Sequence[ProcedureComment]) -> bool:
        """Whether a place with these comments is shown."""
        if self is Only.UNANSWERED:
            return any(one.answer is None for one in comments)
        return self is Only.ALL or bool(comments)


ONLY_LABELS: dict[Only, str] = {
    Only.ALL: N_("every step"),
    Only.COMMENTED: N_("with comments"),
    Only.UNANSWERED: N_("without an answer"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A step, an arrow or a paragraph with what was said of it."""

    anchor: Anchor
    step: Step | None
    branch: Branch | None
    comments: tuple[ProcedureComment, ...]
    paragraph: Paragraph | None = None


def places(flowchart: Flowchart, comments: Iterable[ProcedureComment], only: Only, book: Manual) -> list[Place]:
    """Each step, after it the arrows that leave it where somebody said something of them; paragraphs at the end."""
    said: dict[str, list[ProcedureComment]] = {}
    for one in comments:
        said.setdefault(one.anchor, []).append(one)

    def place(anchor: Anchor, step: Step | None = None, branch: Branch | None = None) -> Place:
        paragraph = book.paragraph(anchor.place) if anchor.kind is AnchorKind.PARAGRAPH else None
        return Place(anchor, step, branch, tuple(said.pop(str(anchor), ())), paragraph)

    found = []
    for step in flowchart.steps.values():
        found.append(place(Anchor(AnchorKind.STEP, step.id), step))
        found += [
            place(Anchor(AnchorKind.EDGE, branch.where), branch=branch)
            for branch in flowchart.outgoing(step.id)
            if f"edge:{branch.where}" in said
        ]
    rest = [anchor for text in list(said) if (anchor := Anchor.parse(text))]
    found += [place(anchor) for anchor in rest]
    return [one for one in found if only.shows(one.comments)]


def choices(
    flowchart: Flowchart, comments: Iterable[ProcedureComment], lang: str, book: Manual, asked: str
) -> list[tuple[str, str]]:
    """Places that a comment may be about: steps, arrows, and the paragraphs that somebody spoke of or `asked` for.

    The text itself leads to its other paragraphs: all of them in one list would be hundreds.
    """
    found = [("", "")]
    for step in flowchart.steps.values():
        found.append((f"step:{step.id}", f"{step.id} · {in_language(step.label, lang)}"))
        found += [
            (f"edge:{branch.where}", f"{branch.where.replace('→', ' → ')} {in_language(branch.label, lang)}".strip())
            for branch in flowchart.outgoing(step.id)
        ]
    spoken = {asked.partition(":")[2], *(one.anchor.partition(":")[2] for one in comments)}
    found += [
        (f"paragraph:{one.id}", f"{one.number} {one.words}"[:SHOWN].strip())
        for _, one in book.paragraphs()
        if one.id in spoken
    ]
    return list(dict(found).items())
