"""A printed form of a case is typed into the case whose code is on the sheet, once, by who works on it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from referral.extensions import db
from referral.identification.models import Submission
from referral.identification.rules import Channel
from referral.partners.queries import user_by_name
from referral.procedures.queries import active_form
from tests import builders, case_forms
from tests.referral.identification.case_forms.conftest import Scene, Someone
from tests.referral.identification.case_forms.test_pages import filled_in, give_to

NUMBER = "ABCDE-FGH23"


def sheet(app: Flask, name: str = "follow_up") -> str:
    with app.app_context():
        version = active_form(name)
        assert version is not None
        return f"/identifications/paper/{version.content_hash[:12]}/{NUMBER}"


def test_the_sheet_goes_into_the_case_with_the_code_in_any_writing(app: Flask, someone: Someone, scene: Scene) -> None:
    client, url = someone(), sheet(app)
    client.get(url)
    screen = client.submit("case", case=f" {scene.code.lower()} ")
    assert "/screens/" in screen.url
    with app.app_context():
        draft = db.session.scalars(select(Submission).where(Submission.paper_number == NUMBER)).one()
        assert (draft.case_id, draft.channel) == (scene.case, Channel.PAPER)
    again = client.get(url)
    assert "Continuer le brouillon" in again.links
    assert client.post(url, {"case": scene.code}).url == screen.url


def test_a_code_that_is_no_open_case_of_ones_own_is_said_at_the_field(
    app: Flask, someone: Someone, scene: Scene
) -> None:
    client, url = someone("collegue"), sheet(app)
    with app.app_context():
        closed = builders.make_case(user_by_name("collegue"))
        closed.closed_at = closed.opened_at
        code = closed.code
        db.session.commit()
    for typed in ("", "CM-LT-2026-99999", scene.code, code, "x" * 400, "'; --"):
        client.get(url)
        page = client.submit("case", case=typed)
        assert page.status == 422
        assert page.form("case").fields["case"] == typed.strip()[:24]
        assert "Aucun de vos dossiers ouverts" in page.text
    with app.app_context():
        assert db.session.scalar(select(func.count(Submission.id)).where(Submission.paper_number == NUMBER)) == 0


def test_once_finished_the_sheet_leads_the_team_to_the_form_and_tells_others_only_that_it_was_typed_in(
    app: Flask, someone: Someone, scene: Scene
) -> None:
    client, url = someone(), sheet(app)
    client.get(url)
    review = filled_in(app, client.submit("case", case=scene.code), case_forms.FOLLOW_UP)
    client.get(review)
    finished = client.submit("Terminer le formulaire").url
    assert client.get(url).links["Lire la fiche"] == finished
    other = someone("collegue")
    page = other.get(url)
    assert "Quelqu’un d’autre l’a saisie" in page.text
    assert finished not in page.links.values()
    give_to(app, scene, "collegue")
    assert other.get(url).links["Lire la fiche"] == finished
