"""The way to one object: the list's own filter with an id, built once for each role instead of at every request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam
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
            whoever = Whoever(role, bindparam("actor_id"), bindparam("actor_organization_id"))
            return visible(whoever).where(key == bindparam("object_id"), *where).options(*load())

        self._built = cache(built)
        self._locking = cache(lambda role: self._built(role).with_for_update(of=key.class_))

    def __call__(self, actor: Actor, object_id: UUID, *, lock: bool = False) -> T | None:
        """The object, its row locked when asked."""
        query = (self._locking if lock else self._built)(actor.role)
        asked = {"actor_id": actor.id, "actor_organization_id": actor.organization_id, "object_id": object_id}
        return db.session.scalars(query, asked).unique().one_or_none()
