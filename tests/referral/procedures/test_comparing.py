"""Two versions held against each other, and a version on paper and for modellers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pypdfium2
import pytest
from flask import Flask

from referral.extensions import db
from referral.procedures import actions, queries
from referral.procedures.models import ProcedureVersion
from sop.bpmn.ladder import bring_in
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.procedures import texts
from tests.referral.procedures.test_version_pages import LIST, queries_user

Visit = Callable[[str], PageClient]
Save = Callable[[str], bytes]
LATER = ("deadline: P3D, forms: [F03_review]", "deadline: P2D, forms: [F03_review]")


def drafted(office: Flask, text: str) -> str:
    """The address of a draft with this text."""
    with office.app_context():
        one = actions.new_draft(text, texts.TRIAGE, actor=queries_user("coordinator"), now=NOW)
        db.session.commit()
        return f"{LIST}/{one.id}"


def test_a_draft_is_compared_with_the_version_in_force_in_words_and_on_the_drawing(office: Flask, visit: Visit) -> None:
    page = visit("coordinator").get(f"{drafted(office, texts.numbered('0.9.0', LATER))}/diff")
    assert page.status == 200
    changes = next(one.text for one in page.tree.iter("section") if one.attributes.get("id") == "changes")
    assert all(one in changes for one in ("N02", "P3D", "P2D"))
    line = next(one.text for one in page.tree.iter("li") if one.attributes.get("id") == "s-N02")
    assert "changed" in line


def test_the_same_content_differs_in_nothing_and_another_procedure_cannot_be_named(office: Flask, visit: Visit) -> None:
    address = drafted(office, texts.numbered("0.9.0"))
    client = visit("coordinator")
    with office.app_context():
        version = queries.active_version()
        assert version is not None
        in_force = version.id
    assert "0.9.0" in client.get(f"{LIST}/{in_force}/diff").text
    assert client.get(f"{address}/diff?with={in_force}").status == 200
    assert client.get(f"{address}/diff?with=nonsense").status == 404
    assert client.get(f"{address}/diff?page=nowhere").status == 404


@pytest.fixture
def saved(office: Flask, visit: Visit) -> Save:
    """Saves a file of the version in force."""
    client, version = visit("coordinator"), version_in_force(office)

    def save(name: str) -> bytes:
        answer = client.client.open(f"{LIST}/{version.id}/{name}", headers={})
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        return answer.get_data()

    return save


def version_in_force(office: Flask) -> ProcedureVersion:
    with office.app_context():
        version = queries.active_version()
        assert version is not None
        return version


@pytest.mark.slow
@pytest.mark.parametrize("name", ["procedure.pdf", "drawings.pdf"])
def test_a_version_is_saved_as_document_and_as_drawings_with_its_fingerprint(
    office: Flask, saved: Save, name: str
) -> None:
    content = saved(name)
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    assert version_in_force(office).content_hash[:8] in document[len(document) - 1].get_textpage().get_text_range()
    assert saved(name) == content


@pytest.mark.once
def test_a_version_is_saved_for_modellers_and_for_word_processors(office: Flask, saved: Save) -> None:
    with office.app_context():
        chart = queries.flowchart(version_in_force(office).id)
    assert bring_in([("x.bpmn", saved("flowchart.bpmn"))]).flowchart == chart
    with zipfile.ZipFile(io.BytesIO(saved("procedure.docx"))) as archive:
        assert "N03" in archive.read("word/document.xml").decode()
