"""A person at a real HTTP connection, with the page client's way of filling forms."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.bench.served import KEY_COMMITS
from tests.page_client import Page, PageClient


@dataclass
class Answer:
    """What the page client reads of an answer."""

    status_code: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def mimetype(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0]

    def get_data(self, *, as_text: bool = False) -> Any:
        return self.body.decode() if as_text else self.body


class Exchange(NamedTuple):
    """A request as it was answered; `keys`: how often the key store committed for it."""

    method: str
    path: str
    size: int
    keys: int


@dataclass
class Connection:
    """Keeps one connection and its cookies, and a log of what was asked and answered."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    log: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def open(
        self, url: str, *, method: str, data: Mapping[str, Any] | None = None, headers: Mapping[str, str], **_: Any
    ) -> Answer:
        """Send one request and read the whole answer."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        body = None
        if data is not None:
            body = urlencode(dict(data), doseq=True)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.wire.request(method, url, body, sent)
        answer = self.wire.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                for cookie in SimpleCookie(value).values():
                    self.cookies[cookie.key] = cookie.value
        content = answer.read()
        self.log.append(Exchange(method, url, len(content), int(answer.getheader(KEY_COMMITS, "0"))))
        return Answer(answer.status, dict(answer.getheaders()), content)


class Person(PageClient):
    """The page client over HTTP; its checks of each page stay in the tests."""

    def __init__(self, port: int, language: str = "fr") -> None:
        self.client: Any = Connection(port)
        self.language = language
        self.page: Page | None = None
        self._sign_in = None

    def _once(self, url: str, options: dict[str, Any]) -> Page:
        return Page(self.client.open(url, **options), url)
