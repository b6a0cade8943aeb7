"""Links confirm once and only by a POST; changes wait, are decided and taken back; misconduct leaves the queue."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from directory.taxonomy import CapacityStatus
from referral.extensions import db
from referral.foundation import notices
from referral.foundation.grants import Role
from referral.foundation.outbox import MessageState, OutboxMessage
from referral.providers import actions, queries
from referral.providers.models import SectionVerification, ServiceAtLocation, ServiceStaff
from referral.providers.rules import ReportKind, ReportState, Section, TaskReason
from referral.providers.upkeep_models import CallTask, ChangeProposal, ConfirmationLink, DirectoryReport, ReminderStep
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import confirm_organization, make_entry, path

LATE = NOW - timedelta(days=95)
NIGHT = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)


@pytest.fixture
def place(session: Any) -> Any:
    """An entry whose contacts and hours ran out five days ago, its keeper, a coordinator and a data officer."""
    owner = make_organization("Foyer Espérance")
    confirm_organization(owner)
    place = make_entry(owner, "Accueil", "HEB", verified=LATE)
    keeper = make_user(Role.PROVIDER, owner, "foyer", email="foyer@example.cm")
    db.session.add(ServiceStaff(service_id=place.service_id, user_id=keeper.id, focal_point=True))
    for role in (Role.COORDINATOR, Role.DATA_OFFICER, Role.CASE_MANAGER):
        make_user(role, make_organization(role.value), role.value)
    session.commit()
    return place


def link_in(message: OutboxMessage) -> list[str]:
    """The paths of the links of a notice."""
    return re.findall(r"(/confirm/[A-Za-z0-9_-]+)", notices.render(message.template, message.parameters, "fr").body)


def sent() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "directory_confirm")))


def confirmations(place: Any) -> list[str]:
    query = select(SectionVerification.section).where(
        SectionVerification.service_at_location_id == place.id, SectionVerification.at == NOW
    )
    return sorted(one.value for one in db.session.scalars(query))


def test_the_job_sends_one_mail_with_a_link_for_each_section_and_says_nothing_twice(place: Any) -> None:
    assert actions.remind(NIGHT) == 0
    assert actions.remind(NOW) == 1
    assert actions.remind(NOW + timedelta(hours=3)) == 0
    (message,) = sent()
    assert len(link_in(message)) == 2
    body = notices.render(message.template, message.parameters, "fr").body
    assert "Accueil" not in body
    assert "Foyer" not in body
    assert db.session.scalar(select(func.count()).select_from(ReminderStep)) == 4  # notice and due, two sections


def test_whoever_keeps_places_that_lapsed_is_asked_once_and_the_link_s_form_publishes_them(
    client: PageClient, place: Any
) -> None:
    declared = NOW - timedelta(days=20)
    for verified in place.verifications:
        verified.at = declared
    place.capacity_status, place.capacity_available, place.capacity_updated_at = CapacityStatus.AVAILABLE, 4, declared
    db.session.commit()
    assert actions.remind(declared + timedelta(days=1)) == 0
    assert (actions.remind(NOW), actions.remind(NOW + timedelta(days=8))) == (1, 0)
    (link,) = link_in(sent()[0])
    page = client.get(link)
    assert "Places libres" in page.text
    client.get(link + "/correct")
    assert "La coordination lit" not in client.text
    client.submit("status", **{"status": "available", "available": "", "women-available": "2", "unit": "bed"})
    db.session.expire_all()
    row = db.session.get_one(ServiceAtLocation, place.id)
    assert [(one.audience.value, one.available, one.updated_at) for one in row.for_groups] == [("women", 2, NOW)]
    assert confirmations(place) == ["capacity"]
    assert db.session.scalars(select(ChangeProposal)).all() == []


def test_no_token_lies_in_the_database(place: Any) -> None:
    actions.remind(NOW)
    (message,) = sent()
    tokens = [one.rpartition("/")[2] for one in link_in(message)]
    kept = str(message.parameters) + "".join(db.session.scalars(select(ConfirmationLink.token_hash)))
    assert not any(token in kept for token in tokens)


def test_looking_confirms_nothing_and_the_button_confirms_its_section_once(client: PageClient, place: Any) -> None:
    actions.remind(NOW)
    link = link_in(sent()[0])[0]
    page = client.get(link)
    assert "Rien n’a changé" in page.text
    assert confirmations(place) == []
    page = client.submit()
    assert "Votre réponse est reçue" in page.text
    assert "+237" not in page.text
    assert len(confirmations(place)) == 1
    client.get(link)
    assert "Rien n’a changé" not in client.text
    assert len(confirmations(place)) == 1


def test_a_link_shows_its_section_only(client: PageClient, place: Any) -> None:
    place.contacts[0].name = "Clarisse Zoubi"
    db.session.commit()
    actions.remind(NOW)
    pages = [client.get(link).text for link in link_in(sent()[0])]
    assert [("Accueil" in text, "000 00 00 01" in text, "08:00" in text) for text in pages] == [
        (True, True, False), (True, False, True),
    ]  # fmt: skip
    assert not any("Clarisse" in text or "rue de la Joie" in text for text in pages)


def test_a_link_that_ran_out_does_nothing(app: Any, client: PageClient, place: Any) -> None:
    actions.remind(NOW - timedelta(days=3))
    link = link_in(sent()[0])[0]
    client.get(link)
    for row in db.session.scalars(select(ConfirmationLink)):
        row.expires_at = NOW
    db.session.commit()
    client.submit()
    assert confirmations(place) == []
    assert "14 jours" in client.get(link).text


def test_a_correction_by_link_waits_and_is_decided_field_by_field_and_taken_back(
    client: PageClient, place: Any
) -> None:
    actions.remind(NOW)
    client.get(link_in(sent()[0])[1] + "/correct")
    client.submit("MO-1-opens", **{"MO-1-opens": "10:00", "on_holidays": "closed"})
    db.session.expire_all()
    proposal = db.session.scalars(select(ChangeProposal)).one()
    assert {one.field for one in proposal.items} == {"hours", "on_holidays"}
    assert [one.opens_at.hour for one in db.session.get_one(ServiceAtLocation, place.id).schedules] == [8]
    assert confirmations(place) == []
    client.sign_in("coordinator")
    client.get("/directory/proposals")
    client.post(f"/directory/proposals/{proposal.id}", {"accept": "on_holidays", "do": "publish"})
    db.session.expire_all()
    row = db.session.get_one(ServiceAtLocation, place.id)
    assert ([one.opens_at.hour for one in row.schedules], row.on_holidays) == ([8], "closed")
    assert confirmations(place) == ["hours"]
    page = client.get(path(place.id, "history"))
    assert "Annuler cette modification" in page.text
    client.post(re.findall(r'action="(/directory/own/[^"]+/history/[^"]+)"', page.html)[0], {})
    db.session.expire_all()
    assert db.session.get_one(ServiceAtLocation, place.id).on_holidays == ""


def test_eligibility_waits_for_the_coordination_unless_the_keeper_is_trusted(client: PageClient, place: Any) -> None:
    client.sign_in("foyer")
    client.get(path(place.id, "service"))
    client.submit("alert", alert="Fermé en août")
    db.session.expire_all()
    assert db.session.get_one(ServiceAtLocation, place.id).service.alert == ""
    staff = db.session.scalars(select(ServiceStaff)).one()
    client.sign_in("coordinator")
    client.get(path(place.id, "history"))
    client.post(f"/directory/own/{place.id}/trust/{staff.id}", {"level": "full"})
    client.sign_in("foyer")
    client.get(path(place.id, "service"))
    client.submit("alert", alert="Fermé en août")
    db.session.expire_all()
    assert db.session.get_one(ServiceAtLocation, place.id).service.alert == "Fermé en août"


def test_misconduct_is_sealed_and_only_the_data_officer_reads_it(client: PageClient, place: Any) -> None:
    client.sign_in("case_manager")
    client.get(f"/directory/{place.id}/report")
    client.submit("kind", kind="misconduct", text="Le-gardien-frappe")
    row = db.session.scalars(select(DirectoryReport)).one()
    assert (row.text, b"gardien" in (row.sealed_text or b"")) == ("", False)
    for name in ("case_manager", "coordinator", "foyer"):
        client.sign_in(name)
        assert "Accueil" not in client.get("/directory/reports").text
        assert client.get(f"/directory/misconduct/{row.id}").status == 404
    client.sign_in("data_officer")
    assert "Le-gardien-frappe" not in client.get("/directory/misconduct").text
    assert "Le-gardien-frappe" in client.get(f"/directory/misconduct/{row.id}").text


def test_a_data_officer_of_the_reported_organisation_reads_nothing_of_it(client: PageClient, place: Any) -> None:
    officer = make_user(Role.DATA_OFFICER, place.service.organization, "officier.maison")
    row = actions.report(place, ReportKind.MISCONDUCT, "Le-gardien-frappe", actor=officer, now=NOW)
    db.session.commit()
    client.sign_in("officier.maison")
    assert place.service.name not in client.get("/directory/misconduct").text
    assert client.get(f"/directory/misconduct/{row.id}").status == 404
    assert client.post(f"/directory/misconduct/{row.id}").status == 404
    assert row.state is ReportState.OPEN


def test_the_reporter_sees_the_answer(client: PageClient, place: Any) -> None:
    client.sign_in("case_manager")
    client.get(f"/directory/{place.id}/report")
    client.submit("kind", kind="hours", text="")
    row = db.session.scalars(select(DirectoryReport)).one()
    client.sign_in("coordinator")
    client.get("/directory/reports")
    client.post(f"/directory/reports/{row.id}", {"state": "corrected", "text": "Merci beaucoup"})
    client.sign_in("case_manager")
    assert "Merci beaucoup" in client.get("/directory/reports").text


def test_three_people_who_say_wrong_number_open_one_call(place: Any) -> None:
    for number in range(4):
        user = make_user(Role.CASE_MANAGER, make_organization(), f"m{number}")
        for _twice in range(2):
            actions.report(place, ReportKind.WRONG_NUMBER, "", actor=user, now=NOW)
        assert db.session.scalar(select(func.count()).select_from(CallTask)) == (1 if number >= 2 else 0)


def test_a_notice_that_came_back_opens_one_call(place: Any) -> None:
    actions.remind(NOW)
    sent()[0].state, sent()[0].error_code = MessageState.FAILED, "550"
    db.session.commit()
    for hours in (1, 2):
        actions.remind(NOW + timedelta(hours=hours))
    assert [one.reason.value for one in db.session.scalars(select(CallTask))] == ["bounced"]
    (kept,) = (one for one in queries.kept_entries(NOW) if one.id == str(place.id))
    assert kept.verified["contacts"] == LATE.date()


def test_a_call_that_confirms_is_seen_in_the_list_at_once(client: PageClient, place: Any) -> None:
    task = actions.open_task(place.id, TaskReason.LATE, ["contacts", "hours"], now=NOW)
    db.session.commit()
    client.sign_in("coordinator")
    client.get("/directory/upkeep")
    client.post(f"/directory/calls/{task.id}", {"outcome": "confirmed"})
    offer = queries.offer(place.id, NOW)
    assert (offer.verified["contacts"], offer.verified["hours"]) == (NOW.date(), NOW.date())


def test_a_campaign_asks_its_scope_and_shows_progress(client: PageClient, place: Any) -> None:
    client.sign_in("coordinator")
    client.get("/directory/campaigns")
    days = {"starts-day": "23", "starts-month": "11", "starts-year": "2026"}
    days |= {"ends-day": "20", "ends-month": "12", "ends-year": "2026"}
    page = client.submit("name", name="Littoral", sections="contacts", regions="CM005", **days)
    assert "0 fiches confirmées sur 1" in page.text
    row = db.session.get_one(ServiceAtLocation, place.id)
    actions.confirm(row, sections=[Section.CONTACTS], actor=make_user(Role.PROVIDER), now=NOW)
    db.session.commit()
    assert "1 fiches confirmées sur 1" in client.get(page.url).text
