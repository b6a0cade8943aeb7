"""The flowchart joined with who is there: gaps, actors, agreements, places, and what hangs on one organization."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sop.checks import check
from sop.checks.capacity import flow
from sop.checks.coverage import EVERYWHERE, Network, Offer, check_with, joined
from sop.findings import Finding, Severity
from sop.flowchart import StepKind
from sop.yaml_io import load
from tests.sop.research import LIBRARY

CHART = load(LIBRARY)
NEEDS = [str(step.need) for step in CHART.of_kind(StepKind.PATHWAY)]
LITTORAL, CENTRE = "CM005", "CM002"


def offer(need: str, region: str = LITTORAL, organization: str = "MINAS", capacity: int | None = 10) -> Offer:
    return Offer(f"{organization}-{need}-{region}", organization, need, region, capacity, True, organization)


def two_of_each(*regions: str) -> tuple[Offer, ...]:
    """Two organizations with an agreement for every need, with more places than anybody asks for."""
    return tuple(offer(need, region, who, 99) for need in NEEDS for region in regions for who in ("Une", "Deux"))


def network(*offers: Offer, **more: object) -> Network:
    return Network(offers, more.pop("regions", (LITTORAL,)), **more)  # type: ignore[arg-type]


def told(found: list[Finding], code: str) -> list[tuple[str, str]]:
    return [(one.where, str(one.message)) for one in found if one.code == code]


def test_enough_of_everything_leaves_nothing_to_tell_but_absent_actors() -> None:
    found = joined(CHART, network(*two_of_each(LITTORAL), demand={(need, LITTORAL): 5 for need in NEEDS}))
    assert {one.code for one in found} == {"NO_ACTOR"}


def test_a_need_without_a_service_in_a_region_is_a_gap_that_shows_the_way_to_its_pathway() -> None:
    offers = [one for one in two_of_each(LITTORAL, CENTRE) if (one.need, one.region) != ("VBG", CENTRE)]
    found = [one for one in joined(CHART, network(*offers, regions=(LITTORAL, CENTRE))) if one.code == "COVERAGE_GAP"]
    assert [(one.where, str(one.message)) for one in found] == [
        ("VBG/CM002", "no service for the need VBG takes people from the region CM002")
    ]
    assert (found[0].counter_example[0], found[0].counter_example[-1]) == ("S0", "P_VBG")


def test_a_service_for_the_whole_country_leaves_no_gap_and_one_that_takes_nobody_does() -> None:
    others = [one for one in two_of_each(LITTORAL, CENTRE) if one.need != "ASI"]
    regions = (LITTORAL, CENTRE)
    assert told(joined(CHART, network(*others, offer("ASI", EVERYWHERE), regions=regions)), "COVERAGE_GAP") == []
    full = joined(CHART, network(*others, offer("ASI", EVERYWHERE, capacity=0), regions=regions))
    assert [where for where, _ in told(full, "COVERAGE_GAP")] == ["ASI/CM005", "ASI/CM002"]


def test_what_is_not_known_is_not_told_as_missing() -> None:
    found = joined(CHART, network(regions=(LITTORAL,), unlisted=frozenset({LITTORAL})))
    assert told(found, "COVERAGE_GAP") == []
    assert [where for where, _ in told(found, "COVERAGE_UNKNOWN")] == [LITTORAL]
    uncounted = [replace(one, capacity=None) for one in two_of_each(LITTORAL)]
    asked = {(need, LITTORAL): 1_000_000 for need in NEEDS}
    assert told(joined(CHART, network(*uncounted, demand=asked)), "BOTTLENECK") == []


def test_services_without_an_agreement_are_named() -> None:
    offers = [replace(one, has_agreement=one.need != "MED") for one in two_of_each(LITTORAL)]
    found = told(joined(CHART, network(*offers)), "NO_AGREEMENT")
    assert found == [("MED/CM005", "in the region CM005 no service for the need MED has an agreement: Une, Deux")]
    one_is_enough = [replace(one, has_agreement=one.organization == "Une") for one in offers]
    assert told(joined(CHART, network(*one_is_enough)), "NO_AGREEMENT") == []


def test_a_lane_and_a_pathway_without_an_active_partner_are_named() -> None:
    lanes = {"CM": ("MINAS",), "COORD": (), "PROV": ("Une", "Deux")}
    offers = [*two_of_each(LITTORAL), offer("ENF", organization="minas")]
    found = dict(told(joined(CHART, network(*offers, lanes=lanes)), "NO_ACTOR"))
    assert found["COORD"] == "no active organization holds the lane COORD, beginning with the step N02"
    assert "P_ENF" not in found, "names are compared without capitals"
    assert found["P_DOC"].startswith("none of the actors that P_DOC names is an active partner with a service: DGSN")
    assert {"CM", "PROV", "PERS"} & found.keys() == set(), "a lane that is not said is not judged"


def test_too_few_places_name_who_has_too_few() -> None:
    offers = [offer("HEB", organization="MINAS", capacity=6), offer("HEB", organization="Caritas", capacity=4)]
    asked = {("HEB", LITTORAL): 15}
    found = [one for one in joined(CHART, network(*offers, demand=asked)) if one.code == "BOTTLENECK"]
    assert [(one.where, str(one.message)) for one in found] == [
        ("HEB", "10 of 15 referrals a month can be taken; the places are too few at: Caritas, MINAS")
    ]
    assert found[0].counter_example[-1] == "P_HEB"


def test_places_without_an_agreement_do_not_count_and_shared_places_count_once() -> None:
    shared = [Offer("S1", "MINAS", need, LITTORAL, 10, True) for need in ("HEB", "ENF")]
    idle = replace(offer("HEB", organization="Caritas", capacity=50), has_agreement=False)
    found = joined(CHART, network(*shared, idle, demand={("HEB", LITTORAL): 8, ("ENF", LITTORAL): 8}))
    assert [message for _, message in told(found, "BOTTLENECK")] == [
        "10 of 16 referrals a month can be taken; the places are too few at: MINAS"
    ]


def test_an_organization_that_much_hangs_on_is_told_with_what_would_be_left() -> None:
    offers = [offer("HEB", organization="MINAS", capacity=90), offer("HEB", organization="Caritas", capacity=30)]
    found = joined(CHART, network(*offers, demand={("HEB", LITTORAL): 100}))
    assert told(found, "SPOF") == [("MINAS", "without MINAS only 30 of 100 referrals a month could be taken")]


def test_who_alone_answers_is_told_with_where() -> None:
    offers = [offer("MED"), offer("HEB"), offer("HEB", organization="Caritas"), offer("ASI", CENTRE, "HCR")]
    found = joined(CHART, network(*offers, regions=(LITTORAL, CENTRE)))
    assert told(found, "SPOF") == [("HCR", "only HCR answers: ASI/CM002"), ("MINAS", "only MINAS answers: MED/CM005")]


def test_a_step_without_which_the_procedure_falls_apart_should_not_hang_on_one_organization() -> None:
    found = dict(told(joined(CHART, network(lanes={"CM": ("MINAS",), "FIRST": ("DGSN", "CRC")})), "SPOF"))
    assert "N09" in found
    assert found["N06"] == "the procedure falls apart without N06, and only MINAS does it"
    assert "N01" not in found, "two organizations hold that lane"


def test_the_whole_check_puts_errors_first_and_keeps_what_the_flowchart_alone_says() -> None:
    broken = load(LIBRARY.read_text(encoding="utf-8").replace("{from: P_TEH, to: G03}", "{from: P_TEH, to: R01}"))
    found = check_with(broken, network(offer("MED")))
    order = [one.severity for one in found]
    assert order == sorted(order, key=list(Severity).index)
    assert {one.code for one in found} >= {one.code for one in check(broken)} | {"COVERAGE_GAP"}
    assert found[0].severity is Severity.ERROR


@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 9)), min_size=1, max_size=3, unique_by=lambda one: one[0]),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from("AB"), st.one_of(st.none(), st.integers(1, 9))), max_size=6),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_flow_is_what_a_linear_programme_finds(
    asked: list[tuple[str, int]], offers: list[tuple[int, str, int | None]]
) -> None:
    wanted = {
        (need, "R"): (count, [Offer(f"S{n}", f"O{n}", need, "R", places) for n, of, places in offers if of == need])
        for need, count in asked
    }
    found = flow(wanted)
    arcs = sorted({(need, one.service_id) for (need, _), (_, able) in wanted.items() for one in able})
    limits = [([need == one[0] for one in arcs], count) for (need, _), (count, _) in wanted.items()]
    for service in {service for _, service in arcs}:
        places = [p for n, of, p in offers if f"S{n}" == service and (of, "R") in wanted]
        if None not in places:
            limits.append(([service == one[1] for one in arcs], max(p for p in places if p is not None)))
    best = 0.0
    if arcs:
        rows, most = zip(*limits, strict=True)
        best = -linprog([-1] * len(arcs), A_ub=[list(map(float, row)) for row in rows], b_ub=most).fun
    assert found.met == pytest.approx(best)
    assert sum(found.carried.values()) == found.met
    assert bool(found.short) is (found.met < found.asked)
