"""The same form begun and finished from two devices at the same moment, on a real database."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.identification import actions as identification
from referral.identification.models import Submission, SubmissionState
from referral.partners.queries import user_by_name
from tests import builders, case_forms
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.referrals.test_race import at_once
from tests.signing_in import sign_in

DEVICES, ROUNDS = 4, 3


def lines(app: Flask, act: str) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(AuditLine.action == act)) or 0


@pytest.mark.slow
def test_begun_and_finished_on_four_devices_at_once_it_is_one_form_finished_once(committed: Flask) -> None:
    committed.extensions["mnr.clock"] = lambda: NOW
    with committed.app_context():
        builders.make_procedure()
        case = builders.make_case(builders.make_user(Role.CASE_MANAGER, builders.make_organization(), "gestion"))
        forms = f"/cases/{case.id}/forms"
        db.session.commit()
    devices = [PageClient(committed, sign_in=sign_in) for _ in range(DEVICES)]
    for device in devices:
        device.sign_in("gestion")
    for number in range(1, ROUNDS + 1):
        for device in devices:
            device.get(forms)
        begun = at_once([partial(device.post, forms, {"form": "follow_up"}) for device in devices])
        assert {page.status for page in begun} == {200}, begun
        (draft,) = {page.url.partition("/screens/")[0] for page in begun}
        complete(committed, UUID(draft.rpartition("/")[2]))
        sent: list[Any] = []
        for device in devices:
            form = device.get(draft).form("Terminer le formulaire")
            sent.append(partial(device.post, form.action, form.fields))
        done = at_once(sent)
        assert {(page.status, page.url) for page in done} == {(200, f"{forms}/{draft.rpartition('/')[2]}")}, done
        assert lines(committed, "case.form.begin") == number
        assert lines(committed, "case.form.submit") == number
    with committed.app_context():
        states = db.session.scalars(select(Submission.state)).all()
        assert states == [SubmissionState.SUBMITTED] * ROUNDS


def complete(app: Flask, draft_id: UUID) -> None:
    with app.app_context():
        draft = db.session.get_one(Submission, draft_id)
        author = user_by_name("gestion")
        identification.save(draft, case_forms.FOLLOW_UP, screen=draft.screen, actor=author, now=NOW)
        db.session.commit()
