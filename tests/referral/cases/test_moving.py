"""Moving an open case to the version in force: previewed, refused in words, done once, and the case goes on."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from referral.cases.actions import moving, progress
from referral.cases.actions.steps import settle, write_note
from referral.cases.models import Case, CaseEvent, CaseNote
from referral.cases.queries.conformance import conformance, logs
from referral.cases.queries.moving import prospect, version_ahead
from referral.cases.queries.progress import state_of, todo
from referral.cases.rules import MOVED, CaseState
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.procedures.actions import import_procedure
from referral.procedures.queries import flowchart
from sop.state import State
from sop.vocabulary import Need
from tests import builders
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.cases.conftest import user
from tests.referral.cases.test_conformance import LOST
from tests.referral.procedures.texts import TRIAGE, numbered
from tests.signing_in import sign_in

CALM = {"needs": ["DOC"], "no_shelter": False}
N07 = "deadline: {critical: P1D, high: P3D, medium: P5D, low: P5D}"
LONGER = numbered("1.0.0", (N07, N07.replace("medium: P5D, low: P5D", "medium: P7D, low: P7D")))
RENAMED = numbered("1.0.0").replace("N07", "A07")
"""The assessment has another id: what was done there is forgotten, and a case that is there has nowhere to go."""


def put_in_force(text: str, triage: str = TRIAGE) -> UUID:
    version = import_procedure(text, triage, actor=None, now=NOW).id
    db.session.flush()
    return version


def planned(app: Flask, text: str = RENAMED, *, done: bool = True) -> UUID:
    """A case whose assessment is done (or is to be made), under the library's version; then `text` is put in force."""
    with app.app_context():
        case = builders.make_case(user("manager"), **CALM)
        if done:
            progress.advance(case, step="N07", facts={"needs": ["DOC"]}, actor=user("manager"), now=NOW)
        put_in_force(text)
        db.session.commit()
        return case.id


def events(case_id: UUID) -> list[CaseEvent]:
    query = select(CaseEvent).where(CaseEvent.case_id == case_id, CaseEvent.kind == MOVED)
    return list(db.session.scalars(query))


def move(case: Case, **given: Any) -> None:
    ahead = version_ahead(case)
    values = {"version": case.version, "actor": user("supervisor"), "now": NOW}
    moving.move_version(case, ahead.id if ahead else None, **{**values, **given})
    db.session.flush()


# --- the act ----------------------------------------------------------------------------------------------------------


def test_a_moved_case_keeps_its_promise_its_number_of_events_and_goes_on(app: Flask, house: SimpleNamespace) -> None:
    case_id = planned(app, LONGER, done=False)
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        promised, old_id = case.next_due_at, case.procedure_version_id
        move(case)
        ahead = state_of(case)
        assert case.procedure_version_id != old_id
        assert ahead.active == (("N07", None),)
        assert case.next_due_at == promised
        (event,) = events(case_id)
        assert (event.facts["old"], event.facts["new"], event.facts["waived"]) == ("0.2.0", "1.0.0", [])
        assert UUID(event.facts["old_id"]) == old_id
        progress.advance(case, step="N07", facts={"needs": ["DOC"]}, actor=user("manager"), now=NOW)
        db.session.commit()
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        assert [item.step for item in todo(case, NOW)] == ["N08"]
        sequences = select(CaseEvent.sequence).where(CaseEvent.case_id == case_id).order_by(CaseEvent.sequence)
        assert db.session.scalars(sequences).all() == list(range(State.from_json(case.engine).sequence))


def test_the_audit_line_has_versions_and_waived_steps_and_not_the_reason(app: Flask, house: SimpleNamespace) -> None:
    case_id = planned(app)
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        move(case, waived={"N07", "A07", "N01"}, reason="Zéphyrine est connue")
        (line,) = db.session.scalars(select(AuditLine).where(AuditLine.action == "case.move_version"))
        assert line.details == {"old": "0.2.0", "new": "1.0.0", "waived": ["N07", "A07"]}
        assert "Zéphyrine" not in str(events(case_id)[0].facts)
        note = db.session.scalars(select(CaseNote).where(CaseNote.case_id == case_id)).one()
        assert "Zéphyrine".encode() not in note.sealed


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"waived": {"N07"}, "reason": "x"}, "no_waiver"),
        ({"waived": {"N07", "A07"}, "reason": " "}, "no_reason"),
        ({"version": 0, "waived": {"N07", "A07"}, "reason": "x"}, "not_now"),
    ],
)
def test_nothing_is_moved_without_every_waiver_its_reason_and_the_present_case(
    app: Flask, house: SimpleNamespace, given: dict[str, Any], code: str
) -> None:
    case_id = planned(app)
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        before = dict(case.engine), case.procedure_version_id
        with pytest.raises(RuleViolation) as refused:
            move(case, **given)
        assert refused.value.message.code == code
        assert (case.engine, case.procedure_version_id) == before
        assert events(case_id) == []


def test_a_case_whose_step_has_no_counterpart_is_refused_with_the_name_of_the_step(
    app: Flask, house: SimpleNamespace
) -> None:
    case_id = planned(app, RENAMED, done=False)
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        found = prospect(case, version_ahead(case), NOW)  # type: ignore[arg-type]
        assert [one.code for one in found.refusals] == ["MIGRATION_NO_COUNTERPART"]
        assert found.refusals[0].values["step"]["en"].endswith("(N07)")
        with pytest.raises(RuleViolation) as refused:
            move(case, waived={"N07", "A07"}, reason="x")
        assert refused.value.message.code == "MIGRATION_NO_COUNTERPART"


def test_a_moved_case_is_not_moved_again_and_a_closed_one_never(app: Flask, house: SimpleNamespace) -> None:
    with app.app_context():
        manager = user("manager")
        closed, live = (builders.make_planned_case(manager, Need.DOC, no_shelter=False) for _ in range(2))
        for step, need, facts in LOST:
            progress.advance(closed, step=step, need=need, facts=facts, actor=manager, now=NOW)
        settle(closed, {}, actor=manager, now=NOW)
        target = put_in_force(LONGER)
        move(live)
        for case in (live, closed):
            assert version_ahead(case) is None
            with pytest.raises(RuleViolation) as refused:
                moving.move_version(case, target, version=case.version, actor=user("supervisor"), now=NOW)
            assert refused.value.message.code == "not_ahead"
        assert len(events(live.id)) == 1


def test_the_reason_of_the_priority_follows_its_rule_into_the_new_table(app: Flask, house: SimpleNamespace) -> None:
    with app.app_context():
        strong, violent, calm = (builders.make_case(user("manager"), **CALM) for _ in range(3))
        strong.priority_rule, violent.priority_rule, calm.priority_rule = 7, 8, 14
        lines = {
            number: line for line in TRIAGE.splitlines() for number in (7, 8) if line.startswith(f"rule,{number},")
        }
        swapped = f"{lines[8].replace('rule,8', 'rule,7')}\n{lines[7].replace('rule,7', 'rule,8')}"
        table = TRIAGE.replace(f"{lines[7]}\n{lines[8]}", swapped).replace("because no sign", "since no sign")
        put_in_force(numbered("1.0.0"), table)
        for case in (strong, violent, calm):
            move(case)
        assert [case.priority_rule for case in (strong, violent, calm)] == [8, 7, 0]


# --- what is read of it afterwards ------------------------------------------------------------------------------------


def test_a_moved_case_is_held_against_neither_version(app: Flask, house: SimpleNamespace) -> None:
    with app.app_context():
        manager = user("manager")
        cases = [builders.make_planned_case(manager, Need.DOC, no_shelter=False) for _ in range(2)]
        first, second = cases[0].procedure_version_id, put_in_force(LONGER)
        move(cases[0])
        for case in cases:
            for step, need, facts in LOST:
                progress.advance(case, step=step, need=need, facts=facts, actor=manager, now=NOW)
            settle(case, {}, actor=manager, now=NOW)
            assert case.state is CaseState.CLOSED
        db.session.flush()
        assert conformance(first).cases == 1
        assert list(logs(second)) == []


# --- the pages --------------------------------------------------------------------------------------------------------


def test_the_flowchart_of_a_case_says_that_another_version_is_in_force(app: Flask, house: Any, visit: Any) -> None:
    case_id = planned(app)
    page = visit("manager").get(f"/cases/{case_id}/procedure")
    assert "Version 1.0.0 of the procedure is in force. This case stays on version 0.2.0" in page.text
    assert "See what a move would change" not in page.text
    page = visit("supervisor").get(f"/cases/{case_id}/procedure")
    assert page.links["See what a move would change"] == f"/cases/{case_id}/version"


def test_the_supervisor_waives_with_a_reason_and_the_case_goes_on(app: Flask, house: Any, visit: Any) -> None:
    case_id = planned(app)
    client = visit("supervisor")
    page = client.get(f"/cases/{case_id}/version")
    assert "would be forgotten" in page.text
    assert "would never be done" in page.text
    assert "(N08)" in page.text
    page = client.submit("reason", waive=["N07"], reason="")
    assert page.status == 422
    assert "Tick every step that is to be waived" in page.text
    assert "Please fill this in." in page.text
    page = client.submit("reason", waive=["N07", "A07"], reason="Évaluée hier")
    assert page.url == f"/cases/{case_id}"
    assert "The case is now on version 1.0.0 of the procedure." in page.text
    assert "Moved from version 0.2.0 of the procedure to version 1.0.0" in page.text
    assert "Évaluée hier" in page.text
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        progress.advance(case, step="N08", actor=user("manager"), now=NOW)
        db.session.commit()
    manager = visit("manager")
    for address in ("", "/procedure", "/plan", "/accesses"):
        assert manager.get(f"/cases/{case_id}{address}").status == 200, address
    assert "Move to another version of the procedure" in manager.get(f"/cases/{case_id}/plan").text
    assert "there is nothing to move" in client.get(f"/cases/{case_id}/version").text


def test_notes_and_news_of_a_step_that_is_gone_keep_its_name(app: Flask, house: Any, visit: Any) -> None:
    with app.app_context():
        case = builders.make_case(user("manager"), **CALM)
        progress.advance(case, step="N07", facts={"needs": ["DOC"]}, actor=user("manager"), now=NOW)
        write_note(case, "N07", None, "Vue au bureau", actor=user("manager"), now=NOW)
        name = flowchart(case.procedure_version_id).steps["N07"].label["en"]
        put_in_force(RENAMED.replace(name, "Another name"))
        move(case, waived={"N07", "A07"}, reason="x", now=NOW + timedelta(hours=1))
        db.session.commit()
        case_id = case.id
    client = visit("manager")
    assert f"Done: {name}" in client.get(f"/cases/{case_id}").text
    assert name in client.get(f"/cases/{case_id}/plan").text


def test_a_double_submit_moves_once_and_a_stale_page_not_at_all(app: Flask, house: Any, visit: Any) -> None:
    case_id = planned(app, LONGER, done=False)
    client = visit("supervisor")
    page = client.get(f"/cases/{case_id}/version")
    assert "what was promised stays promised" in page.text
    form = next(one for one in page.forms if "to" in one.fields)
    stale = {**form.fields, "version": "0", "idempotency_key": "x" * 20}
    assert client.post(form.action, stale, follow=False).status == 409
    assert [client.post(form.action, form.fields, follow=False).status for _time in range(2)] == [303, 303]
    assert client.post(form.action, {**form.fields, "idempotency_key": "y" * 20}).status == 409
    with app.app_context():
        assert len(events(case_id)) == 1


def test_what_may_not_be_moved_is_told_without_a_form(app: Flask, house: Any, visit: Any) -> None:
    case_id = planned(app, RENAMED, done=False)
    page = visit("supervisor", "fr").get(f"/cases/{case_id}/version")
    assert "(N07) n’a pas d’équivalent dans la nouvelle version" in page.text
    assert not any("to" in one.fields for one in page.forms)


@pytest.mark.slow
def test_of_two_supervisors_who_move_a_case_at_the_same_moment_one_is_told(committed: Flask) -> None:
    with committed.app_context():
        home = builders.make_organization()
        builders.make_user(Role.CASE_MANAGER, home, "manager")
        for name in ("supervisor", "second"):
            builders.make_user(Role.SUPERVISOR, home, name)
        db.session.commit()
        db.session.remove()
    case_id = planned(committed, LONGER, done=False)
    clients = [PageClient(committed) for _ in range(2)]
    for client, name in zip(clients, ("supervisor", "second"), strict=True):
        sign_in(client, name)
        client.get(f"/cases/{case_id}/version")
    together, answers = threading.Barrier(2), []

    def send(client: PageClient) -> None:
        together.wait()
        answers.append(client.submit("to", follow=False).status)

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    with committed.app_context():
        assert len(events(case_id)) == 1
        db.session.remove()
