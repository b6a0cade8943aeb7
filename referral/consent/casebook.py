"""Numbered cases of the sharing decision: a base request, and for each case what differs from it.

Both files are YAML. Where a case also says what it expects, the answer is compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from referral.consent.assumptions import DEFAULTS, Settings
from referral.consent.request import Request, RequestError
from referral.consent.rules import Decision, decide

EXPECTED = {"expect": "decision", "code": "code", "visible": "visible", "obligations": "obligations"}


class Unreadable(ValueError):
    """A file that cannot be read as base request or list of cases; the text says where."""


def merge(base: Any, change: Any) -> Any:
    """Lay a change over a base, mapping into mapping; everything else is replaced.

    >>> merge({"case": {"age": 30, "owner": "MINAS"}}, {"case": {"age": 14}})
    {'case': {'age': 14, 'owner': 'MINAS'}}
    """
    if not (isinstance(base, Mapping) and isinstance(change, Mapping)):
        return change
    return {**base, **{key: merge(base.get(key), value) for key, value in change.items()}}


def report(base: Path, cases: Path, settings: Settings = DEFAULTS) -> tuple[list[dict[str, Any]], int]:
    """Decide every case: rows {id, decision, code, visible, obligations} and an exit code.

    0: all decided (and as expected, where a case says what it expects). 1: a row has `expected`, which differs.
    2: something could not be read; the rows then carry `error`, and such a case counts as denied.
    """
    try:
        request, changes = _read(base), _read(cases)
        if not isinstance(request, Mapping):
            raise Unreadable(f"{base.name}: the base request must be a mapping")
        if not isinstance(changes, list):
            raise Unreadable(f"{cases.name}: the cases must be a list")
    except Unreadable as error:
        return [{"error": str(error)}], 2
    rows = [_row(request, case, number, settings) for number, case in enumerate(changes, start=1)]
    return rows, 2 if any("error" in row for row in rows) else int(any("expected" in row for row in rows))


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" line {mark.line + 1}, column {mark.column + 1}:" if mark else ""
        raise Unreadable(f"{path.name}:{where} {error.problem or 'not YAML'}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"{path.name}: not readable as YAML in UTF-8 ({type(error).__name__})") from error
    except OSError as error:
        raise Unreadable(f"{path.name}: {error.strerror or 'cannot be opened'}") from error


def _row(base: Mapping[str, Any], case: Any, number: int, settings: Settings) -> dict[str, Any]:
    name = case.get("id", number) if isinstance(case, Mapping) else number
    try:
        decision = decide(Request.from_mapping(merge(base, _change(case))), settings)
    except RequestError as error:
        refused = {"id": name, "decision": "deny", "code": "D0", "visible": [], "obligations": ["log"]}
        return {**refused, "error": f"case {name}: {error}"}
    row = {"id": name, **answer(decision)}
    expected = {word: case[key] for key, word in EXPECTED.items() if key in case and case[key] != row[word]}
    return {**row, "expected": expected} if expected else row


def _change(case: Any) -> Any:
    if not isinstance(case, Mapping) or "id" not in case:
        raise RequestError("a case must be a mapping with an id")
    strangers = [
        key for key, value in case.items() if key not in ("with", *EXPECTED) and isinstance(value, Mapping | list)
    ]
    if strangers or not isinstance(case.get("with", {}), Mapping):
        raise RequestError(
            f"{strangers[0] if strangers else 'with'}: what differs from the base is a mapping under 'with'"
        )
    return case.get("with", {})


def answer(decision: Decision) -> dict[str, Any]:
    """Write a decision as plain JSON values: decision, code, visible, obligations."""
    return {
        "decision": decision.outcome.value,
        "code": decision.code,
        "visible": [category.value for category in decision.visible],
        "obligations": list(decision.obligations),
    }
