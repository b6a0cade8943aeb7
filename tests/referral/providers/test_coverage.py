"""Coverage as kept: who may say that nobody is there, what a figure of demand may tell, what a month keeps."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from directory.coverage import State
from directory.mandates import MandateRole
from directory.taxonomy import Visibility
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers import actions, coverage_schemas
from referral.providers.coverage_models import CoverageConfirmation, CoverageDemand, CoverageSnapshot
from referral.providers.models import NeedSignal
from referral.providers.queries import coverage as queries
from referral.providers.rules import SignalOutcome
from referral.referrals.actions import answering
from referral.referrals.rules import ReferralAction
from referral.statistics.quarters import Quarter
from sop.vocabulary import Need
from tests.builders import (
    make_agreement,
    make_organization,
    make_planned_case,
    make_procedure,
    make_sent_referral,
    make_service,
    make_user,
)
from tests.conftest import NOW
from tests.referral.providers.entries import make_entry

AUGUST = datetime(2026, 8, 12, tzinfo=UTC)
QUARTER = Quarter(2026, 3)


@pytest.fixture
def coordinator(session: Any) -> Any:
    """Health care in Littoral, and a coordinator."""
    make_entry(make_organization("Hôpital Laquintinie"), "Consultation", "MED", areas=("CM005",))
    return make_user(Role.COORDINATOR, None, "coordinator")


def state(need: str, pcode: str, region: str = "", now: datetime = NOW) -> State:
    return queries.matrix(queries.scene(now, region)).cells[need, pcode].state


SPREAD = {
    ("MED", "CM004"): 12, ("MED", "CM007"): 19, ("MED", "CM005"): 8, ("PSY", "CM004"): 10, ("PSY", "CM007"): 8,
    ("HEB", "CM005"): 7, ("HEB", "CM004"): 6, ("PSY", "CM005"): 5,
}  # fmt: skip


def signals(counts: dict[tuple[str, str], int], at: datetime = AUGUST) -> None:
    db.session.add_all(
        NeedSignal(at=at, pcode=pcode, category=need, audience="adult", outcome=SignalOutcome.NO_RESULT)
        for (need, pcode), number in counts.items()
        for _ in range(number)
    )
    db.session.flush()


def demand(signatory: bool = True) -> dict[tuple[str, str], int | None]:
    actions.freeze_demand(QUARTER, actions.publish_demand(QUARTER, NOW), NOW)
    return {place: one.unmet for place, one in queries.demand_of("2026-Q3", signatory=signatory).items() if one.unmet}


def test_regions_and_departments_are_the_units(coordinator: Any) -> None:
    assert len(queries.scene(NOW).units) == 10
    assert queries.scene(NOW, "CM005").units == ("CM005001", "CM005002", "CM005003", "CM005004")
    assert state("MED", "CM005") is State.COVERED
    assert state("MED", "CM005002", "CM005") is State.COVERED
    assert state("MED", "CM004") is State.UNKNOWN


def test_what_is_kept_to_named_people_is_not_counted(coordinator: Any) -> None:
    make_entry(make_organization("Refuge"), "Refuge", "VBG", areas=("CM005",), visibility=Visibility.RESTRICTED)
    assert state("VBG", "CM005") is State.UNKNOWN


def test_a_person_confirms_that_nobody_is_there_and_takes_it_back(coordinator: Any) -> None:
    row = actions.confirm_none(Need.MED, "CM004", "Asked the delegation", actor=coordinator, now=NOW)
    assert state("MED", "CM004") is State.NONE
    assert state("MED", "CM004", now=NOW + timedelta(181)) is State.UNKNOWN
    actions.confirm_none(Need.MED, "CM004", "", actor=coordinator, now=NOW)
    actions.withdraw_none(row, actor=coordinator, now=NOW)
    assert state("MED", "CM004") is State.UNKNOWN
    assert db.session.scalar(select(func.count()).select_from(CoverageConfirmation)) == 2


@pytest.mark.parametrize("pcode", ["CM005", "CM005002", "CM999", "nowhere"])
def test_nobody_can_confirm_none_where_a_service_is_known_or_there_is_no_such_place(
    coordinator: Any, pcode: str
) -> None:
    with pytest.raises(RuleViolation):
        actions.confirm_none(Need.MED, pcode, "", actor=coordinator, now=NOW)
    assert db.session.scalar(select(func.count()).select_from(CoverageConfirmation)) == 0


def test_a_target_makes_one_service_too_few(coordinator: Any) -> None:
    actions.set_target(Need.MED, 1, 2, actor=coordinator, now=NOW)
    assert state("MED", "CM005") is State.BELOW_TARGET
    assert state("MED", "CM005002", "CM005") is State.COVERED
    actions.set_target(Need.MED, 1, 1, actor=coordinator, now=NOW)
    assert state("MED", "CM005") is State.COVERED


def test_figures_of_demand_under_five_are_not_published(coordinator: Any) -> None:
    signals(SPREAD | {("PSY", "CM002001"): 4})
    signals({("MED", "CM004"): 30}, at=NOW)  # this quarter is not over
    found = demand()
    assert found[("MED", "CM004")] == 12
    assert ("PSY", "CM002") not in found
    assert all(one is None or one >= 5 for one in found.values())


def test_one_place_alone_would_tell_about_everybody_and_is_not_published(coordinator: Any) -> None:
    signals({("MED", "CM004"): 12})
    assert demand() == {}


def test_violence_and_trafficking_are_not_told_apart_outside_the_protocol(coordinator: Any) -> None:
    signals(SPREAD | {("VBG", "CM004"): 30, ("VBG", "CM007"): 9, ("TEH", "CM004"): 20, ("TEH", "CM007"): 11})
    assert demand()[("VBG", "CM004")] == 30
    assert {need for need, _region in demand(signatory=False)} == {"MED", "PSY", "HEB"}


def test_published_demand_never_changes(coordinator: Any) -> None:
    signals(SPREAD)
    before = demand()
    signals({("MED", "CM004"): 3})
    assert demand() == before
    assert before[("MED", "CM004")] == 12


def test_gaps_with_more_demand_come_first(coordinator: Any) -> None:
    signals(SPREAD)
    demand()
    found = queries.scene(NOW)
    rows = queries.gaps(found, queries.matrix(found), queries.demand_of("2026-Q3", signatory=True))
    assert [(one.cell.need, one.cell.pcode) for one in rows[:3]] == [
        ("MED", "CM007"), ("MED", "CM004"), ("PSY", "CM004"),
    ]  # fmt: skip


def test_a_month_is_kept_once_and_stays_as_it_was(coordinator: Any) -> None:
    assert actions.keep_month(NOW) == 1
    make_entry(make_organization(), "Second", "MED", areas=("CM004",))
    db.session.commit()
    assert actions.keep_month(NOW + timedelta(2)) == 0
    kept = db.session.get(CoverageSnapshot, "2026-11")
    assert kept is not None
    assert kept.content["cells"]["MED/CM005"] == ["covered", 1, 1, 1]
    assert kept.content["cells"]["MED/CM004"] == ["unknown", 0, 0, 0]
    assert actions.keep_month(NOW + timedelta(10)) == 1
    assert db.session.scalar(select(func.count()).select_from(CoverageDemand)) == 1


def test_a_removed_mandate_is_off_the_list_and_stays_in_the_table(coordinator: Any) -> None:
    house = make_organization("Délégation")
    row = actions.add_mandate(
        organization_id=house.id, need=Need.MED, pcode="CM", role=MandateRole.LEAD, legal_basis="Décret",
        starts_on=None, ends_on=None, actor=coordinator, now=NOW,
    )  # fmt: skip
    assert [one.id for one in queries.mandates()] == [row.id]
    actions.remove_mandate(row, actor=coordinator, now=NOW)
    assert queries.mandates() == []
    assert row.removed_at == NOW


def test_the_command_tells_gaps_and_refuses_an_unknown_region(committed: Flask) -> None:
    runner = committed.test_cli_runner()
    with committed.app_context():
        make_entry(make_organization("Hôpital"), "Consultation", "MED", areas=("CM005",))
        db.session.commit()
    done = runner.invoke(args=["directory", "coverage", "--json"])
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert done.exit_code == 0
    assert len(told["cells"]) == 130
    assert len(told["gaps"]) == 130 - told["counts"]["covered"]
    assert [one["pcode"] for one in told["single_points"] if one["need"] == "MED"] == ["CM005"]
    assert told["demand_quarter"] is None
    deep = runner.invoke(args=["directory", "coverage", "--region", "CM005", "--json"])
    assert json.loads(deep.stdout.strip().splitlines()[-1])["level"] == 2
    for wrong in ("CM999", "Littoral", "CM005001"):
        assert runner.invoke(args=["directory", "coverage", "--region", wrong]).exit_code == 2


def test_a_referral_that_was_declined_counts_once(session: Any) -> None:
    make_procedure()
    team, hospital = make_organization("Équipe"), make_organization("Hôpital")
    manager, nurse = make_user(Role.CASE_MANAGER, team), make_user(Role.PROVIDER, hospital)
    make_agreement(team, hospital)
    referral = make_sent_referral(
        make_planned_case(manager, Need.MED), make_service(hospital, Need.MED, staff=(nurse,)), Need.MED
    )
    answering.act(referral, ReferralAction.DECLINE, reason="no_capacity", actor=nurse, now=NOW)
    counted = queries.unmet(NOW - timedelta(days=1), NOW + timedelta(days=1), [referral.case.region])
    assert dict(counted) == {("MED", referral.case.region): 1}


def test_a_list_too_long_for_a_page_is_narrowed_by_words_and_keeps_what_was_chosen() -> None:
    names = [(number, f"Clinique {number:03d}") for number in range(150)] + [(900, "Foyer Étoile")]
    whole = coverage_schemas.narrowed(names, "", chosen="149")
    assert (len(whole.choices), whole.choices[0], whole.of, whole.cut) == (101, ("149", "Clinique 149"), 151, True)
    assert coverage_schemas.narrowed(names, "ÉTOILE foyer") == coverage_schemas.Narrowed([("900", "Foyer Étoile")], 1)
    assert coverage_schemas.narrowed(names, "nothing").choices == []


def test_the_command_says_what_a_closure_would_change_and_knows_whom_it_knows(committed: Flask) -> None:
    runner = committed.test_cli_runner()
    with committed.app_context():
        house = make_organization("Hôpital")
        make_entry(house, "Consultation", "MED", areas=("CM005",))
        db.session.commit()
        key = str(house.id)
    done = runner.invoke(args=["directory", "coverage", "--without-organization", key, "--json"])
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told["changes"] == [{"need": "MED", "pcode": "CM005", "before": "covered", "after": "unknown"}]
    assert [one["organization"] for one in told["freshness"]] == [key]
    assert runner.invoke(args=["directory", "coverage", "--without-organization", "x"]).exit_code == 2
