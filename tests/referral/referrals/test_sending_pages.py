"""The sender's walk through the pages: choose, ask, look, send, follow; and every way in which it must stop."""

import re
from datetime import date, timedelta
from io import BytesIO

import pypdfium2
import pytest
from sqlalchemy import func, select, update

from directory.freshness import all_sections
from referral.cases.queries.progress import state_of
from referral.consent.models import Consent, ConsentState, DecisionRecord
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import Agreement, User
from referral.partners.rules import AgreementState, OrganizationKind
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralState
from sop.vocabulary import Category, Need
from tests.builders import make_agreement, make_organization, make_planned_case, make_service, make_user
from tests.page_client import PageClient
from tests.signing_in import sign_in

NAME, FIRST, PHONE, ROUTE, ACT = "Ngo Mbock", "Solange", "+237 000 12 34 56", "Agadez, Tripoli", "recruited"
AGREES = {
    "choice": "consent",
    "categories": ["C1", "C2", "C6"],
    "valid_until-day": "23",
    "valid_until-month": "5",
    "valid_until-year": "2027",
    "language": "fra",
    "understood": "yes",
    "free": "yes",
    "mark": "signature",
}


@pytest.fixture
def walk(app):
    """A planned case with one need, and a hospital with an agreement and listed staff; ids only."""
    with app.app_context():
        holder, hospital = make_organization(), make_organization(kind=OrganizationKind.HEALTH)
        manager = make_user(Role.CASE_MANAGER, holder, "manager@example.org")
        make_user(Role.CASE_MANAGER, holder, "colleague@example.org")
        make_user(Role.SUPERVISOR, holder, "supervisor@example.org")
        nurse = make_user(Role.PROVIDER, hospital, "nurse@example.org")
        case = make_planned_case(manager, Need.MED)
        place = make_service(hospital, Need.MED, staff=(nurse,))
        make_agreement(holder, hospital, Need.MED)
        db.session.commit()
        return {"case": case.id, "code": case.code, "place": place.id, "hospital": hospital.id}


@pytest.fixture
def manager(app, walk):
    client = PageClient(app)
    sign_in(client, "manager@example.org")
    return client


def choose(client, walk, need="MED"):
    """Choose the service; the address of its referral."""
    client.get(f"/cases/{walk['case']}/needs/{need}/services?show=excluded")
    page = client.post(f"/cases/{walk['case']}/needs/{need}/services", {"service": str(walk["place"])})
    assert page.status == 200, page.text
    return re.search(r"/referrals/[0-9a-f-]{36}", page.url).group()


def agree(client, address, **changes):
    """Record the person's answer."""
    client.get(f"{address}/consent")
    version = client.page.form("choice").fields["version"]
    values = {**AGREES, "version": version, **changes}
    return client.post(f"{address}/consent", {name: value for name, value in values.items() if value is not None})


def send(client, address):
    """Send from the preview as it is shown now."""
    client.get(f"{address}/preview")
    return client.submit("/send")


def referral(app):
    with app.app_context():
        return db.session.scalars(select(Referral)).one()


def steps(app, walk):
    """The steps on which the need stands."""
    from referral.cases.models import Case

    with app.app_context():
        case = db.session.get(Case, walk["case"])
        return [step for step, need in state_of(case).active if need]


def test_the_walk_sends_what_was_agreed_and_tells_the_staff_by_code(app, manager, walk):
    address = choose(manager, walk)
    page = agree(manager, address)
    assert page.url.endswith("/preview") and page.status == 200
    assert NAME in page.text and PHONE in page.text and ROUTE not in page.text and ACT not in page.text
    page = manager.submit("/send")
    assert page.url == address, page.text
    sent = referral(app)
    assert (sent.state, sent.categories, sent.sent_at is not None) == (ReferralState.SENT, ["C1", "C2", "C6"], True)
    assert steps(app, walk) == ["W01"]
    with app.app_context():
        notices = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "referral_received")).all()
        assert [(one.address, one.parameters) for one in notices] == [
            ("nurse@example.org", {"case_code": walk["code"], "reference": sent.reference})
        ]


def test_the_choice_says_why_and_counts(manager, walk):
    page = manager.get(f"/cases/{walk['case']}/needs/MED/services")
    assert page.title == "Choisir un service"
    assert "protocole d’accord en vigueur" in page.text
    assert NAME not in page.html
