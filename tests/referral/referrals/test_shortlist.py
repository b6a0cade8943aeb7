"""Services kept for a case: frozen as they were, noted about under seal, taken off and put back, referred from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from directory.taxonomy import Disclosure, Visibility
from referral.cases.queries.shortlist import own_live_cases, shortlist
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.providers.models import ServiceContact
from referral.providers.rules import Section
from referral.referrals.actions import shortlisting
from referral.referrals.models import Referral, ShortlistEntry
from referral.referrals.queries.shortlist import kept_services
from sop.vocabulary import Need
from tests import builders
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.providers.entries import make_entry

LATER = NOW + timedelta(days=2)


@pytest.fixture
def scene(session: Any) -> dict[str, Any]:
    """A case manager with a case that needs health care, and a hospital."""
    team, hospital = builders.make_organization("Délégation"), builders.make_organization("Hôpital de la Joie")
    manager = builders.make_user(Role.CASE_MANAGER, team, "gestionnaire")
    case = builders.make_planned_case(manager, Need.MED)
    place = make_entry(hospital, "Consultation", "MED", areas=("CM005",))
    return {"manager": manager, "case": case, "place": place, "hospital": hospital, "team": team}


def kept(scene: dict[str, Any]) -> ShortlistEntry:
    shortlisting.keep(scene["case"], [scene["place"]], actor=scene["manager"], now=NOW)
    return shortlist(scene["case"].id)[0]


def test_a_kept_service_keeps_its_entry_as_it_was(scene: dict[str, Any]) -> None:
    entry = kept(scene)
    assert shortlisting.changed(entry) == []
    scene["place"].contacts[0].phone = "+237000000099"
    scene["place"].service.alert = "Grève"
    db.session.flush()
    assert entry.frozen["sections"]["contacts"]["contacts"][0]["phone"] == "+237000000001"
    found = dict(shortlisting.changed(entry))
    assert set(found) == {Section.CONTACTS, Section.SERVICE}
    assert found[Section.SERVICE] == {"alert": ["", "Grève"]}


def test_keeping_twice_keeps_the_first_version_and_adds_nothing(scene: dict[str, Any]) -> None:
    first = kept(scene)
    scene["place"].service.alert = "Grève"
    db.session.flush()
    assert shortlisting.keep(scene["case"], [scene["place"]], actor=scene["manager"], now=LATER) == 0
    assert [one.id for one in shortlist(scene["case"].id)] == [first.id]
    assert (first.added_at, first.frozen["sections"]["service"]["alert"]) == (NOW, "")


def test_taken_off_and_put_back_is_frozen_anew(scene: dict[str, Any]) -> None:
    entry = kept(scene)
    shortlisting.remove(entry, actor=scene["manager"], now=NOW)
    db.session.flush()
    assert shortlist(scene["case"].id) == []
    assert shortlist(scene["case"].id, removed=True) == [entry]
    scene["place"].service.alert = "Grève"
    db.session.flush()
    assert shortlisting.keep(scene["case"], [scene["place"]], actor=scene["manager"], now=LATER) == 1
    assert (entry.removed_at, entry.added_at, entry.frozen["sections"]["service"]["alert"]) == (None, LATER, "Grève")


def test_neither_a_refuges_street_nor_a_contact_of_its_own_people_is_frozen(scene: dict[str, Any]) -> None:
    place = make_entry(scene["hospital"], "Foyer", "MED", disclosure=Disclosure.ON_REQUEST, address="17 ruelle cachée")
    place.contacts.append(ServiceContact(function="Nuit", phone="+237000000777", visibility=Visibility.RESTRICTED))
    db.session.flush()
    frozen = shortlisting.freeze(place)
    assert "17 ruelle cachée" not in repr(frozen)
    assert "+237000000777" not in repr(frozen)


def test_the_note_is_sealed_and_read_back(scene: dict[str, Any]) -> None:
    entry = kept(scene)
    shortlisting.note(entry, " appeler la tante ", actor=scene["manager"], now=NOW)
    db.session.flush()
    assert b"tante" not in entry.sealed_note
    [row] = kept_services(scene["case"], scene["manager"], NOW)
    assert row.note == "appeler la tante"
    assert row.choosable == (Need.MED,)
    shortlisting.note(entry, "  ", actor=scene["manager"], now=NOW)
    assert entry.sealed_note is None


def test_forty_services_are_the_most(scene: dict[str, Any]) -> None:
    places = [make_entry(scene["hospital"], f"Service {number}", "MED") for number in range(41)]
    with pytest.raises(RuleViolation):
        shortlisting.keep(scene["case"], places, actor=scene["manager"], now=NOW)


def test_a_closed_case_keeps_nothing_more(scene: dict[str, Any]) -> None:
    scene["case"].closed_at = NOW
    with pytest.raises(RuleViolation):
        shortlisting.keep(scene["case"], [scene["place"]], actor=scene["manager"], now=NOW)


def title(answer: Page) -> str:
    return answer.tree.first("h1").text


@pytest.fixture
def page(scene: dict[str, Any], client: PageClient) -> PageClient:
    """The case manager at the keyboard."""
    db.session.commit()
    client.sign_in("gestionnaire")
    return client


def test_from_the_search_to_the_referral(page: PageClient, scene: dict[str, Any]) -> None:
    case, place = scene["case"], scene["place"]
    found = page.get("/cases/" + str(case.id))
    assert "Chercher dans l’annuaire pour ce dossier" in found.links
    page.get(found.links["Chercher dans l’annuaire pour ce dossier"])
    page.post("/directory/search", data={"need": "MED", "place": "wouri", "case": str(case.id)})
    answer = page.submit("shortlist", service=str(place.id))
    assert title(answer) == "Services gardés"
    assert "Consultation" in answer.text
    answer = page.submit("needs/MED/services")
    referral = db.session.scalars(select(Referral)).one()
    assert (referral.case_id, referral.service_at_location_id) == (case.id, place.id)
    assert answer.response.request.path == f"/referrals/{referral.id}/consent"
    acts = select(AuditLine.action).where(AuditLine.action.startswith("shortlist."))
    assert set(db.session.scalars(acts)) == {"shortlist.keep", "shortlist.read"}


def test_without_a_case_the_case_is_asked_for(page: PageClient, scene: dict[str, Any]) -> None:
    page.get(f"/directory/{scene['place'].id}")
    answer = page.post("/shortlist", data={"service": str(scene["place"].id)})
    assert answer.response.status_code == 422
    assert title(page.submit("shortlist", case=str(scene["case"].id))) == "Services gardés"
    assert len(shortlist(scene["case"].id)) == 1


def test_the_service_page_keeps_for_a_case(page: PageClient, scene: dict[str, Any]) -> None:
    page.get(f"/directory/{scene['place'].id}")
    page.submit("shortlist", case=str(scene["case"].id))
    assert db.session.scalar(select(func.count(ShortlistEntry.id))) == 1
    assert "Consultation" in page.get(f"/cases/{scene['case'].id}").links


def test_a_refuge_of_others_cannot_be_kept(page: PageClient, scene: dict[str, Any]) -> None:
    refuge = make_entry(scene["hospital"], "Refuge", "MED", visibility=Visibility.RESTRICTED)
    db.session.commit()
    page.get("/directory/search")
    page.post("/shortlist", data={"service": str(refuge.id), "case": str(scene["case"].id)})
    assert db.session.scalar(select(func.count(ShortlistEntry.id))) == 0


def test_a_service_that_left_the_directory_stays_readable_and_cannot_be_chosen(
    page: PageClient, scene: dict[str, Any]
) -> None:
    kept(scene)
    scene["place"].archived = True
    db.session.commit()
    answer = page.get(f"/cases/{scene['case'].id}/shortlist")
    assert "n’est plus dans l’annuaire" in answer.text
    assert "+237 000 00 00 01" in answer.text
    assert not [form for form in answer.forms if form.action.endswith("/needs/MED/services")]


def test_a_note_and_taking_off_by_the_page(page: PageClient, scene: dict[str, Any]) -> None:
    entry = kept(scene)
    url = f"/cases/{scene['case'].id}/shortlist"
    db.session.commit()
    page.get(url)
    assert "appeler lundi" in page.submit(f"{entry.id}/note", text="appeler lundi").text
    assert "1 service retiré" in page.submit(f"{entry.id}/remove").text
    assert "Aucun service n’est gardé" in page.text
    page.submit("shortlist")
    assert len(shortlist(scene["case"].id)) == 1


def test_the_case_that_one_comes_from_is_offered_however_many_there_are(scene: dict[str, Any]) -> None:
    for _number in range(50):
        builders.make_case(scene["manager"]).opened_at = LATER
    db.session.flush()
    offered = own_live_cases(scene["manager"])
    assert len(offered) == 50
    assert scene["case"].id not in dict(offered)
    assert own_live_cases(scene["manager"], scene["case"].id)[0] == (scene["case"].id, scene["case"].code)
