"""What the simulated persons and steps answer: drawn from the plan, else from assumptions that are named afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sop.flowchart import Flowchart
from sop.guards import Field, FieldKind
from sop.simulation.chance import several, stream, weighted
from sop.simulation.plan import ANSWERS, NEEDS, NEEDS_PER_CASE, REGION, Plan, Weights
from sop.vocabulary import N_, Message

PROFILE = ("priority", "age_band", "urgent", NEEDS)
"""Facts that a case brings along and that stay the same whoever asks; so do those that the mix names."""

URGENT = frozenset({"critical", "high"})
"""Priorities that count as urgent when a plan does not say otherwise."""

_NEEDS_PER_CASE: Weights = {1: 50, 2: 30, 3: 20}


class Answers:
    """Every draw that is not a time; keeps which assumptions were needed."""

    def __init__(self, plan: Plan, flowchart: Flowchart, seed: int) -> None:
        self.plan, self.fields, self.seed = plan, flowchart.fields, seed
        opened = {str(step.need): 1 for step in flowchart.steps.values() if step.need}
        known = set(opened) | set(self.fields[NEEDS].values if NEEDS in self.fields else ())
        given = {need: weight for need, weight in plan.mix.get(NEEDS, {}).items() if need in known}
        self.needs: Weights = given or opened
        self.assumed: dict[str, Message] = {}

    def region(self, case: int) -> str:
        """Where the person is; the empty text when the plan names no regions."""
        weights = self.plan.mix.get(REGION)
        return str(weighted(stream(self.seed, case, "mix", REGION), weights)) if weights else ""

    def profile(self, case: int) -> dict[str, Any]:
        """The facts that this case brings along."""
        found: dict[str, Any] = {}
        for name in dict.fromkeys((*PROFILE, *self.plan.mix)):
            if name not in self.fields:
                continue
            if name == NEEDS:
                found[name] = self._first_needs(case)
            elif name == "urgent" and not self._given(name):
                found[name] = found.get("priority") in URGENT
                text = N_("every case of critical or high priority, and no other, is urgent")
                self.assumed["answer:urgent"] = Message("ASSUMED_URGENT", text)
            else:
                found[name] = self._draw(name, (case, "mix", name))
        return found

    def answer(self, name: str, profile: Mapping[str, Any], place: Iterable[object], visit: int) -> Any:
        """What is found out of this fact at this place (case, step, need) on this visit."""
        if name == NEEDS and name in profile:
            return self._needs(profile[name], (*place, visit))
        if name in profile:
            return profile[name]
        return self._draw(name, (*place, visit, name))

    def _given(self, name: str) -> Weights | None:
        """The plan's weights of the values that this flowchart knows, if there are any."""
        given, field = self.plan.mix.get(name) or self.plan.answers.get(name) or {}, self.fields[name]
        fits = {value: weight for value, weight in given.items() if field.accepts(value)}
        return fits if any(fits.values()) else None

    def _first_needs(self, case: int) -> tuple[str, ...]:
        per_case = self.plan.mix.get(NEEDS_PER_CASE, _NEEDS_PER_CASE)
        if not self.plan.mix.get(NEEDS):
            self.assumed["mix:needs"] = Message("ASSUMED_NEEDS", N_("every need is as frequent as any other"))
        if NEEDS_PER_CASE not in self.plan.mix:
            text = N_("half of the cases have one need, three in ten have two, two in ten have three")
            self.assumed["mix:needs_per_case"] = Message("ASSUMED_NEEDS_PER_CASE", text)
        count = weighted(stream(self.seed, case, "mix", NEEDS_PER_CASE), per_case)
        return tuple(sorted(several(stream(self.seed, case, "mix", NEEDS), self.needs, int(count))))

    def _needs(self, held: tuple[str, ...], place: tuple[object, ...]) -> tuple[str, ...]:
        """The same as on arrival; whoever assesses again finds one more need."""
        if place[-1] == 1:
            return held
        others = {need: weight for need, weight in self.needs.items() if need not in held}
        return tuple(sorted((*held, *several(stream(self.seed, *place, NEEDS), others, 1))))

    def _draw(self, name: str, place: tuple[object, ...]) -> Any:
        field = self.fields[name]
        weights, dice = self._given(name) or self._assumption(name, field), stream(self.seed, *place)
        if weights is None:
            # a whole number may have a thousand million values: never list them
            return field.low + int(dice.random() * (field.high - field.low + 1))
        value = weighted(dice, weights)
        return (value,) if field.kind is FieldKind.SET else value

    def _assumption(self, name: str, field: Field) -> Weights | None:
        """The usual proportions; None for a whole number, each of whose values is as likely as any other."""
        usual = {value: weight for value, weight in ANSWERS.get(name, {}).items() if field.accepts(value)}
        if sum(usual.values()) > 0:
            shares = ", ".join(f"{_word(value)} {weight}" for value, weight in usual.items())
            text = N_("answers to “%(fact)s” are assumed, in the proportion %(shares)s")
            self.assumed[f"answer:{name}"] = Message("ASSUMED_ANSWER", text, {"fact": name, "shares": shares})
            return usual
        text = N_("every answer to “%(fact)s” is as likely as any other")
        self.assumed[f"answer:{name}"] = Message("ASSUMED_EVEN", text, {"fact": name})
        return None if field.kind is FieldKind.INT else dict.fromkeys(values_of(field), 1)


def values_of(field: Field) -> tuple[Any, ...]:
    """Every value that a fact of this field can have; for a list of several, its members."""
    if field.kind is FieldKind.BOOL:
        return (True, False)
    return tuple(range(field.low, field.high + 1)) if field.kind is FieldKind.INT else field.values


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
