"""Rows into the sharing request: who would see what of which case, under which consent and agreement, today.

Organisations are named by their id, so that two of the same acronym are never taken for each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, or_, select

from referral.cases.models import Case
from referral.consent import grounds, request, states, wording
from referral.consent.assumptions import DEFAULTS
from referral.consent.models import Consent
from referral.consent.queries.consents import current_consent
from referral.consent.request import Request
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.grants import Role
from referral.partners.models import Agreement, Organization, User
from referral.partners.queries import agreements_between
from referral.people.models import PersonBlock
from referral.providers.models import ServiceStaff
from referral.referrals.models import Referral
from sop.vocabulary import MINIMUM, Category, Need

YEAR = 365.25
ROLE_WORDS = {Role.COMMITTEE: "steering"}
"""Roles that the decision knows under another word."""

NO_AGREEMENT = request.Agreement(
    exists=False, signed_both=False, since=None, until=None, suspended=False, categories=frozenset(),
    purposes=frozenset(), cross_border=False, transfer_ok=False, onward=False,
)  # fmt: skip
NO_CONSENT = request.Consent(
    state="none", recipients=frozenset(), purposes=frozenset(), categories=frozenset(), explicit=frozenset(),
    until=None, language_ok=False, interpreter=False, mark="", witness=False, assent=False, guardian=False,
    bip_decision=False, representative=False, coerced=False, version_ok=False, given_age=None,
)  # fmt: skip


def request_for(
    referral: Referral,
    *,
    actor: Any = None,
    categories: Iterable[Category | str] | None = None,
    now: datetime,
    action: str = "view",
) -> Request:
    """The question whether `actor` may see `categories` of the case because of this referral.

    Without an actor: the staff member of the addressed service who is best placed to receive it. Without categories:
    those of the referral; while it is a draft, the need's minimum and whatever else the person agreed to.
    """
    today = now.astimezone(clock.zone()).date()
    case, purpose = referral.case, wording.purpose_of(referral.need)
    consent = current_consent(referral.case_id, referral.organization_id, purpose)
    asked = asked_categories(referral, consent) if categories is None else frozenset(map(Category, categories))
    draft = Request(
        today=today,
        actor=_staff(referral, today) if actor is None else _user(actor, referral, today),
        action=action,
        categories=asked,
        purpose=purpose,
        case=_case(case, today),
        consent=_consent(consent),
        agreement=NO_AGREEMENT,
        referral=_referral(referral),
    )
    return _under_best_agreement(draft, agreements_between(case.organization_id, referral.organization_id))


def request_about(case: Case, organization: Organization, need: Need, *, now: datetime) -> Request:
    """The question whether an organisation may see a need's minimum of a case: by its latest referral, if any.

    Without a referral it is judged for staff in good order: the answer says what is missing beside the referral.
    """
    latest = (
        select(Referral)
        .where(Referral.case_id == case.id, Referral.organization_id == organization.id, Referral.need == need)
        .order_by(Referral.created_at.desc())
        .limit(1)
    )
    if (referral := db.session.scalar(latest)) is not None:
        return request_for(referral, now=now)
    today, purpose = now.astimezone(clock.zone()).date(), wording.purpose_of(need)
    consent = current_consent(case.id, organization.id, purpose)
    blocked = db.session.scalar(
        select(exists().where(PersonBlock.person_id == case.person_id, PersonBlock.organization_id == organization.id))
    )
    draft = Request(
        today=today,
        actor=request.Actor(
            org=str(organization.id), role=Role.PROVIDER.value, active=True, trained=True, conflict=False,
            assigned=True, kind=organization.kind.value, blocked=bool(blocked), signatory=organization.signatory,
        ),
        action="view",
        categories=frozenset(MINIMUM[need]) | frozenset(map(Category, consent.categories if consent else ())),
        purpose=purpose,
        case=_case(case, today),
        consent=_consent(consent),
        agreement=NO_AGREEMENT,
        referral=request.Referral("none"),
    )  # fmt: skip
    return _under_best_agreement(draft, agreements_between(case.organization_id, organization.id))


def bare_request(case: Case, actor: request.Actor, **more: Any) -> Request:
    """A question that neither consent, agreement nor referral answers: an emergency or an order.

    `more`: categories, purpose, action, and what is declared (`emergency`, `order`); `today` is a day.
    """
    asked = _case(case, more["today"])
    immune = more.pop("immune", False)
    return Request(
        actor=actor, case=replace(asked, immune=immune), consent=NO_CONSENT, agreement=NO_AGREEMENT,
        referral=request.Referral("none"), **more,
    )  # fmt: skip


def actor_of(user: User, case: Case, today: date) -> request.Actor:
    """Somebody who asks about a case of another organisation, without any referral."""
    mine = or_(PersonBlock.user_id == user.id, PersonBlock.organization_id == user.organization_id)
    blocked = db.session.scalar(select(exists().where(PersonBlock.person_id == case.person_id, mine)))
    return _actor(user, user.organization, user.id == case.manager_id, today, blocked=bool(blocked))


def asked_categories(referral: Referral, consent: Consent | None) -> frozenset[Category]:
    """What is asked to cross: the package fixed at sending, or the minimum and what the person agreed to beside it."""
    if referral.sent_at is not None:
        return frozenset(map(Category, referral.categories))
    return frozenset(MINIMUM[referral.need]) | frozenset(map(Category, consent.categories if consent else ()))


def age_of(case: Case, today: date) -> int | None:
    """Age in completed years, never too high: that at identification and the whole years since; None when in doubt."""
    age = case.facts.get("age")
    if case.facts.get("age_band") not in ("minor", "adult") or not isinstance(age, int):
        return None
    return age + max(0, int((today - case.identified_at.astimezone(clock.zone()).date()).days / YEAR))


def agreement_with(case: Case, organization_ids: Iterable[UUID], purpose: str, today: date) -> dict[UUID, str]:
    """What is wrong with the best agreement towards each organisation (rules M), by id; empty where it is in force.

    The case's own organisation needs none.
    """
    ids = set(organization_ids)
    query = select(Agreement).where(Agreement.holder_id == case.organization_id, Agreement.partner_id.in_(ids))
    rows = list(db.session.scalars(query))
    skeleton = replace(_NOTHING, today=today, purpose=purpose)
    answers = {}
    for one in ids:
        best = _under_best_agreement(skeleton, [row for row in rows if row.partner_id == one])
        answers[one] = "" if one == case.organization_id else _first_ground(best)
    return answers


def agreement_row(referral: Referral, asked: Request) -> Agreement | None:
    """The agreement that a request was judged under."""
    rows = agreements_between(referral.case.organization_id, referral.organization_id)
    return next((row for row in rows if _agreement(row) == asked.agreement), None)


def _under_best_agreement(draft: Request, rows: list[Agreement]) -> Request:
    return min((replace(draft, agreement=_agreement(row)) for row in rows), key=_hindrance, default=draft)


def _hindrance(one: Request) -> tuple[int, int]:
    """How far an agreement gets: the later the ground that stops it, the better; then what it leaves uncovered."""
    code = _first_ground(one)
    order = [ground for ground, _ in grounds.AGREEMENT]
    return (len(order) - order.index(code) if code else 0, len(grounds.uncovered(one)))


def _first_ground(one: Request) -> str:
    return next((code for code, applies in grounds.AGREEMENT if applies(one, DEFAULTS)), "")


def _agreement(row: Agreement) -> request.Agreement:
    read = states.agreement_fields(row.state.value, row.effective_from, row.effective_until)
    return request.Agreement(
        exists=read["exists"],
        signed_both=read["signed_both"],
        since=read["since"],
        until=read["until"],
        suspended=read["suspended"],
        categories=frozenset(map(Category, row.categories)),
        purposes=frozenset(row.purposes),
        cross_border=row.cross_border,
        transfer_ok=row.transfer_authorised,
        onward=row.onward,
    )


def _consent(row: Consent | None) -> request.Consent:
    if row is None:
        return NO_CONSENT
    return request.Consent(
        state=row.state.value,
        recipients=frozenset({str(row.recipient_id)}),
        purposes=frozenset({row.purpose}),
        categories=frozenset(map(Category, row.categories)),
        explicit=frozenset(map(Category, row.explicit)),
        until=row.valid_until,
        language_ok=row.understood,
        interpreter=row.interpreter,
        mark=row.mark.value,
        witness=row.witnessed,
        assent=row.assent,
        guardian=row.guardian,
        bip_decision=row.best_interests,
        representative=row.representative,
        coerced=row.conditional,
        version_ok=wording.is_current(row.purpose, row.form_code),
        given_age=row.given_age,
    )


def _case(case: Case, today: date) -> request.Case:
    fear = case.facts.get("fear_of_return")
    asks = "ASI" in case.facts.get("needs", ()) or any(need.need.value == "ASI" for need in case.needs)
    return request.Case(
        owner=str(case.organization_id),
        status=case.state.value,
        age=age_of(case, today),
        capacity=case.capacity,
        asylum=True if asks or fear in (True, "unknown") else False if fear is False else None,
        legal_hold=case.legal_hold,
        erased=case.erased_at is not None,
    )


def _referral(referral: Referral) -> request.Referral:
    done = referral.completed_at
    return request.Referral(referral.state.value, done.astimezone(clock.zone()).date() if done else None)


def _user(user: User, referral: Referral, today: date) -> request.Actor:
    """Somebody who looks: the case manager, the supervisor of that team, or staff of the addressed service."""
    case = referral.case
    own = user.organization_id == case.organization_id
    works = own and (user.id == case.manager_id or user.role is Role.SUPERVISOR)
    listed, blocked = _standing(user, referral)
    takes = listed and referral.taken_by_id in (None, user.id)
    return _actor(user, user.organization, works or takes, today, blocked=blocked)


def _standing(user: User, referral: Referral) -> tuple[bool, bool]:
    """Whether somebody is listed on the addressed service, and whether the person blocked them or that organisation."""
    asked = {
        "user": user.id,
        "service": referral.service_at_location.service_id,
        "person": referral.case.person_id,
        "organization": referral.organization_id,
    }
    listed, blocked, shut = db.session.execute(_STANDING, asked).one()
    listed = listed and user.organization_id == referral.organization_id
    return listed, blocked or (shut and listed)


def _staff(referral: Referral, today: date) -> request.Actor:
    """Whoever took the referral, else the best placed of the listed staff; nobody listed is nobody assigned."""
    blocked = _blocked(referral)
    taken = referral.taken_by_id
    found = [(user, focal) for user, focal in _listed(referral) if taken in (None, user.id)]
    found.sort(key=lambda one: (one[0].id in blocked, not one[0].active, one[0].undertaking_on is None, not one[1]))
    if found:
        user = found[0][0]
        return _actor(user, referral.organization, True, today, blocked=user.id in blocked)
    return request.Actor(
        org=str(referral.organization_id), role=Role.PROVIDER.value, active=True, trained=True, conflict=False,
        assigned=False, kind=referral.organization.kind.value, blocked=referral.organization_id in blocked,
        signatory=referral.organization.signatory,
    )  # fmt: skip


def _actor(
    user: User, organization: Organization | None, assigned: bool, today: date, *, blocked: bool
) -> request.Actor:
    signed = user.undertaking_on
    return request.Actor(
        org=str(organization.id) if organization else "",
        role=ROLE_WORDS.get(user.role, user.role.value),
        active=user.active,
        trained=signed is not None and signed <= today,
        conflict=False,
        assigned=assigned,
        kind=organization.kind.value if organization else "",
        blocked=blocked,
        signatory=bool(organization and organization.signatory),
    )


def _listed(referral: Referral) -> list[tuple[User, bool]]:
    """Staff listed on the addressed service who still belong to its organisation, and whether they are focal points."""
    asked = {"service": referral.service_at_location.service_id, "organization": referral.organization_id}
    return [(user, focal) for user, focal in db.session.execute(_LISTED, asked)]


_LISTED = (
    select(User, ServiceStaff.focal_point)
    .join(ServiceStaff, ServiceStaff.user_id == User.id)
    .where(ServiceStaff.service_id == bindparam("service"), User.organization_id == bindparam("organization"))
    .order_by(User.username)
)
_OF_PERSON = PersonBlock.person_id == bindparam("person")
_STANDING = select(
    exists().where(ServiceStaff.service_id == bindparam("service"), ServiceStaff.user_id == bindparam("user")),
    exists().where(PersonBlock.person_id == bindparam("person"), PersonBlock.user_id == bindparam("user")),
    exists().where(
        PersonBlock.person_id == bindparam("person"), PersonBlock.organization_id == bindparam("organization")
    ),
)
_BLOCKED = select(PersonBlock.user_id, PersonBlock.organization_id).where(_OF_PERSON)
"""Of every sharing decision, so they are built once."""


def staff_of(referral: Referral) -> list[User]:
    """The staff who are told about a referral: listed on the service, active, undertaking signed, not blocked."""
    blocked = _blocked(referral)
    if referral.organization_id in blocked:
        return []
    listed = [user for user, _ in _listed(referral) if user.id not in blocked]
    return [user for user in listed if user.active and user.undertaking_on is not None]


def _blocked(referral: Referral) -> set[UUID]:
    """Ids of users that the person blocked; with a blocked organisation, all its listed staff and its own id."""
    rows = db.session.execute(_BLOCKED, {"person": referral.case.person_id}).all()
    organizations = {row.organization_id for row in rows}
    found = {row.user_id for row in rows if row.user_id}
    if referral.organization_id in organizations:
        found |= {user.id for user, _ in _listed(referral)} | {referral.organization_id}
    return found


_NOTHING = Request(
    today=date.min,
    actor=request.Actor(org="", role="", active=False, trained=False, conflict=False, assigned=False),
    action="preview",
    categories=frozenset(),
    purpose="",
    case=request.Case(owner="", status="", age=None, capacity=None, asylum=None, legal_hold=False, erased=False),
    consent=NO_CONSENT,
    agreement=NO_AGREEMENT,
    referral=request.Referral("none"),
)
"""Nobody asks nothing: what an agreement alone is judged on."""
