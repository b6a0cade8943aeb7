import copy
import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import Catalogue, Criteria, flatten, rank
from directory.hsds import Unreadable, parse_mapping, read
from directory.profile import Schedule
from directory.taxonomy import Status

DATA = Path(__file__).parents[2] / "../shared/data/hsds"
FLORIDA = DATA / "real/florida_legal_2019/services.hsds-3.2.json"
UK = DATA / "real/oruk_mocks_3.0"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
needs_data = pytest.mark.skipif(not FLORIDA.exists(), reason="the real HSDS data sets are not beside the checkout")


def service(**values):
    return {
        "id": "7d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "name": "Aide", "status": "active",
        "organization": {"id": "0d0d1d5e-5f0c-4c6e-9a56-0a4a3c2b1f00", "name": "Organisation"}, **values,
    }  # fmt: skip


def refused(**values):
    result = read([service(**values)])
    assert len(result.services) == 0
    return [(name, str(message)) for name, message in result.quarantined[0].reasons]


def warned(**values):
    result = read([service(**values)])
    assert len(result.quarantined) == 0
    return [(one.field, str(one.message)) for one in result.warnings]


@needs_data
class TestFlorida:
    MAPPING = parse_mapping(["IMMIGRATION=JUR", "domestic-violence=VBG"])

    def test_all_135_services_come_in_and_what_was_left_out_is_said(self):
        summary = read(FLORIDA, self.MAPPING, "florida").summary()
        assert (summary["services"], summary["organizations"], summary["locations"]) == (135, 18, 247)
        assert summary["quarantined"] == []
        reasons = {(one["row"], one["field"]): one["reason"] for one in summary["warnings"]}
        assert reasons[(11, "maximum_age")] == "999 read as: no upper age"
        assert sum(name == "url" for _, name in reasons) == 11
        assert json.loads(json.dumps(summary)) == summary

    def test_only_mapped_services_are_offered(self):
        result = read(FLORIDA, self.MAPPING, "florida")
        assert sum("JUR" in one.needs for one in result.services) == 22
        assert sum("VBG" in one.needs for one in result.services) == 33
        assert {term.name for term, _ in result.unmapped} >= {"Foreclosure", "Bankruptcy"}
        assert sum(len(one.needs) == 0 for one in read(FLORIDA).services) == 135

    def test_a_case_in_florida_is_ranked_with_reasons(self):
        result = read(FLORIDA, self.MAPPING, "florida", timezone="America/New_York")
        asked = Criteria(need="JUR", ages=(30, 30), sex="female", place_names=("Broward County", "Florida"))
        ranking = rank(Catalogue(result.offers), asked, now=NOW)
        assert len(ranking.fits) == 0
        best = [(one.offer.name, [str(verdict.message) for verdict in one.reasons]) for one in ranking.to_verify[:50]]
        assert all("never verified: call before you refer" in reasons for _, reasons in best)
        assert "covers the person’s place" in best[0][1]
        child = Criteria(need="VBG", ages=(10, 10))
        excluded = rank(Catalogue(result.offers), child, now=NOW).excluded
        assert {str(one.reasons[0].message) for one in excluded} == {
            "accepts adults from 18 years only",
            "accepts adults from 60 years only",
        }


@needs_data
@pytest.mark.parametrize(
    ("path", "imported", "quarantined", "reason"),
    [
        ("examples-3.1/service_full.json", 1, 0, None),
        ("examples-3.1/service_list.json", 1, 0, None),
        ("examples-3.1/organization_full.json", 1, 0, None),
        ("examples-3.1/location.json", 0, 0, None),
        ("examples-3.1/service_at_location_full.json", 0, 1, "this is a service at a location, not a service"),
        ("examples-3.1/taxonomy.json", 0, 1, "this does not look like a service"),
        ("real/oruk_mocks_3.0/V3.0-UK-Fail/service_full.json", 0, 1, "not an e-mail address: email-example_com"),
        ("real/oruk_mocks_3.0/V3.0-UK-Fail/service_list.json", 0, 4, "required, but missing"),
        ("real/oruk_mocks_3.0/V3.0-UK-Warn/service_list.json", 1, 0, None),
        ("real/oruk_mocks_3.0/V3.0-UK-Test/service_list_data.json", 1, 127, "the id is already on row 1"),
    ],
)
def test_official_and_british_examples(path, imported, quarantined, reason):
    result = read(DATA / path)
    assert (len(result.services), len(result.quarantined)) == (imported, quarantined)
    assert {str(one.reason) for one in result.quarantined} == ({reason} if reason else set())


@needs_data
def test_the_official_example_keeps_what_a_referral_needs():
    one = read(DATA / "examples-3.1/service_full.json").services[0]
    assert (one.name, one.status, one.minimum_age, one.maximum_age) == ("Community Counselling", Status.ACTIVE, 12, 100)
    assert one.verified == dict.fromkeys(("contacts", "hours", "service", "organization"), date(2005, 1, 1))
    assert one.phones[0].number == "+44 1234 234567"
    assert one.capacity is not None
    assert (one.capacity.available, one.capacity.unit) == (12, "kilogram")
    assert one.hours.timezone == "+03:00"


@pytest.mark.parametrize(
    "source",
    [
        b"", b"not json", b"\xff\xfe\x00", b"[1, NaN]", b"[" * 200_000, b"5", b'"x"', b'{"a": []}', b'{"contents": 5}',
        b'{"contents": {"id": 1}}', b"[" + b"9" * 5000 + b"]", None, 3,
    ],
)  # fmt: skip
def test_what_is_no_list_of_services_is_refused_as_a_whole(source):
    with pytest.raises(Unreadable):
        read(source)


def test_size_limits(monkeypatch, tmp_path):
    monkeypatch.setattr("directory.hsds_feed.MAX_BYTES", 1000)
    large = tmp_path / "large.json"
    large.write_bytes(b"[" + b" " * 1000 + b"]")
    for source in (large, large.read_bytes()):
        with pytest.raises(Unreadable, match="larger than"):
            read(source)
    monkeypatch.setattr("directory.hsds_feed.MAX_SERVICES", 2)
    with pytest.raises(Unreadable, match="more than 2 services"):
        read([{}, {}, {}])


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": ""}, ("name", "required, but missing")),
        ({"name": 5}, ("name", "must be text")),
        ({"name": "x" * 10_000_000}, ("name", "too long: 10000000 characters, at most 200")),
        ({"description": "x" * 20_001}, ("description", "too long: 20001 characters, at most 4000")),
        ({"id": None}, ("id", "required, but missing")),
        ({"id": True}, ("id", "required, but missing")),
        ({"status": "open"}, ("status", "unknown status")),
        ({"status": ["active"]}, ("status", "unknown status")),
        ({"minimum_age": -1}, ("minimum_age", "impossible age: -1")),
        ({"maximum_age": 200}, ("maximum_age", "impossible age: 200")),
        ({"minimum_age": "old"}, ("minimum_age", "must be a number")),
        ({"minimum_age": float("nan")}, ("minimum_age", "must be a number")),
        ({"minimum_age": True}, ("minimum_age", "must be a number")),
        ({"minimum_age": 10**400}, ("minimum_age", "must be a number")),
        ({"minimum_age": 40, "maximum_age": 18}, ("minimum_age", "minimum age above maximum age")),
        ({"email": "a@b"}, ("email", "not an e-mail address: a@b")),
        ({"email": "a@b.cm\nBcc: c@d.cm"}, ("email", "not an e-mail address: a@b.cm\nBcc: c@d.cm")),
        ({"url": "javascript:alert(1)"}, ("url", "web address of a kind that is not allowed: javascript:alert(1)")),
        ({"url": " JaVaScRiPt:alert(1)"}, ("url", "web address of a kind that is not allowed:  JaVaScRiPt:alert(1)")),
        ({"url": "data:text/html,x"}, ("url", "web address of a kind that is not allowed: data:text/html,x")),
    ],
)
def test_a_service_that_could_mislead_is_refused_with_its_reason(values, reason):
    assert refused(**values) == [reason]


def test_every_reason_is_given_and_the_first_one_leads():
    row = read([service(name="", email="x", minimum_age=-5)]).summary()["quarantined"][0]
    assert (row["row"], row["field"], row["reason"], len(row["reasons"])) == (1, "name", "required, but missing", 3)


@pytest.mark.parametrize("row", [None, 5, "x", [], {}, {"id": "1"}, {"name": "x"}])
def test_rows_that_are_no_service(row):
    assert len(read([row]).quarantined) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"status": ""}, "status"),
        ({"url": "example_counselling"}, "url"),
        ({"url": "https://N/A"}, "url"),
        ({"schedules": "always"}, "schedules"),
        ({"schedules": [{"opens_at": "soon", "closes_at": "9pm", "byday": "MO"}]}, "schedules"),
        ({"phones": [{"number": "call us"}]}, "phones"),
        ({"organization": None}, "organization"),
        ({"organization": {"id": {}, "name": "x"}}, "organization"),
        ({"organization": "x"}, "organization"),
        ({"assured_date": "yesterday"}, "assured_date"),
        ({"cost_options": [{"amount": -5}]}, "cost_options"),
        ({"capacities": [{"available": -5, "updated": "2026-01-01T00:00:00Z"}]}, "capacities"),
        ({"service_at_locations": [{"id": "1", "location": {"id": "2", "latitude": 999, "longitude": 0}}]}, "latitude"),
        ({"service_at_locations": [{"id": "1", "location_id": "nowhere"}]}, "service_at_locations"),
        ({"attributes": [5, None]}, "attributes"),
    ],
)
def test_what_is_an_ornament_is_left_out_with_a_warning(values, field):
    assert [name for name, _ in warned(**values)] == [field]


def test_a_long_text_is_cut_and_it_is_said():
    result = read([service(description="é" * 4001)])
    assert (len(result.services[0].description), result.services[0].description[-2:]) == (4000, "é…")
    assert [str(one.message) for one in result.warnings] == ["shortened to 4000 characters"]


def test_a_web_address_without_scheme_is_completed():
    assert read([service(url="www.example.cm/aide")]).services[0].url == "https://www.example.cm/aide"


def test_a_service_without_known_organisation_is_kept_unverified_under_one_name():
    rows = [
        service(id="1", organization=None, assured_date="2026-03-01"),
        service(id="2", organization_id=99, organization=None),
    ]
    result = read(rows, source_name="s")
    assert [one.name for one in result.organizations] == ["Organisation inconnue"]
    assert [dict(one.verified) for one in result.services] == [{}, {}]
    assert all(one.unverified_source for one in result.services)


def test_an_organisation_described_on_another_row_is_known():
    organization = service()["organization"]
    rows = [service(id="1", organization=None, organization_id=organization["id"]), service(id="2")]
    assert [one.name for one in read(rows).organizations] == ["Organisation"]


def test_ids_that_are_no_uuids_stay_the_same_at_every_import_and_apart_by_source():
    first, again = (read([service(id=123456789012345)], source_name="a").services[0] for _ in range(2))
    other = read([service(id=123456789012345)], source_name="b").services[0]
    assert (first.id == again.id, first.id == other.id, first.source_id) == (True, False, "123456789012345")
    assert len(first.id) == 36


def test_hours_as_real_feeds_write_them():
    rows = [{"byday": "Monday, Tue", "opens_at": "9:00am", "closes_at": "5:30 pm", "freq": "WEEKLY"}]
    found = read([service(schedules=rows)]).services[0].hours
    assert found.schedules == (Schedule("MO,TU", time(9), time(17, 30)),)
    assert found.timezone == "Africa/Douala"


def test_terms_are_mapped_without_case_and_accents_by_name_or_code():
    attributes = [{"taxonomy_term": {"id": "1", "name": "Santé mentale", "code": "mh-1"}}]
    for term in ("SANTE mentale", "MH-1"):
        assert read([service(attributes=attributes)], {term: "PSY"}).services[0].needs == {"PSY"}
    unused = read([service(attributes=attributes)], {"Shelter": "HEB"})
    assert [str(one.message) for one in unused.warnings] == ["the mapped term “shelter” is on no service"]
    assert unused.summary()["unmapped"] == [{"term": "Santé mentale", "code": "mh-1", "services": 1}]


@pytest.mark.parametrize("pair", ["", "=", "=JUR", "x", "x=", "x=LAW"])
def test_a_mapping_that_cannot_hold_is_refused(pair):
    with pytest.raises(Unreadable):
        parse_mapping([pair])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["MO", "active", "9:00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "name", "location", "byday", "opens_at", "closes_at", "taxonomy_term", "latitude", "longitude", "number",
         "updated", "available", "unit", "amount", "freq", "timezone", "count", "dtstart", "code"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip
FIELDS = (
    "id", "name", "status", "organization", "organization_id", "email", "url", "minimum_age", "maximum_age",
    "schedules", "phones",
    "attributes", "service_at_locations", "service_areas", "languages", "cost_options", "capacities",
    "assured_date", "description", "required_documents",
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=6))
def test_whatever_a_row_holds_it_is_imported_or_refused_with_a_reason(changes):
    row = service(**copy.deepcopy(changes))
    result = read([row], {"x": "MED"})
    assert len(result.services) + len(result.quarantined) == 1
    assert all(one.reasons for one in result.quarantined)
    json.dumps(result.summary())
    ranking = rank(Catalogue(result.offers), Criteria(point=(4, 9)), now=NOW)
    assert len([*ranking.fits, *ranking.to_verify, *ranking.excluded]) == len(result.offers)


def test_an_imported_service_has_an_offer_for_each_place():
    links = [{"id": str(n), "location": {"id": f"L{n}", "name": f"Place {n}"}} for n in range(3)]
    result = read([service(service_at_locations=links)])
    assert [one.location_name for one in result.offers] == ["Place 0", "Place 1", "Place 2"]
    assert flatten(result.organizations[0], result.services[0]) == result.offers
