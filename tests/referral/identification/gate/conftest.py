"""One scene a module: a procedure, a first responder, a form with a photo, a recording and members that repeat."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection

from referral.extensions import db
from tests.conftest import rolled_back, taken_back
from tests.referral.identification.gate.parcels import publish_form
from tests.referral.identification.walk import furnish


@pytest.fixture(scope="module")
def scene(_application: Flask) -> Iterator[tuple[Flask, Connection]]:
    """The application with its scene, kept for the module."""
    with rolled_back(_application) as connection:
        furnish(_application)
        with _application.app_context():
            publish_form()
            db.session.commit()
        yield _application, connection


@pytest.fixture
def app(scene: tuple[Flask, Connection]) -> Iterator[Flask]:
    """The scene; whatever a test writes is taken back."""
    application, connection = scene
    with taken_back(application, connection):
        yield application


@pytest.fixture
def session(app: Flask) -> Iterator[object]:
    """Inside an application context."""
    with app.app_context():
        yield db.session
