"""Record who compared a translation with the original, and the words of the leaflet as the country writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from referral.consent import readings
from referral.consent.models import LeafletWord, TranslationReview
from referral.consent.queries.translations import LanguageLines, leaflet_words
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor


def record_review(
    row: LanguageLines, form_codes: Collection[str], *, reviewer: str, reviewed_on: date, actor: Actor, now: datetime
) -> list[TranslationReview]:
    """Write one row a text, with the hash of its wording of today; older rows stay and no longer count.

    The reviewer's name stands in the table only, not in the audit trail.
    """
    last = _last(TranslationReview, TranslationReview.form_code, row.code)
    rows = [
        TranslationReview(
            language=row.code,
            form_code=line.form_code,
            text_hash=line.wording.hash,
            reviewer=reviewer,
            reviewed_on=reviewed_on,
            recorded_by_id=actor.id,
            recorded_at=now,
            sequence=last.get(line.form_code, 0) + 1,
        )
        for line in row.lines
        if line.form_code in form_codes
    ]
    db.session.add_all(rows)
    db.session.flush()
    texts = [one.form_code for one in rows]
    audit.record("translation.review", actor=actor, now=now, code=row.code.upper(), texts=texts)
    return rows


def write_words(code: str, texts: Mapping[str, str], *, actor: Actor, now: datetime) -> list[str]:
    """Keep the words of the leaflet that differ from those of today; the keys of these.

    An empty text, or the library's own, gives the word back to the library. Older words stay. A review of other words
    no longer counts, by its hash.
    """
    printed = leaflet_words(code)
    library = readings.leaflet_words(code, {})
    wanted = {key: text or library[key] for key, text in texts.items() if key in readings.LEAFLET_KEYS}
    changed = [key for key, text in wanted.items() if text != printed[key]]
    if not changed:
        return []
    last = _last(LeafletWord, LeafletWord.key, code)
    db.session.add_all(
        LeafletWord(
            language=code,
            key=key,
            text="" if wanted[key] == library[key] else wanted[key],
            written_by_id=actor.id,
            written_at=now,
            sequence=last.get(key, 0) + 1,
        )
        for key in changed
    )
    db.session.flush()
    audit.record("translation.words", actor=actor, now=now, code=code.upper(), words=changed)
    return changed


def _last(table: Any, column: Any, language: str) -> dict[str, int]:
    """The last number of each text or word in a language."""
    query = select(column, func.max(table.sequence)).where(table.language == language).group_by(column)
    return {row[0]: row[1] for row in db.session.execute(query)}
