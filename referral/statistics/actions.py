"""Publish quarters that are over: once, both editions together, and never again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from referral.extensions import db
from referral.foundation import audit
from referral.foundation.tables import new_id
from referral.statistics import catalogue, editions
from referral.statistics.catalogue import Counts
from referral.statistics.categories import APART
from referral.statistics.models import StatisticsRelease
from referral.statistics.quarters import Quarter
from referral.statistics.rules import publish_editions


def prepare(counts: Mapping[Quarter, Counts]) -> dict[tuple[str, bool], dict[str, Any]]:
    """Both editions of each quarter, ready to be kept; takes a moment, so no transaction should be open."""
    prepared = {}
    for quarter, counted in counts.items():
        found = catalogue.tables(counted)
        for signatory, published in publish_editions(list(found.values()), APART).items():
            prepared[quarter.code, signatory] = editions.pack(dict(zip(found, published, strict=True)))
    return prepared


def freeze(prepared: Mapping[tuple[str, bool], dict[str, Any]], *, actor: Any, now: datetime) -> None:
    """Keep editions for good; when somebody else was faster, theirs stay."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    for (quarter, signatory), content in prepared.items():
        mark = editions.digest(content, quarter=quarter, signatory=signatory, published_at=now)
        values = {
            "id": new_id(),
            "quarter": quarter,
            "signatory": signatory,
            "content": content,
            "hash": mark,
            "published_at": now,
        }
        statement = dialect.insert(StatisticsRelease).values(values).on_conflict_do_nothing()
        kept = db.session.scalar(statement.returning(StatisticsRelease.id))
        if kept is not None:
            audit.record(
                "statistics.publish", actor=actor, now=now, subject=("statistics_release", kept), code=mark[:16]
            )
