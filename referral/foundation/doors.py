"""Lists, and the way to one object (the list's own filter and an id): built once for each role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Result, Select, bindparam
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.interfaces import ORMOption

from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.grants import Role

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Whoever:
    """Somebody of a role, whose ids are told when the statement runs: an `Actor` for the filters of lists."""

    role: Role
    id: BindParameter[UUID]
    organization_id: BindParameter[UUID | None]


def _whoever(role: Role) -> Whoever:
    return Whoever(role, bindparam("actor_id"), bindparam("actor_organization_id"))


def _ids(actor: Actor) -> dict[str, Any]:
    return {"actor_id": actor.id, "actor_organization_id": actor.organization_id}


class Listing:
    """A list that a page shows whole, for whoever looks."""

    def __init__(self, visible: Callable[[Any], Any]) -> None:
        self._built = cache(lambda role: visible(_whoever(role)))

    def __call__(self, actor: Actor) -> Result[Any]:
        """Its rows."""
        return db.session.execute(self._built(actor.role), _ids(actor))


class Door(Generic[T]):
    """Opens one object for whoever may see it in the list; None for everybody else.

    `visible(actor)` is the list's filter; it may ask the actor's role, and compare the ids with columns. What is
    loaded with the object (`load`, asked at the first opening, when all tables are known) may be collections too.
    """

    def __init__(
        self,
        visible: Callable[[Any], Select[T]],
        key: InstrumentedAttribute[UUID],
        *,
        where: Sequence[ColumnElement[bool]] = (),
        load: Callable[[], Sequence[ORMOption]] = tuple,
    ) -> None:
        def built(role: Role) -> Select[T]:
            return visible(_whoever(role)).where(key == bindparam("object_id"), *where).options(*load())

        self._built = cache(built)
        self._locking = cache(lambda role: self._built(role).with_for_update(of=key.class_))

    def __call__(self, actor: Actor, object_id: UUID, *, lock: bool = False) -> T | None:
        """The object, its row locked when asked."""
        query = (self._locking if lock else self._built)(actor.role)
        return db.session.scalars(query, {**_ids(actor), "object_id": object_id}).unique().one_or_none()
