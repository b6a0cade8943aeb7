"""What is read of the directory: the cached catalogue for ranking, lists and sheets, an organisation's own entries."""

from referral.providers.queries.catalogue import Snapshot, catalogue, known_places, offer, public_holidays, snapshot
from referral.providers.queries.listing import listing
from referral.providers.queries.searching import Found, find_place, search
from referral.providers.queries.sheets import own_entries, sheet
from referral.providers.queries.visible import editable_places, named_services, visible_places, visible_services

__all__ = [
    "Found",
    "Snapshot",
    "catalogue",
    "editable_places",
    "find_place",
    "known_places",
    "listing",
    "named_services",
    "offer",
    "own_entries",
    "public_holidays",
    "search",
    "sheet",
    "snapshot",
    "visible_places",
    "visible_services",
]
