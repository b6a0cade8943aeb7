"""Who sees what of a referral: the decision at each view, strangers, the one who took it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from referral.consent.models import Consent, ConsentState, DecisionRecord
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.partners.models import Agreement
from referral.partners.rules import AgreementState
from referral.people.models import PersonBlock
from tests.builders import tamper
from tests.conftest import NOW
from tests.referral.referrals.answering.people import S, answer, press, referral_of, signed_in, user
from tests.referral.referrals.scene import FIRST_NAME, NAME, PHONE, Scene


def test_the_inbox_holds_codes_and_no_identity(app: Flask, scene: Scene) -> None:
    page = signed_in(app, "nurse").get("/inbox")
    assert page.status == 200
    assert scene.code in page.text
    assert "Santé physique" in page.text
    for secret in (NAME, FIRST_NAME, PHONE):
        assert secret not in page.html


def test_opening_shows_what_the_decision_lets_through_in_the_readers_words(app: Flask, scene: Scene) -> None:
    page = signed_in(app, "nurse").get(scene.url)
    assert page.title == scene.code
    for shown in (NAME, FIRST_NAME, PHONE, "Enceinte", "Grossesse, maladie, handicap"):
        assert shown in page.text
    for hidden in ("Agadez", "recruited", "trafficking"):
        assert hidden not in page.html
    page = signed_in(app, "midwife", "en").client.get(scene.url, headers={"Accept-Language": "en"})
    assert "Enceinte" in page.get_data(as_text=True)  # the reader's own language is French, whatever the browser says


def test_every_view_is_decided_registered_and_audited_and_changes_nothing_else(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    client.get(scene.url)
    client.get(scene.url)
    with app.app_context():
        nurse = user("nurse").id
        records = db.session.scalars(select(DecisionRecord).where(DecisionRecord.actor_id == nurse)).all()
        lines = db.session.scalars(
            select(AuditLine).where(AuditLine.actor_id == nurse, AuditLine.action == "referral.read")
        ).all()
        assert [(one.action, one.code, one.visible) for one in records] == [("view", "F0", ["C1", "C2", "C6"])] * 2
        assert len(lines) == 2
        assert referral_of(scene).state is S.SENT
        assert referral_of(scene).version == scene.version


@pytest.mark.parametrize(
    ("state", "code"), [(ConsentState.WITHDRAWN, "S2"), (ConsentState.EXPIRED, "S3"), (ConsentState.SUPERSEDED, "S15")]
)
def test_without_a_living_consent_the_next_view_shows_the_reason_and_no_data(
    app: Flask, scene: Scene, state: ConsentState, code: str
) -> None:
    client = signed_in(app, "nurse")
    assert NAME in client.get(scene.url).text
    with app.app_context():
        for consent in db.session.scalars(select(Consent).where(Consent.case_id == scene.case)):
            consent.state = state
        db.session.commit()
    page = client.get(scene.url)
    assert page.status == 200
    assert f"Code de la décision : {code}" in page.text
    for secret in (NAME, FIRST_NAME, PHONE, "Enceinte"):
        assert secret not in page.html
    assert not [form for form in page.forms if "accept" in form.action]
    assert f"{scene.url}/accept" not in page.html


def test_a_withdrawn_consent_stops_an_acceptance_that_was_already_on_the_screen(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    client.get(f"{scene.url}/accept")
    with app.app_context():
        db.session.scalars(select(Consent).where(Consent.case_id == scene.case)).one().state = ConsentState.WITHDRAWN
        db.session.commit()
    page = client.submit("/accept")
    assert page.status == 409
    assert "Rien ne peut être transmis" in page.text
    with app.app_context():
        assert referral_of(scene).state is S.SENT


def test_the_day_after_the_last_one_of_the_consent_shows_nothing(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(days=365)
    client.sign_in("nurse")
    assert NAME in client.get(scene.url).text
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(days=366)
    client.sign_in("nurse")
    assert NAME not in client.get(scene.url).html


def test_a_narrower_consent_shows_less_and_says_why(app: Flask, scene: Scene) -> None:
    with app.app_context():
        tamper(db.session.scalars(select(Consent).where(Consent.case_id == scene.case)).one(), explicit=[])
        db.session.commit()
    page = signed_in(app, "nurse").get(scene.url)
    assert NAME in page.text
    assert "Enceinte" not in page.html
    assert "Non transmis à votre service Santé physique" in page.text
    assert "sensible" in page.text


def test_what_else_the_file_holds_is_not_even_named(app: Flask, scene: Scene) -> None:
    """That something is written about trafficking is itself a thing to keep."""
    page = signed_in(app, "nurse").get(scene.url)
    assert "Traite" not in page.text


def test_the_case_team_reads_why_nothing_crosses_and_is_led_to_another_service(app: Flask, scene: Scene) -> None:
    with app.app_context():
        db.session.scalars(select(Agreement)).one().state = AgreementState.SUSPENDED
        db.session.commit()
    page = signed_in(app, "cm").get(f"{scene.url}/why")
    assert page.status == 200
    assert f'href="/cases/{scene.case}/needs/MED/services"' in page.html


# --- who may ---------------------------------------------------------------------------------------------------------

WITHOUT_CASES = ("first_responder", "coordinator", "committee", "data_officer", "administrator")
STRANGERS = ("clerk", "other", "cm.colleague", *WITHOUT_CASES)


@pytest.mark.parametrize("username", STRANGERS)
def test_whoever_is_neither_listed_nor_of_the_case_team_finds_nothing(app: Flask, scene: Scene, username: str) -> None:
    client = signed_in(app, username)
    assert client.get(scene.url).status == 404
    assert client.get(f"{scene.url}/accept").status == 404
    assert client.post(f"{scene.url}/accept", {"version": scene.version}).status == 404
    with app.app_context():
        assert referral_of(scene).state is S.SENT


@pytest.mark.parametrize("username", ["cm", "supervisor"])
@pytest.mark.parametrize("action", ["accept", "decline", "deliver"])
def test_the_case_team_cannot_answer_for_the_service(app: Flask, scene: Scene, username: str, action: str) -> None:
    client = signed_in(app, username)
    client.get(scene.url)
    assert client.post(f"{scene.url}/{action}", {"reason": "no_capacity"}).status in (404, 409, 422)
    with app.app_context():
        assert referral_of(scene).state is S.SENT


@pytest.mark.parametrize("action", ["close", "recall", "send", "provide_info", "expire", "nonsense"])
def test_the_service_cannot_do_what_belongs_to_the_sender(app: Flask, scene: Scene, action: str) -> None:
    client = signed_in(app, "nurse")
    client.get(scene.url)
    assert client.post(f"{scene.url}/{action}", {"version": scene.version}).status in (404, 405)


def test_the_inbox_is_for_services_only(app: Flask, scene: Scene) -> None:
    for username in ("cm", "supervisor", *WITHOUT_CASES):
        assert signed_in(app, username).get("/inbox").status == 404


def test_staff_of_the_service_who_are_not_listed_see_an_empty_inbox(app: Flask, scene: Scene) -> None:
    page = signed_in(app, "clerk").get("/inbox")
    assert scene.code not in page.html
    assert "Vous n’êtes encore inscrit(e) à aucun service" in page.text


def test_whom_the_person_blocked_does_not_learn_that_there_is_a_referral(app: Flask, scene: Scene) -> None:
    with app.app_context():
        person = referral_of(scene).case.person_id
        db.session.add(
            PersonBlock(person_id=person, user_id=user("nurse").id, reason="asked_by_person", created_at=NOW)
        )
        db.session.commit()
    client = signed_in(app, "nurse")
    assert scene.code not in client.get("/inbox").html
    assert client.get(scene.url).status == 404
    assert signed_in(app, "midwife").get(scene.url).status == 200


def test_once_taken_it_belongs_to_whoever_took_it_and_the_focal_point_sees_no_data(app: Flask, scene: Scene) -> None:
    answer(signed_in(app, "nurse"), scene, "accept")
    assert NAME in signed_in(app, "nurse").get(scene.url).text
    colleague = signed_in(app, "midwife")
    assert scene.code not in colleague.get("/inbox").html
    assert colleague.get(scene.url).status == 404
    focal = signed_in(app, "focal")
    assert scene.code in focal.get("/inbox").text
    page = focal.get(scene.url)
    assert "Code de la décision : F4" in page.text
    assert NAME not in page.html
    assert press(focal, scene, "start").status == 200
    with app.app_context():
        assert referral_of(scene).taken_by_id == user("nurse").id
