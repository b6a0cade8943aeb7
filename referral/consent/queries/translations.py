"""What is known of the translations of the texts that are read aloud, and in which languages consent may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from referral.consent import readings
from referral.consent.models import TranslationReview
from referral.consent.readings import Reviewed, TextState, Wording
from referral.extensions import db
from referral.procedures import queries as procedures

LANGUAGE_LIST = "language"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One text in one language."""

    form_code: str
    title: str
    wording: Wording
    review: Reviewed | None

    @property
    def state(self) -> TextState:
        """How far it is."""
        return readings.state(self.wording, self.review)


@dataclass(frozen=True, slots=True)
class LanguageLines:
    """The texts in one language; `own` when the language is one of the installation's."""

    code: str
    label: Mapping[str, str]
    own: bool
    lines: tuple[TextLine, ...]

    @property
    def begun(self) -> bool:
        """Whether there is any translation or review."""
        return any(line.state is not TextState.NONE for line in self.lines)


def spoken() -> list[tuple[str, Mapping[str, str]]]:
    """The languages of the identification form, so that the same words are used."""
    version = procedures.active_form("identification")
    choices = procedures.form(version.id).choices.get(LANGUAGE_LIST, ()) if version else ()
    return [(choice.name, choice.label) for choice in choices]


def house() -> frozenset[str]:
    """The codes of the installation's languages."""
    return readings.house(current_app.config["SETTINGS"].languages)


def translatable() -> list[tuple[str, Mapping[str, str]]]:
    """The languages that a reviewer may be recorded for: those of the form that name a language."""
    return [(code, label) for code, label in spoken() if code not in readings.NAMELESS]


def reviewed(form_code: str) -> frozenset[str]:
    """The languages whose translation of a text has a reviewer, of the wording of today."""
    found = _newest(form_code)
    return frozenset(language for language, code in found if _line(code, language, found).state is TextState.VALIDATED)


def overview() -> list[LanguageLines]:
    """Every language with every text; the installation's own languages first, then those that are begun."""
    found, own = _newest(), house()
    rows = [
        LanguageLines(code, label, code in own, tuple(_line(form, code, found) for form in readings.TEXTS))
        for code, label in translatable()
    ]
    return sorted(rows, key=lambda row: (not row.own, not row.begun))


def _line(form_code: str, language: str, found: Mapping[tuple[str, str], Reviewed]) -> TextLine:
    country = current_app.config["SETTINGS"].country
    now = readings.wording(form_code, language, country)
    return TextLine(form_code, readings.TEXTS[form_code], now, found.get((language, form_code)))


def _newest(form_code: str | None = None) -> dict[tuple[str, str], Reviewed]:
    """The review that counts of each language and text: the one that was recorded last."""
    query = select(TranslationReview).order_by(TranslationReview.sequence)
    if form_code is not None:
        query = query.where(TranslationReview.form_code == form_code)
    rows = db.session.scalars(query)
    return {
        (row.language, row.form_code): Reviewed(row.text_hash, row.reviewer, row.reviewed_on)
        for row in rows
        if row.form_code in readings.TEXTS
    }
