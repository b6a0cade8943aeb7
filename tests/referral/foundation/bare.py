"""A bare application: only what the foundation needs, with commits that are real."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, text

from referral.config import ROOT
from referral.extensions import babel, db, prepare_sqlite
from referral.foundation.catalogue import compile_catalogues
from tests.conftest import settings_for

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def make_bare_app(url: str, folder: Path) -> Flask:
    """An application without blueprints, its tables made."""
    from referral.foundation import audit, idempotency, outbox, sealing, searching  # noqa: F401 - their tables

    app = Flask("bare", root_path=str(ROOT))
    app.config.update(
        SETTINGS=settings_for(url, folder),
        SECRET_KEY="s" * 40,
        SQLALCHEMY_DATABASE_URI=url,
        BABEL_TRANSLATION_DIRECTORIES=str(compile_catalogues(ROOT / "translations", folder)),
        BABEL_DEFAULT_LOCALE="fr",
    )
    db.init_app(app)
    babel.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)
        db.create_all()
    return app


def files_hold(folder: Path, secret: bytes) -> list[str]:
    """The names of the files under `folder` that contain `secret`."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes())


def raw(app: Flask, statement: str, **values: Any) -> None:
    """What an intruder with a database console does: SQL behind the application's back, committed."""
    db.session.commit()
    engine = create_engine(app.config["SETTINGS"].database_url)
    with closing(engine.connect()) as connection:
        connection.execute(text(statement), values)
        connection.commit()
    engine.dispose()


def at_the_same_moment(app: Flask, tasks: Sequence[Callable[[], Any]]) -> list[Any]:
    """The tasks' results, each run in a thread and an application context of its own, started together."""
    barrier, results = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(place: int, task: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                results[place] = task()
            except Exception as error:  # noqa: BLE001 - handed to the test
                results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
