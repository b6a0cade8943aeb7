"""QR codes as rectangles on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import segno
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

Matrix = Sequence[Sequence[int]]
QUIET = 4
"""Modules of white around a code, as its standard asks."""


def qr_matrix(text: str) -> Matrix:
    """The modules of a code, dark ones true."""
    matrix: Any = segno.make(text, error="m", micro=False, boost_error=False).matrix
    return tuple(tuple(row) for row in matrix)


def draw_code(canvas: Canvas, matrix: Matrix, left: float, low: float, side: float) -> None:
    """One rectangle for each run of dark modules, within a square of `side` points."""
    canvas.setFillColor(HexColor("#000000"))
    unit = side / (len(matrix) + 2 * QUIET)
    path = canvas.beginPath()
    for down, row in enumerate(matrix):
        for start, length in runs(row):
            path.rect(left + (start + QUIET) * unit, low + side - (down + QUIET + 1) * unit, length * unit, unit)
    canvas.drawPath(path, stroke=0, fill=1)


def runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """Where dark modules start, and how many follow each other.

    >>> runs([0, 1, 1, 0, 1])
    [(1, 2), (4, 1)]
    """
    found: list[tuple[int, int]] = []
    for at, dark in enumerate(row):
        if dark and at and row[at - 1]:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((at, 1))
    return found
