"""The pages of rights: the person sees their file, somebody else than who recorded answers, the link needs its code."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import select

from referral.consent.models import Consent
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.rights.models import Breach, DpiaLine, OwnFileLink, RightsRequest
from referral.rights.rules import RequestState
from tests.builders import tamper
from tests.case_forms import ASSESSMENT, FOLLOW_UP, MEMBER, make_case_form
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.rights.conftest import Office

TODAY = {"received-day": "23", "received-month": "11", "received-year": "2026"}


def ask(client: PageClient, office: Office, kind: str, words: str = "") -> Page:
    client.sign_in("gestionnaire")
    client.get(f"/cases/{office.case.id}/rights")
    fields = {"kind": kind, "requester": "person", "words": words, **TODAY}
    return client.post(f"/cases/{office.case.id}/rights", fields)


SHOWN = {"reader": "person", "identity": "known", "language": "fr"}


def sheet(client: PageClient, office: Office, **fields: str) -> Page:
    client.get(f"/cases/{office.case.id}/rights")
    return client.post(f"/cases/{office.case.id}/own-file", {**SHOWN, "way": "together", **fields})


def printed(client: PageClient, office: Office, **fields: str) -> str:
    return pdf_text(sheet(client, office, way="paper", **fields).response.data)


def pdf_text(data: bytes) -> str:
    return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))


@pytest.mark.parametrize(("lang", "words"), [("fr", "Ce que nous détenons"), ("en", "What we hold about you")])
def test_the_sheet_says_what_is_held_who_saw_it_and_under_which_consent(
    office: Office, client: PageClient, lang: str, words: str
) -> None:
    client.sign_in("gestionnaire")
    page = sheet(client, office)
    for part in ("Ngo Mbock", "Hôpital", "gestionnaire"):
        assert part.lower() in page.text.lower(), part
    answer = sheet(client, office, way="paper", language=lang)
    whole = pdf_text(answer.response.data)
    assert words in whole
    assert "Solange" in whole
    assert "Ngo Mbock" not in str(pypdfium2.PdfDocument(answer.response.data).get_metadata_dict())


def test_what_was_said_in_forms_of_the_case_is_on_the_sheet_and_other_people_are_counted(
    office: Office, client: PageClient
) -> None:
    told = ASSESSMENT | {"summary": "Veut apprendre.", "members": [MEMBER | {"member_name": "Tante-Zita"}, MEMBER]}
    make_case_form(office.case, "vulnerability_assessment", told, author=office.manager)
    services = [{"service_need": "MED", "service_result": "complete", "service_note": "Bien reçue."}]
    make_case_form(office.case, "follow_up", FOLLOW_UP | {"services": services}, author=office.manager)
    db.session.commit()
    client.sign_in("gestionnaire")
    page = sheet(client, office)
    held = next(one for one in page.tree.iter("section") if one.get("id") == "held")
    assert "Veut apprendre." in held.text
    assert "Bien reçue." in held.text
    assert "Service 1 · " in held.text
    assert "Tante-Zita" not in page.html
    assert "(2)" in held.text, "two people of the household are left out"
    words = printed(client, office, language="en")
    assert "Veut apprendre." in words
    assert "Tante-Zita" not in words


def test_what_one_person_did_several_times_a_day_is_one_line_of_the_sheet(office: Office, client: PageClient) -> None:
    client.sign_in("gestionnaire")
    for _ in range(3):
        page = sheet(client, office)
    seen = next(one for one in page.tree.iter("section") if one.get("id") == "seen").text
    assert "3 fois ce jour-là" in seen
    assert seen.count("a montré le dossier") == 1


def test_showing_and_printing_the_file_leave_their_lines(office: Office, client: PageClient) -> None:
    client.sign_in("gestionnaire")
    sheet(client, office)
    printed(client, office)
    lines = db.session.scalars(select(AuditLine.action).where(AuditLine.case_id == office.case.id))
    assert {"own_file.read", "own_file.print"} <= set(lines)


@pytest.mark.parametrize("username", ["ailleurs", "donnees", "soignante"])
def test_nobody_else_opens_the_own_file(office: Office, client: PageClient, username: str) -> None:
    client.sign_in(username)
    assert client.get(f"/cases/{office.case.id}/rights").status == 404
    client.get("/")
    assert client.post(f"/cases/{office.case.id}/own-file", {**SHOWN, "way": "together"}).status == 404


def made_link(client: PageClient, office: Office, **fields: str) -> tuple[str, str]:
    client.sign_in("gestionnaire")
    client.get(f"/cases/{office.case.id}/rights")
    page = client.post(f"/cases/{office.case.id}/own-file", {**SHOWN, "way": "link", **fields})
    found = re.search(r"(/own-file/[\w-]{22})", page.html)
    code = re.search(r"<strong>(\d{3}) (\d{3})</strong>", page.html)
    assert found is not None
    assert code is not None
    return found[1], code[1] + code[2]


def test_the_link_shows_nothing_before_its_code_and_the_file_with_it(
    office: Office, client: PageClient, app: object
) -> None:
    address, code = made_link(client, office)
    person = PageClient(app)  # type: ignore[arg-type]
    first = person.get(address)
    assert first.status == 200
    assert "Ngo Mbock" not in first.html
    assert office.case.code not in first.html
    opened = person.post(address, {"code": f"{code[:3]} {code[3:]}"})
    assert "Ngo Mbock" in opened.text
    assert opened.response.headers["Cache-Control"] == "no-store"


def test_the_link_speaks_the_language_chosen_with_the_person_until_they_switch(
    office: Office, client: PageClient, app: object
) -> None:
    for consent in db.session.scalars(select(Consent)):
        tamper(consent, language="en")
    db.session.commit()
    client.sign_in("gestionnaire")
    offered = client.get(f"/cases/{office.case.id}/rights").form("language").fields
    assert offered["language"] == "en", "as consent was asked, whatever language the staff reads"
    address, code = made_link(client, office, language="en")
    person = PageClient(app)  # type: ignore[arg-type]
    assert next(person.get(address).tree.iter("html")).get("lang") == "en"
    assert "What is written" in person.post(address, {"code": code}).text
    assert "What is written" in pdf_text(person.post(f"{address}/file.pdf", {"code": code}).response.data)
    person.get(address)
    person.post("/language", {"language": "fr", "back": address})
    assert "Ce qui est écrit" in person.post(address, {"code": code}).text


def test_five_wrong_codes_close_the_link_for_the_right_one_too(office: Office, client: PageClient, app: object) -> None:
    address, code = made_link(client, office)
    wrong = "000000" if code != "000000" else "111111"
    person = PageClient(app)  # type: ignore[arg-type]
    person.get(address)
    statuses = [person.post(address, {"code": wrong}).status for _ in range(5)]
    assert statuses == [422, 422, 422, 422, 404]
    assert person.get(address).status == 404
    assert db.session.scalars(select(OwnFileLink.tries)).one() == 5


def test_a_newer_link_closes_the_older_and_a_link_ends_after_72_hours(
    office: Office, client: PageClient, app: object
) -> None:
    old, _code = made_link(client, office)
    new, _code = made_link(client, office)
    person = PageClient(app)  # type: ignore[arg-type]
    assert person.get(old).status == 404
    assert person.get(new).status == 200
    link = db.session.scalars(select(OwnFileLink).where(OwnFileLink.closed_at.is_(None))).one()
    assert link.expires_at == NOW + timedelta(hours=72)
    link.expires_at = NOW
    db.session.commit()
    assert person.get(new).status == 404


def test_a_request_is_sealed_read_by_the_team_and_due_in_thirty_days(office: Office, client: PageClient) -> None:
    page = ask(client, office, "correction", "Je suis née en 1994")
    assert "Je suis née en 1994" in page.text
    one = db.session.scalars(select(RightsRequest)).one()
    assert str(one.due_on) == "2026-12-23"
    assert b"1994" not in (one.sealed or b"")


def test_the_data_officer_answers_by_code_and_never_reads_what_was_said(office: Office, client: PageClient) -> None:
    ask(client, office, "complaint", "Le gardien a lu mon dossier")
    one = db.session.scalars(select(RightsRequest)).one()
    client.sign_in("donnees")
    listed = client.get("/rights")
    assert office.case.code in listed.text
    page = client.get(f"/rights/requests/{one.id}")
    assert "gardien" not in page.html + listed.html
    refused = client.post(f"/rights/requests/{one.id}", {"do": "refuse"})
    assert refused.status == 422
    client.post(f"/rights/requests/{one.id}", {"do": "refuse", "refusal": "accurate"})
    db.session.expire_all()
    assert one.state is RequestState.REFUSED


def test_an_erasure_is_granted_after_closing_and_proved_on_paper(office: Office, client: PageClient) -> None:
    ask(client, office, "erasure")
    one = db.session.scalars(select(RightsRequest)).one()
    client.sign_in("donnees")
    client.get(f"/rights/requests/{one.id}")
    early = client.post(f"/rights/requests/{one.id}", {"do": "grant"})
    assert early.status == 422
    assert "clôturez-le d’abord" in early.text
    db.session.expire_all()
    assert one.state is RequestState.OPEN
    office.close()
    db.session.commit()
    done = client.post(f"/rights/requests/{one.id}", {"do": "grant"})
    assert done.status == 200
    proof = pdf_text(client.get(f"/rights/requests/{one.id}/proof.pdf?lang=fr").response.data)
    assert office.case.code in proof
    assert "Hôpital" in proof
    client.sign_in("gestionnaire")
    client.get("/")
    assert client.post(f"/cases/{office.case.id}/own-file", {**SHOWN, "way": "together"}).status == 404


def test_a_breach_is_logged_with_its_72_hours_and_a_letter(office: Office, client: PageClient) -> None:
    client.sign_in("donnees")
    client.get("/rights/breaches")
    fields = {
        "kind": "lost", "found-day": "23", "found-month": "11", "found-year": "2026", "time": "08:15", "persons": "12",
        "categories": ["C2"], "words": "Un ordinateur chiffré a été perdu.",
    }  # fmt: skip
    wrong = client.post("/rights/breaches", fields | {"time": "25h"})
    assert wrong.status == 422
    assert wrong.form("persons").fields["persons"] == "12"
    client.post("/rights/breaches", fields)
    one = db.session.scalars(select(Breach)).one()
    assert one.number == "VD-2026-001"
    assert one.authority_due - one.discovered_at == timedelta(hours=72)
    client.post(f"/rights/breaches/{one.id}/authority", {})
    letter = pdf_text(client.get(f"/rights/breaches/{one.id}.pdf?lang=en").response.data)
    assert "VD-2026-001" in letter
    assert "Notice of a personal data breach" in letter


def test_the_assessment_keeps_older_answers(office: Office, client: PageClient) -> None:
    client.sign_in("donnees")
    client.get("/rights/assessment")
    client.post("/rights/assessment", {"keys": "no", "keys-note": "à faire"})
    client.get("/rights/assessment")
    client.post("/rights/assessment", {"keys": "yes", "keys-note": "fait"})
    lines = db.session.scalars(select(DpiaLine).order_by(DpiaLine.sequence)).all()
    assert [(line.answer.value, line.sequence) for line in lines] == [("no", 1), ("yes", 2)]


def test_the_register_is_exported_whole_in_the_language_of_the_reader(office: Office, client: PageClient) -> None:
    client.sign_in("donnees")
    book = openpyxl.load_workbook(BytesIO(client.get("/rights/register.xlsx").response.data))
    assert book.sheetnames == [
        "Registre des traitements",
        "Délais",
        "Transferts à l’étranger",
        "Protocoles",
        "Violations de données",
        "Analyse d’impact",
    ]
    assert book.worksheets[0].max_row == 10, "nine activities under their headings"
    assert [cell.value for cell in book["Protocoles"][2]][1:4] == ["Équipe", "Hôpital", "en vigueur"]
