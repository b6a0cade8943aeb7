"""Double entries of 50,000 services in a process of its own: the first search, one night later, and the page.

Every hundredth service was entered twice under another organisation and with another spelling of its name.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from tests.bench.clock import Figure

SIZE, EVERY = 50_000, 100
NOW = datetime(2026, 11, 23, tzinfo=UTC)
KINDS = ("Centre de santé", "Écoute psychosociale", "Aide juridique", "Foyer pour enfants", "Clinique mobile")
SYLLABLES = ("ba", "ko", "mo", "na", "ngo", "dou", "ya", "ma", "ti", "be", "lo", "sa", "wou", "ri", "gué", "fé")
FIRST_S, AGAIN_S, PAGE_MS, LIMIT_MB = 300.0, 60.0, 200.0, 500.0


def measure() -> list[Figure]:
    """One directory on an empty SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.doubling", folder]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-6:]
    pairs, twice, first, again, page, megabytes = map(float, told)
    return [
        Figure("double entries of 50,000 services: of 500 entered twice found", twice, "", least=500),
        Figure("pairs to look at in all", pairs, ""),
        Figure("comparing 50,000 services for the first time", first, "s", limit=FIRST_S),
        Figure("looking again when ten were changed", again, "s", limit=AGAIN_S),
        Figure("the list of pairs", page, "ms", limit=PAGE_MS),
        Figure("the most memory it held", megabytes, "MB", limit=LIMIT_MB),
    ]


def main() -> None:
    """Fill, look, look again; print pairs, those entered twice that were found, seconds, seconds, ms, megabytes."""
    from referral.extensions import db
    from tests.bench.served import application

    folder = Path(sys.argv[1])
    with application(f"sqlite:///{folder / 'bench.sqlite'}", str(folder)).app_context():
        db.create_all()
        twice = _fill()
        print(*_measured(twice), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _measured(twice: set[tuple[Any, ...]]) -> tuple[float, ...]:
    from sqlalchemy import select

    from referral.extensions import db
    from referral.providers.actions import look_for_doubles
    from referral.providers.doubles_models import ServicePair
    from referral.providers.models import Service
    from referral.providers.queries.doubles import waiting

    first = _seconds(lambda: look_for_doubles(NOW, most=None))
    found = {tuple(row) for row in db.session.execute(select(ServicePair.first_id, ServicePair.second_id))}
    for one in db.session.scalars(select(Service).limit(10)):
        one.name += " bis"
    db.session.commit()
    again = _seconds(lambda: look_for_doubles(NOW))
    return len(found), len(found & twice), first, again, _seconds(waiting) * 1000


def _seconds(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _fill() -> set[tuple[Any, ...]]:
    """2,000 organisations, 360 arrondissements; which pairs of services are one."""
    from referral.extensions import db
    from referral.foundation.tables import new_id
    from referral.partners.models import Organization
    from referral.providers.models import Location, Service, ServiceAtLocation, ServiceContact

    rng, twice = Random(7), set()  # noqa: S311 - invented entries, not a secret
    houses = [
        {"id": new_id(), "name": f"Organisation {number}", "folded_name": f"organisation {number}",
         "email": f"contact@organisation{number}.cm" if number % 3 else ""}
        for number in range(2_000)
    ]  # fmt: skip
    rows: dict[Any, list[dict[str, Any]]] = {Service: [], Location: [], ServiceAtLocation: [], ServiceContact: []}

    def entry(house: int, name: str, need: str, pcode: str, phone: str) -> Any:
        ids = [new_id() for _ in range(4)]
        rows[Service].append({"id": ids[0], "organization_id": houses[house % 2_000]["id"], "name": name,
                              "needs": [need], "last_modified": NOW})  # fmt: skip
        rows[Location].append({"id": ids[1], "pcode": pcode})
        rows[ServiceAtLocation].append({"id": ids[2], "service_id": ids[0], "location_id": ids[1]})
        rows[ServiceContact].append({"id": ids[3], "service_at_location_id": ids[2], "phone": phone})
        return ids[0]

    for number in range(SIZE - SIZE // EVERY):
        own = "".join(rng.choice(SYLLABLES) for _ in range(4)).capitalize()
        town = "".join(rng.choice(SYLLABLES) for _ in range(2)).capitalize()
        name, need = f"{KINDS[number % 5]} {own} de {town}", ("MED", "PSY", "JUR", "HEB", "MED")[number % 5]
        pcode, phone = f"CM{number % 10 + 1:03d}{number % 6 + 1:03d}{number % 6 + 1:03d}", f"+237 6{number:08d}"
        key = entry(number, name, need, pcode, phone)
        if number % (EVERY - 1) == 0 and len(twice) < SIZE // EVERY:
            again = entry(
                number + 777, f"{own.upper()} de {town} ({KINDS[number % 5]})", need, pcode, f"00237{phone[5:]}"
            )
            twice.add((min(key, again), max(key, again)))
    for table, many in ((Organization, houses), *rows.items()):
        for start in range(0, len(many), 5_000):
            db.session.execute(table.__table__.insert(), many[start : start + 5_000])
    db.session.commit()
    return twice


if __name__ == "__main__":
    main()
