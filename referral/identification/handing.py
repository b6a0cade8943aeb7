"""Sealed forms are opened for their user and handed to the gate, from the page or from a file that a phone gave out.

Kind: actions.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import clock, parcels
from referral.identification import gate
from referral.identification.parcels import Unreadable, read
from referral.identification.rules import Channel
from referral.partners import queries as partners
from sop.vocabulary import N_, Message

NOT_OPENED = Message(
    "not_opened",
    N_(
        "This sealed form cannot be opened: it was sealed for another account or damaged. "
        "Hand its file to the coordination."
    ),
)


def opened(sealed: bytes, user: Any) -> gate.Parcel:
    """The form that was sealed for this user; raises `Unopenable` or `Unreadable`."""
    instance_id, plain = parcels.open_parcel(sealed, user.id)
    content = read(plain, clock.zone())
    return gate.Parcel(
        instance_id=instance_id,
        form=content.form,
        version=content.version,
        answers=content.answers,
        attachments=content.attachments,
        channel=Channel.OFFLINE,
        started_at=content.started_at,
        finished_at=content.finished_at,
    )


def hand_in_file(file: Path, username: str, *, now: datetime) -> tuple[dict[str, str], int]:
    """Receive a file for the account it was sealed for: what became of it, and the command's exit code; commits."""
    user = partners.user_by_name(username)
    if user is None:
        return {"error": f"no account {username}"}, 2
    try:
        receipt = gate.receive(opened(file.read_bytes(), user), actor=user, now=now)
    except OSError as problem:
        return {"error": str(problem.strerror)}, 2
    except (parcels.Unopenable, Unreadable):
        return {"error": str(NOT_OPENED)}, 1
    except RuleViolation as violation:
        db.session.rollback()
        return {"error": str(violation.message)}, 1
    db.session.commit()
    return {"outcome": receipt.outcome.value, "code": receipt.case.code if receipt.case is not None else ""}, 0
