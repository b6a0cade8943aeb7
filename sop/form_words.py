"""Conditions of a form in words: “yes to question 7”, for paper and for the page that shows a form.

Only the shapes that forms really have are put in words; of any other tree `condition_words` says nothing, and
`skip_words` names the questions that it depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sop.forms import Form
from sop.nodes import Answer, Call, Node, Number, Text, answers_used
from sop.questions import Kind, Texts
from sop.vocabulary import N_

Say = Callable[[str], str]
MOST_NAMED: Final = 6
"""As many questions are named where a condition cannot be put in words."""
OPPOSITE: Final = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED: Final = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
COMPARED: Final = {
    "<": N_("less than %(value)s at question %(number)s"),
    "<=": N_("%(value)s or less at question %(number)s"),
    ">": N_("more than %(value)s at question %(number)s"),
    ">=": N_("%(value)s or more at question %(number)s"),
    "=": N_("%(value)s at question %(number)s"),
    "!=": N_("something else than %(value)s at question %(number)s"),
}
PLAIN: Final = frozenset({"yes", "no", "oui", "non"})
"""Codes whose label needs no quotation marks."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What conditions are put in words with: the form, the numbers of its questions, a language, its messages."""

    form: Form
    numbers: Mapping[str, str]
    lang: str
    say: Say

    def text(self, texts: Texts) -> str:
        """The text in the language of the wording, else in any other."""
        return texts.get(self.lang) or texts.get("") or next(iter(texts.values()), "")


def numbered(form: Form) -> dict[str, str]:
    """The questions that somebody answers, numbered in the order of the form.

    >>> from sop.forms import load_form
    >>> numbered(load_form())["identified_on"]
    '1'
    """
    asked = (question.name for question in form.questions if question.asks)
    return {name: str(number) for number, name in enumerate(asked, start=1)}


def condition_words(node: Node, wording: Wording) -> str | None:
    """A condition in words that follow “if”; None when its shape is not one of the common ones.

    >>> from sop.expressions import parse
    >>> from sop.forms import load_form
    >>> form = load_form()
    >>> said = Wording(form, {"age_doubt": "7", "needs": "8"}, "en", str)
    >>> condition_words(parse("${age_doubt} = 'yes'"), said)
    'yes to question 7'
    >>> condition_words(parse("${age_doubt} != '' and not(selected(${needs}, 'MED'))"), said)
    'an answer to question 7 and “Medical care” not ticked at question 8'
    """
    return _words(node, wording, negative=False, inside="")


def skip_words(node: Node, wording: Wording) -> str:
    """The sentence on paper over what is asked only then: exact where possible, else the questions to look at."""
    exact = condition_words(node, wording)
    if exact is not None:
        return wording.say(N_("Only if: %(condition)s.")) % {"condition": exact}
    numbers = _numbers(node, wording)
    if not numbers or len(numbers) > MOST_NAMED:
        return wording.say(N_("Only if this applies, by the answers above."))
    if len(numbers) == 1:
        return wording.say(N_("Only if this applies, by the answer to question %(number)s.")) % {"number": numbers[0]}
    named = {"numbers": ", ".join(numbers[:-1]), "last": numbers[-1]}
    return wording.say(N_("Only if this applies, by the answers to questions %(numbers)s and %(last)s.")) % named


def _numbers(node: Node, wording: Wording) -> list[str]:
    """Numbers of the questions that a condition depends on, through what is worked out."""
    found: set[str] = set()
    ahead, seen = list(answers_used(node)), set(answers_used(node))
    while ahead:
        name = ahead.pop()
        if name in wording.numbers:
            found.add(wording.numbers[name])
        elif name in wording.form and (calculation := wording.form[name].calculation) is not None:
            fresh = answers_used(calculation) - seen
            ahead, seen = ahead + list(fresh), seen | fresh
    return sorted(found, key=lambda number: (len(number), number))


def _words(node: Node, wording: Wording, *, negative: bool, inside: str) -> str | None:
    if not isinstance(node, Call):
        return None
    if node.name in {"not", "false"}:
        return _words(node.arguments[0], wording, negative=not negative, inside=inside) if node.arguments else None
    if node.name in {"and", "or"}:
        return _joined(node, wording, negative=negative, inside=inside)
    if node.name == "selected":
        return _ticked(node, wording, negative=negative)
    return _compared(node, wording, negative=negative) if node.name in OPPOSITE else None


def _joined(node: Call, wording: Wording, *, negative: bool, inside: str) -> str | None:
    """Parts of a chain; what is denied as a whole turns round (De Morgan), what is mixed gets brackets."""
    word = node.name if not negative else {"and": "or", "or": "and"}[node.name]
    parts = [_words(part, wording, negative=negative, inside=word) for part in _chain(node, node.name)]
    if any(part is None for part in parts):
        return None
    pattern = N_("%(first)s and %(second)s") if word == "and" else N_("%(first)s or %(second)s")
    text, *rest = [part for part in dict.fromkeys(parts) if part]
    for part in rest:
        text = wording.say(pattern) % {"first": text, "second": part}
    return f"({text})" if rest and inside and inside != word else text


def _chain(node: Node, name: str) -> list[Node]:
    if isinstance(node, Call) and node.name == name:
        return [part for argument in node.arguments for part in _chain(argument, name)]
    return [node]


def _ticked(node: Call, wording: Wording, *, negative: bool) -> str | None:
    asked, code = node.arguments
    if not isinstance(asked, Answer) or not isinstance(code, Text) or asked.name not in wording.numbers:
        return None
    label = _label(asked.name, code.value, wording)
    if label is None:
        return None
    if wording.form[asked.name].type is not Kind.SELECT_MULTIPLE:
        return _chosen(label, asked.name, wording, negative=negative)
    text = (
        N_("%(answer)s not ticked at question %(number)s")
        if negative
        else N_("%(answer)s ticked at question %(number)s")
    )
    return wording.say(text) % {"answer": label, "number": wording.numbers[asked.name]}


def _compared(node: Call, wording: Wording, *, negative: bool) -> str | None:
    (left, right), operator = node.arguments, node.name
    if isinstance(right, Answer) and not isinstance(left, Answer):
        left, right, operator = right, left, MIRRORED[operator]
    if not isinstance(left, Answer) or left.name not in wording.numbers:
        return None
    operator = OPPOSITE[operator] if negative else operator
    number = wording.numbers[left.name]
    if isinstance(right, Text) and operator in {"=", "!="}:
        if not right.value:
            text = N_("no answer to question %(number)s") if operator == "=" else N_("an answer to question %(number)s")
            return wording.say(text) % {"number": number}
        label = _label(left.name, right.value, wording)
        return None if label is None else _chosen(label, left.name, wording, negative=operator == "!=")
    if isinstance(right, Number) and not wording.form[left.name].type.has_choices:
        return wording.say(COMPARED[operator]) % {"value": f"{right.value:g}", "number": number}
    return None


def _chosen(label: str, name: str, wording: Wording, *, negative: bool) -> str:
    text = (
        N_("another answer than %(answer)s to question %(number)s")
        if negative
        else N_("%(answer)s to question %(number)s")
    )
    return wording.say(text) % {"answer": label, "number": wording.numbers[name]}


def _label(name: str, code: str, wording: Wording) -> str | None:
    """The label of a choice, quoted; a plain yes or no as it is; None for what the list does not have."""
    choices = wording.form.choices.get(wording.form[name].list_name, ())
    label = next((wording.text(choice.label) for choice in choices if choice.name == code), "")
    if not label:
        return None
    if code.lower() in PLAIN or label.lower() in PLAIN:
        return label.lower()
    return wording.say(N_("“%(label)s”")) % {"label": label}
