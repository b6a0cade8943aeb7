"""How many referrals a month can be taken: the largest flow from what is asked, over the services, to their places.

Asked (need, region) → service → its places. A service whose places are not counted takes any number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import networkx as nx

SOURCE: Final = "all"
SINK: Final = "taken"
Place = tuple[str, str]


class Serving(Protocol):
    """A service as the flow sees it."""

    @property
    def service_id(self) -> str:
        """Its id; offers with the same one share their places."""

    @property
    def organization(self) -> str:
        """Whose service it is."""

    @property
    def capacity(self) -> int | None:
        """Persons a month, None when nobody has counted."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Of `asked` referrals `met` can be taken.

    `tight` are the organizations whose places the smallest cut runs through, `short` the needs on the short side of it;
    `carried` is how many each organization takes, `served` one need that it takes.
    """

    asked: int
    met: int
    tight: tuple[str, ...]
    short: tuple[str, ...]
    carried: Mapping[str, int]
    served: Mapping[str, str]


def flow(wanted: Mapping[Place, tuple[int, Sequence[Serving]]]) -> Flow:
    """The largest flow, and the smallest cut that proves that there is no larger one.

    A service that offers several needs has its places once: the largest number that any of its offers names.
    """
    graph, owner = _graph(wanted)
    asked = sum(count for count, _ in wanted.values())
    value, carried = nx.maximum_flow(graph, SOURCE, SINK)
    cut, (near, _far) = nx.minimum_cut(graph, SOURCE, SINK)
    if cut != value:
        raise ArithmeticError("the smallest cut is not the largest flow")
    tight = (owner[node] for node in owner if node in near and "capacity" in graph.edges[node, SINK])
    short = (need for need, region in wanted if ("asked", need, region) in near)
    return Flow(
        asked,
        int(value),
        tuple(sorted(set(tight))),
        tuple(dict.fromkeys(short)),
        _by_owner(carried, owner),
        _served(carried, owner),
    )


def _graph(wanted: Mapping[Place, tuple[int, Sequence[Serving]]]) -> tuple[nx.DiGraph, dict[Any, str]]:
    graph, owner = nx.DiGraph(), {}
    graph.add_nodes_from((SOURCE, SINK))
    for (need, region), (count, offers) in wanted.items():
        place = ("asked", need, region)
        graph.add_edge(SOURCE, place, capacity=count)
        for offer in offers:
            service = ("service", offer.service_id)
            owner[service] = offer.organization
            graph.add_edge(place, service)
            _open(graph, service, offer.capacity)
    return graph, owner


def _open(graph: nx.DiGraph, service: Any, capacity: int | None) -> None:
    """The places of a service; not counted once is not counted."""
    known = graph.get_edge_data(service, SINK)
    if capacity is None or (known is not None and "capacity" not in known):
        graph.add_edge(service, SINK)
        graph.edges[service, SINK].pop("capacity", None)
        return
    graph.add_edge(service, SINK, capacity=max(capacity, known["capacity"] if known else 0))


def _by_owner(carried: Mapping[Any, Mapping[Any, int]], owner: Mapping[Any, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for service, name in owner.items():
        found[name] = found.get(name, 0) + int(carried[service].get(SINK, 0))
    return found


def _served(carried: Mapping[Any, Mapping[Any, int]], owner: Mapping[Any, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, over in carried.items():
        for service, amount in over.items():
            if amount and service in owner:
                found.setdefault(owner[service], place[1])
    return found
