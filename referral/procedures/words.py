"""Small filters for the pages of the procedure: deadlines, legal bases, answers of a question, where a step stands."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from flask import Blueprint
from flask_babel import gettext

from referral.foundation.formatting import listing
from referral.foundation.i18n import in_language, translate
from referral.procedures.rules import DEMONSTRATION
from sop import durations
from sop.agenda import Standing
from sop.deviations import Deviation, Way
from sop.durations import hours
from sop.flowchart import Step
from sop.questions import Choice
from sop.shapes import STANDING_WORDS
from sop.vocabulary import BASIS_LABELS, CATEGORY_LABELS, N_, PRIORITY_LABELS, Priority

FEW = 8
AT_PRIORITY = {
    Priority.CRITICAL: N_("critical"),
    Priority.HIGH: N_("high"),
    Priority.MEDIUM: N_("medium"),
    Priority.LOW: N_("low"),
}
"""A priority inside a sentence that has the word."""
TWO_DAYS = timedelta(days=2)


def register(bp: Blueprint) -> None:
    """Put the filters on the blueprint of the procedure, for all templates."""
    for view in (deadline_words, basis_words, form_code, choice_words, standing_word, decision_words):
        bp.add_app_template_filter(view)


def deadline_words(step: Step) -> str:
    """How long a step may take: one time, or one for each priority."""
    if not step.deadline:
        return "–"
    times = {priority: _duration(time) for priority, time in step.deadline.items()}
    if len(set(times.values())) == 1:
        return next(iter(times.values()))
    return " · ".join(
        gettext("%(priority)s: %(time)s", priority=translate(PRIORITY_LABELS[one]), time=time)
        for one, time in times.items()
    )


def basis_words(step: Step) -> str:
    """Which legal bases a step records, and which it relies on."""
    granted, required = _names(step.grants), _names(step.bases())
    extra = [name for bases in step.requires_for.values() for name in _names(bases)]
    parts = [gettext("records: %(bases)s", bases=listing(granted))] if granted else []
    parts += [gettext("needs: %(bases)s", bases=listing(required))] if required else []
    parts += [gettext("for some needs also: %(bases)s", bases=listing(extra))] if extra else []
    shared = [category for category in step.shares if category in CATEGORY_LABELS]
    parts += [gettext("passes on: %(categories)s", categories=", ".join(shared))] if shared else []
    return "; ".join(parts)


def form_code(name: str) -> str:
    """The code of a form.

    >>> form_code("F04_screening")
    'F04'
    """
    return name.partition("_")[0]


def choice_words(choices: Iterable[Choice]) -> str:
    """The answers that a question offers, long lists cut."""
    words = [in_language(choice.label) for choice in choices]
    if len(words) > FEW:
        return gettext("%(some)s and %(more)s more", some=", ".join(words[:FEW]), more=len(words) - FEW)
    return ", ".join(words) or gettext("in words")


def standing_word(standing: Standing | None) -> str:
    """Where a step stands, a message id."""
    return STANDING_WORDS[standing] if standing else ""


def decision_words(number: str) -> str:
    """The number of the committee's decision; a demonstration says that there was none."""
    return gettext("demonstration, without a decision") if number == DEMONSTRATION else number


def plainly(one: Deviation) -> Deviation:
    """Times as people write them, and priorities in words, in place of the codes of the flowchart."""
    values = dict(one.message.values)
    for name in ("before", "after"):
        with suppress(ValueError):
            values[name] = durations.written(durations.parse(str(values.get(name, ""))), gettext)
    if one.way is Way.RETIMED and values.get("what") in set(Priority):
        values["what"] = gettext(AT_PRIORITY[Priority(values["what"])])
    return replace(one, message=replace(one.message, values=values))


def _names(bases: Iterable[str]) -> list[str]:
    return [translate(BASIS_LABELS.get(basis, basis)) for basis in bases]


def _duration(time: timedelta) -> str:
    if time > TWO_DAYS and not time % timedelta(days=1):
        return gettext("%(days)d d") % {"days": time.days}
    return f"{hours(time):g}\N{NO-BREAK SPACE}h"
