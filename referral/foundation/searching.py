"""Searching people by name without keeping names: keyed, coarse tokens that point to nobody by themselves.

Each part of a name is folded, reduced to its sound (French and Cameroonian spellings of one name meet), and keyed with
HMAC-SHA-256 per field to `CHOICES` of `BUCKETS` values; the one that fewest rows have is stored, so that a frequent
name makes no bucket stand out. The tokens stand under a random id; the link from that id to the person is sealed with
a data key of its own, and back with the person's. Both keys are destroyed at erasure: an old backup links nothing.

What a thief of the database learns from frequencies, measured in the tests on 2,000 persons of invented names, the
commonest on one in nine (harsher than life): ranking the buckets against the true frequencies names about 3 of 100
tokens; guessing the commonest name everywhere, without any database, names 4. (One plain bucket of 32 a name: 5, and
10 with bad luck.) On PostgreSQL the order in which rows were written can still tie a search id to a person's row; on
SQLite it cannot.

The price: a search gives candidates; the caller opens the category that holds the name, compares and drops the rest.
One name alone matches about 18 of 100 persons by chance, two 3 or 4, three fewer than 1: ask for two or three. With
`LIMIT` candidates, one name is enough up to about 3,000 persons, two up to 15,000, three up to 80,000; an answer of
`LIMIT` persons means that another name is needed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Index, LargeBinary, SmallInteger, String, case, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.keystore import OwnerKind
from referral.foundation.tables import Base, new_id

BUCKETS = 64
CHOICES = 4
LONGEST = 200
MOST_PARTS = 12
LIMIT = 600
NAME = "name"

LETTERS = str.maketrans(
    {"ɓ": "b", "ɗ": "d", "ŋ": "n", "ɔ": "o", "ɛ": "e", "ǝ": "e", "ə": "e", "ø": "o", "ł": "l", "đ": "d", "ð": "d"}
    | {"œ": "oe", "æ": "ae", "ß": "ss", "þ": "th", "ı": "i", "ƴ": "y", "ʼ": "", "’": "", "'": "", "ʻ": "", "ꞌ": ""}
)
SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"sch|tch|tsh|sh|ch", "X"),
        (r"ph|v", "f"),
        (r"dj|dy|g(?=[eiy])|gu(?=[ei])", "j"),
        (r"kh|gh", "k"),
        (r"c(?=[eiy])|ss|z", "s"),
        (r"qu|q|ck|c", "k"),
        (r"gn|ny|nj", "n"),
        (r"x", "ks"),
        (r"(?<=.)h", ""),
        (r"th|dh", "t"),
        (r"[aeiouyw]+", "a"),
        (r"(.)\1+", r"\1"),
    )
)
VOWEL_LATER = re.compile(r"(?<=.)a")


class SearchToken(Base):
    """One coarse token of somebody's name, under a random id."""

    __tablename__ = "search_token"

    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    token: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    search_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        Index("ix_search_token_search_id", "search_id"),
        {"sqlite_with_rowid": False},
    )


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


def fold(text: str) -> str:
    """`text` without case, accents and marks, its words separated by single spaces.

    >>> fold("  Aïssatou-Ɓella  N’GAOUNDÉRÉ ")
    'aissatou bella ngaoundere'
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().translate(LETTERS))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


def sound(part: str) -> str:
    """A folded word reduced to how it sounds: its first letter's kind and its consonants.

    >>> sound("oumarou") == sound("umaru"), sound("djibril") == sound("jibril"), sound("awa") == sound("aoua")
    (True, True, True)
    """
    for pattern, replacement in SOUNDS:
        part = pattern.sub(replacement, part)
    return VOWEL_LATER.sub("", part)


def parts(text: str) -> list[str]:
    """The folded words of a name, each once, the longest text and the number of words bounded."""
    return list(dict.fromkeys(fold(text[:LONGEST]).split()))[:MOST_PARTS]


def choices(names: Iterable[str], field: str = NAME) -> list[tuple[int, ...]]:
    """For each part of the names the tokens that may stand for it, in this field."""
    key: bytes = current_app.config["SETTINGS"].token_key
    field_key = hmac.digest(key, b"search|" + field.encode(), hashlib.sha256)
    sounds = dict.fromkeys(sound(word) for name in names for word in parts(name))
    return [_choices(field_key, word) for word in list(sounds)[:MOST_PARTS]]


def place(options: Iterable[tuple[int, ...]], load: dict[int, int]) -> set[int]:
    """One token of each part's choices: the least used so far; counts it in `load`."""
    placed = set()
    for choice in options:
        token = min(choice, key=lambda candidate: (load.get(candidate, 0), secrets.randbits(16)))
        load[token] = load.get(token, 0) + 1
        placed.add(token)
    return placed


def index(person_id: UUID, names: Iterable[str], *, now: datetime, field: str = NAME) -> None:
    """Make a person findable by these names (replaces what the field had); inside the caller's transaction.

    The person's data key must exist.
    """
    search_id = _search_id(person_id)
    if search_id is None:
        search_id = _new_search_id(person_id, now)
    else:
        table = SearchToken.__table__
        db.session.execute(
            delete(table).where(table.c.search_id == search_id, table.c.field == field)  # type: ignore[arg-type]
        )
    options = choices(names, field)
    placed = place(options, _load(options, field))
    rows = [{"field": field, "token": token, "search_id": search_id} for token in sorted(placed)]
    if rows:
        db.session.execute(insert(SearchToken), rows)


def candidates(text: str, *, field: str = NAME, limit: int = LIMIT) -> list[UUID]:
    """The persons who may bear the names in `text`, best first, at most `limit`; their names must then be compared.

    One of several names may be missing or misspelt.
    """
    options = choices([text], field)
    if not options:
        return []
    token = SearchToken.token
    # One point for each part of the text that has one of its tokens there.
    points: Any = sum(func.max(case((token.in_(choice), 1), else_=0)) for choice in options)
    found = db.session.scalars(
        select(SearchToken.search_id)
        .where(SearchToken.field == field, token.in_({one for choice in options for one in choice}))
        .group_by(SearchToken.search_id)
        .having(points >= max(1, len(options) - 1))
        .order_by(points.desc(), SearchToken.search_id)
        .limit(limit)
    ).all()
    rows = db.session.execute(select(SearchLink.search_id, SearchLink.person).where(SearchLink.search_id.in_(found)))
    sealed = {row.search_id: row.person for row in rows}
    opened = sealing.open_texts((search_id, "search", sealed[search_id]) for search_id in found)
    return [UUID(person_id) for person_id in opened]


@sealing.on_erase
def forget(person_id: UUID, now: datetime) -> None:
    """Delete a person's tokens and links, and destroy the link's key; called whenever somebody is erased."""
    search_id = _search_id(person_id)
    if search_id is None:
        return
    for statement in (
        delete(SearchToken).where(SearchToken.search_id == search_id),
        delete(SearchLink).where(SearchLink.search_id == search_id),
        delete(SearchOwner).where(SearchOwner.person_id == person_id),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    sealing.erase_key(search_id, OwnerKind.SEARCH, now=now)


def _choices(key: bytes, word: str) -> tuple[int, ...]:
    digest = hmac.digest(key, word.encode(), hashlib.sha256)
    return tuple(dict.fromkeys(byte % BUCKETS for byte in digest))[:CHOICES]


def _load(options: list[tuple[int, ...]], field: str) -> dict[int, int]:
    """How many rows each of these tokens has."""
    wanted = {token for choice in options for token in choice}
    counted = (
        select(SearchToken.token, func.count())
        .where(SearchToken.field == field, SearchToken.token.in_(wanted))
        .group_by(SearchToken.token)
    )
    return {row.token: row[1] for row in db.session.execute(counted)}


def _search_id(person_id: UUID) -> UUID | None:
    blob = db.session.scalar(select(SearchOwner.search).where(SearchOwner.person_id == person_id))
    return UUID(sealing.open_text(person_id, "search", blob)) if blob else None


def _new_search_id(person_id: UUID, now: datetime) -> UUID:
    search_id = new_id()
    sealing.create_keys({search_id: OwnerKind.SEARCH}, now=now)
    link = sealing.seal_text(search_id, "search", str(person_id))
    owner = sealing.seal_text(person_id, "search", str(search_id))
    db.session.execute(insert(SearchLink).values(search_id=search_id, person=link))
    db.session.execute(insert(SearchOwner).values(person_id=person_id, search=owner))
    return search_id
