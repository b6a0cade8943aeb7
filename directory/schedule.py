"""Is the place open, until when, and when next? Weekly and monthly rules, several slots, nights, closures, holidays.

Unknown hours are unknown, not closed. Rules are tested day by day without walking through the years: a
rule that never matches costs nothing.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import zoneinfo as bundled

from directory.profile import Hours, Schedule
from directory.seasons import DATED, Kind, covers, in_force
from directory.vocabulary import N_, Message

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HORIZON = 7
"""Days that we look ahead for the next opening, or for the end of an opening without pause."""

MIDNIGHT = time(0)
WHOLE_DAY = (time(23, 59), time(23, 59, 59))
Slot = tuple[datetime, datetime]

OPENS_ON = {
    0: N_("closed now, opens on Monday at %(hour)d:%(minute)02d"),
    1: N_("closed now, opens on Tuesday at %(hour)d:%(minute)02d"),
    2: N_("closed now, opens on Wednesday at %(hour)d:%(minute)02d"),
    3: N_("closed now, opens on Thursday at %(hour)d:%(minute)02d"),
    4: N_("closed now, opens on Friday at %(hour)d:%(minute)02d"),
    5: N_("closed now, opens on Saturday at %(hour)d:%(minute)02d"),
    6: N_("closed now, opens on Sunday at %(hour)d:%(minute)02d"),
}


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a place is open at a moment (None: not known), and the local times that matter."""

    open: bool | None
    until: datetime | None = None
    opens: datetime | None = None
    why: str = ""
    """`hours`, `always`, `closure`, `holiday`, `unknown`."""


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """Return the time zone; from the bundled list where the system has none; an offset such as `+03:00` also serves.

    An unknown name is read as Cameroon time.
    """
    if name[:1] in "+-" and len(name) == 6:
        hours, minutes = int(name[1:3]), int(name[4:6])
        return timezone((1 if name[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        found = bundled.get_zonefile_instance().get(name)
        return found or timezone(timedelta(hours=1))


def usable(schedule: Schedule) -> bool:
    """True when the row says at what time it opens and on which days."""
    if schedule.opens_at is None or schedule.closes_at is None or schedule.interval < 1:
        return False
    if schedule.freq == "WEEKLY":
        return bool(schedule.byday or schedule.dtstart) and (schedule.interval == 1 or schedule.dtstart is not None)
    monthly = bool(schedule.byday or schedule.bymonthday or schedule.dtstart)
    return schedule.freq == "MONTHLY" and monthly and (schedule.interval == 1 or schedule.dtstart is not None)


def occurs(schedule: Schedule, day: date) -> bool:
    """Return whether the rule has an occurrence on `day`.

    >>> occurs(Schedule(byday="MO,TU"), date(2026, 3, 2))
    True
    >>> occurs(Schedule(freq="MONTHLY", byday="-1FR"), date(2026, 3, 20))
    False
    """
    if not _within(schedule, day) or not _matches(schedule, day):
        return False
    return schedule.count is None or _occurrences(schedule, day) <= schedule.count


def _within(schedule: Schedule, day: date) -> bool:
    starts = max((one for one in (schedule.valid_from, schedule.dtstart) if one), default=None)
    ends = min((one for one in (schedule.valid_to, schedule.until) if one), default=None)
    return (starts is None or starts <= day) and (ends is None or day <= ends)


def _matches(schedule: Schedule, day: date) -> bool:
    if schedule.bymonthday or schedule.byyearday or schedule.byweekno:
        return _filtered(schedule, day) and _regular(schedule, day)
    return _regular(schedule, day)


def _regular(schedule: Schedule, day: date) -> bool:
    if schedule.freq == "WEEKLY":
        return _weekly(schedule, day)
    return _monthly(schedule, day, monthrange(day.year, day.month)[1])


def _filtered(schedule: Schedule, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    if schedule.bymonthday and not _listed(schedule.bymonthday, day.day, last):
        return False
    year_days = 366 if monthrange(day.year, 2)[1] == 29 else 365
    if schedule.byyearday and not _listed(schedule.byyearday, day.timetuple().tm_yday, year_days):
        return False
    if schedule.byweekno:
        weeks = date(day.year, 12, 28).isocalendar().week
        return _listed(schedule.byweekno, day.isocalendar().week, weeks)
    return True


def _listed(numbers: str, value: int, last: int) -> bool:
    """True when `value`, or its place counted from the end, is in the comma-separated list."""
    wanted = {int(part) for part in numbers.split(",") if part.strip().lstrip("+-").isdigit()}
    return value in wanted or value - last - 1 in wanted


@lru_cache(maxsize=256)
def _named(byday: str) -> frozenset[int]:
    """The weekdays in a list such as `MO,TU`."""
    codes = {part.strip()[-2:] for part in byday.split(",")}
    return frozenset(number for number, code in enumerate(WEEKDAYS) if code in codes)


def _weekly(schedule: Schedule, day: date) -> bool:
    start = schedule.dtstart
    named = _named(schedule.byday)
    if named and day.weekday() not in named:
        return False
    filtered = schedule.bymonthday or schedule.byyearday
    if not named and not filtered and start and day.weekday() != start.weekday():
        return False
    if schedule.interval == 1 or start is None:
        return True
    first = WEEKDAYS.index(schedule.wkst) if schedule.wkst in WEEKDAYS else 0
    weeks = (_week_start(day, first) - _week_start(start, first)).days // 7
    return weeks % schedule.interval == 0


def _week_start(day: date, first: int) -> date:
    return day - timedelta((day.weekday() - first) % 7)


def _monthly(schedule: Schedule, day: date, last: int) -> bool:
    start = schedule.dtstart
    if schedule.byday:
        if not any(_nth(part.strip(), day, last) for part in schedule.byday.split(",")):
            return False
    elif not schedule.bymonthday and start and day.day != start.day:
        return False
    if schedule.interval == 1 or start is None:
        return True
    return ((day.year - start.year) * 12 + day.month - start.month) % schedule.interval == 0


def _nth(part: str, day: date, last: int) -> bool:
    """True when `part` (`MO`, `2MO`, `-1FR`) names this day of its month."""
    if part[-2:] != WEEKDAYS[day.weekday()]:
        return False
    number = part[:-2]
    if not number:
        return True
    return number in {
        str((day.day - 1) // 7 + 1), f"+{(day.day - 1) // 7 + 1}", str(-((last - day.day) // 7 + 1))
    }  # fmt: skip


def _occurrences(schedule: Schedule, day: date) -> int:
    """Occurrences from the start up to `day`; a rule that counts from nowhere, or for ten years, is over."""
    start = schedule.dtstart or schedule.valid_from
    if start is None or (day - start).days > 3660:
        return (schedule.count or 0) + 1
    return sum(_matches(schedule, start + timedelta(step)) for step in range((day - start).days + 1))


def slots(hours: Hours, day: date, holidays: Collection[date] = ()) -> list[Slot] | None:
    """Return the slots that begin on `day` (local, naive); None where a holiday makes them unknown.

    A closure goes before hours of that day alone, these before a public holiday, that before a season.
    """
    if any(closure.starts <= day and (closure.ends is None or day <= closure.ends) for closure in hours.closures):
        return []
    holiday = day in holidays
    rows = [one for one in hours.schedules if usable(one)]
    if alone := [one for one in rows if one.kind == Kind.EXCEPTION and covers(one, day)]:
        return sorted({slot(one, day) for one in alone if occurs(one, day)})
    special = [one for one in rows if one.kind == Kind.HOLIDAY]
    if holiday and special:
        rows = special
    else:
        rows = in_force(rows, day)
        if holiday and hours.on_holidays != "open" and not _around_the_clock(rows):
            return [] if hours.on_holidays == "closed" else None
    return sorted({slot(one, day) for one in rows if occurs(one, day)})


def slot(schedule: Schedule, day: date) -> Slot:
    """Return when a row with both times begins and ends on `day` (local, naive); a night ends on the next day.

    >>> slot(Schedule("FR", time(22), time(6)), date(2026, 3, 6))[1]
    datetime.datetime(2026, 3, 7, 6, 0)
    """
    opens, closes = schedule.opens_at or MIDNIGHT, schedule.closes_at or MIDNIGHT
    begins = datetime.combine(day, opens)
    if opens == MIDNIGHT and closes in WHOLE_DAY:
        return (begins, begins + timedelta(days=1))
    ends = datetime.combine(day, closes)
    return (begins, ends if ends > begins else ends + timedelta(days=1))


def _around_the_clock(rows: Collection[Schedule]) -> bool:
    days = {
        part.strip()
        for one in rows
        if one.freq == "WEEKLY" and one.interval == 1 and one.opens_at == MIDNIGHT
        and one.closes_at in (MIDNIGHT, *WHOLE_DAY) and not _bounded(one)
        for part in one.byday.split(",")
    }  # fmt: skip
    return days.issuperset(WEEKDAYS)


def _bounded(schedule: Schedule) -> bool:
    return bool(
        schedule.until or schedule.count or schedule.valid_to or schedule.valid_from or schedule.dtstart
        or schedule.bymonthday or schedule.byweekno or schedule.byyearday
    )  # fmt: skip


def opening(hours: Hours, now: datetime, holidays: Collection[date] = ()) -> Opening:
    """Return whether the place is open at `now` (aware), in the place's own time.

    >>> from datetime import UTC
    >>> week = Hours((Schedule("MO,TU,WE,TH,FR", time(8), time(15, 30)),))
    >>> opening(week, datetime(2026, 3, 2, 9, tzinfo=UTC)).until
    datetime.datetime(2026, 3, 2, 15, 30)
    """
    local = now.astimezone(zone(hours.timezone)).replace(tzinfo=None)
    today = local.date()
    closed = any(one.starts <= today and (one.ends is None or today <= one.ends) for one in hours.closures)
    if not any(usable(one) for one in hours.schedules):
        return Opening(False, why="closure") if closed else Opening(None, why="unknown")
    days = _Days(hours, holidays)
    if closed:
        return Opening(False, opens=_next(days, local), why="closure")
    end = days.runs_to(local)
    if end is not None:
        return _open_until(days, end, local)
    if days[today] is None:
        return Opening(None, why="holiday")
    return Opening(False, opens=_next(days, local), why="hours")


class _Days(dict[date, "list[Slot] | None"]):
    """The slots of each day, worked out once."""

    def __init__(self, hours: Hours, holidays: Collection[date]) -> None:
        super().__init__()
        self.hours, self.holidays = hours, holidays

    def __missing__(self, day: date) -> list[Slot] | None:
        found = self[day] = slots(self.hours, day, self.holidays)
        return found

    def runs_to(self, local: datetime) -> datetime | None:
        """The latest end of the slots that run at that moment."""
        today = local.date()
        around = [*(self[today - timedelta(1)] or ()), *(self[today] or ())]
        return max((end for begin, end in around if begin <= local < end), default=None)


def _open_until(days: _Days, end: datetime, local: datetime) -> Opening:
    """Follow slots that touch each other until there is a pause or the horizon."""
    limit = local + timedelta(HORIZON)
    while end < limit:
        later = days.runs_to(end)
        if later is None:
            return Opening(True, until=_closure_cut(days.hours, local, end), why="hours")
        end = later
    return Opening(True, why="always")


def _closure_cut(hours: Hours, local: datetime, end: datetime) -> datetime:
    """A night that runs into a closed day ends at midnight."""
    starts = [datetime.combine(one.starts, MIDNIGHT) for one in hours.closures]
    return min([end, *(start for start in starts if local < start < end)])


def _next(days: _Days, local: datetime) -> datetime | None:
    for step in range(HORIZON):
        later = [begin for begin, _ in days[local.date() + timedelta(step)] or () if begin > local]
        if later:
            return min(later)
    return None


def weekly(hours: Hours) -> tuple[tuple[int, int], ...] | None:
    """Return the open minutes of the usual week (Monday 0:00 is 0), or None when it is not the same every week.

    It does not hold on public holidays, nor on the days of `seasons.spans`.

    >>> weekly(Hours((Schedule("SU", time(22), time(6)),)))
    ((0, 360), (9960, 10080))
    """
    rows = [one for one in hours.schedules if one.kind not in DATED]
    if any(_bounded(one) or one.freq != "WEEKLY" or one.interval != 1 for one in rows):
        return None
    minutes: set[tuple[int, int]] = set()
    monday = date(2024, 1, 1)
    for row in rows:
        for day in range(7):
            if row.kind == Kind.HOLIDAY or not usable(row) or not occurs(row, monday + timedelta(day)):
                continue
            begins, ends = slot(row, monday + timedelta(day))
            first = (begins - datetime.combine(monday, MIDNIGHT)).total_seconds() / 60
            last = (ends - datetime.combine(monday, MIDNIGHT)).total_seconds() / 60
            if first % 1 or last % 1:
                return None
            minutes.add((int(first), int(min(last, 10080))))
            if last > 10080:
                minutes.add((0, int(last) - 10080))
    return tuple(sorted(minutes))


def sentence(found: Opening, now: datetime, timezone_name: str) -> Message:
    """Return the opening in words: until when, or from when."""
    local = now.astimezone(zone(timezone_name)).replace(tzinfo=None)
    if found.open is None:
        if found.why == "holiday":
            return Message("holiday_hours", N_("public holiday: hours not known, call first"))
        return Message("hours_unknown", N_("opening hours not stated"))
    if found.open:
        return _open_sentence(found, local)
    if found.why == "closure" and found.opens is None:
        return Message("closed_days", N_("closed for now"))
    return _closed_sentence(found, local)


def _open_sentence(found: Opening, local: datetime) -> Message:
    if found.until is None:
        return Message("always_open", N_("open now, day and night"))
    values = {"hour": found.until.hour, "minute": found.until.minute}
    if found.until == datetime.combine(local.date() + timedelta(1), MIDNIGHT):
        return Message("open_midnight", N_("open today until midnight"))
    if found.until.date() == local.date():
        return Message("open_until", N_("open today until %(hour)d:%(minute)02d"), values)
    if found.until - local < timedelta(days=1):
        return Message("open_overnight", N_("open until tomorrow %(hour)d:%(minute)02d"), values)
    return Message("open_long", N_("open now, for more than a day"))


def _closed_sentence(found: Opening, local: datetime) -> Message:
    if found.opens is None:
        return Message("closed_week", N_("closed now, and in the next 7 days"))
    values = {"hour": found.opens.hour, "minute": found.opens.minute}
    days = (found.opens.date() - local.date()).days
    if days == 0:
        return Message("opens_today", N_("closed now, opens today at %(hour)d:%(minute)02d"), values)
    if days == 1:
        return Message("opens_tomorrow", N_("closed now, opens tomorrow at %(hour)d:%(minute)02d"), values)
    return Message("opens_on", OPENS_ON[found.opens.weekday()], values)


def sentence_then(found: Opening) -> Message:
    """Return the opening at another moment than now in words."""
    if found.open is None:
        if found.why == "holiday":
            return Message("holiday_hours", N_("public holiday: hours not known, call first"))
        return Message("hours_unknown", N_("opening hours not stated"))
    if not found.open:
        return Message("closed_then", N_("closed at that time"))
    if found.until is None:
        return Message("open_then", N_("open at that time"))
    values = {"hour": found.until.hour, "minute": found.until.minute}
    return Message("open_then_until", N_("open at that time, until %(hour)d:%(minute)02d"), values)


def on_day(hours: Hours, day: date, holidays: Collection[date] = ()) -> tuple[bool | None, Message]:
    """Return whether the place opens at any hour of `day`, and the sentence with its hours.

    >>> week = Hours((Schedule("MO", time(8), time(15, 30)),))
    >>> str(on_day(week, date(2026, 3, 2))[1]), on_day(week, date(2026, 3, 3))[0]
    ('open that day: 8:00–15:30', False)
    """
    closed = any(one.starts <= day and (one.ends is None or day <= one.ends) for one in hours.closures)
    if not closed and not any(usable(one) for one in hours.schedules):
        return None, Message("hours_unknown", N_("opening hours not stated"))
    found = slots(hours, day, holidays)
    if found is None:
        return None, Message("holiday_hours", N_("public holiday: hours not known, call first"))
    if not found:
        return False, Message("closed_that_day", N_("closed that day"))
    if any(end - begin == timedelta(days=1) for begin, end in found):
        return True, Message("open_all_day", N_("open that day, day and night"))
    times = tuple(f"{begin.hour}:{begin.minute:02d}–{end.hour}:{end.minute:02d}" for begin, end in found)
    return True, Message("open_that_day", N_("open that day: %(times)s"), {"times": times})
