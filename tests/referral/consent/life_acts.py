"""Random lives of one file on real rows: each act is the product's own, and is told to the story of `life_table`."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from referral.cases.models import Case
from referral.cases.rules import CaseState, ClosureReason
from referral.consent.actions import answer_service, decide_and_register, emergencies, orders, record_consent, renewing
from referral.consent.emergencies import Conclusion, EmergencyReason
from referral.consent.models import ConsentMark, ConsentState
from referral.consent.orders import OrderKind, OrderState
from referral.consent.queries import exceptional
from referral.consent.requirements import Answer, Choice
from referral.consent.rules import Decision, decide
from referral.errors import RuleViolation
from referral.extensions import db
from referral.partners.actions import agreeing, watching
from referral.partners.models import Agreement
from referral.partners.rules.agreements import AgreementAction, Side, SignatureMethod, StopReason, Terms
from referral.referrals.actions import answering, sending
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralAction
from referral.rights.actions import erasing, withdrawing
from referral.rights.queries import withdrawals
from referral.rights.stopping import Channel
from sop.vocabulary import Category, Need
from tests.referral.consent.life_table import Seen, Story, day

MED = frozenset({"C1", "C2", "C6"})
MORE = ("C1", "C2", "C3", "C5", "C6", "C7")
STEPS = [timedelta(minutes=40), timedelta(hours=5), timedelta(days=1), timedelta(days=9), timedelta(days=31),
         timedelta(days=31), timedelta(days=90)]  # fmt: skip


class Life:
    """One file, a hospital that was sent it, and what happens to both; `cast` holds the rows by name."""

    def __init__(self, seed: int, cast: dict[str, Any], begun: datetime, *, age: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
        self.cast, self.at = cast, begun
        self.case: Case = cast["child" if age < 18 else "adult"]
        self.referral: Referral = cast["child_referral" if age < 18 else "adult_referral"]
        self.agreement: Agreement = cast["agreement"]
        self.accesses: list[Any] = []
        self.orders: list[Any] = []
        self.story = Story(begun, age)
        self.acts: list[Callable[[], None]] = [
            *3 * [self.give], self.give_elsewhere, self.refuse, *2 * [self.take_back], self.daily, *3 * [self.agree],
            *2 * [self.answer], self.recall, *2 * [self.send_anew], *2 * [self.declare], self.prolong, self.stop,
            *2 * [self.review], *2 * [self.order], self.verify,
        ]  # fmt: skip
        one = self.agreement
        self.story.add(begun, "draft", number=0, since=one.effective_from, until=one.effective_until,
                       categories=frozenset(one.categories), purposes=frozenset(one.purposes))  # fmt: skip
        for what in ("sign", "sign", "activate"):
            self.story.add(begun, what, number=0)
        until = day(begun) + timedelta(days=365)
        self.story.add(begun, "give", **self._facts(MED, {"C6"}, until, {}))
        self.story.add(begun, "send", package=MED)

    def step(self, *, last: bool = False) -> None:
        """Let time pass and do something; the last act may be the erasure of the file."""
        self.at += self.rng.choice(STEPS)
        self.erase() if last else self.rng.choice(self.acts)()
        db.session.flush()

    # --- what the pages answer ----------------------------------------------------------------------------------------

    def answers(self, at: datetime) -> dict[str, tuple[Seen | None, Seen | None]]:
        """By question, what the product shows at a moment and what the table says."""
        nurse, own = self.cast["nurse"], "A3" if self.story.until(at, "erase") else "O1"
        package = next(iter(self.story.until(at, "send"))).facts["package"]
        found: dict[str, tuple[Seen | None, Seen | None]] = {
            "received": (self._received(nurse, at), self.story.received(at)),
            "manager": (self._received(self.cast["manager"], at), Seen(own, package if own == "O1" else frozenset())),
            "colleague": (self._received(self.cast["colleague"], at), Seen("A3" if own == "A3" else "O2")),
        }
        for number, access in enumerate(self.accesses):
            shown = None
            if at < access.ends_at:  # the page shows nothing after it
                shown = seen(emergencies.look(access, actor=nurse, now=at)[1])
            found[f"access {number}"] = (shown, self.story.urgent(at, number))
        for number, row in enumerate(self.orders):
            asked = exceptional.order_request(self.case, row, now=at, action="print")
            found[f"order {number}"] = (seen(decide(asked)), self.story.ordered(at, number))
            if orders.state(row) in (OrderState.MAY_ANSWER, OrderState.ANSWERED):
                printed = orders.answer(row, actor=self.cast["manager"], now=at)
                found[f"answer {number}"] = (seen(printed), self.story.ordered(at, number))
        return found

    def _received(self, viewer: Any, at: datetime) -> Seen:
        stamp = {"viewer": viewer, "action": "view", "actor": viewer, "now": at}
        return seen(decide_and_register(self.referral, **stamp)[1])

    # --- consent ------------------------------------------------------------------------------------------------------

    def _facts(self, categories: Any, explicit: Any, until: Any, flaws: dict[str, Any]) -> dict[str, Any]:
        child = not self.story.adult(self.at)
        usual = {
            "conditional": False, "form_code": "F15_consent_referral", "understood": True, "interpreter": False,
            "mark": "signature", "witnessed": False, "assent": child, "guardian": child, "best_interests": False,
            "given_age": 17 if child else max(18, self.story.age),
        }  # fmt: skip
        chosen = {"categories": frozenset(categories), "explicit": frozenset(explicit), "until": until}
        return {**usual, **flaws, **chosen}

    def give(self, **columns: Any) -> None:
        """A consent to the hospital: its categories, its last day, and now and then something wrong with it."""
        flaw = {
            0: {"conditional": True}, 1: {"understood": False}, 2: {"understood": False, "interpreter": True},
            3: {"mark": "oral"}, 4: {"mark": "oral", "witnessed": True}, 5: {"assent": False}, 6: {"guardian": False},
            7: {"guardian": False, "best_interests": True}, 8: {"form_code": "F08_consent_adult"},
        }.get(self.rng.randrange(30), {})  # fmt: skip
        categories = self._some(MORE) if self.rng.random() < 0.5 else MED
        explicit = {one for one in categories if one in ("C6", "C7") and self.rng.random() < 0.8}
        until = day(self.at) + timedelta(days=self.rng.choice([0, 8, 40, 360, 360]))
        facts = self._facts(categories, explicit, until, flaw)
        self._record(facts, **columns)
        if not columns:
            self.story.add(self.at, "give", **facts)

    def give_elsewhere(self) -> None:
        """A consent to somebody else, or to another purpose: it changes nothing here."""
        other = {"recipient": self.cast["elsewhere"]}
        self.give(**self.rng.choice([other, {"purpose": "referral:PSY"}, {"purpose": "case_management"}]))

    def refuse(self) -> None:
        """The person was asked again and said no."""
        self._record(self._facts((), (), day(self.at), {}), state=ConsentState.REFUSED)
        self.story.add(self.at, "refuse")

    def _record(self, facts: dict[str, Any], **columns: Any) -> None:
        given = dict(facts)
        values = {
            "recipient": self.cast["hospital"], "purpose": "referral:MED", "categories": given.pop("categories"),
            "explicit": given.pop("explicit"), "valid_until": given.pop("until"), "language": "fr",
            "mark": ConsentMark(given.pop("mark")), "text_hash": "0" * 64, **given, **columns,
        }  # fmt: skip
        record_consent(self.case, actor=self.cast["manager"], now=self.at, **values)

    def take_back(self) -> None:
        """All of it or a part; at the desk or by the person's own link. What nobody gave cannot be taken back."""
        hospital = self.cast["hospital"].id
        rows = [one for one in withdrawals.living(self.case)
                if one.recipient_id == hospital and one.purpose == "referral:MED"]  # fmt: skip
        assert bool(rows) == self.story.living(self.at)
        for row in rows:
            taken = frozenset(row.categories) if self.rng.random() < 0.4 else self._some(row.categories)
            whole = taken >= set(row.categories)
            withdrawing.withdraw(
                self.case, {row.id: [Category(one) for one in taken]}, actor=self.cast["manager"], now=self.at,
                channel=self.rng.choice(list(Channel)), by_person=self.rng.random() < 0.5,
            )  # fmt: skip
            self.story.add(self.at, "withdraw", taken=taken)
            if whole and not self._ended():
                self.story.add(self.at, "recall")

    def daily(self) -> None:
        """The runs of the night: consents and agreements that are over are ended."""
        renewing.remind(self.at)
        watching.watch(self.at)
        self.story.add(self.at, "daily")

    # --- agreement ----------------------------------------------------------------------------------------------------

    def agree(self) -> None:
        """The next thing that can happen to the agreement; where it is over, a new one is drafted."""
        number = self._number()
        moves = {one.what: one for one in self.story.until(self.at, "activate", "terminate", number=number)}
        made = self.story.until(self.at, "draft", number=number)[0]
        past = made.facts["until"] < day(self.at)
        signed = len(self.story.until(self.at, "sign", number=number))
        if "terminate" in moves or (past and "activate" in moves and self.story.until(self.at, "daily")):
            if "terminate" not in moves:
                watching.watch(self.at)
            self._draft(number + 1)
        elif past or self.rng.random() < 0.15:
            self._move("terminate")
        elif signed < 2:
            self._sign(signed)
        elif "activate" not in moves:
            agreeing.activate(
                self.agreement, number="7/2026", decided_on=day(self.at), version=self.agreement.version,
                actor=self.cast["coordinator"], now=self.at, today=day(self.at),
            )  # fmt: skip
            self.story.add(self.at, "activate", number=number)
        else:
            halts = self.story.until(self.at, "suspend", "resume", number=number)
            self._move("resume" if halts and halts[0].what == "suspend" else "suspend")

    def _number(self) -> int:
        return int(self.story.until(self.at, "draft")[0].facts["number"])

    def _stamp(self) -> dict[str, Any]:
        return {"version": self.agreement.version, "actor": self.cast["coordinator"], "now": self.at}

    def _move(self, what: str) -> None:
        action, stamp = AgreementAction(what), self._stamp()
        agreeing.move(self.agreement, action, today=day(self.at), reason=StopReason.BREACH, **stamp)
        self.story.add(self.at, what, number=self._number())

    def _draft(self, number: int) -> None:
        since = day(self.at) + timedelta(days=self.rng.choice([-3, 0, 0, 12]))
        until = since + timedelta(days=self.rng.choice([15, 200, 500]))
        covered = self._some(MORE) if self.rng.random() < 0.4 else MED | {"C3"}
        purposes = ("referral:MED",) if self.rng.random() < 0.9 else ("referral:PSY",)
        stamp = {"actor": self.cast["coordinator"], "now": self.at}
        self.agreement = one = agreeing.draft(self.cast["team"], self.cast["hospital"], **stamp)
        wanted = agreeing.Wanted(
            since=since, until=until, categories=tuple(sorted(covered)), purposes=purposes, cross_border=False,
            transfer_authorised=False, onward=False, clauses=one.clauses,
            terms=Terms(retention_months=1, breach_contact="a", measures=("locked",)),
        )  # fmt: skip
        agreeing.edit(one, wanted, version=one.version, **stamp)
        for action in (AgreementAction.OPEN_NEGOTIATION, AgreementAction.SEND_TO_REVIEW):
            db.session.flush()
            agreeing.move(one, action, version=one.version, today=day(self.at), **stamp)
        self.story.add(self.at, "draft", number=number, since=since, until=until, categories=frozenset(covered),
                       purposes=frozenset(purposes))  # fmt: skip

    def _sign(self, signed: int) -> None:
        agreeing.sign(
            self.agreement, list(Side)[signed], representative="A", function="", signed_on=day(self.at),
            method=SignatureMethod.SCREEN, text=agreeing.text_hash(self.agreement), **self._stamp(),
        )  # fmt: skip
        self.story.add(self.at, "sign", number=self._number())

    # --- referral -----------------------------------------------------------------------------------------------------

    def _ended(self) -> bool:
        sent = self.story.until(self.at, "send")[0]
        return any(one.at >= sent.at for one in self.story.until(self.at, "recall", "decline", "deliver"))

    def answer(self) -> None:
        """The hospital declines, takes the person if the table lets it, or gives the service."""
        state, nurse = self.referral.state.value, self.cast["nurse"]
        if self._ended() or not nurse.active:
            return
        action = {"sent": ReferralAction.ACCEPT, "accepted": ReferralAction.START, "in_service": ReferralAction.DELIVER}
        what = ReferralAction.DECLINE if state == "sent" and self.rng.random() < 0.2 else action[state]
        opens = what is not ReferralAction.ACCEPT or self.story.received(self.at).code in ("F0", "F5")
        try:
            answering.act(self.referral, what, actor=nurse, now=self.at, reason="no_capacity")
        except RuleViolation:
            assert not opens
            return
        assert opens
        if what in (ReferralAction.DECLINE, ReferralAction.DELIVER):
            self.story.add(self.at, what.value)

    def recall(self) -> None:
        """The team recalls what has not begun."""
        if self.referral.state.value in ("sent", "accepted"):
            sending.follow(self.referral, ReferralAction.RECALL, actor=self.cast["manager"], now=self.at)
            self.story.add(self.at, "recall")

    def send_anew(self) -> None:
        """Where the procedure asks for a service again: choose it, ask the person, send what the table lets pass."""
        stamp = {"actor": self.cast["manager"], "now": self.at}
        try:
            with db.session.begin_nested():
                made = sending.draft(self.case, Need.MED, self.cast["place"], **stamp)
                asked = self._asked()
                answer_service(made, asked, **stamp)
        except RuleViolation:
            return
        given = {one.value for one in asked.categories}
        facts = self._facts(given, given & {"C6", "C7"}, asked.valid_until, {})
        self.story.add(self.at, "give", **facts)
        decision = sending.send(made, **stamp)
        self.story.add(self.at, "send", package=frozenset(MED | given))
        said = self.story.received(self.at)
        assert seen(decision) == said
        self.story.events.pop()
        assert (made.sent_at is not None) == (said.categories >= MED)
        if made.sent_at is not None:
            self.referral = made
            self.story.add(self.at, "send", package=said.categories)

    def _asked(self) -> Answer:
        child = not self.story.adult(self.at)
        given = frozenset(map(Category, MED if self.rng.random() < 0.6 else MED | {"C3"}))
        return Answer(
            Choice.CONSENT, categories=given, valid_until=day(self.at) + timedelta(days=self.rng.choice([9, 100])),
            language="fr", understood=True, mark="signature", free=True, assent=child, guardian="M." if child else "",
        )  # fmt: skip

    # --- emergency, orders, erasure -----------------------------------------------------------------------------------

    def declare(self) -> None:
        """The nurse opens the file because a life is in danger."""
        flag = [True, False]
        answers = {"cannot_ask": self.rng.random() < 0.7, "refused": self.rng.choice(flag),
                   "risk_to_others": self.rng.choice(flag)}  # fmt: skip
        hours, number = self.rng.choice([1, 4, 24]), len(self.accesses)
        said = self.story.declared(self.at, answers)
        access, record = emergencies.open_access(
            self.case, EmergencyReason.UNCONSCIOUS, "mots", answers, hours=hours, actor=self.cast["nurse"], now=self.at
        )
        assert Seen(record.code, frozenset(record.visible)) == said
        assert (access is not None) == (said.code == "E1")
        if access is not None:
            self.accesses.append(access)
            self.story.add(self.at, "open", number=number, hours=hours, **answers)

    def _access(self) -> int | None:
        return self.rng.randrange(len(self.accesses)) if self.accesses else None

    def prolong(self) -> None:
        """Some hours more: within a day of the opening, and not after the review."""
        if (number := self._access()) is None:
            return
        hours, opened = self.rng.choice([1, 12]), self.story.until(self.at, "open", number=number)[0].at
        may = self.at < opened + timedelta(hours=24) and not self.story.until(self.at, "review", number=number)
        try:
            emergencies.renew(self.accesses[number], "mots", hours=hours, actor=self.cast["nurse"], now=self.at)
        except RuleViolation:
            assert not may
            return
        assert may
        self.story.add(self.at, "renew", number=number, hours=hours)

    def stop(self) -> None:
        """The danger is over."""
        if (number := self._access()) is not None:
            emergencies.end(self.accesses[number], actor=self.cast["nurse"], now=self.at)
            self.story.add(self.at, "end", number=number)

    def review(self) -> None:
        """Somebody else says whether it was justified; the second abuse takes the account."""
        waiting = [one for one in range(len(self.accesses)) if not self.story.until(self.at, "review", number=one)]
        if not waiting:
            return
        number, abuse = waiting[0], self.rng.random() < 0.6
        conclusion = Conclusion.UNJUSTIFIED if abuse else Conclusion.JUSTIFIED
        emergencies.review(self.accesses[number], conclusion, "mots", actor=self.cast["supervisor"], now=self.at)
        self.story.add(self.at, "review", number=number, unjustified=abuse)

    def order(self) -> None:
        """An authority asks."""
        kind = self.rng.choice(["judicial", "judicial", "child_report", "informal"])
        asked, scope = self._some((*MORE, "C9", "C13")), self._some((*MORE, "C9", "C13"))
        values = {
            "kind": OrderKind(kind), "asked": asked, "scope": scope, "dated_on": day(self.at), "authority": "TPI",
            "signatory": "Juge", "number": "1", "note": "",
        }  # fmt: skip
        number = len(self.orders)
        self.orders.append(orders.register(self.case, values, actor=self.cast["manager"], now=self.at))
        self.story.add(self.at, "order", number=number, kind=kind, asked=asked, scope=scope)

    def verify(self) -> None:
        """Somebody else finds out whether the order is genuine."""
        for number, row in enumerate(self.orders):
            if orders.state(row) is OrderState.TO_VERIFY:
                genuine = self.rng.random() < 0.8
                orders.verify(row, genuine=genuine, words="mots", actor=self.cast["supervisor"], now=self.at)
                self.story.add(self.at, "verify", number=number, genuine=genuine)

    def erase(self) -> None:
        """The file is closed and erased."""
        self.case.state, self.case.closed_at = CaseState.CLOSED, self.at
        self.case.closure_reason = ClosureReason.GOALS_MET
        erasing.erase_file(self.case, actor=self.cast["officer"], now=self.at, cause="REQUEST")
        self.story.add(self.at, "erase")

    def _some(self, categories: Any) -> frozenset[str]:
        many = sorted(categories)
        return frozenset(self.rng.sample(many, self.rng.randint(1, len(many))))


def seen(decision: Decision) -> Seen:
    """A decision in the words of the table."""
    return Seen(decision.code, frozenset(one.value for one in decision.visible))
