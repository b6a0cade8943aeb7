"""What a user is told when something is wrong: a sentence, a way on and a reference number; logs get codes only."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from referral.extensions import db
from referral.foundation.i18n import translate
from referral.foundation.parts import TooManyParts
from sop.vocabulary import N_, Message

log = logging.getLogger("mnr")


class RuleViolation(Exception):
    """An act that a rule forbids. `message` is the sentence for the user; `status` 409 unless said otherwise."""

    def __init__(self, message: Message, status: int = 409) -> None:
        super().__init__(message.code)
        self.message = message
        self.status = status


SENTENCES: dict[int, tuple[str, str]] = {
    400: (N_("This request cannot be read"), N_("Go back, check what was sent and try again.")),
    404: (N_("There is nothing here"), N_("The page does not exist, or it is not among those that you may see.")),
    405: (N_("This page cannot be used in that way"), N_("Go back and use the buttons of the page.")),
    409: (N_("Somebody else was faster"), N_("This record changed in the meantime. Look at its present state first.")),
    413: (N_("That is too large"), N_("Shorten the text or send a smaller file.")),
    415: (N_("This type of file is not accepted"), N_("Choose a file of the type that the page asks for.")),
    422: (N_("Something is not right in what was entered"), N_("Go back and correct the fields that are marked.")),
    429: (N_("Too many tries"), N_("Wait a few minutes, then try again.")),
    500: (
        N_("The system could not do this"),
        N_("Nothing was changed. Try again, or give us the number below."),
    ),
    503: (N_("The system is busy"), N_("Nothing was changed. Try again in a moment.")),
}


TOO_MANY_PARTS = (
    N_("This page has more fields than can be sent at once"),
    N_(
        "At most %(most)d fields are possible. Go back: what you typed is still there, and what saved itself is kept. "
        "Remove some entries and put them into a second form."
    ),
)


def too_large(error: HTTPException) -> tuple[str, str]:
    """What is said of a request that is too large, in words: in bytes, or in fields."""
    if isinstance(error, TooManyParts):
        return gettext(TOO_MANY_PARTS[0]), gettext(TOO_MANY_PARTS[1], most=error.most)
    title, sentence = SENTENCES[413]
    return gettext(title), gettext(sentence)


VOICES: dict[str, Callable[[int, str, str, str | None], Any]] = {}
"""Addresses that begin so are for machines -> what answers there: status, reference, title (a message id), sentence."""


def page(status: int, *, title: str | None = None, sentence: str | None = None) -> Any:
    """The error page of a status; the reference number is also in the log. Machines are told in their own words."""
    reference = secrets.token_hex(4).upper()
    words = SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400])
    log.warning("answer status=%s reference=%s endpoint=%s", status, reference, request.endpoint)
    for prefix, voice in VOICES.items():
        if request.path.startswith(prefix):
            return voice(status, reference, words[0], sentence)
    body = render_template(
        "errors/page.html",
        title=title or gettext(words[0]),
        sentence=sentence or gettext(words[1]),
        reference=reference,
        way_on=("/", gettext("Back to the first page")),
        status=status,
    )
    return body, status


def _http(error: HTTPException) -> Any:
    db.session.rollback()
    if error.code is None or error.code < 400:
        return error
    if error.code == 413:
        title, sentence = too_large(error)
        return page(413, title=title, sentence=sentence)
    return page(error.code)


def _rule(error: RuleViolation) -> Any:
    db.session.rollback()
    return page(error.status, sentence=translate(error.message))


def _stale(_error: StaleDataError) -> Any:
    db.session.rollback()
    return page(409)


def _busy(error: OperationalError) -> Any:
    db.session.rollback()
    log.error("database busy or down: %s", type(error.orig).__name__)
    return page(503)


def _overflow(_error: OverflowError) -> Any:
    db.session.rollback()
    return page(404)


def _invalid(_error: ValidationError | DataError) -> Any:
    """Refused by a schema, or by the database itself, as PostgreSQL does with a NUL in a text."""
    db.session.rollback()
    return page(422)


def _csrf(error: CSRFError) -> Any:
    db.session.rollback()
    return current_app.extensions["mnr.expired"](error)


def _unknown(error: Exception) -> Any:
    db.session.rollback()
    if current_app.testing:
        raise error
    log.error("unexpected %s at endpoint=%s", type(error).__name__, request.endpoint, exc_info=_without_contents(error))
    return page(500)


def _without_contents(error: Exception) -> tuple[type[Exception], Exception, Any]:
    """The traceback with the error's type only: its text may hold what somebody typed."""
    return type(error), RuntimeError(type(error).__name__), error.__traceback__


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RuleViolation, _rule)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(OverflowError, _overflow)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(DataError, _invalid)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Exception, _unknown)
