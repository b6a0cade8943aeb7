"""Organisations: what they are and of which type."""

from __future__ import annotations

from enum import StrEnum

from sop.vocabulary import N_


class OrganizationKind(StrEnum):
    """What a recipient is, for the sharing decision's limits by kind of recipient."""

    HEALTH = "health"
    CHILD_PROTECTION = "child_protection"
    PROTECTIVE_POLICE = "protective_police"
    POLICE = "police"
    JUSTICE = "justice"
    CONSULAR = "consular"
    ASYLUM = "asylum"
    SOCIAL = "social"
    SHELTER = "shelter"
    LEGAL = "legal"
    EMPLOYER = "employer"
    FEDERATION = "federation"
    TRAINING = "training"
    RETURN = "return"
    COORDINATION = "coordination"
    OTHER = "other"


class OrganizationType(StrEnum):
    """OCHA-style type of organisation (research/directory.md §3)."""

    GOVERNMENT = "gouvernement"
    LOCAL_AUTHORITY = "ctd"
    NATIONAL_NGO = "ong_nationale"
    INTERNATIONAL_NGO = "ong_internationale"
    COMMUNITY = "obc"
    UN = "onu"
    RED_CROSS = "croix_rouge"
    PRIVATE = "secteur_prive"
    FAITH = "confessionnelle"
    UNKNOWN = "inconnu"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return TYPE_LABELS[self]


TYPE_LABELS: dict[OrganizationType, str] = {
    OrganizationType.GOVERNMENT: N_("Government"),
    OrganizationType.LOCAL_AUTHORITY: N_("Local authority"),
    OrganizationType.NATIONAL_NGO: N_("National NGO"),
    OrganizationType.INTERNATIONAL_NGO: N_("International NGO"),
    OrganizationType.COMMUNITY: N_("Community organisation"),
    OrganizationType.UN: N_("United Nations"),
    OrganizationType.RED_CROSS: N_("Red Cross"),
    OrganizationType.PRIVATE: N_("Private sector"),
    OrganizationType.FAITH: N_("Faith-based organisation"),
    OrganizationType.UNKNOWN: N_("Type not stated"),
}
