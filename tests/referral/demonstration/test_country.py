"""The demonstration country is whole, invented, lawful by its own rules, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from directory.taxonomy import ServiceType
from referral.cases.models import Case, CaseEvent, CaseNeed
from referral.cases.queries.progress import state_of, todo
from referral.cases.rules import CaseState, ClosureReason
from referral.config import Environment
from referral.consent.models import DecisionRecord
from referral.demonstration import country
from referral.demonstration.people import LOG_INS, PASSPHRASE, UNSIGNED
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import sealing, verification
from referral.foundation.audit import AuditLine, seal_batch
from referral.foundation.grants import Role
from referral.identification.models import Submission
from referral.partners import passwords
from referral.partners.models import Agreement, Organization, User
from referral.partners.rules import AgreementState
from referral.partners.rules import OrganizationKind as Kind
from referral.people.models import Person
from referral.procedures import queries as procedures
from referral.procedures.models import FormVersion
from referral.procedures.rules import DEMONSTRATION
from referral.providers.models import Location, Service, ServiceAtLocation, ServiceContact, ServiceStaff
from referral.providers.queries import employment
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralState
from referral.rights.hold_models import LegalHold
from sop import engine
from sop.places import load_places
from sop.state import Event, EventKind
from sop.vocabulary import Category, Need
from tests.conftest import NOW, close, make_app
from tests.referral.demonstration.digest import digest

SMALL = 40
pytestmark = pytest.mark.application


@pytest.fixture(scope="module")
def land(database_server: object | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A small demonstration country, loaded once; the tests only read it."""
    app = make_app(database_server, tmp_path_factory.mktemp("land"), "land")
    with app.app_context():
        for _ in country.load(cases=SMALL, now=NOW):
            pass
    yield app
    close(app)


@pytest.fixture
def inside(land: Flask) -> Iterator[Flask]:
    with land.app_context():
        yield land
        db.session.rollback()


def counted(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.usefixtures("inside")
class TestWhatIsThere:
    def test_more_than_forty_organisations_in_all_ten_regions(self):
        regions = set(db.session.scalars(select(Organization.region))) - {""}
        assert counted(Organization) >= 44
        assert regions == {place.pcode for place in load_places().regions}
        assert len(load_places().departments) == 58

    def test_forms_were_filled_in_inside_cases_and_change_nothing_that_was_known(self):
        named = select(FormVersion.name, Submission.case_id).join(
            Submission, Submission.form_version_id == FormVersion.id
        )
        filled = db.session.execute(named.where(Submission.submitted_at.is_not(None))).all()
        walk = db.session.scalars(select(Case).where(Case.code.like("CM-LT-%-00042"))).one()
        assert {name for name, case_id in filled if case_id == walk.id} == {
            "identification", "vulnerability_assessment", "follow_up",
        }  # fmt: skip
        assert len({case_id for name, case_id in filled if name == "follow_up"}) >= 3
        assert set(walk.facts["needs"]) == {"HEB", "ENF", "MED", "FAM"}

    def test_every_region_has_health_shelter_children_listening_and_after_violence(self):
        wanted = {"MED", "HEB", "ENF", "PSY", "VBG"}
        rows = db.session.execute(
            select(Location.pcode, Service.needs)
            .join(ServiceAtLocation, ServiceAtLocation.location_id == Location.id)
            .join(Service, Service.id == ServiceAtLocation.service_id)
        )
        found: dict[str, set[str]] = {}
        for pcode, needs in rows:
            found.setdefault(pcode[:5], set()).update(needs)
        assert len(found) == 10
        assert all(wanted <= needs for needs in found.values())

    def test_all_thirteen_needs_are_served(self):
        served = {need for needs in db.session.scalars(select(Service.needs)) for need in needs}
        assert served == set(Need)

    def test_every_service_has_two_listed_staff_with_one_focal_point(self):
        for service in db.session.scalars(select(Service)):
            rows = db.session.scalars(select(ServiceStaff).where(ServiceStaff.service_id == service.id)).all()
            assert len(rows) >= 2
            assert sum(row.focal_point for row in rows) == 1

    def test_every_organisation_that_holds_cases_has_case_managers_and_a_supervisor(self):
        holders = set(db.session.scalars(select(Case.organization_id)))
        for role in (Role.CASE_MANAGER, Role.SUPERVISOR):
            staffed = set(db.session.scalars(select(User.organization_id).where(User.role == role)))
            assert holders <= staffed

    def test_agreements_stand_in_many_states(self):
        states = set(db.session.scalars(select(Agreement.state)))
        assert {"active", "expired", "suspended", "signed_one", "draft"} <= states

    def test_the_employers_federation_has_an_invented_agreement_that_covers_its_member(self):
        federation = db.session.scalars(select(Organization).where(Organization.kind == Kind.FEDERATION)).one()
        made = db.session.scalars(select(Agreement).where(Agreement.partner_id == federation.id)).one()
        assert (made.decision_number, len(made.signatures)) == (DEMONSTRATION, 2)
        until = NOW.date() + timedelta(days=240)
        assert employment.agreement_of(federation.id, NOW.date()) == (True, until)
        (member,) = employment.members(federation, NOW.date())
        assert [(one.agreement, one.until) for one in employment.covers(member.employer, NOW.date())] == [(True, until)]

    def test_the_number_of_cases_is_the_one_asked_for(self):
        assert counted(Case) == SMALL

    def test_all_states_of_a_case_that_can_be_reached_today(self):
        states = set(db.session.scalars(select(Case.state)))
        assert states == set(CaseState) - {CaseState.REOPENED}

    def test_cases_are_closed_for_every_reason(self):
        assert set(db.session.scalars(select(Case.closure_reason))) - {None} == set(ClosureReason)

    def test_all_states_of_a_referral_that_the_table_can_reach(self):
        states = set(db.session.scalars(select(Referral.state)))
        assert states == set(ReferralState) - {ReferralState.REDIRECTED}

    def test_something_is_late_and_something_is_missing(self):
        assert db.session.scalar(select(func.count()).where(Case.next_due_at < NOW))
        assert db.session.scalar(select(func.count()).where(CaseNeed.state == "gap"))

    def test_a_denied_decision_is_in_the_register(self):
        assert "deny" in set(db.session.scalars(select(DecisionRecord.outcome)))


@pytest.mark.usefixtures("inside")
class TestNothingIsReal:
    def test_organisations_say_that_they_are_invented(self):
        organizations = db.session.scalars(select(Organization)).all()
        assert all(one.name.endswith("(démonstration)") and one.demonstration for one in organizations)

    def test_a_file_is_kept_for_a_court_that_is_invented(self):
        [hold] = db.session.scalars(select(LegalHold))
        assert hold.basis.endswith("(démonstration)")
        assert (hold.ended_at, hold.case.legal_hold, hold.case.state) == (None, True, CaseState.CLOSED)

    def test_telephones_cannot_be_dialled(self):
        phones = db.session.scalars(select(ServiceContact.phone)).all()
        assert phones
        assert all(phone.startswith("+237 000 ") for phone in phones)
        people = db.session.scalars(select(Person).where(Person.erased_at.is_(None))).all()
        opened = sealing.read_many([one.id for one in people], [Category.C2])
        assert all(values[Category.C2]["phone"].startswith("+237 000 ") for values in opened.values())

    def test_colleagues_say_that_they_are_invented(self):
        assert all(name.endswith("(démonstration)") for name in db.session.scalars(select(User.full_name)))

    def test_the_refuge_keeps_its_place_to_itself(self):
        assert "on_request" in set(db.session.scalars(select(Location.disclosure)))

    def test_types_are_those_of_the_taxonomy(self):
        types = {kind for kinds in db.session.scalars(select(Service.types)) for kind in kinds}
        assert types <= set(ServiceType)


@pytest.mark.usefixtures("inside")
class TestAgreement:
    def test_each_case_stands_where_its_events_lead(self):
        for case in db.session.scalars(select(Case).limit(12)):
            rows = db.session.scalars(
                select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.sequence)
            ).all()
            assert [row.sequence for row in rows] == list(range(len(rows)))
            events = [
                (Event(EventKind(row.kind), row.step or None, row.need or None, row.facts), row.at) for row in rows
            ]
            (first, began), *rest = events
            flowchart = procedures.flowchart(case.procedure_version_id)
            assert engine.replay(flowchart, first.facts, began, rest) == state_of(case)

    def test_the_trail_is_whole(self):
        assert counted(AuditLine) > 1000
        seal_batch(NOW + timedelta(minutes=1))
        report = verification.verify(NOW + timedelta(minutes=2))
        assert report.ok, report.words()

    def test_nothing_happens_after_now(self):
        for moment in (AuditLine.at, CaseEvent.at):
            assert db.session.scalar(select(func.count()).where(moment > NOW)) == 0

    def test_an_adult_who_refused_left_nothing_to_read(self):
        refused = db.session.scalars(select(Case).where(Case.state == CaseState.DECLINED)).all()
        assert refused
        owners = [owner for case in refused for owner in (case.id, case.person_id)]
        assert sealing.read_many(owners, Category) == {}


@pytest.mark.usefixtures("inside")
class TestTheWalk:
    @pytest.fixture
    def case(self) -> Case:
        return db.session.scalars(select(Case).where(Case.code == "CM-LT-2026-00042")).one()

    def test_a_girl_of_fourteen_who_came_back_through_the_airport(self, case: Case):
        facts = {name: case.facts[name] for name in ("sex", "age", "source", "migration_status", "unaccompanied")}
        assert facts == {
            "sex": "female",
            "age": 14,
            "source": "airport",
            "migration_status": "returnee_forced",
            "unaccompanied": True,
        }
        assert case.manager is not None
        assert (case.priority, case.manager.username, case.organization.acronym) == ("high", "a.ngo", "MINAS Littoral")

    def test_health_is_accepted_and_the_shelter_has_not_answered_for_five_hours_too_long(self, case: Case):
        referrals = db.session.scalars(select(Referral).where(Referral.case_id == case.id))
        states = {one.need.value: one.state.value for one in referrals}
        assert states == {"MED": "accepted", "HEB": "sent", "ENF": "in_service"}
        first = todo(case, NOW)[0]
        assert (first.step, first.need, first.overdue) == ("W01", "HEB", True)
        assert first.due_at == NOW - timedelta(hours=5)

    def test_a_service_for_the_family_is_still_to_be_chosen(self, case: Case):
        assert ("R01", "FAM") in state_of(case).active


@pytest.mark.usefixtures("inside")
class TestLogIns:
    def test_one_for_each_role_with_the_present_code(self):
        lines = country.log_ins(NOW)
        assert PASSPHRASE in lines[1]
        for log_in in LOG_INS:
            user = db.session.scalars(select(User).where(User.username == log_in.username)).one()
            line = next(one for one in lines if f"  {log_in.username} " in one)
            assert passwords.verify(user.password_hash, PASSPHRASE)
            if user.role.needs_second_factor:
                secret = line.split()[-1]
                assert pyotp.TOTP(secret).at(NOW) == line.split()[-2]
        assert {one.role for one in LOG_INS} == set(Role)

    def test_all_but_one_have_signed_the_undertaking(self):
        unsigned = db.session.scalars(select(User.username).where(User.undertaking_on.is_(None))).all()
        assert unsigned == [UNSIGNED]


class TestLoading:
    @pytest.mark.slow
    def test_the_same_seed_and_time_give_the_same_country(self, land: Flask, committed: Flask):
        with land.app_context():
            first = digest()
        with committed.app_context():
            list(country.load(cases=SMALL, now=NOW))
            assert digest() == first

    def test_a_database_in_use_is_refused(self, inside: Flask):
        with pytest.raises(RuleViolation) as refusal:
            list(country.load(cases=1, now=NOW))
        assert refusal.value.message.code == "occupied"
        assert counted(Case) == SMALL

    def test_production_is_refused(self, session: object, app: Flask, monkeypatch: pytest.MonkeyPatch):
        settings = replace(app.config["SETTINGS"], environment=Environment.PRODUCTION)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        with pytest.raises(RuleViolation) as refusal:
            list(country.load(cases=1, now=NOW))
        assert refusal.value.message.code == "production"

    def test_without_a_demonstration_there_is_no_log_in(self, session: object):
        assert country.log_ins(NOW) == []


@pytest.mark.slow
def test_the_whole_country(database_server: object | None, tmp_path, capsys):
    """Three hundred cases and more; the time it took is said, not judged."""
    import time

    app = make_app(database_server, tmp_path, "whole")
    with app.app_context():
        began = time.perf_counter()
        lines = list(country.load(now=NOW))
        took = time.perf_counter() - began
        assert counted(Case) >= 300
        codes = db.session.scalars(select(Case.code).where(Case.code.like("CM-LT-2026-%"))).all()
        assert "CM-LT-2026-00042" in codes
        assert len(codes) == len(set(codes))
        states = set(db.session.scalars(select(Agreement.state)))
        assert AgreementState.ACTIVE in states
    close(app)
    with capsys.disabled():
        print(f"\ndemonstration country: {took:.1f} s; {'; '.join(lines)}")
