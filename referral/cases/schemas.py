"""The gate for what is typed on the pages of a case: filters of a list, a step's questions, small acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from referral.cases.closing import GOAL_RESULTS, RISKS
from referral.cases.filters import Filters
from referral.cases.models import Case
from referral.cases.questions import (
    GOAL,
    MAX_NOTE,
    YES,
    StepField,
    choices_of,
)
from referral.cases.rules import CaseState, NeedState
from sop.flowchart import Flowchart
from sop.guards import FieldKind
from sop.vocabulary import N_, Message, Need, Priority

CHOOSE = N_("Choose an answer.")
MISSING = N_("Please fill this in.")
TICK = N_("Tick this when it is so.")
TOO_LONG = Message("too_long", N_("Please use at most %(most)d characters."), {"most": MAX_NOTE})
NOT_A_DAY = N_("Enter a day that exists, such as 31 12 2031.")
KEEP_NEEDS = N_("A need that is already open must stay ticked.")
ONE_NEED = N_("Tick at least one need.")


class FilterSchema(Schema):
    """Codes of the URL; whatever is not a code of ours is left out."""

    class Meta:
        """Other parameters are not ours."""

        unknown = EXCLUDE

    state = fields.Enum(CaseState, by_value=True)
    priority = fields.Enum(Priority, by_value=True)
    need = fields.Enum(Need, by_value=True)
    overdue = fields.Boolean()
    after = fields.UUID()


def filters_from(arguments: Mapping[str, str]) -> Filters:
    """The filters of a query string; a wrong code filters nothing.

    >>> filters_from({"state": "closed", "priority": "x", "after": "1"}).to_query()
    {'state': 'closed'}
    """
    given = {name: value for name, value in arguments.items() if value}
    try:
        return Filters(**FilterSchema().load(given))
    except ValidationError as error:
        return Filters(**(error.valid_data if isinstance(error.valid_data, dict) else {}))


class ApprovalSchema(Schema):
    """A supervisor's answer."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    approval = fields.UUID(required=True)
    do = fields.String(required=True, validate=validate.OneOf(("approve", "return")))
    note = fields.String(load_default="", validate=validate.Length(max=MAX_NOTE))


class NeedSchema(Schema):
    """A need to be added."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    need = fields.Enum(Need, by_value=True, required=True)


class ManagerSchema(Schema):
    """The new case manager."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    manager = fields.UUID(required=True)


class TaskSchema(Schema):
    """A task that is done."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    task = fields.UUID(required=True)


class Gate:
    """Reads one step's form: what was typed stays, what is good goes on, the rest has its error at the field."""

    def __init__(self, flowchart: Flowchart, form: MultiDict[str, str]) -> None:
        self.flowchart, self.form = flowchart, form
        self.errors: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}
        self.codes: dict[str, Any] = {}
        self.words: dict[str, str] = {}

    def read_facts(self, step: str, names: tuple[str, ...], case: Case) -> None:
        """The questions of the procedure's facts."""
        for name in names:
            known = {value for value, _label in choices_of(self.flowchart, step, name)}
            if self.flowchart.fields[name].kind is FieldKind.SET:
                self._read_set(name, known, case)
            elif self.form.get(name, "") not in known:
                self.errors[name] = CHOOSE
            else:
                boolean = self.flowchart.fields[name].kind is FieldKind.BOOL
                self.facts[name] = self.form[name] == YES if boolean else self.form[name]

    def _read_set(self, name: str, known: set[str], case: Case) -> None:
        chosen = {value for value in self.form.getlist(name) if value in known}
        if not {need.need.value for need in case.needs if need.state is NeedState.OPEN} <= chosen:
            self.errors[name] = KEEP_NEEDS
        elif not chosen:
            self.errors[name] = ONE_NEED
        self.facts[name] = sorted(chosen)

    def read_fields(self, step_fields: tuple[StepField, ...]) -> None:
        """Words and codes beside the facts; a field that does not apply is not read."""
        for one in step_fields:
            if one.when is None or self.form.get(one.when[0]) == one.when[1]:
                self._read_field(one)

    def _read_field(self, one: StepField) -> None:
        typed = self.form.get(one.name, "").strip()
        if one.kind == "words":
            self.read_words(one.name, required=one.required)
        elif one.kind == "tick":
            self._tick(one.name, required=one.required)
        elif typed in one.choices:
            self.codes[one.name] = typed
        elif one.required:
            self.errors[one.name] = CHOOSE

    def read_words(self, name: str, *, required: bool) -> None:
        """A text that will be sealed."""
        typed = self.form.get(name, "").strip()
        if required and not typed:
            self.errors[name] = MISSING
        elif len(typed) > MAX_NOTE:
            self.errors[name] = TOO_LONG
        self.words[name] = typed

    def read_goals(self, needs: Iterable[Need]) -> None:
        """The plan: a goal for each need."""
        for need in needs:
            self.read_words(GOAL + need.value, required=True)

    def read_closing(self, needs: Iterable[str]) -> None:
        """The closure criteria as the case manager answers them."""
        goals = {need: self.form.get(GOAL + need, "") for need in needs}
        self.codes["goals"] = {need: result for need, result in goals.items() if result in GOAL_RESULTS}
        for need, result in goals.items():
            if result not in GOAL_RESULTS:
                self.errors[GOAL + need] = CHOOSE
        self.read_words("note", required="waived" in goals.values())
        self.codes["risk"] = self.form.get("risk", "")
        if self.codes["risk"] not in RISKS:
            self.errors["risk"] = CHOOSE
        for name in ("informed", "feedback"):
            self._tick(name, required=True)
        self.codes["retention"] = self._day("retention")

    def _tick(self, name: str, *, required: bool) -> None:
        self.codes[name] = self.form.get(name) == YES
        if required and not self.codes[name]:
            self.errors[name] = TICK

    def _day(self, name: str) -> str:
        try:
            parts = [int(self.form.get(f"{name}-{part}", "")) for part in ("year", "month", "day")]
            return date(*parts).isoformat()
        except ValueError:
            self.errors[name] = NOT_A_DAY
            return ""


def version_of(form: Mapping[str, str]) -> int:
    """The version of the case that the page showed; a missing one is never the present one.

    >>> version_of({"version": "3"}), version_of({})
    (3, -1)
    """
    typed = form.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else -1


def uuid_from(text: str) -> UUID | None:
    """An identifier out of a query string, or None.

    >>> uuid_from("x") is None
    True
    """
    try:
        return UUID(text)
    except ValueError:
        return None
