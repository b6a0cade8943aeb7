"""Readers report what is wrong; the coordination calls, answers and asks whole regions to confirm."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.providers.actions import editing
from referral.providers.actions.reminding import open_task
from referral.providers.models import SectionVerification, ServiceAtLocation
from referral.providers.rules import (
    HOLDS,
    ReportKind,
    ReportState,
    Section,
    TaskReason,
    VerificationMethod,
    VerificationOutcome,
)
from referral.providers.upkeep_models import CallTask, CampaignParticipation, DirectoryReport, ReviewCampaign
from sop.vocabulary import N_, Message

WRONG_NUMBERS = 3
FAILED_CALLS = 2
ANSWERED = Message("answered", N_("Somebody has answered this already."))


def report(place: ServiceAtLocation, kind: ReportKind, text: str, *, actor: Actor, now: datetime) -> DirectoryReport:
    """Keep a report. Misconduct is sealed and goes to the data officer alone: neither organisation nor coordination."""
    row = DirectoryReport(id=new_id(), place_id=place.id, kind=kind, reporter_id=actor.id, reported_at=now)
    if kind is ReportKind.MISCONDUCT:
        row.sealed_text = sealing.seal_secret(f"misconduct:{row.id}", text)
    else:
        row.text = text
    db.session.add(row)
    db.session.flush()
    hidden = kind is ReportKind.MISCONDUCT
    audit.record(
        "directory.report", actor=actor, now=now, subject=("directory_report", row.id), code="" if hidden else kind
    )
    if kind is ReportKind.WRONG_NUMBER and _wrong_numbers(place.id) >= WRONG_NUMBERS:
        open_task(place.id, TaskReason.WRONG_NUMBER, [Section.CONTACTS.value], now=now)
    return row


def _wrong_numbers(place_id: UUID) -> int:
    """How many different people say so and wait for an answer."""
    query = select(func.count(DirectoryReport.reporter_id.distinct())).where(
        DirectoryReport.place_id == place_id,
        DirectoryReport.kind == ReportKind.WRONG_NUMBER,
        DirectoryReport.state == ReportState.OPEN,
    )
    return db.session.scalar(query) or 0


def answer(row: DirectoryReport, state: ReportState, text: str, *, actor: Actor, now: datetime) -> None:
    """Answer a report; whoever wrote it sees the answer."""
    if row.state is not ReportState.OPEN:
        raise RuleViolation(ANSWERED)
    row.state, row.answer, row.answered_at, row.answered_by_id = state, text, now, actor.id
    audit.record("directory.answer", actor=actor, now=now, subject=("directory_report", row.id), code=state.value)
    db.session.flush()


def read_misconduct(row: DirectoryReport, *, actor: Actor, now: datetime) -> str:
    """The text of a report on misconduct; every look is a line of the audit trail."""
    audit.record("misconduct.read", actor=actor, now=now, subject=("directory_report", row.id))
    return sealing.open_secret(f"misconduct:{row.id}", row.sealed_text) if row.sealed_text else ""


def called(task: CallTask, outcome: VerificationOutcome, *, actor: Actor, now: datetime) -> None:
    """Write down what a call brought. Nobody answered: the task stays until the second call that failed."""
    if task.closed_at is not None:
        raise RuleViolation(ANSWERED)
    sections = [Section(one) for one in task.sections] or [Section.CONTACTS]
    if outcome in HOLDS:
        editing.confirmed(task.subject, sections, outcome, actor, now, method=VerificationMethod.CALL)
        if task.place is not None and task.reason is TaskReason.NEW_SITE:
            task.place.archived = False
    else:
        db.session.add_all(
            SectionVerification(
                service_at_location_id=task.place_id, organization_id=task.organization_id, section=one,
                method=VerificationMethod.CALL, outcome=outcome, user_id=actor.id, at=now,
            )
            for one in sections
        )  # fmt: skip
    if task.place is not None and outcome is VerificationOutcome.CLOSED:
        task.place.archived, task.place.updated_at = True, now
    if outcome is VerificationOutcome.UNREACHABLE:
        task.failed_calls += 1
    if outcome is not VerificationOutcome.UNREACHABLE or task.failed_calls >= FAILED_CALLS:
        task.outcome, task.closed_at, task.closed_by_id = outcome, now, actor.id
    audit.record("directory.called", actor=actor, now=now, subject=("call_task", task.id), code=outcome.value)
    db.session.flush()


def open_campaign(
    *,
    name: str,
    regions: Collection[str],
    needs: Collection[str],
    sections: Iterable[str],
    starts_on: date,
    ends_on: date,
    places: Collection[UUID],
    actor: Actor,
    now: datetime,
) -> ReviewCampaign:
    """Ask the given entries to confirm some sections between two days, both included."""
    campaign = ReviewCampaign(
        id=new_id(), name=name, regions=sorted(regions), needs=sorted(needs), sections=sorted(sections),
        starts_on=starts_on, ends_on=ends_on, created_at=now, created_by_id=actor.id,
    )  # fmt: skip
    db.session.add(campaign)
    db.session.flush()
    db.session.add_all(CampaignParticipation(campaign_id=campaign.id, place_id=place) for place in places)
    audit.record("directory.campaign", actor=actor, now=now, subject=("review_campaign", campaign.id))
    db.session.flush()
    return campaign
