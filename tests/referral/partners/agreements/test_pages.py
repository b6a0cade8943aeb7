"""From draft to decision on the pages: who writes, who signs, who decides, and what each page says."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners.actions import agreeing, watching
from referral.partners.models import Agreement, AgreementSignature
from referral.partners.rules.agreements import AgreementAction, AgreementState, Side, SignatureMethod
from sop.vocabulary import Need
from tests.builders import (
    make_agreement,
    make_organization,
    make_planned_case,
    make_procedure,
    make_sent_referral,
    make_service,
    make_user,
)
from tests.conftest import NOW
from tests.page_client import Page, PageClient

ANNEX = {
    "since-day": "1", "since-month": "12", "since-year": "2026", "until-day": "30", "until-month": "11",
    "until-year": "2028", "categories": ["C1", "C2"], "purposes": ["referral:MED"], "retention_months": "12",
    "breach_contact": "Astreinte, 699 00 00 00", "measures": ["locked", "accounts"],
}  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def parties(session: Any) -> tuple[Any, Any]:
    """A team and a hospital, with whoever takes part."""
    team, hospital = make_organization("Équipe"), make_organization("Hôpital")
    make_user(Role.COORDINATOR, None, "coordination")
    make_user(Role.COMMITTEE, None, "comite")
    make_user(Role.SUPERVISOR, team, "chef")
    make_user(Role.PROVIDER, hospital, "soignante", email="soins@example.cm")
    make_user(Role.PROVIDER, make_organization("Ailleurs"), "ailleurs")
    session.commit()
    return team, hospital


def newest() -> Agreement:
    return db.session.scalars(select(Agreement).order_by(Agreement.reference.desc())).first()  # type: ignore[return-value]


def drafted(client: PageClient, parties: tuple[Any, Any]) -> Agreement:
    """A draft with its annex, made on the pages."""
    client.sign_in("coordination")
    client.get("/agreements/new")
    client.post("/agreements/new", {"holder": str(parties[0].id), "partner": str(parties[1].id)})
    one = newest()
    page = client.get(f"/agreements/{one.id}/edit")
    fields = page.form("since-day").fields | ANNEX
    client.post(f"/agreements/{one.id}/edit", fields)
    db.session.expire_all()
    return one


def move(client: PageClient, one: Agreement, action: str, **fields: Any) -> Page:
    page = client.get(f"/agreements/{one.id}/{action}")
    return client.post(f"/agreements/{one.id}/{action}", page.form("version").fields | fields)


def test_a_draft_takes_the_clauses_of_the_template_with_the_names_of_the_parties(
    client: PageClient, parties: tuple[Any, Any]
) -> None:
    one = drafted(client, parties)
    assert one.reference == "PA-2026-0001"
    assert "Hôpital" in one.clauses["purpose"]["fr"]
    assert "Hôpital" in one.clauses["purpose"]["en"]
    assert "{partner}" not in str(one.clauses)
    assert (one.categories, one.purposes) == (["C1", "C2"], ["referral:MED"])
    assert str(one.effective_until) == "2028-11-30"


def test_it_goes_from_draft_to_decision_and_every_move_stands_in_its_history(
    client: PageClient, parties: tuple[Any, Any]
) -> None:
    one = drafted(client, parties)
    move(client, one, "open_negotiation")
    client.sign_in("soignante")
    client.get(f"/agreements/{one.id}")
    client.post(f"/agreements/{one.id}/comments", {"clause": "data", "text": "Trop court."})
    client.sign_in("coordination")
    refused = client.get(f"/agreements/{one.id}/send_to_review")
    assert "des observations attendent une réponse" in refused.text
    page = client.get(f"/agreements/{one.id}")
    asked = next(found.get("href") for found in page.tree.iter("a") if "answer=" in found.get("href"))
    page = client.get(asked.split("#")[0])
    client.submit("text", text="C’est corrigé.")
    move(client, one, "send_to_review")
    client.sign_in("soignante")
    move(client, one, "sign", representative="Dr Essomba", declared="yes")
    client.sign_in("chef")
    move(client, one, "sign", representative="Mme Ngono", declared="yes")
    client.sign_in("coordination")
    assert client.get(f"/agreements/{one.id}/activate").status == 404, "only the committee decides"
    client.sign_in("comite")
    decision = {"number": "012/CP-MNR/2026", "decided-day": "20", "decided-month": "11", "decided-year": "2026"}
    done = move(client, one, "activate", **decision)
    db.session.expire_all()
    assert one.state is AgreementState.ACTIVE
    assert [event.to_state.value for event in one.events] == [
        "negotiation", "legal_review", "signed_one", "signed_both", "active",
    ]  # fmt: skip
    assert "012/CP-MNR/2026" in done.text
    assert len({row.text_hash for row in one.signatures}) == 1


def test_a_party_that_is_not_concerned_sees_nothing(client: PageClient, parties: tuple[Any, Any]) -> None:
    one = drafted(client, parties)
    client.sign_in("ailleurs")
    for url in (f"/agreements/{one.id}", f"/agreements/{one.id}.pdf", f"/agreements/{one.id}/sign"):
        assert client.get(url).status == 404, url
    assert one.reference not in client.get("/agreements").text


def test_what_was_typed_stays_when_something_is_wrong(client: PageClient, parties: tuple[Any, Any]) -> None:
    one = drafted(client, parties)
    page = client.get(f"/agreements/{one.id}/edit")
    wrong = page.form("since-day").fields | {
        "until-year": "2020",
        "retention_months": "beaucoup",
        "capacity": "12 lits",
    }
    answer = client.post(f"/agreements/{one.id}/edit", wrong)
    assert answer.status == 422
    assert "le dernier jour précède le premier" in answer.text
    assert "un nombre entier de 1 à 600" in answer.text
    kept = answer.form("since-day").fields
    assert (kept["capacity"], kept["retention_months"], kept["until-year"]) == ("12 lits", "beaucoup", "2020")


def test_two_people_who_edit_at_once_do_not_overwrite_each_other(client: PageClient, parties: tuple[Any, Any]) -> None:
    one = drafted(client, parties)
    fields = client.get(f"/agreements/{one.id}/edit").form("since-day").fields
    fields.pop("idempotency_key")
    client.post(f"/agreements/{one.id}/edit", fields | {"capacity": "première"})
    client.get(f"/agreements/{one.id}/edit")
    late = client.post(f"/agreements/{one.id}/edit", fields | {"capacity": "seconde"})
    assert late.status == 409
    assert late.form("since-day").fields["capacity"] == "seconde"
    db.session.expire_all()
    assert one.promised.capacity == "première"
    client.post(f"/agreements/{one.id}/edit", late.form("since-day").fields)
    db.session.expire_all()
    assert one.promised.capacity == "seconde", "seen and sent again"


def test_a_signed_text_never_changes_and_signatures_fall_when_it_goes_back(
    client: PageClient, parties: tuple[Any, Any]
) -> None:
    one = drafted(client, parties)
    for action in ("open_negotiation", "send_to_review"):
        move(client, one, action)
    client.sign_in("soignante")
    move(client, one, "sign", representative="Dr Essomba", declared="yes")
    client.sign_in("coordination")
    assert client.get(f"/agreements/{one.id}/edit").status == 404
    move(client, one, "send_back")
    db.session.expire_all()
    assert (one.state, one.signatures) == (AgreementState.NEGOTIATION, [])


def test_a_signed_paper_is_kept_with_its_hash_and_given_back(client: PageClient, parties: tuple[Any, Any]) -> None:
    one = drafted(client, parties)
    for action in ("open_negotiation", "send_to_review"):
        move(client, one, action)
    page = client.get(f"/agreements/{one.id}/scan")
    fields = page.form("version").fields | {
        "side": "partner", "representative": "Dr Essomba", "signed-day": "20", "signed-month": "11",
        "signed-year": "2026",
    }  # fmt: skip
    wrong = client.post(f"/agreements/{one.id}/scan", fields | {"file": (io.BytesIO(b"MZ\x00"), "a.pdf")})
    assert wrong.status == 422
    assert "Un PDF" in wrong.text
    client.post(f"/agreements/{one.id}/scan", fields | {"file": (io.BytesIO(PDF), "a.pdf")})
    row = db.session.scalars(select(AgreementSignature)).one()
    assert (row.side, row.media_type, len(row.file_hash)) == (Side.PARTNER, "application/pdf", 64)
    assert client.get(f"/agreements/{one.id}/signatures/partner").response.data == PDF
    assert client.get(f"/agreements/{one.id}/signatures/holder").status == 404


def test_the_database_itself_refuses_an_agreement_in_force_without_a_decision(session: Any) -> None:
    one = make_agreement(make_organization(), make_organization())
    one.decision_number = ""
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_suspension_stops_referrals_at_once_and_tells_their_case_managers(
    client: PageClient, parties: tuple[Any, Any], session: Any
) -> None:
    team, hospital = parties
    make_procedure()
    manager = make_user(Role.CASE_MANAGER, team, "gestionnaire", email="g@example.cm")
    nurse = make_user(Role.PROVIDER, hospital)
    place = make_service(hospital, Need.MED, staff=(nurse,))
    one = make_agreement(team, hospital)
    sent = make_sent_referral(make_planned_case(manager, Need.MED), place)
    session.commit()
    client.sign_in("gestionnaire")
    assert sent.reference not in client.get(f"/agreements/{one.id}").text, "how many, not which"
    client.sign_in("coordination")
    assert f"{sent.case.code} · {sent.reference}" in client.get(f"/agreements/{one.id}").text
    client.sign_in("comite")
    asked = client.get(f"/agreements/{one.id}/suspend")
    assert "Un référencement en cours s’arrête" in asked.text
    assert sent.reference not in asked.text
    unsaid = move(client, one, "suspend")
    assert unsaid.status == 422
    move(client, one, "suspend", reason="breach")
    assert watching.watch(NOW + timedelta(hours=1)) == 1
    assert watching.watch(NOW + timedelta(hours=2)) == 0, "told once"
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "agreement_stopped")).one()
    assert told.recipient_id == manager.id


def test_the_end_is_told_90_30_and_7_days_before_and_then_it_expires(session: Any, parties: tuple[Any, Any]) -> None:
    one = make_agreement(*parties, effective_until=NOW.date() + timedelta(100))
    session.commit()
    told: list[tuple[int, int]] = []
    for day in range(105):
        count = watching.watch(NOW + timedelta(days=day))
        if count:
            told.append((100 - day, count))
    assert told == [(90, 3), (30, 3), (7, 3)], "coordination, supervisor, provider: three notices each time"
    assert one.state is AgreementState.EXPIRED
    assert one.events[-1].actor_id is None


def test_an_amendment_replaces_the_former_agreement_on_its_first_day(session: Any, parties: tuple[Any, Any]) -> None:
    coordinator = make_user(Role.COORDINATOR, None)
    former = make_agreement(*parties)
    made = agreeing.amend(former, actor=coordinator, now=NOW)
    made.effective_from, made.effective_until = NOW.date() + timedelta(10), NOW.date() + timedelta(400)
    made.terms = {"retention_months": 1, "breach_contact": "a", "measures": ["locked"]}
    session.flush()
    today = NOW.date()
    for action in (AgreementAction.OPEN_NEGOTIATION, AgreementAction.SEND_TO_REVIEW):
        agreeing.step(made, action, actor=coordinator, now=NOW, today=today)
    for side in Side:
        agreeing.sign(
            made, side, representative="A", function="", signed_on=today, method=SignatureMethod.SCREEN,
            text=agreeing.text_hash(made), version=made.version, actor=coordinator, now=NOW,
        )  # fmt: skip
        session.flush()
    agreeing.activate(
        made, number="1/2026", decided_on=today, version=made.version, actor=coordinator, now=NOW, today=today
    )
    session.commit()
    assert former.state is AgreementState.ACTIVE, "its successor has not begun"
    watching.watch(NOW + timedelta(days=10))
    assert former.state is AgreementState.SUPERSEDED


@pytest.mark.parametrize(("lang", "words"), [("fr", "Confidentialité"), ("en", "Confidentiality")])
def test_the_paper_says_the_clauses_the_annex_and_that_a_draft_lets_nothing_pass(
    client: PageClient, parties: tuple[Any, Any], lang: str, words: str
) -> None:
    one = drafted(client, parties)
    answer = client.get(f"/agreements/{one.id}.pdf?lang={lang}")
    whole = " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(answer.response.data))
    assert words in whole
    assert "Hôpital" in whole
    assert ("Projet" if lang == "fr" else "Draft") in whole
    line = db.session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert line is not None
    assert line.action == "agreement.print"


def test_the_matrix_says_who_may_share_what_with_whom_and_draws_it(
    client: PageClient, parties: tuple[Any, Any], session: Any
) -> None:
    one = make_agreement(*parties, Need.MED)
    session.commit()
    client.sign_in("coordination")
    page = client.get("/agreements/matrix")
    body = page.tree.first("tbody")
    assert body is not None
    row = next(iter(body.iter("tr"))).text
    for part in ("Équipe", "Hôpital", one.reference):
        assert part in row, part
    drawn = [found.get("href") for found in page.tree.iter("a") if found.get("aria-label")]
    assert drawn == [f"/agreements/{one.id}"]


def test_the_list_is_searched_by_name_without_accents(
    client: PageClient, parties: tuple[Any, Any], session: Any
) -> None:
    one = make_agreement(*parties)
    other = make_agreement(parties[0], make_organization("Refuge"))
    session.commit()
    client.sign_in("coordination")
    found = client.get("/agreements?q=hopital").text
    assert one.reference in found
    assert other.reference not in found
    assert "Rien ne correspond" in client.get("/agreements?q=inconnu").text
