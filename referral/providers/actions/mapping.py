"""Which need a source's terms mean: given once, kept for its next imports."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from directory.hsds_result import Remark
from directory.places import fold
from referral.extensions import db
from referral.providers.models import TermMapping


def keep(source: str, given: Mapping[str, str]) -> dict[str, str]:
    """Save the given terms over those known of this source, and return all that now hold (needs with commas)."""
    known = list(db.session.scalars(select(TermMapping).where(TermMapping.source == source)))
    fresh = {fold(term) for term in given}
    for row in known:
        if fold(row.term) in fresh:
            db.session.delete(row)
    found: dict[str, list[str]] = {}
    for row in known:
        if fold(row.term) not in fresh:
            found.setdefault(row.term, []).append(row.need)
    db.session.flush()
    for term, needs in given.items():
        codes = list(dict.fromkeys(needs.split(",")))
        db.session.add_all(TermMapping(source=source, term=term, need=need) for need in codes)
        found[term] = codes
    db.session.flush()
    return {term: ",".join(sorted(needs)) for term, needs in found.items()}


def saved_only(one: Remark, given: Mapping[str, str]) -> bool:
    """Whether a remark says that a term is missing which is saved of this source, but was not given this time."""
    return one.message.code == "term_not_found" and str(one.message.values["term"]) not in set(map(fold, given))
