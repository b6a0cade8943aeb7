"""A list costs the database as many statements with fifty rows as with five."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from referral.cases.models import Case
from referral.cases.queries import shortlist
from referral.consent.actions import marking, orders
from referral.consent.emergencies import Conclusion, EmergencyReason
from referral.consent.exceptional_models import EmergencyAccess
from referral.consent.mark_models import MarkWay
from referral.consent.mark_schemas import Mark
from referral.consent.models import TranslationReview
from referral.consent.orders import OrderKind, RequestWay
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.media import Media
from referral.foundation.tables import new_id
from referral.identification import actions as identification
from referral.identification.actions import phones
from referral.identification.models import Submission, SubmissionState
from referral.partners.actions import agreeing
from referral.partners.models import Agreement
from referral.partners.queries import user_by_name
from referral.partners.rules import AgreementState
from referral.people.duplicates import FoundBy
from referral.people.models import PersonPair
from referral.procedures import actions as procedures
from referral.procedures.models import FormVersion, ProcedureVersion
from referral.procedures.queries import active_form
from referral.procedures.rules import Anchor, AnchorKind, CommentAnswer, VersionAction
from referral.providers.actions import merge_entries, tell_apart
from referral.providers.doubles_models import ServicePair
from referral.providers.models import ServiceAtLocation
from referral.referrals.actions import shortlisting
from referral.rights.actions import asking, breaching, holding
from referral.rights.breaches import BreachKind
from referral.rights.holding import HoldReason
from referral.rights.models import RetentionReview, StopNotice, Withdrawal
from referral.rights.rules import Requester, RequestKind
from referral.rights.stopping import Channel, StopAnswer
from sop.vocabulary import Need
from tests import builders
from tests.conftest import NOW, rolled_back
from tests.page_client import PageClient
from tests.signing_in import sign_in
from tests.visitors import Visitors

pytestmark = [pytest.mark.application, pytest.mark.once]  # statements are counted where the mapper sends them

FEW, MANY = 5, 50
PAGES: dict[str, tuple[str, str]] = {
    "cases of a manager": ("manager", "/cases"),
    "cases of an organisation": ("supervisor", "/cases"),
    "people looked for": ("manager", "/searches"),
    "services kept for a case": ("manager", "/cases/{case}/shortlist"),
    "possible duplicates": ("supervisor", "/duplicates"),
    "delays": ("coordinator", "/alerts?all=yes"),
    "identifications": ("responder", "/identifications"),
    "own phones": ("responder", "/account/phones"),
    "forms of a case": ("manager", "/cases/{filled}/forms"),
    "case with forms": ("manager", "/cases/{filled}"),
    "lists to take in": ("responder", "/identifications/lists"),
    "inbox": ("nurse", "/inbox"),
    "inbox, one pile": ("nurse", "/inbox?pile=waiting"),
    "directory": ("nurse", "/directory"),
    "organisation": ("nurse", "/directory/organisations/{hospital}"),
    "history of an organisation": ("nurse", "/directory/organisations/{hospital}/history"),
    "services of a place on paper": ("nurse", "/directory/places/CM005/services.pdf"),
    "own entries": ("nurse", "/directory/own"),
    "a new entry": ("nurse", "/directory/new"),
    "whose new entry": ("coordinator", "/directory/new"),
    "own entries to confirm": ("nurse", "/directory/own/confirm"),
    "closed entries": ("coordinator", "/directory/closed"),
    "double entries": ("coordinator", "/directory/doubles"),
    "upkeep of the directory": ("coordinator", "/directory/upkeep"),
    "proposed changes": ("coordinator", "/directory/proposals"),
    "reports": ("coordinator", "/directory/reports"),
    "own reports": ("nurse", "/directory/reports"),
    "misconduct": ("officer", "/directory/misconduct"),
    "campaigns": ("coordinator", "/directory/campaigns"),
    "autonomy": ("coordinator", "/directory/autonomy"),
    "notices over an area": ("coordinator", "/directory/notices"),
    "coverage": ("coordinator", "/directory/coverage?all=yes"),
    "calendar": ("coordinator", "/directory/calendar"),
    "freshness by organisation": ("coordinator", "/directory/coverage/freshness"),
    "gaps to close": ("coordinator", "/directory/coverage/gaps"),
    "mandates": ("coordinator", "/directory/mandates"),
    "imports": ("coordinator", "/directory/imports"),
    "agreements": ("coordinator", "/agreements"),
    "one agreement with remarks": ("coordinator", "/agreements/{talked}"),
    "who may share with whom": ("coordinator", "/agreements/matrix"),
    "register": ("officer", "/register"),
    "rights and registers": ("officer", "/rights"),
    "breaches": ("officer", "/rights/breaches"),
    "legal holds": ("officer", "/rights/holds"),
    "data to destroy": ("nurse", "/stops"),
    "emergency accesses": ("supervisor", "/emergencies"),
    "own emergency accesses": ("nurse", "/emergency"),
    "all emergency accesses": ("officer", "/register/emergencies"),
    "emergency accesses to be reviewed": ("officer", "/register/emergencies/waiting"),
    "consents of a case": ("manager", "/cases/{case}/consents"),
    "requests of authorities": ("officer", "/register/orders"),
    "informal requests": ("manager", "/register/orders/informal"),
    "audit trail": ("officer", "/audit"),
    "reviews of translations": ("coordinator", "/translations/fub"),
    "accounts": ("admin", "/accounts"),
    "outgoing notices": ("admin", "/outbox"),
    "dashboard": ("coordinator", "/statistics"),
    "versions of the procedure": ("coordinator", "/procedure/versions"),
    "forms": ("coordinator", "/procedure/forms"),
    "versions of a form": ("coordinator", "/procedure/forms/{form}"),
    "consultation": ("nurse", "/procedure/versions/{consulted}/consultation"),
    "consultation, one answered": ("coordinator", "/procedure/versions/{consulted}/consultation?only=commented"),
}
"""Who looks at which list."""

MOST = 25
"""No list needs more statements than this, sign-in included."""


@contextmanager
def counted(*engines: Any) -> Iterator[list[str]]:
    """The statements that these databases get."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        if "SAVEPOINT" not in arguments[2]:
            seen.append(arguments[2])

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


class Office:
    """A case team, a hospital, and as many of everything as asked for."""

    def __init__(self) -> None:
        builders.make_procedure()
        team = builders.make_organization(mandates=["ENF"])
        hospital = builders.make_organization()
        for name, role, house in (
            ("manager", Role.CASE_MANAGER, team),
            ("supervisor", Role.SUPERVISOR, team),
            ("responder", Role.FIRST_RESPONDER, team),
            ("nurse", Role.PROVIDER, hospital),
            ("coordinator", Role.COORDINATOR, None),
            ("officer", Role.DATA_OFFICER, None),
            ("admin", Role.ADMINISTRATOR, None),
        ):
            builders.make_user(role, house, name, email=f"{name}@example.cm")
        builders.make_agreement(team, hospital)
        self.place = builders.make_service(hospital, Need.MED, staff=(self.user("nurse"),)).id
        talked = builders.make_agreement(team, hospital, state=AgreementState.NEGOTIATION)
        filled = builders.make_case(self.user("manager"))
        self.case = builders.make_planned_case(self.user("manager"), Need.PSY).id
        self.places = {
            "case": self.case, "hospital": hospital.id,
            "consulted": self.consult(), "form": self.form().id, "talked": talked.id, "filled": filled.id,
        }  # fmt: skip
        self.rows = 0

    @staticmethod
    def user(name: str) -> Any:
        return user_by_name(name)

    def consult(self) -> UUID:
        """A version of the procedure in consultation."""
        former, stamp = builders.make_procedure(), {"actor": self.user("coordinator"), "now": NOW}
        text = former.flowchart.replace("\n  version: ", "\n  version: 9.", 1)
        one = procedures.new_draft(text, former.triage, **stamp)
        procedures.move(one, VersionAction.OPEN_CONSULTATION, revision=one.revision, today=NOW.date(), **stamp)
        db.session.flush()
        return one.id

    @staticmethod
    def form() -> FormVersion:
        """The form of identification in force."""
        version = active_form("identification")
        assert version is not None
        return version

    def draft(self, number: int) -> None:
        """One more draft of that form, and one more form."""
        like = self.form()
        for name in (like.name, f"form{number}"):
            same = {key: getattr(like, key) for key in ("form_id", "title", "compiled", "source", "source_name")}
            unlike = {"number": f"9.{number}", "content_hash": f"{number:064d}", "imported_at": NOW}
            made_by = self.user("coordinator").id
            db.session.add(FormVersion(name=name, **same, **unlike, created_by_id=made_by))

    def comment(self, number: int) -> None:
        """One more draft, one more comment, and every second one answered."""
        stamp = {"actor": self.user("coordinator"), "now": NOW}
        one = db.session.get_one(ProcedureVersion, self.places["consulted"])
        procedures.copy_version(one, **stamp)
        author = builders.make_user(Role.PROVIDER, builders.make_organization())
        said = procedures.write_comment(one, Anchor(AnchorKind.STEP, "N03"), f"Non {number}", actor=author, now=NOW)
        if number % 2:
            answer = {"answer": CommentAnswer.DECLINED, "reason": "Si.", "revision": 1}
            procedures.answer_comment(one, said, **answer, **stamp)

    def fill_in(self, number: int) -> None:
        """One more form of one case, every second one a draft of a colleague."""
        version, author = (
            active_form("follow_up"),
            builders.make_user(Role.CASE_MANAGER, self.user("manager").organization),
        )
        assert version is not None
        same = {
            "form_version_id": version.id,
            "organization_id": author.organization_id,
            "case_id": self.places["filled"],
        }
        one = Submission(id=new_id(), author_id=author.id, **same, started_at=NOW, saved_at=NOW)
        if number % 2:
            one.state, one.submitted_at = SubmissionState.SUBMITTED, NOW
        db.session.add(one)

    def rights(self, number: int) -> None:
        """One more request, one more proposal to erase, one more breach."""
        manager, officer = self.user("manager"), self.user("officer")
        case = builders.make_case(manager)
        asking.ask(
            case, RequestKind.COPY, requester=Requester.PERSON, received_on=NOW.date(), words="", actor=manager, now=NOW
        )
        holding.place(
            case, HoldReason.LAW, basis="Loi", words="", until=None, review_on=NOW.date(), silent=False, actor=officer,
            now=NOW,
        )  # fmt: skip
        review = {"categories": ["C11"], "whole": False, "due_on": NOW.date(), "proposed_at": NOW}
        db.session.add(RetentionReview(case_id=case.id, **review))
        taken = Withdrawal(case_id=case.id, channel=Channel.DESK, everything=True, at=NOW, recorded_by_id=manager.id)
        db.session.add(taken)
        db.session.flush()
        told = {"purpose": "referral:MED", "categories": ["C6"], "whole": True, "told_on": NOW.date()}
        nurse = self.user("nurse")
        stop = StopNotice(withdrawal_id=taken.id, recipient_id=nurse.organization_id, due_on=NOW.date(), **told)
        if number % 2:
            stop.answer, stop.answered_at = StopAnswer.ERASED, NOW
        db.session.add(stop)
        breaching.report(
            BreachKind.LOST, discovered_at=NOW, persons=number, categories=(), high_risk=False, words="Perdu.",
            actor=officer, now=NOW,
        )  # fmt: skip

    @staticmethod
    def pair(one: Case, other: Case) -> None:
        """Two files that may be one person's."""
        first, second = sorted((one.person_id, other.person_id))
        found = {"found_by": FoundBy.NIGHTLY, "found_at": NOW, "evidence": [], "weight": 20.0, "probable": True}
        db.session.add(PersonPair(first_id=first, second_id=second, **found))

    def entries(self) -> None:
        """Three pairs of entries that may be one service: one waits, one was told apart, of one an entry is kept."""
        chief = self.user("coordinator")
        for answer in ("", "different", "same"):
            two = [builders.make_service(builders.make_organization(), Need.HEB).service.id for _side in range(2)]
            pair = ServicePair(first_id=min(two), second_id=max(two), score=0.9, shared=["phone"], found_at=NOW)
            db.session.add(pair)
            db.session.flush()
            if answer == "different":
                tell_apart(pair, version=pair.version, actor=chief, now=NOW)
            elif answer:
                merge_entries(pair, pair.first_id, version=pair.version, actor=chief, now=NOW)

    def exceptions(self, case: Case, number: int) -> None:
        """An emergency access to a case, every second one reviewed, and a request of an authority about it."""
        nurse, done = self.user("nurse"), bool(number % 2)
        opened = EmergencyAccess(
            case=case, user=nurse, organization_id=nurse.organization_id, reason=EmergencyReason.OTHER,
            sealed_words=b"",
            opened_at=NOW, ends_at=NOW, review_due_at=NOW, reviewed_at=NOW if done else None,
            conclusion=Conclusion.JUSTIFIED if done else None,
        )  # fmt: skip
        db.session.add(opened)
        words = {"authority": "Parquet", "signatory": "", "number": "", "note": "", "dated_on": None}
        asked = {"kind": OrderKind.INFORMAL, "asked": ["C1"], "scope": []}
        orders.register(case, {**words, **asked}, actor=self.user("manager"), now=NOW)
        desk = {**words, "dated_on": NOW.date(), "way": RequestWay.VISIT}
        orders.register_informal(desk, actor=self.user("manager"), now=NOW)

    def review(self, number: int) -> None:
        """One more review of a translation."""
        review = {"form_code": "F08_consent_adult", "text_hash": "0" * 64, "reviewer": "A. Bello, traductrice"}
        by = {"recorded_by_id": self.user("coordinator").id, "recorded_at": NOW, "reviewed_on": NOW.date()}
        db.session.add(TranslationReview(language="fub", sequence=number + 1, **review, **by))

    def grow(self, rows: int) -> None:
        """One more of everything until there are so many."""
        manager, responder, nurse = self.user("manager"), self.user("responder"), self.user("nurse")
        place = db.session.get_one(ServiceAtLocation, self.place)
        for number in range(self.rows, rows):
            case = builders.make_planned_case(manager, Need.MED)
            builders.make_sent_referral(case, place)
            self.exceptions(case, number)
            self.pair(builders.make_case(manager), builders.make_case(manager))
            builders.make_prefile(responder, manager.organization)
            identification.start(actor=responder, today=NOW.date(), now=NOW)
            if number < phones.MOST:
                phones.add(f"Téléphone {number}", actor=responder, now=NOW)
            service = builders.make_service(nurse.organization, Need.PSY, staff=(nurse,), name=f"Service {number:02d}")
            if number < shortlist.MOST:
                case = db.session.get_one(Case, self.case)
                shortlisting.keep(case, [service], actor=manager, now=NOW)
            partner = builders.make_organization()
            builders.make_consent(
                db.session.get_one(Case, self.case), partner, Need.PSY, actor=manager, **marked(self.case)
            )
            builders.make_user(Role.PROVIDER, partner)
            builders.make_agreement(manager.organization, partner)
            agreeing.comment(
                db.session.get_one(Agreement, self.places["talked"]), "data", "Trop court.", actor=nurse, now=NOW
            )
            self.rights(number)
            self.entries()
            self.comment(number)
            self.draft(number)
            self.fill_in(number)
            self.review(number)
        self.rows = rows
        db.session.commit()


def marked(case_id: UUID) -> dict[str, Any]:
    """A consent that was signed on the screen."""
    mark = Mark(MarkWay.DRAWN, Media("image/png", b"picture"))
    return marking.keep(db.session.get_one(Case, case_id), mark, now=NOW)


Costs = dict[str, tuple[list[str], list[str]]]


@pytest.fixture(scope="module")
def costs(_application: Flask) -> Iterator[Costs]:
    """By page: the statements with few rows, and with many."""
    with rolled_back(_application) as connection:
        with _application.app_context():
            office = Office()
            office.grow(FEW)
        visitors = Visitors(_application, connection, {name for name, _url in PAGES.values()})
        publisher = PageClient(_application, sign_in=sign_in)
        publisher.sign_in("coordinator")
        publisher.get("/statistics")  # the first reader publishes the quarters that are over, once
        few = measure(_application, connection, visitors, office.places)
        with _application.app_context():
            office.grow(MANY)
        many = measure(_application, connection, visitors, office.places)
        yield {page: (few[page], many[page]) for page in PAGES}


def measure(app: Flask, connection: Connection, visitors: Visitors, places: Mapping[str, UUID]) -> dict[str, list[str]]:
    """Each page twice: the first visit fills what a process keeps (the catalogue, published quarters)."""
    found = {}
    for page, (name, address) in PAGES.items():
        url = address.format(**places)
        assert visitors.visit(name, "GET", url).status_code == 200, page
        with counted(connection, app.extensions["mnr.keystore"].engine) as seen:
            visitors.visit(name, "GET", url)
        found[page] = seen
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_list_asks_the_database_equally_often_for_few_and_for_many(costs: Costs, page: str) -> None:
    few, many = costs[page]
    assert len(few) >= 2, "nothing was counted"
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= MOST
