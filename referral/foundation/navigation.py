"""The top bar: what each role finds there, and the account menu. Links to pages that do not exist are not shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from referral.foundation.grants import Permission, Role, Scope, scope_of
from sop.vocabulary import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the endpoint it opens, its label (a message id), the blueprints or endpoints that light it up.

    `seldom`: shown only while the page has something for the user (`only_when`).
    """

    endpoint: str
    label: str
    lights: tuple[str, ...] = ()
    seldom: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as a page shows it."""

    url: str
    label: str
    active: bool = False
    exact: bool = False


CASES = Entry(
    "cases.index",
    N_("My cases"),
    ("cases", "people", "consent", "referrals", *(
        f"identification.{one}" for one in ("case_forms", "case_form", "uncover_case_form", "case_files")
    )),
)  # fmt: skip
DUPLICATES = Entry("people.pairs", N_("Duplicates"), tuple(f"people.{one}" for one in ("pair", "join", "undo")))
ALERTS = Entry("cases.alerts", N_("Alerts"))
IDENTIFICATION = Entry("identification.index", N_("Identifications"), ("identification",))
TRANSLATIONS = ("consent.translations", "consent.translation", "consent.leaflet_words")
DIRECTORY = Entry("providers.index", N_("Directory"), ("providers", *TRANSLATIONS))
PROCEDURE = Entry("procedures.index", N_("Procedure"), ("procedures",))
INBOX = Entry("referrals.inbox", N_("Inbox"), ("referrals",))
OWN_ENTRY = Entry(
    "providers.own",
    N_("My entry"),
    ("providers.edit_hours", "providers.edit_capacity", "providers.edit_contacts", "providers.edit_service"),
)
MISCONDUCT = Entry("providers.misconduct", N_("Misconduct"), ("providers.misconduct_report",))
AGREEMENTS = Entry(
    "partners.agreements",
    N_("Agreements"),
    tuple(f"partners.{one}" for one in ("matrix", "agreement", "new_agreement", "edit_agreement", "move_agreement",
          "suspend_agreement", "activate_agreement", "sign_agreement", "scan_agreement", "amend_agreement")),
)  # fmt: skip
STATISTICS = Entry("statistics.dashboard", N_("Statistics"), ("statistics",))
ACCESSES = Entry("consent.register", N_("Register"), ("consent",))
STOPS = Entry("rights.stops", N_("Data to destroy"))
STOPS_IF_ANY = Entry("rights.stops", N_("Data to destroy"), seldom=True)
RIGHTS = Entry("rights.officer", N_("Rights"), ("rights", *TRANSLATIONS))
EMERGENCY = Entry("consent.emergency", N_("Emergency"), ("consent.emergency_access", "consent.emergency_renew"))
EMERGENCIES = Entry("consent.emergencies", N_("Emergency accesses"), ("consent.emergency_review",))
AUDIT = Entry("consent.audit", N_("Audit trail"))
ACCOUNTS = Entry("partners.accounts", N_("Accounts"))
OUTBOX = Entry("partners.outbox", N_("Outgoing notices"))

MENUS: Mapping[Role, tuple[Entry, ...]] = {
    Role.FIRST_RESPONDER: (IDENTIFICATION, EMERGENCY, STOPS_IF_ANY, DIRECTORY, PROCEDURE),
    Role.CASE_MANAGER: (CASES, IDENTIFICATION, STOPS_IF_ANY, DIRECTORY, PROCEDURE),
    Role.SUPERVISOR: (CASES, DUPLICATES, EMERGENCIES, STOPS_IF_ANY, DIRECTORY, AGREEMENTS, PROCEDURE),
    Role.PROVIDER: (INBOX, EMERGENCY, STOPS, OWN_ENTRY, DIRECTORY, AGREEMENTS, PROCEDURE),
    Role.COORDINATOR: (ALERTS, DUPLICATES, STATISTICS, DIRECTORY, AGREEMENTS, PROCEDURE),
    Role.COMMITTEE: (STATISTICS, DIRECTORY, AGREEMENTS, PROCEDURE),
    Role.DATA_OFFICER: (ACCESSES, AUDIT, RIGHTS, MISCONDUCT, AGREEMENTS, PROCEDURE),
    Role.ADMINISTRATOR: (ACCOUNTS, OUTBOX),
}
ACCOUNT_LINKS = (Entry("partners.account", N_("My account")),)
SIGN_OUT = "partners.sign_out"
SEARCH = "people.search"


_WHEN: dict[str, Callable[[Any], bool]] = {}


def only_when(endpoint: str, has_something: Callable[[Any], bool]) -> None:
    """Say for a seldom entry whether its page has something for a user; its blueprint knows."""
    _WHEN[endpoint] = has_something


def init_app(app: Flask) -> None:
    """Give templates `navigation()`, `account()`, `search_url()` and `url_of(endpoint)`."""
    app.jinja_env.globals.update(navigation=navigation, account=account, url_of=url_of, search_url=search_url)


def url_of(endpoint: str, **values: Any) -> str | None:
    """The URL of an endpoint, or None when the application has no such page."""
    if values or not request:
        return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
    known: dict[tuple[str, str], str | None] = current_app.extensions.setdefault("mnr.addresses", {})
    key = (request.script_root, endpoint)
    if key not in known:
        known[key] = url_for(endpoint) if endpoint in current_app.view_functions else None
    return known[key]


def navigation() -> list[Link]:
    """The entries of the signed-in user's role."""
    user = _user()
    if user is None:
        return []
    here = (request.endpoint or "").removesuffix("_post")
    exact = {name for entry in MENUS[user.role] for name in (entry.endpoint, *entry.lights)}
    links = []
    for entry in MENUS[user.role]:
        url = url_of(entry.endpoint)
        if url is not None and (not entry.seldom or _WHEN[entry.endpoint](user)):
            named = here == entry.endpoint or here in entry.lights
            lit = named or (here not in exact and request.blueprint in entry.lights)
            links.append(Link(url, entry.label, active=lit, exact=here == entry.endpoint))
    return links


def search_url() -> str | None:
    """Where the search is, for users whose role has something to find."""
    user = _user()
    may = user is not None and scope_of(user.role, Permission.PROCEDURE_READ) is not Scope.NONE
    return url_of(SEARCH) if may else None


def account() -> dict[str, Any] | None:
    """The account menu: name, role, organisation, links; None for a stranger."""
    user = _user()
    if user is None:
        return None
    links = [Link(url, entry.label) for entry in ACCOUNT_LINKS if (url := url_of(entry.endpoint)) is not None]
    return {
        "name": user.full_name,
        "role": user.role.label,
        "organization": user.organization.name if user.organization else "",
        "links": links,
        "sign_out": url_of(SIGN_OUT),
    }


def _user() -> Any:
    """The signed-in user; None for a stranger, or when the database cannot be asked."""
    try:
        return current_user if current_user.is_authenticated else None
    except SQLAlchemyError:
        return None
