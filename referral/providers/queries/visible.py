"""Which entries an actor may see and which they may edit."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, false, or_, select

from directory.taxonomy import Visibility
from referral.foundation.access import Actor
from referral.foundation.grants import Permission, Scope, scope_of
from referral.providers.models import Service, ServiceAtLocation, ServiceStaff

OPEN_TO_ALL = (Visibility.PUBLIC, Visibility.NETWORK)


def visible_services(actor: Actor) -> Select[Service]:
    """Services of the network; those kept to named people only for their staff and their organisation."""
    if scope_of(actor.role, Permission.DIRECTORY_READ) is Scope.NONE:
        return select(Service).where(false())
    return select(Service).where(
        Service.archived.is_(False),
        or_(
            Service.visibility.in_(OPEN_TO_ALL),
            Service.organization_id == actor.organization_id,
            Service.id.in_(select(ServiceStaff.service_id).where(ServiceStaff.user_id == actor.id)),
        ),
    )


def visible_places(actor: Actor) -> Select[ServiceAtLocation]:
    """The same at their places."""
    services = visible_services(actor).with_only_columns(Service.id)
    return select(ServiceAtLocation).where(
        ServiceAtLocation.archived.is_(False), ServiceAtLocation.service_id.in_(services)
    )


def named_services(actor: Actor) -> Select[UUID]:
    """Ids of the services that `actor` may see although they are kept to named people."""
    return visible_services(actor).where(Service.visibility == Visibility.RESTRICTED).with_only_columns(Service.id)


def imported_before(source: str) -> Select[str, int]:
    """Ids there and versions of a source's services that we have; one for which another entry stands is no new one."""
    listed = or_(Service.archived.is_(False), Service.replaced_by_id.is_not(None))
    return select(Service.source_id, Service.version).where(Service.source == source, listed)


def editable_places(actor: Actor) -> Select[ServiceAtLocation]:
    """Entries of the own organisation, for those who keep them up to date."""
    query = select(ServiceAtLocation).join(ServiceAtLocation.service)
    if scope_of(actor.role, Permission.DIRECTORY_COORDINATE) is Scope.ALL:
        # What is kept to named people stays with them: the coordination proposes through the organisation.
        return query.where(
            Service.visibility.in_(OPEN_TO_ALL), Service.archived.is_(False), ServiceAtLocation.archived.is_(False)
        )
    if scope_of(actor.role, Permission.DIRECTORY_EDIT) is not Scope.ORGANIZATION or actor.organization_id is None:
        return query.where(false())
    return query.where(
        Service.organization_id == actor.organization_id,
        Service.archived.is_(False),
        ServiceAtLocation.archived.is_(False),
    )
