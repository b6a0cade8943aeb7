"""Serve on this machine: migrate, load the demonstration country into an empty database, one worker, waitress."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import threading
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from referral import create_app
from referral.config import Settings, SettingsError

FIRST_PORT = 5000
NEW_OBJECTS = 20_000
"""So many objects more than were freed make the collector look (Python's own figure is 700)."""


def free_port(host: str) -> int:
    """`PORT`, or the first free port from 5000 on."""
    if os.environ.get("PORT"):
        return int(os.environ["PORT"])
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise SystemExit("no free port between 5000 and 5099; set PORT")


def prepare(app: Flask) -> None:
    """Bring the database up to date; outside production fill an empty one with the demonstration country."""
    from referral.demonstration import country
    from referral.extensions import alembic, db
    from referral.partners.models import User

    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        alembic.upgrade()
    with app.app_context():
        if settings.demo and not db.session.scalar(select(func.count()).select_from(User)):
            print("loading the demonstration country …", flush=True)
            for line in country.load(now=datetime.now(UTC)):  # noqa: TID251 - the entrance of the program
                print(line, flush=True)
        db.session.remove()


def log_ins(app: Flask) -> list[str]:
    """One log-in for each role of the demonstration, with the secret and the present code of the second factor."""
    from referral.demonstration import country

    with app.app_context():
        return country.log_ins(datetime.now(UTC))  # noqa: TID251 - the entrance of the program


def work(app: Flask, stop: threading.Event) -> None:
    """The one worker: sends notices, seals the audit trail."""
    from referral.foundation import jobs

    with app.app_context():
        jobs.work_forever(stop)


def settle_memory() -> None:
    """Call it once the application is built: what lives as long as the process is not searched for garbage again.

    A request makes thousands of objects that die with it; looking through them every 700 costs each page some per
    cent of its time, looking through all modules and templates a quarter of a second now and then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 10, 20)


def make_server(app: Flask, host: str, port: int) -> Any:
    """Waitress, which takes no body that the application would refuse for its size."""
    import waitress

    from referral.foundation.access import largest_body

    with app.app_context():
        most = largest_body() + 1
    return waitress.create_server(app, host=host, port=port, threads=8, ident=None, max_request_body_size=most)


def main() -> None:
    """Start everything and print the address alone on its line."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        raise SystemExit(f"cannot start: {error}") from error
    app = create_app(settings)
    prepare(app)
    host = os.environ.get("HOST", "127.0.0.1")
    port = free_port(host)
    server = make_server(app, host, port)
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(app, stop), name="worker", daemon=True)
    worker.start()
    if settings.demo:
        for line in log_ins(app):
            print(line)
    settle_memory()
    print(f"http://{host}:{port}/", flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        worker.join(timeout=5)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
