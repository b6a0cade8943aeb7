"""The audit trail: codes only, append-only, and whatever is done to it behind our back is found and located."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, event, select, update

from referral.extensions import db
from referral.foundation import audit
from referral.foundation.audit import AppendOnly, AuditLine
from referral.foundation.codes import NotACode
from referral.foundation.sealing import SealedRecord
from referral.foundation.verification import Break
from tests.referral.foundation.bare import NOW, at_the_same_moment, raw

ACTOR = SimpleNamespace(id=UUID(int=7), role="case_manager")
CASE = UUID(int=42)


def write(count: int) -> list[int]:
    """`count` lines in one transaction; their ids."""
    for turn in range(count):
        audit.record("case.read", actor=ACTOR, now=NOW, case_id=CASE, categories=["C1"], turn=turn)
    db.session.flush()
    newest = db.session.scalars(select(AuditLine.id).order_by(AuditLine.id.desc()).limit(count)).all()
    db.session.commit()
    return newest[::-1]


@pytest.fixture
def trail(app: Flask) -> list[int]:
    """Twelve sealed lines in three batches of four; the ids of the lines."""
    ids: list[int] = []
    for batch in range(3):
        ids += write(4)
        assert audit.seal_batch(NOW + timedelta(minutes=batch)) == 4
    assert audit.verify(NOW).ok
    return ids


def found() -> tuple[Break, int]:
    broken = audit.verify(NOW).broken
    assert broken is not None
    return broken.code, broken.number


def test_a_line_says_who_did_what_to_whom_in_codes(app: Flask) -> None:
    audit.record(
        "referral.send",
        actor=ACTOR,
        now=NOW,
        case_id=CASE,
        subject=("referral", UUID(int=9)),
        code="A",
        shown={"C2", "C1"},
    )
    db.session.commit()
    line = db.session.scalars(select(AuditLine)).one()
    assert (line.at, line.actor_id, line.actor_role) == (NOW, ACTOR.id, "case_manager")
    assert (line.action, line.subject_kind, line.subject_id) == ("referral.send", "referral", str(UUID(int=9)))
    assert (line.case_id, line.code, line.details) == (CASE, "A", {"shown": ["C1", "C2"]})
    assert line.number is None


@pytest.mark.parametrize("value", ["Awa Bello", "née", "a\nb", "<b>", 1.5, b"x", {"a": 1}, object(), "x" * 121])
def test_what_could_be_a_name_or_a_sentence_is_refused(app: Flask, value: Any) -> None:
    with pytest.raises(NotACode):
        audit.record("case.read", actor=ACTOR, now=NOW, detail=value)
    with pytest.raises(NotACode):
        audit.record("case.read", actor=ACTOR, now=NOW, detail=[value])


@pytest.mark.parametrize(
    "place", [{"action": "a" * 61}, {"code": "Z" * 61}, {"subject": ("k" * 41, 1)}, {"subject": ("k", "Awa Bello")}]
)
def test_a_code_that_does_not_fit_its_place_is_refused(app: Flask, place: dict[str, Any]) -> None:
    with pytest.raises(NotACode):
        audit.record(**({"action": "case.read", "actor": ACTOR, "now": NOW} | place))


def test_a_subject_may_be_a_row_a_pair_or_an_id(app: Flask) -> None:
    row = SimpleNamespace(__tablename__="referral", id=UUID(int=5))
    lines = [
        audit.record("x", actor=None, now=NOW, subject=subject, code=None)
        for subject in (row, ("slip", 7), UUID(int=5), None)
    ]
    assert [(line.subject_kind, line.subject_id) for line in lines] == [
        ("referral", str(UUID(int=5))),
        ("slip", "7"),
        ("", str(UUID(int=5))),
        ("", ""),
    ]
    assert {line.code for line in lines} == {""}


def test_a_new_row_as_subject_is_written_first_so_that_it_has_an_id(app: Flask) -> None:
    row = SealedRecord(owner_id=CASE, owner_kind="case", category="C1", blob=b"", key_version=1, updated_at=NOW)
    db.session.add(row)
    line = audit.record("x", actor=None, now=NOW, subject=row)
    assert (line.subject_kind, line.subject_id) == ("sealed_record", str(row.id))
    assert row.id is not None


def test_a_line_of_a_transaction_taken_back_is_not_there(app: Flask) -> None:
    audit.record("case.read", actor=ACTOR, now=NOW)
    db.session.rollback()
    assert audit.seal_batch(NOW) == 0
    assert audit.verify(NOW).lines == 0


def test_lines_are_numbered_without_gaps_across_batches(trail: list[int]) -> None:
    numbers = db.session.execute(
        select(AuditLine.id, AuditLine.number, AuditLine.batch_id).order_by(AuditLine.id)
    ).all()
    assert [row.number for row in numbers] == list(range(1, 13))
    assert [row.batch_id for row in numbers] == [1] * 4 + [2] * 4 + [3] * 4


def test_the_report_counts_and_dates_the_head(trail: list[int]) -> None:
    write(2)
    report = audit.verify(NOW + timedelta(minutes=7))
    assert (report.ok, report.sealed, report.unsealed, report.batches) == (True, 12, 2, 3)
    assert report.head_at == NOW + timedelta(minutes=2)
    assert report.head_age == timedelta(minutes=5)
    assert report.head == audit.head()
    assert report.head.startswith("12-")
    assert report.to_json()["head_age_seconds"] == 300


def test_an_empty_trail_is_whole_and_has_a_head_to_print(app: Flask) -> None:
    report = audit.verify(NOW)
    assert (report.ok, report.lines, report.head, report.head_age) == (True, 0, "0-0000000000000000", None)


def test_sealing_in_several_rounds_chains_them_all(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 3)
    write(7)
    assert audit.seal_batch(NOW) == 7
    report = audit.verify(NOW)
    assert (report.ok, report.sealed, report.batches) == (True, 7, 3)


def test_the_lines_are_append_only_for_our_own_code(trail: list[int]) -> None:
    line = db.session.get(AuditLine, trail[3])
    line.action = "case.close"
    with pytest.raises(AppendOnly):
        db.session.flush()
    db.session.rollback()
    db.session.delete(db.session.get(AuditLine, trail[3]))
    with pytest.raises(AppendOnly):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(AppendOnly):
        db.session.execute(update(AuditLine).values(action="x"))
    with pytest.raises(AppendOnly):
        db.session.execute(delete(AuditLine))
    assert audit.verify(NOW).ok


def test_lines_written_while_others_seal_and_verify_are_each_sealed_once(app: Flask) -> None:
    def write_some() -> None:
        for _ in range(10):
            write(2)

    def seal_some() -> int:
        return sum(audit.seal_batch(NOW) for _ in range(6))

    def verify_some() -> list[str]:
        return [audit.verify(NOW).words()[-1] for _ in range(12)]

    results = at_the_same_moment(app, [verify_some, write_some, write_some, seal_some, seal_some])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert set(results[0]) == {"the trail is whole"}
    audit.seal_batch(NOW)
    db.session.commit()
    numbers = db.session.scalars(select(AuditLine.number).order_by(AuditLine.number)).all()
    assert numbers == list(range(1, 41))
    assert audit.verify(NOW).ok


def test_batches_sealed_between_two_statements_of_a_check_are_no_break(app: Flask) -> None:
    """On PostgreSQL the lines are read later than the batches and show what others sealed in between."""
    write(2)
    audit.seal_batch(NOW)
    checking, sealed = threading.get_ident(), []

    def seal_two() -> None:
        for _ in range(2):
            write(1)
            sealed.append(audit.seal_batch(NOW))

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == checking and "number IS NOT NULL ORDER BY" in statement:
            at_the_same_moment(app, [seal_two])

    event.listen(db.engine, "before_cursor_execute", before)
    try:
        report = audit.verify(NOW)
    finally:
        event.remove(db.engine, "before_cursor_execute", before)
    assert sealed == [1, 1], "they were sealed, and it did not have to look twice"
    assert report.words()[-1] == "the trail is whole"


def test_no_batch_is_there_before_the_one_before_it_is_anchored(app: Flask) -> None:
    """A sealer may die or be slow between its commit and its anchor: the next one does it first."""
    write(1)
    audit.seal_batch(NOW)
    anchor = audit.anchor_path().read_text()
    write(1)
    audit.seal_batch(NOW)
    audit.anchor_path().write_text(anchor)  # it had committed its batch, and no more
    write(1)
    sealing, states = threading.get_ident(), []

    def committed(_session: Any) -> None:
        if threading.get_ident() == sealing and not states:
            states.extend(at_the_same_moment(app, [lambda: audit.verify(NOW)]))

    event.listen(db.session, "after_commit", committed)
    try:
        assert audit.seal_batch(NOW) == 1
    finally:
        event.remove(db.session, "after_commit", committed)
    assert [(state.words()[-1], state.batches) for state in states] == [("the trail is whole", 3)]


def test_what_waits_is_sealed_although_the_anchor_cannot_be_written(app: Flask) -> None:
    write(1)
    audit.seal_batch(NOW)
    kept = audit.anchor_path().read_text()
    audit.anchor_path().unlink()
    audit.anchor_path().mkdir()
    for _ in range(2):
        write(1)
        with pytest.raises(IsADirectoryError):
            audit.seal_batch(NOW)
    audit.anchor_path().rmdir()
    audit.anchor_path().write_text(kept)
    assert found() == (Break.ANCHOR_MISSING, 0)
    write(1)
    audit.seal_batch(NOW)
    report = audit.verify(NOW)
    assert (report.ok, report.sealed, report.batches) == (True, 4, 4)


# Twelve ways to falsify it. Each is done with plain SQL on real rows, and the first broken line must be named.


def test_1_a_flipped_action_is_found(app: Flask, trail: list[int]) -> None:
    raw(app, "UPDATE audit_line SET action = 'case.close' WHERE id = :id", id=trail[5])
    assert found() == (Break.CONTENT, 6)
    words = audit.verify(NOW).words()
    assert words[-1] == "BROKEN: line 6: the content of the line was changed after it was written"


def test_2_a_changed_actor_is_found(app: Flask, trail: list[int]) -> None:
    other = uuid4()
    db.session.connection().execute(
        AuditLine.__table__.update().where(AuditLine.__table__.c.id == trail[8]).values(actor_id=other)
    )
    db.session.commit()
    assert found() == (Break.CONTENT, 9)


def test_3_a_moved_clock_is_found(app: Flask, trail: list[int]) -> None:
    table = AuditLine.__table__
    db.session.connection().execute(table.update().where(table.c.id == trail[0]).values(at=NOW - timedelta(days=1)))
    db.session.commit()
    assert found() == (Break.CONTENT, 1)


def test_4_changed_details_are_found(app: Flask, trail: list[int]) -> None:
    raw(app, "UPDATE audit_line SET details = :details WHERE id = :id", id=trail[6], details='{"turn": 99}')
    assert found() == (Break.CONTENT, 7)


def test_5_a_deleted_line_is_found(app: Flask, trail: list[int]) -> None:
    raw(app, "DELETE FROM audit_line WHERE id = :id", id=trail[4])
    assert found() == (Break.MISSING, 5)


def test_6_a_deleted_line_with_the_rest_renumbered_is_found(app: Flask, trail: list[int]) -> None:
    raw(app, "DELETE FROM audit_line WHERE id = :id", id=trail[4])
    for number in range(6, 13):
        raw(app, "UPDATE audit_line SET number = number - 1 WHERE number = :number", number=number)
    assert found() == (Break.CHAIN, 5)


def test_7_an_inserted_copy_of_a_true_line_is_found(app: Flask, trail: list[int]) -> None:
    for number in range(12, 6, -1):
        raw(app, "UPDATE audit_line SET number = number + 1 WHERE number = :number", number=number)
    table = AuditLine.__table__
    copy = dict(db.session.execute(select(table).where(table.c.number == 6)).mappings().one())
    db.session.connection().execute(table.insert().values(copy | {"id": 99_999, "number": 7}))
    db.session.commit()
    assert found() == (Break.CHAIN, 7)


def test_8_two_swapped_lines_are_found(app: Flask, trail: list[int]) -> None:
    raw(app, "UPDATE audit_line SET number = 999 WHERE id = :id", id=trail[2])
    raw(app, "UPDATE audit_line SET number = 3 WHERE id = :id", id=trail[9])
    raw(app, "UPDATE audit_line SET number = 10 WHERE id = :id", id=trail[2])
    assert found() == (Break.CHAIN, 3)


def test_9_a_line_renumbered_to_the_end_is_found(app: Flask, trail: list[int]) -> None:
    raw(app, "UPDATE audit_line SET number = 13 WHERE id = :id", id=trail[7])
    assert found() == (Break.MISSING, 8)


def test_10_a_cut_tail_is_found_through_the_anchor(app: Flask, trail: list[int]) -> None:
    raw(app, "DELETE FROM audit_line WHERE number > 8")
    raw(app, "DELETE FROM audit_batch WHERE id = 3")
    assert found() == (Break.TAIL, 9)


def test_11_a_chain_rebuilt_with_our_own_key_is_found_through_the_anchor(app: Flask, trail: list[int]) -> None:
    """The worst insider: holds the audit key and the database, drops line 7 and seals everything anew."""
    anchor = audit.anchor_path().read_text()
    raw(app, "DELETE FROM audit_line WHERE number = 7")
    raw(app, "UPDATE audit_line SET number = NULL, batch_id = NULL, chain = NULL WHERE number > 4")
    raw(app, "DELETE FROM audit_batch WHERE id > 1")
    audit.seal_batch(NOW)
    audit.anchor_path().write_text(anchor)
    code, number = found()
    assert (code, number) == (Break.HEAD, 8)


def test_12_an_unsealed_line_put_back_after_the_seal_was_stripped_is_found(app: Flask, trail: list[int]) -> None:
    raw(app, "UPDATE audit_line SET number = NULL, batch_id = NULL, chain = NULL WHERE id = :id", id=trail[10])
    assert found() == (Break.MISSING, 11)


def test_13_a_batch_with_a_changed_date_is_found(app: Flask, trail: list[int]) -> None:
    raw(app, "UPDATE audit_batch SET sealed_at = '2026-03-01 00:00:00' WHERE id = 2")
    assert found() == (Break.BATCH, 5)


def test_14_a_line_changed_before_it_was_sealed_is_found(app: Flask, trail: list[int]) -> None:
    late = write(1)[0]
    raw(app, "UPDATE audit_line SET code = 'Z' WHERE id = :id", id=late)
    broken = audit.verify(NOW).broken
    assert (broken.code, broken.number, broken.line_id) == (Break.CONTENT, 0, late)
    audit.seal_batch(NOW)
    assert found() == (Break.CONTENT, 13)


def test_15_a_line_inserted_without_our_key_is_found(app: Flask, trail: list[int]) -> None:
    table = AuditLine.__table__
    row = dict(db.session.execute(select(table).where(table.c.id == trail[0])).mappings().one())
    row |= {"id": 99_999, "number": None, "batch_id": None, "chain": None, "actor_id": uuid4(), "mac": b"\x00" * 32}
    db.session.connection().execute(table.insert().values(row))
    db.session.commit()
    audit.seal_batch(NOW)
    assert found() == (Break.CONTENT, 13)


def test_16_tail_and_anchor_cut_alike_are_found_through_a_printed_head(app: Flask, trail: list[int]) -> None:
    printed = audit.head()
    raw(app, "DELETE FROM audit_line WHERE number > 8")
    raw(app, "DELETE FROM audit_batch WHERE id = 3")
    lines = audit.anchor_path().read_text().splitlines(keepends=True)
    audit.anchor_path().write_text("".join(lines[:2]))
    assert audit.verify(NOW).ok, "nothing inside can know"
    broken = audit.verify(NOW, heads=[printed]).broken
    assert (broken.code, broken.number) == (Break.TAIL, 9)


def test_a_printed_head_of_this_trail_is_confirmed_and_an_invented_one_is_not(trail: list[int]) -> None:
    assert audit.verify(NOW, heads=[audit.head()]).ok
    broken = audit.verify(NOW, heads=["12-0123456789abcdef"]).broken
    assert (broken.code, broken.number) == (Break.HEAD, 12)


def test_a_vanished_anchor_is_reported_and_not_written_anew_from_the_database(trail: list[int]) -> None:
    audit.anchor_path().unlink()
    assert found() == (Break.ANCHOR_MISSING, 0)
    assert audit.verify(NOW).words()[-1].startswith("BROKEN: the file that keeps the heads")
    write(1)
    audit.seal_batch(NOW)
    assert found() == (Break.ANCHOR_MISSING, 0)


def test_an_anchor_that_a_crash_left_behind_is_completed_by_the_next_seal(trail: list[int]) -> None:
    lines = audit.anchor_path().read_text().splitlines(keepends=True)
    audit.anchor_path().write_text("".join(lines[:2]))
    assert audit.verify(NOW).ok
    write(1)
    audit.seal_batch(NOW)
    entries = [json.loads(line) for line in audit.anchor_path().read_text().splitlines()]
    assert [entry["batch"] for entry in entries] == [1, 2, 3, 4]
    assert audit.verify(NOW).ok


LINES = 40
Row = dict[str, Any]


def _flip(rows: list[Row], at: int) -> int:
    rows[at]["action"] += "x"
    return at + 1


def _who(rows: list[Row], at: int) -> int:
    rows[at]["actor_id"] = uuid4()
    return at + 1


def _when(rows: list[Row], at: int) -> int:
    rows[at]["at"] += timedelta(seconds=1)
    return at + 1


def _case(rows: list[Row], at: int) -> int:
    rows[at]["case_id"] = None
    return at + 1


def _details(rows: list[Row], at: int) -> int:
    rows[at]["details"] = {}
    return at + 1


def _mac(rows: list[Row], at: int) -> int:
    rows[at]["mac"] = bytes(32)
    return at + 1


def _chain(rows: list[Row], at: int) -> int:
    rows[at]["chain"] = bytes(32)
    return at + 1


def _delete(rows: list[Row], at: int) -> int:
    del rows[at]
    return at + 1


def _cut(rows: list[Row], at: int) -> int:
    del rows[at:]
    return at + 1


def _swap(rows: list[Row], at: int) -> int:
    other = (at + 7) % LINES
    rows[at]["number"], rows[other]["number"] = rows[other]["number"], rows[at]["number"]
    return min(at, other) + 1


def _insert(rows: list[Row], at: int) -> int:
    for row in rows[at + 1 :]:
        row["number"] += 1
    rows.append({**rows[at], "id": 10**6, "number": at + 2})
    return at + 2


def _renumber(rows: list[Row], at: int) -> int:
    rows[at]["number"] = LINES + 5
    return at + 1


def _unseal(rows: list[Row], at: int) -> int:
    rows[at] |= {"number": None, "batch_id": None, "chain": None}
    return at + 1


@pytest.mark.once
@pytest.mark.parametrize(
    "falsify",
    [_flip, _who, _when, _case, _details, _mac, _chain, _delete, _cut, _swap, _insert, _renumber, _unseal],
    ids=lambda falsify: falsify.__name__,
)
def test_each_kind_of_falsification_is_located_at_every_line(app: Flask, falsify: Any) -> None:
    for _ in range(4):
        write(LINES // 4)
        audit.seal_batch(NOW)
    table = AuditLine.__table__
    true_rows = [dict(row) for row in db.session.execute(select(table).order_by(table.c.number)).mappings()]
    for at in range(LINES):
        rows = [dict(row) for row in true_rows]
        expected = falsify(rows, at)
        db.session.connection().execute(table.delete())
        db.session.connection().execute(table.insert(), rows) if rows else None
        broken = audit.verify(NOW).broken
        assert broken is not None, f"line {at + 1} was not found"
        assert broken.number == expected
        db.session.rollback()
    assert audit.verify(NOW).ok
