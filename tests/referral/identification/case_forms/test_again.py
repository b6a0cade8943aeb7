"""The identification form asked again inside a case: the file stays as it was opened, coded facts and needs follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation import clock, sealing
from referral.identification import actions as identification
from referral.identification import gate, queries
from referral.identification.models import Submission, SubmissionState
from referral.people.queries import identity
from referral.procedures import actions as procedures
from referral.procedures.form_versions import opened_with
from referral.procedures.queries import active_form
from sop.vocabulary import Category
from tests import case_forms
from tests.conftest import NOW
from tests.referral.identification.walk import ADULT

AGAIN: dict[str, Any] = ADULT | {
    "family_name": "Autre-Nom", "region": "CM002", "department": "CM002007", "source": "hospital",
    "no_shelter": "no", "household_violence": "yes", "birth_date": "2012-06-15", "care_status": "unaccompanied",
    "guardian_present": "no", "needs": ["DOC"],
}  # fmt: skip


def asked_again(case: Case) -> Submission:
    return case_forms.make_case_form(case, "identification", AGAIN, now=NOW + timedelta(days=30))


def test_danger_and_needs_follow_age_and_first_meeting_stay(case: Case) -> None:
    before = dict(case.facts)
    asked_again(case)
    changed = {name for name, value in case.facts.items() if value != before[name]}
    assert (case.facts["no_shelter"], case.facts["household_violence"]) == (False, True)
    assert set(case.facts["needs"]) == {"HEB", "MED", "DOC"}, "a need is added, never taken away"
    kept = {"age", "age_band", "age_group", "under_12", "region", "department", "source"}
    assert changed & kept == set()


def test_the_name_on_the_file_stays_and_the_new_answers_are_sealed_with_the_form(case: Case) -> None:
    before = sealing.read(case.person_id, [Category.C2])
    one = asked_again(case)
    assert sealing.read(case.person_id, [Category.C2]) == before
    assert sealing.read(one.id, [Category.C2])[Category.C2]["family_name"] == "Autre-Nom"
    assert sealing.read(case.id, [Category.C2]) == {}


def test_the_file_is_read_with_the_version_that_it_was_opened_with(case: Case) -> None:
    manager, first = case.manager, active_form("identification")
    assert first is not None
    opened = identification.start(actor=manager, today=NOW.date(), now=NOW)
    opened.state, opened.case_id, opened.submitted_at = SubmissionState.SUBMITTED, case.id, NOW
    text = first.source.replace(b"| cmr_identification | 2 |", b"| cmr_identification | 3 |")
    newer, _new = procedures.new_form_draft("f.md", text, actor=manager, now=NOW)
    procedures.publish_form(newer, revision=newer.revision, actor=manager, now=NOW)
    case_forms.make_case_form(case, "identification", {}, finish=False)
    again = asked_again(case)
    assert again.form_version_id == newer.id
    assert db.session.scalar(opened_with(case.id)) == first.id
    assert identity(case).details


def test_without_an_answer_that_counts_nothing_is_told(case: Case) -> None:
    before = dict(case.facts)
    unclear = {"immediate_danger": "unknown", "no_shelter": "", "needs": []}
    case_forms.make_case_form(case, "follow_up", case_forms.FOLLOW_UP | unclear)
    assert case.facts == before


def test_an_incomplete_form_is_kept_and_tells_the_case_nothing(case: Case) -> None:
    before, version = dict(case.facts), case.version
    draft = case_forms.make_case_form(case, "follow_up", {"no_shelter": "no", "needs": ["DOC"]}, finish=False)
    local = NOW.astimezone(clock.zone())
    receipt = gate.hand_in(queries.filling(draft, today=local.date(), now=local), actor=case.manager, now=NOW)
    assert receipt.case is None
    assert "review" in receipt.errors
    assert (case.facts, case.version) == (before, version)
    states = db.session.scalars(select(Submission.state).where(Submission.id == draft.id)).all()
    assert states == [SubmissionState.DRAFT]
