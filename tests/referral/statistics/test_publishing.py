"""What a quarter publishes, against a slow recount in Python and against an attacker who holds both editions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from referral.cases.models import Case, CaseNeed
from referral.people.models import Person
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralState
from referral.statistics import catalogue, queries
from referral.statistics.categories import APART
from referral.statistics.quarters import Quarter
from referral.statistics.rules import publish, publish_editions
from referral.statistics.tables import Dimension, Table, Unit
from tests.referral.statistics.attacker import need_atoms, referral_atoms, widths
from tests.referral.statistics.country import HOURS, REGIONS, Country

LIMITS = {"h24": 24, "h72": 72, "d7": 168, "d14": 336}
DOUALA = ZoneInfo("Africa/Douala")
Q3 = Quarter(2026, 3)
START, END = datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2026, 9, 30, 23, tzinfo=UTC)


def within(at):
    return at is not None and START <= at < END


def in_region(case):
    return case["region"] if case["region"] in REGIONS else "elsewhere"


def slow_persons(country):
    people = {person["id"]: person for person in country.rows[Person]}
    first = {}
    for case in country.rows[Case]:
        held = first.get(case["person_id"])
        if held is None or (case["identified_at"], case["id"]) < (held["identified_at"], held["id"]):
            first[case["person_id"]] = case
    found = Counter()
    for case in first.values():
        if within(case["identified_at"]):
            person = people[case["person_id"]]
            sex = person["sex"].value if person["sex"].value in ("female", "male") else "unstated"
            found[in_region(case), person["age_group"].value, sex] += 1
    return found


def slow_story(referral):
    """(outcome, stage, reason, time, deadline) of one referral, told step by step."""
    state, decided = referral["state"].value, referral["decided_at"]
    hours = None if decided is None else (decided - referral["sent_at"]).total_seconds() / 3600
    time = "none"
    if hours is not None:
        time = next(
            (name for name, most in (("h24", 24), ("h72", 72), ("d7", 168), ("d14", 336)) if hours <= most), "over"
        )
    limit = {"h24": 24, "h72": 72, "d7": 168, "d14": 336}.get(time)
    deadline = "in_time" if limit is not None and limit <= HOURS[referral["speed"]] else "not_in_time"
    reason = "not_declined"
    if state == "declined":
        outcome = stage = "declined"
        reason = referral["decline_reason"].value.replace("other", "other_reason")
    elif state in ("delivered", "closed") and referral["non_delivery_reason"] is None:
        outcome = stage = "delivered"
    elif state in ("sent", "acknowledged", "info_requested", "waitlisted", "accepted", "in_service"):
        outcome = "under_way"
        stage = {"sent": "unseen", "waitlisted": "waitlisted", "accepted": "accepted", "in_service": "accepted"}.get(
            state, "received"
        )
    else:
        outcome, stage = "ended", "ended_unanswered" if decided is None else "ended_answered"
    return outcome, stage, reason, time, deadline


@pytest.fixture
def country(session):
    made = Country(500, seed=11)
    made.write()
    return made


def test_counts_agree_with_a_slow_recount(country):
    counts = queries.count(Q3, DOUALA)
    assert counts.persons == slow_persons(country)
    assert counts.cases == Counter(c["priority"].value for c in country.rows[Case] if within(c["opened_at"]))
    cases = {case["id"]: case for case in country.rows[Case]}
    assert counts.needs == Counter(
        (need["need"].value, need["state"].value, in_region(cases[need["case_id"]]))
        for need in country.rows[CaseNeed]
        if within(need["opened_at"])
    )
    sent = [referral for referral in country.rows[Referral] if within(referral["sent_at"])]
    assert all(referral["state"] is not ReferralState.DRAFT for referral in sent)
    slow = Counter((one["need"].value, *slow_story(one)) for one in sent)
    fast = Counter()
    for (need, one), number in counts.referrals.items():
        outcome = catalogue.OUTCOME_OF[one.stage]
        fast[need, outcome, one.stage, one.reason, one.time, one.deadline] += number
    assert fast == slow
    assert sum(slow.values()) > 100


def test_the_first_and_the_last_moment_of_a_quarter_are_douala_midnights(session):
    assert Q3.moments(DOUALA) == (START, END)
    country = Country(3, seed=2)
    moments = (START - timedelta(microseconds=1), START, END)
    for case, at in zip(country.rows[Case], moments, strict=True):
        case["identified_at"], case["person_id"] = at, country._person(at)
    country.write()
    assert sum(queries.count(Q3, DOUALA).persons.values()) == 1
    assert sum(queries.count(Q3.after, DOUALA).persons.values()) == 1


def test_counting_takes_four_statements_whatever_the_number_of_cases(app, session):
    from sqlalchemy import event

    from referral.extensions import db

    seen = []
    for cases in (5, 150):
        Country(cases, seed=cases).write()
        statements = []

        def note(_connection, _cursor, statement, *_rest, kept=statements):
            kept.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        queries.count(Q3, DOUALA)
        event.remove(db.engine, "before_cursor_execute", note)
        seen.append(len(statements))
    assert seen == [4, 4]


def editions(cases, seed):
    """Both editions of a quarter of an invented country, without any database."""
    country = Country(cases, seed)
    by_id = {case["id"]: case for case in country.rows[Case]}
    referrals = Counter()
    for one in country.rows[Referral]:
        if within(one["sent_at"]):
            _outcome, stage, reason, time, deadline = slow_story(one)
            referrals[one["need"].value, catalogue.Counted(stage, reason, time, deadline)] += 1
    counts = catalogue.Counts(
        slow_persons(country),
        Counter(case["priority"].value for case in country.rows[Case] if within(case["opened_at"])),
        Counter(
            (need["need"].value, need["state"].value, in_region(by_id[need["case_id"]]))
            for need in country.rows[CaseNeed]
            if within(need["opened_at"])
        ),
        referrals,
    )
    tables = catalogue.tables(counts)
    released = publish_editions(list(tables.values()), APART)
    return {signatory: dict(zip(tables, found, strict=True)) for signatory, found in released.items()}


def held(released, unit):
    """All tables of a unit in both editions, with the names of their dimensions."""
    return [
        (rows.name, columns.name if columns else None, released[signatory][name])
        for signatory in (True, False)
        for name, (one, rows, columns, _definition) in catalogue.LAYOUT.items()
        if one is unit
    ]


@pytest.mark.parametrize(
    ("cases", "seed"),
    [(250, 5), pytest.param(900, 6, marks=pytest.mark.slow), pytest.param(2500, 7, marks=pytest.mark.slow)],
)
def test_whoever_holds_both_editions_works_out_no_hidden_figure(cases, seed):
    released = editions(cases, seed)
    atoms = {Unit.REFERRALS: referral_atoms(), Unit.NEEDS: need_atoms([*REGIONS, "elsewhere"])}
    for unit, possible in atoms.items():
        found = widths(held(released, unit), possible)
        assert found, "nothing was hidden: the test proves nothing"
        assert min(found.values()) >= 5 - 1e-6, {place: value for place, value in found.items() if value < 5}


COUNTS = {
    ("MED", "delivered"): 5, ("MED", "under_way"): 30, ("VBG", "delivered"): 3, ("VBG", "under_way"): 40,
    ("TEH", "delivered"): 6, ("TEH", "under_way"): 41,
}  # fmt: skip
OUTCOME = Dimension("outcome", ("delivered", "under_way"))


def two_editions(tables):
    atoms = [{"need": need, "outcome": outcome} for need in ("MED", "VBG", "TEH") for outcome in OUTCOME.categories]
    return min(widths([("need", "outcome", table) for table in tables], atoms).values())


def test_the_editions_for_signatories_and_for_others_are_safe_together():
    raw = Table("t", Unit.REFERRALS, Dimension("need", ("MED", "VBG", "TEH")), OUTCOME, COUNTS)
    inside, outside = (publish([raw], signatory=signatory)[0] for signatory in (True, False))
    assert inside.at("VBG", "delivered").value is None
    assert [group.code for group in outside.rows] == ["MED", "protection"]
    assert two_editions([inside, outside]) >= 5


def test_editions_that_do_not_know_of_each_other_would_give_figures_away():
    """The attacker is worth something: the same two tables, each audited by itself, reveal the 3."""
    names = {"MED": "MED", "VBG": "a", "TEH": "b"}
    apart = {(names[need], outcome): number for (need, outcome), number in COUNTS.items()}
    inside = publish([Table("t", Unit.REFERRALS, Dimension("need", ("MED", "a", "b")), OUTCOME, apart)], True)[0]
    merged = {("MED", "delivered"): 5, ("MED", "under_way"): 30, ("c", "delivered"): 9, ("c", "under_way"): 81}
    outside = publish([Table("t", Unit.REFERRALS, Dimension("need", ("MED", "c")), OUTCOME, merged)], True)[0]
    sources = {"MED": ("MED",), "a": ("VBG",), "b": ("TEH",), "c": ("VBG", "TEH")}
    known = [
        replace(table, rows=tuple(replace(group, sources=sources[group.code]) for group in table.rows))
        for table in (inside, outside)
    ]
    assert two_editions(known) < 5


def test_what_never_goes_together_is_known_to_the_audit():
    """Nobody waits among the declined: with the outcome published, a stage of 3 could be worked out from the rest."""
    stage = Dimension("stage", ("unseen", "received", "declined"))
    outcome = Dimension("outcome", ("under_way", "declined"))
    need = Dimension("need", ("MED", "HEB"))
    tables = [
        Table("stage", Unit.REFERRALS, stage, None, {"unseen": 30, "received": 20, "declined": 10}),
        Table(
            "need", Unit.REFERRALS, need, outcome,
            {("MED", "under_way"): 25, ("MED", "declined"): 3, ("HEB", "under_way"): 25, ("HEB", "declined"): 7},
        ),
    ]  # fmt: skip
    apart = {
        frozenset({("stage", "unseen"), ("outcome", "declined")}),
        frozenset({("stage", "received"), ("outcome", "declined")}),
        frozenset({("stage", "declined"), ("outcome", "under_way")}),
    }
    atoms = [
        {"need": n, "stage": s, "outcome": "declined" if s == "declined" else "under_way"}
        for n in need.categories
        for s in stage.categories
    ]
    for known in (apart, set()):
        one, two = publish(tables, signatory=True, apart=known)
        found = widths([("stage", None, one), ("need", "outcome", two)], atoms)
        assert min(found.values()) >= 5
