"""When a step is due and how far a delay has climbed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.deadlines import CAMEROON, Calendar, Level, counts_working_days, due_at, ladder
from sop.durations import parse
from sop.flowchart import Clock, Step, StepKind
from sop.vocabulary import Priority


def step(text: str | dict[str, str], clock: Clock | None = None) -> Step:
    texts = dict.fromkeys(Priority, text) if isinstance(text, str) else text
    deadline = {Priority(name): parse(value) for name, value in texts.items()}
    return Step("N01", StepKind.TASK, "CM", {"fr": "Accueil"}, deadline=deadline, clock=clock)


def at(text: str) -> datetime:
    """A moment in Douala, one hour ahead of UTC all the year."""
    return datetime.fromisoformat(text + "+01:00")


@pytest.mark.parametrize(
    ("duration", "priority", "entered", "due"),
    [
        ("PT1H", "critical", "2026-11-21T23:30", "2026-11-22T00:30"),  # Saturday night: hours run
        ("PT24H", "high", "2026-11-20T15:00", "2026-11-21T15:00"),
        ("P3D", "high", "2026-11-20T15:00", "2026-11-23T15:00"),  # high: days run over the weekend
        ("P3D", "medium", "2026-11-20T15:00", "2026-11-25T15:00"),  # Friday + 3 working days = Wednesday
        ("PT72H", "medium", "2026-11-20T15:00", "2026-11-25T15:00"),  # the same three days
        ("PT4H", "medium", "2026-11-20T22:00", "2026-11-21T02:00"),  # less than a day: runs
        ("P3D", "low", "2026-05-18T09:00", "2026-05-22T09:00"),  # 20 May, National Day, does not count
        ("P1D", "low", "2026-11-21T10:00", "2026-11-24T00:00"),  # entered on a Saturday: all of Monday
        ("P1D", "medium", "2026-12-24T12:00", "2026-12-28T12:00"),  # 25 December is a Friday
        ("P1DT4H", "medium", "2026-11-20T15:00", "2026-11-23T19:00"),  # Friday 15:00 + 28 working hours
        ("P30D", "low", "2026-01-05T08:00", "2026-02-17T08:00"),  # six weeks and Youth Day, 11 February
    ],
)
def test_due_at(duration: str, priority: str, entered: str, due: str) -> None:
    assert due_at(step(duration), priority, at(entered)) == at(due)


def test_the_day_is_that_of_douala_not_of_utc() -> None:
    # 23:30 UTC on Sunday is already Monday in Douala
    entered = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert due_at(step("P1D"), "medium", entered) == datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


def test_each_priority_has_its_own_time_and_an_unknown_one_gets_the_shortest() -> None:
    timed = step({"critical": "PT1H", "high": "PT4H", "medium": "P1D", "low": "P5D"})
    entered = at("2026-11-18T08:00")
    assert due_at(timed, "high", entered) == at("2026-11-18T12:00")
    assert due_at(timed, None, entered) == at("2026-11-18T09:00")


def test_a_step_without_deadline_is_never_due() -> None:
    assert due_at(Step("D01", StepKind.DECISION, "CM", {}), "critical", at("2026-11-18T08:00")) is None


@pytest.mark.parametrize(
    ("clock", "priority", "working"),
    [
        (None, "critical", False),
        (None, "low", True),
        (Clock.BUSINESS, "critical", True),
        (Clock.CALENDAR, "low", False),
    ],
)
def test_the_clock_of_the_step_wins_over_the_priority(clock: Clock | None, priority: str, working: bool) -> None:
    assert counts_working_days(step("P3D", clock), priority) is working


def test_the_list_of_days_off_can_be_corrected() -> None:
    estimated, observed = date(2026, 3, 20), date(2026, 3, 19)  # Eid al-Fitr: the published list only estimates it
    corrected = Calendar("CM", "Africa/Douala", off=frozenset({observed}), on=frozenset({estimated}))
    entered = at("2026-03-18T10:00")
    assert due_at(step("P1D"), "low", entered, CAMEROON) == at("2026-03-19T10:00")
    assert due_at(step("P1D"), "low", entered, corrected) == at("2026-03-20T10:00")


HOUR = timedelta(hours=1)
YEAR_2026 = st.integers(0, 365 * 24).map(lambda hours: at("2026-01-01T00:00") + hours * HOUR)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(start=YEAR_2026, hours=st.integers(1, 600))
def test_working_time_is_what_counting_hour_by_hour_finds(start: datetime, hours: int) -> None:
    moment, left = start, hours
    while left:
        left -= CAMEROON.is_working(moment.date())
        moment += HOUR
    assert CAMEROON.add_working(start, hours * HOUR) == moment
    assert CAMEROON.working_between(start, moment) == hours * HOUR
    assert CAMEROON.working_between(start, start - hours * HOUR) == timedelta()


def test_a_week_without_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="working day"):
        Calendar("CM", "Africa/Douala", weekend=frozenset(range(7)))


@pytest.mark.parametrize(
    ("hours", "level"),
    [
        (11.9, Level.NONE),
        (12, Level.OWNER),
        (23.9, Level.OWNER),
        (24, Level.SUPERVISOR),
        (36, Level.REGIONAL),
        (47.9, Level.REGIONAL),
        (48, Level.NATIONAL),
        (500, Level.NATIONAL),
    ],
)
def test_the_ladder_climbs_at_50_100_150_and_200_percent(hours: float, level: Level) -> None:
    start = at("2026-11-18T08:00")
    assert ladder(start, start + timedelta(hours=24), start + timedelta(hours=hours)) is level


def test_nobody_is_reminded_on_a_sunday_of_a_working_day_deadline() -> None:
    entered, due = at("2026-11-20T15:00"), at("2026-11-23T15:00")  # one working day over a weekend
    sunday = at("2026-11-22T12:00")
    assert ladder(entered, due, sunday) is Level.OWNER
    assert ladder(entered, due, sunday, CAMEROON) is Level.NONE
    assert ladder(entered, due, at("2026-11-23T03:00"), CAMEROON) is Level.OWNER
