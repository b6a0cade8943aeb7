"""The file of an HSDS feed: an array of documents, a page `{contents: […]}`, or one document, within bounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from directory.hsds_result import Unreadable
from directory.vocabulary import N_

MAX_BYTES = 100 * 1024 * 1024
MAX_SERVICES = 100_000


def is_feed(contents: bytes) -> bool:
    """Whether a file looks like JSON, which no table begins like.

    >>> is_feed(b' [{"id": "1"}]'), is_feed(b"Nom;Ville"), is_feed(b"")
    (True, False, False)
    """
    return contents.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")


def documents(source: Path | bytes | str | Any) -> list[Any]:
    """The rows of a feed (a path, JSON text or parsed data), unread; raise Unreadable when it is none."""
    return _services(_parsed(source))


def _parsed(source: Path | bytes | str | Any) -> Any:
    if isinstance(source, Path):
        if source.stat().st_size > MAX_BYTES:
            raise Unreadable("too_large", N_("the file is larger than %(limit)d MB"), limit=MAX_BYTES // 1024**2)
        source = source.read_bytes()
    if not isinstance(source, bytes | str):
        return source
    if len(source) > MAX_BYTES:
        raise Unreadable("too_large", N_("the file is larger than %(limit)d MB"), limit=MAX_BYTES // 1024**2)
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        return json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8", N_("the file is not UTF-8 text")) from error
    except RecursionError as error:
        raise Unreadable("too_deep", N_("the file is nested too deeply")) from error
    except json.JSONDecodeError as error:
        raise Unreadable(
            "not_json", N_("not JSON: line %(line)d, column %(column)d"), line=error.lineno, column=error.colno
        ) from error
    except ValueError as error:
        raise Unreadable("bad_number", N_("the file holds a number that JSON does not allow")) from error


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _services(data: Any) -> list[Any]:
    if isinstance(data, dict) and "contents" in data:
        data = data["contents"]
    elif isinstance(data, dict) and "id" in data:
        data = [data]
    if not isinstance(data, list):
        raise Unreadable("no_list", N_("expected a list of services, or an object with “contents”"))
    if len(data) > MAX_SERVICES:
        raise Unreadable("too_many", N_("more than %(limit)d services in one file"), limit=MAX_SERVICES)
    return data
