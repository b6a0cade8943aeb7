"""What is read of the directory: the cached catalogue for ranking, lists and sheets, an organisation's own entries."""

from referral.providers.queries.catalogue import Snapshot, catalogue, offer, public_holidays, snapshot
from referral.providers.queries.visible import editable_places, named_services, visible_places, visible_services

__all__ = [
    "Snapshot",
    "catalogue",
    "editable_places",
    "named_services",
    "offer",
    "public_holidays",
    "snapshot",
    "visible_places",
    "visible_services",
]
