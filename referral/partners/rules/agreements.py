"""The life of an agreement (protocole d’accord): who moves it how, what must hold before, when it is told that it ends.

Fields and states: research/sop.md §9, DOMAIN "State machines"; what a state means for the sharing decision is in
`consent.states` (rules M1–M8).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sop.vocabulary import N_, Message


class AgreementState(StrEnum):
    """The life of an agreement between two organisations (DOMAIN, "State machines")."""

    DRAFT = "draft"
    NEGOTIATION = "negotiation"
    LEGAL_REVIEW = "legal_review"
    SIGNED_ONE = "signed_one"
    SIGNED_BOTH = "signed_both"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return AGREEMENT_LABELS[self]


AGREEMENT_LABELS: dict[AgreementState, str] = {
    AgreementState.DRAFT: N_("draft"),
    AgreementState.NEGOTIATION: N_("under negotiation"),
    AgreementState.LEGAL_REVIEW: N_("under legal review"),
    AgreementState.SIGNED_ONE: N_("signed by one party"),
    AgreementState.SIGNED_BOTH: N_("signed, not yet in force"),
    AgreementState.ACTIVE: N_("in force"),
    AgreementState.SUSPENDED: N_("suspended"),
    AgreementState.EXPIRED: N_("expired"),
    AgreementState.TERMINATED: N_("terminated"),
    AgreementState.SUPERSEDED: N_("replaced"),
}


class AgreementAction(StrEnum):
    """What is done with an agreement. `EXPIRE` and `SUPERSEDE` happen by themselves, when their day comes."""

    OPEN_NEGOTIATION = "open_negotiation"
    SEND_TO_REVIEW = "send_to_review"
    SEND_BACK = "send_back"
    SIGN = "sign"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"
    EXPIRE = "expire"
    SUPERSEDE = "supersede"

    @property
    def label(self) -> str:
        """English label of the button, a message id."""
        return ACTION_LABELS[self]

    @property
    def done(self) -> str:
        """What the history says, a message id."""
        return DONE_LABELS[self]


S, A = AgreementState, AgreementAction

ACTION_LABELS: dict[AgreementAction, str] = {
    A.OPEN_NEGOTIATION: N_("Open the negotiation"),
    A.SEND_TO_REVIEW: N_("Send to legal review"),
    A.SEND_BACK: N_("Send back to negotiation"),
    A.SIGN: N_("Sign the agreement"),
    A.ACTIVATE: N_("Put in force"),
    A.SUSPEND: N_("Suspend"),
    A.RESUME: N_("End the suspension"),
    A.TERMINATE: N_("End the agreement"),
    A.EXPIRE: N_("Expire"),
    A.SUPERSEDE: N_("Replace"),
}
DONE_LABELS: dict[AgreementAction, str] = {
    A.OPEN_NEGOTIATION: N_("negotiation opened"),
    A.SEND_TO_REVIEW: N_("sent to legal review"),
    A.SEND_BACK: N_("sent back to negotiation; signatures no longer count"),
    A.SIGN: N_("signed by one of the parties"),
    A.ACTIVATE: N_("put in force"),
    A.SUSPEND: N_("suspended"),
    A.RESUME: N_("suspension ended"),
    A.TERMINATE: N_("ended"),
    A.EXPIRE: N_("expired"),
    A.SUPERSEDE: N_("replaced by another agreement"),
}

TEXT_OPEN: Final = frozenset({S.DRAFT, S.NEGOTIATION})
"""States in which text and terms may still change."""
OVER: Final = frozenset({S.EXPIRED, S.TERMINATED, S.SUPERSEDED})
IN_FORCE: Final = frozenset({S.ACTIVE, S.SUSPENDED})

TRANSITIONS: Mapping[tuple[AgreementState, AgreementAction], AgreementState] = {
    (S.DRAFT, A.OPEN_NEGOTIATION): S.NEGOTIATION,
    (S.NEGOTIATION, A.SEND_TO_REVIEW): S.LEGAL_REVIEW,
    (S.LEGAL_REVIEW, A.SEND_BACK): S.NEGOTIATION,
    (S.SIGNED_ONE, A.SEND_BACK): S.NEGOTIATION,
    (S.LEGAL_REVIEW, A.SIGN): S.SIGNED_ONE,
    (S.SIGNED_ONE, A.SIGN): S.SIGNED_BOTH,
    (S.SIGNED_BOTH, A.ACTIVATE): S.ACTIVE,
    (S.ACTIVE, A.SUSPEND): S.SUSPENDED,
    (S.SUSPENDED, A.RESUME): S.ACTIVE,
    **{(state, A.TERMINATE): S.TERMINATED for state in S if state not in OVER},
    **{(state, A.EXPIRE): S.EXPIRED for state in IN_FORCE},
    **{(state, A.SUPERSEDE): S.SUPERSEDED for state in (*IN_FORCE, S.EXPIRED)},
}
"""The whole machine."""

COORDINATION: Final = (A.OPEN_NEGOTIATION, A.SEND_TO_REVIEW, A.SEND_BACK, A.RESUME, A.TERMINATE)
"""Moves that the coordination makes by a button of its own."""
NEEDS_REASON: Final = frozenset({A.SUSPEND, A.TERMINATE})


class Side(StrEnum):
    """The two parties: who holds the files, and who receives."""

    HOLDER = "holder"
    PARTNER = "partner"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {Side.HOLDER: N_("the organisation that holds the files"), Side.PARTNER: N_("the partner")}[self]


class SignatureMethod(StrEnum):
    """How a signature came: a scan of the signed paper, or by the party’s own account on the screen.

    On the screen it is drawn, or given as a picture, or only declared.
    """

    SCAN = "scan"
    SCREEN = "screen"
    DRAWN = "drawn"
    PICTURE = "picture"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {
            SignatureMethod.SCAN: N_("signed paper, scanned"),
            SignatureMethod.SCREEN: N_("signed on screen, with the party’s own account"),
            SignatureMethod.DRAWN: N_("drawn on screen, with the party’s own account"),
            SignatureMethod.PICTURE: N_("signed on screen, with a picture of the signature"),
        }[self]


class StopReason(StrEnum):
    """Why an agreement is suspended or ended before its day."""

    BREACH = "breach"
    UNDERTAKINGS = "undertakings"
    SECURITY = "security"
    PARTY_ASKED = "party_asked"
    NO_LONGER_NEEDED = "no_longer_needed"
    LAW = "law"
    OTHER = "other"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STOP_LABELS[self]


STOP_LABELS: dict[StopReason, str] = {
    StopReason.BREACH: N_("personal data were lost or seen by others"),
    StopReason.UNDERTAKINGS: N_("staff without a signed confidentiality undertaking"),
    StopReason.SECURITY: N_("security measures not in place"),
    StopReason.PARTY_ASKED: N_("a party asked for it"),
    StopReason.NO_LONGER_NEEDED: N_("no longer needed"),
    StopReason.LAW: N_("the law or the Authority asks for it"),
    StopReason.OTHER: N_("another reason, in the minutes"),
}

MEASURES: dict[str, str] = {
    "undertakings": N_("everybody who reads files has signed a confidentiality undertaking"),
    "locked": N_("paper files are locked away"),
    "accounts": N_("every account belongs to one person, with a second factor"),
    "devices": N_("computers and telephones are encrypted and locked"),
    "copies": N_("nothing is copied to private devices or messaging groups"),
    "erasure": N_("what is no longer needed is destroyed, with a record"),
    "training": N_("staff are trained in data protection every year"),
}
"""The checklist of security measures of the data annex."""
CLAUSES: Final = (
    "purpose", "target_group", "roles", "services", "coordination", "financing", "data", "duration", "disputes",
)  # fmt: skip
"""Sections of an agreement, in their order (IOM regional template: purpose … data confidentiality and sharing)."""
CLAUSE_LABELS: dict[str, str] = {
    "purpose": N_("Background and purpose"),
    "target_group": N_("Target group"),
    "roles": N_("Roles and responsibilities"),
    "services": N_("Services and territory"),
    "coordination": N_("Coordination"),
    "financing": N_("Financing"),
    "data": N_("Confidentiality and sharing of data"),
    "duration": N_("Duration, amendment and end"),
    "disputes": N_("Settlement of disputes"),
}
Clauses = dict[str, dict[str, str]]
"""Clause -> language -> text."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement says besides its clauses and what the sharing decision reads; all optional in a draft.

    Days and months are whole numbers; `measures` are codes of the checklist, `regions` P-codes, `answer_hours` the
    promised time to answer an urgent referral, `renewal_days` how long before the end renewal is talked about.
    """

    regions: tuple[str, ...] = ()
    capacity: str = ""
    cost_share: str = ""
    holder_representative: str = ""
    holder_function: str = ""
    partner_representative: str = ""
    partner_function: str = ""
    focal_point: str = ""
    deputy: str = ""
    answer_hours: int | None = None
    measures: tuple[str, ...] = ()
    retention_months: int | None = None
    breach_contact: str = ""
    transfer_country: str = ""
    authorisation: str = ""
    renewal: bool = False
    renewal_days: int | None = None
    procedure: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Terms:
        """What `kept()` wrote; what is missing is empty."""
        known = {one.name for one in fields(cls)}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items() if name in known
        }
        return cls(**values)

    def kept(self) -> dict[str, Any]:
        """Plain data, for a JSON column."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules look at: an agreement with its comments and signatures counted.

    `altered`: a signature stands under another text than the present one, so it signs nothing.
    """

    state: AgreementState
    terms: Terms
    clauses: Clauses
    since: date | None
    until: date | None
    categories: Collection[str]
    purposes: Collection[str]
    cross_border: bool = False
    transfer_authorised: bool = False
    unanswered: int = 0
    signed: Collection[Side] = ()
    altered: bool = False
    languages: Collection[str] = field(default=("fr", "en"))


def after(state: AgreementState, action: AgreementAction) -> AgreementState | None:
    """Where an action leads; None when it cannot be done in this state.

    >>> after(AgreementState.SIGNED_ONE, AgreementAction.SIGN)
    <AgreementState.SIGNED_BOTH: 'signed_both'>
    >>> after(AgreementState.DRAFT, AgreementAction.ACTIVATE) is None
    True
    """
    return TRANSITIONS.get((state, action))


def refusals(action: AgreementAction, at: Standing, today: date) -> tuple[Message, ...]:
    """Why an action is not possible now; empty when it is."""
    if after(at.state, action) is None:
        return (Message("not_now", N_("an agreement in this state does not allow it")),)
    if action is A.SEND_TO_REVIEW:
        return _incomplete(at)
    if action is A.SIGN and at.altered:
        return (Message("altered", N_("the text is not the one that was signed")),)
    if action is A.ACTIVATE:
        return _not_ready(at, today)
    if action is A.RESUME and _past(at.until, today):
        return (Message("last_day_past", N_("its last day is past")),)
    return ()


def _incomplete(at: Standing) -> tuple[Message, ...]:
    """What a text must say before lawyers read it."""
    missing = [
        ("no_period", N_("the first and the last day are missing"), at.since is None or at.until is None),
        ("no_categories", N_("no category of data is chosen"), not at.categories),
        ("no_purposes", N_("no purpose is chosen"), not at.purposes),
        ("no_retention", N_("it does not say for how long the partner keeps the data"), not at.terms.retention_months),
        ("no_breach_contact", N_("the contact for data breaches is missing"), not at.terms.breach_contact),
        ("no_measures", N_("no security measure is promised"), not at.terms.measures),
        (
            "no_transfer",
            N_("the country of the transfer is missing"),
            at.cross_border and not at.terms.transfer_country,
        ),
        ("empty_clause", N_("a clause is empty in one of the languages"), _has_empty_clause(at)),
    ]
    found = [Message(code, text) for code, text, is_missing in missing if is_missing]
    if at.unanswered:
        found.append(Message("unanswered", N_("comments wait for an answer: %(number)d"), {"number": at.unanswered}))
    return tuple(found)


def _has_empty_clause(at: Standing) -> bool:
    return any(not at.clauses.get(one, {}).get(language, "").strip() for one in CLAUSES for language in at.languages)


def _not_ready(at: Standing, today: date) -> tuple[Message, ...]:
    missing = [
        ("not_signed", N_("both parties must have signed"), set(at.signed) != set(Side)),
        ("altered", N_("the text is not the one that was signed"), at.altered),
        ("last_day_past", N_("its last day is past"), _past(at.until, today)),
        (
            "no_authorisation",
            N_("a transfer abroad needs the number of the Authority’s authorisation"),
            at.cross_border and not (at.transfer_authorised and at.terms.authorisation),
        ),
    ]
    return tuple(Message(code, text) for code, text, is_missing in missing if is_missing)


def _past(day: date | None, today: date) -> bool:
    return day is None or day < today


def warning_due(until: date | None, today: date, told: Collection[int], days_before: Collection[int]) -> int | None:
    """Return which warning is due: the nearest one reached, unless it or a nearer one was told.

    >>> warning_due(date(2026, 12, 20), date(2026, 11, 28), (), (90, 30, 7))
    30
    >>> warning_due(date(2026, 12, 20), date(2026, 11, 28), (30,), (90, 30, 7)) is None
    True
    """
    if until is None or until < today:
        return None
    left = (until - today).days
    reached = min((days for days in days_before if left <= days), default=None)
    return None if reached is None or any(days <= reached for days in told) else reached


def text_hash(clauses: Clauses, terms: Terms, decided: Mapping[str, Any]) -> str:
    """Identify the text that the parties sign: clauses, terms and what the sharing decision reads (SHA-256, hex).

    >>> text_hash({"purpose": {"fr": "A"}}, Terms(), {}) == text_hash({"purpose": {"fr": "A"}}, Terms(), {})
    True
    """
    whole = {"clauses": clauses, "terms": terms.kept(), "decided": dict(decided)}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
