"""What is read of the directory: the cached catalogue for ranking, lists and sheets, an organisation's own entries."""

from referral.providers.queries.catalogue import Snapshot, catalogue, known_places, offer, public_holidays, snapshot
from referral.providers.queries.keeping import kept_entries
from referral.providers.queries.listing import listing
from referral.providers.queries.organizations import (
    confirmed,
    editable_organizations,
    kept_organizations,
    organization_revisions,
    organization_sheet,
    trust_in,
    verified_days,
    visible_organizations,
)
from referral.providers.queries.searching import Found, find_place, search
from referral.providers.queries.sheets import own_entries, sheet
from referral.providers.queries.sites import closed_entries, closed_places, confirmable, other_sites
from referral.providers.queries.upkeep import (
    campaigns,
    in_scope,
    link_of,
    misconduct,
    notices,
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
from referral.providers.queries.visible import (
    editable_places,
    named_services,
    visible_places,
    visible_services,
)

__all__ = [
    "Found",
    "Snapshot",
    "campaigns",
    "catalogue",
    "closed_entries",
    "closed_places",
    "confirmable",
    "confirmed",
    "editable_organizations",
    "editable_places",
    "find_place",
    "in_scope",
    "kept_entries",
    "kept_organizations",
    "known_places",
    "link_of",
    "listing",
    "misconduct",
    "named_services",
    "notices",
    "offer",
    "open_proposals",
    "open_tasks",
    "organization_revisions",
    "organization_sheet",
    "other_sites",
    "own_entries",
    "progress",
    "public_holidays",
    "reports",
    "revisions",
    "search",
    "sheet",
    "snapshot",
    "staff_of",
    "to_confirm",
    "trust_in",
    "trust_of",
    "verified_days",
    "visible_organizations",
    "visible_places",
    "visible_reports",
    "visible_services",
]
