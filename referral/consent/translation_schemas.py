"""What may be entered about translations: who reviewed which text when, and the words of the leaflet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from referral.consent.readings import LEAFLET, LEAFLET_KEYS
from sop.vocabulary import N_, Message

NAME, LEAST_NAME, WORDS = 120, 3, 300
PARTS = ("day", "month", "year")
TEXTS = Message("texts", N_("Tick what was compared."))
REVIEWER = Message("reviewer", N_("Write who compared it: name and function."))
DAY = Message("day", N_("Give the day of the review, not after today."))
OLDER = Message("older", N_("The words of the leaflet were changed after this day: have them compared again."))
CHANGED = Message("changed", N_("A wording has changed while this page was open: compare again, then record."))
LONG = Message("long", N_("at most %(limit)d characters"), {"limit": WORDS})
LONG_NAME = Message("long", N_("at most %(limit)d characters"), {"limit": NAME})
MEANWHILE = Message(
    "meanwhile",
    N_("Somebody else changed words while this page was open. What is printed now stands with each word; save again."),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A form as it came: what was typed, its values where nothing is wrong, the errors by field."""

    typed: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Message] = field(default_factory=dict)


def read_review(
    posted: Any, offered: Collection[str], *, stamp: str, today: date, written_on: date | None = None
) -> Reading:
    """Who compared which texts on which day; `stamp` is the mark of the wordings of today.

    `written_on`: the day on which words of the leaflet were last changed; no review of it can be older.
    """
    typed: dict[str, Any] = {"texts": posted.getlist("texts")[:20], "reviewer": _line(posted.get("reviewer", ""))}
    typed |= {f"on-{part}": _line(posted.get(f"on-{part}", ""))[:4] for part in PARTS}
    chosen, on = frozenset(typed["texts"]), _day(typed)
    wrong = {
        "texts": TEXTS
        if not chosen or not chosen <= set(offered)
        else CHANGED
        if posted.get("stamp") != stamp
        else None,
        "reviewer": _name(typed["reviewer"]),
        "on": DAY
        if on is None or on > today
        else OLDER
        if LEAFLET in chosen and written_on and on < written_on
        else None,
    }
    errors = {name: message for name, message in wrong.items() if message is not None}
    return Reading(typed, {"form_codes": chosen, "reviewer": typed["reviewer"], "reviewed_on": on}, errors)


def read_words(posted: Mapping[str, str], *, stamp: str) -> Reading:
    """The words of the leaflet; an empty one gives the word back to the library."""
    typed: dict[str, Any] = {key: _line(posted[key]) for key in LEAFLET_KEYS if key in posted}
    errors = {key: LONG for key, text in typed.items() if len(text) > WORDS}
    if posted.get("stamp") != stamp:
        errors[""] = MEANWHILE
    return Reading(typed, {"texts": typed}, errors)


def _name(text: str) -> Message | None:
    if len(text) < LEAST_NAME:
        return REVIEWER
    return LONG_NAME if len(text) > NAME else None


def _line(text: str) -> str:
    """One line of printable signs; joiners that some scripts need to be written stay."""
    kept = "".join(sign if sign.isprintable() or sign in "\u200c\u200d" else " " for sign in text[: WORDS * 4])
    return " ".join(kept.split())


def _day(typed: Mapping[str, str]) -> date | None:
    parts = [typed[f"on-{part}"] for part in reversed(PARTS)]
    try:
        return date(*(int(part) for part in parts if part.isascii() and part.isdecimal()))
    except (ValueError, TypeError):
        return None
