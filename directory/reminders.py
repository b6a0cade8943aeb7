"""Who is asked to confirm what, and when: a ladder of steps for each section, and never more than one notice a week.

The ladder counts from the first day on which a section is to be confirmed. `plan` is told everything, the time
included, and returns what to do now; whoever carries it out keeps the steps taken and plans again later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from directory.freshness import SHELF_LIVES, Section, ShelfLives


class Step(StrEnum):
    """The steps of the ladder, in their order, then those of a campaign."""

    NOTICE = "notice"
    DUE = "due"
    DEPUTY = "deputy"
    CALL = "call"
    UNVERIFIED = "unverified"
    ARCHIVE = "archive"
    CAMPAIGN = "campaign"
    CAMPAIGN_LAST = "campaign_last"


DAYS: dict[Step, int] = {
    Step.NOTICE: -15,
    Step.DUE: 0,
    Step.DEPUTY: 15,
    Step.CALL: 30,
    Step.UNVERIFIED: 45,
    Step.ARCHIVE: 120,
}
CALLED_FIRST: dict[Step, int] = {**DAYS, Step.CALL: 0}
MAILED = frozenset({Step.NOTICE, Step.DUE, Step.DEPUTY, Step.CAMPAIGN, Step.CAMPAIGN_LAST})
LAST_CALL = 7
A_WEEK = timedelta(days=7)
QUIET_FROM, QUIET_UNTIL = time(21), time(7)
CALLS_A_DAY = 20
"""No more calls are asked of the coordination in one day, however much runs out on it."""

Taken = tuple[str, str, str, Step]
"""Entry, section, the confirmation or campaign it counts from, step."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as one entry meets it."""

    id: str
    sections: frozenset[str]
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry: when each section was confirmed, who keeps it, who stands in, campaigns that ask it."""

    id: str
    verified: Mapping[str, date]
    keeper: str | None = None
    deputy: str | None = None
    campaigns: tuple[Campaign, ...] = ()
    done: frozenset[tuple[str, str, Step]] = frozenset()
    """Section, cycle and step of what was done for this entry, where not all of it is told to `plan` at once."""
    accompanied: bool = False
    """Messages are no use with its organisation: it is called on the day that a section is due."""


@dataclass
class Plan:
    """What to do now. `mails`: by person the entries and sections; `calls`, `archives`: entries with their sections."""

    mails: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    calls: dict[str, list[str]] = field(default_factory=dict)
    archives: dict[str, list[str]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)


def quiet(local: datetime) -> bool:
    """Whether nobody is written to at this time of the office's day.

    >>> quiet(datetime(2026, 1, 5, 20, 59)), quiet(datetime(2026, 1, 5, 21)), quiet(datetime(2026, 1, 6, 6, 59))
    (False, True, True)
    """
    return local.time() >= QUIET_FROM or local.time() < QUIET_UNTIL


def first_day(verified: date, section: Section, lives: ShelfLives = SHELF_LIVES) -> date:
    """The first day on which the section is to be confirmed.

    >>> first_day(date(2026, 1, 1), Section.HOURS)
    datetime.date(2026, 4, 2)
    """
    return verified + timedelta(days=lives.of(section) + 1)


def never(today: date, section: Section, lives: ShelfLives = SHELF_LIVES) -> date:
    """From which day the ladder of a section that nobody ever confirmed counts, so that it is due today.

    >>> first_day(never(date(2026, 1, 5), Section.ORGANIZATION), Section.ORGANIZATION)
    datetime.date(2026, 1, 5)
    """
    return today - timedelta(days=lives.of(section) + 1)


def reached(one: Kept, today: date, lives: ShelfLives = SHELF_LIVES) -> Iterator[tuple[str, str, Step]]:
    """Section, cycle and step of everything whose day has come, whether or not it was done already."""
    for section in lives.mandatory:
        day = one.verified.get(section)
        if day is not None:
            start = first_day(day, section, lives)
            for step, days in (CALLED_FIRST if one.accompanied else DAYS).items():
                if start + timedelta(days=days) <= today:
                    yield section.value, day.isoformat(), step
    for campaign in one.campaigns:
        if campaign.starts <= today <= campaign.ends:
            yield from _asked(one, campaign, today)


def _asked(one: Kept, campaign: Campaign, today: date) -> Iterator[tuple[str, str, Step]]:
    for section in sorted(campaign.sections):
        day = one.verified.get(section)
        if day is None or day < campaign.starts:
            yield section, campaign.id, Step.CAMPAIGN
            if today > campaign.ends - timedelta(days=LAST_CALL):
                yield section, campaign.id, Step.CAMPAIGN_LAST


def plan(
    entries: Iterable[Kept],
    done: Collection[Taken],
    last: Mapping[str, datetime],
    now: datetime,
    *,
    calls_today: int = 0,
    called: Collection[str] = (),
    lives: ShelfLives = SHELF_LIVES,
) -> Plan:
    """What to do at `now`, the office's time. `entries` are read one by one: they need not all be there at once.

    `last`: when each person was written to; `called`: entries with an open call.

    A step whose day passed while a later one came is not made up for. Somebody written to within a week waits.
    """
    found = Plan()
    if quiet(now):
        return found
    for one in entries:
        groups: dict[tuple[str, str], list[Step]] = {}
        for section, cycle, step in reached(one, now.date(), lives):
            if (section, cycle, step) not in one.done and (one.id, section, cycle, step) not in done:
                groups.setdefault((section, cycle), []).append(step)
        for (section, cycle), steps in groups.items():
            _mail(found, one, section, cycle, steps, last, now)
            _ask(found, one, section, cycle, steps, calls_today, called)
    return found


@dataclass(frozen=True, slots=True)
class Ending:
    """A vacancy that is open, nobody was reminded of yet, and who answers for it."""

    id: str
    person: str
    valid_until: date


def ending(
    vacancies: Iterable[Ending], writing: Collection[str], last: Mapping[str, datetime], now: datetime, days: int
) -> dict[str, list[Ending]]:
    """By person the vacancies to remind of at `now`, the office's time: those that end within `days`.

    `writing`: who is written to now for another reason; `last`: when each person was written to. Somebody written to
    within a week waits. Whoever is written to is therefore told also what ends before they could be written to again.

    >>> one = Ending("v", "ann", date(2026, 1, 12))
    >>> at = datetime(2026, 1, 5, 9)
    >>> list(ending([one], (), {}, at, 7)), list(ending([one], (), {}, at, 6)), list(ending([one], {"ann"}, {}, at, 6))
    (['ann'], [], ['ann'])
    """
    if quiet(now):
        return {}
    today, found = now.date(), dict[str, list[Ending]]()
    for one in vacancies:
        if today <= one.valid_until <= today + timedelta(days=days) + A_WEEK:
            found.setdefault(one.person, []).append(one)
    return {
        person: rows
        for person, rows in found.items()
        if person in writing
        or (
            any(one.valid_until <= today + timedelta(days=days) for one in rows)
            and not (person in last and now < last[person] + A_WEEK)
        )
    }


def _mail(
    found: Plan, one: Kept, section: str, cycle: str, steps: list[Step], last: Mapping[str, datetime], now: datetime
) -> None:
    """The latest notice of this section, unless a call has already taken its place or its person must wait."""
    mailed = [step for step in steps if step in MAILED]
    if not mailed:
        return
    person = (one.deputy or one.keeper) if mailed[-1] is Step.DEPUTY else (one.keeper or one.deputy)
    overtaken = Step.CALL in steps or person is None
    if not overtaken and person is not None:
        if person in last and now < last[person] + A_WEEK:
            return
        asked = found.mails.setdefault(person, [])
        if (one.id, section) not in asked:
            asked.append((one.id, section))
    found.taken.extend((one.id, section, cycle, step) for step in mailed)


def _ask(
    found: Plan, one: Kept, section: str, cycle: str, steps: list[Step], calls_today: int, called: Collection[str]
) -> None:
    for step, asked in ((Step.CALL, found.calls), (Step.ARCHIVE, found.archives)):
        if step not in steps:
            continue
        known = one.id in asked or (step is Step.CALL and one.id in called)
        if not known and calls_today + len(found.calls) + len(found.archives) >= CALLS_A_DAY:
            continue
        if not (step is Step.CALL and one.id in called):
            asked.setdefault(one.id, []).append(section)
        found.taken.append((one.id, section, cycle, step))
    if Step.UNVERIFIED in steps:
        found.taken.append((one.id, section, cycle, Step.UNVERIFIED))
