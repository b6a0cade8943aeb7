"""A bare application with real commits, so that two workers can meet; empty tables for each test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from referral.extensions import db
from referral.foundation import jobs, keystore
from tests.conftest import new_database
from tests.referral.foundation.bare import make_bare_app


@pytest.fixture(scope="session")
def bare_app(database_server: object | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("foundation")
    app = make_bare_app(new_database(database_server, folder, "foundation"), folder)
    yield app
    with app.app_context():
        db.engine.dispose()


OWN_JOBS = ("outbox", "audit", "erasures", "form_posts")


@pytest.fixture(autouse=True)
def _own_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The foundation alone: blueprints of another application of this process have registered theirs in the table."""
    monkeypatch.setattr(jobs, "JOBS", {name: jobs.JOBS[name] for name in OWN_JOBS})


@pytest.fixture
def app(bare_app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application with empty tables, a new key store and a new instance folder, inside its context."""
    settings = bare_app.config["SETTINGS"]
    bare_app.config["SETTINGS"] = replace(
        settings, instance=tmp_path, keystore_url=f"sqlite:///{tmp_path / 'keys.sqlite'}"
    )
    keystore.init_app(bare_app)
    with bare_app.app_context():
        for table in reversed(db.metadata.sorted_tables):
            db.session.connection().execute(table.delete())
        db.session.commit()
        yield bare_app
        db.session.rollback()
        bare_app.extensions["mnr.keystore"].engine.dispose()
