"""The pages of coverage: what they show, who may change what, and that typed nonsense is answered in its place."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest

from directory.coverage import State
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers import coverage_pictures
from referral.providers.coverage_models import CoverageConfirmation, CoverageTarget, DirectoryMandate
from tests.builders import make_organization, make_user
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry

GAP = "/directory/coverage/MED/CM004"


@pytest.fixture
def office(session: Any, client: PageClient) -> PageClient:
    """One service in Littoral; a coordinator and a member of the committee."""
    make_entry(make_organization("Hôpital Laquintinie"), "Consultation", "MED", areas=("CM005",))
    make_entry(make_organization("Clinique de la Paix"), "Consultation de garde", "MED", areas=("CM005",))
    make_user(Role.COORDINATOR, None, "coordinator")
    make_user(Role.COMMITTEE, None, "committee")
    session.commit()
    client.sign_in("coordinator")
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/directory/coverage", "/directory/coverage?region=CM005&need=PSY&km=20&all=yes", GAP,
        "/directory/coverage/MED/CM005004", "/directory/coverage/targets", "/directory/coverage/overlaps?need=MED",
        "/directory/mandates?region=CM004", "/directory/coverage/what-if", "/directory/coverage/months",
    ],
)  # fmt: skip
def test_every_page_opens(office: PageClient, address: str) -> None:
    assert office.get(address).status == 200


@pytest.mark.parametrize(
    "address", ["/directory/coverage/XXX/CM004", "/directory/coverage/MED/CM999", "/directory/coverage/file.pdf"]
)
def test_what_is_not_ours_is_404(office: PageClient, address: str) -> None:
    assert office.get(address).status == 404


def test_a_coordinator_confirms_none_and_takes_it_back(office: PageClient) -> None:
    office.get(GAP)
    assert office.post(GAP, {"note": "Délégation régionale consultée"}, follow=False).status == 303
    row = db.session.query(CoverageConfirmation).one()
    assert (row.need.value, row.pcode, row.note) == ("MED", "CM004", "Délégation régionale consultée")
    office.get(GAP)
    assert office.post(f"/directory/coverage/none/{row.id}", {}, follow=False).status == 303
    db.session.expire_all()
    assert row.withdrawn_at is not None


def test_a_note_that_is_too_long_is_kept_and_answered(office: PageClient) -> None:
    office.get(GAP)
    assert office.post(GAP, {"note": "x" * 301}, follow=False).status == 422
    assert db.session.query(CoverageConfirmation).count() == 0


def test_the_committee_reads_and_changes_nothing(office: PageClient) -> None:
    office.sign_in("committee")
    assert office.get("/directory/coverage").status == 200
    office.get(GAP)
    assert office.post(GAP, {"note": ""}, follow=False).status == 404
    target = {"need": "MED", "level": "1", "minimum": "2"}
    assert office.post("/directory/coverage/targets", target, follow=False).status == 404
    assert db.session.query(CoverageConfirmation).count() == 0


@pytest.mark.parametrize(
    "wrong", [{"minimum": "0"}, {"minimum": "²"}, {"minimum": "100"}, {"level": "3"}, {"need": "?"}]
)
def test_a_target_that_makes_no_sense_is_refused(office: PageClient, wrong: dict[str, str]) -> None:
    office.get("/directory/coverage/targets")
    target = {"need": "MED", "level": "1", "minimum": "2", **wrong}
    assert office.post("/directory/coverage/targets", target, follow=False).status == 422
    assert db.session.query(CoverageTarget).count() == 0


def test_a_mandate_needs_its_text_and_days_in_order(office: PageClient) -> None:
    house = make_organization("Délégation régionale")
    db.session.commit()
    good = {
        "organization": str(house.id), "for_need": "MED", "pcode": "CM005", "role": "lead",
        "legal_basis": "Décret 2026/12",
    }  # fmt: skip
    late = {"starts-day": "2", "starts-month": "1", "starts-year": "2027"}
    early = {"ends-day": "1", "ends-month": "1", "ends-year": "2027"}
    for wrong in ({"legal_basis": ""}, {"role": "king"}, {"pcode": "CM005001"}, {"organization": "x"}, late | early):
        office.get("/directory/mandates")
        assert office.post("/directory/mandates", {**good, **wrong}, follow=False).status == 422
    assert db.session.query(DirectoryMandate).count() == 0
    office.get("/directory/mandates")
    assert office.post("/directory/mandates", good, follow=False).status == 303
    row = db.session.query(DirectoryMandate).one()
    office.get("/directory/mandates")
    assert office.post(f"/directory/mandates/{row.id}/remove", {}, follow=False).status == 303
    db.session.expire_all()
    assert row.removed_at is not None


def test_the_files_hold_every_cell_and_no_formula(office: PageClient) -> None:
    answer = office.get("/directory/coverage/file.csv")
    rows = list(csv.reader(io.StringIO(answer.response.data.decode("utf-8-sig"))))
    assert len(rows) == 131
    assert [row[1] for row in rows if row[1:2] == ["CM005"] and row[5] == "2"] == ["CM005"]
    book = openpyxl.load_workbook(io.BytesIO(office.get("/directory/coverage/file.xlsx?region=CM005").response.data))
    assert len(book.worksheets) == 8
    assert book.worksheets[0].max_row == 1 + 13 * 4


def test_the_map_uses_outlines_only_when_every_place_has_one() -> None:
    states = {"CM004": State.COVERED, "CM005": State.NONE}
    names, words = {"CM004": "Extrême-Nord", "CM005": "Littoral"}, {state: state.label for state in State}
    ring = [[9.0, 4.0], [10.0, 4.0], [10.0, 5.0]]
    tiles = coverage_pictures.state_map("Health", states, names, words, {"CM004": [ring]}).svg()
    shapes = coverage_pictures.state_map("Health", states, names, words, {"CM004": [ring], "CM005": [ring]}).svg()
    assert "<polygon" not in tiles
    assert shapes.count("<polygon") == 2
    assert "No service, confirmed" in tiles
