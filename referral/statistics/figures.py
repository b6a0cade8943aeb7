"""Published tables as a page shows them: a picture for wide and narrow screens, the words, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from babel.dates import format_date
from flask_babel import gettext
from markupsafe import Markup

from referral.foundation.charts import Row, Style, Value, bars, stacked_bars
from referral.foundation.formatting import locale, number, percent
from referral.foundation.i18n import page_language, translate
from referral.foundation.maps import TILES, region_map
from referral.foundation.trends import quarter_lines
from referral.statistics import catalogue
from referral.statistics.categories import NOT_DECLINED, REGION, TIME
from referral.statistics.labels import category, group_name, heading
from referral.statistics.quarters import Quarter
from referral.statistics.releases import TOTALS, Release
from referral.statistics.tables import (
    GROUP_LABELS,
    HIDDEN_REASON,
    TOTAL,
    Cell,
    Group,
    PublishedTable,
    State,
    Unit,
    percentage,
)
from sop.scene import Scene
from sop.vocabulary import Message

Draw = Callable[[Style], Scene]
NOTHING = Markup("")
GAP = "without_service"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `rows` hold published cells under `columns` (kind head or num); `foot` the totals."""

    name: str
    title: str
    definition: str
    unit: str
    columns: list[dict[str, str]]
    rows: list[list[Any]]
    foot: list[Any] | None
    notes: tuple[Message, ...]
    wide: Markup = NOTHING
    narrow: Markup = NOTHING


def quarter_name(quarter: Quarter, pattern: str = "QQQQ y") -> str:
    """A quarter in words: "3e trimestre 2026"; with "QQQ y" short: "T3 2026"."""
    return str(format_date(quarter.first, pattern, locale=locale()))


def hidden_word() -> str:
    """What stands in the place of a hidden figure."""
    return gettext("hidden")


def shown_cell(cell: Cell, *, share: bool = False) -> Any:
    """A figure of a table: a number, a share in per cent, or the hatched word with its reason."""
    if cell.value is None:
        reason = translate(cell.reason or HIDDEN_REASON)
        return Markup('<span class="hidden-cell" title="{}">{}</span>').format(reason, hidden_word())
    return percent(cell.value / 100) if share else cell.value


def figure(name: str, release: Release) -> Figure:
    """The figure of one published table."""
    table = release.tables[name]
    _unit, rows, columns, _definition = catalogue.LAYOUT[name]
    across = [group_name(columns, group, signatory=release.signatory) for group in table.columns] if columns else []
    shares = name == catalogue.NEEDS_REGION
    titles = [*across, translate(GROUP_LABELS[TOTAL]) if columns else translate(table.unit)]
    if shares:
        titles.append(gettext("Without a service"))
    body = [
        [group_name(rows, group, signatory=release.signatory), *_cells(table, group.code, shares)]
        for group in table.rows
    ]
    foot = [translate(GROUP_LABELS[TOTAL]), *_cells(table, TOTAL, shares)]
    head = [{"label": heading(rows), "kind": "head"}, *({"label": title, "kind": "num"} for title in titles)]
    unit = translate(table.unit)
    made = Figure(name, translate(table.title), table.definition, unit, head, body, foot, table.notes)
    return _pictured(made, DRAWINGS[name](table, release))


def _cells(table: PublishedTable, row: str, shares: bool) -> list[Any]:
    found = [shown_cell(table.at(row, group.code)) for group in table.columns]
    found.append(shown_cell(table.at(row)))
    if shares:
        found.append(shown_cell(gap_share(table, row), share=True))
    return found


def gap_share(table: PublishedTable, row: str) -> Cell:
    """Share of needs without a service, if gaps are counted apart from other states."""
    apart = any(group.code == GAP for group in table.columns)
    return percentage(table.at(row, GAP) if apart else Cell(State.HIDDEN), table.at(row))


def _pictured(made: Figure, draw: Draw) -> Figure:
    """Both layouts, each with its own ids."""
    pictures = {
        size: Markup(draw(_style(narrow=narrow)).svg(id_prefix=f"{made.name}-{size}"))  # noqa: S704 - a scene escapes
        for size, narrow in (("wide", False), ("narrow", True))
    }
    return replace(made, wide=pictures["wide"], narrow=pictures["narrow"])


def _style(*, narrow: bool, share: bool = False) -> Style:
    return Style(page_language(), narrow=narrow, percent=share, hidden=hidden_word())


def _bars(table: PublishedTable, release: Release) -> Draw:
    _unit, rows, _columns, _definition = catalogue.LAYOUT[_name(table, release)]
    groups = [group for group in table.rows if NOT_DECLINED not in group.sources]
    figures = [(_brief(rows, group, release), table.at(group.code).value) for group in groups]
    return lambda style: bars(translate(table.title), figures, style)


def _stacked(table: PublishedTable, release: Release) -> Draw:
    """One row a category, one series a column; an empty column is left out of the picture."""
    _unit, rows, columns, _definition = catalogue.LAYOUT[_name(table, release)]
    used = [group for group in table.columns if table.at(TOTAL, group.code).value != 0]
    series = [_brief(columns, group, release) for group in used]
    lines = [
        Row(
            _brief(rows, group, release),
            tuple(table.at(group.code, column.code).value for column in used),
            table.at(group.code).value,
        )
        for group in table.rows
        if table.at(group.code).value != 0
    ]
    return lambda style: stacked_bars(translate(table.title), series, lines, style)


def _map(table: PublishedTable, _release: Release) -> Draw:
    """A region that is counted together with others has no figure of its own: hatched, like a hidden one."""
    alone = {group.code for group in table.rows}
    figures: dict[str, Value] = {code: table.at(code).value if code in alone else None for code in TILES}
    return _tiles(table, figures, share=False)


def _gap_map(table: PublishedTable, _release: Release) -> Draw:
    alone = {group.code for group in table.rows}
    figures: dict[str, Value] = {}
    for code in TILES:
        whole = table.at(code)
        share = gap_share(table, code).value
        if code not in alone or whole.value != 0:
            figures[code] = None if code not in alone or share is None else share / 100
    return _tiles(table, figures, share=True)


def _tiles(table: PublishedTable, figures: dict[str, Value], *, share: bool) -> Draw:
    names = {code: category(REGION, code) for code in TILES}

    def draw(style: Style) -> Scene:
        return region_map(translate(table.title), figures, names, _style(narrow=style.narrow, share=share))

    return draw


def _brief(dimension: Any, group: Group, release: Release) -> str:
    return group_name(dimension, group, signatory=release.signatory, brief=True)


def _name(table: PublishedTable, release: Release) -> str:
    return next(name for name, found in release.tables.items() if found is table)


DRAWINGS: dict[str, Callable[[PublishedTable, Release], Draw]] = {
    catalogue.PERSONS_REGION: _map,
    catalogue.PERSONS_AGE: _stacked,
    catalogue.CASES_PRIORITY: _bars,
    catalogue.REFERRALS_NEED: _stacked,
    catalogue.REFERRALS_STAGE: _bars,
    catalogue.REFERRALS_DEADLINE: _bars,
    catalogue.REFERRALS_TIME: _bars,
    catalogue.REFERRALS_REFUSALS: _bars,
    catalogue.NEEDS_STATE: _stacked,
    catalogue.NEEDS_REGION: _gap_map,
}


def trend(releases: Sequence[Release]) -> Figure:
    """The published totals of several quarters, oldest first: a small line for each unit, one table for all."""
    units = list(TOTALS)
    head = [
        {"label": gettext("Quarter"), "kind": "head"},
        *({"label": translate(unit), "kind": "num"} for unit in units),
    ]
    rows = [
        [quarter_name(release.quarter), *(shown_cell(release.total(unit)) for unit in units)] for release in releases
    ]
    hidden = any(release.total(unit).value is None for release in releases for unit in units)
    title = translate(catalogue.TITLES[catalogue.TREND])
    notes = (HIDDEN_REASON,) if hidden else ()
    return Figure(catalogue.TREND, title, catalogue.TREND_DEFINITION, "", head, rows, None, notes)


def trend_lines(releases: Sequence[Release]) -> list[tuple[str, Markup]]:
    """For each unit its name and its line: units are never drawn on one axis."""
    names = [quarter_name(release.quarter, "QQQ yy") for release in releases]
    found = []
    for unit in TOTALS:
        label = translate(unit)
        line = Row(label, tuple(release.total(unit).value for release in releases))
        scene = quarter_lines(label, names, [line], _style(narrow=True))
        found.append((label, Markup(scene.svg(id_prefix=f"trend-{unit.value}"))))  # noqa: S704 - a scene escapes
    return found


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the large numbers on top."""

    value: Any
    text: str
    note: str = ""


def key_figures(release: Release, before: Release | None) -> list[KeyFigure]:
    """What a reader wants first; each is published, or follows from published figures alone."""
    counts = {
        Unit.PERSONS: gettext("persons identified"),
        Unit.CASES: gettext("cases opened"),
        Unit.REFERRALS: gettext("referrals sent"),
    }
    found = [
        KeyFigure(_large(release.total(unit)), text, _change(unit, release, before)) for unit, text in counts.items()
    ]
    median = release.median_time
    groups = {group.code: group for group in release.tables[catalogue.REFERRALS_TIME].rows}
    words = group_name(TIME, groups[median], signatory=release.signatory) if median else _large(Cell(State.HIDDEN))
    return [
        *found,
        KeyFigure(
            shown_cell(release.in_time, share=True), gettext("decided in time"), gettext("of the referrals sent")
        ),
        KeyFigure(words, gettext("until a decision"), gettext("middle value of the decisions")),
    ]


def _large(cell: Cell) -> Any:
    return shown_cell(cell) if cell.value is None else number(cell.value)


def _change(unit: Unit, release: Release, before: Release | None) -> str:
    """How much more or less than in the quarter before, if both are published."""
    now, then = release.total(unit).value, before.total(unit).value if before else None
    if now is None or not then:
        return ""
    change = percent((now - then) / then)
    signed = change.replace("-", "−") if now < then else f"+{change}"
    return gettext("%(change)s from the quarter before", change=signed)
