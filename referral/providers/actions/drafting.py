"""A partner's file, step by step: sent, its columns told, looked at, then taken in or thrown away by a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from directory import N_, hsds, hsds_feed
from directory.tables import Table, read_tables
from directory.taxonomy import Status
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.providers.actions import fields
from referral.providers.actions.feeding import import_feed
from referral.providers.actions.tabling import import_tables
from referral.providers.import_models import ImportDraft
from referral.providers.models import Service
from referral.providers.rules import Origin, Section
from referral.providers.upkeep_models import ChangeItem, ChangeProposal
from sop.vocabulary import Message

Taking = Callable[..., dict[str, Any]]
"""What puts tables into the directory: `import_tables`, or the reader of our own workbook."""
MOST_ROWS = 5000
"""As many rows a page previews in a few seconds; larger files go in by `flask directory import table`."""
TOO_MANY = Message(
    "too_many_rows", N_("More than %(limit)d rows: the administration takes such a file in with a command.")
)
DECIDED = Message("import_decided", N_("Somebody has decided on this file already."))


def tables_of(contents: bytes, name: str) -> list[Table]:
    """The tables of a file that a page may take; raises Unreadable."""
    tables = read_tables(contents, name)
    if sum(len(one.rows) for one in tables) > MOST_ROWS:
        raise hsds.Unreadable(TOO_MANY.code, TOO_MANY.text, limit=MOST_ROWS)
    return tables


def look_at(contents: bytes, name: str) -> list[Table]:
    """The tables of a file that was sent, none for a feed of HSDS documents; raises Unreadable for what is neither."""
    if not hsds_feed.is_feed(contents):
        return tables_of(contents, name)
    if len(hsds_feed.documents(contents)) > MOST_ROWS:
        raise hsds.Unreadable(TOO_MANY.code, TOO_MANY.text, limit=MOST_ROWS)
    return []


def keep_draft(source: str, name: str, contents: bytes, *, actor: Actor, now: datetime) -> ImportDraft:
    """Keep a file that was sent until it is decided on."""
    one = ImportDraft(
        source=source, file_name=name[-200:], contents=contents, created_at=now, created_by_id=actor.id
    )  # fmt: skip
    db.session.add(one)
    db.session.flush()
    audit.record("directory.import_draft", actor=actor, now=now, subject=("import_draft", one.id))
    return one


def preview(one: ImportDraft, *, take: Taking = import_tables, now: datetime) -> dict[str, Any]:
    """What taking the file in would do; nothing is stored. Raises Unreadable."""
    with db.session.begin_nested() as whole:
        found = _taken(one, take, actor=None, now=now)
        whole.rollback()
    return found


def approve(one: ImportDraft, *, take: Taking = import_tables, actor: Actor, now: datetime) -> dict[str, Any]:
    """Take the file in; what is gone from the source is proposed to be ended, no more than that."""
    _open(one)
    found = _taken(one, take, actor=actor, now=now)
    propose_ends(one.source, [row["id"] for row in found["gone"]], actor=actor, now=now)
    one.decided_at, one.approved, one.contents = now, True, None
    db.session.flush()
    return found


def _taken(one: ImportDraft, take: Taking, *, actor: Actor | None, now: datetime) -> dict[str, Any]:
    contents = one.contents or b""
    if hsds_feed.is_feed(contents):
        return import_feed(contents, one.source, {}, actor=actor, now=now)
    return take(tables_of(contents, one.file_name), one.source, {}, actor=actor, now=now)


def discard(one: ImportDraft, *, actor: Actor, now: datetime) -> None:
    """Throw the file away."""
    _open(one)
    one.decided_at, one.approved, one.contents = now, False, None
    audit.record("directory.import_discard", actor=actor, now=now, subject=("import_draft", one.id))
    db.session.flush()


def _open(one: ImportDraft) -> None:
    db.session.refresh(one, with_for_update=True)
    if one.decided_at is not None:
        raise RuleViolation(DECIDED)


def propose_ends(source: str, keys: list[str], *, actor: Actor, now: datetime) -> int:
    """Propose to end services that a source no longer has, each once; how many proposals were made."""
    query = select(Service).where(Service.source == source, Service.source_id.in_(keys), Service.archived.is_(False))
    made = 0
    for service in db.session.scalars(query).unique():
        place = next((one for one in service.places if not one.archived), None)
        if place is None or service.status is Status.DEFUNCT or _waits(place.id):
            continue
        present = fields.state_of(place, Section.SERVICE)["status"]
        item = ChangeItem(field="status", old=present, new=Status.DEFUNCT.value)
        db.session.add(
            ChangeProposal(
                place=place, section=Section.SERVICE, origin=Origin.COORDINATION, proposer_id=actor.id, created_at=now,
                items=[item],
            )
        )  # fmt: skip
        made += 1
    db.session.flush()
    return made


def _waits(place_id: Any) -> bool:
    waiting = select(ChangeProposal.id).where(
        ChangeProposal.place_id == place_id,
        ChangeProposal.section == Section.SERVICE,
        ChangeProposal.decided_at.is_(None),
    )
    return db.session.scalar(waiting.limit(1)) is not None


def told_columns(posted: Mapping[str, str], headings: list[str]) -> dict[str, str]:
    """What a form says of each column; its fields are numbered in the order of the columns."""
    return {heading: posted.get(f"column-{number}", "") for number, heading in enumerate(headings)}
