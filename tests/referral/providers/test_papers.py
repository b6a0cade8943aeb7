"""The leaflet that a person takes along and the booklet of a region: what they say, and what they never say."""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest

from directory.leaflet import LANGUAGES, WORDS
from directory.taxonomy import Disclosure, Visibility
from referral.foundation.grants import Role
from referral.foundation.lettering import right_to_left
from sop.vocabulary import Need
from tests.builders import make_organization, make_service, make_user
from tests.page_client import PageClient

STREET = "17 ruelle des Lauriers-Roses"


@pytest.fixture
def place(session: Any, client: PageClient) -> Any:
    """A public service, and a case manager who prints."""
    house = make_organization("Aide")
    made = make_service(house, Need.MED, name="Consultation du port")
    made.service.visibility = Visibility.PUBLIC
    made.service.required_documents = ["carte consulaire"]
    made.location.address, made.location.pcode = STREET, "CM005004"
    make_user(Role.CASE_MANAGER, make_organization("Délégation"), "gestionnaire")
    session.commit()
    client.sign_in("gestionnaire")
    return made


def text_of(client: PageClient, url: str) -> str:
    data = client.get(url).response.data
    return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))


@pytest.mark.once
def test_every_word_of_the_leaflet_is_there_in_every_language() -> None:
    assert {key: set(texts) for key, texts in WORDS.items() if set(texts) != set(LANGUAGES)} == {}
    empty = {(key, code) for key, texts in WORDS.items() for code, text in texts.items() if not text}
    assert empty == {("not_checked", "fr"), ("not_checked", "en")}


@pytest.mark.parametrize(
    ("lang", "words"),
    [("fr", "Vos droits"), ("en", "Your rights"), ("pcm", "Your rights"), ("ful", "Hakkeeji ma")],
)
def test_the_leaflet_says_what_where_what_to_bring_and_the_rights(
    place: Any, client: PageClient, lang: str, words: str
) -> None:
    whole = text_of(client, f"/directory/{place.id}/leaflet.pdf?lang={lang}")
    for part in (words, "Consultation du port", "carte consulaire", STREET):
        assert part in whole, part
    assert "/directory/" not in whole, "an address that asks to sign in"


def test_a_language_that_nobody_has_checked_says_so_and_the_checked_ones_do_not(place: Any, client: PageClient) -> None:
    found = {lang: text_of(client, f"/directory/{place.id}/leaflet.pdf?lang={lang}") for lang in ("fr", "ful", "pcm")}
    assert "valider" not in found["fr"]
    assert "Traduction à valider" in found["ful"]
    assert "Translation to be checked" in found["pcm"]


@pytest.mark.once
def test_arabic_lines_are_broken_before_they_are_turned_round() -> None:
    from referral.foundation.lettering import ARABIC, load_arabic

    load_arabic()
    turned = right_to_left("أين تذهب الآن", ARABIC, 12, 40)
    assert turned.count("<br/>") == 2
    assert right_to_left("117", ARABIC, 12, 400) == "117", "a number keeps its order"
    assert right_to_left("+237 000 000 225", ARABIC, 12, 400) == "+237 000 000 225", "so does a telephone number"
    assert right_to_left("Aide (Douala)", ARABIC, 12, 400) == "Aide (Douala)"
    assert right_to_left("<b>", ARABIC, 12, 400) in ("&gt;b&lt;", "&lt;b&gt;")


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_a_hidden_place_is_given_by_telephone_only(place: Any, client: PageClient, session: Any, lang: str) -> None:
    place.location.disclosure = Disclosure.ON_REQUEST
    session.commit()
    assert STREET not in text_of(client, f"/directory/{place.id}/leaflet.pdf?lang={lang}")
    assert STREET not in text_of(client, "/directory/regions/CM005/booklet.pdf")


@pytest.mark.parametrize(
    ("lang", "words", "chapter"),
    [("fr", "Annuaire des services", "Santé physique"), ("en", "Directory of services", "Physical health")],
)
def test_the_booklet_lists_public_services_of_the_region_by_need_with_a_code_each(
    place: Any, client: PageClient, session: Any, lang: str, words: str, chapter: str
) -> None:
    kept = make_service(make_organization("Autre"), Need.PSY, name="Pour le réseau seulement")
    session.commit()
    whole = text_of(client, f"/directory/regions/CM005/booklet.pdf?lang={lang}")
    for part in (words, chapter, "Consultation du port", f"/directory/{place.id}"):
        assert part in whole, part
    assert kept.service.name not in whole
