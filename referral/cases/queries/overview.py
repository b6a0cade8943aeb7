"""What the case page shows beside the procedure: needs and their referrals, who may see what, how often it was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, union
from sqlalchemy.orm import joinedload

from referral.cases.models import Case, CaseApproval, CaseNeed, CaseNote
from referral.cases.queries.accesses import LOOKED
from referral.cases.queries.progress import state_of
from referral.cases.rules import APPROVED_STEP, ApprovalKind, ApprovalState, NeedState
from referral.consent.models import Consent, ConsentState, DecisionRecord
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.partners.models import Organization, User
from referral.procedures import queries as procedures
from referral.referrals.models import Referral
from referral.referrals.rules import RUNNING, UNDECIDED, ReferralState
from sop.agenda import Todo
from sop.flowchart import StepKind
from sop.vocabulary import N_, Message, Need

WEEK = timedelta(days=7)
NOTHING = Message("nothing", "")

REFERRAL_TONES: dict[ReferralState, tuple[str, str | None]] = {
    **dict.fromkeys(ReferralState, ("hold", "–")),
    **dict.fromkeys(UNDECIDED, ("info", "◷")),
    **dict.fromkeys((ReferralState.ACCEPTED, ReferralState.IN_SERVICE), ("ok", None)),
    **dict.fromkeys((ReferralState.DELIVERED, ReferralState.CLOSED), ("ok", None)),
    **dict.fromkeys((ReferralState.DECLINED, ReferralState.NOT_DELIVERED, ReferralState.EXPIRED), ("late", "✕")),
    ReferralState.DRAFT: ("hold", None),
    ReferralState.WAITLISTED: ("soon", "◔"),
    ReferralState.INFO_REQUESTED: ("soon", None),
}
"""Tone and sign of a referral's state."""

NEED_TONES: dict[NeedState, tuple[str, str | None]] = {
    NeedState.OPEN: ("info", "◷"),
    NeedState.MET: ("ok", None),
    NeedState.GAP: ("late", None),
    NeedState.STOPPED: ("hold", "–"),
}
STEP_WORDS: dict[str, tuple[str, str]] = {
    "R01": ("hold", N_("service to be chosen")),
    "G05": ("hold", N_("waits for consent")),
    "G03": ("hold", N_("waits for a consent of its own")),
    "G04": ("hold", N_("waits for a consent of its own")),
    "D09": ("hold", N_("ready to be checked")),
    "X03": ("info", N_("ready to be sent")),
    "R02": ("late", N_("no service found")),
    "R03": ("soon", N_("helped without sharing data")),
    "R04": ("late", N_("no answer")),
    "D11": ("soon", N_("waits for what the person says")),
}
"""Where a need stands while no referral speaks for it: step -> tone and words."""

WAITING, SERVING, REMINDING, CONFIRMING = "W01", "R05", "R04", "D11"

GROUNDS: tuple[tuple[str, str], ...] = (
    ("L4", N_("basis: child protection")),
    ("L", N_("basis: court order")),
    ("E", N_("basis: danger to life")),
)
"""Start of a decision's code -> the legal basis that stood in for consent."""


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One need: the referral that speaks for it, its state as a tag, what is to do and by when."""

    need: CaseNeed
    referral: Referral | None
    tone: str
    sign: str | None
    words: str
    todo: Todo | None
    latest: Referral | None = None


@dataclass(frozen=True, slots=True)
class SharingLine:
    """One recipient and on what ground it may see something."""

    name: str
    tone: str
    words: Message


def need_lines(case: Case, items: Iterable[Todo], sent: Iterable[Referral]) -> list[NeedLine]:
    """The needs in the order they were opened, with the latest of the case's referrals (`referrals_of`)."""
    waiting = {item.need: item for item in reversed(list(items)) if item.need}
    latest = {referral.need: referral for referral in sent}
    lines = [_need_line(need, latest.get(need.need), waiting.get(need.need.value)) for need in case.needs]
    return sorted(lines, key=lambda line: line.need.state is not NeedState.OPEN)


def referrals_of(case: Case) -> list[Referral]:
    """The referrals of a case, oldest first."""
    query = select(Referral).where(Referral.case_id == case.id).order_by(Referral.created_at, Referral.attempt)
    return list(db.session.scalars(query.options(joinedload(Referral.organization))))


def _need_line(need: CaseNeed, latest: Referral | None, item: Todo | None) -> NeedLine:
    if need.state is not NeedState.OPEN:
        return NeedLine(need, latest, *NEED_TONES[need.state], need.state.label, None, latest)
    speaking = latest if latest is not None and _speaks(latest, item) else None
    words = STEP_WORDS.get(item.step) if item else None
    if words is not None and item is not None and (speaking is None or item.step not in (WAITING, SERVING)):
        return NeedLine(need, speaking, words[0], None, words[1], item, latest)
    if speaking is not None:
        return NeedLine(need, speaking, *REFERRAL_TONES[speaking.state], speaking.state.label, item, latest)
    return NeedLine(need, None, *NEED_TONES[need.state], need.state.label, item, latest)


def _speaks(referral: Referral, item: Todo | None) -> bool:
    """Whether the latest referral of a need is still what the need is about."""
    if referral.state in RUNNING or referral.state is ReferralState.DRAFT:
        return True
    return item is not None and item.step in (WAITING, SERVING, REMINDING, CONFIRMING)


def missing_needs(case: Case) -> list[Need]:
    """Needs that can still be added: not open now, and with a pathway in the procedure."""
    open_now = {need.need for need in case.needs if need.state is NeedState.OPEN}
    flowchart = procedures.flowchart(case.procedure_version_id)
    known = {step.need for step in flowchart.of_kind(StepKind.PATHWAY)}
    return [need for need in Need if need.value in known and need not in open_now]


def sharing_lines(case: Case, referrals: Iterable[Referral], today: date) -> list[SharingLine]:
    """Each recipient once: until when consent holds, which law stood in for it, or that it is still to be asked."""
    found: dict[UUID, SharingLine] = {}
    query = select(Consent).where(Consent.case_id == case.id).order_by(Consent.given_at.desc())
    for consent in db.session.scalars(query.options(joinedload(Consent.recipient))):
        line = SharingLine(consent.recipient.name, *_consent_words(consent, today))
        if consent.recipient_id not in found or (line.tone == "ok" and found[consent.recipient_id].tone != "ok"):
            found[consent.recipient_id] = line
    for recipient, name, code in _lawful_decisions(case):
        ground = next((label for start, label in GROUNDS if code.startswith(start)), None)
        if ground is not None and (recipient not in found or found[recipient].tone != "ok"):
            found[recipient] = SharingLine(name, "info", Message("ground", ground))
    for referral in referrals:
        if referral.state is ReferralState.DRAFT and referral.organization_id not in found:
            ask = Message("ask", N_("to be asked"))
            found[referral.organization_id] = SharingLine(referral.organization.name, "hold", ask)
    return list(found.values())


def _consent_words(consent: Consent, today: date) -> tuple[str, Message]:
    if consent.state is ConsentState.GIVEN and consent.valid_until >= today:
        return "ok", Message("until", N_("until %(day)s"), {"day": consent.valid_until})
    if consent.state is ConsentState.GIVEN or consent.state is ConsentState.EXPIRED:
        return "late", Message("expired", N_("expired on %(day)s"), {"day": consent.valid_until})
    if consent.state is ConsentState.SUPERSEDED:
        return "hold", Message("superseded", N_("to be asked again"))
    return "late", Message("refused", N_("refused or withdrawn"))


def _lawful_decisions(case: Case) -> list[tuple[UUID, str, str]]:
    return [(row.recipient_id, row.name, row.code) for row in db.session.execute(_LAWFUL, {"case": case.id})]


_LAWFUL = (
    select(DecisionRecord.recipient_id, Organization.name, DecisionRecord.code)
    .join(Organization, Organization.id == DecisionRecord.recipient_id)
    .where(
        DecisionRecord.case_id == bindparam("case"),
        DecisionRecord.outcome.like("allow%"),
        or_(DecisionRecord.code.like("L%"), DecisionRecord.code.like("E%")),
    )
    .order_by(DecisionRecord.at.desc())
)


def reads_since(case: Case, now: datetime) -> int:
    """How often the case was looked at within a week."""
    return db.session.scalar(_READS, {"case": case.id, "since": now - WEEK}) or 0


_READS = select(func.count()).where(
    AuditLine.case_id == bindparam("case"),
    AuditLine.at >= bindparam("since"),
    or_(*(AuditLine.action.like(f"%.{ending}") for ending in sorted(LOOKED))),
)


def approval(case: Case, kind: ApprovalKind) -> CaseApproval | None:
    """The latest approval of a kind that still counts for the step it belongs to."""
    query = (
        select(CaseApproval)
        .where(CaseApproval.case_id == case.id, CaseApproval.kind == kind)
        .order_by(CaseApproval.asked_at.desc(), (CaseApproval.state == ApprovalState.ASKED).desc())
    )
    return db.session.scalars(query).first()


def asked_approval(case: Case) -> CaseApproval | None:
    """What waits for the supervisor: asked, and its step is still to be done."""
    active = {step for step, _need in state_of(case).active}
    waiting = (approval(case, kind) for kind in ApprovalKind if APPROVED_STEP[kind] in active)
    return next((one for one in waiting if one is not None and one.state is ApprovalState.ASKED), None)


def approvals_of(case: Case) -> list[CaseApproval]:
    """Every approval of the plan and of the closing, newest first."""
    query = select(CaseApproval).where(CaseApproval.case_id == case.id).order_by(CaseApproval.asked_at.desc())
    return list(db.session.scalars(query))


def authors(case: Case) -> dict[UUID, str]:
    """Names of the colleagues who wrote notes or decided approvals."""
    wrote = select(CaseNote.author_id).where(CaseNote.case_id == case.id)
    asked = select(CaseApproval.asked_by_id).where(CaseApproval.case_id == case.id)
    decided = select(CaseApproval.decided_by_id).where(CaseApproval.case_id == case.id)
    query = select(User.id, User.full_name).where(User.id.in_(union(wrote, asked, decided)))
    return {row.id: row.full_name for row in db.session.execute(query)}
