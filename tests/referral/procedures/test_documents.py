"""The procedure on paper: version and hash on every page, both languages, the same bytes for the same input."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import docx
import pypdfium2
import pytest
from flask import Flask

from referral.procedures.documents import (
    Edition,
    Parts,
    drawing_pdf,
    drawing_svg,
    edition_of,
    parts_beside,
    sop_docx,
    sop_pdf,
)
from sop import triage, yaml_io
from sop.flowchart import Flowchart

FLOWCHART: Flowchart = yaml_io.load(triage.CAMEROON.with_name("flowchart.yaml"))
DECIDED = Edition(FLOWCHART.version, FLOWCHART.hash, date(2026, 11, 2), "CP/2026/007")
PARTS = parts_beside(triage.CAMEROON.with_name("flowchart.yaml"))
SHORT = f"CMR-MNR 0.2.0 · {FLOWCHART.hash[:12]}"
A4, A3 = (595, 842), (1191, 842)

pytestmark = pytest.mark.application


def pdf(lang: str, edition: Edition = DECIDED) -> bytes:
    return sop_pdf(edition, FLOWCHART, PARTS, lang=lang)


def word(lang: str, edition: Edition = DECIDED) -> bytes:
    return sop_docx(edition, FLOWCHART, PARTS, lang=lang)


def read(content: bytes) -> list[tuple[tuple[int, int], str]]:
    """Size and words of each page."""
    with pypdfium2.PdfDocument(content) as opened:
        found = []
        for page in opened:
            width, height = page.get_size()
            words = page.get_textpage().get_text_range()
            found.append(((round(width), round(height)), " ".join(words.split())))
        return found


@pytest.mark.once
@pytest.mark.slow
def test_the_pdf_says_its_version_its_decision_and_its_hash(app: Flask) -> None:
    with app.app_context():
        content = pdf("fr")
        assert content == pdf("fr")
    pages = read(content)
    assert pages[0][0] == A4
    first = pages[0][1]
    for words in ("2 novembre 2026", "CP/2026/007", FLOWCHART.hash, "Projet à valider au niveau national"):
        assert words in first
    assert all(words.count(SHORT) >= 2 for _, words in pages), "in the header and in the footer"
    assert {size for size, _ in pages} == {A4, A3}
    everything = " ".join(words for _, words in pages)
    for step in FLOWCHART.steps.values():
        assert f"{step.id}.1" in everything
    assert "Texte proposé, à valider au niveau national" in everything
    assert "Chemins interdits" in everything
    assert "Contents" not in everything


@pytest.mark.once
@pytest.mark.slow
def test_a_version_without_a_decision_is_printed_as_a_draft(app: Flask) -> None:
    with app.app_context():
        assert "Decision draft" in read(pdf("en", edition_of(FLOWCHART)))[0][1]


@pytest.mark.once
@pytest.mark.slow
def test_drawings_lie_on_large_sheets_with_a_title_block_that_counts_them(app: Flask) -> None:
    with app.app_context():
        content = drawing_pdf(DECIDED, FLOWCHART, lang="en")
    pages = read(content)
    assert {size for size, _ in pages} == {A3}
    main = [words for _, words in pages if "main Procedure of the national referral mechanism" in words]
    assert [f"{at} / {len(main)}" in words for at, words in enumerate(main, start=1)] == [True] * len(main)
    assert all("CP/2026/007" in words and "2 November 2026" in words and SHORT in words for _, words in pages)
    for step in FLOWCHART.steps:
        assert any(f" {step} " in f" {words} " for _, words in pages), step


@pytest.mark.once
def test_a_single_page_of_the_drawing_is_a_document_too(app: Flask) -> None:
    with app.app_context():
        content = drawing_pdf(DECIDED, FLOWCHART, lang="fr", only="V01")
        assert content == drawing_pdf(DECIDED, FLOWCHART, lang="fr", only="V01")
        with pytest.raises(KeyError):
            drawing_pdf(DECIDED, FLOWCHART, lang="fr", only="nowhere")
    (page,) = read(content)
    assert page[0] == A3
    assert "retire son consentement" in page[1]
    assert "Feuille" in page[1]


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "head", "next_step"), [("fr", "fr-FR", "passer à B01"), ("en", "en-GB", "go on to B01")]
)
def test_the_word_document_is_the_same_text(app: Flask, lang: str, head: str, next_step: str) -> None:
    with app.app_context():
        content = word(lang)
        assert content == word(lang)
    opened = docx.Document(io.BytesIO(content))
    assert opened.core_properties.language == head
    headings = [one.text for one in opened.paragraphs if one.style.name.startswith("Heading")]
    assert len([one for one in headings if one.split(" ")[0] in FLOWCHART.steps]) == len(FLOWCHART.steps)
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    assert any(next_step in cell for cell in cells)
    assert "CP/2026/007" in cells
    assert FLOWCHART.hash in cells
    section = opened.sections[0]
    assert SHORT in section.footer.paragraphs[0].text
    assert 'w:instr="PAGE"' in section.footer._element.xml
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {part.date_time[:3] for part in archive.infolist()} == {(1980, 1, 1)}


@pytest.mark.once
@pytest.mark.slow
def test_signs_that_xml_forbids_do_not_reach_the_word_document(app: Flask) -> None:
    edition = Edition("1\x00<b>&", "0" * 64, None, "D\x0b]]>1")
    with app.app_context():
        content = sop_docx(edition, FLOWCHART, Parts(), lang="en")
    cells = [
        cell.text for table in docx.Document(io.BytesIO(content)).tables for row in table.rows for cell in row.cells
    ]
    assert "1<b>&" in cells
    assert "D]]>1" in cells


@pytest.mark.once
def test_a_drawing_of_its_own_can_be_walked_with_the_keyboard(app: Flask) -> None:
    with app.app_context():
        svg = drawing_svg(FLOWCHART, "loop", lang="fr")
    assert svg.count("<a ") == 15
    assert '<a id="scene-step-R01" href="#scene-step-R01" aria-label="R01 · Chercher un prestataire' in svg
    assert 'role="group"' in svg
    assert "attente d’une réponse" in svg
