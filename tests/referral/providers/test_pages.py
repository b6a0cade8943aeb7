"""The directory's list and sheets: what is found, what is shown to whom, and at what price."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from directory.taxonomy import CapacityStatus, Disclosure, Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers.models import ServiceStaff
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry, path

SECRET_STREET = "7 impasse du Silence"


@pytest.fixture
def place(session: Any) -> Any:
    """One entry of an organisation, a case manager of another, a provider of its own."""
    owner = make_organization("Foyer Espérance", acronym="FOE")
    place = make_entry(owner, "Hébergement d’urgence", "HEB", types=["SHEL"])
    make_user(Role.CASE_MANAGER, make_organization("Délégation"), "gestionnaire")
    make_user(Role.PROVIDER, owner, "foyer")
    session.commit()
    return place


def names(page: Any) -> list[str]:
    """The services of a page of the list, in its order."""
    return [heading.text for heading in page.tree.iter("h2") if heading.inside("li")]


@pytest.mark.parametrize(
    "words",
    ["hebergement", "HÉBERGEMENT urgence", "foe", "esperance", "wouri", "safe house", "hebergement foyer", "heb"],
)
def test_a_service_is_found_by_any_of_its_words_without_accents(client: PageClient, place: Any, words: str) -> None:
    client.sign_in("gestionnaire")
    assert names(client.get("/directory", query_string={"q": words})) == ["Hébergement d’urgence"]


@pytest.mark.parametrize(
    "query",
    [{"q": "dentiste"}, {"need": "MED"}, {"region": "CM001"}, {"q": "hebergement", "need": "PSY"}],
)
def test_what_does_not_match_is_not_shown_and_the_empty_page_offers_a_way_on(
    client: PageClient, place: Any, query: dict[str, str]
) -> None:
    client.sign_in("gestionnaire")
    page = client.get("/directory", query_string=query)
    assert names(page) == []
    assert "Aucun service ne correspond" in page.text
    assert page.links["Tout afficher"] == "/directory"


@pytest.mark.parametrize("query", [{"need": "HEB"}, {"region": "CM005"}, {"open": "1"}, {"need": "x", "after": "1"}])
def test_filters_are_codes_and_a_wrong_code_filters_nothing(client: PageClient, place: Any, query: Any) -> None:
    client.sign_in("gestionnaire")
    assert names(client.get("/directory", query_string=query)) == ["Hébergement d’urgence"]


def test_open_now_leaves_out_what_is_closed_or_unknown(client: PageClient, app: Any, place: Any) -> None:
    make_entry(place.service.organization, "Sans horaires").schedules = []
    db.session.commit()
    client.sign_in("gestionnaire")
    assert names(client.get("/directory?open=1")) == ["Hébergement d’urgence"]
    app.extensions["mnr.clock"] = lambda: NOW.replace(hour=18)
    assert names(client.get("/directory?open=1")) == []


def test_a_region_shows_what_serves_it_from_elsewhere(client: PageClient, place: Any) -> None:
    owner = place.service.organization
    make_entry(owner, "Couvre le Nord", pcode="CM005004", areas=("CM007",))
    make_entry(owner, "Couvre le pays", pcode="CM005004", areas=("CM",))
    make_entry(owner, "Ailleurs", pcode="CM005004", areas=("CM008",))
    db.session.commit()
    client.sign_in("gestionnaire")
    assert names(client.get("/directory?region=CM007")) == ["Couvre le Nord", "Couvre le pays"]


def test_pages_follow_each_other_without_gap_or_repeat(client: PageClient, place: Any) -> None:
    owner = place.service.organization
    for number in range(44):
        make_entry(owner, f"Service {number:02d}")
    db.session.commit()
    client.sign_in("gestionnaire")
    seen, page = [], client.get("/directory?q=service")
    for _turn in range(3):
        seen += names(page)
        if "Suivants ›" not in page.links:
            break
        page = client.get(page.links["Suivants ›"])
    assert seen == [f"Service {number:02d}" for number in range(44)]


def test_the_list_costs_the_same_for_few_and_many(client: PageClient, place: Any) -> None:
    client.sign_in("gestionnaire")
    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    def cost() -> int:
        client.get("/directory")  # builds the catalogue
        counted.clear()
        client.get("/directory")
        return len(counted)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        few = cost()
        for number in range(50):
            make_entry(place.service.organization, f"Autre {number}")
        db.session.commit()
        assert cost() == few <= 8
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_sheet_says_what_for_whom_when_and_how_fresh(client: PageClient, place: Any) -> None:
    place.service.application_process = "Téléphoner d’abord."
    place.capacity_status, place.capacity_available = CapacityStatus.AVAILABLE, 3
    place.capacity_updated_at, place.capacity_unit = NOW - timedelta(hours=5), "bed"
    db.session.commit()
    client.sign_in("gestionnaire")
    page = client.get(path(place.id))
    assert page.title == "Hébergement d’urgence"
    for words in ("de 0 à 99 ans", "08:00 – 15:30", "fermé", "+237 000 00 00 01", "Téléphoner d’abord.", "3 lits"):
        assert words in page.text
    assert "12 rue de la Joie" in page.text
    assert "13 nov. 2026" in page.text


def test_hours_that_a_week_cannot_say_are_shown_by_date(client: PageClient, place: Any) -> None:
    place.schedules[0].freq, place.schedules[0].byday = "MONTHLY", "4MO"
    db.session.commit()
    client.sign_in("gestionnaire")
    page = client.get(path(place.id))
    assert "23 nov. 2026" in page.text
    assert page.text.count("08:00 – 15:30") == 1


@pytest.mark.parametrize("disclosure", [Disclosure.ARRONDISSEMENT, Disclosure.ON_REQUEST])
def test_the_address_of_a_refuge_is_on_no_page_but_its_own_organisations(
    client: PageClient, place: Any, disclosure: Disclosure
) -> None:
    refuge = make_entry(place.service.organization, "Refuge", "TEH", disclosure=disclosure, address=SECRET_STREET)
    refuge.location.name = "Maison du Silence"
    refuge.location.latitude, refuge.location.longitude = 4.123456, 9.654321
    db.session.commit()
    client.sign_in("gestionnaire")
    for url in ("/directory", "/directory?q=silence", "/directory?q=refuge", path(refuge.id)):
        page = client.get(url)
        assert page.status == 200
        assert "impasse" not in page.html
        assert "Maison du" not in page.html
        assert "4.123" not in page.html
    assert "adresse tenue secrète" in client.text
    client.sign_in("foyer")
    assert SECRET_STREET in client.get(path(refuge.id)).text


def test_an_entry_kept_to_named_people_is_for_them_alone(client: PageClient, place: Any) -> None:
    place.service.visibility = Visibility.RESTRICTED
    named = make_user(Role.CASE_MANAGER, make_organization(), "nommee")
    db.session.add(ServiceStaff(service_id=place.service_id, user_id=named.id))
    db.session.commit()
    for username, status, found in (("gestionnaire", 404, 0), ("nommee", 200, 1), ("foyer", 200, 1)):
        client.sign_in(username)
        assert client.get(path(place.id)).status == status
        assert len(names(client.get("/directory"))) == found


def test_a_contact_kept_to_named_people_is_shown_to_the_own_organisation_only(client: PageClient, place: Any) -> None:
    place.contacts[0].visibility = Visibility.RESTRICTED
    db.session.commit()
    client.sign_in("gestionnaire")
    assert "000 00 00 01" not in client.get(path(place.id)).text
    client.sign_in("foyer")
    assert "000 00 00 01" in client.get(path(place.id)).text


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.FIRST_RESPONDER, 200), (Role.CASE_MANAGER, 200), (Role.SUPERVISOR, 200), (Role.PROVIDER, 200),
        (Role.COORDINATOR, 200), (Role.COMMITTEE, 200), (Role.DATA_OFFICER, 404), (Role.ADMINISTRATOR, 404),
    ],
)  # fmt: skip
def test_who_may_consult_the_directory(client: PageClient, place: Any, role: Role, status: int) -> None:
    make_user(role, make_organization(), "quelquun")
    db.session.commit()
    client.sign_in("quelquun")
    assert client.get("/directory").status == status
    assert client.get(path(place.id)).status == status


def test_archived_and_unknown_entries_are_not_there(client: PageClient, place: Any) -> None:
    place.service.archived = True
    db.session.commit()
    client.sign_in("gestionnaire")
    assert client.get(path(place.id)).status == 404
    assert names(client.get("/directory")) == []
    assert client.get("/directory/00000000-0000-0000-0000-000000000000").status == 404
    assert client.get(f"/directory/{2**63}").status == 404


def test_hostile_texts_are_shown_as_texts(client: PageClient, place: Any) -> None:
    nasty = '<script>alert(1)</script> =HYPERLINK("x") %(x)s {{ 7*7 }} \' " &'
    place.service.name = place.service.description = place.service.alert = nasty
    place.service.url = "javascript:alert(1)"
    place.contacts[0].function = nasty[:120]
    place.contacts[0].phone, place.contacts[0].email = "javascript:1", 'x"onclick="y@z.cm'
    db.session.commit()
    client.sign_in("gestionnaire")
    for url in ("/directory", path(place.id)):
        html = client.client.get(url).get_data(as_text=True)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html
        assert 'href="javascript' not in html
    assert client.client.get("/directory", query_string={"q": nasty * 50}).status_code == 200


def test_the_english_sheet_is_english(client: PageClient, place: Any) -> None:
    user = make_user(Role.CASE_MANAGER, make_organization(), "english", language="en")
    db.session.commit()
    client.sign_in(user.username)
    page = client.get(path(place.id))
    assert "Monday" in page.text
    assert "verified 10 days ago, by telephone" in page.text
