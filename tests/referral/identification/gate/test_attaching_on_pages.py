"""Files on a screen of the form: added, shown, downloaded, removed, refused at their place with what was typed kept."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image

from referral.cases.actions import opening
from referral.consent.actions import record_consent
from referral.consent.models import ConsentMark, ConsentState
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.foundation.media import LONGEST_SIDE, Limits, Unacceptable, examine
from referral.foundation.recordings import cleaned
from referral.identification import actions, queries
from referral.identification.gate import receive
from referral.identification.models import Attachment, Submission
from sop.questions import Kind
from sop.vocabulary import SENSITIVE, Category
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.recordings import real
from tests.referral.identification.gate.parcels import parcel, photo, recording, sender
from tests.referral.identification.walk import ADULT
from tests.signing_in import sign_in

SOUND = cleaned("wav", real("sound.wav"))
LONG = SOUND[:4] + (len(SOUND) + 3_000_000 - 8).to_bytes(4, "little") + SOUND[8:40]
LONG += (len(SOUND) - 44 + 3_000_000).to_bytes(4, "little") + SOUND[44:] + bytes(3_000_000)
"""A recording of more than three megabytes that says nothing about itself."""


@pytest.fixture
def agent(app: Flask) -> PageClient:
    client = PageClient(app, sign_in=sign_in)
    client.sign_in("agent")
    return client


def draft(app: Flask, **answers: Any) -> UUID:
    """A draft with everything but its files."""
    with app.app_context():
        one = actions.start(actor=sender(), today=NOW.date(), now=NOW)
        actions.save(one, ADULT | answers, screen="evidence", actor=sender(), now=NOW)
        db.session.commit()
        return one.id


def screen(draft_id: UUID) -> str:
    return f"/identifications/{draft_id}/screens/evidence"


def send(client: PageClient, draft_id: UUID, **fields: Any) -> Page:
    """The screen with its hidden fields, and what is given."""
    page = client.get(screen(draft_id))
    form = page.form("do")
    return client.post(form.action, {**form.fields, "do": "next", **fields})


def a_file(data: bytes, name: str = "Awa Zoukoumbélé.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_a_photo_is_added_shown_downloaded_and_removed(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app)
    assert send(agent, draft_id, **{"q-wound": a_file(photo())}).status == 200
    page = agent.get(screen(draft_id))
    link = next(href for text, href in page.links.items() if "wound.jpg" in text)
    assert "Zoukoumb" not in link
    got = agent.get(link).response
    assert got.headers["Content-Disposition"] == "attachment; filename=wound.jpg"
    assert (got.mimetype, got.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert Image.open(io.BytesIO(got.data)).size == (64, 48)
    assert "Tout ce qu’il faut est là" in agent.get(f"/identifications/{draft_id}").text
    send(agent, draft_id, remove="wound")
    assert "wound.jpg" not in agent.get(screen(draft_id)).text
    assert agent.get(link).status == 404


def test_looking_at_a_file_leaves_an_audit_line_without_its_name(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app)
    send(agent, draft_id, **{"q-wound": a_file(photo())})
    link = next(href for text, href in agent.get(screen(draft_id)).links.items() if "wound.jpg" in text)
    agent.get(link)
    with app.app_context():
        line = db.session.query(AuditLine).filter_by(action="attachment.read").one()
        assert (line.subject_kind, line.code) == ("attachment", "C6")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("q-wound", b"MZ\x90\x00", "Une image est attendue ici"),
        ("q-wound", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Une image est attendue ici"),
        ("q-account", photo(), "Un enregistrement sonore est attendu ici"),
    ],
    ids=["a program", "a drawing with scripts", "a photo as a recording"],
)
def test_what_is_not_accepted_is_said_at_its_question_and_nothing_is_kept(
    app: Flask, agent: PageClient, name: str, data: bytes, words: str
) -> None:
    draft_id = draft(app)
    page = send(agent, draft_id, **{name: a_file(data)})
    assert page.status == 422
    assert words in page.text
    with app.app_context():
        assert queries.attachments(draft_id) == []


def test_files_and_words_are_not_too_large_together_for_other_pages(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app)
    form = agent.get(screen(draft_id)).form("do")
    mark = "----mark"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, values in {**form.fields, "do": "next"}.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="q-account"; filename="a.ogg"\r\n\r\n'
    body = "".join([*parts, head]).encode() + LONG + f"\r\n--{mark}--\r\n".encode()
    sent = {"data": body, "content_type": f"multipart/form-data; boundary={mark}"}
    assert agent.client.post("/search", **sent).status_code == 413
    assert agent.client.post(form.action, **sent).status_code == 303
    with app.app_context():
        assert [one.size for one in queries.attachments(draft_id)] == [len(LONG)]


@pytest.mark.once
def test_one_recording_may_have_twenty_megabytes_and_one_photo_ten() -> None:
    for kind, data, most in ((Kind.AUDIO, b"OggS", 20), (Kind.IMAGE, b"\xff\xd8\xff", 10)):
        with pytest.raises(Unacceptable) as refusal:
            examine(kind, data + b"x" * (most * 1024 * 1024), Limits())
        assert (refusal.value.message.code, refusal.value.message.values) == ("file_too_large", {"most": most})


def test_a_new_file_takes_the_place_of_the_old_one(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app)
    for colour in ("red", "blue"):
        send(agent, draft_id, **{"q-wound": a_file(photo(colour))})
    with app.app_context():
        (one,) = queries.attachments(draft_id)
        image = Image.open(io.BytesIO(sealing.open_bytes(draft_id, f"attachment:{one.id}:C6", one.blob)))
        red, _green, blue = image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
        assert blue > 200
        assert red < 50


def test_a_submitted_form_keeps_its_file_and_a_discarded_one_does_not(app: Flask, agent: PageClient) -> None:
    kept, thrown = draft(app), draft(app)
    for draft_id in (kept, thrown):
        send(agent, draft_id, **{"q-account": a_file(recording(), "r.ogg")})
    agent.get(f"/identifications/{kept}")
    assert "CM-LT-2026-" in agent.submit("Soumettre").text
    agent.get(f"/identifications/{thrown}/discard")
    agent.submit("/discard")
    with app.app_context():
        assert [one.submission_id for one in db.session.query(Attachment)] == [kept]
        case_id = db.session.get_one(Submission, kept).case_id
        assert case_id is not None


def test_a_form_that_came_by_phone_and_waits_says_so_in_the_list(app: Flask, agent: PageClient) -> None:
    with app.app_context():
        receive(parcel(ADULT | {"sex": ""}, attachments={}), actor=sender(), now=NOW)
        db.session.commit()
    assert "reçu, à compléter" in agent.get("/identifications").text


def test_a_file_that_an_answer_names_and_that_is_not_there_hinders_submitting(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app, wound="perdu.jpg")
    page = agent.get(f"/identifications/{draft_id}")
    assert "Le fichier n’est pas là" in page.text


@pytest.mark.once
@pytest.mark.parametrize(
    ("kind", "data", "media_type"),
    [
        (Kind.AUDIO, real("opus.ogg"), "audio/ogg"),
        (Kind.AUDIO, real("sound.webm"), "audio/webm"),
        (Kind.AUDIO, real("tagged.mp3"), "audio/mpeg"),
        (Kind.AUDIO, cleaned("mpeg", real("tagged.mp3")), "audio/mpeg"),
        (Kind.AUDIO, real("sound.m4a"), "audio/mp4"),
        (Kind.AUDIO, real("sound.amr"), "audio/amr"),
        (Kind.AUDIO, real("sound.wav"), "audio/wav"),
        (Kind.VIDEO, real("video.mp4"), "video/mp4"),
        (Kind.VIDEO, real("phone.3gp"), "video/mp4"),
        (Kind.VIDEO, real("live.webm"), "video/webm"),
        (Kind.FILE, b"%PDF-1.7" + b"x" * 100, "application/pdf"),
    ],
)
def test_recordings_are_told_by_their_first_bytes(kind: Kind, data: bytes, media_type: str) -> None:
    assert examine(kind, data, Limits()).media_type == media_type


@pytest.mark.once
@pytest.mark.parametrize(
    "data", [b"<html>", b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"MZ", b"#!/bin/sh", b"\xff\xff\xff\xff"]
)
def test_nothing_else_is_taken_for_a_recording(data: bytes) -> None:
    with pytest.raises(Unacceptable):
        examine(Kind.AUDIO, data + b"x" * 100, Limits())


def picture(form: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    output = io.BytesIO()
    Image.new(mode, size).save(output, form)
    return output.getvalue()


@pytest.mark.once
def test_pictures_are_bounded_before_they_are_decoded_and_made_no_larger_than_needed() -> None:
    bomb = picture("PNG", (12_000, 9_000), "1")
    assert len(bomb) < 50_000
    with pytest.raises(Unacceptable) as refusal:
        examine(Kind.IMAGE, bomb, Limits())
    assert refusal.value.message.code == "too_many_pixels"
    shrunk = examine(Kind.IMAGE, picture("JPEG", (4_000, 1_000)), Limits())
    assert Image.open(io.BytesIO(shrunk.data)).size == (LONGEST_SIDE, 750)
    assert examine(Kind.IMAGE, picture("WEBP", (10, 10)), Limits()).media_type == "image/jpeg"
    drawn = examine(Kind.FILE, picture("PNG", (10, 10), "RGBA"), Limits())
    assert Image.open(io.BytesIO(drawn.data)).mode == "RGBA"


@pytest.mark.once
@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_kinds_of_pictures_are_not_decoded_at_all(form: str) -> None:
    with pytest.raises(Unacceptable):
        examine(Kind.IMAGE, picture(form, (10, 10)), Limits())


def handed_over(app: Flask, *categories: Category) -> tuple[UUID, dict[str, UUID]]:
    """A case whose person agreed to these categories, and its files by name."""
    with app.app_context():
        case = receive(parcel(), actor=sender(), now=NOW).case
        assert case is not None
        record_consent(
            case, recipient=case.organization, purpose="case_management", categories=categories,
            explicit=set(categories) & SENSITIVE, state=ConsentState.GIVEN, mark=ConsentMark.SIGNATURE, language="fr",
            form_code="F08_consent", text_hash="0" * 64, valid_until=NOW.date(), given_age=36, actor=sender(), now=NOW,
        )  # fmt: skip
        opening.activate(case, actor=sender(), now=NOW)
        db.session.commit()
        files = db.session.query(Attachment).filter_by(owner_id=case.person_id)
        return case.id, {one.name: one.id for one in files}


def test_the_team_of_the_case_sees_the_files_that_the_person_agreed_to_and_no_others(app: Flask) -> None:
    case_id, files = handed_over(app, Category.C3, Category.C6)
    team = PageClient(app, sign_in=sign_in)
    team.sign_in("gestion")
    page = team.get(f"/cases/{case_id}/files")
    assert ("wound.jpg" in page.text, "account.ogg" in page.text) == (True, False)
    assert team.get(f"/cases/{case_id}").links["Photos et fichiers du formulaire"] == f"/cases/{case_id}/files"
    assert team.get(f"/cases/{case_id}/files/{files['wound.jpg']}").response.mimetype == "image/jpeg"
    assert team.get(f"/cases/{case_id}/files/{files['account.ogg']}").status == 404


def test_the_first_responder_sees_no_file_of_a_case_that_was_handed_over(app: Flask, agent: PageClient) -> None:
    case_id, files = handed_over(app, Category.C6)
    with app.app_context():
        form_id = db.session.query(Submission.id).filter_by(case_id=case_id).scalar()
    assert agent.get(f"/cases/{case_id}/files").status == 404
    assert agent.get(f"/identifications/{form_id}/files/{files['wound.jpg']}").status == 404
