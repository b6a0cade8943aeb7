"""Codes only: what may stand in an audit line or in a message, so that no name or free text ever gets there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

CODE = re.compile(r"[A-Za-z0-9_.:+/-]{0,120}")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_LIST = 60
LARGEST = 2**53


class NotACode(ValueError):
    """Something that is not a code (a sentence, a name, a float, an object) was offered where only codes may stand."""


def code(value: object) -> Any:
    """`value` as JSON if it is a code: a word, an identifier, a whole number, a date, or a list of those.

    >>> code("CM-LT-2026-00042"), code(3), code(["C1", "C2"])
    ('CM-LT-2026-00042', 3, ['C1', 'C2'])
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _word(str(value))
    if isinstance(value, list | tuple | set | frozenset):
        return _several(value)
    raise NotACode(f"a {type(value).__name__} is not a code")


def codes(values: Mapping[str, object]) -> dict[str, Any]:
    """A mapping of codes with plain keys, ready for a JSON column."""
    for key in values:
        if not KEY.fullmatch(key):
            raise NotACode("a key is not a plain word")
    return {key: code(value) for key, value in values.items()}


def _whole(value: int) -> int:
    if abs(value) > LARGEST:
        raise NotACode("a number is out of range")
    return int(value)


def _word(value: str) -> str:
    if not CODE.fullmatch(value):
        raise NotACode("a text with spaces or signs is not a code")
    return value


def _several(values: list[Any] | tuple[Any, ...] | set[Any] | frozenset[Any]) -> list[Any]:
    if len(values) > LONGEST_LIST:
        raise NotACode("a list is too long")
    plain = [code(value) for value in values]
    return sorted(plain, key=str) if isinstance(values, set | frozenset) else plain
