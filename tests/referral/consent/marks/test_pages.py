"""A consent is signed on the form: kept sealed, shown to the team of the case alone, gone when the case is erased."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select

from referral.cases.models import Case
from referral.consent.actions import marking
from referral.consent.mark_models import MarkFile
from referral.consent.models import Consent
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.foundation.keystore import KeyDestroyed
from tests.builders import tamper
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.recordings import real
from tests.referral.consent.marks.conftest import Stage
from tests.referral.consent.marks.pictures import drawn
from tests.referral.identification.gate.parcels import photo

Enter = Callable[[str], PageClient]
SIGNED: dict[str, Any] = {
    "choice": "consent", "categories": ["C1", "C2", "C6"], "valid_until-day": "23", "valid_until-month": "5",
    "valid_until-year": "2027", "language": "fra", "understood": "yes", "free": "yes", "mark": "signature",
}  # fmt: skip


def post(client: PageClient, stage: Stage, **changes: Any) -> Page:
    client.get(stage.url)
    version = client.page.form("choice").fields["version"] if client.page else ""
    values = {**SIGNED, "version": version, **changes}
    return client.post(stage.url, {name: value for name, value in values.items() if value is not None})


def the_consent() -> Consent:
    query = select(Consent).where(Consent.purpose == "referral:MED", Consent.mark_file_id.is_not(None))
    return db.session.scalars(query).one()


def file_url(stage: Stage, app: Flask) -> str:
    with app.app_context():
        return f"/cases/{stage.case}/consents/{the_consent().id}/mark"


def test_a_drawn_signature_is_sealed_with_its_hash_and_leaves_a_trace_when_opened(
    app: Flask, signed_in: Enter, stage: Stage
) -> None:
    manager = signed_in("gestion")
    page = post(manager, stage, drawn=drawn())
    assert page.url.endswith("/preview"), page.text
    answer = manager.client.get(file_url(stage, app))
    assert answer.status_code == 200
    assert answer.data.startswith(b"\x89PNG")
    assert {name: answer.headers[name] for name in ("Content-Type", "Cache-Control", "X-Content-Type-Options")} == {
        "Content-Type": "image/png", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    assert answer.headers["Content-Disposition"] == "attachment; filename=consent-drawn.png"
    with app.app_context():
        consent = the_consent()
        assert consent.mark_hash == hashlib.sha256(answer.data).hexdigest()
        assert consent.mark_file is not None
        assert b"PNG" not in consent.mark_file.blob
        looks = select(AuditLine.code).where(AuditLine.action == "consent.mark.read")
        assert db.session.scalars(looks).all() == ["DRAWN"]


def test_the_case_lists_its_consents_with_their_marks_closed(app: Flask, signed_in: Enter, stage: Stage) -> None:
    manager = signed_in("gestion")
    post(manager, stage, drawn=drawn())
    page = manager.get(f"/cases/{stage.case}/consents")
    assert "signature tracée à l’écran" in page.text
    assert [one.get("src") for one in page.tree.iter("img")] == [file_url(stage, app)]
    closed = [one for one in page.tree.iter("details") if "reveal" in (one.get("class") or "")]
    assert [one.has("open") for one in closed] == [False]


def test_the_persons_copy_and_the_form_carry_the_signature(app: Flask, signed_in: Enter, stage: Stage) -> None:
    manager = signed_in("gestion")
    post(manager, stage, drawn=drawn())
    with app.app_context():
        copy = f"/cases/{stage.case}/consents/{the_consent().id}.pdf"
    for address in (copy, f"/referrals/{stage.referral}/consent-form.pdf"):
        for lang, words in (("fr", "Signé à l’écran le 23 nov. 2026"), ("en", "Signed on the screen on 23 Nov 2026")):
            document = pypdfium2.PdfDocument(manager.client.get(f"{address}?lang={lang}").data)
            assert words in " ".join(one.get_textpage().get_text_bounded() for one in document), (address, lang)
            drawings = [one for sheet in document for one in sheet.get_objects(filter=(3,))]
            assert [tuple(one.get_px_size()) for one in drawings] == [(800, 320)], (address, lang)


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("chef", 200), ("collegue", 404), ("ailleurs", 404), ("soignante", 404), ("donnees", 404), ("admin", 404),
    ],
)  # fmt: skip
def test_nobody_but_the_team_of_the_case_opens_it(
    app: Flask, signed_in: Enter, stage: Stage, username: str, status: int
) -> None:
    post(signed_in("gestion"), stage, drawn=drawn())
    other = signed_in(username)
    assert other.client.get(file_url(stage, app)).status_code == status
    assert other.client.get(f"/cases/{stage.case}/consents").status_code == status


@pytest.mark.parametrize(
    ("mark", "name", "data", "way"),
    [
        ("signature", "signed_sheet", photo(), "SHEET"),
        ("thumbprint", "thumbprint_photo", photo(), "THUMBPRINT"),
        ("oral", "recording", real("phone.3gp"), "RECORDING"),
    ],
)
def test_paper_thumb_and_voice_are_kept_too(
    app: Flask, signed_in: Enter, stage: Stage, mark: str, name: str, data: bytes, way: str
) -> None:
    manager = signed_in("gestion")
    page = post(manager, stage, mark=mark, witness="Témoin", **{name: (io.BytesIO(data), "Awa.bin")})
    assert page.url.endswith("/preview"), page.text
    assert manager.client.get(file_url(stage, app)).status_code == 200
    with app.app_context():
        looks = select(AuditLine.code).where(AuditLine.action == "consent.mark.read")
        assert db.session.scalars(looks).all() == [way]


def test_an_error_keeps_the_drawing_and_asks_for_a_file_once_more(signed_in: Enter, stage: Stage) -> None:
    manager = signed_in("gestion")
    signature = drawn()
    page = post(manager, stage, free=None, drawn=signature)
    assert page.status == 422
    assert page.form("choice").fields["drawn"] == signature
    page = post(
        manager, stage, free=None, mark="thumbprint", witness="T", thumbprint_photo=(io.BytesIO(photo()), "a.jpg")
    )
    assert page.status == 422
    assert "Choisissez ce fichier encore une fois" in page.text
    assert page.form("choice").fields["witness"] == "T"


def test_a_bad_file_records_nothing(app: Flask, signed_in: Enter, stage: Stage) -> None:
    page = post(signed_in("gestion"), stage, signed_sheet=(io.BytesIO(b"%PDF-1.7"), "a.pdf"))
    assert page.status == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Consent.purpose == "referral:MED")) == 0
        assert db.session.scalar(select(func.count()).select_from(MarkFile)) == 0


def test_a_form_sent_twice_keeps_one_mark_and_a_refusal_none(app: Flask, signed_in: Enter, stage: Stage) -> None:
    manager = signed_in("gestion")
    page = manager.get(stage.url)
    values = {**page.form("choice").fields, **SIGNED, "drawn": drawn()}
    first, second = manager.post(stage.url, values), manager.post(stage.url, values)
    assert first.url == second.url
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(MarkFile)) == 1
    post(manager, stage, choice="other_provider", drawn=drawn())
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(MarkFile)) == 1


def test_bytes_that_were_put_in_its_place_are_not_shown(app: Flask, signed_in: Enter, stage: Stage) -> None:
    post(signed_in("gestion"), stage, drawn=drawn())
    with app.app_context():
        consent = the_consent()
        tamper(consent, mark_hash="0" * 64)
        with pytest.raises(sealing.Tampered):
            marking.read(consent, actor=None, now=NOW)


def test_erasing_the_case_leaves_nothing_to_read_or_to_compare(app: Flask, signed_in: Enter, stage: Stage) -> None:
    post(signed_in("gestion"), stage, drawn=drawn())
    with app.app_context():
        consent = the_consent()
        kept = consent.mark_file
        assert kept is not None
        backup, purpose = kept.blob, f"consent_mark:{kept.id}"
        assert sealing.open_bytes(stage.case, purpose, backup).startswith(b"\x89PNG")
        case = db.session.get_one(Case, stage.case)
        sealing.erase(case.id, now=NOW)
        db.session.commit()
        sealing.complete_erasures(NOW)
        db.session.refresh(consent)
        assert (consent.mark_file_id, consent.mark_hash) == (None, None)
        assert db.session.scalar(select(func.count()).select_from(MarkFile)) == 0
        with pytest.raises(KeyDestroyed):
            sealing.open_bytes(stage.case, purpose, backup)
