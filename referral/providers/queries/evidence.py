"""What speaks against an entry as it stands: messages that came back, calls that failed, refusals, reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from directory import freshness
from directory.access import ENOUGH_REFERRALS
from directory.vocabulary import Message
from referral.extensions import db
from referral.providers.models import SectionVerification
from referral.providers.rules import HOLDS, ReportKind, ReportState, VerificationMethod, VerificationOutcome
from referral.providers.upkeep_models import DirectoryReport
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralState
from sop.vocabulary import N_

LOOKED_BACK = timedelta(days=90)
SAID: dict[VerificationMethod, str] = {
    VerificationMethod.MAIL: N_("a message came back %(when)s"),
    VerificationMethod.CALL: N_("nobody answered a call %(when)s"),
}
REPORTED = {
    ReportKind.WRONG_NUMBER: N_("%(number)d reports that wait: the number is wrong or nobody answers"),
    ReportKind.CLOSED: N_("%(number)d reports that wait: the service no longer exists"),
    ReportKind.ADDRESS: N_("%(number)d reports that wait: the address is wrong"),
    ReportKind.HOURS: N_("%(number)d reports that wait: the opening hours are wrong"),
    ReportKind.REFUSAL: N_("%(number)d reports that wait: it does not take the people it says it takes"),
    ReportKind.NO_PLACE: N_("%(number)d reports that wait: it has no places"),
    ReportKind.OTHER: N_("%(number)d reports that wait: something else is wrong"),
}
"""Misconduct is not among them, and must never be: only the data officer knows of it."""


def against(place_id: UUID, now: datetime) -> tuple[Message, ...]:
    """The sentences, the latest kind of evidence first; what a later confirmation has answered is left out."""
    here = SectionVerification.service_at_location_id == place_id
    return (*unreachable(here, now), *_refusals(place_id, now), *_reports(place_id))


def unreachable(subject: ColumnElement[bool], now: datetime) -> Iterator[Message]:
    """Messages that came back and calls that failed about one entry or organisation (`subject`), the latest first."""
    rows = SectionVerification
    since = now - LOOKED_BACK
    query = select(rows.section, rows.method, rows.outcome, rows.at).where(subject, rows.at > since, rows.at <= now)
    found = db.session.execute(query.order_by(rows.at.desc(), rows.id)).all()
    confirmed = {one.section: one.at for one in reversed(found) if one.outcome in HOLDS}
    said: set[VerificationMethod] = set()
    for one in found:
        failed = one.outcome is VerificationOutcome.UNREACHABLE and one.method in SAID
        if failed and one.method not in said and confirmed.get(one.section, since) < one.at:
            said.add(one.method)
            yield Message(f"against.{one.method}", SAID[one.method], {"when": freshness.ago(one.at, now)})


def _refusals(place_id: UUID, now: datetime) -> Iterator[Message]:
    """Refusals of the last 90 days, where there were enough referrals to say something."""
    sent = (Referral.service_at_location_id == place_id, Referral.sent_at > now - LOOKED_BACK)
    declined = func.sum(case((Referral.state == ReferralState.DECLINED, 1), else_=0))
    asked, refused = db.session.execute(select(func.count(Referral.id), declined).where(*sent)).one()
    if asked >= ENOUGH_REFERRALS and refused:
        values = {"refused": refused, "asked": asked}
        text = N_("%(refused)d of %(asked)d referrals refused in the last 90 days")
        yield Message("against.refused", text, values)


def _reports(place_id: UUID) -> Iterator[Message]:
    query = (
        select(DirectoryReport.kind, func.count(DirectoryReport.reporter_id.distinct()))
        .where(DirectoryReport.place_id == place_id, DirectoryReport.state == ReportState.OPEN)
        .where(DirectoryReport.kind != ReportKind.MISCONDUCT)
        .group_by(DirectoryReport.kind)
    )
    counts = {row[0]: row[1] for row in db.session.execute(query)}
    for kind, text in REPORTED.items():
        if counts.get(kind):
            yield Message(f"against.{kind}", text, {"number": counts[kind]})
