"""The national code lists as pages of a taxonomy, with their names in each language of the site."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from uuid import UUID

from flask import current_app
from flask_babel import force_locale, gettext

from directory import hsds_terms
from directory.hsds_terms import OwnTerm, own_terms
from directory.hsds_writing import Document, Profile
from directory.places import fold
from referral.api.queries.pages import Listed, Missing, cut_listed
from referral.api.schemas import Asked
from sop.vocabulary import NEED_LABELS

ALL: Mapping[UUID, OwnTerm] = {
    UUID(one.id): one for one in own_terms({need.value: label for need, label in NEED_LABELS.items()})
}
"""Every term by its id, in the order of ids."""
TAXONOMY = UUID(hsds_terms.TAXONOMY_ID)


def taxonomies(asked: Asked, uri: str) -> Listed:
    """The one taxonomy that we have; `uri` is where its terms are."""
    words = fold(f"{hsds_terms.TAXONOMY} {gettext(hsds_terms.TAXONOMY_TEXT)}")
    met = all(word in words for word in fold(asked.search).split())
    page = cut_listed([TAXONOMY] if met else [], asked)
    return Listed([_taxonomy(uri) for _ in page.ids], page)


def taxonomy(key: UUID, uri: str) -> Listed:
    """One taxonomy; raises `Missing`."""
    if key != TAXONOMY:
        raise Missing
    return Listed([_taxonomy(uri)])


def terms(asked: Asked) -> Listed:
    """A page of terms."""
    sought = fold(asked.search).split()
    found = [
        key
        for key, one in ALL.items()
        if asked.taxonomy_id in (None, TAXONOMY)
        and (asked.parent_id is None or one.parent_id == str(asked.parent_id))
        and not (asked.top_only and one.parent)
        and (not sought or all(word in fold(" ".join((one.code, *_names(one).values()))) for word in sought))
    ]
    page = cut_listed(found, asked)
    return Listed([_term(ALL[key], asked) for key in page.ids], page)


def term(key: UUID, asked: Asked) -> Listed:
    """One term; raises `Missing`."""
    if key not in ALL:
        raise Missing
    return Listed([_term(ALL[key], asked)])


def _taxonomy(uri: str) -> Document:
    language = str(current_app.config["SETTINGS"].default_language)
    with force_locale(language):
        return hsds_terms.taxonomy(gettext(hsds_terms.TAXONOMY_TEXT), uri)


def _term(one: OwnTerm, asked: Asked) -> Document:
    language = asked.lang or str(current_app.config["SETTINGS"].default_language)
    return hsds_terms.term(one, _names(one), language, plain=asked.profile is Profile.HSDS)


def _names(one: OwnTerm) -> Mapping[str, str]:
    return _named(one, tuple(current_app.config["SETTINGS"].languages))


@cache
def _named(one: OwnTerm, languages: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for language in languages:
        with force_locale(language):
            found[language] = gettext(one.name)
    return found
