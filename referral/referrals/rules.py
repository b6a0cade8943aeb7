"""The referral's state machine: who may do what in which state, deadlines by priority, coded reasons."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from sop.vocabulary import N_, Priority


class ReferralState(StrEnum):
    """DOMAIN, "State machines": referral."""

    DRAFT = "draft"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    INFO_REQUESTED = "info_requested"
    DECLINED = "declined"
    IN_SERVICE = "in_service"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    CLOSED = "closed"
    RECALLED = "recalled"
    EXPIRED = "expired"
    REDIRECTED = "redirected"
    CLIENT_DECLINED = "client_declined"
    LOST_CONTACT = "lost_contact"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]


STATE_LABELS: dict[ReferralState, str] = {
    ReferralState.DRAFT: N_("being prepared"),
    ReferralState.SENT: N_("sent, not yet seen"),
    ReferralState.ACKNOWLEDGED: N_("received"),
    ReferralState.ACCEPTED: N_("accepted"),
    ReferralState.WAITLISTED: N_("on the waiting list"),
    ReferralState.INFO_REQUESTED: N_("more information asked"),
    ReferralState.DECLINED: N_("declined"),
    ReferralState.IN_SERVICE: N_("service under way"),
    ReferralState.DELIVERED: N_("service delivered"),
    ReferralState.NOT_DELIVERED: N_("service not delivered"),
    ReferralState.CLOSED: N_("closed"),
    ReferralState.RECALLED: N_("recalled"),
    ReferralState.EXPIRED: N_("expired without an answer"),
    ReferralState.REDIRECTED: N_("redirected"),
    ReferralState.CLIENT_DECLINED: N_("declined by the person"),
    ReferralState.LOST_CONTACT: N_("contact lost"),
}


class ReferralAction(StrEnum):
    """Acts on a referral."""

    SEND = "send"
    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REQUEST_INFO = "request_info"
    PROVIDE_INFO = "provide_info"
    DECLINE = "decline"
    START = "start"
    DELIVER = "deliver"
    NOT_DELIVER = "not_deliver"
    CLOSE = "close"
    RECALL = "recall"
    EXPIRE = "expire"
    CLIENT_DECLINE = "client_decline"
    LOSE_CONTACT = "lose_contact"

    @property
    def label(self) -> str:
        """English label of the button, a message id."""
        return ACTION_LABELS[self]


ACTION_LABELS: dict[ReferralAction, str] = {
    ReferralAction.SEND: N_("Send the referral"),
    ReferralAction.ACKNOWLEDGE: N_("Confirm receipt"),
    ReferralAction.ACCEPT: N_("Accept"),
    ReferralAction.WAITLIST: N_("Put on the waiting list"),
    ReferralAction.REQUEST_INFO: N_("Ask for more information"),
    ReferralAction.PROVIDE_INFO: N_("Give the information asked"),
    ReferralAction.DECLINE: N_("Decline"),
    ReferralAction.START: N_("Start the service"),
    ReferralAction.DELIVER: N_("Service delivered"),
    ReferralAction.NOT_DELIVER: N_("Service not delivered"),
    ReferralAction.CLOSE: N_("Confirm and close"),
    ReferralAction.RECALL: N_("Recall"),
    ReferralAction.EXPIRE: N_("Expire"),
    ReferralAction.CLIENT_DECLINE: N_("The person declines"),
    ReferralAction.LOSE_CONTACT: N_("Contact lost"),
}

R, A = ReferralState, ReferralAction

TRANSITIONS: dict[tuple[ReferralState, ReferralAction], ReferralState] = {
    (R.DRAFT, A.SEND): R.SENT,
    (R.SENT, A.ACKNOWLEDGE): R.ACKNOWLEDGED,
    **{(state, A.ACCEPT): R.ACCEPTED for state in (R.SENT, R.ACKNOWLEDGED, R.WAITLISTED, R.INFO_REQUESTED)},
    **{(state, A.WAITLIST): R.WAITLISTED for state in (R.SENT, R.ACKNOWLEDGED, R.INFO_REQUESTED)},
    **{(state, A.REQUEST_INFO): R.INFO_REQUESTED for state in (R.SENT, R.ACKNOWLEDGED, R.WAITLISTED)},
    **{(state, A.DECLINE): R.DECLINED for state in (R.SENT, R.ACKNOWLEDGED, R.WAITLISTED, R.INFO_REQUESTED)},
    (R.INFO_REQUESTED, A.PROVIDE_INFO): R.ACKNOWLEDGED,
    (R.ACCEPTED, A.START): R.IN_SERVICE,
    (R.IN_SERVICE, A.DELIVER): R.DELIVERED,
    (R.IN_SERVICE, A.NOT_DELIVER): R.NOT_DELIVERED,
    (R.ACCEPTED, A.NOT_DELIVER): R.NOT_DELIVERED,
    (R.DELIVERED, A.CLOSE): R.CLOSED,
    (R.NOT_DELIVERED, A.CLOSE): R.CLOSED,
    **{(state, A.RECALL): R.RECALLED for state in (R.SENT, R.ACKNOWLEDGED, R.WAITLISTED, R.INFO_REQUESTED, R.ACCEPTED)},
    **{(state, A.EXPIRE): R.EXPIRED for state in (R.SENT, R.ACKNOWLEDGED)},
    **{
        (state, A.CLIENT_DECLINE): R.CLIENT_DECLINED
        for state in (R.DRAFT, R.SENT, R.ACKNOWLEDGED, R.WAITLISTED, R.INFO_REQUESTED, R.ACCEPTED, R.IN_SERVICE)
    },
    **{(state, A.LOSE_CONTACT): R.LOST_CONTACT for state in (R.ACCEPTED, R.WAITLISTED, R.IN_SERVICE)},
}

PROVIDER_ACTIONS = (
    A.ACKNOWLEDGE, A.ACCEPT, A.WAITLIST, A.REQUEST_INFO, A.DECLINE, A.START, A.DELIVER, A.NOT_DELIVER,
    A.CLIENT_DECLINE, A.LOSE_CONTACT,
)  # fmt: skip
SENDER_ACTIONS = (A.SEND, A.PROVIDE_INFO, A.CLOSE, A.RECALL)
UNDECIDED = frozenset({R.SENT, R.ACKNOWLEDGED, R.WAITLISTED, R.INFO_REQUESTED})
RUNNING = UNDECIDED | {R.ACCEPTED, R.IN_SERVICE}


class Pile(StrEnum):
    """The three piles of a service's inbox."""

    WAITING = "waiting"
    RUNNING = "running"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return PILE_LABELS[self]


PILE_LABELS: dict[Pile, str] = {
    Pile.WAITING: N_("Waiting for an answer"),
    Pile.RUNNING: N_("Accepted and under way"),
    Pile.CLOSED: N_("Finished"),
}
STATES: dict[Pile, frozenset[ReferralState]] = {
    Pile.WAITING: UNDECIDED,
    Pile.RUNNING: RUNNING - UNDECIDED,
    Pile.CLOSED: frozenset(ReferralState) - RUNNING - {R.DRAFT},
}
"""Which states lie on which pile."""


class DeclineReason(StrEnum):
    """Refusal codes (DOMAIN)."""

    NO_CAPACITY = "no_capacity"
    NOT_ELIGIBLE = "not_eligible"
    OUT_OF_AREA = "out_of_area"
    MISSING_DOCUMENT = "missing_document"
    SERVICE_CLOSED = "service_closed"
    DUPLICATE = "duplicate"
    OUTSIDE_MANDATE = "outside_mandate"
    SAFETY_RISK = "safety_risk"
    UNREACHABLE = "unreachable"
    PERSON_DECLINED = "person_declined"
    NO_LONGER_NEEDED = "no_longer_needed"
    OTHER = "other"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return DECLINE_LABELS[self]


DECLINE_LABELS: dict[DeclineReason, str] = {
    DeclineReason.NO_CAPACITY: N_("no capacity"),
    DeclineReason.NOT_ELIGIBLE: N_("the person is not eligible"),
    DeclineReason.OUT_OF_AREA: N_("outside our area"),
    DeclineReason.MISSING_DOCUMENT: N_("a document is missing"),
    DeclineReason.SERVICE_CLOSED: N_("the service is suspended or closed"),
    DeclineReason.DUPLICATE: N_("already referred to us"),
    DeclineReason.OUTSIDE_MANDATE: N_("outside our mandate"),
    DeclineReason.SAFETY_RISK: N_("a safety risk"),
    DeclineReason.UNREACHABLE: N_("the person cannot be reached"),
    DeclineReason.PERSON_DECLINED: N_("the person declined"),
    DeclineReason.NO_LONGER_NEEDED: N_("no longer needed"),
    DeclineReason.OTHER: N_("another reason"),
}


class NonDeliveryReason(StrEnum):
    """Non-delivery codes (DOMAIN)."""

    NO_SHOW = "no_show"
    TRANSPORT = "transport"
    COST_OR_STOCK = "cost_or_stock"
    WAITING_TIME = "waiting_time"
    MOVED = "moved"
    DIED = "died"
    SECURITY = "security"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return NON_DELIVERY_LABELS[self]


NON_DELIVERY_LABELS: dict[NonDeliveryReason, str] = {
    NonDeliveryReason.NO_SHOW: N_("the person did not come"),
    NonDeliveryReason.TRANSPORT: N_("no transport"),
    NonDeliveryReason.COST_OR_STOCK: N_("cost or stock"),
    NonDeliveryReason.WAITING_TIME: N_("the wait was too long"),
    NonDeliveryReason.MOVED: N_("the person moved"),
    NonDeliveryReason.DIED: N_("the person died"),
    NonDeliveryReason.SECURITY: N_("insecurity"),
}


class InfoReason(StrEnum):
    """What a service asks before it can decide."""

    CONTACT = "contact"
    ELIGIBILITY = "eligibility"
    DOCUMENT = "document"
    URGENCY = "urgency"
    CONSENT = "consent"
    OTHER = "other"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return INFO_LABELS[self]


INFO_LABELS: dict[InfoReason, str] = {
    InfoReason.CONTACT: N_("how and when to reach the person"),
    InfoReason.ELIGIBILITY: N_("whether the person meets our conditions"),
    InfoReason.DOCUMENT: N_("which documents the person has"),
    InfoReason.URGENCY: N_("how urgent it is"),
    InfoReason.CONSENT: N_("what the person agreed to"),
    InfoReason.OTHER: N_("something else"),
}


class ServiceResult(StrEnum):
    """What came of a service: the fact `service_result` of the procedure. The service claims, the person confirms."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    NONE = "none"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return RESULT_LABELS[self]


RESULT_LABELS: dict[ServiceResult, str] = {
    ServiceResult.COMPLETE: N_("service given in full"),
    ServiceResult.PARTIAL: N_("service given in part"),
    ServiceResult.NONE: N_("no service given"),
}


class Speed(StrEnum):
    """Referral priorities of the inter-agency form."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    NORMAL = "normal"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return SPEED_LABELS[self]


SPEED_LABELS: dict[Speed, str] = {
    Speed.EMERGENCY: N_("Emergency: within 24 hours"),
    Speed.URGENT: N_("Urgent: within 72 hours"),
    Speed.NORMAL: N_("Normal: within 2 weeks"),
}
SPEED_OF: dict[Priority, Speed] = {
    Priority.CRITICAL: Speed.EMERGENCY,
    Priority.HIGH: Speed.URGENT,
    Priority.MEDIUM: Speed.NORMAL,
    Priority.LOW: Speed.NORMAL,
}
HOURS: dict[Speed, int] = {Speed.EMERGENCY: 24, Speed.URGENT: 72, Speed.NORMAL: 336}


RECALL_REASONS = (
    DeclineReason.NO_LONGER_NEEDED,
    DeclineReason.PERSON_DECLINED,
    DeclineReason.SAFETY_RISK,
    DeclineReason.OTHER,
)
"""Why a sender takes a referral back."""
REFERENCE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs that are not mistaken for each other when read aloud or copied by hand."""


def reference(draw: Callable[[str], str]) -> str:
    """A reference without meaning, such as K7M4-2QXD-9PTA; `draw` picks one of the signs (`secrets.choice`).

    >>> reference(lambda signs: signs[0])
    '2222-2222-2222'
    """
    return "-".join("".join(draw(REFERENCE_SIGNS) for _ in range(4)) for _ in range(3))


REASONS: dict[ReferralAction, type[StrEnum]] = {
    A.DECLINE: DeclineReason,
    A.RECALL: DeclineReason,
    A.REQUEST_INFO: InfoReason,
    A.NOT_DELIVER: NonDeliveryReason,
    A.DELIVER: ServiceResult,
    A.CLOSE: ServiceResult,
}
"""Which closed set the coded reason of an act comes from."""


def reason_of(action: ReferralAction, code: str) -> StrEnum | None:
    """The coded reason of an event; None when it has none.

    >>> reason_of(ReferralAction.DECLINE, "no_capacity"), reason_of(ReferralAction.START, "")
    (<DeclineReason.NO_CAPACITY: 'no_capacity'>, None)
    """
    kind = REASONS.get(action)
    return kind(code) if kind is not None and code in set(kind) else None


def allowed(state: ReferralState, actions: tuple[ReferralAction, ...]) -> tuple[ReferralAction, ...]:
    """Which of `actions` the table allows in `state`: the buttons of a page.

    >>> [str(action) for action in allowed(ReferralState.DELIVERED, SENDER_ACTIONS)]
    ['close']
    """
    return tuple(action for action in actions if (state, action) in TRANSITIONS)
