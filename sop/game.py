"""The moves of the token game: one state being changed by one event (see `sop.engine` for the rules)."""

from __future__ import annotations

from dataclasses import replace

from sop.board import Board, Refused
from sop.deadlines import PauseReason
from sop.flowchart import Branch, StepKind
from sop.state import Cause, Course, Event, EventKind, NeedState, NeedStatus, Passed, Reason, Token
from sop.track import Node
from sop.verdicts import decide, judge
from sop.vocabulary import N_, Priority

MAX_MOVES = 2_000
"""Moves after one event; a flowchart that needs more turns in a circle."""

MAX_RENEWALS = 2
"""How often a need asks again for a basis that was lost on its way to a share."""

DONE = EventKind.DONE
END, DECISION, RULE = StepKind.END, StepKind.DECISION, StepKind.RULE
SHARE, SPLIT_OR, JOIN_OR, PATHWAY = StepKind.SHARE, StepKind.SPLIT_OR, StepKind.JOIN_OR, StepKind.PATHWAY
"""What every move asks for: Python 3.11 calls a function to find a member of an enum."""


class Game(Board):
    """The moves."""

    # --- events ------------------------------------------------------------------------------------------------------

    def perform(self, event: Event) -> None:
        """What the event itself changes; `settle` moves the rest."""
        if self.outcome is not None and event.kind is not EventKind.ANY_TIME:
            raise Refused("CLOSED", N_("the case is closed"))
        if event.kind is DONE:
            self._finish(event)
        elif event.kind is EventKind.FACTS:
            self.learn(event.facts, event.need)
            self.waiting += [key for key in self.tokens if event.need is None or key[1] == event.need]
        elif event.kind is EventKind.NEED_OPENED:
            self._want(str(event.need))
        elif event.kind in (EventKind.PAUSED, EventKind.RESUMED):
            self._set_clock(event)
        else:
            self._interrupt(event)

    def _finish(self, event: Event) -> None:
        key = (str(event.step), event.need)
        token, nodes = self.tokens.get(key), self.track.nodes
        if token is None or nodes[token.step].alone:
            raise Refused("NOT_ACTIVE", N_("the step %(step)s is not to be done now"), step=event.step)
        node = nodes[token.step]
        held = self.holding(token)
        if held:
            raise Refused(
                "CONFLICT",
                N_("the need %(need)s waits until the need %(other)s is closed"),
                need=token.need,
                other=held[1],
            )
        missing = self.lacking(token)
        if missing:
            raise Refused(
                "NO_BASIS",
                N_("nothing may be shared at %(step)s: the legal basis “%(basis)s” is missing"),
                step=token.step,
                basis=missing[0],
            )
        self.learn(event.facts, event.need)
        if token.finished is None:
            self.count(node, token.need)
            granted = tuple((basis, token.step) for basis in node.step.grants)
            self.tokens[key] = token.done(self.now, granted)
        self.waiting.append(key)
        self.waiting += [other for other in self.tokens if other[1] is None and nodes[other[0]].alone]

    def _set_clock(self, event: Event) -> None:
        """Stop or start the clock of one step; that of a critical case never stands."""
        token = self.tokens.get((str(event.step), event.need))
        if token is None or token.finished or not self.track.nodes[token.step].step.deadline:
            raise Refused("NOT_ACTIVE", N_("the step %(step)s is not to be done now"), step=event.step)
        pause = token.pause
        if pause is not None and pause.reason is PauseReason.CONFLICT:
            raise Refused("PAUSED", N_("the clock of %(step)s already stands"), step=token.step)
        if event.kind is EventKind.RESUMED:
            if pause is None:
                raise Refused("NOT_PAUSED", N_("the clock of %(step)s does not stand"), step=token.step)
            self.resume(token)
            return
        if pause is not None:
            raise Refused("PAUSED", N_("the clock of %(step)s already stands"), step=token.step)
        if self.known(token.need).get("priority") in (None, Priority.CRITICAL):
            raise Refused("CRITICAL", N_("the clock of a critical case, or of one without a priority, never stands"))
        reason = event.facts.get("reason")
        if reason not in set(PauseReason) - {PauseReason.CONFLICT}:
            raise Refused("NO_REASON", N_("“%(reason)s” is not a reason for which a clock may stand"), reason=reason)
        self.pause(token, PauseReason(reason))

    def _want(self, need: str) -> None:
        """Open this need through its split: at once when the case has been there, else when it gets there."""
        split = self.track.splits.get(need)
        if split is None:
            raise Refused("NO_PATHWAY", N_("the procedure has no pathway for the need %(need)s"), need=need)
        known = self.round(None).facts.get("needs") or ()
        if "needs" in self.track.fields:
            self.learn({"needs": (*known, need)}, None)
        before = self.needs.get(need)
        if before is not None and before.status is not NeedStatus.OPEN:
            self.needs[need] = replace(before, status=NeedStatus.ASKED)
        if not any(one.step == split for one in self.before.trail) or (split, None) in self.tokens:
            self.waiting += [(split, None)]
            return
        join = self.track.joins[need]
        for key, token in list(self.tokens.items()):
            if join and token.need is None and not token.aside and token.step in self.track.ahead[join]:
                del self.tokens[key]
        self.enter(split, None, Cause(Reason.ASKED, split, split))

    def _interrupt(self, event: Event) -> None:
        """Something that may happen at any time: a token of its own, which takes over once it joins the case."""
        node = self.track.nodes.get(str(event.step))
        if node is None or node.kind is not StepKind.START or not node.step.event:
            raise Refused("NOT_ACTIVE", N_("the step %(step)s is not to be done now"), step=event.step)
        self.outcome = self.closed_at = None
        self.enter(node.step.id, None, Cause(Reason.START, node.step.id, node.step.id), aside=True)
        self.settle()
        self.learn(event.facts, None)
        self.waiting += [key for key in self.tokens if key[1] is None]

    # --- moves -------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Move every token that can move by itself, then open the joins that nothing holds back any more."""
        moves = 0
        while self.waiting or self._open_join() or self._free_share():
            moves += 1
            if moves > MAX_MOVES:
                raise Refused("CIRCLE", N_("the procedure turns in a circle"))
            token = self.tokens.get(self.waiting.pop(0)) if self.waiting else None
            if token is not None and (token.finished or self.track.nodes[token.step].alone):
                self._leave(token)
        self.hold_clocks()

    def _open_join(self) -> bool:
        for token in self.tokens.values():
            node = self.track.nodes[token.step]
            if node.kind is JOIN_OR and node.only and self._is_complete(token):
                self._follow(token, node.only)
                return True
        return False

    def _free_share(self) -> bool:
        """A share that lost its basis: its need asks for it again, or is closed when the case can no longer get it."""
        for token in self.tokens.values():
            if self.track.nodes[token.step].kind is not SHARE:
                continue
            for basis in self.lacking(token):
                back = self.granted_by(token, frozenset({basis}))
                if back is not None and self.count_loop(token, f"{token.step}→{back}", MAX_RENEWALS):
                    del self.tokens[token.key]
                    self.enter(back, token.need, Cause(Reason.WITHDRAWN, token.step, back))
                    return True
                if (back is not None or not self.may_be_granted(basis)) and self._give_up(token):
                    return True
        return False

    def _is_complete(self, join: Token) -> bool:
        """Whether every opened need is closed and every other token of the case has arrived."""
        if any(
            one.status is NeedStatus.OPEN and self.track.joins.get(need) == join.step
            for need, one in self.needs.items()
        ):
            return False
        others = (token for key, token in self.tokens.items() if key != join.key and token.need == join.need)
        return not any(join.step in self.track.ahead[token.step] for token in others if not token.aside)

    def _leave(self, token: Token) -> None:
        node = self.track.nodes[token.step]
        kind = node.kind
        if kind is PATHWAY and self.holding(token):
            return  # it stays there, to be seen, until the other need is closed
        if kind is END:
            self._close(token)
        elif kind is JOIN_OR:
            if token.need is not None:
                self._close_need(token, token.cause.source)
        elif kind is SPLIT_OR:
            self._split(token, node)
        elif kind is not RULE or all(self.known(token.need).get(name) is not None for name in node.step.sets):
            if node.only is not None:
                self._follow(token, node.only)
                return
            verdict = decide(node, self.known(token.need), self.track.assumed)
            if verdict.branch is not None:
                self._follow(token, verdict.branch, verdict.assumed)

    def _split(self, token: Token, node: Node) -> None:
        facts, unsettled = self.known(token.need), False
        for branch in node.branches:
            answer, assumed = judge(node, branch, facts, self.track.assumed)
            unsettled = unsettled or answer is None
            if answer and branch.target not in token.opened:
                token = replace(token, opened=(*token.opened, branch.target))
                self.passed.append(Passed(token.step, token.need, token.since, self.now, branch.target))
                self._branch_off(token, branch, assumed)
        self.tokens[token.key] = token
        if unsettled:
            return
        if not token.opened and node.default:
            self._follow(token, node.default)
            return
        del self.tokens[token.key]
        if node.join:
            self.enter(
                node.join, token.need, replace(token.cause, reason=Reason.AFTER, source=token.step, target=node.join)
            )

    def _branch_off(self, token: Token, branch: Branch, assumed: tuple[str, ...]) -> None:
        target = self.track.nodes[branch.target]
        if target.kind is StepKind.PATHWAY and token.need is None:
            self._open_need(target, Cause(Reason.NEED, branch.source, branch.target, assumed))
            return
        reason = Reason.ASSUMED if assumed else Reason.ANSWER if branch.guard else Reason.AFTER
        self.enter(branch.target, token.need, Cause(reason, branch.source, branch.target, assumed))

    def _open_need(self, node: Node, cause: Cause) -> None:
        """A new round of the need's own loop; opening an open need, or one closed meanwhile, does nothing."""
        need = str(node.step.need)
        before = self.needs.get(need)
        if before is not None and before.status is not NeedStatus.ASKED:
            return
        facts = dict.fromkeys(self.track.counters & self.track.need_fields, 0)
        self.rounds.pop(need, None)
        number = before.round + 1 if before else 1
        self.needs[need] = NeedState(need, NeedStatus.OPEN, number, self.now, course=Course(facts))
        self.enter(node.step.id, need, cause)

    def _follow(self, token: Token, branch: Branch, assumed: tuple[str, ...] = ()) -> None:
        """Take a branch: count its loop, use up its answers, enter its target."""
        node = self.track.nodes[token.step]
        target, exhausted = branch.target, False
        if branch.is_loop and branch.loop_max is not None:
            course = self.round(token.need)
            taken = course.loops[branch.where] = min(course.loops.get(branch.where, 0) + 1, branch.loop_max + 2)
            exhausted = taken > branch.loop_max
            if exhausted and (branch.then is None or taken > branch.loop_max + 1):
                self._give_up(token)
                return
            target = str(branch.then) if exhausted else target
        self.passed.append(Passed(token.step, token.need, token.since, token.finished or self.now, target))
        del self.tokens[token.key]
        if node.fields:
            self._use(node, token.need)
        cause = Cause(Reason.EXHAUSTED, token.step, target) if exhausted else _cause(token, node, branch, assumed)
        granting = () if branch.is_loop else token.granting  # "start again" is not the answer that a basis needs
        self.enter(target, token.need, cause, granting, aside=token.aside)

    def _use(self, node: Node, need: str | None) -> None:
        """Note what a decision has looked at; its own answers may not decide again."""
        case, own = self.round(None), self.round(need)
        own.spent |= node.answers
        own.read |= node.fields & self.track.need_fields
        case.read |= node.fields - self.track.need_fields

    def _give_up(self, token: Token) -> bool:
        """A loop and its way out are used up: a need is closed unresolved, the case waits for another answer."""
        if token.need is None:
            return False
        to = self.track.joins.get(token.need) or token.step
        self.passed.append(Passed(token.step, token.need, token.since, self.now, to))
        self._close_need(token, token.step)
        return True

    def enter(
        self,
        step: str,
        need: str | None,
        cause: Cause,
        granting: tuple[tuple[str, str], ...] = (),
        *,
        aside: bool = False,
    ) -> None:
        """Arrive at a step; arriving where a token already is merges the two."""
        node = self.track.nodes[step]
        if node.kind is PATHWAY and need is None and node.step.need:
            self._open_need(node, cause)
            return
        course = self.round(need)
        if node.step.invalidates:
            self._invalidate(node, need)
        for basis in node.step.grants:
            course.bases.pop(basis, None)
        if node.renews:
            course.spent |= node.renews & course.read
        if granting and node.kind is not DECISION:
            course.bases.update((basis, by) for basis, by in granting if basis in node.effective)
            granting = ()
        if aside and not node.aside:
            self._take_over()
            aside = False
        key = (step, need)
        if key not in self.tokens:
            self.tokens[key] = Token(step, need, self.now, cause, None, granting, (), aside)
        self.waiting.append(key)

    def _take_over(self) -> None:
        """An any-time event has joined the case: its token replaces those of the case; needs stay open."""
        for key, token in list(self.tokens.items()):
            if token.need is None and not token.aside:
                del self.tokens[key]

    def _invalidate(self, node: Node, need: str | None) -> None:
        """Legal bases and unused answers end: for this need, or for the case and all its needs."""
        lost = frozenset(node.step.invalidates)
        scopes: tuple[str | None, ...] = (need,) if need is not None else (None, *self.needs)
        for scope in scopes:
            course = self.round(scope)
            for basis in lost:
                course.bases.pop(basis, None)
            course.spent |= self.track.need_answers if scope is not None else self.track.case_answers
        if need is None:
            for token in list(self.tokens.values()):
                if token.need is not None or lost & {basis for basis, _ in token.granting}:
                    self._send_back(token, lost)

    def _send_back(self, token: Token, lost: frozenset[str]) -> None:
        """A need on its way to a share asks for the lost basis again; one that only waits or is served goes on.

        So does the case itself when it still waits for the answer to a talk that took place before.
        """
        to_share = self.track.nodes[token.step].effective & lost
        ahead = (token.step, *self.track.ahead[token.step])
        if not to_share or not any(self.track.nodes[step].kind is StepKind.SHARE for step in ahead):
            return
        back = next((step for basis, step in token.granting if basis in lost), None) or self.granted_by(token, to_share)
        if back is not None and back != token.step:
            del self.tokens[token.key]
            self.enter(back, token.need, Cause(Reason.WITHDRAWN, token.step, back))
        elif back is not None:
            self.tokens[token.key] = replace(token, finished=None, granting=())

    def _close_need(self, token: Token, by: str) -> None:
        del self.tokens[token.key]
        need = str(token.need)
        if not any(other.need == need for other in self.tokens.values()):
            self.needs[need] = replace(self.needs[need], status=NeedStatus.CLOSED, closed_at=self.now, closed_by=by)
            self.waiting += [key for key in self.tokens if self.track.nodes[key[0]].kind is StepKind.PATHWAY]

    def _close(self, token: Token) -> None:
        """An end: of this need, or of the whole case, which cancels whatever was still open."""
        self.passed.append(Passed(token.step, token.need, token.since, self.now, ""))
        if token.need is not None:
            self._close_need(token, token.step)
            return
        self.outcome, self.closed_at = token.step, self.now
        self.tokens.clear()
        self.waiting.clear()
        for need, one in self.needs.items():
            if one.status is NeedStatus.OPEN:
                self.needs[need] = replace(one, status=NeedStatus.CANCELLED, closed_at=self.now, closed_by=token.step)


def _cause(token: Token, node: Node, branch: Branch, assumed: tuple[str, ...]) -> Cause:
    """Why a token goes on along this branch."""
    if assumed:
        return Cause(Reason.ASSUMED, token.step, branch.target, assumed)
    if branch.guard or branch.is_default:
        return Cause(Reason.ANSWER, token.step, branch.target)
    if node.alone and node.kind is not JOIN_OR:
        return token.cause
    return Cause(Reason.AFTER, token.step, branch.target)
