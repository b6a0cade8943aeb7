"""Translations: which text is reviewed in which language, who reviewed it, and the words of the leaflet."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from directory.leaflet import RIGHT_TO_LEFT, WORDS
from referral.consent import readings
from referral.consent.actions import translating
from referral.consent.queries import translations as queries
from referral.consent.queries.translations import LanguageLines
from referral.consent.translation_schemas import Reading, read_review, read_words
from referral.consent.views import bp
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission, Role
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from sop.texts import load_text

REVIEWS = Permission.TRANSLATION_REVIEW
BROWSER_CODES = {"ful": "ff"}
"""Codes of the leaflet's languages that browsers know under another name."""


@bp.get("/translations")
@requires(REVIEWS)
def translations() -> str:
    """Every language and how far each text is in it."""
    rows = queries.overview()
    begun = [row for row in rows if row.begun]
    others = [row for row in rows if not row.begun]
    coordinates = actor().role is Role.COORDINATOR
    return render_template("consent/translations.html", begun=begun, others=others, coordinates=coordinates)


@bp.get("/translations/<language>")
@requires(REVIEWS)
def translation(language: str) -> str:
    """One language: its texts, who reviewed them, and a form to record a reviewer."""
    return _page(_row(language), Reading({}))


@bp.post("/translations/<language>")
@requires(REVIEWS)
@idempotent
def translation_post(language: str) -> Any:
    """Record who compared which texts."""
    row = _row(language)
    written = queries.last_written(row.leaflet) if row.leaflet else None
    day = written.astimezone(clock.zone()).date() if written else None
    offered = {line.form_code for line in row.lines}
    reading = read_review(request.form, offered, stamp=row.stamp, today=clock.today(), written_on=day)
    if reading.errors:
        return _page(row, reading), 422
    translating.record_review(row, **reading.values, actor=actor(), now=clock.now())
    flash(_("The review is recorded."), "success")
    return redirect(url_for("consent.translation", language=language), 303)


@bp.get("/translations/<language>/leaflet")
@requires(REVIEWS)
def leaflet_words(language: str) -> str:
    """The words of the leaflet in one language, to be corrected."""
    return _words_page(_row(language, leaflet=True), None)


@bp.post("/translations/<language>/leaflet")
@requires(REVIEWS)
@idempotent
def leaflet_words_post(language: str) -> Any:
    """Save the words that were changed."""
    row = _row(language, leaflet=True)
    reading = read_words(request.form, stamp=row.stamp)
    if reading.errors:
        return _words_page(row, reading), 422
    changed = translating.write_words(row.leaflet, reading.values["texts"], actor=actor(), now=clock.now())
    if changed:
        told = ngettext(
            "%(num)d word is changed: have it reviewed.", "%(num)d words are changed: have them reviewed.", len(changed)
        )
        flash(told, "success")
    return redirect(url_for("consent.translation", language=language), 303)


def _row(language: str, *, leaflet: bool = False) -> LanguageLines:
    row = queries.one(language)
    if row is None or (leaflet and not row.leaflet):
        abort(404)
    return row


def _page(row: LanguageLines, reading: Reading) -> str:
    country = current_app.config["SETTINGS"].country
    texts = {
        line.form_code: load_text(line.form_code, page_language(), country)
        for line in row.lines
        if line.form_code in readings.TEXTS
    }
    return render_template(
        "consent/translation.html",
        row=row,
        past=queries.past_reviews(row),
        texts=texts,
        typed=reading.typed,
        errors=reading.errors,
    )


def _words_page(row: LanguageLines, reading: Reading | None) -> str:
    printed = queries.leaflet_words(row.leaflet)
    typed = {**printed, **(reading.typed if reading else {})}
    return render_template(
        "consent/leaflet_words.html",
        row=row,
        keys=readings.LEAFLET_KEYS,
        originals={key: WORDS[key][page_language()] for key in readings.LEAFLET_KEYS},
        library=readings.leaflet_words(row.leaflet, {}),
        printed=printed,
        typed=typed,
        lang=BROWSER_CODES.get(row.leaflet, row.leaflet),
        rtl=row.leaflet in RIGHT_TO_LEFT,
        errors=reading.errors if reading else {},
    )
