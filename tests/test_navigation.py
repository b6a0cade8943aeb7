"""The top bar leads everybody to pages that are theirs, and every first page is in somebody's top bar."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.navigation import ACCOUNT_LINKS, MENUS, SEARCH, SIGN_OUT
from tests.builders import make_organization, make_procedure, make_user
from tests.page_client import PageClient

EXCEPTIONS = {
    "static": "files",
    "language": "the language switch",
    "providers.workbook_file": "a file of the imports",
    "providers.search": "reached from the directory",
    "partners.home": "leads to the role's first page",
    "partners.sign_in": "for strangers",
    "partners.health": "for machines",
    "partners.security_text": "for finders of weaknesses",
    "identification.phones": "a button of the own account",
    "openrosa.form_list": "for phones",
    "api.base": "for other directories",
    "api.openapi": "for other directories",
    "api.profile": "for other directories",
    "api.services": "for other directories",
    "api.places": "for other directories",
    "api.organizations": "for other directories",
    "api.taxonomies": "for other directories",
    "api.terms": "for other directories",
    "offline.index": "a button of the identifications",
    "offline.worker": "for the browser",
    "offline.manifest": "for the browser",
    "offline.session": "for the script of the page without a network",
    "offline.kit": "for the script of the page without a network",
    "people.search": "the search field of the top bar",
    "identification.person_lists": "a link of the page of identifications",
    "identification.list_model": "a button of the page of lists",
    "cases.searches": "a link of the list of cases",
    "identification.new": "the button of the identifications",
    "providers.upkeep": "a button of the directory, for the coordination",
    "providers.proposals": "a tab of the directory’s upkeep",
    "providers.reports": "a tab of the directory’s upkeep; for others a link of the directory",
    "providers.closed": "a tab of the directory’s upkeep",
    "providers.doubles": "a tab of the directory’s upkeep",
    "providers.confirm_all": "a button of the own entries",
    "providers.new_entry": "a link of the directory and a button of the own entries",
    "providers.campaigns": "a tab of the directory’s upkeep",
    "providers.autonomy": "a tab of the directory’s upkeep",
    "providers.area_notices": "a tab of the directory’s upkeep",
    "providers.coverage": "a link of the directory, for the coordination and the committee",
    "providers.punctuality": "a tab of coverage, a button of the statistics",
    "providers.undertakings": "a tab of coverage",
    "providers.coverage_overlaps": "a tab of coverage",
    "providers.coverage_targets": "a tab of coverage",
    "providers.mandates": "a tab of coverage",
    "providers.what_if": "a tab of coverage",
    "providers.coverage_months": "a tab of coverage",
    "providers.calendar_periods": "a tab of the directory’s upkeep",
    "providers.imports": "a tab of the directory’s upkeep",
    "partners.matrix": "a button of the list of agreements",
    "partners.new_agreement": "a button of the list of agreements",
    "rights.processing": "a button of rights and registers",
    "rights.register_workbook": "a file of the register of processing",
    "rights.holds": "a button of rights and registers",
    "rights.breaches": "a button of rights and registers",
    "rights.assessment": "a button of rights and registers",
    "procedures.forms": "a tab of the procedure",
    "procedures.new_form": "a button of the list of forms",
    "procedures.versions": "a tab of the procedure",
    "procedures.new_version": "a button of the list of versions",
    "procedures.import_drawing": "a button of the list of versions",
    "consent.emergency_register": "a link of the register",
    "consent.emergency_waiting": "a link of the alerts while there is no data officer, and of the register’s reviews",
    "consent.order_register": "a link of the register",
    "consent.order_counts": "a file of the list of requests of authorities",
    "consent.informal_request": "a link of the lists of cases and of identifications, and of a request about a case",
    "consent.translations": "a button of rights and registers, and a tab of the directory’s upkeep",
    "procedures.triage": "a tab of the procedure",
}
"""Pages without parameters that are in no menu, and why."""


def addresses(app: Flask, role: Role) -> dict[str, str]:
    """The entries of a role with their addresses; an entry without a page has none."""
    with app.test_request_context():
        return {entry.endpoint: url_for(entry.endpoint) for entry in (*MENUS[role], *ACCOUNT_LINKS)}


def test_every_role_has_a_menu() -> None:
    assert set(MENUS) == set(Role)
    assert all(MENUS.values())


@pytest.mark.parametrize("role", Role)
def test_every_entry_of_a_role_opens_for_that_role(app: Flask, client: PageClient, role: Role) -> None:
    with app.app_context():
        make_procedure()
        make_user(role, make_organization(), "somebody")
        db.session.commit()
    expected = addresses(app, role)
    client.sign_in("somebody")
    shown = set(client.get("/account").links.values())
    seldom = {entry.endpoint for entry in MENUS[role] if entry.seldom}
    for endpoint, url in expected.items():
        assert (url in shown) is (endpoint not in seldom), f"{endpoint}: in the top bar unless it has nothing yet"
        assert client.get(url).status == 200, endpoint


@pytest.mark.parametrize("role", Role)
def test_home_is_an_entry_of_the_role(app: Flask, client: PageClient, role: Role) -> None:
    with app.app_context():
        make_user(role, make_organization(), "somebody")
        db.session.commit()
    client.sign_in("somebody")
    assert client.get("/").url in addresses(app, role).values()


def test_every_page_without_parameters_is_in_a_menu_or_listed_here(app: Flask) -> None:
    pages = {
        rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set()) and not rule.arguments
    }
    assert len(pages) > 15
    listed = {entry.endpoint for menu in MENUS.values() for entry in menu}
    listed |= {entry.endpoint for entry in ACCOUNT_LINKS}
    assert pages - listed - EXCEPTIONS.keys() == set()
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert (listed | EXCEPTIONS.keys() | {SEARCH, SIGN_OUT}) - known == set()
    assert listed & EXCEPTIONS.keys() == set()
