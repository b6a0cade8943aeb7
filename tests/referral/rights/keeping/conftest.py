"""One office for all tests of a module; what each writes is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection

from tests.conftest import rolled_back, taken_back
from tests.referral.rights.conftest import Office

Ids = dict[str, tuple[type[Any], UUID]]


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, Ids]]:
    from referral.extensions import db

    with rolled_back(_application) as connection:
        with _application.app_context():
            made = Office()
            db.session.commit()
            yield connection, {name: (type(row), row.id) for name, row in vars(made).items()}


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, Ids]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def office(session: Any, stage: tuple[Connection, Ids]) -> Office:
    """The office as it stood before the first test, read anew."""
    from referral.extensions import db

    found = object.__new__(Office)
    vars(found).update({name: db.session.get_one(*row) for name, row in stage[1].items()})
    return found
