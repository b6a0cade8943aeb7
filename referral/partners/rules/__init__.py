"""Closed sets and decisions about organisations and the agreements between them."""

from referral.partners.rules.agreements import (
    AGREEMENT_LABELS,
    AgreementAction,
    AgreementState,
    Clauses,
    Side,
    SignatureMethod,
    StopReason,
    Terms,
)
from referral.partners.rules.organizations import OrganizationKind, OrganizationType

__all__ = [
    "AGREEMENT_LABELS",
    "AgreementAction",
    "AgreementState",
    "Clauses",
    "OrganizationKind",
    "OrganizationType",
    "Side",
    "SignatureMethod",
    "StopReason",
    "Terms",
]
