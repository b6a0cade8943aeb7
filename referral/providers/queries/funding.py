"""Who pays for services, as far as their sources say, and how many services are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from directory.fields import sources
from referral.extensions import db
from referral.providers.coverage_models import CoverageTarget
from referral.providers.models import SourceDocument
from referral.providers.queries.whole import Whole, documents_of

DEPARTEMENT = 2
LONGEST = 200


def funders(services: Iterable[Whole]) -> dict[str, tuple[str, ...]]:
    """The names of the funders of each service by its id: as its source says it, else its organisation of itself.

    What a source sent is HSDS `funding`, kept as it came; where an organisation says nothing itself, that of its own
    source is taken. Of a service with a hidden place nothing of all that is told.
    """
    own, organizations = documents_of("service"), documents_of("organization")
    found: dict[str, tuple[str, ...]] = {}
    for one in services:
        if one.hidden:
            continue
        named = (
            _kept(own.get(UUID(one.service.id))), one.organization.funders,
            _kept(organizations.get(UUID(one.organization.id))),
        )  # fmt: skip
        if name := next(filter(None, named), None):
            found[one.service.id] = name
    return found


def _kept(row: SourceDocument | None) -> tuple[str, ...]:
    document: Any = row.document if row is not None else None
    return tuple(name[:LONGEST] for name in sources(document)) if isinstance(document, Mapping) else ()


def targets() -> dict[str, int]:
    """How many usable services of a need every département should have, where somebody set it."""
    query = select(CoverageTarget.need, CoverageTarget.minimum).where(CoverageTarget.level == DEPARTEMENT)
    return {row.need.value: row.minimum for row in db.session.execute(query)}
