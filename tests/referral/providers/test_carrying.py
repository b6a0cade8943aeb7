"""What a reader takes out of the directory: card, calendar, sheet of a service, sheet of a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from flask import Flask
from icalendar import Calendar

from directory.taxonomy import CapacityStatus, Disclosure, Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers.models import AdminUnit, ServiceAtLocation, ServiceAudience, ServiceClosure, ServiceContact
from tests.builders import make_organization, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry

STREET, NAMED, SECRET = "17 ruelle des Lauriers", "+237000000777", "Fuite de gaz ruelle"
LONG = "Une phrase qui ne finit pas, et qui dit encore une fois la même chose. " * 60


@dataclass
class Scene:
    """Ids of a clinic, a hidden refuge, an entry kept to named people and one far away."""

    clinic: UUID
    refuge: UUID
    named: UUID
    afar: UUID


def make_scene() -> Scene:
    house, own = make_organization("Foyer Espérance"), make_organization("Délégation")
    clinic = make_entry(
        house, "Consultation du port", "MED", "PSY", application_process=LONG[:2000], description=LONG[:4000],
        areas=("CM005",), required_documents=["carte consulaire"], languages=["fra"], alert=LONG[:500],
    )  # fmt: skip
    clinic.service.audiences.append(ServiceAudience(facet="status", term="asylum_seeker", rule="excluded"))
    clinic.service.eligibility_description, clinic.service.fees_description = LONG[:2000], LONG[:500]
    clinic.contacts.append(ServiceContact(phone=NAMED, visibility=Visibility.RESTRICTED))
    clinic.capacity_status, clinic.capacity_available, clinic.capacity_maximum = CapacityStatus.AVAILABLE, 3, 10
    clinic.capacity_updated_at = NOW
    refuge = make_entry(house, "Refuge", "VBG", disclosure=Disclosure.ARRONDISSEMENT, address=STREET)
    assert refuge.location is not None
    refuge.location.name, refuge.location.latitude, refuge.location.longitude = "Maison Lauriers", 4.05123, 9.76543
    refuge.closures.append(ServiceClosure(starts_on=date(2026, 3, 1), ends_on=None, reason=SECRET))
    named = make_entry(house, "Pour personnes désignées", "VBG", visibility=Visibility.RESTRICTED)
    afar = make_entry(house, "Ailleurs", "MED", pcode="CM004005")
    make_user(Role.CASE_MANAGER, own, "gestionnaire")
    make_user(Role.PROVIDER, house, "maison")
    db.session.commit()
    return Scene(clinic.id, refuge.id, named.id, afar.id)


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Any, Scene]]:
    with rolled_back(_application) as connection:
        with _application.app_context():
            made = make_scene()
        yield connection, made


@pytest.fixture
def app(_application: Flask, stage: tuple[Any, Scene]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def scene(stage: tuple[Any, Scene]) -> Scene:
    return stage[1]


def text_of(data: bytes) -> str:
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)]
    return " ".join(" ".join(pages).split())


def taken(client: PageClient, place: UUID, name: str) -> str:
    """The words of a file of one entry."""
    answer = client.get(f"/directory/{place}/{name}").response
    assert answer.headers["Cache-Control"] == "no-store"
    return text_of(answer.data) if name.endswith("pdf") else answer.get_data(as_text=True).replace("\r\n ", "")


def test_nothing_that_is_taken_out_tells_a_hidden_place_not_even_to_its_own_people(
    scene: Scene, client: PageClient
) -> None:
    for who in ("gestionnaire", "maison"):
        client.sign_in(who)
        files = [taken(client, scene.refuge, name) for name in ("card.vcf", "hours.ics", "sheet.pdf")]
        files.append(text_of(client.get("/directory/places/CM005004/services.pdf").response.data))
        for text in files:
            assert not [part for part in ("Lauriers", "4.05123", "9.76543", "ruelle") if part in text]
            assert "Refuge" in text


def test_an_entry_kept_to_named_people_is_taken_out_by_its_own_people_alone(scene: Scene, client: PageClient) -> None:
    client.sign_in("gestionnaire")
    files = [f"/directory/{scene.named}/{name}" for name in ("card.vcf", "hours.ics", "sheet.pdf")]
    assert [client.get(one).status for one in files] == [404, 404, 404]
    place = "/directory/places/CM005004/services.pdf"
    assert "désignées" not in text_of(client.get(place).response.data)
    client.sign_in("maison")
    assert [client.get(one).status for one in files] == [200, 200, 200]
    assert "désignées" in text_of(client.get(place).response.data)


def test_card_and_calendar_are_read_by_other_programs(scene: Scene, client: PageClient) -> None:
    client.sign_in("gestionnaire")
    card = taken(client, scene.clinic, "card.vcf").splitlines()
    assert (card[0], card[-1]) == ("BEGIN:VCARD", "END:VCARD")
    assert {"FN:Consultation du port", "ORG:Foyer Espérance", "TEL:+237000000001"} <= set(card)
    assert not [line for line in card if NAMED in line]
    events = Calendar.from_ical(client.get(f"/directory/{scene.clinic}/hours.ics").response.data).walk("VEVENT")
    rules = [one["RRULE"].to_ical().decode() for one in events if "RRULE" in one]
    assert rules == ["FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "fr",
            (
                "Ne reçoit pas : personnes en demande d’asile",
                "carte consulaire",
                "Dernière vérification",
                "12 rue de la Joie",
            ),
        ),
        ("en", ("Does not receive: asylum seekers", "carte consulaire", "Last verified", "12 rue de la Joie")),
    ],
)
def test_the_sheet_of_a_service_is_one_page_however_much_is_written_and_says_what_decides(
    scene: Scene, client: PageClient, lang: str, words: tuple[str, ...]
) -> None:
    client.sign_in("gestionnaire")
    data = client.get(f"/directory/{scene.clinic}/sheet.pdf?lang={lang}").response.data
    assert len(pypdfium2.PdfDocument(data)) == 1
    text = text_of(data)
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    assert [one for one in (*words, f"/directory/{scene.clinic}", "[…]") if one not in text] == []
    assert NAMED not in text


def test_the_sheet_of_a_place_groups_by_need_with_telephone_and_day(scene: Scene, client: PageClient) -> None:
    client.sign_in("gestionnaire")
    text = text_of(client.get("/directory/places/CM005004/services.pdf?lang=fr").response.data)
    assert text.count("Consultation du port") == 2, "once under each of its needs"
    assert "Ailleurs" not in text
    assert "+237 000 00 00 01" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert client.get("/directory/places/CM999/services.pdf").status == 404


def test_the_pages_lead_to_what_is_taken_out(scene: Scene, client: PageClient) -> None:
    client.sign_in("gestionnaire")
    links = set(client.get(f"/directory/{scene.clinic}").links.values())
    names = ("sheet.pdf", "card.vcf", "hours.ics")
    assert {f"/directory/{scene.clinic}/{name}" for name in names} <= links
    assert "/directory/places/CM005004/services.pdf" in links
    client.get("/directory/search")
    found = client.submit("place", place="Wouri", need="MED")
    assert "/directory/places/CM005004/services.pdf" in found.links.values()


def test_an_arrondissement_has_its_sheet_once_it_is_known_and_lends_its_departement_until_then(
    scene: Scene, client: PageClient, session: Any
) -> None:
    place = session.get(ServiceAtLocation, scene.clinic)
    place.location.pcode = "CM005004003"
    place.areas = []
    session.commit()
    client.sign_in("gestionnaire")
    sheet, whole = "/directory/places/CM005004003/services.pdf", "/directory/places/CM005004/services.pdf"
    links = client.get(f"/directory/{scene.clinic}").links.values()
    assert (sheet in links, whole in links, client.get(sheet).status) == (False, True, 404)
    session.add(AdminUnit(pcode="CM005004003", parent="CM005004", name="Douala III", level=3))
    session.commit()
    assert sheet in client.get(f"/directory/{scene.clinic}").links.values()
    text = text_of(client.get(f"{sheet}?lang=fr").response.data)
    assert "Services : Douala III" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Consultation du port" in text
    assert "Refuge" in text, "known down to the département only: it may be in this arrondissement"
    assert "Ailleurs" not in text
