"""Migrations: one head, and an empty database that is upgraded has exactly the tables of the models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import JSON, MetaData, Table, inspect, text

from referral.extensions import alembic, db
from tests.conftest import Kept, close, keep, make_app

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def newest(database_server: object | None, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """An empty database that was upgraded, once for all who begin there."""
    app = make_app(database_server, tmp_path_factory.mktemp("newest"), "newest", tables=False)
    try:
        upgrade(app)
        return keep(database_server, app, "newest")
    finally:
        close(app)


@pytest.fixture
def upgraded(database_server: object | None, tmp_path: Path, newest: Kept) -> Iterator[Flask]:
    """An application whose database was upgraded before."""
    name = "upgraded_" + str(abs(hash(str(tmp_path))) % 10**8)
    app = make_app(database_server, tmp_path, name, tables=False, begin=newest)
    yield app
    close(app)


def test_there_is_one_head_and_files_are_numbered(app: Flask) -> None:
    with app.app_context():
        assert len(alembic.heads()) == 1
    names = sorted(path.name for path in (ROOT / "migrations").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def upgrade(app: Flask) -> None:
    with app.app_context():
        alembic.upgrade()


def differences(app: Flask) -> list[object]:
    with app.app_context():
        return list(alembic.compare_metadata())


def test_upgrading_an_empty_database_makes_exactly_the_models(empty: Flask) -> None:
    assert tables(empty) == set()
    upgrade(empty)
    assert tables(empty) - {"alembic_version"} == set(db.metadatas[None].tables)
    assert differences(empty) == []


def test_upgrading_twice_changes_nothing(upgraded: Flask) -> None:
    upgrade(upgraded)
    assert differences(upgraded) == []


def test_versions_of_before_the_consultation_keep_their_cases_and_say_that_nobody_decided(empty: Flask) -> None:
    """Data of 0001 survive: SQLite remakes the table under the cases that refer to it."""
    with empty.app_context():
        alembic.upgrade("0001")
        connection = db.session.connection()
        connection.exec_driver_sql(
            "INSERT INTO procedure_version (id, code, number, content_hash, state, flowchart, triage, imported_at)"
            " VALUES"
            " ('00000000000000000000000000000001', 'X', '1.0.0', 'a', 'retired', 'x: 1', 'abc', '2026-01-05 08:00:00'),"
            " ('00000000000000000000000000000002', 'X', '1.1.0', 'b', 'active', 'x: 2', 'abc', '2026-02-05 08:00:00')"
        )
        connection.exec_driver_sql(
            "CREATE TABLE pinned (id INTEGER, version CHAR(36) REFERENCES procedure_version (id))"
            if db.engine.dialect.name == "sqlite"
            else "CREATE TABLE pinned (id INTEGER, version UUID REFERENCES procedure_version (id))"
        )
        connection.exec_driver_sql("INSERT INTO pinned VALUES (1, '00000000000000000000000000000001')")
        db.session.commit()
        alembic.upgrade()
        rows = db.session.execute(
            text(
                "SELECT number, state, decision_number, triage_hash, revision, activated_at, retired_at"
                " FROM procedure_version ORDER BY number"
            )
        ).all()
        pinned = db.session.execute(text("SELECT version FROM pinned")).scalars().all()
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA foreign_keys")).scalar() == 1
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
            assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        db.session.rollback()
    assert [row[:3] for row in rows] == [("1.0.0", "retired", "DEMONSTRATION"), ("1.1.0", "active", "DEMONSTRATION")]
    assert {row[3] for row in rows} == {"edeaaff3f1774ad2888673770c6d64097e391bc362d7d6fb34982ddf0efd18cb"}
    assert [row[4] for row in rows] == [1, 1]
    assert [row[6] is None for row in rows] == [False, True]
    assert str(pinned[0]).replace("-", "").endswith("0001")


def test_the_second_step_can_be_taken_back(upgraded: Flask) -> None:
    with upgraded.app_context():
        alembic.downgrade("0001")
    assert "procedure_comment" not in tables(upgraded)
    upgrade(upgraded)
    assert differences(upgraded) == []


def test_forms_of_before_were_published_as_they_came_and_keep_their_submissions(empty: Flask) -> None:
    """Data of 0005 survive; the name, the title and the version come from what was compiled."""
    with empty.app_context():
        alembic.upgrade("0005")
        connection = db.session.connection()
        compiled = '{"id": "f04", "title": "Identification", "version": "%s", "questions": []}'
        for number, active in ((1, False), (2, True)):
            connection.execute(
                text(
                    "INSERT INTO form_version (id, name, content_hash, compiled, xform, active, imported_at)"
                    " VALUES (:id, 'identification', :hash, :compiled, '', :active, '2026-01-05 08:00:00')"
                ),
                {"id": f"{number:032d}", "hash": str(number), "compiled": compiled % number, "active": active},
            )
        connection.exec_driver_sql(
            "CREATE TABLE filled (id INTEGER, version CHAR(36) REFERENCES form_version (id))"
            if db.engine.dialect.name == "sqlite"
            else "CREATE TABLE filled (id INTEGER, version UUID REFERENCES form_version (id))"
        )
        connection.exec_driver_sql("INSERT INTO filled VALUES (1, '00000000000000000000000000000002')")
        db.session.commit()
        alembic.upgrade()
        columns = "form_id, title, number, active, published_at IS NULL, revision, source_name"
        rows = db.session.execute(text(f"SELECT {columns} FROM form_version ORDER BY number")).all()  # noqa: S608
        pinned = db.session.execute(text("SELECT version FROM filled")).scalars().all()
        db.session.rollback()
    assert [tuple(map(str, row[:3])) for row in rows] == [
        ("f04", "Identification", "1"),
        ("f04", "Identification", "2"),
    ]
    assert [(bool(row[3]), bool(row[4]), row[5], row[6]) for row in rows] == [
        (False, False, 1, ""),
        (True, False, 1, ""),
    ]
    assert str(pinned[0]).replace("-", "").endswith("02")


def test_the_sixth_step_can_be_taken_back(upgraded: Flask) -> None:
    with upgraded.app_context():
        alembic.downgrade("0005")
    upgrade(upgraded)
    assert differences(upgraded) == []


@pytest.mark.slow
def test_places_declared_before_become_the_row_for_everybody_and_come_back(empty: Flask) -> None:
    with empty.app_context():
        alembic.upgrade("0031")
        old = MetaData()
        old.reflect(db.engine)
        made = {name: uuid4() for name in ("organization", "service", "counted", "silent")}
        plain = db.engine.dialect.name == "sqlite"
        keys = {name: key.hex if plain else key for name, key in made.items()}
        _insert(old.tables["organization"], id=keys["organization"], name="Foyer", kind="shelter", type="onu")
        _insert(
            old.tables["service"], id=keys["service"], organization_id=keys["organization"], name="Lits",
            visibility="network",
        )  # fmt: skip
        for name, said in (("counted", ("available", 3)), ("silent", ("unknown", None))):
            _insert(
                old.tables["service_at_location"], id=keys[name], service_id=keys["service"],
                capacity_status=said[0], capacity_available=said[1], capacity_unit="bed",
            )  # fmt: skip
        db.session.commit()
        alembic.upgrade()
        rows = db.session.execute(text("SELECT audience, status, available, unit FROM service_capacity")).all()
        assert rows == [("everybody", "available", 3, "bed")]
        db.session.commit()
        alembic.downgrade("0031")
        query = "SELECT capacity_status, capacity_available FROM service_at_location ORDER BY capacity_status"
        assert db.session.execute(text(query)).all() == [("available", 3), ("unknown", None)]
        db.session.commit()


def _insert(table: Table, **values: object) -> None:
    """A row with something in every column that wants it, whatever the columns were then."""
    empty: dict[type, object] = {
        str: "",
        int: 1,
        bool: False,
        datetime: datetime(2026, 1, 5, tzinfo=UTC),
        list: [],
        dict: {},
    }
    needed = {one.name: one for one in table.columns if not one.nullable and one.name not in values}
    kinds = {name: "json" if isinstance(one.type, JSON) else one.type.python_type for name, one in needed.items()}
    rest = {name: [] if kind == "json" else empty[kind] for name, kind in kinds.items()}
    db.session.execute(table.insert().values(**rest, **values))
