"""The invented organisations; every name ends in "(démonstration)"."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from referral.demonstration.towns import SEATS, SHORT, TOWNS
from referral.extensions import db
from referral.foundation.searching import fold
from referral.partners.models import Organization
from referral.partners.rules import OrganizationKind as Kind
from referral.partners.rules import OrganizationType as Type
from sop.places import load_places

MARK = "(démonstration)"


@dataclass(frozen=True, slots=True)
class Body:
    """One organisation: key, name without the mark, type, kind, town, and what it may hold or sign."""

    key: str
    name: str
    type: Type
    kind: Kind
    town: str
    acronym: str = ""
    mandates: tuple[str, ...] = ()
    national: bool = False
    signatory: bool = False
    description: str = ""

    @property
    def region(self) -> str:
        """P-code of the region where it works; empty for one that works everywhere."""
        return "" if self.national else TOWNS[self.town].region


SHELTERS = {
    "CM001": "Maison d’accueil de la Vina",
    "CM002": "Maison d’accueil de Nkolndongo",
    "CM003": "Maison d’accueil du Lom",
    "CM004": "Maison d’accueil du Diamaré",
    "CM005": "Maison d’accueil de Bonabéri",
    "CM006": "Maison d’accueil de la Bénoué",
    "CM007": "Up Station Welcome House",
    "CM008": "Maison d’accueil des Hauts-Plateaux",
    "CM009": "Maison d’accueil de la Mvila",
    "CM010": "Mount Fako Welcome House",
}
LISTENERS = {
    "CM001": "Centre d’écoute Wuro Jam",
    "CM002": "Centre d’écoute La Parole",
    "CM003": "Centre d’écoute Soleil de l’Est",
    "CM004": "Centre d’écoute Sahel",
    "CM005": "Centre d’écoute du Wouri",
    "CM006": "Centre d’écoute Faro",
    "CM007": "Grassfields Listening Centre",
    "CM008": "Centre d’écoute Noun et Mifi",
    "CM009": "Centre d’écoute de l’Océan",
    "CM010": "Coastal Listening Centre",
}
CHILDREN = {
    "CM001": "Enfance protégée Adamaoua",
    "CM002": "Enfance protégée Centre",
    "CM003": "Enfance protégée Est",
    "CM004": "Enfance protégée Extrême-Nord",
    "CM005": "Enfance protégée Littoral",
    "CM006": "Enfance protégée Nord",
    "CM007": "Child Care North-West",
    "CM008": "Enfance protégée Ouest",
    "CM009": "Enfance protégée Sud",
    "CM010": "Child Care South-West",
}


def _regional(region: str) -> list[Body]:
    short, (seat, second, third) = SHORT[region], SEATS[region]
    town, name = TOWNS[seat].name, load_places()[region].name["fr"]
    return [
        Body(
            f"social-{short}", f"Centre social de {town}", Type.GOVERNMENT, Kind.SOCIAL, seat, f"MINAS {name}", ("ENF",)
        ),
        Body(f"hospital-{short}", f"Hôpital régional de {town}", Type.GOVERNMENT, Kind.HEALTH, seat),
        Body(f"shelter-{short}", SHELTERS[region], Type.NATIONAL_NGO, Kind.SHELTER, seat),
        Body(f"child-{short}", CHILDREN[region], Type.NATIONAL_NGO, Kind.CHILD_PROTECTION, second, mandates=("ENF",)),
        Body(f"listen-{short}", LISTENERS[region], Type.NATIONAL_NGO, Kind.SOCIAL, third),
        Body(f"coord-{short}", f"Point focal régional {name}", Type.GOVERNMENT, Kind.COORDINATION, seat),
    ]


HOLDERS_BESIDE = (
    Body("ngo-lt", "Main tendue du Littoral", Type.NATIONAL_NGO, Kind.SOCIAL, "douala"),
    Body("ngo-ce", "Solidarité Retour", Type.NATIONAL_NGO, Kind.SOCIAL, "yaounde"),
    Body("women-lt", "Centre de promotion de la femme de Douala", Type.GOVERNMENT, Kind.SOCIAL, "douala",
         "MINPROFF Littoral", ("VBG",), signatory=True),
    Body("women-en", "Centre de promotion de la femme de Maroua", Type.GOVERNMENT, Kind.SOCIAL, "maroua",
         "MINPROFF Extrême-Nord", ("VBG",), signatory=True),
)  # fmt: skip
RESPONDERS = (
    Body("police-dla", "Police des frontières de l’aéroport de Douala", Type.GOVERNMENT, Kind.POLICE, "douala", "DGSN"),
    Body("police-nsi", "Police des frontières de Yaoundé-Nsimalen", Type.GOVERNMENT, Kind.POLICE, "mfou", "DGSN"),
    Body("border-gb", "Poste-frontière de Garoua-Boulaï", Type.GOVERNMENT, Kind.POLICE, "garoua_boulai", "DGSN"),
    Body("border-ks", "Poste-frontière de Kousséri", Type.GOVERNMENT, Kind.POLICE, "kousseri", "DGSN"),
    Body(
        "redcross",
        "Équipes de premiers secours de la Croix-Rouge",
        Type.RED_CROSS,
        Kind.OTHER,
        "yaounde",
        national=True,
    ),
    Body("hotline", "Ligne verte d’écoute", Type.GOVERNMENT, Kind.SOCIAL, "yaounde", national=True),
)
NATIONAL_PROVIDERS = (
    Body("trafficking", "Assistance spécialisée aux victimes de traite", Type.NATIONAL_NGO, Kind.SOCIAL, "yaounde",
         national=True),
    Body("asylum", "Bureau d’aide aux demandeurs d’asile", Type.GOVERNMENT, Kind.ASYLUM, "yaounde", national=True),
    Body("identity", "Guichet d’état civil et d’identité", Type.GOVERNMENT, Kind.OTHER, "yaounde", national=True),
    Body("law", "Clinique juridique Droit pour tous", Type.NATIONAL_NGO, Kind.LEGAL, "douala", national=True),
    Body("bar", "Permanence d’avocats du Septentrion", Type.NATIONAL_NGO, Kind.LEGAL, "garoua"),
    Body("tracing", "Recherche de familles de la Croix-Rouge", Type.RED_CROSS, Kind.OTHER, "yaounde", national=True),
    Body("training", "Centre de formation aux métiers", Type.GOVERNMENT, Kind.TRAINING, "douala", national=True),
    Body("jobs", "Guichet de l’emploi et de l’insertion", Type.GOVERNMENT, Kind.OTHER, "yaounde", national=True),
    Body("firm", "Ateliers du Wouri", Type.PRIVATE, Kind.EMPLOYER, "douala"),
    Body("returns", "Bureau d’aide au retour volontaire", Type.UN, Kind.RETURN, "yaounde", national=True),
    Body("consulate", "Antenne consulaire d’un pays voisin", Type.GOVERNMENT, Kind.CONSULAR, "douala"),
    Body("refuge", "Refuge Les Palmiers", Type.NATIONAL_NGO, Kind.SHELTER, "douala"),
    Body("night", "Accueil de nuit du port", Type.FAITH, Kind.SHELTER, "douala"),
    Body("corridor", "Centre de santé du corridor Est", Type.LOCAL_AUTHORITY, Kind.HEALTH, "garoua_boulai"),
    Body("library", "Bibliothèque de quartier de New Bell", Type.COMMUNITY, Kind.OTHER, "douala"),
    Body("mobile", "Clinique mobile de la frontière", Type.INTERNATIONAL_NGO, Kind.HEALTH, "kousseri"),
)  # fmt: skip
GOVERNANCE = (
    Body("unit", "Cellule nationale de coordination du MNR", Type.GOVERNMENT, Kind.COORDINATION, "yaounde", "CN-MNR",
         national=True, signatory=True),
    Body("committee", "Comité de pilotage du MNR", Type.GOVERNMENT, Kind.COORDINATION, "yaounde", national=True,
         signatory=True),
    Body("funder", "Partenaire financier du MNR", Type.INTERNATIONAL_NGO, Kind.OTHER, "yaounde", national=True),
    Body("data", "Bureau du référent données", Type.GOVERNMENT, Kind.OTHER, "yaounde", national=True, signatory=True),
    Body("federation", "Groupement des employeurs du littoral", Type.PRIVATE, Kind.FEDERATION, "douala"),
)  # fmt: skip


def bodies() -> tuple[Body, ...]:
    """Every organisation of the demonstration country."""
    regional = [body for region in SEATS for body in _regional(region)]
    return (*regional, *HOLDERS_BESIDE, *RESPONDERS, *NATIONAL_PROVIDERS, *GOVERNANCE)


def is_holder(key: str) -> bool:
    """Whether the organisation holds cases."""
    return key.split("-")[0] in ("social", "ngo", "women")


LEGAL_STATUS = {
    Type.GOVERNMENT: "Service public",
    Type.LOCAL_AUTHORITY: "Collectivité territoriale décentralisée",
    Type.NATIONAL_NGO: "Association déclarée",
    Type.INTERNATIONAL_NGO: "Association étrangère autorisée",
    Type.FAITH: "Œuvre confessionnelle",
}


def _facts(number: int, kind: Type) -> dict[str, Any]:
    """What an organisation says of itself; one in five says nothing. The numbers cannot be dialled."""
    if number % 5 == 4:
        return {}
    return {
        "phones": [f"+237000800{number:03d}"],
        "legal_status": LEGAL_STATUS.get(kind, ""),
        "year_incorporated": 1962 + 7 * number % 58,
        "presence_since": 1962 + 7 * number % 58 + number % 3,
        "psea_function": "Point focal contre l’exploitation et les abus sexuels",
        "psea_phone": f"+237000801{number:03d}",
    }


def add_organizations(rng: Random) -> dict[str, Organization]:
    """The organisations by key."""
    made: dict[str, Organization] = {}
    for body in bodies():
        name = f"{body.name} {MARK}"
        made[body.key] = Organization(
            id=UUID(int=rng.getrandbits(128), version=4),
            name=name,
            folded_name=fold(name),
            acronym=body.acronym,
            description=body.description or "Organisation inventée pour la démonstration.",
            type=body.type,
            kind=body.kind,
            region=body.region,
            mandates=list(body.mandates),
            **_facts(len(made), body.type),
            signatory=body.signatory,
            demonstration=True,
        )
    db.session.add_all(made.values())
    db.session.flush()
    return made
