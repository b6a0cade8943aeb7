"""Informal requests that are about no case: the same letter whoever it is about, and nobody is looked up."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from referral.cases.models import Case
from referral.consent.exceptional_models import LegalOrder
from referral.consent.models import DecisionRecord
from referral.consent.queries.exceptional import order_words
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import User
from referral.rights.actions import retaining
from referral.rights.models import RetentionReview
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.consent.exceptional.conftest import CODE
from tests.referral.consent.exceptional.test_orders import JUDGE, Visit, ask, told, words
from tests.referral.consent.register_rows import SECRETS

GIVEN, FAMILY = SECRETS[:2]
QUESTION = f"Où est {GIVEN} {FAMILY}, dossier {CODE} ?"
TODAY = {"dated_on-day": str(NOW.day), "dated_on-month": str(NOW.month), "dated_on-year": str(NOW.year)}


def rings(client: PageClient, **fields: Any) -> Page:
    client.get("/register/orders/informal")
    given = {"authority": "Commissariat central", "signatory": JUDGE, "way": "telephone", "note": QUESTION}
    return client.submit("authority", **given | TODAY | fields)


def letter(client: PageClient, page: Page, lang: str) -> str:
    """The words of the letter without its own reference."""
    row = db.session.get_one(LegalOrder, UUID(page.url.rpartition("/")[2]))
    return words(client.get(f"/orders/{row.id}/letter.pdf?lang={lang}")).replace(row.reference, "OR")


def test_the_letter_is_word_for_word_that_of_a_known_case(app: Flask, visit: Visit) -> None:
    client = visit("manager")
    pages = [rings(client), rings(client, note="Connaissez-vous Personne Inconnue ?"), ask(app, client)]
    with app.app_context():
        for lang, sentence in (("fr", "ni confirmer ni démentir"), ("en", "neither confirm nor deny")):
            known, unknown, of_case = (letter(client, page, lang) for page in pages)
            assert known == unknown == of_case
            assert sentence in known
            assert "Commissariat central" in known
            for secret in (*SECRETS, CODE):
                assert secret not in known


def test_nobody_is_looked_up_and_nothing_is_said_of_anybody(app: Flask, visit: Visit) -> None:
    page = rings(visit("manager"))
    assert told(app) == {"supervisor"}
    with app.app_context():
        row = db.session.scalars(select(LegalOrder)).one()
        assert (row.code, row.case_id, row.way) == ("L2", None, "telephone")
        assert order_words(row)["note"] == QUESTION
        assert FAMILY.encode() not in row.sealed_words
        assert db.session.scalars(select(DecisionRecord)).all() == []
        lines = db.session.scalars(select(AuditLine).where(AuditLine.action.startswith("order.")))
        assert {(line.action, line.case_id) for line in lines} == {("order.register", None), ("order.read", None)}
        cases = db.session.scalars(select(Case.id)).all()
    assert page.status == 200
    for case_id in cases:
        assert row.reference not in visit("supervisor").get(f"/cases/{case_id}/orders").html


def test_only_who_registered_it_and_their_supervisor_open_it(app: Flask, visit: Visit) -> None:
    page = rings(visit("manager"))
    for other in ("colleague", "keeper", "agency_head", "nurse", "officer"):
        assert visit(other).get(page.url).status == 404
        assert visit(other).get(f"{page.url}/letter.pdf").status == 404
    assert QUESTION in visit("supervisor").get(page.url).text
    listed = visit("officer").get("/register/orders")
    assert "hors de tout dossier" in listed.text
    for secret in (*SECRETS, CODE, JUDGE, "Commissariat"):
        assert secret not in listed.html
    ask(app, visit("manager"))
    answer = visit("officer").get("/register/orders.csv").response
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [(row[0], row[2], row[4]) for row in rows[1:]] == [("2026", "non", "1"), ("2026", "oui", "1")]


def test_who_gets_the_call_at_the_desk_records_it_and_sees_what_they_recorded_only(app: Flask, visit: Visit) -> None:
    desk = visit("desk")
    assert "/register/orders/informal" in desk.get("/identifications").html
    page = rings(desk)
    assert QUESTION in page.text
    assert "ni confirmer ni démentir" in words(desk.get(f"{page.url}/letter.pdf?lang=fr"))
    theirs = rings(visit("night_desk"))
    of_case = ask(app, visit("manager"))
    for other in (theirs, of_case):
        assert desk.get(other.url).status == 404
        assert desk.get(f"{other.url}/letter.pdf").status == 404
    listed = desk.get("/register/orders/informal")
    assert page.url in listed.html
    assert theirs.url not in listed.html
    for closed in ("/register/orders", "/register/orders.csv", "/cases"):
        assert desk.get(closed).status == 404
    for one in (page, theirs):
        assert QUESTION in visit("supervisor").get(one.url).text


def test_its_words_are_erased_after_a_review_and_its_code_stays(app: Flask, visit: Visit) -> None:
    page = rings(visit("manager"))
    with app.app_context():
        officer = db.session.scalars(select(User).where(User.username == "officer")).one()
        waits = select(RetentionReview).where(RetentionReview.decided_at.is_(None))
        assert retaining.propose(NOW + timedelta(days=5 * 365)) == 0
        late = NOW + timedelta(days=5 * 366)
        assert retaining.propose(late) == 1
        assert retaining.propose(late) == 0, "one proposal waits"
        review = db.session.scalars(waits).one()
        row = db.session.scalars(select(LegalOrder)).one()
        assert review.code == row.reference
        retaining.keep_on(review, until=late.date() + timedelta(days=9), reason="procès", actor=officer, now=late)
        assert retaining.propose(late + timedelta(days=9)) == 0, "kept on until its day"
        assert retaining.propose(late + timedelta(days=10)) == 1
        retaining.erase_reviewed(db.session.scalars(waits).one(), actor=officer, now=late)
        db.session.commit()
        assert set(order_words(row).values()) == {""}
        with pytest.raises(sealing.KeyDestroyed):
            sealing.open_text(row.id, "order", b"")
        assert retaining.propose(late + timedelta(days=999)) == 0
    assert visit("manager").get(page.url).status == 200
    assert visit("manager").get(f"{page.url}/letter.pdf").status == 404


@pytest.mark.once
@pytest.mark.parametrize(("missing", "field"), [
    ({"authority": " "}, "authority"), ({"way": "pigeon"}, "way"), ({"note": ""}, "note"),
    ({"dated_on-day": "31", "dated_on-month": "2"}, "dated_on"), ({"dated_on-year": "2027"}, "dated_on"),
])  # fmt: skip
def test_what_is_not_whole_is_not_registered_and_stays_typed(
    app: Flask, visit: Visit, missing: dict[str, Any], field: str
) -> None:
    visit("manager").get("/register/orders/informal")
    given = {"authority": "Commissariat central", "signatory": JUDGE, "way": "telephone", "note": QUESTION}
    page = visit("manager").post("/register/orders/informal", given | TODAY | missing)
    assert page.status == 422
    assert f"f-{field}-error" in {one.get("id") for one in page.tree.iter("p")}
    assert page.form("authority").fields["signatory"] == JUDGE
    with app.app_context():
        assert db.session.scalars(select(LegalOrder)).all() == []


def test_the_data_officer_looks_after_those_of_an_organisation_without_a_supervisor(app: Flask, visit: Visit) -> None:
    watched = rings(visit("desk"))
    with app.app_context():
        db.session.scalars(select(User).where(User.username == "supervisor")).one().active = False
        db.session.commit()
        before = db.session.scalar(select(func.count()).select_from(OutboxMessage))
    left = rings(visit("night_desk"))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == before + 1
    assert told(app) == {"supervisor", "officer"}
    listed = visit("officer").get("/register/orders")
    for page in (watched, left):
        paper = page.url.replace("/orders/", "/register/orders/") + "/letter.pdf"
        assert f"{paper}?lang=fr" in {one.get("href") for one in listed.tree.iter("a")}
        assert "Commissariat central" in words(visit("officer").get(f"{paper}?lang=en"))
        assert visit("officer").get(page.url).status == 404, "what was asked stays sealed"
        assert visit("manager").get(paper).status == 404
    for secret in (*SECRETS, CODE, JUDGE, "Commissariat"):
        assert secret not in listed.html
    with app.app_context():
        db.session.scalars(select(User).where(User.username == "supervisor")).one().active = True
        db.session.commit()
    assert visit("officer").get(paper).status == 404
    assert "Lettre en français (PDF)" not in visit("officer").get("/register/orders").links
