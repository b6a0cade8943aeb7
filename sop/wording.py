"""The texts of a form with the answers that they quote: “Age of ${name}” at `members/2/age` is “Age of Awa”."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sop.answers import as_value
from sop.functions import to_text
from sop.paths import at

if TYPE_CHECKING:
    from sop.filling import FormState
    from sop.forms import Form

QUOTED = re.compile(r"\$\{\s*([^\s{}]+)\s*\}")


def in_full(text: str, form: Form, state: FormState, path: str = "", language: str = "") -> str:
    """The text with each `${name}` as the answer in words, seen from the question, group or instance at the path.

    An answer is that of the same instance, then outward, then of the first instance; a chosen one is its label in the
    language, which may quote answers in its turn. What is not answered leaves nothing.
    """
    return _quoting(text, form, state, path, language, DEEPEST)


DEEPEST = 3
"""How often a quoted label may quote another: two choices could quote each other without end."""


def _quoting(text: str, form: Form, state: FormState, path: str, language: str, deep: int) -> str:
    if "${" not in text:
        return text
    return QUOTED.sub(lambda found: _words(form, state, found[1], path, language, deep) if deep else "", text)


def _words(form: Form, state: FormState, name: str, path: str, language: str, deep: int) -> str:
    if name not in form:
        return ""
    at_path = answer_path(form, name, path)
    answer, question = at(state.values, at_path), form[name]
    if answer is None or not question.type.has_choices:
        return to_text(as_value(answer))
    labels = {choice.name: choice.label for choice in reversed(form.choices.get(question.list_name, ()))}
    codes: list[Any] = answer if isinstance(answer, list) else [answer]
    told = (_label(labels.get(code, {}), language) or str(code) for code in codes)
    return ", ".join(_quoting(one, form, state, at_path, language, deep - 1) for one in told)


def _label(texts: Any, language: str) -> str:
    return texts.get(language) or texts.get("") or next(iter(texts.values()), "")


def answer_path(form: Form, name: str, path: str) -> str:
    """The path of the answer that `${name}` means at a path.

    Where the name is in a repeat that the path is not in, the first instance is meant.
    """
    parts = path.split("/")
    here = dict(zip(parts[::2], parts[1::2], strict=False))
    found, same = "", True
    for repeat in form.homes[name]:
        same = same and repeat in here
        found += f"{repeat}/{here[repeat] if same else 1}/"
    return found + name
