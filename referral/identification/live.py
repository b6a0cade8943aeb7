"""What a script needs to show and hide the questions of a screen while somebody types. Kind: rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sop.forms import Form, Screen
from sop.nodes import answers_used
from sop.questions import Group, Question
from sop.repeats import nested

DECIDE = ("relevant", "calculation", "choice_filter", "count")
"""The conditions of an item that decide what is shown."""


def reads(form: Form, screen: Screen) -> frozenset[str]:
    """Names of everything that decides what a screen shows, on it or on another."""
    waiting = [one.name for one in screen.questions]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or not (name in form.groups or name in form):
            continue
        item: Question | Group = form.groups.get(name) or form[name]
        found.add(name)
        nodes = [node for column in DECIDE if (node := getattr(item, column, None)) is not None]
        waiting += [*item.groups, *(used for node in nodes for used in answers_used(node))]
    return frozenset(found)


def known(form: Form, screen: Screen, typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answers that a script needs beside those on the page, nested as they are; None where nothing decides."""
    if not any(_decides(form, one) for one in screen.questions):
        return None
    names = reads(form, screen)
    here = {one.name for one in screen.questions if one.asks and not one.type.is_attachment}
    return _restricted(form, names - here, typed, ())


def _decides(form: Form, question: Question) -> bool:
    """Whether what is typed can change how a question is shown."""
    around: tuple[Question | Group, ...] = (*(form.groups[name] for name in question.groups), question)
    nodes = [getattr(item, column, None) for item in around for column in DECIDE]
    return any(node is not None and answers_used(node) for node in nodes)


def _restricted(form: Form, names: frozenset[str], typed: Mapping[str, Any], home: tuple[str, ...]) -> dict[str, Any]:
    found = {one.name: typed[one.name] for one in form.questions_of(home) if one.name in names and one.name in typed}
    for name in form.repeats_in(home):
        if name in names and name in typed:
            found[name] = [_restricted(form, names, one, (*home, name)) for one in nested(typed, name)]
    return found
