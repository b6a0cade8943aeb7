"""What a script needs to show, hide and judge the questions of a screen while somebody types. Kind: rules.

The script decides nothing: what it shows is what the server would show if the page were sent now, and the server
judges again what is sent. It gets the blank form (`bundle.blank`), and of the other screens only the answers that say
something about this one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sop.forms import Form, Screen
from sop.nodes import answers_used
from sop.questions import TEXTS, Group, Question
from sop.repeats import nested
from sop.wording import QUOTED

DECIDE = ("relevant", "required", "constraint", "calculation", "choice_filter", "count")
"""The conditions of an item that decide what is shown, and what is said of an answer."""


def data(form: Form, screen: Screen, typed: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """What the page of a screen tells `static/live.js`: the screen, answers so far, the present where the office is."""
    known = json.dumps(known_beside(form, screen, typed), ensure_ascii=False, separators=(",", ":"))
    return {"screen": screen.name, "known": known, "now": f"{now:%Y-%m-%dT%H:%M:%S}"}


def known_beside(form: Form, screen: Screen, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of the screen and those that decide about it, as typed and nested as they are.

    Its own as well: what was typed into a question that does not apply now is there again when it comes up.
    """
    return _restricted(form, reads(form, screen), typed, ())


def reads(form: Form, screen: Screen) -> frozenset[str]:
    """Names of everything on a screen, and of what decides about it anywhere."""
    waiting = [one.name for one in screen.questions]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or not (name in form or name in form.groups):
            continue
        found.add(name)
        item: Question | Group = form.groups.get(name) or form[name]
        waiting += [*item.groups, *_used(item)]
    return frozenset(found)


def _used(item: Question | Group) -> Iterator[str]:
    """What the conditions of an item read, and what its texts quote."""
    for column in DECIDE:
        node = getattr(item, column, None)
        yield from answers_used(node) if node is not None else ()
    for column in TEXTS:
        for text in (getattr(item, column, None) or {}).values():
            yield from QUOTED.findall(text)


def _restricted(form: Form, names: frozenset[str], typed: Mapping[str, Any], home: tuple[str, ...]) -> dict[str, Any]:
    found = {one.name: typed[one.name] for one in form.questions_of(home) if one.name in names and one.name in typed}
    for name in form.repeats_in(home):
        if name in names and name in typed:
            found[name] = [_restricted(form, names, one, (*home, name)) for one in nested(typed, name)]
    return found
