"""A real SMTP server for tests: it takes mail on the loopback and answers refusals that the address asks for."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

REPLIES = {"EHLO": "250-sink\r\n250 SMTPUTF8", "HELO": "250 sink", "MAIL": "250 ok", "RSET": "250 ok", "NOOP": "250 ok"}


class _Conversation(socketserver.StreamRequestHandler):
    """One client: refuses recipients that start with `unknown` (for good) or `later` (for now)."""

    server: MailSink

    def handle(self) -> None:
        self.say("220 sink")
        for line in iter(self.rfile.readline, b""):
            word = line.decode().strip()
            verb = word[:4].upper()
            if verb == "QUIT":
                return self.say("221 bye")
            if verb == "DATA":
                self.say("354 go on")
                self.server.take(self.body())
                self.say("250 taken")
            elif verb == "RCPT":
                self.say(self.answer(word))
            else:
                self.say(REPLIES.get(verb, "502 unknown"))
        return None

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def answer(self, word: str) -> str:
        if "<unknown" in word:
            return "550 nobody of that name"
        return "451 busy" if "<later" in word and self.server.busy else "250 ok"

    def body(self) -> bytes:
        lines = []
        for line in iter(self.rfile.readline, b".\r\n"):
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)


class MailSink(socketserver.ThreadingTCPServer):
    """Keeps what it gets in `mails`; while `busy` it puts recipients `later…` off."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails: list[EmailMessage] = []
        self.busy = True

    def take(self, content: bytes) -> None:
        self.mails.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}?from=mnr@example.cm"


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A sink that listens while the block runs."""
    with MailSink() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
