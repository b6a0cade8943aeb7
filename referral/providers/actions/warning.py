"""Notices over an area: written by the coordination, prolonged or ended, and ended by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from directory.area_notices import CONFIRMED, CrisisKind, Effect
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.providers.actions.reporting import open_campaign
from referral.providers.models import Service
from referral.providers.notice_models import AreaNotice, announced
from referral.providers.queries.area_notices import over_notices, touched_places, touched_services
from referral.providers.upkeep_models import ReviewCampaign
from sop.vocabulary import N_, Message

ASKED_FOR = timedelta(days=14)
"""How long the services of an area are asked at most: those that did not answer then are called as ever."""
AT_ONCE = 500
IS_OVER = Message("notice_over", N_("That notice is over."))


def announce(
    *,
    kind: CrisisKind,
    effect: Effect,
    texts: tuple[str, str],
    pcodes: list[str],
    starts_on: date,
    ends_on: date,
    campaign: str,
    actor: Actor,
    now: datetime,
) -> AreaNotice:
    """Put a notice over some places; `texts` in French and English, `campaign` the name of the campaign that asks.

    Where the services are to confirm, one campaign asks all of them: nobody gets more than the one notice a week.
    """
    row = AreaNotice(
        id=new_id(), kind=kind, effect=effect, text_fr=texts[0], text_en=texts[1], pcodes=sorted(pcodes),
        starts_on=starts_on, ends_on=ends_on, created_at=now, created_by_id=actor.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if effect is Effect.CONFIRM:
        row.campaign_id = _ask(row, campaign, actor, now).id
    _tell([row], now)
    audit.record("directory.area_notice", actor=actor, now=now, subject=row, code=kind.value)
    db.session.flush()
    return row


def _ask(row: AreaNotice, name: str, actor: Actor, now: datetime) -> ReviewCampaign:
    today = now.astimezone(clock.zone()).date()
    starts = max(row.starts_on, today)
    return open_campaign(
        name=name, regions=sorted({one[:5] for one in row.pcodes}), needs=(), sections=CONFIRMED, starts_on=starts,
        ends_on=min(row.ends_on, starts + ASKED_FOR), places=touched_places(announced(row)), actor=actor, now=now,
    )  # fmt: skip


def prolong_notice(row: AreaNotice, ends_on: date, *, actor: Actor, now: datetime) -> None:
    """Give it another last day; a notice that is over is not begun again."""
    _must_run(row, now)
    row.ends_on = ends_on
    _tell([row], now)
    audit.record("directory.area_notice_days", actor=actor, now=now, subject=row, code=row.kind.value)
    db.session.flush()


def end_area_notice(row: AreaNotice, *, actor: Actor, now: datetime) -> None:
    """Take it away before its day, and stop asking the services of its area."""
    _must_run(row, now)
    row.ended_at, row.ended_by_id = now, actor.id
    _stop_asking(row, now)
    _tell([row], now)
    audit.record("directory.area_notice_end", actor=actor, now=now, subject=row, code=row.kind.value)
    db.session.flush()


def _must_run(row: AreaNotice, now: datetime) -> None:
    db.session.refresh(row, with_for_update=True)
    if row.ended_at is not None or row.ends_on < now.astimezone(clock.zone()).date():
        raise RuleViolation(IS_OVER)


def _stop_asking(row: AreaNotice, now: datetime) -> None:
    yesterday = now.astimezone(clock.zone()).date() - timedelta(days=1)
    campaign = db.session.get(ReviewCampaign, row.campaign_id) if row.campaign_id else None
    if campaign is not None and campaign.ends_on > yesterday:
        campaign.ends_on = max(yesterday, campaign.starts_on)


def end_notices(now: datetime) -> int:
    """The job: notices whose last day is over end, and their services say anew when they changed; commits."""
    rows = over_notices(now.astimezone(clock.zone()).date())
    for row in rows:
        row.ended_at = now
        audit.record("directory.area_notice_end", actor=None, now=now, subject=row, code=row.kind.value)
    if rows:
        _tell(rows, now)
    db.session.commit()
    return len(rows)


def _tell(rows: Iterable[AreaNotice], now: datetime) -> None:
    """Move `last_modified` of the services that the notices touch: whoever follows the public API reads them again."""
    touched: list[UUID] = sorted(touched_services([announced(row) for row in rows]))
    for start in range(0, len(touched), AT_ONCE):
        which = Service.id.in_(touched[start : start + AT_ONCE])
        live = (Service.archived.is_(False), Service.last_modified < now)
        db.session.connection().execute(update(Service).where(which, *live).values(last_modified=now))
