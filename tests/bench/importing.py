"""Importing 50,000 rows of a partner's table in a process of its own: wall seconds and the most memory it held."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.clock import Figure

ROWS = 50_000
LIMIT_S = 120.0
LIMIT_MB = 500.0
COLUMNS = (
    "Réf=service.id", "Structure=organization.name", "Prestation=service.name", "Genre=service.term",
    "Lieu=location.name", "Ville=location.city", "Code=service.area_pcode", "Tél=service.phone",
    "Horaires=hours.osm", "Min=service.minimum_age", "Description=service.description",
)  # fmt: skip


def measure() -> list[Figure]:
    """One import into an empty SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.importing", folder]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-3:]
    rows, seconds, megabytes = int(told[0]), float(told[1]), float(told[2])
    return [
        Figure("importing 50,000 rows of a table: services that went in", rows, "", least=ROWS),
        Figure("importing 50,000 rows of a table", seconds, "s", limit=LIMIT_S),
        Figure("the most memory it held", megabytes, "MB", limit=LIMIT_MB),
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


def main() -> None:
    """Import once and print rows, seconds, megabytes."""
    from referral.extensions import db
    from referral.providers.actions import import_file
    from tests.bench.served import application

    folder = Path(sys.argv[1])
    write(folder / "liste.csv")
    with application(f"sqlite:///{folder / 'bench.sqlite'}", str(folder)).app_context():
        db.create_all()
        began = time.perf_counter()
        found, _code = import_file(
            "table", folder / "liste.csv", columns=COLUMNS, source="bench", now=datetime(2026, 11, 23, tzinfo=UTC)
        )
        db.session.commit()
        seconds = time.perf_counter() - began
    print(found.get("services", 0), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
