"""What the invented organisations offer: plain descriptions; `directory.py` makes rows of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from directory.taxonomy import Disclosure, Referrals, Status, Visibility
from directory.taxonomy import ServiceType as T
from referral.demonstration.towns import SEATS, SHORT

COUNTRY = "CM"
Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Offered:
    """One service: who gives it, what, where, when, for whom. `ages` None is not stated; (0, 120) is everybody."""

    body: str
    name: str
    types: tuple[T, ...]
    needs: tuple[str, ...]
    towns: tuple[str, ...]
    hours: str = "office"
    ages: tuple[int, int] | None = (0, 120)
    audiences: tuple[Row, ...] = ()
    areas: tuple[str, ...] = ()
    unit: str = "consultation"
    languages: tuple[str, ...] = ("fra",)
    interpretation: str = ""
    free: bool | None = True
    referrals: Referrals | None = Referrals.YES
    response_hours: int | None = 24
    disclosure: Disclosure = Disclosure.EXACT
    visibility: Visibility = Visibility.NETWORK
    status: Status = Status.ACTIVE
    remote: bool = False
    alert: str = ""
    terms: tuple[str, ...] = ()
    description: str = ""


WOMEN: tuple[Row, ...] = (("sex", "female", "included"),)
MEN: tuple[Row, ...] = (("sex", "male", "included"),)
EVERYBODY: tuple[Row, ...] = (("sex", "all", "included"),)
ALONE: tuple[Row, ...] = (
    *EVERYBODY, ("vulnerability", "unaccompanied_child", "priority"), ("vulnerability", "separated_child", "priority"),
)  # fmt: skip
SURVIVORS: tuple[Row, ...] = (*WOMEN, ("vulnerability", "gbv_survivor", "priority"))
MIGRANTS: tuple[Row, ...] = (
    *EVERYBODY, ("status", "returnee", "included"), ("status", "transit_migrant", "included"),
    ("status", "refugee", "included"), ("status", "asylum_seeker", "included"), ("status", "idp", "included"),
)  # fmt: skip
LANGUAGES: dict[str, tuple[str, ...]] = {
    "CM001": ("fra", "ful", "hau"),
    "CM002": ("fra", "eng", "ewo"),
    "CM003": ("fra", "ful", "sag"),
    "CM004": ("fra", "ful", "kan", "shu"),
    "CM005": ("fra", "eng", "dua", "bas"),
    "CM006": ("fra", "ful", "hau"),
    "CM007": ("eng", "pcm"),
    "CM008": ("fra", "eng"),
    "CM009": ("fra", "spa"),
    "CM010": ("eng", "pcm", "fra"),
}
SHELTER_HOURS = ("always", "always", "long", "always", "always", "long", "always", "always", "long", "always")
CHILD_HOURS = ("lunch", "office", "six", "lunch", "office", "office", "lunch", "six", "office", "lunch")
SHELTER_AGES: tuple[tuple[int, int] | None, ...] = (
    (12, 120), (0, 120), (15, 120), None, (0, 120), (12, 120), None, (0, 120), (6, 120), (12, 120),
)  # fmt: skip


def regional() -> list[Offered]:
    """The services that every region has: health, clinical care, shelter, child protection, listening."""
    made = []
    for number, region in enumerate(SEATS):
        short, (seat, second, third), spoken = SHORT[region], SEATS[region], LANGUAGES[region]
        here = {"areas": (region,), "languages": spoken}
        made += [
            _offered(here, f"hospital-{short}", "Consultations et soins", (T.HLTH,), ("MED",), seat, hours="always",
                     free=False if number % 3 == 0 else None, audiences=EVERYBODY, visibility=Visibility.PUBLIC),
            _offered(here, f"hospital-{short}", "Prise en charge clinique après un viol", (T.HLTH, T.WOMN),
                     ("VBG", "MED"), seat, hours="always", response_hours=4, audiences=EVERYBODY,
                     visibility=Visibility.PUBLIC),
            _offered(here, f"shelter-{short}", "Hébergement d’urgence", (T.SHEL, T.FOOD), ("HEB",), seat,
                     hours=SHELTER_HOURS[number], ages=SHELTER_AGES[number], unit="bed",
                     audiences=ALONE if number % 2 == 0 else EVERYBODY,
                     disclosure=Disclosure.ARRONDISSEMENT if number in (3, 6) else Disclosure.EXACT),
            _offered(here, f"shelter-{short}", "Kits d’accueil : vêtements et hygiène", (T.NFI, T.WASH), ("HEB",), seat,
                     unit="kit", referrals=Referrals.NOT_NEEDED if number % 2 else Referrals.YES),
            _offered(here, f"child-{short}", "Protection et accueil de remplacement", (T.CHIL,), ("ENF",), second,
                     hours=CHILD_HOURS[number], ages=(0, 17), unit="place", audiences=ALONE,
                     referrals=Referrals.PROFESSIONALS_ONLY),
            _offered(here, f"listen-{short}", "Écoute et soutien psychosocial", (T.MHPS,), ("PSY",), third,
                     hours=("lunch", "office", "weekend")[number % 3], ages=None if number % 4 == 1 else (6, 120),
                     audiences=EVERYBODY),
            _offered(here, f"listen-{short}", "Accompagnement après des violences", (T.WOMN,), ("VBG",), third,
                     hours="lunch", ages=(12, 120) if number % 3 else None, audiences=SURVIVORS, unit="file"),
        ]  # fmt: skip
    return made


def _offered(
    here: dict[str, tuple[str, ...]], body: str, name: str, types: tuple[T, ...], needs: tuple[str, ...], town: str,
    **more: object,
) -> Offered:  # fmt: skip
    return replace(Offered(body, name, types, needs, (town,), **here), **more)  # type: ignore[arg-type]


def national() -> list[Offered]:
    """Services for the whole country, most of them in a few towns."""
    whole = (COUNTRY,)
    return [
        Offered("trafficking", "Protection des victimes présumées de traite", (T.SECU, T.SHEL), ("TEH",),
                ("yaounde", "douala", "garoua"), "always", audiences=(*EVERYBODY,
                ("vulnerability", "trafficking_victim", "priority")), areas=whole, unit="place", response_hours=12,
                disclosure=Disclosure.ARRONDISSEMENT, languages=("fra", "eng"), referrals=Referrals.PROFESSIONALS_ONLY),
        Offered("asylum", "Accueil et enregistrement des demandes d’asile", (T.ASYL,), ("ASI",),
                ("yaounde", "bertoua", "maroua"), "lunch", audiences=(("nationality", "foreign", "included"),
                ("nationality", "stateless_unknown", "included")), areas=whole, unit="file",
                languages=("fra", "eng", "sag", "shu"), interpretation="Interprètes en sango et en arabe tchadien.",
                visibility=Visibility.PUBLIC),
        Offered("identity", "Actes de naissance et cartes d’identité", (T.DOCS,), ("DOC",),
                ("yaounde", "douala", "garoua", "bamenda"), areas=whole, unit="file", free=False, response_hours=72,
                languages=("fra", "eng"), visibility=Visibility.PUBLIC),
        Offered("law", "Conseil et aide juridique", (T.LEGL,), ("JUR",), ("douala", "yaounde", "bafoussam"), "lunch",
                areas=whole, unit="file", languages=("fra", "eng"), visibility=Visibility.PUBLIC),
        Offered("bar", "Permanence d’avocats", (T.LEGL,), ("JUR",), ("garoua",), "weekend",
                areas=("CM001", "CM004", "CM006"), unit="hour", languages=("fra", "ful"), ages=None),
        Offered("tracing", "Recherche de la famille et réunification", (T.TRAC,), ("FAM",),
                ("yaounde", "douala", "bertoua", "maroua"), areas=whole, unit="file", languages=("fra", "eng", "ful"),
                audiences=ALONE),
        Offered("training", "Formations courtes aux métiers", (T.EDUC,), ("EDU",), ("douala", "bafoussam", "maroua"),
                "lunch", ages=(15, 35), areas=whole, unit="place", languages=("fra", "eng")),
        Offered("training", "Remise à niveau scolaire", (T.EDUC,), ("EDU",), ("yaounde", "bertoua", "buea"),
                "office", ages=(6, 17), areas=whole, unit="place", languages=("fra", "eng")),
        Offered("jobs", "Orientation vers l’emploi", (T.LIVE,), ("ECO",), ("yaounde", "douala", "bafoussam", "garoua"),
                ages=(18, 65), areas=whole, unit="file", languages=("fra", "eng")),
        Offered("jobs", "Aide à l’installation", (T.LIVE, T.CASH), ("ECO",), ("yaounde", "buea"), "lunch",
                ages=(18, 65), areas=whole, unit="file", audiences=(*EVERYBODY, ("status", "returnee", "included"))),
        Offered("firm", "Postes d’apprentis", (T.LIVE,), ("ECO",), ("douala",), "six", ages=(18, 30),
                areas=("CM005",), unit="place", referrals=None),
        Offered("returns", "Retour volontaire assisté", (T.AVRR, T.TRAN), ("RET",), ("yaounde", "douala"), "lunch",
                audiences=(("nationality", "foreign", "included"),), areas=whole, unit="file",
                languages=("fra", "eng", "hau"), interpretation="Interprète par téléphone."),
        Offered("consulate", "Laissez-passer consulaires", (T.AVRR, T.TRAN), ("RET",), ("douala",), "mornings",
                audiences=(("nationality", "foreign", "included"),), areas=("CM005", "CM010"), unit="file", free=False),
        *_places_apart(),
    ]  # fmt: skip


def _places_apart() -> list[Offered]:
    """Entries that are out of the ordinary: a secret refuge, nights only, closed, mobile, not mapped to any need."""
    return [
        Offered("refuge", "Refuge pour femmes et leurs enfants", (T.SHEL, T.WOMN), ("HEB", "VBG"), ("douala",),
                "always", (18, 120), SURVIVORS, ("CM005", "CM010"), "bed", ("fra", "eng"),
                disclosure=Disclosure.ON_REQUEST, referrals=Referrals.PROFESSIONALS_ONLY, response_hours=4),
        Offered("night", "Lits pour la nuit", (T.SHEL,), ("HEB",), ("douala",), "night", (18, 120), MEN, ("CM005",),
                "bed", ("fra", "eng", "pcm"), referrals=Referrals.NOT_NEEDED, response_hours=None),
        Offered("corridor", "Soins de base au corridor", (T.HLTH,), ("MED",), ("garoua_boulai",), "office",
                areas=("CM003",), status=Status.TEMPORARILY_CLOSED, alert="Fermé pour travaux."),
        Offered("library", "Lecture et aide aux devoirs", (), (), ("douala",), "afternoons", (6, 25),
                terms=("Lecture publique",), visibility=Visibility.PUBLIC, unit="place"),
        Offered("mobile", "Consultations au poste-frontière", (T.HLTH, T.DISA), ("MED",), ("kousseri",), "mornings",
                None, MIGRANTS, ("CM004002",), languages=("fra", "shu", "kan"),
                interpretation="Interprète en arabe tchadien."),
        Offered("hotline", "Écoute par téléphone", (T.MHPS, T.INFO), ("PSY",), ("yaounde",), "always",
                areas=(COUNTRY,), languages=("fra", "eng", "pcm", "ful"), remote=True, visibility=Visibility.PUBLIC,
                referrals=Referrals.NOT_NEEDED),
        Offered("tracing", "Messages familiaux", (T.TRAC,), ("FAM",), ("kousseri",), "weekend", areas=("CM004",),
                languages=("fra", "shu"), unit="file", referrals=None, free=None),
        Offered("shelter-lt", "Recherche de la famille et médiation", (T.TRAC,), ("FAM",), ("douala",), "office",
                (0, 21), ALONE, ("CM005",), "file", ("fra", "eng", "dua")),
    ]  # fmt: skip


def offered() -> list[Offered]:
    """Every service of the demonstration country."""
    return [*regional(), *national()]
