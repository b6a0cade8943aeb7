"""A database from before an erasure is put back: today's key store reveals nobody, and the erasure is replayed."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from referral.cases.actions import steps
from referral.cases.models import Case, CaseNote
from referral.cases.rules import CaseState
from referral.extensions import db
from referral.foundation import clock, sealing
from referral.foundation.audit import AuditLine
from referral.foundation.keystore import KeyDestroyed, SealError
from referral.foundation.sealing import Erasure, SealedRecord
from referral.foundation.searching import SearchLink, SearchOwner, SearchSketch, SearchToken
from referral.foundation.tables import Base
from referral.partners.models import User
from referral.people.actions import add_person
from referral.people.models import Person
from referral.people.queries import candidates
from referral.rights.actions import asking, erasing, holding
from referral.rights.handing import DocumentKind, Holder
from referral.rights.holding import HoldReason
from referral.rights.models import HandedOut, OwnFileLink, RightsRequest
from referral.rights.readers import IdentityCheck, Reader
from referral.rights.rules import Requester, RequestKind
from referral.statistics import queries as statistics
from referral.statistics.quarters import Quarter
from sop.vocabulary import Category, Need
from tests.builders import WORDS, make_planned_case
from tests.conftest import DATABASE, NOW, close, make_app
from tests.referral.rights.conftest import Office

LATER = NOW + timedelta(days=40)
PLANTED = ("Ngo Mbock", "Solange", "12 34 56", "Agadez", "MOMO 699", "A0123456", "Kribi", "Née en avril")
RECORDED = PLANTED[:6]
SEARCH = (SearchToken, SearchSketch, SearchLink, SearchOwner)
pytestmark = pytest.mark.skipif(DATABASE != "sqlite", reason="puts back a copy of the database's file")


class Restored:
    """An application whose database is a copy from before the erasure, with the key store of today."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.file = Path(app.config["SETTINGS"].database_url.removeprefix("sqlite:///"))
        self.copy = self.file.with_suffix(".before")
        with app.app_context():
            self._fill()
            copy(self.file, self.copy)
            whole = "\n".join(opened())
            self.readable = [word for word in RECORDED if word in whole]
            self.before = statistics.count(Quarter(2026, 4), clock.zone())
            erasing.erase_file(db.session.get_one(Case, self.case_id), actor=None, now=LATER, cause="REQUEST")
            db.session.commit()
            sealing.complete_erasures(LATER)
            db.session.remove()

    def put_back(self) -> None:
        """The copy takes the place of the database."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        copy(self.copy, self.file)

    def _fill(self) -> None:
        office = Office()
        case = office.case
        case.person.birth_year = 1999
        steps.write_note(case, "N08", None, "Elle veut aller à Kribi", actor=office.manager, now=NOW)
        asking.ask(
            case, RequestKind.CORRECTION, requester=Requester.PERSON, received_on=NOW.date(), words="Née en avril",
            actor=office.manager, now=NOW,
        )  # fmt: skip
        asking.make_link(case, "fr", Reader(Requester.PERSON, IdentityCheck.KNOWN), actor=office.manager, now=NOW)
        office.close()
        db.session.commit()
        self.case_id, self.person_id = case.id, case.person_id

    def command(self, *options: str) -> dict[str, Any]:
        done = self.app.test_cli_runner().invoke(args=["privacy", "replay", "--json", *options])
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return found


def copy(source: Path, target: Path) -> None:
    """Through the database's own API, as docs/operations.md asks for."""
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


@pytest.fixture(scope="module")
def erased_since(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restored]:
    """The backup is made, then the file is erased; once a module."""
    app = make_app(None, tmp_path_factory.mktemp("restored"), "restored")
    yield Restored(app)
    close(app)


@pytest.fixture
def restored(erased_since: Restored) -> Iterator[Restored]:
    """The backup is put back."""
    erased_since.put_back()
    with erased_since.app.app_context():
        yield erased_since
        db.session.remove()


def spellings(word: str) -> Iterator[bytes]:
    """A planted word as somebody would look for it in a file."""
    for text in (word, word.upper(), word.lower()):
        yield from (text.encode(), text.encode("utf-16-le"), json.dumps(text)[1:-1].encode())
        yield base64.b64encode(text.encode())[:-4]


def read_everything() -> Iterator[str]:
    """Each value of each row of each table, as text, and what can be opened."""
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            yield from (str(value) for value in row)
    yield from opened()


def opened() -> Iterator[str]:
    """Every sealed record that can be opened."""
    for record in db.session.scalars(select(SealedRecord)):
        try:
            yield json.dumps(sealing.open_record(record), ensure_ascii=False)
        except SealError:
            continue


def test_an_older_database_reveals_nobody_with_the_key_store_of_today(restored: Restored) -> None:
    assert db.session.get_one(Case, restored.case_id).erased_at is None, "it does not know of the erasure"
    assert db.session.scalar(select(func.count()).select_from(SearchToken)), "the tokens came back"
    assert restored.readable == [*RECORDED], "before the erasure this test can read them"
    raw, everything = restored.file.read_bytes(), "\n".join(read_everything()).lower()
    for word in PLANTED:
        assert [one for one in spellings(word) if one in raw] == [], word
        assert word.lower() not in everything, word
    for record in db.session.scalars(select(SealedRecord)):
        with pytest.raises(KeyDestroyed):
            sealing.open_record(record)
    note = db.session.scalars(select(CaseNote)).one()
    with pytest.raises(KeyDestroyed):
        sealing.open_text(restored.case_id, steps.note_purpose(note), note.sealed)


def test_replaying_takes_away_tokens_and_exact_facts_and_leaves_the_figures(restored: Restored) -> None:
    done = restored.command()
    assert {name: done[name] for name in ("cases", "open_cases", "persons", "searches")} == {
        "cases": 1, "open_cases": 0, "persons": 1, "searches": 1,
    }  # fmt: skip
    for table in (*SEARCH, SealedRecord, CaseNote):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0, table.__tablename__
    case, person = db.session.get_one(Case, restored.case_id), db.session.get_one(Person, restored.person_id)
    assert (person.birth_year, person.erased_at, case.erased_at) == (None, LATER, LATER)
    assert "age" not in case.facts
    assert case.facts["age_group"] == "25-59"
    assert candidates("Ngo Mbock Solange") == []
    assert {restored.case_id, restored.person_id} <= set(db.session.scalars(select(Erasure.owner_id)))
    assert [row.sealed for row in db.session.scalars(select(RightsRequest))] == [None]
    assert [link.closed_at for link in db.session.scalars(select(OwnFileLink))] == [LATER]
    assert statistics.count(Quarter(2026, 4), clock.zone()) == restored.before
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "case.erase")).all()
    assert [(line.case_id, line.code) for line in lines] == [(restored.case_id, "REPLAY")]


def test_replaying_twice_changes_nothing(restored: Restored) -> None:
    restored.command()
    lines = db.session.scalar(select(func.count()).select_from(AuditLine))
    assert set(restored.command().values()) == {0}
    assert db.session.scalar(select(func.count()).select_from(AuditLine)) == lines


def test_a_case_that_was_open_in_the_backup_is_closed_and_said(restored: Restored) -> None:
    case = db.session.get_one(Case, restored.case_id)
    case.state, case.closed_at, case.closure_reason, case.next_due_at = CaseState.ACTIVE, None, None, NOW
    db.session.commit()
    assert restored.command()["open_cases"] == 1
    db.session.expire_all()
    assert (case.state, case.closed_at, case.next_due_at) == (CaseState.CLOSED, LATER, None)


def test_whoever_was_not_erased_stays_as_they_are(restored: Restored) -> None:
    other = add_person({}, {Category.C2: {"family_name": "Atangana", "given_names": "Rose"}}, birth_year=2001, now=NOW)
    db.session.commit()
    other_id = other.id
    restored.command()
    assert db.session.get_one(Person, other_id).birth_year == 2001
    assert [one.person_id for one in candidates("Atangana Rose")] == [other_id]


def test_keys_that_came_back_with_an_old_key_store_go_by_the_ledger_that_was_set_aside(
    restored: Restored, tmp_path: Path
) -> None:
    back = add_person({}, {Category.C2: {"family_name": "Atangana"}}, birth_year=2001, now=NOW)
    db.session.commit()
    back_id, aside = back.id, tmp_path / "aside.sqlite"
    copy(restored.file, aside)
    with sqlite3.connect(aside) as connection:
        row = (back_id.hex, "person", "2026-12-01 00:00:00.000000")
        connection.execute("INSERT INTO erasure (owner_id, owner_kind, asked_at) VALUES (?, ?, ?)", row)
    connection.close()
    assert restored.command("--ledger", f"sqlite:///{aside}")["listed"] == 1
    assert db.session.get_one(Person, back_id).birth_year is None
    with pytest.raises(KeyDestroyed):
        sealing.kind_of(back_id)
    refused = restored.app.test_cli_runner().invoke(args=["privacy", "replay", "--ledger", "sqlite:////nowhere/x"])
    assert refused.exit_code == 1
    assert "cannot be read" in refused.output


def test_what_had_left_the_files_of_a_ledger_that_was_set_aside_is_taken_over_but_not_of_a_held_one(
    restored: Restored, tmp_path: Path
) -> None:
    manager = db.session.scalars(select(User).where(User.username == "gestionnaire")).one()
    going, held = (make_planned_case(manager, Need.MED, sealed=WORDS) for _ in range(2))
    for case in (going, held):
        case.state, case.closed_at = CaseState.CLOSED, NOW
    db.session.commit()
    aside, day = tmp_path / "aside.sqlite", NOW.date()
    copy(restored.file, aside)
    rows = [
        HandedOut(owner_id=case.id, on=day, kind=DocumentKind.SLIP, holder=Holder.SERVICE, organization=place, times=2)
        for case, place in ((going, "Hôpital"), (held, "Lycée"))
    ]
    engine = create_engine(f"sqlite:///{aside}")
    with Session(engine) as other:
        other.add_all(rows)
        other.add_all(sealing.Erasure(owner_id=case.id, owner_kind="case", asked_at=NOW) for case in (going, held))
        other.commit()
    engine.dispose()
    hold = holding.place(
        held, HoldReason.COURT, basis="Ordonnance 12", words="Le juge décide en mars.", until=None,
        review_on=day + timedelta(days=60), silent=True, actor=manager, now=NOW,
    )  # fmt: skip
    db.session.commit()

    def taken() -> set[tuple[UUID, str, int]]:
        rows = db.session.scalars(select(HandedOut).where(HandedOut.owner_id.in_([going.id, held.id])))
        return {(row.owner_id, row.organization, row.times) for row in rows}

    for _ in range(2):
        done = restored.command("--ledger", f"sqlite:///{aside}")
        assert (done["listed"], done["held"]) == (1, [held.code])
        assert taken() == {(going.id, "Hôpital", 2)}, "once, however often it is asked"
    db.session.expire_all()
    assert (going.erased_at is None, held.erased_at) == (False, None)
    assert sealing.read(held.person_id, [Category.C2]) != {}
    db.session.refresh(hold)
    holding.lift(hold, "Jugé.", actor=manager, now=LATER)
    db.session.commit()
    assert restored.command("--ledger", f"sqlite:///{aside}")["held"] == []
    assert taken() == {(going.id, "Hôpital", 2), (held.id, "Lycée", 2)}
