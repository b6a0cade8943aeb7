"""Phones with ODK Collect or KoboCollect: each has a token of its own, shown once, kept as a hash, revoked at once."""

from __future__ import annotations

import base64
import json
import secrets
import zlib
from datetime import datetime, timedelta
from typing import Any

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.grants import Permission, Scope, scope_of
from referral.foundation.tables import new_id
from referral.identification import devices
from referral.identification.models import DeviceToken
from referral.partners.actions import token_hash
from referral.partners.models import User
from sop.vocabulary import N_, Message

MOST = 20
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without what looks alike; 26 of them are 130 bits, so a token cannot be guessed."""

LENGTH = 26
NOTED_EVERY = timedelta(hours=1)
TOO_MANY = Message("too_many_phones", N_("You have as many phones as are possible. Revoke one first."))


def add(name: str, *, actor: Any, now: datetime) -> tuple[DeviceToken, str]:
    """A new phone and its token, which is never shown again."""
    if len([one for one in db.session.scalars(devices.phones(actor)) if one.revoked_at is None]) >= MOST:
        raise RuleViolation(TOO_MANY)
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    phone = DeviceToken(id=new_id(), user_id=actor.id, name=name, token_hash=token_hash(letters), created_at=now)
    db.session.add(phone)
    audit.record("phone.add", actor=actor, now=now, subject=phone)
    return phone, "-".join(letters[at : at + 5] for at in range(0, LENGTH, 5))


def revoke(phone: DeviceToken, *, actor: Any, now: datetime) -> None:
    """From this moment the phone is refused; revoking twice changes nothing."""
    if phone.revoked_at is None:
        phone.revoked_at = now
        audit.record("phone.revoke", actor=actor, now=now, subject=phone)


def recognise(username: str, token: str) -> tuple[DeviceToken, User] | None:
    """The phone and its user, when the token opens anything for them now."""
    letters = token.replace("-", "").replace(" ", "").lower()
    found = devices.phone_of(token_hash(letters)) if len(letters) == LENGTH else None
    if found is None:
        return None
    phone, user = found
    named = user.username == username.strip().lower()
    may = user.active and scope_of(user.role, Permission.IDENTIFICATION_FILL) is not Scope.NONE
    return found if named and may and phone.revoked_at is None else None


def is_due(phone: DeviceToken, now: datetime) -> bool:
    """Whether the phone's last use is to be noted again."""
    return phone.last_used_at is None or now - phone.last_used_at >= NOTED_EVERY


def note_use(phone: DeviceToken, *, now: datetime) -> None:
    """When the phone was last seen, to the hour."""
    phone.last_used_at = now


def settings_code(server: str, username: str, token: str, project: str) -> str:
    """What ODK Collect reads from a QR code: its settings as JSON, deflated, in base64.

    https://docs.getodk.org/collect-import-export/
    """
    general = {"protocol": "odk_default", "server_url": server, "username": username, "password": token}
    settings = {"general": general, "admin": {}, "project": {"name": project}}
    return base64.b64encode(zlib.compress(json.dumps(settings, separators=(",", ":")).encode(), 9)).decode()
