"""A small house: an organisation with two case managers and a supervisor, another organisation, and everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from referral.extensions import db
from referral.foundation.grants import Role
from tests import builders
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.signing_in import sign_in


@pytest.fixture
def house(app: Flask) -> SimpleNamespace:
    """Ids and user names; rows are read again inside a context of their own."""
    with app.app_context():
        home = builders.make_organization(mandates=["ENF"])
        other = builders.make_organization()
        for name, role, place in (
            ("manager", Role.CASE_MANAGER, home),
            ("colleague", Role.CASE_MANAGER, home),
            ("supervisor", Role.SUPERVISOR, home),
            ("stranger", Role.CASE_MANAGER, other),
            ("boss", Role.SUPERVISOR, other),
            ("responder", Role.FIRST_RESPONDER, home),
            ("provider", Role.PROVIDER, other),
            ("coordinator", Role.COORDINATOR, None),
            ("committee", Role.COMMITTEE, None),
            ("officer", Role.DATA_OFFICER, None),
            ("administrator", Role.ADMINISTRATOR, None),
        ):
            builders.make_user(role, place, name, full_name=f"Agent {name}")
        db.session.commit()
        return SimpleNamespace(home=home.id, other=other.id)


@pytest.fixture
def visit(app: Flask):
    """visit(user) -> a page client that is signed in."""

    def enter(username: str, language: str = "en") -> PageClient:
        client = PageClient(app, language=language)
        sign_in(client, username)
        with app.app_context():
            user(username).language = language
            db.session.commit()
        return client

    return enter


def user(username: str) -> Any:
    """The account of a name."""
    from referral.partners.queries import user_by_name

    return user_by_name(username)


@contextmanager
def later(app: Flask, **passed: float) -> Iterator[None]:
    """The clock of the application, some time after NOW."""
    before = app.extensions["mnr.clock"]
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(**passed)
    yield
    app.extensions["mnr.clock"] = before


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the main database gets."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
