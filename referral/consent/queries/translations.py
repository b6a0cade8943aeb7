"""What is known of the translations: of the texts that are read aloud, and of the leaflet for the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from sqlalchemy import select

from directory.leaflet import CHECKED
from referral.consent import readings
from referral.consent.models import LeafletWord, TranslationReview
from referral.consent.readings import LEAFLET, Reviewed, TextState, Wording
from referral.extensions import db
from referral.partners.models import User
from referral.procedures import queries as procedures

LANGUAGE_LIST = "language"
MOST_REVIEWS = 50
Label = Mapping[str, str]


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
    """The texts in one language; `leaflet` is the leaflet's code of it, empty where no leaflet is printed in it."""

    code: str
    label: Label
    leaflet: str
    lines: tuple[TextLine, ...]

    @property
    def begun(self) -> bool:
        """Whether there is any translation or review."""
        return any(line.state is not TextState.NONE for line in self.lines)

    @property
    def stamp(self) -> str:
        """What somebody compared who looked at this page: changes with any wording."""
        return readings.stamp(line.wording for line in self.lines)


@dataclass(frozen=True, slots=True)
class PastReview:
    """A review as the page lists it; `counts` while the wording is still the one that was compared."""

    title: str
    reviewer: str
    reviewed_on: date
    wording: str
    recorded_by: str
    recorded_at: datetime
    counts: bool


def spoken() -> list[tuple[str, Label]]:
    """The languages of the identification form, so that the same words are used."""
    version = procedures.active_form("identification")
    choices = procedures.form(version.id).choices.get(LANGUAGE_LIST, ()) if version else ()
    return [(choice.name, choice.label) for choice in choices]


def house() -> frozenset[str]:
    """The codes of the installation's languages."""
    return readings.house(current_app.config["SETTINGS"].languages)


def translatable() -> list[tuple[str, Label]]:
    """The languages that a reviewer may be recorded for: those of the form that name one, but not the house's."""
    left_out = readings.NAMELESS | house()
    return [(code, label) for code, label in spoken() if code not in left_out]


def reviewed(form_code: str) -> frozenset[str]:
    """The languages whose translation of a text has a reviewer, of the wording of today."""
    found = _newest(form_code=form_code)
    return frozenset(
        language for language, code in found if _line(code, language, found, {}).state is TextState.VALIDATED
    )


def overview() -> list[LanguageLines]:
    """Every language with every text; those that are begun first."""
    found, words = _newest(), _written()
    rows = [_lines(code, label, found, words) for code, label in translatable()]
    return sorted(rows, key=lambda row: not row.begun)


def one(language: str) -> LanguageLines | None:
    """One language with its texts; None for one that nobody translates into."""
    label = dict(translatable()).get(language)
    return _lines(language, label, _newest(language=language), _written()) if label is not None else None


def past_reviews(row: LanguageLines) -> list[PastReview]:
    """Who compared which wording when, newest first, at most `MOST_REVIEWS`."""
    hashes = {line.form_code: line.review.text_hash for line in row.lines if line.review and line.state.open}
    query = (
        select(TranslationReview, User.full_name)
        .join(User, TranslationReview.recorded_by_id == User.id)
        .where(TranslationReview.language == row.code, TranslationReview.form_code.in_(readings.TITLES))
        .order_by(TranslationReview.recorded_at.desc(), TranslationReview.form_code)
        .limit(MOST_REVIEWS)
    )
    return [
        PastReview(
            title=readings.TITLES[found.form_code],
            reviewer=found.reviewer,
            reviewed_on=found.reviewed_on,
            wording=found.text_hash[:8],
            recorded_by=name,
            recorded_at=found.recorded_at,
            counts=hashes.get(found.form_code) == found.text_hash,
        )
        for found, name in db.session.execute(query)
    ]


def leaflet_words(code: str) -> dict[str, str]:
    """The words of the leaflet in a language of `LANGUAGES`; "not_checked" is empty once somebody checked them."""
    words = readings.leaflet_words(code, _written(code).get(code, {}))
    return words | {"not_checked": ""} if code in CHECKED or _checked(code, words) else words


def last_written(code: str) -> datetime | None:
    """When a word of the leaflet was last changed; None while they are the library's."""
    query = select(LeafletWord.written_at).where(LeafletWord.language == code).order_by(LeafletWord.written_at.desc())
    return db.session.scalar(query.limit(1))


def _checked(code: str, words: Mapping[str, str]) -> bool:
    long = {short: long for long, short in readings.LEAFLETS.items()}.get(code, code)
    review = _newest(language=long, form_code=LEAFLET).get((long, LEAFLET))
    return readings.state(readings.leaflet_wording(words), review) is TextState.VALIDATED


def _lines(
    code: str, label: Label, found: Mapping[tuple[str, str], Reviewed], words: Mapping[str, Mapping[str, str]]
) -> LanguageLines:
    leaflet = readings.LEAFLETS.get(code, "")
    forms = [form for form in readings.TITLES if form != LEAFLET or leaflet]
    return LanguageLines(code, label, leaflet, tuple(_line(form, code, found, words) for form in forms))


def _line(
    form_code: str,
    language: str,
    found: Mapping[tuple[str, str], Reviewed],
    words: Mapping[str, Mapping[str, str]],
) -> TextLine:
    if form_code == LEAFLET:
        short = readings.LEAFLETS[language]
        now = readings.leaflet_wording(readings.leaflet_words(short, words.get(short, {})))
    else:
        now = readings.wording(form_code, language, current_app.config["SETTINGS"].country)
    return TextLine(form_code, readings.TITLES[form_code], now, found.get((language, form_code)))


def _newest(*, language: str | None = None, form_code: str | None = None) -> dict[tuple[str, str], Reviewed]:
    """The review that counts of each language and text: the one that was recorded last."""
    query = select(TranslationReview).order_by(TranslationReview.sequence)
    if language is not None:
        query = query.where(TranslationReview.language == language)
    if form_code is not None:
        query = query.where(TranslationReview.form_code == form_code)
    return {
        (row.language, row.form_code): Reviewed(row.text_hash, row.reviewer, row.reviewed_on)
        for row in db.session.scalars(query)
        if row.form_code in readings.TITLES
    }


def _written(code: str | None = None) -> dict[str, dict[str, str]]:
    """The words that the country wrote, by language and key: the newest of each."""
    query = select(LeafletWord.language, LeafletWord.key, LeafletWord.text).order_by(LeafletWord.sequence)
    if code is not None:
        query = query.where(LeafletWord.language == code)
    found: dict[str, dict[str, str]] = {}
    for language, key, text in db.session.execute(query):
        found.setdefault(language, {})[key] = text
    return found
