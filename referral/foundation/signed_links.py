"""Links that act without a password: the token is a signature of the link's id, so it lies in no table and no queue.

The database keeps the hash of the token only; whoever reads the database and the outbox cannot make one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from uuid import UUID

from flask import current_app

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
BYTES = 16


def token(purpose: str, link_id: UUID) -> str:
    """The token of a link, 128 bits: only its mail holds it."""
    key: bytes = current_app.config["SETTINGS"].token_key
    digest = hmac.new(key, b"link|" + purpose.encode() + b"|" + link_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:BYTES]).rstrip(b"=").decode()


def hashed(given: str) -> str:
    """What is kept of a token.

    >>> len(hashed("AAAAAAAAAAAAAAAAAAAAAA"))
    64
    """
    return hashlib.sha256(given.encode()).hexdigest()
