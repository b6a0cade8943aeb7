"""A closed file with a referral, and everybody who has something to do with the rights of its person."""

from __future__ import annotations

from typing import Any

import pytest

from referral.cases.rules import CaseState, ClosureReason
from referral.foundation.grants import Role
from sop.vocabulary import Category, Need
from tests.builders import (
    WORDS,
    make_agreement,
    make_organization,
    make_planned_case,
    make_procedure,
    make_sent_referral,
    make_service,
    make_user,
)
from tests.conftest import NOW

PAID = {Category.C15: {"account": "MOMO 699 12 34 56"}, Category.C11: {"passport": "A0123456"}}


class Office:
    """Who and what there is; `case` is open, its referral was sent."""

    def __init__(self) -> None:
        make_procedure()
        team, hospital = make_organization("Équipe"), make_organization("Hôpital")
        self.manager = make_user(Role.CASE_MANAGER, team, "gestionnaire")
        self.supervisor = make_user(Role.SUPERVISOR, team, "chef")
        self.other = make_user(Role.CASE_MANAGER, make_organization("Ailleurs"), "ailleurs")
        self.officer = make_user(Role.DATA_OFFICER, None, "donnees")
        self.nurse = make_user(Role.PROVIDER, hospital, "soignante", email="soins@example.cm")
        make_agreement(team, hospital)
        place = make_service(hospital, Need.MED, staff=(self.nurse,))
        self.case = make_planned_case(self.manager, Need.MED, sealed={**WORDS, **PAID})
        self.referral = make_sent_referral(self.case, place)

    def close(self, at: Any = NOW) -> None:
        """As if the case had been closed at that moment."""
        self.case.state, self.case.closed_at = CaseState.CLOSED, at
        self.case.closure_reason = ClosureReason.GOALS_MET


@pytest.fixture
def office(session: Any) -> Office:
    """The office, committed."""
    made = Office()
    session.commit()
    return made
