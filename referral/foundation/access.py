"""Denied unless declared: every endpoint says what it needs, and the application refuses to start when one does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, g, request
from flask_login import current_user

from referral.foundation.grants import Permission, Role, Scope, scope_of

View = TypeVar("View", bound=Callable[..., Any])


class Actor(Protocol):
    """Who acts: a signed-in user, as far as the foundation needs to know them."""

    id: UUID
    role: Role
    organization_id: UUID | None


@dataclass(frozen=True, slots=True)
class Access:
    """What an endpoint declares.

    `reads_person`: a GET that leaves an audit line, so its transaction writes. `uploads`: files may come with it, so
    its body may be larger than a page's.
    """

    permission: Permission | None
    reads_person: bool = False
    uploads: bool = False


class UndeclaredEndpoint(RuntimeError):
    """The application must not start: an endpoint says nothing about who may call it."""


PUBLIC = Access(permission=None)


def declare(access: Access) -> Callable[[View], View]:
    """Attach a declaration to a view; see `requires` and `public`."""

    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def requires(permission: Permission, *, reads_person: bool = False, uploads: bool = False) -> Callable[[View], View]:
    """Only roles with a grant for `permission` reach this view; which rows they see is the query's business."""
    return declare(Access(permission, reads_person, uploads))


def public(view: View) -> View:
    """Anybody may call this view, signed in or not."""
    return declare(PUBLIC)(view)


def access_of(app: Flask, endpoint: str) -> Access | None:
    """The declaration of an endpoint, or None."""
    return getattr(app.view_functions.get(endpoint), "access", None)


def check_declarations(app: Flask) -> None:
    """Raise `UndeclaredEndpoint` when an endpoint declares nothing."""
    declare(PUBLIC)(app.view_functions["static"])
    missing = sorted({rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None})
    if missing:
        raise UndeclaredEndpoint("endpoints without @requires or @public: " + ", ".join(missing))


def make_room() -> None:
    """Before anything reads the body: larger ones only where files are expected, from somebody who may send them."""
    access = access_of(current_app, request.endpoint or "")
    files = request.mimetype == "multipart/form-data"
    if files and access is not None and access.uploads and access.permission is not None and can(access.permission):
        request.max_content_length = largest_body()


def largest_body() -> int:
    """Bytes that a request with files may have: those of the files, and a page's around them."""
    together: int = current_app.config["SETTINGS"].upload_limits.together
    usual: int = current_app.config["MAX_CONTENT_LENGTH"]
    return together + usual


def guard() -> Any:
    """Before each request: a stranger meets the sign-in page, a role without the grant meets 404, never 403."""
    if request.endpoint is None:
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        abort(404)
    if access.permission is None:
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if scope_of(current_user.role, access.permission) is Scope.NONE:
        abort(404)
    return None


def actor() -> Any:
    """The signed-in user of this request (an `Actor`; the partners' `User` row)."""
    if "actor" not in g:
        g.actor = current_user._get_current_object()  # noqa: SLF001 - werkzeug's public way to unwrap a proxy
    return g.actor


def can(permission: Permission) -> bool:
    """Whether the signed-in user's role has any grant for `permission` (for navigation and buttons)."""
    return bool(current_user.is_authenticated) and scope_of(current_user.role, permission) is not Scope.NONE
