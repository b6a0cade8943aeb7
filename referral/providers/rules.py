"""Closed sets of the directory's tables that the directory library does not already name."""

from __future__ import annotations

from enum import StrEnum


class LocationType(StrEnum):
    """HSDS 3.1 location.location_type."""

    PHYSICAL = "physical"
    POSTAL = "postal"
    VIRTUAL = "virtual"


class Section(StrEnum):
    """Parts of an entry that are confirmed apart, each with its shelf life."""

    HOURS = "hours"
    CAPACITY = "capacity"
    CONTACTS = "contacts"
    SERVICE = "service"


class VerificationMethod(StrEnum):
    """How an entry was confirmed."""

    PARTNER = "partner"
    CALL = "call"
    VISIT = "visit"
    MAIL = "mail"
    IMPORT = "import"
    REPORT = "report"
