"""A form that is sent twice acts once: the second sending gets the first one's redirect.

Each rendered form carries a random key. The key is stored with the answer's location in the transaction of the act, so
both are there or neither. Two identical posts at the same moment: the second waits for the first one's row (SQLite's
write lock, PostgreSQL's unique index) and then replays. The same key with other content is a stale page: 409.
A post without a key (a phone's API has its own) is simply carried out.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, Response, abort, current_app, make_response, redirect, request
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import Index, LargeBinary, String, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from referral.extensions import db
from referral.foundation import clock
from referral.foundation.tables import Base

FIELD = "idempotency_key"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
NOT_CONTENT = frozenset({FIELD, "csrf_token"})
NOBODY = UUID(int=0)
KEPT = timedelta(hours=48)

View = TypeVar("View", bound=Callable[..., Any])


class FormPost(Base):
    """A form that was carried out, and where its sender was sent then."""

    __tablename__ = "form_post"

    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary(32))
    location: Mapped[str] = mapped_column(String(2000), default="")
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_form_post_created_at", "created_at"),)


def form_key() -> str:
    """A new key for a form that is being rendered."""
    return secrets.token_urlsafe(18)


def idempotency_field() -> Markup:
    """The hidden field of a form (a global of all templates)."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, form_key())


def idempotent(view: View) -> View:
    """Carry out a form once: decorate the POST view that acts, writes and redirects."""

    @wraps(view)
    def once(*args: Any, **values: Any) -> Any:
        key = request.form.get(FIELD, "")
        if request.method != "POST" or not key:
            return view(*args, **values)
        if not KEY.fullmatch(key):
            abort(400)
        post = {"actor_id": _actor_id(), "endpoint": request.endpoint or "", "key": key}
        content = fingerprint()
        if not _claim(post, content):
            return _replay(post, content)
        return _settle(post, make_response(view(*args, **values)))

    return once  # type: ignore[return-value]


def fingerprint() -> bytes:
    """What identifies a post's content: keyed, because a plain hash of a short form can be guessed."""
    key: bytes = current_app.config["SETTINGS"].token_key
    digest = hmac.new(key, b"form|" + request.path.encode(), hashlib.sha256)
    for name, values in sorted(request.form.lists()):
        if name not in NOT_CONTENT:
            for value in values:
                digest.update(_framed(name.encode()) + _framed(value.encode()))
    for name, files in sorted(request.files.lists()):
        for file in files:
            digest.update(
                _framed(name.encode()) + _framed((file.filename or "").encode()) + _framed(file.stream.read())
            )
            file.stream.seek(0)
    return digest.digest()


def once_key() -> str | None:
    """What a form sent twice has in common and nothing else has: for a post that acts without a redirect.

    A keyed hash, so that what is kept of it leads neither to the form nor to whoever sent it; None without a key.
    """
    key = request.form.get(FIELD, "")
    if not KEY.fullmatch(key):
        return None
    return hashed(f"once|{key}|{fingerprint().hex()}")


def hashed(text: str) -> str:
    """A keyed hash of a text, 32 characters."""
    key: bytes = current_app.config["SETTINGS"].token_key
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def forget_old(now: datetime) -> int:
    """Delete the keys of forms older than two days; commits. For the worker."""
    statement = delete(FormPost).where(FormPost.created_at < now - KEPT).returning(FormPost.key)
    forgotten = db.session.execute(statement.execution_options(synchronize_session=False)).all()
    db.session.commit()
    return len(forgotten)


def init_app(app: Flask) -> None:
    """Give templates their field."""
    app.jinja_env.globals["idempotency_field"] = idempotency_field


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part


def _actor_id() -> UUID:
    identity: UUID = current_user.id if current_user and current_user.is_authenticated else NOBODY
    return identity


def _claim(post: dict[str, Any], content: bytes) -> bool:
    """Whether we are the first with this key. Waits for a twin that is under way."""
    row = post | {"content": content, "location": "", "created_at": clock.now()}
    return db.session.execute(_claiming(db.session.get_bind().dialect.name), row).first() is not None


@cache
def _claiming(dialect: str) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(FormPost.__table__)
    return statement.on_conflict_do_nothing().returning(FormPost.__table__.c.key)


def _replay(post: dict[str, Any], content: bytes) -> Response:
    done = db.session.execute(select(FormPost.content, FormPost.location).filter_by(**post)).one()
    if not hmac.compare_digest(done.content, content) or not done.location:
        abort(409)
    return redirect(done.location, 303)  # type: ignore[return-value]


_posts = FormPost.__table__.c
_SETTLING = update(FormPost.__table__).where(  # type: ignore[arg-type]
    *(_posts[name] == bindparam(f"of_{name}") for name in ("actor_id", "endpoint", "key"))
)


def _settle(post: dict[str, Any], response: Response) -> Response:
    """Keep where a form that was carried out led to; forget one that was not, so that it can be corrected."""
    if 300 <= response.status_code < 400 and response.location:
        db.session.flush()
        db.session.connection().execute(
            _SETTLING, {f"of_{name}": value for name, value in post.items()} | {"location": response.location}
        )
    elif response.status_code < 400:
        db.session.execute(delete(FormPost).filter_by(**post))
    return response
