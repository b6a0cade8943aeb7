"""An open case and the version of the procedure in force: what a move would change, and why it may not be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from referral.cases.models import Case, CaseEvent
from referral.cases.queries.progress import state_of
from referral.cases.questions import FACTS
from referral.cases.rules import MOVED
from referral.extensions import db
from referral.procedures import queries as procedures
from referral.procedures.models import ProcedureVersion
from sop import engine
from sop.agenda import Todo
from sop.board import Refused
from sop.flowchart import Flowchart, Step, StepKind
from sop.migration import Move, Preview, migrate, preview
from sop.shapes import KIND_WORDS
from sop.state import State
from sop.vocabulary import N_, Message, Need

WAIVABLE = frozenset({"MIGRATION_FORGOTTEN", "MIGRATION_NEVER_DONE"})
"""Refusals that a supervisor may set aside, step by step and with a reason."""

WOULD_CLOSE = Message("MIGRATION_WOULD_CLOSE", N_("in the new version the case would be closed by the move itself"))
STEP_VALUES = ("step", "to", "other", "place", "share")


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a move to `target` would do. `refusals` cannot be waived; `waivable` are (step, reason).

    `after` is what there will be to do, and `state` the case as it would stand, once every waiver is given; both are
    empty while a refusal remains.
    """

    target: ProcedureVersion
    old: Flowchart
    new: Flowchart
    preview: Preview
    refusals: tuple[Message, ...]
    waivable: tuple[tuple[str, Message], ...]
    state: State | None = None
    after: tuple[Todo, ...] = ()

    @property
    def moves(self) -> tuple[Move, ...]:
        """The active steps with their counterparts."""
        return self.preview.moves

    @property
    def facts(self) -> list[Any]:
        """What will be asked anew, as the question where there is one."""
        return [FACTS[name].label if name in FACTS else name for name in self.preview.facts]

    @property
    def allowed(self) -> bool:
        """Whether the case may be moved, waivers given."""
        return not self.refusals

    def missing(self, waived: Collection[str]) -> list[str]:
        """Steps that have to be waived and are not."""
        return [step for step, _reason in self.waivable if step not in waived]


def version_ahead(case: Case) -> ProcedureVersion | None:
    """The version in force, when this open case is on another one."""
    active = procedures.active_version() if case.closed_at is None else None
    return None if active is None or active.id == case.procedure_version_id else active


def prospect(case: Case, target: ProcedureVersion, now: datetime, *, lang: str = "fr") -> Prospect:
    """What a move of this case to `target` would do."""
    old, new, state = procedures.flowchart(case.procedure_version_id), procedures.flowchart(target.id), state_of(case)
    found = preview(old, new, state)
    steps = {str(one.values["step"]): one for one in reversed(found.refusals) if one.code in WAIVABLE}
    firm = [one for one in found.refusals if one.code not in WAIVABLE]
    there = None
    if not firm:
        try:
            there = migrate(old, new, state, now, waived=steps)
        except Refused as refusal:
            firm.append(refusal.message)
    if there is not None and there.is_closed:
        firm, there = [WOULD_CLOSE], None
    return Prospect(
        target=target,
        old=old,
        new=new,
        preview=found,
        refusals=tuple(in_words(one, old, new) for one in firm),
        waivable=tuple((step, in_words(one, old, new)) for step, one in reversed(steps.items())),
        state=there,
        after=tuple(engine.todo(new, there, now, lang=lang)) if there else (),
    )


def in_words(message: Message, old: Flowchart, new: Flowchart) -> Message:
    """The same refusal with the names of the steps, kinds and needs in place of their codes."""
    values: dict[str, Any] = dict(message.values)
    for name in STEP_VALUES:
        step = old.steps.get(str(values.get(name))) or new.steps.get(str(values.get(name)))
        if step is not None:
            values[name] = _named(step)
    for name in ("kind", "other") if message.code == "MIGRATION_OTHER_KIND" else ():
        values[name] = Message("kind", KIND_WORDS[StepKind(values[name])])
    if values.get("need") in set(Need):
        values["need"] = Need(values["need"])
    return Message(message.code, message.text, values)


def _named(step: Step) -> dict[str, str]:
    quotes = {"fr": ("«\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}»")}
    found = {lang: (*quotes.get(lang, ("“", "”")), text) for lang, text in step.label.items()}
    return {lang: f"{before}{text}{after} ({step.id})" for lang, (before, after, text) in found.items()}


def steps_known(case: Case, asked: Collection[str]) -> Mapping[str, Step]:
    """The steps of the case's version and, where `asked` names others, of the versions that it was moved from."""
    steps = procedures.flowchart(case.procedure_version_id).steps
    if all(step in steps for step in asked if step):
        return steps
    query = select(CaseEvent.facts).where(CaseEvent.case_id == case.id, CaseEvent.kind == MOVED)
    known: dict[str, Step] = {}
    for facts in db.session.scalars(query.order_by(CaseEvent.sequence)):
        known |= procedures.flowchart(UUID(facts["old_id"])).steps
    return known | dict(steps)
