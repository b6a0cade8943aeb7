"""Every door to the own file takes the sharing decision about who reads (P1 to P4), and the register keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from referral.cases.models import Case, CaseTask
from referral.cases.rules import TaskKind
from referral.consent.models import DecisionRecord
from referral.consent.queries.checking import repeated
from referral.consent.repeating import Repeat
from referral.extensions import db
from referral.foundation.grants import Role
from referral.people.actions.relatives import add_link
from referral.people.relations import Authority, LinkKind, Tracing
from referral.rights.models import ReaderReview
from referral.rights.readers import ReviewOutcome
from sop.vocabulary import Category, Need
from tests.builders import (
    CHILD,
    WORDS,
    make_consent,
    make_organization,
    make_planned_case,
    make_procedure,
    make_user,
    tamper,
)
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import Page, PageClient

SEALED = {**WORDS, Category.C8: {"violence": "secret-c8"}, Category.C13: {"note": "garde-c13"}}


@dataclass(frozen=True)
class Scene:
    """A girl of fifteen, her mother and her uncle who decide for her."""

    case_id: UUID
    mother: UUID
    uncle: UUID

    @property
    def case(self) -> Case:
        return db.session.get_one(Case, self.case_id)


def make_scene(app: Flask) -> Scene:
    with app.app_context():
        make_procedure()
        team = make_organization("Équipe")
        manager = make_user(Role.CASE_MANAGER, team, "gestionnaire")
        make_user(Role.SUPERVISOR, team, "chef")
        case = make_planned_case(manager, Need.MED, sealed=SEALED, **CHILD)
        known = (
            ("Odile Mbarga", LinkKind.PARENT, Authority.PARENT),
            ("Paul Abena", LinkKind.UNCLE_AUNT, Authority.COURT),
        )
        adults = [
            add_link(
                case,
                {"kind": kind, "authority": authority, "tracing": Tracing.TOGETHER, "name": name},
                other=None,
                actor=manager,
                now=NOW,
            ).id
            for name, kind, authority in known
        ]
        db.session.commit()
        return Scene(case.id, *adults)


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, Scene]]:
    with rolled_back(_application) as connection:
        yield connection, make_scene(_application)


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, Scene]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]), _application.app_context():
        yield _application


@pytest.fixture
def scene(stage: tuple[Connection, Scene]) -> Scene:
    return stage[1]


def give(client: PageClient, scene: Scene, reader: Any, *, way: str = "together", **fields: str) -> Page:
    client.sign_in("gestionnaire")
    client.get(f"/cases/{scene.case_id}/rights")
    posted = {"reader": str(reader), "identity": "paper", "language": "fr", "way": way}
    return client.post(f"/cases/{scene.case_id}/own-file", posted | fields)


def kept() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(DecisionRecord).where(DecisionRecord.purpose == "own_file"))
    found = sorted(rows, key=lambda one: (one.at, one.action))
    assert {repeated(one) for one in found} <= {Repeat.IDENTICAL}
    return [(one.action, one.outcome, one.code) for one in found]


def judged(scene: Scene, adult: UUID, outcome: ReviewOutcome) -> None:
    db.session.add(
        ReaderReview(
            case_id=scene.case_id, adult_id=adult, opened_at=NOW - timedelta(1), decided_at=NOW, outcome=outcome
        )
    )
    db.session.commit()


def test_the_person_reads_all_but_therapy_notes_and_the_decision_is_kept(scene: Scene, client: PageClient) -> None:
    page = give(client, scene, "person")
    assert "secret-c8" in page.text
    assert kept() == [("view", "allow", "P1")]
    row = db.session.scalars(select(DecisionRecord)).one()
    assert row.inputs["actor"]["role"] == "subject"
    assert row.visible == sorted(row.inputs["categories"], key=lambda code: Category(code).order)


def test_nothing_is_shown_before_identity_is_checked(scene: Scene, client: PageClient) -> None:
    page = give(client, scene, "person", identity="")
    assert page.status == 422
    assert "secret-c8" not in page.html
    assert kept() == []


def test_a_guardian_reads_without_violence_once_the_child_agrees(scene: Scene, client: PageClient) -> None:
    assert give(client, scene, scene.mother).status == 422, "the child is asked first"
    page = give(client, scene, scene.mother, view="agrees")
    assert "garde-c13" in page.text
    assert "secret-c8" not in page.html
    assert kept() == [("view", "allow_redacted", "P2")]


@pytest.mark.parametrize("view", ["objects", "not_asked"])
def test_when_the_adolescent_does_not_agree_nothing_is_shown_and_a_review_opens(
    scene: Scene, client: PageClient, view: str
) -> None:
    for _ in range(2):
        page = give(client, scene, scene.mother, view=view)
        assert "garde-c13" not in page.html
        assert "intérêt supérieur" in page.text
    assert kept() == [("view", "deny_escalate", "P4")] * 2
    assert len(db.session.scalars(select(ReaderReview)).all()) == 1, "one review at a time"
    tasks = db.session.scalars(select(CaseTask).where(CaseTask.kind == TaskKind.READER_REVIEW)).all()
    assert [task.due_at for task in tasks] == [NOW + timedelta(days=3)]
    assert give(client, scene, scene.mother, way="link", view="agrees").html.count("/own-file/") == 0


def test_the_supervisor_decides_the_review_and_the_adult_then_reads_or_never(scene: Scene, client: PageClient) -> None:
    give(client, scene, scene.uncle, view="objects")
    review = db.session.scalars(select(ReaderReview)).one()
    client.sign_in("chef")
    page = client.get(f"/cases/{scene.case_id}/rights")
    assert "Paul Abena" in page.text
    address = f"/cases/{scene.case_id}/reader-reviews/{review.id}"
    assert client.post(address, {"outcome": "set_aside"}).status == 422
    client.post(address, {"outcome": "set_aside", "reasons": "Il la battait."})
    db.session.expire_all()
    assert review.outcome is ReviewOutcome.SET_ASIDE
    assert b"battait" not in (review.sealed or b"")
    assert db.session.get_one(CaseTask, review.task_id).done_at == NOW
    page = give(client, scene, scene.uncle, view="agrees")
    assert "garde-c13" not in page.html
    assert "a été écarté par une décision" in page.text
    assert kept()[-1] == ("view", "deny", "P3")


def test_who_asked_for_a_review_does_not_decide_it(scene: Scene, client: PageClient) -> None:
    client.sign_in("chef")
    client.get(f"/cases/{scene.case_id}/rights")
    client.post(f"/cases/{scene.case_id}/readers/{scene.uncle}/review", {})
    review = db.session.scalars(select(ReaderReview)).one()
    address = f"/cases/{scene.case_id}/reader-reviews/{review.id}"
    assert client.post(address, {"outcome": "reads", "reasons": "Oui."}).status == 422
    db.session.expire_all()
    assert review.outcome is None


def test_after_a_review_that_lets_the_adult_read_the_view_was_weighed(scene: Scene, client: PageClient) -> None:
    judged(scene, scene.mother, ReviewOutcome.READS)
    assert "garde-c13" in give(client, scene, scene.mother, view="objects").text
    assert kept() == [("view", "allow_redacted", "P2")]


def test_where_a_best_interests_decision_took_the_guardians_place_an_adult_waits_for_a_review(
    scene: Scene, client: PageClient
) -> None:
    team, manager = scene.case.organization, scene.case.manager
    base = {"purpose": "case_management", "given_age": 15, "assent": True, "best_interests": True}
    make_consent(scene.case, team, Need.MED, actor=manager, **base)
    db.session.commit()
    give(client, scene, scene.mother, view="agrees")
    judged(scene, scene.mother, ReviewOutcome.READS)
    assert "garde-c13" in give(client, scene, scene.mother, view="agrees").text
    later = make_consent(
        scene.case, team, Need.MED, actor=manager, assent=True, guardian=True, names={"guardian": "Abena  paul"}
    )
    tamper(later, given_at=NOW + timedelta(1))
    db.session.commit()
    assert "garde-c13" in give(client, scene, scene.uncle, view="agrees").text, "who stood by a consent since then"
    assert [code for _, _, code in kept()] == ["P3", "P2", "P2"]


def test_an_adult_who_decides_alone_is_asked_themselves(scene: Scene, client: PageClient) -> None:
    scene.case.facts = {**scene.case.facts, "age": 30, "age_band": "adult"}
    db.session.commit()
    page = give(client, scene, scene.mother)
    assert "garde-c13" not in page.html
    assert "la personne est adulte et décide elle-même" in page.text
    assert "intérêt supérieur" not in page.text, "an adult has no need of that decision"
    assert f"/cases/{scene.case_id}/rights#own-file" in page.links.values()
    assert kept() == [("view", "deny", "P3")]


def test_a_link_given_to_a_guardian_decides_anew_each_time_it_is_opened(
    scene: Scene, client: PageClient, app: Any
) -> None:
    page = give(client, scene, scene.mother, way="link", view="agrees")
    found = re.search(r"(/own-file/[\w-]{22})", page.html)
    code = re.search(r"<strong>(\d{3}) (\d{3})</strong>", page.html)
    assert found
    assert code
    address, digits = found[1], {"code": code[1] + code[2]}
    adult = PageClient(app)
    adult.get(address)
    shown = adult.post(address, digits)
    assert "garde-c13" in shown.text
    assert "par le lien vers son dossier" in shown.text
    assert "secret-c8" not in shown.html
    assert "withdraw" not in {one.get("id") for one in shown.tree.iter("section")}, (
        "consent is the person’s to take back"
    )
    assert adult.post(f"{address}/file.pdf", digits).response.mimetype == "application/pdf"
    adult.get(address)
    assert adult.post(f"{address}/withdraw", digits).status == 404
    judged(scene, scene.mother, ReviewOutcome.SET_ASIDE)
    adult.get(address)
    for path in (address, f"{address}/file.pdf"):
        refused = adult.post(path, digits)
        assert "garde-c13" not in refused.html
        assert "a été écarté par une décision" in refused.text
        adult.get(address)
    codes = sorted(kept())
    assert codes[:2] == [("print", "allow_redacted", "P2"), ("print", "deny", "P3")]
    assert ("send", "allow_redacted", "P2") in codes


def test_a_guardian_learns_of_no_referral_for_violence(scene: Scene, client: PageClient) -> None:
    clinic = make_organization("Clinique Étoile")
    make_consent(scene.case, clinic, Need.VBG, actor=scene.case.manager)
    db.session.commit()
    assert "Clinique Étoile" in give(client, scene, "person").text
    assert "Clinique Étoile" not in give(client, scene, scene.mother, view="agrees").text
