"""The floor: a bare Flask + SQLAlchemy application that answers the same number of requests with as many commits.

`python -m tests.bench.floor DATABASE_URL KEYS_URL PORT` serves it with the same server as the real application. What it
does alike, because any application that does this work does it:

- a request that commits in ours (posts, and reads that leave an audit line) reads a row, writes a row and commits;
- where ours makes data keys, it writes to a second database, apart from the first, and commits there as often;
- a page has as many bytes as ours, from a template in a file, with about as many values to escape in a kilobyte
  (30; a line of its table has 70 bytes and two values).

What it does not do: it has no users, no sessions, no forms to validate, no languages, no layout, no rules.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import cycle, islice

from flask import Flask, redirect, render_template, request
from sqlalchemy import Engine, String, Text, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.wrappers import Response

LINE = 70
"""Bytes of one line of the page's table."""


class Base(DeclarativeBase):
    """Of the one table."""


class Row(Base):
    """A row a request."""

    __tablename__ = "row"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


def create(url: str, keys_url: str) -> Flask:
    """GET reads one row and lists twenty, with `writes` it writes one too; POST reads one and writes one."""
    app = Flask(__name__)
    engine, keys = opened(url), opened(keys_url)
    with Session(engine) as session:
        session.add_all(Row(name=f"row {number}", body="", at=_now()) for number in range(20))
        session.commit()

    @app.get("/<int:row_id>")
    def show(row_id: int) -> str:
        with Session(engine) as session:
            row = session.get_one(Row, row_id % 20 + 1)
            rows = session.scalars(select(Row).order_by(Row.id).limit(20)).all()
            lines = list(islice(cycle(rows), request.args.get("size", 0, type=int) // LINE))
            page = render_template("page.html", row=row, rows=lines)
            if "writes" in request.args:
                session.add(Row(name="read", body=row.name, at=_now()))
                session.commit()
        return page

    @app.post("/<int:row_id>")
    def save(row_id: int) -> Response:
        with Session(engine) as session:
            row = session.get_one(Row, row_id % 20 + 1)
            session.add(Row(name=request.form["name"][:200], body=row.name, at=_now()))
            for _ in range(request.args.get("keys", 0, type=int)):
                with Session(keys) as store:
                    store.add(Row(name="key", body="", at=_now()))
                    store.commit()
            session.commit()
        return redirect(f"/{row_id}", code=303)

    return app


def opened(url: str) -> Engine:
    """An engine with its table made."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
    Base.metadata.create_all(engine)
    return engine


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)  # noqa: TID251 - the floor has no clock of its own


def _pragmas(connection: object, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=8000"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


if __name__ == "__main__":
    import waitress

    waitress.serve(create(sys.argv[1], sys.argv[2]), host="127.0.0.1", port=int(sys.argv[3]), threads=4)
