"""Who may share with whom as a drawing: organisations that hold files on the left, their partners on the right.

The graph is bipartite (networkx): an organisation that holds files and receives stands on both sides. Partners are
placed by the mean place of those who send to them, so that few lines cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import Any

import networkx as nx
from flask import url_for
from flask_babel import gettext as _

from referral.partners.models import Agreement
from referral.partners.rules.agreements import AgreementState
from sop.scene import GREEN, GREEN_PALE, INK, RED, WHITE, Group, Item, Path, Rect, Scene, Text, arrow_head, wrap

WIDTH, BOX, HEIGHT, GAP, TOP = 940, 330, 44, 12, 34
LINES = 2


def graph(agreements: Sequence[Agreement]) -> nx.MultiDiGraph:
    """Nodes `("holder" | "partner", id)` with a `name`; an edge for each agreement, keyed by its reference."""
    made = nx.MultiDiGraph()
    for one in agreements:
        ends = ("holder", one.holder_id), ("partner", one.partner_id)
        for end, organization in zip(ends, (one.holder, one.partner), strict=True):
            made.add_node(end, name=organization.acronym or organization.name)
        made.add_edge(*ends, key=one.reference, agreement=one)
    return made


def who_shares(agreements: Sequence[Agreement]) -> Scene:
    """The drawing; a dashed red line is a suspended agreement, a line leads to the page of its agreement."""
    made = graph(agreements)
    left = [node for node in made if node[0] == "holder"]
    place = {node: number for number, node in enumerate(left)}
    right = sorted(
        (node for node in made if node[0] == "partner"),
        key=lambda node: (mean(place[source] for source in made.predecessors(node)), made.nodes[node]["name"]),
    )
    rows = max(len(left), len(right), 1)
    spot = _column(right, WIDTH - BOX, rows)
    spot |= _beside(left, {node: [spot[one][1] for one in made.successors(node)] for node in left})
    edges = [_edge(spot[source], spot[target], data["agreement"]) for source, target, data in made.edges(data=True)]
    boxes = [_box(made.nodes[node]["name"], *spot[node]) for node in (*left, *right)]
    heads: list[Item] = [
        Text(0, 18, _("holds the files"), bold=True),
        Text(WIDTH - BOX, 18, _("may receive"), bold=True),
    ]
    return Scene(
        WIDTH,
        max(y for _x, y in spot.values()) + HEIGHT + GAP,
        (*heads, *edges, *(item for box in boxes for item in box)),
        _("Who may share with whom"),
        _("The same agreements stand in the table, line by line."),
    )


def _column(nodes: list[Any], x: float, rows: int) -> dict[Any, tuple[float, float]]:
    start = TOP + (rows - len(nodes)) * (HEIGHT + GAP) / 2
    return {node: (x, start + number * (HEIGHT + GAP)) for number, node in enumerate(nodes)}


def _beside(nodes: list[Any], aims: dict[Any, list[float]]) -> dict[Any, tuple[float, float]]:
    """Each as near as possible to the middle of what it leads to, without standing on another."""
    found: dict[Any, tuple[float, float]] = {}
    free = float(TOP)
    for node in sorted(nodes, key=lambda one: mean(aims[one])):
        free = max(free, mean(aims[node]))
        found[node] = (0, free)
        free += HEIGHT + GAP
    return found


def _box(name: str, x: float, y: float) -> tuple[Item, ...]:
    lines = wrap(name, BOX - 24, max_lines=LINES)
    first = y + HEIGHT / 2 + 5 - (len(lines) - 1) * 8
    return (
        Rect(x, y, BOX, HEIGHT, radius=8, fill=GREEN_PALE if x == 0 else WHITE, stroke=GREEN),
        Text(x + 12, first, lines, fill=INK),
    )


def _edge(source: tuple[float, float], target: tuple[float, float], one: Agreement) -> Group:
    stopped = one.state is AgreementState.SUSPENDED
    stroke = RED if stopped else GREEN
    start = (source[0] + BOX, source[1] + HEIGHT / 2)
    tip = (target[0], target[1] + HEIGHT / 2)
    middle = (start[0] + tip[0]) / 2
    line = Path(
        (("M", *start), ("C", middle, start[1], middle, tip[1], tip[0] - 8, tip[1])),
        stroke=stroke,
        stroke_width=2,
        dash=(6, 4) if stopped else (),
    )
    label = f"{one.reference}: {one.holder.name} → {one.partner.name}, {_(one.state.label)}"
    items = (line, arrow_head(tip, (tip[0] - 20, tip[1]), fill=stroke))
    return Group(items, link=url_for("partners.agreement", agreement_id=one.id), label=label)
