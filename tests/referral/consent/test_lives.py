"""Random lives on real rows: at every moment each page's decision is what the literal table says of the same events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.rules import OrganizationKind
from sop.vocabulary import Need
from tests.builders import (
    CHILD,
    make_agreement,
    make_organization,
    make_planned_case,
    make_procedure,
    make_sent_referral,
    make_service,
    make_user,
)
from tests.conftest import NOW, rolled_back, taken_back
from tests.referral.consent.life_acts import Life

OF_CHILD: dict[str, Any] = {"assent": True, "guardian": True, "given_age": 17}
MET = {
    "F0", "F2", "F3", "F5", "S1", "S2", "S3", "S17", "M2", "M3", "E1", "L1", "L2", "L4", "L5", "L6", "O1", "O2",
    "A1", "A3", "over",
}  # fmt: skip
"""Codes that so many lives come by; an agreement that is over gets farther than its successor's draft (M1, M4, M8)."""


def made_cast() -> dict[str, Any]:
    """A team, a hospital, their agreement, and two files that were sent: an adult's and one of somebody of 17."""
    make_procedure()
    team, hospital = make_organization("Équipe"), make_organization("Hôpital", kind=OrganizationKind.HEALTH)
    manager, nurse = make_user(Role.CASE_MANAGER, team, "vie.cm"), make_user(Role.PROVIDER, hospital, "vie.nurse")
    agreement = make_agreement(team, hospital)
    place = make_service(hospital, Need.MED, staff=(nurse,))
    adult = make_planned_case(manager, Need.MED)
    child = make_planned_case(manager, Need.MED, **{**CHILD, "age": 17})
    return {
        "team": team, "hospital": hospital, "elsewhere": make_organization("Ailleurs"), "manager": manager,
        "nurse": nurse, "agreement": agreement, "place": place, "adult": adult, "child": child,
        "colleague": make_user(Role.CASE_MANAGER, team, "vie.autre"),
        "supervisor": make_user(Role.SUPERVISOR, team, "vie.chef"),
        "coordinator": make_user(Role.COORDINATOR, None, "vie.coordination"),
        "officer": make_user(Role.DATA_OFFICER, None, "vie.donnees"),
        "adult_referral": make_sent_referral(adult, place),
        "child_referral": make_sent_referral(child, place, consent=OF_CHILD),
    }  # fmt: skip


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Flask, Connection, dict[str, tuple[type, Any]]]]:
    """The cast, once for the module; each life reads its rows anew and is taken back."""
    with rolled_back(_application) as connection:
        with _application.app_context():
            cast = made_cast()
            db.session.commit()
            keys = {name: (type(row), row.id) for name, row in cast.items()}
        yield _application, connection, keys


def lived(stage: Any, seeds: range, acts: int) -> tuple[list[str], Counter[str]]:
    """Answers that are not what the table says, by life; and how often each code was given."""
    app, connection, keys = stage
    wrong, codes = list[str](), Counter[str]()
    for seed in seeds:
        with taken_back(app, connection), app.app_context():
            cast = {name: db.session.get_one(kind, key) for name, (kind, key) in keys.items()}
            life = Life(seed, cast, NOW, age=17 if seed % 2 else 30)
            for number in range(acts):
                life.step(last=number == acts - 1 and seed % 3 == 0)
                later = life.at + life.rng.choice([timedelta(0), timedelta(minutes=10), timedelta(hours=3)])
                for moment in sorted({life.at, later}):
                    for question, (ours, theirs) in life.answers(moment).items():
                        codes[ours.code if ours else "over"] += 1
                        if ours != theirs:
                            told = [(str(one.at), one.what) for one in life.story.events[-5:]]
                            wrong.append(f"life {seed}, {question} at {moment}: {ours} is not {theirs} after {told}")
                life.at = later
            db.session.rollback()
        if wrong:
            break
    return wrong, codes


def test_at_each_moment_of_a_life_on_real_rows_the_pages_show_what_the_table_says(stage: Any) -> None:
    wrong, codes = lived(stage, range(3), 12)
    assert wrong == []
    assert len(codes) > 5


def test_after_a_refusal_and_a_new_consent_the_reason_is_what_became_of_the_new_one(stage: Any) -> None:
    app, connection, keys = stage
    with taken_back(app, connection), app.app_context():
        cast = {name: db.session.get_one(kind, key) for name, (kind, key) in keys.items()}
        life = Life(0, cast, NOW, age=30)
        for act in (life.refuse, life.give, life.take_back, life.take_back):
            life.at += timedelta(days=1)
            act()
        for moment in (life.at, life.at + timedelta(days=400)):
            ours, theirs = life.answers(moment)["received"]
            assert ours == theirs
            assert ours is not None
            assert ours.code != "S1"
        db.session.rollback()


@pytest.mark.slow
def test_at_each_moment_of_sixty_long_lives_on_real_rows_the_pages_show_what_the_table_says(stage: Any) -> None:
    wrong, codes = lived(stage, range(3, 63), 30)
    assert wrong == []
    assert MET - set(codes) == set()
