"""Verifying the audit trail: the first broken line is named, and what is wrong with it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from referral.extensions import db, will_write
from referral.foundation import audit
from referral.foundation.audit import START, AuditBatch, AuditLine
from sop.vocabulary import N_, Message


class Break(StrEnum):
    """What is wrong with a line or a batch."""

    CONTENT = "content"
    MISSING = "missing"
    NUMBER = "number"
    CHAIN = "chain"
    BATCH = "batch"
    TAIL = "tail"
    HEAD = "head"
    ANCHOR_MISSING = "anchor_missing"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return BREAK_LABELS[self]


BREAK_LABELS: dict[Break, str] = {
    Break.CONTENT: N_("the content of the line was changed after it was written"),
    Break.MISSING: N_("the line is missing"),
    Break.NUMBER: N_("the line was inserted or renumbered"),
    Break.CHAIN: N_("the line is not the one that was sealed at this place"),
    Break.BATCH: N_("the signature of the batch that starts here does not hold"),
    Break.TAIL: N_("this line and all after it were cut off, or an older copy of the database was put back"),
    Break.HEAD: N_("the trail was rebuilt: the head kept outside the database differs"),
    Break.ANCHOR_MISSING: N_("the file that keeps the heads outside the database is missing or incomplete"),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the trail breaks first: `number` in the chain (0: not sealed yet), and the line's id if there is one."""

    code: Break
    number: int
    line_id: int | None = None

    @property
    def message(self) -> Message:
        """The finding as a sentence."""
        if self.code is Break.ANCHOR_MISSING:
            return Message(self.code, self.code.label)
        if not self.number:
            return Message(self.code, N_("line not sealed yet, id %(id)s: %(what)s"), self._values(self.line_id or 0))
        return Message(self.code, N_("line %(number)s: %(what)s"), self._values(self.number))

    def words(self) -> str:
        """The finding in English, for the command line."""
        return str(Message(self.message.code, self.message.text, {**self.message.values, "what": self.code.label}))

    def _values(self, place: int) -> dict[str, Any]:
        return {"id": place, "number": place, "what": self.code}


@dataclass(frozen=True, slots=True)
class Report:
    """The result of `verify`."""

    broken: Broken | None
    sealed: int
    unsealed: int
    head: str
    head_at: datetime | None
    head_age: timedelta | None
    batches: int

    @property
    def ok(self) -> bool:
        """Whether nothing is broken."""
        return self.broken is None

    @property
    def lines(self) -> int:
        """All lines there are."""
        return self.sealed + self.unsealed

    def to_json(self) -> dict[str, Any]:
        """The report for machines."""
        broken = None
        if self.broken:
            broken = {"code": self.broken.code, "number": self.broken.number, "line": self.broken.line_id}
        return {
            "ok": self.ok,
            "broken": broken,
            "sealed": self.sealed,
            "unsealed": self.unsealed,
            "batches": self.batches,
            "head": self.head,
            "head_at": self.head_at.isoformat() if self.head_at else None,
            "head_age_seconds": int(self.head_age.total_seconds()) if self.head_age is not None else None,
        }

    def words(self) -> list[str]:
        """The report in English lines, for the command line."""
        lines = [f"{self.sealed} lines sealed in {self.batches} batches, {self.unsealed} not sealed yet"]
        lines.append(f"head {self.head}" + (f", sealed at {self.head_at.isoformat()}" if self.head_at else ""))
        lines.append("the trail is whole" if self.broken is None else f"BROKEN: {self.broken.words()}")
        return lines


def verify(now: datetime, *, heads: Iterable[str] = ()) -> Report:
    """Check every line, every batch and every head kept outside; `heads` are some read from paper ("1204-9f3a…").

    A worker may seal meanwhile, and on PostgreSQL each statement then sees more than the one before: the heads are read
    before the database, a batch that its lines were seen of is asked for again, and the file is read once more for what
    it must have by then. Only a line that is just being appended to the file is left, so what looks broken is looked at
    twice.
    """
    printed = tuple(heads)
    report = _verify(now, printed)
    return report if report.ok else _verify(now, printed)


def _verify(now: datetime, heads: tuple[str, ...]) -> Report:
    entries = audit.read_anchor(audit.anchor_path())
    with _reading():
        batches = {batch.first: batch for batch in db.session.execute(select(AuditBatch.__table__)).all()}
        walk = _Walk(batches, _known_heads(entries, heads))
        broken = walk.run() or _check_unsealed() or _check_anchor(walk.batches_seen)
        sealed = _count(AuditLine.number.is_not(None))
        unsealed = _count(AuditLine.number.is_(None))
        last = max(batches.values(), key=lambda batch: batch.last, default=None)
    return Report(
        broken=broken,
        sealed=sealed,
        unsealed=unsealed,
        head=audit.short_head(last.last, last.head) if last else audit.short_head(0, START),
        head_at=last.sealed_at if last else None,
        head_age=now - last.sealed_at if last else None,
        batches=len(batches),
    )


class _Walk:
    """One pass over the sealed lines in the order of their numbers."""

    def __init__(self, batches: dict[int, Any], heads: Mapping[int, set[str]]) -> None:
        self._batches = batches
        self._heads = heads
        self._batch: Any = None
        self._number = 0
        self._chain = START
        self.batches_seen = 0

    def run(self) -> Broken | None:
        """The first break, or None."""
        columns = AuditLine.__table__.c
        ordered = select(*columns).where(columns.number.is_not(None)).order_by(columns.number, columns.id)
        with closing(db.session.execute(ordered, execution_options={"yield_per": 2_000})) as lines:
            for line in lines:
                broken = self._pass(line)
                if broken is not None:
                    return broken
        return self._check_end()

    def _pass(self, line: Any) -> Broken | None:
        found = self._step(line)
        if found is not None:
            line_id = None if found is Break.MISSING else line.id
            return Broken(found, min(line.number, self._number + 1), line_id)
        self._number, self._chain = line.number, line.chain
        return self._end_batch()

    def _step(self, line: Any) -> Break | None:
        expected = self._number + 1
        if line.number != expected:
            return Break.MISSING if line.number > expected else Break.NUMBER
        if self._batch is None:
            self._batch = self._batch_from(expected)
            if self._batch is None or not _signed(self._batch):
                return Break.BATCH
        if not hmac.compare_digest(audit.line_mac(line), line.mac):
            return Break.CONTENT
        link = audit.link(self._chain, line.number, self._batch.id, line.id, line.mac)
        if line.batch_id != self._batch.id or not hmac.compare_digest(link, line.chain or b""):
            return Break.CHAIN
        return None

    def _batch_from(self, first: int) -> Any:
        """The batch that starts with a line; sealed after the others were read, it was committed with its lines."""
        if first not in self._batches:
            late = db.session.execute(select(AuditBatch.__table__).where(AuditBatch.first == first)).first()
            if late is not None:
                self._batches[first] = late
        return self._batches.get(first)

    def _end_batch(self) -> Broken | None:
        """At the end of a batch its head must hold; at a number of which a head is kept outside, that one too."""
        if self._number == self._batch.last:
            if self._batch.head != self._chain:
                return Broken(Break.BATCH, self._batch.first)
            self._batch = None
            self.batches_seen += 1
        if any(not self._chain.hex().startswith(head) for head in self._heads.get(self._number, ())):
            return Broken(Break.HEAD, self._number)
        return None

    def _check_end(self) -> Broken | None:
        """Nothing must be known of later lines."""
        last = max([*(batch.last for batch in self._batches.values()), *self._heads, 0])
        if last > self._number:
            return Broken(Break.TAIL, self._number + 1)
        return Broken(Break.BATCH, self._batch.first) if self._batch is not None else None


def _signed(batch: Any) -> bool:
    signature = audit.batch_signature(batch.id, batch.first, batch.last, batch.sealed_at, batch.head)
    return hmac.compare_digest(signature, batch.signature)


def _known_heads(entries: list[Mapping[str, Any]], printed: Iterable[str]) -> dict[int, set[str]]:
    known: dict[int, set[str]] = {}
    for entry in entries:
        if entry["last"]:
            known.setdefault(entry["last"], set()).add(str(entry["head"]))
    for head in printed:
        number, _, chain = head.strip().partition("-")
        if number.isdigit() and int(number):
            known.setdefault(int(number), set()).add(chain.lower())
    return known


def _check_unsealed() -> Broken | None:
    columns = AuditLine.__table__.c
    for line in db.session.execute(select(*columns).where(columns.number.is_(None)).order_by(columns.id)):
        if not hmac.compare_digest(audit.line_mac(line), line.mac):
            return Broken(Break.CONTENT, 0, line.id)
    return None


def _check_anchor(batches: int) -> Broken | None:
    """Every batch must be anchored, except the newest: its process may not have come to it, or have died before."""
    anchored = {entry["batch"] for entry in audit.read_anchor(audit.anchor_path())}
    missing = [number for number in range(1, batches) if number not in anchored]
    return Broken(Break.ANCHOR_MISSING, 0) if missing or 0 in anchored else None


def _count(condition: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(AuditLine).where(condition)) or 0


@contextmanager
def _reading() -> Iterator[None]:
    """Reading a long trail must not hold SQLite's write lock."""
    own_transaction = not db.session().in_transaction()
    token = will_write.set(False)
    try:
        yield
    finally:
        will_write.reset(token)
        if own_transaction:
            db.session.commit()
