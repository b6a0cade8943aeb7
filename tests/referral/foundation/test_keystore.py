"""The key store: keys open only for their owner, vanish when destroyed, and are not served from memory for long."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from referral.foundation.keystore import (
    CACHE_SECONDS,
    KeyDestroyed,
    KeyExists,
    KeyMissing,
    KeyStore,
    OwnerKind,
    Tampered,
    decrypt,
    encrypt,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OLD, NEW = b"\x01" * 32, b"\x02" * 32


class Clock:
    """Seconds that pass when the test says so."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'keys.sqlite'}"


@pytest.fixture
def store(url: str) -> KeyStore:
    return KeyStore(url, {1: OLD, 2: NEW})


def rows(tmp_path: Path) -> list[tuple]:
    connection = sqlite3.connect(tmp_path / "keys.sqlite")
    try:
        return connection.execute("SELECT owner_id, ring_version, wrapped, destroyed_at FROM data_key").fetchall()
    finally:
        connection.close()


def sealed_by(store: KeyStore, owner_id: UUID, plain: bytes) -> bytes:
    return encrypt(store.key(owner_id).cipher, plain, b"here")


def opened_by(store: KeyStore, owner_id: UUID, blob: bytes) -> bytes:
    return decrypt(store.key(owner_id).cipher, blob, b"here")


def test_several_owners_get_different_keys_that_another_process_opens(store: KeyStore, url: str) -> None:
    person, case = uuid4(), uuid4()
    store.create({person: OwnerKind.PERSON, case: OwnerKind.CASE}, now=NOW)
    blob = sealed_by(store, person, b"Awa")
    elsewhere = KeyStore(url, {1: OLD, 2: NEW})
    assert opened_by(elsewhere, person, blob) == b"Awa"
    assert elsewhere.key(case).kind is OwnerKind.CASE
    with pytest.raises(Tampered):
        opened_by(elsewhere, case, blob)


def test_several_owners_are_created_together_or_not_at_all(store: KeyStore) -> None:
    known, new = uuid4(), uuid4()
    store.create({known: OwnerKind.PERSON}, now=NOW)
    with pytest.raises(KeyExists):
        store.create({new: OwnerKind.PERSON, known: OwnerKind.PERSON}, now=NOW)
    with pytest.raises(KeyMissing):
        store.key(new)


def test_the_highest_version_wraps_and_older_ones_still_open(url: str, tmp_path: Path) -> None:
    owner = uuid4()
    before = KeyStore(url, {1: OLD})
    before.create({owner: OwnerKind.PERSON}, now=NOW)
    blob = sealed_by(before, owner, b"Awa")
    after = KeyStore(url, {1: OLD, 2: NEW})
    later = uuid4()
    after.create({later: OwnerKind.PERSON}, now=NOW)
    assert opened_by(after, owner, blob) == b"Awa"
    assert sorted(row[1] for row in rows(tmp_path)) == [1, 2]


def test_a_stolen_key_store_without_the_ring_opens_nothing(store: KeyStore, url: str) -> None:
    owner = uuid4()
    store.create({owner: OwnerKind.PERSON}, now=NOW)
    with pytest.raises(Tampered):
        KeyStore(url, {1: OLD, 2: b"\x09" * 32}).key(owner)
    with pytest.raises(Tampered):
        KeyStore(url, {1: OLD}).key(owner)


def test_a_key_moved_to_another_owner_is_refused(store: KeyStore, url: str, tmp_path: Path) -> None:
    victim, thief = uuid4(), uuid4()
    store.create({victim: OwnerKind.PERSON, thief: OwnerKind.PERSON}, now=NOW)
    connection = sqlite3.connect(tmp_path / "keys.sqlite")
    connection.execute(
        "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE owner_id = ?) WHERE owner_id = ?",
        (victim.hex, thief.hex),
    )
    connection.commit()
    connection.close()
    with pytest.raises(Tampered):
        KeyStore(url, {1: OLD, 2: NEW}).key(thief)


def test_a_destroyed_key_leaves_a_dated_tombstone_and_no_bytes_in_any_file(store: KeyStore, tmp_path: Path) -> None:
    owner, other = uuid4(), uuid4()
    store.create({owner: OwnerKind.PERSON, other: OwnerKind.PERSON}, now=NOW)
    wrapped = {row[0]: row[2] for row in rows(tmp_path)}
    held = [path.name for path in tmp_path.iterdir() if wrapped[owner.hex] in path.read_bytes()]
    assert held, "the check below would find nothing even without destruction"
    store.destroy([owner], now=NOW)
    assert [path.name for path in tmp_path.iterdir() if wrapped[owner.hex] in path.read_bytes()] == []
    assert [path.name for path in tmp_path.iterdir() if wrapped[other.hex] in path.read_bytes()] == ["keys.sqlite"]
    assert store.destroyed_at(owner) == NOW
    assert store.destroyed_at(other) is None
    with pytest.raises(KeyDestroyed):
        store.key(owner)
    with pytest.raises(KeyExists):
        store.create({owner: OwnerKind.PERSON}, now=NOW)


def test_destroying_twice_keeps_the_first_date(store: KeyStore) -> None:
    owner = uuid4()
    store.create({owner: OwnerKind.PERSON}, now=NOW)
    store.destroy([owner], now=NOW)
    store.destroy([owner], now=NOW.replace(year=2027))
    assert store.destroyed_at(owner) == NOW


def test_another_worker_serves_a_destroyed_key_for_thirty_seconds_at_most(url: str) -> None:
    assert CACHE_SECONDS == 30
    clock, owner = Clock(), uuid4()
    here, there = KeyStore(url, {1: OLD}), KeyStore(url, {1: OLD}, clock=clock)
    here.create({owner: OwnerKind.PERSON}, now=NOW)
    there.key(owner)
    here.destroy([owner], now=NOW)
    clock.seconds += 29
    assert there.key(owner).owner_id == owner
    clock.seconds += 1.1
    with pytest.raises(KeyDestroyed):
        there.key(owner)


def test_using_a_key_does_not_prolong_its_stay_in_memory(url: str) -> None:
    clock, owner = Clock(), uuid4()
    here, there = KeyStore(url, {1: OLD}), KeyStore(url, {1: OLD}, clock=clock)
    here.create({owner: OwnerKind.PERSON}, now=NOW)
    there.key(owner)
    here.destroy([owner], now=NOW)
    for _ in range(3):
        clock.seconds += 9
        there.key(owner)
    clock.seconds += 9
    with pytest.raises(KeyDestroyed):
        there.key(owner)


def test_keys_are_made_and_opened_by_many_threads_at_once(store: KeyStore, url: str) -> None:
    owners = [[uuid4() for _ in range(10)] for _ in range(6)]
    failures: list[BaseException] = []

    def work(mine: list[UUID]) -> None:
        try:
            for owner in mine:
                store.create({owner: OwnerKind.PERSON}, now=NOW)
                assert opened_by(KeyStore(url, {1: OLD, 2: NEW}), owner, sealed_by(store, owner, b"x")) == b"x"
        except BaseException as error:  # noqa: BLE001 - reported by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(store.keys(owner for mine in owners for owner in mine)) == 60


def test_the_key_store_file_is_readable_by_its_owner_only(store: KeyStore, tmp_path: Path) -> None:
    assert (tmp_path / "keys.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_key_does_not_show_itself_in_messages(store: KeyStore) -> None:
    owner = uuid4()
    store.create({owner: OwnerKind.PERSON}, now=NOW)
    assert "cipher" not in repr(store.key(owner))
