"""The directory on paper: a leaflet for the person, the booklet of a region."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, current_app, request, url_for
from flask_babel import force_locale
from sqlalchemy.orm import selectinload

from directory.leaflet import LANGUAGES
from directory.taxonomy import Visibility
from referral.consent.queries.translations import leaflet_words
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import in_language, page_language, translate
from referral.providers import documents, queries
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.queries.area_notices import notices_near
from referral.providers.queries.listing import in_region
from referral.providers.queries.sheets import Sheet
from referral.providers.views import bp
from sop.places import load_places
from sop.vocabulary import NEED_LABELS


@bp.get("/directory/<uuid:place_id>/leaflet.pdf")
@requires(Permission.DIRECTORY_READ)
def leaflet(place_id: UUID) -> Response:
    """One service on one page for the person, in one of five languages."""
    asked = request.args.get("lang", "")
    language = asked if asked in LANGUAGES else page_language()
    place = db.session.scalar(queries.visible_places(actor()).where(ServiceAtLocation.id == place_id))
    shown = queries.sheet(place, actor(), clock.now(), documents.frame_language(language)) if place else None
    if shown is None:
        abort(404)
    content = documents.leaflet_pdf(shown, leaflet_words(language), language=language, printed_at=clock.now())
    return _pdf(content, f"leaflet-{language}")


@bp.get("/directory/regions/<pcode>/booklet.pdf")
@requires(Permission.DIRECTORY_READ)
def booklet(pcode: str) -> Response:
    """Every public service of a region, by need."""
    regions = {one.pcode: one for one in load_places(current_app.config["SETTINGS"].country).regions}
    if pcode not in regions:
        abort(404)
    asked = request.args.get("lang", "")
    language = asked if asked in current_app.config["SETTINGS"].languages else page_language()
    entries = _entries(pcode, language)
    with force_locale(language):
        titles = {need: str(translate(label)) for need, label in NEED_LABELS.items()}
    chapters = [
        (title, [(one, _address(one.place.id)) for one in entries if need.value in one.place.service.needs])
        for need, title in titles.items()
    ]
    content = documents.booklet_pdf(
        in_language(regions[pcode].name, language),
        [(title, found) for title, found in chapters if found],
        language=language,
        printed_at=clock.now(),
        notices=notices_near(queries.snapshot(clock.now()).area_notices, pcode),
    )
    return _pdf(content, f"directory-{pcode}-{language}")


def _entries(pcode: str, language: str) -> list[Sheet]:
    """The entries that a paper may hold which lies about: open to the public, under way, by name."""
    now, who = clock.now(), actor()
    query = queries.visible_places(who).join(Service, ServiceAtLocation.service_id == Service.id)
    query = query.where(Service.visibility == Visibility.PUBLIC).options(selectinload(ServiceAtLocation.contacts))
    sheets = (queries.sheet(place, who, now, language) for place in db.session.scalars(query))
    found = [one for one in sheets if one is not None and not one.offer.suspended and in_region(one.offer, pcode)]
    return sorted(found, key=lambda one: (one.offer.name, str(one.place.id)))


def _address(place_id: UUID) -> str:
    return url_for("providers.show", place_id=place_id, _external=True)


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
