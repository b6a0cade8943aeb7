"""Parcels that phones seal for the server: only the key store's private keys open them, not the phone itself.

`MNR1` | key number (4 bytes) | instance id (16) | ephemeral P-256 point (65) | nonce (12) | AES-256-GCM ciphertext.
The key is HKDF-SHA256 of the ECDH secret, info = `mnr-parcel|1|` | ephemeral point | the server's point; the
ciphertext is bound to `mnr-parcel|1|instance id|user id`. The same lines are written in static/outbox.js.

Private keys lie in the key store, wrapped by the key ring, never in the main database. The newest is offered to
phones; older ones still open what was sealed before a rotation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from referral.foundation.keystore import KeyStore, Tampered, decrypt, encrypt, keystore
from referral.foundation.tables import NAMING, UtcDateTime

MAGIC = b"MNR1"
POINT, NONCE, TAG = 65, 12, 16
HEAD = len(MAGIC) + 4 + 16
LEAST = HEAD + POINT + NONCE + TAG
CONTEXT = b"mnr-parcel|1|"
PURPOSE = "parcel-key"

_metadata = MetaData(naming_convention=NAMING)
_keys = Table(
    "parcel_key",
    _metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("point", LargeBinary, nullable=False),
    Column("ring_version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)


class Unopenable(ValueError):
    """What came is not a parcel sealed for this server and this user."""


class WrongKey(Unopenable):
    """It names a sealing key that is not here."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The public half that a phone seals with: its number and its uncompressed P-256 point."""

    number: int
    point: bytes = field(repr=False)


def offered(*, now: datetime) -> Offered:
    """The newest public key; the first one is made when it is asked for."""
    store = _prepared()
    with store.engine.connect().execution_options(mnr_reads=True) as connection:
        row = connection.execute(select(_keys.c.number, _keys.c.point).order_by(_keys.c.number.desc()).limit(1)).first()
    return Offered(row.number, row.point) if row is not None else rotate(now=now)


def rotate(*, now: datetime) -> Offered:
    """Make a new key pair and offer it from now on; the older ones stay for what is under way. Commits."""
    store = _prepared()
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    ring_version, cipher = store.derived(PURPOSE)
    secret = private.private_numbers().private_value.to_bytes(32, "big")
    for _attempt in range(5):
        try:
            with store.engine.begin() as connection:
                last = connection.scalar(select(_keys.c.number).order_by(_keys.c.number.desc()).limit(1)) or 0
                values = {
                    "number": last + 1,
                    "point": point,
                    "ring_version": ring_version,
                    "wrapped": encrypt(cipher, secret, _bound_to(last + 1, ring_version)),
                    "created_at": now,
                }
                connection.execute(insert(_keys), values)
        except IntegrityError:  # another worker made the same number at the same moment
            continue
        return Offered(last + 1, point)
    raise Tampered("no number for a new parcel key")


def open_parcel(parcel: bytes, user_id: UUID) -> tuple[UUID, bytes]:
    """The instance id and the content; raises `Unopenable`."""
    if len(parcel) < LEAST or not parcel.startswith(MAGIC):
        raise Unopenable("not a parcel")
    number, instance_id = int.from_bytes(parcel[4:8], "big"), UUID(bytes=parcel[8:HEAD])
    point, nonce = parcel[HEAD : HEAD + POINT], parcel[HEAD + POINT : HEAD + POINT + NONCE]
    private, own_point = _private(number)
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        shared = private.exchange(ec.ECDH(), theirs)
        return instance_id, AESGCM(derive(shared, point, own_point)).decrypt(
            nonce, parcel[HEAD + POINT + NONCE :], bound(instance_id, user_id)
        )
    except (InvalidTag, ValueError) as error:
        raise Unopenable("sealed for somebody else, or altered") from error


def derive(shared: bytes, ephemeral: bytes, point: bytes) -> bytes:
    """The AES key of one parcel."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=b"", info=CONTEXT + ephemeral + point).derive(shared)


def bound(instance_id: UUID, user_id: UUID) -> bytes:
    """What the ciphertext is bound to."""
    return CONTEXT + f"{instance_id}|{user_id}".encode()


def _private(number: int) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    store = _prepared()
    row: Any = None
    if number < 2**31:
        with store.engine.connect().execution_options(mnr_reads=True) as connection:
            query = select(_keys.c.point, _keys.c.ring_version, _keys.c.wrapped).where(_keys.c.number == number)
            row = connection.execute(query).first()
    if row is None:
        raise WrongKey("unknown parcel key")
    _version, cipher = store.derived(PURPOSE, row.ring_version)
    secret = decrypt(cipher, row.wrapped, _bound_to(number, row.ring_version))
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()), row.point


def _bound_to(number: int, ring_version: int) -> bytes:
    return f"parcel-key|{number}|{ring_version}".encode()


def _prepared() -> KeyStore:
    store = keystore()
    _create(store)
    return store


@cache
def _create(store: KeyStore) -> None:
    try:
        _metadata.create_all(store.engine)
    except (OperationalError, ProgrammingError, IntegrityError):  # another worker made the table at the same moment
        _metadata.create_all(store.engine)
