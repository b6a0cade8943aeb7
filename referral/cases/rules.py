"""The case: its states and which act leads where; kinds of need, task and event."""

from __future__ import annotations

from enum import StrEnum

from sop.vocabulary import N_


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
    (CaseState.CLOSING, CaseAction.CLOSE): CaseState.CLOSED,
    (CaseState.CLOSED, CaseAction.REOPEN): CaseState.REOPENED,
}

LIVE: frozenset[CaseState] = frozenset({CaseState.ACTIVE, CaseState.CLOSING, CaseState.REOPENED})


class NeedState(StrEnum):
    """Where one need of a case stands."""

    OPEN = "open"
    MET = "met"
    GAP = "gap"
    STOPPED = "stopped"


class TaskKind(StrEnum):
    """Tasks that a rule opens beside the procedure's own steps."""

    PRIVATE_INTERVIEW = "private_interview"
    INFORMATION_SHEET = "information_sheet"
    OTHER = "other"


class ClosureReason(StrEnum):
    """Why a case is closed (research/mission.md §4.5, merged list)."""

    GOALS_MET = "goals_met"
    DECLINED = "declined"
    LEFT = "left"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    DIED = "died"
