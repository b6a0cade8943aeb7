"""An answer counts once, and only on what was seen; what is typed is checked at its field."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from referral.extensions import db
from referral.foundation.outbox import OutboxMessage
from referral.referrals.models import ReferralEvent
from tests.conftest import NOW
from tests.referral.referrals.answering.people import A, S, answer, press, referral_of, signed_in, user
from tests.referral.referrals.scene import NAME, Scene


def test_the_same_form_twice_answers_once(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    client.get(f"{scene.url}/accept")
    form = dict(client.page.form("/accept").fields)  # type: ignore[union-attr]
    first = client.post(f"{scene.url}/accept", form, follow=False)
    second = client.post(f"{scene.url}/accept", form, follow=False)
    assert (first.status, second.status) == (303, 303)
    assert first.response.headers["Location"] == second.response.headers["Location"]
    with app.app_context():
        events = db.session.scalars(select(ReferralEvent).where(ReferralEvent.referral_id == scene.referral)).all()
        assert [one.action for one in events] == [A.SEND, A.ACCEPT]
        assert db.session.query(OutboxMessage).filter_by(template="referral_moved").count() == 1


def test_a_page_that_is_older_than_the_referral_keeps_what_was_typed(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    client.get(f"{scene.url}/accept")
    press(signed_in(app, "midwife"), scene, "acknowledge")
    page = client.submit("/accept", note="Apporter le carnet")
    assert page.status == 409
    assert "Ce référencement a changé à 10:00" in page.text
    assert "Apporter le carnet" in page.text
    with app.app_context():
        assert referral_of(scene).state is S.ACKNOWLEDGED
    assert client.submit("/accept").status == 200
    with app.app_context():
        assert referral_of(scene).state is S.ACCEPTED


def test_a_colleague_who_comes_second_is_told_when_and_gets_no_data(app: Flask, scene: Scene) -> None:
    slow = signed_in(app, "midwife")
    slow.get(f"{scene.url}/accept")
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(minutes=12)
    answer(signed_in(app, "nurse"), scene, "accept")
    page = slow.submit("/accept")
    assert page.status == 409
    assert "Un collègue a accepté ce référencement à 10:12." in page.text
    for secret in (NAME, "nurse"):
        assert secret not in page.html.split("<main")[1]
    with app.app_context():
        assert referral_of(scene).taken_by_id == user("nurse").id


def test_a_colleague_cannot_act_on_what_another_took_even_with_the_right_version(app: Flask, scene: Scene) -> None:
    answer(signed_in(app, "nurse"), scene, "accept")
    colleague = signed_in(app, "midwife")
    colleague.get("/inbox")
    assert colleague.post(f"{scene.url}/start", {"version": scene.version + 1}).status == 409
    with app.app_context():
        assert referral_of(scene).state is S.ACCEPTED


def test_an_act_that_the_table_forbids_is_refused_and_said(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    client.get(scene.url)
    page = client.post(f"{scene.url}/deliver", {"reason": "complete", "version": scene.version})
    assert page.status == 409
    assert "Rien de ce que vous avez envoyé n’a été enregistré." in page.text
    assert client.get(f"{scene.url}/deliver", follow=False).status == 303


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"day": "30", "month": "2", "year": "2026", "time": "08:30"}, "Indiquez le jour, le mois et l’année"),
        ({"day": "22", "month": "11", "year": "2026", "time": "08:30"}, "Le rendez-vous doit être à venir."),
        ({"day": "23", "month": "11", "year": "2026", "time": "09:59"}, "Le rendez-vous doit être à venir."),
        ({"day": "1", "month": "1", "year": "9999", "time": "08:30"}, "Le rendez-vous doit avoir lieu dans l’année."),
        ({"day": "25", "month": "11", "year": "2026", "time": "25:00"}, "Indiquez l’heure"),
        ({"day": "25", "month": "11", "year": "2026"}, "Indiquez l’heure"),
        ({"time": "08:30"}, "Indiquez le jour, le mois et l’année"),
        ({"day": "²", "month": "11", "year": "2026", "time": "08:30"}, "Indiquez le jour, le mois et l’année"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused_at_its_field(
    app: Flask, scene: Scene, fields: dict[str, str], message: str
) -> None:
    typed = {f"appointment_{name}": value for name, value in fields.items()}
    page = answer(signed_in(app, "nurse"), scene, "accept", note="gardé", **typed)
    assert page.status == 422
    assert message in page.text
    assert "gardé" in page.text
    with app.app_context():
        assert referral_of(scene).state is S.SENT


@pytest.mark.parametrize("days", ["", "0", "-3", "366", "1.5", "9" * 30, "x"])
def test_a_wait_is_a_number_of_days(app: Flask, scene: Scene, days: str) -> None:
    page = answer(signed_in(app, "nurse"), scene, "waitlist", days=days)
    assert page.status == 422
    assert "Indiquez un nombre de jours de 1 à 365." in page.text


def test_a_note_is_bounded_sealed_and_shown_as_text(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    assert answer(client, scene, "accept", note="x" * 2001).status == 422
    page = answer(client, scene, "accept", note="<script>alert(1)</script> =HYPERLINK(1)")
    assert "<script>alert" not in page.html
    assert "&lt;script&gt;alert(1)" in page.html
    with app.app_context():
        blob = db.session.scalars(
            select(ReferralEvent.sealed_note).where(
                ReferralEvent.referral_id == scene.referral, ReferralEvent.action == A.ACCEPT
            )
        ).one()
        assert blob is not None
        assert b"script" not in blob
