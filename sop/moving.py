"""A case's state rewritten with the step ids of another version; what has no counterpart there is left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sop.flowchart import Flowchart
from sop.guards import Field
from sop.state import Cause, Course, Facts, NeedState, Passed, Reason, State, Token, plain
from sop.track import UNKNOWN


@dataclass(frozen=True, slots=True)
class Counterparts:
    """Old step -> new step, for those that have one, and the facts of the new version."""

    steps: Mapping[str, str]
    fields: Mapping[str, Field]

    @classmethod
    def of(cls, old: Flowchart, new: Flowchart, mapping: Mapping[str, str | None]) -> Counterparts:
        """The same ids, unless the mapping says another."""
        named = {step: mapping.get(step, step) for step in old.steps}
        return cls({step: to for step, to in named.items() if to is not None and to in new.steps}, new.fields)

    def get(self, step: str) -> str | None:
        """The counterpart of a step."""
        return self.steps.get(step)

    def keeps(self, name: str, value: Any) -> bool:
        """Whether the new version knows this fact with this value."""
        if name not in self.fields:
            return False
        values = value if isinstance(value, tuple) else (value,)
        return value in (None, UNKNOWN) or all(self.fields[name].accepts(one) for one in values)

    def facts(self, facts: Facts) -> dict[str, Any]:
        """The facts that the new version takes."""
        return {name: value for name, value in plain(facts).items() if self.keeps(name, value)}

    def lost_facts(self, state: State) -> tuple[str, ...]:
        """Names of the facts that the new version does not take."""
        courses = (state.course, *(one.course for one in state.needs.values()))
        held = [(name, value) for course in courses for name, value in plain(course.facts).items()]
        return tuple(dict.fromkeys(name for name, value in held if not self.keeps(name, value)))


def moved(new: Flowchart, state: State, counterparts: Counterparts) -> State:
    """The state on the new version, nothing moved on yet; tokens without a counterpart are left out."""
    return replace(
        state,
        flowchart=new.hash,
        tokens=tuple(_token(new, one, counterparts) for one in state.tokens if counterparts.get(one.step)),
        course=_course(new, state.course, counterparts),
        needs={need: _need(new, one, counterparts) for need, one in state.needs.items()},
        trail=tuple(_passed(one, counterparts) for one in state.trail if counterparts.get(one.step)),
    )


def _granted(new: Flowchart, bases: Mapping[str, str], counterparts: Counterparts) -> dict[str, str]:
    """Bases that the counterpart of the step where they were recorded still grants."""
    found = {basis: counterparts.get(step) for basis, step in bases.items()}
    return {basis: step for basis, step in found.items() if step is not None and basis in new.steps[step].grants}


def _course(new: Flowchart, course: Course, counterparts: Counterparts) -> Course:
    loops = {branch.where for branch in new.branches if branch.is_loop}
    taken = {_arrow(where, counterparts): count for where, count in course.loops.items()}
    known = frozenset(new.fields)
    return Course(
        facts=counterparts.facts(course.facts),
        read=course.read & known,
        spent=course.spent & known,
        bases=_granted(new, course.bases, counterparts),
        loops={where: count for where, count in taken.items() if where in loops or not _is_drawn(new, where)},
    )


def _arrow(where: str, counterparts: Counterparts) -> str:
    return "→".join(counterparts.get(step) or step for step in where.split("→"))


def _is_drawn(new: Flowchart, where: str) -> bool:
    """Whether an arrow of this name is a branch; asking anew for a basis that was lost is counted without one."""
    return any(branch.where == where for branch in new.branches)


def _need(new: Flowchart, need: NeedState, counterparts: Counterparts) -> NeedState:
    by = counterparts.get(need.closed_by) or need.closed_by if need.closed_by else None
    return replace(need, course=_course(new, need.course, counterparts), closed_by=by)


def _passed(one: Passed, counterparts: Counterparts) -> Passed:
    return replace(one, step=counterparts.steps[one.step], to=counterparts.get(one.to) or one.to)


def _token(new: Flowchart, token: Token, counterparts: Counterparts) -> Token:
    step = counterparts.steps[token.step]
    granting = _granted(new, dict(token.granting), counterparts)
    opened = tuple(to for one in token.opened if (to := counterparts.get(one)))
    cause = _cause(new, token.cause, step, counterparts)
    return replace(token, step=step, cause=cause, granting=tuple(granting.items()), opened=opened)


def _cause(new: Flowchart, cause: Cause, step: str, counterparts: Counterparts) -> Cause:
    """Why the token is there, as long as the new version can still say it."""
    source, target = counterparts.get(cause.source), counterparts.get(cause.target)
    drawn = any(branch.source == source and branch.target == target for branch in new.branches)
    if source is None or target is None or (cause.reason is Reason.ANSWER and not drawn):
        return Cause(Reason.MIGRATED, step, step)
    return replace(cause, source=source, target=target)
