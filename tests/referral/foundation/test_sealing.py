"""Sealing: only what is asked is opened, nothing can be moved or altered unseen, and erased is erased."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.keystore import KeyStore, keystore
from referral.foundation.sealing import (
    Erasure,
    KeyDestroyed,
    KeyMissing,
    OwnerKind,
    SealedRecord,
    Tampered,
)
from sop.vocabulary import Category
from tests.referral.foundation.bare import NOW, files_hold

C2, C6, C8, C12 = Category.C2, Category.C6, Category.C8, Category.C12


@pytest.fixture
def person(app: Flask) -> UUID:
    owner = uuid4()
    sealing.create_keys({owner: OwnerKind.PERSON}, now=NOW)
    return owner


@pytest.fixture
def other(app: Flask) -> UUID:
    owner = uuid4()
    sealing.create_keys({owner: OwnerKind.PERSON}, now=NOW)
    return owner


def rows(owner: UUID) -> dict[Category, SealedRecord]:
    found = db.session.scalars(select(SealedRecord).where(SealedRecord.owner_id == owner))
    return {row.category: row for row in found}


def test_only_the_asked_categories_come_back(person: UUID) -> None:
    sealing.seal_many(person, {C2: {"name": "Awa"}, C6: {"fever": True}, C12: {"place": "Mora"}}, now=NOW)
    assert sealing.read(person, [C2, C12]) == {C2: {"name": "Awa"}, C12: {"place": "Mora"}}
    assert sealing.read(person, [C8]) == {}
    assert sealing.read(person, []) == {}


def test_a_category_that_is_not_asked_is_not_even_opened(person: UUID) -> None:
    """C6 is damaged: reading C2 must not notice, reading C6 must."""
    sealing.seal_many(person, {C2: {"name": "Awa"}, C6: {"fever": True}}, now=NOW)
    rows(person)[C6].blob = b"damaged" * 10
    db.session.commit()
    assert sealing.read(person, [C2]) == {C2: {"name": "Awa"}}
    with pytest.raises(Tampered):
        sealing.read(person, [C6])


def test_sealing_again_replaces_the_category_and_dates_it(person: UUID) -> None:
    sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
    first = rows(person)[C2].blob
    later = NOW.replace(hour=11)
    sealing.seal(person, C2, {"name": "Awa Bello"}, now=later)
    db.session.expire_all()
    assert sealing.read(person, [C2]) == {C2: {"name": "Awa Bello"}}
    assert list(rows(person)) == [C2]
    assert (rows(person)[C2].updated_at, rows(person)[C2].owner_kind) == (later, OwnerKind.PERSON)
    assert rows(person)[C2].blob != first


def test_the_same_value_never_looks_the_same_twice(person: UUID) -> None:
    blobs = set()
    for _ in range(50):
        sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
        db.session.expire_all()
        blobs.add(rows(person)[C2].blob[:12])
    assert len(blobs) == 50


def test_short_values_have_the_same_length(person: UUID) -> None:
    lengths = set()
    for name in ("Al", "Aminatou", "Aminatou Bello Saïdou Oumarou"):
        sealing.seal(person, C2, {"name": name}, now=NOW)
        db.session.expire_all()
        lengths.add(len(rows(person)[C2].blob))
    assert lengths == {12 + 64 + 16}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=12),
        st.none() | st.booleans() | st.integers() | st.text(max_size=90) | st.lists(st.text(max_size=5), max_size=3),
        max_size=6,
    )
)
def test_whatever_is_sealed_comes_back(person: UUID, value: dict) -> None:
    sealing.seal(person, C6, value, now=NOW)
    assert sealing.read(person, [C6])[C6] == value


def swap(first: SealedRecord, second: SealedRecord) -> None:
    first.blob, second.blob = second.blob, first.blob
    db.session.commit()


def test_a_record_moved_to_another_person_is_refused(person: UUID, other: UUID) -> None:
    sealing.seal_all({person: {C2: {"name": "Awa"}}, other: {C2: {"name": "Bouba"}}}, now=NOW)
    swap(rows(person)[C2], rows(other)[C2])
    with pytest.raises(Tampered):
        sealing.read(person, [C2])


def test_a_record_moved_to_another_category_is_refused(person: UUID) -> None:
    sealing.seal_many(person, {C6: {"x": "one"}, C12: {"x": "two"}}, now=NOW)
    swap(rows(person)[C6], rows(person)[C12])
    with pytest.raises(Tampered):
        sealing.read(person, [C12])


@pytest.mark.parametrize("place", [0, 11, 12, 40, -17, -16, -1])
def test_a_flipped_bit_is_refused(person: UUID, place: int) -> None:
    sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
    blob = bytearray(rows(person)[C2].blob)
    blob[place] ^= 1
    rows(person)[C2].blob = bytes(blob)
    db.session.commit()
    with pytest.raises(Tampered):
        sealing.read(person, [C2])


@pytest.mark.parametrize("blob", [b"", b"x", b"x" * 12, b"x" * 27])
def test_a_truncated_record_is_refused(person: UUID, blob: bytes) -> None:
    sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
    rows(person)[C2].blob = blob
    db.session.commit()
    with pytest.raises(Tampered):
        sealing.read(person, [C2])


def test_a_record_that_names_another_key_version_is_refused(person: UUID) -> None:
    sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
    rows(person)[C2].key_version = 2
    db.session.commit()
    with pytest.raises(Tampered):
        sealing.read(person, [C2])


def test_nothing_is_sealed_for_an_owner_without_a_key(app: Flask) -> None:
    with pytest.raises(KeyMissing):
        sealing.seal(uuid4(), C2, {"name": "Awa"}, now=NOW)


def test_an_unknown_category_is_refused(person: UUID) -> None:
    with pytest.raises(ValueError, match="C99"):
        sealing.seal(person, "C99", {"name": "Awa"}, now=NOW)


def test_many_owners_are_read_with_one_select(app: Flask) -> None:
    owners = [uuid4() for _ in range(50)]
    sealing.create_keys(dict.fromkeys(owners, OwnerKind.PERSON), now=NOW)
    sealing.seal_all({owner: {C2: {"n": n}, C6: {"n": -n}} for n, owner in enumerate(owners)}, now=NOW)
    db.session.commit()
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    found = sealing.read_many([*owners, uuid4()], [C2])
    selects = [statement for statement in statements if "sealed_record" in statement]
    assert found == {owner: {C2: {"n": n}} for n, owner in enumerate(owners)}
    assert len(selects) == 1


def test_the_database_files_hold_no_plain_text(person: UUID, app: Flask, tmp_path: Path) -> None:
    secret = "Zzyzx-Kanariewa"
    sealing.seal(person, C2, {"name": secret}, now=NOW)
    blob = sealing.seal_text(person, "note:1", secret)
    db.session.commit()
    folder = Path(app.config["SETTINGS"].database_url.removeprefix("sqlite:///")).parent
    assert files_hold(folder, secret.encode()) == []
    assert files_hold(tmp_path, secret.encode()) == []
    assert secret.encode() not in blob
    dump = repr(db.session.execute(select(SealedRecord.__table__)).all())
    assert "Zzyzx" not in dump


# Free texts and account secrets


def test_a_text_opens_for_its_owner_and_purpose_only(person: UUID, other: UUID) -> None:
    blob = sealing.seal_text(person, "note:1", "elle dort chez sa tante à Ngaoundéré")
    assert sealing.open_text(person, "note:1", blob) == "elle dort chez sa tante à Ngaoundéré"
    for owner, purpose in ((person, "note:2"), (other, "note:1")):
        with pytest.raises(Tampered):
            sealing.open_text(owner, purpose, blob)
    with pytest.raises(Tampered):
        sealing.open_text(person, "note:1", blob[:-1])


@pytest.mark.parametrize("text", ["", "a", "\x80\x00", "x\x00", "é" * 64, "x" * 63, "x" * 10_000])
def test_padding_gives_back_every_text(person: UUID, text: str) -> None:
    assert sealing.open_text(person, "note:1", sealing.seal_text(person, "note:1", text)) == text


def test_several_texts_are_opened_together(person: UUID, other: UUID) -> None:
    sealed = [
        (owner, f"note:{n}", sealing.seal_text(owner, f"note:{n}", f"{n}")) for n, owner in enumerate((person, other))
    ]
    assert sealing.open_texts(sealed) == ["0", "1"]


def test_a_text_cannot_be_passed_off_as_a_record(person: UUID) -> None:
    sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
    rows(person)[C2].blob = sealing.seal_text(person, "C2", '{"name": "Bouba"}')[4:]
    db.session.commit()
    with pytest.raises(Tampered):
        sealing.read(person, [C2])


def test_an_account_secret_opens_for_its_account_only(app: Flask) -> None:
    blob = sealing.seal_secret("totp:1", "JBSWY3DPEHPK3PXP")
    assert sealing.open_secret("totp:1", blob) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(Tampered):
        sealing.open_secret("totp:2", blob)
    assert b"JBSWY3DP" not in blob


def test_an_account_secret_outlives_the_turn_of_the_key_ring(app: Flask) -> None:
    blob = sealing.seal_secret("totp:1", "JBSWY3DPEHPK3PXP")
    url, ring = app.config["SETTINGS"].keystore_url, app.config["SETTINGS"].key_ring
    app.extensions["mnr.keystore"] = KeyStore(url, {**ring, 9: b"\x09" * 32})
    assert sealing.open_secret("totp:1", blob) == "JBSWY3DPEHPK3PXP"
    assert sealing.seal_secret("totp:1", "x")[:4] == (9).to_bytes(4, "big")
    app.extensions["mnr.keystore"] = KeyStore(url, {9: b"\x09" * 32})
    with pytest.raises(Tampered):
        sealing.open_secret("totp:1", blob)


# Erasure


def test_an_erased_owner_has_no_rows_and_no_key(person: UUID, other: UUID) -> None:
    sealing.seal_all({person: {C2: {"name": "Awa"}}, other: {C2: {"name": "Bouba"}}}, now=NOW)
    text = sealing.seal_text(person, "note:1", "x")
    sealing.erase(person, now=NOW)
    db.session.commit()
    assert sealing.read(person, [C2]) == {}
    assert sealing.read(other, [C2]) == {C2: {"name": "Bouba"}}
    for attempt in (
        lambda: sealing.open_text(person, "note:1", text),
        lambda: sealing.seal(person, C2, {"name": "again"}, now=NOW),
    ):
        with pytest.raises(KeyDestroyed):
            attempt()
    assert keystore().destroyed_at(person) == NOW


def test_a_backup_from_before_the_erasure_reveals_nothing_with_todays_keys(person: UUID) -> None:
    sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
    db.session.commit()
    backup = dict(db.session.execute(select(SealedRecord.__table__)).mappings().one())
    sealing.erase(person, now=NOW)
    db.session.commit()
    db.session.execute(SealedRecord.__table__.insert().values(backup))
    db.session.commit()
    with pytest.raises(KeyDestroyed):
        sealing.read(person, [C2])


def test_an_erasure_that_is_taken_back_destroys_nothing(person: UUID) -> None:
    sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
    db.session.commit()
    sealing.erase(person, now=NOW)
    db.session.rollback()
    db.session.commit()
    assert sealing.read(person, [C2]) == {C2: {"name": "Awa"}}
    assert sealing.complete_erasures(NOW) == 0
    assert sealing.read(person, [C2]) == {C2: {"name": "Awa"}}


def test_the_key_goes_at_the_real_commit_not_at_a_savepoint(person: UUID) -> None:
    sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
    db.session.commit()
    with db.session.begin_nested():
        sealing.erase(person, now=NOW)
    assert keystore().destroyed_at(person) is None
    db.session.rollback()
    assert keystore().destroyed_at(person) is None
    assert sealing.read(person, [C2]) == {C2: {"name": "Awa"}}


def test_the_worker_destroys_what_a_crash_left_in_the_ledger(person: UUID) -> None:
    sealing.seal(person, C2, {"name": "Awa"}, now=NOW)
    sealing.erase(person, now=NOW)
    db.session.info.clear()  # the process that should have destroyed the key after its commit is gone
    db.session.commit()
    assert keystore().destroyed_at(person) is None
    later = NOW.replace(hour=12)
    assert sealing.complete_erasures(later) == 1
    assert keystore().destroyed_at(person) == later
    assert db.session.get(Erasure, person).done_at == later
    assert sealing.complete_erasures(later) == 0


def test_erasing_twice_changes_nothing(person: UUID) -> None:
    for _ in range(2):
        sealing.erase(person, now=NOW)
        db.session.commit()
    assert [row.owner_id for row in db.session.scalars(select(Erasure))] == [person]


def test_the_key_store_can_lie_on_the_same_kind_of_server_as_the_database(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    stores = [KeyStore(settings.database_url, settings.key_ring) for _ in range(3)]
    owner = uuid4()
    stores[0].create({owner: OwnerKind.CASE}, now=NOW)
    assert stores[1].key(owner).kind is OwnerKind.CASE
    stores[1].destroy([owner], now=NOW)
    with pytest.raises(KeyDestroyed):
        stores[2].key(owner)
    for store in stores:
        store.engine.dispose()
