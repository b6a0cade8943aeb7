"""Code lists of the directory: service types and the needs they serve, audiences, capacity, access, languages.

Labels are English message ids. A committee may add terms: an unknown code is shown as it is.
"""

from __future__ import annotations

from enum import StrEnum

from directory.vocabulary import N_


class ServiceType(StrEnum):
    """The twenty service types of the inter-agency referral form and of the national mechanism."""

    SHEL = "SHEL"
    HLTH = "HLTH"
    MHPS = "MHPS"
    LEGL = "LEGL"
    SECU = "SECU"
    CHIL = "CHIL"
    TRAC = "TRAC"
    EDUC = "EDUC"
    LIVE = "LIVE"
    CASH = "CASH"
    FOOD = "FOOD"
    NFI = "NFI"
    WASH = "WASH"
    DOCS = "DOCS"
    DISA = "DISA"
    WOMN = "WOMN"
    AVRR = "AVRR"
    TRAN = "TRAN"
    ASYL = "ASYL"
    INFO = "INFO"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return SERVICE_TYPE_LABELS[self]

    @property
    def needs(self) -> frozenset[str]:
        """Codes of the needs that a service of this type may answer."""
        return NEEDS_OF_TYPE[self]


SERVICE_TYPE_LABELS: dict[ServiceType, str] = {
    ServiceType.SHEL: N_("Safe house or accommodation"),
    ServiceType.HLTH: N_("Health care"),
    ServiceType.MHPS: N_("Mental health and psychosocial care"),
    ServiceType.LEGL: N_("Legal assistance"),
    ServiceType.SECU: N_("Police and security"),
    ServiceType.CHIL: N_("Child protection and care"),
    ServiceType.TRAC: N_("Family tracing, reunification, mediation"),
    ServiceType.EDUC: N_("Education and training courses"),
    ServiceType.LIVE: N_("Livelihood and economic reintegration"),
    ServiceType.CASH: N_("Cash assistance"),
    ServiceType.FOOD: N_("Food and nutrition"),
    ServiceType.NFI: N_("Clothing and household items"),
    ServiceType.WASH: N_("Water and hygiene"),
    ServiceType.DOCS: N_("Civil registration, identity, consular services"),
    ServiceType.DISA: N_("Disability and rehabilitation"),
    ServiceType.WOMN: N_("Services for women and survivors of violence"),
    ServiceType.AVRR: N_("Assisted voluntary return and reintegration"),
    ServiceType.TRAN: N_("Transport and onward travel"),
    ServiceType.ASYL: N_("Asylum and statelessness"),
    ServiceType.INFO: N_("Information and orientation"),
}

NEEDS: tuple[str, ...] = ("MED", "PSY", "HEB", "ENF", "VBG", "TEH", "ASI", "DOC", "JUR", "FAM", "EDU", "ECO", "RET")
"""The thirteen needs; what they are called belongs to the procedure, here they are plain codes."""

TYPES_OF_NEED: dict[str, tuple[ServiceType, ...]] = {
    "MED": (ServiceType.HLTH, ServiceType.DISA),
    "PSY": (ServiceType.MHPS,),
    "HEB": (ServiceType.SHEL, ServiceType.FOOD, ServiceType.NFI, ServiceType.WASH),
    "ENF": (ServiceType.CHIL,),
    "VBG": (ServiceType.WOMN, ServiceType.HLTH),
    "TEH": (ServiceType.SECU, ServiceType.SHEL),
    "ASI": (ServiceType.ASYL,),
    "DOC": (ServiceType.DOCS,),
    "JUR": (ServiceType.LEGL, ServiceType.SECU),
    "FAM": (ServiceType.TRAC,),
    "EDU": (ServiceType.EDUC,),
    "ECO": (ServiceType.LIVE, ServiceType.CASH),
    "RET": (ServiceType.AVRR, ServiceType.TRAN),
}
"""Which types may answer a need; an editor chooses among them."""

SPECIALISED: dict[str, tuple[ServiceType, ...]] = {
    "TEH": (ServiceType.SECU, ServiceType.SHEL),
    "VBG": (ServiceType.HLTH,),
}
"""Here the type alone does not give the need, it must be ticked: not every shelter or police post gives specialised
assistance to victims of trafficking, and not every health service gives clinical care after rape."""


def _needs_of_type(kind: ServiceType) -> frozenset[str]:
    if kind is ServiceType.INFO:
        return frozenset(NEEDS)
    given = {need for need, kinds in TYPES_OF_NEED.items() if kind in kinds}
    return frozenset(given - {need for need, kinds in SPECIALISED.items() if kind in kinds})


NEEDS_OF_TYPE: dict[ServiceType, frozenset[str]] = {kind: _needs_of_type(kind) for kind in ServiceType}


class Status(StrEnum):
    """HSDS `service.status`."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class CapacityStatus(StrEnum):
    """Whether there is room; the four values that providers can honestly give, and unknown."""

    AVAILABLE = "available"
    WAITING_LIST = "waiting_list"
    FULL = "full"
    ASSESSMENT = "assessment"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return CAPACITY_LABELS[self]


CAPACITY_LABELS: dict[CapacityStatus, str] = {
    CapacityStatus.AVAILABLE: N_("Places available"),
    CapacityStatus.WAITING_LIST: N_("Waiting list"),
    CapacityStatus.FULL: N_("Full"),
    CapacityStatus.ASSESSMENT: N_("Depends on an assessment"),
    CapacityStatus.UNKNOWN: N_("Places not known"),
}


class Group(StrEnum):
    """For whom places are kept. A person may be of several; `everybody` is the places that anyone may take."""

    EVERYBODY = "everybody"
    WOMEN = "women"
    MEN = "men"
    GIRLS = "girls"
    BOYS = "boys"
    CHILDREN = "children"
    FAMILIES = "families"
    UNACCOMPANIED = "unaccompanied_children"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return GROUP_LABELS[self]


GROUP_LABELS: dict[Group, str] = {
    Group.EVERYBODY: N_("everybody"),
    Group.WOMEN: N_("women"),
    Group.MEN: N_("men"),
    Group.GIRLS: N_("girls"),
    Group.BOYS: N_("boys"),
    Group.CHILDREN: N_("children"),
    Group.FAMILIES: N_("families"),
    Group.UNACCOMPANIED: N_("unaccompanied or separated children"),
}
KEPT_GROUPS: tuple[Group, ...] = tuple(one for one in Group if one is not Group.EVERYBODY)
"""Those for whom places may be kept apart."""


class Referrals(StrEnum):
    """Who may send a person to the service."""

    YES = "yes"
    PROFESSIONALS_ONLY = "professionals_only"
    NOT_NEEDED = "not_needed"
    NO = "no"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return REFERRALS_LABELS[self]


REFERRALS_LABELS: dict[Referrals, str] = {
    Referrals.YES: N_("Accepts referrals"),
    Referrals.PROFESSIONALS_ONLY: N_("Only referrals by professionals"),
    Referrals.NOT_NEEDED: N_("People come without referral"),
    Referrals.NO: N_("Accepts no referrals"),
}


class Visibility(StrEnum):
    """Who may know that the service exists."""

    PUBLIC = "public"
    NETWORK = "network"
    RESTRICTED = "restricted"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return VISIBILITY_LABELS[self]


VISIBILITY_LABELS: dict[Visibility, str] = {
    Visibility.PUBLIC: N_("Everybody"),
    Visibility.NETWORK: N_("Members of the referral network"),
    Visibility.RESTRICTED: N_("Only people named for it"),
}


class Disclosure(StrEnum):
    """How much of the address may leave the server."""

    EXACT = "exact"
    ARRONDISSEMENT = "arrondissement"
    ON_REQUEST = "on_request"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return DISCLOSURE_LABELS[self]


DISCLOSURE_LABELS: dict[Disclosure, str] = {
    Disclosure.EXACT: N_("Full address"),
    Disclosure.ARRONDISSEMENT: N_("Arrondissement only (safe house)"),
    Disclosure.ON_REQUEST: N_("Address on request only"),
}


class Facet(StrEnum):
    """What an audience row speaks about; ages are two numbers on the service."""

    SEX = "sex"
    STATUS = "status"
    VULNERABILITY = "vulnerability"
    NATIONALITY = "nationality"


class AudienceRule(StrEnum):
    """What an audience row says about its term."""

    INCLUDED = "included"
    EXCLUDED = "excluded"
    PRIORITY = "priority"


EVERYBODY = "all"
"""The term that says in words that a facet is no restriction; silence is not the same."""

SEX_LABELS: dict[str, str] = {
    "female": N_("women and girls"),
    "male": N_("men and boys"),
    EVERYBODY: N_("everybody"),
}
STATUS_LABELS: dict[str, str] = {
    "refugee": N_("refugees"),
    "asylum_seeker": N_("asylum seekers"),
    "idp": N_("internally displaced people"),
    "returnee": N_("returnees"),
    "transit_migrant": N_("migrants in transit"),
    "stateless_risk": N_("people at risk of statelessness"),
    "host_community": N_("host community"),
    "trafficking_victim": N_("presumed victims of trafficking"),
    "undocumented": N_("people without documents"),
    EVERYBODY: N_("everybody"),
}
VULNERABILITY_LABELS: dict[str, str] = {
    "unaccompanied_child": N_("unaccompanied children"),
    "separated_child": N_("separated children"),
    "woman_at_risk": N_("women at risk"),
    "pregnant": N_("pregnant or breastfeeding women"),
    "single_parent": N_("single parents"),
    "older_person": N_("older people"),
    "disability": N_("people with a disability"),
    "serious_illness": N_("seriously ill people"),
    "lgbti": N_("LGBTI people at risk"),
    "hiv": N_("people living with HIV"),
    "addiction": N_("people with an addiction"),
    "ex_detainee": N_("people leaving detention"),
    "gbv_survivor": N_("survivors of gender-based violence"),
    "torture_survivor": N_("survivors of torture"),
    "trafficking_victim": N_("presumed victims of trafficking"),
    EVERYBODY: N_("everybody"),
}
NATIONALITY_LABELS: dict[str, str] = {
    "cmr": N_("Cameroonians"),
    "foreign": N_("foreign nationals"),
    "stateless_unknown": N_("stateless people or people of unknown nationality"),
    EVERYBODY: N_("everybody"),
}
TERM_LABELS: dict[Facet, dict[str, str]] = {
    Facet.SEX: SEX_LABELS,
    Facet.STATUS: STATUS_LABELS,
    Facet.VULNERABILITY: VULNERABILITY_LABELS,
    Facet.NATIONALITY: NATIONALITY_LABELS,
}

LANGUAGE_LABELS: dict[str, str] = {
    "fra": N_("French"),
    "eng": N_("English"),
    "ful": N_("Fulfulde"),
    "hau": N_("Hausa"),
    "ewo": N_("Ewondo"),
    "bas": N_("Basaa"),
    "dua": N_("Duala"),
    "pcm": N_("Pidgin"),
    "ara": N_("Arabic"),
    "shu": N_("Chadian Arabic"),
    "kan": N_("Kanuri"),
    "mfo": N_("Mofu"),
    "sag": N_("Sango"),
    "spa": N_("Spanish"),
    "por": N_("Portuguese"),
}
"""ISO 639-3 codes of the languages most met on the routes through Cameroon."""

ISO_639_1: dict[str, str] = {
    "fr": "fra", "en": "eng", "ff": "ful", "ha": "hau", "ar": "ara", "kr": "kan", "sg": "sag", "es": "spa", "pt": "por",
}  # fmt: skip
"""Two-letter codes that HSDS feeds use, with the three-letter code we keep."""

UNIT_LABELS: dict[str, str] = {
    "bed": N_("beds"),
    "place": N_("places"),
    "consultation": N_("consultations"),
    "file": N_("case files"),
    "hour": N_("hours"),
    "kit": N_("kits"),
    "person_month": N_("people a month"),
}

UNIT_LABELS_ONE: dict[str, str] = {
    "bed": N_("bed"),
    "place": N_("place"),
    "consultation": N_("consultation"),
    "file": N_("case file"),
    "hour": N_("hour"),
    "kit": N_("kit"),
    "person_month": N_("person a month"),
}

METHOD_LABELS: dict[str, str] = {
    "call": N_("by telephone"),
    "visit": N_("by a visit"),
    "mail": N_("by e-mail"),
    "partner": N_("by the organisation"),
    "report": N_("after a report"),
    "import": N_("at import"),
    "referral": N_("by an answered referral"),
}
