"""The audit trail: who did or saw what, when; codes only, written in the transaction of the act itself.

Three layers, so that the hot path never waits for a global chain:

1. each **line** carries an HMAC over its content and a random nonce: changed content shows at once;
2. the worker numbers the lines that are not sealed yet, **chains** them and signs the head (`seal_batch`, at least
   every minute): removed, inserted, swapped and renumbered lines show;
3. each head goes to the **anchor** file, and is printed on slips: a cut tail, an older copy put back and a rebuilt
   chain show (`referral.foundation.verification.verify`).

A line that is deleted before it is sealed leaves no trace: that window is the worker's interval. Somebody who holds
the database, the anchor file **and** cuts both alike is found only through a head printed on paper.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app
from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, bindparam, event, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import get_history

from referral.extensions import OneDatabase, db
from referral.foundation.codes import NotACode
from referral.foundation.codes import code as as_code
from referral.foundation.codes import codes as as_codes
from referral.foundation.tables import Base

if TYPE_CHECKING:
    from referral.foundation.verification import Report

BATCH = 5_000
LOCK = 0x4D4E5241  # of this trail, among PostgreSQL's advisory locks
START = b"\x00" * 32
WAITING = "audit_lines"
SEQUENCE = BigInteger().with_variant(Integer, "sqlite")


class AppendOnly(RuntimeError):
    """An audit line was about to be changed or deleted."""


class AuditLine(Base):
    """One act or one look. `number`, `batch_id` and `chain` are filled in when the line is sealed."""

    __tablename__ = "audit_line"

    id: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str] = mapped_column(String(32), default="")
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[str] = mapped_column(String(60), default="")
    case_id: Mapped[UUID | None]
    code: Mapped[str] = mapped_column(String(60), default="")
    details: Mapped[dict[str, Any]]
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))
    number: Mapped[int | None] = mapped_column(SEQUENCE, unique=True)
    batch_id: Mapped[int | None]
    chain: Mapped[bytes | None] = mapped_column(LargeBinary(32))

    __table_args__ = (
        Index("ix_audit_line_case_id_id", "case_id", "id"),
        Index("ix_audit_line_actor_id_id", "actor_id", "id"),
        {"sqlite_autoincrement": True},
    )


class AuditBatch(Base):
    """The lines sealed together: `first`…`last`, the chain's value after the last one, and our signature."""

    __tablename__ = "audit_batch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[int] = mapped_column(SEQUENCE)
    last: Mapped[int] = mapped_column(SEQUENCE, unique=True)
    sealed_at: Mapped[datetime]
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    signature: Mapped[bytes] = mapped_column(LargeBinary(32))


@dataclass(slots=True)
class Written:
    """A line on its way into the table: nobody asks for its number, so it never becomes a mapped object."""

    at: datetime
    actor_id: UUID | None
    actor_role: str
    action: str
    subject_kind: str
    subject_id: str
    case_id: UUID | None
    code: str
    details: dict[str, Any]
    nonce: bytes
    mac: bytes = b""


def record(
    action: str,
    *,
    actor: Any,
    now: datetime,
    case_id: UUID | None = None,
    subject: Any = None,
    code: str = "",
    **details: object,
) -> Written:
    """Write a line into the caller's transaction, with its next flush.

    `actor` is who acts (a user; None for the machinery itself), `subject` a row, a (kind, id) pair or an id, `code`
    the decision's code; further codes as keywords. Raises `NotACode` for anything that could hold a name.
    """
    kind, subject_id = _subject(subject)
    line = Written(
        at=now,
        actor_id=getattr(actor, "id", None),
        actor_role=_short(getattr(actor, "role", ""), 32),
        action=_short(action, 60),
        subject_kind=_short(kind, 40),
        subject_id=_short(subject_id, 60),
        case_id=case_id,
        code=_short(code, 60),
        details=as_codes(details),
        nonce=secrets.token_bytes(16),
    )
    line.mac = line_mac(line)
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that a rollback takes the line back as well
    session.info.setdefault(WAITING, []).append(line)
    return line


def line_mac(line: Any) -> bytes:
    """The HMAC of a line's content (an `AuditLine` or a row with its columns)."""
    content = [
        line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(line.actor_id or ""),
        line.actor_role,
        line.action,
        line.subject_kind,
        line.subject_id,
        str(line.case_id or ""),
        line.code,
        line.details,
    ]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    return _hmac("line", bytes(line.nonce) + canonical)


def link(previous: bytes, number: int, batch_id: int, line_id: int, mac: bytes) -> bytes:
    """The chain's value after a line."""
    return _hmac("chain", previous + f"|{number}|{batch_id}|{line_id}|".encode() + mac)


def batch_signature(batch_id: int, first: int, last: int, sealed_at: datetime, head: bytes) -> bytes:
    """Our signature under a batch."""
    moment = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    return _hmac("head", f"{batch_id}|{first}|{last}|{moment}|".encode() + head)


def seal_batch(now: datetime) -> int:
    """Number, chain and sign all lines that are not sealed yet; commits, then writes the anchor. Returns how many.

    One process at a time does it: an advisory lock on PostgreSQL, the write lock on SQLite.
    """
    total = 0
    while True:
        sealed = _seal_some(now)
        total += sealed
        if sealed < BATCH:
            return total


def head() -> str:
    """The last head, short enough to print on a slip: number of the last sealed line, 64 bits of the chain."""
    last = db.session.execute(select(AuditBatch.last, AuditBatch.head).order_by(AuditBatch.id.desc()).limit(1)).first()
    return short_head(last.last, last.head) if last else short_head(0, START)


def short_head(number: int, chain: bytes) -> str:
    """A head as people read and type it.

    >>> short_head(1204, bytes.fromhex("9f3a77c20b1d44e0ffff"))
    '1204-9f3a77c20b1d44e0'
    """
    return f"{number}-{chain[:8].hex()}"


def verify(now: datetime, *, heads: Iterable[str] = ()) -> Report:
    """Check the whole trail; see `referral.foundation.verification.verify`."""
    from referral.foundation import verification

    return verification.verify(now, heads=heads)


def anchor_path() -> Path:
    """The anchor file: one JSON line a head, only ever appended to; copy it where the administrator cannot write."""
    instance: Path = current_app.config["SETTINGS"].instance
    return instance / "audit.anchor"


def _subject(subject: Any) -> tuple[object, object]:
    if subject is None:
        return "", ""
    if isinstance(subject, tuple):
        return subject[0], subject[1]
    if isinstance(subject, UUID):
        return "", subject
    if subject.id is None:  # a new row gets its id when it is written
        db.session.flush()
    return getattr(subject, "__tablename__", ""), subject.id


def _short(value: object, longest: int) -> str:
    text = str(as_code("" if value is None else value))
    if len(text) > longest:
        raise NotACode("a code is too long for its place in an audit line")
    return text


def _hmac(use: str, content: bytes) -> bytes:
    key: bytes = current_app.config["SETTINGS"].audit_key
    return hmac.digest(key, use.encode() + b"|" + content, hashlib.sha256)


def _seal_some(now: datetime) -> int:
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    before = db.session.scalars(select(AuditBatch).order_by(AuditBatch.id.desc()).limit(1)).first()
    if before is not None:
        with suppress(OSError):  # tried again after the commit, and raised there: what waits is sealed all the same
            _anchor(before.id)  # its process may not have come to it yet; no batch is two ahead of the file
    batch_id, number, chain = (before.id + 1, before.last, before.head) if before else (1, 0, START)
    waiting = select(AuditLine.id, AuditLine.mac).where(AuditLine.number.is_(None)).order_by(AuditLine.id).limit(BATCH)
    sealed = []
    for line in db.session.execute(waiting).all():
        number += 1
        chain = link(chain, number, batch_id, line.id, line.mac)
        sealed.append({"line": line.id, "number": number, "batch_id": batch_id, "chain": chain})
    if sealed:
        _write_batch(batch_id, sealed, now)
    db.session.commit()
    if sealed:
        _anchor(batch_id)
        db.session.commit()
    return len(sealed)


def _write_batch(batch_id: int, sealed: list[dict[str, Any]], now: datetime) -> None:
    table = AuditLine.__table__
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("line"))
        .values(number=bindparam("number"), batch_id=bindparam("batch_id"), chain=bindparam("chain"))
    )
    connection = db.session.connection()
    connection.execute(statement, sealed)
    first, last, chain = sealed[0]["number"], sealed[-1]["number"], sealed[-1]["chain"]
    signature = batch_signature(batch_id, first, last, now, chain)
    values = {"id": batch_id, "first": first, "last": last, "sealed_at": now, "head": chain, "signature": signature}
    connection.execute(insert(AuditBatch).values(values))


def _anchor(newest: int) -> None:
    """Append the heads up to `newest` that the file does not have yet (a process may have died before it could).

    A file that has vanished is not written anew from the database: `verify` is to see that it is gone.
    """
    path = anchor_path()
    known = max((entry["batch"] for entry in read_anchor(path)), default=newest - 1)
    new = db.session.scalars(select(AuditBatch).where(AuditBatch.id > known).order_by(AuditBatch.id)).all()
    if not new:
        return
    lines = "".join(json.dumps(_anchor_entry(batch)) + "\n" for batch in new)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, lines.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _anchor_entry(batch: AuditBatch) -> dict[str, Any]:
    return {
        "batch": batch.id,
        "first": batch.first,
        "last": batch.last,
        "sealed_at": batch.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "head": batch.head.hex(),
        "signature": batch.signature.hex(),
    }


def read_anchor(path: Path) -> list[Mapping[str, Any]]:
    """The entries of an anchor file; unreadable lines come back as an entry that no batch can match."""
    if not path.exists():
        return []
    entries: list[Mapping[str, Any]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
            entries.append({**entry, "batch": int(entry["batch"]), "last": int(entry["last"])})
        except (ValueError, TypeError, KeyError):
            entries.append({"batch": 0, "last": 0, "head": "", "signature": ""})
    return entries


_INSERT = insert(AuditLine.__table__).inline()  # type: ignore[arg-type]
_WRITTEN = (
    "at", "actor_id", "actor_role", "action", "subject_kind", "subject_id", "case_id", "code", "details", "nonce",
    "mac",
)  # fmt: skip


@event.listens_for(db.session, "before_commit")
def _write_lines(session: Session) -> None:
    """Write all lines that wait with one plain INSERT."""
    lines = session.info.pop(WAITING, None)
    if lines:
        session.connection().execute(_INSERT, [{name: getattr(line, name) for name in _WRITTEN} for line in lines])


OneDatabase.before_flush.append(_write_lines)


@event.listens_for(db.session, "after_soft_rollback")
def _forget_lines(session: Session, _previous: Any) -> None:
    session.info.pop(WAITING, None)


@event.listens_for(AuditLine, "before_delete")
@event.listens_for(AuditBatch, "before_delete")
def _refuse_delete(_mapper: Any, _connection: Any, _target: Any) -> None:
    raise AppendOnly("audit lines are never deleted")


@event.listens_for(AuditLine, "before_update")
@event.listens_for(AuditBatch, "before_update")
def _refuse_update(mapper: Any, _connection: Any, target: Any) -> None:
    changed = {column.key for column in mapper.column_attrs if get_history(target, column.key).has_changes()}
    if changed:
        raise AppendOnly("audit lines are never changed")


@OneDatabase.before_bulk.append
def _refuse_bulk(_session: Session, statement: Any) -> None:
    if not statement.is_insert and statement.table.name in (AuditLine.__tablename__, AuditBatch.__tablename__):
        raise AppendOnly("audit lines are never changed or deleted")
