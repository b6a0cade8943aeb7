"""Pages about the running system: outgoing notices, whether it is well, whom to tell about a weakness."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from referral.extensions import db
from referral.foundation import clock, notices
from referral.foundation.access import actor, public, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.keystore import keystore
from referral.foundation.outbox import MessageState, OutboxMessage
from referral.partners import actions, queries
from referral.partners.models import User
from referral.partners.schemas import NoticeFilterSchema
from referral.partners.views import bp
from sop.vocabulary import N_

PAGE = 30
ALL = N_("any")
SECURITY_TEXT_DAYS = 180


@bp.get("/outbox")
@requires(Permission.OUTBOX_READ)
def outbox() -> str:
    """Outgoing notices: to which account, how often tried, when next; the demonstration shows what they say."""
    filters = NoticeFilterSchema().read(request.args)
    rows, following = queries.notices(**filters, size=PAGE)
    demo = current_app.config["SETTINGS"].demo
    return render_template(
        "partners/outbox.html",
        rows=[(message, account, _text(message) if demo else None) for message, account in rows],
        counts=queries.notice_counts(),
        state=filters["state"],
        before=filters["before"],
        following=following,
        subjects=notices.TEMPLATES,
        state_choices=[("", ALL), *((state.value, state.label) for state in MessageState)],
    )


@bp.post("/outbox/<int(max=9007199254740991):number>/retry")
@requires(Permission.OUTBOX_READ)
def retry_notice(number: int) -> Any:
    """Have a notice that could not be sent tried again."""
    if not actions.retry_notice(number, actor=actor(), now=clock.now()):
        abort(409 if db.session.get(OutboxMessage, number) else 404)
    flash(_("The notice will be sent again within a few seconds."), "success")
    return redirect(url_for("partners.outbox"), code=303)


@bp.get("/health")
@public
def health() -> Any:
    """Whether the database and the key store answer; nothing else is said."""
    try:
        db.session.execute(select(User.id).limit(1))
        keystore().ping()
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(status="unavailable"), 503
    return jsonify(status="ok")


@bp.get("/.well-known/security.txt")
@public
def security_text() -> Response:
    """Whom to tell about a weakness (RFC 9116): the setting, or `security@` of our own host (RFC 2142)."""
    settings = current_app.config["SETTINGS"]
    contact = settings.security_contact or f"mailto:security@{urlsplit(settings.base_url).hostname}"
    expires = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=SECURITY_TEXT_DAYS)
    lines = (
        f"Contact: {contact}",
        f"Expires: {expires.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        f"Preferred-Languages: {', '.join(settings.languages)}",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _text(message: OutboxMessage) -> notices.Notice | None:
    """What a notice says, in the language in which it goes out; None when its template is gone."""
    try:
        return notices.render(message.template, message.parameters, message.language or page_language())
    except (KeyError, ValueError):
        return None
