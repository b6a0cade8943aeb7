"""The clock of a step on the pages: stopped for a reason from the list, shown as standing, and let run again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from referral.cases.models import Case, CaseEvent
from referral.cases.queries.progress import find_todo
from referral.extensions import db
from referral.foundation.audit import AuditLine
from sop.vocabulary import Need, Priority
from tests import builders
from tests.conftest import NOW
from tests.referral.cases.conftest import later, user


def case_of(app: Flask, **facts: Any) -> UUID:
    with app.app_context():
        case_id = builders.make_case(user("manager"), **{"needs": ["DOC"], "no_shelter": False, **facts}).id
        db.session.commit()
        return case_id


def due(app: Flask, case_id: UUID, **passed: float) -> Any:
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        item = find_todo(case, "N07", None, NOW + timedelta(**passed))
        assert item is not None
        return item.due_at, case.next_due_at


def test_a_clock_stands_with_its_reason_and_runs_again_later(app: Flask, house: Any, visit: Any) -> None:
    case_id = case_of(app)
    before, _next = due(app, case_id)
    client = visit("manager")
    client.get(f"/cases/{case_id}")
    client.get(f"/cases/{case_id}/steps/N07/clock")
    page = client.submit("reason", reason="asked", do="stop")
    assert page.url == f"/cases/{case_id}"
    assert "The clock of this step stands." in page.text
    assert "the person asked for time" in page.text
    assert due(app, case_id) == (None, None)
    with later(app, days=2):
        client = visit("manager")
        page = client.get(f"/cases/{case_id}")
        assert "Let the clock run again" in page.text
        client.get(f"/cases/{case_id}/steps/N07/clock")
        assert "The clock runs again." in client.submit("/clock", do="resume").text
    after, following = due(app, case_id, days=2)
    assert after == following
    assert after - before >= timedelta(days=2)
    with app.app_context():
        told = select(CaseEvent.kind, CaseEvent.facts).where(CaseEvent.case_id == case_id, CaseEvent.step == "N07")
        assert [tuple(row) for row in db.session.execute(told.order_by(CaseEvent.sequence))] == [
            ("paused", {"reason": "asked"}),
            ("resumed", {}),
        ]
        acts = select(AuditLine.action, AuditLine.details).where(AuditLine.action.in_(("case.paused", "case.resumed")))
        assert [(row.action, row.details["step"]) for row in db.session.execute(acts.order_by(AuditLine.id))] == [
            ("case.paused", "N07"),
            ("case.resumed", "N07"),
        ]


@pytest.mark.parametrize("reason", ["", "conflict", "tired"])
def test_a_clock_is_not_stopped_without_a_reason_of_the_list(app: Flask, house: Any, visit: Any, reason: str) -> None:
    case_id = case_of(app)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N07/clock")
    page = client.submit("reason", reason=reason, do="stop")
    assert page.status == 422
    assert "Choose an answer." in page.text
    assert due(app, case_id)[0] is not None


def test_the_clock_of_a_critical_case_never_stands(app: Flask, house: Any, visit: Any) -> None:
    case_id = case_of(app, suicidal_risk=True)
    with app.app_context():
        assert db.session.get_one(Case, case_id).priority is Priority.CRITICAL
    client = visit("manager")
    assert "Stop the clock" not in client.get(f"/cases/{case_id}").text
    page = client.get(f"/cases/{case_id}/steps/N07/clock")
    assert "The clock of a critical case, or of one without a priority, never stands." in page.text
    version = {"version": str(version_of(app, case_id)), "reason": "asked", "do": "stop"}
    assert client.post(f"/cases/{case_id}/steps/N07/clock", version).status == 409


def version_of(app: Flask, case_id: UUID) -> int:
    with app.app_context():
        return db.session.get_one(Case, case_id).version


def test_the_clock_of_one_need_leaves_those_of_the_others_running(app: Flask, house: Any, visit: Any) -> None:
    with app.app_context():
        case = builders.make_planned_case(user("manager"), Need.DOC, Need.JUR, no_shelter=False)
        db.session.commit()
        case_id, needs = case.id, {one.need: one.id for one in case.needs}
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/R01/clock?of={needs[Need.DOC]}")
    client.submit("reason", reason="insecurity", do="stop")
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        stopped, running = (find_todo(case, "R01", need, NOW) for need in ("DOC", "JUR"))
        assert stopped is not None
        assert running is not None
        assert stopped.due_at is None
        assert running.due_at is not None


def test_a_stale_page_stops_nothing_and_a_double_submit_once(app: Flask, house: Any, visit: Any) -> None:
    case_id = case_of(app)
    client = visit("manager")
    form = client.get(f"/cases/{case_id}/steps/N07/clock").form("reason")
    data = {**form.fields, "reason": "asked", "do": "stop"}
    stale = {**data, "version": "0", "idempotency_key": "x" * 20}
    assert client.post(form.action, stale).status == 409
    assert [client.post(form.action, data, follow=False).status for _time in range(2)] == [303, 303]
    with app.app_context():
        paused = select(CaseEvent).where(CaseEvent.case_id == case_id, CaseEvent.kind == "paused")
        assert len(db.session.scalars(paused).all()) == 1
