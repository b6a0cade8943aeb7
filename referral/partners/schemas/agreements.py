"""The gate for what is typed about agreements: filters, the text and its annex, remarks, signatures, decisions.

Each form is read into what was typed (shown again when something is wrong), the values, and the errors by field.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from referral.consent.wording import SPECIFIC, purpose_of
from referral.foundation.folding import fold
from referral.partners.filters import Filters
from referral.partners.rules.agreements import CLAUSES, MEASURES, AgreementState, StopReason, Terms
from sop.vocabulary import N_, Category, Message, Need

PARTS: Final = ("day", "month", "year")
LONGEST: Final = 8_000
LONGEST_LINE: Final = 160
LONGEST_REMARK: Final = 2_000
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{1,39}")
RESERVED: Final = frozenset({"DEMONSTRATION", "UNRECORDED"})
SHARED: Final = tuple(one for one in Category if one not in (Category.C0, Category.C7N))
"""What an agreement may cover: figures need none, therapy notes are never shared."""
PURPOSES: Final = (*(purpose_of(need) for need in Need), *(purpose for purpose, _form in SPECIFIC.values()))
WHOLE: Final[Mapping[str, tuple[int, int]]] = {
    "answer_hours": (1, 720), "retention_months": (1, 600), "renewal_days": (1, 365),
}  # fmt: skip
LINES: Final = (
    "capacity", "cost_share", "holder_representative", "holder_function", "partner_representative", "partner_function",
    "focal_point", "deputy", "breach_contact", "transfer_country", "authorisation", "procedure",
)  # fmt: skip
TICKS: Final = ("cross_border", "transfer_authorised", "onward", "renewal")

CHOOSE = Message("choose", N_("choose one of the list"))
NOT_A_DAY = Message("not_a_day", N_("Enter a day that exists, such as 31 12 2031."))
BEFORE = Message("before", N_("the last day is before the first"))
EMPTY = Message("empty", N_("Write something here."))
TOO_LONG = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST})
LINE_TOO_LONG = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST_LINE})
REMARK_TOO_LONG = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST_REMARK})
DECISION = Message("decision_number", N_("Letters without accents, digits and . / - only, as in 012/CP-MNR/2026."))
FUTURE = Message("future", N_("this day is still to come"))
NAME_THEM = Message("name_them", N_("write who signs"))
DECLARE = Message("declare", N_("tick this to sign"))


@dataclass(frozen=True)
class Reading:
    """A form as it came: what was typed, its values where nothing is wrong, the version under it, the errors."""

    typed: dict[str, Any]
    values: dict[str, Any]
    version: int = 0
    errors: dict[str, Message] = field(default_factory=dict)


def filters_from(arguments: Mapping[str, str]) -> Filters:
    """The filters of the list as they stand in the URL; what is not a code of ours narrows nothing."""
    state = arguments.get("state", "")
    after = arguments.get("after", "")
    return Filters(
        q=_line(arguments, "q")[:80] if fold(arguments.get("q", "")) else "",
        state=AgreementState(state) if state in list(AgreementState) else None,
        after=after if re.fullmatch(r"[A-Z0-9-]{2,39}", after) else "",
    )


def version_of(posted: Mapping[str, str]) -> int:
    """The version a form was made from; 0 is none."""
    typed = posted.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def read_text(posted: Any, *, regions: frozenset[str], languages: tuple[str, ...]) -> Reading:
    """Period, data annex, terms and clauses; a draft may leave anything empty."""
    errors: dict[str, Message] = {}
    typed: dict[str, Any] = {name: _line(posted, name) for name in (*LINES, *WHOLE)}
    typed |= {f"{name}-{part}": _line(posted, f"{name}-{part}")[:4] for name in ("since", "until") for part in PARTS}
    typed |= {name: posted.get(name) == "yes" for name in TICKS}
    values: dict[str, Any] = {name: _day(typed, name, errors) for name in ("since", "until")}
    if values["since"] and values["until"] and values["until"] < values["since"]:
        errors["until"] = BEFORE
    known: dict[str, Collection[str]] = {
        "categories": SHARED, "purposes": PURPOSES, "regions": regions, "measures": MEASURES,
    }  # fmt: skip
    for name, allowed in known.items():
        typed[name] = posted.getlist(name)[:60]
        if not set(typed[name]) <= {str(one) for one in allowed}:
            errors[name] = CHOOSE
    errors |= {name: LINE_TOO_LONG for name in LINES if len(typed[name]) > LONGEST_LINE}
    numbers = {name: _number(typed[name], name, errors) for name in WHOLE}
    clauses = _clauses(posted, languages, typed, errors)
    if not errors:
        terms: dict[str, Any] = {name: typed[name] for name in LINES} | dict(numbers)
        terms |= {name: tuple(typed[name]) for name in ("regions", "measures")}
        values |= {
            "categories": tuple(one.value for one in SHARED if one.value in typed["categories"]),
            "purposes": tuple(one for one in PURPOSES if one in typed["purposes"]),
            "cross_border": typed["cross_border"],
            "transfer_authorised": typed["transfer_authorised"] and typed["cross_border"],
            "onward": typed["onward"],
            "terms": Terms(**terms, renewal=typed["renewal"]),
            "clauses": clauses,
        }
    return Reading(typed, values, version_of(posted), errors)


def _clauses(
    posted: Mapping[str, str], languages: tuple[str, ...], typed: dict[str, Any], errors: dict[str, Message]
) -> dict[str, dict[str, str]]:
    clauses: dict[str, dict[str, str]] = {}
    for key in CLAUSES:
        clauses[key] = {}
        for language in languages:
            name = f"{key}-{language}"
            typed[name] = clauses[key][language] = printable(posted.get(name, ""))
            if len(typed[name]) > LONGEST:
                errors[name] = TOO_LONG
    return clauses


def read_parties(posted: Mapping[str, str], known: Mapping[str, Any]) -> Reading:
    """The two organisations of a new agreement; `known` by id."""
    typed = {name: posted.get(name, "")[:40] for name in ("holder", "partner")}
    errors = {name: CHOOSE for name, one in typed.items() if one not in known}
    if not errors and typed["holder"] == typed["partner"]:
        errors["partner"] = Message("same_party", N_("an agreement binds two organisations"))
    return Reading(typed, {} if errors else {name: known[one] for name, one in typed.items()}, 0, errors)


def read_remark(posted: Mapping[str, str], *, clause: bool) -> Reading:
    """A remark on a clause, or the answer to one."""
    typed = {"clause": posted.get("clause", "")[:24], "text": printable(posted.get("text", ""))}
    errors: dict[str, Message] = {}
    if clause and typed["clause"] not in CLAUSES:
        errors["clause"] = CHOOSE
    if not typed["text"]:
        errors["text"] = EMPTY
    elif len(typed["text"]) > LONGEST_REMARK:
        errors["text"] = REMARK_TOO_LONG
    return Reading(typed, typed, 0, errors)


def read_reason(posted: Mapping[str, str]) -> Reading:
    """Why an agreement is suspended or ended."""
    typed = {"reason": posted.get("reason", "")[:40]}
    known = typed["reason"] in list(StopReason)
    values = {"reason": StopReason(typed["reason"])} if known else {}
    return Reading(typed, values, version_of(posted), {} if known else {"reason": CHOOSE})


def read_decision(posted: Mapping[str, str], *, today: date) -> Reading:
    """The committee's decision: its number and its day."""
    typed = {"number": _line(posted, "number")} | _parts(posted, "decided")
    errors: dict[str, Message] = {}
    if not NUMBER.fullmatch(typed["number"]) or typed["number"].upper() in RESERVED:
        errors["number"] = DECISION
    decided = _past(typed, "decided", today, errors)
    return Reading(typed, {"number": typed["number"], "decided_on": decided}, version_of(posted), errors)


def read_signature(posted: Mapping[str, str], *, today: date, on_screen: bool) -> Reading:
    """Who signs, in which function, when (paper) or by which tick (screen)."""
    typed: dict[str, Any] = {name: _line(posted, name) for name in ("representative", "function", "side")}
    typed |= _parts(posted, "signed") | {"declared": posted.get("declared") == "yes"}
    errors: dict[str, Message] = {}
    if not typed["representative"]:
        errors["representative"] = NAME_THEM
    errors |= {name: LINE_TOO_LONG for name in ("representative", "function") if len(typed[name]) > LONGEST_LINE}
    if on_screen and not typed["declared"]:
        errors["declared"] = DECLARE
    if not on_screen and typed["side"] not in ("holder", "partner"):
        errors["side"] = CHOOSE
    signed = today if on_screen else _past(typed, "signed", today, errors)
    values = {"representative": typed["representative"], "function": typed["function"], "signed_on": signed}
    return Reading(typed, values, version_of(posted), errors)


def printable(text: str) -> str:
    """Text without control characters, its line ends as we keep them."""
    lines = text.replace("\r\n", "\n")
    return "".join(sign for sign in lines if sign.isprintable() or sign == "\n").strip()[: LONGEST * 2]


def _line(posted: Mapping[str, str], name: str) -> str:
    return " ".join(printable(posted.get(name, "")).split())[: LONGEST_LINE * 2]


def _parts(posted: Mapping[str, str], name: str) -> dict[str, str]:
    return {f"{name}-{part}": _line(posted, f"{name}-{part}")[:4] for part in PARTS}


def _day(typed: Mapping[str, Any], name: str, errors: dict[str, Message]) -> date | None:
    """A day typed in three fields; None when all are empty, an error when there is no such day."""
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


def _number(typed: str, name: str, errors: dict[str, Message]) -> int | None:
    if not typed:
        return None
    low, high = WHOLE[name]
    if typed.isascii() and typed.isdecimal() and len(typed) < 6 and low <= int(typed) <= high:
        return int(typed)
    errors[name] = Message("between", N_("a whole number from %(low)d to %(high)d"), {"low": low, "high": high})
    return None
