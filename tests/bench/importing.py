"""Importing 50,000 rows of a table in a process of its own: wall seconds, memory, and how heavy pages are then."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers.actions import import_file
from tests.bench.clock import Figure
from tests.bench.served import application
from tests.builders import make_organization, make_procedure, make_user
from tests.page_client import PageClient
from tests.signing_in import sign_in

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROWS = 50_000
LIMIT_S = 120.0
LIMIT_MB = 500.0
LIMIT_KB = 60.0
NEEDS = ("MED", "PSY", "HEB", "ENF", "VBG", "TEH", "ASI", "DOC", "JUR", "FAM", "EDU", "ECO")
PAGES = (
    "/directory", "/directory/search", "/directory/upkeep", "/directory/closed", "/directory/coverage",
    "/directory/coverage/overlaps", "/directory/coverage/what-if", "/directory/mandates", "/directory/imports",
)  # fmt: skip
"""What a coordinator opens; the answer to a search is asked for besides."""
COLUMNS = (
    "Réf=service.id", "Structure=organization.name", "Prestation=service.name", "Genre=service.term",
    "Lieu=location.name", "Ville=location.city", "Code=service.area_pcode", "Tél=service.phone",
    "Horaires=hours.osm", "Min=service.minimum_age", "Description=service.description",
)  # fmt: skip


def measure() -> list[Figure]:
    """One import into an empty SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.importing", folder]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-4:]
    rows, seconds, megabytes, heaviest = int(told[0]), float(told[1]), float(told[2]), float(told[3])
    return [
        Figure("importing 50,000 rows of a table: services that went in", rows, "", least=ROWS),
        Figure("importing 50,000 rows of a table", seconds, "s", limit=LIMIT_S),
        Figure("the most memory it held", megabytes, "MB", limit=LIMIT_MB),
        Figure("the heaviest page of the directory with them, not compressed", heaviest, "kB", limit=LIMIT_KB),
    ]


def write(path: Path) -> None:
    """A table of 50,000 services of 2,000 organisations."""
    with path.open("w", newline="") as opened:
        writer = csv.writer(opened, delimiter=";")
        writer.writerow([one.partition("=")[0] for one in COLUMNS])
        for number in range(ROWS):
            writer.writerow([
                f"S{number}", f"Organisation {number % 2000}", f"Service {number}", f"Genre {number % 12}",
                f"Site {number % 9000}", "Douala", f"CM005004{number % 6 + 1:03d}", f"+237 6{number:08d}",
                "Mo-Fr 08:00-15:30", str(number % 18), "Accueil, écoute et orientation des personnes. " * 4,
            ])  # fmt: skip


def heaviest(app: Any) -> float:
    """Kilobytes of the heaviest page that a coordinator opens, a search with its answer among them."""
    with app.app_context():
        make_procedure()
        make_user(Role.COORDINATOR, make_organization("Coordination (démonstration)"), "coordination")
        db.session.commit()
        db.session.remove()
    app.extensions["mnr.clock"] = lambda: NOW
    person = PageClient(app, sign_in=sign_in)
    person.sign_in("coordination")
    sizes = [len(person.client.get(url).data) for url in PAGES]
    person.get("/directory/search")
    found = person.submit("/directory/search", need="MED", place="CM005")
    assert found.status == 200
    return max(*sizes, len(found.html.encode())) / 1000


def main() -> None:
    """Import once and print rows, seconds, megabytes, and kilobytes of the heaviest page."""
    folder = Path(sys.argv[1])
    write(folder / "liste.csv")
    app = application(f"sqlite:///{folder / 'bench.sqlite'}", str(folder))
    with app.app_context():
        db.create_all()
        began = time.perf_counter()
        terms = tuple(f"Genre {number}={need}" for number, need in enumerate(NEEDS))
        found, _code = import_file(
            "table", folder / "liste.csv", columns=COLUMNS, mapping=terms, source="bench", now=NOW
        )
        db.session.commit()
        seconds = time.perf_counter() - began
        db.session.remove()
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(found.get("services", 0), seconds, held, heaviest(app))


if __name__ == "__main__":
    main()
