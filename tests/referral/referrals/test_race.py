"""Eight colleagues accept at the same moment on a real database: one wins, seven are told, nothing breaks."""

from __future__ import annotations

import contextvars
import threading
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from referral.cases.models import Case, CaseEvent
from referral.cases.queries.progress import state_of
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import User
from referral.providers.models import ServiceAtLocation, ServiceStaff
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.rules import ReferralAction, ReferralState
from sop.vocabulary import Need
from tests.builders import make_planned_case, make_sent_referral, make_user
from tests.page_client import PageClient
from tests.referral.referrals.scene import make_scene
from tests.signing_in import sign_in

CLIENTS, ROUNDS, PLACES = 8, 4, 2


def listed_colleagues(app: Flask, place_id: Any) -> list[PageClient]:
    """Eight signed-in colleagues, all listed on the service."""
    with app.app_context():
        place = db.session.get(ServiceAtLocation, place_id)
        assert place is not None
        for number in range(CLIENTS):
            colleague = make_user(Role.PROVIDER, place.service.organization, f"colleague{number}")
            db.session.add(ServiceStaff(service_id=place.service_id, user_id=colleague.id))
        db.session.commit()
    clients = []
    for number in range(CLIENTS):
        client = PageClient(app, sign_in=sign_in)
        client.sign_in(f"colleague{number}")
        clients.append(client)
    return clients


def at_once(tasks: list[Any]) -> list[Any]:
    """Run the tasks in threads that start together; an exception is a result."""
    gate, results = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = tasks[number]()
        except Exception as error:  # noqa: BLE001 - what went wrong in a thread is what the test looks at
            results[number] = error

    threads = [threading.Thread(target=contextvars.Context().run, args=(run, number)) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def send_one(app: Flask, place_id: Any, *needs: Need) -> list[Any]:
    with app.app_context():
        manager = db.session.scalars(select(User).where(User.username == "cm")).one()
        place = db.session.get(ServiceAtLocation, place_id)
        assert place is not None
        place.service.needs = [need.value for need in needs]
        case = make_planned_case(manager, *needs)
        sent = [make_sent_referral(case, place, need).id for need in needs]
        db.session.commit()
        return sent


@pytest.mark.parametrize("rounds", [1, pytest.param(ROUNDS, marks=pytest.mark.slow)])
def test_of_eight_colleagues_who_accept_at_the_same_moment_one_wins(committed: Flask, rounds: int) -> None:
    scene = make_scene(committed, capacity_available=min(rounds, PLACES))
    clients = listed_colleagues(committed, scene.place)
    for number in range(rounds):
        (identity,) = send_one(committed, scene.place, Need.MED)
        url = f"/referrals/{identity}/accept"
        for client in clients:
            assert client.get(url).status == 200
        beyond = {} if number < PLACES else {"beyond_capacity": "yes"}
        pages = at_once([partial(client.submit, "/accept", follow=False, **beyond) for client in clients])
        assert sorted(getattr(page, "status", page) for page in pages) == [303] + [409] * (CLIENTS - 1), pages
        for page in pages:
            if page.status == 409:
                assert "Un collègue a accepté ce référencement à 10:00." in page.text
        with committed.app_context():
            referral = db.session.get(Referral, identity)
            assert referral is not None
            assert referral.state is ReferralState.ACCEPTED
            events = db.session.scalars(select(ReferralEvent).where(ReferralEvent.referral_id == identity)).all()
            assert [one.action for one in events if one.action is ReferralAction.ACCEPT] == [ReferralAction.ACCEPT]
            assert dict.fromkeys(need for _, need in state_of(referral.case).active) == {None: None, "MED": None}
    with committed.app_context():
        place = db.session.get(ServiceAtLocation, scene.place)
        assert place is not None
        assert place.capacity_available == 0
        notices = select(func.count()).where(OutboxMessage.template == "referral_moved")
        assert db.session.scalar(notices) == rounds


@pytest.mark.slow
def test_two_referrals_and_one_place_take_it_once(committed: Flask) -> None:
    scene = make_scene(committed, capacity_available=1)
    clients = listed_colleagues(committed, scene.place)
    urls = [f"/referrals/{send_one(committed, scene.place, Need.MED)[0]}/accept" for _ in clients]
    for client, url in zip(clients, urls, strict=True):
        client.get(url)
    pages = at_once([partial(client.submit, "/accept", follow=False) for client in clients])
    assert sorted(getattr(page, "status", page) for page in pages) == [303] + [422] * (CLIENTS - 1), pages
    with committed.app_context():
        place = db.session.get(ServiceAtLocation, scene.place)
        assert place is not None
        assert place.capacity_available == 0


@pytest.mark.slow
def test_answers_to_two_needs_of_one_case_at_the_same_moment_both_count(committed: Flask) -> None:
    scene = make_scene(committed)
    clients = listed_colleagues(committed, scene.place)[:2]
    for _round in range(ROUNDS):
        sent = send_one(committed, scene.place, Need.MED, Need.DOC)
        for client, identity in zip(clients, sent, strict=True):
            client.get(f"/referrals/{identity}/accept")
        pages = at_once([partial(client.submit, "/accept", follow=False) for client in clients])
        assert [getattr(page, "status", page) for page in pages] == [303, 303], pages
        with committed.app_context():
            referral = db.session.get(Referral, sent[0])
            assert referral is not None
            assert {("R05", "MED"), ("R05", "DOC")} <= set(state_of(referral.case).active)
            numbers = db.session.scalars(select(CaseEvent.sequence).where(CaseEvent.case_id == referral.case_id)).all()
            assert sorted(numbers) == list(range(len(numbers)))
            assert db.session.get(Case, referral.case_id) is not None
