"""The flowchart joined with who is there: is each need answered in each region, under an agreement, by enough places?

Plain data comes in (`Network`), so that this library needs neither the directory nor a database. What is not known is
never taken for nothing: a service whose places are not counted takes any number, and a region whose services nobody has
listed yet is told apart from one that has none.

    found = check_with(flowchart, Network(offers=(…), regions=("CM001", …), demand={("MED", "CM001"): 12}))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import networkx as nx

from sop.checks.capacity import SOURCE, Flow, flow
from sop.checks.ways import from_start
from sop.findings import Finding, Severity
from sop.flowchart import WORK, Flowchart, Step, StepKind
from sop.vocabulary import N_, Message

EVERYWHERE: Final = ""
"""The region of an offer that serves the whole country."""

SPOF_SHARE: Final = 0.25
"""An organization without which this share of all referrals could not be taken any more is told."""

MAX_TOLD: Final = 200
"""Findings of one kind; a directory that is almost empty should not fill a hundred pages."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One service for one need in one region (`EVERYWHERE`: in all).

    `capacity` is how many persons a month it takes: None when nobody has counted, 0 when it takes nobody. `actor` names
    the institution as the flowchart does, where it is one of those.
    """

    service_id: str
    organization: str
    need: str
    region: str
    capacity: int | None = None
    has_agreement: bool = False
    actor: str = ""


@dataclass(frozen=True)
class Network:
    """Who is there. Only active partners and services that are offered belong in it.

    `demand` counts referrals a month by (need, region). `unlisted` are regions whose services nobody has listed yet.
    `lanes` names the active organizations that hold each lane; a lane that is not a key is not judged.
    """

    offers: tuple[Offer, ...] = ()
    regions: tuple[str, ...] = ()
    demand: Mapping[tuple[str, str], int] = field(default_factory=dict)
    unlisted: frozenset[str] = frozenset()
    lanes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def serving(self, need: str, region: str) -> list[Offer]:
        """Offers for this need that take people from this region."""
        here = (*self._by_place.get((need, region), ()), *self._by_place.get((need, EVERYWHERE), ()))
        return [offer for offer in here if offer.capacity != 0]

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], list[Offer]]:
        found: dict[tuple[str, str], list[Offer]] = {}
        for offer in self.offers:
            found.setdefault((offer.need, offer.region), []).append(offer)
        return found


def check_with(flowchart: Flowchart, network: Network) -> list[Finding]:
    """Everything that the checks of the flowchart, and those joined with the network, have to say; errors first."""
    from sop.checks import check, sort

    return sort([*check(flowchart), *joined(flowchart, network)])


def joined(flowchart: Flowchart, network: Network) -> list[Finding]:
    """What the joined checks alone have to say."""
    found: list[Finding] = []
    for one in (gaps, actors, agreements, bottlenecks, single_points):
        findings = list(one(flowchart, network))
        found += findings[:MAX_TOLD]
    return found


def _finding(flowchart: Flowchart, severity: Severity, code: str, where: str, text: str, **values: object) -> Finding:
    """Its way leads to the step that it is about: a step, or the pathway of the need."""
    need = str(values.get("need", ""))
    step = str(values.get("step", "")) or next((one.id for one in _pathways(flowchart) if one.need == need), "")
    way = from_start(flowchart, step) if step else []
    return Finding(severity, code, where, Message(code, text, values), way)


def _pathways(flowchart: Flowchart) -> tuple[Step, ...]:
    return tuple(step for step in flowchart.of_kind(StepKind.PATHWAY) if step.need)


def _places(flowchart: Flowchart, network: Network) -> Iterator[tuple[str, str]]:
    needs = dict.fromkeys(str(step.need) for step in _pathways(flowchart))
    return ((need, region) for need in needs for region in network.regions)


def gaps(flowchart: Flowchart, network: Network) -> Iterator[Finding]:
    """Each need has a service in each region; where nobody has listed the services, that is told instead."""
    for region in network.regions:
        if region in network.unlisted:
            text = N_("nobody has listed the services of the region %(region)s yet: what is missing there is not known")
            yield _finding(flowchart, Severity.INFORMATION, "COVERAGE_UNKNOWN", region, text, region=region)
    for need, region in _places(flowchart, network):
        if region not in network.unlisted and not network.serving(need, region):
            text = N_("no service for the need %(need)s takes people from the region %(region)s")
            where = f"{need}/{region}"
            yield _finding(flowchart, Severity.WARNING, "COVERAGE_GAP", where, text, need=need, region=region)


def actors(flowchart: Flowchart, network: Network) -> Iterator[Finding]:
    """Each lane is held by somebody, and each pathway that names its actors by one of those."""
    for lane, holders in network.lanes.items():
        steps = [step for step in flowchart.steps.values() if step.lane == lane]
        if steps and not holders:
            text = N_("no active organization holds the lane %(lane)s, beginning with the step %(step)s")
            yield _finding(flowchart, Severity.WARNING, "NO_ACTOR", lane, text, lane=lane, step=steps[0].id)
    for step in _pathways(flowchart):
        named = {name.strip().casefold() for text in step.actors.values() for name in text.split(",")} - {""}
        present = {name.casefold() for offer in network.offers for name in (offer.actor, offer.organization) if name}
        if named and not named & present:
            text = N_("none of the actors that %(step)s names is an active partner with a service: %(actors)s")
            told = next(iter(step.actors.values()))
            yield _finding(flowchart, Severity.WARNING, "NO_ACTOR", step.id, text, step=step.id, actors=told)


def agreements(flowchart: Flowchart, network: Network) -> Iterator[Finding]:
    """Where there are services for a need, one at least has an agreement under which data may be sent."""
    for need, region in _places(flowchart, network):
        offers = network.serving(need, region)
        if offers and not any(offer.has_agreement for offer in offers):
            text = N_("in the region %(region)s no service for the need %(need)s has an agreement: %(who)s")
            who = _names(offer.organization for offer in offers)
            values = {"need": need, "region": region, "who": who}
            yield _finding(flowchart, Severity.WARNING, "NO_AGREEMENT", f"{need}/{region}", text, **values)


def bottlenecks(flowchart: Flowchart, network: Network) -> Iterator[Finding]:
    """The places under agreement are enough for what is asked; the smallest cut names those that are too few."""
    found = _flow(flowchart, network)
    if found is None or found.met >= found.asked:
        return
    text = N_("%(met)d of %(asked)d referrals a month can be taken; the places are too few at: %(who)s")
    need = found.short[0] if found.short else ""
    values = {"met": found.met, "asked": found.asked, "who": _names(found.tight), "need": need}
    yield _finding(flowchart, Severity.WARNING, "BOTTLENECK", ", ".join(found.short), text, **values)


def single_points(flowchart: Flowchart, network: Network) -> Iterator[Finding]:
    """Nothing hangs on one organization alone: a step that all cases pass, a need in a region, or a share of places."""
    yield from _narrow_steps(flowchart, network)
    yield from _only_ones(flowchart, network)
    found = _flow(flowchart, network)
    if found is None or not found.met:
        return
    for organization, carried in sorted(found.carried.items()):
        if carried < SPOF_SHARE * found.met:
            continue  # it cannot lose more than it carries
        without = _flow(flowchart, network, without=organization)
        left = without.met if without else 0
        if found.met - left >= SPOF_SHARE * found.met:
            text = N_("without %(who)s only %(left)d of %(met)d referrals a month could be taken")
            values = {"who": organization, "left": left, "met": found.met, "need": found.served.get(organization, "")}
            yield _finding(flowchart, Severity.WARNING, "SPOF", organization, text, **values)


def _narrow_steps(flowchart: Flowchart, network: Network) -> Iterator[Finding]:
    """Work through which the flowchart hangs together, in a lane that a single organization holds."""
    alone = {lane: holders[0] for lane, holders in network.lanes.items() if len(set(holders)) == 1}
    graph = nx.Graph(flowchart.forward().to_undirected())
    narrow = set(nx.articulation_points(graph)) if alone else set()
    for step in flowchart.steps.values():
        if step.id in narrow and step.lane in alone and step.kind in WORK:
            text = N_("the procedure falls apart without %(step)s, and only %(who)s does it")
            values = {"step": step.id, "who": alone[step.lane]}
            yield _finding(flowchart, Severity.INFORMATION, "SPOF", step.id, text, **values)


def _only_ones(flowchart: Flowchart, network: Network) -> Iterator[Finding]:
    """Organizations whose removal parts a need in a region from everybody who could answer it."""
    graph = nx.Graph()
    for need, region in _places(flowchart, network):
        for offer in network.serving(need, region):
            graph.add_edge(("place", f"{need}/{region}"), ("who", offer.organization))
            graph.add_edge(("who", offer.organization), (SOURCE, ""))
    narrow = sorted(name for kind, name in nx.articulation_points(graph) if kind == "who")
    for organization in narrow:
        places = [name for kind, name in graph.adj[("who", organization)] if kind == "place"]
        alone = sorted(name for name in places if graph.degree(("place", name)) == 1)
        text = N_("only %(who)s answers: %(places)s")
        values = {"who": organization, "places": _names(alone), "need": alone[0].partition("/")[0] if alone else ""}
        yield _finding(flowchart, Severity.INFORMATION, "SPOF", organization, text, **values)


def _flow(flowchart: Flowchart, network: Network, without: str = "") -> Flow | None:
    """The most referrals a month that the network can take; demand that nobody could take is a gap and left out."""
    wanted = {}
    for need, region in _places(flowchart, network):
        count = network.demand.get((need, region), 0)
        able = [offer for offer in network.serving(need, region) if offer.has_agreement]
        if count > 0 and able:
            wanted[(need, region)] = (count, [offer for offer in able if offer.organization != without])
    return flow(wanted) if wanted else None


def _names(names: Iterator[str] | list[str] | tuple[str, ...], most: int = 8) -> str:
    """Names once each, in their order, the rest as a number."""
    told = list(dict.fromkeys(names))
    return ", ".join(told[:most]) + (f" (+{len(told) - most})" if len(told) > most else "")
