"""What came of a simulation, as tables and sentences in the reader's language: for the page and for a file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from flask_babel import gettext, ngettext

from referral.foundation.formatting import day, duration, percent
from referral.foundation.i18n import in_language, shown, translate
from referral.procedures.models import ProcedureVersion
from referral.statistics.tables import SMALLEST
from sop.flowchart import Flowchart
from sop.simulation.comparison import Comparison, compare
from sop.simulation.figures import Result, Spread, StayFigures
from sop.simulation.plan import Plan
from sop.simulation.run import run
from sop.vocabulary import NEED_LABELS, Need

LEAST: Final = SMALLEST
"""Times come from so many closed cases, or from none."""
LATEST: Final = 100
"""At most so many closed cases are read: those closed last."""
MOST_MOVES: Final = 7_000
"""Steps of all cases of one page together, about 0.2 ms each: 200 cases of the national procedure make some 5,000."""
SHOWN: Final = 10
DASH: Final = "–"
ARROW: Final = " → "
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_HOUR: Final = 3600.0
_MINUTE: Final = 1 / 60


@dataclass(frozen=True, slots=True)
class Trial:
    """A run of one version, and of another one with the same cases where `comparison` is not None."""

    plan: Plan
    seed: int
    names: tuple[str, ...]
    charts: tuple[Flowchart, ...]
    results: tuple[Result, ...]
    comparison: Comparison | None
    from_cases: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """A length of time, None where there is none: words on a page, a number of hours in a file."""

    count: float | None

    def __str__(self) -> str:
        return _time(self.count)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: what its lines are, what is measured, and the lines: of each measure the figures of each version."""

    id: str
    caption: str
    head: str
    measures: tuple[str, ...]
    lines: list[tuple[str, list[tuple[Any, ...]]]]

    def columns(self, names: tuple[str, ...] = ("",)) -> list[dict[str, str]]:
        """As `components/table.html` takes them: each measure once, or once for each of these versions."""
        text = gettext("%(what)s, version %(number)s")
        labels = [text % {"what": one, "number": name} if name else one for one in self.measures for name in names]
        return [{"label": self.head, "kind": "head"}, *({"label": label, "kind": "num"} for label in labels)]

    @property
    def rows(self) -> list[list[Any]]:
        """A cell for each measure; where two versions differ it holds both."""
        return [[label, *map(_both, cells)] for label, cells in self.lines]

    @property
    def wide_rows(self) -> list[list[Any]]:
        """A cell for each figure, times in hours."""
        return [[label, *(_plain(figure) for figures in cells for figure in figures)] for label, cells in self.lines]


def trial(
    plan: Plan,
    seed: int,
    this: tuple[ProcedureVersion, Flowchart],
    other: tuple[ProcedureVersion | None, Flowchart | None],
    from_cases: bool,
) -> Trial:
    """Run one version, or both with the same cases; raises TooManyMoves beyond what one page may cost."""
    (one, chart), (second, changed) = this, other
    if second is None or changed is None:
        result = run(replace(plan, most_moves=MOST_MOVES), chart, seed)
        return Trial(plan, seed, (one.number,), (chart,), (result,), None, from_cases)
    half = replace(plan, most_moves=MOST_MOVES // 2)
    found = compare(half, half, chart, changed, seed)
    names = (one.number, second.number)
    if one.number == second.number:
        names = (f"{one.number} · {one.content_hash[:8]}", f"{second.number} · {second.content_hash[:8]}")
    return Trial(plan, seed, names, (chart, changed), (found.before, found.after), found, from_cases)


# --- tables -----------------------------------------------------------------------------------------------------------


def sheets(made: Trial) -> tuple[Sheet, ...]:
    """All tables of a run."""
    return (_whole(made), _stays(made), _demand(made))


def _whole(made: Trial) -> Sheet:
    figures: tuple[tuple[str, Callable[[Result], Any]], ...] = (
        (gettext("Closed"), lambda one: one.closed),
        (gettext("Stopped: passed too many steps"), lambda one: one.stopped),
        (gettext("Unfinished: waiting for what never came"), lambda one: one.unfinished),
        (gettext("Half are closed within"), lambda one: Hours(one.closing.p50)),
        (gettext("Nine in ten are closed within"), lambda one: Hours(one.closing.p90)),
        (gettext("Half have a first service within"), lambda one: Hours(one.first_service.p50)),
        (gettext("Nine in ten have a first service within"), lambda one: Hours(one.first_service.p90)),
    )
    lines = [(label, [(figure(one),) for one in made.results]) for label, figure in figures]
    versions = tuple(gettext("Version %(number)s", number=name) for name in made.names)
    return Sheet("whole", gettext("All cases together"), gettext("Of all cases"), versions, lines)


def _stays(made: Trial) -> Sheet:
    """The steps at which cases stay longest, in either version."""
    stays = [{one.step: one for one in result.stays} for result in made.results]
    late = [{one.step: one.share for one in result.steps} for result in made.results]
    seen = dict.fromkeys(step for found in stays for step in found)
    nothing = StayFigures("", Spread(0, None, None), 0)
    lines: list[tuple[str, list[tuple[Any, ...]]]] = []
    for step in sorted(seen, key=lambda step: _longest(step, stays), reverse=True)[:SHOWN]:
        found = [one.get(step, nothing) for one in stays]
        half, nine = tuple(Hours(one.stay.p50) for one in found), tuple(Hours(one.stay.p90) for one in found)
        most = tuple(one.most or DASH for one in found)
        shares = tuple(percent(one[step]) if step in one else DASH for one in late)
        lines.append((_step(step, made), [half, nine, most, shares]))
    caption = gettext("Where cases wait longest (at most ten steps)")
    measures = (gettext("Half take"), gettext("Nine in ten take"), gettext("Most at once"), gettext("Late"))
    return Sheet("stays", caption, gettext("Step"), measures, lines)


def _demand(made: Trial) -> Sheet:
    """By need; regions are added up."""
    asked, met = (
        [sum((Counter({one.need: of(one)}) for one in result.demand), Counter()) for result in made.results]
        for of in (lambda one: one.asked, lambda one: one.met)
    )
    lines: list[tuple[str, list[tuple[Any, ...]]]] = []
    for need in sorted({need for one in asked for need in one}):
        wanted, given = tuple(one[need] for one in asked), tuple(one[need] for one in met)
        lacking = tuple(all_ - some for all_, some in zip(wanted, given, strict=True))
        lines.append((_need(need), [wanted, given, lacking]))
    measures = (gettext("Asked for"), gettext("Met by a service"), gettext("Not met"))
    return Sheet("needs", gettext("Needs, met once a service began"), gettext("Need"), measures, lines)


def _longest(step: str, stays: Iterable[dict[str, StayFigures]]) -> tuple[float, float]:
    spreads = [one[step].stay for one in stays if step in one]
    return max(one.p90 or 0.0 for one in spreads), max(one.p50 or 0.0 for one in spreads)


# --- sentences --------------------------------------------------------------------------------------------------------


def differences(made: Trial) -> list[str]:
    """What the other version changes, in words; nothing for a run alone."""
    if made.comparison is None:
        return []
    return list(_in_words(made.comparison, made)) or [gettext("No figure differs between the two versions.")]


def _in_words(found: Comparison, made: Trial) -> Iterator[str]:
    before, after = found.before, found.after
    if more := after.closed - before.closed:
        yield (
            ngettext("%(num)d more case is closed.", "%(num)d more cases are closed.", more)
            if more > 0
            else ngettext("%(num)d fewer case is closed.", "%(num)d fewer cases are closed.", -more)
        )
    half, nine = found.closing_changes
    if half is not None and abs(half) >= _MINUTE:
        later, sooner = (
            gettext("Half of the cases are closed %(time)s later."),
            gettext("Half of the cases are closed %(time)s sooner."),
        )
        yield (later if half > 0 else sooner) % {"time": _time(half)}
    if nine is not None and abs(nine) >= _MINUTE:
        later, sooner = (
            gettext("Nine in ten cases are closed %(time)s later."),
            gettext("Nine in ten cases are closed %(time)s sooner."),
        )
        yield (later if nine > 0 else sooner) % {"time": _time(nine)}
    if found.sooner or found.later or found.gained or found.lost:
        text = gettext(
            "First service: sooner in %(sooner)d cases, later in %(later)d; %(gained)d get one, %(lost)d lose it."
        )
        yield text % {"sooner": found.sooner, "later": found.later, "gained": found.gained, "lost": found.lost}
    for (need, _region), more in found.unmet_changes.items():
        text = (
            gettext("%(need)s: not met %(num)d times more.")
            if more > 0
            else gettext("%(need)s: not met %(num)d times less.")
        )
        yield text % {"need": _need(need), "num": abs(more)}
    late = {one.step: one.share for one in before.steps}
    moved = sorted(found.overdue_changes.items(), key=lambda item: -abs(item[1]))
    for step, change in moved[:SHOWN]:
        text = gettext("%(step)s: late in %(after)s instead of %(before)s.")
        yield text % {"step": _step(step, made), "after": percent(late[step] + change), "before": percent(late[step])}


def assumptions(made: Trial) -> list[str]:
    """What the figures rest on."""
    text = gettext("the days count from %(day)s on, with the working days of Cameroon")
    found = [text % {"day": day(made.plan.start)}]
    if made.from_cases:
        found.append(_about_times(made))
    if made.comparison is not None:
        found.append(
            gettext("both versions get the same cases, with the same luck and the same times of their common steps")
        )
    said = dict.fromkeys(translate(message) for result in made.results for message in result.assumptions)
    return [*found, *said]


def _about_times(made: Trial) -> str:
    count = len(made.plan.step_times)
    if not count:
        text = gettext("no step was done in %(least)d closed cases of this version: all times come from the deadlines")
        return text % {"least": LEAST}
    return ngettext(
        "the time of %(num)d step comes from closed cases (at most the last %(limit)d); a step done in fewer than"
        " %(least)d of them has none of its own",
        "the times of %(num)d steps come from closed cases (at most the last %(limit)d); a step done in fewer than"
        " %(least)d of them has none of its own",
        count,
        limit=LATEST,
        least=LEAST,
    )


def _both(figures: tuple[Any, ...]) -> Any:
    words = [str(one) if isinstance(one, Hours) else one for one in figures]
    return words[0] if len(set(words)) == 1 else ARROW.join(map(shown, words))


def _plain(figure: Any) -> Any:
    if isinstance(figure, Hours):
        return "" if figure.count is None else round(figure.count, 1)
    return figure


def _time(hours: float | None) -> str:
    return DASH if hours is None else duration(hours * _HOUR)


def _step(step: str, made: Trial) -> str:
    labels = next(chart.steps[step].label for chart in made.charts if step in chart.steps)
    return f"{step} · {in_language(labels)}"


def _need(need: str) -> str:
    return translate(NEED_LABELS[Need(need)]) if need in list(Need) else need


# --- a file -----------------------------------------------------------------------------------------------------------


def as_csv(made: Trial) -> bytes:
    """What was put in, every table, the differences and assumptions: UTF-8 with a byte order mark, comma-separated.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for line in _lines(made):
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in line])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _lines(made: Trial) -> Iterator[list[Any]]:
    yield [gettext("Simulation"), *made.names]
    yield [gettext("Cases"), made.plan.cases]
    yield [gettext("Days"), made.plan.days]
    yield [gettext("Seed"), made.seed]
    yield [gettext("Unit"), gettext("times in hours")]
    for sheet in sheets(made):
        yield []
        yield [sheet.caption]
        names = ("",) if made.comparison is None or sheet.id == "whole" else made.names
        yield [column["label"] for column in sheet.columns(names)]
        yield from sheet.wide_rows
    for title, sentences in ((gettext("Differences"), differences(made)), (gettext("Assumptions"), assumptions(made))):
        if sentences:
            yield []
            yield [title]
            yield from ([sentence] for sentence in sentences)
