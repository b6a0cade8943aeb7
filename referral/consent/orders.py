"""Orders and reports (rules L1–L7) beside the decision: what is said to be the law, and where an answer stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from sop.vocabulary import N_

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
PURPOSE = "legal_obligation"


class OrderKind(StrEnum):
    """What is asked, as the decision reads it; a claimed duty to report an adult is a child report about an adult."""

    JUDICIAL = "judicial"
    CHILD_REPORT = "child_report"
    INFORMAL = "informal"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return KIND_LABELS[self]


KIND_LABELS: dict[OrderKind, str] = {
    OrderKind.JUDICIAL: N_("Written court order"),
    OrderKind.CHILD_REPORT: N_("Report to protect, to MINAS or the public prosecutor"),
    OrderKind.INFORMAL: N_("Request without a court order (by word of mouth, by telephone, by letter)"),
}

ACTORS: dict[OrderKind, tuple[str, str]] = {
    OrderKind.JUDICIAL: ("authority", "justice"),
    OrderKind.CHILD_REPORT: ("authority", "child_protection"),
    OrderKind.INFORMAL: ("police", "police"),
}
"""Role and kind of who asks, as the decision reads them."""


class RequestWay(StrEnum):
    """How somebody who has no order came to ask."""

    VISIT = "visit"
    TELEPHONE = "telephone"
    LETTER = "letter"
    MAIL = "mail"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return WAY_LABELS[self]


WAY_LABELS: dict[RequestWay, str] = {
    RequestWay.VISIT: N_("came to the desk"),
    RequestWay.TELEPHONE: N_("by telephone"),
    RequestWay.LETTER: N_("by letter"),
    RequestWay.MAIL: N_("by e-mail or message"),
}
INFORMAL_CODE = "L2"
"""The rule that answers whoever asks without an order, known or not: nobody has to be looked up for it."""


class OrderState(StrEnum):
    """Where the answer to an order stands."""

    TO_VERIFY = "to_verify"
    COUNSEL = "counsel"
    OFFICER = "officer"
    MAY_ANSWER = "may_answer"
    ANSWERED = "answered"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]

    @property
    def tone(self) -> str:
        """Tone of its tag."""
        return STATE_TONES[self]


STATE_LABELS: dict[OrderState, str] = {
    OrderState.TO_VERIFY: N_("to be verified"),
    OrderState.COUNSEL: N_("waits for legal counsel"),
    OrderState.OFFICER: N_("waits for the data officer"),
    OrderState.MAY_ANSWER: N_("may be answered"),
    OrderState.ANSWERED: N_("answered"),
    OrderState.REFUSED: N_("refused by letter"),
}
STATE_TONES: dict[OrderState, str] = {
    OrderState.TO_VERIFY: "soon",
    OrderState.COUNSEL: "hold",
    OrderState.OFFICER: "hold",
    OrderState.MAY_ANSWER: "info",
    OrderState.ANSWERED: "ok",
    OrderState.REFUSED: "late",
}
WAITS = {"L6": OrderState.TO_VERIFY, "L3": OrderState.COUNSEL, "L5": OrderState.OFFICER}


def state_of(code: str, *, answered: bool, refused: bool) -> OrderState:
    """Where an order stands, by the code of its latest decision and by what was done with it.

    >>> state_of("L6", answered=False, refused=False), state_of("L1", answered=True, refused=False)
    (<OrderState.TO_VERIFY: 'to_verify'>, <OrderState.ANSWERED: 'answered'>)
    >>> state_of("L3", answered=False, refused=True), state_of("A1", answered=False, refused=False)
    (<OrderState.REFUSED: 'refused'>, <OrderState.REFUSED: 'refused'>)
    """
    if refused:
        return OrderState.REFUSED
    if code in ("L1", "L4"):
        return OrderState.ANSWERED if answered else OrderState.MAY_ANSWER
    return WAITS.get(code, OrderState.REFUSED)


def reference(choose: Callable[[Sequence[str]], str]) -> str:
    """A random reference for letters: it counts nothing and names nobody.

    >>> reference(lambda letters: letters[0])
    'OR-AAAA-AAAA'
    """
    letters = [choose(LETTERS) for _ in range(8)]
    return f"OR-{''.join(letters[:4])}-{''.join(letters[4:])}"
