"""How mail leaves: as files in the instance folder (demonstration) or by SMTP (`MNR_MAIL_URL`).

`smtps://user:password@host:465`, `smtp+starttls://user:password@host:587` or, on the same machine only,
`smtp://localhost:25`; `?from=address` names the sender.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from referral.config import Settings

SECONDS = 20
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Undelivered(Exception):
    """A message did not leave: a code, and whether trying again is useless."""

    def __init__(self, code: str, *, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.final = final


class Transport(Protocol):
    """Anything that takes a message away."""

    sender: str

    def deliver(self, message: EmailMessage, number: int) -> None:
        """Take `message` away, or raise `Undelivered`. Delivering the same number again must do no harm."""


class Folder:
    """One `.eml` file a message, for everybody who tries the application out."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder = folder
        self.sender = sender

    def deliver(self, message: EmailMessage, number: int) -> None:
        """Write the file whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{number:08d}.eml"
        unfinished = path.with_suffix(".part")
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(bytes(message))
            unfinished.replace(path)
        except OSError as error:
            raise Undelivered("FOLDER") from error


class Smtp:
    """A mail server."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("MNR_MAIL_URL must read smtps://…, smtp+starttls://… or smtp://…")
        self.scheme, self.host, self.port = parts.scheme, parts.hostname, parts.port or SCHEMES[parts.scheme]
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender = parse_qs(parts.query).get("from", [sender])[0]

    def deliver(self, message: EmailMessage, number: int) -> None:  # noqa: ARG002 - the Message-ID tells repeats apart
        """Send it; a refusal of this recipient or message is final, everything else is tried again."""
        try:
            with self._connect() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            reply = next(iter(error.recipients.values()))[0]
            raise Undelivered(f"SMTP_{reply}", final=reply >= 500) from error
        except smtplib.SMTPDataError as error:
            raise Undelivered(f"SMTP_{error.smtp_code}", final=error.smtp_code >= 500) from error
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"SMTP_{error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered("SMTP_UNREACHABLE") from error

    def _connect(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        if self.scheme == "smtp+starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


def transport(settings: Settings) -> Transport | None:
    """The way out of this installation; None in production without a mail server: notices then wait."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    sender = f"ne-pas-repondre@{host}"
    if settings.mail_url:
        return Smtp(settings.mail_url, sender)
    return None if settings.production else Folder(settings.instance / "outbox", sender)
