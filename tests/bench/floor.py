"""The floor: a bare Flask + SQLAlchemy application that answers the same number of requests with as many commits.

`python -m tests.bench.floor DATABASE_URL PORT` serves it with the same server as the real application.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from flask import Flask, redirect, render_template_string, request
from sqlalchemy import String, Text, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

PAGE = """<!doctype html><html lang="en"><head><title>{{ row.name }}</title></head><body><h1>{{ row.name }}</h1>
<table>{% for other in rows %}<tr><td>{{ other.id }}</td><td>{{ other.name }}</td></tr>{% endfor %}</table>
<form method="post"><input name="name" value="{{ row.name }}"><button>Save</button></form></body></html>"""


class Base(DeclarativeBase):
    """Of the one table."""


class Row(Base):
    """A row a request."""

    __tablename__ = "row"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


def create(url: str) -> Flask:
    """GET reads one row and lists twenty; POST reads one, writes one, and commits."""
    app = Flask(__name__)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Row(name=f"row {number}", body="", at=_now()) for number in range(20))
        session.commit()

    @app.get("/<int:row_id>")
    def show(row_id: int) -> str:
        with Session(engine) as session:
            row = session.get_one(Row, row_id % 20 + 1)
            rows = session.scalars(select(Row).order_by(Row.id).limit(20)).all()
            return render_template_string(PAGE, row=row, rows=rows)

    @app.post("/<int:row_id>")
    def save(row_id: int) -> object:
        with Session(engine) as session:
            row = session.get_one(Row, row_id % 20 + 1)
            session.add(Row(name=request.form["name"][:200], body=row.name, at=_now()))
            session.commit()
        return redirect(f"/{row_id}", code=303)

    return app


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)  # noqa: TID251 - the floor has no clock of its own


def _pragmas(connection: object, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=8000"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


if __name__ == "__main__":
    import waitress

    waitress.serve(create(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=4)
