"""The upkeep's job: notices to keepers, calls for the coordination, evidence that nobody had to type in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import insert, select

from directory import freshness, reminders
from directory.reminders import Ending, Plan, Step
from referral.extensions import db
from referral.foundation import audit, clock, notices, outbox, signed_links
from referral.foundation.outbox import MessageState, OutboxMessage
from referral.foundation.tables import new_id
from referral.foundation.transactions import reading
from referral.partners.models import Organization, User
from referral.providers import queries
from referral.providers.models import SectionVerification, ServiceContact
from referral.providers.queries.ending import Told, ending_vacancies
from referral.providers.queries.lapsing import Lapsed, lapsed_places
from referral.providers.rules import SECTION_LABELS, Section, TaskReason, VerificationMethod, VerificationOutcome
from referral.providers.upkeep_models import CallTask, ConfirmationLink, OrganizationReminder, ReminderStep
from referral.referrals.models import Referral, ReferralEvent
from referral.referrals.rules import ReferralAction

TEMPLATE, BOTH, VACANCY = TEMPLATES = ("directory_confirm", "directory_confirm_vacancies", "vacancy_ending")
PURPOSE = "directory"
LIVES = timedelta(days=14)
MOST_LINKS = 12
CHUNK = 1_000
WEEKLY = (*TEMPLATES, "gap_due")
"""Nobody gets more than one of these in a week."""
LOOKED_BACK = timedelta(days=30)

for _section, _label in SECTION_LABELS.items():
    notices.register_link(_section.value.upper(), _label, purpose=PURPOSE, path="/confirm/")


def remind(now: datetime) -> int:
    """Take every step whose moment has come; commits. Returns how many notices were queued."""
    evidence(now)
    db.session.commit()
    local = now.astimezone(clock.zone())
    mails: dict[str, list[tuple[str, str]]] = {}
    ending: dict[str, list[Ending]] = {}
    if not reminders.quiet(local):
        with reading():  # a large directory: nobody waits for SQLite's lock meanwhile
            made = plan_now(now)
            houses = plan_organizations(now, made)
            mails = {one: houses.mails.get(one, []) + made.mails.get(one, []) for one in {**made.mails, **houses.mails}}
            lapsed = plan_places(now, mails)
            for one in lapsed:
                mails.setdefault(one.person, []).append((one.place_id, Section.CAPACITY.value))
            ending, told = plan_vacancies(now, mails)
        for person in {**mails, **ending}:
            _notice(UUID(person), mails.get(person, []), len(ending.get(person, ())), now)
        for key in houses.calls:
            open_task(None, TaskReason.LATE, [Section.ORGANIZATION], organization_id=UUID(key), now=now)
        _keep_steps(houses, now)
        for reason, entries in ((TaskReason.LATE, made.calls), (TaskReason.ARCHIVE, made.archives)):
            for place, sections in entries.items():
                open_task(UUID(place), reason, sections, now=now)
        steps = [
            {"place_id": UUID(place), "section": Section(section), "cycle": cycle, "step": step, "at": now}
            for place, section, cycle, step in made.taken
        ]
        steps += [
            {"place_id": told[one.id].place_id, "section": Section.SERVICE, "cycle": told[one.id].cycle,
             "step": Step.NOTICE, "at": now}
            for rows in ending.values() for one in rows
        ]  # fmt: skip
        steps += [
            {"place_id": UUID(one.place_id), "section": Section.CAPACITY, "cycle": one.cycle, "step": Step.NOTICE,
             "at": now}
            for one in lapsed
        ]  # fmt: skip
        for start in range(0, len(steps), CHUNK):
            db.session.execute(insert(ReminderStep), steps[start : start + CHUNK])
    db.session.commit()
    return len({**mails, **ending})


def _keep_steps(houses: Plan, now: datetime) -> None:
    for key, _section, cycle, step in houses.taken:
        db.session.add(OrganizationReminder(organization_id=UUID(key), cycle=cycle, step=step, at=now))


def plan_organizations(now: datetime, made: Plan) -> Plan:
    """What the ladder asks of organisations, beside what it asks of entries: one notice a person, one count of calls.

    Nothing is ever archived for want of it: an organisation whose services hold is there.
    """
    local = now.astimezone(clock.zone())
    lives = replace(current_app.config["SETTINGS"].shelf_lives, mandatory=(freshness.Section.ORGANIZATION,))
    waiting = select(CallTask.organization_id).where(CallTask.closed_at.is_(None))
    called = {str(one) for one in db.session.scalars(waiting)}
    kept = queries.kept_organizations(local.date())
    calls = _calls_today(local) + len(made.calls) + len(made.archives)
    found = reminders.plan(kept, (), written_to(now), local, calls_today=calls, called=called, lives=lives)
    found.archives.clear()
    return found


def plan_places(now: datetime, writing: Collection[str]) -> list[Lapsed]:
    """Numbers of places to ask for anew: of those who are written to anyway, or were not written to within a week."""
    last = written_to(now)
    return [one for one in lapsed_places(now) if one.person in writing or one.person not in last]


def plan_vacancies(now: datetime, writing: Collection[str]) -> tuple[dict[str, list[Ending]], dict[str, Told]]:
    """Whom to remind of which vacancies that end, in one notice with what they are written to about anyway."""
    local, days = now.astimezone(clock.zone()), current_app.config["SETTINGS"].vacancy_notice
    vacancies, told = ending_vacancies(local.date(), days)
    return reminders.ending(vacancies, writing, written_to(now), local, days), told


def plan_now(now: datetime) -> Plan:
    """What the ladder asks for at this moment."""
    local = now.astimezone(clock.zone())
    called = {str(one) for one in db.session.scalars(select(CallTask.place_id).where(CallTask.closed_at.is_(None)))}
    lives = current_app.config["SETTINGS"].shelf_lives
    kept, last = queries.kept_entries(now), written_to(now)
    return reminders.plan(kept, (), last, local, calls_today=_calls_today(local), called=called, lives=lives)


def _calls_today(local: datetime) -> int:
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return len(list(db.session.scalars(select(CallTask.id).where(CallTask.opened_at >= midnight))))


def written_to(now: datetime) -> dict[str, datetime]:
    """When each person was last written to about the directory, within the last week."""
    written = select(OutboxMessage.recipient_id, OutboxMessage.queued_at).where(
        OutboxMessage.template.in_(WEEKLY), OutboxMessage.queued_at > now - reminders.A_WEEK
    )
    return {str(person): at for person, at in db.session.execute(written)}


def _notice(person: UUID, asked: list[tuple[str, str]], vacancies: int, now: datetime) -> None:
    """One notice for everything that one person keeps, with one link a section; how many vacancies end."""
    user = db.session.get_one(User, person)
    written = []
    for key, section in asked[:MOST_LINKS]:
        link_id = new_id()
        subject = {"organization_id" if section == Section.ORGANIZATION else "place_id": UUID(key)}
        link = ConfirmationLink(
            id=link_id, token_hash=signed_links.hashed(signed_links.token(PURPOSE, link_id)), **subject,
            section=Section(section), user_id=user.id, created_at=now, expires_at=now + LIVES,
        )  # fmt: skip
        db.session.add(link)
        written.append(f"{section.upper()}:{link_id.hex}")
    told: dict[str, Any] = {"count": len(asked), "links": " ".join(written)} if asked else {}
    if vacancies:
        told["vacancies"] = vacancies
    outbox.queue(_template(bool(asked), bool(vacancies)), now=now, user=user, **told)
    audit.record("directory.remind", actor=None, now=now, subject=("user_account", user.id))


def _template(asked: bool, vacancies: bool) -> str:
    return (BOTH if vacancies else TEMPLATE) if asked else VACANCY


def open_task(
    place_id: UUID | None,
    reason: TaskReason,
    sections: Iterable[str],
    *,
    organization_id: UUID | None = None,
    note: str = "",
    revision_id: UUID | None = None,
    now: datetime,
) -> CallTask | None:
    """Ask the coordination to call about an entry or an organisation, unless it is asked for the same already."""
    subject = {"place_id": place_id, "organization_id": organization_id}
    waiting = select(CallTask.id).filter_by(**subject).where(CallTask.reason == reason, CallTask.closed_at.is_(None))
    if db.session.scalar(waiting) is not None:
        return None
    told: dict[str, Any] = {"reason": reason, "sections": list(sections), "note": note, "revision_id": revision_id}
    task = CallTask(id=new_id(), **subject, **told, opened_at=now)
    db.session.add(task)
    audit.record("directory.call", actor=None, now=now, subject=("call_task", task.id), code=reason.value)
    db.session.flush()
    return task


def evidence(now: datetime) -> None:
    """Accepted referrals confirm that somebody answers; a message that came back says the contrary; each once."""
    accepted = (
        select(ReferralEvent.id, ReferralEvent.at, Referral.service_at_location_id)
        .join(Referral, Referral.id == ReferralEvent.referral_id)
        .where(ReferralEvent.action == ReferralAction.ACCEPT, ReferralEvent.at > now - LOOKED_BACK)
    )
    for event_id, at, place in db.session.execute(accepted).all():
        subject = {"service_at_location_id": place, "section": Section.CONTACTS}
        _event(f"referral:{event_id}", at, VerificationMethod.REFERRAL, VerificationOutcome.CONFIRMED, **subject)
    failed = select(OutboxMessage).where(
        OutboxMessage.state == MessageState.FAILED, OutboxMessage.queued_at > now - LOOKED_BACK,
        OutboxMessage.error_code != "NO_ADDRESS",
    )  # fmt: skip
    for message in db.session.scalars(failed).all():
        for place in _bounced(message):
            if _came_back(message.id, place, now, service_at_location_id=place, section=Section.CONTACTS):
                open_task(place, TaskReason.BOUNCED, [Section.CONTACTS], now=now)
        for house in _bounced_organizations(message):
            if _came_back(message.id, house, now, organization_id=house, section=Section.ORGANIZATION):
                open_task(None, TaskReason.BOUNCED, [Section.ORGANIZATION], organization_id=house, now=now)


def _came_back(number: int, key: UUID, now: datetime, **subject: Any) -> bool:
    evidence_id = f"mail:{number}:{key.hex[:20]}"
    return _event(evidence_id, now, VerificationMethod.MAIL, VerificationOutcome.UNREACHABLE, **subject)


def _event(
    evidence_id: str, at: datetime, method: VerificationMethod, outcome: VerificationOutcome, **subject: Any
) -> bool:
    """Keep it once, against or for its subject; whether it is new."""
    if db.session.scalar(select(SectionVerification.id).where(SectionVerification.evidence == evidence_id)):
        return False
    db.session.add(SectionVerification(method=method, outcome=outcome, at=at, evidence=evidence_id, **subject))
    db.session.flush()
    return True


def _bounced(message: OutboxMessage) -> set[UUID]:
    """The entries whose address a message could not reach."""
    found: set[UUID] = set()
    if message.address:
        query = select(ServiceContact.service_at_location_id).where(ServiceContact.email == message.address)
        found.update(db.session.scalars(query))
    return found | _linked(message, ConfirmationLink.place_id)


def _bounced_organizations(message: OutboxMessage) -> set[UUID]:
    """The organisations whose own address a message could not reach, or about which it asked."""
    found: set[UUID] = set()
    if message.address:
        found.update(db.session.scalars(select(Organization.id).where(Organization.email == message.address)))
    return found | _linked(message, ConfirmationLink.organization_id)


def _linked(message: OutboxMessage, column: Any) -> set[UUID]:
    """What the links of a message are about: entries or organisations."""
    if "links" not in message.parameters:
        return set()
    ids = [UUID(hex=one.partition(":")[2]) for one in message.parameters["links"].split()]
    return set(db.session.scalars(select(column).where(ConfirmationLink.id.in_(ids), column.is_not(None))))
