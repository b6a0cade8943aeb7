"""What an import says of a row, kept as a message with its values: it is translated where it is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from directory import Message

LIMIT = 500
SHORTER = (500, 120, 40, 10)
"""How long a value of a message may be; the next shorter one is tried until the whole fits."""


def written(message: Message) -> str:
    """Return the message as text of at most `LIMIT` characters.

    >>> written(Message("too_long", "too long: %(length)d", {"length": 300}))
    '{"code":"too_long","text":"too long: %(length)d","values":{"length":300}}'
    """
    for length in SHORTER:
        text = json.dumps(_plain(message, length), ensure_ascii=False, separators=(",", ":"))
        if len(text) <= LIMIT:
            return _clean(text)
    return _clean(str(message)[:LIMIT])


def read(text: str) -> Message:
    """Return the message again; what an earlier version kept as a sentence stays that sentence.

    >>> str(read(written(Message("at", "line %(line)d", {"line": 3})))), str(read("100 % sure"))
    ('line 3', '100 % sure')
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and isinstance(found.get("text"), str):
        return _message(found)
    return Message("kept", "%(text)s", {"text": text})


@dataclass(frozen=True)
class Line:
    """One reason why a row was set aside, or one remark on it."""

    row: int
    id: str
    field: str
    reason: Message


def lines(rows: Iterable[Mapping[str, Any]], most: int | None = None) -> list[Line]:
    """Each reason of each row that an import told of, in the order of the file, at most so many."""
    found = [
        Line(one["row"], one["id"], name, why)
        for one in rows
        for name, why in one.get("messages") or ((one["field"], one["message"]),)
    ]
    return sorted(found, key=lambda one: one.row)[:most]


@dataclass(frozen=True)
class Remarks:
    """The same remark on several rows."""

    field: str
    reason: Message
    rows: tuple[int, ...]


def together(rows: Iterable[Line], most: int) -> list[Remarks]:
    """Remarks that say the same, once, with the rows that they are about; those of most rows first."""
    found: dict[tuple[str, str], tuple[Message, list[int]]] = {}
    for one in rows:
        found.setdefault((one.field, str(one.reason)), (one.reason, []))[1].append(one.row)
    grouped = [Remarks(name, why, tuple(sorted(set(at)))) for (name, _words), (why, at) in found.items()]
    return sorted(grouped, key=lambda one: (-len(one.rows), one.rows))[:most]


def _message(found: dict[str, Any]) -> Message:
    return Message(
        str(found.get("code", "")), found["text"], {name: _value(one) for name, one in found.get("values", {}).items()}
    )


def _value(one: Any) -> Any:
    if isinstance(one, dict):
        return _message(one)
    return tuple(map(_value, one)) if isinstance(one, list) else one


def _plain(one: Any, length: int) -> Any:
    if isinstance(one, Message):
        values = {name: _plain(value, length) for name, value in one.values.items()}
        return {"code": one.code, "text": one.text, "values": values}
    if isinstance(one, (list, tuple)):
        return [_plain(value, length) for value in one]
    return one if isinstance(one, (int, float)) else str(one)[:length]


def _clean(text: str) -> str:
    """Without halves of characters, which a feed may hold and no database keeps."""
    return text.encode("utf-8", "replace").decode()
