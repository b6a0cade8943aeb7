"""The gate for what is typed about versions: texts, uploaded files, comments, answers, the committee's decision.

Each form is read into what was typed (shown again when something is wrong), the values, and the errors by field.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Protocol
from uuid import UUID

from referral.procedures.assessment import as_text
from referral.procedures.rules import DECISION, DEMONSTRATION, NEEDS_REASON, Anchor, AnchorKind, CommentAnswer
from sop.flowchart import Flowchart
from sop.vocabulary import N_, Message
from sop.yaml_tree import MAX_BYTES

LONGEST: Final = 4_000
PARTS: Final = ("day", "month", "year")
UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EMPTY = Message("empty", N_("Write something here."))
TOO_LONG = Message("too_long", N_("This text is longer than %(limit)d characters."), {"limit": LONGEST})
NOT_TEXT = Message("not_text", N_("This file is not a text in UTF-8; choose the YAML or CSV file itself."))
TOO_LARGE = Message("too_large", N_("This text is longer than a million characters."))
NO_PLACE = Message("no_place", N_("Choose the step or the arrow that you speak of."))
CHOOSE = Message("choose_answer", N_("Choose what becomes of the comment."))
WHY = Message("why", N_("Say why; whoever commented is owed the reason."))
NUMBER = Message("decision_number", N_("Letters without accents, digits and . / - only, as in 012/CP-MNR/2026."))
NOT_A_DAY = Message("not_a_day", N_("Enter a day that exists, such as 31 12 2031."))
FUTURE = Message("future", N_("A decision cannot be taken on a day that is still to come."))

MOST_CASES: Final = 200
MOST_CASES_COMPARED: Final = 100
"""Each case takes about five milliseconds, and a comparison walks it twice: a page answers in a second,
within two where the machine is busy."""
DEADLINES, CASES = "deadlines", "cases"
SIMULATED: Final[Mapping[str, tuple[str, int, int]]] = {
    "cases": ("100", 1, MOST_CASES),
    "days": ("90", 1, 365),
    "seed": ("1", 0, 999_999_999),
}
"""Whole numbers of a simulation: what stands in the field at first, the lowest, the highest."""
TWICE = Message(
    "twice", N_("With a comparison at most %(high)d: each case is simulated twice."), {"high": MOST_CASES_COMPARED}
)
NOT_LISTED = Message("not_listed", N_("Choose one of the list."))


class Upload(Protocol):
    """A file of a form: its name and its bytes."""

    filename: str | None

    def read(self) -> bytes:
        """All bytes."""

    def close(self) -> None:
        """Let go of the file; a large one lies on the disk until then."""


@dataclass(frozen=True)
class Reading:
    """A form as it came: what was typed, its values where nothing is wrong, and the errors by field."""

    typed: dict[str, str]
    values: dict[str, Any]
    revision: int
    errors: dict[str, Message] = field(default_factory=dict)


def read_text(posted: Mapping[str, str], file: Upload | None, name: str) -> Reading:
    """A long text, typed into the field `name` or uploaded; what is uploaded wins over what was typed."""
    content = file.read() if file is not None and file.filename else b""
    typed = as_text(posted.get(name, ""))
    error = None
    if content:
        try:
            typed = as_text(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            error = NOT_TEXT
    if error is None and len(typed.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        error = TOO_LARGE
    if error is None and UNPRINTABLE.search(typed):
        error = NOT_TEXT
    if error is None and not typed.strip():
        error = EMPTY
    errors = {} if error is None else {name: error}
    return Reading({name: _printable(typed)}, {name: typed}, revision_of(posted), errors)


def read_comment(posted: Mapping[str, str], flowchart: Flowchart, paragraphs: Container[str]) -> Reading:
    """A comment and its place; the place must be there: in the flowchart, or a paragraph of its text."""
    typed = {"anchor": posted.get("anchor", "")[:120], "text": _words(posted.get("text", ""))}
    errors: dict[str, Message] = {}
    anchor = Anchor.parse(typed["anchor"])
    is_known = anchor is not None and (anchor.kind is not AnchorKind.PARAGRAPH or anchor.place in paragraphs)
    if anchor is None or not is_known or not anchor.stands_in(flowchart):
        errors["anchor"] = NO_PLACE
    if problem := _length(typed["text"]):
        errors["text"] = problem
    return Reading(typed, {"anchor": anchor, "text": typed["text"]}, 0, errors)


def read_answer(posted: Mapping[str, str]) -> Reading:
    """What becomes of a comment, and why."""
    typed = {"answer": posted.get("answer", "")[:20], "reason": _words(posted.get("reason", ""))}
    errors: dict[str, Message] = {}
    answer = CommentAnswer(typed["answer"]) if typed["answer"] in list(CommentAnswer) else None
    if answer is None:
        errors["answer"] = CHOOSE
    if answer in NEEDS_REASON and not typed["reason"]:
        errors["reason"] = WHY
    elif len(typed["reason"]) > LONGEST:
        errors["reason"] = TOO_LONG
    return Reading(typed, {"answer": answer, "reason": typed["reason"]}, revision_of(posted), errors)


def read_decision(posted: Mapping[str, str], *, today: date) -> Reading:
    """The committee's decision: its number, its day, and from when the version applies (optional)."""
    names = ("number", *(f"{name}-{part}" for name in ("decided", "valid") for part in PARTS))
    typed = {name: _printable(posted.get(name, ""))[:60].strip() for name in names}
    errors: dict[str, Message] = {}
    number = typed["number"]
    if not DECISION.fullmatch(number) or number.upper() == DEMONSTRATION:
        errors["number"] = NUMBER
    decided, valid = _day(typed, "decided", errors), _day(typed, "valid", errors)
    if decided is None:
        errors.setdefault("decided", NOT_A_DAY)
    elif decided > today:
        errors["decided"] = FUTURE
    values = {"number": number, "decided_on": decided, "valid_from": valid}
    return Reading(typed, values, revision_of(posted), errors)


def read_simulation(asked: Mapping[str, str], others: Collection[str]) -> Reading:
    """What is to be simulated: how many cases over how many days, the seed, the version to compare with, which times.

    >>> read_simulation({"cases": "20"}, ()).values
    {'cases': 20, 'days': 90, 'seed': 1, 'with': '', 'times': 'deadlines'}
    >>> sorted(read_simulation({"cases": "0", "days": "², ", "times": "x", "with": "y"}, ()).errors)
    ['cases', 'days', 'times', 'with']
    """
    typed = {name: _printable(asked.get(name, first))[:40].strip() for name, (first, _low, _high) in SIMULATED.items()}
    typed |= {"with": _printable(asked.get("with", ""))[:40], "times": _printable(asked.get("times", DEADLINES))[:40]}
    values: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for name, (_first, low, high) in SIMULATED.items():
        text = typed[name]
        values[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        if values[name] is None or not low <= values[name] <= high:
            between = N_("Enter a whole number from %(low)d to %(high)d.")
            errors[name] = Message("not_between", between, {"low": low, "high": high})
    for name, allowed in (("with", ("", *others)), ("times", (DEADLINES, CASES))):
        values[name] = typed[name]
        if typed[name] not in allowed:
            errors[name] = NOT_LISTED
    if typed["with"] and "cases" not in errors and values["cases"] > MOST_CASES_COMPARED:
        errors["cases"] = TWICE
    return Reading(typed, values, 0, errors)


def revision_of(posted: Mapping[str, str]) -> int:
    """The revision that a form was made from; 0 for anything that is none.

    >>> revision_of({"revision": "7"}), revision_of({"revision": "٧"}), revision_of({"revision": "9" * 30})
    (7, 0, 0)
    """
    text = posted.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def uuid_from(text: str) -> UUID | None:
    """An id of an address, or None for anything that is none.

    >>> uuid_from("nonsense") is None
    True
    """
    try:
        return UUID(text)
    except ValueError:
        return None


def file_name(name: str | None) -> str:
    r"""A file's name without a path or anything that a header or a page could stumble over.

    >>> file_name("C:\\x\\plan du comité.bpmn"), file_name("../../etc/passwd"), file_name(None)
    ('plan_du_comit_.bpmn', 'passwd', '')
    """
    plain = re.split(r"[/\\]", name or "")[-1]
    return re.sub(r"[^A-Za-z0-9._-]", "_", plain).lstrip(".")[-120:]


def _day(typed: Mapping[str, str], name: str, errors: dict[str, Message]) -> date | None:
    parts = [typed[f"{name}-{part}"] for part in PARTS]
    if not any(parts):
        return None
    try:
        if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            raise ValueError(name)
        day, month, year = map(int, parts)
        return date(year, month, day)
    except ValueError:
        errors[name] = NOT_A_DAY
        return None


def _words(text: str) -> str:
    return _printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()[: LONGEST + 1]


def _printable(text: str) -> str:
    return UNPRINTABLE.sub("", text)


def _length(text: str) -> Message | None:
    if not text:
        return EMPTY
    return TOO_LONG if len(text) > LONGEST else None
