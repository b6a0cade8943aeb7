"""`rank` against a slow reference that judges every offer by itself and sorts the verdicts."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from directory import Answer, Catalogue, Criteria, Criterion, Offer, judge, rank
from directory.criteria import Moment
from directory.profile import Audience, Capacity, Closure, Hours, Response, Schedule, ServiceArea
from directory.question import CONDITIONS
from directory.taxonomy import (
    KEPT_GROUPS,
    AudienceRule,
    CapacityStatus,
    Disclosure,
    Facet,
    Referrals,
    ServiceType,
    Status,
    Visibility,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PCODES = ["CM", "CM002", "CM005", "CM005001", "CM005001001", "CM005001002", "CM002003"]
POINTS = [None, (4.05, 9.70), (4.05, 9.74), (3.87, 11.52), (4.3, 9.9)]


AREAS = st.builds(ServiceArea, st.sampled_from(["", *PCODES]), st.just("Douala"), st.booleans())

PAPERS = st.sampled_from(["CNI ou passeport", "Aucun", "Deux témoins"])


def chance(values, draw):
    return draw(st.sampled_from(values))


@st.composite
def hours(draw):
    row = st.builds(
        Schedule,
        st.sampled_from(["MO", "SU,MO", "TU,WE", "MO,TU,WE,TH,FR,SA,SU"]),
        st.sampled_from([time(0), time(8), time(20)]),
        st.sampled_from([time(0), time(6), time(10), time(12), time(23, 59)]),
        interval=st.sampled_from([1, 1, 2]),
        dtstart=st.sampled_from([None, date(2026, 3, 2)]),
    )
    rows = draw(st.lists(row, max_size=2))
    if draw(st.integers(0, 2)) == 0:
        kind = chance(["ramadan", "rainy_season", "exception"], draw)
        first = chance([date(2026, 2, 18), date(2026, 3, 2), date(2026, 3, 3)], draw)
        last = chance([date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 19)], draw)
        rows.append(Schedule("MO", time(8), time(10), kind=kind, valid_from=first, valid_to=last))
    closed = (Closure(date(2026, 3, 1), date(2026, 3, 3)),) if draw(st.integers(0, 9)) == 0 else ()
    zone = chance(["Africa/Douala", "America/New_York"], draw)
    return Hours(tuple(rows), closed, zone, chance(["", "open", "closed"], draw))


@st.composite
def offers(draw, number):
    status = chance(list(CapacityStatus), draw)
    updated = NOW - timedelta(hours=chance([0, 1, 72, 100, 336, 400], draw))
    sections = [one for one in ("contacts", "hours", "service") if draw(st.integers(0, 19))]
    kept = st.builds(
        Capacity, st.sampled_from(list(CapacityStatus)), st.sampled_from([None, 0, 3]),
        updated=st.sampled_from([updated, updated, NOW - timedelta(hours=2)]), audience=st.sampled_from(KEPT_GROUPS),
    )  # fmt: skip
    groups = tuple(draw(st.lists(kept, max_size=3, unique_by=lambda one: one.audience)))
    row = st.builds(
        Audience, st.sampled_from(list(Facet)), st.sampled_from(["female", "male", "all", "hiv", "refugee", "cmr"]),
        st.sampled_from(list(AudienceRule)),
    )  # fmt: skip
    return Offer(
        id=f"{number:03d}", service_id="s", organization_id="o", name="n",
        needs=draw(st.frozensets(st.sampled_from(["MED", "HEB", "ECO"]))),
        types=draw(st.frozensets(st.sampled_from([ServiceType.HLTH, ServiceType.SHEL]), max_size=1)),
        status=chance([Status.ACTIVE, Status.ACTIVE, Status.INACTIVE, None], draw),
        suspended=draw(st.integers(0, 9)) == 0,
        archived=draw(st.integers(0, 9)) == 0,
        visibility=chance(list(Visibility), draw),
        minimum_age=chance([None, 0, 12, 18], draw),
        maximum_age=chance([None, 17, 30, 99], draw),
        all_ages=draw(st.booleans()),
        audiences=tuple(draw(st.lists(row, max_size=2))),
        accepts_referrals=chance([None, *Referrals], draw),
        languages=draw(st.frozensets(st.sampled_from(["fra", "ful"]))),
        interpreter=draw(st.booleans()),
        free=chance([None, True, False], draw),
        areas=tuple(
            draw(st.lists(AREAS, max_size=2))
        ),
        pcode=chance(["", *PCODES], draw),
        point=chance(POINTS, draw),
        remote=draw(st.integers(0, 4)) == 0,
        disclosure=chance(list(Disclosure), draw),
        hours=draw(hours()),
        capacity=chance([None, Capacity(status, chance([None, 0, 3], draw), updated=updated, groups=groups)], draw),
        verified={one: NOW.date() - timedelta(chance([0, 90, 91, 106, 136, 300], draw)) for one in sections},
        required_documents=tuple(draw(st.lists(PAPERS, max_size=2))),
        step_free=chance([None, True, False], draw),
        accessibility=chance(["", "rampe"], draw),
        vacancies=chance([None, 0, 2], draw),
        response=chance([None, Response(10, 9), Response(10, 2), Response(3, 3)], draw),
    )  # fmt: skip


@st.composite
def directories(draw):
    return [draw(offers(number)) for number in range(draw(st.integers(0, 12)))]


criteria = st.builds(
    Criteria,
    need=st.sampled_from(["MED", "HEB", None]),
    ages=st.sampled_from([None, (14, 14), (0, 17), (0, 120), (40, 40)]),
    sex=st.sampled_from([None, "female", "male", "other"]),
    statuses=st.sampled_from([None, frozenset(), frozenset({"refugee"})]),
    vulnerabilities=st.sampled_from([None, frozenset(), frozenset({"hiv"}), frozenset({"unaccompanied_child"})]),
    nationality=st.sampled_from([None, "", "cmr"]),
    place=st.sampled_from([None, *PCODES]),
    place_names=st.sampled_from([(), ("douala",), ("Buea",)]),
    point=st.sampled_from(POINTS),
    languages=st.sampled_from([frozenset(), frozenset({"ful"})]),
    papers=st.sampled_from([None, frozenset(), frozenset({"passport"})]),
    at=st.sampled_from([None, None, datetime(2026, 3, 3, 19, tzinfo=UTC)]),
    on=st.sampled_from([None, None, date(2026, 3, 4)]),
    required=st.frozensets(st.sampled_from(list(CONDITIONS.values()))),
    visibility=st.sampled_from([frozenset(Visibility), frozenset({Visibility.PUBLIC, Visibility.NETWORK})]),
)


def slowly(found, asked, holidays):
    """Three lists of ids, from the verdicts alone."""
    moment = Moment(NOW, holidays)
    groups: dict[Answer, list[tuple[tuple[int, ...], str]]] = {answer: [] for answer in Answer}
    for offer in found:
        if offer.visibility in asked.visibility and (asked.need is None or asked.need in offer.needs):
            candidate = judge(offer, asked, moment)
            groups[candidate.answer].append((key(candidate), offer.id))
    return [[one for _, one in sorted(groups[answer])] for answer in (Answer.YES, Answer.UNKNOWN, Answer.NO)]


def key(candidate):
    """The documented order, read from what is shown."""
    hard = [verdict.answer for verdict in candidate.verdicts if verdict.hard]
    codes = {verdict.criterion: verdict.message.code for verdict in candidate.verdicts}
    place = {
        "has_places": 0, "places": 0, "assessment": 1, "capacity_not_stated": 2, "capacity_lapsed": 2,
        "waiting_list": 3, "waiting_days": 3, "full": 4, "group_available": 0, "group_assessment": 1,
        "group_unknown": 2, "group_waiting_list": 3, "group_full": 4,
    }[codes[Criterion.CAPACITY]]  # fmt: skip
    fresh = {
        "verified": 0, "verified_how": 0, "to_confirm": 1, "confirmation_late": 2, "verified_long_ago": 3,
        "never_verified": 3,
    }.get(codes[Criterion.FRESHNESS])  # fmt: skip
    fresh = 4 if candidate.offer.archived else fresh
    km = 10**6 if candidate.distance_km is None else round(candidate.distance_km)
    response = candidate.verdict(Criterion.RESPONSE)
    answered = 1 if response is None else {Answer.YES: 0, Answer.NO: 2}[response.answer]
    return (hard.count(Answer.NO), hard.count(Answer.UNKNOWN), place, fresh, km, answered)


@settings(max_examples=100, deadline=None)
@given(found=directories(), asked=criteria, holidays=st.sampled_from([frozenset(), frozenset({date(2026, 3, 2)})]))
def test_ranking_is_that_of_the_slow_reference(found, asked, holidays):
    ranking = rank(Catalogue(found), asked, now=NOW, holidays=holidays)
    mine = [[one.offer.id for one in group] for group in (ranking.fits, ranking.to_verify, ranking.excluded)]
    assert mine == slowly(found, asked, holidays)
