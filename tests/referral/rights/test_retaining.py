"""The retention clock: proposed when the time is over, reviewed by somebody, erased or kept on, never by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import sealing
from referral.rights.actions import retaining
from referral.rights.models import RetentionReview
from sop.vocabulary import Category
from tests.conftest import NOW
from tests.referral.rights.conftest import Office

DAY = timedelta(days=1)
YEAR = timedelta(days=365)


def proposals(now: datetime) -> list[RetentionReview]:
    retaining.propose(now)
    query = select(RetentionReview).where(RetentionReview.decided_at.is_(None))
    return list(db.session.scalars(query))


def test_nothing_is_proposed_while_a_case_is_open(office: Office) -> None:
    assert proposals(NOW + 30 * YEAR) == []


def test_pictures_go_first_then_the_file_and_payments_last(office: Office) -> None:
    office.close()
    db.session.commit()
    assert proposals(NOW + 364 * DAY) == []
    first = proposals(NOW + YEAR + 2 * DAY)
    assert [one.categories for one in first] == [["C11"]]
    assert first[0].whole is False
    retaining.erase_reviewed(first[0], actor=office.officer, now=NOW + YEAR + 2 * DAY)
    assert sealing.read(office.case.person_id, [Category.C11]) == {}
    assert sealing.read(office.case.person_id, [Category.C2]) != {}
    assert proposals(NOW + 4 * YEAR) == []
    later = proposals(NOW + 5 * YEAR + 3 * DAY)
    assert "C15" not in later[0].categories
    assert "C2" in later[0].categories
    retaining.keep_on(
        later[0], until=(NOW + 9 * YEAR).date(), reason="procès", actor=office.officer, now=NOW + 5 * YEAR + 3 * DAY
    )
    assert proposals(NOW + 8 * YEAR) == [], "kept on until its day"
    last = proposals(NOW + 10 * YEAR + 5 * DAY)
    assert [one.whole for one in last] == [True]
    retaining.erase_reviewed(last[0], actor=office.officer, now=NOW + 10 * YEAR + 5 * DAY)
    assert office.case.erased_at is not None


def test_a_proposal_is_made_once_and_erases_nothing_by_itself(office: Office) -> None:
    office.close()
    db.session.commit()
    assert len(proposals(NOW + 11 * YEAR)) == 1
    assert len(proposals(NOW + 12 * YEAR)) == 1
    assert office.case.erased_at is None
    assert sealing.read(office.case.person_id, [Category.C2]) != {}


def test_a_legal_hold_stops_the_clock(office: Office) -> None:
    office.close()
    office.case.legal_hold = True
    db.session.commit()
    assert proposals(NOW + 20 * YEAR) == []


def test_nothing_is_kept_on_until_a_day_that_is_past(office: Office) -> None:
    office.close()
    db.session.commit()
    found = proposals(NOW + 11 * YEAR)
    with pytest.raises(RuleViolation):
        retaining.keep_on(found[0], until=NOW.date(), reason="a", actor=office.officer, now=NOW + 11 * YEAR)
