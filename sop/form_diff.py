"""What differs between two versions of a form: groups, questions and choices that came, went or changed.

Items are known by their name, choices by their list and code; the order of questions counts, their row does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

from sop.diff import Mark
from sop.expression_text import written
from sop.forms import Form
from sop.questions import LOGIC, TEXTS, Choice, Group, Question, Texts
from sop.vocabulary import N_, Category

NO_CATEGORY: Final = "–"


class Part(StrEnum):
    """What a difference is about."""

    GROUP = "group"
    QUESTION = "question"
    CHOICE = "choice"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return PART_LABELS[self]


PART_LABELS: Final = {
    Part.GROUP: N_("Screen or group"),
    Part.QUESTION: N_("Question"),
    Part.CHOICE: N_("Answer offered"),
}
ATTRIBUTES: Final[Mapping[str, str]] = {
    "type": N_("type"),
    "label": N_("label"),
    "hint": N_("hint"),
    "guidance_hint": N_("guidance"),
    "constraint_message": N_("message"),
    "required_message": N_("message when empty"),
    "required": N_("must be answered"),
    "relevant": N_("condition"),
    "constraint": N_("limits"),
    "calculation": N_("calculation"),
    "choice_filter": N_("filter of the answers"),
    "default": N_("proposed answer"),
    "count": N_("number of times"),
    "category": N_("category"),
    "fact": N_("fact"),
    "list_name": N_("list of answers"),
    "appearance": N_("appearance"),
    "groups": N_("place"),
    "read_only": N_("only shown"),
    "repeat": N_("asked several times"),
    "columns": N_("columns of the filter"),
    "order": N_("order"),
}


@dataclass(frozen=True, slots=True)
class Detail:
    """One attribute (`label` is its name, a message id) before and after; `language` of a text, else empty."""

    label: str
    before: str
    after: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class FormDifference:
    """Something that was added, removed or changed; `name` is its name in the file, `label` what people read."""

    mark: Mark
    part: Part
    name: str
    label: Texts
    details: tuple[Detail, ...] = ()


def compare(before: Form, after: Form) -> list[FormDifference]:
    """All differences: groups and questions in the order of the newer form, what went away after them, then choices.

    >>> from sop.forms import compile_form
    >>> head = "| survey | | | |\\n| | type | name | label |\\n| | text | a | A |\\n"
    >>> old, new = (compile_form(head + more, reference=False) for more in ("", "| | text | b | B |\\n"))
    >>> [(one.mark.value, one.name) for one in compare(old, new)]
    [('added', 'b')]
    """
    return [*_items(before, after), *_choices(before, after)]


def _items(before: Form, after: Form) -> Iterator[FormDifference]:
    old, new = _all(before), _all(after)
    moved = _moved(list(old), list(new))
    for name, item in new.items():
        if name not in old:
            yield FormDifference(Mark.ADDED, _part(item), name, item.label)
        elif details := [*_details(old[name], item), *([Detail(ATTRIBUTES["order"], "", "")] if name in moved else [])]:
            yield FormDifference(Mark.CHANGED, _part(item), name, item.label, tuple(details))
    for name, item in old.items():
        if name not in new:
            yield FormDifference(Mark.REMOVED, _part(item), name, item.label)


def _all(form: Form) -> dict[str, Question | Group]:
    items: list[Question | Group] = [*form.groups.values(), *form.questions]
    return {item.name: item for item in sorted(items, key=lambda item: item.row)}


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Names that stand in another order among those that both have."""
    old, new = [name for name in before if name in set(after)], [name for name in after if name in set(before)]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    still = {old[block.a + step] for block in blocks for step in range(block.size)}
    return set(new) - still


def _part(item: Question | Group) -> Part:
    return Part.QUESTION if isinstance(item, Question) else Part.GROUP


def _details(before: Question | Group, after: Question | Group) -> Iterator[Detail]:
    if type(before) is not type(after):
        yield Detail(ATTRIBUTES["type"], _part(before).value, _part(after).value)
        return
    for attribute in fields(after):
        name = attribute.name
        old, new = getattr(before, name), getattr(after, name)
        if name not in ATTRIBUTES or old == new:
            continue
        if name in TEXTS or name == "label":
            yield from _texts(name, old, new)
        else:
            yield Detail(ATTRIBUTES[name], _shown(name, old), _shown(name, new))


def _texts(name: str, before: Texts, after: Texts) -> Iterator[Detail]:
    for language in sorted({*before, *after}):
        old, new = before.get(language, ""), after.get(language, "")
        if old != new:
            yield Detail(ATTRIBUTES[name], old, new, language)


def _shown(name: str, value: Any) -> str:
    if value is None or value == () or value == "":
        return ""
    if name in LOGIC:
        return written(value)
    if isinstance(value, Category):
        return value.value
    if isinstance(value, bool):
        return "✓" if value else ""
    return " / ".join(value) if isinstance(value, tuple) else str(value)


def _choices(before: Form, after: Form) -> Iterator[FormDifference]:
    for list_name in dict.fromkeys([*after.choices, *before.choices]):
        old = {choice.name: choice for choice in before.choices.get(list_name, ())}
        new = {choice.name: choice for choice in after.choices.get(list_name, ())}
        for code, choice in new.items():
            name = f"{list_name}: {code}"
            if code not in old:
                yield FormDifference(Mark.ADDED, Part.CHOICE, name, choice.label)
            elif details := tuple(_choice_details(old[code], choice)):
                yield FormDifference(Mark.CHANGED, Part.CHOICE, name, choice.label, details)
        for code, choice in old.items():
            if code not in new:
                yield FormDifference(Mark.REMOVED, Part.CHOICE, f"{list_name}: {code}", choice.label)


def _choice_details(before: Choice, after: Choice) -> Iterator[Detail]:
    yield from _texts("label", before.label, after.label)
    if before.columns != after.columns:
        texts = [", ".join(f"{key}={value}" for key, value in one.columns.items()) for one in (before, after)]
        yield Detail(ATTRIBUTES["columns"], *texts)
