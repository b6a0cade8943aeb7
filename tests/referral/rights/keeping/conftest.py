"""One office for all tests of a module; what each writes is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection

from sop.vocabulary import Need
from tests.builders import WORDS, make_planned_case, make_sent_referral, make_service
from tests.conftest import rolled_back, taken_back
from tests.referral.rights.conftest import PAID, Office

Ids = dict[str, tuple[type[Any], UUID]]


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, Ids]]:
    from referral.extensions import db

    with rolled_back(_application) as connection, _application.app_context():
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


@pytest.fixture
def erasable(office: Office) -> Office:
    """The office with a closed case of its own: the key store keeps for good what a test erases."""
    from referral.extensions import db

    place = make_service(office.nurse.organization, Need.MED, staff=(office.nurse,))
    office.case = make_planned_case(office.manager, Need.MED, sealed={**WORDS, **PAID})
    office.referral = make_sent_referral(office.case, place)
    office.close()
    db.session.commit()
    return office
