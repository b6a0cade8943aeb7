"""The service's side through its pages: who sees what, each answer and what follows from it, nothing said twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from referral.cases.actions.progress import advance
from referral.cases.models import Case
from referral.cases.queries.news import latest
from referral.cases.queries.progress import state_of
from referral.consent.models import Consent, ConsentState, DecisionRecord
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import User
from referral.people.models import PersonBlock
from referral.providers.models import ServiceAtLocation
from referral.referrals.actions import procedure
from referral.referrals.actions.answering import act
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.rules import ReferralAction, ReferralState, ServiceResult
from sop.vocabulary import Need
from tests.builders import make_planned_case, make_sent_referral
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.referrals.scene import FIRST_NAME, NAME, PHONE, Scene, make_scene
from tests.signing_in import sign_in

A, S = ReferralAction, ReferralState


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(app)


def signed_in(app: Flask, username: str, language: str = "fr") -> PageClient:
    client = PageClient(app, language, sign_in)
    client.sign_in(username)
    return client


def referral_of(scene: Scene) -> Referral:
    found = db.session.get(Referral, scene.referral)
    assert found is not None
    return found


def user(name: str) -> User:
    return db.session.scalars(select(User).where(User.username == name)).one()


def steps(scene: Scene) -> dict[str | None, str]:
    case = db.session.get(Case, scene.case)
    assert case is not None
    return {need: step for step, need in state_of(case).active}


def answer(client: PageClient, scene: Scene, action: str, *, follow: bool = True, **fields: Any) -> Page:
    client.get(f"{scene.url}/{action}")
    return client.submit(f"/{action}", follow=follow, **fields)


def press(client: PageClient, scene: Scene, action: str) -> Page:
    client.get(scene.url)
    return client.submit(f"/{action}")


# --- what is seen ----------------------------------------------------------------------------------------------------


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
        db.session.scalars(select(Consent).where(Consent.case_id == scene.case)).one().explicit = []
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


# --- each answer -----------------------------------------------------------------------------------------------------


def test_acknowledging_is_a_button_and_not_a_look(app: Flask, scene: Scene) -> None:
    page = press(signed_in(app, "nurse"), scene, "acknowledge")
    assert page.status == 200
    assert "Réception confirmée" in page.text
    with app.app_context():
        assert referral_of(scene).state is S.ACKNOWLEDGED
        assert steps(scene)["MED"] == "W01"


def test_accepting_takes_a_place_names_a_day_and_moves_the_procedure_to_the_service(app: Flask, scene: Scene) -> None:
    with app.app_context():
        db.session.get(ServiceAtLocation, scene.place).capacity_available = 2
        db.session.commit()
    page = answer(
        signed_in(app, "nurse"), scene, "accept", appointment_day="25", appointment_month="11",
        appointment_year="2026", appointment_time="8h30", note="Apporter le carnet",
    )  # fmt: skip
    assert page.status == 200
    assert "25 nov. 2026 à 08:30" in page.text
    with app.app_context():
        referral = referral_of(scene)
        assert referral.state is S.ACCEPTED
        assert referral.taken_by_id == user("nurse").id
        assert referral.decided_at == NOW
        assert referral.appointment_at == datetime(2026, 11, 25, 7, 30, tzinfo=UTC)  # Douala is one hour ahead
        assert db.session.get(ServiceAtLocation, scene.place).capacity_available == 1
        assert steps(scene)["MED"] == "R05"
    agenda = signed_in(app, "nurse").get("/inbox")
    assert "Agenda" in agenda.text
    assert agenda.text.count(scene.code) == 2  # in the agenda and under way


def test_an_entry_that_counts_no_place_asks_before_it_takes_one_more(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    client.get(f"{scene.url}/accept")
    with app.app_context():
        db.session.get(ServiceAtLocation, scene.place).capacity_available = 0
        db.session.commit()
    page = client.submit("/accept", note="Nous la prenons")
    assert page.status == 422
    assert "aucune place libre" in page.text
    assert "Nous la prenons" in page.text
    with app.app_context():
        assert referral_of(scene).state is S.SENT
    assert client.submit("/accept", beyond_capacity="yes").status == 200
    with app.app_context():
        assert referral_of(scene).state is S.ACCEPTED
        assert db.session.get(ServiceAtLocation, scene.place).capacity_available == 0


def test_the_waiting_list_tells_a_day_and_keeps_the_procedure_waiting(app: Flask, scene: Scene) -> None:
    answer(signed_in(app, "nurse"), scene, "waitlist", days="12")
    with app.app_context():
        assert referral_of(scene).state is S.WAITLISTED
        assert referral_of(scene).expected_on == date(2026, 12, 5)
        assert steps(scene)["MED"] == "W01"
    assert answer(signed_in(app, "midwife"), scene, "accept").status == 200
    with app.app_context():
        assert referral_of(scene).state is S.ACCEPTED
        assert steps(scene)["MED"] == "R05"


def test_a_question_needs_a_code_and_words_and_leaves_the_referral_open(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    assert answer(client, scene, "request_info", reason="document").status == 422
    assert answer(client, scene, "request_info", reason="document", note="Un carnet de santé ?").status == 200
    with app.app_context():
        assert referral_of(scene).state is S.INFO_REQUESTED
        assert steps(scene)["MED"] == "W01"


def test_declining_needs_a_code_and_sends_the_need_back_to_the_search(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    page = answer(client, scene, "decline", note="Pas de gynécologue")
    assert page.status == 422
    assert "Choisissez une réponse." in page.text
    assert "Pas de gynécologue" in page.text
    assert answer(client, scene, "decline", reason="other").status == 422
    assert answer(client, scene, "decline", reason="burnt").status == 422
    with app.app_context():
        assert referral_of(scene).state is S.SENT
    page = answer(client, scene, "decline", reason="no_capacity")
    assert page.status == 200
    assert NAME not in page.html
    with app.app_context():
        assert referral_of(scene).decline_reason == "no_capacity"
        assert steps(scene)["MED"] == "R01"


def test_the_third_decline_goes_to_the_coordination(app: Flask, scene: Scene) -> None:
    with app.app_context():
        nurse = user("nurse")
        place = db.session.get(ServiceAtLocation, scene.place)
        for attempt in (1, 2, 3):
            referral = referral_of(scene) if attempt == 1 else make_sent_referral(referral_of(scene).case, place)
            act(referral, A.DECLINE, actor=nurse, now=NOW + timedelta(minutes=attempt), reason="no_capacity")
            assert steps(scene)["MED"] == {1: "R01", 2: "R01", 3: "R02"}[attempt]
        db.session.rollback()


@pytest.mark.parametrize(("result", "after"), [("complete", None), ("partial", "R01"), ("none", "R01")])
def test_what_the_service_says_is_a_claim_until_the_person_confirms(
    app: Flask, scene: Scene, result: str, after: str | None
) -> None:
    client = signed_in(app, "nurse")
    answer(client, scene, "accept")
    press(client, scene, "start")
    assert answer(client, scene, "deliver", note="Vue une fois").status == 422
    assert answer(client, scene, "deliver", reason="none").status == 422
    assert answer(client, scene, "deliver", reason="partial", note="Vue une fois").status == 200
    with app.app_context():
        referral = referral_of(scene)
        assert referral.state is S.DELIVERED
        assert referral.completed_at == NOW
        assert steps(scene)["MED"] == "D11"
        procedure.confirm(referral, ServiceResult(result), actor=user("cm"), now=NOW)
        assert steps(scene).get("MED") == after
        db.session.rollback()


@pytest.mark.parametrize(
    ("before", "action", "reason", "state", "step"),
    [
        ((A.ACCEPT,), "not_deliver", "no_show", S.NOT_DELIVERED, "D11"),
        ((A.ACCEPT, A.START), "not_deliver", "transport", S.NOT_DELIVERED, "D11"),
        ((), "client_decline", None, S.CLIENT_DECLINED, "R01"),
        ((A.ACCEPT,), "client_decline", None, S.CLIENT_DECLINED, "R01"),
        ((A.ACCEPT, A.START), "client_decline", None, S.CLIENT_DECLINED, "R01"),
        ((A.WAITLIST,), "lose_contact", None, S.LOST_CONTACT, "R01"),
        ((A.ACCEPT, A.START), "lose_contact", None, S.LOST_CONTACT, "R01"),
    ],
)
def test_an_early_end_moves_the_procedure_too(
    app: Flask, scene: Scene, before: tuple[ReferralAction, ...], action: str, reason: str | None,
    state: ReferralState, step: str,
) -> None:  # fmt: skip
    with app.app_context():
        for one in before:
            act(referral_of(scene), one, actor=user("nurse"), now=NOW)
        db.session.commit()
    page = answer(signed_in(app, "nurse"), scene, action, **({"reason": reason} if reason else {}))
    assert page.status == 200
    with app.app_context():
        assert referral_of(scene).state is state
        assert steps(scene)["MED"] == step


def test_an_answer_after_the_reminder_counts(app: Flask, scene: Scene) -> None:
    with app.app_context():
        case = referral_of(scene).case
        advance(case, step="W01", need="MED", facts={"response": "timeout"}, actor=user("cm"), now=NOW)
        assert steps(scene)["MED"] == "R04"
        db.session.commit()
    answer(signed_in(app, "nurse"), scene, "accept")
    with app.app_context():
        assert steps(scene)["MED"] == "R05"


def test_an_answer_to_an_older_referral_moves_nothing(app: Flask, scene: Scene) -> None:
    with app.app_context():
        old = referral_of(scene)
        case, manager, place = old.case, user("cm"), db.session.get(ServiceAtLocation, scene.place)
        at = {"need": "MED", "actor": manager, "now": NOW}
        for step, facts in (
            ("W01", {"response": "timeout"}), ("R04", {}), ("W01", {"response": "timeout"}), ("R04", {}),
            ("W01", {"response": "timeout"}), ("R02", {"gap_solved": True}),
            ("G05", {"choice": "other_provider"}),
        ):  # fmt: skip
            advance(case, step=step, facts=facts, **at)
        new = make_sent_referral(case, place)
        new.sent_at = NOW + timedelta(minutes=1)
        db.session.flush()
        act(old, A.ACCEPT, actor=user("nurse"), now=NOW + timedelta(hours=1))
        assert old.state is S.ACCEPTED
        assert steps(scene)["MED"] == "W01"
        act(new, A.ACCEPT, actor=user("nurse"), now=NOW + timedelta(hours=1))
        assert steps(scene)["MED"] == "R05"
        db.session.rollback()


def test_an_answer_to_one_need_leaves_the_others_alone(app: Flask) -> None:
    scene = make_scene(app, Need.MED, (Need.MED, Need.HEB))
    answer(signed_in(app, "nurse"), scene, "accept")
    with app.app_context():
        assert steps(scene) == {None: "J01", "MED": "R05", "HEB": "R01"}


# --- once, and only on what was seen ---------------------------------------------------------------------------------


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


# --- what follows ----------------------------------------------------------------------------------------------------


def test_each_answer_sends_the_case_manager_a_notice_with_codes_only(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    press(client, scene, "acknowledge")
    answer(client, scene, "accept", note="secret de la note")
    press(client, scene, "start")
    answer(client, scene, "deliver", reason="complete")
    with app.app_context():
        sent = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "referral_moved")).all()
        assert len(sent) == 4
        for message in sent:
            assert message.recipient_id == user("cm").id
            assert message.parameters == {"case_code": scene.code, "reference": scene.reference}


def test_the_case_team_reads_the_feedback_and_the_service_does_not_read_the_other_notes(
    app: Flask, scene: Scene
) -> None:
    client = signed_in(app, "nurse")
    answer(client, scene, "accept", note="Première consultation jeudi")
    with app.app_context():
        case = db.session.get(Case, scene.case)
        assert case is not None
        assert "Première consultation jeudi" in [news.note for news in latest(case, limit=50)]


def test_the_information_asked_reaches_the_service(app: Flask, scene: Scene) -> None:
    answer(signed_in(app, "nurse"), scene, "request_info", reason="document", note="Un carnet de santé ?")
    manager = signed_in(app, "cm")
    assert "Un carnet de santé ?" in manager.get(scene.url).text
    assert answer(manager, scene, "provide_info", note="Oui, elle l’a sur elle.").status == 200
    page = signed_in(app, "midwife").get(scene.url)
    assert "Oui, elle l’a sur elle." in page.text
    with app.app_context():
        assert referral_of(scene).state is S.ACKNOWLEDGED


def test_every_answer_leaves_its_line_in_the_trail(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    answer(client, scene, "decline", reason="out_of_area", note="trop loin")
    with app.app_context():
        line = db.session.scalars(select(AuditLine).where(AuditLine.action == "referral.decline")).one()
        assert (line.code, line.case_id, line.actor_role) == ("out_of_area", scene.case, "provider")
        assert "trop loin" not in str(line.details)


# --- lists -----------------------------------------------------------------------------------------------------------


def many(app: Flask, scene: Scene, count: int) -> list[str]:
    """More referrals to the same service, each sent a minute after the other."""
    with app.app_context():
        place = db.session.get(ServiceAtLocation, scene.place)
        codes = []
        for number in range(count):
            case = make_planned_case(user("cm"), Need.MED)
            make_sent_referral(case, place).due_at = NOW + timedelta(days=3, minutes=number // 2)
            codes.append(case.code)
        db.session.commit()
        return codes


def statements(app: Flask, client: PageClient, url: str) -> int:
    counted: list[str] = []
    with app.app_context():
        engine = db.engine

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        assert client.get(url).status == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def test_the_inbox_asks_as_often_for_twelve_referrals_as_for_one(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    few = statements(app, client, "/inbox")
    many(app, scene, 11)
    assert statements(app, client, "/inbox") == few
    assert few <= 8


def test_pages_of_the_inbox_show_each_referral_once_in_the_order_of_deadlines(app: Flask, scene: Scene) -> None:
    codes = many(app, scene, 22)
    client = signed_in(app, "nurse")
    page = client.get("/inbox?pile=waiting")
    seen = [text for text in page.links if text.startswith("CM-")]
    assert len(seen) == 20
    page = client.get(page.links["Suivants ›"])
    rest = [text for text in page.links if text.startswith("CM-")]
    assert len(rest) == 3
    assert sorted(seen + rest) == sorted([*codes, scene.code])
    assert (seen + rest)[-1] == scene.code  # it is due last: in two weeks
    assert [codes.index(code) // 2 for code in (seen + rest)[:-1]] == [number // 2 for number in range(22)]


def test_filters_stand_in_the_url_as_codes_and_nonsense_narrows_nothing(app: Flask, scene: Scene) -> None:
    client = signed_in(app, "nurse")
    assert scene.code in client.get("/inbox?need=MED&speed=normal").text
    assert scene.code not in client.get("/inbox?need=HEB").text
    assert scene.code not in client.get("/inbox?speed=emergency").text
    for query in ("need=X", "service=1", "pile=all", "after=zz", "pile=waiting&after=9e9.zz", "after=" + "9" * 200):
        assert scene.code in client.get(f"/inbox?{query}").text
