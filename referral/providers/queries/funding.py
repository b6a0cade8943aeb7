"""Who pays for services, as far as their sources say, and how many services are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from referral.extensions import db
from referral.providers.coverage_models import CoverageTarget
from referral.providers.queries.whole import Whole, documents_of

DEPARTEMENT = 2
LONGEST = 200


def funders(services: Iterable[Whole]) -> dict[str, tuple[str, ...]]:
    """The names of the funders of each service by its id, from HSDS `funding` of the service, else its organisation.

    The directory has no column of its own for them: what a source sent is kept as it came. Of a service with a hidden
    place nothing of that is read.
    """
    own, organizations = documents_of("service"), documents_of("organization")
    found: dict[str, tuple[str, ...]] = {}
    for one in services:
        if one.hidden:
            continue
        kept = own.get(UUID(one.service.id)), organizations.get(UUID(one.organization.id))
        named = [_named(row.document) for row in kept if row is not None]
        if name := next((names for names in named if names), None):
            found[one.service.id] = name
    return found


def _named(document: Any) -> tuple[str, ...]:
    rows = document.get("funding") if isinstance(document, Mapping) else None
    if not isinstance(rows, list):
        return ()
    names = (one.get("source") for one in rows if isinstance(one, Mapping))
    return tuple(dict.fromkeys(one.strip()[:LONGEST] for one in names if isinstance(one, str) and one.strip()))


def targets() -> dict[str, int]:
    """How many usable services of a need every département should have, where somebody set it."""
    query = select(CoverageTarget.need, CoverageTarget.minimum).where(CoverageTarget.level == DEPARTEMENT)
    return {row.need.value: row.minimum for row in db.session.execute(query)}
