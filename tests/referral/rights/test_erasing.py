"""Erasure: no copy of the database tells who it was, tokens are gone, figures stay, whoever received a part is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, inspect, select

from referral.cases.models import CaseNote
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.keystore import KeyDestroyed
from referral.foundation.outbox import OutboxMessage
from referral.foundation.sealing import Erasure, SealedRecord
from referral.foundation.searching import SearchOwner, SearchSketch, SearchToken
from referral.people.queries import candidates
from referral.rights.actions import asking, erasing
from referral.rights.rules import Requester, RequestKind, RequestState
from referral.statistics import queries as statistics
from referral.statistics.quarters import Quarter
from sop.vocabulary import Category
from tests.conftest import NOW
from tests.referral.rights.conftest import Office

LATER = NOW + timedelta(days=40)


def copies(*owners: Any) -> list[Any]:
    """The sealed rows as an older backup holds them."""
    rows = db.session.scalars(select(SealedRecord).where(SealedRecord.owner_id.in_(owners))).all()
    names = [column.key for column in inspect(SealedRecord).columns]
    return [type("Row", (), {name: getattr(row, name) for name in names}) for row in rows]


def erased(office: Office) -> None:
    office.close()
    db.session.flush()
    erasing.erase_file(office.case, actor=office.officer, now=LATER, cause="REQUEST")
    db.session.commit()


def test_with_todays_key_store_no_older_copy_of_the_database_reveals_the_person(office: Office) -> None:
    case = office.case
    kept = copies(case.person_id, case.id)
    note = sealing.seal_text(case.id, "note:x", "Solange est partie à Kribi")
    assert {row.category for row in kept} >= {Category.C2, Category.C6, Category.C15}
    assert sealing.open_record(kept[0])
    erased(office)
    sealing.complete_erasures(LATER)
    for row in kept:
        with pytest.raises(KeyDestroyed):
            sealing.open_record(row)
    with pytest.raises(KeyDestroyed):
        sealing.open_text(case.id, "note:x", note)
    assert copies(case.person_id, case.id) == []


def test_the_tokens_are_gone_and_the_name_finds_nobody(office: Office) -> None:
    assert [one.person_id for one in candidates("Ngo Mbock Solange")] == [office.case.person_id]
    erased(office)
    assert candidates("Ngo Mbock Solange") == []
    for table in (SearchToken, SearchSketch, SearchOwner):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0, table.__tablename__


def test_the_statistics_do_not_change(office: Office, app: Any) -> None:
    from referral.foundation import clock

    quarter = Quarter(2026, 4)
    before = statistics.count(quarter, clock.zone())
    office.close()
    closed = statistics.count(quarter, clock.zone())
    erased(office)
    assert statistics.count(quarter, clock.zone()) == closed
    assert closed.persons == before.persons


def test_the_ledger_names_every_owner_so_that_a_restore_can_replay_it(office: Office) -> None:
    erased(office)
    listed = set(db.session.scalars(select(Erasure.owner_id)))
    assert {office.case.id, office.case.person_id} <= listed


def test_notes_and_typed_words_leave_no_row(office: Office) -> None:
    asking.ask(
        office.case, RequestKind.CORRECTION, requester=Requester.PERSON, received_on=NOW.date(), words="Mon nom",
        actor=office.manager, now=NOW,
    )  # fmt: skip
    db.session.commit()
    erased(office)
    assert db.session.scalar(select(func.count()).select_from(CaseNote)) == 0
    from referral.rights.models import RightsRequest

    assert [row.sealed for row in db.session.scalars(select(RightsRequest))] == [None]


def test_whoever_received_a_part_is_told_once_and_by_code_only(office: Office) -> None:
    erased(office)
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "file_erased")).all()
    assert [(one.recipient_id, one.parameters) for one in told] == [(office.nurse.id, {"case_code": office.case.code})]


def test_an_open_case_is_not_erased(office: Office) -> None:
    with pytest.raises(RuleViolation) as refused:
        erasing.erase_file(office.case, actor=office.officer, now=LATER, cause="REQUEST")
    assert refused.value.message.code == "not_closed"


def test_a_legal_hold_keeps_the_file_and_holds_the_request(office: Office) -> None:
    office.close()
    office.case.legal_hold = True
    one = asking.ask(
        office.case, RequestKind.ERASURE, requester=Requester.PERSON, received_on=NOW.date(), words="",
        actor=office.manager, now=NOW,
    )  # fmt: skip
    assert one.state is RequestState.HELD
    with pytest.raises(RuleViolation) as refused:
        erasing.erase_file(office.case, actor=office.officer, now=LATER, cause="REQUEST")
    assert refused.value.message.code == "T2"


def test_an_exact_age_goes_and_its_group_stays(office: Office) -> None:
    assert office.case.facts["age"] == 27
    erased(office)
    assert "age" not in office.case.facts
    assert office.case.facts["age_group"] == "25-59"


def test_what_names_a_person_stays_while_they_have_another_file(office: Office) -> None:
    from tests.builders import make_case

    second = make_case(office.manager)
    second.person_id = office.case.person_id
    db.session.flush()
    erased(office)
    assert sealing.read(office.case.person_id, [Category.C2]) != {}
    with pytest.raises(KeyDestroyed):
        sealing.read(office.case.id, [Category.C5]) or sealing.kind_of(office.case.id)
