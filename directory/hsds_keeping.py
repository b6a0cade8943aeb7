"""What somebody else's document says and our model does not know: kept, and given back when it is written again.

Three documents are compared: the one that came (`document`), what we wrote of it right after (`baseline`), and what we
write now. Where the last two agree nobody changed anything, and the words that came are given back; where they differ
somebody here did, and ours stand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from directory.fields import CONTROL

ROLE = "editor"
"""Stands for the person who changed something: an export names roles, never people (HSDS `metadata.updated_by`)."""
PASSING = "vacancies"
"""Open until a day: a document that kept them would give back what is over, so only those of today are written."""
MAX_KEPT = 512 * 1024
ABSENT = object()


def given_back(document: Any, baseline: Any, now: Any) -> Any:
    """Return `now` with everything from `document` that nobody changed since.

    >>> given_back({"name": "A", "logo": "x.png"}, {"name": "A"}, {"name": "B"})
    {'name': 'B', 'logo': 'x.png'}
    """
    if now == baseline:
        return document
    if isinstance(document, dict) and isinstance(baseline, dict) and isinstance(now, dict):
        return _members(document, baseline, now)
    if (by_id := _by_id(document)) and (were := _by_id(baseline)) and (are := _by_id(now)):
        return [given_back(by_id.get(key, one), were.get(key, ABSENT), one) for key, one in are.items()]
    return now


def _members(document: Mapping[str, Any], baseline: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in [*document, *(other for other in now if other not in document)]:
        was, here, there = baseline.get(name, ABSENT), now.get(name, ABSENT), document.get(name, ABSENT)
        value = there if here is was else given_back(there, was, here)
        if value is not ABSENT:
            found[name] = value
    return found


def _by_id(rows: Any) -> dict[str, Any]:
    if not isinstance(rows, list) or not all(isinstance(one, dict) and "id" in one for one in rows):
        return {}
    return {str(one["id"]): one for one in rows}


def stands_alone(document: Any) -> bool:
    """Whether a kept service names its organisation; one that was told inside an organisation says less.

    >>> stands_alone({"name": "A", "organization": {"id": "1"}}), stands_alone({"name": "A"})
    (True, False)
    """
    return isinstance(document, dict) and ("organization" in document or "organization_id" in document)


def rebased(old: Any, before: Any, after: Any) -> Any:
    """Return the baseline of a newer document: what people here changed under the older one still counts as changed.

    `old` is the older baseline, `before` and `after` what we wrote just before and just after taking the newer one in.
    """
    if before == old:
        return after
    if before == after:
        return old
    if isinstance(old, dict) and isinstance(before, dict) and isinstance(after, dict):
        pairs = {
            name: rebased(old.get(name, ABSENT), before.get(name, ABSENT), after.get(name, ABSENT))
            for name in {**old, **after}
        }
        return {name: value for name, value in pairs.items() if value is not ABSENT}
    if (was := _by_id(old)) and (were := _by_id(before)) and (are := _by_id(after)):
        return [rebased(was.get(key, ABSENT), were.get(key, ABSENT), one) for key, one in are.items()]
    return after


def fit_to_keep(document: Any) -> Any | None:
    """Return the document with roles in place of names, without vacancies and characters no database keeps.

    None: too large.

    >>> fit_to_keep({"metadata": [{"updated_by": "Ann Persona"}]})
    {'metadata': [{'updated_by': 'editor'}]}
    >>> fit_to_keep({"name": "Atelier", "vacancies": [{"title": "Soudeur", "valid_until": "2026-12-01"}]})
    {'name': 'Atelier'}
    """
    cleaned = _cleaned(document)
    return cleaned if len(json.dumps(cleaned)) <= MAX_KEPT else None


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {
            CONTROL.sub("", name): ROLE if name == "updated_by" else _cleaned(one)
            for name, one in value.items()
            if not (name == PASSING and _ends(one))
        }
    return value


def _ends(value: Any) -> bool:
    """Whether these are vacancies in the words of the national profile."""
    return isinstance(value, list) and all(isinstance(one, dict) and "valid_until" in one for one in value)
