"""What follows a request or a breach: a task and a letter for the person, steps in order, deadlines told in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from referral.cases.models import CaseTask
from referral.cases.rules import TaskKind
from referral.errors import RuleViolation
from referral.extensions import db
from referral.rights.actions import asking, breaching, reminding
from referral.rights.breaches import BreachKind, BreachStep
from referral.rights.models import RightsRequest
from referral.rights.rules import Requester, RequestKind
from sop.vocabulary import Category
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.rights.conftest import Office
from tests.referral.rights.test_pages import pdf_text


def test_what_is_answered_opens_a_task_of_the_case_team_and_a_letter_with_the_reason(
    office: Office, client: PageClient
) -> None:
    client.sign_in("gestionnaire")
    client.get(f"/cases/{office.case.id}/rights")
    asked = {"received-day": "20", "received-month": "11", "received-year": "2026"}
    client.post(f"/cases/{office.case.id}/rights", {"kind": "correction", "requester": "person", **asked})
    one = db.session.scalars(select(RightsRequest)).one()
    path = f"/cases/{office.case.id}/rights/{one.id}.pdf?lang=en"
    assert client.get(path).status == 404, "nothing is answered yet"
    client.sign_in("donnees")
    client.get(f"/rights/requests/{one.id}")
    client.post(f"/rights/requests/{one.id}", {"do": "refuse", "refusal": "accurate"})
    assert list(db.session.scalars(select(CaseTask.kind).where(CaseTask.done_at.is_(None)))) == [TaskKind.TELL_ANSWER]
    client.sign_in("gestionnaire")
    letter = pdf_text(client.get(path).response.data).replace("\r\n", " ")
    assert "The answer is no: what is held was checked and is right." in letter
    assert "authority in charge of personal data protection" in letter


def test_a_breach_is_closed_last_and_the_persons_concerned_are_told_in_plain_words(
    office: Office, client: PageClient
) -> None:
    first, second = (
        breaching.report(
            BreachKind.PUBLISHED,
            discovered_at=NOW,
            persons=2,
            categories=(Category.C2,),
            high_risk=True,
            words="Liste.",
            actor=office.officer,
            now=NOW,
        )
        for _ in range(2)
    )
    assert (first.number, second.number) == ("VD-2026-001", "VD-2026-002")
    with pytest.raises(RuleViolation, match="not_yet"):
        breaching.take_step(first, BreachStep.CLOSED, actor=office.officer, now=NOW)
    for step in BreachStep:
        breaching.take_step(first, step, actor=office.officer, now=NOW)
    assert "closed" in first.steps
    db.session.commit()
    client.sign_in("donnees")
    letter = pdf_text(client.get(f"/rights/breaches/{second.id}/persons.pdf?lang=en").response.data).replace(
        "\r\n", " "
    )
    assert "data became public" in letter
    assert "we help you to find a safe place" in letter
    assert "Liste." not in letter, "the description is for the Authority"


def test_late_requests_and_breaches_are_told_to_the_data_officer_once_before_and_once_after(office: Office) -> None:
    asked = {"requester": Requester.PERSON, "received_on": NOW.date(), "words": ""}
    asking.ask(office.case, RequestKind.COPY, **asked, actor=office.manager, now=NOW)
    found = {"discovered_at": NOW, "persons": None, "categories": (), "high_risk": False, "words": ""}
    breaching.report(BreachKind.LOST, **found, actor=office.officer, now=NOW)
    told = {hours: reminding.remind(NOW + timedelta(hours=hours)) for hours in (0, 47, 49, 50, 73, 74)}
    assert told == {0: 0, 47: 0, 49: 1, 50: 0, 73: 1, 74: 0}
    days = {day: reminding.remind(NOW + timedelta(days=day)) for day in (24, 25, 26, 31, 32)}
    assert days == {24: 0, 25: 1, 26: 0, 31: 1, 32: 0}
