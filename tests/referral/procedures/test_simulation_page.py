"""Invented cases walk a version on a page: the address holds all that was chosen, the page says what it rests on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from referral.extensions import db
from referral.procedures import actions, queries, simulated
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.procedures import texts
from tests.referral.procedures.test_version_pages import LIST, queries_user

Visit = Callable[[str], PageClient]
LATER = ("deadline: P7D, forms: [F19", "deadline: P70D, forms: [F19")


def drafted(office: Flask, text: str) -> str:
    """The id of a draft with this text."""
    with office.app_context():
        one = actions.new_draft(text, texts.TRIAGE, actor=queries_user("coordinator"), now=NOW)
        db.session.commit()
        return str(one.id)


def in_force(office: Flask) -> str:
    """The address of the simulation of the version in force."""
    with office.app_context():
        version = queries.active_version()
        assert version is not None
        return f"{LIST}/{version.id}/simulation"


def row(page: PageClient, label: str) -> list[str]:
    """The numbers of the table row with this label."""
    line = next(one.text for one in page.tree.iter("tr") if label in one.text)
    return re.findall(r"\d+", line.split(label)[1])


def test_the_page_first_only_asks(office: Flask, visit: Visit) -> None:
    page = visit("committee").get(in_force(office))
    assert page.status == 200
    assert "Nothing simulated yet" in page.text
    assert 'id="whole"' not in page.html
    assert "1 to 200; with a comparison to 100" in page.text


def test_all_cases_are_counted_and_every_assumption_is_named(office: Flask, visit: Visit) -> None:
    page = visit("committee").get(f"{in_force(office)}?cases=12&days=30&seed=3")
    parts = [row(page, name)[0] for name in ("Closed", "too many steps", "never came")]
    assert sum(map(int, parts)) == 12
    assert "cases arrive evenly at random over the days" in page.text
    assert "no provider is given" in page.text
    captions = [one.text for one in page.tree.iter("caption")]
    assert len(captions) == len(list(page.tree.iter("table"))) == 3
    assert all(captions)


def test_the_same_address_shows_the_same_figures_and_another_seed_others(office: Flask, visit: Visit) -> None:
    address, client = in_force(office), visit("committee")

    def figures(seed: int) -> list[str]:
        return [one.text for one in client.get(f"{address}?cases=12&seed={seed}").tree.iter("td")]

    assert figures(3) == figures(3)
    assert figures(3) != figures(4)


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(office: Flask, visit: Visit) -> None:
    asked = "?cases=500&days=0&seed=many&times=guessed&with=nothing"
    page = visit("coordinator").get(in_force(office) + asked)
    assert page.status == 422
    for name in ("cases", "days", "seed", "times", "with"):
        assert f'id="f-{name}-error"' in page.html
    assert [field for field in ("500", "many") if f'value="{field}"' not in page.html] == []
    assert "Enter a whole number from 1 to 200." in page.text


def test_a_longer_deadline_of_another_version_is_told_in_words(office: Flask, visit: Visit) -> None:
    other = drafted(office, texts.numbered("0.9.0", LATER))
    client, address = visit("coordinator"), in_force(office)
    page = client.get(f"{address}?cases=40&with={other}")
    assert page.status == 200
    differences = next(one.text for one in page.tree.iter("section") if one.attributes.get("id") == "differences")
    assert re.search(r"Half of the cases are closed \d+ days later\.", differences)
    assert "First service" not in differences  # the closure comes after it
    assert "sooner." not in differences
    assert "version 0.9.0" in page.text
    assert "both versions get the same cases" in page.text
    assert client.get(f"{address}?cases=101&with={other}").status == 422


def test_the_same_content_differs_in_nothing(office: Flask, visit: Visit) -> None:
    other = drafted(office, texts.numbered("0.9.0"))
    page = visit("coordinator").get(f"{in_force(office)}?cases=5&with={other}")
    assert "No figure differs between the two versions." in page.text


def test_the_committee_cannot_compare_with_a_draft_that_it_may_not_see(office: Flask, visit: Visit) -> None:
    other = drafted(office, texts.numbered("0.9.0"))
    page = visit("committee").get(f"{in_force(office)}?cases=5&with={other}")
    assert page.status == 422
    assert "0.9.0" not in page.text
    assert visit("committee").get(f"{LIST}/{other}/simulation").status == 404


def test_a_version_with_errors_is_not_simulated(office: Flask, visit: Visit) -> None:
    other = drafted(office, texts.numbered("0.9.0", texts.CHILD_CLOSES))
    client = visit("coordinator")
    page = client.get(f"{LIST}/{other}/simulation?cases=5")
    assert "cannot be simulated yet" in page.text
    assert client.get(f"{LIST}/{other}/simulation.csv?cases=5").status == 404
    page = client.get(f"{in_force(office)}?cases=5&with={other}")
    assert (page.status, 'id="f-with-error"' in page.html) == (422, True)


def test_too_many_moves_ask_for_fewer_cases(office: Flask, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "MOST_MOVES", 20)
    page = visit("coordinator").get(f"{in_force(office)}?cases=12")
    assert page.status == 422
    assert 'id="f-cases-error"' in page.html
    assert 'value="12"' in page.html


def test_without_closed_cases_the_page_says_that_times_come_from_the_deadlines(office: Flask, visit: Visit) -> None:
    page = visit("coordinator").get(f"{in_force(office)}?cases=5&times=cases")
    assert "no step was done in 5 closed cases of this version" in page.text


def test_the_file_holds_what_the_page_shows(office: Flask, visit: Visit) -> None:
    client, asked = visit("committee"), "cases=12&days=30&seed=3&with=&times=deadlines"
    page = client.get(f"{in_force(office)}?{asked}")
    links = [one.get("href") or "" for one in page.tree.iter("a")]
    link = next(link for link in links if "simulation.csv" in link)
    content = client.client.open(link, headers={}).get_data().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(content)))
    shown = {one.text.strip() for one in page.tree.iter("td")}
    counts = {cell for cell in shown if cell.isdigit() or cell.endswith("%")}
    assert len(counts) > 5
    assert counts <= {cell for line in lines for cell in line}
    assert ["Cases", "12"] in lines
    (hours,) = (line[1] for line in lines if line and line[0] == "Half are closed within")
    assert f"{int(float(hours) // 24)} days" in shown
