"""Sign a test's client in through the database: a session row and its cookie, as the sign-in page would leave them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from referral.extensions import db
from referral.partners import actions, queries
from referral.partners.models import SignInSession

NEVER_AGAIN = 10**11
"""Seconds: the cookie says that the session was seen, so no request of a test notes it again."""


def sign_in(client: Any, username: str) -> None:
    """Leave a signed-in session of `username` in the client's cookie."""
    token = secrets.token_urlsafe(32)
    with client.app.app_context():
        user = queries.user_by_name(username)
        assert user is not None, f"no account {username}"
        now = client.app.extensions["mnr.clock"]()
        db.session.add(
            SignInSession(
                token_hash=actions.token_hash(token),
                user_id=user.id,
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(hours=12),
                second_factor=True,
            )
        )
        db.session.commit()
    with client.client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(token=token, seen=NEVER_AGAIN)
