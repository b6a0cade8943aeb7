"""The coordination takes a partner's table in: columns, preview, decision; nothing is stored before the decision."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from directory import Message
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers import issues
from referral.providers.import_models import ImportDraft
from referral.providers.models import ImportBatch, ImportIssue, Service
from referral.providers.upkeep_models import ChangeProposal
from tests.builders import make_organization, make_user
from tests.page_client import PageClient

LIST = "Réf;Structure;Prestation;Genre\n1;Croix-Rouge;Écoute;Psychosocial\n2;Croix-Rouge;Abri;Logement\n3;;Soins;\n"
TOLD = {
    "column-0": "service.id", "column-1": "organization.name", "column-2": "service.name", "column-3": "service.term",
}  # fmt: skip


@pytest.fixture
def browser(session: Any, client: PageClient) -> PageClient:
    make_user(Role.COORDINATOR, make_organization("Coordination"), "chef")
    session.commit()
    client.sign_in("chef")
    return client


def sent(browser: PageClient, text: str, source: str = "Liste") -> Any:
    browser.get("/directory/imports")
    return browser.post("/directory/imports", {"source": source, "file": (BytesIO(text.encode()), "liste.csv")})


def count(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_list_goes_from_file_to_entries_in_three_steps(browser: PageClient) -> None:
    columns = sent(browser, LIST).url
    assert columns.endswith("/columns")
    page = browser.post(columns, TOLD)
    preview = page.url
    assert "2 nouveaux services, 0 service modifié, 0 service absent du fichier, 1 ligne mise de côté." in page.text
    assert count(Service) == 0
    page = browser.post(preview, {"do": "terms", "term": "Psychosocial", "need": "PSY"})
    labels = [one.text for one in page.tree.iter("label")]
    assert "Psychosocial → Santé mentale et soutien psychosocial (1 service)" in labels
    assert "Logement (1 service, deviné)" in labels
    browser.post(preview, {"do": "approve"})
    assert dict(db.session.execute(select(Service.name, Service.needs)).all()) == {"Écoute": ["PSY"], "Abri": []}
    assert browser.get(preview).status == 404
    assert db.session.scalars(select(ImportDraft.contents)).all() == [None]


def test_what_is_gone_is_only_proposed(browser: PageClient) -> None:
    for text in (LIST, LIST.replace("2;Croix-Rouge;Abri;Logement\n", "")):
        preview = browser.post(sent(browser, text).url, TOLD).url
        browser.post(preview, {"do": "approve"})
    assert set(db.session.scalars(select(Service.status))) == {"active"}
    (proposal,) = db.session.scalars(select(ChangeProposal))
    assert (proposal.place.service.name, [(one.field, one.new) for one in proposal.items]) == (
        "Abri", [("status", "defunct")],
    )  # fmt: skip


def test_a_file_thrown_away_leaves_nothing(browser: PageClient) -> None:
    preview = browser.post(sent(browser, LIST).url, TOLD).url
    browser.post(preview, {"do": "discard"})
    assert (count(Service), db.session.scalars(select(ImportDraft.contents)).all()) == (0, [None])


@pytest.mark.parametrize(("source", "text"), [("", LIST), ("Liste", ""), ("Liste", "un mot"), ("x" * 81, LIST)])
def test_what_cannot_be_read_is_said_and_nothing_is_kept(browser: PageClient, source: str, text: str) -> None:
    assert sent(browser, text, source).status == 422
    assert count(ImportDraft) == 0


def test_why_a_row_was_set_aside_is_said_in_the_readers_language_after_the_import_too(browser: PageClient) -> None:
    preview = browser.post(sent(browser, LIST).url, TOLD).url
    browser.post(preview, {"do": "approve"})
    batch = db.session.scalars(select(ImportBatch)).one()
    page = browser.get(f"/directory/imports/batch/{batch.id}")
    cells = [[cell.text for cell in row.children if cell.tag in ("th", "td")] for row in page.tree.iter("tr")]
    assert cells[1] == ["Ligne 4", "Organisation : nom", "obligatoire, mais absent"]
    db.session.add(ImportIssue(batch=batch, row=9, field="x", reason="kept by an earlier version, 100 %"))
    db.session.commit()
    assert "kept by an earlier version, 100 %" in browser.get(f"/directory/imports/batch/{batch.id}").text


@pytest.mark.once
@pytest.mark.parametrize("value", ["é" * 3000, '\x00\ud800"', ("a", 2), 3.5, Message("in", "none")])
def test_a_reason_kept_fits_its_column_and_comes_back(value: Any) -> None:
    kept = issues.written(Message("bad_url", "not a web address, left out: %(value)s", {"value": value}))
    assert len(kept) <= 500
    assert "\x00" not in kept
    assert str(issues.read(kept)).startswith("not a web address, left out: ")
