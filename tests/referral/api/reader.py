"""Another directory that reads ours."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.visitors import fresh

PREFIX = "/api/directory"


class Reader:
    """Calls the API without an account."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client(use_cookies=False)

    def open(self, path: str, method: str = "GET", **options: Any) -> TestResponse:
        """One call, as it is given."""
        url = path if path.startswith(("http", PREFIX)) else PREFIX + path
        return fresh(lambda: self.client.open(url, method=method, **options))

    def get(self, path: str, status: int = 200, **options: Any) -> Any:
        """The JSON at a path."""
        answer = self.open(path, **options)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        """The JSON of a search."""
        answer = self.open(path, "POST", json=body)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    def ids(self, path: str) -> list[str]:
        """The ids on a page."""
        return [one["id"] for one in self.get(path)["contents"]]
