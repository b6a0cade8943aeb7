"""The name under which the directory shows an organisation; one question to the database a request."""

from __future__ import annotations

from uuid import UUID

from flask import g, has_request_context

from referral.partners.models import Organization
from referral.providers.queries.bodies import shown_names


def house(one: Organization) -> str:
    """The name of the organisation, or of the one that is shown for it."""
    return shown_as(one.id, one.name)


def shown_as(organization_id: UUID, name: str) -> str:
    """The name that an organisation is shown by, where its own is known already."""
    if not has_request_context():
        return shown_names().get(organization_id, name)
    if "shown_names" not in g:
        g.shown_names = shown_names()
    return str(g.shown_names.get(organization_id, name))
