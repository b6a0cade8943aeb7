"""Forms filled on paper: the code of a sheet opens its typing in, in the version that was printed, once."""

from __future__ import annotations

import pypdfium2
from flask import Flask
from sqlalchemy import func, select

from referral.extensions import db
from referral.identification import actions as identification
from referral.identification.models import Submission, SubmissionState
from referral.identification.rules import Channel
from referral.partners.queries import user_by_name
from referral.procedures import actions
from referral.procedures.queries import active_form
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.identification.walk import Place
from tests.signing_in import sign_in

NUMBER = "ABCDE-FGH23"


def sheet(app: Flask, number: str = NUMBER) -> str:
    """The path that the code of a sheet of the form in force holds."""
    with app.app_context():
        version = active_form("identification")
        assert version is not None
        return f"/identifications/paper/{version.content_hash[:12]}/{number}"


def test_a_sheet_is_typed_in_once_by_the_channel_paper(app: Flask, responder: PageClient) -> None:
    url = sheet(app)
    page = responder.get(url)
    assert NUMBER in page.text
    with app.app_context():
        assert db.session.scalar(select(func.count(Submission.id))) == 0, "opening the address makes nothing"
    first = responder.submit("Saisir la feuille")
    assert "/screens/" in first.url
    assert "Cette feuille a déjà été saisie" in responder.get(url).text
    again = responder.post(url)
    assert again.url == first.url
    with app.app_context():
        one = db.session.scalars(select(Submission)).one()
        assert (one.channel, one.paper_number) == (Channel.PAPER, NUMBER)


def test_another_first_responder_is_told_and_sees_nothing(app: Flask, place: Place, responder: PageClient) -> None:
    url = sheet(app)
    responder.get(url)
    mine = responder.submit("Saisir la feuille").url
    other = PageClient(app, sign_in=sign_in)
    other.sign_in(place.manager)
    page = other.get(url)
    assert "Quelqu’un d’autre l’a saisie" in page.text
    assert mine not in page.html
    assert other.post(url).url == url
    assert other.get(mine).status == 404


def test_a_sheet_whose_draft_was_erased_can_be_typed_in_again(app: Flask, responder: PageClient) -> None:
    url = sheet(app)
    responder.get(url)
    first = responder.submit("Saisir la feuille").url
    responder.get(first.partition("/screens/")[0] + "/discard")
    responder.submit("discard")
    responder.get(url)
    assert responder.submit("Saisir la feuille").url != first
    with app.app_context():
        states = sorted(one.state.value for one in db.session.scalars(select(Submission)))
    assert states == [SubmissionState.DRAFT.value, SubmissionState.ERASED.value]


def test_a_sheet_of_an_older_version_is_typed_into_that_version(
    app: Flask, place: Place, responder: PageClient
) -> None:
    url = sheet(app)
    with app.app_context():
        old = active_form("identification")
        assert old is not None
        assert old.source is not None
        text, printed = old.source.replace(b"| cmr_identification | 1 |", b"| cmr_identification | 2 |"), old.id
        who = user_by_name(place.manager)
        one, _new = actions.new_form_draft("f.md", text, actor=who, now=NOW)
        actions.publish_form(one, revision=one.revision, actor=who, now=NOW)
        db.session.commit()
    responder.get(url)
    responder.submit("Saisir la feuille")
    with app.app_context():
        assert db.session.scalars(select(Submission.form_version_id)).one() == printed


def test_what_no_sheet_says_is_not_found(app: Flask, responder: PageClient) -> None:
    good = sheet(app)
    start = good.rpartition("/")[0]
    for wrong in (f"{start}/abcde-fgh23", f"{start}/{NUMBER}X", "/identifications/paper/000000000000/" + NUMBER,
                  f"/identifications/paper/%25/{NUMBER}", f"/identifications/paper/a/{NUMBER}"):  # fmt: skip
        assert responder.get(wrong).status == 404


def test_each_print_of_the_blank_form_has_a_number_of_its_own(app: Flask, responder: PageClient) -> None:
    link = responder.get("/identifications").links["Imprimer le formulaire vierge"]
    numbers = set()
    for _copy in range(2):
        answer = responder.get(link).response
        assert answer.headers["Cache-Control"] == "no-store"
        document = pypdfium2.PdfDocument(answer.data)
        words = document[0].get_textpage().get_text_bounded()
        document.close()
        numbers |= {word for word in words.split() if len(word) == 11 and word[5] == "-" and word.isupper()}
    assert len(numbers) == 2


def test_two_who_type_the_same_sheet_at_once_get_one_draft(app: Flask, place: Place) -> None:
    with app.app_context():
        version, who = active_form("identification"), user_by_name(place.responder)
        assert version is not None
        stamp = {"actor": who, "today": NOW.date(), "now": NOW}
        first = identification.start_from_paper(version, NUMBER, **stamp)
        assert identification.start_from_paper(version, NUMBER, **stamp).id == first.id
