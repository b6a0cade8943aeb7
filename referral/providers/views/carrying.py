"""What a reader takes out of the directory: a card, the hours as a calendar, a sheet of a service or of a place."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, current_app, request, url_for
from flask_babel import gettext

from directory import calendars, cards
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.providers import queries, sheet_documents
from referral.providers.models import ServiceAtLocation
from referral.providers.queries.carrying import around, carried
from referral.providers.queries.sheets import Sheet
from referral.providers.views import bp


@bp.get("/directory/<uuid:place_id>/card.vcf")
@requires(Permission.DIRECTORY_READ)
def card(place_id: UUID) -> Response:
    """One service as a card for an address book."""
    return _file(cards.vcard(*carried(_sheet(place_id))).encode(), "text/vcard", "service.vcf")


@bp.get("/directory/<uuid:place_id>/hours.ics")
@requires(Permission.DIRECTORY_READ)
def calendar(place_id: UUID) -> Response:
    """The opening hours of one service as a calendar."""
    now = clock.now()
    _owner, service = carried(_sheet(place_id))
    frame = calendars.Frame(clock.today(), now, queries.public_holidays(now), gettext)
    return _file(calendars.write([service], frame), "text/calendar", "hours.ics")


@bp.get("/directory/<uuid:place_id>/sheet.pdf")
@requires(Permission.DIRECTORY_READ)
def service_sheet(place_id: UUID) -> Response:
    """One service on one page for caseworkers."""
    language = _language()
    content = sheet_documents.service_pdf(
        _sheet(place_id, language),
        language=language,
        address=url_for("providers.show", place_id=place_id, _external=True),
        printed_at=clock.now(),
    )
    return _file(content, "application/pdf", f"service-{language}.pdf", kind="inline")


@bp.get("/directory/places/<pcode>/services.pdf")
@requires(Permission.DIRECTORY_READ)
def place_sheet(pcode: str) -> Response:
    """The services of a region, département or arrondissement that the reader may see, by need."""
    language, now = _language(), clock.now()
    known = queries.snapshot(now).places
    if pcode not in known:
        abort(404)
    one = known[pcode]
    name = one.name_en if language == "en" and one.name_en else one.name
    content = sheet_documents.around_pdf(name, around(pcode, actor(), now), language=language, printed_at=now)
    return _file(content, "application/pdf", f"services-{pcode}-{language}.pdf", kind="inline")


def _language() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in current_app.config["SETTINGS"].languages else page_language()


def _sheet(place_id: UUID, language: str = "") -> Sheet:
    """The entry, where the reader may see it."""
    place = db.session.scalar(queries.visible_places(actor()).where(ServiceAtLocation.id == place_id))
    shown = queries.sheet(place, actor(), clock.now(), language or page_language()) if place else None
    if shown is None:
        abort(404)
    return shown


def _file(content: bytes, kind_of: str, name: str, *, kind: str = "attachment") -> Response:
    response = Response(content, mimetype=kind_of)
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
