"""Cutting a list into pages by id: one that begins after an id stays the same whatever is added before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from directory.hsds_writing import Document
from referral.api.schemas import Asked
from referral.extensions import db


@dataclass(frozen=True, slots=True)
class Page:
    """The ids of one page, how many come before them, and how many there are in all."""

    ids: tuple[UUID, ...]
    before: int
    total: int
    per_page: int

    @property
    def next(self) -> UUID | None:
        """The id after which the next page begins; None on the last."""
        return self.ids[-1] if self.ids and self.before + len(self.ids) < self.total else None

    @property
    def head(self) -> dict[str, Any]:
        """What an HSDS page says of itself.

        >>> [str(one) for one in Page((UUID(int=3), UUID(int=4)), 2, 5, 2).head.values()]
        ['5', '3', '2', '2', 'False', 'False', 'False']
        """
        return {
            "total_items": self.total,
            "total_pages": -(-self.total // self.per_page),
            "page_number": self.before // self.per_page + 1,
            "size": len(self.ids),
            "first_page": self.before == 0,
            "last_page": self.before + len(self.ids) >= self.total,
            "empty": not self.ids,
        }


class Missing(LookupError):
    """There is nothing of that id, or nothing that everybody may read."""


@dataclass(frozen=True)
class Listed:
    """Documents of one page (of one entry: an empty page), and when a number of places among them lapsed last."""

    documents: list[Document]
    page: Page = Page((), 0, 0, 1)
    lapsed: datetime | None = None


def cut(query: Select[Any], key: Any, asked: Asked) -> Page:
    """A page of the ids that the query gives; `key` is the column of the id."""

    def number(*where: ColumnElement[bool]) -> int:
        inner = query.where(*where).order_by(None).subquery()
        return int(db.session.scalar(select(func.count()).select_from(inner)) or 0)

    total, ordered = number(), query.order_by(key).limit(asked.per_page)
    if asked.after is not None:
        before, ordered = number(key <= asked.after), ordered.where(key > asked.after)
    else:
        before = (asked.page - 1) * asked.per_page
        ordered = ordered.offset(before)
    return Page(tuple(db.session.scalars(ordered)), before, total, asked.per_page)


def cut_listed(ids: Sequence[UUID], asked: Asked) -> Page:
    """A page of ids that are at hand, in their order."""
    if asked.after is None:
        before = (asked.page - 1) * asked.per_page
    else:
        after = asked.after
        before = sum(one <= after for one in ids)
    return Page(tuple(ids[before : before + asked.per_page]), before, len(ids), asked.per_page)
