"""The table of organisations: who keeps entries up to date, counted as the definitions under it say."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pypdfium2
import pytest

from directory.taxonomy import Visibility
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers.models import SectionVerification
from referral.providers.queries.punctuality import league
from referral.providers.rules import ReportKind, ReportState, Section, VerificationMethod
from referral.providers.upkeep_models import DirectoryReport
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.providers.entries import make_entry


def said(place: Any, section: Section, days_ago: int) -> None:
    """A section was confirmed so many days ago."""
    stamp = {"section": section, "method": VerificationMethod.PARTNER, "at": NOW - timedelta(days_ago)}
    db.session.add(SectionVerification(service_at_location_id=place.id, **stamp))


@pytest.fixture
def office(session: Any) -> None:
    """One organisation that keeps its two entries, one that does not, one that is hidden; a committee member."""
    good, bad = make_organization("Bonne Maison"), make_organization("Maison Oubliée")
    one = make_entry(good, "Accueil", "HEB")
    make_entry(good, "Soins", "MED", verified=NOW - timedelta(30))
    said(one, Section.HOURS, 100)  # the next came 90 days later: in time
    late = make_entry(bad, "Soins lointains", "MED", verified=NOW - timedelta(200), pcode="CM004005001")
    said(late, Section.CONTACTS, 310)  # 110 days before the next: the grace of 105 was over
    make_entry(bad, "Jamais vu", "MED", verified=None, pcode="CM004005001")
    make_entry(make_organization("Refuge"), "Refuge", "VBG", visibility=Visibility.RESTRICTED)
    reader = make_user(Role.COMMITTEE, None, "committee")
    for kind, state in (
        (ReportKind.HOURS, ReportState.OPEN), (ReportKind.HOURS, ReportState.CORRECTED),
        (ReportKind.MISCONDUCT, ReportState.OPEN),
    ):  # fmt: skip
        db.session.add(
            DirectoryReport(place_id=late.id, kind=kind, state=state, reporter_id=reader.id, reported_at=NOW)
        )
    session.commit()


def test_organisations_are_counted_as_the_page_defines(office: None) -> None:
    found = league(NOW)
    rows = [
        (found.names[key], one.entries, one.fresh, one.overdue, one.never, one.average_age, one.in_time, one.due)
        for key, one in found.organizations
    ]
    # of the lost house: one confirmation that came late, and three that lack (200 days are over 105 and over 195)
    assert rows == [("Maison Oubliée", 2, 0, 2, 1, 200, 0, 4), ("Bonne Maison", 2, 2, 0, 0, 20, 1, 1)]
    tally = found.organizations[0][1]
    assert (tally.reports, tally.corrected, tally.waiting) == (2, 1, 1)
    assert {key: one.entries for key, one in found.needs} == {"MED": 3, "HEB": 1}
    assert {key: one.entries for key, one in found.regions} == {"CM004": 2, "CM005": 2}
    assert [found.names[key] for key, _one in league(NOW, "CM005").organizations] == ["Bonne Maison"]


def test_the_committee_reads_it_on_screen_in_files_and_on_paper(office: None, client: PageClient) -> None:
    client.sign_in("committee")
    page = client.get("/directory/coverage/freshness")
    assert page.status == 200
    assert "Refuge" not in page.text
    body = client.get("/directory/coverage/freshness.csv").response.data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert [row[0] for row in rows[1:]] == ["Maison Oubliée", "Bonne Maison"]
    assert rows[2][1:6] == ["2", "1.0000", "0", "0", "1.0000"]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/directory/coverage/freshness.xlsx").response.data))
    assert len(book.worksheets) == 4
    paper = pypdfium2.PdfDocument(client.get("/directory/coverage/freshness.pdf").response.data)
    assert "Maison Oubliée" in paper[0].get_textpage().get_text_bounded()
