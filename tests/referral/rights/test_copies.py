"""The person’s copy of each kind of consent: one page of large type in both languages, its mark, and no name."""

from __future__ import annotations

from typing import Any

import pypdfium2

from referral.consent.actions import marking
from referral.consent.mark_models import MarkWay
from referral.consent.mark_schemas import Mark
from referral.extensions import db
from referral.foundation.media import Media
from referral.rights.queries import withdrawals
from sop.vocabulary import Category, Need
from tests.builders import make_consent, make_organization
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.consent.marks.pictures import png
from tests.referral.rights.conftest import Office

KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "case_management": ("F08_consent_adult", {"fr": "Qui garde et voit votre dossier", "en": "Who keeps and sees"}),
    "justice": ("F12_consent_justice", {"fr": "ni une plainte, ni une promesse", "en": "no complaint and no promise"}),
    "asylum": (
        "F13_consent_asylum",
        {"fr": "Rien ne va aux autorités du pays", "en": "Nothing goes to the authorities"},
    ),
}
ALL = [one for one in Category if one not in (Category.C0, Category.C7N)]


def given(office: Office) -> dict[str, Any]:
    """One consent of each kind, the base one towards two organisations with everything that a form asks."""
    team = office.manager.organization
    kept = marking.keep(office.case, Mark(MarkWay.DRAWN, Media("image/png", png())), now=NOW)
    made = {}
    for purpose, (form_code, _) in KINDS.items():
        columns = {"purpose": purpose, "form_code": form_code, "categories": (), "explicit": (), **kept}
        if purpose == "case_management":
            columns |= {"categories": ALL}
            make_consent(
                office.case,
                make_organization("Commissariat de l’aéroport international de Douala (démonstration)"),
                Need.MED,
                actor=office.manager,
                **columns,
            )
        made[purpose] = make_consent(office.case, team, Need.MED, actor=office.manager, **columns)
    db.session.commit()
    return made


def test_the_copies_of_all_kinds_fit_on_one_page_say_what_was_agreed_and_how_it_was_marked(
    office: Office, client: PageClient
) -> None:
    made = given(office)
    client.sign_in("gestionnaire")
    for purpose, (_, words) in KINDS.items():
        for lang, said in words.items():
            answer = client.get(f"/cases/{office.case.id}/consents/{made[purpose].id}.pdf?lang={lang}").response
            document = pypdfium2.PdfDocument(answer.data)
            text = document[0].get_textpage().get_text_bounded().replace("\r\n", " ")
            assert (len(document), said in text) == (1, True), (purpose, lang, text)
            assert {"fr": "Signé à l’écran", "en": "Signed on the screen"}[lang] in text
            assert ("Commissariat" in text) == (purpose == "case_management")
            assert "Ngo Mbock" not in text


def test_the_pages_link_the_copy_of_every_living_consent_and_of_base_consent_once(
    office: Office, client: PageClient
) -> None:
    made = given(office)
    client.sign_in("gestionnaire")
    shared = withdrawals.living(office.case)
    for page in ("rights", "consents"):
        anchors = client.get(f"/cases/{office.case.id}/{page}").tree.iter("a")
        copies = {link.partition("?")[0] for link in (one.get("href", "") for one in anchors) if ".pdf?" in link}
        expected = {*made.values(), *(one for one in shared if one.purpose != "case_management")}
        assert copies == {f"/cases/{office.case.id}/consents/{one.id}.pdf" for one in expected}, page
    make_consent(office.case, office.manager.organization, Need.MED, actor=office.manager, purpose="justice")
    db.session.commit()
    assert client.get(f"/cases/{office.case.id}/consents/{made['justice'].id}.pdf").status == 404, "it was replaced"
    client.sign_in("ailleurs")
    assert client.get(f"/cases/{office.case.id}/consents/{made['asylum'].id}.pdf").status == 404
