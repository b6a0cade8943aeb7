"""What a sent page says of a screen: which questions it answers, and what a button says of a repeat. Kind: rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from referral.identification.screens import names_on
from sop.forms import Form, Screen
from sop.paths import added, at, leaves, removed
from sop.questions import Question
from sop.repeats import MOST_ANSWERS, MOST_INSTANCES

ADD, REMOVE, REMOVED, KEEP = "add", "remove", "removed", "keep"
"""What a button says of a repeat: one more instance, ask whether one goes, let it go, let it stay."""


def asked_at(form: Form, screen: Screen, paths: Iterable[str]) -> dict[str, Question]:
    """The questions of a screen at these paths; what is no path of one of them is left out."""
    asked = {one.name: one for one in screen.questions if one.asks}
    found: dict[str, Question] = {}
    for path in paths:
        *places, name = path.split("/")
        if name in asked and _stands(form, name, places) and len(found) < MOST_ANSWERS:
            found[path] = asked[name]
    return found


def _stands(form: Form, name: str, places: Sequence[str]) -> bool:
    """Whether something of this name is in such instances."""
    numbers = places[1::2]
    good = all(one.isascii() and one.isdigit() and one[0] != "0" and len(one) < 4 for one in numbers)
    return good and tuple(places[::2]) == form.homes[name] and all(int(one) <= MOST_INSTANCES for one in numbers)


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says of a repeat (`ADD`) or of one of its instances; no kind: it was another button."""

    kind: str = ""
    path: str = ""


def pressed(form: Form, screen: Screen, button: str) -> Press:
    """What the button that was pressed says of a repeat of the screen."""
    kind, _, path = button.partition(":")
    parts = path.split("/")
    if kind in (REMOVE, REMOVED, KEEP) and len(parts) % 2 == 0:
        *outer, name, number = parts
        good = _repeats(form, screen, name) and _stands(form, name, outer) and _counts(number)
    else:
        good = kind == ADD and len(parts) % 2 == 1 and _repeats(form, screen, parts[-1])
        good = good and _stands(form, parts[-1], parts[:-1])
    return Press(kind, path) if good else Press()


def decided(form: Form, typed: Mapping[str, Any], press: Press, *, today: date, now: datetime) -> Press:
    """The same, but an instance in which nothing was typed goes without a question."""
    if press.kind != REMOVE:
        return press
    proposed = form.initial_instance(press.path.rpartition("/")[0], typed, today=today, now=now)
    return press if _says_something(typed, press.path, proposed) else Press(REMOVED, press.path)


def afterwards(form: Form, typed: Mapping[str, Any], press: Press, *, today: date, now: datetime) -> dict[str, Any]:
    """The answers after the button: with one more instance, with one less, or as they were."""
    if press.kind == REMOVED:
        return removed(typed, press.path)
    here = at(typed, press.path) if press.kind else None
    if press.kind != ADD or (isinstance(here, list) and len(here) >= MOST_INSTANCES):
        return dict(typed)
    return added(typed, press.path, form.initial_instance(press.path, typed, today=today, now=now))


def place_after(typed: Mapping[str, Any], press: Press) -> str:
    """The path of what the page shows after the button."""
    if press.kind == ADD:
        return f"{press.path}/{len(at(typed, press.path) or [1])}"
    return press.path.rpartition("/")[0] if press.kind == REMOVED else press.path


def _repeats(form: Form, screen: Screen, name: str) -> bool:
    """Whether it is a repeat on this screen to which instances can be added."""
    group = form.groups.get(name)
    return group is not None and group.repeat and group.count is None and name in names_on(screen)


def _counts(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 4 and 1 <= int(number) <= MOST_INSTANCES


def _says_something(typed: Mapping[str, Any], instance: str, proposed: Mapping[str, Any]) -> bool:
    """Whether somebody typed something into an instance beside what the form proposed in a new one."""
    here = at(typed, instance)
    answers = leaves(here) if isinstance(here, Mapping) else ()
    return any(answer not in (None, "", []) and answer != proposed.get(path) for path, answer in answers)
