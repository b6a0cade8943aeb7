"""What speaks against an entry is shown until a confirmation answers it; misconduct never is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers import actions
from referral.providers.models import SectionVerification
from referral.providers.queries.evidence import REPORTED, against
from referral.providers.rules import ReportKind, Section, VerificationMethod, VerificationOutcome
from referral.referrals.actions.answering import act
from referral.referrals.rules import ReferralAction
from sop.vocabulary import Need
from tests import builders
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry

UNREACHABLE, CONFIRMED = VerificationOutcome.UNREACHABLE, VerificationOutcome.CONFIRMED


@pytest.fixture
def place(session: Any) -> Any:
    """An entry confirmed ten days ago."""
    return make_entry(builders.make_organization("Foyer"), "Accueil", "MED")


def event(place: Any, method: str, outcome: VerificationOutcome, days_ago: int) -> None:
    db.session.add(
        SectionVerification(
            service_at_location_id=place.id, section=Section.CONTACTS, method=VerificationMethod(method),
            outcome=outcome, at=NOW - timedelta(days=days_ago),
        )
    )  # fmt: skip
    db.session.flush()


def codes(place: Any) -> list[str]:
    return [one.code for one in against(place.id, NOW)]


def test_a_bounced_message_and_a_failed_call_stand_until_a_confirmation(place: Any) -> None:
    event(place, "mail", UNREACHABLE, 12)
    assert codes(place) == [], "it was confirmed two days later"
    event(place, "mail", UNREACHABLE, 5)
    event(place, "call", UNREACHABLE, 3)
    event(place, "call", UNREACHABLE, 2)
    assert codes(place) == ["against.call", "against.mail"]
    event(place, "call", CONFIRMED, 1)
    assert codes(place) == []


def test_reports_are_counted_by_person_and_misconduct_is_not_there(place: Any) -> None:
    people = [builders.make_user(Role.CASE_MANAGER, place.service.organization) for _number in range(2)]
    for who in (*people, people[0]):
        actions.report(place, ReportKind.HOURS, "", actor=who, now=NOW)
    actions.report(place, ReportKind.MISCONDUCT, "Il frappe", actor=people[0], now=NOW)
    assert [(one.code, one.values) for one in against(place.id, NOW)] == [("against.hours", {"number": 2})]
    assert set(ReportKind) - set(REPORTED) == {ReportKind.MISCONDUCT}


def test_refusals_are_said_from_five_referrals_on(session: Any) -> None:
    team, hospital = builders.make_organization(), builders.make_organization()
    manager = builders.make_user(Role.CASE_MANAGER, team)
    nurse = builders.make_user(Role.PROVIDER, hospital)
    builders.make_agreement(team, hospital)
    place = builders.make_service(hospital, Need.MED, staff=(nurse,))
    sent = [builders.make_sent_referral(builders.make_planned_case(manager, Need.MED), place) for _number in range(4)]
    act(sent[0], ReferralAction.DECLINE, actor=nurse, now=NOW, reason="not_eligible")
    assert codes(place) == []
    builders.make_sent_referral(builders.make_planned_case(manager, Need.MED), place)
    assert [one.values for one in against(place.id, NOW)] == [{"refused": 1, "asked": 5}]


def test_the_page_says_it(place: Any, client: PageClient) -> None:
    event(place, "mail", UNREACHABLE, 5)
    builders.make_user(Role.CASE_MANAGER, builders.make_organization(), "gestionnaire")
    db.session.commit()
    client.sign_in("gestionnaire")
    assert "un message est revenu il y a 5 jours" in client.get(f"/directory/{place.id}").text.replace("\xa0", " ")
