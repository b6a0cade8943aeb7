"""Everybody at once: a stranger and each user with a kept cookie, each visit taken back, so that none changes the next.

with visitors(app, connection, names) as visit:
    visit("nurse", "GET", "/inbox").status_code
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from referral.extensions import db
from tests.page_client import PageClient
from tests.signing_in import sign_in

STRANGER = "stranger"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitors:
    """Calls pages as somebody, each call in a savepoint that is rolled back."""

    def __init__(self, app: Flask, connection: Connection, names: Iterable[str]) -> None:
        self.app, self.connection = app, connection
        self.client = app.test_client(use_cookies=False)
        self.cookies: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        for name in names:
            self._remember(name)

    def _remember(self, name: str) -> None:
        """The cookie of somebody who has just opened a page, and the token of that page's form."""
        client = PageClient(self.app)
        if name != STRANGER:
            sign_in(client, name)
        page = client.get("/sign-in" if name == STRANGER else "/account")
        assert page.status == 200, name
        cookie = client.client.get_cookie("mnr_session")
        assert cookie is not None
        self.cookies[name] = f"mnr_session={cookie.value}"
        self.tokens[name] = TOKEN.search(page.html).group(1)  # type: ignore[union-attr]

    def visit(self, name: str, method: str, url: str, data: Mapping[str, Any] | None = None) -> TestResponse:
        """One call, a POST with a valid CSRF token; nothing of it stays."""
        posted = {"data": {"csrf_token": self.tokens[name], **(data or {})}} if method == "POST" else {}
        return self.send(name, method, url, **posted)

    def send(self, name: str, method: str, url: str, **options: Any) -> TestResponse:
        """One call exactly as it is given; nothing of it stays."""
        options["headers"] = {"Cookie": self.cookies[name], **options.get("headers", {})}
        savepoint = self.connection.begin_nested()
        try:
            return fresh(lambda: self.client.open(url, method=method, **options))
        finally:
            with self.app.app_context():
                db.session.remove()
            savepoint.rollback()


def fresh(call: Callable[[], TestResponse]) -> TestResponse:
    """Make a call in a context of its own, because Flask-Login keeps the user on `g`."""
    return contextvars.Context().run(call)
