"""Why somebody saw a file: read from the decision that was stored when they did, and the consent it stood on.

An act and its decision bear the same moment and the same actor. An act on a referral that took no decision of its own
stands on the newest one about that referral. The organisation that keeps the file works under base consent, for which
no decision is stored; that consent is named. Where nothing is stored, that is what is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from referral.cases.models import Case
from referral.cases.queries.accesses import Access
from referral.consent import sentences
from referral.consent.emergencies import PURPOSE as VITAL
from referral.consent.emergencies import EmergencyReason
from referral.consent.models import Consent, ConsentState, DecisionRecord
from referral.consent.queries import consents_of
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.grants import Role
from referral.identification.rules import BASE_PURPOSE
from referral.referrals.models import Referral
from referral.rights.queries.readers import PURPOSE as OWN_FILE
from referral.rights.readers import told_of
from sop.vocabulary import N_, Category, Message

DECIDED = "sharing.decide"
ALLOWED: dict[str, str] = {
    "F0": N_("you agreed, and an agreement with this organisation covers it"),
    "F5": N_("you agreed to a part, and an agreement with this organisation covers it"),
    "X2": N_("you agreed that it is passed on, and the agreements allow it"),
    "E1": N_("danger to life, when you could not be asked: %(reason)s"),
    "E4": N_("danger to life, when you could not be asked: %(reason)s"),
    "L1": N_("a court order that was verified"),
    "L4": N_("a report that protects a child"),
    "P1": N_("you asked for your own file"),
    "P2": N_("somebody who stands for you asked for the file"),
}
"""Why something was shown, as it is said to the person; a refusal is said as everywhere."""
CARE = N_("care of your case, under your base consent of %(given)s")
BEFORE = N_("care of your case, before base consent was asked")
OFFICER = N_("supervision of data protection: codes and rules, nothing of what is written")
MACHINE = N_("done by the system, by a rule")
NOTHING = N_("no reason is stored with this line")
CROSSING = frozenset({DECIDED, "referral.send", "referral.print"})
"""Acts of the team on a referral by which something crosses; when it only looks at one, the look is its care."""
OF_ACT = {"own_file": OWN_FILE, "emergency": VITAL, "order": "legal_obligation"}
"""The purpose of the decision that belongs to an act, by the first word of the act."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the rule in words, the purpose that was asked for, the consent it stood on."""

    rule: Message
    purpose: str = ""
    consent: Consent | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """Two reasons with the same key are one."""
        return self.rule.code, str(self.rule), self.purpose, self.consent.id if self.consent else None


class Reasons:
    """The stored decisions and consents of one case."""

    def __init__(self, case: Case) -> None:
        rows = db.session.scalars(select(DecisionRecord).where(DecisionRecord.case_id == case.id))
        self.case = case
        self.at: dict[tuple[datetime, UUID | None], list[DecisionRecord]] = {}
        self.on: dict[str, list[DecisionRecord]] = {}
        for one in sorted(rows, key=lambda one: (one.at, str(one.id))):
            self.at.setdefault((one.at, one.actor_id), []).append(one)
            self.on.setdefault(str(one.referral_id), []).append(one)
        self.consents = consents_of(case.id)
        needs = select(Referral.id, Referral.need).where(Referral.case_id == case.id)
        self.needs = {str(one): str(need) for one, need in db.session.execute(needs)}
        self.needs |= {str(one.id): one.purpose.partition(":")[2] for one in self.consents}

    def of(self, access: Access) -> Reason:
        """Why somebody acted or looked."""
        decision = self._decision(access)
        if decision is not None:
            return self._stored(decision)
        base = self._consent(access.organization_id, BASE_PURPOSE, access.at)
        if base is not None:
            return Reason(Message("care", CARE, {"given": base.given_at.astimezone(clock.zone()).date()}))
        if access.actor_id is None:
            return Reason(Message("machine", MACHINE))
        if access.role is Role.DATA_OFFICER:
            return Reason(Message("officer", OFFICER))
        return Reason(Message("before", BEFORE) if self._too_early(access) else Message("nothing", NOTHING))

    def _too_early(self, access: Access) -> bool:
        """Whether whoever identified the person, or will keep the file, acted before base consent was asked for."""
        mine = access.actor_id == self.case.identified_by_id or not access.outside(self.case)
        return mine and not any(one.purpose == BASE_PURPOSE and one.given_at <= access.at for one in self.consents)

    def told(self, access: Access, visible: frozenset[Category]) -> bool:
        """Whether a reader may learn of an act: not of one that tells of a need they may not know of."""
        decision = self._decision(access)
        need = decision.purpose.partition(":")[2] if decision is not None else self.needs.get(access.subject, "")
        return told_of(need, visible)

    def _decision(self, access: Access) -> DecisionRecord | None:
        """The decision of the same moment and actor; of a referral, else the newest one before it."""
        kind = access.action.partition(".")[0]
        about = access.subject if access.subject in self.on and kind in ("referral", "sharing") else ""
        outside = access.outside(self.case)
        if about and not outside and access.action not in CROSSING:
            return None
        now = self.at.get((access.at, access.actor_id), [])
        found = next((one for one in reversed(now) if _belongs(one, kind, about)), None)
        if found is None and about and outside:
            found = next((one for one in reversed(self.on[about]) if one.at <= access.at), None)
        return found

    def _stored(self, row: DecisionRecord) -> Reason:
        if row.outcome.startswith("deny"):
            return Reason(sentences.sentence(row.code), row.purpose)
        text = ALLOWED.get(row.code)
        rule = Message(row.code, text, _values(row)) if text else sentences.sentence(row.code)
        recipients = row.inputs["consent"]["recipients"]
        named = UUID(recipients[0]) if row.code in ("F0", "F5", "X2") and recipients else None
        return Reason(rule, row.purpose, self._consent(named, row.purpose, row.at))

    def _consent(self, recipient: UUID | None, purpose: str, at: datetime) -> Consent | None:
        """The consent that stood at a moment: the newest that had been given by then."""
        given = (
            one
            for one in self.consents
            if one.recipient_id == recipient and one.purpose == purpose and one.given_at <= at
        )
        newest = next(given, None)
        return newest if newest is not None and newest.state is not ConsentState.REFUSED else None


def _belongs(row: DecisionRecord, kind: str, referral: str) -> bool:
    if referral:
        return str(row.referral_id) == referral
    if kind in OF_ACT:
        return row.purpose == OF_ACT[kind]
    return kind == "sharing"


def _values(row: DecisionRecord) -> dict[str, Any]:
    """What the words of a rule name."""
    reason = (row.inputs.get("emergency") or {}).get("reason", "")
    return {"reason": EmergencyReason(reason).label} if reason in set(EmergencyReason) else {"reason": reason}


def shown_once(rows: Iterable[Access]) -> list[Access]:
    """Without the line that a decision was taken where the look that it allowed has a line of its own."""
    listed = list(rows)
    looks = {(one.at, one.actor_id) for one in listed if one.action != DECIDED}
    return [one for one in listed if one.action != DECIDED or (one.at, one.actor_id) not in looks]
