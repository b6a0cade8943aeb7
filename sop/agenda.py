"""What a state means to people: what to do next and why, and where the case stands on the drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sop.conflicts import going_first, holding, supervising
from sop.deadlines import CAMEROON, Calendar, Level, counts_working_days, due_at, ladder
from sop.flowchart import Conflict, Flowchart, Label, StepKind
from sop.state import NeedStatus, Reason, State, Token
from sop.track import Track, track_of
from sop.verdicts import decide, deciding, judge, lacking_bases
from sop.vocabulary import N_, Message


class Standing(StrEnum):
    """Where a step or a stage stands; one that is not named comes later."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do. `missing` are facts to find out with it, `lacking` legal bases without which it must not happen.

    `why` is one sentence for the reader; the labels in it are in the language that was asked for. `held_by` is the need
    that goes before this one: nothing can be done here until it is closed. `notes` are sentences from the table of
    conflicts.
    """

    step: str
    need: str | None
    since: datetime
    due_at: datetime | None
    overdue: bool
    level: Level
    why: Message
    missing: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    held_by: str | None = None
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the procedure; `at` is when the case last did something in it."""

    id: str
    label: Label
    standing: Standing | None
    at: datetime | None


def todo(
    flowchart: Flowchart, state: State, now: datetime, calendar: Calendar = CAMEROON, *, lang: str = "fr"
) -> list[Todo]:
    """What must be done, the most urgent first; a token that only waits at a join is no work."""
    track = track_of(flowchart)
    open_needs = frozenset(need for need, one in state.needs.items() if one.status is NeedStatus.OPEN)
    items = [
        _item(track, state, token, open_needs, now, calendar, lang)
        for token in state.tokens
        if track.nodes[token.step].kind not in (StepKind.JOIN_OR, StepKind.END)
    ]
    order = {step: place for place, step in enumerate(flowchart.steps)}
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(
        items, key=lambda one: (*_rank(one, flowchart), _urgency(one, track, far), order[one.step], one.need or "")
    )


def _rank(item: Todo, flowchart: Flowchart) -> tuple[bool, int, bool]:
    """What can be done before what is held back, the latest first, and at equal delay the needs that go first."""
    return item.held_by is not None, -item.level, going_first(flowchart, item.need) is None


def _urgency(item: Todo, track: Track, far: datetime) -> datetime:
    """When it is due; an answer that only has to be given is due since it is waited for."""
    node = track.nodes[item.step]
    return item.due_at or (item.since if node.alone or node.step.deadline else far)


def _item(
    track: Track, state: State, token: Token, open_needs: frozenset[str], now: datetime, calendar: Calendar, lang: str
) -> Todo:
    node = track.nodes[token.step]
    course = state.needs[token.need].course if token.need else None
    facts = deciding(track, state.course, course)
    lacking: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    held = holding(track, token.step, token.need, open_needs)
    if held:
        why = _held(track, held, lang)
    elif token.finished or node.alone:
        why, missing = _waiting(track, token, facts, lang)
    else:
        missing = tuple(sorted(name for name in node.asks if facts.get(name) is None))
        lacking = lacking_bases(track, node, token.need, state.course.bases, (course or state.course).bases)
        why = _blocked(track, state, lacking[0], lang) if lacking else _why(track, token, lang)
    if token.pause and not held:
        why = Message("why_paused", token.pause.reason.label)
    priority = facts.get("priority")
    due = due_of(track, state, token, calendar)
    level = Level.NONE
    if due is not None:
        working = calendar if counts_working_days(node.step, priority) else None
        level = ladder(token.since, due, now, working, token.pauses)
    return Todo(
        step=token.step,
        need=token.need,
        since=token.since,
        due_at=due,
        overdue=due is not None and now > due,
        level=level,
        why=why,
        missing=missing,
        lacking=lacking,
        held_by=held[1] if held else None,
        notes=_notes(track, token.need, open_needs, lang),
    )


def due_of(track: Track, state: State, token: Token, calendar: Calendar = CAMEROON) -> datetime | None:
    """When the work of an active step is due; nothing without a deadline, or when only an answer is still missing.

    A clock that stands has no due date.
    """
    if token.finished is not None:
        return None
    facts = deciding(track, state.course, state.needs[token.need].course if token.need else None)
    due = due_at(track.nodes[token.step].step, facts.get("priority"), token.since, calendar, token.pauses)
    if token.due is not None and (due or not token.pause):
        due = min(due or token.due, token.due)
    return due


def text(label: Label, lang: str) -> str:
    """A label in this language, or in the first one that it has."""
    return label.get(lang) or next(iter(label.values()), "")


def _name(track: Track, step: str, lang: str) -> str:
    return text(track.flowchart.steps[step].label, lang) or step


def _why(track: Track, token: Token, lang: str) -> Message:
    """Which answer led here."""
    cause = token.cause
    source = _name(track, cause.source, lang)
    if cause.reason is Reason.ANSWER:
        branch = next(b for b in track.flowchart.outgoing(cause.source) if b.target == cause.target)
        answer = text(branch.label, lang) or str(branch.guard or "")
        if track.nodes[cause.source].kind is StepKind.DECISION:
            values = {"question": source, "answer": answer}
            return Message("why_answer", N_("because “%(question)s” was answered: %(answer)s"), values)
        return Message("why_outcome", N_("after “%(step)s”: %(answer)s"), {"step": source, "answer": answer})
    if cause.reason is Reason.ASSUMED:
        template = N_("because “%(question)s” is not known yet: until it is, the answer that protects counts")
        return Message("why_assumed", template, {"question": source})
    if cause.reason is Reason.EXHAUSTED:
        template = N_("because “%(step)s” has been repeated as often as the procedure allows")
        return Message("why_exhausted", template, {"step": source})
    if cause.reason in (Reason.NEED, Reason.ASKED):
        need = _name(track, track.pathways.get(token.need or "", cause.target), lang)
        return Message("why_need", N_("because this need was recorded: %(need)s"), {"need": need})
    if cause.reason is Reason.MIGRATED:
        return Message("why_migrated", N_("because the case was moved to another version of the procedure"))
    if cause.reason is Reason.WITHDRAWN:
        return Message("why_withdrawn", N_("because the consent was withdrawn: ask again before anything is shared"))
    if cause.reason is Reason.START and track.nodes[cause.source].step.event:
        return Message("why_event", N_("because this was reported: %(step)s"), {"step": source})
    if cause.reason is Reason.START:
        return Message("why_start", N_("the procedure starts here"))
    return Message("why_after", N_("comes after “%(step)s”"), {"step": source})


def _waiting(track: Track, token: Token, facts: dict[str, object], lang: str) -> tuple[Message, tuple[str, ...]]:
    """Which answer a step that could pass by itself, or that is done, still waits for."""
    node = track.nodes[token.step]
    question = {"question": _name(track, token.step, lang)}
    if node.kind is StepKind.RULE:
        missing = tuple(name for name in node.step.sets if facts.get(name) is None)
    elif node.kind is StepKind.SPLIT_OR:
        open_ones = (b for b in node.branches if b.guard and judge(node, b, facts, track.assumed)[0] is None)
        missing = tuple(sorted({name for b in open_ones for name in (b.guard.missing(facts) if b.guard else ())}))
    else:
        verdict = decide(node, facts, track.assumed)
        if verdict.branch is not None:
            template = N_("“%(question)s”: this answer was given as often as the procedure allows, give another one")
            return Message("why_another", template, question), tuple(sorted(node.answers or node.fields))
        missing = verdict.missing
    return Message("why_missing", N_("the procedure waits for this answer"), question), missing


def _held(track: Track, held: tuple[Conflict, str], lang: str) -> Message:
    rule, other = held
    values = {"need": _pathway(track, other, lang), "why": text(rule.why, lang)}
    if not values["why"]:
        return Message("why_held", N_("waits until this need is closed: %(need)s"), values)
    return Message("why_held", N_("waits until this need is closed: %(need)s (%(why)s)"), values)


def _notes(track: Track, need: str | None, open_needs: frozenset[str], lang: str) -> tuple[Message, ...]:
    """What the table of conflicts says of this need besides."""
    found = []
    first, above = going_first(track.flowchart, need), supervising(track.flowchart, need, open_needs)
    if first:
        words = N_("goes before the other needs: %(why)s") if first.why else N_("goes before the other needs")
        found.append(Message("note_first", words, {"why": text(first.why, lang)}))
    if above:
        values = {"need": _pathway(track, above[1], lang)}
        found.append(Message("note_supervised", N_("agree each step with those in charge of: %(need)s"), values))
    return tuple(found)


def _pathway(track: Track, need: str, lang: str) -> str:
    return _name(track, track.pathways[need], lang) if need in track.pathways else need


def _blocked(track: Track, state: State, basis: str, lang: str) -> Message:
    granting = [step.id for step in track.flowchart.steps.values() if basis in step.grants]
    walked = [one.step for one in reversed(state.trail) if one.step in granting]
    step = next(iter((*walked, *granting)), "")
    template = N_("nothing may be shared before this is done: %(step)s")
    return Message("why_blocked", template, {"step": _name(track, step, lang) if step else basis})


# --- where the case stands --------------------------------------------------------------------------------------------


def position(flowchart: Flowchart, state: State, need: str | None = None) -> dict[str, Standing]:
    """Step -> done, now, next or skipped (can no longer be reached without a loop); later steps are left out.

    With a `need`, only what that need did in its part of the flowchart counts.
    """
    track = track_of(flowchart)
    tokens = [token for token in state.tokens if need is None or token.need == need]
    found = {one.step: Standing.DONE for one in state.trail if need is None or one.need == need}
    reachable: set[str] = set()
    for token in tokens:
        reachable |= track.ahead[token.step]
    for step in flowchart.steps:
        if step not in reachable and not track.nodes[step].aside:
            found.setdefault(step, Standing.SKIPPED)
    for step in _next_steps(track, state, tokens):
        if found.get(step) is not Standing.DONE:
            found[step] = Standing.NEXT
    for token in tokens:
        found[token.step] = Standing.NOW
    for code, one in state.needs.items():
        if one.status is NeedStatus.OPEN and code in track.pathways:
            found[track.pathways[code]] = Standing.NOW
    if state.outcome is not None:
        found[state.outcome] = Standing.DONE
    return found


def _next_steps(track: Track, state: State, tokens: Iterable[Token]) -> set[str]:
    """The steps right after the active ones, through what passes by itself, without loops and closed branches."""
    found: set[str] = set()
    for token in tokens:
        course = state.needs[token.need].course if token.need else None
        facts = deciding(track, state.course, course)
        waiting = [token.step]
        while waiting:
            node = track.nodes[waiting.pop()]
            for branch in track.flowchart.outgoing(node.step.id):
                closed = branch.guard is not None and branch.guard.evaluate(facts) is False
                back = branch.is_loop and branch.target not in track.ahead[node.step.id]
                if back or closed or branch.target in found:
                    continue
                found.add(branch.target)
                target = track.nodes[branch.target]
                if target.alone and target.kind not in (StepKind.JOIN_OR, StepKind.END):
                    waiting.append(branch.target)
    return found


def stages(flowchart: Flowchart, state: State) -> list[Stage]:
    """The stages in their order, each with its standing."""
    standing = position(flowchart, state)
    found: list[Stage] = []
    for stage, label in flowchart.stages.items():
        steps = [step.id for step in flowchart.steps.values() if step.stage == stage]
        held = {standing.get(step) for step in steps}
        times = [one.at for one in state.trail if one.step in steps]
        found.append(Stage(stage, label, _stage_standing(held), max(times, default=None)))
    return found


def _stage_standing(held: set[Standing | None]) -> Standing | None:
    for one in (Standing.NOW, Standing.DONE, Standing.NEXT):
        if one in held:
            return one
    return Standing.SKIPPED if held == {Standing.SKIPPED} else None
