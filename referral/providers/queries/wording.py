"""The words by which a service is found: folded, in every language of the site, so that no accent is in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from flask import current_app
from flask_babel import force_locale, gettext

from directory import Offer
from directory.places import Places, fold
from directory.taxonomy import SERVICE_TYPE_LABELS
from sop.vocabulary import NEED_LABELS


def haystacks(offers: Iterable[Offer], acronyms: Mapping[str, str], places: Places) -> dict[str, str]:
    """By offer id the text that a search looks through; the name comes first, so that it also orders the list."""
    labels = _labels()
    folded = cache(fold)
    found = {}
    for one in offers:
        texts = [
            one.name,
            one.organization_name,
            acronyms.get(one.organization_id, ""),
            one.location_name,
            one.address,
            *places.words(one.pcode),
        ]
        codes = [*sorted(one.types), *sorted(one.needs)]
        found[one.id] = " | ".join([*map(folded, texts), *(labels.get(code, code.casefold()) for code in codes)])
    return found


def _labels() -> dict[str, str]:
    """Each type and need: its code and its name in every language, folded."""
    every: dict[str, list[str]] = {}
    for language in current_app.config["SETTINGS"].languages:
        with force_locale(language):
            for code, label in [*SERVICE_TYPE_LABELS.items(), *NEED_LABELS.items()]:
                every.setdefault(code, [code.casefold()]).append(fold(gettext(label)))
    return {code: " ".join(words) for code, words in every.items()}
