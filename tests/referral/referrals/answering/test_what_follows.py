"""What an answer tells others, and the inbox as a list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from referral.cases.models import Case
from referral.cases.queries.news import latest
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.outbox import OutboxMessage
from referral.providers.models import ServiceAtLocation
from sop.vocabulary import Need
from tests.builders import make_planned_case, make_sent_referral
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.referrals.answering.people import S, answer, press, referral_of, signed_in, user
from tests.referral.referrals.scene import Scene


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
