"""Invented persons and what they answer on the identification form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from referral.demonstration.names import given_name, names_of
from referral.demonstration.towns import SEATS, TOWNS
from sop.places import load_places

NEIGHBOURS = ("CF", "CF", "TD", "TD", "NG", "NG", "CD", "NE", "ML", "GN", "CG")
RETURNED_FROM = ("LY", "TN", "DZ", "MA", "NE", "GQ", "GQ", "KW", "LB", "SA", "GA")
SPOKEN: dict[str, tuple[str, ...]] = {
    "CM001": ("fra", "fub"), "CM002": ("fra", "ewo"), "CM003": ("fra", "gya"), "CM004": ("fub", "knc", "fra"),
    "CM005": ("fra", "dua", "bas"), "CM006": ("fub", "fra"), "CM007": ("wes", "eng", "lns"), "CM008": ("fra", "bbj"),
    "CM009": ("fra", "bum"), "CM010": ("wes", "eng"),
}  # fmt: skip
SPOKEN_BY: dict[str, tuple[str, ...]] = {
    "CF": ("sag", "fra"),
    "TD": ("shu", "fra"),
    "NG": ("hau", "eng"),
    "CD": ("lin",),
}
Chances = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of person: who they are likely to be, what they are likely to need."""

    weight: int
    ages: tuple[int, int]
    women: float
    foreign: float
    status: tuple[str, ...]
    sources: tuple[str, ...]
    needs: Chances
    regions: tuple[str, ...] = tuple(SEATS)


PROFILES: dict[str, Profile] = {
    "returnee": Profile(
        26, (18, 44), 0.4, 0.0, ("returnee_assisted", "returnee_spontaneous", "returnee_forced"),
        ("airport", "airport", "ngo", "self"),
        {"ECO": 0.34, "PSY": 0.15, "HEB": 0.12, "MED": 0.12, "DOC": 0.07, "EDU": 0.07},
        ("CM005", "CM002", "CM005", "CM002", "CM008", "CM010", "CM003", "CM009"),
    ),
    "child": Profile(
        20, (5, 17), 0.45, 0.35, ("returnee_forced", "stranded", "transit", "idp"),
        ("border", "police", "social_service", "airport", "community"),
        {"ENF": 1.0, "FAM": 0.25, "HEB": 0.18, "MED": 0.1, "EDU": 0.07, "PSY": 0.05},
    ),
    "violence": Profile(
        14, (17, 48), 1.0, 0.15, ("resident", "idp", "returnee_spontaneous"), ("hospital", "hotline", "self", "police"),
        {"VBG": 1.0, "PSY": 0.2, "JUR": 0.12, "HEB": 0.1, "MED": 0.07},
    ),
    "trafficking": Profile(
        11, (15, 34), 0.65, 0.35, ("returnee_forced", "stranded", "transit"), ("police", "border", "hotline", "ngo"),
        {"TEH": 1.0, "PSY": 0.15, "MED": 0.12, "JUR": 0.07, "DOC": 0.05},
    ),
    "asylum": Profile(
        11, (18, 58), 0.5, 1.0, ("asylum_seeker", "refugee", "stateless"), ("border", "ngo", "transit_centre", "self"),
        {"ASI": 1.0, "HEB": 0.12, "DOC": 0.1, "MED": 0.07}, ("CM003", "CM001", "CM004", "CM002", "CM006", "CM005"),
    ),
    "displaced": Profile(
        9, (18, 59), 0.6, 0.0, ("idp",), ("community", "ngo", "family"),
        {"HEB": 0.3, "MED": 0.15, "DOC": 0.15, "EDU": 0.1, "ECO": 0.1},
        ("CM007", "CM010", "CM004", "CM008", "CM005"),
    ),
    "stranded": Profile(
        6, (18, 40), 0.3, 1.0, ("stranded", "transit"), ("border", "transit_centre", "consulate", "police"),
        {"RET": 1.0, "HEB": 0.15, "MED": 0.1}, ("CM005", "CM003", "CM009", "CM006", "CM002"),
    ),
    "elder": Profile(
        3, (60, 79), 0.55, 0.1, ("idp", "resident", "returnee_spontaneous"), ("community", "hospital", "family"),
        {"MED": 1.0, "HEB": 0.15, "FAM": 0.1},
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person at the moment of the interview."""

    kind: str
    sex: str
    age: int
    country: str
    region: str
    department: str
    family_name: str
    given_names: str
    status: str
    source: str
    needs: tuple[str, ...]
    doubt: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def child(self) -> bool:
        """Whether the person is protected as a child."""
        return self.age < 18 or self.doubt


def invent(
    rng: Random, *, kind: str = "", region: str = "", adult: bool = False, more: Mapping[str, Any] | None = None
) -> Invented:
    """Somebody; `kind`, `region` or being an adult may be wished for."""
    kind = kind or rng.choices(tuple(PROFILES), [one.weight for one in PROFILES.values()])[0]
    profile = PROFILES[kind]
    region = region or rng.choice(profile.regions)
    sex = "female" if rng.random() < profile.women else "male"
    country = rng.choice(NEIGHBOURS) if rng.random() < profile.foreign else "CM"
    names = names_of(country, region)
    low, high = profile.ages
    needs = tuple(need for need, chance in profile.needs.items() if rng.random() < chance)
    return Invented(
        kind=kind,
        sex=sex,
        age=rng.randint(max(low, 18) if adult else low, high),
        country=country,
        region=region,
        department=_department(region, rng),
        family_name=rng.choice(names.families),
        given_names=given_name(names, sex, rng),
        status=rng.choice(profile.status),
        source=rng.choice(profile.sources),
        needs=needs or tuple(profile.needs)[:1],
        doubt=kind == "child" and not adult and rng.random() < 0.1,
        more=more or {},
    )


def _department(region: str, rng: Random) -> str:
    """The seat's département half of the time, else any of the region."""
    if rng.random() < 0.5:
        return TOWNS[SEATS[region][0]].pcode
    return rng.choice(load_places().children(region)).pcode


def answers(person: Invented, rng: Random, today: date) -> dict[str, Any]:
    """What stands on the form, as it would be typed."""
    typed: dict[str, Any] = {
        "identified_on": today.isoformat(),
        "region": person.region,
        "department": person.department,
        "source": person.source,
        "interview_language": rng.choice(SPOKEN_BY.get(person.country, SPOKEN[person.region])),
        "interpreter": "yes" if rng.random() < 0.12 else "no",
        "immediate_danger": _sign(rng, 0.03),
        "medical_emergency": _sign(rng, 0.05),
        "no_shelter": _sign(rng, 0.6 if "HEB" in person.needs else 0.05),
        "family_name": person.family_name,
        "given_names": person.given_names,
        "sex": person.sex,
        "age_doubt": "yes" if person.doubt else "no",
        "nationality": person.country,
        "document": rng.choice(("none", "none", "national_id", "passport", "birth_certificate", "laissez_passer")),
        "phone": f"+237 000 {rng.randrange(1000):03d} {rng.randrange(1000):03d}",
        "phone_safe": rng.choice(("yes", "no", "unknown")),
        "migration_status": person.status,
        "child_in_household": _sign(rng, 0.2) if not person.child else "no",
        "fear_of_return": "yes" if person.kind == "asylum" else rng.choice(("no", "no", "no", "not_asked")),
        "needs": sorted(person.needs),
        "remarks": "Personne inventée pour la démonstration.",
    }
    return (
        typed
        | _age(person, rng, today)
        | _journey(person, rng)
        | _sensitive(person, rng)
        | _child(person, rng)
        | dict(person.more)
    )


def _sign(rng: Random, chance: float) -> str:
    drawn = rng.random()
    return "yes" if drawn < chance else "unknown" if drawn < chance + 0.02 else "no"


def _age(person: Invented, rng: Random, today: date) -> dict[str, str]:
    if person.doubt or rng.random() < 0.5:
        return {"age_years": str(person.age)}
    born = today - timedelta(days=person.age * 365 + person.age // 4 + rng.randrange(3, 360))
    return {"birth_date": born.isoformat()}


def _journey(person: Invented, rng: Random) -> dict[str, Any]:
    found: dict[str, Any] = {"situations": sorted(rng.sample(("isolated", "destitute", "no_documents", "debts"), 2))}
    if person.status.startswith("returnee"):
        found["return_country"] = rng.choice(RETURNED_FROM)
    if person.child and person.age >= 6 and rng.random() < 0.5:
        found["situations"] = sorted([*found["situations"], "out_of_school"])
    return found


def _sensitive(person: Invented, rng: Random) -> dict[str, Any]:
    trafficked = person.kind == "trafficking"
    recent = person.kind == "violence" and rng.random() < 0.12
    found: dict[str, Any] = {
        "health_situation": _health(person, rng),
        "suicidal_risk": rng.choices(("no", "not_asked", "unknown", "yes"), (60, 34, 3, 3))[0],
        "household_violence": "yes" if person.kind == "violence" else rng.choice(("no", "no", "not_asked")),
        "sexual_violence_120h": "yes" if recent else rng.choice(("no", "not_asked")),
        "trafficking_act": ["recruited", "transported"] if trafficked else ["none"],
        "trafficking_means": ["deception", "documents_kept"] if trafficked and rng.random() < 0.75 else ["none"],
        "trafficking_purpose": [rng.choice(("sexual", "labour", "domestic"))] if trafficked else ["none"],
    }  # fmt: skip
    return found


def _health(person: Invented, rng: Random) -> list[str]:
    if "MED" in person.needs and rng.random() < 0.6:
        return [rng.choice(("chronic_illness", "injury", "disability"))]
    if person.sex == "female" and 17 < person.age < 40 and rng.random() < 0.12:
        return ["pregnant"]
    return [rng.choice(("none", "none", "none", "not_asked"))]


def _child(person: Invented, rng: Random) -> dict[str, str]:
    if not person.child:
        return {}
    alone = person.kind == "child"
    return {
        "care_status": rng.choice(("unaccompanied", "unaccompanied", "separated")) if alone else "accompanied",
        "guardian_present": "no" if alone else rng.choice(("yes", "no")),
    }
