"""Languages: which one a page speaks, and how messages of the pure libraries become sentences.

Order: the signed-in user's language, the browser's earlier choice (a cookie), `Accept-Language`, the default (French).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import flask_babel
from flask import Flask, Response, abort, current_app, has_request_context, redirect, request
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from referral.config import ROOT
from referral.extensions import babel, locale_now
from referral.foundation import formatting
from referral.foundation.access import public
from referral.foundation.catalogue import compile_catalogues

COOKIE = "mnr_language"
A_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Compile the catalogues, bind Flask-Babel, add the filters and the language switch (POST /language)."""
    settings = app.config["SETTINGS"]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(
        compile_catalogues(ROOT / "translations", settings.instance / "translations")
    )
    app.config["BABEL_DEFAULT_LOCALE"] = settings.default_language
    babel.init_app(app, locale_selector=select_locale, timezone_selector=lambda: settings.timezone)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.filters.update(t=translate, lang=in_language, shown=shown)
    app.jinja_env.globals.update(_=words, page_language=page_language, here=here)
    app.add_url_rule("/language", "language", public(switch_language), methods=["POST"])


def page_language() -> str:
    """The code of the language of this answer."""
    locale = locale_now()
    return locale.language if locale else current_app.config["SETTINGS"].default_language


def gettext(text: str) -> str:
    """A message in the language of this moment: Flask-Babel's answer in two looks at the context instead of ten."""
    try:
        catalogues = current_app.extensions["mnr.catalogues"]
    except (KeyError, RuntimeError):
        return str(flask_babel.gettext(text))
    return str(catalogues.get_translations().ugettext(text))


def select_locale() -> str:
    """The language that this request is answered in."""
    settings = current_app.config["SETTINGS"]
    if not has_request_context():
        return str(settings.default_language)
    for choice in (_users_language(), request.cookies.get(COOKIE)):
        if choice in settings.languages:
            return str(choice)
    return request.accept_languages.best_match(settings.languages) or str(settings.default_language)


def _users_language() -> str | None:
    """The signed-in user's language; None for a stranger, or when the database cannot be asked (error pages)."""
    try:
        return current_user.language if current_user and current_user.is_authenticated else None
    except SQLAlchemyError:
        return None


def switch_language() -> Response:
    """Remember the chosen language for this browser and this user, and go back to the page."""
    settings = current_app.config["SETTINGS"]
    choice = request.form.get("language", "")
    if choice not in settings.languages:
        abort(400)
    if current_user.is_authenticated:
        current_user.language = choice
    response = redirect(local_path(request.form.get("back", "/")), 303)
    response.set_cookie(COOKIE, choice, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.production)
    return response  # type: ignore[return-value]


def here() -> str:
    """The path of this page with its codes in the query, for coming back."""
    return request.full_path.rstrip("?")


def local_path(path: str) -> str:
    r"""A path of this site, or the start page when it could lead elsewhere.

    >>> local_path("/cases?state=open"), local_path("//evil.example"), local_path("https://evil.example")
    ('/cases?state=open', '/', '/')
    >>> local_path("/\\evil.example"), local_path("/a\nb")
    ('/', '/')
    """
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if safe else "/"


def translate(value: Any) -> str:
    """A message id, `Message`, labelled enum or bilingual mapping in the reader's language (Jinja filter `t`)."""
    if value is None or value == "":
        return ""
    if isinstance(value, Markup):
        return value
    if hasattr(value, "text") and hasattr(value, "values"):
        return _sentence(value.text, value.values)
    if hasattr(value, "label"):
        return translate(value.label)
    if isinstance(value, Mapping):
        return in_language(value)
    if hasattr(value, "__html__"):
        return Markup(value)  # noqa: S704 - a lazy string that escapes itself
    return gettext(str(value))


def words(text: str, **values: Any) -> Markup:
    """A message of a template in the reader's language, its values escaped (`_` of all templates, which are HTML).

    Jinja's own does the same in three calls through the context, some forty times a page.
    """
    translated = _marked(text, page_language())
    return translated % values if values or "%" in translated else translated


@lru_cache(maxsize=4_000)
def _marked(text: str, _language: str) -> Markup:
    """A message as HTML, once for each language of a page."""
    return Markup(gettext(text))  # noqa: S704 - messages are ours; what is put into them is escaped


def _sentence(text: str, values: Mapping[str, Any]) -> str:
    translated = gettext(text)
    if not values:
        return translated.replace("%%", "%")
    return translated % {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    """A placeholder's value as the reader writes it; numbers stay numbers for %(n)d."""
    if isinstance(value, datetime):
        return formatting.moment(value)
    if isinstance(value, date):
        return formatting.day(value)
    if isinstance(value, float):
        return formatting.ReadableFloat(value)
    if isinstance(value, Mapping) or hasattr(value, "label") or (hasattr(value, "text") and hasattr(value, "values")):
        return translate(value)
    if isinstance(value, tuple):
        return ", ".join(str(_value(item)) for item in value)
    if isinstance(value, (list, set, frozenset)):
        return formatting.listing([str(_value(item)) for item in value])
    return value


def in_language(texts: Mapping[str, str] | str | None, language: str | None = None) -> str:
    """The text of a bilingual mapping in the reader's language, else in any language it has (Jinja filter `lang`)."""
    if texts is None or isinstance(texts, str):
        return texts or ""
    wanted = language or page_language()
    if texts.get(wanted):
        return texts[wanted]
    for code in current_app.config["SETTINGS"].languages:
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")


def shown(value: Any) -> str:
    """A table cell: numbers and dates in the reader's format, safe HTML as it is, else text (Jinja filter `shown`)."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else gettext("yes") if value else gettext("no")
    if isinstance(value, (int, float)):
        return formatting.number(value)
    if isinstance(value, datetime):
        return formatting.moment(value)
    if isinstance(value, date):
        return formatting.day(value)
    return value if isinstance(value, str) else translate(value)
