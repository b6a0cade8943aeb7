"""From a person's answers, by category as they are sealed, to the identity by which they can be found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from referral.people.matching.identity import Identity
from sop.vocabulary import Category

CATEGORIES: Final = (Category.C2, Category.C3)
"""The categories that hold who somebody is."""
EXTERNAL: Final = ("iom_number", "unhcr_number", "other_number", "case_number")
PHONES: Final = ("phone", "phone_2", "contact_phone")


def identity_of(opened: Mapping[Category, Mapping[str, Any]], *, birth_year: int | None = None) -> Identity:
    """The identity in opened answers; questions that a form does not ask stay empty."""
    known: dict[str, Any] = {}
    for category in CATEGORIES:
        known.update(opened.get(category, {}))
    return Identity(
        family=_text(known, "family_name"),
        given=_text(known, "given_names"),
        other=_text(known, "other_names"),
        sex=_text(known, "sex"),
        birth_date=_text(known, "birth_date"),
        birth_year=birth_year,
        phones=tuple(_texts(known, PHONES)),
        document=_text(known, "document_number"),
        external=tuple(_texts(known, EXTERNAL)),
        place=_text(known, "place"),
        address=_text(known, "address"),
    )


def _text(known: Mapping[str, Any], name: str) -> str:
    value = known.get(name)
    return str(value) if value is not None else ""


def _texts(known: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [text for name in names if (text := _text(known, name))]
