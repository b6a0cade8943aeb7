"""Closed sets of the directory's tables (HSDS 3.1 words, our added columns from research/directory.md §2)."""

from __future__ import annotations

from enum import StrEnum


class ServiceStatus(StrEnum):
    """HSDS 3.1 service.status."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class LocationType(StrEnum):
    """HSDS 3.1 location.location_type."""

    PHYSICAL = "physical"
    POSTAL = "postal"
    VIRTUAL = "virtual"


class Disclosure(StrEnum):
    """How exactly a place may be told: refuges never give their street below role."""

    EXACT = "exacte"
    DISTRICT = "arrondissement"
    ON_REQUEST = "sur_demande"


class Visibility(StrEnum):
    """Who may see an entry; the default is the network."""

    PUBLIC = "public"
    NETWORK = "reseau"
    RESTRICTED = "restreint"


class CapacityStatus(StrEnum):
    """Four values of the directory profile and unknown."""

    AVAILABLE = "disponible"
    WAITLIST = "liste_attente"
    FULL = "complet"
    ASSESSMENT = "evaluation_necessaire"
    UNKNOWN = "inconnu"


class AcceptsReferrals(StrEnum):
    """Whether and from whom a service takes referrals."""

    YES = "oui"
    PROFESSIONALS = "oui_pros_seulement"
    WITHOUT = "sans_orientation"
    NO = "non"
    UNKNOWN = "inconnu"


class Section(StrEnum):
    """Parts of an entry that are confirmed apart, each with its shelf life."""

    HOURS = "hours"
    CAPACITY = "capacity"
    CONTACTS = "contacts"
    ELIGIBILITY = "eligibility"


class VerificationMethod(StrEnum):
    """How an entry was confirmed."""

    PARTNER = "partenaire"
    CALL = "appel"
    VISIT = "visite"
    MAIL = "courriel"
    IMPORT = "import"
    REPORT = "signalement"
