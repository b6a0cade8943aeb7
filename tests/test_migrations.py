"""Migrations: one head, and an empty database that is upgraded has exactly the tables of the models."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import inspect

from referral.extensions import alembic, db

ROOT = Path(__file__).parents[1]


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


def test_upgrading_twice_changes_nothing(empty: Flask) -> None:
    upgrade(empty)
    upgrade(empty)
    assert differences(empty) == []
