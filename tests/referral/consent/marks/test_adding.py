"""A mark that was missing is added later: beside the consent, which never changes; once, in time, by who asked."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

import pypdfium2
from flask import Flask
from sqlalchemy import select

from referral.consent.mark_models import AddedMark, MarkFile
from referral.consent.models import Consent, ConsentState
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from tests.builders import tamper
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.consent.marks.conftest import Stage
from tests.referral.consent.marks.pictures import drawn
from tests.referral.consent.marks.test_pages import Enter, post
from tests.referral.identification.gate.parcels import photo


def unmarked(app: Flask, client: PageClient, stage: Stage) -> str:
    """A signed consent without its signature; the address where one is added."""
    assert post(client, stage).url.endswith("/preview")
    with app.app_context():
        one = db.session.scalars(select(Consent).where(Consent.purpose == "referral:MED")).one()
        return f"/cases/{stage.case}/consents/{one.id}/mark/new"


def columns(app: Flask) -> dict[str, Any]:
    with app.app_context():
        table = Consent.__table__
        row = db.session.execute(select(table).where(table.c.purpose == "referral:MED")).one()
        return dict(row._mapping)


def move(app: Flask, **values: Any) -> None:
    with app.app_context():
        one = db.session.scalars(select(Consent).where(Consent.purpose == "referral:MED")).one()
        tamper(one, **values)
        db.session.commit()


def test_a_missing_signature_is_added_beside_the_consent_which_never_changes(
    app: Flask, signed_in: Enter, stage: Stage
) -> None:
    manager = signed_in("gestion")
    where = unmarked(app, manager, stage)
    before = columns(app)
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(days=3)
    manager = signed_in("gestion")
    assert where in manager.get(f"/cases/{stage.case}/consents").html
    manager.get(where)
    page = manager.post(where, {"drawn": drawn()})
    assert page.status == 200, page.text
    assert "ajoutée le 26 nov. 2026" in page.text
    assert columns(app) == before
    kept = manager.client.get(where.removesuffix("/new"))
    assert kept.data.startswith(b"\x89PNG")
    with app.app_context():
        added = db.session.scalars(select(AddedMark)).one()
        line = db.session.scalars(select(AuditLine).where(AuditLine.action == "consent.mark.add")).one()
        assert added.mark_hash == line.details["hash"] == hashlib.sha256(kept.data).hexdigest()
        assert line.code == "DRAWN"
    copy = manager.client.get(f"{where.removesuffix('/mark/new')}.pdf?lang=fr").data
    words = " ".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(copy))
    assert "Marque ajoutée le 26 nov. 2026" in " ".join(words.split())


def test_a_mark_is_added_once_and_never_replaced(app: Flask, signed_in: Enter, stage: Stage) -> None:
    manager = signed_in("gestion")
    where = unmarked(app, manager, stage)
    assert manager.post(where, {}).status == 422, "nothing came in"
    assert manager.post(where, {"drawn": "data:image/png;base64,AAAA"}).status == 422
    sheet = {"signed_sheet": (io.BytesIO(photo()), "feuille.jpg")}
    assert manager.post(where, sheet).status == 200
    assert manager.post(where, {"drawn": drawn()}).status == 409
    assert where not in manager.get(f"/cases/{stage.case}/consents").html
    with app.app_context():
        assert [one.way for one in db.session.scalars(select(MarkFile))] == ["sheet"]


def test_not_too_late_and_not_once_the_consent_has_ended(app: Flask, signed_in: Enter, stage: Stage) -> None:
    manager = signed_in("gestion")
    where = unmarked(app, manager, stage)
    for values in ({"given_at": NOW - timedelta(days=14, seconds=1)}, {"state": ConsentState.WITHDRAWN}):
        move(app, given_at=NOW, state=ConsentState.GIVEN)
        move(app, **values)
        assert manager.post(where, {"drawn": drawn()}).status == 409
        assert where not in manager.get(f"/cases/{stage.case}/consents").html
    move(app, given_at=NOW - timedelta(days=14), state=ConsentState.GIVEN)
    assert manager.post(where, {"drawn": drawn()}).status == 200


def test_only_who_recorded_it_or_the_case_manager_adds_one(app: Flask, signed_in: Enter, stage: Stage) -> None:
    where = unmarked(app, signed_in("gestion"), stage)
    for other in ("chef", "collegue", "ailleurs", "soignante", "donnees", "admin"):
        client = signed_in(other)
        assert client.get(where).status == 404, other
        assert client.post(where, {"drawn": drawn()}).status == 404, other


def test_erasing_the_case_takes_an_added_mark_along(app: Flask, signed_in: Enter, stage: Stage) -> None:
    manager = signed_in("gestion")
    assert manager.post(unmarked(app, manager, stage), {"drawn": drawn()}).status == 200
    with app.app_context():
        sealing.erase(stage.case, now=NOW)
        db.session.commit()
        assert db.session.scalars(select(AddedMark)).all() == []
        assert db.session.scalars(select(MarkFile)).all() == []
