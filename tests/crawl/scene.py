"""One case for each state that consent can be in, each with words of its own in every category of data.

    country = build()       inside an application context; commit afterwards
    country.at["given"]     ids of the case of that state, by the name that addresses give them

A word says where it comes from: `Qzvx07C12w` is what stands under C12 in the case of the eighth state. The words of
`AROUND` stand beside the sealed categories: a relative's name, a witness, a note, a form, what somebody asked for.
The builders act at `NOW`; everybody reads at `WALK`, three days later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from directory.employment import VacancyState
from referral.cases.actions import opening, progress, steps
from referral.cases.models import Case
from referral.cases.rules import CaseState, ClosureReason
from referral.consent.actions import emergencies, orders
from referral.consent.emergencies import EmergencyReason
from referral.consent.models import Consent, ConsentMark, ConsentState, DecisionRecord
from referral.consent.orders import OrderKind
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.tables import new_id
from referral.identification import actions as identification
from referral.identification.actions import phones
from referral.identification.models import SubmissionState
from referral.partners.rules import AgreementState, OrganizationKind
from referral.people.actions import relatives
from referral.people.models import PersonBlock
from referral.providers.models import ServiceStaff
from referral.providers.private_models import Vacancy
from referral.referrals.actions import answering, sending, shortlisting
from referral.referrals.models import Referral
from referral.referrals.queries.shortlist import shortlist
from referral.referrals.rules import ReferralAction as Do
from referral.rights.actions import asking, erasing, holding, withdrawing
from referral.rights.holding import HoldReason
from referral.rights.readers import IdentityCheck, Reader
from referral.rights.rules import Requester, RequestKind
from referral.rights.stopping import Channel
from sop.vocabulary import SENSITIVE, Category, Need
from tests import builders, case_forms
from tests.conftest import NOW
from tests.referral.providers.entries import make_entry

WALK = NOW + timedelta(days=3)

STATES = (
    "waiting", "refused", "unasked", "given", "left", "wide", "narrow", "unticked", "unwitnessed", "conditional",
    "expired", "withdrawn", "taken_back_in_part", "superseded", "assented", "silent", "grown", "lapsed", "suspended",
    "blocked", "declined", "delivered", "long_delivered", "emergency", "order", "held", "erased",
)  # fmt: skip
"""waiting: no base consent yet; unasked: a referral is drafted and nobody was asked; left: who took the referral has
left the service; wide: one referral for each need of `WIDE` that an adult can have, none of them taken yet; narrow: C6
was not consented to; unticked: it was, but not by itself; assented and silent: children with and without their assent;
grown: consent was given for a child who is an adult now; lapsed and suspended: the agreement; held: under legal hold.
"""

STAFF: tuple[tuple[str, Role, str | None], ...] = (
    ("responder", Role.FIRST_RESPONDER, "police"),
    ("patrol", Role.FIRST_RESPONDER, "police"),
    ("manager", Role.CASE_MANAGER, "team"),
    ("colleague", Role.CASE_MANAGER, "team"),
    ("outsider", Role.CASE_MANAGER, "far"),
    ("supervisor", Role.SUPERVISOR, "team"),
    ("boss", Role.SUPERVISOR, "far"),
    ("focal", Role.PROVIDER, "hospital"),
    ("nurse", Role.PROVIDER, "hospital"),
    ("leaver", Role.PROVIDER, "hospital"),
    ("clerk", Role.PROVIDER, "hospital"),
    ("former", Role.PROVIDER, "clinic"),
    ("warden", Role.PROVIDER, "refuge"),
    ("coordinator", Role.COORDINATOR, None),
    ("committee", Role.COMMITTEE, None),
    ("officer", Role.DATA_OFFICER, None),
    ("admin", Role.ADMINISTRATOR, None),
)
"""focal and nurse are listed on the addressed service, leaver was until today, clerk works in the same house; former's
clinic had the case of every state first and declined it; warden's refuge keeps a directory entry and had none of them.
"""

ENDS = {"expired": WALK.date() - timedelta(1), "delivered": WALK.date() + timedelta(10)}
"""The last day of a consent, where it is not a year away."""

CASE_WORDS = tuple(one for one in Category if one not in (Category.C0, Category.C1))
AROUND = ("KIN", "WIT", "NTE", "KEP", "FRM", "SAY", "EMR", "ORD", "HLD")
"""Relative, witness of base consent, case note, note on a service kept, answer in a form, words of a request about the
file, words of an emergency, signatory of an order, words of a legal hold.
"""
KINDS = frozenset({*(one.value for one in CASE_WORDS), *AROUND})
WORD = re.compile(rf"qzvx(\d\d)({'|'.join(sorted(KINDS))})w", re.IGNORECASE)
"""Long enough that no token, key or compressed stream holds one by chance."""

MED, HEB, PSY = Need.MED, Need.HEB, Need.PSY
WIDE = (
    Need.MED, Need.PSY, Need.HEB, Need.ENF, Need.VBG, Need.DOC, Need.JUR, Need.FAM, Need.EDU, Need.ECO, Need.RET,
)  # fmt: skip
NEED = {"lapsed": HEB, "suspended": PSY, "assented": Need.ENF, "silent": Need.ENF}
"""The need of a state's case where it is not MED: agreements are made by need."""

FOREIGN = {"nationality": "foreign", "fear_of_return": True, "household_violence": True}
"""What makes a case need protection from violence and, of a foreigner, a return."""


def word(state: str, kind: object) -> str:
    """What stands there, and nowhere else."""
    return f"Qzvx{STATES.index(state):02d}{kind}w"


def words_in(text: str) -> set[tuple[str, str]]:
    """State and kind of every word that a text holds, in capitals or not."""
    return {(STATES[int(number)], kind.upper()) for number, kind in WORD.findall(text)}


def sealed(state: str) -> dict[Category, dict[str, Any]]:
    """What is known of the person: one word of its own in each category, therapy notes included."""
    known: dict[Category, dict[str, Any]] = {
        one: {f"{one.value.lower()}_words": word(state, one.value)} for one in CASE_WORDS
    }
    known[Category.C2] |= {"family_name": word(state, "C2"), "given_names": word(state, "C2"), "phone_safe": "yes"}
    return known


@dataclass
class Country:
    """Ids of each state's case by the name of the argument, who there is, the links and tokens that were given, ids of
    what is about no person, and the need of each referral.
    """

    at: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    links: dict[str, tuple[str, str]] = field(default_factory=dict)
    phone: str = ""
    general: dict[str, list[Any]] = field(default_factory=dict)
    needs: dict[UUID, str] = field(default_factory=dict)


class Builder:
    """Makes the country, act by act, as the pages would."""

    def __init__(self) -> None:
        builders.make_procedure()
        kinds = {"police": OrganizationKind.JUSTICE, "hospital": OrganizationKind.HEALTH}
        names = ("team", "far", "police", "hospital", "clinic", "refuge")
        self.houses = {
            one: builders.make_organization(
                f"Maison {one} (démonstration)",
                kind=kinds.get(one, OrganizationKind.SOCIAL),
                mandates=["ENF"] if one == "team" else [],
            )
            for one in names
        }
        self.users = {
            name: builders.make_user(role, self.houses.get(house or ""), name, email=f"{name}@example.cm")
            for name, role, house in STAFF
        }
        listed = tuple(self.users[one] for one in ("focal", "nurse", "leaver"))
        self.place = builders.make_service(self.houses["hospital"], *WIDE, staff=listed)
        self.clinic = builders.make_service(self.houses["clinic"], *WIDE, staff=(self.users["former"],))
        self.refuge = make_entry(self.houses["refuge"], "Refuge", "HEB", verified=WALK - timedelta(days=95))
        keeps = ServiceStaff(service_id=self.refuge.service_id, user_id=self.users["warden"].id, focal_point=True)
        db.session.add(keeps)
        db.session.flush()
        for days in (3, 34):
            self._vacancy(WALK.date() + timedelta(days))
        self.country = Country(people={name: user.id for name, user in self.users.items()})
        self._agreements()

    def _vacancy(self, until: date) -> None:
        """A place to be filled: its keeper is reminded once with the entry, and once of it alone."""
        db.session.add(
            Vacancy(
                place_id=self.refuge.id, title="Couture", places=1, places_left=1, valid_until=until, created_at=NOW,
                state=VacancyState.OPEN, created_by_id=self.users["warden"].id,
            )
        )  # fmt: skip

    def _agreements(self) -> None:
        team, hospital = self.houses["team"], self.houses["hospital"]
        others = tuple(need for need in WIDE if need not in (HEB, PSY))
        self.agreements = {
            "good": builders.make_agreement(team, hospital, *others),
            "lapsed": builders.make_agreement(team, hospital, HEB),
            "suspended": builders.make_agreement(team, hospital, PSY),
            "clinic": builders.make_agreement(team, self.houses["clinic"]),
            "ending": builders.make_agreement(team, self.houses["refuge"], effective_until=WALK.date() + timedelta(7)),
        }

    def build(self) -> Country:
        """Every state, then what happened to all of them together."""
        for state in STATES:
            self._case(state)
        self._end_agreements()
        staff = db.session.scalars(select(ServiceStaff).where(ServiceStaff.user_id == self.users["leaver"].id)).one()
        db.session.delete(staff)
        _, self.country.phone = phones.add("Téléphone", actor=self.users["responder"], now=NOW)
        self.country.general = {"agreement_id": [self.agreements["lapsed"].id]}
        db.session.flush()
        return self.country

    # --- one case ----------------------------------------------------------------------------------------------------

    def _case(self, state: str) -> None:
        team, responder = self.houses["team"], self.users["responder"]
        more = builders.CHILD if state in ("assented", "silent") else FOREIGN if state == "wide" else {}
        wanted = [need for need in WIDE if need is not Need.ENF] if state == "wide" else [NEED.get(state, MED)]
        needs = [need.value for need in wanted]
        case = builders.make_prefile(responder, team, sealed(state), **(more | {"needs": needs}))
        at = self.country.at[state] = {"case_id": [case.id]}
        at["submission_id"], at["attachment_id"] = self._form(case)
        if state == "refused":
            opening.refuse(case, actor=responder, now=NOW)
        if state in ("waiting", "refused"):
            return
        for step in ("L02", "X02", "N04") if "age" in more else ():
            progress.advance(case, step=step, actor=responder, now=NOW)
        opening.activate(case, actor=responder, now=NOW)
        case.manager = self.users["manager"]
        for step in ("N07", "N08"):
            progress.advance(case, step=step, actor=case.manager, now=NOW, facts={"needs": needs})
        db.session.flush()
        self._around(case, state, at)
        self._referrals(case, state)
        after: Callable[[Case], None] | None = getattr(self, f"_then_{state}", None)
        if after is not None:
            after(case)
        db.session.flush()
        self._remember(case, at)

    def _form(self, case: Case) -> tuple[list[Any], list[Any]]:
        """The form that the file was made from, with a photo."""
        author = self.users["responder"]
        form = identification.start(actor=author, today=NOW.date(), now=NOW)
        form.state, form.case_id, form.submitted_at = SubmissionState.SUBMITTED, case.id, NOW
        db.session.flush()
        return [form.id], [builders.make_attachment(form.id)]

    def _around(self, case: Case, state: str, at: dict[str, list[Any]]) -> None:
        """What a case holds beside its sealed categories."""
        manager = self.users["manager"]
        kin = {"kind": "sibling", "tracing": "separated", "name": word(state, "KIN")}
        at["link_id"] = [relatives.add_link(case, kin, other=None, actor=manager, now=NOW).id]
        base = (Category.C2,) if state == "narrow" else (Category.C2, Category.C5, Category.C7)
        builders.make_consent(
            case, self.houses["team"], MED, actor=manager, categories=base, explicit=set(base) & SENSITIVE,
            purpose="case_management", names={"witness": word(state, "WIT")},
            given_age=15 if case.facts["age"] == 15 else 27, assent=True, guardian=True,
        )  # fmt: skip
        steps.write_note(case, "N07", None, word(state, "NTE"), actor=manager, now=NOW)
        shortlisting.keep(case, [self.refuge], actor=manager, now=NOW)
        [entry] = shortlist(case.id)
        shortlisting.note(entry, word(state, "KEP"), actor=manager, now=NOW)
        form = case_forms.make_case_form(case, "follow_up", case_forms.FOLLOW_UP | {"note": word(state, "FRM")})
        at["submission_id"].append(form.id)
        kind = RequestKind.ERASURE if state == "held" else RequestKind.CORRECTION
        said = {"requester": Requester.PERSON, "received_on": NOW.date(), "words": word(state, "SAY")}
        self.request = asking.ask(case, kind, **said, actor=manager, now=NOW)
        at["request_id"] = [self.request.id]
        reader = Reader(Requester.PERSON, IdentityCheck.KNOWN)
        self.country.links[state] = asking.make_link(case, "fr", reader, actor=manager, now=WALK - timedelta(hours=1))
        at["token"] = [self.country.links[state][0]]
        db.session.flush()

    def _referrals(self, case: Case, state: str) -> None:
        """First the clinic, which declines; then the hospital, unless nobody was asked."""
        need, manager = NEED.get(state, MED), self.users["manager"]
        given = {"given_age": case.facts["age"], "assent": True, "guardian": True}
        if state in ("emergency", "order"):
            return
        first = builders.make_sent_referral(case, self.clinic, need, consent=given)
        answering.act(first, Do.DECLINE, actor=self.users["former"], now=NOW, reason="no_capacity")
        if state == "unasked":
            sending.draft(case, need, self.place, actor=manager, now=NOW)
            return
        if state in ENDS:
            given["valid_until"] = ENDS[state]
        for one in [Need(one) for one in case.facts["needs"]] if state == "wide" else [need]:
            self.referral = builders.make_sent_referral(case, self.place, one, consent=given)
            if state not in ("declined", "wide"):
                taker = self.users["leaver" if state == "left" else "nurse"]
                answering.act(self.referral, Do.ACCEPT, actor=taker, now=NOW)

    def _consent(self, case: Case) -> Consent:
        """The consent to the hospital."""
        found = select(Consent).where(Consent.case_id == case.id, Consent.recipient_id == self.houses["hospital"].id)
        return db.session.scalars(found).one()

    def _then_narrow(self, case: Case) -> None:
        builders.tamper(self._consent(case), categories=["C1", "C2"])

    def _then_unticked(self, case: Case) -> None:
        builders.tamper(self._consent(case), explicit=[])

    def _then_unwitnessed(self, case: Case) -> None:
        builders.tamper(self._consent(case), mark=ConsentMark.THUMBPRINT)

    def _then_conditional(self, case: Case) -> None:
        builders.tamper(self._consent(case), conditional=True)

    def _then_superseded(self, case: Case) -> None:
        self._consent(case).state = ConsentState.SUPERSEDED

    def _then_silent(self, case: Case) -> None:
        builders.tamper(self._consent(case), assent=False)

    def _then_grown(self, case: Case) -> None:
        builders.tamper(self._consent(case), given_age=15)

    def _then_blocked(self, case: Case) -> None:
        house = self.houses["hospital"].id
        db.session.add(
            PersonBlock(id=new_id(), person_id=case.person_id, organization_id=house, reason="fear", created_at=NOW)
        )

    def _then_withdrawn(self, case: Case) -> None:
        self._withdraw(case, tuple(Category(one) for one in self._consent(case).categories))

    def _then_taken_back_in_part(self, case: Case) -> None:
        self._withdraw(case, (Category.C6,))

    def _withdraw(self, case: Case, categories: tuple[Category, ...]) -> None:
        made = withdrawing.withdraw(
            case, {self._consent(case).id: categories}, channel=Channel.DESK, actor=self.users["manager"],
            by_person=False, now=WALK - timedelta(days=1),
        )  # fmt: skip
        at = self.country.at[STATES[len(self.country.at) - 1]]
        at["withdrawal_id"], at["stop_id"] = [made.id], [one.id for one in made.stops]

    def _then_declined(self, _case: Case) -> None:
        answering.act(self.referral, Do.DECLINE, actor=self.users["nurse"], now=NOW, reason="no_capacity")

    def _then_delivered(self, _case: Case) -> None:
        for act in (Do.START, Do.DELIVER):
            answering.act(self.referral, act, actor=self.users["nurse"], now=NOW)

    def _then_long_delivered(self, case: Case) -> None:
        self._then_delivered(case)
        self.referral.completed_at = WALK - timedelta(days=31)

    def _then_emergency(self, case: Case) -> None:
        answers = {"cannot_ask": True, "refused": False, "risk_to_others": False}
        access, _ = emergencies.open_access(
            case, EmergencyReason.INJURY, word("emergency", "EMR"), answers, hours=24, actor=self.users["clerk"],
            now=WALK - timedelta(minutes=10),
        )  # fmt: skip
        assert access is not None
        self.country.at["emergency"]["access_id"] = [access.id]

    def _then_order(self, case: Case) -> None:
        words = {"authority": "Tribunal", "signatory": word("order", "ORD"), "number": "12/TPI", "note": ""}
        asked = {"asked": ["C1", "C2"], "scope": ["C1", "C2"], "dated_on": NOW.date()}
        made = []
        for kind in (OrderKind.JUDICIAL, OrderKind.INFORMAL):
            one = orders.register(case, {**words, **asked, "kind": kind}, actor=self.users["manager"], now=NOW)
            made.append(one)
        db.session.flush()
        orders.verify(made[0], genuine=True, words="Greffe appelé", actor=self.users["supervisor"], now=NOW)
        self.country.at["order"]["order_id"] = [one.id for one in made]

    def _then_held(self, case: Case) -> None:
        days = {"until": WALK.date() + timedelta(3), "review_on": WALK.date() + timedelta(3)}
        made = holding.place(
            case, HoldReason.COURT, basis="Ordonnance 12", words=word("held", "HLD"), silent=False,
            actor=self.users["officer"], now=NOW, **days,
        )  # fmt: skip
        self.country.at["held"]["hold_id"] = [made.id]

    def _then_erased(self, case: Case) -> None:
        self._then_delivered(case)
        case.state, case.closed_at, case.closure_reason = CaseState.CLOSED, NOW, ClosureReason.GOALS_MET
        db.session.flush()
        erasing.erase_file(case, actor=self.users["officer"], now=NOW, cause="REQUEST")

    def _remember(self, case: Case, at: dict[str, list[Any]]) -> None:
        """Ids of what was made on the way."""
        for name, table in (("referral_id", Referral), ("consent_id", Consent), ("decision_id", DecisionRecord)):
            found = db.session.scalars(select(table.id).where(table.case_id == case.id)).all()
            at[name] = list(found[:2] if table is DecisionRecord else found)
        for one in db.session.scalars(select(Referral).where(Referral.case_id == case.id)):
            self.country.needs[one.id] = one.need.value

    def _end_agreements(self) -> None:
        self.agreements["lapsed"].effective_until = WALK.date() - timedelta(1)
        self.agreements["suspended"].state = AgreementState.SUSPENDED
        db.session.flush()
