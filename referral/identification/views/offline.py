"""The page that fills in forms without a network: its shell for anybody, blank forms and sealed parcels for senders.

The shell holds no personal data and is the same for everybody, so that a phone may keep it; the worker of its scope
(`/offline/`) keeps nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from referral.errors import RuleViolation, too_large
from referral.extensions import db
from referral.foundation import assets, clock, parcels
from referral.foundation.access import actor, can, public, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language, translate
from referral.foundation.transactions import reading
from referral.identification import gate
from referral.identification.bundle import form_bundle
from referral.identification.handing import NOT_OPENED, opened
from referral.identification.parcels import Unreadable
from referral.identification.queries import FORM
from referral.identification.views.openrosa import said
from referral.procedures import queries as procedures
from sop.vocabulary import N_, Message

bp = Blueprint("offline", __name__, url_prefix="/offline")

SCRIPTS = ("offline-page.js",)
KEPT = ("site.css", "emblem.svg", "icons.svg", "offline-192.png", "offline-512.png", *SCRIPTS)
"""What the worker keeps, besides the shell in each language."""

NO_PARCEL = Message("no_parcel", N_("The sealed form is missing in what was sent."))


@bp.get("")
@public
def index() -> Any:
    """The way to the page in one's language."""
    return redirect(url_for(".page", language=page_language()), 303)


@bp.get("/<language>")
@public
def page(language: str) -> Any:
    """The shell of the page: the same bytes for everybody."""
    if language not in current_app.config["SETTINGS"].languages:
        abort(404)
    with force_locale(language):
        return render_template("identification/offline.html", language=language, scripts=SCRIPTS)


@bp.get("/worker.js")
@public
def worker() -> Any:
    """The service worker, with the list of what it keeps; a changed list is a new version."""
    address = current_app.jinja_env.globals["asset"]
    pages = [url_for(".page", language=one) for one in current_app.config["SETTINGS"].languages]
    kept = [*pages, url_for(".manifest"), *(address(name) for name in KEPT)]  # type: ignore[operator]
    shells = "".join(page(language) for language in current_app.config["SETTINGS"].languages)
    version = hashlib.sha256(json.dumps(kept).encode() + shells.encode()).hexdigest()[:16]
    body = current_app.extensions["mnr.assets"]["worker.js"].body.decode()
    head = f"const VERSION = {json.dumps(version)}, KEPT = {json.dumps(kept)};\n"
    return assets.answer(assets.packed("worker.js", (head + body).encode()), "no-cache")


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Any:
    """What makes the page installable."""
    settings = current_app.config["SETTINGS"]
    address = current_app.jinja_env.globals["asset"]
    icons = [
        {"src": address(f"offline-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}  # type: ignore[operator]
        for size in (192, 512)
    ]
    told = {
        "id": "/offline/",
        "name": settings.product_name,
        "short_name": settings.product_name,
        "start_url": url_for(".page", language=settings.default_language),
        "scope": "/offline/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5d4e",
        "icons": icons,
    }
    return Response(json.dumps(told), content_type="application/manifest+json")


@bp.get("/session.json")
@public
def session() -> Any:
    """Whether somebody who may send is signed in, and a fresh token against forgery; never a lasting secret."""
    if not can(Permission.IDENTIFICATION_FILL):
        return jsonify(user=None)
    return jsonify(user=str(current_user.id), csrf=generate_csrf())


@bp.get("/kit.json")
@requires(Permission.IDENTIFICATION_FILL)
def kit() -> Any:
    """What a phone takes along: blank forms in each language, and the public key that it seals with."""
    version = procedures.active_form(FORM)
    key = parcels.offered(now=clock.now())
    told: dict[str, Any] = {"forms": {}, "key": {"number": key.number, "point": base64.b64encode(key.point).decode()}}
    if version is not None:
        form = procedures.form(version.id)
        for language in current_app.config["SETTINGS"].languages:
            told["forms"][language] = form_bundle(form, language)
    return jsonify(told)


@bp.post("/parcels")
@requires(Permission.IDENTIFICATION_FILL, uploads=True)
def receive() -> Any:
    """Open a sealed form of the signed-in user and pass it to the gate; it is stored once however often it is sent."""
    sent = request.files.get("parcel")
    if sent is None:
        return _refused(NO_PARCEL, 400)
    try:
        with reading():
            parcel = gate.examined(opened(sent.read(), actor()))
        receipt = gate.receive(parcel, actor=db.session.merge(actor(), load=True), now=clock.now())
    except (parcels.Unopenable, Unreadable):
        return _refused(NOT_OPENED, 422)
    except RuleViolation as violation:
        return _refused(violation.message, violation.status)
    code = receipt.case.code if receipt.case is not None else ""
    return jsonify(outcome=receipt.outcome.value, code=code, words=said(receipt)), 200 if receipt.again else 201


def _refused(message: Message, status: int) -> tuple[Response, int]:
    db.session.rollback()
    return jsonify(outcome="refused", words=translate(message)), status


@bp.errorhandler(413)
def _too_large(error: Any) -> Any:
    """What is larger than a form may be, in words for the page's script."""
    title, way_on = too_large(error)
    return _refused(Message("too_large", f"{title}. {way_on}"), 413)
