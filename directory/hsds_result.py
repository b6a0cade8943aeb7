"""What reading a feed gives: records, the rows that were refused with their reasons, and warnings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from directory.offers import Offer
from directory.profile import Location, Organization, Service, Term
from directory.taxonomy import Status
from directory.vocabulary import Message


class Unreadable(ValueError):
    """The file as a whole cannot be read; `message` says why."""

    def __init__(self, code: str, text: str, **values: Any) -> None:
        self.message = Message(code, text, values)
        super().__init__(str(self.message))


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A refused service: its row (from 1), its id as written, the first reason, and all of them by field."""

    row: int
    id: str
    field: str
    reason: Message
    reasons: tuple[tuple[str, Message], ...]

    def told(self) -> dict[str, Any]:
        """Return it as plain data, with the messages beside their English words."""
        return {
            "row": self.row, "id": self.id, "field": self.field, "reason": str(self.reason), "message": self.reason,
            "reasons": [f"{name}: {message}" if name else str(message) for name, message in self.reasons],
            "messages": self.reasons,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning about something that was left out or assumed."""

    row: int
    id: str
    field: str
    message: Message

    def told(self) -> dict[str, Any]:
        """Return it as plain data, with the message beside its English words."""
        return {
            "row": self.row, "id": self.id, "field": self.field, "reason": str(self.message), "message": self.message
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as it came: `kind` is service, organization or location, `key` the id of the record read from it.

    `inside`: a service that was told inside its organisation, so that its document does not name it.
    """

    kind: str
    key: str
    source_id: str
    document: Any
    inside: bool = False


@dataclass(frozen=True)
class ImportResult:
    """What an import gives. `unmapped` counts the terms of services that no mapping turned into a need.

    `lists_services`: the file is a list of services, so that one which is missing from it may be gone.
    """

    organizations: tuple[Organization, ...]
    services: tuple[Service, ...]
    locations: tuple[Location, ...]
    offers: tuple[Offer, ...]
    quarantined: tuple[Quarantined, ...]
    warnings: tuple[Remark, ...]
    unmapped: tuple[tuple[Term, int], ...]
    documents: tuple[Kept, ...] = ()
    lists_services: bool = True

    def samples(self, most: int) -> list[dict[str, Any]]:
        """Return how the first services were read, as plain data: what, whose, where, for which needs."""
        owners = {one.id: one.name for one in self.organizations}
        return [
            {
                "name": one.name, "organization": owners.get(one.organization_id, ""), "needs": sorted(one.needs),
                "places": [name for link in one.service_at_locations[:3] if (name := _place_name(link.location))],
                "areas": [area.name or area.pcode for area in one.service_areas[:3]],
                "ended": one.status is Status.DEFUNCT,
            }
            for one in self.services[:most]
        ]  # fmt: skip

    def summary(self) -> dict[str, Any]:
        """Return counts, quarantine, warnings and unmapped terms as plain data for JSON."""
        return {
            "services": len(self.services),
            "organizations": len(self.organizations),
            "locations": len(self.locations),
            "quarantined": [_plain(one.told()) for one in self.quarantined],
            "warnings": [_plain(one.told()) for one in self.warnings],
            "unmapped": [{"term": term.name, "code": term.code, "services": number} for term, number in self.unmapped],
        }  # fmt: skip


def _place_name(place: Location) -> str:
    return place.name or next((one.city or one.address_1 for one in place.addresses), "")


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in told.items() if name not in ("message", "messages")}
