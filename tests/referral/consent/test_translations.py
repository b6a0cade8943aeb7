"""Translations: a reviewer of the wording of today opens a language and takes the warning off the leaflet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import Connection, select

from directory.taxonomy import Visibility
from referral.consent.models import LeafletWord
from referral.consent.queries import translations
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from sop.vocabulary import Need
from tests.builders import make_organization, make_procedure, make_service, make_user
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import Page, PageClient
from tests.signing_in import sign_in

FULFULDE = "/translations/fub"
REVIEW: dict[str, Any] = {
    "texts": ["F15_consent_referral", "leaflet"],
    "reviewer": "Aïssatou Bello, traductrice assermentée",
    "on-day": str(NOW.day),
    "on-month": str(NOW.month),
    "on-year": str(NOW.year),
}


@pytest.fixture(scope="module")
def scene(_application: Flask) -> Iterator[tuple[Connection, UUID]]:
    """A coordinator, and a public service whose leaflet is printed; once for the module."""
    with rolled_back(_application) as connection:
        with _application.app_context():
            make_procedure()
            place = make_service(make_organization("Aide"), Need.MED, name="Consultation du port")
            place.service.visibility = Visibility.PUBLIC
            make_user(Role.COORDINATOR, make_organization("Coordination"), "coordinator")
            db.session.commit()
            found = place.id
        yield connection, found


@pytest.fixture
def app(_application: Flask, scene: tuple[Connection, UUID]) -> Iterator[Flask]:
    """What a test does is taken back."""
    with taken_back(_application, scene[0]):
        yield _application


@pytest.fixture
def client(app: Flask) -> PageClient:
    """The coordinator."""
    client = PageClient(app, sign_in=sign_in)
    client.sign_in("coordinator")
    return client


def record(client: PageClient, **changes: Any) -> Page:
    fields = client.get(FULFULDE).form("reviewer").fields
    return client.post(FULFULDE, {**fields, **REVIEW, **changes})


def write(client: PageClient, **words: str) -> Page:
    fields = client.get(FULFULDE + "/leaflet").form("where").fields
    return client.post(FULFULDE + "/leaflet", {**fields, **words})


def leaflet(client: PageClient, scene: tuple[Connection, UUID], language: str = "ful") -> str:
    data = client.get(f"/directory/{scene[1]}/leaflet.pdf?lang={language}").response.data
    return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))


def open_languages(app: Flask, form_code: str = "F15_consent_referral") -> set[str]:
    with app.app_context():
        return set(translations.reviewed(form_code))


def test_a_recorded_reviewer_opens_the_language_for_the_texts_that_were_compared(
    app: Flask, client: PageClient
) -> None:
    assert open_languages(app) == set()
    page = record(client)
    assert page.status == 200, page.text
    assert "Aïssatou Bello" in client.get("/translations").text
    assert open_languages(app) == {"fub"}
    assert open_languages(app, "F08_consent_adult") == set(), "a text that nobody compared stays closed"


def test_the_audit_line_says_which_texts_and_not_who_read_them(app: Flask, client: PageClient) -> None:
    record(client)
    with app.app_context():
        line = db.session.scalars(select(AuditLine).where(AuditLine.action == "translation.review")).one()
        assert line.code == "FUB"
        assert line.details == {"texts": ["F15_consent_referral", "leaflet"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"texts": []}, "texts"),
        ({"texts": ["S01_introduction"]}, "texts"),
        ({"stamp": "another"}, "texts"),
        ({"reviewer": " "}, "reviewer"),
        ({"reviewer": "x" * 121}, "reviewer"),
        ({"on-year": "2099"}, "on"),
        ({"on-day": "31", "on-month": "2"}, "on"),
        ({"on-day": "²"}, "on"),
    ],
)
def test_a_review_that_says_too_little_is_not_recorded_and_what_was_typed_stays(
    app: Flask, client: PageClient, changes: dict[str, Any], field: str
) -> None:
    page = record(client, **changes)
    assert page.status == 422
    assert f"#f-{field}" in page.links.values()
    kept = page.form("reviewer").fields
    assert kept["reviewer"] == changes.get("reviewer", REVIEW["reviewer"]).strip()
    assert open_languages(app) == set()


def test_the_leaflet_says_that_it_waits_for_a_reviewer_until_one_is_recorded(
    client: PageClient, scene: tuple[Connection, UUID]
) -> None:
    assert "Traduction à valider" in leaflet(client, scene)
    record(client)
    assert "valider" not in leaflet(client, scene)
    assert "Translation to be checked" in leaflet(client, scene, "pcm"), "the other languages still wait"


def test_a_changed_word_is_printed_and_makes_the_review_lapse(
    app: Flask, client: PageClient, scene: tuple[Connection, UUID]
) -> None:
    record(client)
    page = write(client, where="Toye")
    assert page.status == 200, page.text
    assert "à valider de nouveau" in page.text
    printed = leaflet(client, scene)
    assert "Toye" in printed
    assert "Traduction à valider" in printed
    assert open_languages(app) == {"fub"}, "the consent text was not touched"
    record(client, texts=["leaflet"])
    assert "valider" not in leaflet(client, scene)
    write(client, where="")
    assert "Toye" not in leaflet(client, scene), "an empty word is the library's again"
    assert "Traduction à valider" in leaflet(client, scene)


def test_the_words_of_yesterday_are_not_covered_by_a_review_of_the_day_before(client: PageClient) -> None:
    write(client, where="Toye")
    page = record(client, **{"on-day": "1"})
    assert page.status == 422
    assert "#f-on" in page.links.values()
    assert record(client, texts=["F15_consent_referral"], **{"on-day": "1"}).status == 200


def test_two_people_who_change_words_at_once_do_not_overwrite_each_other(app: Flask, client: PageClient) -> None:
    stale = client.get(FULFULDE + "/leaflet").form("where").fields
    write(client, where="Toye")
    page = client.post(FULFULDE + "/leaflet", {**stale, "idempotency_key": "", "when": "Ndeye"})
    assert page.status == 422
    assert page.form("where").fields["when"] == "Ndeye"
    with app.app_context():
        assert [word.key for word in db.session.scalars(select(LeafletWord))] == ["where"]
