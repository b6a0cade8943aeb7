"""Two real lists of partners, walked through the mapping page as a coordinator does, and sent a second time."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers.models import Service
from tests.builders import make_organization, make_user
from tests.page_client import Page, PageClient

DATA = Path(__file__).parents[3] / "../shared/data/providers"
JORDAN, GUINEA = DATA / "jordan_services_advisor_2014.csv", DATA / "guinea_3w_hxl_sample.csv"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not JORDAN.exists(), reason="the real lists are not beside the checkout"),
]


WITHOUT = "services n’ont encore aucun besoin : ils ne sont jamais proposés à un intervenant."


@pytest.fixture
def browser(session: Any, client: PageClient) -> PageClient:
    make_user(Role.COORDINATOR, make_organization("Coordination"), "chef")
    session.commit()
    client.sign_in("chef")
    return client


def sent(browser: PageClient, path: Path, source: str) -> Page:
    browser.get("/directory/imports")
    return browser.post("/directory/imports", {"source": source, "file": (BytesIO(path.read_bytes()), path.name)})


def asked(page: Page) -> dict[str, str]:
    """What the page says of each column: its label with the remark -> what is chosen."""
    labels = {one.get("for"): one.text for one in page.tree.iter("label")}
    chosen = {}
    for select_ in page.tree.iter("select"):
        said = [one.get("value") for one in select_.iter("option") if "selected" in one.attributes]
        chosen[labels[select_.get("id")]] = said[0] if said else ""
    return chosen


def decision(page: Page) -> list[str]:
    """The sentences above the button."""
    form = next(one for one in page.tree.iter("form") if "now" in one.get("class").split())
    return [one.text for one in form.iter("p")]


def rows(page: Page, caption: str) -> list[list[str]]:
    table = next(one for one in page.tree.iter("table") if caption in one.text)
    return [[cell.text for cell in row.children if cell.tag in ("th", "td")] for row in table.iter("tr")][1:]


def test_the_services_of_jordan_go_from_the_mapping_page_into_the_directory(browser: PageClient) -> None:
    page = sent(browser, JORDAN, "Jordanie")
    columns = asked(page)
    assert columns["partner (deviné)"] == "organization.name"
    assert columns["end_date (deviné)"] == "service.ends"
    assert columns["accessibility (non reconnue)"] == ""
    page = browser.submit("column-7", column_7="service.name", column_1="")
    assert page.status == 422
    assert [one.text for one in page.tree.iter("a") if one.get("href") == "#f-column-7"] == [
        "indicators : La colonne « activity » le dit déjà : choisissez l’une des deux."
    ]
    assert "Dites quelle colonne est le nom de l’organisation." in page.text
    assert asked(page)["partner (non reconnue)"] == "", "what was typed stays"
    page = browser.submit("column-7", column_7="service.note", column_1="organization.name")
    assert decision(page) == [
        "549 nouveaux services, 0 service modifié, 0 service absent du fichier, 13 lignes mises de côté.",
        "549 services sont terminés : ils entrent, mais ne sont proposés à personne.",
        f"549 {WITHOUT} Dire plus bas ce que les termes veulent dire.",
    ]
    browser.get(page.links["Changer les colonnes"])
    page = browser.submit("column-10", column_10="")
    refused = rows(page, "Lignes mises de côté")
    assert (len(refused), refused[0]) == (13, [
        "Ligne 418 22442789", "Service : numéro dans la source", "l’identifiant figure déjà à la ligne 2",
    ])  # fmt: skip
    guessed = asked(page)
    assert guessed["HEALTH (40 services, deviné)"] == "MED"
    assert guessed["PROTECTION (195 services)"] == ""
    page = browser.submit("need", do="terms")
    assert decision(page)[1].startswith(f"195 {WITHOUT}")
    assert rows(page, "Comment les premiers services")[0] == [
        "Education opportunities", "IOCC", "Liwa Qasabat As Salt", "Éducation et formation",
    ]  # fmt: skip
    browser.submit("do", do="approve")
    service = db.session.scalars(select(Service).where(Service.source_id == "164874085")).one()
    (place,) = service.places
    page = browser.get(f"/directory/{place.id}")
    assert page.title == "Health Services"
    assert "Liwa Qasabat Irbid" in page.text
    assert "Santé physique" in page.text
    again(browser, JORDAN, "JORDANIE", "partner", "HEALTH → Santé physique (40 services)")


def test_the_3w_of_guinea_goes_from_the_mapping_page_into_the_directory(browser: PageClient) -> None:
    page = sent(browser, GUINEA, "3W Guinée")
    assert asked(page) == {
        "Préfecture (deviné)": "service.area", "P-code (deviné)": "service.area_pcode",
        "Secteur (deviné)": "service.term", "Genre d'activité (deviné)": "service.name",
        "Organisation (deviné)": "organization.name", "Description de l'activité (deviné)": "service.description",
        "Date de début (non reconnue)": "", "Date de fin (deviné)": "service.ends",
        "Commentaires (deviné)": "service.note",
    }  # fmt: skip
    page = browser.submit("column-6", column_6="service.note")
    assert decision(page)[:2] == [
        "169 nouveaux services, 0 service modifié, 0 service absent du fichier, 0 ligne mise de côté.",
        "15 services sont terminés : ils entrent, mais ne sont proposés à personne.",
    ]
    assert asked(page)["Soutien nutritionnel (8 services, deviné)"] == "HEB"
    browser.submit("need", do="terms")
    browser.submit("do", do="approve")
    service = db.session.scalars(select(Service).where(Service.name == "Distribution de vivres")).first()
    assert service is not None
    page = browser.get(f"/directory/{service.places[0].id}")
    assert page.title == "Distribution de vivres"
    assert "Beyla" in page.text
    assert "Hébergement et besoins essentiels" in page.text
    again(
        browser, GUINEA, "3w guinee", "Secteur", "Soutien nutritionnel → Hébergement et besoins essentiels (8 services)"
    )


def again(browser: PageClient, path: Path, source: str, heading: str, term: str) -> None:
    """The same file once more: what was saved is filled in, and nothing would change."""
    page = sent(browser, path, source)
    assert heading in asked(page), "saved, no longer guessed"
    page = browser.submit("column-0")
    assert decision(page)[0].startswith("0 nouveau service, 0 service modifié, 0 service absent du fichier, ")
    assert term in asked(page)
    assert "Rien n’a changé : l’annuaire le dit déjà." in browser.submit("do", do="approve").text
