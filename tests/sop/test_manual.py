"""The procedure as a document: a chapter for each step, the same paragraphs in both languages, ids that do not move."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from sop import triage, yaml_io
from sop.flowchart import Flowchart
from sop.form_index import INDEX
from sop.forms import load_form
from sop.manual import Kind, Manual, Paragraph, manual, texts_in
from sop.texts import LIBRARY, parse

ROOT = Path(__file__).parents[2]
FLOWCHART: Flowchart = yaml_io.load(LIBRARY / "cameroon/flowchart.yaml")
LIBRARY_FLOWCHARTS = sorted(LIBRARY.glob("*/flowchart.yaml"))


@cache
def french() -> dict[str, str]:
    with (ROOT / "translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        return {message.id: str(message.string) for message in read_po(file) if isinstance(message.id, str)}


@cache
def cameroon(lang: str) -> Manual:
    words = french() if lang == "fr" else {}
    return manual(
        FLOWCHART,
        triage.load(),
        {"F04": load_form()},
        texts_in(LIBRARY / "cameroon/text", lang),
        lang,
        lambda text: words.get(text) or text,
    )


def values(paragraph_id: str, lang: str = "en") -> list[str]:
    found = cameroon(lang).paragraph(paragraph_id)
    assert found is not None
    return [row[0] for row in found.rows]


def test_the_document_carries_the_version_and_the_hash_of_the_flowchart() -> None:
    found = cameroon("fr")
    assert (found.code, found.number, found.status, found.hash) == ("CMR-MNR", "0.2.0", "draft", FLOWCHART.hash)
    assert len(found.hash) == 64
    assert found.title == "Procédure du mécanisme national de référencement du Cameroun"
    assert found.notice.startswith("Projet à valider au niveau national")


def test_chapters_come_in_the_order_of_the_document() -> None:
    numbered = [chapter.id for chapter in cameroon("en").chapters if not chapter.step]
    assert numbered == [
        "introduction", "purpose", "principles", "data_protection", "changes", "roles", "steps", "triage", "limits",
        "drawings", "forms", "form-F01", "form-F04", "form-F07", "form-F08", "form-F12", "form-F13", "form-F15",
    ]  # fmt: skip
    assert [c.number for c in cameroon("en").chapters if not c.step] == [str(at) for at in range(1, 19)]


def test_every_step_has_a_chapter_that_says_who_acts_and_what_comes_next() -> None:
    chapters = {chapter.step: chapter for chapter in cameroon("en").chapters if chapter.step}
    assert set(chapters) == set(FLOWCHART.steps)
    for step in FLOWCHART.steps:
        assert values(f"{step}.who")
        assert values(f"{step}.next"), step


def test_a_chapter_says_when_with_which_form_and_data_and_on_which_basis() -> None:
    assert values("N04.when") == [
        "Critical priority: 4\N{NO-BREAK SPACE}h", "High priority: 72\N{NO-BREAK SPACE}h", "Medium priority: 7 d",
        "Low priority: 7 d",
    ]  # fmt: skip
    assert values("N01.when") == ["within 1\N{NO-BREAK SPACE}h, whatever the priority"]
    assert values("N10.form") == ["F19 Closure of the case", "F20 Opinion on the help received"]
    assert values("X01.data") == [
        "C1 Case code, service asked, priority",
        "C2 Identity, safe contact",
        "C6 Physical health",
    ]
    assert values("X03.data") == ["what the consent covers"]
    assert values("X03.basis") == [
        "required: consent to case work, consent to this provider",
        "required as well for “Protection from trafficking”: consent to police and justice",
        "required as well for “Asylum and statelessness”: consent to the asylum authority",
    ]
    assert values("R01.basis") == ["this step ends: consent to this provider"]
    assert values("P_MED.kind") == ["pathway of one need (Physical health)"]
    assert cameroon("en").paragraph("D01.when") is None


def test_what_comes_next_has_its_conditions_in_words_and_its_limits() -> None:
    assert values("D01.next") == [
        "“yes”: go on to L01 Record the vital emergency: reason, witness, capacity of the person",
        "“no”: go on to N03 Identify: identification form and signs of vulnerability",
    ]
    again = values("G05.next")[1]
    assert again.startswith("“the person prefers another provider”: go on to R01 ")
    assert "(at most 5 times, then R03 Help without passing on data" in again
    assert values("E01.next") == ["the case is closed"]


def test_an_arrow_without_words_shows_its_condition() -> None:
    branches = tuple(replace(one, label={}) for one in FLOWCHART.branches)
    found = manual(replace(FLOWCHART, branches=branches), None, {}, {}, "en").paragraph("D01.next")
    assert found is not None
    assert found.rows[0][0].startswith("where immediate_danger: go on to L01")
    assert found.rows[1][0].startswith("otherwise: go on to N03")


def test_both_languages_have_the_same_paragraphs_under_the_same_numbers() -> None:
    def shape(lang: str) -> list[tuple[str, str, Kind, int]]:
        return [(one.id, one.number, one.kind, len(one.rows)) for _, one in cameroon(lang).paragraphs()]

    assert shape("fr") == shape("en")
    ids = [one[0] for one in shape("fr")]
    assert len(ids) == len(set(ids)) > 300


def test_no_english_is_left_in_the_french_document() -> None:
    for chapter, one in cameroon("fr").paragraphs():
        words = " ".join([chapter.title, one.text, *(cell for row in one.rows for cell in row)])
        for english in ("go on to", "Critical priority", "at most", "consent to", "Question\n", "free text"):
            assert english not in words, one.id


def test_ids_do_not_move_when_a_step_or_a_paragraph_is_put_before_them() -> None:
    before = {one.id: one.text or one.rows for _, one in cameroon("en").paragraphs()}
    extra = replace(FLOWCHART.steps["N01"], id="N00")
    texts = texts_in(LIBRARY / "cameroon/text", "en")
    source = "# Principles\n\nA new paragraph. {#new}\n\nDo no harm. {#no-harm}\n"
    texts["S03_principles"] = parse(source)
    changed = replace(FLOWCHART, steps={"N00": extra, **FLOWCHART.steps})
    after = manual(changed, triage.load(), {"F04": load_form()}, texts, "en")
    found = {one.id: one.text or one.rows for _, one in after.paragraphs()}
    assert found["principles.new"] == "A new paragraph."
    assert found["principles.no-harm"] == "Do no harm."
    for step in FLOWCHART.steps:
        for name in ("who", "when", "form", "data", "basis", "next"):
            assert found.get(f"{step}.{name}") == before.get(f"{step}.{name}")


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*/text/S*.fr.md")), ids=lambda path: path.stem)
def test_every_paragraph_of_a_chapter_has_a_mark_and_both_languages_the_same(path: Path) -> None:
    other = path.with_name(path.name.replace(".fr.md", ".en.md"))
    marks = [
        [part.rsplit("{#", 1)[-1].rstrip("}\n") for part in one.read_text().strip().split("\n\n")[1:]]
        for one in (path, other)
    ]
    assert marks[0] == marks[1]
    assert len(marks[0]) == len(set(marks[0]))
    assert all(mark.replace("-", "").isalpha() and " " not in mark for mark in marks[0])


def test_the_introduction_says_first_that_it_is_still_to_be_validated() -> None:
    first = cameroon("fr").chapters[0].paragraphs[0]
    assert first == Paragraph("introduction.status", "1.1", Kind.TEXT, "Texte proposé, à valider au niveau national.")


def test_the_triage_table_is_printed_line_by_line() -> None:
    found = cameroon("en").paragraph("triage.rules")
    assert found is not None
    assert len(found.rows) == 1 + len(triage.load().rules)
    assert found.rows[2] == (
        "2",
        "Critical priority",
        "yes",
        "because there is a medical emergency",
        "medical_emergency",
    )


def test_every_page_of_the_drawing_and_every_question_of_the_form_is_there() -> None:
    drawn = [one.page for _, one in cameroon("fr").paragraphs() if one.kind is Kind.DRAWING]
    assert len(drawn) == 16
    assert drawn[:2] == ["main", "loop"]
    questions = [row for _, one in cameroon("en").paragraphs() if one.id.startswith("F04.") for row in one.rows[1:]]
    shown = [question for screen in load_form().screens() for question in screen.questions]
    assert len(questions) == len(shown)
    assert ("Given names", "free text", "C2 Identity, safe contact") in questions


def test_forms_of_the_library_have_a_name() -> None:
    used = {form.partition("_")[0] for step in FLOWCHART.steps.values() for form in step.forms}
    assert used <= set(INDEX)


@pytest.mark.parametrize("path", LIBRARY_FLOWCHARTS, ids=lambda path: path.parent.name)
def test_any_flowchart_of_the_library_makes_a_document_without_texts_and_forms(path: Path) -> None:
    flowchart = yaml_io.load(path)
    found = manual(flowchart, None, {}, {}, "fr")
    assert {chapter.step for chapter in found.chapters if chapter.step} == set(flowchart.steps)
    assert "triage" not in {chapter.id for chapter in found.chapters}


def test_a_page_can_show_it_as_data() -> None:
    tree = cameroon("en").to_json()
    assert tree["chapters"][0]["paragraphs"][0]["id"] == "introduction.status"
