"""Loading fast: rows that nothing reads while the stories are told are gathered and written together at the end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session

from referral.cases.models import CaseEvent, CaseNote
from referral.consent.models import DecisionRecord
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.keystore import keystore
from referral.foundation.outbox import OutboxMessage
from referral.referrals.models import ReferralEvent

GATHERED = (AuditLine, OutboxMessage, CaseEvent, CaseNote, DecisionRecord, ReferralEvent)
CHUNK = 500


class Gathered:
    """Rows kept aside, in the order in which they were made."""

    def __init__(self) -> None:
        self.rows: dict[type[Any], list[Any]] = {kind: [] for kind in GATHERED}

    def keep(self, session: Session, one: Any) -> None:
        """Take a new row out of the session at once, so that it causes no flush."""
        kept = self.rows.get(type(one))
        if kept is not None:
            session.expunge(one)
            if isinstance(one, ReferralEvent):
                owner = one.referral.id
                one.referral = None  # type: ignore[assignment]
                one.referral_id = owner
            kept.append(one)

    def write(self) -> None:
        """Write them."""
        db.session.flush()
        for kind, kept in self.rows.items():
            columns = [(one.key, one.columns[0]) for one in inspect(kind).column_attrs]
            rows = [_row(one, columns) for one in kept]
            for start in range(0, len(rows), CHUNK):
                db.session.execute(insert(kind.__table__), rows[start : start + CHUNK])


def _row(one: Any, columns: list[tuple[str, Any]]) -> dict[str, Any]:
    """The columns that have a value; what the table fills in by itself is left out."""
    found = {}
    for key, column in columns:
        value = getattr(one, key)
        if value is None and column.default is not None:
            value = column.default.arg(None) if column.default.is_callable else column.default.arg
        if not (value is None and column.primary_key):
            found[column.name] = value
    return found


@contextmanager
def together() -> Iterator[None]:
    """Gather what nothing reads meanwhile; collect no garbage; let the key store reach the disk at the end."""
    gathered = Gathered()
    event.listen(db.session, "transient_to_pending", gathered.keep)
    collecting = gc.isenabled()
    gc.disable()
    try:
        with _unhurried_keys():
            yield
        gathered.write()
    finally:
        event.remove(db.session, "transient_to_pending", gathered.keep)
        if collecting:
            gc.enable()


@contextmanager
def _unhurried_keys() -> Iterator[None]:
    """A thousand small commits of the key store need not each wait for the disk; the last one does."""
    engine = keystore().engine
    if engine.dialect.name != "sqlite":
        yield
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA synchronous=OFF")
    finally:
        connection.close()
    try:
        yield
    finally:
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA synchronous=FULL")
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()
