"""SELECTs about releases, and the counts of a quarter: coded columns only, always with GROUP BY, never one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, extract, func, or_, select
from sqlalchemy.orm import aliased

from referral.cases.models import Case, CaseNeed
from referral.extensions import db
from referral.people.models import Person
from referral.people.rules import Sex
from referral.referrals.models import Referral
from referral.statistics.catalogue import Counts
from referral.statistics.categories import LIMITS, UNSTATED, Answer, classify, region_of
from referral.statistics.models import StatisticsRelease
from referral.statistics.quarters import Quarter
from sop.places import load_places


def releases(quarters: Iterable[Quarter], *, signatory: bool) -> dict[str, StatisticsRelease]:
    """The published editions of these quarters, by code, in one statement."""
    codes = [quarter.code for quarter in quarters]
    query = select(StatisticsRelease).where(
        StatisticsRelease.quarter.in_(codes), StatisticsRelease.signatory.is_(signatory)
    )
    return {release.quarter: release for release in db.session.scalars(query)}


def count(quarter: Quarter, zone: ZoneInfo) -> Counts:
    """The coded counts of a quarter as known now: four statements, whatever the number of cases."""
    start, end = quarter.moments(zone)
    return Counts(_persons(start, end), _cases(start, end), _needs(start, end), _referrals(start, end))


def _persons(start: datetime, end: datetime) -> Counter[tuple[str, str, str]]:
    """Each person once, by the first identification."""
    earlier = aliased(Case)
    sooner = or_(
        earlier.identified_at < Case.identified_at,
        and_(earlier.identified_at == Case.identified_at, earlier.id < Case.id),
    )
    query = (
        select(Case.region, Person.age_group, Person.sex, func.count())
        .select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .where(Case.identified_at >= start, Case.identified_at < end)
        .where(~exists().where(earlier.person_id == Case.person_id, sooner))
        .group_by(Case.region, Person.age_group, Person.sex)
    )
    places, found = load_places(), Counter[tuple[str, str, str]]()
    for region, age, sex, number in db.session.execute(query):
        stated = sex.value if sex in (Sex.FEMALE, Sex.MALE) else UNSTATED
        found[region_of(region, places), age.value, stated] += number
    return found


def _cases(start: datetime, end: datetime) -> Counter[str]:
    query = (
        select(Case.priority, func.count()).where(Case.opened_at >= start, Case.opened_at < end).group_by(Case.priority)
    )
    return Counter({priority.value: number for priority, number in db.session.execute(query)})


def _needs(start: datetime, end: datetime) -> Counter[tuple[str, str, str]]:
    query = (
        select(CaseNeed.need, CaseNeed.state, Case.region, func.count())
        .join(Case, Case.id == CaseNeed.case_id)
        .where(CaseNeed.opened_at >= start, CaseNeed.opened_at < end)
        .group_by(CaseNeed.need, CaseNeed.state, Case.region)
    )
    places, found = load_places(), Counter[tuple[str, str, str]]()
    for need, state, region, number in db.session.execute(query):
        found[need.value, state.value, region_of(region, places)] += number
    return found


def _referrals(start: datetime, end: datetime) -> Counter[Any]:
    not_delivered = case((Referral.non_delivery_reason.is_not(None), 1), else_=0)
    coded = (Referral.need, Referral.state, Referral.decline_reason, not_delivered, _answer(), Referral.speed)
    names = [f"c{place}" for place in range(len(coded))]
    inner = (
        select(*(column.label(name) for column, name in zip(coded, names, strict=True)))
        .where(Referral.sent_at >= start, Referral.sent_at < end)
        .subquery()
    )
    columns = list(inner.c)
    query: Select[Any] = select(*columns, func.count()).group_by(*columns)
    found = Counter[Any]()
    for need, state, reason, missed, time, speed, number in db.session.execute(query):
        categories = classify(state, reason, not_delivered=bool(missed), answer=Answer(time), speed=speed)
        found[need.value, categories] += number
    return found


def _answer() -> ColumnElement[str]:
    """The class of the time from sending to the first decision; completion stands in for a decision without a date."""
    answered = func.coalesce(Referral.decided_at, Referral.completed_at)
    if db.session.get_bind().dialect.name == "sqlite":
        seconds = func.round((func.julianday(answered) - func.julianday(Referral.sent_at)) * 86400)
    else:
        seconds = func.round(extract("epoch", answered) - extract("epoch", Referral.sent_at))
    steps = [(seconds <= hours * 3600, answer.value) for answer, hours in LIMITS.items()]
    return case((answered.is_(None), Answer.NONE.value), *steps, else_=Answer.OVER.value)
