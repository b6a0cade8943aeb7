"""The papers that services ask for: free words of an entry met with the codes of what a person holds."""

from __future__ import annotations

import re
from functools import cache

from directory.places import fold
from directory.vocabulary import N_

PAPER_LABELS: dict[str, str] = {
    "identity_card": N_("identity card"),
    "passport": N_("passport"),
    "birth_certificate": N_("birth certificate"),
    "residence_permit": N_("residence permit"),
    "refugee_card": N_("refugee card or certificate"),
    "asylum_certificate": N_("asylum seeker’s certificate"),
    "consular_card": N_("consular card"),
    "laissez_passer": N_("laissez-passer"),
    "health_record": N_("health record or prescription"),
    "referral_letter": N_("referral letter"),
    "police_report": N_("police report"),
    "photo": N_("photograph"),
}
"""What a person may hold; the words of the search's form."""

WORDS: dict[str, tuple[str, ...]] = {
    "identity_card": (
        "carte d identite", "carte nationale", "cni", "identity card", "id card", "national id", "piece d identite",
        "identity document", "proof of identity", "photo id", "identification",
    ),
    "passport": (
        "passeport", "passport", "piece d identite", "identity document", "proof of identity", "photo id",
        "identification",
    ),
    "birth_certificate": ("acte de naissance", "extrait de naissance", "birth certificate"),
    "residence_permit": ("carte de sejour", "titre de sejour", "permis de sejour", "residence permit"),
    "refugee_card": ("carte de refugie", "certificat de refugie", "refugee card", "hcr", "unhcr"),
    "asylum_certificate": ("demandeur d asile", "demande d asile", "asylum seeker", "hcr", "unhcr"),
    "consular_card": ("carte consulaire", "consular card"),
    "laissez_passer": ("laissez passer", "sauf conduit", "emergency travel document"),
    "health_record": (
        "carnet de sante", "carnet de vaccination", "ordonnance", "health record", "medical record", "prescription",
        "carnet",
    ),
    "referral_letter": (
        "fiche de reference", "fiche d orientation", "lettre d orientation", "referral form", "referral letter",
        "bulletin d orientation",
    ),
    "police_report": ("proces verbal", "plainte", "police report", "requisition"),
    "photo": ("photo d identite", "photos d identite", "photographie", "photograph", "passport photo"),
}  # fmt: skip
"""How entries call them, folded; a paper may go by words that another goes by too: either is then enough."""

NOTHING = re.compile(r"^(aucun|aucune|neant|none|no document|sans document|pas de document|rien)")


@cache
def recognised(written: str) -> frozenset[str]:
    """Return the papers any one of which is asked for by these words; none when they are not understood.

    >>> sorted(recognised("CNI ou passeport")), recognised("Deux témoins")
    (['identity_card', 'passport'], frozenset())
    """
    plain = " ".join(re.findall(r"[a-z0-9]+", fold(written)))
    found = {code for code, words in WORDS.items() if any(re.search(rf"\b{one}s?\b", plain) for one in words)}
    if "photo" in found and "passport photo" in plain:
        found.discard("passport")
    return frozenset(found)


def asks_nothing(written: str) -> bool:
    """Return whether these words say that no paper is asked for.

    >>> asks_nothing("Aucun document"), asks_nothing("CNI")
    (True, False)
    """
    return bool(NOTHING.match(fold(written).strip()))
