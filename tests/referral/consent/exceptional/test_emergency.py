"""Emergency access: what opens, for whom, how long; who is told, who reviews, and what abuse costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from referral.cases.models import Case
from referral.consent.actions import emergencies
from referral.consent.exceptional_models import EmergencyAccess
from referral.consent.models import DecisionRecord
from referral.consent.queries.checking import check
from referral.extensions import db
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import User
from referral.partners.queries import user_by_name
from referral.people.models import PersonBlock
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.consent.exceptional.conftest import CHILD, CODE
from tests.referral.consent.register_rows import SECRETS

GIVEN, FAMILY, PHONE, PLACE, WOUND = SECRETS
WHY = "Inanimée devant le portail, saigne"
Visit = Callable[[str], PageClient]
Later = Callable[..., None]


def declare(client: PageClient, code: str = CODE, asked: str = "cannot", **fields: str) -> Page:
    client.get("/emergency")
    given = {"code": code, "reason": "unconscious", "words": WHY, "asked": asked, **fields}
    return client.submit("code", **given)


def accesses() -> list[EmergencyAccess]:
    return list(db.session.scalars(select(EmergencyAccess).order_by(EmergencyAccess.opened_at)))


def decisions() -> list[DecisionRecord]:
    return list(db.session.scalars(select(DecisionRecord).order_by(DecisionRecord.at, DecisionRecord.code)))


def notices() -> set[tuple[str, str]]:
    rows = db.session.execute(
        select(OutboxMessage.template, User.username).join(User, User.id == OutboxMessage.recipient_id)
    )
    return {(template, name) for template, name in rows}


def test_a_health_service_sees_its_minimum_under_a_watermark_for_an_hour(visit: Visit, later: Later) -> None:
    page = declare(visit("nurse"))
    assert page.status == 200
    assert FAMILY in page.text
    assert WOUND in page.text
    assert PLACE not in page.html
    marks = [
        one.text for one in page.tree.iter("span") if one.parent is not None and one.parent.get("class") == "watermark"
    ]
    assert len(marks) >= 8
    assert all("nurse" in mark and CODE in mark for mark in marks)
    later(minutes=59)
    assert FAMILY in visit("nurse").get(page.url).text
    later(minutes=60)
    assert FAMILY not in visit("nurse").get(page.url).html


def test_every_look_is_a_decision_that_can_be_taken_again(app: Flask, visit: Visit) -> None:
    page = declare(visit("nurse"))
    visit("nurse").get(page.url)
    with app.app_context():
        rows = decisions()
        assert [(row.code, row.purpose, row.referral_id) for row in rows] == [("E1", "vital_interest", None)] * 3
        assert all(row.visible == ["C1", "C2", "C6", "C7"] for row in rows)
        report = check()
        assert report is not None
        assert report.ok
        assert report.kept == report.noted == 3


@pytest.mark.parametrize(
    ("asked", "code"),
    [("can", "E8"), ("refused", "E2"), ("refused_others", "E1"), ("cannot", "E1")],
)
def test_whoever_can_be_asked_is_asked(app: Flask, visit: Visit, asked: str, code: str) -> None:
    page = declare(visit("nurse"), asked=asked)
    with app.app_context():
        assert decisions()[0].code == code
        assert len(accesses()) == (code == "E1")
    assert (FAMILY in page.html) == (code == "E1")
    assert page.status == 200


def test_a_small_child_is_helped_without_being_asked(visit: Visit) -> None:
    assert FAMILY in declare(visit("nurse"), code=CHILD, asked="can").text


def test_who_is_no_emergency_service_gets_no_form_and_nothing_by_posting(app: Flask, visit: Visit) -> None:
    teacher = visit("teacher")
    page = teacher.get("/emergency")
    assert "code" not in {name for form in page.forms for name in form.names}
    shown = teacher.post(
        "/emergency", {"code": CODE, "reason": "unconscious", "words": WHY, "asked": "cannot", "hours": "1"}
    )
    assert FAMILY not in shown.html
    with app.app_context():
        assert [row.code for row in decisions()] == ["E3"]
        assert accesses() == []


def test_whom_the_person_blocked_opens_nothing_even_then(app: Flask, visit: Visit) -> None:
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.code == CODE)).one()
        user = user_by_name("nurse")
        assert user is not None
        db.session.add(PersonBlock(person_id=case.person_id, user_id=user.id, reason="relative", created_at=NOW))
        db.session.commit()
    assert FAMILY not in declare(visit("nurse")).html
    with app.app_context():
        assert [row.code for row in decisions()] == ["A2"]


def test_nobody_else_sees_what_one_person_opened(visit: Visit) -> None:
    page = declare(visit("nurse"))
    for other in ("doctor", "teacher"):
        assert visit(other).get(page.url).status == 404
    for other in ("manager", "supervisor", "officer"):
        assert visit(other).get(page.url).status == 404


def test_without_a_reason_or_with_a_wrong_code_nothing_opens_and_what_was_typed_stays(app: Flask, visit: Visit) -> None:
    page = declare(visit("nurse"), words=" ")
    assert page.status == 422
    assert page.form("code").fields["code"] == CODE
    page = declare(visit("nurse"), code="CM-LT-2026-99999")
    assert page.status == 422
    assert page.form("code").fields["words"].strip() == WHY
    with app.app_context():
        assert decisions() == []


def test_codes_cannot_be_tried_one_after_the_other(visit: Visit) -> None:
    nurse = visit("nurse")
    answers = [declare(nurse, code=f"CM-LT-2026-9{number:04d}").status for number in range(7)]
    assert answers == [422] * 6 + [429]
    assert FAMILY in declare(nurse).text, "a code that exists is never held up"


def test_the_officer_the_supervisor_and_the_case_manager_are_told_by_code_alone(app: Flask, visit: Visit) -> None:
    declare(visit("nurse"))
    with app.app_context():
        assert notices() == {
            ("emergency_opened", "officer"), ("emergency_opened", "supervisor"), ("emergency_tell", "manager"),
        }  # fmt: skip
        assert {tuple(one.parameters.items()) for one in db.session.scalars(select(OutboxMessage))} == {
            (("case_code", CODE),)
        }


def test_it_goes_on_for_a_reason_until_a_day_after_it_was_opened(app: Flask, visit: Visit, later: Later) -> None:
    nurse = visit("nurse")
    page = declare(nurse)
    later(hours=23, minutes=30)
    assert FAMILY not in nurse.get(page.url).html
    nurse.submit("words", words="Toujours sans connaissance", hours="12")
    with app.app_context():
        assert accesses()[0].ends_at == NOW + timedelta(hours=24)
    later(hours=23, minutes=59)
    assert FAMILY in nurse.get(page.url).text
    later(hours=24, minutes=1)
    over = nurse.get(page.url)
    assert "renew" not in over.html, "what can only be refused is not offered"
    assert "appelez l’équipe du dossier" in over.text
    again = {"words": "Toujours sans connaissance", "hours": "1"}
    assert nurse.post(f"{page.url}/renew", again).status == 409
    later(hours=25)
    declare(nurse)
    with app.app_context():
        assert decisions()[-1].code == "E5", "the same emergency, until somebody has reviewed it"


def test_an_access_that_was_ended_shows_nothing_and_a_look_after_its_end_is_in_the_register_and_the_review(
    app: Flask, visit: Visit
) -> None:
    nurse = visit("nurse")
    page = declare(nurse)
    nurse.submit("/end")
    assert FAMILY not in nurse.get(page.url).html
    with app.app_context():
        last = decisions()[-1]
        assert (last.code, last.outcome, last.visible) == ("E5", "deny", [])
        report = check()
        assert report is not None
        assert report.ok, "it can be taken again from what was kept"
        access_id = accesses()[0].id
    review = visit("supervisor").get(f"/emergencies/{access_id}/review")
    facts = next(one for one in review.tree.iter("dl")).text
    assert "1 consultation après la fin, refusée" in facts
    assert "1 consultation" in facts.replace("1 consultation après la fin", "")


def test_a_form_that_is_sent_twice_opens_one_access(app: Flask, visit: Visit) -> None:
    nurse = visit("nurse")
    form = nurse.get("/emergency").form("code")
    given = {**form.fields, "code": CODE, "reason": "unconscious", "words": WHY, "asked": "cannot", "hours": "1"}
    first, second = nurse.post("/emergency", given), nurse.post("/emergency", given)
    assert first.url == second.url
    with app.app_context():
        assert len(accesses()) == 1


def test_the_team_sees_who_opened_it_and_tells_the_person_once(app: Flask, visit: Visit) -> None:
    declare(visit("nurse"))
    with app.app_context():
        case_id = accesses()[0].case_id
    page = visit("manager").get(f"/cases/{case_id}/emergencies")
    assert "Solange Etoa" in page.text
    visit("manager").submit("/told")
    with app.app_context():
        assert accesses()[0].told_at == NOW
    assert visit("colleague").get(f"/cases/{case_id}/emergencies").status == 404
    assert visit("nurse").get(f"/cases/{case_id}/emergencies").status == 404


def review(client: PageClient, app: Flask, conclusion: str) -> Page:
    with app.app_context():
        access_id = accesses()[-1].id
    client.get(f"/emergencies/{access_id}/review")
    return client.submit("conclusion", conclusion=conclusion, words="Après un entretien au service")


def test_a_supervisor_of_the_case_reviews_it_and_reads_the_reason(app: Flask, visit: Visit) -> None:
    page = declare(visit("nurse"))
    with app.app_context():
        access_id = accesses()[0].id
    assert WHY in visit("supervisor").get(f"/emergencies/{access_id}/review").text
    for other in ("agency_head", "manager", "nurse", "officer"):
        assert visit(other).get(f"/emergencies/{access_id}/review").status == 404
    assert review(visit("supervisor"), app, "justified").status == 200
    with app.app_context():
        assert accesses()[0].conclusion == "justified"
    assert FAMILY not in visit("nurse").get(page.url).html, "a reviewed access is over"
    assert visit("supervisor").post(f"/emergencies/{access_id}/review", {
        "conclusion": "unjustified", "words": "Je change d'avis maintenant"}).status == 409  # fmt: skip


def test_two_accesses_without_a_good_reason_suspend_the_account_at_once(app: Flask, visit: Visit, later: Later) -> None:
    nurse = visit("nurse")
    declare(nurse)
    review(visit("supervisor"), app, "unjustified")
    assert nurse.get("/inbox").status == 200, "once is a warning"
    later(hours=1)
    declare(nurse)
    review(visit("supervisor"), app, "unjustified")
    with app.app_context():
        user = user_by_name("nurse")
        assert user is not None
        assert not user.active
        assert ("account_suspended", "officer") in notices()
    assert nurse.get("/inbox", follow=False).status == 303
    reopened = [
        app.test_cli_runner().invoke(args=["user", "reopen", name]).exit_code for name in ("nurse", "nurse", "x")
    ]
    assert reopened == [0, 1, 2]
    nurse.sign_in("nurse")
    assert nurse.get("/inbox").status == 200


def test_an_overdue_review_is_told_once_and_alerts_at_the_next_emergency(
    app: Flask, visit: Visit, later: Later
) -> None:
    declare(visit("nurse"))
    with app.app_context():
        assert emergencies.remind(NOW + timedelta(hours=72)) == 0
        assert emergencies.remind(NOW + timedelta(hours=73)) == 1
        assert emergencies.remind(NOW + timedelta(hours=74)) == 0
        assert {("emergency_overdue", "supervisor"), ("emergency_overdue", "officer")} <= notices()
    later(hours=75)
    declare(visit("nurse"), code=CHILD)
    with app.app_context():
        last = decisions()[-1]
        assert last.code == "E1"
        assert last.inputs["emergency"]["overdue_review"] is True


def test_the_data_officer_sees_codes_and_no_reason(visit: Visit) -> None:
    declare(visit("nurse"))
    page = visit("officer").get("/register/emergencies")
    assert CODE in page.text
    assert "nurse" in page.text
    for secret in (*SECRETS, WHY, "Solange Etoa"):
        assert secret not in page.html


def test_an_access_without_another_supervisor_is_reviewed_by_the_data_officer_who_reads_no_words(
    app: Flask, visit: Visit
) -> None:
    declare(visit("nurse"))
    with app.app_context():
        access_id = accesses()[0].id
        where = f"/register/emergencies/{access_id}/review"
    officer = visit("officer")
    assert officer.get(where).status == 404, "the supervisor of the case reviews it"
    with app.app_context():
        db.session.execute(update(User).where(User.username == "supervisor").values(active=False))
        db.session.commit()
    assert where in officer.get("/register/emergencies").html
    page = officer.get(where)
    assert WHY not in page.html
    assert officer.submit(conclusion="unjustified").status == 422, "a conclusion says why"
    officer.submit(conclusion="justified", words="Vu avec le service, conforme.")
    with app.app_context():
        assert (accesses()[0].conclusion, accesses()[0].reviewer_id) == ("justified", user_by_name("officer").id)  # type: ignore[union-attr]
    assert officer.get(where).status == 404
    assert visit("manager").get(where).status == 404


def test_a_review_that_is_overdue_falls_to_the_data_officer(app: Flask, visit: Visit, later: Later) -> None:
    declare(visit("nurse"))
    with app.app_context():
        where = f"/register/emergencies/{accesses()[0].id}/review"
    assert visit("officer").get(where).status == 404
    later(hours=73)
    assert visit("officer").get(where).status == 200
