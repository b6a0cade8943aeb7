"""What may be typed around the identification form. The form's own answers are read here and judged by the form."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema
from werkzeug.datastructures import FileStorage, MultiDict

from referral.consent.models import ConsentMark
from referral.consent.requirements import UNDERSTOOD, UNREVIEWED
from referral.foundation.ticks import Tick
from sop.questions import Kind, Question
from sop.vocabulary import N_, Category

PREFIX = "q-"
LONGEST = 50_001
PARTS = ("day", "month", "year")
MOST_CODES = 400
LONGEST_PATH = 200
MOST_BYTES = 1_000_000
"""Of all answers of one form, as JSON."""
DEEPEST = 8
CHOOSE = N_("Choose an answer.")
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")
FILL_IN = N_("Please fill this in.")
TOO_LONG = N_("This text is too long.")
WHOLE_DATE = N_("Enter the day, the month and the year.")
WHOLE_TIME = N_("Enter a time, for example 08:30.")
NOT_KEPT = N_("This text contains a character that cannot be kept. Please type it again.")
NO_FUTURE = N_("This moment is in the future.")


def read_answers(posted: MultiDict[str, str], asked: Mapping[str, Question]) -> dict[str, Any]:
    """What was typed for these questions, by path, as typed: wrong answers are kept, so that nothing is lost."""
    return {path: _typed(posted, path, one) for path, one in asked.items() if not one.type.is_attachment}


def read_files(posted: MultiDict[str, FileStorage], asked: Mapping[str, Question]) -> dict[str, bytes]:
    """The files that were chosen for these questions, by path; an input that was left empty is none."""
    chosen = {path: posted.get(PREFIX + path) for path in _files(asked)}
    return {path: file.read() for path, file in chosen.items() if file is not None and file.filename}


def read_removed(posted: MultiDict[str, str], asked: Mapping[str, Question]) -> set[str]:
    """The paths of the files that are to go."""
    return _files(asked) & set(posted.getlist("remove"))


def _files(asked: Mapping[str, Question]) -> set[str]:
    return {path for path, one in asked.items() if one.type.is_attachment and len(path) <= LONGEST_PATH}


def _typed(posted: MultiDict[str, str], path: str, question: Question) -> Any:
    name = PREFIX + path
    if question.type is Kind.SELECT_MULTIPLE:
        return [value[:200] for value in posted.getlist(name)[:MOST_CODES] if value]
    if question.type is Kind.DATE:
        return typed_date(posted, name)
    return str(posted.get(name, ""))[:LONGEST]


def raw_answers(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers from outside as they can be kept: nested texts, numbers and lists; half characters and NUL are replaced.

    >>> raw_answers({"a": "x", "m": [{"b": 1.5}, {"b": None}], "c": {"not": "an answer"}})
    {'a': 'x', 'm': [{'b': 1.5}, {'b': None}], 'c': ''}
    """
    return {_text(name): _raw(answer, 1) for name, answer in answers.items()}


def _raw(answer: Any, depth: int) -> Any:
    if isinstance(answer, str):
        return _text(answer)[:LONGEST]
    if answer is None or isinstance(answer, bool | int):
        return answer if not isinstance(answer, int) or abs(answer) < 2**53 else ""
    if isinstance(answer, float):
        return answer if math.isfinite(answer) else ""
    if isinstance(answer, list | tuple) and depth < DEEPEST:
        return [_instance(one, depth) for one in answer]
    return ""


def _instance(one: Any, depth: int) -> Any:
    if isinstance(one, Mapping):
        return {_text(name): _raw(answer, depth + 1) for name, answer in one.items()}
    return _raw(one, depth + 1)


def _text(text: Any) -> str:
    return str(text).encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def typed_date(posted: MultiDict[str, str], name: str) -> str:
    """Day, month and year as one text "2012-2-3"; what is missing stays empty between the hyphens."""
    day, month, year = (str(posted.get(f"{name}-{part}", "")).strip()[:12].replace("-", " ") for part in PARTS)
    return f"{year}-{month}-{day}" if day or month or year else ""


def iso_date(typed: str) -> str:
    """The typed date in ISO form, or the text itself when it is none.

    >>> iso_date("2026-2-3"), iso_date("2026-2-31"), iso_date("-2-3")
    ('2026-02-03', '2026-2-31', '-2-3')
    """
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", typed)
    try:
        return date(*map(int, found.groups())).isoformat() if found else typed
    except ValueError:
        return typed


def moment_of(text: Any, zone: ZoneInfo) -> datetime | None:
    """A moment as phones write it, or None; without a zone it is the office's.

    >>> moment_of("2026-11-22T18:30:00.000+01:00", ZoneInfo("Africa/Douala")).isoformat()
    '2026-11-22T17:30:00+00:00'
    """
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None


class Posted(Schema):
    """A posted form: spaces around texts go, three inputs make a date; what is not ours (CSRF, keys) is left aside."""

    class Meta:
        """Unknown fields are dropped."""

        unknown = EXCLUDE

    @pre_load
    def gather(self, data: Any, **_options: Any) -> dict[str, Any]:
        """One value a field, whatever inputs it has on the page."""
        return {name: _gathered(data, name, field) for name, field in self.load_fields.items()}


def _gathered(data: Any, name: str, field: fields.Field[Any]) -> Any:
    if isinstance(field, fields.List):
        return data.getlist(name)
    if isinstance(field, fields.Date):
        return iso_date(typed_date(data, name))
    return str(data.get(name, "")).strip()


class VersionSchema(Posted):
    """The version that the page showed."""

    version = fields.Integer(required=True, validate=validate.Range(1, 2**31))


def words(longest: int, *, required: bool = True) -> fields.String:
    """A text of so many characters."""
    checks = [validate.Length(max=longest, error=TOO_LONG)]
    if required:
        checks.append(validate.Length(min=1, error=FILL_IN))
    return fields.String(validate=checks)


def one_of(*values: str) -> fields.String:
    """One code of a closed set."""
    return fields.String(validate=validate.OneOf(values, error=CHOOSE))


class Dated(Posted):
    """Something that happened on a day, at an hour, not in the future."""

    done_on = fields.Date(error_messages={"invalid": WHOLE_DATE})
    done_at = fields.Time(format="%H:%M", error_messages={"invalid": WHOLE_TIME, "format": WHOLE_TIME})

    def __init__(self, *, now: datetime, zone: ZoneInfo, **options: Any) -> None:
        super().__init__(**options)
        self.now, self.zone = now, zone

    @validates_schema
    def not_in_the_future(self, values: Mapping[str, Any], **_options: Any) -> None:
        """Refuse a moment that has not come yet."""
        if datetime.combine(values["done_on"], values["done_at"], self.zone) > self.now:
            raise ValidationError({"done_on": [NO_FUTURE]})


class OutsideSchema(Dated):
    """An emergency referral or a notice to MINAS that was made outside the system."""

    authority = words(200)
    reference = words(120, required=False)
    reason = words(2_000)
    witness = words(200, required=False)
    capable = one_of("", "yes", "no", "unknown")


class AssessmentSchema(Dated):
    """A best-interests assessment: who made it, what it concludes, whether looking for the family has begun."""

    assessor = words(200)
    conclusion = words(4_000)
    family = one_of("started", "unsafe", "not_wanted", "present")


class PhoneSchema(Posted):
    """What a phone is called, so that its owner finds it again."""

    name = words(60)

    @validates_schema
    def printable(self, values: Mapping[str, Any], **_options: Any) -> None:
        """Refuse what no keyboard sends on purpose."""
        if not all(letter.isprintable() for letter in values["name"]):
            raise ValidationError({"name": [NOT_KEPT]})


class ReviewSchema(Posted):
    """The supervisor's word on an emergency access."""

    conclusion = one_of("justified", "not_justified")


class BaseConsentSchema(Posted):
    """Base consent, of an adult or of a child; what is required depends on who answers what."""

    answer = one_of("yes", "no", "decided")
    language = fields.String()
    categories = fields.List(fields.String())
    mark = fields.String()
    interpreter = Tick()
    understood = Tick()
    free = Tick()
    witness = words(200, required=False)
    interpreter_name = words(200, required=False)
    basis = fields.String()
    guardian = words(200, required=False)
    reason = words(2_000, required=False)
    supervisor = words(200, required=False)

    def __init__(
        self,
        *,
        asked: Iterable[Category],
        languages: Iterable[str],
        child: bool,
        answers: Iterable[str],
        reviewed: Iterable[str] = (),
    ):
        """`languages`: the installation's; `reviewed`: others whose translation of the text has a reviewer."""
        super().__init__()
        self.asked, self.languages, self.child, self.answers = set(asked), set(languages), child, set(answers)
        self.reviewed = set(reviewed) - self.languages

    @validates_schema
    def complete(self, values: Mapping[str, Any], **_options: Any) -> None:
        """Say at each field what is missing."""
        missing = {"answer": [CHOOSE]} if values["answer"] not in self.answers else {}
        if values["language"] not in self.languages | self.reviewed:
            missing["language"] = [UNREVIEWED if LANGUAGE_CODE.fullmatch(values["language"]) else CHOOSE]
        if values["answer"] != "no":
            missing |= self._agreement(values)
            missing |= self._child(values) if self.child else {}
        if missing:
            raise ValidationError(missing)

    def _agreement(self, values: Mapping[str, Any]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if not values["categories"] or not set(values["categories"]) <= {one.value for one in self.asked}:
            found["categories"] = [N_("Tick what may be kept, or record a refusal.")]
        if not values["understood"]:
            found["understood"] = [UNDERSTOOD]
        if not values["free"]:
            found["free"] = [N_("Without this the consent does not count.")]
        if values["mark"] not in set(ConsentMark):
            found["mark"] = [CHOOSE]
        elif values["mark"] != ConsentMark.SIGNATURE and not values["witness"]:
            found["witness"] = [N_("A thumbprint or a spoken consent needs a witness.")]
        needed = values["interpreter"] or values["language"] in self.reviewed
        if needed and not values["interpreter_name"]:
            found["interpreter_name"] = [FILL_IN]
        return found

    def _child(self, values: Mapping[str, Any]) -> dict[str, list[str]]:
        decided = values["basis"] == "best_interests"
        if values["basis"] not in ("guardian", "best_interests"):
            return {"basis": [CHOOSE]}
        if values["answer"] == "decided" and not decided:
            return {"basis": [N_("When the child does not agree, only a reasoned decision leads on.")]}
        needed = ("reason", "supervisor") if decided else ("guardian",)
        return {name: [FILL_IN] for name in needed if not values[name]}

    @post_load
    def typed(self, values: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Codes become members of their sets."""
        chosen = [Category(one) for one in values["categories"]] if values["answer"] != "no" else []
        mark = ConsentMark(values["mark"]) if values["mark"] in set(ConsentMark) else ConsentMark.ORAL
        helped = values["interpreter"] or bool(values["interpreter_name"])
        return values | {"categories": chosen, "mark": mark, "interpreter": helped}


class SoughtSchema(Posted):
    """What is known of somebody who may have a file already; every part may be missing, but not all."""

    family_name = words(120, required=False)
    given_names = words(120, required=False)
    born = fields.String(validate=validate.Length(max=10, error=TOO_LONG))
    phone = words(40, required=False)
    document = words(60, required=False)
    register = words(60, required=False)
    code = words(24, required=False)

    @validates_schema
    def something(self, values: Mapping[str, Any], **_options: Any) -> None:
        """Ask for something to look for, and for a year or a date that can be one."""
        wrong = {}
        if not any(values.values()):
            wrong["family_name"] = [N_("Type what you know: a name, a number or a code.")]
        if values["born"] and not _birth(values["born"]):
            wrong["born"] = [N_("Type a year, such as 1998, or a whole date, such as 2/3/1998.")]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def typed(self, values: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """The birth as an ISO date or a year; the code as codes are written."""
        born = _birth(values["born"])
        date_text = born if len(born) > 4 else ""
        return values | {
            "birth_date": date_text,
            "birth_year": int(born[:4]) if born else None,
            "code": "".join(values["code"].split()).upper(),
        }


def _birth(text: str) -> str:
    """A year or an ISO date out of what was typed, or nothing.

    >>> _birth("1998"), _birth("2/3/1998"), _birth("31/2/1998"), _birth("98")
    ('1998', '1998-03-02', '', '')
    """
    if re.fullmatch(r"(19|20)\d\d", text):
        return text
    found = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -]((?:19|20)\d\d)", text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat() if found else ""
    except ValueError:
        return ""
