"""Identification: what the procedure may be told, who receives a pre-file, which steps are recorded as done outside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from sop.forms import Form, FormState
from sop.guards import Field
from sop.paths import leaves
from sop.questions import Question
from sop.vocabulary import N_, SENSITIVE, Category, Message, Need

UNKNOWN = "unknown"
BASE_PURPOSE = "case_management"
ASSENT_AGE = 6
CONSENT_DAYS = 365
OTHERS = Category.C5
"""Where answers are sealed whose question names no category: as the case team's own assessment."""
MOST_CHILD_REFUSALS = 2
"""As often as the procedure goes back to the best interests; then only a reasoned decision leads on."""


class Channel(StrEnum):
    """By which way a filled-in form came."""

    WEB = "web"
    OFFLINE = "offline"
    ODK = "odk"
    PAPER = "paper"
    LIST = "list"


PAPER_NUMBER = re.compile(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", re.ASCII)


def is_paper_number(text: str) -> bool:
    """Whether a text can be the number of a printed sheet.

    >>> is_paper_number("ABCDE-FGH23"), is_paper_number("ABCDE-FGH2O"), is_paper_number("abcde-fgh23")
    (True, False, False)
    """
    return PAPER_NUMBER.fullmatch(text) is not None


class Outside(StrEnum):
    """What was done outside the system and is only recorded here: nothing crosses."""

    EMERGENCY = "emergency"
    CHILD = "child"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return OUTSIDE_LABELS[self]

    @property
    def steps(self) -> tuple[str, str]:
        """The steps of the procedure that the record finishes: the legal basis, then the sharing."""
        return OUTSIDE_STEPS[self]

    @property
    def category(self) -> Category:
        """The data category under which its words are sealed."""
        return Category.C9 if self is Outside.EMERGENCY else Category.C13


OUTSIDE_LABELS = {
    Outside.EMERGENCY: N_("Emergency referral made outside the system"),
    Outside.CHILD: N_("Notice to MINAS given outside the system"),
}
OUTSIDE_STEPS = {Outside.EMERGENCY: ("L01", "X01"), Outside.CHILD: ("L02", "X02")}
STEP_EMERGENCY_REVIEW = "N02"
STEP_IDENTIFY = "N03"
STEP_BEST_INTERESTS = "N04"
STEPS_CONSENT = ("G01", "G02")


def procedure_facts(facts: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """What the engine may know of a form's facts: its own fields, without what was not asked or not understood.

    The flowchart asks for "immediate danger or threat to life", the form asks for both apart.
    """
    known = {name: facts[name] for name in fields if name in facts} | {"immediate_danger": in_danger(facts)}
    return {name: value for name, value in known.items() if name in fields and _says(value, fields[name])}


def in_danger(facts: Mapping[str, Any]) -> bool | str:
    """Danger, or care needed at once; not known while neither is a yes and one is not clear.

    >>> in_danger({"immediate_danger": False, "medical_emergency": True})
    True
    >>> in_danger({"immediate_danger": False, "medical_emergency": "unknown"})
    'unknown'
    """
    answers = [facts.get(name, UNKNOWN) for name in ("immediate_danger", "medical_emergency")]
    if True in answers:
        return True
    return False if all(answer is False for answer in answers) else UNKNOWN


def _says(value: Any, field: Field) -> bool:
    values = value if isinstance(value, list | tuple | set) else (value,)
    return all(field.accepts(one) for one in values)


def question_at(form: Form, path: str) -> Question:
    """The question that an answer's path leads to (`members/2/photo`)."""
    return form[path.rpartition("/")[2]]


def attachment_name(path: str, extension: str) -> str:
    """What a file is called here: by its question. What a phone called it may be somebody's name.

    >>> attachment_name("members/2/photo", "jpg")
    'members-2-photo.jpg'
    """
    return f"{path.replace('/', '-')[-60:].lstrip('-')}.{extension}"


def named_files(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """By path: the names of the files that answers speak of."""
    return {
        path: answer.strip()
        for path, answer in leaves(answers)
        if isinstance(answer, str) and answer.strip() and _asks_for_file(form, path)
    }


def _asks_for_file(form: Form, path: str) -> bool:
    name = path.rpartition("/")[2]
    return name in form and form[name].type.is_attachment


CASE_CODE = "case_code"
"""The question for the code of the case, which the case itself answers."""


def proposed_again(form: Form, former: Mapping[str, Any], code: str) -> dict[str, Any]:
    """What a form inside a case holds at first: the case's code, and former answers to questions that are still asked.

    Files are not taken over: each belongs to the form that it was given for.
    """
    asked = {one.name for one in form if one.asks and not one.type.is_attachment}
    kept = {
        name: answer
        for name, answer in former.items()
        if all(path.rpartition("/")[2] in asked for path, _answer in leaves({name: answer}))
    }
    return kept | ({CASE_CODE: code} if CASE_CODE in asked else {})


UNHCR_SHAPES = re.compile(r"\d{3}-?\d{2}C\d{5}|\d{3}-\d{8}|.*(UNHCR|HCR|PROGRES).*")
IOM_SHAPES = re.compile(r".*(IOM|OIM|MIMOSA).*")


def register_question(number: str) -> str:
    """The question of the form that a number from the registers of IOM or UNHCR answers.

    UNHCR writes a household as `829-17C00123` and a person as `829-00012345` (proGres). What is neither clearly IOM's
    nor UNHCR's goes where the seal is tighter: that somebody is on UNHCR's register tells of a claim to asylum (C10).

    >>> register_question("829-17c00123"), register_question("OIM-CM 00451"), register_question("4471")
    ('unhcr_number', 'iom_number', 'unhcr_number')
    """
    text = "".join(number.split()).upper()
    return "iom_number" if IOM_SHAPES.fullmatch(text) and not UNHCR_SHAPES.fullmatch(text) else "unhcr_number"


NOT_ARRIVED = Message("file_missing", N_("The file is not here. Add it again, or remove it."))


def with_files(form: Form, state: FormState, attached: Iterable[str]) -> FormState:
    """What a form says of its answers when the files that they speak of have to be there as well."""
    here = set(attached)
    lost = {path: NOT_ARRIVED for path in named_files(form, state.values) if path not in here}
    return replace(state, errors=state.errors | lost) if lost else state


@dataclass(frozen=True, slots=True)
class Receiver:
    """An organisation that could receive a pre-file. `load`: live cases a case manager, `regions` where they work."""

    id: UUID
    name: str
    regions: frozenset[str]
    mandates: frozenset[str]
    managers: int
    live_cases: int

    @property
    def load(self) -> float:
        """Live cases for each case manager."""
        return self.live_cases / self.managers


def choose_receiver(candidates: Iterable[Receiver], *, region: str, child: bool) -> Receiver | None:
    """The receiving organisation: mandate first, then region, then the lighter load, then the name.

    A child (or somebody whose age is in doubt) goes only to an organisation with the mandate ENF. An organisation that
    works in the region comes before one without a region of its own (national), and that before one of elsewhere.
    """
    fits = [one for one in candidates if one.managers and (not child or Need.ENF.value in one.mandates)]

    def distance(one: Receiver) -> int:
        if region in one.regions:
            return 0
        return 1 if not one.regions or "" in one.regions else 2

    return min(fits, key=lambda one: (distance(one), one.load, one.name), default=None)


@dataclass(frozen=True, slots=True)
class Worker:
    """A case manager who could take a case."""

    id: UUID
    username: str
    regions: frozenset[str]
    specialities: frozenset[str]
    live_cases: int


def choose_manager(workers: Sequence[Worker], *, region: str, child: bool, known_to: UUID) -> Worker | None:
    """The case manager: who identified the person, if among them; else speciality, region, then the fewest cases."""

    def rank(one: Worker) -> tuple[Any, ...]:
        stranger = one.id != known_to
        unversed = child and Need.ENF.value not in one.specialities
        far = bool(one.regions) and region not in one.regions
        return stranger, unversed, far, one.live_cases, one.username

    return min(workers, key=rank, default=None)


def base_categories(held: Iterable[Category]) -> tuple[list[Category], list[Category]]:
    """Categories to ask base consent for, plain and sensitive: those that hold answers, and those each file needs.

    >>> base_categories([Category.C6])
    ([<Category.C1: 'C1'>, <Category.C2: 'C2'>, <Category.C3: 'C3'>, <Category.C5: 'C5'>], [<Category.C6: 'C6'>])
    """
    asked = {Category.C1, Category.C2, Category.C3, Category.C5} | set(held)
    ordered = sorted(asked, key=lambda category: category.order)
    return [one for one in ordered if one not in SENSITIVE], [one for one in ordered if one in SENSITIVE]


def assent_needed(age: int | None) -> bool:
    """Whether a child's own assent is asked: from six years on, and while the age is not known."""
    return age is None or age >= ASSENT_AGE


def consent_answers(*, child: bool, refusals: int) -> tuple[str, ...]:
    """Which answers base consent can have now; against a child's will only a reasoned decision, and not at first.

    >>> consent_answers(child=False, refusals=0), consent_answers(child=True, refusals=2)
    (('yes', 'no'), ('yes', 'decided'))
    """
    if not child or not refusals:
        return ("yes", "no")
    return ("yes", "no", "decided") if refusals < MOST_CHILD_REFUSALS else ("yes", "decided")
