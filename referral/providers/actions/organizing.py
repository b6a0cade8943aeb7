"""What an organisation says of itself, kept by its own staff: how it is reached at once, the rest when it was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from referral.foundation.access import Actor
from referral.partners.models import Organization
from referral.providers.actions import editing, fields
from referral.providers.rules import Origin, Section, TrustLevel, published_fields
from referral.providers.upkeep_models import ChangeProposal


def wanted_organization(_one: Organization, **values: Any) -> fields.Values:
    """The fields as typed."""
    return values


def submit_organization(
    one: Organization,
    wanted: Mapping[str, Any],
    *,
    origin: Origin,
    trust: TrustLevel,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> ChangeProposal | None:
    """Publish what this keeper may, and keep the rest as a proposal, which is returned.

    The section counts as confirmed only when nothing of it waits.
    """
    editing.expect(one, expected_version)
    diff = fields.difference(fields.state_of(one, Section.ORGANIZATION), wanted)
    free = published_fields(trust)
    live = {name: pair for name, pair in diff.items() if name in free}
    rest = {name: pair for name, pair in diff.items() if name not in free}
    stamp: dict[str, Any] = {"origin": origin, "actor": actor, "now": now}
    if live or not rest:
        editing.apply(one, Section.ORGANIZATION, live, confirms=not rest, **stamp)
    return editing.propose(one, Section.ORGANIZATION, rest, **stamp) if rest else None
