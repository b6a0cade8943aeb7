"""The forms about drafts: whether their text can be read, and where it cannot, the lines around the place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from referral.procedures.assessment import assess
from referral.procedures.schemas import EMPTY, Reading
from sop.vocabulary import N_, Message
from sop.yaml_io import Unreadable

AROUND = 3
WIDEST = 240
AT_LINE = N_("line %(line)d: %(problem)s")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text with its number; `wrong` is the one that cannot be read."""

    number: int
    text: str
    wrong: bool


def checked(reading: Reading, *, but: bool = False) -> Reading:
    """The reading of a flowchart's text with the error that stops it; `but`: a drawing is there, no text is needed."""
    if but and reading.errors.get("flowchart") == EMPTY:
        return replace(reading, errors={})
    return (
        reading if reading.errors else _told(reading, "flowchart", assess(reading.values["flowchart"], "").unreadable)
    )


def checked_table(reading: Reading) -> Reading:
    """The reading of a triage table's text with the error that stops it, if any."""
    return (
        reading if reading.errors else _told(reading, "triage", assess("", reading.values["triage"]).table_unreadable)
    )


def _told(reading: Reading, name: str, problem: Unreadable | None) -> Reading:
    if problem is None:
        return reading
    values = {"line": problem.line, "problem": problem.message}
    message = Message("at_line", AT_LINE, values) if problem.line else problem.message
    return replace(reading, errors={name: message})


def shown(reading: Reading) -> dict[str, Any]:
    """What the template of a form needs: what was typed, the errors, and the lines around the first of them."""
    message = next(iter(reading.errors.values()), None)
    line = int(message.values.get("line", 0)) if message else 0
    text = next(iter(reading.typed.values()), "")
    return {"typed": reading.typed, "errors": reading.errors, "excerpt": excerpt(text, line) if line else []}


def excerpt(text: str, line: int) -> list[Line]:
    r"""The lines around a place.

    >>> [(one.number, one.text, one.wrong) for one in excerpt("a\nb\nc\nd\ne\nf\n", 1)]
    [(1, 'a', True), (2, 'b', False), (3, 'c', False), (4, 'd', False)]
    """
    lines = text.split("\n")
    numbers = range(max(1, line - AROUND), min(len(lines), line + AROUND) + 1)
    return [Line(number, lines[number - 1][:WIDEST], number == line) for number in numbers]
