"""A form as a table of its questions: what each asks, what it is for, and when it is asked, in words where possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from referral.foundation.i18n import gettext
from sop.expression_text import written
from sop.form_words import Wording, condition_words, numbered
from sop.forms import Form
from sop.nodes import Node
from sop.questions import Choice, Kind, Question, Texts
from sop.vocabulary import N_

TYPES: Mapping[Kind, str] = {
    Kind.TEXT: N_("text"),
    Kind.INTEGER: N_("whole number"),
    Kind.DECIMAL: N_("number"),
    Kind.DATE: N_("date"),
    Kind.TIME: N_("time of day"),
    Kind.DATETIME: N_("date and time"),
    Kind.SELECT_ONE: N_("one answer"),
    Kind.SELECT_MULTIPLE: N_("several answers"),
    Kind.ACKNOWLEDGE: N_("a box to tick"),
    Kind.NOTE: N_("text to read"),
    Kind.CALCULATE: N_("calculation"),
    Kind.IMAGE: N_("photo"),
    Kind.AUDIO: N_("recording"),
    Kind.VIDEO: N_("video"),
    Kind.FILE: N_("file"),
    Kind.GEOPOINT: N_("position"),
    Kind.BARCODE: N_("bar code"),
    Kind.PHONE: N_("telephone number"),
}
MACHINE = N_("filled in by the device")
ALWAYS = N_("always")
SILENT = N_("Worked out, never asked")
IF = N_("if: %(condition)s")


@dataclass(frozen=True, slots=True)
class Condition:
    """When something is asked: `words` where it could be said, else `source`, as its author wrote it."""

    words: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One question of the table; `labels` are (language, text), `inside` the groups within its screen."""

    question: Question
    number: str
    type: str
    labels: tuple[tuple[str, str], ...]
    hints: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]
    asked: Condition | None
    required: Condition | None
    limits: str
    inside: tuple[Texts, ...]
    repeated: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One screen of the table."""

    name: str
    number: int
    label: Texts
    asked: Condition | None
    lines: tuple[Line, ...]


def drawn_up(form: Form, lang: str) -> list[Section]:
    """The form by screens; what is worked out or filled in by the device stands at the end."""
    wording = Wording(form, numbered(form), lang, gettext)
    sections = []
    for screen in form.screens():
        group = form.groups.get(screen.name)
        asked = _condition(group.relevant if group else None, wording)
        lines = tuple(_line(question, form, wording) for question in screen.questions)
        sections.append(Section(screen.name, screen.number, screen.label, asked, lines))
    silent = tuple(_line(question, form, wording) for question in form if question.type.is_silent)
    if silent:
        sections.append(Section("silent", len(sections) + 1, {"": gettext(SILENT)}, None, silent))
    return sections


def _line(question: Question, form: Form, wording: Wording) -> Line:
    groups = [form.groups[name] for name in question.groups]
    return Line(
        question,
        wording.numbers.get(question.name, ""),
        gettext(MACHINE if question.type.is_metadata else TYPES[question.type]),
        _languages(question.label, form.languages),
        _languages(question.hint, form.languages),
        form.choices.get(question.list_name, ()),
        _condition(question.relevant, wording),
        _condition(question.required, wording),
        written(question.constraint) if question.constraint is not None else "",
        tuple(group.label for group in groups[1:]),
        any(group.repeat for group in groups),
    )


def _languages(texts: Texts, languages: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((code, texts[code]) for code in dict.fromkeys([*languages, *texts]) if texts.get(code))


def _condition(node: Node | None, wording: Wording) -> Condition | None:
    if node is None:
        return None
    source = written(node)
    if source == "true()":
        return Condition(words=gettext(ALWAYS))
    words = condition_words(node, wording)
    return Condition(words=gettext(IF) % {"condition": words}) if words else Condition(source=source)
