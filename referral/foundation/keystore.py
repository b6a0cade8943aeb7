"""The key store: one data key per owner (person, case, submission …), apart from the database and its backups.

It has its own URL (`KEYSTORE_URL`), engine and metadata. A data key is 32 random bytes, wrapped with AES-256-GCM by
the key ring: the highest version wraps, all versions unwrap. Destroying a key erases its owner in every copy of the
database; a tombstone with the date stays. Each process keeps opened keys for at most `CACHE_SECONDS`, so that a key
destroyed by one worker is served by no other for longer than that.

On SQLite a destroyed key is overwritten in the file and taken out of its write-ahead log at once. PostgreSQL keeps old
row versions until VACUUM FULL and in its log until that is recycled: keep those, like all backups of the key store, no
longer than 30 days.

Creating commits at once: a key whose owner's transaction is rolled back stays behind unused, which harms nobody.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app
from sqlalchemy import (
    Column,
    Date,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    create_engine,
    event,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.pool import ConnectionPoolEntry

from referral.foundation.tables import NAMING, UtcDateTime

CACHE_SECONDS = 30.0
CACHE_SIZE = 4096
NONCE = 12
CHUNK = 500
PRAGMAS = ("journal_mode=WAL", "busy_timeout=8000", "synchronous=FULL", "secure_delete=ON")


class OwnerKind(StrEnum):
    """Who or what a data key belongs to."""

    PERSON = "person"
    CASE = "case"
    SUBMISSION = "submission"
    CONSENT = "consent"
    REFERRAL = "referral"
    DOCUMENT = "document"
    SEARCH = "search"


class SealError(RuntimeError):
    """Sealed data cannot be opened or made; the subclass says why."""


class KeyMissing(SealError):
    """No data key was ever made for this owner."""


class KeyDestroyed(SealError):
    """The owner was erased: the data key is gone for good."""


class KeyExists(SealError):
    """The owner has a data key already (or had one)."""


class Tampered(SealError):
    """What was stored is not what was sealed for this place: altered, swapped or sealed under another key."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """An opened data key, ready to seal and open."""

    owner_id: UUID
    kind: OwnerKind
    version: int
    cipher: AESGCM = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stays of a destroyed key: whose it was, and when it went."""

    owner_id: UUID
    kind: OwnerKind
    destroyed_at: datetime


_metadata = MetaData(naming_convention=NAMING)
_keys = Table(
    "data_key",
    _metadata,
    Column("owner_id", Uuid, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("key_version", Integer, nullable=False),
    Column("ring_version", Integer),
    Column("wrapped", LargeBinary),
    # The day only: a time would tie a search entry's key to the person's.
    Column("created_on", Date, nullable=False),
    Column("destroyed_at", UtcDateTime),
    # Sorted by id, so that the order of rows does not tell the order of creation.
    sqlite_with_rowid=False,
)


def encrypt(cipher: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    """A fresh nonce and the ciphertext, bound to its place."""
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, plain, bound_to)


def decrypt(cipher: AESGCM, blob: bytes, bound_to: bytes) -> bytes:
    """The plain bytes; raises `Tampered` when the blob is not what was sealed for this place."""
    try:
        return cipher.decrypt(blob[:NONCE], blob[NONCE:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise Tampered("a sealed value is not what was sealed for this place") from error


class KeyStore:
    """Makes, opens and destroys data keys; safe to share between threads."""

    def __init__(self, url: str, ring: Mapping[int, bytes], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._ring = {version: AESGCM(key[:32]) for version, key in ring.items()}
        self._secrets = dict(ring)
        self.ring_version = max(ring)
        self._clock = clock
        self._lock = threading.Lock()
        self._cache: OrderedDict[UUID, tuple[float, DataKey]] = OrderedDict()
        self._derived: dict[tuple[int, str], AESGCM] = {}
        self.engine = _engine(url)

    def create(self, owners: Mapping[UUID, OwnerKind], *, now: datetime) -> None:
        """Make a data key for each owner, all in one commit."""
        if not owners:
            return
        rows, made = [], []
        for owner_id, kind in owners.items():
            secret = secrets.token_bytes(32)
            wrapped = encrypt(self._ring[self.ring_version], secret, _bound_to(owner_id, kind, 1, self.ring_version))
            rows.append(
                {
                    "owner_id": owner_id,
                    "kind": kind.value,
                    "key_version": 1,
                    "ring_version": self.ring_version,
                    "wrapped": wrapped,
                    "created_on": now.date(),
                }
            )
            made.append(DataKey(owner_id, kind, 1, AESGCM(secret)))
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(_keys), rows)
        except IntegrityError as error:
            raise KeyExists("an owner has a data key already") from error
        self._remember(made)

    def key(self, owner_id: UUID) -> DataKey:
        """The data key of one owner; raises `KeyMissing` or `KeyDestroyed`."""
        return self.keys([owner_id])[owner_id]

    def keys(self, owner_ids: Iterable[UUID]) -> dict[UUID, DataKey]:
        """The data keys of several owners, read in one SELECT a few hundred; raises like `key`."""
        wanted = list(dict.fromkeys(owner_ids))
        found = self._recall(wanted)
        missing = [owner_id for owner_id in wanted if owner_id not in found]
        for start in range(0, len(missing), CHUNK):
            opened = self._open(missing[start : start + CHUNK])
            self._remember(opened)
            found |= {key.owner_id: key for key in opened}
        if len(found) < len(wanted):
            raise KeyMissing("an owner has no data key")
        return found

    def destroy(self, owner_ids: Iterable[UUID], *, now: datetime) -> None:
        """Erase owners: their keys are overwritten, a tombstone with the date stays. Repeating it changes nothing."""
        ids = list(owner_ids)
        for start in range(0, len(ids), CHUNK):
            with self.engine.begin() as connection:
                connection.execute(
                    update(_keys)
                    .where(_keys.c.owner_id.in_(ids[start : start + CHUNK]), _keys.c.destroyed_at.is_(None))
                    .values(wrapped=None, ring_version=None, destroyed_at=now)
                )
        with self._lock:
            for owner_id in ids:
                self._cache.pop(owner_id, None)
        self._scrub()

    def destroyed_at(self, owner_id: UUID) -> datetime | None:
        """When the owner was erased, or None."""
        with self._reading() as connection:
            moment: datetime | None = connection.scalar(
                select(_keys.c.destroyed_at).where(_keys.c.owner_id == owner_id)
            )
        return moment

    def tombstones(self, size: int = CHUNK) -> Iterator[list[Tombstone]]:
        """Every owner whose key was destroyed, a few hundred at a time: what a restored database must not know."""
        after = UUID(int=0)
        query = select(_keys.c.owner_id, _keys.c.kind, _keys.c.destroyed_at).where(_keys.c.destroyed_at.is_not(None))
        query = query.order_by(_keys.c.owner_id).limit(size)
        while True:
            with self._reading() as connection:
                rows = connection.execute(query.where(_keys.c.owner_id > after)).all()
            if not rows:
                return
            yield [Tombstone(row.owner_id, OwnerKind(row.kind), row.destroyed_at) for row in rows]
            after = rows[-1].owner_id

    def ping(self) -> None:
        """Read from the store; raises what the database raises when it cannot be read."""
        with self._reading() as connection:
            connection.execute(select(_keys.c.owner_id).limit(1)).first()

    def derived(self, purpose: str, version: int | None = None) -> tuple[int, AESGCM]:
        """A key for account secrets, derived from a version of the key ring (by default the highest)."""
        version = self.ring_version if version is None else version
        if version not in self._secrets:
            raise Tampered("sealed under a version that the key ring does not have")
        cipher = self._derived.get((version, purpose))
        if cipher is None:
            info = f"mnr|{purpose}|{version}".encode()
            derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(self._secrets[version])
            cipher = self._derived[(version, purpose)] = AESGCM(derived)
        return version, cipher

    def _open(self, owner_ids: list[UUID]) -> list[DataKey]:
        with self._reading() as connection:
            rows = connection.execute(select(_keys).where(_keys.c.owner_id.in_(owner_ids))).all()
        opened = []
        for row in rows:
            if row.wrapped is None:
                raise KeyDestroyed("an owner was erased")
            if row.ring_version not in self._ring:
                raise Tampered("a data key is wrapped by a version that the key ring does not have")
            bound_to = _bound_to(row.owner_id, row.kind, row.key_version, row.ring_version)
            secret = decrypt(self._ring[row.ring_version], row.wrapped, bound_to)
            opened.append(DataKey(row.owner_id, OwnerKind(row.kind), row.key_version, AESGCM(secret)))
        return opened

    def _reading(self) -> Connection:
        return self.engine.connect().execution_options(mnr_reads=True)

    def _recall(self, owner_ids: list[UUID]) -> dict[UUID, DataKey]:
        oldest = self._clock() - CACHE_SECONDS
        found = {}
        with self._lock:
            for owner_id in owner_ids:
                entry = self._cache.get(owner_id)
                if entry is not None and entry[0] >= oldest:
                    self._cache.move_to_end(owner_id)
                    found[owner_id] = entry[1]
        return found

    def _remember(self, opened: list[DataKey]) -> None:
        moment = self._clock()
        with self._lock:
            for key in opened:
                self._cache[key.owner_id] = (moment, key)
                self._cache.move_to_end(key.owner_id)
            while len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)

    def _scrub(self) -> None:
        """Take destroyed keys out of the write-ahead log too (SQLite)."""
        if self.engine.dialect.name != "sqlite":
            return
        for _attempt in range(20):
            connection = self.engine.raw_connection()
            try:
                busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                connection.close()
            if not busy:
                return
            time.sleep(0.05)


def _bound_to(owner_id: UUID, kind: str, key_version: int, ring_version: int) -> bytes:
    return f"data-key|{owner_id}|{kind}|{key_version}|{ring_version}".encode()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(parsed.database, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(parsed)
    if sqlite:
        _prepare_sqlite(engine)
    try:
        _metadata.create_all(engine)
    except (OperationalError, ProgrammingError, IntegrityError):  # another worker made the table at the same moment
        _metadata.create_all(engine)
    engine.dispose()  # nothing open is carried over a fork
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("mnr_reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def init_app(app: Flask) -> None:
    """Open the key store of an application (`app.config["SETTINGS"]`)."""
    settings = app.config["SETTINGS"]
    app.extensions["mnr.keystore"] = KeyStore(settings.keystore_url, settings.key_ring)


def keystore() -> KeyStore:
    """The key store of the current application."""
    store: KeyStore = current_app.extensions["mnr.keystore"]
    return store
