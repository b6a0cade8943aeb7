"""The content of a parcel from an offline page, read with care: whoever may sign in can seal anything.

Kind: schemas. 4 bytes: length of the JSON; the JSON; then the files one after the other, as `files` names and sizes
them: `{"form", "version", "answers", "started_at", "finished_at", "files": [{"name", "size"}]}`, times in ISO 8601.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from referral.identification.schemas import MOST_BYTES, moment_of

MOST_FILES = 200
MOST_NAME = 200


class Unreadable(ValueError):
    """The content is not what the page writes."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the page packed."""

    form: str
    version: str
    answers: Mapping[str, Any] = field(repr=False)
    attachments: Mapping[str, bytes] = field(repr=False)
    started_at: datetime | None
    finished_at: datetime | None


def read(plain: bytes, zone: ZoneInfo) -> Content:
    """The content, its types checked; raises `Unreadable`."""
    length = int.from_bytes(plain[:4], "big")
    if not 2 <= length <= min(4 * MOST_BYTES, len(plain) - 4):
        raise Unreadable("length")
    try:
        told = json.loads(plain[4 : 4 + length])
    except (ValueError, RecursionError) as error:
        raise Unreadable("JSON") from error
    if not isinstance(told, dict) or not isinstance(told.get("answers"), dict):
        raise Unreadable("shape")
    form, version = told.get("form"), told.get("version")
    if not (
        isinstance(form, str) and isinstance(version, str) and len(form) <= MOST_NAME and len(version) <= MOST_NAME
    ):
        raise Unreadable("form")
    return Content(
        form=form,
        version=version,
        answers=told["answers"],
        attachments=_files(told.get("files", []), plain[4 + length :]),
        started_at=moment_of(told.get("started_at"), zone),
        finished_at=moment_of(told.get("finished_at"), zone),
    )


def _files(listed: Any, data: bytes) -> dict[str, bytes]:
    if not isinstance(listed, list) or len(listed) > MOST_FILES:
        raise Unreadable("files")
    found: dict[str, bytes] = {}
    start = 0
    for one in listed:
        name, size = (one.get("name"), one.get("size")) if isinstance(one, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool) or len(name) > MOST_NAME:
            raise Unreadable("file")
        if size < 0 or start + size > len(data) or name in found:
            raise Unreadable("file")
        found[name] = data[start : start + size]
        start += size
    if start != len(data):
        raise Unreadable("rest")
    return found
