"""Denied unless declared: the application does not start with an endpoint that says nothing, and 403 is never said."""

from __future__ import annotations

import pytest
from flask import Flask

from referral.foundation.access import UndeclaredEndpoint, access_of, check_declarations, public, requires
from referral.foundation.grants import GRANTS, Permission, Role, Scope, scope_of
from tests.builders import make_organization, make_user
from tests.page_client import PageClient

PUBLIC = {
    "language", "static", "partners.home", "partners.sign_in", "partners.sign_in_post", "partners.sign_in_code",
    "partners.health", "partners.security_text",
    "providers.link", "providers.link_confirm", "providers.link_correct",
    "rights.linked_file", "rights.linked_file_pdf", "rights.linked_proof", "rights.open_linked_file",
    "rights.withdraw_by_link",
    "openrosa.form_list", "openrosa.form", "openrosa.manifest", "openrosa.media", "openrosa.announce",
    "openrosa.submission",
    "api.base", "api.openapi", "api.profile", "api.patch", "api.services", "api.search_services", "api.service",
    "api.places", "api.search_places", "api.place", "api.organizations", "api.search_organizations", "api.organization",
    "api.taxonomies", "api.taxonomy", "api.terms", "api.term",
    "offline.index", "offline.page", "offline.worker", "offline.manifest", "offline.session",
}  # fmt: skip
"""Without a session; those of phones ask for the key of a phone themselves."""


def small_app() -> Flask:
    app = Flask("small")
    public(app.view_functions["static"])
    return app


def test_an_endpoint_without_a_declaration_stops_the_start_and_is_named() -> None:
    app = small_app()
    app.add_url_rule("/open", "open", public(lambda: ""))
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(UndeclaredEndpoint, match="forgotten"):
        check_declarations(app)


def test_declared_endpoints_may_start() -> None:
    app = small_app()
    app.add_url_rule("/read", "read", requires(Permission.CASE_READ)(lambda: ""))
    check_declarations(app)


def test_only_these_pages_are_open_to_strangers(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {name for name in endpoints if access_of(app, name).permission is None} == PUBLIC


def test_every_declared_permission_is_one_that_some_role_has(app: Flask) -> None:
    asked = {access_of(app, rule.endpoint).permission for rule in app.url_map.iter_rules()} - {None}
    granted = {permission for table in GRANTS.values() for permission in table}
    assert asked <= granted


@pytest.mark.parametrize("role", list(Role))
def test_a_page_without_a_grant_is_not_there(app: Flask, client: PageClient, role: Role) -> None:
    with app.app_context():
        make_user(role, make_organization(), "somebody")
        from referral.extensions import db

        db.session.commit()
    client.sign_in("somebody")
    for url, permission in (
        ("/accounts", Permission.USER_READ),
        ("/audit", Permission.AUDIT_READ),
        ("/outbox", Permission.OUTBOX_READ),
    ):
        expected = 404 if scope_of(role, permission) is Scope.NONE else 200
        assert client.get(url).status == expected, url


def test_a_stranger_is_asked_to_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/register")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/register")
