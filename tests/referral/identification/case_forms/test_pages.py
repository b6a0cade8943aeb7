"""Forms of a case through their pages: which are offered, what is read, whose a draft is, what two people see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select

from referral.cases.actions.steps import reassign
from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.identification.models import Submission, SubmissionState
from referral.partners.models import User
from referral.partners.queries import user_by_name
from referral.procedures import actions as procedures
from referral.procedures.models import FormVersion
from referral.procedures.queries import active_form
from tests import case_forms
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.identification.case_forms.conftest import Scene, Someone

SENTENCE = "Veut apprendre un métier."


def began(client: PageClient, scene: Scene, name: str = "follow_up", **more: Any) -> Page:
    client.get(scene.forms)
    return client.post(scene.forms, {"form": name, **more})


def filled_in(app: Flask, page: Page, answers: dict[str, Any] = case_forms.FOLLOW_UP) -> str:
    """Complete the draft whose screen is shown; the address of its review page."""
    base = page.url.partition("/screens/")[0]
    with app.app_context():
        draft = db.session.get_one(Submission, UUID(base.rpartition("/")[2]))
        author = db.session.get_one(User, draft.author_id)
        case_forms.actions.save(draft, answers, screen=draft.screen, actor=author, now=NOW)
        db.session.commit()
    return base


def give_to(app: Flask, scene: Scene, name: str) -> None:
    with app.app_context():
        case, to = db.session.get_one(Case, scene.case), user_by_name(name)
        reassign(case, to, actor=user_by_name("chef"), now=NOW)
        db.session.commit()


def acts(app: Flask, scene: Scene) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditLine.action).where(AuditLine.case_id == scene.case)))


def test_whoever_works_on_the_case_is_offered_its_forms_first_those_of_the_step(someone: Someone, scene: Scene) -> None:
    page = someone().get(scene.forms)
    card = next(one for one in page.tree.iter("section") if one.get("id") == "blank")
    offered = [one.text.split()[0] for one in card.iter("strong")]
    assert offered[0] == "F10", "the form of the step that waits comes first"
    assert sorted(offered) == ["F04", "F04A", "F04T", "F04W", "F06", "F10", "F18", "F19"]
    assert "pour l’étape à faire" in card.text


def test_the_supervisor_reads_and_is_offered_nothing(someone: Someone, scene: Scene) -> None:
    client = someone("chef")
    assert not any(one.get("id") == "blank" for one in client.get(scene.forms).tree.iter("section"))
    assert client.post(scene.forms, {"form": "follow_up"}).status == 404


def test_one_draft_a_form_and_author_however_often_it_is_begun(app: Flask, someone: Someone, scene: Scene) -> None:
    client = someone()
    first, second = began(client, scene).url, began(client, scene).url
    assert first == second
    with app.app_context():
        drafts = select(func.count(Submission.id)).where(Submission.state == SubmissionState.DRAFT)
        assert db.session.scalar(drafts) == 1


def test_an_erased_draft_leaves_no_line_and_leads_back_to_the_case(app: Flask, someone: Someone, scene: Scene) -> None:
    client = someone()
    review = filled_in(app, began(client, scene), {"note": "À effacer."})
    client.get(f"{review}/discard")
    assert client.submit("discard").url == f"/cases/{scene.case}"
    assert client.get(review).status == 404
    page = client.get(scene.forms)
    card = next(one for one in page.tree.iter("section") if one.get("id") == "filled")
    assert "F18" not in card.text
    assert "draft.discard" in acts(app, scene)


@pytest.mark.parametrize("name", ["consent_adult", "referral", "nonsense", "", "x" * 900])
def test_what_is_no_form_of_a_case_is_not_begun(someone: Someone, scene: Scene, name: str) -> None:
    page = began(someone(), scene, name)
    assert page.status == 422
    assert "n’est pas en vigueur" in page.text


def test_a_closed_case_gets_no_more_forms(app: Flask, someone: Someone, scene: Scene) -> None:
    client = someone()
    review = filled_in(app, began(client, scene))
    client.get(review)
    with app.app_context():
        db.session.get_one(Case, scene.case).closed_at = NOW
        db.session.commit()
    page = client.submit("Terminer le formulaire")
    assert page.status == 409
    assert "Votre brouillon est gardé" in page.text
    assert began(client, scene, "closure").status == 409
    assert "plus de formulaire" in client.get(scene.forms).text


def test_the_team_reads_what_base_consent_covers_and_uncovers_the_name_once(
    app: Flask, someone: Someone, scene: Scene
) -> None:
    client = someone()
    page = client.get(f"{scene.forms}/{scene.assessed}")
    assert SENTENCE in page.text
    assert "Enceinte" in page.text
    assert "Brode-au-fil-d’or" not in page.text, "C14 is not covered"
    assert "Zoukoumbélé" not in page.text, "a name is uncovered first"
    assert "Zoukoumbélé" in client.submit("L’afficher").text
    assert "Zoukoumbélé" not in client.get(f"{scene.forms}/{scene.assessed}").text
    assert [one for one in acts(app, scene) if one.startswith("case.form.re")] == [
        "case.form.read", "case.form.reveal", "case.form.read",
    ]  # fmt: skip


def test_the_print_holds_the_answers_without_names(someone: Someone, scene: Scene) -> None:
    answer = someone().get(f"{scene.forms}/{scene.assessed}/form.pdf").response
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={scene.code}-F10.pdf"
    document = pypdfium2.PdfDocument(answer.data)
    words = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert SENTENCE in words
    assert scene.code in words
    assert "Zoukoumbélé" not in words
    assert "Brode" not in words


def test_finished_twice_it_stands_once_and_the_way_back_leads_to_it(app: Flask, someone: Someone, scene: Scene) -> None:
    client = someone()
    review = filled_in(app, began(client, scene))
    form = client.get(review).form("Terminer le formulaire")
    first = client.post(form.action, form.fields)
    assert first.url.startswith(scene.forms)
    again = client.post(form.action, form.fields | {"idempotency_key": "k" * 24})
    assert again.url == first.url
    assert client.get(review).url == first.url
    assert client.get(f"{review}/screens/about").url == first.url
    late = client.post(f"{review}/screens/about", {"version": "2", "shown": "note", "q-note": "Trop tard."})
    assert late.status == 409
    assert "a été terminée entre-temps" in late.text
    assert acts(app, scene).count("case.form.submit") == 2, "that of the assessment and this one"


def test_the_same_draft_on_two_devices_is_not_finished_unseen(app: Flask, someone: Someone, scene: Scene) -> None:
    phone, desk = someone(), someone()
    review = filled_in(app, began(phone, scene))
    old = desk.get(review).form("Terminer le formulaire")
    filled_in(app, Page(phone.get(f"{review}/screens/about").response, f"{review}/screens/about"), {"note": "Ajout."})
    page = desk.post(old.action, old.fields)
    assert page.status == 409
    assert "Ajout." in page.text


def test_a_colleague_finished_the_same_form_meanwhile_is_said_first_and_both_stand(
    app: Flask, someone: Someone, scene: Scene
) -> None:
    client = someone()
    review = filled_in(app, began(client, scene))
    old = client.get(review).form("Terminer le formulaire")
    give_to(app, scene, "collegue")
    with app.app_context():
        case = db.session.get_one(Case, scene.case)
        later = NOW + timedelta(seconds=1)
        case_forms.make_case_form(case, "follow_up", case_forms.FOLLOW_UP, author=user_by_name("collegue"), now=later)
        db.session.commit()
    give_to(app, scene, "gestion")
    page = client.post(old.action, old.fields)
    assert page.status == 409
    assert "Personne collegue" in page.text
    done = client.submit("Terminer le mien aussi")
    assert done.status == 200
    assert done.url.startswith(scene.forms)
    page = client.get(scene.forms)
    assert sum(one.text == "F18 Fiche de suivi" for one in page.tree.iter("a")) == 2


def test_a_draft_stays_its_authors_and_whoever_works_on_the_case_next_goes_on_from_what_is_covered(
    app: Flask, someone: Someone, scene: Scene
) -> None:
    client = someone()
    told = case_forms.FOLLOW_UP | {"since": "worse", "note": "Parole du brouillon.", "no_shelter": "yes"}
    review = filled_in(app, began(client, scene), told)
    give_to(app, scene, "collegue")
    page = client.get(review)
    assert page.status == 409
    assert "reste au dossier" in page.text
    other = someone("collegue")
    page = other.get(scene.forms)
    assert "Parole du brouillon." not in page.text
    screen = other.submit("Le poursuivre moi-même")
    assert screen.url != f"{review}/screens/about"
    mine = screen.url.partition("/screens/")[0]
    assert "Parole du brouillon." in other.get(mine).text, "C5 is covered"
    housing = other.get(f"{mine}/screens/situation").form("do").fields
    assert housing["q-since"] == "worse"
    assert housing.get("q-no_shelter") == "", "C12 is not covered"
    assert client.get(mine).status == 404


def test_a_case_keeps_the_version_that_each_form_was_filled_with(app: Flask, someone: Someone, scene: Scene) -> None:
    client = someone()
    review = filled_in(app, began(client, scene, "vulnerability_assessment"), case_forms.ASSESSMENT)
    with app.app_context():
        old = active_form("vulnerability_assessment")
        assert old is not None
        text = old.source.replace(b"| cmr_vulnerability_assessment | 1 |", b"| cmr_vulnerability_assessment | 2 |")
        text = text.replace("Résumé pour l’équipe".encode(), b"Bilan en bref")
        stamp = {"actor": user_by_name("gestion"), "now": NOW}
        one, _new = procedures.new_form_draft("f.md", text, **stamp)
        procedures.publish_form(one, revision=one.revision, **stamp)
        db.session.commit()
    finished = client.get(f"{scene.forms}/{scene.assessed}")
    assert "Résumé pour l’équipe" in finished.text
    assert "version 1 du formulaire" in finished.text
    client.get(review)
    assert "version 1 du formulaire" in client.submit("Terminer le formulaire").text
    began(client, scene, "vulnerability_assessment", former=str(scene.assessed))
    with app.app_context():
        newest = db.session.scalars(select(Submission).where(Submission.state == SubmissionState.DRAFT)).one()
        assert db.session.get_one(FormVersion, newest.form_version_id).number == "2"
    mine = client.page.url.partition("/screens/")[0]
    page = client.get(mine)
    assert SENTENCE in page.text, "what is asked again is proposed again"
    assert "Bilan en bref" in page.text


def test_what_a_form_says_is_proposed_on_the_page_of_its_step(someone: Someone, scene: Scene) -> None:
    client = someone()
    page = client.get(f"/cases/{scene.case}/steps/N07")
    typed = " ".join(str(value) for value in page.form("needs").fields.values())
    assert SENTENCE in typed
    assert "Zoukoumbélé" not in typed
    assert "Brode" not in typed
    assert "Prérempli d’après la fiche" in page.text
