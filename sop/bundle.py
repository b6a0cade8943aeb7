"""A form as a phone takes it along: one version in one language, without what only the server needs.

Data categories, facts and rows of the source stay behind: a phone seals every answer alike, and the server sorts them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sop.filling import TOO_MANY_ANSWERS
from sop.forms import Form
from sop.questions import TEXTS, Texts
from sop.vocabulary import N_

MESSAGES: dict[str, str] = {
    "bad_character": N_("This text contains a character that cannot be kept. Please type it again."),
    "choice_not_possible": N_("This answer no longer fits the answers above it. Please choose again."),
    "constraint": N_("This answer is not possible."),
    "date_out_of_range": N_("This date is outside what is possible: check the year."),
    "not_date": N_("A date is expected here: day, month, year, for example 05/11/2012."),
    "not_file": N_("The name of a file is expected here."),
    "not_number": N_("A number is expected here, for example 12,5."),
    "not_place": N_("A latitude and a longitude are expected here, for example 3.8480 11.5021."),
    "not_text": N_("A text is expected here."),
    "not_time": N_("A time is expected here, for example 08:30."),
    "not_whole": N_("A whole number is expected here, for example 14."),
    "one_answer": N_("Only one answer is possible here."),
    "required": N_("Please answer this question."),
    "too_long": N_("This text is too long."),
    "too_long_by": N_("This text has %(length)d characters; at most %(most)d are possible."),
    "too_many_answers": TOO_MANY_ANSWERS,
    "too_many_instances": N_("%(count)d entries are more than can be kept here: at most %(most)d are possible."),
    "unknown_choice": N_("Please choose one of the answers offered."),
}
"""What is said of a wrong answer, by error code."""
WORDS: dict[str, str] = {
    "add": N_("Add"),
    "change": N_("Change"),
    "choose": N_("Choose"),
    "colon": N_(": "),
    "day": N_("Day"),
    "month": N_("Month"),
    "no_answer": N_("No answer"),
    "optional": N_("(optional)"),
    "remove": N_("Remove"),
    "year": N_("Year"),
    "yes": N_("yes"),
}
"""The words of `static/form-view.js`, by its own keys."""
WRONG = ("One thing to correct", "%(num)d things to correct")
LEFT_BEHIND = frozenset({"row", "category", "fact"})


def _as_english(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def bundle(
    form: Form,
    language: str,
    gettext: Callable[[str], str] = str,
    ngettext: Callable[[str, str, int], str] = _as_english,
) -> dict[str, Any]:
    """The form as JSON for `static/form/` and `static/form-view.js`, its texts in `language`.

    Beside what `Form.to_json` has: `order` (of working out), `messages` (by error code) and `words` (of the page).
    """
    tree = form.to_json()
    for item in (*tree["questions"], *tree["groups"]):
        _lighten(item, language)
    for choices in tree["choices"].values():
        for choice in choices:
            choice["label"] = in_language(choice["label"], language)
    messages = {code: gettext(text) for code, text in MESSAGES.items()}
    words = {key: gettext(text) for key, text in WORDS.items()}
    words |= {key: ngettext(*WRONG, count) for key, count in (("one_error", 1), ("errors", 2))}
    return tree | {"language": language, "order": list(form.order), "messages": messages, "words": words}


def _lighten(item: dict[str, Any], language: str) -> None:
    for key in LEFT_BEHIND & item.keys():
        del item[key]
    for key in set(TEXTS) & item.keys():
        item[key] = in_language(item[key], language)


def in_language(texts: Texts | Mapping[str, str], language: str) -> str:
    """The text in this language, else the one without a language, else any.

    >>> in_language({"fr": "Âge", "en": "Age"}, "en"), in_language({"fr": "Âge"}, "en"), in_language({}, "en")
    ('Age', 'Âge', '')
    """
    return texts.get(language) or texts.get("") or next(iter(texts.values()), "")
