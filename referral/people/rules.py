"""Closed sets of the coded facts about a person."""

from __future__ import annotations

from enum import StrEnum

from sop.vocabulary import N_


class Sex(StrEnum):
    """Sex as the person says it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return SEX_LABELS[self]


SEX_LABELS = {
    Sex.FEMALE: N_("woman or girl"),
    Sex.MALE: N_("man or boy"),
    Sex.OTHER: N_("other or not said"),
    Sex.UNKNOWN: N_("not known"),
}


class AgeBand(StrEnum):
    """The guard field `age_band`; doubtful is treated as minor wherever that protects."""

    MINOR = "minor"
    DOUBTFUL = "doubtful"
    ADULT = "adult"


class AgeGroup(StrEnum):
    """The statistic `age_group` (DOMAIN)."""

    A0 = "0-4"
    A5 = "5-11"
    A12 = "12-14"
    A15 = "15-17"
    A18 = "18-24"
    A25 = "25-59"
    A60 = "60+"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return N_("age not known") if self is AgeGroup.UNKNOWN else self.value.replace("-", "–")


class Nationality(StrEnum):
    """The guard field `nationality`."""

    CMR = "cmr"
    FOREIGN = "foreign"
    UNKNOWN = "stateless_unknown"


NAME_FIELDS = ("family_name", "given_names", "other_names")
"""Answers of the identification form under which a person can be found."""

NAMING = (*NAME_FIELDS, "document", "document_number", "iom_number", "unhcr_number", "address")
"""Answers of category C2 that say who somebody is: a protected name takes all of them along."""
