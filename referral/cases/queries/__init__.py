"""SELECTs of the case file. `visible_cases` is at once the list's filter and the door to one case."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import joinedload

from referral.cases.models import Case, CaseTask
from referral.cases.rules import LIVE, CaseState
from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.foundation.grants import Permission, Scope, scope_of

WAITING = (CaseState.OPEN, CaseState.BEST_INTERESTS)
KNOWN = (*LIVE, CaseState.CLOSED)
_WAITING = or_(*(Case.state == one for one in WAITING))
_KNOWN = or_(*(Case.state == one for one in KNOWN))


def visible_cases(actor: Actor) -> Select[Case]:
    """Cases that `actor` may open: assigned to them, or held by the own organisation, by the scope of the role."""
    return select(Case).where(_KNOWN, _reach(actor, Permission.CASE_READ, Case.manager_id))


def worked_cases(actor: Actor) -> Select[UUID]:
    """The cases that the actor works on, closed ones included."""
    works = scope_of(actor.role, Permission.CASE_WORK) is not Scope.NONE
    return visible_cases(actor).with_only_columns(Case.id).where(true() if works else false())


def visible_prefiles(actor: Actor) -> Select[Case]:
    """Files that wait for base consent, for whoever entered them; the receiving organisation sees no more than C1."""
    return select(Case).where(_WAITING, _reach(actor, Permission.PREFILE_READ, Case.identified_by_id))


def waiting_prefiles(actor: Actor) -> Select[Case]:
    """Files that wait for base consent in a supervisor's organisation: code, priority and reason only (C1)."""
    held = scope_of(actor.role, Permission.CASE_SUPERVISE) is Scope.ORGANIZATION
    reach = Case.organization_id == actor.organization_id if held else false()
    return select(Case).where(_WAITING, reach)


def coordinated_cases(actor: Actor) -> Select[Case]:
    """Live cases for the coordination: codes, deadlines and gaps, never identity (rule O5)."""
    allowed = scope_of(actor.role, Permission.CASE_COORDINATE) is Scope.ALL
    return select(Case).where(Case.state.in_(LIVE), true() if allowed else false())


def _reach(actor: Actor, permission: Permission, own: object) -> ColumnElement[bool]:
    scope = scope_of(actor.role, permission)
    if scope is Scope.OWN:
        return own == actor.id  # type: ignore[return-value]
    if scope is Scope.ORGANIZATION:
        return Case.organization_id == actor.organization_id
    return true() if scope is Scope.ALL else false()


visible_case = Door(visible_cases, Case.id, load=lambda: (joinedload(Case.needs), joinedload(Case.person)))
"""One case with its needs and its organisation, if `actor` may open it."""


def open_tasks(case_id: UUID) -> list[CaseTask]:
    """Tasks of a case that are still to be done, the most pressing first."""
    query = select(CaseTask).where(CaseTask.case_id == case_id, CaseTask.done_at.is_(None)).order_by(CaseTask.due_at)
    return list(db.session.scalars(query))


def other_files(person_id: UUID, but: UUID) -> bool:
    """Whether the person has another file that is not erased: then what names them stays with it."""
    query = select(Case.id).where(Case.person_id == person_id, Case.id != but, Case.erased_at.is_(None)).limit(1)
    return db.session.scalar(query) is not None
