"""The dashboard over HTTP: who reads it, what it says, what it never says, and that it stays as it was published."""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import delete, select

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.referrals.models import Referral
from referral.statistics import catalogue
from referral.statistics.models import StatisticsRelease
from tests.builders import make_organization, make_user
from tests.conftest import rolled_back, taken_back
from tests.referral.statistics.country import Country, reader

PICTURED = [name for name in catalogue.TITLES if name != catalogue.TREND]
VIOLENCE = ("Soutien après des violences basées sur le genre", "Protection contre la traite", "VBG", "TEH")


@pytest.fixture(scope="module")
def stage(_application):
    """The country in one transaction for the whole module; what a test adds is taken back."""
    with rolled_back(_application) as connection:
        with _application.app_context():
            made = Country(600, seed=21)
            made.write()
            signatory, other = make_organization(signatory=True), make_organization()
            make_user(Role.COMMITTEE, signatory, "inside")
            make_user(Role.COMMITTEE, other, "outside")
            make_user(Role.COORDINATOR, None, "coordinator")
            db.session.commit()
        yield connection, made


@pytest.fixture
def app(_application, stage):
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def country(stage):
    return stage[1]


def file(client, name, quarter="2026-Q3"):
    """Header lines and table of a CSV."""
    page = client.get(f"/statistics/{quarter}/{name}.csv")
    assert page.status == 200
    text = page.response.get_data().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    cut = lines.index([])
    return lines[:cut], lines[cut + 1 :]


def figures(tree):
    """What stands in the number cells of all tables of a page, and in its pictures."""
    cells = [cell.text for cell in tree.iter("td") if "num" in cell.get("class").split()]
    drawn = [text.text for picture in tree.iter("svg") for text in picture.iter("text")]
    return cells, drawn


def test_the_page_says_what_is_counted_beside_each_figure(app, country, session):
    page = reader(app, "inside").get("/statistics")
    assert page.status == 200
    assert page.title.startswith("3e trimestre 2026")
    for name in catalogue.TITLES:
        assert f'<details id="{name}-definition">' in page.html
        assert f'href="/statistics/2026-Q3/{name}.csv"' in page.html
    assert page.text.count("Source : ") == len(PICTURED)
    release = session.scalar(select(StatisticsRelease).filter_by(quarter="2026-Q3", signatory=True))
    assert release.hash in page.text


@pytest.mark.parametrize("username", ["inside", "outside", "coordinator"])
def test_no_figure_from_1_to_4_stands_anywhere(app, country, username):
    client = reader(app, username)
    for quarter in ("2026-Q3", "2025-Q3"):
        cells, drawn = figures(client.get(f"/statistics?quarter={quarter}").tree)
        assert len(cells) > 150
        assert "masqué" in cells
        assert not {"1", "2", "3", "4"} & {*cells, *drawn}
        for name in catalogue.TITLES:
            _head, rows = file(client, name, quarter)
            found = [cell for row in rows[1:] for cell in row[1:]]
            assert found
            assert not {"1", "2", "3", "4"} & set(found)
    described = re.findall(r"<desc[^>]*>(.*?)</desc>", client.page.html)
    assert not any(re.search(r" [1-4]( ;|,|$)", text) for text in described)


def test_outside_the_protocol_violence_and_trafficking_have_no_figure_of_their_own(app, country):
    inside, outside = reader(app, "inside"), reader(app, "outside")
    with_names = inside.get("/statistics").html
    assert any(words in with_names for words in VIOLENCE)
    for username in ("outside", "coordinator"):
        page = reader(app, username).get("/statistics")
        assert not any(words in page.html for words in VIOLENCE)
        assert "Protection (violences et traite)" in page.text
    for name in ("referrals-need", "needs-state"):
        rows = {row[0]: row[1:] for row in file(outside, name)[1]}
        assert not any(words in label for label in rows for words in VIOLENCE)
        total = file(inside, name)[1][-1]
        assert rows["Total"] == total[1:], "the totals are the same, so leaving a row out tells nothing"


def test_hidden_figures_are_said_to_be_hidden_and_why(app, country):
    page = reader(app, "outside").get("/statistics")
    assert 'class="hidden-cell" title="Masqué' in page.html
    assert "Les chiffres de 1 à 4 sont masqués" in page.text
    head, rows = file(reader(app, "outside"), "referrals-need")
    assert any(cell == "masqué" for row in rows for cell in row)
    assert any("Masqué" in line[1] for line in head if len(line) > 1)


def test_a_release_never_changes_whatever_is_corrected_later(app, country, session):
    client = reader(app, "inside")
    before = client.get("/statistics").html
    assert session.query(StatisticsRelease).count() == 10
    session.execute(delete(Referral).where(Referral.id.in_(select(Referral.id).limit(300))))
    session.commit()
    assert strip(client.get("/statistics").html) == strip(before)
    assert session.query(StatisticsRelease).count() == 10
    lines = session.scalars(select(AuditLine).filter_by(action="statistics.publish")).all()
    assert len(lines) == 10
    kept = {release.hash[:16] for release in session.query(StatisticsRelease)}
    assert {line.code for line in lines} == kept


def strip(html):
    """A page without what is random in it."""
    return re.sub(r'value="[^"]*"|/static/\S+', "", html)


def test_a_release_that_was_tampered_with_is_not_shown(app, country, session):
    client = reader(app, "inside")
    client.get("/statistics")
    release = session.scalar(select(StatisticsRelease).filter_by(quarter="2026-Q2", signatory=True))
    content = {**release.content}
    content["cases-priority"] = {**content["cases-priority"], "cells": [["critical", "total", 99]]}
    release.content = content
    session.commit()
    page = client.get("/statistics")
    assert page.status == 409
    assert "ne correspondent plus à leur empreinte" in page.text


def test_only_the_last_five_complete_quarters_are_offered(app, country):
    client = reader(app, "coordinator")
    page = client.get("/statistics?quarter=2026-Q4")
    offered = [option.get("value") for option in page.tree.iter("option")]
    assert offered == ["2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3"]
    for code in ("2026-Q4", "2019-Q1", "x", "<script>", "2026-Q3' OR 1=1"):
        assert client.get("/statistics", query_string={"quarter": code}).title.startswith("3e trimestre 2026")
    assert client.get("/statistics?quarter=2025-Q4").title.startswith("4e trimestre 2025")
    for path in ("2026-Q4/trend", "2024-Q1/trend", "2026-Q3/persons", "2026-Q3/people_by_name"):
        assert client.get(f"/statistics/{path}.csv").status == 404


def as_text(cell):
    """A cell of a file as the page writes it: thousands apart, spaces plain."""
    words = f"{int(cell):,}".replace(",", " ") if cell.isdigit() else cell
    return " ".join(words.split())


def test_the_file_holds_what_the_page_shows(app, country, session):
    client = reader(app, "inside")
    page = client.get("/statistics")
    for name in catalogue.TITLES:
        head, rows = file(client, name)
        table = next(one for one in page.tree.iter("details") if one.get("id") == f"{name}-table")
        shown = [[cell.text for cell in row.iter("th", "td")] for row in table.iter("tr") if row.inside("tbody")]
        assert [[as_text(cell) for cell in row] for row in rows[1 : 1 + len(shown)]] == shown
        assert head[-1][1] == db.session.scalar(
            select(StatisticsRelease.hash).filter_by(quarter="2026-Q3", signatory=True)
        )
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in (*head, *rows) for cell in row)


def test_english_and_the_order_of_quarters(app, country, session):
    client = reader(app, "inside")
    client.get("/statistics")
    client.post("/language", {"language": "en", "back": "/statistics"})
    page = client.get("/statistics")
    assert page.title.startswith("3rd quarter 2026")
    assert "Figures from 1 to 4 are hidden" in page.text
    _head, rows = file(client, "trend")
    assert [row[0] for row in rows[1:]] == [f"{name} quarter {year}" for name, year in (
        ("3rd", 2025), ("4th", 2025), ("1st", 2026), ("2nd", 2026), ("3rd", 2026)
    )]  # fmt: skip
    counted = session.query(Case).count()
    assert sum(int(row[1]) for row in rows[1:]) < counted
