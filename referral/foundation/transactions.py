"""One transaction a request, committed in one place; on SQLite a request that writes takes the lock at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, current_app, g, request

from referral.extensions import db, will_write
from referral.foundation.access import access_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def announce_intent() -> None:
    """Say whether this request writes: unsafe methods do, and reads of a person's data leave an audit line."""
    access = access_of(current_app, request.endpoint or "")
    g.intent = will_write.set(request.method not in SAFE or bool(access and access.reads_person))


def finish(response: Response) -> Response:
    """Commit what a good answer changed, take back what a bad one touched."""
    if g.get("outside_transaction"):
        return response
    if response.status_code < 400:
        db.session().expire_on_commit = False  # nothing is read after this, and the session ends with the request
        db.session.commit()
    else:
        db.session.rollback()
    return response


def forget_intent(_error: Any) -> None:
    """The next request on this thread says for itself whether it writes."""
    token = g.pop("intent", None)
    if token is not None:
        will_write.reset(token)


def commit_now() -> None:
    """For the few views that then hash or draw: a transaction must not last while that is done."""
    db.session.commit()


@contextmanager
def reading() -> Iterator[None]:
    """For a POST that has much to read and to work out before it writes: SQLite's write lock stays free meanwhile."""
    token = will_write.set(False)
    try:
        yield
        db.session.commit()
    finally:
        will_write.reset(token)


def begin_writing() -> None:
    """For a GET that turns out to write: end what was read, so that the next statement takes SQLite's lock at once."""
    db.session.commit()
    will_write.set(True)


def init_app(app: Flask) -> None:
    """Install the hooks; `finish` is registered first, so that it runs last."""
    app.before_request(announce_intent)
    app.after_request(finish)
    app.teardown_request(forget_intent)
