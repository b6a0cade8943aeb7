"""SELECTs of identification: own drafts and pre-files, what a form holds so far, who could receive a pre-file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import joinedload

from directory.edit import show_phone
from directory.taxonomy import Disclosure, Status, Visibility
from referral.cases.models import Case, CaseTask
from referral.cases.queries import WAITING, visible_prefiles
from referral.cases.queries.progress import stages, todo
from referral.cases.rules import LIVE, CaseState
from referral.consent.models import Consent, ConsentState
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.foundation.doors import Door, Listing
from referral.foundation.grants import Permission, Role, Scope, scope_of
from referral.identification.models import Attachment, Submission, SubmissionState
from referral.identification.rules import BASE_PURPOSE, Receiver, base_categories, choose_receiver, with_files
from referral.partners.models import Organization, User
from referral.procedures import queries as procedures
from referral.providers.models import Location, Service, ServiceAtLocation, ServiceContact
from sop.agenda import Stage, Todo
from sop.facts import suggested_needs
from sop.forms import Form, FormState, Screen
from sop.paths import filled, join_parts
from sop.triage import Verdict
from sop.vocabulary import Category, Need

FORM = "identification"
SHOWN = 50
FINISHED = 20
READ_ALOUD = frozenset({"fra", "eng", "unknown", None})
"""Languages of interview in which the texts exist, or that nobody noted."""


@dataclass(frozen=True)
class Filling:
    """A form as far as it is filled in: what was typed, and what the form says to it when it is asked."""

    submission: Submission
    form: Form
    typed: dict[str, Any]
    today: date
    now: datetime
    attached: frozenset[str] = frozenset()

    @cached_property
    def state(self) -> FormState:
        """What applies, what is missing, what is wrong; a file that an answer names has to be there (`attached`)."""
        state = self.form.evaluate(self.typed, today=self.today, now=self.now)
        return with_files(self.form, state, self.attached)

    @property
    def files_asked(self) -> bool:
        """Whether the form asks for files at all."""
        return any(one.type.is_attachment for one in self.form)

    def attaching(self, added: Iterable[str], removed: Iterable[str]) -> Filling:
        """The same form with files that were just added or taken away."""
        return replace(self, attached=(self.attached - set(removed)) | set(added))

    def having(self, given: Mapping[str, Any]) -> Filling:
        """The same form with what was just typed, by path."""
        return replace(self, typed=filled(self.typed, given))


def visible_submissions(actor: Actor) -> Select[Submission]:
    """Own drafts, and what the own pre-files were made from until they are handed over."""
    waiting = visible_prefiles(actor).with_only_columns(Case.id)
    entered = and_(_ENTERED, Submission.case_id.in_(waiting))
    return select(Submission).where(Submission.author_id == actor.id, or_(_DRAFT, entered))


_DRAFT = Submission.state == SubmissionState.DRAFT
_ENTERED = Submission.state == SubmissionState.SUBMITTED

own_submission = Door(visible_submissions, Submission.id)
own_draft = Door(visible_submissions, Submission.id, where=(_DRAFT,))
"""One of them, whatever its state or while it is a draft."""


def typed_in(number: str) -> Submission | None:
    """What was typed in from the sheet of paper with this number, whoever did; shown to others only as a fact."""
    return db.session.scalar(select(Submission).where(Submission.paper_number == number))


def drafts(actor: Actor) -> Select[Submission]:
    """Own forms that are not submitted yet, the last one touched first."""
    return visible_submissions(actor).where(_DRAFT).order_by(Submission.saved_at.desc(), Submission.id)


def prefiles(actor: Actor) -> Select[Case]:
    """Own pre-files, the most pressing first."""
    return visible_prefiles(actor).order_by(Case.next_due_at.asc().nulls_last(), Case.identified_at, Case.id)


own_prefile = Door(visible_prefiles, Case.id, load=lambda: (joinedload(Case.organization), joinedload(Case.person)))
"""One of them, until it is handed over."""


def finished(actor: Actor) -> Select[UUID, str, CaseState, datetime | None, datetime | None]:
    """What the actor identified and no longer sees: only its code, and what became of it."""
    return (
        select(Case.id, Case.code, Case.state, Case.opened_at, Case.closed_at)
        .where(Case.identified_by_id == actor.id, Case.state.not_in(WAITING))
        .order_by(Case.identified_at.desc(), Case.id)
        .limit(FINISHED)
    )


def announced(actor: Actor) -> Select[Case]:
    """Pre-files addressed to the own organisation: code, priority and reason may be shown, nothing else."""
    query = select(Case).where(Case.state.in_(WAITING), _receives(actor))
    return query.order_by(Case.next_due_at.asc().nulls_last(), Case.identified_at, Case.id)


def _receives(actor: Actor) -> ColumnElement[bool]:
    return Case.organization_id == actor.organization_id if _may_receive(actor) else false()


def _may_receive(actor: Actor) -> bool:
    return scope_of(actor.role, Permission.CASE_READ) in (Scope.OWN, Scope.ORGANIZATION)


def sheet_cases(actor: Actor) -> Select[Case]:
    """Files for which the actor may hand out the information sheet: own pre-files, and those that were declined."""
    own = and_(Case.identified_by_id == actor.id, Case.state.in_((*WAITING, CaseState.DECLINED)))
    return select(Case).where(own)


def typed_answers(submission: Submission) -> dict[str, Any]:
    """What was typed so far, wrong or right, by question."""
    return join_parts(sealing.read(submission.id, Category).values())


def filling(submission: Submission, *, today: date, now: datetime) -> Filling:
    """The form of a submission with its answers."""
    form = procedures.form(submission.form_version_id)
    found = Filling(submission, form, typed_answers(submission), today, now)
    return replace(found, attached=frozenset(attached(submission))) if found.files_asked else found


def attachments(submission_id: UUID) -> list[Attachment]:
    """What is attached to a form, without the bytes."""
    query = select(Attachment).where(Attachment.submission_id == submission_id).order_by(Attachment.path)
    return list(db.session.scalars(query))


def attached(submission: Submission) -> dict[str, Attachment]:
    """What is attached to a form, by path."""
    return {one.path: one for one in attachments(submission.id)}


def verdict_of(case: Case) -> Verdict:
    """The triage verdict in words, computed again from the coded facts under the case's own version."""
    return procedures.triage_table(case.procedure_version_id).decide(case.facts)


def tasks_of(cases: Iterable[Case]) -> dict[UUID, list[CaseTask]]:
    """Open tasks of several cases, in one SELECT."""
    ids = [case.id for case in cases]
    if not ids:
        return {}
    query = select(CaseTask).where(CaseTask.case_id.in_(ids), CaseTask.done_at.is_(None)).order_by(CaseTask.due_at)
    found: dict[UUID, list[CaseTask]] = defaultdict(list)
    for task in db.session.scalars(query):
        found[task.case_id].append(task)
    return found


def refusals(case: Case) -> int:
    """How often base consent was refused."""
    return db.session.scalar(_REFUSALS, {"case": case.id, "recipient": case.organization_id}) or 0


_REFUSALS = select(func.count(Consent.id.distinct())).where(
    Consent.case_id == bindparam("case"),
    Consent.purpose == BASE_PURPOSE,
    Consent.state == ConsentState.REFUSED,
    Consent.recipient_id == bindparam("recipient"),
)


def categories_held(case: Case) -> list[Category]:
    """Categories under which something is sealed for the person or the case."""
    return sorted(sealing.held(case.person_id, case.id), key=lambda category: category.order)


def receiving_organization(*, region: str, child: bool) -> Organization | None:
    """The organisation that `identification.rules.choose_receiver` picks among those with case managers."""
    chosen = choose_receiver(receivers(), region=region, child=child)
    return db.session.get(Organization, chosen.id) if chosen else None


def receivers() -> list[Receiver]:
    """Organisations with active case managers."""
    managers: dict[UUID, set[str]] = defaultdict(set)
    counts: dict[UUID, int] = defaultdict(int)
    staff = select(User.organization_id, User.region).where(User.role == Role.CASE_MANAGER, User.active)
    for organization_id, region in db.session.execute(staff):
        if organization_id is not None:
            managers[organization_id].add(region)
            counts[organization_id] += 1
    live = select(Case.organization_id, func.count()).where(Case.state.in_((*LIVE, *WAITING)))
    loads = dict(db.session.execute(live.group_by(Case.organization_id)).all())
    found = db.session.scalars(select(Organization).where(Organization.id.in_(managers)))
    return [
        Receiver(
            one.id,
            one.folded_name or one.name,
            frozenset((managers[one.id] | {one.region}) - {""}),
            frozenset(one.mandates),
            counts[one.id],
            loads.get(one.id, 0),
        )
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One line of the information sheet: what is public about a service."""

    service: str
    organization: str
    place: str
    phones: tuple[str, ...]


def sheet_entries(region: str, *, limit: int = 40) -> list[SheetEntry]:
    """Public services of a region that a person may turn to on their own; refuges are never listed."""
    query = (
        select(ServiceAtLocation)
        .join(ServiceAtLocation.service)
        .outerjoin(ServiceAtLocation.location)
        .where(Service.status == Status.ACTIVE, Service.visibility == Visibility.PUBLIC)
        .where(Service.archived.is_(False), ServiceAtLocation.archived.is_(False))
        .where(
            or_(
                Location.pcode.startswith(region, autoescape=True),
                Service.remote,
                Location.pcode.is_(None),
                Location.pcode == "",
            )
        )
        .where(or_(Location.id.is_(None), Location.disclosure != Disclosure.ON_REQUEST))
        .order_by(Service.folded_name, Service.name, ServiceAtLocation.id)
        .limit(limit)
    )
    places = list(db.session.scalars(query).unique())
    phones: dict[UUID, list[str]] = defaultdict(list)
    public = select(ServiceContact.service_at_location_id, ServiceContact.phone).where(
        ServiceContact.service_at_location_id.in_([one.id for one in places]),
        ServiceContact.visibility == Visibility.PUBLIC,
        ServiceContact.phone != "",
    )
    for place_id, phone in db.session.execute(public.order_by(ServiceContact.function)):
        phones[place_id].append(show_phone(phone))
    return [
        SheetEntry(
            one.service.name,
            one.service.organization.name,
            _where(one.location),
            tuple(dict.fromkeys(phones[one.id])),
        )
        for one in places
    ]


def _where(location: Location | None) -> str:
    if location is None:
        return ""
    street = location.address if location.disclosure is Disclosure.EXACT else ""
    return ", ".join(part for part in (street, location.city) if part)


@dataclass(frozen=True, slots=True)
class PrefileLine:
    """A pre-file as a list shows it: the file, what to do next on it, tasks beside the procedure."""

    case: Case
    next: Todo | None
    label: Mapping[str, str]
    tasks: list[CaseTask]


@dataclass(frozen=True, slots=True)
class Overview:
    """What a first responder finds on the first page; `announced` is for staff of a receiving organisation."""

    drafts: list[tuple[Submission, Screen | None]]
    prefiles: list[PrefileLine]
    finished: list[Any]
    announced: list[tuple[Case, Verdict]]


def overview(actor: Actor, now: datetime, *, lang: str) -> Overview:
    """Own drafts, own pre-files, what was handed over, and what the own organisation will receive."""
    own = list(_OWN(actor).scalars())
    tasks = tasks_of(own)
    return Overview(
        [(draft, _screen(draft)) for draft in _DRAFTS(actor).scalars()],
        [_line(case, tasks.get(case.id, []), now, lang) for case in own],
        list(_FINISHED(actor)),
        [(case, verdict_of(case)) for case in (_COMING(actor).scalars() if _may_receive(actor) else ())],
    )


_DRAFTS = Listing(lambda actor: drafts(actor).limit(SHOWN))
_OWN = Listing(lambda actor: prefiles(actor).limit(SHOWN))
_FINISHED = Listing(finished)
_COMING = Listing(lambda actor: announced(actor).where(Case.identified_by_id != actor.id).limit(SHOWN))


def _screen(draft: Submission) -> Screen | None:
    screens = procedures.form(draft.form_version_id).screens()
    return next((one for one in screens if one.name == draft.screen), None)


def _line(case: Case, tasks: list[CaseTask], now: datetime, lang: str) -> PrefileLine:
    items = todo(case, now, lang=lang)
    first = items[0] if items else None
    label = procedures.flowchart(case.procedure_version_id).steps[first.step].label if first else {}
    return PrefileLine(case, first, label, tasks)


@dataclass(frozen=True, slots=True)
class Ahead:
    """One thing to do on a pre-file, with its step's name."""

    item: Todo
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PrefileView:
    """All that a pre-file's page shows: codes and the procedure, no sealed content."""

    case: Case
    verdict: Verdict
    ahead: list[Ahead]
    stages: list[Stage]
    tasks: list[CaseTask]
    needs: list[Need]
    suggested: tuple[Need, ...]
    unknown: list[Mapping[str, str]]
    submission_id: UUID | None


def prefile_view(case: Case, now: datetime, lang: str) -> PrefileView:
    """Priority and by which rule, needs, what must happen now in the procedure's order."""
    verdict = verdict_of(case)
    steps = procedures.flowchart(case.procedure_version_id).steps
    facts = procedures.triage_table(case.procedure_version_id).facts
    return PrefileView(
        case,
        verdict,
        [Ahead(item, steps[item.step].label) for item in todo(case, now, lang=lang)],
        stages(case),
        tasks_of([case]).get(case.id, []),
        [Need(code) for code in case.facts.get("needs", ())],
        suggested_needs(case.facts),
        [fact.label for fact in facts if fact.field.name in verdict.unknown],
        db.session.scalar(select(Submission.id).where(Submission.case_id == case.id)),
    )


def asked_categories(case: Case) -> tuple[list[Category], list[Category]]:
    """What base consent asks for, plain and sensitive; the case code itself (C1) needs no tick."""
    plain, sensitive = base_categories(categories_held(case))
    return [one for one in plain if one is not Category.C1], sensitive


def base_recipients(case: Case, actor: Any) -> list[str]:
    """Who receives by base consent: the first responder's organisation and the receiving one, each once."""
    return list(dict.fromkeys(one.name for one in (actor.organization, case.organization) if one is not None))


def spoken_language(case: Case) -> Mapping[str, str] | None:
    """The name of the language of the interview, when no text exists in it and an interpreter is needed."""
    code = case.facts.get("language")
    if code in READ_ALOUD:
        return None
    submission = db.session.scalar(select(Submission).where(Submission.case_id == case.id))
    if submission is None:
        return None
    form = procedures.form(submission.form_version_id)
    asked = next((one for one in form if one.fact == "language"), None)
    return next((one.label for one in form.options(asked) if one.name == code), None) if asked else None
