"""The offer of a service as a field of its entry: proposed, published and taken back like every other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from directory.employment import ECONOMIC, EntryLevel, OfferKind
from referral.providers.models import Service
from referral.providers.private_form import OFFER
from referral.providers.private_models import EmploymentOffer

PLAIN = ("trade", "places", "duration", "pay", "cost", "documents", "without_papers")


def present(service: Service) -> dict[str, Any]:
    """The offer by its field name, empty values for none; nothing at all where a service cannot have one."""
    if service.offer is None:
        return {OFFER: {}} if carries(service) else {}
    return {OFFER: values_of(service.offer)}


def carries(service: Service) -> bool:
    """Whether a service answers a need of economic reintegration."""
    return bool(ECONOMIC & set(service.needs))


def values_of(row: EmploymentOffer) -> dict[str, Any]:
    """An offer as plain values."""
    found = {name: getattr(row, name) for name in PLAIN}
    starts = row.starts_on.isoformat() if row.starts_on else None
    return found | {"kind": row.kind.value, "entry": row.entry.value if row.entry else None, "starts_on": starts}


def put(service: Service, value: dict[str, Any], now: datetime) -> None:
    """Write the offer; empty values take it away."""
    service.last_modified = now
    if not value:
        service.offer = None
        return
    row = service.offer or EmploymentOffer()
    for name in PLAIN:
        setattr(row, name, value[name])
    row.kind = OfferKind(value["kind"])
    row.entry = EntryLevel(value["entry"]) if value["entry"] else None
    row.starts_on = date.fromisoformat(value["starts_on"]) if value["starts_on"] else None
    service.offer = row
