"""An ODK client as the OpenRosa specification describes one, written from it and not from our server.

https://docs.getodk.org/openrosa-form-submission/, -form-list/, -authentication/, -metadata/
"""

from __future__ import annotations

import base64
import http.client
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from urllib.parse import urlsplit
from xml.etree import ElementTree

from flask import Flask

from referral.serve import make_server


@contextmanager
def running(app: Flask) -> Iterator[int]:
    """The application behind waitress, as it is served; gives the port."""
    server = make_server(app, "127.0.0.1", 0)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.trigger.pull_trigger(server.close)  # in the thread that waits on its sockets
        thread.join(timeout=10)
        server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)


@dataclass
class Answer:
    """What the server said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes = field(repr=False)

    @property
    def xml(self) -> ElementTree.Element:
        """The body's root."""
        return ElementTree.fromstring(self.body)  # noqa: S314 - our own server's

    @property
    def message(self) -> str:
        """The OpenRosa message's text."""
        assert self.xml.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
        return self.xml[0].text or ""


class OdkClient:
    """Asks without credentials first; answers the challenge; looks with HEAD before it posts."""

    def __init__(self, port: int, username: str, token: str) -> None:
        self.port, self.username, self.token = port, username, token
        self.challenged = False

    def request(self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, **headers: str) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"X-OpenRosa-Version": "1.0", "Date": "Sat, 28 Nov 2026 09:00:00 GMT", "User-Agent": "test-collect"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.challenged:
            pair = base64.b64encode(f"{self.username}:{self.token}".encode()).decode()
            sent["Authorization"] = f"Basic {pair}"
        try:
            connection.request(method, path, body, sent, encode_chunked="Transfer-Encoding" in sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, url: str) -> Answer:
        """GET an address, relative or as the server gave it."""
        parts = urlsplit(url)
        return self.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))

    def sign_in(self) -> Answer:
        """Meet the challenge with HEAD, as a client does before it sends anything, and answer it."""
        first = self.request("HEAD", "/submission")
        assert first.status == 401
        assert first.headers["WWW-Authenticate"].startswith("Basic realm=")
        self.challenged = True
        return self.request("HEAD", "/submission")

    def submit(
        self, xml: bytes, files: Mapping[str, tuple[str, bytes]], *, chunked: bool = False, more: bool = False
    ) -> Answer:
        """POST multipart: the form, its attachments, and whether more of them follow."""
        body, content_type = multipart(xml, files, more=more)
        if chunked:
            pieces = (body[at : at + 1000] for at in range(0, len(body), 1000))
            return self.request("POST", "/submission", pieces, Content_Type=content_type, Transfer_Encoding="chunked")
        return self.request("POST", "/submission", body, Content_Type=content_type)


def multipart(xml: bytes, files: Mapping[str, tuple[str, bytes]], *, more: bool = False) -> tuple[bytes, str]:
    """The body and its content type; `files`: media type and bytes by name."""
    mark = f"----{secrets.token_hex(12)}"
    parts = [_part(mark, "xml_submission_file", "submission.xml", "text/xml", xml)]
    parts += [_part(mark, name, name, media_type, data) for name, (media_type, data) in files.items()]
    if more:
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="*isIncomplete*"\r\n\r\nyes\r\n'.encode())
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def _part(mark: str, name: str, filename: str, media_type: str, data: bytes) -> bytes:
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
    return head.encode() + f"Content-Type: {media_type}\r\n\r\n".encode() + data + b"\r\n"
