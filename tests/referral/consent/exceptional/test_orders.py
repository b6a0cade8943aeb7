"""Requests of authorities: what is refused by a letter, verified, answered within its limits, or passed to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from referral.cases.models import Case
from referral.consent.exceptional_models import LegalOrder
from referral.consent.models import DecisionRecord
from referral.consent.queries.checking import check
from referral.extensions import db
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import User
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.consent.exceptional.conftest import CHILD, CODE, HELD
from tests.referral.consent.register_rows import SECRETS

GIVEN, FAMILY, PHONE, PLACE, WOUND = SECRETS
JUDGE = "Juge d’instruction Abena"
Visit = Callable[[str], PageClient]
COURT = {
    "kind": "judicial", "number": "0457/TPI", "dated_on-day": "20", "dated_on-month": "11", "dated_on-year": "2026",
    "asked": ["C1", "C2", "C6", "C12"], "scope": ["C1", "C2"],
}  # fmt: skip
CALLED = "Greffe appelé au numéro de l’annuaire"


def ask(app: Flask, client: PageClient, code: str = CODE, **fields: Any) -> Page:
    with app.app_context():
        case_id = db.session.scalars(select(Case.id).where(Case.code == code)).one()
    client.get(f"/cases/{case_id}/orders/new")
    given = {"kind": "informal", "authority": "Commissariat central", "signatory": JUDGE, "asked": ["C1", "C2"]}
    return client.submit("kind", **given | fields)


def codes(app: Flask) -> list[str]:
    with app.app_context():
        return [one.code for one in db.session.scalars(select(LegalOrder))]


def decided(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        report = check()
        assert report is not None
        assert report.ok
        rows = db.session.scalars(select(DecisionRecord))
        return sorted((row.code, row.action) for row in rows)


def told(app: Flask) -> set[str]:
    with app.app_context():
        query = select(User.username).join(OutboxMessage, OutboxMessage.recipient_id == User.id)
        return set(db.session.scalars(query.where(OutboxMessage.template == "order_received")))


def words(page: Page) -> str:
    assert page.response.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(page.response.data)
    pages = [one.get_textpage().get_text_range() for one in document]
    return " ".join(" ".join((*pages, *map(str, document.get_metadata_dict().values()))).split())


def verify(client: PageClient, url: str, genuine: str = "yes") -> Page:
    client.get(url)
    return client.submit("genuine", genuine=genuine, words=CALLED)


def test_an_informal_request_gets_a_letter_that_says_nothing_about_anybody(app: Flask, visit: Visit) -> None:
    page = ask(app, visit("manager"))
    assert codes(app) == ["L2"]
    assert told(app) == {"supervisor"}
    for lang, sentence in (("fr", "ni confirmer ni démentir"), ("en", "neither confirm nor deny")):
        letter = words(visit("manager").get(f"{page.url}/letter.pdf?lang={lang}"))
        assert sentence in letter
        assert "Commissariat central" in letter
        for secret in (*SECRETS, CODE):
            assert secret not in letter
    visit("manager").get(page.url)
    assert visit("manager").post(f"{page.url}/answer").status == 409
    assert decided(app) == [("L2", "view")]


def test_a_court_order_is_verified_by_somebody_else_and_answered_within_its_scope(app: Flask, visit: Visit) -> None:
    page = ask(app, visit("manager"), **COURT)
    assert codes(app) == ["L6"]
    assert told(app) == {"supervisor"}
    assert visit("manager").get(f"{page.url}/letter.pdf").status == 404
    assert visit("manager").post(f"{page.url}/answer").status == 409
    assert visit("manager").post(f"{page.url}/verify", {"genuine": "yes", "words": CALLED}).status == 404
    verify(visit("supervisor"), page.url)
    assert codes(app) == ["L1"]
    assert told(app) == {"supervisor", "officer"}
    visit("manager").get(page.url)
    answer = words(visit("manager").submit("/answer", lang="fr"))
    assert FAMILY in answer
    assert JUDGE in answer
    assert WOUND not in answer
    assert PLACE not in answer
    assert decided(app) == [("L1", "print"), ("L1", "view"), ("L6", "view")]
    with app.app_context():
        assert db.session.scalars(select(LegalOrder)).one().answered_at == NOW


def test_who_registered_an_order_does_not_verify_it(app: Flask, visit: Visit) -> None:
    page = ask(app, visit("supervisor"), **COURT)
    assert "genuine" not in page.html
    assert visit("supervisor").post(f"{page.url}/verify", {"genuine": "yes", "words": CALLED}).status == 409
    assert codes(app) == ["L6"]


def test_an_order_that_is_not_genuine_is_an_informal_request(app: Flask, visit: Visit) -> None:
    page = ask(app, visit("manager"), **COURT)
    verify(visit("supervisor"), page.url, genuine="no")
    assert codes(app) == ["L2"]
    assert FAMILY not in words(visit("manager").get(f"{page.url}/letter.pdf"))


def test_what_the_order_does_not_name_is_not_handed_over(app: Flask, visit: Visit) -> None:
    page = ask(app, visit("manager"), **COURT | {"asked": ["C6"]})
    verify(visit("supervisor"), page.url)
    assert codes(app) == ["L7"]


@pytest.mark.parametrize(("missing", "field"), [
    ({"number": ""}, "number"), ({"dated_on-day": "31"}, "dated_on"), ({"dated_on-month": "12"}, "dated_on"),
    ({"scope": []}, "scope"), ({"asked": []}, "asked"), ({"authority": " "}, "authority"),
])  # fmt: skip
def test_an_order_that_is_not_whole_is_not_registered(
    app: Flask, visit: Visit, missing: dict[str, Any], field: str
) -> None:
    page = ask(app, visit("manager"), **COURT | missing)
    assert page.status == 422
    assert f"f-{field}-error" in {one.get("id") for one in page.tree.iter("p")}
    assert page.form("kind").fields["signatory"] == JUDGE
    assert codes(app) == []


@pytest.mark.parametrize(("answer", "code"), [("no", "L3"), ("yes", "L6")])
def test_a_file_of_the_united_nations_waits_for_counsel(app: Flask, visit: Visit, answer: str, code: str) -> None:
    page = ask(app, visit("keeper"), HELD, **COURT)
    assert codes(app) == ["L3"]
    assert told(app) == {"agency_head", "officer"}
    assert visit("keeper").get(f"{page.url}/letter.pdf").status == 404
    visit("agency_head").get(page.url)
    visit("agency_head").submit("waived", waived=answer)
    assert codes(app) == [code]
    letter = visit("keeper").get(f"{page.url}/letter.pdf?lang=en")
    assert letter.status == (200 if answer == "no" else 404)
    if answer == "no":
        assert "immunities" in words(letter)


def test_a_child_is_reported_with_the_minimum_whatever_is_asked(app: Flask, visit: Visit) -> None:
    asked = ["C1", "C2", "C6", "C12"]
    page = ask(app, visit("manager"), CHILD, kind="child_report", authority="MINAS", asked=asked)
    assert codes(app) == ["L4"]
    assert told(app) == {"officer"}
    visit("manager").get(page.url)
    report = words(visit("manager").submit("/answer", lang="en"))
    assert "Report to protect a child" in report
    assert FAMILY in report
    assert PLACE in report
    assert WOUND not in report


def test_a_claimed_duty_to_report_an_adult_goes_to_the_data_officer(app: Flask, visit: Visit) -> None:
    page = ask(app, visit("manager"), kind="child_report", authority="Parquet")
    assert codes(app) == ["L5"]
    assert told(app) == {"officer"}
    officer = visit("officer")
    listed = officer.get("/register/orders")
    for secret in (*SECRETS, "Parquet", JUDGE):
        assert secret not in listed.html
    officer.submit("/conclude")
    assert "children" in words(visit("manager").get(f"{page.url}/letter.pdf?lang=en"))
    assert officer.post(f"/register/orders/{page.url.rpartition('/')[2]}/conclude").status == 409


def test_nobody_outside_the_team_sees_that_an_authority_asked(app: Flask, visit: Visit) -> None:
    page = ask(app, visit("manager"), **COURT)
    for other in ("colleague", "keeper", "agency_head", "nurse", "officer"):
        assert visit(other).get(page.url).status == 404
        assert visit(other).get(f"{page.url}/letter.pdf").status == 404
