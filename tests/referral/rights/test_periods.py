"""Periods are settings: the same defaults, checked when they are loaded, used by every rule that counts days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from referral.config import Settings, SettingsError
from referral.consent.emergencies import ends_at, suspends
from referral.consent.exceptional_schemas import RenewalSchema
from referral.periods import ASSUMED, LABELS, MOST, Periods, periods_from, rows
from referral.rights.breaches import authority_due, breach_stage
from referral.rights.holding import latest_review
from referral.rights.processing import REGISTER
from referral.rights.retention import due, keep_until, request_kept_until
from referral.rights.rules import answer_due, request_stage
from referral.rights.stopping import chase_due, stop_due
from sop.vocabulary import Category

pytestmark = pytest.mark.once
DAY = date(2026, 11, 28)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_what_nobody_has_set_is_what_it_was_before() -> None:
    assert Periods() == ASSUMED
    assert (ASSUMED.answer_days, ASSUMED.authority_hours, ASSUMED.stop_days) == (30, 72, 14)
    assert (ASSUMED.review_hours, ASSUMED.emergency_usual_hours, ASSUMED.emergency_most_hours) == (72, 1, 24)
    assert (ASSUMED.adult_years, ASSUMED.child_until, ASSUMED.child_years, ASSUMED.payment_years) == (5, 21, 5, 10)
    assert (ASSUMED.consent_reminders, ASSUMED.agreement_reminders) == ((14, 3), (90, 30, 7))
    assert set(LABELS) == set(MOST) == set(Periods.__dataclass_fields__)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("emergency_most_hours:25", "1 to 24"), ("emergency_most_hours:0", "1 to 24"), ("jours:3", "no period"),
        ("answer_days:", "1 to 90"), ("answer_days:-3", "1 to 90"), ("answer_days:²", "1 to 90"),
        ("stop_days:1", "2 to"),
        ("answer_days:20,answer_days:21", "twice"), ("consent_reminders:14/14", "different"),
        ("answer_days", "1 to 90"),
        ("agreement_reminders:90/0", "each"), ("emergency_most_hours:2,emergency_usual_hours:3", "not be more"),
        ("answer_days:5", "remind_days"), ("image_years:6", "image_years"),
    ],
)  # fmt: skip
def test_what_is_wrong_stops_the_start_and_says_where(tmp_path: Path, text: str, why: str) -> None:
    env = {"MNR_ENV": "test", "MNR_INSTANCE": str(tmp_path), "MNR_PERIODS": text}
    with pytest.raises(SettingsError, match="MNR_PERIODS") as refused:
        Settings.from_env(env)
    assert why in str(refused.value).rpartition("not: ")[2]


def test_what_the_country_sets_is_what_every_rule_counts_with(tmp_path: Path) -> None:
    text = (
        "answer_days:20, authority_hours:48, stop_days:10, adult_years:3, child_until:18, child_years:2, image_years:0,"
        "payment_years:4, request_years:2, emergency_most_hours:6, emergency_abuses:1, consent_reminders:3/21"
    )
    env = {"MNR_ENV": "test", "MNR_INSTANCE": str(tmp_path), "MNR_PERIODS": text}
    ours = Settings.from_env(env).periods
    assert answer_due(DAY, ours) == date(2026, 12, 18)
    assert authority_due(NOON, ours) == NOON + timedelta(hours=48)
    assert [breach_stage(NOON, NOON - timedelta(hours=left), ours) for left in (17, 16)] == [0, 1]
    assert stop_due(DAY, ours) == date(2026, 12, 8)
    assert chase_due(DAY, DAY + timedelta(11), 0, ours) == 2
    assert request_stage(DAY, DAY - timedelta(5), ours) == 1
    assert keep_until(Category.C2, DAY, 1990, minor=False, periods=ours) == date(2029, 11, 28)
    assert keep_until(Category.C2, DAY, 2015, minor=True, periods=ours) == date(2035, 12, 31)
    assert keep_until(Category.C15, DAY, 1990, minor=False, periods=ours) == date(2030, 11, 28)
    assert due({Category.C11}, DAY, 1990, DAY + timedelta(1), minor=False, periods=ours) == (Category.C11,)
    assert request_kept_until(DAY, ours) == date(2028, 11, 28)
    assert ends_at(NOON, NOON, 24, ours) == NOON + timedelta(hours=6)
    assert suspends(1, ours)
    assert ours.consent_reminders == (21, 3)
    assert latest_review(DAY, ours.hold_months) == date(2027, 11, 28)
    assert str(REGISTER[1].kept_for(ours)).startswith("3 years after the case is closed; children until 18 and 2 years")
    assert [assumed for _, _, assumed in rows(ours)].count(False) == 12


@pytest.mark.parametrize(("hours", "wrong"), [("6", False), ("7", True), ("0", True), ("", False), ("x", True)])
def test_nobody_asks_for_more_hours_than_the_country_allows(hours: str, wrong: bool) -> None:
    ours = periods_from("emergency_most_hours:6,emergency_usual_hours:2")
    found = RenewalSchema(ours).validate({"words": "La personne saigne encore.", "hours": hours})
    assert ("hours" in found) is wrong
    if not hours:
        assert RenewalSchema(ours).load({"words": "La personne saigne encore."})["hours"] == 2
