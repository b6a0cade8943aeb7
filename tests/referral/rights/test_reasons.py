"""Each access on the own file says why, from the decision that was stored; files that are kept are listed."""

from __future__ import annotations

from sqlalchemy import select, update

from referral.consent.actions import decide_and_register
from referral.consent.models import Consent, DecisionRecord
from referral.extensions import db
from referral.foundation import audit
from referral.rights.queries import own_file as sheets
from sop.vocabulary import Category
from tests.builders import make_attachment, make_consent
from tests.case_forms import ASSESSMENT, make_case_form
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.rights.conftest import Office
from tests.referral.rights.test_pages import pdf_text, sheet


def looks(office: Office) -> None:
    """The nurse opens the referral, as her page does."""
    decide_and_register(office.referral, viewer=office.nurse, action="view", actor=office.nurse, now=NOW)
    case = office.case
    audit.record("referral.read", actor=office.nurse, now=NOW, case_id=case.id, subject=office.referral)
    db.session.commit()


def section(page: Page, name: str) -> str:
    return str(next(one for one in page.tree.iter("section") if one.get("id") == name).text)


def test_a_look_of_another_organisation_names_purpose_and_consent(office: Office, client: PageClient) -> None:
    looks(office)
    client.sign_in("gestionnaire")
    page = sheet(client, office)
    seen = section(page, "seen")
    assert "soignante" in seen
    assert "vous étiez d’accord, et un protocole avec cet organisme le prévoit" in seen
    assert "Santé physique · consentement du 23 nov. 2026 pour Hôpital" in seen
    assert "décision de partage" not in seen.partition("soignante")[2].partition("gestionnaire")[0]
    words = pdf_text(sheet(client, office, way="paper", language="en").response.data)
    assert "consent of 23 Nov 2026 for Hôpital" in " ".join(words.split())


def test_the_reason_is_the_one_that_was_stored_not_the_one_of_today(office: Office, client: PageClient) -> None:
    looks(office)
    for consent in db.session.scalars(select(Consent).where(Consent.state == "given")):
        consent.state, consent.ended_at = "withdrawn", NOW
    db.session.commit()
    client.sign_in("gestionnaire")
    assert "vous étiez d’accord" in section(sheet(client, office), "seen")
    stored = update(DecisionRecord.__table__).values(code="S2", outcome="deny")  # type: ignore[arg-type]
    db.session.connection().execute(stored)  # behind the back of the register, which is written once
    db.session.commit()
    seen = section(sheet(client, office), "seen")
    assert "vous étiez d’accord" not in seen
    assert "la personne a retiré son consentement" in seen


def test_the_team_works_under_base_consent_and_a_line_without_a_reason_says_so(
    office: Office, client: PageClient
) -> None:
    audit.record("case.read", actor=office.other, now=NOW, case_id=office.case.id, subject=office.case)
    team = office.manager.organization
    purpose, asked = "case_management", list(db.session.scalars(select(Consent)))
    assert purpose not in {one.purpose for one in asked}
    make_consent(office.case, team, office.referral.need, actor=office.manager, purpose=purpose)
    audit.record("case.read", actor=office.manager, now=NOW, case_id=office.case.id, subject=office.case)
    db.session.commit()
    client.sign_in("gestionnaire")
    seen = section(sheet(client, office), "seen")
    assert "suivi de votre dossier, selon votre consentement de base du 23 nov. 2026" in seen
    assert "aucune raison n’est gardée avec cette ligne" in seen


def test_pictures_and_marks_are_listed_by_kind_and_day_only(office: Office, client: PageClient) -> None:
    form = make_case_form(office.case, "vulnerability_assessment", ASSESSMENT, author=office.manager)
    kept = make_attachment(form.id)
    db.session.commit()
    client.sign_in("gestionnaire")
    listed = section(sheet(client, office), "files")
    assert "Photo" in listed
    assert str(kept) not in sheet(client, office).html
    assert sheets.files_of(office.case, frozenset({Category.C2})) == []


def test_when_not_all_lines_are_listed_the_sheet_says_how_many_and_prints_every_one(
    office: Office, client: PageClient
) -> None:
    for _ in range(210):
        audit.record("case.read", actor=office.supervisor, now=NOW, case_id=office.case.id, subject=office.case)
    audit.record("case.read", actor=office.other, now=NOW, case_id=office.case.id, subject=office.case)
    db.session.commit()
    client.sign_in("gestionnaire")
    page = sheet(client, office)
    assert "200 lignes les plus récentes sur" in section(page, "seen")
    few = pdf_text(sheet(client, office, way="paper").response.data)
    whole = pdf_text(sheet(client, office, way="paper", whole="yes").response.data)
    assert "Imprimer toutes les lignes" in page.text
    assert "plus récentes" in few
    assert "plus récentes" not in whole
