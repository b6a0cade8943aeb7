"""What the public API gives: what is public, whole, in pages that stay; how it refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from directory.hsds_terms import NEED, OwnTerm
from referral.extensions import db
from referral.partners.models import Organization
from referral.providers.models import Service, ServiceAtLocation
from tests.conftest import NOW
from tests.referral.api.conftest import SECRETS
from tests.referral.api.reader import Reader
from tests.referral.providers.entries import make_entry

NOBODY = "00000000-0000-4000-8000-000000000000"
LISTS = ("/services", "/service_at_locations", "/organizations", "/taxonomies", "/taxonomy_terms")


def test_the_base_says_where_profile_and_description_are(reader: Reader) -> None:
    found = reader.get("/")
    assert found["version"] == "3.1"
    assert found["profile"] == "http://127.0.0.1:5000/api/directory/profile/"
    assert reader.get(urlsplit(found["profile"]).path)["name"] == "HSDS-CM"
    assert reader.get(urlsplit(found["openapi_url"]).path)["openapi"] == "3.1.0"


def test_addresses_are_ours_whatever_host_is_asked(reader: Reader) -> None:
    found = reader.get("/", headers={"Host": "evil.example"})
    assert found["openapi_url"].startswith("http://127.0.0.1:5000/")


def test_each_patch_of_the_profile_is_there(reader: Reader) -> None:
    patches = reader.get("/profile/")["patches"]
    assert "postal_code" not in reader.get(urlsplit(patches["address.json"]).path)["required"]
    assert all(
        "properties" in reader.get(urlsplit(one).path) or name == "address.json" for name, one in patches.items()
    )
    reader.get("/profile/schema/secret.json", 404)


def test_public_services_are_listed_and_no_others(reader: Reader, at: dict[str, Any]) -> None:
    assert set(reader.ids("/services")) == {at["clinic"], at["women"], at["refuge"]}
    assert set(reader.ids("/service_at_locations")) == {at["clinic_place"], at["women_place"], at["refuge_place"]}
    assert set(reader.ids("/organizations")) == {at["org"], at["other"]}
    for name in ("network", "named", "hidden"):
        reader.get(f"/services/{at[name]}", 404)
        reader.get(f"/service_at_locations/{at[f'{name}_place']}", 404)


def test_no_page_of_the_api_holds_a_secret(reader: Reader, at: dict[str, Any]) -> None:
    read = []
    for form in ("hsds-cm", "hsds"):
        for path in ("/services", "/service_at_locations", "/organizations"):
            read.append(reader.open(f"{path}?profile={form}&full=true").get_data(as_text=True))
            for key in [value for name, value in at.items()]:
                read.append(reader.open(f"{path}/{key}?profile={form}").get_data(as_text=True))
    read.append(reader.open("/services?minimal=true&modified_after=2000-01-01").get_data(as_text=True))
    for words in ("Mimosa", "Lauriers", "Étoile", "Réseau", "Guichet", "Bassa"):
        read.append(reader.open(f"/services?search={words}").get_data(as_text=True))
    text = "\n".join(read)
    assert "Consultation médicale" in text
    assert [word for word in SECRETS if word in text or json.dumps(word)[1:-1] in text] == []


def test_a_search_for_the_words_of_a_hidden_place_finds_nothing(reader: Reader) -> None:
    for words in ("Mimosa", "Lauriers-Roses"):
        assert reader.ids(f"/services?search={words}") == []


def test_a_confidential_place_is_its_arrondissement_alone(reader: Reader, at: dict[str, Any]) -> None:
    (link,) = reader.get(f"/services/{at['refuge']}")["service_at_locations"]
    assert set(link["location"]) == {
        "id", "location_type", "name", "external_identifier", "external_identifier_type", "disclosure"
    }  # fmt: skip
    assert link["location"]["external_identifier"] == "CM002007"


def test_lists_hold_what_there_is_one_of_and_full_holds_all(reader: Reader, at: dict[str, Any]) -> None:
    path = f"/services?organization_id={at['org']}"
    (brief,), (whole,) = reader.get(path)["contents"], reader.get(f"{path}&full=true")["contents"]
    assert brief["organization"]["name"] == "Hôpital Laquintinie"
    assert "service_at_locations" not in brief
    assert [one["number"] for one in whole["phones"]] == ["+237000000001"]
    assert whole == reader.get(f"/services/{at['clinic']}")
    (least,) = reader.get(f"{path}&minimal=true")["contents"]
    assert least == {
        "id": at["clinic"], "name": "Consultation médicale", "status": "active",
        "last_modified": "2026-11-23T09:00:00Z",
    }  # fmt: skip


def test_plain_hsds_knows_nothing_of_the_national_profile(reader: Reader, at: dict[str, Any]) -> None:
    own, plain = (reader.get(f"/services/{at['clinic']}?profile={one}") for one in ("hsds-cm", "hsds"))
    assert own["visibility"] == "public"
    assert {"visibility", "free", "accepts_referrals"}.isdisjoint(plain)
    (address,) = plain["service_at_locations"][0]["location"]["addresses"]
    assert address["postal_code"] == "-"
    assert "next_after" in reader.get("/services?per_page=1")
    assert "next_after" not in reader.get("/services?per_page=1&profile=hsds")


def test_free_places_are_told_as_long_as_they_are_believed(app: Flask, reader: Reader, at: dict[str, Any]) -> None:
    (room,) = reader.get(f"/services/{at['clinic']}")["capacities"]
    assert room["available"] == 4
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(days=60)
    assert "capacities" not in reader.get(f"/services/{at['clinic']}")


def test_pages_are_counted_as_hsds_counts_them(reader: Reader) -> None:
    first = reader.get("/services?per_page=2")
    assert {name: value for name, value in first.items() if name not in ("contents", "next_after")} == {
        "total_items": 3, "total_pages": 2, "page_number": 1, "size": 2, "first_page": True, "last_page": False,
        "empty": False,
    }  # fmt: skip
    last = reader.get("/services?per_page=2&page=2")
    assert (last["page_number"], last["size"], last["last_page"]) == (2, 1, True)
    beyond = reader.get("/services?per_page=2&page=9")
    assert (beyond["empty"], beyond["contents"], beyond["total_items"]) == (True, [], 3)


@pytest.mark.parametrize("path", LISTS)
def test_following_next_meets_everything_once_in_the_order_of_ids(reader: Reader, path: str) -> None:
    met: list[str] = []
    url = f"{path}?per_page=2"
    for number in range(1, 60):
        answer = reader.open(url)
        assert answer.json["page_number"] == number
        met += [one["id"] for one in answer.json["contents"]]
        link = answer.headers.get("Link")
        if link is None:
            break
        target = urlsplit(link.partition(">")[0].removeprefix("<"))
        url = f"{target.path}?{target.query}"
    assert answer.json["last_page"] is True
    assert met == sorted(met, key=lambda one: UUID(one).int)
    assert len(met) == len(set(met)) == answer.json["total_items"]


def test_a_page_after_an_id_stays_while_entries_are_added_before_it(
    app: Flask, reader: Reader, at: dict[str, Any]
) -> None:
    first, *rest = reader.ids("/services")
    with app.app_context():
        house = db.session.get_one(Service, UUID(at["clinic"])).organization
        make_entry(house, "Nouveau", "MED", id=UUID(int=1), visibility="public")
        db.session.commit()
    assert reader.ids(f"/services?after={first}") == rest
    assert reader.ids("/services?per_page=1") == [str(UUID(int=1))]


def test_what_changed_since_is_listed_with_what_ended(app: Flask, reader: Reader, at: dict[str, Any]) -> None:
    later = "2026-11-24T00:00:00%2B01:00"
    assert reader.ids(f"/services?modified_after={later}") == []
    with app.app_context():
        moment = NOW + timedelta(days=2)
        db.session.get_one(ServiceAtLocation, UUID(at["women_place"])).updated_at = moment
        for name in ("gone", "hidden", "network"):
            db.session.get_one(Service, UUID(at[name])).last_modified = moment
        db.session.commit()
    found = reader.get(f"/services?modified_after={later}")["contents"]
    assert {one["id"] for one in found} == {at["women"], at["gone"]}
    assert {"id": at["gone"], "name": "Dispensaire fermé", "status": "defunct",
            "last_modified": "2026-11-25T09:00:00Z"} in found  # fmt: skip
    assert reader.ids(f"/service_at_locations?modified_after={later}") == [at["women_place"]]


def test_a_service_is_told_of_again_when_its_organisation_or_its_place_changed(
    app: Flask, reader: Reader, at: dict[str, Any]
) -> None:
    since = "2026-11-23T09:30:00%2B01:00"
    assert reader.ids(f"/services?modified_after={since}") != []
    with app.app_context():
        for one in db.session.scalars(select(Service)):
            one.last_modified = NOW - timedelta(days=9)
        for row in db.session.scalars(select(ServiceAtLocation)):
            row.updated_at = None
        db.session.commit()
        assert reader.ids(f"/services?modified_after={since}") == []
        db.session.get_one(Organization, UUID(at["org"])).legal_status = "Établissement public"
        db.session.get_one(ServiceAtLocation, UUID(at["women_place"])).location.address = "9 rue Neuve"
        db.session.commit()
    theirs = set(reader.ids(f"/services?organization_id={at['org']}"))
    assert set(reader.ids(f"/services?modified_after={since}")) == theirs | {at["women"]}
    (whole,) = [one for one in reader.get(f"/services?modified_after={since}&full=true")["contents"]
                if one["id"] == at["women"]]  # fmt: skip
    assert whole["service_at_locations"][0]["location"]["addresses"][0]["address_1"] == "9 rue Neuve"


def test_an_ended_service_says_who_took_its_place(reader: Reader, at: dict[str, Any]) -> None:
    answer = reader.open(f"/services/{at['gone']}")
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
    assert answer.json["id"] == at["gone"]
    assert answer.json["replaced_by"] == {
        "id": at["clinic"], "url": f"http://127.0.0.1:5000/api/directory/services/{at['clinic']}"
    }  # fmt: skip
    assert reader.get(f"/service_at_locations/{at['gone_place']}", 410)["id"] == at["gone"]


def test_an_ended_service_never_names_what_is_not_public(reader: Reader, at: dict[str, Any]) -> None:
    assert "replaced_by" not in reader.get(f"/services/{at['alone']}", 410)


def test_a_chain_of_successors_that_closes_on_itself_ends(app: Flask, reader: Reader, at: dict[str, Any]) -> None:
    with app.app_context():
        db.session.get_one(Service, UUID(at["middle"])).replaced_by_id = UUID(at["gone"])
        db.session.commit()
    assert "replaced_by" not in reader.get(f"/services/{at['gone']}", 410)


def test_terms_filter_services(reader: Reader, at: dict[str, Any]) -> None:
    def with_term(kind: str, code: str) -> list[str]:
        return reader.ids(f"/services?taxonomy_term_id={OwnTerm(kind, code, '').id}")

    assert with_term(NEED, "MED") == [at["clinic"]]
    assert with_term("service_type", "SHEL") == [at["refuge"]]
    assert with_term("audience", "sex:female") == [at["women"]]
    assert set(with_term("root", "need")) == {at["clinic"], at["women"], at["refuge"]}
    assert set(with_term("root", "service_type")) == {at["clinic"], at["refuge"]}
    assert reader.ids(f"/services?taxonomy_term_id={NOBODY}") == []
    assert reader.ids(f"/services?taxonomy_id={NOBODY}") == []
    assert len(reader.ids(f"/services?taxonomy_id={reader.ids('/taxonomies')[0]}")) == 3
    assert reader.ids(f"/organizations?taxonomy_term_id={OwnTerm(NEED, 'MED', '').id}") == [at["org"]]


def test_a_term_of_a_service_is_found_under_its_id(reader: Reader, at: dict[str, Any]) -> None:
    for one in reader.get(f"/services/{at['clinic']}")["attributes"]:
        term = reader.get(f"/taxonomy_terms/{one['taxonomy_term_id']}")
        assert term["code"] == one["taxonomy_term"]["code"]
        assert set(term["names"]) == {"fr", "en"}


def test_terms_lie_under_their_kind_in_both_languages(reader: Reader) -> None:
    roots = reader.get("/taxonomy_terms?top_only=true&lang=en&per_page=200")["contents"]
    assert sorted(one["code"] for one in roots) == [
        "nationality", "need", "service_type", "sex", "status", "vulnerability"
    ]  # fmt: skip
    need = next(one["id"] for one in roots if one["code"] == "need")
    under = reader.get(f"/taxonomy_terms?parent_id={need}&per_page=200")["contents"]
    assert len(under) == 13
    (aid,) = reader.get(f"/taxonomy_terms?parent_id={need}&search=juridique&profile=hsds&lang=en")["contents"]
    assert (aid["name"], aid["language"]) == ("Legal aid", "en")
    assert "names" not in aid


def test_words_find_without_accents_and_with_a_typo(reader: Reader, at: dict[str, Any]) -> None:
    assert reader.ids("/services?search=ecoute") == [at["women"]]
    assert reader.ids("/services?search=consutlation") == [at["clinic"]]
    assert reader.ids("/organizations?search=ecoute") == [at["other"]]
    assert reader.ids("/service_at_locations?search=ecoute") == [at["women_place"]]


def test_a_search_in_the_body_leaves_out_who_does_not_take_the_person(reader: Reader, at: dict[str, Any]) -> None:
    def found(**asked: Any) -> dict[str, str]:
        return {one["id"]: one["match"] for one in reader.post("/services", asked)["contents"]}

    assert at["women"] in found(person={"age": 30, "sex": "female"})
    assert at["women"] not in found(person={"age": 30, "sex": "male"})
    assert at["women"] not in found(person={"age": 12, "sex": "female"})
    assert set(found(need="MED")) == {at["clinic"]}
    assert found(need="MED", person={"age": 30}, search="femmes") == {}
    assert "match" not in reader.post("/services", {"need": "MED", "profile": "hsds"})["contents"][0]
    assert {one["id"] for one in reader.post("/services", {})["contents"]} == {at["clinic"], at["women"], at["refuge"]}


def test_a_place_that_is_none_is_said(reader: Reader) -> None:
    assert "Nullepart" in reader.post("/services", {"place": "Nullepart"}, 404)["detail"]


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("modified_afer=2026-01-01", "modified_afer", "unknown"), ("page=0", "page", "invalid"),
        ("page=1e3", "page", "invalid"), ("per_page=201", "per_page", "invalid"), ("page=%D9%A3", "page", "invalid"),
        ("after=1", "after", "invalid"), ("modified_after=yesterday", "modified_after", "invalid"),
        ("modified_after=0001-01-01T00:00:00%2B10:00", "modified_after", "invalid"), ("full=1", "full", "invalid"),
        ("profile=uk", "profile", "invalid"), ("format=xml", "format", "invalid"),
        (f"search={'x' * 101}", "search", "invalid"), ("person=12", "person", "unknown"),
    ],
)  # fmt: skip
def test_a_parameter_that_is_not_taken_is_named(reader: Reader, query: str, name: str, code: str) -> None:
    answer = reader.open(f"/services?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"] == [{"in": "query", "name": name, "code": code}]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"page": "1"}, "page"), ({"full": 1}, "full"), ({"page": True}, "page"),
        ({"person": {"age": -1}}, "person.age"), ({"person": {"name": "Awa"}}, "person.name"),
        ({"need": "XXX"}, "need"), ({"search": None}, "search"),
        ({"person": {"status": ["king"]}}, "person.status.0"), ([], ""),
    ],
)  # fmt: skip
def test_a_body_is_read_strictly(reader: Reader, body: Any, name: str) -> None:
    assert [one["name"] for one in reader.post("/services", body, 422)["errors"]] == [name]


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"[" * 100_000, "application/json", 400), (b"", "application/json", 400), (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415), (b"a=1", "application/x-www-form-urlencoded", 415),
        (b'{"page": NaN}', "application/json", 422), (b'{"search": "\\ud800"}', "application/json", 200),
        (b'{"place": "\\ud800"}', "application/json", 404),
    ],
)  # fmt: skip
def test_a_body_that_is_no_search_is_told_so(reader: Reader, data: bytes, kind: str, status: int) -> None:
    answer = reader.open("/services", "POST", data=data, content_type=kind)
    assert answer.status_code == status
    assert isinstance(answer.json, dict)


def test_errors_are_problems_in_the_language_of_the_reader(reader: Reader) -> None:
    titles = set()
    for language in ("fr", "en"):
        answer = reader.open("/nowhere", headers={"Accept-Language": language})
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert answer.json["status"] == 404
        titles.add(answer.json["detail"])
    assert len(titles) == 2
    wrong = reader.open("/services", "DELETE")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")


@pytest.mark.parametrize("path", ["/", "/services", "/services?full=true", "/organizations", "/taxonomy_terms"])
def test_a_reader_who_has_it_already_is_told_so(app: Flask, reader: Reader, path: str) -> None:
    first = reader.open(path)
    again = reader.open(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "no-cache"


def test_the_date_of_the_last_writing_spares_a_second_reading(app: Flask, reader: Reader, at: dict[str, Any]) -> None:
    assert "Last-Modified" not in reader.open("/services").headers, "within its second, a date tells nothing apart"
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(minutes=5)
    first = reader.open("/services").headers["Last-Modified"]
    assert first == "Mon, 23 Nov 2026 09:00:00 GMT"
    assert reader.open("/services", headers={"If-Modified-Since": first}).status_code == 304
    with app.app_context():
        db.session.get_one(Service, UUID(at["clinic"])).name = "Autre nom"
        db.session.commit()
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(minutes=10)
    assert reader.open("/services", headers={"If-Modified-Since": first}).status_code == 200


def test_a_number_of_places_that_lapses_is_a_change(app: Flask, reader: Reader, at: dict[str, Any]) -> None:
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(minutes=5)
    url = f"/services/{at['clinic']}"
    first = reader.open(url).headers["Last-Modified"]
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(days=60)
    assert reader.open(url, headers={"If-Modified-Since": first}).status_code == 200


def test_an_address_that_asks_too_often_waits_and_may_then_go_on(app: Flask, reader: Reader) -> None:
    answers = [reader.open("/").status_code for _ in range(121)]
    assert answers == [200] * 120 + [429]
    refused = reader.open("/services")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert reader.open("/", environ_base={"REMOTE_ADDR": "127.0.0.9"}).status_code == 200
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(seconds=1)
    assert reader.open("/").status_code == 200


def test_large_answers_are_compressed_where_it_is_accepted(reader: Reader) -> None:
    answer = reader.open("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    plain = reader.open("/openapi.json")
    assert len(answer.data) < len(plain.data) / 3
    assert answer.headers["ETag"] != plain.headers["ETag"]


def test_reading_sets_no_cookie(reader: Reader) -> None:
    answer = reader.open("/services")
    assert "Set-Cookie" not in answer.headers
