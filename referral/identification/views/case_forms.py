"""Forms inside a case: what was filled in, what may be, reading one that is finished, filling it in again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, request, url_for

from referral.cases.models import Case
from referral.cases.queries import visible_case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.foundation.transactions import commit_now
from referral.identification.actions import case_forms as actions
from referral.identification.documents import filled_form
from referral.identification.queries import case_forms as queries
from referral.identification.queries.case_forms import Filled
from referral.identification.views import bp
from referral.identification.views.going import form_title, to_screen
from referral.people.queries import revealable_cases
from referral.people.relations import Purpose
from sop.form_index import code_of
from sop.vocabulary import N_, Message

NO_SUCH_FORM = Message("no_such_form", N_("This form is not in force, or does not belong to a case."))


@bp.get("/cases/<uuid:case_id>/forms")
@requires(Permission.CASE_READ, reads_person=True)
def case_forms(case_id: UUID) -> Any:
    """The forms of a case, and for whoever works on it those that may be filled in."""
    case = _case(case_id)
    audit.record("case.forms.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    works = can(Permission.CASE_WORK) and case.closed_at is None
    return render_template(
        "identification/case_forms.html",
        case=case,
        filled=queries.filled(case),
        blanks=queries.blanks(case, clock.now()) if works else [],
        works=works,
        me=actor().id,
    )


@bp.post("/cases/<uuid:case_id>/forms")
@requires(Permission.CASE_WORK)
@idempotent
def begin_case_form(case_id: UUID) -> Any:
    """A draft of a form, with the answers of a finished one (`former`) when it is filled in again."""
    case = _case(case_id, lock=True)
    version = queries.in_force(request.form.get("form", "")[:64])
    if version is None:
        raise RuleViolation(NO_SUCH_FORM, status=422)
    former = _former(case, request.form.get("former", ""), version.name)
    draft = actions.begin(
        case, version, former=former.submission if former else None, actor=actor(), today=clock.today(), now=clock.now()
    )
    return to_screen(draft)


@bp.get("/cases/<uuid:case_id>/forms/<uuid:submission_id>")
@requires(Permission.CASE_READ, reads_person=True)
def case_form(case_id: UUID, submission_id: UUID) -> Any:
    """A finished form, as far as base consent goes; nothing that names or shows the person."""
    case = _case(case_id)
    found = queries.reading(actor(), case, _filled(case, submission_id), today=clock.today())
    _noted("case.form.read", case, found)
    return _page(case, found)


@bp.post("/cases/<uuid:case_id>/forms/<uuid:submission_id>")
@requires(Permission.IDENTITY_REVEAL)
def uncover_case_form(case_id: UUID, submission_id: UUID) -> Any:
    """The same with what names the person, for this one view; of a protected name the trail also keeps why."""
    case = db.session.scalar(revealable_cases(actor()).where(Case.id == case_id)) or abort(404)
    one = _filled(case, submission_id)
    purpose = next((one for one in Purpose if one.value == request.form.get("purpose")), None)
    if case.person.protection is not None and purpose is None:
        return render_template("people/purpose.html", case=case, asked="purpose" in request.form, purposes=Purpose)
    found = queries.reading(actor(), case, one, today=clock.today(), uncover=True)
    _noted("case.form.reveal", case, found, **({"purpose": purpose.value} if purpose else {}))
    return _page(case, found)


@bp.get("/cases/<uuid:case_id>/forms/<uuid:submission_id>/form.pdf")
@requires(Permission.CASE_READ, reads_person=True)
def case_form_pdf(case_id: UUID, submission_id: UUID) -> Any:
    """The same on paper, never with what names or shows the person: paper is left lying about."""
    case, now, lang = _case(case_id), clock.now(), page_language()
    found = queries.reading(actor(), case, _filled(case, submission_id), today=clock.today())
    title, code, organization, head = form_title(found.filled.version), case.code, case.organization.name, audit.head()
    _noted("case.form.print", case, found)
    commit_now()
    content = filled_form(
        found, title=title, case_code=code, organization=organization, lang=lang, printed_at=now, audit_head=head
    )
    response = Response(content, mimetype="application/pdf")
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"{code}-{code_of(found.filled.version.name)}.pdf"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _case(case_id: UUID, *, lock: bool = False) -> Case:
    return visible_case(actor(), case_id, lock=lock) or abort(404)


def _filled(case: Case, submission_id: UUID) -> Filled:
    return queries.filled_form(case, submission_id) or abort(404)


def _former(case: Case, given: str, name: str) -> Filled | None:
    """The form whose answers are wanted again, finished or a colleague's draft; one of another case or form is none."""
    try:
        found = queries.form_of_case(case, UUID(given)) if given else None
    except ValueError:
        return None
    return found if found and found.version.name == name else None


def _noted(act: str, case: Case, found: queries.Reading, **more: str) -> None:
    opened = [one.value for one in found.opened]
    subject = found.filled.submission
    audit.record(act, actor=actor(), now=clock.now(), case_id=case.id, subject=subject, categories=opened, **more)


def _page(case: Case, found: queries.Reading) -> str:
    """`again`: whether it may be filled in anew, in the version in force now."""
    name = found.filled.version.name
    again = can(Permission.CASE_WORK) and case.closed_at is None and queries.in_force(name) is not None
    uncover = url_for(".uncover_case_form", case_id=case.id, submission_id=found.filled.submission.id)
    return render_template(
        "identification/case_form.html",
        case=case,
        reading=found,
        again=again,
        uncover=uncover,
        file_url=lambda one: url_for(".case_file", case_id=case.id, attachment_id=one.id),
    )
