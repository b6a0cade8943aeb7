from datetime import UTC, datetime, time, timedelta

import pytest

from directory import Answer, Catalogue, Criteria, Criterion, Message, Offer, age_range, flatten, judge, rank
from directory.criteria import Moment
from directory.freshness import all_sections
from directory.places import Place, Places
from directory.profile import (
    Address,
    Audience,
    Capacity,
    Hours,
    Location,
    Organization,
    Phone,
    Response,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from directory.taxonomy import (
    AudienceRule,
    CapacityStatus,
    Disclosure,
    Facet,
    Referrals,
    ServiceType,
    Status,
    Visibility,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DOUALA, YAOUNDE = (4.05, 9.70), (3.87, 11.52)
GIRL = Criteria(need="MED", ages=(14, 14), sex="female", place="CM005001001", point=DOUALA)
WOMEN = (Audience(Facet.SEX, "female"),)


def offer(number=1, **values):
    values = {
        "needs": frozenset({"MED"}),
        "types": frozenset({ServiceType.HLTH}),
        "minimum_age": 0,
        "maximum_age": 99,
        "accepts_referrals": Referrals.YES,
        "areas": (ServiceArea("CM005"),),
        "point": DOUALA,
        "verified": all_sections((NOW - timedelta(12)).date()),
        **values,
    }
    return Offer(id=f"{number:03d}", service_id=str(number), organization_id="1", name=f"Service {number}", **values)


def said(one, criteria=GIRL):
    return [str(verdict.message) for verdict in judge(one, criteria, Moment(NOW)).reasons]


def answer(one, criteria=GIRL):
    return judge(one, criteria, Moment(NOW)).answer.value


def verdict_on(one, criteria, criterion):
    found = judge(one, criteria, Moment(NOW)).verdict(criterion)
    assert found is not None
    return found


def ids(candidates):
    return [candidate.offer.id for candidate in candidates]


def test_a_provider_is_offered_with_its_reasons():
    one = offer(
        minimum_age=12, maximum_age=17, audiences=WOMEN, point=(4.05, 9.736),
        hours=Hours((Schedule("MO", time(8), time(15, 30)),)),
        capacity=Capacity(CapacityStatus.AVAILABLE, 2, updated=NOW - timedelta(hours=3)),
        response=Response(10, 9),
    )  # fmt: skip
    assert said(one) == [
        "accepts girls 12–17",
        "open today until 15:30",
        "2 places, confirmed 3 h ago",
        "4 km",
        "answered 9 of 10 requests within 24 h",
        "verified 12 days ago",
    ]
    assert answer(one) == "yes"


def test_a_service_that_is_not_mapped_to_the_need_is_in_no_group():
    ranking = rank(Catalogue([offer(needs=frozenset()), offer(2, needs=frozenset({"PSY"}))]), GIRL, now=NOW)
    assert [len(ranking.fits), len(ranking.to_verify), len(ranking.excluded)] == [0, 0, 0]


def test_a_restricted_service_is_not_even_excluded_for_those_who_may_not_know_it():
    catalogue = Catalogue([offer(visibility=Visibility.RESTRICTED), offer(2, visibility=Visibility.NETWORK)])
    assert ids(rank(catalogue, GIRL, now=NOW).fits) == ["002"]
    public = Criteria(need="MED", visibility=frozenset({Visibility.PUBLIC}))
    assert len(rank(catalogue, public, now=NOW).fits) == 0


@pytest.mark.parametrize(
    ("values", "ages", "expected", "sentence"),
    [
        ({"minimum_age": 12, "maximum_age": 17}, (12, 12), "yes", "accepts children 12–17"),
        ({"minimum_age": 12, "maximum_age": 17}, (17, 17), "yes", "accepts children 12–17"),
        ({"minimum_age": 12, "maximum_age": 17}, (18, 18), "no", "accepts children 12–17 only"),
        ({"minimum_age": 18, "maximum_age": None}, (17, 17), "no", "accepts adults from 18 years only"),
        ({"minimum_age": None, "maximum_age": 17}, (3, 3), "yes", "accepts children up to 17 years"),
        ({"minimum_age": None, "maximum_age": None}, (14, 14), "unknown", "age not stated"),
        ({"minimum_age": None, "maximum_age": None, "all_ages": True}, (14, 14), "yes", "accepts all ages"),
        (
            {"minimum_age": 18, "maximum_age": None}, age_range(age_band="doubtful"), "unknown",
            "accepts adults from 18 years; the person’s age is not certain",
        ),
        ({"minimum_age": 0, "maximum_age": 17}, age_range(age_band="minor"), "yes", "accepts children up to 17 years"),
    ],
)  # fmt: skip
def test_age(values, ages, expected, sentence):
    verdict = verdict_on(offer(**values), Criteria(need="MED", ages=ages), Criterion.AGE)
    assert (verdict.answer.value, str(verdict.message)) == (expected, sentence)


@pytest.mark.parametrize(
    ("audiences", "types", "sex", "expected", "sentence"),
    [
        (WOMEN, "SHEL", "female", "yes", "receives women and girls"),
        (WOMEN, "SHEL", "male", "no", "does not receive men"),
        (WOMEN, "SHEL", "other", "unknown", "receives women and girls only: to be checked"),
        ((Audience(Facet.SEX, "male", AudienceRule.EXCLUDED),), "SHEL", "male", "no", "does not receive men"),
        ((), "SHEL", "female", "unknown", "not stated whether women or men are received"),
        ((Audience(Facet.SEX, "all"),), "SHEL", "male", "yes", "receives women and men"),
    ],
)
def test_sex(audiences, types, sex, expected, sentence):
    one = offer(audiences=audiences, types=frozenset({ServiceType(types)}))
    verdict = verdict_on(one, Criteria(need="MED", sex=sex), Criterion.SEX)
    assert (verdict.answer.value, str(verdict.message)) == (expected, sentence)


def test_silence_about_sex_is_no_restriction_at_a_health_centre():
    assert judge(offer(), GIRL, Moment(NOW)).verdict(Criterion.SEX) is None


@pytest.mark.parametrize(
    ("rows", "terms", "expected", "sentence"),
    [
        ([("gbv_survivor", "included")], {"gbv_survivor"}, "yes", "is meant for: survivors of gender-based violence"),
        ([("gbv_survivor", "included")], {"disability"}, "no", "only for: survivors of gender-based violence"),
        ([("gbv_survivor", "included")], set(), "unknown", "only for: survivors of gender-based violence"),
        ([("addiction", "excluded")], {"addiction", "hiv"}, "no", "does not receive: people with an addiction"),
        ([("unaccompanied_child", "priority")], {"unaccompanied_child"}, "yes", "serves first: unaccompanied children"),
        ([("all", "included")], {"hiv"}, None, None),
        ([], {"hiv"}, None, None),
    ],
)
def test_audiences(rows, terms, expected, sentence):
    one = offer(audiences=tuple(Audience(Facet.VULNERABILITY, term, AudienceRule(rule)) for term, rule in rows))
    criteria = Criteria(need="MED", vulnerabilities=frozenset(terms))
    verdict = judge(one, criteria, Moment(NOW)).verdict(Criterion.AUDIENCE)
    assert (verdict and verdict.answer.value, verdict and str(verdict.message)) == (expected, sentence)


@pytest.mark.parametrize(
    ("areas", "values", "place", "expected"),
    [
        (("CM005001001",), {}, "CM005001001", "yes"),
        (("CM005",), {}, "CM005001001", "yes"),
        (("CM",), {"point": None}, "CM005001001", "yes"),
        (("CM002",), {}, "CM005001001", "no"),
        (("CM005001001",), {}, "CM005", "unknown"),
        ((), {"point": YAOUNDE}, "CM005001001", "no"),
        ((), {"point": None}, "CM005001001", "unknown"),
        ((), {"point": None, "pcode": "CM005001002"}, "CM005001001", "yes"),
        ((), {"point": None, "remote": True}, "CM005001001", "yes"),
    ],
)
def test_area_by_unit_parents_then_distance(areas, values, place, expected):
    one = offer(areas=tuple(map(ServiceArea, areas)), **values)
    criteria = Criteria(need="MED", place=place, point=DOUALA)
    assert verdict_on(one, criteria, Criterion.AREA).answer.value == expected


def test_an_area_known_by_name_only_can_be_confirmed_but_never_refused():
    named = offer(areas=(ServiceArea(name="Broward County"),))
    here = Criteria(need="MED", place_names=("BROWARD county", "Florida"))
    there = Criteria(need="MED", place_names=("Lee County", "Florida"))
    assert verdict_on(named, here, Criterion.AREA).answer is Answer.YES
    assert verdict_on(named, there, Criterion.AREA).answer is Answer.UNKNOWN


def test_an_area_served_on_request_is_to_verify():
    one = offer(areas=(ServiceArea("CM005", on_request=True),))
    assert said(one)[2:4] == ["places not stated", "comes to this place on request: call first"]
    assert answer(one) == "unknown"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"status": Status.TEMPORARILY_CLOSED}, "no"),
        ({"status": None}, "unknown"),
        ({"suspended": True}, "no"),
        ({"archived": True}, "no"),
        ({"accepts_referrals": None}, "unknown"),
        ({"accepts_referrals": Referrals.NO}, "no"),
        ({"verified": {}}, "unknown"),
        ({"verified": all_sections((NOW - timedelta(120)).date())}, "yes"),
        ({"hours": Hours()}, "yes"),
        ({"free": False}, "yes"),
        ({"capacity": Capacity(CapacityStatus.FULL, updated=NOW - timedelta(hours=1))}, "no"),
        ({"capacity": Capacity(CapacityStatus.FULL, updated=NOW - timedelta(days=30))}, "yes"),
        ({"capacity": Capacity(CapacityStatus.WAITING_LIST, updated=NOW, waiting_days=14)}, "yes"),
    ],
)
def test_what_decides(values, expected):
    assert answer(offer(**values)) == expected


def test_what_is_required_decides_too():
    closed = offer(hours=Hours((Schedule("SU", time(8), time(9)),)), free=None, languages=frozenset({"fra"}))
    for criterion, expected in (
        (Criterion.HOURS, "no"),
        (Criterion.COST, "unknown"),
        (Criterion.CAPACITY, "unknown"),
        (Criterion.LANGUAGE, "no"),
    ):
        criteria = Criteria(need="MED", languages=frozenset({"ful"}), required=frozenset({criterion}))
        assert answer(closed, criteria) == expected, criterion


class TestOrder:
    def order(self, *offers):
        return ids(rank(Catalogue(offers), GIRL, now=NOW).fits)

    def test_places_known_to_be_free_come_first(self):
        def places(status, number=None):
            return Capacity(status, number, updated=NOW)

        assert self.order(
            offer(1), offer(2, capacity=places(CapacityStatus.WAITING_LIST)),
            offer(3, capacity=places(CapacityStatus.AVAILABLE, 1)),
            offer(4, capacity=places(CapacityStatus.ASSESSMENT)),
        ) == ["003", "004", "001", "002"]  # fmt: skip

    def test_then_freshness_then_distance_then_answers(self):
        late = {"verified": all_sections((NOW - timedelta(120)).date())}
        near, far = {"point": (4.05, 9.71)}, {"point": (4.05, 9.9)}
        assert self.order(
            offer(1, **late, **near), offer(2, **far), offer(3, **near), offer(4, **near, response=Response(10, 10)),
            offer(5, **near, response=Response(10, 1)),
        ) == ["004", "003", "005", "002", "001"]  # fmt: skip

    def test_the_size_of_an_organisation_plays_no_part(self):
        small, big = offer(2), [offer(number) for number in range(3, 30)]
        assert self.order(*big, small)[0] == "002"

    def test_to_verify_begins_with_the_fewest_open_questions(self):
        offers = [offer(1, minimum_age=None, maximum_age=None, verified={}), offer(2, verified={}, point=None)]
        assert ids(rank(Catalogue(offers), GIRL, now=NOW).to_verify) == ["002", "001"]


class TestSafeHouse:
    PLACES = Places([Place("CM005001001", "Douala 1er", 3, *DOUALA)])

    def house(self, disclosure, places=PLACES):
        location = Location(
            "L", "Maison Espoir, rue 12", latitude=4.1234, longitude=9.8765, pcode="CM005001001", disclosure=disclosure,
            description="blue door behind the church", addresses=(Address("Rue 12, porte bleue", "Douala"),),
            phones=(Phone("+237699123456"),),
        )  # fmt: skip
        service = Service(
            "S", "Refuge", "O", needs=frozenset({"HEB"}), service_at_locations=(ServiceAtLocation("SL", location),)
        )
        return flatten(Organization("O", "Organisation"), service, places)[0]

    def test_nothing_of_the_address_is_in_the_offer(self):
        for disclosure in (Disclosure.ARRONDISSEMENT, Disclosure.ON_REQUEST):
            shown = repr(self.house(disclosure))
            for secret in ("4.1234", "9.8765", "Rue 12", "rue 12", "blue door", "Espoir", "699123456"):
                assert secret not in shown

    def test_distance_is_from_the_seat_and_says_so(self):
        one = self.house(Disclosure.ARRONDISSEMENT)
        assert one.point == DOUALA
        criteria = Criteria(need="HEB", point=(4.05, 9.75))
        assert "about 6 km (address kept secret)" in said(one, criteria)

    def test_without_a_gazetteer_there_is_no_point_at_all(self):
        assert self.house(Disclosure.ARRONDISSEMENT, places=None).point is None

    def test_an_open_address_is_shown(self):
        one = self.house(Disclosure.EXACT)
        assert (one.point, one.address) == ((4.1234, 9.8765), "Rue 12, porte bleue, Douala")


def test_messages_translate_their_values():
    from directory import render

    french = {"accepts %(who)s": "reçoit : %(who)s", "girls": "filles", "boys": "garçons"}
    message = Message("x", "accepts %(who)s", {"who": (Message("g", "girls"), Message("b", "boys"))})
    assert render(message, lambda text: french[text]) == "reçoit : filles, garçons"


def test_candidates_are_a_sequence():
    fits = rank(Catalogue([offer(number) for number in range(1, 8)]), GIRL, now=NOW).fits
    assert (len(fits), ids(fits[2:4]), fits[-1].offer.id, ids(fits)) == (
        7, ["003", "004"], "007", ["001", "002", "003", "004", "005", "006", "007"],
    )  # fmt: skip
    with pytest.raises(IndexError):
        fits[7]
    assert ids(rank(Catalogue([]), GIRL, now=NOW).fits) == []
