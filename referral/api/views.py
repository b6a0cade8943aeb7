"""The directory as Open Referral HSDS 3.1 serves it. Everybody may ask; everybody gets the same: what is public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, current_app
from flask_babel import gettext as _
from flask_smorest import Api

from directory import hsds_profile
from referral import errors
from referral.api import answers, problems, queries
from referral.api.description import ABOUT, CODES, components
from referral.api.gate import JsonBlueprint, count
from referral.api.problems import address
from referral.api.schemas import (
    Asked,
    LanguageSchema,
    OrganizationSearchSchema,
    OrganizationsSchema,
    PlaceSearchSchema,
    PlacesSchema,
    ProfileSchema,
    ServiceSearchSchema,
    ServicesSchema,
    TaxonomiesSchema,
    TermsSchema,
)
from referral.extensions import csrf
from referral.foundation import clock
from referral.foundation.access import public

PREFIX = "/api/directory"
View = Callable[..., Any]
bp = JsonBlueprint("api", __name__, url_prefix=PREFIX, description="The directory in the words of HSDS 3.1.")
csrf.exempt(bp)  # nothing is changed here, and nobody signs in
bp.before_request(count)
bp.register_error_handler(problems.Refused, lambda error: problems.refused(error.errors))
bp.register_error_handler(queries.Wrong, lambda error: problems.wrong(error.field, error.message))
bp.register_error_handler(queries.NoSuchPlace, lambda error: problems.nowhere(error.message))
bp.register_error_handler(queries.Replaced, lambda error: problems.replaced(error.organization_id, error.successor))
bp.register_error_handler(queries.Ended, lambda error: problems.ended(error.service_id, error.successor))
bp.register_error_handler(queries.Missing, lambda _error: errors.page(404))


class DirectoryApi(Api):
    """The library's description of the API; what is said of errors is ours (see `problems`)."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """The house has its own."""


def init_app(app: Flask) -> None:
    """Add the API and its description to the application."""
    errors.VOICES["/api/"] = problems.voice
    settings = app.config["SETTINGS"]
    about = {
        "title": "Directory of services (HSDS-CM)", "version": hsds_profile.VERSION, "openapi_version": "3.1.0",
        "info": ABOUT, "servers": [{"url": settings.base_url}],
    }  # fmt: skip
    api = DirectoryApi(app, spec_kwargs=about)
    for name, schema in components().items():
        api.spec.components.schema(name, schema)
    api.register_blueprint(bp)
    app.extensions["mnr.openapi"] = api.spec.to_dict()


def serves(rule: str, gives: str, *codes: int, takes: type | None = None, post: bool = False) -> Callable[[View], View]:
    """An endpoint that everybody may call: the component that it gives, refusals that it may answer with."""

    def made(view: View) -> View:
        for code in (*codes, 429):
            said = {} if code == 304 else {"schema": "Problem", "content_type": problems.MEDIA}
            view = bp.alt_response(code, description=CODES[code], **said)(view)
        view = bp.response(200, gives, description=CODES[200])(view)
        if takes is not None:
            view = bp.arguments(takes, location="json" if post else "query")(view)
        return bp.route(rule, methods=["POST" if post else "GET"])(public(view))

    return made


@serves("/", "Base", 304)
def base() -> Response:
    """Version, profile and description of this API."""
    name: str = current_app.config["SETTINGS"].product_name
    return answers.document({
        "version": hsds_profile.HSDS_VERSION, "profile": address("api.profile"), "openapi_url": address("api.openapi"),
        "description": _("Public services of the national referral mechanism"), "publisher": {"name": name},
    })  # fmt: skip


@serves("/openapi.json", "Description", 304)
def openapi() -> Response:
    """This API as OpenAPI 3.1."""
    return answers.document(current_app.extensions["mnr.openapi"])


@serves("/profile/", "Profile", 304)
def profile() -> Response:
    """The national profile: what it adds to HSDS, and where its merge patches are."""
    named = {name: address("api.patch", name=name) for name in sorted(hsds_profile.PATCHES)}
    return answers.document({
        "name": hsds_profile.NAME, "version": hsds_profile.VERSION, "hsds_version": hsds_profile.HSDS_VERSION,
        "standard": "https://docs.openreferral.org/", "license": "CC-BY-SA-4.0", "patches": named,
    })  # fmt: skip


@serves("/profile/schema/<string:name>", "Patch", 304, 404)
def patch(name: str) -> Response:
    """A JSON merge patch (RFC 7396) to the HSDS schema of the same file name."""
    if name not in hsds_profile.PATCHES:
        abort(404)
    return answers.document(hsds_profile.PATCHES[name])


@serves("/services", "ServicePage", 304, 422, takes=ServicesSchema)
def services(asked: Asked) -> Response:
    """The services, by id."""
    return answers.many(queries.services(asked, clock.now()), asked)


@serves("/services", "ServicePage", 400, 404, 415, 422, takes=ServiceSearchSchema, post=True)
def search_services(asked: Asked) -> Response:
    """The services that take a person, or may: what is asked stays in the body.

    With a need, a place or a person, each service says in the national profile whether it fits (`yes`) or must be
    verified (`unknown`); those that are known not to fit are left out. Nothing of the question is kept.
    """
    return answers.many(queries.services(asked, clock.now()), asked)


@serves("/services/<uuid:service_id>", "Service", 304, 404, 410, 422, takes=ProfileSchema)
def service(asked: Asked, service_id: UUID) -> Response:
    """One service with all that belongs to it."""
    return answers.one(queries.service(service_id, asked, clock.now()))


@serves("/service_at_locations", "ServiceAtLocationPage", 304, 422, takes=PlacesSchema)
def places(asked: Asked) -> Response:
    """The services at their locations, by id."""
    return answers.many(queries.places(asked, clock.now()), asked)


@serves("/service_at_locations", "ServiceAtLocationPage", 400, 415, 422, takes=PlaceSearchSchema, post=True)
def search_places(asked: Asked) -> Response:
    """The same, asked in the body."""
    return answers.many(queries.places(asked, clock.now()), asked)


@serves("/service_at_locations/<uuid:place_id>", "ServiceAtLocation", 304, 404, 410, 422, takes=ProfileSchema)
def place(asked: Asked, place_id: UUID) -> Response:
    """One service at one location with all that belongs to it."""
    return answers.one(queries.place(place_id, asked, clock.now()))


@serves("/organizations", "OrganizationPage", 304, 422, takes=OrganizationsSchema)
def organizations(asked: Asked) -> Response:
    """The organisations that have a public service, by id."""
    return answers.many(queries.organizations(asked, clock.now()), asked)


@serves("/organizations", "OrganizationPage", 400, 415, 422, takes=OrganizationSearchSchema, post=True)
def search_organizations(asked: Asked) -> Response:
    """The same, asked in the body."""
    return answers.many(queries.organizations(asked, clock.now()), asked)


@serves("/organizations/<uuid:organization_id>", "Organization", 304, 404, 410, 422, takes=ProfileSchema)
def organization(asked: Asked, organization_id: UUID) -> Response:
    """One organisation with the ids and names of its services."""
    return answers.one(queries.organization(organization_id, asked))


@serves("/taxonomies", "TaxonomyPage", 304, 422, takes=TaxonomiesSchema)
def taxonomies(asked: Asked) -> Response:
    """The taxonomies: the national code lists are one."""
    return answers.many(queries.taxonomies(asked, address("api.terms")), asked)


@serves("/taxonomies/<uuid:taxonomy_id>", "Taxonomy", 304, 404, 422, takes=ProfileSchema)
def taxonomy(asked: Asked, taxonomy_id: UUID) -> Response:  # noqa: ARG001 - it reads the same in both profiles
    """One taxonomy."""
    return answers.one(queries.taxonomy(taxonomy_id, address("api.terms")))


@serves("/taxonomy_terms", "TaxonomyTermPage", 304, 422, takes=TermsSchema)
def terms(asked: Asked) -> Response:
    """The terms: needs, types of service, audiences, each under its kind."""
    return answers.many(queries.terms(asked), asked)


@serves("/taxonomy_terms/<uuid:term_id>", "TaxonomyTerm", 304, 404, 422, takes=LanguageSchema)
def term(asked: Asked, term_id: UUID) -> Response:
    """One term."""
    return answers.one(queries.term(term_id, asked))
