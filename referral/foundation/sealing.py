"""Sealing: personal data lie in the database as one encrypted blob per owner and data category, and nowhere else.

AES-256-GCM with a fresh nonce, bound to owner id | category | key version; blobs are padded, so that their length
tells little. Only the categories that are asked for are opened. What an attacker with write access can still do is put
back an older blob of the same owner and category; the audit trail tells who changed what.

Erasing deletes the rows and writes a line in the erasure ledger inside the caller's transaction; the key is destroyed
right after the commit, and by the worker (`complete_erasures`) if the process died in between.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, bindparam, delete, event, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from referral.extensions import db
from referral.foundation.keystore import (
    DataKey,
    KeyDestroyed,
    KeyExists,
    KeyMissing,
    OwnerKind,
    SealError,
    Tampered,
    Tombstone,
    decrypt,
    encrypt,
    keystore,
)
from referral.foundation.tables import Base, enum_column, new_id
from sop.vocabulary import Category

__all__ = [
    "Erasure",
    "KeyDestroyed",
    "KeyExists",
    "KeyMissing",
    "OwnerKind",
    "SealError",
    "SealedRecord",
    "Tampered",
    "complete_erasures",
    "create_keys",
    "erase",
    "erase_again",
    "erase_key",
    "kind_of",
    "on_erase",
    "open_bytes",
    "open_record",
    "open_secret",
    "open_secret_bytes",
    "open_text",
    "open_texts",
    "read",
    "read_many",
    "seal",
    "seal_all",
    "seal_bytes",
    "seal_many",
    "seal_secret",
    "seal_secret_bytes",
    "seal_text",
]

BLOCK = 64
CHUNK = 500
Values = Mapping[str, Any]
Opened = dict[Category, dict[str, Any]]


class SealedRecord(Base):
    """One owner's data of one category, sealed."""

    __tablename__ = "sealed_record"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID]
    owner_kind: Mapped[OwnerKind] = mapped_column(enum_column(OwnerKind))
    category: Mapped[Category] = mapped_column(enum_column(Category))
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    key_version: Mapped[int]
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("owner_id", "category"), Index("ix_sealed_record_updated_at", "updated_at"))


class Erasure(Base):
    """The erasure ledger: who must not be readable any more, and since when the key is gone."""

    __tablename__ = "erasure"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_erasure_done_at", "done_at"),)


def create_keys(owners: Mapping[UUID, OwnerKind], *, now: datetime) -> None:
    """Make data keys for new owners, in one commit of the key store; do it before the first `seal`."""
    keystore().create(owners, now=now)


def kind_of(owner_id: UUID) -> OwnerKind:
    """What sort of owner a key belongs to; raises `KeyMissing` or `KeyDestroyed`."""
    return keystore().key(owner_id).kind


def seal(owner_id: UUID, category: Category, value: Values, *, now: datetime) -> None:
    """Put one category of an owner (replaces what was there)."""
    seal_all({owner_id: {category: value}}, now=now)


def seal_many(owner_id: UUID, values: Mapping[Category, Values], *, now: datetime) -> None:
    """Put several categories of an owner."""
    seal_all({owner_id: values}, now=now)


def seal_all(owners: Mapping[UUID, Mapping[Category, Values]], *, now: datetime) -> None:
    """Put categories of several owners; inside the caller's transaction."""
    keys = keystore().keys(owners)
    rows = [
        _sealed_row(keys[owner_id], Category(category), value, now)
        for owner_id, values in owners.items()
        for category, value in values.items()
    ]
    for start in range(0, len(rows), CHUNK):
        db.session.execute(_upsert(_dialect()), rows[start : start + CHUNK])


def read(owner_id: UUID, categories: Iterable[Category]) -> Opened:
    """The asked categories of an owner, no others; absent ones are left out."""
    return read_many([owner_id], categories).get(owner_id, {})


def read_many(owner_ids: Iterable[UUID], categories: Iterable[Category]) -> dict[UUID, Opened]:
    """The asked categories of several owners in one SELECT (a few hundred owners each)."""
    ids, asked = list(dict.fromkeys(owner_ids)), [Category(category) for category in categories]
    rows: list[Any] = []
    if len(ids) == 1 and len(set(asked)) == len(Category):
        rows += db.session.execute(_WHOLE, {"owner": ids[0]}).all()
    else:
        for start in range(0, len(ids), CHUNK):
            rows += db.session.execute(_SELECT, {"owners": ids[start : start + CHUNK], "categories": asked}).all()
    keys = keystore().keys(row.owner_id for row in rows)
    opened: dict[UUID, Opened] = {}
    for row in rows:
        opened.setdefault(row.owner_id, {})[row.category] = _open_row(keys[row.owner_id], row)
    return opened


def open_record(record: Any) -> dict[str, Any]:
    """What one record holds: a row of `SealedRecord`, or a copy of one with the same columns."""
    return _open_row(keystore().key(record.owner_id), record)


def held(person_id: UUID, case_id: UUID) -> set[Category]:
    """The categories under which something is sealed for a person or their case; nothing is opened."""
    return set(db.session.scalars(_HELD, {"person": person_id, "case": case_id}))


def seal_text(owner_id: UUID, purpose: str, text: str) -> bytes:
    """Seal a small free text kept in a column of another table, under the owner's data key.

    Put the row's id in `purpose` ("referral_event:<id>"): then the text cannot be moved to another row unseen.
    """
    return seal_bytes(owner_id, purpose, text.encode())


def seal_bytes(owner_id: UUID, purpose: str, plain: bytes) -> bytes:
    """The same for bytes (a photo, a recording)."""
    key = keystore().key(owner_id)
    return key.version.to_bytes(4, "big") + encrypt(key.cipher, _padded(plain), _bound_text(key, purpose))


def open_text(owner_id: UUID, purpose: str, blob: bytes) -> str:
    """The text sealed by `seal_text` for the same owner and purpose."""
    return open_bytes(owner_id, purpose, blob).decode()


def open_bytes(owner_id: UUID, purpose: str, blob: bytes) -> bytes:
    """The bytes sealed by `seal_bytes` for the same owner and purpose."""
    key = keystore().key(owner_id)
    if int.from_bytes(blob[:4], "big") != key.version:
        raise Tampered("a sealed text names another key version")
    return _unpadded(decrypt(key.cipher, blob[4:], _bound_text(key, purpose)))


def open_texts(sealed: Iterable[tuple[UUID, str, bytes]]) -> list[str]:
    """Several texts, (owner id, purpose, blob) each; their keys are fetched together."""
    wanted = list(sealed)
    keystore().keys(owner_id for owner_id, _, _ in wanted)
    return [open_text(owner_id, purpose, blob) for owner_id, purpose, blob in wanted]


def seal_secret(purpose: str, text: str) -> bytes:
    """Seal an account secret (a second factor's seed) under a key derived from the key ring.

    Put the account's id in `purpose` ("totp:<id>"): then it cannot be moved to another account unseen.
    """
    return seal_secret_bytes(purpose, text.encode())


def seal_secret_bytes(purpose: str, plain: bytes) -> bytes:
    """The same for bytes that belong to no person or case (the drawn signature of an agreement)."""
    version, cipher = keystore().derived("account-secret")
    return version.to_bytes(4, "big") + encrypt(cipher, _padded(plain), f"secret|{purpose}|{version}".encode())


def open_secret(purpose: str, blob: bytes) -> str:
    """The secret sealed by `seal_secret` for the same purpose."""
    return open_secret_bytes(purpose, blob).decode()


def open_secret_bytes(purpose: str, blob: bytes) -> bytes:
    """The bytes sealed by `seal_secret_bytes` for the same purpose; raises `Tampered`."""
    version, cipher = keystore().derived("account-secret", int.from_bytes(blob[:4], "big"))
    return _unpadded(decrypt(cipher, blob[4:], f"secret|{purpose}|{version}".encode()))


_hooks: list[Callable[[UUID, datetime], None]] = []


def on_erase(hook: Callable[[UUID, datetime], None]) -> Callable[[UUID, datetime], None]:
    """Have `hook(owner_id, now)` called, inside the transaction, before an owner is erased."""
    _hooks.append(hook)
    return hook


def erase(owner_id: UUID, *, now: datetime) -> None:
    """Erase an owner: sealed rows deleted, key destroyed when the caller's transaction commits."""
    for hook in _hooks:
        hook(owner_id, now)
    kind = db.session.scalar(select(SealedRecord.owner_kind).where(SealedRecord.owner_id == owner_id).limit(1))
    db.session.execute(delete(SealedRecord).where(SealedRecord.owner_id == owner_id))
    erase_key(owner_id, kind or "", now=now)


def erase_key(owner_id: UUID, kind: str, *, now: datetime) -> None:
    """Write an owner into the erasure ledger; the key goes when the caller's transaction commits."""
    row = {"owner_id": owner_id, "owner_kind": str(kind), "asked_at": now}
    db.session.execute(_insert(Erasure, _dialect()).values(row).on_conflict_do_nothing(index_elements=["owner_id"]))
    db.session.info.setdefault("mnr.erased", {})[owner_id] = now


def erase_again(gone: list[Tombstone]) -> int:
    """Take out of a restored database what was sealed for owners whose keys are gone; the ledger names them again.

    Inside the caller's transaction. Returns how many the ledger lacked.
    """
    owners = [one.owner_id for one in gone]
    db.session.execute(delete(SealedRecord).where(SealedRecord.owner_id.in_(owners)))
    rows = [
        {"owner_id": one.owner_id, "owner_kind": one.kind.value, "asked_at": one.destroyed_at,
         "done_at": one.destroyed_at}
        for one in gone
    ]  # fmt: skip
    known = set(db.session.scalars(select(Erasure.owner_id).where(Erasure.owner_id.in_(owners))))
    new = [row for row in rows if row["owner_id"] not in known]
    if new:
        db.session.execute(_insert(Erasure, _dialect()), new)
    return len(new)


def complete_erasures(now: datetime) -> int:
    """Destroy the keys that the ledger asks for and that are not known to be gone; commits. For the worker."""
    waiting = list(db.session.scalars(select(Erasure.owner_id).where(Erasure.done_at.is_(None)).limit(CHUNK)))
    keystore().destroy(waiting, now=now)
    if waiting:
        db.session.execute(update(Erasure).where(Erasure.owner_id.in_(waiting)).values(done_at=now))
    db.session.commit()
    return len(waiting)


@event.listens_for(db.session, "after_commit")
def _destroy_erased(session: Session) -> None:
    """The real commit has happened: destroy. A savepoint's release is not that."""
    if session.in_nested_transaction():
        return
    erased: dict[UUID, datetime] = session.info.pop("mnr.erased", {})
    if erased:
        keystore().destroy(erased, now=max(erased.values()))


@event.listens_for(db.session, "after_soft_rollback")
def _forget_erased(session: Session, _previous: object) -> None:
    """Something was taken back: leave what remains to the ledger rather than destroy a key too many."""
    session.info.pop("mnr.erased", None)


def _dialect() -> str:
    return str(db.session.get_bind().dialect.name)


def _insert(model: type[Any], dialect: str) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(model.__table__)


@cache
def _upsert(dialect: str) -> Any:
    statement = _insert(SealedRecord, dialect)
    replaced = {name: statement.excluded[name] for name in ("blob", "key_version", "updated_at")}
    return statement.on_conflict_do_update(index_elements=["owner_id", "category"], set_=replaced)


_records = SealedRecord.__table__.c
_SELECT = select(_records.owner_id, _records.category, _records.blob, _records.key_version).where(
    _records.owner_id.in_(bindparam("owners", expanding=True)),
    _records.category.in_(bindparam("categories", expanding=True)),
)
_HELD = select(_records.category).where(
    or_(_records.owner_id == bindparam("person"), _records.owner_id == bindparam("case"))
)
_WHOLE = select(_records.owner_id, _records.category, _records.blob, _records.key_version).where(
    _records.owner_id == bindparam("owner")
)
"""Every category of one owner, as drafts are read: no list has to be written into the statement."""


def _sealed_row(key: DataKey, category: Category, value: Values, now: datetime) -> dict[str, Any]:
    plain = json.dumps(dict(value), ensure_ascii=False, separators=(",", ":")).encode()
    return {
        "id": new_id(),
        "owner_id": key.owner_id,
        "owner_kind": key.kind,
        "category": category,
        "blob": encrypt(key.cipher, _padded(plain), _bound_record(key.owner_id, category, key.version)),
        "key_version": key.version,
        "updated_at": now,
    }


def _open_row(key: DataKey, row: Any) -> dict[str, Any]:
    if row.key_version != key.version:
        raise Tampered("a sealed record names another key version")
    plain = decrypt(key.cipher, row.blob, _bound_record(row.owner_id, row.category, row.key_version))
    value: dict[str, Any] = json.loads(_unpadded(plain))
    return value


def _bound_record(owner_id: UUID, category: Category, version: int) -> bytes:
    return f"{owner_id}|{category}|{version}".encode()


def _bound_text(key: DataKey, purpose: str) -> bytes:
    return f"{key.owner_id}|text:{purpose}|{key.version}".encode()


def _padded(plain: bytes) -> bytes:
    """One mark and zeros up to a whole number of blocks (ISO/IEC 7816-4)."""
    return plain + b"\x80" + b"\x00" * (-(len(plain) + 1) % BLOCK)


def _unpadded(padded: bytes) -> bytes:
    return padded.rstrip(b"\x00")[:-1]
