"""The case: its states and which act leads where; kinds of need, task and event."""

from __future__ import annotations

from enum import StrEnum

from sop.deadlines import PauseReason
from sop.vocabulary import N_, Priority


class CaseState(StrEnum):
    """DOMAIN: open (a pre-file, before base consent) → active → closing → closed → reopened; or declined."""

    OPEN = "open"
    BEST_INTERESTS = "best_interests"
    ACTIVE = "active"
    CLOSING = "closing"
    CLOSED = "closed"
    REOPENED = "reopened"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return CASE_STATE_LABELS[self]


CASE_STATE_LABELS: dict[CaseState, str] = {
    CaseState.OPEN: N_("waits for base consent"),
    CaseState.BEST_INTERESTS: N_("waits for a best-interests decision"),
    CaseState.ACTIVE: N_("active"),
    CaseState.CLOSING: N_("being closed"),
    CaseState.CLOSED: N_("closed"),
    CaseState.REOPENED: N_("reopened"),
    CaseState.DECLINED: N_("support declined, data erased"),
}


class CaseAction(StrEnum):
    """Acts that move a case from state to state."""

    RECORD_CONSENT = "record_consent"
    REFUSE = "refuse"
    REFUSE_AS_CHILD = "refuse_as_child"
    START_CLOSING = "start_closing"
    CLOSE = "close"
    REOPEN = "reopen"


TRANSITIONS: dict[tuple[CaseState, CaseAction], CaseState] = {
    (CaseState.OPEN, CaseAction.RECORD_CONSENT): CaseState.ACTIVE,
    (CaseState.OPEN, CaseAction.REFUSE): CaseState.DECLINED,
    (CaseState.OPEN, CaseAction.REFUSE_AS_CHILD): CaseState.BEST_INTERESTS,
    (CaseState.BEST_INTERESTS, CaseAction.RECORD_CONSENT): CaseState.ACTIVE,
    (CaseState.ACTIVE, CaseAction.START_CLOSING): CaseState.CLOSING,
    (CaseState.REOPENED, CaseAction.START_CLOSING): CaseState.CLOSING,
    (CaseState.ACTIVE, CaseAction.CLOSE): CaseState.CLOSED,
    (CaseState.REOPENED, CaseAction.CLOSE): CaseState.CLOSED,
    (CaseState.CLOSING, CaseAction.CLOSE): CaseState.CLOSED,
    (CaseState.CLOSED, CaseAction.REOPEN): CaseState.REOPENED,
}

LIVE: frozenset[CaseState] = frozenset({CaseState.ACTIVE, CaseState.CLOSING, CaseState.REOPENED})


MOVED = "moved"
"""Kind of the event of a case that was moved to another version; the engine's own kinds are `sop.state.EventKind`."""


STOPPABLE: dict[PauseReason, str] = {
    PauseReason.UNREACHABLE: N_("The person cannot be reached safely"),
    PauseReason.ASKED: N_("The person asked for time"),
    PauseReason.AUTHORITY: N_("An authority has not decided yet"),
    PauseReason.INSECURITY: N_("Insecurity or a closed road"),
}
"""Why a case manager may stop the clock of a step; a conflict of needs stops and starts it by itself."""


class NeedState(StrEnum):
    """Where one need of a case stands."""

    OPEN = "open"
    MET = "met"
    GAP = "gap"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return NEED_STATE_LABELS[self]


NEED_STATE_LABELS: dict[NeedState, str] = {
    NeedState.OPEN: N_("under way"),
    NeedState.MET: N_("service received"),
    NeedState.GAP: N_("no service exists: gap recorded"),
    NeedState.STOPPED: N_("stopped"),
}


class TaskKind(StrEnum):
    """Tasks that a rule opens beside the procedure's own steps."""

    PRIVATE_INTERVIEW = "private_interview"
    INFORMATION_SHEET = "information_sheet"
    ASK_ADULT = "ask_adult"
    TELL_ANSWER = "tell_answer"
    STOP_CALL = "stop_call"
    READER_REVIEW = "reader_review"
    OTHER = "other"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return TASK_LABELS[self]


TASK_LABELS: dict[TaskKind, str] = {
    TaskKind.PRIVATE_INTERVIEW: N_("Private interview by trained staff"),
    TaskKind.INFORMATION_SHEET: N_("Give the information sheet to the person"),
    TaskKind.ASK_ADULT: N_("Ask for consent again: the person has come of age"),
    TaskKind.TELL_ANSWER: N_("Tell the person the answer about their file, and do what was granted"),
    TaskKind.STOP_CALL: N_("Call a recipient that has not confirmed a withdrawal"),
    TaskKind.READER_REVIEW: N_("Best-interests review: an adult asks to read the child’s file"),
    TaskKind.OTHER: N_("Another task"),
}


class ClosureReason(StrEnum):
    """Why a case is closed (research/mission.md §4.5, merged list)."""

    GOALS_MET = "goals_met"
    DECLINED = "declined"
    LEFT = "left"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    DIED = "died"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return CLOSURE_LABELS[self]


CLOSURE_LABELS: dict[ClosureReason, str] = {
    ClosureReason.GOALS_MET: N_("goals of the plan met"),
    ClosureReason.DECLINED: N_("support declined"),
    ClosureReason.LEFT: N_("transferred or gone"),
    ClosureReason.LOST: N_("contact lost"),
    ClosureReason.WITHDRAWN: N_("consent withdrawn"),
    ClosureReason.DIED: N_("deceased"),
}


class ApprovalKind(StrEnum):
    """What a supervisor approves."""

    PLAN = "plan"
    CLOSURE = "closure"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return APPROVAL_LABELS[self]


APPROVAL_LABELS: dict[ApprovalKind, str] = {
    ApprovalKind.PLAN: N_("Case plan"),
    ApprovalKind.CLOSURE: N_("Closing of the case"),
}
APPROVED_STEP: dict[ApprovalKind, str] = {ApprovalKind.PLAN: "N08", ApprovalKind.CLOSURE: "N10"}
"""The step of the procedure that the approval finishes."""


class ApprovalState(StrEnum):
    """Asked by the case manager; approved or sent back by the supervisor; withdrawn when the plan is written anew."""

    ASKED = "asked"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return APPROVAL_STATE_LABELS[self]


APPROVAL_STATE_LABELS: dict[ApprovalState, str] = {
    ApprovalState.ASKED: N_("to be approved by the supervisor"),
    ApprovalState.APPROVED: N_("approved by the supervisor"),
    ApprovalState.RETURNED: N_("sent back by the supervisor"),
    ApprovalState.WITHDRAWN: N_("replaced"),
}


def needs_approval(age_band: str, priority: Priority) -> bool:
    """Whether a supervisor must approve the plan: a child (or doubt), or a high priority.

    >>> needs_approval("adult", Priority.MEDIUM), needs_approval("doubtful", Priority.LOW)
    (False, True)
    """
    return age_band != "adult" or priority in (Priority.CRITICAL, Priority.HIGH)
