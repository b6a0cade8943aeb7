from datetime import UTC, date, datetime, timedelta

import pytest

from directory.freshness import (
    Section,
    ShelfLives,
    State,
    all_sections,
    assured,
    capacity_now,
    section_state,
    sentence,
    state,
    states,
)
from directory.offers import Offer
from directory.profile import Capacity
from directory.taxonomy import CapacityStatus, ServiceType

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
TODAY = NOW.date()


def offer(**values):
    return Offer(id="1", service_id="1", organization_id="1", name="Service", **values)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, "up_to_date"),
        (90, "up_to_date"),
        (91, "to_confirm"),
        (105, "to_confirm"),
        (106, "late"),
        (135, "late"),
        (136, "unverified"),
    ],
)
def test_hours_hold_90_days_then_15_of_grace_then_are_late_until_45(age, expected):
    assert section_state(TODAY - timedelta(age), Section.HOURS, TODAY).value == expected


def test_an_entry_is_as_good_as_its_worst_mandatory_section():
    verified = {**all_sections(TODAY), "contacts": TODAY - timedelta(100)}
    assert state(offer(verified=verified), TODAY) is State.TO_CONFIRM
    assert assured(verified) == TODAY - timedelta(100)
    assert states(verified, TODAY)[Section.HOURS] is State.UP_TO_DATE


def test_a_section_never_confirmed_leaves_the_entry_unverified():
    verified = {"contacts": TODAY, "hours": TODAY}
    assert state(offer(verified=verified), TODAY) is State.UNVERIFIED
    assert assured(verified) is None
    assert str(sentence(offer(verified=verified), NOW)) == "never verified: call before you refer"


def test_archiving_is_a_decision_not_an_age():
    assert state(offer(verified=all_sections(date(2010, 1, 1))), TODAY) is State.UNVERIFIED
    assert state(offer(verified=all_sections(TODAY), archived=True), TODAY) is State.ARCHIVED


def test_shelf_lives_are_settings():
    lives = ShelfLives(days=((Section.CONTACTS, 10), (Section.HOURS, 10), (Section.SERVICE, 10)))
    assert state(offer(verified=all_sections(TODAY - timedelta(11))), TODAY, lives) is State.TO_CONFIRM


@pytest.mark.parametrize(
    ("days", "how", "expected"),
    [
        (0, "", "verified today"),
        (1, "", "verified yesterday"),
        (12, "call", "verified 12 days ago, by telephone"),
        (95, "", "verified 95 days ago, to be confirmed"),
        (120, "", "verified 120 days ago, confirmation late"),
        (400, "", "verified 400 days ago: call before you refer"),
    ],
)
def test_the_sentence_says_when_and_what_it_is_worth(days, how, expected):
    assert str(sentence(offer(verified=all_sections(TODAY - timedelta(days)), verified_by=how), NOW)) == expected


@pytest.mark.parametrize(
    ("shelter", "hours", "expected"),
    [(True, 71, "available"), (True, 72, "unknown"), (False, 72, "available"), (False, 14 * 24, "unknown")],
)
def test_places_fall_back_to_unknown_by_themselves(shelter, hours, expected):
    declared = Capacity(CapacityStatus.AVAILABLE, 3, updated=NOW - timedelta(hours=hours))
    assert capacity_now(declared, shelter, NOW).value == expected


def test_an_earlier_end_date_wins():
    declared = Capacity(CapacityStatus.FULL, updated=NOW - timedelta(hours=2), valid_until=NOW - timedelta(hours=1))
    assert capacity_now(declared, False, NOW) is CapacityStatus.UNKNOWN


def test_available_with_no_place_left_is_full():
    assert capacity_now(Capacity(CapacityStatus.AVAILABLE, 0, updated=NOW), False, NOW) is CapacityStatus.FULL


def test_where_people_sleep_places_are_shorter_lived():
    assert offer(types=frozenset({ServiceType.SHEL})).shelter
    assert not offer(types=frozenset({ServiceType.HLTH})).shelter
