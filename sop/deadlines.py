"""When a step is due, in running hours or in working days, and how far its delay has climbed the ladder.

For critical and high priorities the time runs day and night. For medium and low ones a deadline of a day or more counts
working days only, a shorter one (be received within the hour) runs; a step that names its clock decides for itself. A
working day is a whole day of 24 hours and days off do not count at all: one working day from Friday 15:00 ends on
Monday 15:00. Times carry a time zone (answers are in UTC); days are those of the calendar's zone.

A pause stops the clock of one step, for a reason; while it lasts the step is not due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import IntEnum, StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from sop.flowchart import Clock, Step
from sop.vocabulary import N_, Priority

DAY, NO_TIME = timedelta(days=1), timedelta()
RUNNING = frozenset({Priority.CRITICAL, Priority.HIGH})
"""Priorities whose days run day and night; medium and low count working days."""


class Level(IntEnum):
    """Who must know of a delay by now."""

    NONE = 0
    OWNER = 1
    SUPERVISOR = 2
    REGIONAL = 3
    NATIONAL = 4


LADDER: tuple[tuple[float, Level], ...] = (
    (2.0, Level.NATIONAL),
    (1.5, Level.REGIONAL),
    (1.0, Level.SUPERVISOR),
    (0.5, Level.OWNER),
)
"""Share of the allowed time that has passed -> level, highest first."""


class PauseReason(StrEnum):
    """Why the clock of a step may stand; a closed list, so that nothing about a person is written into it."""

    UNREACHABLE = "unreachable"
    ASKED = "asked"
    AUTHORITY = "authority"
    INSECURITY = "insecurity"
    CONFLICT = "conflict"

    @property
    def label(self) -> str:
        """English sentence, a message id."""
        return PAUSE_LABELS[self]


PAUSE_LABELS: dict[PauseReason, str] = {
    PauseReason.UNREACHABLE: N_("the clock stands: the person cannot be reached safely"),
    PauseReason.ASKED: N_("the clock stands: the person asked for time"),
    PauseReason.AUTHORITY: N_("the clock stands: an authority has not decided yet"),
    PauseReason.INSECURITY: N_("the clock stands: insecurity or a closed road"),
    PauseReason.CONFLICT: N_("the clock stands: another need goes first"),
}


@dataclass(frozen=True, slots=True)
class Pause:
    """One stretch of time that does not count; `until` is None while it lasts."""

    reason: PauseReason
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days a country works; `off` and `on` correct the published list (moon sightings, special decrees).

    >>> CAMEROON.is_working(date(2026, 5, 20)), CAMEROON.is_working(date(2026, 5, 21))
    (False, True)
    >>> Calendar("CM", "Africa/Douala", on=frozenset({date(2026, 5, 20)})).is_working(date(2026, 5, 20))
    True
    """

    country: str
    zone: str
    weekend: frozenset[int] = frozenset({5, 6})
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.weekend) >= 7:
            raise ValueError("a week needs a working day")

    def is_working(self, day: date) -> bool:
        """Whether offices are open on this day."""
        if day in self.on:
            return True
        return (
            day.weekday() not in self.weekend and day not in self.off and day not in _holidays(self.country, day.year)
        )

    def add_working(self, start: datetime, duration: timedelta) -> datetime:
        """The moment when `duration` of working time has passed since `start`.

        >>> CAMEROON.add_working(datetime(2026, 5, 19, 9, tzinfo=UTC), timedelta(days=1)).isoformat()
        '2026-05-21T09:00:00+00:00'
        """
        moment = start.astimezone(ZoneInfo(self.zone))
        day, left = moment.date(), duration
        if self.is_working(day):
            left += moment - _midnight(day, moment.tzinfo)
        while not (working := self.is_working(day)) or left > DAY:
            left -= DAY if working else NO_TIME
            day += DAY
        return (_midnight(day, moment.tzinfo) + left).astimezone(UTC)

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; zero when `end` is not later."""
        zone = ZoneInfo(self.zone)
        moment, last, passed = start.astimezone(zone), end.astimezone(zone), NO_TIME
        if moment >= last:
            return passed
        day, last_day = moment.date(), last.date()
        if self.is_working(day):
            passed -= moment - _midnight(day, zone)
        while day < last_day:
            passed += DAY if self.is_working(day) else NO_TIME
            day += DAY
        return passed + (last - _midnight(day, zone)) if self.is_working(day) else passed


CAMEROON = Calendar("CM", "Africa/Douala")


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    import holidays  # late: 50 ms that only a working-day deadline must pay

    return frozenset(holidays.country_holidays(country, years=year))


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(), zone)


def allowed(step: Step, priority: str | None) -> timedelta | None:
    """How long this step may take; while the priority is not known, the shortest of its times."""
    if not step.deadline:
        return None
    if priority is not None and priority in step.deadline:
        return step.deadline[Priority(priority)]
    return min(step.deadline.values())


def counts_working_days(step: Step, priority: str | None) -> bool:
    """Whether days off stop this step's clock."""
    if step.clock is not None:
        return step.clock is Clock.BUSINESS
    duration = allowed(step, priority)
    return priority is not None and priority not in RUNNING and duration is not None and duration >= DAY


def due_at(
    step: Step,
    priority: str | None,
    entered_at: datetime,
    calendar: Calendar = CAMEROON,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """When a step entered at `entered_at` is due; nothing when it has no deadline, or none while a pause lasts.

    A pause that begins when the time is already over changes nothing any more.

    >>> from sop.durations import parse
    >>> from sop.flowchart import StepKind
    >>> call = Step("T", StepKind.TASK, "CM", {}, deadline=dict.fromkeys(Priority, parse("PT4H")))
    >>> eight = datetime(2026, 11, 18, 8, tzinfo=UTC)
    >>> pause = Pause(PauseReason.ASKED, eight + timedelta(hours=1), eight + timedelta(hours=7))
    >>> due_at(call, "high", eight).hour, due_at(call, "high", eight, CAMEROON, [pause]).hour
    (12, 18)
    """
    left, moment = allowed(step, priority), entered_at
    if left is None:
        return None
    working = counts_working_days(step, priority)
    between = calendar.working_between if working else _running_between
    for since, until in _stretches(pauses, entered_at):
        counted = between(moment, since)
        if counted >= left:
            break
        if until is None:
            return None
        left, moment = left - counted, until
    return calendar.add_working(moment, left) if working else (moment + left).astimezone(UTC)


def ladder(
    entered_at: datetime,
    due_at: datetime,
    now: datetime,
    calendar: Calendar | None = None,
    pauses: Iterable[Pause] = (),
) -> Level:
    """How high the delay has climbed: 50, 100, 150 and 200 % of the time allowed, pauses left out.

    With a `calendar` only working time counts, on both sides of the fraction.

    >>> start = datetime(2026, 11, 18, 8, tzinfo=UTC)
    >>> [ladder(start, start + timedelta(hours=24), start + timedelta(hours=h)).name for h in (11, 12, 24, 36, 48)]
    ['NONE', 'OWNER', 'SUPERVISOR', 'REGIONAL', 'NATIONAL']
    """
    between = calendar.working_between if calendar else _running_between
    stretches = _stretches(pauses, entered_at)
    total, passed = (_counted(entered_at, moment, stretches, between) for moment in (due_at, now))
    if total <= timedelta():
        return Level.NATIONAL if now > due_at else Level.NONE
    return next((level for share, level in LADDER if passed >= total * share), Level.NONE)


Stretch = tuple[datetime, datetime | None]


def _stretches(pauses: Iterable[Pause], entered_at: datetime) -> list[Stretch]:
    """The pauses in their order, those that touch as one, nothing before the step was entered."""
    found: list[Stretch] = []
    for pause in sorted(pauses, key=lambda one: one.since):
        since, until = max(pause.since, entered_at), pause.until
        if until is not None and until <= since:
            continue
        last = found[-1] if found else None
        if last is not None and (last[1] is None or since <= last[1]):
            found[-1] = (last[0], None if until is None or last[1] is None else max(last[1], until))
        else:
            found.append((since, until))
    return found


def _counted(
    start: datetime, end: datetime, stretches: Iterable[Stretch], between: Callable[[datetime, datetime], timedelta]
) -> timedelta:
    """The time from `start` to `end` that counts."""
    paused = (between(since, min(until or end, end)) for since, until in stretches if since < end)
    return between(start, end) - sum(paused, timedelta())


def _running_between(start: datetime, end: datetime) -> timedelta:
    return end - start
