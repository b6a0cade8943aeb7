"""An organisation that nobody ever confirmed is asked; a message that came back speaks against it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from referral.extensions import db
from referral.foundation import outbox
from referral.foundation.grants import Role
from referral.foundation.outbox import MessageState, OutboxMessage
from referral.partners.models import Organization
from referral.providers import actions
from referral.providers.models import SectionVerification, ServiceStaff
from referral.providers.rules import Section
from referral.providers.upkeep_models import CallTask, ConfirmationLink
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import confirm_organization, make_entry

DAYS = timedelta(days=1)


@pytest.fixture
def house(session: Any) -> Organization:
    """An organisation with a fresh entry and a keeper, a coordinator; two that nobody could confirm."""
    house, nobody, nothing = map(make_organization, ("Foyer Espérance", "Sans personne", "Sans service"))
    place = make_entry(house, "Accueil", verified=NOW)
    make_entry(nobody, "Repas", verified=NOW)
    keeper = make_user(Role.PROVIDER, house, "foyer", email="garde@example.cm")
    make_user(Role.PROVIDER, nothing, email="rien@example.cm")
    make_user(Role.COORDINATOR, make_organization("Coordination"), "coordinator")
    db.session.add(ServiceStaff(service_id=place.service_id, user_id=keeper.id, focal_point=True))
    session.commit()
    return house


def asked() -> list[tuple[str, Section, Any]]:
    query = select(OutboxMessage.address, ConfirmationLink.section, ConfirmationLink.organization_id)
    query = query.join(ConfirmationLink, ConfirmationLink.user_id == OutboxMessage.recipient_id)
    return [tuple(row) for row in db.session.execute(query)]


def calls() -> list[tuple[Any, str]]:
    return [(one.organization_id, one.reason.value) for one in db.session.scalars(select(CallTask))]


def test_one_that_was_never_confirmed_is_asked_once_then_its_deputy_then_called(house: Organization) -> None:
    runs = [day for day in range(40) if actions.remind(NOW + day * DAYS)]
    assert runs == [0, 15]
    assert asked()[0] == ("garde@example.cm", Section.ORGANIZATION, house.id)
    assert {one[2] for one in asked()} == {house.id}
    assert calls() == [(house.id, "late")]


def test_one_that_answers_is_asked_again_when_its_shelf_life_ends(house: Organization) -> None:
    actions.remind(NOW)
    confirm_organization(house, NOW + DAYS)
    db.session.commit()
    assert [day for day in range(1, 60) if actions.remind(NOW + day * DAYS)] == []
    assert actions.remind(NOW + (1 + 366 - 15) * DAYS) == 1


def test_a_message_that_came_back_about_an_organisation_is_evidence_and_a_call(
    app: Flask, client: PageClient, house: Organization
) -> None:
    actions.remind(NOW - timedelta(hours=2))
    message = db.session.scalars(select(OutboxMessage)).one()
    message.state, message.error_code = MessageState.FAILED, "550"
    db.session.commit()
    for hours in (1, 0):
        actions.remind(NOW - timedelta(hours=hours))
    assert calls() == [(house.id, "bounced")]
    row = db.session.scalars(select(SectionVerification).where(SectionVerification.organization_id == house.id)).one()
    assert (row.section, row.method.value, row.outcome.value) == (Section.ORGANIZATION, "mail", "unreachable")
    client.sign_in("coordinator")
    assert "un message est revenu" in client.get(f"/directory/organisations/{house.id}").text
    assert "Foyer Espérance" in client.get("/directory/upkeep").text
    confirm_organization(house)
    db.session.commit()
    assert "un message est revenu" not in client.get(f"/directory/organisations/{house.id}").text


def test_a_message_to_the_address_of_an_organisation_counts_whatever_it_was_about(house: Organization) -> None:
    confirm_organization(house)
    house.email = "contact@example.cm"
    message = outbox.queue("file_erased", now=NOW, address="contact@example.cm", case_code="CM-LT-2026-00042")
    message.state, message.error_code = MessageState.FAILED, "550"
    db.session.commit()
    for _ in range(2):
        actions.remind(NOW)
    assert calls() == [(house.id, "bounced")]
