"""Refusals and waiting lists leave one signal of demand each, without the person and without a way back to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from referral.extensions import db
from referral.providers.models import NeedSignal
from referral.referrals.actions.answering import act
from referral.referrals.actions.demand import UNMET
from referral.referrals.rules import DeclineReason
from referral.referrals.rules import ReferralAction as A
from tests.conftest import NOW
from tests.referral.referrals.answering.people import referral_of, user
from tests.referral.referrals.scene import Scene


def signals() -> list[tuple[str, str, str, str]]:
    return [
        (one.pcode, one.category, one.audience, one.outcome.value) for one in db.session.scalars(select(NeedSignal))
    ]


@pytest.mark.parametrize(
    ("reason", "outcome"), [("no_capacity", "full"), ("not_eligible", "refused"), ("out_of_area", "out_of_area")]
)
def test_a_refusal_is_demand_that_was_not_met(app: Flask, scene: Scene, reason: str, outcome: str) -> None:
    with app.app_context():
        act(referral_of(scene), A.DECLINE, actor=user("nurse"), now=NOW, reason=reason)
        assert signals() == [("CM005004", "MED", "adult", outcome)]
        kept = db.session.scalars(select(NeedSignal)).one()
        assert kept.at.minute == 0
        assert str(referral_of(scene).id) not in str(kept.evidence)
        db.session.rollback()


@pytest.mark.parametrize("reason", ["person_declined", "no_longer_needed", "duplicate"])
def test_what_lies_with_the_person_is_no_demand(app: Flask, scene: Scene, reason: str) -> None:
    with app.app_context():
        act(referral_of(scene), A.DECLINE, actor=user("nurse"), now=NOW, reason=reason)
        assert signals() == []
        db.session.rollback()


def test_a_waiting_list_and_then_a_refusal_of_one_referral_are_one_demand(app: Flask, scene: Scene) -> None:
    with app.app_context():
        referral, nurse, later = referral_of(scene), user("nurse"), NOW + timedelta(hours=3)
        act(referral, A.WAITLIST, actor=nurse, now=NOW, expected_on=NOW.date())
        act(referral, A.DECLINE, actor=nurse, now=later, reason="no_capacity")
        assert signals() == [("CM005004", "MED", "adult", "full")]
        db.session.rollback()


def test_every_reason_to_decline_is_demand_or_lies_with_the_person() -> None:
    assert set(DeclineReason) - set(UNMET) == {
        DeclineReason.DUPLICATE, DeclineReason.PERSON_DECLINED, DeclineReason.NO_LONGER_NEEDED
    }  # fmt: skip
