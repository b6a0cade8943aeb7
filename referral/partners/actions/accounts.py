"""Sign-in, second factor, sign-out, password change; making organisations and users."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
from flask import current_app
from sqlalchemy import update

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, outbox, sealing
from referral.foundation.grants import Role
from referral.foundation.searching import fold
from referral.foundation.tables import new_id
from referral.partners import passwords, queries
from referral.partners.models import Organization, SignInSession, Throttle, User
from sop.vocabulary import N_, Message

TOTP_SECONDS = 30
TOO_MANY = Message("too_many", N_("Too many tries. Wait a few minutes, then try again."))
NOT_THEM = Message("not_them", N_("The name, the password or the code is not right."))
BUCKETS: dict[str, tuple[float, float]] = {
    "user": (5.0, 450.0),
    "address": (60.0, 10.0),
    "code": (5.0, 450.0),
    "phone": (5.0, 60.0),
    "person_search": (30.0, 60.0),
    "person_hint": (6.0, 3600.0),
    "emergency": (6.0, 600.0),
    "api": (120.0, 0.5),
}
"""Tries that a bucket holds, and the seconds in which one leaks out: at most 8 checked guesses an hour and account.

Looking for a person: thirty at once and then one a minute (a bus of people arrives); hints that another organisation
may have a file: six at once and then one an hour, so that nobody fishes. Emergency: case codes that do not exist; those
that do are never held up, they are reviewed. The public API: a hundred and twenty at once, then two a second, which
copies 50,000 services in a few minutes. ASSUMPTIONS, national settings in waiting.
"""


def token_hash(token: str) -> str:
    """What the database keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _bucket_key(kind: str, name: str) -> str:
    key: bytes = current_app.config["SETTINGS"].token_key
    return hmac.new(key, f"throttle|{kind}|{name}".encode(), hashlib.sha256).hexdigest()


def count_try(kind: str, name: str, *, now: datetime) -> bool:
    """Count one try; False when the bucket is full (then nothing is hashed or compared)."""
    size, leak = BUCKETS[kind]
    key = _bucket_key(kind, name)
    row = db.session.get(Throttle, key, with_for_update=True)
    if row is None:
        row = Throttle(key=key, level=0.0, updated_at=now)
        db.session.add(row)
    row.level = max(0.0, row.level - (now - row.updated_at).total_seconds() / leak)
    row.updated_at = now
    if row.level + 1 > size:
        return False
    row.level += 1
    return True


def forget_tries(kind: str, name: str) -> None:
    """Empty a bucket after a success."""
    db.session.execute(update(Throttle).where(Throttle.key == _bucket_key(kind, name)).values(level=0.0))


def open_session(user: User, *, now: datetime) -> str:
    """Start a server-side session and give its token, known to the cookie alone."""
    settings = current_app.config["SETTINGS"]
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            token_hash=token_hash(token),
            user=user,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=settings.session_hours),
            second_factor=not user.role.needs_second_factor,
        )
    )
    audit.record("sign_in.password", actor=user, now=now)
    return token


def pass_second_factor(session: SignInSession, code: str, *, now: datetime) -> bool:
    """Check a code of the second factor; each code opens once (ASVS 6.5.1)."""
    if not _opens(session.user, code, now=now):
        return False
    session.second_factor = True
    audit.record("sign_in.second_factor", actor=session.user, now=now)
    return True


def _opens(user: User, code: str, *, now: datetime) -> bool:
    if user.totp_secret is None:
        return False
    totp = pyotp.TOTP(sealing.open_secret(f"totp:{user.id}", user.totp_secret))
    digits = "".join(code.split())
    step = int(now.timestamp()) // TOTP_SECONDS
    for candidate in (step, step - 1, step + 1):
        if candidate > user.totp_last_step and hmac.compare_digest(totp.at(candidate * TOTP_SECONDS), digits):
            user.totp_last_step = candidate
            return True
    return False


def vouch(username: str, password: str, code: str, *, now: datetime) -> User:
    """Who stands behind a command: the account, its password and, where its role has one, its second factor.

    Counts the try as signing in does, and commits it; raises `RuleViolation` when it is not them.
    """
    name = username.strip().lower()
    free, user = count_try("user", name, now=now), queries.user_by_name(name)
    stored = user.password_hash if user is not None and user.active else None
    db.session.commit()
    if not free:
        raise RuleViolation(TOO_MANY)
    if not passwords.verify(stored, password) or user is None:
        raise RuleViolation(NOT_THEM)
    if user.role.needs_second_factor and not _opens(user, code, now=now):
        raise RuleViolation(NOT_THEM)
    forget_tries("user", name)
    audit.record("sign_in.command", actor=user, now=now)
    return user


def close_session(session: SignInSession, *, now: datetime) -> None:
    """Sign out: the token opens nothing from this moment on."""
    session.revoked_at = now
    audit.record("sign_out", actor=session.user, now=now)


def close_all_sessions(user: User, *, now: datetime) -> None:
    """Revoke every session of a user, as after a password change."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.user_id == user.id, SignInSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def suspend(user: User, *, reason: str, now: datetime) -> None:
    """Close an account until somebody looked into it: nobody signs in with it, and what is open ends at once."""
    user.active = False
    close_all_sessions(user, now=now)
    audit.record("user.suspend", actor=None, now=now, subject=user, code=reason)
    for other in queries.users_of_role(Role.DATA_OFFICER, Role.ADMINISTRATOR):
        outbox.queue("account_suspended", now=now, user=other)


def reopen(user: User, *, actor: Any, now: datetime) -> bool:
    """Open a suspended account again, after somebody looked into it; False when it was open."""
    if user.active:
        return False
    user.active = True
    audit.record("user.reopen", actor=actor, now=now, subject=user)
    return True


def change_password(user: User, new_hash: str, *, now: datetime) -> None:
    """Somebody sets a new password of their own (already hashed); all their sessions end, and they are told."""
    _set_password(user, new_hash, now=now)
    audit.record("password.change", actor=user, now=now)


def reset_password(user: User, new_hash: str, *, now: datetime) -> None:
    """An administrator sets a new password (already hashed) for somebody who has lost theirs; they are told."""
    _set_password(user, new_hash, now=now)
    audit.record("password.reset", actor=None, now=now, subject=user)


def _set_password(user: User, new_hash: str, *, now: datetime) -> None:
    user.password_hash, user.password_changed_at = new_hash, now
    close_all_sessions(user, now=now)
    outbox.queue("password_changed", now=now, user=user)


def check_new_password(user: User, password: str) -> None:
    """Raise `RuleViolation` when a new password is too weak."""
    complaint = passwords.complaint(password, user.username)
    if complaint is not None:
        raise RuleViolation(complaint, status=422)


def add_user(
    username: str,
    full_name: str,
    role: Role,
    *,
    organization_id: UUID | None,
    password_hash: str,
    now: datetime,
    totp_secret: str | None = None,
    undertaking_on: date | None = None,
    region: str = "",
    specialities: tuple[str, ...] = (),
    language: str = "fr",
    email: str = "",
) -> tuple[User, str | None]:
    """Make an account; a role that sees identity gets a second factor, whose secret is given back once."""
    username = username.strip().lower()
    if db.session.query(User.id).filter_by(username=username).first():
        raise RuleViolation(Message("exists", N_("There is already an account with this name.")))
    secret = (totp_secret or pyotp.random_base32()) if role.needs_second_factor else None
    user_id = new_id()
    user = User(
        id=user_id,
        username=username,
        full_name=full_name,
        role=role,
        organization_id=organization_id,
        password_hash=password_hash,
        password_changed_at=now,
        totp_secret=sealing.seal_secret(f"totp:{user_id}", secret) if secret else None,
        undertaking_on=undertaking_on,
        region=region,
        specialities=list(specialities),
        language=language,
        email=email,
    )
    db.session.add(user)
    db.session.flush()
    audit.record("user.add", actor=None, now=now, subject=user.id)
    return user, secret


def find_or_add_organization(name: str, **columns: object) -> Organization:
    """The organisation of this name (accents and case forgiven), made when it is not there yet."""
    found = queries.organization_by_name(name)
    if found is None:
        found = Organization(name=name, folded_name=fold(name), **columns)
        db.session.add(found)
        db.session.flush()
    return found


def retry_notice(number: int, *, actor: Any, now: datetime) -> bool:
    """Have a notice that could not be sent tried again; False when it is not one of those."""
    if not outbox.retry(number, now=now):
        return False
    audit.record("outbox.retry", actor=actor, now=now, subject=("outbox_message", number))
    return True
