"""Closed cases held against their version: one statement, no identity, no small figure."""

from dataclasses import fields
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from referral.cases.actions import progress
from referral.cases.actions.steps import settle
from referral.cases.conformity import HIDDEN, table
from referral.cases.queries.conformance import conformance, logs
from referral.extensions import db
from sop.conformance import StepCounts, Summary
from sop.vocabulary import Need
from tests import builders
from tests.conftest import NOW
from tests.referral.cases.conftest import counted, user

LOST = (
    ("R01", "DOC", {"provider_found": False}),
    ("R02", "DOC", {"gap_solved": False}),
    ("R03", "DOC", {}),
    ("N09", None, {"review": "lost"}),
)


def lost(manager: Any, each: timedelta = timedelta()) -> Any:
    """A case closed because contact was lost; every step after the plan took `each`."""
    case = builders.make_planned_case(manager, Need.DOC, no_shelter=False)
    now = NOW
    for step, need, facts in LOST:
        now += each
        progress.advance(case, step=step, need=need, facts=facts, actor=manager, now=now)
    settle(case, {}, actor=manager, now=now)
    db.session.flush()
    return case


def test_closed_cases_are_read_in_one_statement_and_open_ones_not_at_all(app: Flask, house: SimpleNamespace) -> None:
    with app.app_context():
        manager = user("manager")
        version = lost(manager).procedure_version_id
        builders.make_case(manager)
        assert len(list(logs(version))) == 1
        for _ in range(4):
            lost(manager)
        with counted(app) as statements:
            found = conformance(version)
        assert len(statements) == 1
        assert (found.cases, found.conforming, found.unfinished) == (5, 5, 0)
        assert found.steps["N09"] == StepCounts(done=5, timed=5)


def test_of_many_closed_cases_those_closed_last_can_be_asked_for(app: Flask, house: SimpleNamespace) -> None:
    with app.app_context():
        manager = user("manager")
        for hours in (1, 3, 2):
            version = lost(manager, timedelta(hours=hours)).procedure_version_id
        with counted(app) as statements:
            latest = list(logs(version, 2))
        assert len(statements) == 1
        assert sorted(log[-1][1] - NOW for log in latest) == [timedelta(hours=8), timedelta(hours=12)]


@pytest.mark.parametrize(
    ("cases", "said"),
    [(4, "no step was done in 5 closed cases"), (5, "the times of 4 steps come from closed cases")],
)
def test_a_simulation_takes_times_from_five_closed_cases_and_from_no_fewer(
    app: Flask, house: SimpleNamespace, visit: Any, cases: int, said: str
) -> None:
    with app.app_context():
        manager = user("manager")
        for _ in range(cases):
            version = lost(manager, timedelta(hours=2)).procedure_version_id
        db.session.commit()
    page = visit("committee").get(f"/procedure/versions/{version}/simulation?cases=5&times=cases")
    assert (page.status, said in page.text) == (200, True)


def test_the_summary_has_figures_and_step_ids_only() -> None:
    assert [field.name for field in fields(Summary)] == ["cases", "fitting", "conforming", "unfinished", "steps"]
    assert {field.type for field in fields(StepCounts)} == {"int"}


@pytest.mark.parametrize(("late", "shown"), [(0, "0"), (1, HIDDEN), (4, HIDDEN), (5, "5"), (36, HIDDEN), (40, "40")])
def test_one_to_four_are_hidden_and_so_is_what_leaves_one_to_four(late: int, shown: str) -> None:
    row = table(Summary(10, 10, 10, 0, {"N01": StepCounts(done=40, timed=40, late=late)})).rows[0]
    assert str(row.late) == shown
    assert (row.late.share is None) == (shown == HIDDEN)


def test_the_difference_of_two_figures_is_not_small_either() -> None:
    made = table(Summary(30, 20, 17, 0, {}))
    assert [str(one) for one in (made.cases, made.fitting, made.conforming)] == ["30", "20", HIDDEN]


def test_fewer_than_five_cases_have_no_rows() -> None:
    made = table(Summary(4, 0, 0, 0, {"N01": StepCounts(done=7)}))
    assert (str(made.cases), str(made.fitting), made.rows) == (HIDDEN, HIDDEN, ())


def test_the_committee_reads_counts_by_step_and_no_case(app: Flask, house: SimpleNamespace, visit: Any) -> None:
    with app.app_context():
        manager = user("manager")
        cases = [lost(manager) for _ in range(6)]
        version, codes = cases[0].procedure_version_id, [case.code for case in cases]
        db.session.commit()
    page = visit("committee").get(f"/procedure/versions/{version}/conformance")
    assert page.status == 200
    rows = {row.text.split()[0]: row.text for row in page.tree.iter("tr") if row.text.split()}
    assert " 6 " in f" {' '.join(rows['N09'].split())} "
    assert not any(code in page.text for code in codes)
    assert visit("manager").get(f"/procedure/versions/{version}/conformance").status == 404
