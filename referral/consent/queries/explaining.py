"""Why, or why not: one sharing decision in plain words, its three locks, what is withheld, and the lawful ways on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from referral.cases.models import Case
from referral.cases.queries import visible_cases
from referral.consent import sentences
from referral.consent.models import DecisionRecord
from referral.consent.queries.requests import request_about
from referral.consent.request import Request
from referral.consent.rules import Decision, decide
from referral.consent.sentences import Lock, LockState
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.foundation.folding import fold
from referral.foundation.grants import Permission, Scope, scope_of
from referral.foundation.i18n import translate
from referral.partners.models import Organization
from sop.vocabulary import MINIMUM, N_, Category, Message, Need

SIGNS = {LockState.YES: "open", LockState.NO: "shut", LockState.NOT_NEEDED: "not needed", LockState.NOT_REACHED: "?"}
ANSWERS = {LockState.YES: "yes", LockState.NO: "no", LockState.NOT_NEEDED: "yes", LockState.NOT_REACHED: "unknown"}

SHOWN = N_("shown")


class Unknown(LookupError):
    """No case or no organisation is called that; the text says which."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One decision in words; nothing of the person stands in it. `rows`: asked categories, None where one is shown."""

    case_code: str
    recipient: str
    request: Request
    decision: Decision
    sentence: Message
    locks: tuple[Lock, ...]
    rows: dict[Category, Message | None]
    duties: tuple[str, ...]
    ways: tuple[Message, ...]

    @property
    def lock_items(self) -> list[dict[str, Any]]:
        """The locks as the sharing panel shows them."""
        return [{"label": one.name, "answer": ANSWERS[one.state], "text": one.sentence} for one in self.locks]

    @property
    def row_items(self) -> list[dict[str, Any]]:
        """The categories as the sharing panel shows them."""
        return [
            {"label": category, "state": "withheld" if why else "sent", "text": why or SHOWN}
            for category, why in self.rows.items()
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain values, the sentences in the language of now."""
        return {
            "case": self.case_code,
            "recipient": self.recipient,
            "purpose": self.request.purpose,
            "decision": self.decision.outcome.value,
            "code": self.decision.code,
            "sentence": _said(self.sentence),
            "visible": [one.value for one in self.decision.visible],
            "withheld": {category.value: _said(why) for category, why in self.rows.items() if why},
            "locks": {lock.name.value: {"state": lock.state.value, "why": _said(lock.sentence)} for lock in self.locks},
            "obligations": list(self.decision.obligations),
            "ways": [_said(way) for way in self.ways],
        }

    def words(self) -> list[str]:
        """Lines for people."""
        plain = self.to_json()
        shown = " ".join(plain["visible"]) or "-"
        lines = [
            f"{self.case_code} -> {self.recipient}, {self.request.purpose}",
            f"{plain['code']}: {plain['sentence']}",
        ]
        lines += [f"  {lock.name.value:<10} {SIGNS[lock.state]:<10} {_said(lock.sentence)}" for lock in self.locks]
        lines += [f"  {shown}", *(f"  {category} - {why}" for category, why in plain["withheld"].items())]
        return lines + [f"  > {way}" for way in plain["ways"]]


def explanation(request: Request, decision: Decision, *, case_code: str, recipient: str) -> Explanation:
    """Put a decision into words."""
    withheld = sentences.withheld(request, decision)
    rows = {one: withheld.get(one) for one in sorted(request.categories, key=lambda item: item.order)}
    return Explanation(
        case_code=case_code,
        recipient=recipient,
        request=request,
        decision=decision,
        sentence=sentences.explain(request, decision),
        locks=tuple(_named(lock, recipient) for lock in sentences.locks(request, decision)),
        rows=rows,
        duties=tuple(sentences.DUTIES[code] for code in decision.obligations),
        ways=tuple(_ways(request, decision)),
    )


def explain_about(code: str, recipient: str, need: Need, *, now: datetime) -> Explanation:
    """Take the decision about a case by its code, an organisation by its name, and a need; raises `Unknown`."""
    case = db.session.scalar(select(Case).where(Case.code == code.strip().upper()))
    if case is None:
        raise Unknown(f"no case has the code {code}")
    organization = _organization(recipient)
    request = request_about(case, organization, need, now=now)
    return explanation(request, decide(request), case_code=case.code, recipient=organization.name)


def visible_decisions(actor: Actor) -> Select[DecisionRecord]:
    """Decisions that `actor` may have explained: their own, those about their cases, for the data officer all."""
    if scope_of(actor.role, Permission.AUDIT_READ) is Scope.ALL:
        return select(DecisionRecord)
    ids = visible_cases(actor).with_only_columns(Case.id)
    return select(DecisionRecord).where(or_(DecisionRecord.actor_id == actor.id, DecisionRecord.case_id.in_(ids)))


visible_decision = Door(visible_decisions, DecisionRecord.id)
"""One of them."""


def explain_record(row: DecisionRecord) -> Explanation:
    """A decision of the register in words: as it was taken, by the rules of now for what they say beside it."""
    request = Request.from_mapping(row.inputs)
    code = db.session.scalar(select(Case.code).where(Case.id == row.case_id)) or ""
    recipient = db.session.get(Organization, row.recipient_id) if row.recipient_id else None
    return explanation(request, decide(request), case_code=code, recipient=recipient.name if recipient else "")


def _ways(request: Request, decision: Decision) -> Iterable[Message]:
    """The lawful ways on; those of a denial also where what is left is too little for the need."""
    ways = sentences.ways_on(decision)
    kind, _, need = request.purpose.partition(":")
    short = kind == "referral" and need in set(Need) and not set(MINIMUM[Need(need)]) <= set(decision.visible)
    if decision.allowed and short and decision.code in ("F5", "X2"):
        ways += [Message("way", text) for text in (sentences.OTHER_SERVICE, sentences.CODE_ONLY, sentences.ACCOMPANY)]
    return ways


def _named(lock: Lock, recipient: str) -> Lock:
    """The lock's sentence with the organisation's name instead of its id."""
    if "org" not in lock.sentence.values:
        return lock
    return replace(lock, sentence=replace(lock.sentence, values={**lock.sentence.values, "org": recipient}))


def _organization(name: str) -> Organization:
    try:
        found = db.session.get(Organization, UUID(name))
    except ValueError:
        same = or_(Organization.folded_name == fold(name), Organization.acronym == name.strip())
        rows = list(db.session.scalars(select(Organization).where(same).limit(2)))
        if len(rows) > 1:
            raise Unknown(f"several organisations are called {name}: give the id") from None
        found = rows[0] if rows else None
    if found is None:
        raise Unknown(f"no organisation is called {name}")
    return found


def _said(message: Message) -> str:
    return str(translate(message))
