"""A service says anew when it changed when what is read with it did: its organisation, its places, its vacancies.

Whoever follows the public API by `modified_after` reads both inside the service. Every way of writing goes through
here (a form, an approval, an undo, an import), because the session itself is asked what it wrote.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, inspect, select, update
from sqlalchemy.orm import Session

from referral.foundation import clock
from referral.partners.models import Organization
from referral.providers.models import Location, Service, ServiceAtLocation
from referral.providers.private_models import Vacancy
from referral.providers.rules import ORGANIZATION_FIELDS

SAID: dict[type[Any], frozenset[str]] = {
    Organization: frozenset(ORGANIZATION_FIELDS) | {"type"},
    Location: frozenset(Location.__table__.columns.keys()) - {"id", "source", "source_id"},
}
AT_ONCE = 500


def tell(session: Session) -> None:
    """Move `last_modified` of the services whose organisation, location or vacancy this flush wrote."""
    found = {model: [one.id for one in session.dirty if _changed(one, model, names)] for model, names in SAID.items()}
    for keys in _parts(found[Organization]):
        _move(session, Service.organization_id.in_(keys))
    for keys in _parts(found[Location]):
        here = select(ServiceAtLocation.service_id).where(ServiceAtLocation.location_id.in_(keys))
        _move(session, Service.id.in_(here))
    written = (one for rows in (session.new, session.dirty) for one in rows if isinstance(one, Vacancy))
    for keys in _parts(list({one.place_id for one in written})):
        here = select(ServiceAtLocation.service_id).where(ServiceAtLocation.id.in_(keys))
        _move(session, Service.id.in_(here))


def _changed(row: Any, model: type[Any], names: Collection[str]) -> bool:
    if not isinstance(row, model):
        return False
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in names)


def _parts(keys: list[UUID]) -> list[list[UUID]]:
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]


def _move(session: Session, which: ColumnElement[bool]) -> None:
    """The table itself is written: the version stays, so a form that a keeper has open is not stale because of it."""
    now = clock.now()
    live = (Service.archived.is_(False), Service.last_modified < now)
    session.connection().execute(update(Service).where(which, *live).values(last_modified=now))
