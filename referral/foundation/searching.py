"""Finding people without keeping what they are found by: keyed tokens choose, sealed sketches rank.

A caller indexes a person under *terms* (short texts: two names by their sound, a name and a year, a phone number …) and
a *sketch* of at most a few hundred bytes. What is stored of a term is a token: 64 bits of a keyed hash of the term and
of a *slot*. A slot holds `ROOM` persons; when it is full the next one is begun, under a token that has nothing to do
with the first. So no token is borne by more than `ROOM` entries, however common a name is, and ranking tokens by
frequency names nobody. The sketch lies sealed under a key derived from the key ring, which is never in the database.

Tokens and sketches stand under a random entry number; entry and person are tied by a link sealed with a data key of its
own, and back with the person's. Erasure deletes the rows and destroys both keys: an old backup links nothing.

What a thief of the database learns, measured in the tests: ranking the slots against the true frequency of every name
names no more persons than guessing the commonest name everywhere. What is left: how many terms an entry has (about
how many names, whether there are numbers), that entries in one slot share a term, and how many share a rare one. A
thief of an old backup *and* of today's keys can ask whether somebody of a given name was in it, not who or in which
case; a new token key and `flask people reindex` end that. On PostgreSQL the order in which rows were written can still
tie an entry to a person's row; on SQLite it cannot.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from heapq import nlargest
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import BigInteger, Index, LargeBinary, bindparam, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.folding import fold
from referral.foundation.keystore import OwnerKind, decrypt, encrypt, keystore
from referral.foundation.tables import Base, new_id

__all__ = [
    "SearchLink",
    "SearchOwner",
    "SearchSketch",
    "SearchToken",
    "candidates",
    "digest",
    "fold",
    "forget",
    "index",
    "index_many",
    "persons",
]

ROOM = 32
PROBED, PROBES = 2, 160
"""Slots of each term that a search looks into at least; of few terms more, up to so many tokens in all."""
SEALED_FOR = "search-sketch"
"""The purpose of the key, derived from the key ring, under which sketches lie."""
MOST_TERMS = 200
MOST_SLOTS = 1 << 16
SHORTLIST = 48
CHUNK = 500


class SearchToken(Base):
    """One term of somebody's, keyed, in one of its slots."""

    __tablename__ = "search_token"

    token: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)

    __table_args__ = (Index("ix_search_token_entry", "entry"), {"sqlite_with_rowid": False})


class SearchSketch(Base):
    """What ranks somebody among candidates, sealed; `entry` is random."""

    __tablename__ = "search_sketch"

    entry: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    search_id: Mapped[UUID] = mapped_column(unique=True)
    sketch: Mapped[bytes] = mapped_column(LargeBinary)


class SearchLink(Base):
    """From a random search id to the person, sealed."""

    __tablename__ = "search_link"

    search_id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = ({"sqlite_with_rowid": False},)


class SearchOwner(Base):
    """From a person to the random search id, sealed: what re-indexing and erasure need."""

    __tablename__ = "search_owner"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    search: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = ({"sqlite_with_rowid": False},)


@dataclass(frozen=True, slots=True)
class Indexed:
    """A person to be found: the terms, and the sketch that ranks them."""

    person_id: UUID
    terms: Sequence[str]
    sketch: bytes = field(repr=False)


def digest() -> Callable[[str], int]:
    """The keyed hash for sketches: a text -> 64 bits."""
    key = _key("sketch")
    return lambda text: int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8, key=key).digest(), "big")


def index(person_id: UUID, terms: Sequence[str], sketch: bytes, *, now: datetime) -> None:
    """Make a person findable by these terms (replaces what was there); inside the caller's transaction.

    The person's data key must exist.
    """
    index_many([Indexed(person_id, terms, sketch)], now=now)


def index_many(people: Iterable[Indexed], *, now: datetime, loads: dict[bytes, int] | None = None) -> None:
    """Index several persons. `loads` carries how full the slots are from call to call, when nobody else writes."""
    rows = list(people)
    search_ids = _search_ids([one.person_id for one in rows], now)
    _clear(list(search_ids.values()))
    tokens, sketches = [], []
    key, counted = _key("token"), {} if loads is None else loads
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        if loads is None:
            counted.update(_filled(key, {term for one in part for term in one.terms[:MOST_TERMS]}))
        for one in part:
            entry = secrets.randbits(63)
            sketches.append(_sketch_row(entry, search_ids[one.person_id], one.sketch))
            for term in dict.fromkeys(one.terms[:MOST_TERMS]):
                short = hashlib.blake2b(term.encode(), digest_size=8).digest()
                load = counted.get(short, 0)
                counted[short] = load + 1
                tokens.append({"token": _token(key, term, load // ROOM), "entry": entry})
    for table, found in ((SearchSketch, sketches), (SearchToken, tokens)):
        if found:
            db.session.execute(insert(table), found)


def candidates(terms: Mapping[str, float], *, most: int = SHORTLIST) -> Iterator[tuple[int, bytes]]:
    """The entries and sketches of who shares most of these terms (term -> what it counts), at most `most`."""
    key = _key("token")
    asked = list(terms.items())[:MOST_TERMS]
    slots = max(PROBED, PROBES // max(1, len(asked)))
    worth = {_token(key, term, slot): bits for term, bits in asked for slot in range(slots)}
    if not worth:
        return
    points: dict[int, float] = {}
    for token, entry in _rows(_FIND, list(worth)):
        points[entry] = points.get(entry, 0.0) + worth[token]
    least = nlargest(most, points.values())[-1] if points else 0.0
    best = sorted((-bits, entry) for entry, bits in points.items() if bits >= least)[:most]
    store, ciphers = keystore(), {}
    sealed = dict(_rows(_SKETCHES, [entry for _, entry in best]))
    for _, entry in best:
        blob = bytes(sealed[entry])
        version = int.from_bytes(blob[:4], "big")
        if version not in ciphers:
            ciphers[version] = store.derived(SEALED_FOR, version)[1]
        yield entry, decrypt(ciphers[version], blob[4:], _bound(entry, version))


def _rows(statements: Mapping[str, str], numbers: list[int]) -> Sequence[Any]:
    """Rows straight from the driver, by numbers: a search reads thousands.

    The numbers go as one value: a statement with hundreds of parameters costs more to write than to run.
    """
    connection = db.session.connection()
    dialect = connection.dialect.name
    value: Any = numbers if dialect == "postgresql" else json.dumps(numbers)
    found = connection.exec_driver_sql(statements[dialect], (value,))
    rows = found.cursor.fetchall()
    found.close()
    return rows


def persons(entries: Sequence[int]) -> list[UUID]:
    """Who stands behind these entries, in their order."""
    rows = {row.entry: row for row in db.session.execute(_LINKS, {"entries": list(entries)})}
    sealed = ((rows[entry].search_id, "search", rows[entry].person) for entry in entries)
    return [UUID(person_id) for person_id in sealing.open_texts(sealed)]


@sealing.on_erase
def forget(person_id: UUID, now: datetime) -> None:
    """Delete a person's tokens, sketch and links, and destroy the link's key; called whenever somebody is erased."""
    blob = db.session.scalar(select(SearchOwner.search).where(SearchOwner.person_id == person_id))
    if blob is None:
        return
    search_id = UUID(sealing.open_text(person_id, "search", blob))
    forget_entries([search_id])
    forget_owners([person_id])
    sealing.erase_key(search_id, OwnerKind.SEARCH, now=now)


def forget_entries(search_ids: list[UUID]) -> int:
    """Delete tokens, sketches and links of these search ids; how many links there were."""
    _clear(search_ids)
    return _delete(delete(SearchLink).where(SearchLink.search_id.in_(search_ids)))


def forget_owners(person_ids: list[UUID]) -> None:
    """Delete the way from these persons to their search ids."""
    _delete(delete(SearchOwner).where(SearchOwner.person_id.in_(person_ids)))


def _delete(statement: Any) -> int:
    done: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)


_FIND = {
    "sqlite": "SELECT token, entry FROM search_token WHERE token IN (SELECT value FROM json_each(?))",
    "postgresql": "SELECT token, entry FROM search_token WHERE token = ANY(%s)",
}
_SKETCHES = {
    "sqlite": "SELECT entry, sketch FROM search_sketch WHERE entry IN (SELECT value FROM json_each(?))",
    "postgresql": "SELECT entry, sketch FROM search_sketch WHERE entry = ANY(%s)",
}
_LINKS = (
    select(SearchSketch.entry, SearchLink.search_id, SearchLink.person)
    .join(SearchLink, SearchLink.search_id == SearchSketch.search_id)
    .where(SearchSketch.entry.in_(bindparam("entries", expanding=True)))
)
_LOADS = (
    select(SearchToken.token, func.count())
    .where(SearchToken.token.in_(bindparam("tokens", expanding=True)))
    .group_by(SearchToken.token)
)


def _key(purpose: str) -> bytes:
    return _derived(current_app.config["SETTINGS"].token_key, purpose)


@cache
def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, b"search|" + purpose.encode(), hashlib.sha256)


def _token(key: bytes, term: str, slot: int) -> int:
    hashed = hashlib.blake2b(f"{slot}|{term}".encode(), digest_size=8, key=key).digest()
    return int.from_bytes(hashed, "big", signed=True)


def _filled(key: bytes, terms: Iterable[str]) -> dict[bytes, int]:
    """For each term how many it counts as held: the first slot with room is found by doubling, then by halving."""
    low = dict.fromkeys(terms, 0)
    high = dict.fromkeys(terms_left := list(low), 0)
    held: dict[str, int] = {}
    step = 0
    while terms_left:
        loads = _loads(key, ((term, high[term]) for term in terms_left))
        following = []
        for term in terms_left:
            load = loads.get((term, high[term]), 0)
            if load < ROOM or high[term] >= MOST_SLOTS:
                held[term] = high[term] * ROOM + min(load, ROOM - 1)
            else:
                low[term] = high[term] + 1
                high[term] = (1 << step) if step else 1
                following.append(term)
        step += 1
        terms_left = following
    return _halved(key, low, held)


def _halved(key: bytes, low: dict[str, int], held: dict[str, int]) -> dict[bytes, int]:
    """Between the last slot known to be full and one with room, the first with room."""
    open_ = {term: (low[term], held[term] // ROOM) for term in held if low[term] < held[term] // ROOM}
    while open_:
        middle = {term: (first + last) // 2 for term, (first, last) in open_.items()}
        loads = _loads(key, middle.items())
        for term, slot in middle.items():
            load, (first, last) = loads.get((term, slot), 0), open_[term]
            if load < ROOM:
                held[term], last = slot * ROOM + load, slot
            else:
                first = slot + 1
            open_[term] = (first, last)
        open_ = {term: span for term, span in open_.items() if span[0] < span[1]}
    return {hashlib.blake2b(term.encode(), digest_size=8).digest(): load for term, load in held.items()}


def _loads(key: bytes, slots: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    tokens = {_token(key, term, slot): (term, slot) for term, slot in slots}
    names, found = list(tokens), {}
    for start in range(0, len(names), 8 * CHUNK):
        for token, load in db.session.execute(_LOADS, {"tokens": names[start : start + 8 * CHUNK]}):
            found[tokens[token]] = load
    return found


def _sketch_row(entry: int, search_id: UUID, sketch: bytes) -> dict[str, object]:
    version, cipher = keystore().derived(SEALED_FOR)
    blob = version.to_bytes(4, "big") + encrypt(cipher, sketch, _bound(entry, version))
    return {"entry": entry, "search_id": search_id, "sketch": blob}


def _bound(entry: int, version: int) -> bytes:
    return f"sketch|{entry}|{version}".encode()


def _search_ids(person_ids: list[UUID], now: datetime) -> dict[UUID, UUID]:
    """The search id of each person, made where there is none."""
    owners: dict[UUID, bytes] = {}
    for start in range(0, len(person_ids), CHUNK):
        part = person_ids[start : start + CHUNK]
        rows = db.session.execute(
            select(SearchOwner.person_id, SearchOwner.search).where(SearchOwner.person_id.in_(part))
        )
        owners |= {row.person_id: row.search for row in rows}
    texts = sealing.open_texts((person_id, "search", blob) for person_id, blob in owners.items())
    found = {person_id: UUID(text) for person_id, text in zip(owners, texts, strict=True)}
    made = {person_id: new_id() for person_id in dict.fromkeys(person_ids) if person_id not in found}
    if made:
        sealing.create_keys(dict.fromkeys(made.values(), OwnerKind.SEARCH), now=now)
        links = [
            {"search_id": search_id, "person": sealing.seal_text(search_id, "search", str(person_id))}
            for person_id, search_id in made.items()
        ]
        owned = [
            {"person_id": person_id, "search": sealing.seal_text(person_id, "search", str(search_id))}
            for person_id, search_id in made.items()
        ]
        db.session.execute(insert(SearchLink), links)
        db.session.execute(insert(SearchOwner), owned)
    return found | made


def _clear(search_ids: list[UUID]) -> None:
    """Delete tokens and sketches of search ids."""
    for start in range(0, len(search_ids), CHUNK):
        part = search_ids[start : start + CHUNK]
        entries = list(db.session.scalars(select(SearchSketch.entry).where(SearchSketch.search_id.in_(part))))
        if entries:
            for table in (SearchToken, SearchSketch):
                statement = delete(table).where(table.entry.in_(entries))
                db.session.execute(statement.execution_options(synchronize_session=False))
