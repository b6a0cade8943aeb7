"""Open vacancies leave with their service in the national profile, and no import keeps, changes or doubles them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from directory import rank
from directory.employment import OfferKind, VacancyState
from directory.hsds_profile import PATCHES, merged
from directory.hsds_writing import Profile
from directory.question import question
from directory.taxonomy import Visibility
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.grants import Role
from referral.providers import actions
from referral.providers.models import ServiceAtLocation
from referral.providers.private_models import EmploymentOffer, Vacancy
from referral.providers.queries import snapshot
from referral.providers.queries.whole import Circle, Export
from sop.vocabulary import Need
from tests import builders
from tests.conftest import NOW
from tests.referral.providers.test_round_trip import DATA, exported, needs_data

TODAY = date(2026, 11, 23)
DAYS = timedelta(days=1)


def vacancy(place: ServiceAtLocation, title: str, until: date, state: VacancyState = VacancyState.OPEN) -> Vacancy:
    left = 0 if state is VacancyState.FILLED else 2
    keeper = builders.make_user(Role.PROVIDER, place.service.organization)
    row = Vacancy(
        place_id=place.id, title=title, places=3, places_left=left, valid_until=until, state=state,
        created_at=NOW - 5 * DAYS, created_by_id=keeper.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


@pytest.fixture
def workshop(session: Any) -> ServiceAtLocation:
    place = builders.make_service(builders.make_organization("Atelier"), Need.ECO, name="Atelier de soudure")
    place.service.visibility = Visibility.PUBLIC
    db.session.add(EmploymentOffer(service_id=place.service_id, kind=OfferKind.APPRENTICESHIP))
    vacancy(place, "Soudeur", TODAY)
    vacancy(place, "Mécanicien", TODAY + 9 * DAYS)
    vacancy(place, "Passé", TODAY - DAYS)
    for state in (VacancyState.WAITING, VacancyState.FILLED, VacancyState.WITHDRAWN):
        vacancy(place, state.value, TODAY + 9 * DAYS, state)
    return place


def titles(circle: Circle = Circle.ALL, form: Profile = Profile.CM) -> list[Any]:
    (found,) = exported(circle, form)
    return [one["title"] for one in found.get("vacancies", ())]


def test_only_what_is_open_today_is_told(workshop: ServiceAtLocation) -> None:
    (found,) = exported(Circle.PUBLIC)
    assert [{name: one[name] for name in one if name != "id"} for one in found["vacancies"]] == [
        {"title": "Soudeur", "kind": "apprenticeship", "places": 2, "valid_from": "2026-11-18",
         "valid_until": "2026-11-23", "service_at_location_id": str(workshop.id)},
        {"title": "Mécanicien", "kind": "apprenticeship", "places": 2, "valid_from": "2026-11-18",
         "valid_until": "2026-12-02", "service_at_location_id": str(workshop.id)},
    ]  # fmt: skip
    assert titles(form=Profile.HSDS) == []
    workshop.service.visibility = Visibility.NETWORK
    assert exported(Circle.PUBLIC) == []


@needs_data
def test_the_patched_schema_takes_them_and_refuses_others(workshop: ServiceAtLocation) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = merged(json.loads((DATA / "schema/3.2/service.json").read_text()), PATCHES["service.json"])
    check = jsonschema.Draft202012Validator(schema["properties"]["vacancies"])
    (found,) = exported()
    assert list(check.iter_errors(found["vacancies"])) == []
    assert list(check.iter_errors([{**found["vacancies"][0], "places": 0}])) != []


def test_reading_the_export_again_leaves_the_vacancies_as_they_are(workshop: ServiceAtLocation, tmp_path: Path) -> None:
    before = [(one.id, one.places_left, one.state) for one in db.session.scalars(select(Vacancy).order_by(Vacancy.id))]
    path = tmp_path / "again.json"
    path.write_text(json.dumps(exported()))
    for _ in range(2):
        result, code = actions.import_file("hsds", path, source="nous", now=NOW)
        assert (code, result["quarantined"], result["warnings"]) == (0, [], [])
    after = [(one.id, one.places_left, one.state) for one in db.session.scalars(select(Vacancy).order_by(Vacancy.id))]
    assert after == before
    told = [[some["title"] for some in one.get("vacancies", ())] for one in exported()]
    assert sorted(told) == [[], ["Soudeur", "Mécanicien"]], "the copy of the other source has none of its own"


def test_a_kept_document_tells_the_vacancies_of_today_and_nothing_that_is_over(
    workshop: ServiceAtLocation, tmp_path: Path
) -> None:
    (document,) = exported()
    document["wait_time"], document["vacancies"][0]["title"] = "3 jours", "Poste d’un autre annuaire"
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps([document]))
    workshop.service.source, workshop.service.source_id = "eux", str(workshop.service_id)
    workshop.source_id = str(workshop.id)
    actions.import_file("hsds", path, source="eux", now=NOW)
    (found,) = exported()
    assert found["wait_time"] == "3 jours"
    assert [one["title"] for one in found["vacancies"]] == ["Soudeur", "Mécanicien"]
    db.session.scalars(select(Vacancy).where(Vacancy.title == "Mécanicien")).one().state = VacancyState.FILLED
    assert titles() == ["Soudeur"]


def test_a_vacancy_that_changes_or_ends_is_news(workshop: ServiceAtLocation) -> None:
    kept = snapshot(NOW).stamp
    workshop.service.last_modified = NOW - 30 * DAYS
    db.session.flush()
    db.session.scalars(select(Vacancy).where(Vacancy.title == "Soudeur")).one().places_left = 1
    db.session.flush()
    db.session.expire(workshop.service)
    assert workshop.service.last_modified > NOW - 30 * DAYS
    assert snapshot(NOW).stamp != kept
    export = Export(Circle.PUBLIC, NOW + DAYS, clock.zone())
    (one,) = export.services()
    assert [row.title for row in one.service.vacancies or ()] == ["Mécanicien"]
    assert export.lapsed is not None
    assert export.lapsed.isoformat() == "2026-11-24T00:00:00+01:00"


def test_a_search_for_open_vacancies_finds_those_of_today(workshop: ServiceAtLocation) -> None:
    silent = builders.make_service(builders.make_organization("Silencieux"), Need.ECO, name="Garage")
    asked = question({}, need="ECO", conditions=["vacancies"])
    found = rank(snapshot(NOW).catalogue, asked, now=NOW)
    assert [one.offer.vacancies for one in (*found.fits, *found.to_verify)] == [4, None]
    assert [one.offer.id for one in found.to_verify if one.offer.vacancies is None] == [str(silent.id)]
    later = NOW + 10 * DAYS
    (against,) = rank(snapshot(later).catalogue, asked, now=later).excluded
    assert str(against.reasons[0].message) == "no vacancy is open now"
