"""Importing a feed of HSDS documents: good rows go in, every other row is named with all its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from directory import hsds
from directory.places import fold
from directory.taxonomy import Status
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.providers import issues
from referral.providers.actions import mapping as mappings
from referral.providers.actions.keeping import Keeper
from referral.providers.actions.tabling import SAMPLED
from referral.providers.actions.upserting import Upsert, key_of
from referral.providers.models import ImportBatch, ImportIssue
from referral.providers.queries.catalogue import known_places
from referral.providers.queries.visible import imported_before


def import_feed(
    contents: bytes, source: str, terms: Mapping[str, str], *, actor: Actor | None, now: datetime
) -> dict[str, Any]:
    """Put the documents of a feed into the directory; what happened as `import_tables` tells it. Commits nothing."""
    kept = mappings.keep(source, terms)
    result = hsds.read(contents, kept, source, places=known_places())
    result = replace(result, warnings=tuple(one for one in result.warnings if not mappings.saved_only(one, terms)))
    versions = {row.source_id: row.version for row in db.session.execute(imported_before(source))}
    keeper, upsert = Keeper(source, now), Upsert(source, now)
    upsert.all(result)
    keeper.keep(result.documents, upsert.records(result))
    batch = _batch(result, source, now)
    audit.record("directory.import", actor=actor, now=now, subject=("import_batch", batch.id))
    told = _differences(versions, upsert, result)
    return {
        **result.summary(),
        "quarantined": [one.told() for one in result.quarantined],
        "warnings": [one.told() for one in result.warnings],
        "mapped": _mapped(kept, result),
        "samples": result.samples(SAMPLED),
        "without_need": sum(not upsert.service_of(one).needs for one in result.services),
        "ended": sum(one.status is Status.DEFUNCT for one in result.services),
        "counts": {kind: len(rows) for kind, rows in told.items()},
        **told,
    }


def _batch(result: hsds.ImportResult, source: str, now: datetime) -> ImportBatch:
    """The line of the list of imports, with what was set aside."""
    batch = ImportBatch(
        source=source, imported_at=now, services=len(result.services), organizations=len(result.organizations),
        locations=len(result.locations), quarantined=len(result.quarantined),
    )  # fmt: skip
    db.session.add(batch)
    refused = [(one.row, one.id, name, why, True) for one in result.quarantined for name, why in one.reasons]
    remarks = [(one.row, one.id, one.field, one.message, False) for one in result.warnings]
    db.session.add_all(
        ImportIssue(
            batch=batch, row=row, source_id="".join(filter(str.isprintable, written))[:200], field=name[:120],
            reason=issues.written(why), quarantined=aside,
        )
        for row, written, name, why, aside in [*refused, *remarks]
    )  # fmt: skip
    db.session.flush()
    return batch


def _differences(before: dict[str, int], upsert: Upsert, result: hsds.ImportResult) -> dict[str, list[dict[str, str]]]:
    """Which services are new, changed, or no longer in the feed."""
    before = before | upsert.adopted
    here = {key_of(one): upsert.service_of(one) for one in result.services}
    told = {
        "new": [key for key in here if key not in before],
        "changed": [key for key, row in here.items() if key in before and row.version != before[key]],
        "gone": sorted(before.keys() - here.keys()) if result.lists_services else [],
    }
    return {
        kind: [{"id": key, "name": upsert.services[key].name} for key in keys] for kind, keys in told.items()
    }  # fmt: skip


def _mapped(kept: Mapping[str, str], result: hsds.ImportResult) -> list[dict[str, Any]]:
    """The terms of this feed that mean a need, those of most services first."""
    terms = {fold(term): (term, needs.split(",")) for term, needs in kept.items()}
    found: Counter[str] = Counter()
    for one in result.services:
        found.update({fold(name) for term in one.terms for name in (term.name, term.code)} & terms.keys())
    return [
        {"term": terms[key][0], "needs": terms[key][1], "services": number}
        for key, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]
