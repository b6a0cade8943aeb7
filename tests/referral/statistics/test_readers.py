"""Who reads the dashboard, what it costs to read it again, and two who read it first at the same moment."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, event, select

from referral.extensions import db
from referral.foundation.grants import Role
from referral.statistics.models import StatisticsRelease
from tests.builders import make_organization, make_user
from tests.page_client import PageClient
from tests.referral.statistics.country import Country, reader


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COMMITTEE, Role.COORDINATOR)])
def test_other_roles_find_nothing(app, session, role):
    make_user(role, make_organization(signatory=True), "somebody")
    session.commit()
    client = reader(app, "somebody")
    assert client.get("/statistics").status == 404
    assert client.get("/statistics/2026-Q3/trend.csv").status == 404


def test_a_stranger_meets_the_sign_in_page(app, session):
    page = PageClient(app).get("/statistics")
    assert page.url.startswith("/sign-in")
    assert session.query(StatisticsRelease).count() == 0


def test_an_empty_country_has_a_page_too(app, session):
    make_user(Role.COMMITTEE, make_organization(), "early")
    session.commit()
    page = reader(app, "early").get("/statistics")
    assert page.status == 200
    assert page.text.count("personnes identifiées") == 1


def test_a_published_page_asks_the_database_as_often_for_many_cases_as_for_few(app, session):
    make_user(Role.COMMITTEE, make_organization(), "few")
    session.commit()
    numbers = []
    for cases in (3, 200):
        session.execute(delete(StatisticsRelease))
        Country(cases, seed=cases).write()
        session.commit()
        client = reader(app, "few")
        client.get("/statistics")
        numbers.append(statements(client))
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 4


def statements(client):
    seen = []
    note = lambda *call: seen.append(call[2])  # noqa: E731
    with client.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    client.get("/statistics")
    event.remove(engine, "before_cursor_execute", note)
    return len([one for one in seen if one.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE"))])


def test_two_first_readers_at_the_same_moment_read_one_release(committed):
    with committed.app_context():
        Country(120, seed=4).write()
        for name, signatory in (("one", True), ("two", False)):
            make_user(Role.COMMITTEE, make_organization(signatory=signatory), name)
        db.session.commit()
    clients = [reader(committed, name) for name in ("one", "two", "one", "two")]
    with ThreadPoolExecutor(4) as threads:
        pages = list(threads.map(lambda client: client.get("/statistics"), clients))
    with committed.app_context():
        kept = db.session.scalars(select(StatisticsRelease)).all()
        assert len(kept) == 10
        assert len({release.published_at for release in kept}) == 1
        hashes = {release.signatory: release.hash for release in kept if release.quarter == "2026-Q3"}
    assert [page.status for page in pages] == [200] * 4
    assert all(hashes[at % 2 == 0] in page.text for at, page in enumerate(pages))


@pytest.mark.slow
def test_ten_thousand_cases_are_shown_in_less_than_a_second(committed):
    with committed.app_context():
        Country(10_000, seed=9).write()
        make_user(Role.COMMITTEE, make_organization(), "busy")
        db.session.commit()
    client = reader(committed, "busy")
    client.get("/statistics")
    began = time.process_time()
    client.get("/statistics")
    assert time.process_time() - began < 1
