"""Keep, open and destroy what a consent was marked with: sealed under the case's key, its hash in the consent."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from referral.cases.models import Case
from referral.consent.mark_models import MarkFile, MarkWay
from referral.consent.mark_schemas import Mark
from referral.consent.models import Consent
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.media import EXTENSIONS
from referral.foundation.tables import new_id


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


def read(consent: Consent, *, actor: Any, now: datetime) -> bytes:
    """The mark of a consent that has one, for somebody who may see it; the audit trail says who looked.

    Raises `sealing.Tampered` when the bytes are not those that the consent was recorded with.
    """
    kept = consent.mark_file
    if kept is None:
        raise LookupError("this consent has no mark on file")
    audit.record(
        "consent.mark.read", actor=actor, now=now, case_id=consent.case_id, subject=consent, code=kept.way.value.upper()
    )
    data = sealing.open_bytes(consent.case_id, _purpose(kept.id), kept.blob)
    if not hmac.compare_digest(hashlib.sha256(data).hexdigest(), consent.mark_hash or ""):
        raise sealing.Tampered("the mark is not the one that the consent was recorded with")
    return data


def drawn_signature(consent: Consent, *, actor: Any, now: datetime) -> bytes | None:
    """The signature of a consent that was signed on the screen, for the paper that the person takes along."""
    kept = consent.mark_file
    return read(consent, actor=actor, now=now) if kept is not None and kept.way is MarkWay.DRAWN else None


def file_name(consent: Consent) -> str:
    """How the file is called when it is saved: nobody's name in it."""
    kept = consent.mark_file
    return f"consent-{kept.way.value}.{EXTENSIONS[kept.media_type]}" if kept else ""


def _purpose(mark_id: UUID) -> str:
    return f"consent_mark:{mark_id}"


def forget_marks(case_id: UUID) -> None:
    """Delete the marks of a case's consents, and what could be compared with them."""
    gone = update(Consent).where(Consent.case_id == case_id, Consent.mark_file_id.is_not(None))
    db.session.execute(gone.values(mark_file_id=None, mark_hash=None))
    rows = delete(MarkFile).where(MarkFile.case_id == case_id)
    db.session.execute(rows.execution_options(synchronize_session=False))


@sealing.on_erase
def _erase(owner_id: UUID, _now: datetime) -> None:
    """A case that is erased takes the marks of its consents along."""
    forget_marks(owner_id)
