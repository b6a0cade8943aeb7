"""What a link may do: confirm its section, or propose a correction of it; once, and never more than that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from referral.providers.actions import editing
from referral.providers.rules import Origin, Section
from referral.providers.upkeep_models import ConfirmationLink


def confirm_by_link(link: ConfirmationLink, *, now: datetime) -> None:
    """Nothing changed: the link's section holds from today. A link that was used stays what it was."""
    if link.used_at is None:
        editing.confirm(link.subject, sections=[link.section], actor=link.user, now=now)
        link.used_at = now


def at_once(section: Section) -> bool:
    """Whether what a link says of a section is published without being read first."""
    return section is Section.CAPACITY


def correct_by_link(link: ConfirmationLink, wanted: Mapping[str, Any], *, expected_version: int, now: datetime) -> None:
    """A correction waits for the coordination: a link may have been passed on, and a telephone number decides much.

    Free places do not wait: they are worth nothing in two days, and lapse by themselves if they were wrong.
    """
    if link.used_at is None:
        editing.submit(
            link.subject, link.section, wanted, origin=Origin.LINK, direct=at_once(link.section),
            expected_version=expected_version,
            actor=link.user, now=now,
        )  # fmt: skip
        link.used_at = now
