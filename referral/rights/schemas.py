"""The gate for what is typed about rights: requests, answers, proposals, breaches, the impact assessment."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from referral.rights.breaches import BreachKind
from referral.rights.holding import HoldReason, latest_review
from referral.rights.processing import DPIA, DpiaAnswer
from referral.rights.readers import ChildView, IdentityCheck, Reader, ReviewOutcome
from referral.rights.rules import RefusalReason, Requester, RequestKind
from referral.rights.stopping import Channel, StopAnswer, StopWay
from sop.vocabulary import N_, Category, Message

PARTS: Final = ("day", "month", "year")
LONGEST: Final = 2_000
CHOOSE = Message("choose", N_("choose one of the list"))
NOT_A_DAY = Message("not_a_day", N_("Enter a day that exists, such as 31 12 2031."))
FUTURE = Message("future", N_("this day is still to come"))
LATER = Message("later", N_("a day after today"))
TOO_FAR = N_("a day within the next %(months)d months")
AFTER_END = Message("after_end", N_("no later than the last day of the hold"))
BEFORE = Message("before", N_("a day since the recipient was told"))
EMPTY = Message("empty", N_("Write something here."))
TOO_LONG = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST})
ALL: Final = "all"
WAYS: Final = ("together", "paper", "link")
"""How somebody gets the own file."""
PERSON: Final = Requester.PERSON.value
NOT_CHECKED = Message("not_checked", N_("Make sure who it is first, then say how."))
ASK_CHILD = Message("ask_child", N_("Ask the child first, alone: their view counts."))
NOTHING_CHOSEN = Message("nothing_chosen", N_("Choose what is withdrawn."))
CALL_BACK = Message("call_back", N_("Call back on the safe number first: anybody can telephone."))
NOT_A_TIME = Message("not_a_time", N_("Enter a time, such as 14:30."))
NOT_A_COUNT = Message("not_a_count", N_("a whole number, or nothing where it is not known"))
Chosen = TypeVar("Chosen", bound=StrEnum)


@dataclass(frozen=True)
class Reading:
    """A form as it came: what was typed, its values where nothing is wrong, the errors by field."""

    typed: dict[str, Any]
    values: dict[str, Any]
    errors: dict[str, Message] = field(default_factory=dict)


def read_request(posted: Mapping[str, str], *, today: date) -> Reading:
    """What a person asks."""
    typed, errors = _typed(posted, ("kind", "requester")), dict[str, Message]()
    typed |= _parts(posted, "received") | {"words": printable(posted.get("words", ""))}
    values = {
        "kind": _one(RequestKind, typed, "kind", errors),
        "requester": _one(Requester, typed, "requester", errors),
        "received_on": _past(typed, "received", today, errors),
        "words": _text(typed, "words", errors),
    }
    return Reading(typed, values, errors)


def read_answer(posted: Mapping[str, str]) -> Reading:
    """Whether a request is granted; a refusal has its reason."""
    typed, errors = _typed(posted, ("do", "refusal")), dict[str, Message]()
    if typed["do"] not in ("grant", "refuse"):
        errors["do"] = CHOOSE
    refusal = _one(RefusalReason, typed, "refusal", errors) if typed["do"] == "refuse" else None
    return Reading(typed, {"granted": typed["do"] == "grant", "refusal": refusal}, errors)


def read_review(posted: Mapping[str, str], *, today: date) -> Reading:
    """Whether what was kept long enough is erased, or kept until a day for a reason."""
    typed, errors = _typed(posted, ("do", "reason")), dict[str, Message]()
    typed |= _parts(posted, "until")
    if typed["do"] not in ("erase", "keep"):
        errors["do"] = CHOOSE
    until = None
    if typed["do"] == "keep":
        until = _day(typed, "until", errors)
        if until is None:
            errors.setdefault("until", NOT_A_DAY)
        elif until <= today:
            errors["until"] = LATER
        if not typed["reason"]:
            errors["reason"] = EMPTY
    return Reading(typed, {"erase": typed["do"] == "erase", "until": until, "reason": typed["reason"][:400]}, errors)


def read_breach(posted: Any, *, now: datetime, zone: ZoneInfo) -> Reading:
    """A breach: what happened, when it was found, how many persons, which categories, in words that name nobody."""
    typed, errors = _typed(posted, ("kind", "time", "persons")), dict[str, Message]()
    typed |= _parts(posted, "found") | {"words": printable(posted.get("words", ""))}
    typed |= {"categories": posted.getlist("categories")[:20], "high_risk": posted.get("high_risk") == "yes"}
    day, minutes = _past(typed, "found", now.astimezone(zone).date(), errors), _time(typed, errors)
    if not set(typed["categories"]) <= {one.value for one in Category}:
        errors["categories"] = CHOOSE
    count = typed["persons"]
    if count and not re.fullmatch(r"[0-9]{1,7}", count):
        errors["persons"] = NOT_A_COUNT
    values = {
        "kind": _one(BreachKind, typed, "kind", errors),
        "words": _text(typed, "words", errors) or (errors.setdefault("words", EMPTY) and ""),
        "high_risk": typed["high_risk"],
    }
    if day and not errors:
        found = min(datetime(day.year, day.month, day.day, *divmod(minutes, 60), tzinfo=zone), now)
        categories = tuple(one for one in Category if one.value in typed["categories"])
        values |= {"discovered_at": found, "persons": int(count) if count else None, "categories": categories}
    return Reading(typed, values, errors)


def read_assessment(posted: Mapping[str, str]) -> Reading:
    """Answers to the questions of the impact assessment; a question without an answer stays open."""
    errors: dict[str, Message] = {}
    typed = _typed(posted, tuple(name for code, _text in DPIA for name in (code, f"{code}-note")))
    answers: dict[str, tuple[DpiaAnswer, str]] = {}
    for code, _words in DPIA:
        if len(typed[f"{code}-note"]) > 1_000:
            errors[f"{code}-note"] = Message("too_long", N_("at most %(limit)d characters"), {"limit": 1_000})
        if typed[code] in list(DpiaAnswer):
            answers[code] = (DpiaAnswer(typed[code]), typed[f"{code}-note"])
        elif typed[code]:
            errors[code] = CHOOSE
    return Reading(typed, {"answers": answers}, errors)


def read_withdrawal(posted: Any, offered: Mapping[str, Collection[str]], *, by_person: bool) -> Reading:
    """What is taken back: for each consent everything (`all`) or some categories; how the wish was said.

    `offered` holds the categories of each living consent by its id.
    """
    errors: dict[str, Message] = {}
    typed: dict[str, Any] = {f"c-{one}": posted.getlist(f"c-{one}")[:30] for one in offered}
    typed |= _typed(posted, ("channel",)) | {"called": posted.get("called") == "yes"}
    taken: dict[UUID, frozenset[Category]] = {}
    for one, categories in offered.items():
        chosen = set(typed[f"c-{one}"])
        if not chosen <= {ALL, *categories}:
            errors[f"c-{one}"] = CHOOSE
        elif chosen:
            taken[UUID(one)] = frozenset(Category(code) for code in (categories if ALL in chosen else chosen))
    if not taken and not errors:
        errors[f"c-{next(iter(offered))}" if offered else "channel"] = NOTHING_CHOSEN
    channel = Channel.LINK if by_person else _one(Channel, typed, "channel", errors)
    if not by_person and channel is Channel.LINK:
        errors["channel"] = CHOOSE
    if channel is Channel.PHONE and not typed["called"]:
        errors["called"] = CALL_BACK
    return Reading(typed, {"taken": taken, "channel": channel}, errors)


def read_stop(posted: Mapping[str, str]) -> Reading:
    """What a recipient did with the data; what is kept by law says by which."""
    typed, errors = _typed(posted, ("answer", "law")), dict[str, Message]()
    answer = _one(StopAnswer, typed, "answer", errors)
    if answer is StopAnswer.LAW and not typed["law"]:
        errors["law"] = EMPTY
    return Reading(typed, {"answer": answer, "law": typed["law"][:200]}, errors)


def read_said(posted: Mapping[str, str], *, told: date, today: date) -> Reading:
    """What a recipient said it did, as the case team heard it: who said so, how, on which day since it was told."""
    reading = read_stop(posted)
    typed, errors = reading.typed | _typed(posted, ("said_by", "said_how")) | _parts(posted, "said_on"), reading.errors
    said_on = _past(typed, "said_on", today, errors)
    if said_on is not None and said_on < told:
        errors["said_on"] = BEFORE
    if not typed["said_by"]:
        errors["said_by"] = EMPTY
    how = _one(StopWay, typed, "said_how", errors)
    said = {"said_by": typed["said_by"][:120], "said_how": how, "said_on": said_on}
    return Reading(typed, reading.values | said, errors)


def read_hold(posted: Mapping[str, str], *, today: date, months: int) -> Reading:
    """A legal hold on the case of a code: why, by which law or order, until when, when it is looked at again."""
    typed = _typed(posted, ("code", "reason", "basis")) | {"silent": posted.get("silent") == "yes"}
    renewed = read_renewal(posted, today=today, months=months, words_needed=False)
    typed, errors = typed | renewed.typed, dict[str, Message]()
    for name in ("code", "basis"):
        if not typed[name]:
            errors[name] = EMPTY
    reason = _one(HoldReason, typed, "reason", errors)
    said = {"reason": reason, "basis": typed["basis"][:200], "silent": typed["silent"]}
    return Reading(typed, renewed.values | said, errors | renewed.errors)


def read_renewal(posted: Mapping[str, str], *, today: date, months: int, words_needed: bool = True) -> Reading:
    """Until when a hold stands (nothing: open), when it is looked at again (within `months`), and why."""
    typed, errors = {"words": printable(posted.get("words", ""))}, dict[str, Message]()
    typed |= _parts(posted, "until") | _parts(posted, "review")
    until, review_on = _day(typed, "until", errors), _day(typed, "review", errors)
    if until is not None and until <= today:
        errors["until"] = LATER
    if review_on is None:
        errors.setdefault("review", NOT_A_DAY)
    elif review_on <= today:
        errors["review"] = LATER
    elif review_on > latest_review(today, months):
        errors["review"] = Message("too_far", TOO_FAR, {"months": months})
    elif until is not None and review_on > until:
        errors["review"] = AFTER_END
    words = _text(typed, "words", errors)
    if words_needed and not words:
        errors["words"] = EMPTY
    return Reading(typed, {"until": until, "review_on": review_on, "words": words}, errors)


def read_lifting(posted: Mapping[str, str]) -> Reading:
    """Why a hold is lifted."""
    typed, errors = {"why": printable(posted.get("why", ""))}, dict[str, Message]()
    if not _text(typed, "why", errors):
        errors["why"] = EMPTY
    return Reading(typed, {"words": typed["why"]}, errors)


def read_giving(
    posted: Mapping[str, str], languages: Collection[str], *, adults: Mapping[str, Requester], asks_child: bool
) -> Reading:
    """How the own file is given: to whom, as who they were shown, in which language, together, on paper or by a link.

    `adults`: who stands for the person, by id; `asks_child`: whether the child says what it thinks of such a reader.
    """
    typed, errors = _typed(posted, ("language", "way", "reader", "identity", "view")), dict[str, Message]()
    for name, offered in (("language", languages), ("way", WAYS), ("reader", {PERSON, *adults})):
        if typed[name] not in offered:
            errors[name] = CHOOSE
    if typed["identity"] not in set(IdentityCheck):
        errors["identity"] = NOT_CHECKED
    needs_view = asks_child and typed["reader"] in adults
    if needs_view and typed["view"] not in set(ChildView):
        errors["view"] = ASK_CHILD
    values = {name: typed[name] for name in ("language", "way")}
    if not errors:
        adult = UUID(typed["reader"]) if typed["reader"] in adults else None
        view = ChildView(typed["view"]) if needs_view else None
        kind = adults.get(typed["reader"], Requester.PERSON)
        values["reader"] = Reader(kind, IdentityCheck(typed["identity"]), adult, view)
    return Reading(typed, values, errors)


def read_judgement(posted: Mapping[str, str]) -> Reading:
    """What a best-interests review decides about an adult, and why."""
    typed, errors = _typed(posted, ("outcome",)), dict[str, Message]()
    typed |= {"reasons": printable(posted.get("reasons", ""))}
    outcome = _one(ReviewOutcome, typed, "outcome", errors)
    reasons = _text(typed, "reasons", errors)
    if not reasons:
        errors["reasons"] = EMPTY
    return Reading(typed, {"outcome": outcome, "reasons": reasons}, errors)


def code_from(posted: Mapping[str, str]) -> str:
    """The six digits that open a link, spaces forgiven; empty when they are not six digits."""
    typed = "".join(posted.get("code", "")[:20].split())
    return typed if re.fullmatch(r"[0-9]{6}", typed) else ""


def printable(text: str) -> str:
    """Text without control characters, its line ends as we keep them."""
    return "".join(sign for sign in text.replace("\r\n", "\n") if sign.isprintable() or sign == "\n").strip()[
        : LONGEST * 2
    ]


def _typed(posted: Mapping[str, str], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: " ".join(printable(posted.get(name, "")).split())[:1_200] for name in names}


def _parts(posted: Mapping[str, str], name: str) -> dict[str, str]:
    return {f"{name}-{part}": printable(posted.get(f"{name}-{part}", ""))[:4] for part in PARTS}


def _one(kind: type[Chosen], typed: Mapping[str, Any], name: str, errors: dict[str, Message]) -> Chosen | None:
    if typed[name] in {one.value for one in kind}:
        return kind(typed[name])
    errors[name] = CHOOSE
    return None


def _text(typed: Mapping[str, Any], name: str, errors: dict[str, Message]) -> str:
    if len(typed[name]) > LONGEST:
        errors[name] = TOO_LONG
    return str(typed[name])


def _time(typed: Mapping[str, Any], errors: dict[str, Message]) -> int:
    found = re.fullmatch(r"([01]?\d|2[0-3])[:hH]([0-5]\d)", typed["time"], re.ASCII)
    if found is None:
        errors["time"] = NOT_A_TIME
        return 0
    return int(found[1]) * 60 + int(found[2])


def _day(typed: Mapping[str, Any], name: str, errors: dict[str, Message]) -> date | None:
    parts = [typed[f"{name}-{part}"] for part in PARTS]
    if not any(parts):
        return None
    try:
        day, month, year = (int(part) if part.isascii() and part.isdecimal() else 0 for part in parts)
        return date(year, month, day)
    except ValueError:
        errors[name] = NOT_A_DAY
        return None


def _past(typed: Mapping[str, Any], name: str, today: date, errors: dict[str, Message]) -> date | None:
    found = _day(typed, name, errors)
    if found is None:
        errors.setdefault(name, NOT_A_DAY)
    elif found > today:
        errors[name] = FUTURE
    return found
