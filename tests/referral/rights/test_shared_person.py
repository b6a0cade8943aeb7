"""Two files of one person: the retention of one never takes what the other still needs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from referral.cases.actions import opening
from referral.cases.models import Case
from referral.cases.rules import CaseState
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.keystore import KeyDestroyed
from referral.rights import queries
from referral.rights.actions import erasing, retaining
from referral.rights.models import RetentionReview
from sop.vocabulary import Category
from tests.builders import make_case, make_prefile
from tests.conftest import NOW
from tests.referral.rights.conftest import Office

YEAR = timedelta(days=365)
LATER = NOW + YEAR + timedelta(days=2)
PICTURE = {"picture": "visage"}


def second_file(office: Office) -> Case:
    """Another file of the same person, open."""
    second = make_case(office.manager)
    second.person_id = office.case.person_id
    sealing.seal(office.case.id, Category.C11, PICTURE, now=NOW)
    db.session.flush()
    return second


def pictures(office: Office) -> tuple[bool, bool]:
    """Whether pictures are held: about the person, in the first file."""
    found = sealing.read_many([office.case.person_id, office.case.id], [Category.C11])
    return office.case.person_id in found, office.case.id in found


@pytest.mark.parametrize("needs", ["open", "on_hold", "closed_lately", "kept_on"])
def test_what_another_file_still_needs_stays_and_is_not_proposed(office: Office, needs: str) -> None:
    second = second_file(office)
    office.close()
    if needs != "open":
        second.state, second.closed_at = CaseState.CLOSED, LATER if needs == "closed_lately" else NOW
        second.legal_hold = needs == "on_hold"
    if needs == "kept_on":
        kept = RetentionReview(
            case_id=second.id, categories=["C11"], whole=False, due_on=NOW.date(), proposed_at=NOW,
            decided_at=NOW, keep_until=(NOW + 3 * YEAR).date(), reason="procès",
        )  # fmt: skip
        db.session.add(kept)
    db.session.flush()
    erasing.erase_categories(office.case, [Category.C11], actor=office.officer, now=LATER)
    assert pictures(office) == (True, False)
    assert Category.C11 not in queries.held_of(office.case, LATER.date()), "else it would be proposed every night"
    retaining.propose(LATER)
    assert [one.categories for one in db.session.query(RetentionReview).filter_by(case_id=office.case.id)] == []


def test_what_no_other_file_needs_any_more_goes(office: Office) -> None:
    second = second_file(office)
    office.close()
    second.state, second.closed_at = CaseState.CLOSED, NOW
    db.session.flush()
    erasing.erase_categories(office.case, [Category.C11], actor=office.officer, now=LATER)
    assert pictures(office) == (False, False)


def test_whoever_declines_a_second_file_keeps_what_the_first_one_holds(office: Office) -> None:
    second = make_prefile(office.manager, office.manager.organization)
    second.person_id = office.case.person_id
    db.session.flush()
    opening.refuse(second, actor=office.manager, now=NOW)
    db.session.commit()
    assert sealing.read(office.case.person_id, [Category.C2])[Category.C2]["given_names"] == "Solange"
    with pytest.raises(KeyDestroyed):
        sealing.kind_of(second.id)
