"""Pages that show cases: the list, one case, its place on the flowchart, its plan, who saw it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for

from referral.cases import pages
from referral.cases.closing import criteria
from referral.cases.filters import Filters
from referral.cases.models import Case, CaseNeed
from referral.cases.portrait import portrait
from referral.cases.queries import accesses, listing, news, open_tasks, overview, visible_case, waiting_prefiles
from referral.cases.queries.clocks import standing_clocks
from referral.cases.queries.closing import standing
from referral.cases.queries.forms import known_needs, plan_of
from referral.cases.queries.moving import steps_known, version_ahead
from referral.cases.queries.progress import position, stages, todo
from referral.cases.queries.shortlist import shortlist
from referral.cases.rules import APPROVED_STEP, CaseState, needs_approval
from referral.cases.schemas import filters_from, uuid_from
from referral.cases.views import bp
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.identification.queries import case_forms
from referral.partners.queries import case_managers
from referral.procedures import queries as procedures
from referral.procedures.pictures import picture, tabs
from referral.referrals.models import Referral
from sop.flowchart import Flowchart, StepKind
from sop.vocabulary import Need, Priority

READ = Permission.CASE_READ
SEEN = ("C1", "C3", "C4", "C5")
"""Categories that the page of a case opens: no name."""

GENERAL = ("main", "loop", "V01")
"""Pages of the drawing that are not about one need."""

LISTED = (CaseState.ACTIVE, CaseState.CLOSING, CaseState.REOPENED, CaseState.CLOSED)


@bp.get("/cases")
@requires(READ)
def index() -> str:
    """My cases, the most urgent first; for a supervisor those of the organisation, and what waits for consent."""
    filters, now = filters_from(request.args), clock.now()
    page = listing.list_cases(actor(), filters, now, lang=page_language())
    waiting = db.session.scalars(waiting_prefiles(actor()).order_by(Case.identified_at)).all()
    return render_template(
        "cases/index.html",
        page=page,
        filters=filters,
        waiting=[(one, _reason(one)) for one in waiting],
        steps={row.case.id: _step_label(row.case, row.first.step) for row in page.rows if row.first},
        choices={"state": pairs(LISTED), "priority": pairs(Priority), "need": pairs(Need)},
        everybody=can(Permission.CASE_SUPERVISE),
        unfiltered=filters == Filters(),
    )


@bp.get("/cases/<uuid:case_id>")
@requires(READ, reads_person=True)
def show(case_id: UUID) -> str:
    """One case: what to do now and why, where it stands, needs, who may see what, the latest news."""
    case = find_case(case_id)
    audit.record("case.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case, categories=SEEN)
    sent = overview.referrals_of(case)
    return render_template("cases/show.html", case=case, **_now_and_next(case, sent), **_file(case, sent))


def _now_and_next(case: Case, sent: list[Referral]) -> dict[str, Any]:
    """What is to be done, by whom and where."""
    items, works = todo(case, clock.now(), lang=page_language()), can(Permission.CASE_WORK)
    asked = overview.asked_approval(case)
    if asked is not None:  # what waits for the supervisor is not the case manager's next thing to do
        items.sort(key=lambda item: item.step == APPROVED_STEP[asked.kind])
    lines, supervises = overview.need_lines(case, items, sent), can(Permission.CASE_SUPERVISE)
    ways = {line.need.need.value: line for line in lines}
    return {
        "items": [(item, pages.way_to(case, item, ways.get(item.need or ""))) for item in items],
        "lines": [(line, pages.line_ways(case, line)) for line in lines],
        "tasks": open_tasks(case.id),
        "approval": asked,
        "addable": pairs(overview.missing_needs(case)) if works and case.closed_at is None else [],
        "supervises": supervises,
        "managers": [(one.id, one.full_name) for one in case_managers(case.organization_id)] if supervises else [],
        "works": works,
        "clocks": standing_clocks(case),
        "may_stop": works and case.closed_at is None and case.priority is not Priority.CRITICAL,
    }


def _file(case: Case, sent: list[Referral]) -> dict[str, Any]:
    """Who this is, where the case stands, who may see what, what happened."""
    person, today = case.person, clock.today()
    return {
        "person_words": portrait(person.sex, person.age_band, person.age_group),
        "situation": _situation(case),
        "reason": _reason(case),
        "flowchart": procedures.flowchart(case.procedure_version_id),
        "stages": stages(case),
        "sharing": overview.sharing_lines(case, sent, today),
        "reads": overview.reads_since(case, clock.now()),
        "news": news.latest(case),
        "forms": case_forms.filled(case, limit=case_forms.LATEST),
        "blanks": [one for one in case_forms.blanks(case, clock.now()) if one.steps] if _fills(case) else [],
        "fills": _fills(case),
        "me": actor().id,
        "kept": shortlist(case.id),
    }


def _fills(case: Case) -> bool:
    """Whether this reader may fill in forms of this case now."""
    return can(Permission.CASE_WORK) and case.closed_at is None


@bp.get("/cases/<uuid:case_id>/procedure")
@requires(READ, reads_person=True)
def procedure(case_id: UUID) -> Any:
    """The flowchart with done, now and next, and the same as a list; `of` shows the way of one need."""
    case, lang = find_case(case_id), page_language()
    need = next((one for one in case.needs if one.id == uuid_from(request.args.get("of", ""))), None)
    flowchart = procedures.flowchart(case.procedure_version_id)
    page = _pathway(flowchart, need) if need else request.args.get("page", "main")
    where = position(case, need.need.value if need else None)
    audit.record("case.procedure.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    drawn = picture(flowchart, page, lang=lang, address=lambda one: _drawing(case, one), position=where)
    return render_template(
        "cases/procedure.html",
        case=case,
        need=need,
        flowchart=flowchart,
        picture=drawn or abort(404),
        ahead=version_ahead(case),
        supervises=can(Permission.CASE_SUPERVISE),
        tabs=[(tab, _drawing(case, tab.id)) for tab in tabs(flowchart, lang=lang) if tab.id in GENERAL],
    )


@bp.get("/cases/<uuid:case_id>/plan")
@requires(READ, reads_person=True)
def plan(case_id: UUID) -> str:
    """The assessment and the plan, opened; a supervisor approves here."""
    case = find_case(case_id)
    asked, notes = overview.asked_approval(case), news.notes_of(case, limit=50)
    audit.record("case.plan.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case, categories=["C5"])
    return render_template(
        "cases/plan.html",
        case=case,
        words=plan_of(case),
        needs=known_needs(case),
        approval=asked,
        criteria=criteria(standing(case), asked.answers, clock.today()) if asked else {},
        approvals=overview.approvals_of(case),
        notes=notes,
        steps=steps_known(case, {note.step for note, _words in notes}),
        authors=overview.authors(case),
        must_approve=needs_approval(case.person.age_band, case.priority),
        flowchart=procedures.flowchart(case.procedure_version_id),
        decides=can(Permission.CASE_SUPERVISE),
    )


@bp.get("/cases/<uuid:case_id>/accesses", endpoint="accesses")
@requires(READ, reads_person=True)
def show_accesses(case_id: UUID) -> str:
    """Who saw or changed this case."""
    case, before = find_case(case_id), request.args.get("before", "")
    page = accesses.accesses_of(case.id, before=int(before) if before.isdecimal() and len(before) < 16 else None)
    audit.record("case.accesses.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    flowchart = procedures.flowchart(case.procedure_version_id)
    return render_template("cases/accesses.html", case=case, page=page, before=before, flowchart=flowchart)


def pairs(members: Iterable[Any]) -> list[tuple[str, str]]:
    """Value and label of the members of a closed set, for the choices of a field."""
    return [(member.value, member.label) for member in members]


def find_case(case_id: UUID, *, lock: bool = False) -> Case:
    """The case, or 404 when it is not one that this user may open; locked, a second writer waits and reads it anew."""
    return visible_case(actor(), case_id, lock=lock) or abort(404)


def _drawing(case: Case, page: str) -> str:
    """Where a page of this case's drawing is; the pages of needs that it does not have show the way of all needs."""
    flowchart = procedures.flowchart(case.procedure_version_id)
    need = next((one for one in case.needs if _pathway(flowchart, one) == page), None)
    if need is not None:
        return url_for("cases.procedure", case_id=case.id, of=need.id) + "#drawing"
    known = page if page in GENERAL else "loop"
    return url_for("cases.procedure", case_id=case.id, page=None if known == "main" else known) + "#drawing"


def _pathway(flowchart: Flowchart, need: CaseNeed) -> str:
    """The drawing page of a need: that of its pathway."""
    steps = flowchart.of_kind(StepKind.PATHWAY)
    return next((step.id for step in steps if step.need == need.need.value), "loop")


def _step_label(case: Case, step: str) -> Any:
    return procedures.flowchart(case.procedure_version_id).steps[step].label


def _reason(case: Case) -> Any:
    """The triage rule that gave the priority, in words."""
    rules = procedures.triage_table(case.procedure_version_id).rules
    return next((rule.reason for rule in rules if rule.number == case.priority_rule), None)


def _situation(case: Case) -> list[Any]:
    """Coded facts of the journey in words: what the header says after sex and age."""
    words = (procedures.fact_words(fact, str(case.facts.get(fact, ""))) for fact in ("migration_status", "source"))
    return [one for one in words if one]
