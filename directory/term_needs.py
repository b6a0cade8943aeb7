"""A first guess which need a term of somebody's list means, by its words; a person confirms it."""

from __future__ import annotations

from directory.words import chunks, plain, singular

WORDS: dict[str, tuple[str, ...]] = {
    "MED": ("santé", "centre de santé", "santé reproductive", "vih", "handicap", "médical", "medical"),
    "PSY": ("psychosocial",),
    "HEB": ("abri", "nourriture", "nutritionnel", "nfi", "eha", "cash"),
    "ENF": ("enfant", "mena"),
    "VBG": ("vbg",),
    "TEH": ("traite",),
    "ASI": ("asile",),
    "DOC": ("carte nationale d’identité", "acte de naissance"),
    "JUR": ("avocat", "droit", "immigration"),
    "FAM": ("recherche familiale",),
    "EDU": ("école", "formation"),
    "ECO": ("emploi",),
    "RET": ("retour volontaire",),
}
"""Need -> words that mean it; what means the same in the search means the same here."""


def suggested(term: str) -> str:
    """Return the need that a term seems to mean, empty when its words point to none or to several.

    >>> suggested("HEALTH"), suggested("Eau, hygiène et assainissement"), suggested("Mental health")
    ('MED', 'HEB', 'PSY')
    >>> suggested("Coordination"), suggested("Santé et éducation")
    ('', '')
    """
    said = {_key(phrase) for chunk in chunks(term) for phrase in chunk}
    found = {need for need, keys in _KEYS.items() if keys & said}
    return found.pop() if len(found) == 1 else ""


def _key(phrase: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(singular, phrase))


_KEYS = {need: {_key(tuple(plain(word).split())) for word in words} for need, words in WORDS.items()}
