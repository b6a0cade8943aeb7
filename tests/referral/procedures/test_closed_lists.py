"""The code lists of the shipped forms are the closed lists of the application: what is filled in can be acted upon."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import pytest

from directory.taxonomy import ServiceType
from referral.cases.closing import GOAL_RESULTS, RISKS
from referral.cases.rules import ClosureReason
from referral.consent.models import ConsentMark
from referral.consent.requirements import NEVER_ASKED, Choice
from referral.referrals.rules import DeclineReason, InfoReason, NonDeliveryReason, ReferralState, ServiceResult, Speed
from sop.forms import load_form

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("name", "list_name", "closed"),
    [
        ("referral", "speed", Speed),
        ("referral", "service_type", ServiceType),
        ("feedback", "decline_reason", DeclineReason),
        ("feedback", "info_reason", InfoReason),
        ("feedback", "non_delivery", NonDeliveryReason),
        ("feedback", "service_result", ServiceResult),
        ("feedback", "service_type", ServiceType),
        ("follow_up", "service_result", ServiceResult),
        ("satisfaction", "service_result", ServiceResult),
        ("closure", "reason", ClosureReason),
        ("closure", "risk", RISKS),
        ("closure", "goal_result", GOAL_RESULTS),
        ("consent_referral", "choice", Choice),
        ("consent_referral", "mark", ConsentMark),
        ("consent_adult", "mark", ConsentMark),
        ("consent_child", "mark", ConsentMark),
    ],
)
def test_a_list_of_a_form_is_the_list_of_the_code(name: str, list_name: str, closed: Iterable[str]) -> None:
    offered = [choice.name for choice in load_form(name).choices[list_name]]
    assert offered == [one.value if isinstance(one, StrEnum) else one for one in closed]


def test_a_provider_decides_what_the_referral_knows() -> None:
    offered = {choice.name for choice in load_form("feedback").choices["decision"]}
    assert offered == {
        ReferralState.ACCEPTED.value,
        ReferralState.WAITLISTED.value,
        ReferralState.INFO_REQUESTED.value,
        ReferralState.DECLINED.value,
    }


def test_a_service_is_never_offered_what_no_consent_form_may_offer() -> None:
    choices = load_form("consent_referral").choices
    offered = {choice.name for name in ("category_plain", "category_sensitive") for choice in choices[name]}
    assert offered.isdisjoint({category.value for category in NEVER_ASKED})
    assert len(offered) == 13


def test_every_detail_of_closing_belongs_to_a_reason() -> None:
    details = load_form("closure").choices["detail"]
    assert {detail.columns["reason"] for detail in details} == {reason.value for reason in ClosureReason}
