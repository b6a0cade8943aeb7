"""The identification form through its pages: one screen after the other, kept as typed, judged by the form."""

from __future__ import annotations

import re

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.sealing import SealedRecord
from referral.identification.models import Submission
from referral.identification.queries import typed_answers
from referral.partners.models import Organization, SignInSession
from tests.builders import PASSWORD, SECRET, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.identification.walk import ADULT, CHILD, Place, begin, fill_in, send
from tests.signing_in import sign_in


def draft(app: Flask) -> dict[str, object]:
    """What the only draft holds as typed."""
    with app.app_context():
        return typed_answers(db.session.scalars(select(Submission)).one())


def test_every_screen_is_shown_in_order_and_ends_on_the_review(responder: PageClient) -> None:
    page, seen = begin(responder), []
    while "/screens/" in page.url:
        seen.append(page.title)
        page = send(responder, ADULT)
    assert seen == [
        "L’entretien",
        "La sécurité d’abord",
        "La personne",
        "Parcours et famille",
        "Papiers, contact et ménage",
        "Santé et violences",
        "Exploitation et traite",
        "Besoins et souhaits",
    ]
    assert page.title == "Relire et soumettre"
    assert "Zoukoumbélé" in page.text
    assert "15 juin 1990" in page.text
    assert "Tout ce qu’il faut est là" in page.text


def test_a_child_is_asked_about_the_adults_around(responder: PageClient) -> None:
    page, seen = begin(responder), []
    while "/screens/" in page.url:
        seen.append(page.title)
        page = send(responder, CHILD)
    assert "L’enfant et les adultes qui l’entourent" in seen


def test_a_draft_is_left_and_found_again(responder: PageClient) -> None:
    begin(responder)
    page = send(responder, ADULT, do="save")
    assert page.url == "/identifications"
    assert "Le brouillon est enregistré." in page.text
    page = responder.get(next(url for label, url in page.links.items() if label.startswith("Continuer")))
    assert page.title == "L’entretien"
    assert page.form("do").fields["q-department"] == "CM005004"


def test_the_responders_own_region_is_proposed(responder: PageClient) -> None:
    assert begin(responder).form("do").fields["q-region"] == "CM005"


def test_what_is_missing_stands_at_the_field_and_on_top(responder: PageClient) -> None:
    begin(responder)
    page = send(responder, {name: answer for name, answer in ADULT.items() if name != "source"})
    assert page.title == "L’entretien"
    assert (
        page.links[
            "Par qui ou par quel lieu la personne est-elle arrivée jusqu’à vous ? Merci de répondre à cette question."
        ]
        == "#f-q-source"
    )


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("birth_date", "2040-1-1", "La date de naissance ne peut ni être dans l’avenir ni remonter à plus de 120 ans."),
        ("birth_date", "1826-1-1", "Cette date n’est pas possible : vérifiez l’année."),
        ("birth_date", "2001-2-31", "Une date est attendue ici"),
        ("phone", "abc", "Un numéro ne contient que des chiffres"),
        ("nationality", "ZZ", "Merci de choisir une des réponses proposées."),
        ("sex", "<script>", "Merci de choisir une des réponses proposées."),
        ("family_name", "x" * 10_000, "10000"),
    ],
)
def test_bad_answers_are_refused_at_the_field_and_kept_as_typed(
    responder: PageClient, app: Flask, name: str, typed: str, sentence: str
) -> None:
    begin(responder)
    send(responder, ADULT)
    send(responder, ADULT)
    page = send(responder, ADULT | {name: typed})
    assert page.title == "La personne"
    assert sentence.replace(" :", "\u00a0:") in page.text or sentence in page.text
    assert draft(app)[name] == typed
    assert responder.get(page.url.split("/screens")[0]).text.count("à compléter") >= 1


def test_an_age_of_200_is_refused(responder: PageClient) -> None:
    begin(responder)
    send(responder, ADULT)
    send(responder, ADULT)
    page = send(responder, {**ADULT, "birth_date": "--", "age_years": "200"})
    assert "L’âge va de 0 à 120 ans." in page.text
    assert page.form("do").fields["q-age_years"] == "200"


def test_a_question_that_depends_on_the_same_screen_appears_after_saving(responder: PageClient) -> None:
    begin(responder)
    send(responder, ADULT)
    page = send(responder, ADULT)
    assert "q-nationality_other" not in page.form("do").names
    page = send(responder, ADULT | {"nationality": "other"})
    assert page.title == "La personne"
    assert "quelques questions de plus sont apparues" in page.text
    assert "q-nationality_other" in page.form("do").names
    page = send(responder, ADULT | {"nationality": "other", "nationality_other": "Cap-Vert"})
    assert page.title == "Parcours et famille"


def test_answers_that_no_longer_apply_do_not_survive_submission(responder: PageClient, app: Flask) -> None:
    fill_in(responder, CHILD | {"caregiver": "Tante Zébéline"})
    base = responder.page.url
    responder.get(base + "/screens/identity")
    send(responder, ADULT)
    assert draft(app)["caregiver"] == "Tante Zébéline"
    responder.get(base)
    responder.submit("Soumettre")
    with app.app_context():
        submission = db.session.scalars(select(Submission)).one()
        assert "caregiver" not in typed_answers(submission)
        assert submission.case_id is not None


def test_markup_and_formulas_in_names_are_shown_as_typed(responder: PageClient) -> None:
    names = {"family_name": "<script>alert(1)</script>", "given_names": '=HYPERLINK("http://x")'}
    page = fill_in(responder, ADULT | names)
    assert "<script>alert(1)</script>" in page.text
    assert '=HYPERLINK("http://x")' in page.text
    assert "<script>alert(1)" not in page.html


def test_a_stale_screen_is_not_saved_and_keeps_what_was_typed(responder: PageClient, app: Flask) -> None:
    begin(responder)
    old = responder.page
    send(responder, ADULT | {"place": "Aéroport"})
    fields = {**old.form("do").fields, "q-place": "Gare routière", "do": "next"}
    page = responder.post(old.url, fields)
    assert page.status == 409
    assert "Ce brouillon a été enregistré ailleurs" in page.text
    assert page.form("do").fields["q-place"] == "Gare routière"
    assert draft(app)["place"] == "Aéroport"
    page = send(responder, {})
    assert page.status == 200
    assert draft(app)["place"] == "Gare routière"


def test_the_same_post_twice_saves_once(responder: PageClient, app: Flask) -> None:
    begin(responder)
    first = responder.page
    fields = {**first.form("do").fields, "q-department": "CM005004", "do": "save"}
    responder.post(first.url, fields)
    page = responder.post(first.url, fields)
    assert page.status == 200
    with app.app_context():
        assert db.session.scalar(select(Submission.version)) == 2


def test_starting_twice_with_one_form_makes_one_draft(responder: PageClient, app: Flask) -> None:
    page = responder.get("/identifications/new")
    fields = page.form("Commencer sans chercher").fields
    responder.post("/identifications", fields)
    responder.post("/identifications", fields)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Submission)) == 1


def test_submitting_twice_makes_one_file(responder: PageClient, app: Flask) -> None:
    page = fill_in(responder, ADULT)
    fields = page.form("Soumettre").fields
    first = responder.post(page.url, fields)
    second = responder.post(page.url, fields)
    assert first.url == second.url
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_form_with_gaps_is_not_submitted(responder: PageClient, app: Flask) -> None:
    begin(responder)
    base = responder.page.url.split("/screens")[0]
    page = responder.get(base)
    assert "réponses à compléter" in page.text
    assert "Soumettre" not in [button for form in page.forms for button in form.buttons]
    page = responder.post(base, {"version": "1"})
    assert page.status == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_ids_that_are_no_ids_are_not_found(responder: PageClient) -> None:
    for path in (f"/identifications/{2**63}", f"/prefiles/{2**63}", f"/identifications/{2**63}/screens/identity"):
        assert responder.get(path).status == 404
    begin(responder)
    assert responder.post(responder.page.url.replace("interview", "nowhere"), {"version": "1"}).status == 404


def test_nobody_else_sees_a_draft(responder: PageClient, app: Flask, place: Place) -> None:
    begin(responder)
    url = responder.page.url
    with app.app_context():
        author = db.session.scalars(select(Submission)).one()
        make_user(Role.FIRST_RESPONDER, db.session.get(Organization, author.organization_id), "colleague")
        db.session.commit()
    other = PageClient(app, sign_in=sign_in)
    other.sign_in("colleague")
    assert other.get(url).status == 404
    assert other.get(url.split("/screens")[0]).status == 404
    assert other.get(url.split("/screens")[0] + "/discard").status == 404


def test_a_discarded_draft_is_gone(responder: PageClient, app: Flask) -> None:
    begin(responder)
    send(responder, ADULT, do="save")
    url = next(url for label, url in responder.page.links.items() if label.startswith("Effacer"))
    page = responder.get(url)
    assert page.title == "Effacer ce brouillon ?"
    page = responder.submit("Effacer le brouillon")
    assert "Le brouillon est effacé." in page.text
    assert responder.get(url).status == 404
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SealedRecord)) == 0


def test_drafts_lie_sealed_in_the_database(responder: PageClient, app: Flask) -> None:
    begin(responder)
    for _ in range(3):
        send(responder, ADULT)
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(table.select()):
                assert "Zoukoumb" not in repr(row)
                assert b"Zoukoumb" not in b"".join(value for value in row if isinstance(value, bytes))


def test_what_was_typed_survives_an_expired_session(responder: PageClient, app: Flask) -> None:
    begin(responder)
    page = responder.page
    fields = {**page.form("do").fields, "q-place": "Gare de Bonabéri", "q-department": "CM005004", "do": "save"}
    with app.app_context():
        db.session.execute(update(SignInSession).values(revoked_at=NOW))
        db.session.commit()
    page = responder.post(page.url, fields)
    assert page.status == 401
    responder.submit("password", username="agent", password=PASSWORD)
    page = responder.submit("code", code=pyotp.TOTP(SECRET).at(NOW))
    assert "Rien n’est perdu" in page.text
    page = responder.submit("Envoyer ma saisie")
    assert "Le brouillon est enregistré." in page.text
    assert draft(app)["place"] == "Gare de Bonabéri"


def test_the_walk_works_in_english(app: Flask, place: Place) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE user_account SET language = 'en'"))
        db.session.commit()
    client = PageClient(app, language="en", sign_in=sign_in)
    client.sign_in(place.responder)
    fill_in(client, ADULT)
    page = client.submit("Submit")
    assert re.search(r"CM-LT-2026-\d{5}", page.title)
    assert "Because no sign of danger or of particular vulnerability was seen" in page.text


def test_a_page_that_saves_itself_learns_the_new_version(app: Flask, responder: PageClient) -> None:
    page = begin(responder)
    fields = page.form("do").fields
    answer = responder.post(page.url, {**fields, "q-place": "Aéroport", "do": "autosave"})
    version = int(str(fields["version"])) + 1
    assert answer.response.json == {"saved": "23 nov. 2026 à 10:00", "version": version}
    assert draft(app)["place"] == "Aéroport"


def test_a_page_that_is_out_of_date_saves_nothing_by_itself(app: Flask, responder: PageClient) -> None:
    page = begin(responder)
    fields = page.form("do").fields
    responder.post(page.url, {**fields, "q-place": "Aéroport", "do": "autosave"})
    answer = responder.post(page.url, {**fields, "q-place": "Port", "do": "autosave"})
    assert (answer.status, answer.response.json) == (409, {"stale": True})
    assert draft(app)["place"] == "Aéroport"


def test_interview_mode_stays_until_it_is_left(responder: PageClient) -> None:
    page = begin(responder)
    assert page.tree.first("html").attributes.get("class") is None
    page = responder.submit("on")
    assert page.tree.first("html").attributes["class"] == "interview"
    assert page.title == "L’entretien"
    page = responder.submit("on")
    assert page.tree.first("html").attributes.get("class") is None
