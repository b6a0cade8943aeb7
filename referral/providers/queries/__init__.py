"""What is read of the directory: the cached catalogue for ranking, lists and sheets, an organisation's own entries."""

from referral.providers.queries.catalogue import Snapshot, catalogue, offer, public_holidays, snapshot
from referral.providers.queries.listing import listing
from referral.providers.queries.sheets import own_entries, sheet
from referral.providers.queries.upkeep import (
    campaigns,
    in_scope,
    kept_entries,
    link_of,
    misconduct,
    open_proposals,
    open_tasks,
    progress,
    reports,
    revisions,
    staff_of,
    to_confirm,
    trust_of,
    visible_reports,
)
from referral.providers.queries.visible import editable_places, named_services, visible_places, visible_services

__all__ = [
    "Snapshot",
    "campaigns",
    "in_scope",
    "kept_entries",
    "link_of",
    "misconduct",
    "open_proposals",
    "open_tasks",
    "progress",
    "reports",
    "revisions",
    "staff_of",
    "to_confirm",
    "trust_of",
    "visible_reports",
    "catalogue",
    "editable_places",
    "listing",
    "named_services",
    "offer",
    "own_entries",
    "public_holidays",
    "sheet",
    "snapshot",
    "visible_places",
    "visible_services",
]
