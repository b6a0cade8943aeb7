"""Rows that are written once: what somebody agreed to, or what was decided, is never changed afterwards.

Like the audit trail, this holds for our own code: changed objects are refused when they are flushed, and statements
that change many rows at once before they are run. Whoever writes to the database itself is found out by the trail,
which keeps a line of each of these rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history

from referral.extensions import OneDatabase

Move = Callable[[Any, Any], bool]
"""Whether a column may go from one value to another."""


class WrittenOnce(RuntimeError):
    """A row that is written once was about to be changed or deleted."""


def written_once(
    model: type[Any], *, forgets: Collection[str] = (), moves: Mapping[str, Move] | None = None, may_go: bool = False
) -> None:
    """Refuse every change of rows of `model`, except those that its life and the erasure of a file need.

    `forgets`: columns that may become empty. `moves`: columns that may change, and from what to what; their attributes
    need `active_history`, so that the former value is known. `may_go`: whether rows may be deleted.
    """
    table, allowed = model.__table__.name, dict(moves or {})

    def refuse_update(mapper: Any, _connection: Any, target: Any) -> None:
        for name in [column.key for column in mapper.column_attrs]:
            history = get_history(target, name)
            if history.has_changes() and not _may(name, history, forgets, allowed):
                raise WrittenOnce(f"{table}.{name} is written once")

    def refuse_delete(_mapper: Any, _connection: Any, _target: Any) -> None:
        raise WrittenOnce(f"rows of {table} are never deleted")

    def refuse_bulk(_session: Session, statement: Any) -> None:
        if statement.table.name == table and (statement.is_update or (statement.is_delete and not may_go)):
            raise WrittenOnce(f"rows of {table} are never changed or deleted by a statement")

    event.listen(model, "before_update", refuse_update)
    if not may_go:
        event.listen(model, "before_delete", refuse_delete)
    OneDatabase.before_bulk.append(refuse_bulk)


def _may(name: str, history: Any, forgets: Collection[str], moves: Mapping[str, Move]) -> bool:
    new = history.added[0] if history.added else None
    old = history.deleted[0] if history.deleted else None
    return (name in forgets and new is None) or (name in moves and moves[name](old, new))
