"""Coverage from plain offers: what counts, what a gap is, what nobody may conclude."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest

from directory import Offer
from directory.coverage import (
    Confirmation,
    Demand,
    State,
    access,
    differences,
    matrix,
    reached,
    single_points,
    weighted,
    without,
)
from directory.freshness import all_sections
from directory.mandates import Mandate, MandateRole, Problem, findings
from directory.overlap import Kind, overlaps
from directory.places import Place, Places
from directory.profile import Audience, Capacity, Hours, Schedule, ServiceArea
from directory.taxonomy import CapacityStatus, Disclosure, Facet, Group, Status

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
REGIONS = ("CM004", "CM005", "CM007")
WEEK = Hours((Schedule("MO,TU,WE,TH,FR", time(8), time(16)),))
NIGHTS = Hours((Schedule("MO,TU,WE,TH,FR", time(18), time(23)),))


def offer(number=1, organization="red", **values):
    values = {
        "needs": frozenset({"MED"}), "areas": (ServiceArea("CM005"),), "hours": WEEK, "minimum_age": 0,
        "verified": all_sections(TODAY - timedelta(10)), **values,
    }  # fmt: skip
    return Offer(id=f"{number}", service_id=str(number), organization_id=organization, name="Service", **values)


def states(offers, **values):
    found = matrix(offers, ("MED",), REGIONS, NOW, **values)
    return [found.cells["MED", unit].state.value for unit in REGIONS]


def capacity(status, available=None, hours=1):
    return Capacity(status, available, updated=NOW - timedelta(hours=hours))


def test_no_service_known_is_not_no_service_until_somebody_says_so():
    assert states([offer()]) == ["unknown", "covered", "unknown"]
    looked = [
        Confirmation("MED", "CM004", TODAY - timedelta(180)),
        Confirmation("MED", "CM007", TODAY - timedelta(181)),
    ]
    assert states([offer()], confirmations=looked) == ["none", "covered", "unknown"]


def test_a_confirmation_of_none_yields_to_a_service():
    assert states([offer()], confirmations=[Confirmation("MED", "CM005", TODAY)])[1] == "covered"


@pytest.mark.parametrize(
    "values",
    [
        {"verified": all_sections(TODAY - timedelta(300))},
        {"verified": {}},
        {"capacity": capacity(CapacityStatus.FULL)},
        {"capacity": capacity(CapacityStatus.AVAILABLE, 0)},
        {"areas": (ServiceArea("CM005", on_request=True),)},
    ],
)
def test_unverified_full_or_on_request_is_doubtful(values):
    assert states([offer(**values)])[1] == "doubtful"


def test_full_long_ago_is_not_full_now():
    assert states([offer(capacity=capacity(CapacityStatus.FULL, hours=15 * 24))])[1] == "covered"


@pytest.mark.parametrize(
    "values",
    [{"status": Status.DEFUNCT}, {"status": Status.TEMPORARILY_CLOSED}, {"archived": True}, {"suspended": True}],
)
def test_closed_archived_and_suspended_do_not_count(values):
    assert states([offer(**values)])[1] == "unknown"


def test_targets_ask_for_more_than_one_service():
    assert states([offer(1), offer(2)], targets={"MED": 3})[1] == "below_target"
    assert states([offer(1), offer(2), offer(3)], targets={"MED": 3})[1] == "covered"


def test_two_places_of_one_service_are_one_service():
    twice = [offer(1), Offer(**{**{name: getattr(offer(1), name) for name in Offer.__dataclass_fields__}, "id": "x"})]
    assert states(twice, targets={"MED": 2})[1] == "below_target"


def test_a_cell_tells_presence_freshness_and_room_apart():
    found = matrix(
        [
            offer(1, "red", capacity=capacity(CapacityStatus.AVAILABLE, 4)),
            offer(2, "red", verified=all_sections(TODAY - timedelta(100))),
            offer(3, "blue", capacity=capacity(CapacityStatus.AVAILABLE, 3)),
        ],
        ("MED",), REGIONS, NOW,
    ).cells["MED", "CM005"]  # fmt: skip
    assert (len(found.organizations), len(found.services), found.fresh, found.places) == (2, 3, 2, 7)
    assert found.concentration == Fraction(5, 9)


def test_places_of_a_group_whose_number_has_lapsed_are_not_counted():
    men = Capacity(CapacityStatus.AVAILABLE, 2, updated=NOW - timedelta(15), audience=Group.MEN)
    room = Capacity(CapacityStatus.AVAILABLE, 4, updated=NOW - timedelta(hours=1), groups=(men,))
    found = matrix([offer(capacity=room)], ("MED",), REGIONS, NOW)
    assert found.cells["MED", "CM005"].places == 4


def test_reach_follows_the_stated_area_then_the_place_then_the_telephone():
    assert reached(offer(areas=(ServiceArea("CM"),)), REGIONS) == dict.fromkeys(REGIONS, True)
    assert reached(offer(areas=(), pcode="CM004001002"), REGIONS) == {"CM004": True}
    assert reached(offer(areas=(), remote=True), REGIONS) == dict.fromkeys(REGIONS, True)
    assert reached(offer(areas=(), pcode=""), REGIONS) == {}
    assert reached(offer(areas=(ServiceArea("CM005"),)), ("CM005001", "CM004001")) == {"CM005001": True}


def test_what_hangs_on_one_organization_is_found_and_what_ends_soon():
    two = [offer(1, "red"), offer(2, "blue")]
    alone = single_points(matrix([offer(1, "red")], ("MED",), REGIONS, NOW), TODAY)
    assert [(one.pcode, one.organizations, one.ends) for one in alone] == [("CM005", ("red",), None)]
    found = matrix(two, ("MED",), REGIONS, NOW)
    assert single_points(found, TODAY) == ()
    assert single_points(found, TODAY, {"red": TODAY + timedelta(30)}) == ()
    both = single_points(found, TODAY, {"red": TODAY + timedelta(30), "blue": TODAY + timedelta(90)})
    assert [one.ends for one in both] == [date(2026, 5, 31)]


def test_access_measures_from_the_seat_and_says_what_it_estimated():
    places = Places(
        [
            Place("CM005001", "A", 2, 4.0, 9.7), Place("CM005001001", "A1", 3, 4.05, 9.7),
            Place("CM005001002", "A2", 3), Place("CM005001003", "A3", 3, 6.0, 9.7),
            Place("CM005001004", "A4", 3, 6.1, 9.7),
        ]
    )  # fmt: skip
    units = [one for one in places if one.level == 3]
    there = offer(areas=(ServiceArea("CM005001003"),), point=(4.05, 9.71), disclosure=Disclosure.ARRONDISSEMENT)
    (found,) = access([there, offer(2, remote=True, point=(6.1, 9.7))], ("MED",), units, places, 50)
    assert (found.far, found.units, found.estimated, found.unmeasured) == (("CM005001004",), 4, 1, 0)
    assert found.share == Fraction(1, 4)


def test_what_if_a_service_closes_or_an_organization_leaves():
    offers = [offer(1, "red"), offer(2, "blue", areas=(ServiceArea("CM004"),)), offer(3, "blue")]
    before = matrix(offers, ("MED",), REGIONS, NOW)
    gone = matrix(without(offers, organizations={"blue"}), ("MED",), REGIONS, NOW)
    (change,) = differences(before, gone)
    assert (change.pcode, change.before, change.after, change.worse) == ("CM004", State.COVERED, State.UNKNOWN, True)
    assert differences(before, matrix(without(offers, services={"3"}), ("MED",), REGIONS, NOW)) == ()
    opened = matrix([*offers, offer(4, areas=(ServiceArea("CM007"),))], ("MED",), REGIONS, NOW)
    assert [(one.pcode, one.worse) for one in differences(before, opened)] == [("CM007", False)]


def test_gaps_are_sorted_by_demand_and_hidden_figures_move_nothing():
    gaps = matrix([], ("MED",), REGIONS, NOW).gaps()
    demand = {("MED", "CM007"): Demand(12, 8), ("MED", "CM005"): Demand(None, 8), ("MED", "CM004"): Demand(5, 10)}
    assert [cell.pcode for cell, _known in weighted(gaps, demand)] == ["CM007", "CM004", "CM005"]
    hidden = {("MED", "CM005"): Demand(None, 8), ("MED", "CM007"): Demand(None, None)}
    assert [cell.pcode for cell, _known in weighted(gaps, hidden)] == ["CM004", "CM005", "CM007"]


def test_an_overlap_is_called_by_audience_hours_and_room():
    def kind(one, other):
        found = overlaps([offer(1, "red", **one), offer(2, "blue", **other)], REGIONS, NOW)
        return [pair.kind for pair in found]

    full, free = (capacity(CapacityStatus.FULL), capacity(CapacityStatus.AVAILABLE, 3))
    assert kind({}, {}) == [Kind.REDUNDANT]
    assert kind({}, {"hours": NIGHTS}) == [Kind.COMPLEMENTARY]
    assert kind({"maximum_age": 17}, {"minimum_age": 18}) == [Kind.COMPLEMENTARY]
    women, men = (Audience(Facet.SEX, "female"),), (Audience(Facet.SEX, "male"),)
    assert kind({"audiences": women}, {"audiences": men}) == [Kind.COMPLEMENTARY]
    assert kind({"capacity": full}, {"capacity": full}) == [Kind.JUSTIFIED]
    assert kind({"capacity": full}, {"capacity": free}) == [Kind.COMPETING]
    assert kind({}, {"areas": (ServiceArea("CM007"),)}) == []
    assert kind({}, {"needs": frozenset({"PSY"})}) == []


def test_unknown_hours_are_taken_as_the_same_and_told():
    (found,) = overlaps([offer(1, "red", hours=Hours()), offer(2, "blue")], REGIONS, NOW)
    assert found.hours is None
    assert found.score == pytest.approx(1)


def mandate(organization="red", role=MandateRole.LEAD, pcode="CM005", **values):
    return Mandate(organization, "MED", pcode, role, **{"legal_basis": "Decree", **values})


def problems(mandates, offers, units=("CM005",)):
    found = findings(mandates, offers, ("MED",), units, NOW)
    return [(one.problem, one.organizations) for one in found]


def test_mandate_and_practice_are_compared():
    assert problems([mandate()], [offer(1, "red")]) == []
    assert problems([], [offer(1, "red")]) == [(Problem.NO_LEAD, ())]
    assert problems([mandate()], []) == [(Problem.NO_SERVICE, ("red",))]
    assert problems([mandate()], [offer(1, "red"), offer(2, "blue")]) == [(Problem.NO_MANDATE, ("blue",))]
    assert problems([mandate(), mandate("blue")], [offer(1, "red"), offer(2, "blue")]) == [
        (Problem.TWO_LEADS, ("blue", "red"))
    ]
    over = mandate(ends=TODAY - timedelta(1))
    assert problems([over], [offer(1, "red")]) == [(Problem.NO_LEAD, ()), (Problem.EXPIRED, ("red",))]
    assert problems([mandate(legal_basis=" ")], [offer(1, "red")]) == [(Problem.NO_BASIS, ("red",))]


def test_a_mandate_for_the_country_holds_in_every_region_and_support_owes_no_service():
    assert problems([mandate(pcode="CM")], [offer(1, "red")]) == []
    assert problems([mandate(), mandate("blue", MandateRole.SUPPORT)], [offer(1, "red")]) == []
