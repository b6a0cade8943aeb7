"""Who is at the keyboard: from the cookie's token to the user, and what happens when a session ends in mid-form."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, session, url_for

from referral.extensions import db, login_manager, will_write
from referral.foundation import clock
from referral.foundation.transactions import SAFE
from referral.partners import actions, queries
from referral.partners.models import SignInSession, User

KEPT_LIMIT = 200_000
SEEN_EVERY = 60
NEVER_KEPT = ("csrf_token", "password", "code", "kept")


def present_session() -> SignInSession | None:
    """The server-side session of this request's cookie, if it still opens anything."""
    if "sign_in_session" not in g:
        token = session.get("token")
        found = queries.live_session(actions.token_hash(token), now=clock.now()) if token else None
        idle = timedelta(minutes=current_app.config["SETTINGS"].session_idle_minutes)
        if found is not None and clock.now() - found.last_seen_at > idle:
            found = None
        g.sign_in_session = found
    present: SignInSession | None = g.sign_in_session
    return present


def note_presence() -> None:
    """Once a minute a request also notes that the session is alive; that request takes the write lock."""
    seen = session.get("seen", 0)
    if "token" in session and time.time() - seen > SEEN_EVERY and request.endpoint != "static":
        session["seen"] = int(time.time())
        if not will_write.get():
            g.intent_seen = will_write.set(True)
        found = present_session()
        if found is not None:
            found.last_seen_at = clock.now()


def _forget_presence(_error: Any) -> None:
    token = g.pop("intent_seen", None)
    if token is not None:
        will_write.reset(token)


def user_of_request(_request: Any) -> User | None:
    """The user, once every factor that the role needs is passed."""
    found = present_session()
    return found.user if found is not None and found.second_factor else None


def safe_path(target: str | None) -> str:
    """A path of this application, or the home page: never another host."""
    if not target:
        return url_for("partners.home")
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")):
        return url_for("partners.home")
    return target


def typed() -> dict[str, list[str]]:
    """What was typed in the form that met an ended session, without keys that belong to that session."""
    kept = {name: request.form.getlist(name) for name in request.form if name not in NEVER_KEPT}
    return kept if len(json.dumps(kept)) <= KEPT_LIMIT else {}


def ask_to_sign_in(_error: Any = None) -> Any:
    """A stranger meets the sign-in page; what a form held when its session ended travels along and is offered again."""
    db.session.rollback()
    if request.method in SAFE:
        return redirect(url_for("partners.sign_in", next=request.full_path.rstrip("?")), code=303)
    own = request.endpoint in ("partners.sign_in", "partners.sign_in_code", "partners.sign_out", "partners.language")
    page = render_template(
        "partners/sign_in.html",
        expired=True,
        next="" if own else request.path,
        kept="" if own else json.dumps(typed()),
        error=None,
        username="",
    )
    return make_response(page, 401)


def _whole(text: Any) -> str:
    """A text that can be sent: JSON may hold half of a character."""
    return str(text).encode("utf-8", "replace").decode()


def after_sign_in(target: str, kept: str) -> Response | str:
    """Go on: to the page asked for, or to the page that offers what was typed before the session ended."""
    path = safe_path(target)
    try:
        values: dict[str, list[str]] = json.loads(kept) if kept and len(kept) <= KEPT_LIMIT else {}
        pairs = [(_whole(name), _whole(value)) for name, entries in values.items() for value in entries]
    except (ValueError, TypeError, AttributeError, RecursionError):
        pairs = []
    if pairs and path != url_for("partners.home"):
        return render_template("partners/resume.html", action=path, pairs=pairs)
    response: Response = redirect(path, code=303)  # type: ignore[assignment]
    return response


def init_app(app: Flask) -> None:
    """Bind Flask-Login to server-side sessions."""
    login_manager.init_app(app)
    login_manager.session_protection = None
    login_manager.request_loader(user_of_request)
    login_manager.unauthorized_handler(ask_to_sign_in)
    app.extensions["mnr.expired"] = ask_to_sign_in
    app.before_request(note_presence)
    app.teardown_request(_forget_presence)
