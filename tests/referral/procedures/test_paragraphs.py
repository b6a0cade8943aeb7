"""The text of a version as a page, and the consultation paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from referral.extensions import db
from referral.procedures.models import ProcedureComment
from tests.page_client import PageClient

Visit = Callable[[str], PageClient]


def paragraph(page: object, name: str) -> str:
    return next(one.text for one in page.tree.iter("div") if one.attributes.get("id") == f"p-{name}")  # type: ignore[attr-defined]


@pytest.mark.once
def test_the_text_says_what_the_document_says_with_a_number_and_a_lasting_id(draft: tuple[PageClient, str]) -> None:
    client, url = draft
    page = client.get(f"{url}/text")
    assert page.status == 200
    assert paragraph(page, "N03.who").startswith("N03.")
    assert "First contact" in paragraph(page, "N03.who")
    assert "Comment on this" not in page.text, "a draft is not consulted on"


def test_a_paragraph_is_commented_from_the_text_and_shown_with_its_words(
    office: Flask, consultation: tuple[PageClient, str], visit: Visit
) -> None:
    client, url = visit("manager"), consultation[1]
    page = client.get(f"{url}/text")
    assert f"{url}/consultation?on=paragraph:N03.who#comment" in page.html
    form = client.get(f"{url}/consultation?on=paragraph:N03.who").form("anchor")
    assert form.fields["anchor"] == "paragraph:N03.who"
    page = client.post(form.action, {**form.fields, "text": "And the consulates?"})
    assert page.status == 200
    assert "And the consulates?" in page.text
    assert "First contact" in next(
        one.text for one in page.tree.iter("section") if one.attributes.get("id") == "places"
    )
    assert "one comment" in paragraph(client.get(f"{url}/text"), "N03.who")


@pytest.mark.parametrize("place", ["N03.nothing", "N99.who", "..", "a" * 90])
def test_a_paragraph_that_the_text_does_not_have_is_refused_and_what_was_typed_stays(
    office: Flask, consultation: tuple[PageClient, str], visit: Visit, place: str
) -> None:
    client, url = visit("manager"), consultation[1]
    form = client.get(f"{url}/consultation").form("anchor")
    page = client.post(form.action, {**form.fields, "anchor": f"paragraph:{place}", "text": "Kept."})
    assert page.status == 422
    assert page.form("anchor").fields["text"] == "Kept."
    with office.app_context():
        assert db.session.query(ProcedureComment).count() == 0


def test_a_closed_consultation_shows_the_text_without_a_way_to_comment(
    office: Flask, consultation: tuple[PageClient, str], visit: Visit
) -> None:
    assert "Comment on this" in visit("manager").get(f"{consultation[1]}/text").text
    assert "Comment on this" not in visit("committee").get(f"{consultation[1]}/text").text, "the committee decides"
