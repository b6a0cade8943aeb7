"""Pages and posts that move a case on: record a step, approve, add a need, finish a task, give it to a colleague."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from referral.cases import pages
from referral.cases.actions import steps
from referral.cases.actions.progress import NOT_NOW
from referral.cases.closing import GOAL_RESULTS, RISKS
from referral.cases.models import Case, CaseApproval, CaseTask
from referral.cases.queries.forms import CLOSING_STEP, StepForm, criteria_of, step_form
from referral.cases.queries.overview import need_lines, referrals_of
from referral.cases.schemas import (
    ApprovalSchema,
    Gate,
    ManagerSchema,
    NeedSchema,
    TaskSchema,
    uuid_from,
    version_of,
)
from referral.cases.views import bp
from referral.cases.views.reading import find_case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import in_language, page_language
from referral.foundation.idempotency import idempotent
from referral.identification.queries.case_forms import blanks_of_step
from referral.identification.queries.proposals import Proposal, proposal
from referral.partners.models import User

WORK, SUPERVISE = Permission.CASE_WORK, Permission.CASE_SUPERVISE


@bp.get("/cases/<uuid:case_id>/steps/<step>")
@requires(WORK, reads_person=True)
def step(case_id: UUID, step: str) -> Any:
    """A step that has no page of its own, as a form; a step that has one leads there."""
    case = find_case(case_id)
    form = _form(case, step)
    if pages.has_own_page(step, late=form.todo.overdue):
        lines = need_lines(case, [form.todo], referrals_of(case))
        line = next((one for one in lines if one.need is form.need), None)
        way = pages.own_page(case, step, line)
        return redirect(way.url, code=303) if way else abort(404)
    audit.record("case.step.read", actor=actor(), now=clock.now(), case_id=case.id, code=step, categories=["C5"])
    found = proposal(actor(), case, step, in_language, today=clock.today())
    if found is not None:
        opened, of = found.opened, found.submission
        audit.record("case.form.read", actor=actor(), now=clock.now(), case_id=case.id, subject=of, categories=opened)
    return _page(case, form, MultiDict(_prefilled(form) | _proposed(form, found)), {}, 200, found)


@bp.post("/cases/<uuid:case_id>/steps/<step>")
@requires(WORK)
@idempotent
def step_post(case_id: UUID, step: str) -> Any:
    """Record the step; a stale page keeps what was typed."""
    case = find_case(case_id, lock=True)
    form = _form(case, step)
    if pages.has_own_page(step, late=form.todo.overdue):
        raise RuleViolation(NOT_NOW)
    gate = read(form, case)
    if version_of(request.form) != case.version:
        return _page(case, form, request.form, {}, 409)
    if gate.errors:
        return _page(case, form, request.form, gate.errors, 422)
    entry = steps.Entry(gate.facts, gate.codes, gate.words)
    steps.record(case, step, form.code, entry, actor=actor(), now=clock.now(), today=clock.today())
    flash(_("Recorded."), "success")
    return redirect(url_for("cases.show", case_id=case.id), code=303)


@bp.post("/cases/<uuid:case_id>/approvals")
@requires(SUPERVISE)
@idempotent
def approve(case_id: UUID) -> Any:
    """The supervisor approves the plan or the closing, or sends it back."""
    case, values = find_case(case_id, lock=True), ApprovalSchema().load(request.form)
    asked = db.session.get(CaseApproval, values["approval"])
    if asked is None or asked.case_id != case.id:
        abort(404)
    steps.decide_approval(
        case,
        asked,
        approved=values["do"] == "approve",
        note=values["note"],
        actor=actor(),
        now=clock.now(),
        today=clock.today(),
    )
    flash(_("Approved.") if values["do"] == "approve" else _("Sent back to the case manager."), "success")
    return redirect(url_for("cases.show", case_id=case.id), code=303)


@bp.post("/cases/<uuid:case_id>/needs")
@requires(WORK)
@idempotent
def add_need(case_id: UUID) -> Any:
    """Add a need that the person told of later."""
    case, values = find_case(case_id, lock=True), NeedSchema().load(request.form)
    steps.add_need(case, values["need"], actor=actor(), now=clock.now())
    flash(_("The need is added."), "success")
    return redirect(url_for("cases.show", case_id=case.id) + "#needs", code=303)


@bp.post("/cases/<uuid:case_id>/tasks")
@requires(WORK)
@idempotent
def finish_task(case_id: UUID) -> Any:
    """A task beside the procedure is done."""
    case, values = find_case(case_id, lock=True), TaskSchema().load(request.form)
    task = db.session.get(CaseTask, values["task"])
    if task is None or task.case_id != case.id:
        abort(404)
    steps.finish_task(case, task, actor=actor(), now=clock.now())
    flash(_("Recorded."), "success")
    return redirect(url_for("cases.show", case_id=case.id), code=303)


@bp.post("/cases/<uuid:case_id>/manager")
@requires(SUPERVISE)
@idempotent
def reassign(case_id: UUID) -> Any:
    """Give the case to another case manager of the organisation."""
    case, values = find_case(case_id, lock=True), ManagerSchema().load(request.form)
    manager = db.session.get(User, values["manager"]) or abort(404)
    steps.reassign(case, manager, actor=actor(), now=clock.now())
    flash(_("The case has a new case manager, who is told."), "success")
    return redirect(url_for("cases.show", case_id=case.id), code=303)


def read(form: StepForm, case: Case) -> Gate:
    """What was typed, through the gate."""
    gate = Gate(form.flowchart, request.form)
    gate.read_facts(form.step.id, form.fact_names, case)
    gate.read_fields(form.fields)
    if form.step.id == CLOSING_STEP:
        gate.read_closing(need.value for need in form.goals)
    else:
        gate.read_goals(form.goals)
    return gate


def _form(case: Case, step: str) -> StepForm:
    form = step_form(case, step, uuid_from(request.args.get("of", "")), clock.now(), lang=page_language())
    if form is None:
        raise RuleViolation(NOT_NOW)
    return form


def _prefilled(form: StepForm) -> dict[str, Any]:
    """What is known already: the assessment, goals and needs; for a closing that was sent back, its answers."""
    words = {name: value for name, value in form.known.items() if isinstance(value, str)}
    return {**words, "needs": form.known["needs"]} if form.step.id != CLOSING_STEP else {}


def _proposed(form: StepForm, found: Proposal | None) -> dict[str, Any]:
    """What a finished form proposes; words that stand on the file already stay, with the new ones below them."""
    values = dict(found.values) if found else {}
    for name, value in values.items():
        before = form.known.get(name)
        if isinstance(before, str) and before and isinstance(value, str) and value not in before:
            values[name] = f"{before}\n\n{value}"
    return values


def _page(
    case: Case,
    form: StepForm,
    typed: MultiDict[str, str],
    errors: dict[str, Any],
    status: int,
    proposed: Proposal | None = None,
) -> Any:
    gate = read(form, case) if request.method == "POST" else None
    page = render_template(
        "cases/step.html",
        case=case,
        form=form,
        typed=typed,
        errors=errors,
        stale=status == 409,
        criteria=criteria_of(form, gate.codes if gate else {}, clock.today()),
        answered=gate is not None,
        risks=RISKS,
        goal_results=GOAL_RESULTS,
        proposed=proposed,
        blanks=blanks_of_step(case, form.step.id),
    )
    return page, status
