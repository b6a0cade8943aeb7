"""Every page of Cameroon's flowchart as a drawing, of a flowchart only just read: nothing is kept from before."""

from __future__ import annotations

import time

from sop import drawing, pages
from sop.yaml_io import load
from tests.bench.clock import Figure

LIMIT_MS = 200.0


def measure() -> list[Figure]:
    """The worst page, laid out and written as SVG, and the median of all."""
    from referral.procedures.actions import library

    text = (library("cameroon") / "flowchart.yaml").read_text(encoding="utf-8")
    names = [page.id for page in pages.pages(load(text))]
    drawing.draw(load(text), lang="fr").svg()
    taken: list[tuple[float, str]] = []
    for name in names:
        flowchart = load(text)
        began = time.process_time()
        content = drawing.draw(flowchart, lang="fr", page=name).svg()
        taken.append(((time.process_time() - began) * 1000, name))
        if not content.startswith("<svg"):
            raise RuntimeError(f"page {name} is no drawing")
    taken.sort()
    worst, middle = taken[-1], taken[len(taken) // 2]
    return [
        Figure(f"one page of a drawing, median of {len(taken)}", middle[0], "ms"),
        Figure(f"the slowest page ({worst[1]})", worst[0], "ms", limit=LIMIT_MS),
    ]
