"""A whole referral over HTTP (create, consent, route, send, accept) against the floor: CPU of the server, per referral.

The floor answers as many requests with as many commits; both are served by the same server on the same database.
"""

from __future__ import annotations

import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyotp

from tests.bench.browser import Connection, Exchange, Person
from tests.bench.clock import Figure, cpu_seconds, memory_mb
from tests.builders import PASSWORD, SECRET
from tests.referral.identification.walk import ADULT, CONSENT, fill_in
from tests.referral.referrals.test_sending_pages import AGREES

REFERRALS = 3
ROUNDS = 24
WARM_UP = 2
LIMIT = 4.0
UrlOf = Callable[[str, Path], str]
MEMORY_LIMIT = 200.0
URGENT = {**ADULT, "no_shelter": "yes", "child_in_household": "yes", "needs": ["MED"]}


def sqlite(name: str, folder: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{folder / name}.sqlite"


@contextmanager
def serve(*command: str) -> Iterator[tuple[int, int]]:
    """A server process on a free port: (process id, port), once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", *command, str(port)], stderr=subprocess.PIPE)
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(process.stderr.read().decode() if process.stderr else "the server stopped")
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    break
            except OSError:
                time.sleep(0.1)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr:
            process.stderr.close()


def signed_in(port: int, username: str) -> Person:
    """A person after both steps of signing in."""
    person = Person(port)
    person.get("/sign-in")
    page = person.submit("username", username=username, password=PASSWORD)
    if "code" in (name for form in page.forms for name in form.names):
        code = pyotp.TOTP(SECRET).at(datetime.now(UTC))  # noqa: TID251 - a real telephone reads a real clock
        page = person.submit("code", code=code)
    if page.status != 200:
        raise RuntimeError(f"{username} cannot sign in: {page.status} {page.text[:300]}")
    return person


def refer(responder: Person, manager: Person, port: int, known: dict[str, Person]) -> None:
    """One person identified, consenting, referred and accepted."""
    fill_in(responder, URGENT)
    page = responder.submit("Soumettre")
    prefile = page.url
    case_id = re.search(r"[0-9a-f-]{36}", prefile).group()  # type: ignore[union-attr]
    page = responder.get(f"{prefile}/consent")
    page = responder.post(page.url, {**page.form("answer").fields, **CONSENT})
    if page.status != 200:
        raise RuntimeError(f"no base consent: {page.status} {page.text[:900]}")
    manager.get(f"/cases/{case_id}")
    services = f"/cases/{case_id}/needs/MED/services"
    page = manager.get(services)
    if "service" not in {name for form in page.forms for name in form.names}:
        raise RuntimeError(f"nobody to refer to: {page.status} {page.text[:900]}")
    place = page.form("service").fields["service"]
    page = manager.post(services, {"service": place})
    address = re.search(r"/referrals/[0-9a-f-]{36}", page.url).group()  # type: ignore[union-attr]
    page = manager.get(f"{address}/consent")
    version = page.form("choice").fields["version"]
    page = manager.post(f"{address}/consent", {**AGREES, "version": version})
    page = manager.submit("/send")
    if page.status != 200:
        raise RuntimeError(f"not sent: {page.status} {page.text[:400]}")
    number = re.search(r"Hôpital (\d+)", page.text).group(1)  # type: ignore[union-attr]
    nurse = known.get(number) or known.setdefault(number, signed_in(port, f"infirmerie.{number}"))
    nurse.get(address)
    nurse.get(f"{address}/accept")
    page = nurse.submit("/accept")
    if page.status != 200 or "accepté" not in page.text:
        raise RuntimeError(f"not accepted: {page.status} {page.text[:400]}")


def audited(log: list[Exchange]) -> list[tuple[Exchange, bool]]:
    """Each request of the log and whether it commits: posts do, and reads that leave an audit line."""
    from referral import create_app
    from referral.foundation.access import access_of
    from tests.conftest import settings_for

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for("sqlite://", Path(folder)))
        adapter = app.url_map.bind("127.0.0.1")
        kinds = []
        for one in log:
            endpoint, _ = adapter.match(one.path.partition("?")[0], method=one.method)
            access = access_of(app, endpoint)
            kinds.append((one, one.method == "POST" or bool(access and access.reads_person)))
        app.extensions["mnr.keystore"].engine.dispose()
    return kinds


def measure(database: str, url_of: UrlOf) -> list[Figure]:
    """CPU milliseconds of our server and of the floor for one referral, and the ratio; memory of our worker.

    Both servers stand side by side and take turns, and the ratio is the median of the turns' ratios, so that a busy
    machine is as busy for the one as for the other.
    """
    with tempfile.TemporaryDirectory() as folder:
        url, floor_url = url_of("ours", Path(folder)), url_of("floor", Path(folder))
        subprocess.run([sys.executable, "-m", "tests.bench.place", url, folder], check=True)
        keys_url = sqlite("floor_keys", Path(folder))
        with (
            serve("tests.bench.served", url, folder) as (our_process, our_port),
            serve("tests.bench.floor", floor_url, keys_url) as (floor_process, floor_port),
        ):
            responder, manager = signed_in(our_port, "agent"), signed_in(our_port, "gestion")
            known: dict[str, Person] = {}
            wire = Connection(floor_port)
            ours, floor, kinds = [], [], []
            for round_ in range(ROUNDS + WARM_UP):
                began = cpu_seconds(our_process)
                for _ in range(REFERRALS):
                    refer(responder, manager, our_port, known)
                taken = cpu_seconds(our_process) - began
                kinds = audited(drained(responder, manager, *known.values()))
                began = cpu_seconds(floor_process)
                replay(wire, kinds)
                if round_ >= WARM_UP:
                    ours.append(taken / REFERRALS * 1000)
                    floor.append((cpu_seconds(floor_process) - began) / REFERRALS * 1000)
            memory = memory_mb(our_process)
    commits = sum(commit + one.keys for one, commit in kinds) / REFERRALS
    requests = len(kinds) / REFERRALS
    ratio = statistics.median(one / other for one, other in zip(ours, floor, strict=True))
    return [
        Figure(
            f"{database}: floor, {requests:.0f} requests and {commits:.0f} commits", statistics.median(floor), "ms CPU"
        ),
        Figure(f"{database}: whole referral, the same requests and commits", statistics.median(ours), "ms CPU"),
        Figure(f"{database}: ratio to the floor", ratio, "x", limit=LIMIT),
        Figure(f"{database}: memory of one worker afterwards", memory, "MB", limit=MEMORY_LIMIT),
    ]


def drained(*people: Person) -> list[Exchange]:
    """What these people asked since the last time, signing in left out."""
    log = [one for person in people for one in person.client.log if "sign-in" not in one.path and one.path != "/"]
    for person in people:
        person.client.log.clear()
    return log


def replay(wire: Connection, kinds: list[tuple[Exchange, bool]]) -> None:
    """The same sequence against the floor."""
    for number, (one, commits) in enumerate(kinds):
        if one.method == "POST":
            wire.open(f"/{number}?keys={one.keys}", method="POST", data={"name": "Awa"}, headers={})
        else:
            writes = "&writes=1" if commits else ""
            wire.open(f"/{number}?size={one.size}{writes}", method="GET", headers={})
