"""Notices end by themselves, everything is confirmed on one page, a service goes to more sites, a closing is undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from directory import Answer, Criteria, Criterion, judge
from directory.criteria import Moment
from directory.taxonomy import CapacityStatus, Disclosure
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.queries import user_by_name
from referral.providers import actions, queries
from referral.providers.models import Location, SectionVerification, ServiceAtLocation, ServiceStaff
from referral.providers.rules import NoticeKind, TaskReason, TrustLevel, VerificationOutcome
from referral.providers.upkeep_models import CallTask, TempNotice
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path

TODAY = NOW.date()
LATE = NOW - timedelta(days=95)


@pytest.fixture
def place(session: Any) -> Any:
    """An entry late in its confirmations, its keeper, a second site of the organisation, and a coordinator."""
    owner = make_organization("Foyer Espérance")
    place = make_entry(owner, "Accueil", "HEB", verified=LATE)
    session.add(Location(organization_id=owner.id, name="Annexe", pcode="CM005004"))
    keeper = make_user(Role.PROVIDER, owner, "foyer")
    session.add(ServiceStaff(service_id=place.service_id, user_id=keeper.id))
    make_user(Role.COORDINATOR, make_organization("Coordination"), "coordination")
    session.commit()
    return place


def staff() -> ServiceStaff:
    return db.session.scalars(select(ServiceStaff)).one()


def opened(place: Any, now: Any = NOW) -> Any:
    offer = queries.offer(place.id, now)
    return judge(offer, Criteria(), Moment(now)).verdict(Criterion.HOURS).answer


def notify(place: Any, kind: NoticeKind, text: str = "", days: int = 0) -> TempNotice:
    last = TODAY + timedelta(days=days)
    return actions.notify(place, kind, text, starts_on=TODAY, ends_on=last, actor=_who(), now=NOW)


def _who() -> Any:
    return user_by_name("foyer")


def test_closed_today_closes_today_and_opens_by_itself(place: Any) -> None:
    assert opened(place) is Answer.YES
    notify(place, NoticeKind.CLOSED, "Inventaire")
    assert opened(place) is Answer.NO
    assert opened(place, NOW + timedelta(days=1)) is Answer.YES


def test_a_message_is_read_until_its_day_and_no_longer(place: Any) -> None:
    notify(place, NoticeKind.MESSAGE, "Pas de vaccin", days=3)
    texts = [queries.offer(place.id, NOW + timedelta(days=day)).notices for day in (0, 3, 4)]  # type: ignore[union-attr]
    assert texts == [("Pas de vaccin",), ("Pas de vaccin",), ()]


def test_the_same_notice_twice_is_one_and_comes_back_after_it_was_taken_away(place: Any) -> None:
    first = notify(place, NoticeKind.CLOSED)
    assert notify(place, NoticeKind.CLOSED).id == first.id
    actions.end_notice(first, actor=_who(), now=NOW)
    assert opened(place) is Answer.YES
    assert notify(place, NoticeKind.CLOSED).id == first.id
    assert opened(place) is Answer.NO


def test_a_keeper_closes_today_with_one_button_and_takes_it_away(client: PageClient, place: Any) -> None:
    client.sign_in("foyer")
    client.get("/directory/own")
    answer = client.submit(f"{place.id}/notice")
    assert "Avis en cours" in answer.text
    client.submit("/notice/")
    assert db.session.scalars(select(TempNotice)).one().ended_at == NOW


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "message", "text": ""},
        {"kind": "party"},
        {"kind": "closed", "ends-day": "30", "ends-month": "2", "ends-year": "2027"},
        {"kind": "closed", "ends-day": "1", "ends-month": "3", "ends-year": "2027"},
        {"kind": "closed", "ends-day": "1", "ends-month": "1", "ends-year": "2020"},
        {"kind": "message", "text": "x" * 301},
    ],
)
def test_a_notice_that_cannot_be_is_refused_and_kept_as_typed(client: PageClient, place: Any, bad: Any) -> None:
    client.sign_in("foyer")
    client.get(path(place.id, "notice"))
    assert client.post(path(place.id, "notice"), data=bad).status == 422
    assert db.session.scalars(select(TempNotice)).all() == []


def test_everything_that_has_not_changed_is_confirmed_at_once(client: PageClient, place: Any) -> None:
    other = make_entry(place.service.organization, "Repas", "HEB", verified=LATE)
    db.session.commit()
    client.sign_in("foyer")
    client.get("/directory/own/confirm")
    answer = client.submit("entry", entry=[f"{place.id}:{place.version}", f"{other.id}:{other.version - 1}"])
    assert "1 fiche confirmée aujourd’hui" in answer.text
    assert "1 fiche a été modifiée entre-temps" in answer.text
    confirmed = select(SectionVerification.service_at_location_id).where(SectionVerification.at == NOW)
    assert set(db.session.scalars(confirmed)) == {place.id}


def test_nobody_confirms_for_others(client: PageClient, place: Any) -> None:
    foreign = make_entry(make_organization("Autre"), "Autre", "HEB", verified=LATE)
    db.session.commit()
    client.sign_in("foyer")
    client.get("/directory/own/confirm")
    client.submit("entry", entry=[f"{foreign.id}:{foreign.version}"])
    assert db.session.scalar(select(SectionVerification.id).where(SectionVerification.at == NOW)) is None


def copies(place: Any) -> list[ServiceAtLocation]:
    query = select(ServiceAtLocation).where(ServiceAtLocation.id != place.id)
    return list(db.session.scalars(query).unique())


def test_a_copy_waits_for_a_call_and_takes_neither_places_nor_confirmations(client: PageClient, place: Any) -> None:
    place.capacity_status, place.capacity_available, place.capacity_updated_at = CapacityStatus.AVAILABLE, 4, NOW
    annex = db.session.scalars(select(Location).where(Location.name == "Annexe")).one()
    db.session.commit()
    client.sign_in("foyer")
    client.get(path(place.id, "copy"))
    client.submit("site", site=str(annex.id))
    [made] = copies(place)
    assert (made.archived, made.service_id, made.location_id) == (True, place.service_id, annex.id)
    assert (made.capacity_available, made.capacity_updated_at) == (None, None)
    assert [one.phone for one in made.contacts] == ["+237000000001"]
    assert [(one.byday, one.opens_at) for one in made.schedules] == [
        (one.byday, one.opens_at) for one in place.schedules
    ]
    [task] = db.session.scalars(select(CallTask))
    assert (task.place_id, task.reason) == (made.id, TaskReason.NEW_SITE)
    assert queries.offer(made.id, NOW) is None
    client.sign_in("coordination")
    waits = client.get("/directory/upkeep")
    assert "Annexe" in waits.text
    assert str(made.id) not in "".join(waits.links.values()), "an entry out of the directory has no page to lead to"
    actions.called(task, VerificationOutcome.CONFIRMED, actor=_who(), now=NOW)
    assert queries.offer(made.id, NOW) is not None


def test_a_new_site_of_a_refuge_is_as_secret_as_the_first(client: PageClient, place: Any) -> None:
    place.location.disclosure = Disclosure.ON_REQUEST
    staff().trust = TrustLevel.FULL
    db.session.commit()
    client.sign_in("foyer")
    client.get(path(place.id, "copy"))
    client.submit("unit", name="Deuxième maison", unit="Moungo", address="3 rue Cachée")
    [made] = copies(place)
    assert made.archived is False
    assert made.areas == ["CM005001"]
    offer = queries.offer(made.id, NOW)
    assert offer is not None
    assert "Cachée" not in repr(offer)


def test_a_copy_to_nowhere_or_to_a_site_of_others_is_refused(client: PageClient, place: Any) -> None:
    foreign = Location(organization_id=make_organization("Autre").id, name="Ailleurs")
    db.session.add(foreign)
    db.session.commit()
    client.sign_in("foyer")
    client.get(path(place.id, "copy"))
    for typed in ({}, {"site": str(foreign.id)}, {"name": "X"}, {"name": "X", "unit": "Nullepart"}):
        assert client.post(path(place.id, "copy"), data=typed).status == 422
    assert copies(place) == []


def test_a_closing_is_taken_back_and_asks_for_a_call(client: PageClient, place: Any) -> None:
    task = actions.open_task(place.id, TaskReason.LATE, ["contacts"], now=NOW)
    assert task is not None
    actions.called(task, VerificationOutcome.CLOSED, actor=_who(), now=NOW)
    db.session.commit()
    assert queries.offer(place.id, NOW) is None
    client.sign_in("coordination")
    assert "fermée depuis le" in client.get("/directory/closed").text
    client.submit("Rouvrir")
    assert queries.offer(place.id, NOW) is not None
    assert db.session.scalars(select(CallTask.reason).where(CallTask.closed_at.is_(None))).all() == [
        TaskReason.NEW_SITE
    ]
    assert client.post(f"/directory/closed/{place.id}").status == 404
