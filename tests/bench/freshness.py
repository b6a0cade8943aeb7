"""The directory's job over 50,000 entries in a database: what it takes to work out whom to ask, and its memory."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from tests.bench.clock import Figure

SIZE = 50_000
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LIMIT_SECONDS, LIMIT_MB = 20.0, 60.0
CHUNK = 5_000


def measure() -> list[Figure]:
    """One run of the plan in batches, by CPU and by what Python holds at most; and all rows read at once, beside it."""
    from tests.conftest import close, make_app

    with tempfile.TemporaryDirectory() as folder:
        app = make_app(None, Path(folder), "freshness")
        try:
            with app.app_context():
                fill(SIZE)
                return [*_figures()]
        finally:
            close(app)


def _figures() -> list[Figure]:
    from referral.providers.actions.reminding import plan_now
    from referral.providers.queries.keeping import kept_entries

    began = time.process_time()
    made = plan_now(NOW)
    taken = time.process_time() - began
    tracemalloc.start()
    for _one in kept_entries(NOW):
        pass
    batches = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.reset_peak()
    _all = list(kept_entries(NOW, SIZE))
    whole = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return [
        Figure(f"freshness of 50,000 entries: {len(made.taken)} steps", taken, "s CPU", limit=LIMIT_SECONDS),
        Figure("memory of reading them in batches", batches, "MB", limit=LIMIT_MB),
        Figure("memory of reading them at once", whole, "MB", ratio=whole / batches),
    ]


def fill(size: int) -> None:
    """An organisation with `size` services, each at one place, confirmed on a day of the last half year."""
    from referral.extensions import db
    from referral.foundation.tables import new_id
    from referral.providers.models import SectionVerification, Service, ServiceAtLocation
    from referral.providers.rules import Section, VerificationMethod
    from tests.builders import make_organization

    owner = make_organization("Réseau")
    sections = (Section.CONTACTS, Section.HOURS, Section.SERVICE)
    for start in range(0, size, CHUNK):
        numbers = range(start, min(start + CHUNK, size))
        services = [
            {"id": new_id(), "organization_id": owner.id, "name": f"S{n}", "last_modified": NOW} for n in numbers
        ]
        places = [{"id": new_id(), "service_id": one["id"]} for one in services]
        confirmed = [
            {
                "id": new_id(), "service_at_location_id": place["id"], "section": section,
                "method": VerificationMethod.CALL, "at": NOW - timedelta(days=(number * 7) % 180),
            }
            for number, place in zip(numbers, places, strict=True)
            for section in sections
        ]  # fmt: skip
        for model, rows in ((Service, services), (ServiceAtLocation, places), (SectionVerification, confirmed)):
            db.session.execute(insert(model), rows)
        db.session.commit()


if __name__ == "__main__":
    for figure in measure():
        print(figure.line())
