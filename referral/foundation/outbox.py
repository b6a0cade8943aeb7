"""The outbox: notices are queued in the transaction of the act and leave after it, through one worker or several.

A worker claims what is due (SQLite: the write lock; PostgreSQL: FOR UPDATE SKIP LOCKED) by moving its next try
`LEASE` ahead, commits, delivers outside any transaction, and then writes what came of it. A worker that dies in between
leaves the message to be tried again; its Message-ID stays the same, so that a mail server can drop the repeat.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import BigInteger, Index, Integer, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from referral.extensions import db, will_write
from referral.foundation import notices, transports
from referral.foundation.tables import Base, enum_column
from referral.foundation.transports import Transport, Undelivered
from sop.vocabulary import N_

log = logging.getLogger(__name__)

ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,180}")
BATCH = 20
LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
MOST_TRIES = 8


class MessageState(StrEnum):
    """Where a notice is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return STATE_LABELS[self]


STATE_LABELS: dict[MessageState, str] = {
    MessageState.QUEUED: N_("waiting"),
    MessageState.SENT: N_("sent"),
    MessageState.FAILED: N_("could not be sent"),
}


class OutboxMessage(Base):
    """A notice on its way: a template's code and codes only. The sequence keeps the order of writing."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    template: Mapped[str] = mapped_column(String(40))
    parameters: Mapped[dict[str, Any]]
    recipient_id: Mapped[UUID | None]
    address: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(5))
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState), default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error_code: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (
        Index("ix_outbox_message_state_next_try_at", "state", "next_try_at"),
        {"sqlite_autoincrement": True},
    )


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What a worker carries out of the transaction."""

    number: int
    attempts: int
    mail: EmailMessage | None
    error_code: str


def queue(
    template: str,
    *,
    now: datetime,
    user: Any = None,
    address: str = "",
    language: str = "",
    **parameters: object,
) -> OutboxMessage:
    """Queue a notice inside the caller's transaction, for a user or for the address of a service.

    `parameters` are codes (`case_code`, `reference`); anything else raises `NotACode`, an unknown template KeyError.
    """
    checked = notices.check(template, parameters)
    address = address or _address_of(user)
    if address and not ADDRESS.fullmatch(address):
        address = ""
    message = OutboxMessage(
        template=template,
        parameters=checked,
        recipient_id=getattr(user, "id", None),
        address=address,
        language=language or getattr(user, "language", "") or current_app.config["SETTINGS"].default_language,
        queued_at=now,
        next_try_at=now,
    )
    db.session.add(message)
    return message


def work_once(now: datetime, transport: Transport | None = None) -> int:
    """Send what is due, batch after batch; commits. Returns how many were sent."""
    transport = transport or transports.transport(current_app.config["SETTINGS"])
    sent = 0
    if transport is None:
        return sent
    while _something_is_due(now):
        claimed = _claim(now, transport)
        for message in claimed:
            sent += _send(message, transport, now)
        if not claimed:
            break
    return sent


def retry(number: int, *, now: datetime) -> bool:
    """Put a notice that could not be sent back into the queue, in the caller's transaction; False for any other."""
    failed = (OutboxMessage.id == number) & (OutboxMessage.state == MessageState.FAILED)
    again = {"state": MessageState.QUEUED, "attempts": 0, "next_try_at": now, "error_code": ""}
    statement = update(OutboxMessage).where(failed).values(again).execution_options(synchronize_session=False)
    return bool(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def waits(attempts: int) -> timedelta:
    """How long to wait after so many failed tries: one minute, doubled each time, six hours at most.

    >>> [str(waits(n)) for n in (1, 2, 3, 20)]
    ['0:01:00', '0:02:00', '0:04:00', '6:00:00']
    """
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)


def _address_of(user: Any) -> str:
    email = str(getattr(user, "email", "") or "")
    username = str(getattr(user, "username", "") or "")
    return email or (username if "@" in username else "")


def _due(now: datetime) -> Any:
    return (OutboxMessage.state == MessageState.QUEUED) & (OutboxMessage.next_try_at <= now)


def _something_is_due(now: datetime) -> bool:
    """Looking must not take SQLite's write lock once a second."""
    token = will_write.set(False)
    try:
        found = db.session.scalar(select(OutboxMessage.id).where(_due(now)).limit(1))
        db.session.commit()
    finally:
        will_write.reset(token)
    return found is not None


def _claim(now: datetime, transport: Transport) -> list[_Claimed]:
    waiting = select(OutboxMessage).where(_due(now)).order_by(OutboxMessage.id).limit(BATCH)
    claimed = []
    for message in db.session.scalars(waiting.with_for_update(skip_locked=True)):
        message.attempts += 1
        message.next_try_at = now + LEASE
        mail, error_code = _mail(message, transport)
        claimed.append(_Claimed(message.id, message.attempts, mail, error_code))
    db.session.commit()
    return claimed


def _mail(message: OutboxMessage, transport: Transport) -> tuple[EmailMessage | None, str]:
    settings = current_app.config["SETTINGS"]
    host = transport.sender.rpartition("@")[2]
    address = message.address or (f"{message.recipient_id}@{host}" if settings.demo and message.recipient_id else "")
    if not address:
        return None, "NO_ADDRESS"
    try:
        notice = notices.render(message.template, message.parameters, message.language)
    except (KeyError, ValueError):
        return None, "NO_TEMPLATE"
    mail = EmailMessage()
    mail["From"] = transport.sender
    mail["To"] = address
    mail["Subject"] = notice.subject
    mail["Date"] = message.queued_at
    mail["Message-ID"] = f"<{message.id}.{int(message.queued_at.timestamp())}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(notice.body)
    return mail, ""


def _send(message: _Claimed, transport: Transport, now: datetime) -> bool:
    error_code, final = message.error_code, True
    if message.mail is not None:
        try:
            transport.deliver(message.mail, message.number)
        except Undelivered as error:
            error_code, final = error.code, error.final or message.attempts >= MOST_TRIES
            log.warning("notice %d not sent: %s", message.number, error.code)
    values: dict[str, Any] = {"error_code": error_code}
    if not error_code:
        values |= {"state": MessageState.SENT, "sent_at": now}
    elif final:
        values |= {"state": MessageState.FAILED}
    else:
        values |= {"next_try_at": now + waits(message.attempts)}
    own = (OutboxMessage.id == message.number) & (OutboxMessage.attempts == message.attempts)
    db.session.execute(update(OutboxMessage).where(own).values(values).execution_options(synchronize_session=False))
    db.session.commit()
    return not error_code
