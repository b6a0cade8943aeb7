"""Temporary notices of an entry: closed today, closed until a day, or a message; each ends by itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.providers.models import ServiceAtLocation
from referral.providers.rules import NoticeKind
from referral.providers.upkeep_models import TempNotice


def notify(
    place: ServiceAtLocation,
    kind: NoticeKind,
    text: str,
    *,
    starts_on: date,
    ends_on: date,
    actor: Actor,
    now: datetime,
) -> TempNotice:
    """Put a notice on an entry; the same one again is the same notice, running again if it was taken away."""
    said = {"place_id": place.id, "kind": kind, "text": text, "starts_on": starts_on, "ends_on": ends_on}
    notice = db.session.scalar(select(TempNotice).filter_by(**said))
    if notice is None:
        notice = TempNotice(id=new_id(), **said, created_at=now, created_by_id=actor.id)
        db.session.add(notice)
    elif notice.ended_at is None:
        return notice
    notice.ended_at = None
    audit.record("directory.notice", actor=actor, now=now, subject=("service_at_location", place.id), code=kind.value)
    db.session.flush()
    return notice


def end_notice(notice: TempNotice, *, actor: Actor, now: datetime) -> None:
    """Take a notice away before its day; doing it twice changes nothing."""
    if notice.ended_at is None:
        notice.ended_at = now
        audit.record("directory.notice_end", actor=actor, now=now, subject=("service_at_location", notice.place_id))
        db.session.flush()
