"""A party signs on its page: drawn, as a picture or by declaration; sealed, bound to the text, never changed."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select, update

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.keystore import Tampered
from referral.partners.actions import agreeing, signature_files
from referral.partners.models import Agreement, AgreementSignature, SignatureKept
from referral.partners.rules.agreements import AgreementState, SignatureMethod
from tests.builders import make_agreement, make_organization, make_user
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.consent.marks.pictures import drawn, png
from tests.referral.identification.gate.parcels import photo


@pytest.fixture
def one(session: Any, client: PageClient) -> Agreement:
    """An agreement at the lawyers, with a member of the partner signed in."""
    team, hospital = make_organization("Équipe"), make_organization("Hôpital")
    made = make_agreement(team, hospital, state=AgreementState.LEGAL_REVIEW, decision_number="", decision_on=None)
    for role, house, name in ((Role.PROVIDER, hospital, "soignante"), (Role.SUPERVISOR, team, "chef")):
        make_user(role, house, name)
    session.commit()
    client.sign_in("soignante")
    return made


def sign(client: PageClient, one: Agreement, **fields: Any) -> Page:
    page = client.get(f"/agreements/{one.id}/sign")
    typed = {"representative": "Dr Essomba", "function": "Directrice", "declared": "yes"}
    return client.post(f"/agreements/{one.id}/sign", page.form("version").fields | typed | fields)


def the_signature() -> AgreementSignature:
    db.session.expire_all()
    return db.session.scalars(select(AgreementSignature)).one()


def test_a_drawn_signature_is_sealed_and_shown_to_those_who_may_read_the_agreement(
    client: PageClient, one: Agreement
) -> None:
    page = sign(client, one, drawn=drawn())
    row = the_signature()
    assert (row.method, row.media_type, row.sealed) == (SignatureMethod.DRAWN, "image/png", True)
    assert row.content is not None
    assert b"PNG" not in row.content
    shown = [found.get("src") for found in page.tree.iter("img") if "/signatures/" in (found.get("src") or "")]
    assert shown == [f"/agreements/{one.id}/signatures/partner"]
    kept = client.get(shown[0]).response.data
    assert hashlib.sha256(kept).hexdigest() == row.file_hash
    assert row.text_hash == agreeing.text_hash(one)
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "agreement.sign")).one()
    assert line.details["method"] == "drawn"
    assert "Essomba" not in str(line.details)


def test_without_a_pad_a_picture_or_the_declaration_signs(client: PageClient, one: Agreement) -> None:
    sign(client, one, picture=(io.BytesIO(photo()), "signature.jpg"))
    row = the_signature()
    assert (row.method, row.media_type) == (SignatureMethod.PICTURE, "image/jpeg")
    assert b"Marque" not in (signature_files.content(row) or b"")
    client.sign_in("chef")
    sign(client, one)
    methods = set(db.session.scalars(select(AgreementSignature.method)))
    assert methods == {SignatureMethod.PICTURE, SignatureMethod.SCREEN}


def test_what_is_no_signature_is_said_at_its_field_and_nothing_is_kept(client: PageClient, one: Agreement) -> None:
    for fields, name, words in (
        ({"drawn": drawn(png(ink=False))}, "drawn", "Rien n’est dessiné"),
        ({"drawn": drawn()[:300]}, "drawn", "n’est pas arrivée entière"),
        ({"drawn": "data:image/png;base64," + "A" * 300_001}, "drawn", "trop volumineux"),
        ({"drawn": drawn(), "picture": (io.BytesIO(photo()), "x.jpg")}, "picture", "Gardez l’une des deux"),
        ({"picture": (io.BytesIO(b"MZ"), "x.png")}, "picture", "Une image est attendue"),
        ({"picture": (io.BytesIO(b""), "x.png")}, "picture", "Ce fichier est vide"),
    ):
        page = sign(client, one, **fields)
        assert page.status == 422, words
        error = next(found.text for found in page.tree.iter("p") if found.get("id") == f"f-{name}-error")
        assert words in error
        kept = page.form("version").fields
        assert (kept["representative"], kept["function"]) == ("Dr Essomba", "Directrice")
        assert kept["drawn"] == (drawn() if "deux" in words else ""), words
    assert db.session.scalars(select(AgreementSignature)).all() == []


def test_a_drawing_is_kept_while_something_else_is_corrected(client: PageClient, one: Agreement) -> None:
    page = sign(client, one, drawn=drawn(), representative="")
    assert page.status == 422
    assert page.form("version").fields["drawn"] == drawn()


def test_a_signature_never_stands_under_a_text_that_changed_while_it_was_drawn(
    client: PageClient, one: Agreement, session: Any
) -> None:
    fields = client.get(f"/agreements/{one.id}/sign").form("version").fields
    one.clauses = {"data": {"fr": "Autre chose.", "en": "Something else."}}
    session.commit()
    typed = {"representative": "Dr Essomba", "declared": "yes", "drawn": drawn(), "version": str(one.version)}
    page = client.post(f"/agreements/{one.id}/sign", fields | typed)
    assert page.status == 409
    assert "Le texte a changé" in page.text
    again = page.form("version").fields
    assert (again["drawn"], again["representative"], again.get("declared")) == ("", "Dr Essomba", None)
    assert db.session.scalars(select(AgreementSignature)).all() == []


def test_a_text_that_was_altered_behind_its_signature_is_neither_signed_nor_put_in_force(
    client: PageClient, one: Agreement, session: Any
) -> None:
    sign(client, one, drawn=drawn())
    db.session.expire_all()
    one.clauses = {"data": {"fr": "Autre chose.", "en": "Something else."}}
    session.commit()
    assert "ne compte plus" in client.get(f"/agreements/{one.id}").text
    client.sign_in("chef")
    page = sign(client, one)
    assert page.status == 422
    assert "le texte n’est pas celui qui a été signé" in page.text
    one.state = AgreementState.SIGNED_BOTH
    stamp: dict[str, Any] = {"actor": make_user(Role.COMMITTEE, None), "now": NOW, "today": NOW.date()}
    with pytest.raises(RuleViolation):
        agreeing.activate(one, number="1/2026", decided_on=NOW.date(), version=one.version, **stamp)


def test_a_seal_opens_under_its_own_text_alone(client: PageClient, one: Agreement, session: Any) -> None:
    sign(client, one, drawn=drawn())
    row = the_signature()
    session.execute(update(AgreementSignature).values(text_hash="0" * 64))
    session.commit()
    session.refresh(row)
    with pytest.raises(Tampered):
        signature_files.content(row)


def test_a_signature_is_never_changed_and_never_lost_once_it_counts(
    client: PageClient, one: Agreement, session: Any
) -> None:
    sign(client, one, drawn=drawn())
    row = the_signature()
    with pytest.raises(SignatureKept), session.begin_nested():
        row.representative = "Quelqu’un d’autre"
    with pytest.raises(SignatureKept), session.begin_nested():
        row.agreement.signatures.clear()
    assert the_signature().representative == "Dr Essomba"


def test_the_paper_bears_the_drawing_in_the_box_of_its_party(client: PageClient, one: Agreement) -> None:
    sign(client, one, drawn=drawn())
    for lang, words in (
        ("fr", "Signé à l’écran le 23 nov. 2026 par Dr Essomba, Directrice."),
        ("en", "Signed on screen on 23 Nov 2026 by Dr Essomba, Directrice."),
    ):
        document = pypdfium2.PdfDocument(client.get(f"/agreements/{one.id}.pdf?lang={lang}").response.data)
        whole = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
        assert words in whole
        assert the_signature().text_hash[:16] in whole
        assert len([found for page in document for found in page.get_objects(filter=(3,))]) == 1
        document.close()
