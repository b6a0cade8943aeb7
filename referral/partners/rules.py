"""Organisations and agreements: closed sets, what an agreement's state means, who may sign in."""

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


class AgreementState(StrEnum):
    """The life of an agreement between two organisations (DOMAIN, "State machines")."""

    DRAFT = "draft"
    NEGOTIATION = "negotiation"
    LEGAL_REVIEW = "legal_review"
    SIGNED_ONE = "signed_one"
    SIGNED_BOTH = "signed_both"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return AGREEMENT_LABELS[self]


AGREEMENT_LABELS: dict[AgreementState, str] = {
    AgreementState.DRAFT: N_("draft"),
    AgreementState.NEGOTIATION: N_("under negotiation"),
    AgreementState.LEGAL_REVIEW: N_("under legal review"),
    AgreementState.SIGNED_ONE: N_("signed by one party"),
    AgreementState.SIGNED_BOTH: N_("signed, not yet in force"),
    AgreementState.ACTIVE: N_("in force"),
    AgreementState.SUSPENDED: N_("suspended"),
    AgreementState.EXPIRED: N_("expired"),
    AgreementState.TERMINATED: N_("terminated"),
    AgreementState.SUPERSEDED: N_("replaced"),
}
