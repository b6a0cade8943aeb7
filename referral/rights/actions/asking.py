"""A person asks, somebody answers: requests about the own file, and the link by which it is read."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import select

from referral.cases.models import Case, CaseTask
from referral.cases.rules import TaskKind
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, national, sealing, signed_links
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.rights.models import OwnFileLink, RightsRequest
from referral.rights.readers import Reader
from referral.rights.rules import WAITING, RefusalReason, Requester, RequestKind, RequestState, answer_due
from sop.vocabulary import N_, Message

ERASED = Message("A3", N_("This file was erased already."))
ANSWERED = Message("answered", N_("This request was answered already."))
SAME_PERSON = Message("same_person", N_("Whoever recorded the request does not decide on it."))
PURPOSE = "own-file"
TRIES = 5


def ask(
    case: Case,
    kind: RequestKind,
    *,
    requester: Requester,
    received_on: date,
    words: str,
    actor: Actor,
    now: datetime,
) -> RightsRequest:
    """Record what a person asks; what they said is sealed under the case's key."""
    if case.erased_at is not None:
        raise RuleViolation(ERASED)
    request_id = new_id()
    one = RightsRequest(
        id=request_id,
        case=case,
        kind=kind,
        requester=requester,
        state=RequestState.HELD if kind is RequestKind.ERASURE and case.legal_hold else RequestState.OPEN,
        received_on=received_on,
        due_on=answer_due(received_on, national.periods()),
        recorded_by_id=actor.id,
        recorded_at=now,
        sealed=sealing.seal_text(case.id, purpose_of(request_id), words) if words else None,
    )
    db.session.add(one)
    audit.record("rights.ask", actor=actor, now=now, case_id=case.id, subject=one, code=kind.value.upper())
    return one


def purpose_of(request_id: object) -> str:
    """Where the sealed words of a request belong."""
    return f"rights_request:{request_id}"


def decide(one: RightsRequest, *, granted: bool, refusal: RefusalReason | None, actor: Actor, now: datetime) -> None:
    """Grant or refuse a request; an erasure is granted by `erasing.erase_file`, which calls this."""
    if one.state not in WAITING:
        raise RuleViolation(ANSWERED)
    if one.recorded_by_id == actor.id:
        raise RuleViolation(SAME_PERSON)
    one.state = RequestState.GRANTED if granted else RequestState.REFUSED
    one.refusal = None if granted else refusal
    one.decided_by_id, one.decided_at = actor.id, now
    if one.case.erased_at is None and not (granted and one.kind is RequestKind.ERASURE):
        _task(one.case, now)
    audit.record(
        "rights.decide", actor=actor, now=now, case_id=one.case_id, subject=one, code=one.state.value.upper(),
        reason=refusal.value if refusal else "",
    )  # fmt: skip


def _task(case: Case, now: datetime) -> None:
    """The case team tells the person, and corrects or stops what was granted."""
    due = now + timedelta(days=national.periods().tell_days)
    task = CaseTask(id=new_id(), case_id=case.id, kind=TaskKind.TELL_ANSWER, opened_at=now, due_at=due)
    db.session.add(task)
    db.session.flush()
    audit.record("case.task_opened", actor=None, now=now, case_id=case.id, subject=task, code=task.kind.value)


def make_link(case: Case, language: str, reader: Reader, *, actor: Actor, now: datetime) -> tuple[str, str]:
    """A link to the own file and the code that opens it; both are shown once. Older links close.

    The link keeps who it was given to: each time it is opened, the sharing decision is taken about that reader.
    """
    if case.erased_at is not None:
        raise RuleViolation(ERASED)
    open_ones = select(OwnFileLink).where(OwnFileLink.case_id == case.id, OwnFileLink.closed_at.is_(None))
    for older in db.session.scalars(open_ones):
        older.closed_at = now
    link_id, code = new_id(), f"{secrets.randbelow(1_000_000):06d}"
    token = signed_links.token(PURPOSE, link_id)
    one = OwnFileLink(
        id=link_id,
        case_id=case.id,
        token_hash=signed_links.hashed(token),
        code_hash=code_hash(link_id, code),
        language=language,
        made_by_id=actor.id,
        made_at=now,
        reader=reader.kind,
        adult_id=reader.adult_id,
        identity=reader.identity,
        child_view=reader.view,
        expires_at=now + timedelta(hours=national.periods().link_hours),
    )
    db.session.add(one)
    audit.record(
        "own_file.link", actor=actor, now=now, case_id=case.id, subject=one, reader=reader.kind.value,
        identity=reader.identity.value,
    )  # fmt: skip
    return token, code


def code_hash(link_id: object, code: str) -> str:
    """What is kept of a code: six digits are few, so the hash is keyed."""
    key: bytes = current_app.config["SETTINGS"].token_key
    return hmac.new(key, f"own-file|{link_id}|{code}".encode(), hashlib.sha256).hexdigest()


def is_live(link: OwnFileLink, now: datetime) -> bool:
    """Whether a link still opens."""
    return link.closed_at is None and link.expires_at > now and link.tries < TRIES and link.case.erased_at is None


def open_link(link: OwnFileLink, code: str, *, now: datetime) -> bool:
    """Try a code; each wrong one counts, five close the link."""
    if not is_live(link, now):
        return False
    if not hmac.compare_digest(code_hash(link.id, code), link.code_hash):
        link.tries += 1
        return False
    return True


def opened(link: OwnFileLink, rule: str, *, act: str, now: datetime) -> None:
    """What a link opened stands in the audit trail as `act`, with the rule that let it."""
    link.opened_at = now
    audit.record(
        act, actor=None, now=now, case_id=link.case_id, subject=link, code="LINK", rule=rule, reader=link.reader.value
    )
