"""A recorded consent, its mark and the register of decisions are never written again; a consent ends, and forgets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from referral.consent.actions import marking, record_consent
from referral.consent.mark_models import AddedMark, MarkFile, MarkWay
from referral.consent.mark_schemas import Mark
from referral.consent.models import Consent, ConsentGiver, ConsentMark, ConsentState, DecisionRecord
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.media import Media
from referral.foundation.written_once import WrittenOnce
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.referral.consent.register_rows import add_decision, make_case

CHANGES: dict[str, Any] = {
    "purpose": "referral:PSY", "categories": ["C1", "C2", "C6", "C9"], "explicit": ["C1"],
    "giver": ConsentGiver.GUARDIAN, "mark": ConsentMark.SIGNATURE, "witnessed": False, "language": "en",
    "understood": False, "interpreter": True,
    "assent": True, "guardian": True, "best_interests": True, "representative": True, "conditional": True,
    "given_age": 30, "form_code": "F08_consent_adult", "text_hash": "1" * 64, "given_at": NOW - timedelta(days=1),
    "valid_until": NOW.date() + timedelta(days=300), "sealed_names": b"others", "mark_hash": "1" * 64,
}  # fmt: skip
"""Every column that says what was agreed, with another value; ids of case, recipient and collector beside them."""


@pytest.fixture
def consent(session: Any) -> Consent:
    """A living consent with a mark and names, committed."""
    team = make_organization("Équipe")
    manager = make_user(Role.CASE_MANAGER, team)
    case = make_case("CM-LT-2026-00009", team, manager)
    kept = marking.keep(case, Mark(MarkWay.SHEET, Media("image/png", b"signed")), now=NOW)
    made = record_consent(
        case, recipient=make_organization("Clinique"), purpose="referral:MED", categories=["C1", "C2"],
        mark=ConsentMark.THUMBPRINT, witnessed=True, language="fr", form_code="F15_consent_referral",
        text_hash="0" * 64, valid_until=NOW.date() + timedelta(days=90), names={"witness": "Awa"}, given_age=27,
        actor=manager, now=NOW, **kept,
    )  # fmt: skip
    add_decision(case, made.recipient, manager, now=NOW)
    session.commit()
    return made


def refused(change: Any) -> bool:
    """Whether a change is refused; nothing of it stays either way."""
    try:
        change()
        db.session.flush()
    except WrittenOnce:
        return True
    finally:
        db.session.rollback()
    return False


def test_nothing_that_was_agreed_is_ever_written_again(consent: Consent) -> None:
    others = {"case_id": consent.id, "recipient_id": consent.id, "collector_id": consent.id, "mark_file_id": consent.id}
    life = {"id", "state", "ended_at"}
    assert {*CHANGES, *others} == {column.key for column in Consent.__table__.columns} - life
    for name, value in (CHANGES | others).items():
        assert refused(lambda name=name, value=value: setattr(consent, name, value)), name
    assert refused(lambda: db.session.delete(consent))
    for statement in (update(Consent).values(conditional=False), update(Consent), delete(Consent)):
        assert refused(lambda statement=statement: db.session.execute(statement))
    db.session.expire_all()
    assert (consent.categories, consent.text_hash, consent.state) == (["C1", "C2"], "0" * 64, ConsentState.GIVEN)


@pytest.mark.parametrize("state", [ConsentState.WITHDRAWN, ConsentState.EXPIRED, ConsentState.SUPERSEDED])
def test_a_consent_ends_once_and_never_lives_again(consent: Consent, state: ConsentState) -> None:
    assert refused(lambda: setattr(consent, "state", ConsentState.REFUSED))
    consent.state, consent.ended_at = state, NOW
    db.session.commit()
    for other in set(ConsentState) - {state}:
        assert refused(lambda other=other: setattr(consent, "state", other)), other
    for moment in (None, NOW + timedelta(days=1)):
        assert refused(lambda moment=moment: setattr(consent, "ended_at", moment))
    consent.sealed_names = consent.given_age = None
    marking.forget_marks(consent.case_id)
    db.session.commit()
    assert (consent.mark_file_id, consent.mark_hash, consent.given_age) == (None, None, None)


def test_marks_and_decisions_are_never_written_again(consent: Consent) -> None:
    mark, decision = consent.mark_file, db.session.scalars(select(DecisionRecord)).one()
    assert mark is not None
    assert refused(lambda: setattr(mark, "blob", b"other"))
    assert refused(lambda: setattr(decision, "code", "F1"))
    assert refused(lambda: db.session.delete(decision))
    for statement in (
        update(MarkFile).values(size=1), update(AddedMark).values(mark_hash="1" * 64), delete(DecisionRecord),
        update(DecisionRecord).values(code="F1"),
    ):  # fmt: skip
        assert refused(lambda statement=statement: db.session.execute(statement))
