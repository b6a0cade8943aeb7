"""How a country (or one of its regions) deviates from the model it stands on, step by step, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sop.diff import EMPTY, LABELS, Change, Difference, Mark, diff, shown
from sop.flowchart import Branch, Flowchart
from sop.vocabulary import N_, Message, Priority


class Way(StrEnum):
    """In which way something deviates."""

    ADDED = "added"
    REMOVED = "removed"
    RETIMED = "retimed"
    RENAMED = "renamed"
    REWIRED = "rewired"
    CHANGED = "changed"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return WAY_LABELS[self]


WAY_LABELS: Final[dict[Way, str]] = {
    Way.ADDED: N_("Added"),
    Way.REMOVED: N_("Removed"),
    Way.RETIMED: N_("Other time"),
    Way.RENAMED: N_("Other words"),
    Way.REWIRED: N_("Other way on"),
    Way.CHANGED: N_("Changed"),
}


_WORDED: Final = N_("%(where)s is worded “%(after)s” instead of “%(before)s”")


@dataclass(frozen=True, slots=True)
class Deviation:
    """One deviation. `section` is nodes, lanes, …; `where` a step (of a way on: the one it leaves) or another id."""

    way: Way
    section: str
    where: str
    message: Message
    before: str = EMPTY
    after: str = EMPTY


def deviations(base: Flowchart, merged: Flowchart, *, lang: str = "fr") -> list[Deviation]:
    """Everything that the merged flowchart does in another way than its base, in the order of the merged one.

    Labels in the sentences are in the language asked for; the head (id, version, title) is no deviation.
    """
    found = diff(base, merged)
    steps = [one for change in found.of("nodes") for one in _of_step(base, merged, change, lang)]
    steps += _rewired(base, merged, lang)
    order = {step: place for place, step in enumerate((*merged.steps, *base.steps)) if place < len(merged.steps)}
    steps.sort(key=lambda one: order.get(one.where, len(order)))
    rest = ("lanes", "stages", "fields", "constraints", "forbidden", "conflicts")
    return steps + [one for section in rest for change in found.of(section) for one in _of_rest(change, lang)]


def _label(flowchart: Flowchart, step: str, lang: str) -> str:
    label = flowchart.steps[step].label
    return label.get(lang) or next(iter(label.values()), "") or step


def _of_step(base: Flowchart, merged: Flowchart, change: Change, lang: str) -> Iterator[Deviation]:
    if change.mark in (Mark.ADDED, Mark.REMOVED):
        held = merged if change.mark is Mark.ADDED else base
        label = _label(held, change.id, lang)
        added = change.mark is Mark.ADDED
        text = N_("the step %(step)s is added: %(label)s") if added else N_("the step %(step)s is left out: %(label)s")
        message = Message("DEVIATION", text, {"step": change.id, "label": label})
        before, after = (EMPTY, label) if added else (label, EMPTY)
        yield Deviation(Way.ADDED if added else Way.REMOVED, change.section, change.id, message, before, after)
        return
    if change.was:
        yield _renamed_id(change)
    yield from _attributes(change, lang)


def _renamed_id(change: Change) -> Deviation:
    message = Message("DEVIATION", N_("%(was)s is now called %(where)s"), {"was": change.was, "where": change.id})
    return Deviation(Way.RENAMED, change.section, change.id, message, change.was, change.id)


def _attributes(change: Change, lang: str) -> Iterator[Deviation]:
    """Each attribute that differs; of words those in the reader's language, when that one differs."""
    spoken = {one.attribute for one in change.differences if one.attribute in LABELS and one.of == lang}
    for one in change.differences:
        if one.attribute not in spoken or one.of == lang:
            yield _attribute(change, one)


def _attribute(change: Change, one: Difference) -> Deviation:
    before, after = shown(one.before), shown(one.after)
    values = {"where": change.id, "what": one.name, "before": before, "after": after}
    way, text = Way.CHANGED, N_("%(where)s: “%(what)s” is %(after)s instead of %(before)s")
    if one.attribute == "deadline":
        way, text = Way.RETIMED, N_("%(where)s may take %(after)s instead of %(before)s at %(what)s priority")
        values["what"] = Priority(one.of).value
    elif one.attribute in ("max", "clock"):
        way = Way.RETIMED
    elif one.attribute in LABELS | {"lane"}:
        way, text = Way.RENAMED, _WORDED if one.before is not None else N_("%(where)s adds the words “%(after)s”")
    return Deviation(way, change.section, change.id, Message("DEVIATION", text, values), before, after)


def _of_rest(change: Change, lang: str) -> Iterator[Deviation]:
    if change.mark is Mark.CHANGED:
        yield from _attributes(change, lang)
        return
    way = Way.ADDED if change.mark is Mark.ADDED else Way.REMOVED
    yield Deviation(way, change.section, change.id, change.messages[0])


def _rewired(base: Flowchart, merged: Flowchart, lang: str) -> Iterator[Deviation]:
    """Steps of both whose ways on differ, told with those ways; other words on a branch are told as words."""
    for step in merged.steps:
        if step not in base.steps:
            continue
        before, after = base.outgoing(step), merged.outgoing(step)
        ways, others = list(map(_way_on, before)), list(map(_way_on, after))
        if sorted(ways) != sorted(others):
            old = "; ".join(way for way in ways if way not in others) or EMPTY
            new = "; ".join(way for way in others if way not in ways) or EMPTY
            text = N_("%(where)s leads to %(after)s instead of %(before)s")
            message = Message("DEVIATION", text, {"where": step, "before": old, "after": new})
            yield Deviation(Way.REWIRED, "edges", step, message, old, new)
            continue
        words = {_way_on(branch): branch.label.get(lang, "") for branch in before}
        for branch in after:
            old, new = words[_way_on(branch)] or EMPTY, branch.label.get(lang, "") or EMPTY
            if old != new:
                values = {"where": branch.where, "before": old, "after": new}
                yield Deviation(Way.RENAMED, "edges", step, Message("DEVIATION", _WORDED, values), old, new)


def _way_on(branch: Branch) -> str:
    """Where a branch leads, on which condition, how often."""
    limits = [branch.condition]
    if branch.is_loop:
        limits.append(f"max {branch.loop_max or EMPTY}, then {branch.then or EMPTY}")
    inside = "; ".join(one for one in limits if one)
    return f"{branch.target} ({inside})" if inside else branch.target
