"""A list that an organisation kept until now, column by column: which question each answers, and what its cells mean.

Nothing is guessed silently: a cell that cannot be read sets its row aside with the reason; what is merely missing makes
a draft that somebody completes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from referral.foundation.folding import fold
from sop.answers import Refused, clean
from sop.forms import Form
from sop.questions import Choice, Kind, Question
from sop.vocabulary import N_, Message

SKIP = ""
YEAR = re.compile(r"(19|20)\d{2}", re.ASCII)
SEVERAL = re.compile(r"[;,/|\n]+")

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "family_name": ("nom", "noms", "nom de famille", "surname", "last name", "family name"),
    "given_names": ("prenom", "prenoms", "first name", "given name", "given names"),
    "other_names": ("surnom", "alias", "nickname", "autre nom", "autres noms"),
    "sex": ("sexe", "sex", "genre", "gender"),
    "birth_date": ("date de naissance", "ddn", "ne le", "nee le", "date of birth", "dob", "birth date"),
    "age_years": ("age", "age estime", "age en annees"),
    "nationality": ("nationalite", "nationality", "pays"),
    "phone": ("telephone", "tel", "phone", "numero", "contact", "telephone portable", "mobile"),
    "identified_on": ("date", "date entretien", "date d’entretien", "date identification", "date d’enregistrement"),
    "region": ("region",),
    "department": ("departement", "division"),
    "place": ("lieu", "ville", "place", "town", "arrondissement"),
    "needs": ("besoins", "besoin", "needs", "need"),
    "remarks": ("observations", "observation", "remarques", "commentaire", "commentaires", "remarks", "notes"),
}
"""Headings that partners' lists use, folded, by question."""

YES = frozenset({"oui", "o", "yes", "y", "x", "1", "vrai", "true"})
NO = frozenset({"non", "n", "no", "0", "faux", "false"})
CODES: Mapping[str, str] = {
    "f": "female", "femme": "female", "fille": "female", "feminin": "female", "female": "female", "woman": "female",
    "m": "male", "h": "male", "homme": "male", "garcon": "male", "masculin": "male", "male": "male", "man": "male",
}  # fmt: skip
"""Usual short answers that mean a code."""

UNKNOWN_CHOICE = N_("“%(cell)s” is none of the possible answers.")
NOT_READ = N_("“%(cell)s” cannot be read here.")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is set aside: the heading of the column and the reason."""

    heading: str
    message: Message


@dataclass(frozen=True, slots=True)
class Read:
    """A row as answers of the form, or the problems that set it aside."""

    answers: dict[str, Any]
    problems: tuple[Problem, ...]


def takes(form: Form) -> list[Question]:
    """The questions that a column may answer: asked once, in words or from a list."""
    kinds = {Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}
    repeats = {group.name for group in form.groups.values() if group.repeat}
    return [one for one in form.questions if one.type in kinds and not repeats.intersection(one.groups)]


def proposal(form: Form, headings: Sequence[str], before: Mapping[str, str]) -> dict[str, str]:
    """Which question each heading seems to ask; what was said for the same heading before counts first."""
    names = {one.name for one in takes(form)}
    known = {fold(text): one.name for one in takes(form) for text in (one.name, *one.label.values())}
    known |= {fold(text): name for name, texts in SYNONYMS.items() if name in names for text in texts}
    found: dict[str, str] = {}
    for heading in headings:
        key = fold(heading)
        name = before.get(heading) if heading in before else known.get(key, SKIP)
        found[heading] = name if name in names and name not in found.values() else SKIP
    return found


def read_row(form: Form, mapping: Mapping[str, str], cells: Mapping[str, str], today: date) -> Read:
    """The cells of one row as answers; each cell that cannot be read is a problem. A year alone makes an age."""
    answers: dict[str, Any] = {}
    problems = []
    for heading, name in mapping.items():
        cell = cells.get(heading, "").strip()
        if not cell or name not in form:
            continue
        answer = _answer(form, form[name], cell, today)
        if isinstance(answer, Message):
            problems.append(Problem(heading, answer))
        else:
            answers.update(answer)
    return Read(answers, tuple(problems))


def _answer(form: Form, question: Question, cell: str, today: date) -> dict[str, Any] | Message:
    choices = form.options(question)
    if question.type is Kind.SELECT_ONE:
        code = code_of(choices, cell)
        return {question.name: code} if code else Message("unknown_choice", UNKNOWN_CHOICE, {"cell": cell[:60]})
    if question.type is Kind.SELECT_MULTIPLE:
        codes = [code_of(choices, part) for part in SEVERAL.split(cell) if part.strip()]
        if not all(codes):
            return Message("unknown_choice", UNKNOWN_CHOICE, {"cell": cell[:60]})
        return {question.name: codes}
    if question.type is Kind.DATE and YEAR.fullmatch(cell) and "age_years" in form:
        return {"age_years": str(max(0, today.year - int(cell)))}
    try:
        clean(question, cell, choices)
    except Refused as refusal:
        return Message(refusal.message.code, NOT_READ, {"cell": cell[:60]}) if len(cell) <= 60 else refusal.message
    return {question.name: cell}


def code_of(choices: Iterable[Choice], cell: str) -> str:
    """The code that a cell means: the code itself, its label in any language, or a usual short word; else nothing."""
    wanted = fold(cell)
    listed = list(choices)
    for choice in listed:
        if wanted in {fold(text) for text in (choice.name, *choice.label.values())}:
            return choice.name
    names = {choice.name for choice in listed}
    if {"yes", "no"} <= names and (wanted in YES or wanted in NO):
        return "yes" if wanted in YES else "no"
    short = CODES.get(wanted, "")
    return short if short in names else ""
