"""A person at a browser: signs in with both steps, fills forms by the names of their fields, looks at each page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyotp

Values = Mapping[str, str | Sequence[str] | bool]
Look = Callable[["Person", str], None]


@dataclass
class Person:
    """One signed-in browser context; `look` is called with a name for every page that the walk shows."""

    tab: Any
    look_at: Look
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tab.set_default_timeout(15_000)
        self.tab.on("console", self._hear)
        self.tab.on("pageerror", lambda error: self.complaints.append(f"{self.path}: {error}"))

    def _hear(self, message: Any) -> None:
        """Keep what the console says; a form sent back with 422 is an answer, not a fault."""
        if "status of 422" not in message.text:
            self.complaints.append(f"{self.path}: {message.text}")

    @property
    def path(self) -> str:
        """Where the person is, without the address of the server."""
        return "/" + self.tab.url.partition("://")[2].partition("/")[2]

    @property
    def text(self) -> str:
        """The words on the page."""
        found: str = self.tab.inner_text("main")
        return found

    def look(self, name: str) -> str:
        """Look at the page as a step of the walk; its words."""
        self.look_at(self, name)
        return self.text

    def go(self, path: str) -> None:
        """Type an address; the page must be there."""
        answer = self.tab.goto(path)
        assert answer.status == 200, (path, answer.status, self.text)

    def follow(self, css: str) -> None:
        """Follow a link by a part of where it leads."""
        with self.tab.expect_navigation():
            self.tab.locator(f'main a[href*="{css}"]').first.click()

    def press(self, button: str = "main form button") -> None:
        """Press a button and wait for the page it leads to."""
        with self.tab.expect_navigation():
            self.tab.locator(button).and_(
                self.tab.locator("button:not([type=button]), a, input, summary, label")
            ).first.click()

    def fill(self, values: Values, prefix: str = "") -> None:
        """Fill the fields of these names: texts, choices, boxes, and dates as year-month-day."""
        for name, value in values.items():
            self._fill(prefix + name, value)

    def _fill(self, name: str, value: str | Sequence[str] | bool) -> None:
        if self.tab.locator(f'main [name="{name}-day"]').count():
            parts = zip(("year", "month", "day"), str(value).split("-"), strict=True)
            for part, number in parts:
                self.tab.fill(f'main [name="{name}-{part}"]', number)
            return
        found = self.tab.locator(f'main [name="{name}"]')
        kind = found.first.evaluate("field => field.type")
        if kind in ("radio", "checkbox"):
            for one in [value] if isinstance(value, str) else value if isinstance(value, Sequence) else ["yes"]:
                self.tab.locator(f'main [name="{name}"][value="{one}"]').check()
        elif kind == "select-one":
            found.select_option(str(value))
        else:
            found.fill(str(value))

    def sign_in(self, username: str, password: str, secret: str, language: str) -> None:
        """Both steps, where the role needs both; ends on the role's first page, in the language of one's choice."""
        self.go("/sign-in")
        self.look("sign-in")
        self.fill({"username": username, "password": password})
        self.press()
        if self.tab.locator('[autocomplete="one-time-code"]').count():
            self.look("sign-in-code")
            self.fill({"code": fresh_code(secret)})
            self.press()
        assert self.tab.locator(".account").count(), self.text
        if self.tab.get_attribute("html", "lang") != language:
            self.press(f'.languages button[value="{language}"]')
        assert self.tab.get_attribute("html", "lang") == language

    def download(self, path: str) -> bytes:
        """A file of this person's, with the cookies of this browser."""
        answer = self.tab.request.get(path)
        assert answer.status == 200, (path, answer.status)
        body: bytes = answer.body()
        return body

    def is_sideways(self) -> bool:
        """Whether the page is wider than the window."""
        wide: bool = self.tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return wide


def fresh_code(secret: str) -> str:
    """The code of a real telephone, not one that runs out while it is typed."""
    now = datetime.now(UTC)  # noqa: TID251 - a real telephone reads a real clock
    left = 30 - now.timestamp() % 30
    if left < 1:
        time.sleep(left)
    return str(pyotp.TOTP(secret).now())


@contextmanager
def person(browser: Any, address: str, look: Look, **options: Any) -> Iterator[Person]:
    """A browser of one's own; whatever it complains about fails the walk."""
    context = browser.new_context(base_url=address, **options)
    found = Person(context.new_page(), look)
    try:
        yield found
    finally:
        context.close()
    assert found.complaints == []
