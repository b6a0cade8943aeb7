"""What the sender sees before sending: the decision in one sentence, three locks, what crosses, the ways on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from referral.consent import sentences
from referral.consent.rules import Decision, Request, share_gate
from referral.consent.sentences import Lock, LockName, LockState
from referral.providers.queries.suspensions import suspension_of
from referral.referrals.models import Referral
from referral.referrals.queries.fiche import Fiche, held_categories, read_fiche
from referral.referrals.queries.sending import step_of
from referral.referrals.rules import ReferralState
from sop.vocabulary import MINIMUM, N_, Category, Message

ANSWERS = {LockState.YES: "yes", LockState.NO: "no", LockState.NOT_NEEDED: "yes", LockState.NOT_REACHED: "unknown"}
TOO_LITTLE = N_("Not sent: without %(categories)s this service cannot help.")
CROSSES = N_("passed on")
AGREED_ONLY = N_("agreed, not passed on")
SHUTS = {LockName.CONSENT: "deny_consent", LockName.AGREEMENT: "deny_agreement"}
NEEDLESS, DENIED = "withheld_needless", "withheld_denied"
READY, ASK_FIRST, NOT_NOW, SUSPENDED = "ready", "ask_first", "not_now", "suspended"


@dataclass(frozen=True, slots=True)
class Row:
    """One category on the sharing panel."""

    label: Category
    state: str
    text: Message | None


@dataclass(frozen=True, slots=True)
class Preview:
    """All that the page shows. `stage` says whether the procedure is at sending, `gate` what it would answer."""

    decision: Decision
    sentence: Message
    locks: tuple[Lock, ...]
    rows: tuple[Row, ...]
    duties: tuple[str, ...]
    ways: tuple[Message, ...]
    fiche: Fiche
    gate: str
    stage: str

    @property
    def lock_items(self) -> list[dict[str, Any]]:
        """The locks as the panel shows them; one that keeps back what the need cannot do without is shut."""
        return [{"label": one.name, "answer": self._answer(one), "text": one.sentence} for one in self.locks]

    def _answer(self, lock: Lock) -> str:
        shut = self.decision.allowed and self.gate == SHUTS.get(lock.name)
        return "no" if shut else ANSWERS[lock.state]

    @property
    def row_items(self) -> list[dict[str, Any]]:
        """The categories as the panel shows them."""
        return [{"label": one.label, **self._shown(one)} for one in self.rows]

    def _shown(self, row: Row) -> dict[str, Any]:
        if row.state == "sent":
            crosses = self.gate == "allow" or self.stage == NOT_NOW
            return {"state": "sent", "text": CROSSES} if crosses else {"state": "needless", "text": AGREED_ONLY}
        return {"state": row.state, "text": row.text} if row.text else {"state": row.state}

    @property
    def sendable(self) -> bool:
        """Whether the page may offer to send."""
        return self.gate == "allow" and self.stage == READY


def preview_of(referral: Referral, request: Request, decision: Decision) -> Preview:
    """Put a decision into words and open what it lets through."""
    gate = share_gate(decision, referral.need)
    sentence = sentences.explain(request, decision)
    if decision.allowed and gate != "allow":
        missing = [one for one in MINIMUM[referral.need] if one not in decision.visible]
        sentence = Message("too_little", TOO_LITTLE, {"categories": missing})
    return Preview(
        decision=decision,
        sentence=sentence,
        locks=tuple(_named(lock, referral) for lock in sentences.locks(request, decision)),
        rows=_rows(referral, request, decision),
        duties=tuple(sentences.DUTIES[code] for code in decision.obligations),
        ways=_ways(decision) if gate != "allow" else (),
        fiche=read_fiche(referral, decision.visible),
        gate=gate,
        stage=_stage(referral),
    )


def _ways(decision: Decision) -> tuple[Message, ...]:
    """The lawful ways on; too little agreed leaves those of a denial as well."""
    ways = sentences.ways_on(decision)
    if decision.allowed:
        ways += [Message("way", text) for text in (sentences.OTHER_SERVICE, sentences.CODE_ONLY, sentences.ACCOMPANY)]
    return tuple(ways)


def _named(lock: Lock, referral: Referral) -> Lock:
    """The lock's sentence with the organisation's name instead of its id."""
    if "org" not in lock.sentence.values:
        return lock
    values = {**lock.sentence.values, "org": referral.organization.name}
    return replace(lock, sentence=replace(lock.sentence, values=values))


def _rows(referral: Referral, request: Request, decision: Decision) -> tuple[Row, ...]:
    rows = {category: Row(category, "sent", None) for category in decision.visible}
    for category, why in sentences.withheld(request, decision, held_categories(referral.case)).items():
        rows[category] = (
            Row(category, "needless", None)
            if why.code == NEEDLESS
            else Row(category, "withheld", None if why.code == DENIED else why)
        )
    return tuple(rows[category] for category in sorted(rows, key=lambda one: one.order))


def _stage(referral: Referral) -> str:
    step = step_of(referral.case, referral.need)
    if referral.state is not ReferralState.DRAFT:
        return NOT_NOW
    if suspension_of(referral.organization_id) is not None:
        return SUSPENDED
    return READY if step in ("D09", "X03") else ASK_FIRST if step == "G05" else NOT_NOW
