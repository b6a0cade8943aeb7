"""How many needs the providers can take at best, and which of them are the bottleneck: maximum flow and minimum cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from sop.simulation.plan import Provider

Wanted = Mapping[tuple[str, str], int]
"""(need, region) -> how many persons ask."""

_SOURCE, _SINK = ("source",), ("sink",)


@dataclass(frozen=True, slots=True)
class Coverage:
    """`covered` of `wanted` services find a place at best.

    The minimum cut: `short` are the (need, region) for which places lack, `bottlenecks` the providers whose places are
    all taken by them. More places anywhere else would not help.
    """

    wanted: int
    covered: int
    short: tuple[tuple[str, str], ...]
    bottlenecks: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        short = [{"need": need, "region": region} for need, region in self.short]
        return {
            "wanted": self.wanted,
            "covered": self.covered,
            "short": short,
            "bottlenecks": list(self.bottlenecks),
        }


def coverage(wanted: Wanted, providers: Iterable[Provider], days: int) -> Coverage:
    """Match what is wanted in `days` days with the places of these days, as well as it can be done.

    >>> both = Provider("A", frozenset({"MED", "PSY"}), capacity=3)
    >>> found = coverage({("MED", "Centre"): 2, ("PSY", "Centre"): 2, ("DOC", "Centre"): 1}, [both], 30)
    >>> found.wanted, found.covered, found.bottlenecks
    (5, 3, ('A',))
    >>> coverage({("MED", "Centre"): 3}, [both], 30).short
    ()
    """
    graph = nx.DiGraph()
    graph.add_nodes_from((_SOURCE, _SINK))
    for place, count in wanted.items():
        graph.add_edge(_SOURCE, ("wanted", place), capacity=count)
    for provider in providers:
        here, places = ("provider", provider.id), provider.places(days)
        limit = {} if places is None else {"capacity": places}
        graph.add_edge(here, _SINK, **limit)
        for place in wanted:
            if provider.serves(*place):
                graph.add_edge(("wanted", place), here)
    # turned around, the cut found is the one nearest to the needs: what is just covered does not count as short
    value, (_, before) = nx.minimum_cut(graph.reverse(), _SINK, _SOURCE)
    return Coverage(
        wanted=sum(wanted.values()),
        covered=int(value),
        short=tuple(sorted(place for kind, place in before - {_SOURCE} if kind == "wanted")),
        bottlenecks=tuple(sorted(name for kind, name in before - {_SOURCE} if kind == "provider")),
    )
