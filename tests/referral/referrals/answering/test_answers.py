"""Each answer of a service and what follows from it for the referral and the procedure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from directory.taxonomy import CapacityStatus, Group
from referral.cases.actions.progress import advance
from referral.extensions import db
from referral.providers.capacity_models import ServiceCapacity
from referral.providers.models import ServiceAtLocation
from referral.referrals.actions import procedure
from referral.referrals.actions.answering import act
from referral.referrals.rules import ReferralAction, ReferralState, ServiceResult
from tests.builders import make_sent_referral
from tests.conftest import NOW
from tests.referral.referrals.answering.people import A, S, answer, press, referral_of, signed_in, steps, user
from tests.referral.referrals.scene import NAME, Scene


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


def test_the_place_of_a_group_is_taken_from_that_group(app: Flask, scene: Scene) -> None:
    with app.app_context():
        place = db.session.get(ServiceAtLocation, scene.place)
        place.capacities = [
            ServiceCapacity(audience=group, status=CapacityStatus.AVAILABLE, available=2, unit="bed", updated_at=NOW)
            for group in (Group.WOMEN, Group.MEN)
        ]
        db.session.commit()
    client = signed_in(app, "nurse")
    assert "femmes – libres : 2" in client.get(f"{scene.url}/accept").text.replace("\xa0", " ")
    assert client.submit("/accept", kept_for="martians").status == 422
    assert client.submit("/accept", kept_for="women").status == 200
    with app.app_context():
        rows = db.session.get(ServiceAtLocation, scene.place).for_groups
        assert [(one.audience.value, one.available) for one in rows] == [("women", 1), ("men", 2)]


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
