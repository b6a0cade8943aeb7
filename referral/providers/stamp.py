"""The directory's stamp: it changes with every transaction that writes to the directory, so caches know their age.

Whoever writes through the session need not think of it. It is written just before the commit, because then no two
writers ever wait for each other with half of their rows locked; `current` writes it earlier when the same transaction
asks. Statements that go around the session's mapped classes must call `touch`.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from referral.extensions import OneDatabase, db
from referral.foundation import clock
from referral.partners.models import Organization
from referral.providers import modified
from referral.providers.calendar_models import CalendarPeriod
from referral.providers.capacity_models import ServiceCapacity
from referral.providers.doubles_models import OrganizationMerge
from referral.providers.models import (
    AdminUnit,
    DirectoryStamp,
    Location,
    SectionVerification,
    Service,
    ServiceAtLocation,
    ServiceAudience,
    ServiceClosure,
    ServiceContact,
    ServiceSchedule,
)
from referral.providers.notice_models import AreaNotice
from referral.providers.private_models import Vacancy
from referral.providers.suspension_models import OrganizationSuspension
from referral.providers.upkeep_models import TempNotice

DIRECTORY = (
    Service, ServiceAudience, Location, ServiceAtLocation, ServiceSchedule, ServiceClosure, ServiceContact,
    ServiceCapacity, CalendarPeriod, SectionVerification, Organization, AdminUnit, TempNotice, Vacancy,
    OrganizationMerge, AreaNotice, OrganizationSuspension,
)  # fmt: skip
_TABLES = frozenset(one.__tablename__ for one in DIRECTORY)
TOUCHED = "directory_touched"
ONE = 1


def touch() -> None:
    """Say that this transaction changes the directory."""
    db.session.info[TOUCHED] = True


def current() -> str:
    """The stamp as this transaction sees it; empty for a directory that nobody ever wrote to."""
    if _touched(db.session()):
        _write(db.session())
    return db.session.scalar(select(DirectoryStamp.stamp).where(DirectoryStamp.id == ONE)) or ""


def latest() -> tuple[str, datetime | None]:
    """The stamp, and when the directory was last written to."""
    at = current()
    return at, db.session.scalar(select(DirectoryStamp.written_at).where(DirectoryStamp.id == ONE))


def _touched(session: Session) -> bool:
    session.flush()
    return bool(session.info.get(TOUCHED))


def _write(session: Session) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = {"stamp": secrets.token_hex(16), "written_at": clock.now()}
    statement = dialect.insert(DirectoryStamp.__table__).values(id=ONE, **new)
    session.connection().execute(statement.on_conflict_do_update(index_elements=["id"], set_=new))
    session.info.pop(TOUCHED, None)


@event.listens_for(db.session, "after_flush")
def _notice(session: Session, _context: Any) -> None:
    modified.tell(session)
    changed = (one for one in session.dirty if isinstance(one, DIRECTORY) and session.is_modified(one))
    written = (one for rows in (session.new, session.deleted) for one in rows if isinstance(one, DIRECTORY))
    if next(written, None) is not None or next(changed, None) is not None:
        session.info[TOUCHED] = True


@OneDatabase.before_bulk.append
def _notice_statement(session: Session, statement: Any) -> None:
    if statement.table.name in _TABLES:
        session.info[TOUCHED] = True


@event.listens_for(db.session, "before_commit")
def _stamp(session: Session) -> None:
    if _touched(session):
        _write(session)


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, _previous: Any) -> None:
    session.info.pop(TOUCHED, None)
