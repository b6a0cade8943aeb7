"""The closed sets that everybody shares: data categories, needs, priorities; and messages that can be translated later.

Labels are English message ids marked with `N_`; the application translates them with gettext when it shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


def N_(text: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark `text` for the translation catalogue and return it unchanged."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that is translated where it is shown: a stable code, an English template and its values.

    >>> str(Message("too_young", N_("accepts from %(age)d years"), {"age": 12}))
    'accepts from 12 years'
    """

    code: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


class Category(StrEnum):
    """Data categories C0–C15 of the sharing decision; C7N (therapy notes) is never shared."""

    C0 = "C0"
    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"
    C6 = "C6"
    C7 = "C7"
    C7N = "C7N"
    C8 = "C8"
    C9 = "C9"
    C10 = "C10"
    C11 = "C11"
    C12 = "C12"
    C13 = "C13"
    C14 = "C14"
    C15 = "C15"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return CATEGORY_LABELS[self]

    @property
    def order(self) -> tuple[int, str]:
        """Sort key: C2 before C10."""
        return (int(self.value[1:].rstrip("N")), self.value)


CATEGORY_LABELS: dict[Category, str] = {
    Category.C0: N_("Anonymous statistics"),
    Category.C1: N_("Case code, service asked, priority"),
    Category.C2: N_("Identity, safe contact"),
    Category.C3: N_("Age, sex, family"),
    Category.C4: N_("Journey and status"),
    Category.C5: N_("Assessment and plan"),
    Category.C6: N_("Physical health"),
    Category.C7: N_("Mental health and psychosocial (summary)"),
    Category.C7N: N_("Therapy notes"),
    Category.C8: N_("Gender-based violence"),
    Category.C9: N_("Trafficking and justice"),
    Category.C10: N_("Asylum"),
    Category.C11: N_("Photo, fingerprints, copies of documents"),
    Category.C12: N_("Where the person lives"),
    Category.C13: N_("Child file"),
    Category.C14: N_("Skills and work"),
    Category.C15: N_("Payments and bank"),
}

SENSITIVE: frozenset[Category] = frozenset(
    {Category.C6, Category.C7, Category.C8, Category.C9, Category.C10, Category.C11, Category.C13, Category.C15}
)
"""Consent to these needs an explicit tick (DOMAIN, "Data categories")."""


class Need(StrEnum):
    """The thirteen needs a person may have."""

    MED = "MED"
    PSY = "PSY"
    HEB = "HEB"
    ENF = "ENF"
    VBG = "VBG"
    TEH = "TEH"
    ASI = "ASI"
    DOC = "DOC"
    JUR = "JUR"
    FAM = "FAM"
    EDU = "EDU"
    ECO = "ECO"
    RET = "RET"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return NEED_LABELS[self]


NEED_LABELS: dict[Need, str] = {
    Need.MED: N_("Physical health"),
    Need.PSY: N_("Mental health and psychosocial support"),
    Need.HEB: N_("Shelter and basic needs"),
    Need.ENF: N_("Child protection"),
    Need.VBG: N_("Support after gender-based violence"),
    Need.TEH: N_("Protection from trafficking"),
    Need.ASI: N_("Asylum and statelessness"),
    Need.DOC: N_("Identity and travel documents"),
    Need.JUR: N_("Legal aid"),
    Need.FAM: N_("Family tracing and reunification"),
    Need.EDU: N_("Education and training"),
    Need.ECO: N_("Work and economic reintegration"),
    Need.RET: N_("Assisted voluntary return"),
}

MINIMUM: dict[Need, tuple[Category, ...]] = {
    Need.MED: (Category.C1, Category.C2, Category.C6),
    Need.PSY: (Category.C1, Category.C2, Category.C7),
    Need.HEB: (Category.C1, Category.C2, Category.C3, Category.C12),
    Need.ENF: (Category.C1, Category.C2, Category.C3, Category.C13),
    Need.VBG: (Category.C1, Category.C2, Category.C6),
    Need.TEH: (Category.C1, Category.C2, Category.C9),
    Need.ASI: (Category.C1, Category.C2, Category.C10),
    Need.DOC: (Category.C1, Category.C2),
    Need.JUR: (Category.C1, Category.C2, Category.C9),
    Need.FAM: (Category.C1, Category.C2, Category.C3),
    Need.EDU: (Category.C1, Category.C2, Category.C14),
    Need.ECO: (Category.C1, Category.C2, Category.C14),
    Need.RET: (Category.C1, Category.C2, Category.C4),
}
"""What a provider needs at least to answer a referral, by need (DOMAIN, "Data categories")."""


class Priority(StrEnum):
    """How fast a case must move; each step has a deadline by priority."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return PRIORITY_LABELS[self]


PRIORITY_LABELS: dict[Priority, str] = {
    Priority.CRITICAL: N_("Critical priority"),
    Priority.HIGH: N_("High priority"),
    Priority.MEDIUM: N_("Medium priority"),
    Priority.LOW: N_("Low priority"),
}

BASIS_LABELS: dict[str, str] = {
    "vital": N_("danger to life"),
    "child": N_("child protection"),
    "case": N_("consent to case work"),
    "provider": N_("consent to this provider"),
    "justice": N_("consent to police and justice"),
    "asylum": N_("consent to the asylum authority"),
}
"""Legal bases that steps record and rely on."""
