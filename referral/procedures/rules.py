"""States of a procedure version, who moves it how (DOMAIN, "State machines"), and what must hold before each move."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sop.flowchart import Flowchart
from sop.vocabulary import N_, Message


class VersionState(StrEnum):
    """Drawing → structure → meaning → valid → consultation → approved → active → retired."""

    DRAWING = "drawing"
    STRUCTURE = "structure"
    MEANING = "meaning"
    VALID = "valid"
    CONSULTATION = "consultation"
    APPROVED = "approved"
    ACTIVE = "active"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]


STATE_LABELS: dict[VersionState, str] = {
    VersionState.DRAWING: N_("drawing, not yet read"),
    VersionState.STRUCTURE: N_("draft, conditions to be mended"),
    VersionState.MEANING: N_("draft, errors to be mended"),
    VersionState.VALID: N_("draft without errors"),
    VersionState.CONSULTATION: N_("in consultation"),
    VersionState.APPROVED: N_("approved"),
    VersionState.ACTIVE: N_("in force"),
    VersionState.RETIRED: N_("retired"),
}


class VersionAction(StrEnum):
    """Acts on a version. The first four are what saving a draft comes to: how far its text can be read."""

    KEEP_DRAWING = "keep_drawing"
    READ_STRUCTURE = "read_structure"
    READ_MEANING = "read_meaning"
    PROVE = "prove"
    OPEN_CONSULTATION = "open_consultation"
    CLOSE_CONSULTATION = "close_consultation"
    REOPEN_CONSULTATION = "reopen_consultation"
    APPROVE = "approve"
    ACTIVATE = "activate"
    RETIRE = "retire"
    SET_ASIDE = "set_aside"

    @property
    def label(self) -> str:
        """English label of the button, a message id."""
        return ACTION_LABELS[self]


ACTION_LABELS: dict[VersionAction, str] = {
    VersionAction.KEEP_DRAWING: N_("Keep the drawing"),
    VersionAction.READ_STRUCTURE: N_("Save the structure"),
    VersionAction.READ_MEANING: N_("Save the meaning"),
    VersionAction.PROVE: N_("Save as valid"),
    VersionAction.OPEN_CONSULTATION: N_("Open the consultation"),
    VersionAction.CLOSE_CONSULTATION: N_("Close the consultation"),
    VersionAction.REOPEN_CONSULTATION: N_("Reopen the consultation"),
    VersionAction.APPROVE: N_("Record the committee’s approval"),
    VersionAction.ACTIVATE: N_("Put in force"),
    VersionAction.RETIRE: N_("Retire"),
    VersionAction.SET_ASIDE: N_("Set aside"),
}

S, A = VersionState, VersionAction

DRAFTS: tuple[VersionState, ...] = (S.DRAWING, S.STRUCTURE, S.MEANING, S.VALID)
"""States in which the text may still change."""

PUBLISHED: frozenset[VersionState] = frozenset({S.CONSULTATION, S.APPROVED, S.ACTIVE, S.RETIRED})
"""States in which the text never changes again: a change is a new version."""

SAVED: Mapping[VersionAction, VersionState] = {
    A.KEEP_DRAWING: S.DRAWING,
    A.READ_STRUCTURE: S.STRUCTURE,
    A.READ_MEANING: S.MEANING,
    A.PROVE: S.VALID,
}
"""Where saving a draft leads, from any draft: a text may get better or worse."""

TRANSITIONS: Mapping[tuple[VersionState, VersionAction], VersionState] = {
    **{(draft, action): state for draft in DRAFTS for action, state in SAVED.items()},
    (S.VALID, A.OPEN_CONSULTATION): S.CONSULTATION,
    (S.CONSULTATION, A.CLOSE_CONSULTATION): S.CONSULTATION,
    (S.CONSULTATION, A.REOPEN_CONSULTATION): S.CONSULTATION,
    (S.CONSULTATION, A.APPROVE): S.APPROVED,
    (S.APPROVED, A.ACTIVATE): S.ACTIVE,
    (S.ACTIVE, A.RETIRE): S.RETIRED,
    **{(state, A.SET_ASIDE): S.RETIRED for state in (*DRAFTS, S.CONSULTATION, S.APPROVED)},
}
"""The whole machine. `RETIRE` happens to the version in force when another is put in force, never alone."""

COORDINATION: tuple[VersionAction, ...] = (
    A.OPEN_CONSULTATION, A.CLOSE_CONSULTATION, A.REOPEN_CONSULTATION, A.ACTIVATE, A.SET_ASIDE,
)  # fmt: skip
"""Moves that the coordination makes by a button of its own; the committee alone approves."""

DEMONSTRATION = "DEMONSTRATION"
"""Stands for the committee's decision where the library is loaded: whoever reads it knows that nobody decided."""

DECISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{1,39}")
"""A decision number; it also stands in the audit trail, which takes codes only."""


class CommentAnswer(StrEnum):
    """What became of a comment."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return ANSWER_LABELS[self]


ANSWER_LABELS: dict[CommentAnswer, str] = {
    CommentAnswer.ACCEPTED: N_("accepted as it is"),
    CommentAnswer.PARTLY: N_("accepted in part"),
    CommentAnswer.DECLINED: N_("not accepted"),
}

NEEDS_REASON: frozenset[CommentAnswer] = frozenset({CommentAnswer.PARTLY, CommentAnswer.DECLINED})
"""Answers that owe their reason to whoever commented."""


class AnchorKind(StrEnum):
    """What a comment is about."""

    STEP = "step"
    EDGE = "edge"
    PARAGRAPH = "paragraph"


_ANCHOR = re.compile(r"(step|edge|paragraph):([^\s:]{1,100})")
_PARAGRAPH = re.compile(r"[A-Za-z0-9._-]{1,80}")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The place of a comment: a step, an arrow (`A→B`) or a paragraph of the text.

    >>> Anchor.parse("edge:D01→L01")
    Anchor(kind=<AnchorKind.EDGE: 'edge'>, place='D01→L01')
    >>> Anchor.parse("street:N03") is None, str(Anchor(AnchorKind.STEP, "N03"))
    (True, 'step:N03')
    """

    kind: AnchorKind
    place: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.place}"

    @classmethod
    def parse(cls, text: str) -> Anchor | None:
        """The anchor of a text, or None when it is not one."""
        found = _ANCHOR.fullmatch(text)
        return cls(AnchorKind(found[1]), found[2]) if found else None

    def stands_in(self, flowchart: Flowchart) -> bool:
        """Whether the flowchart has this place; a paragraph only needs a plain id, its text lies beside the flowchart.

        >>> Anchor(AnchorKind.PARAGRAPH, "N03.when").stands_in(Flowchart("X", "1", "draft", (), {}, {}, {}, ()))
        True
        """
        if self.kind is AnchorKind.STEP:
            return self.place in flowchart.steps
        if self.kind is AnchorKind.EDGE:
            return any(branch.where == self.place for branch in flowchart.branches)
        return _PARAGRAPH.fullmatch(self.place) is not None

    @property
    def code(self) -> str:
        """The anchor as the audit trail writes it.

        >>> Anchor.parse("edge:D01→L01").code
        'edge:D01-L01'
        """
        return re.sub(r"[^A-Za-z0-9_.:+/-]", "?", str(self).replace("→", "-")).replace("?", "_")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision on a version needs to know; counted by a query, `errors` by the checks."""

    state: VersionState
    errors: int = 0
    closed: bool = False
    comments: int = 0
    unanswered: int = 0
    same_content: bool = False
    number_taken: bool = False
    valid_from: date | None = None
    written: bool = True


ERRORS = Message("version_errors", N_("The checks name errors; they come first."))
NOT_WRITTEN = Message("not_written", N_("The drawing is not taken over as text yet; that comes first."))
SAME = Message("version_same", N_("Nothing has changed: a published version has the very same content."))
NUMBER = Message(
    "version_number",
    N_("A published version already has this number; write a new one under “version” at the head of the text."),
)
STILL_OPEN = Message("consultation_open", N_("The consultation is still open; the coordination closes it first."))
IS_CLOSED = Message("consultation_closed", N_("The consultation is closed."))
UNANSWERED = Message("unanswered", N_("Comments still wait for an answer."))
TOO_EARLY = Message("too_early", N_("The committee decided that this version applies from a later day."))
NOT_NOW = Message("not_in_this_state", N_("This cannot be done with a version in its present state."))


def refusals(action: VersionAction, at: Standing, today: date) -> list[Message]:
    """Why this move is not possible; nothing when it is.

    >>> today = date(2026, 11, 28)
    >>> [one.code for one in refusals(A.APPROVE, Standing(S.CONSULTATION, unanswered=2, comments=5), today)]
    ['consultation_open', 'unanswered']
    >>> refusals(A.APPROVE, Standing(S.CONSULTATION, closed=True, comments=5), today)
    []
    >>> [one.code for one in refusals(A.ACTIVATE, Standing(S.VALID), today)]
    ['not_in_this_state']
    """
    if (at.state, action) not in TRANSITIONS:
        return [NOT_NOW]
    asked: Mapping[VersionAction, tuple[tuple[bool, Message], ...]] = {
        A.OPEN_CONSULTATION: (
            (not at.written, NOT_WRITTEN),
            (at.written and at.errors > 0, ERRORS),
            (at.same_content, SAME),
            (at.number_taken, NUMBER),
        ),
        A.CLOSE_CONSULTATION: ((at.closed, IS_CLOSED),),
        A.REOPEN_CONSULTATION: ((not at.closed, STILL_OPEN),),
        A.APPROVE: ((not at.closed, STILL_OPEN), (at.unanswered > 0, UNANSWERED), (at.errors > 0, ERRORS)),
        A.ACTIVATE: ((at.errors > 0, ERRORS), (at.valid_from is not None and at.valid_from > today, TOO_EARLY)),
    }
    return [message for fault, message in asked.get(action, ()) if fault]


def after(state: VersionState, action: VersionAction) -> VersionState:
    """The state that a move leads to; KeyError for a move that the table does not have.

    >>> after(S.VALID, A.OPEN_CONSULTATION)
    <VersionState.CONSULTATION: 'consultation'>
    """
    return TRANSITIONS[state, action]


def open_moves(at: Standing, among: tuple[VersionAction, ...] = COORDINATION) -> list[VersionAction]:
    """The moves of the table that make sense now, possible at once or not; the buttons of a page come from here.

    >>> open_moves(Standing(S.CONSULTATION))
    [<VersionAction.CLOSE_CONSULTATION: 'close_consultation'>, <VersionAction.SET_ASIDE: 'set_aside'>]
    """
    done = {A.CLOSE_CONSULTATION if at.closed else A.REOPEN_CONSULTATION}
    return [action for action in among if (at.state, action) in TRANSITIONS and action not in done]


# --- forms ------------------------------------------------------------------------------------------------------------


class FormStage(StrEnum):
    """Draft → in force → retired, or draft → withdrawn."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STAGE_LABELS[self]


STAGE_LABELS: dict[FormStage, str] = {
    FormStage.DRAFT: N_("draft form"),
    FormStage.ACTIVE: N_("in force"),
    FormStage.RETIRED: N_("retired"),
    FormStage.WITHDRAWN: N_("withdrawn"),
}
NOT_A_DRAFT = Message("not_a_draft", N_("Only a draft can be published or withdrawn."))
UNREADABLE_SOURCE = Message("unreadable_source", N_("The file of this draft can no longer be read. Upload it again."))
NO_NUMBER = Message("no_number", N_("The form says no version: give it one in the sheet “settings”, column version."))
NUMBER_TAKEN = Message(
    "number_taken", N_("This form has a published version of that name. Give the draft another version and upload it.")
)
MEND_FIRST = N_(
    "The checks name %(findings)d points that hinder publishing. Mend them in the file and upload it again."
)


def form_refusals(stage: FormStage, *, hindering: int | None, number: str, taken: bool) -> list[Message]:
    """What stands against publishing a version of a form; `hindering`: findings that forbid it, None: unreadable.

    >>> [one.code for one in form_refusals(FormStage.DRAFT, hindering=2, number="", taken=False)]
    ['mend_first', 'no_number']
    >>> form_refusals(FormStage.DRAFT, hindering=0, number="2", taken=False)
    []
    """
    if stage is not FormStage.DRAFT:
        return [NOT_A_DRAFT]
    found = [UNREADABLE_SOURCE] if hindering is None else []
    if hindering:
        found.append(Message("mend_first", MEND_FIRST, {"findings": hindering}))
    if not number:
        found.append(NO_NUMBER)
    return [*found, NUMBER_TAKEN] if taken else found
