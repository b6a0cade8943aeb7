"""By which signs a document of a feed is known for what it is."""

from __future__ import annotations

from typing import Any

from directory.vocabulary import N_

LOOKS_LIKE = (
    ("service_id", N_("this is a service at a location, not a service")),
    ("taxonomy_detail", N_("this is a taxonomy term, not a service")),
    ("location", N_("this is a service at a location, not a service")),
)

ALONE = {"location": ("location_type",), "organization": ("organization_identifiers", "website", "legal_status")}
"""Signs of a document that is no service but may come by itself."""


def standing(row: Any) -> str:
    """Whether a row is an `organization` or a `location` that stands by itself; empty for anything else.

    >>> standing({"id": "1", "website": "https://exemple.cm"}), standing({"id": "1", "status": "active"})
    ('organization', '')
    """
    if not isinstance(row, dict) or "status" in row or "organization" in row or "organization_id" in row:
        return "location" if isinstance(row, dict) and "location_type" in row else ""
    return next((kind for kind, marks in ALONE.items() if any(mark in row for mark in marks)), "")


SIGNS = frozenset(
    {"organization", "organization_id", "service_at_locations", "attributes", "email", "phones", "schedules", "url"}
)
"""Without a status, one of these must be there."""
