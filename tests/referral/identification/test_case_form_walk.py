"""Forms inside a case, through their pages: whose a draft is, what is read, what is left after an erasure."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.foundation.sealing import KeyDestroyed, KeyMissing
from referral.identification.models import Submission, SubmissionState
from sop.vocabulary import Category
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.identification.walk import CONSENT, Place, send, submitted

FOLLOW_UP = {
    "followed_on": "2026-11-22", "channel": "visit", "reached": "yes", "private": "yes", "immediate_danger": "no",
    "since": "better", "no_shelter": "yes", "consent_still": "yes", "needs": ["HEB"], "new_need": "no",
    "review": "ongoing", "risk": "low", "next_on": "2026-12-06", "note": "Parole secrète de la revue.",
}  # fmt: skip


def case_of(app: Flask, responder: PageClient) -> UUID:
    submitted(responder)
    with app.app_context():
        case_id = db.session.scalar(select(Case.id))
    responder.get(f"/prefiles/{case_id}/consent")
    form = responder.page.form("answer")
    responder.post(form.action, {**form.fields, **CONSENT})
    return case_id


def fill_in(manager: PageClient, case_id: UUID, answers: dict[str, object] = FOLLOW_UP) -> str:
    """A follow-up form up to its review page."""
    manager.get(f"/cases/{case_id}/forms")
    token = manager.page.form("form").fields["csrf_token"]
    page = manager.post(f"/cases/{case_id}/forms", {"form": "follow_up", "csrf_token": token})
    for _ in range(12):
        if "/screens/" not in page.url:
            return page.url
        form = manager.page.form("do")
        if "shown" in form.fields:
            page = send(manager, answers)
        else:  # a screen on which only something repeats
            page = manager.post(form.action, {**form.fields, "do": "next"})
    raise AssertionError(page.text)


@pytest.mark.slow
def test_a_finished_form_is_read_by_the_team_moves_the_facts_and_is_unreadable_once_the_case_is_erased(
    app: Flask, place: Place, responder: PageClient, manager: PageClient, supervisor: PageClient
) -> None:
    case_id = case_of(app, responder)
    review = fill_in(manager, case_id)
    assert supervisor.get(review).status == 404, "a draft belongs to its author"
    manager.get(review)
    page = manager.submit("Terminer le formulaire")
    assert page.status == 200
    assert "Parole secrète de la revue." in page.text
    assert "Parole secrète de la revue." in supervisor.get(page.url).text
    assert responder.get(page.url).status == 404
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        assert case.facts["no_shelter"] is True
        assert {"HEB", "ECO", "DOC"} <= set(case.facts["needs"])
        one = db.session.scalars(select(Submission).where(Submission.submitted_at.is_not(None))).all()[-1]
        acts = set(db.session.scalars(select(AuditLine.action).where(AuditLine.case_id == case_id)))
        assert {"case.form.begin", "case.form.submit", "case.form.read"} <= acts
        ids = [found.id for found in db.session.scalars(select(Submission).where(Submission.case_id == case_id))]
        assert len(ids) == 2
        assert one.id in ids
        sealing.erase(case_id, now=NOW)
        db.session.commit()
        for submission_id in ids:
            assert sealing.read(submission_id, Category) == {}
            with pytest.raises((KeyDestroyed, KeyMissing)):
                sealing.kind_of(submission_id)
            assert db.session.get_one(Submission, submission_id).state is SubmissionState.ERASED
