"""Two files in words, answer by answer, as the review page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from referral.cases.models import Case
from referral.foundation.access import Actor
from referral.people.contact import SEALED_AS
from referral.people.duplicates import AGE, Compared, compared, to_choose
from referral.people.matching.weights import SENTENCES, Field, Level
from referral.people.models import PersonPair
from referral.people.queries.duplicates import Both, both, cases_of, obstacles
from referral.procedures import queries as procedures
from sop.forms import Form
from sop.vocabulary import N_, Message

LABELS: dict[str, str] = {
    AGE: N_("Age or date of birth"),
    "sex": N_("Sex"),
    "nationality": N_("Nationality"),
    "interview_language": N_("Language"),
    SEALED_AS: N_("How the person may be reached"),
}
OTHER_ANSWER = N_("Another answer")
DOUBTED = Message("doubted", N_("in doubt"))
AS_NOTED = Message("as_noted", N_("as noted in this file"))


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of both: its label (texts by language, or a message id) and what each file says, in words."""

    name: str
    label: Any
    first: tuple[Any, ...]
    second: tuple[Any, ...]
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two files for a reviewer. Of protected names `lines` tell only whether they agree."""

    lines: list[Line]
    evidence: list[str]
    first_cases: tuple[Case, ...]
    second_cases: tuple[Case, ...]
    against: list[Message]
    protected: bool
    seen: str

    @property
    def choices(self) -> list[Line]:
        """The lines of which one side has to be chosen."""
        return [one for one in self.lines if one.agrees is False]


def side_by_side(actor: Actor, pair: PersonPair) -> SideBySide:
    """What both say about who they are, the older file first."""
    two = both(pair)
    active = procedures.active_form("identification")
    form = procedures.form(active.id) if active else None
    cases = cases_of(actor, (two.first.id, two.second.id))
    return SideBySide(
        [_line(one, form, hidden=two.protected) for one in _compared(two)],
        sentences(pair),
        cases.get(two.first.id, ()),
        cases.get(two.second.id, ()),
        obstacles(actor, two.first, two.second),
        two.protected,
        two.seen,
    )


def names_to_choose(pair: PersonPair) -> list[str]:
    """The names of the answers of which one side has to be chosen."""
    return to_choose(_compared(both(pair)))


def sentences(pair: PersonPair) -> list[str]:
    """Why the two may be one, as message ids; the strongest first."""
    found = []
    for code in pair.evidence:
        field, _, level = code.partition(":")
        found.append(SENTENCES[Field(field), Level(level)])
    return found


def _compared(two: Both) -> list[Compared]:
    return compared(two.first_file, two.second_file)


def _line(one: Compared, form: Form | None, *, hidden: bool) -> Line:
    asked = form[one.name].label if form and one.name in form else OTHER_ANSWER
    label = LABELS.get(one.name) or asked
    sides = ((), ()) if hidden else tuple(_words(one.name, side, form) for side in (one.first, one.second))
    return Line(one.name, label, sides[0], sides[1], one.agrees)


def _words(name: str, values: tuple[Any, ...], form: Form | None) -> tuple[Any, ...]:
    known: dict[Any, Any] = {"yes": DOUBTED} if name == AGE else {}
    if form is not None and name in form:
        known |= {choice.name: choice.label for choice in form.choices.get(form[name].list_name, ())}
    told = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return tuple(AS_NOTED if isinstance(one, Mapping) else known.get(one) or _in_words(one) for one in told)


def _in_words(value: Any) -> Any:
    """A coded fact by its label, which is translated; a date as a date; anything else as it was typed."""
    if getattr(value, "label", None):
        return Message("word", value.label)
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return value
