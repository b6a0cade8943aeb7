"""A list that was kept until now: columns recognised, bad rows set aside with the reason, good ones become files."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select, text, update

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.spreadsheets import NotATable, read_table, safe, write_workbook
from referral.identification import lists
from referral.identification.actions.listing import KEPT_DAYS, work_lists
from referral.identification.models import ListState, PersonList, PersonListRow, Submission
from referral.identification.rules import Channel
from sop.forms import load_form
from tests.conftest import NOW
from tests.page_client import Page, PageClient

TODAY = date(2026, 11, 23)
ROWS = """Nom;Prénoms;Sexe;Date de naissance;Téléphone;Besoins;Chef
Zoukoumbélé;Awa;F;15/06/1990;+237 000 111 222;HEB;x
Bello;Ali;homme;1984;;MED, HEB;y
Mbarga;Jean;peut-être;32/01/1990;;;z
Bello;Ali;homme;1984;;MED, HEB;y
"""


def bring(client: PageClient, data: bytes, name: str = "liste.csv") -> Page:
    page = client.get("/identifications/lists")
    hidden = {key: page.form("file").fields[key] for key in ("csrf_token", "idempotency_key")}
    return client.post(page.url, {**hidden, "file": (io.BytesIO(data), name)})


def test_headings_and_answers_are_recognised_whatever_their_language() -> None:
    form = load_form()
    headings = ("NOM", "Given names", "Sexe", "Date of birth", "Téléphone", "Couleur")
    found = lists.proposal(form, headings, {})
    assert list(found.values()) == ["family_name", "given_names", "sex", "birth_date", "phone", ""]
    said = lists.proposal(form, headings, {"Couleur": "remarks", "Sexe": ""})
    assert (said["Couleur"], said["Sexe"]) == ("remarks", "")


@pytest.mark.parametrize(
    ("question", "cell", "answer"),
    [
        ("sex", "Femme", {"sex": "female"}),
        ("sex", "M", {"sex": "male"}),
        ("no_shelter", "Oui", {"no_shelter": "yes"}),
        ("no_shelter", "X", {"no_shelter": "yes"}),
        ("region", "extreme nord", {"region": "CM004"}),
        ("birth_date", "3/2/2012", {"birth_date": "3/2/2012"}),
        ("birth_date", "1984", {"age_years": "42"}),
        ("family_name", "<b>Bello</b>", {"family_name": "<b>Bello</b>"}),
    ],
)
def test_a_cell_is_read_as_people_write_it(question: str, cell: str, answer: dict[str, str]) -> None:
    read = lists.read_row(load_form(), {"c": question}, {"c": cell}, TODAY)
    assert (read.answers, read.problems) == (answer, ())


@pytest.mark.parametrize(
    ("question", "cell", "code"),
    [
        ("sex", "peut-être", "unknown_choice"),
        ("birth_date", "32/01/1990", "not_date"),
        ("age_years", "dix", "not_whole"),
    ],
)
def test_a_cell_that_cannot_be_read_sets_the_row_aside_with_its_reason(question: str, cell: str, code: str) -> None:
    (problem,) = lists.read_row(load_form(), {"Colonne": question}, {"Colonne": cell}, TODAY).problems
    assert (problem.heading, problem.message.code) == ("Colonne", code)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01\x02", b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0old", b"one column\nx\n", b"a;b\n", b"a;a\n1;2\n"],
    ids=["empty", "binary", "broken zip", "old Excel", "one column", "no rows", "heading twice"],
)
def test_what_is_no_table_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(NotATable):
        read_table(data)


def test_a_table_written_is_read_again_and_holds_no_formula() -> None:
    data = write_workbook([("Liste", ["Nom", "Âge"], [["=HYPERLINK(1)", "3"], ["Awa", ""]])])
    assert read_table(data).rows == ((2, ("'=HYPERLINK(1)", "3")), (3, ("Awa", "")))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert [cell.data_type for cell in next(iter(sheet.iter_rows(min_row=2, max_row=2)))] == ["s", "s"]
    assert safe("@SUM") == "'@SUM"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_of_any_usual_make_is_read(encoding: str, delimiter: str) -> None:
    text_of = f"Nom{delimiter}Prénom\nBello{delimiter}Aïssatou\n"
    table = read_table(text_of.encode(encoding))
    assert (table.headings, table.rows) == (("Nom", "Prénom"), ((2, ("Bello", "Aïssatou")),))


def test_good_rows_become_files_once_and_bad_ones_come_back_with_their_reason(
    app: Flask, responder: PageClient
) -> None:
    page = bring(responder, ROWS.encode())
    assert page.form("column-1").fields["column-1"] == "family_name"
    page = responder.submit("column-1")
    said = page.text.replace("\u00a0", " ")
    assert "2 lignes peuvent être reprises" in said
    assert "« peut-être » ne fait pas partie des réponses possibles." in said
    assert "Identique à la ligne 3." in said
    responder.submit("do", do="begin")
    with app.app_context():
        assert (work_lists(NOW), work_lists(NOW)) == (4, 0)
        one = db.session.scalars(select(PersonList)).one()
        assert one.state is ListState.DONE
        kept = {row.number: row.state.value for row in db.session.scalars(select(PersonListRow))}
        channels = set(db.session.scalars(select(Submission.channel)))
    assert kept == {2: "to_complete", 3: "to_complete", 4: "aside", 5: "aside"}
    assert channels == {Channel.LIST}
    answer = responder.get(page.url.partition("#")[0] + "/rows?only=aside").response
    table = read_table(answer.data)
    assert [number for number, _cells in table.rows] == [2, 3]
    assert table.rows[0][1][0] == "Mbarga"
    assert "peut-être" in table.rows[0][1][-2]


def test_a_whole_row_gets_its_code(app: Flask, responder: PageClient) -> None:
    form = load_form()
    headings = [one.label["fr"] for one in lists.takes(form)]
    from tests.referral.identification.walk import ADULT

    cells = []
    for one in lists.takes(form):
        answer = ADULT.get(one.name, "")
        parts = answer if isinstance(answer, list) else [str(answer)]
        labels = {choice.name: choice.label["fr"] for choice in form.options(one)}
        cells.append("|".join(labels.get(part, part) for part in parts))
    bring(responder, "\n".join("\t".join(line) for line in (headings, cells)).encode())
    page = responder.submit("column-1")
    assert "complet" in page.text
    responder.submit("do", do="begin")
    with app.app_context():
        work_lists(NOW)
        assert db.session.scalar(select(func.count()).select_from(Case)) == 1
        code = db.session.scalars(select(Case.code)).one()
    assert code in responder.get(page.url.partition("#")[0]).text


def test_the_cells_lie_sealed_and_go_after_thirty_days(app: Flask, responder: PageClient) -> None:
    page = bring(responder, ROWS.encode())
    with app.app_context():
        rows = str(db.session.execute(text("SELECT * FROM person_list")).all()) + str(
            db.session.execute(text("SELECT * FROM list_mapping")).all()
        )
        assert "Zoukoumb" not in rows
        assert KEPT_DAYS == 30
        db.session.execute(update(PersonList).values(ends_on=NOW.date()))
        db.session.commit()
        work_lists(NOW)
        one = db.session.scalars(select(PersonList)).one()
        assert (one.state, one.sealed) == (ListState.ERASED, None)
    assert responder.get(page.url).status == 404


def test_what_was_said_of_a_heading_is_proposed_again(responder: PageClient) -> None:
    bring(responder, ROWS.encode())
    responder.submit("column-7", **{"column-7": "remarks"})
    assert bring(responder, ROWS.encode()).form("column-7").fields["column-7"] == "remarks"


def test_two_columns_for_one_question_are_refused_at_the_field(responder: PageClient) -> None:
    bring(responder, ROWS.encode())
    page = responder.submit("column-7", **{"column-7": "family_name"})
    assert page.status == 422
    assert "Deux colonnes répondent à cette question" in page.text


def test_a_file_that_is_no_table_leaves_nothing(app: Flask, responder: PageClient) -> None:
    page = bring(responder, b"PK\x03\x04rubbish")
    assert page.status == 422
    assert "Ce fichier n’est pas un tableau" in page.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PersonList)) == 0


def test_the_model_asks_every_question_and_lists_the_answers(responder: PageClient) -> None:
    book = load_workbook(io.BytesIO(responder.get("/identifications/lists/model").response.data))
    assert book.sheetnames == ["Liste", "Réponses possibles"]
    assert "Nom" in [cell.value for cell in book["Liste"][1]]
