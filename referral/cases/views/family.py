"""Family, household and guardians of the person of a case, and the search for those who were separated."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.cases.models import Case
from referral.cases.queries import visible_cases
from referral.cases.schemas import uuid_from, version_of
from referral.cases.views import bp
from referral.cases.views.reading import find_case, pairs
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.people import queries as people
from referral.people.actions import relatives as acts
from referral.people.models import PersonLink
from referral.people.queries import relatives
from referral.people.relations import MOVES, NEW, Authority, LinkKind, Tracing
from referral.people.schemas import ChangeSchema, LinkSchema
from sop.vocabulary import N_

NO_SUCH_FILE = N_("You cannot open a file with this code. Check the code, or describe the person in words.")
SAME_FILE = N_("This is the file itself.")


@bp.get("/cases/<uuid:case_id>/family")
@requires(Permission.CASE_READ, reads_person=True)
def family(case_id: UUID) -> str:
    """Who belongs to the person, who decides for a child, who is being looked for."""
    case = find_case(case_id)
    audit.record("person.family.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case, categories=["C3"])
    return render_template(
        "cases/family.html",
        case=case,
        relatives=relatives.relatives_of(actor(), case),
        works=can(Permission.CASE_WORK) and case.closed_at is None,
    )


@bp.get("/cases/<uuid:case_id>/family/new")
@requires(Permission.CASE_WORK, reads_person=True)
def new_link(case_id: UUID) -> Any:
    """Name a relative, a guardian or a companion."""
    return _link_page(find_case(case_id), None, {})


@bp.post("/cases/<uuid:case_id>/family/new")
@requires(Permission.CASE_WORK)
@idempotent
def new_link_post(case_id: UUID) -> Any:
    """Keep it."""
    case = find_case(case_id, lock=True)
    try:
        values = LinkSchema().load(request.form)
        other = _file_of(case, values["code"])
    except ValidationError as error:
        return _link_page(case, None, error.messages_dict), 422
    acts.add_link(case, values, other=other, actor=actor(), now=clock.now())
    flash(_("The person is now in the family and household."), "success")
    return redirect(url_for("cases.family", case_id=case.id), 303)


@bp.get("/cases/<uuid:case_id>/family/<uuid:link_id>")
@requires(Permission.CASE_WORK, reads_person=True)
def link(case_id: UUID, link_id: UUID) -> Any:
    """One relative: what is known, and where the search stands."""
    case = find_case(case_id)
    found = relatives.own_link(case, link_id) or abort(404)
    audit.record("person.family.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case, categories=["C3"])
    return _link_page(case, found, {})


@bp.post("/cases/<uuid:case_id>/family/<uuid:link_id>")
@requires(Permission.CASE_WORK)
@idempotent
def link_post(case_id: UUID, link_id: UUID) -> Any:
    """Say anew what is known; a page that is out of date is shown again."""
    case = find_case(case_id, lock=True)
    found = relatives.own_link(case, link_id) or abort(404)
    schema = ChangeSchema(
        before=found.tracing,
        possible=MOVES[found.tracing],
        agreed=found.agreed_on is not None,
        has_file=found.other_id is not None,
    )
    try:
        values = schema.load(request.form)
        other = _file_of(case, values["code"] if found.other_id is None else "")
    except ValidationError as error:
        return _link_page(case, found, error.messages_dict), 422
    if version_of(request.form) != found.version:
        return _link_page(case, found, {}, stale=True), 409
    agreed_on = clock.today() if values["agreed"] else None
    acts.change_link(case, found, values, other=other, agreed_on=agreed_on, actor=actor(), now=clock.now())
    flash(_("The change is saved."), "success")
    return redirect(url_for("cases.family", case_id=case.id), 303)


@bp.get("/cases/<uuid:case_id>/family/<uuid:link_id>/end")
@requires(Permission.CASE_WORK)
def end_link(case_id: UUID, link_id: UUID) -> Any:
    """Ask once before a tie is taken out."""
    case = find_case(case_id)
    found = relatives.own_link(case, link_id) or abort(404)
    return render_template("cases/end_link.html", case=case, link=found)


@bp.post("/cases/<uuid:case_id>/family/<uuid:link_id>/end")
@requires(Permission.CASE_WORK)
@idempotent
def end_link_post(case_id: UUID, link_id: UUID) -> Any:
    """Take it out."""
    case = find_case(case_id, lock=True)
    acts.end_link(case, relatives.own_link(case, link_id) or abort(404), actor=actor(), now=clock.now())
    flash(_("The tie is taken out, and what was written about the relative is erased."), "success")
    return redirect(url_for("cases.family", case_id=case.id), 303)


@bp.get("/searches")
@requires(Permission.CASE_READ)
def searches() -> str:
    """Everybody who is being looked for in the cases that one may open."""
    after = uuid_from(request.args.get("after", ""))
    page = relatives.searches(actor(), after=after)
    return render_template("cases/searches.html", page=page, after=after, works=can(Permission.CASE_WORK))


def _file_of(case: Case, code: str) -> Case | None:
    """The other file by its code, or nothing where none was typed; ValidationError when it may not be opened."""
    if not code:
        return None
    other = relatives.file_by_code(actor(), code)
    if other is None:
        raise ValidationError({"code": [NO_SUCH_FILE]})
    if other.person_id == case.person_id:
        raise ValidationError({"code": [SAME_FILE]})
    return other


def _link_page(case: Case, found: PersonLink | None, errors: Any, *, stale: bool = False) -> str:
    words = relatives.words_of(case.person_id).get(str(found.id), {}) if found else {}
    known = {"kind": found.kind, "authority": found.authority, "tracing": found.tracing, **words} if found else {}
    household = {"same_household": "yes"} if found and found.same_household else {}
    steps = (found.tracing, *MOVES[found.tracing]) if found else NEW
    return render_template(
        "cases/link.html",
        case=case,
        link=found,
        typed=request.form if request.method == "POST" and not stale else {**known, **household},
        errors=errors,
        stale=stale,
        kinds=pairs(LinkKind),
        authorities=pairs(Authority),
        steps=pairs(steps),
        may_seek=Tracing.SOUGHT in steps and (found is None or found.agreed_on is None),
        alike=_alike(case, words.get("name", "")) if found and found.tracing.open else [],
    )


def _alike(case: Case, name: str) -> list[Case]:
    """Files that the actor may open whose person bears such a name."""
    if not name:
        return []
    return [one for one in people.people(actor(), visible_cases(actor()), name) if one.person_id != case.person_id]
