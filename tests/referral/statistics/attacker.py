"""A reader of published figures who wants to know the hidden ones: linear programmes over everything that can be true.

It knows the published pages only (rows, columns, figures), that counts are not negative, and how the categories of one
referral or need hang together, written here by hand. It shares no code with the publishing door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

TOTAL = "total"
Atom = Mapping[str, str]
Places = dict[tuple[Any, ...], list[tuple[str, str]]]

REASONS = (
    "no_capacity", "not_eligible", "out_of_area", "missing_document", "service_closed", "duplicate",
    "outside_mandate", "safety_risk", "unreachable", "person_declined", "no_longer_needed", "other_reason",
)  # fmt: skip
NEEDS = ("MED", "PSY", "HEB", "ENF", "VBG", "TEH", "ASI", "DOC", "JUR", "FAM", "EDU", "ECO", "RET")


def referral_atoms() -> list[dict[str, str]]:
    """Everything that can be true of one referral."""
    unanswered = {"unseen": "under_way", "received": "under_way", "ended_unanswered": "ended"}
    answered = {"waitlisted": "under_way", "accepted": "under_way", "delivered": "delivered", "ended_answered": "ended"}
    timed = [("h24", "in_time"), ("over", "not_in_time")]
    timed += [(time, deadline) for time in ("h72", "d7", "d14") for deadline in ("in_time", "not_in_time")]
    stories = [(stage, outcome, "not_declined", "none", "not_in_time") for stage, outcome in unanswered.items()]
    stories += [
        (stage, outcome, "not_declined", *answer) for (stage, outcome), answer in product(answered.items(), timed)
    ]
    stories += [("declined", "declined", reason, *answer) for reason, answer in product(REASONS, timed)]
    names = ("stage", "outcome", "reason", "time", "deadline")
    return [{"need": need, **dict(zip(names, story, strict=True))} for need in NEEDS for story in stories]


def need_atoms(regions: Iterable[str]) -> list[dict[str, str]]:
    """Everything that can be true of one need."""
    states = {"met": "not_without", "open": "not_without", "gap": "without_service", "stopped": "not_without"}
    return [
        {"need": need, "need_state": state, "served": served, "region": region}
        for need, region, (state, served) in product(NEEDS, regions, states.items())
    ]


def widths(published: Iterable[tuple[str, str | None, Any]], atoms: list[dict[str, str]]) -> dict[Any, float]:
    """Over how wide a range each hidden figure remains possible; `published` are (rows, columns, table)."""
    known: list[np.ndarray] = []
    values: list[float] = []
    hidden: dict[Any, np.ndarray] = {}
    for rows, columns, table in published:
        inside = _insider(rows, columns, table)
        for place, cell in table.cells.items():
            vector = np.array([float(inside(atom, place)) for atom in atoms])
            if cell.value is None:
                hidden[rows, columns, *place] = vector
            else:
                known.append(vector)
                values.append(cell.value)
    matrix = csr_matrix(np.array(known)) if known else None
    return {place: _width(vector, matrix, values) for place, vector in hidden.items()}


def _insider(rows: str, columns: str | None, table: Any) -> Callable[[Atom, tuple[str, str]], bool]:
    of_row = {group.code: set(group.sources) for group in table.rows}
    of_column = {group.code: set(group.sources) for group in table.columns}

    def inside(atom: Atom, place: tuple[str, str]) -> bool:
        row, column = place
        fits = row == TOTAL or atom[rows] in of_row[row]
        return fits and (column == TOTAL or columns is None or atom[columns] in of_column[column])

    return inside


def _width(vector: np.ndarray, matrix: Any, values: list[float]) -> float:
    limits = {"A_eq": matrix, "b_eq": np.array(values)} if matrix is not None else {}
    low = linprog(vector, bounds=(0, None), method="highs", **limits)
    high = linprog(-vector, bounds=(0, None), method="highs", **limits)
    assert low.status == 0, low.message
    return float("inf") if high.status == 3 else float(-high.fun - low.fun)
