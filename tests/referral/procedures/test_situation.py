"""The situation of a version and its deviations: counts that name nobody, gaps of the directory, what is locked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from directory.taxonomy import Visibility
from referral.cases.models import Case
from referral.extensions import db
from referral.partners.rules import OrganizationKind
from referral.procedures import actions, queries, situation
from referral.procedures.words import plainly
from referral.providers.queries.network import network
from sop import yaml_io
from sop.deviations import Deviation, Way
from sop.findings import Finding, Severity
from sop.places import load_places
from sop.vocabulary import Message, Need
from tests import builders
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.procedures import texts
from tests.referral.procedures.test_version_pages import LIST, queries_user

Visit = Callable[[str], PageClient]
TODAY = NOW.date()


def in_force(office: Flask) -> str:
    with office.app_context():
        version = queries.active_version()
        assert version is not None
        return f"{LIST}/{version.id}"


def seen(page: object, step: str) -> str:
    """The line of a step under the drawing."""
    return next(one.text for one in page.tree.iter("li") if one.attributes.get("id") == f"s-{step}")  # type: ignore[attr-defined]


def open_cases(office: Flask, number: int) -> None:
    """Active cases that stand at one step; their code stays out of every page about a version."""
    with office.app_context():
        manager = queries_user("manager")
        for _ in range(number):
            builders.make_planned_case(manager, Need.MED)
        db.session.commit()


@pytest.mark.parametrize(("number", "shown"), [(4, False), (5, True)])
def test_a_step_is_counted_from_five_cases_on(office: Flask, visit: Visit, number: int, shown: bool) -> None:
    open_cases(office, number)
    page = visit("coordinator").get(f"{in_force(office)}/situation")
    assert page.status == 200
    assert (f"open cases here: {number}" in page.text) is shown
    assert ("fewer than five" in page.text) is not shown
    with office.app_context():
        for code in db.session.scalars(db.select(Case.code)):
            assert code not in page.html


def test_a_need_is_a_gap_in_each_listed_region_that_no_service_takes_people_from(office: Flask, visit: Visit) -> None:
    with office.app_context():
        hospital = builders.make_organization("MINSANTE Littoral (démonstration)", kind=OrganizationKind.HEALTH)
        builders.make_service(hospital, Need.MED).areas = ["CM005"]
        db.session.commit()
    page = visit("coordinator").get(f"{in_force(office)}/situation?over=gaps")
    table = next(one for one in page.tree.iter("section") if one.attributes.get("id") == "missing")
    assert "P_MED" not in table.text
    assert "P_PSY" in table.text
    assert "no provider" in seen(page, "needs")
    assert "has an agreement: MINSANTE Littoral (démonstration)" in page.text
    assert "names is an active partner with a service: MINSANTE" not in page.text


def test_the_name_of_a_service_for_named_people_only_stays_away(office: Flask, visit: Visit) -> None:
    with office.app_context():
        refuge = builders.make_organization("Foyer Étoile (démonstration)")
        builders.make_service(refuge, Need.HEB).service.visibility = Visibility.RESTRICTED
        db.session.commit()
    page = visit("coordinator").get(f"{in_force(office)}/situation")
    assert "a sheltered service" in page.text
    assert "Étoile" not in page.html


def test_a_service_without_an_area_serves_the_region_of_its_place_and_an_unknown_one_all(office: Flask) -> None:
    with office.app_context():
        house = builders.make_organization("MINAS Centre (démonstration)")
        placed, nowhere = builders.make_service(house, Need.MED), builders.make_service(house, Need.EDU)
        placed.areas, nowhere.areas = [], ["name:Somewhere"]
        placed.location.pcode = "CM002001"
        db.session.commit()
        asked = {"actors": {"MINAS", "MIN"}, "sheltered": "x", "country": "cameroon"}
        found = network(TODAY, {}, **asked)
    offered = {(one.need, one.region, one.actor) for one in found.offers}
    assert offered == {("MED", "CM002", "MINAS"), ("EDU", "", "MINAS")}
    assert "CM002" not in found.unlisted
    assert "CM001" in found.unlisted


def test_codes_of_needs_and_regions_are_said_in_words(office: Flask) -> None:
    values = {"who": "X", "places": "MED/CM005, PSY/CM001 (+3)"}
    with office.test_request_context(headers={"Accept-Language": "en"}):
        found = situation.named(Finding(Severity.INFORMATION, "SPOF", "X", Message("SPOF", "", values)), load_places())
    said = found.message.values["places"]
    assert "CM005" not in said
    assert said.endswith("(+3))")


def test_deviations_are_told_with_times_in_words_and_what_is_locked_holds(office: Flask, visit: Visit) -> None:
    page = visit("provider").get(f"{in_force(office)}/deviations")
    assert page.status == 200
    assert "N03 may take 24 h instead of 48 h at medium priority" in page.text
    assert "All 19 locked steps are there" in page.text
    assert "P1D" not in page.text


def test_a_draft_that_weakens_a_locked_step_is_said_not_to_hold(office: Flask, visit: Visit) -> None:
    chart = yaml_io.load(texts.FLOWCHART)
    locked = next(step for step in chart.steps.values() if step.locked and step.grants)
    weaker = texts.numbered("0.9.0", (f"grants: [{locked.grants[0]}]", "grants: []"))
    with office.app_context():
        one = actions.new_draft(weaker, texts.TRIAGE, actor=queries_user("coordinator"), now=NOW)
        db.session.commit()
        address = f"{LIST}/{one.id}/deviations"
    page = visit("coordinator").get(address)
    assert "not hold" in next(one.text for one in page.tree.iter("section") if one.attributes.get("id") == "locked")
    assert visit("provider").get(address).status == 404


def test_only_times_and_priorities_change_their_words(office: Flask) -> None:
    values = {"where": "P1D", "before": "P2D", "after": "–", "what": "deadline"}
    with office.test_request_context():
        found = plainly(Deviation(Way.CHANGED, "nodes", "N", Message("D", "", values)))
    assert found.message.values == {"where": "P1D", "before": "48\N{NO-BREAK SPACE}h", "after": "–", "what": "deadline"}
