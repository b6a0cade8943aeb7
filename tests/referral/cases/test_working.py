"""Recording steps: on the right page, with the right answers, by the right person, once, and sealed."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from referral.cases import pages
from referral.cases.actions import progress, steps
from referral.cases.models import Case, CaseApproval, CaseEvent, CaseNote, CaseTask
from referral.cases.queries.overview import need_lines, referrals_of
from referral.cases.queries.progress import todo
from referral.cases.rules import ApprovalState, CaseState, ClosureReason, TaskKind
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.sealing import SealedRecord
from referral.procedures import queries as procedures
from sop.flowchart import WORK
from sop.vocabulary import Need
from tests import builders
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.cases.conftest import later, user
from tests.signing_in import sign_in

CHILD = {name: value for name, value in builders.CHILD.items() if builders.ADULT.get(name) != value}
SECRET = "Elle dort chez Zéphyrine"


def new_case(app, *walked, manager="manager", **facts):
    """A case of whom `walked` steps (step, need, facts) are done."""
    with app.app_context():
        case = builders.make_case(user(manager), **facts)
        for step, need, found in walked:
            progress.advance(case, step=step, need=need, facts=found, actor=user(manager), now=NOW)
        db.session.commit()
        return case.id


def standing(app, case_id):
    """The steps that are to be done, with their need."""
    with app.app_context():
        return {(item.step, item.need) for item in todo(db.session.get(Case, case_id), NOW)}


PLANNED = (("N07", None, {"needs": ["DOC"]}),)
HELPED = (
    *PLANNED,
    ("N08", None, {}),
    ("R01", "DOC", {"provider_found": False}),
    ("R02", "DOC", {"gap_solved": False}),
    ("R03", "DOC", {}),
)
CALM = {"needs": ["DOC"], "no_shelter": False}


def test_assessment_is_recorded_confirms_needs_and_is_sealed(app, house, visit):
    case_id = new_case(app)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N07")
    page = client.submit("assessment_individual", needs=["HEB", "MED", "DOC"], assessment_individual=SECRET)
    assert page.url == f"/cases/{case_id}"
    assert ("N08", None) in standing(app, case_id)
    assert SECRET not in page.html
    assert SECRET in client.get(f"/cases/{case_id}/plan").text
    with app.app_context():
        blobs = [row.blob for row in db.session.scalars(select(SealedRecord))]
        assert blobs
        assert not any("Zéphyrine".encode() in blob for blob in blobs)
        events = db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id)).all()
        assert not any("Zéphyrine" in str(event.facts) for event in events)


def test_open_need_cannot_be_unticked_and_what_was_typed_stays(app, house, visit):
    case_id = new_case(app)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N07")
    page = client.submit("assessment_individual", needs=["DOC"], assessment_individual=SECRET)
    assert page.status == 422
    assert "A need that is already open must stay ticked." in page.text
    assert SECRET in page.text
    assert ("N07", None) in standing(app, case_id)


def test_missing_and_endless_answers_have_their_error_at_the_field(app, house, visit):
    case_id = new_case(app)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N07")
    page = client.submit("assessment_individual", assessment_individual="", assessment_household="x" * 4_001)
    assert page.status == 422
    assert "Please fill this in." in page.text
    assert "Please use at most 4000 characters." in page.text


def test_stale_page_is_refused_and_keeps_what_was_typed(app, house, visit):
    case_id = new_case(app)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N07")
    with app.app_context():
        steps.add_need(db.session.get(Case, case_id), Need.JUR, actor=user("manager"), now=NOW)
        db.session.commit()
    page = client.submit("assessment_individual", needs=["HEB", "MED", "JUR"], assessment_individual=SECRET)
    assert page.status == 409
    assert SECRET in page.text
    assert "The case changed while you were writing" in page.text
    assert ("N07", None) in standing(app, case_id)
    again = client.submit("assessment_individual", needs=["HEB", "MED", "JUR"])
    assert again.status == 200
    assert ("N08", None) in standing(app, case_id)


def test_double_submit_records_once(app, house, visit):
    case_id = new_case(app)
    client = visit("manager")
    form = client.get(f"/cases/{case_id}/steps/N07").form("assessment_individual")
    data = {**form.fields, "assessment_individual": SECRET}
    first, second = (client.post(form.action, data, follow=False).status for _time in range(2))
    assert (first, second) == (303, 303)
    with app.app_context():
        done = select(CaseEvent).where(CaseEvent.case_id == case_id, CaseEvent.step == "N07")
        assert len(db.session.scalars(done).all()) == 1


def test_adults_plan_of_medium_priority_needs_no_approval(app, house, visit):
    case_id = new_case(app, *PLANNED, **CALM)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N08")
    client.submit("goal_DOC", goal_DOC="Carte d’identité", plan_agreed="yes")
    assert standing(app, case_id) == {("R01", "DOC")}


def test_childs_plan_waits_for_the_supervisor(app, house, visit):
    case_id = new_case(app, *PLANNED, **CHILD, **CALM)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N08")
    page = client.submit("goal_DOC", goal_DOC=SECRET, plan_agreed="yes")
    assert "to be approved by the supervisor" in page.text
    assert standing(app, case_id) == {("N08", None)}
    assert (
        client.post(f"/cases/{case_id}/approvals", {"approval": approval_of(app, case_id), "do": "approve"}).status
        == 404
    )

    supervisor = visit("supervisor")
    assert "Approve or send back: case plan" in supervisor.get(f"/cases/{case_id}").text
    supervisor.get(f"/cases/{case_id}/plan")
    assert SECRET in supervisor.text
    supervisor.submit("approval", do="return", note="Ajouter le tuteur")
    assert standing(app, case_id) == {("N08", None)}
    client.get(f"/cases/{case_id}/steps/N08")
    assert "sent back by the supervisor" in client.text
    assert "Ajouter le tuteur" in client.text
    client.submit("goal_DOC", goal_DOC=SECRET, plan_agreed="yes")
    supervisor.get(f"/cases/{case_id}/plan")
    supervisor.submit("approval", do="approve")
    assert standing(app, case_id) == {("R01", "DOC")}


def approval_of(app, case_id):
    with app.app_context():
        query = select(CaseApproval).where(CaseApproval.case_id == case_id, CaseApproval.state == ApprovalState.ASKED)
        found = db.session.scalar(query)
        return str(found.id) if found else ""


def test_approval_of_another_case_is_nothing(app, house, visit):
    mine, theirs = new_case(app, *PLANNED, **CHILD, **CALM), new_case(app, manager="stranger", **CALM)
    client = visit("manager")
    client.get(f"/cases/{mine}/steps/N08")
    client.submit("goal_DOC", goal_DOC="x", plan_agreed="yes")
    boss = visit("boss")
    boss.get(f"/cases/{theirs}")
    assert boss.post(f"/cases/{theirs}/approvals", {"approval": approval_of(app, mine), "do": "approve"}).status == 404
    assert boss.post(f"/cases/{mine}/approvals", {"approval": approval_of(app, mine), "do": "approve"}).status == 404
    assert standing(app, mine) == {("N08", None)}


CLOSING = {
    "goal_DOC": "waived", "note": "La personne a renoncé", "risk": "low", "informed": "yes", "feedback": "yes",
    "retention_day": "31", "retention_month": "12", "retention_year": "2031",
}  # fmt: skip


def closing_case(app, visit):
    case_id = new_case(app, *HELPED, **CALM)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N09")
    client.submit("review", review="closable", note="Tout est réglé")
    return case_id, client


def test_follow_up_leads_to_closing_and_the_supervisor_closes(app, house, visit):
    case_id, client = closing_case(app, visit)
    page = client.get(f"/cases/{case_id}/steps/N10")
    assert "No referral is under way" in page.text
    client.submit("goal_DOC", **CLOSING)
    with app.app_context():
        assert db.session.get(Case, case_id).state is CaseState.CLOSING
    supervisor = visit("supervisor")
    supervisor.get(f"/cases/{case_id}/plan")
    page = supervisor.submit("approval", do="approve")
    assert "the case was closed on 23 Nov 2026 (goals of the plan met)" in page.text
    with app.app_context():
        case = db.session.get(Case, case_id)
        assert (case.state, case.closure_reason) == (CaseState.CLOSED, ClosureReason.GOALS_MET)
        assert case.retention_until.isoformat() == "2031-12-31"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"risk": "high"}, 422),
        ({"informed": None}, 422),
        ({"feedback": None}, 422),
        ({"goal_DOC": None}, 422),
        ({"note": ""}, 422),
        ({"retention_year": "2020"}, 422),
        ({"retention_day": "32"}, 422),
    ],
)
def test_no_closing_while_a_criterion_does_not_hold(app, house, visit, change, status):
    case_id, client = closing_case(app, visit)
    client.get(f"/cases/{case_id}/steps/N10")
    assert client.submit("goal_DOC", **{**CLOSING, **change}).status == status
    assert approval_of(app, case_id) == ""
    assert standing(app, case_id) == {("N10", None)}


def test_lost_contact_needs_three_attempts_and_closes_at_once(app, house, visit):
    case_id = new_case(app, *HELPED, **CALM)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N09")
    assert client.submit("review", review="lost", note="Sans nouvelles").status == 422
    client.submit("review", review="lost", note="Sans nouvelles", three_attempts="yes")
    with app.app_context():
        case = db.session.get(Case, case_id)
        assert (case.state, case.closure_reason) == (CaseState.CLOSED, ClosureReason.LOST)


def test_death_is_told_apart_from_leaving(app, house, visit):
    case_id = new_case(app, *HELPED, **CALM)
    client = visit("manager")
    client.get(f"/cases/{case_id}/steps/N09")
    client.submit("review", review="left", note="Décès à l’hôpital", departure="died", proof="yes")
    with app.app_context():
        assert db.session.get(Case, case_id).closure_reason is ClosureReason.DIED


SENT = (
    ("R01", "HEB", {"provider_found": True}),
    ("G05", "HEB", {"choice": "consent"}),
)


def sent_case(app):
    """A case whose need HEB waits for a provider's answer; the referral itself is not what is tested here."""
    case_id = new_case(app, *SENT, needs=["HEB"])
    with app.app_context():
        case, actor = db.session.get(Case, case_id), user("manager")
        progress.learn(case, facts={"share_gate": "allow"}, need="HEB", actor=actor, now=NOW)
        progress.advance(case, step="X03", need="HEB", actor=actor, now=NOW)
        db.session.commit()
        return case_id, case.needs[0].id


def test_nothing_is_shared_from_the_general_page(app, house, visit):
    case_id = new_case(app, *SENT, needs=["HEB"])
    with app.app_context():
        case = db.session.get(Case, case_id)
        progress.learn(case, facts={"share_gate": "allow"}, need="HEB", actor=user("manager"), now=NOW)
        db.session.commit()
        need = case.needs[0].id
    client = visit("manager")
    client.get(f"/cases/{case_id}")
    page = client.post(f"/cases/{case_id}/steps/X03?of={need}", {"version": "1"})
    assert page.status == 409
    assert ("X03", "HEB") in standing(app, case_id)


def test_silence_is_recorded_only_when_the_time_is_over_and_nobody_else_answers_for_a_provider(app, house, visit):
    case_id, need = sent_case(app)
    client = visit("manager")
    client.get(f"/cases/{case_id}")
    assert client.post(f"/cases/{case_id}/steps/W01?of={need}", {"response": "timeout"}).status == 409
    with later(app, days=5):
        client = visit("manager")
        page = client.get(f"/cases/{case_id}")
        assert "Record that nobody answered" in page.text
        client.get(f"/cases/{case_id}/steps/W01?of={need}")
        assert client.submit("response", response="accepted").status == 422
        client.submit("response", response="timeout")
        assert ("R04", "HEB") in standing(app, case_id)
        client.get(f"/cases/{case_id}/steps/R04?of={need}")
        client.submit("channel", channel="phone", supervisor_told="yes", note="Rappelés à 9 h")
    assert ("W01", "HEB") in standing(app, case_id)


def test_every_step_that_takes_work_has_a_page_or_a_form(app, house):
    """The walk: whatever is to be done leads somewhere; a page that is not there yet leads nowhere, never to a form."""
    case_id, _need = sent_case(app)
    with app.app_context(), app.test_request_context():
        case = db.session.get(Case, case_id)
        flowchart = procedures.flowchart(case.procedure_version_id)
        for step in (step.id for step in flowchart.of_kind(*WORK)):
            generic = not pages.has_own_page(step, late=False)
            assert generic == (step not in pages.STEP_PAGES)
            endpoints = (
                [e for e in pages.STEP_PAGES[step].endpoints if e in app.view_functions] if not generic else ["x"]
            )
            assert endpoints, step
        items = todo(case, NOW)
        ways = {item.step: pages.way_to(case, item, line_of(case, item, items)) for item in items}
        assert ways["N07"].url == f"/cases/{case.id}/steps/N07"


def line_of(case, item, items):
    return next(
        (line for line in need_lines(case, items, referrals_of(case)) if line.need.need.value == item.need), None
    )


def test_need_is_added_opened_and_never_twice(app, house, visit):
    case_id = new_case(app, needs=["HEB"])
    client = visit("manager")
    client.get(f"/cases/{case_id}")
    page = client.submit("need", need="JUR")
    assert ("R01", "JUR") in standing(app, case_id)
    choices = next(field for field in page.tree.iter("select") if field.get("name") == "need")
    assert "JUR" not in {option.get("value") for option in choices.iter("option")}
    assert client.post(f"/cases/{case_id}/needs", {"need": "XXX"}).status == 422


def test_task_beside_the_procedure_is_done(app, house, visit):
    case_id = new_case(app)
    with app.app_context():
        db.session.add(CaseTask(case_id=case_id, kind=TaskKind.PRIVATE_INTERVIEW, opened_at=NOW, due_at=NOW))
        db.session.commit()
    client = visit("manager")
    assert "Private interview by trained staff" in client.get(f"/cases/{case_id}").text
    page = client.submit("It is done")
    assert "Done: Private interview by trained staff" in page.text
    with app.app_context():
        task = db.session.scalar(select(CaseTask).where(CaseTask.case_id == case_id))
        assert (task.done_at, task.done_by_id) == (NOW, user("manager").id)


def test_supervisor_gives_the_case_to_a_colleague_of_the_same_organisation(app, house, visit):
    case_id = new_case(app)
    with app.app_context():
        colleague, stranger = str(user("colleague").id), str(user("stranger").id)
    supervisor = visit("supervisor")
    supervisor.get(f"/cases/{case_id}")
    assert supervisor.post(f"/cases/{case_id}/manager", {"manager": stranger}).status == 422
    supervisor.get(f"/cases/{case_id}")
    supervisor.submit("manager", manager=colleague)
    assert visit("manager").get(f"/cases/{case_id}").status == 404
    assert visit("colleague").get(f"/cases/{case_id}").status == 200


def test_others_can_do_nothing(app, house, visit):
    case_id = new_case(app)
    for name in ("colleague", "stranger", "boss", "responder", "provider", "coordinator", "officer"):
        client = visit(name)
        client.get("/account")
        posts = [
            client.post(f"/cases/{case_id}/{page}", {"need": "JUR"}).status for page in ("needs", "tasks", "manager")
        ]
        assert [*posts, client.get(f"/cases/{case_id}/steps/N07").status] == [404] * 4, name
    supervisor = visit("supervisor")
    assert supervisor.get(f"/cases/{case_id}/steps/N07").status == 404
    assert ("N07", None) in standing(app, case_id)


def test_step_that_is_not_to_be_done_now_is_said(app, house, visit):
    case_id = new_case(app)
    client = visit("manager")
    assert client.get(f"/cases/{case_id}/steps/N09").status == 409
    assert client.get(f"/cases/{case_id}/steps/NOPE").status == 409
    assert client.get(f"/cases/{case_id}/steps/N07?of=00000000-0000-0000-0000-000000000000").status == 409


def test_child_protection_steps_belong_to_the_mandate(app, house):
    case_id = new_case(app, *HELPED, manager="stranger", **CHILD, **CALM)
    with app.app_context():
        case, actor = db.session.get(Case, case_id), user("stranger")
        progress.learn(case, facts={"base_consent": "refused"}, actor=actor, now=NOW)
        entry = steps.Entry({"review": "new_need"}, {}, {"note": "x"})
        steps.record(case, "N09", None, entry, actor=actor, now=NOW, today=NOW.date())
        assert ("N04", None) in {(item.step, item.need) for item in todo(case, NOW)}
        with pytest.raises(RuleViolation) as refused:
            steps.record(case, "N04", None, steps.Entry(), actor=actor, now=NOW, today=NOW.date())
        assert refused.value.message.code == "no_mandate"


def test_notes_are_sealed_one_row_each(app, house):
    case_id = new_case(app)
    with app.app_context():
        case = db.session.get(Case, case_id)
        steps.write_note(case, "N09", None, SECRET, actor=user("manager"), now=NOW)
        steps.write_note(case, "N09", None, "   ", actor=user("manager"), now=NOW)
        db.session.commit()
        rows = db.session.scalars(select(CaseNote).where(CaseNote.case_id == case_id)).all()
        assert len(rows) == 1
        assert "Zéphyrine".encode() not in rows[0].sealed


@pytest.mark.slow
def test_a_step_that_is_recorded_from_two_windows_at_the_same_moment_is_recorded_once(committed):
    with committed.app_context():
        builders.make_user(Role.CASE_MANAGER, builders.make_organization(), "manager")
        db.session.commit()
        db.session.remove()
    case_id = new_case(committed)
    clients, answers, together = [PageClient(committed) for _ in range(2)], [], threading.Barrier(2)
    for client in clients:
        sign_in(client, "manager")
        client.get(f"/cases/{case_id}/steps/N07")

    def send(client):
        together.wait()
        page = client.submit("assessment_individual", needs=["HEB", "MED"], assessment_individual="x", follow=False)
        answers.append(page.status)

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    assert ("N08", None) in standing(committed, case_id)
