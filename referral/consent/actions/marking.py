"""Keep, open and destroy what a consent was marked with: sealed under the case's key, its hash in the consent."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from referral.cases.models import Case
from referral.consent.mark_models import AddedMark, MarkFile, MarkWay
from referral.consent.mark_schemas import Mark
from referral.consent.models import Consent, ConsentState
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.media import EXTENSIONS
from referral.foundation.tables import new_id
from sop.vocabulary import N_, Message

MARKED = Message("mark_there", N_("This consent has a mark already; a mark is never replaced."))
NOT_GIVEN = Message(
    "mark_not_given", N_("Only a consent that still stands can be marked: it was refused, replaced or taken back.")
)
TOO_LATE = N_("A mark can be added within %(days)d days of the consent. Ask the person again and record a new consent.")


def keep(case: Case, mark: Mark | None, *, now: datetime) -> dict[str, Any]:
    """Seal a mark; the columns of every consent that it marks, none without one."""
    if mark is None:
        return {}
    data, mark_id = mark.media.data, new_id()
    row = MarkFile(
        id=mark_id,
        case_id=case.id,
        way=mark.way,
        media_type=mark.media.media_type,
        size=len(data),
        blob=sealing.seal_bytes(case.id, _purpose(mark_id), data),
        kept_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return {"mark_file_id": row.id, "mark_hash": hashlib.sha256(data).hexdigest()}


def addable(consent: Consent, case: Case, *, now: datetime, days: int) -> Message | None:
    """Why no mark can be added to a consent now; None when one can."""
    if consent.kept_mark is not None:
        return MARKED
    if consent.state is not ConsentState.GIVEN or case.erased_at is not None:
        return NOT_GIVEN
    if now > consent.given_at + timedelta(days=days):
        return Message("mark_late", TOO_LATE, {"days": days})
    return None


def add(consent: Consent, case: Case, mark: Mark, *, actor: Any, now: datetime, days: int) -> AddedMark:
    """Add the mark that is missing; the consent stays as it was. Raises `RuleViolation` where it may not be."""
    if (against := addable(consent, case, now=now, days=days)) is not None:
        raise RuleViolation(against)
    kept = keep(case, mark, now=now)
    row = AddedMark(consent_id=consent.id, **kept, added_at=now, added_by_id=actor.id)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise RuleViolation(MARKED) from None
    audit.record(
        "consent.mark.add", actor=actor, now=now, case_id=case.id, subject=consent, code=mark.way.value.upper(),
        hash=kept["mark_hash"],
    )  # fmt: skip
    db.session.expire(consent, ["added_mark"])
    return row


def read(consent: Consent, *, actor: Any, now: datetime) -> bytes:
    """The mark of a consent that has one, for somebody who may see it; the audit trail says who looked.

    Raises `sealing.Tampered` when the bytes are not those that the consent was recorded with.
    """
    kept = consent.kept_mark
    if kept is None:
        raise LookupError("this consent has no mark on file")
    audit.record(
        "consent.mark.read", actor=actor, now=now, case_id=consent.case_id, subject=consent, code=kept.way.value.upper()
    )
    data = sealing.open_bytes(consent.case_id, _purpose(kept.id), kept.blob)
    if not hmac.compare_digest(hashlib.sha256(data).hexdigest(), consent.kept_hash):
        raise sealing.Tampered("the mark is not the one that the consent was recorded with")
    return data


def drawn_signature(consent: Consent, *, actor: Any, now: datetime) -> bytes | None:
    """The signature of a consent that was signed on the screen, for the paper that the person takes along."""
    kept = consent.kept_mark
    return read(consent, actor=actor, now=now) if kept is not None and kept.way is MarkWay.DRAWN else None


def file_name(consent: Consent) -> str:
    """How the file is called when it is saved: nobody's name in it."""
    kept = consent.kept_mark
    return f"consent-{kept.way.value}.{EXTENSIONS[kept.media_type]}" if kept else ""


def _purpose(mark_id: UUID) -> str:
    return f"consent_mark:{mark_id}"


def forget_marks(case_id: UUID) -> None:
    """Delete the marks of a case's consents, and what could be compared with them."""
    marked = select(Consent).where(Consent.case_id == case_id, Consent.mark_file_id.is_not(None))
    for consent in db.session.scalars(marked):
        consent.mark_file_id = consent.mark_hash = None
    db.session.flush()  # nothing points to the files any more
    of_case = select(Consent.id).where(Consent.case_id == case_id)
    added = delete(AddedMark).where(AddedMark.consent_id.in_(of_case))
    db.session.execute(added.execution_options(synchronize_session=False))
    rows = delete(MarkFile).where(MarkFile.case_id == case_id)
    db.session.execute(rows.execution_options(synchronize_session=False))


@sealing.on_erase
def _erase(owner_id: UUID, _now: datetime) -> None:
    """A case that is erased takes the marks of its consents along."""
    forget_marks(owner_id)
