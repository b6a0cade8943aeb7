"""Words that mean the same in the search: French and English names, and the acronyms that are spoken in the field."""

from __future__ import annotations

GROUPS: tuple[tuple[str, ...], ...] = (
    ("vbg", "gbv", "violence basée sur le genre", "gender-based violence", "violences sexuelles", "survivante", "viol"),
    ("mnr", "nrm", "mécanisme national de référencement", "national referral mechanism"),
    ("cni", "carte nationale d’identité", "national identity card", "identité", "identity"),
    ("acte de naissance", "birth certificate", "état civil", "civil registration"),
    ("tip", "teh", "traite", "trafficking", "traite des êtres humains", "trafficking in persons"),
    ("avrr", "arvr", "retour volontaire", "voluntary return", "réintégration", "reintegration"),
    ("smsps", "mhpss", "psy", "psychologue", "psychologist", "psychosocial", "santé mentale", "mental health"),
    ("mena", "enas", "uasc", "enfant non accompagné", "unaccompanied child", "enfant séparé"),
    ("enfant", "child", "children", "mineur", "minor"),
    ("femme", "women", "woman"),
    ("abri", "foyer", "refuge", "hébergement", "accommodation", "shelter", "safe house", "logement"),
    ("santé", "health", "soins", "care", "hôpital", "hospital", "clinique", "clinic", "dispensaire"),
    ("csi", "cma", "centre de santé", "health centre", "health center"),
    ("avocat", "lawyer", "juridique", "legal", "conseil juridique", "legal aid", "aide juridique"),
    ("police", "gendarmerie", "commissariat", "police station"),
    ("asile", "asylum", "réfugié", "refugee", "hcr", "unhcr"),
    ("oim", "iom"),
    ("cicr", "icrc"),
    ("rfl", "recherche familiale", "family tracing", "réunification", "reunification"),
    ("école", "school", "éducation", "education", "scolarité"),
    ("formation", "training", "apprentissage", "apprenticeship"),
    ("emploi", "job", "travail", "work", "livelihood", "moyens de subsistance", "agr"),
    ("argent", "cash", "transfert monétaire", "cash assistance"),
    ("nourriture", "food", "vivres", "alimentaire", "nutrition"),
    ("nfi", "ame", "vêtements", "clothing", "articles ménagers", "household items"),
    ("eha", "wash", "eau", "water", "hygiène", "hygiene"),
    ("handicap", "disability", "réadaptation", "rehabilitation"),
    ("transport", "voyage", "travel"),
    ("vih", "hiv", "sida", "aids"),
    ("ssr", "srh", "santé reproductive", "reproductive health", "maternité", "maternity"),
)
"""Each group may be extended; a phrase is met whole, without accents and case."""

IDLE = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par", "pour", "sur", "un"}
    | {"une", "and", "at", "for", "in", "of", "on", "or", "the", "to"}
)
"""Words that never narrow a search by themselves."""
