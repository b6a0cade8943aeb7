"""Files of partners that wait for a decision, those that were taken in, and the sources that they came from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from directory.places import fold
from referral.extensions import db
from referral.providers.import_models import ImportDraft
from referral.providers.models import ColumnMapping, ImportBatch

LISTED = 20


def batches() -> list[ImportBatch]:
    """The last imports."""
    return list(db.session.scalars(select(ImportBatch).order_by(ImportBatch.imported_at.desc()).limit(LISTED)))


def drafts() -> list[Any]:
    """The last files that nobody has decided on, without their contents."""
    query = select(ImportDraft.id, ImportDraft.source, ImportDraft.created_at).where(ImportDraft.decided_at.is_(None))
    return list(db.session.execute(query.order_by(ImportDraft.created_at.desc()).limit(LISTED)))


def sources() -> list[str]:
    """Names under which something is saved or was taken in."""
    names = {*db.session.scalars(select(ColumnMapping.source).distinct())}
    names |= {*db.session.scalars(select(ImportBatch.source).distinct())}
    return sorted(names, key=fold)


def known_as(typed: str) -> str:
    """The name of a source as it is known already, whatever its case and accents here; else as it is typed."""
    name = " ".join(typed.split())
    return next((one for one in sources() if fold(one) == fold(name)), name)
