"""National thresholds and lists of the sharing decision: assumptions, each to be validated with the authorities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sop.vocabulary import Category

C = Category
POLICY = "cmr-2026-11-2"
"""Version of the decision table and of these assumptions; kept with every decision in the register."""


def _set(*categories: Category) -> frozenset[Category]:
    return frozenset(categories)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the decision takes as given until the country has validated it."""

    adult_age: int = 18
    assent_age: int = 6
    days_readable_after_completion: int = 30
    smallest_cell: int = 5
    emergency_hours: int = 24
    origin_roles: frozenset[str] = frozenset({"origin_authority", "consulate", "embassy"})
    origin_kinds: frozenset[str] = frozenset({"consular"})
    statistics_only_roles: frozenset[str] = frozenset({"donor", "steering", "me", "media", "journalist"})
    administrator_roles: frozenset[str] = frozenset({"sysadmin", "administrator"})
    data_officer_roles: frozenset[str] = frozenset({"dpo", "data_officer"})
    guardian_roles: frozenset[str] = frozenset({"guardian", "representative"})
    case_worker_roles: frozenset[str] = frozenset({"case_manager", "supervisor", "first_responder", "psychosocial"})
    service_roles: frozenset[str] = frozenset({"provider_staff", "provider", "focal_point", "external_provider"})
    outside_roles: frozenset[str] = frozenset({"employer", "police", "authority", "lawyer"})
    psychosocial_roles: frozenset[str] = frozenset({"psychosocial", "psychologist"})
    gbv_kinds: frozenset[str] = frozenset({"health", "clinical", "gbv"})
    gbv_roles: frozenset[str] = frozenset({"clinician", "gbv_case_worker"})
    employer_categories: frozenset[Category] = _set(C.C1, C.C2, C.C14)
    child_report_kinds: frozenset[str] = frozenset({"child_protection", "justice"})
    child_report_categories: frozenset[Category] = _set(C.C1, C.C2, C.C3, C.C12, C.C13)
    immune_organisations: frozenset[str] = frozenset({"IOM", "OIM", "UNHCR", "HCR", "UNICEF", "UNFPA", "WFP", "WHO"})
    protocol_signatories: frozenset[str] = frozenset({"MINPROFF", "UNFPA"})
    emergency_minimum: Mapping[str, frozenset[Category]] = field(
        default_factory=lambda: {
            "health": _set(C.C1, C.C2, C.C6, C.C7),
            "protective_police": _set(C.C1, C.C2, C.C12),
            "child_protection": _set(C.C1, C.C2, C.C3, C.C12, C.C13),
        }
    )

    @property
    def recipient_roles(self) -> frozenset[str]:
        """Roles to which a consent can open a file; nobody else receives by consent."""
        return (
            self.service_roles
            | self.case_worker_roles
            | self.psychosocial_roles
            | self.outside_roles
            | self.origin_roles
            | self.gbv_roles
        )


DEFAULTS = Settings()
