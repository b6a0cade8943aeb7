"""Record who compared a translation of the texts that are read aloud with the original."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask import current_app
from sqlalchemy import func, select

from referral.consent import readings
from referral.consent.models import TranslationReview
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor


def record_review(
    language: str, form_codes: Iterable[str], *, reviewer: str, reviewed_on: date, actor: Actor, now: datetime
) -> list[TranslationReview]:
    """Write one row a text, with the hash of its wording of today; older rows stay and no longer count.

    The reviewer's name stands in the table only, not in the audit trail.
    """
    country = current_app.config["SETTINGS"].country
    rows = []
    for code in form_codes:
        same = (TranslationReview.language == language, TranslationReview.form_code == code)
        last = db.session.scalar(select(func.max(TranslationReview.sequence)).where(*same)) or 0
        rows.append(
            TranslationReview(
                language=language,
                form_code=code,
                text_hash=readings.wording(code, language, country).hash,
                reviewer=reviewer,
                reviewed_on=reviewed_on,
                recorded_by_id=actor.id,
                recorded_at=now,
                sequence=last + 1,
            )
        )
    db.session.add_all(rows)
    db.session.flush()
    audit.record("translation.review", actor=actor, now=now, code=language.upper(), texts=[row.form_code for row in rows])
    return rows
