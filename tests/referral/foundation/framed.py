"""An application that only frames pages: no database, no blueprint; a page is whatever the test writes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from flask import Flask, render_template, render_template_string, request
from flask_login import LoginManager, UserMixin
from jinja2 import StrictUndefined

from referral.config import ROOT, Environment
from referral.extensions import csrf
from referral.foundation import assets, formatting, headers, i18n, navigation
from referral.foundation.access import public
from referral.foundation.grants import Role
from tests.conftest import NOW, settings_for


class Somebody(UserMixin):
    """A signed-in user of the frame's tests."""

    id = "1"
    full_name = "A. Ngo B."
    role = Role.CASE_MANAGER
    organization = SimpleNamespace(name="MINAS Littoral (démonstration)")
    language: str | None = None


def make_framed_app(folder: Path, *, production: bool = False) -> Flask:
    """The frame; `?in=1` signs somebody in, POST /page renders its `source` field inside base.html."""
    settings = settings_for("sqlite://", folder)
    if production:
        object.__setattr__(settings, "environment", Environment.PRODUCTION)
    app = Flask("framed", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(SETTINGS=settings, SECRET_KEY="s" * 40, TESTING=True)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(settings=settings, version="0.1.0")
    app.extensions["mnr.clock"] = lambda: NOW
    somebody = Somebody()
    app.extensions["somebody"] = somebody
    login = LoginManager(app)
    login.request_loader(lambda asked: somebody if asked.args.get("in") else None)
    csrf.init_app(app)
    for part in (headers, i18n, formatting, assets, navigation):
        part.init_app(app)
    _pages(app)
    return app


def _pages(app: Flask) -> None:
    @public
    def page() -> str:
        return render_template_string(app.extensions["source"], now=NOW)

    @public
    def error() -> tuple[str, int]:
        status = int(request.args["status"])
        words = {"title": "Un titre", "sentence": "Une phrase.", "reference": "AB12CD34"}
        return render_template("errors/page.html", status=status, **words), status

    for endpoint in ("cases.index", "providers.index", "procedures.index", "partners.account", "partners.sign_out"):
        app.add_url_rule("/" + endpoint, endpoint, public(lambda: ""), methods=["GET", "POST"])
    app.add_url_rule("/page", "page", page)
    app.add_url_rule("/error", "error", error)


def write(app: Flask, content: str, imports: str = "") -> None:
    """Let /page hold `content` under the heading "Essai"."""
    app.extensions["source"] = (
        '{% extends "base.html" %}'
        + imports
        + "{% block title %}Essai{% endblock %}{% block content %}"
        + content
        + "{% endblock %}"
    )
