"""The one gate: a parcel is stored once, judged, kept when it is not complete, refused when it may not come in."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from referral.cases.models import Case
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.sealing import OwnerKind
from referral.identification import actions, gate, queries
from referral.identification.actions import attaching
from referral.identification.gate import Outcome, receive
from referral.identification.models import Attachment, Submission, SubmissionState
from referral.identification.rules import Channel
from referral.procedures.models import FormVersion
from tests.conftest import NOW
from tests.referral.identification.gate.parcels import VERSION, parcel, photo, recording, sender, the_form
from tests.referral.identification.walk import ADULT

pytestmark = pytest.mark.usefixtures("session")


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def test_a_complete_form_makes_a_file_and_keeps_the_version_the_phone_had() -> None:
    sent = parcel(started_at=NOW - timedelta(hours=2), finished_at=NOW - timedelta(hours=1))
    receipt = receive(sent, actor=sender(), now=NOW)
    assert receipt.outcome is Outcome.SUBMITTED
    assert receipt.case is not None
    assert receipt.case.code == "CM-LT-2026-00001"
    row = db.session.get_one(Submission, sent.instance_id)
    assert (row.channel, row.device, row.case_id) == (Channel.ODK, "collect:Ab12", receipt.case.id)
    assert (row.started_at, row.finished_at) == (NOW - timedelta(hours=2), NOW - timedelta(hours=1))


def test_the_same_parcel_again_gets_the_same_receipt_and_stores_nothing() -> None:
    sent = parcel()
    first = receive(sent, actor=sender(), now=NOW)
    again = receive(sent, actor=sender(), now=NOW + timedelta(minutes=5))
    assert (again.outcome, again.case, again.again) == (Outcome.SUBMITTED, first.case, True)
    assert stored() == 1
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"answers": ADULT | {"given_names": "Autre"}},
        {"version": "1", "answers": ADULT},
        {"attachments": {"IMG_Awa.jpg": photo("blue"), "récit.ogg": recording()}, "more": True},
    ],
    ids=["other answers", "other version", "other photo"],
)
def test_the_same_id_with_other_content_is_refused_and_the_first_is_kept(change: dict[str, Any]) -> None:
    sent = parcel(more="more" in change)
    receive(sent, actor=sender(), now=NOW)
    before = queries.typed_answers(db.session.get_one(Submission, sent.instance_id))
    with pytest.raises(RuleViolation) as refusal:
        receive(replace(sent, opened=None, **change), actor=sender(), now=NOW)
    assert (refusal.value.status, refusal.value.message.code) == (409, "other_content")
    assert queries.typed_answers(db.session.get_one(Submission, sent.instance_id)) == before


def test_an_older_version_is_accepted_and_an_unknown_one_leaves_nothing() -> None:
    old = receive(parcel(ADULT, version="1", attachments={}), actor=sender(), now=NOW)
    assert old.outcome is Outcome.SUBMITTED
    for unknown in ({"version": "0.9"}, {"form": "other"}):
        with pytest.raises(RuleViolation) as refusal:
            receive(parcel(**unknown), actor=sender(), now=NOW)
        assert refusal.value.status == 422
    assert stored() == 1


def test_a_version_that_is_only_a_draft_is_neither_offered_nor_accepted() -> None:
    from referral.identification.xforms import for_phones

    form = the_form()
    draft = FormVersion(
        name="identification", form_id=form.id, title=form.title, number="next", content_hash="0" * 64,
        compiled={**form.to_json(), "version": "next"}, xform="<x/>", imported_at=NOW,
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    assert [one.form.version for one in for_phones()] == [VERSION]
    with pytest.raises(RuleViolation) as refusal:
        receive(parcel(version="next"), actor=sender(), now=NOW)
    assert refusal.value.message.code == "unknown_form"


def test_an_incomplete_or_contradictory_form_is_kept_as_typed_for_its_author_to_complete() -> None:
    answers = ADULT | {"birth_date": "demain", "family_name": "", "sex": "martien"}
    sent = parcel(answers, attachments={})
    receipt = receive(sent, actor=sender(), now=NOW)
    assert receipt.outcome is Outcome.TO_COMPLETE
    assert {"birth_date", "sex"} <= set(receipt.errors)
    draft = db.session.scalar(queries.drafts(sender()))
    assert draft is not None
    assert draft.id == sent.instance_id
    assert draft.screen == "identity"
    typed = queries.typed_answers(draft)
    assert (typed["birth_date"], typed["sex"], typed["given_names"]) == ("demain", "martien", "Awa")


def test_a_draft_that_came_by_phone_is_finished_on_the_web_and_a_replay_then_says_so() -> None:
    sent = parcel(ADULT | {"sex": ""}, attachments={})
    receive(sent, actor=sender(), now=NOW)
    draft = db.session.get_one(Submission, sent.instance_id)
    later = NOW + timedelta(minutes=3)
    actions.save(draft, {"sex": "female"}, screen="identity", actor=sender(), now=later)
    kept = receive(sent, actor=sender(), now=later)
    assert (kept.outcome, kept.again) == (Outcome.TO_COMPLETE, True)
    assert queries.typed_answers(draft)["sex"] == "female"
    receipt = gate.hand_in(queries.filling(draft, today=NOW.date(), now=later), actor=sender(), now=later)
    assert receipt.outcome is Outcome.SUBMITTED
    assert receive(sent, actor=sender(), now=later).case == receipt.case


def test_a_form_that_nobody_can_receive_yet_is_kept_with_the_reason() -> None:
    from referral.partners.models import User

    db.session.execute(User.__table__.update().where(User.username == "gestion").values(active=False))
    receipt = receive(parcel(), actor=sender(), now=NOW)
    assert receipt.outcome is Outcome.TO_COMPLETE
    assert receipt.note is not None
    assert receipt.note.code == "no_receiver"
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_a_disabled_sender_or_one_without_the_permission_is_refused() -> None:
    agent, boss = sender(), sender("chef")
    agent.active = False
    for one in (agent, boss):
        with pytest.raises(RuleViolation) as refusal:
            receive(parcel(), actor=one, now=NOW)
        assert refusal.value.status == 403
    assert stored() == 0


def test_another_users_submission_is_not_told_apart_from_other_content() -> None:
    sent = parcel()
    receive(sent, actor=sender(), now=NOW)
    with pytest.raises(RuleViolation) as refusal:
        receive(sent, actor=sender("gestion"), now=NOW)
    assert refusal.value.message.code == "other_content"


def test_an_id_that_is_a_persons_is_refused_because_discarding_would_erase_them() -> None:
    case = receive(parcel(), actor=sender(), now=NOW).case
    assert case is not None
    with pytest.raises(RuleViolation):
        receive(parcel(instance_id=case.person_id), actor=sender(), now=NOW)


def test_a_key_left_behind_by_a_try_that_was_taken_back_does_not_stop_the_next() -> None:
    sent = parcel()
    sealing.create_keys({sent.instance_id: OwnerKind.SUBMISSION}, now=NOW)
    assert receive(sent, actor=sender(), now=NOW).outcome is Outcome.SUBMITTED


def test_an_erased_draft_stays_erased_when_its_phone_sends_again() -> None:
    sent = parcel(ADULT | {"sex": ""})
    receive(sent, actor=sender(), now=NOW)
    actions.discard(db.session.get_one(Submission, sent.instance_id), actor=sender(), now=NOW)
    assert receive(sent, actor=sender(), now=NOW).outcome is Outcome.ERASED
    assert db.session.get_one(Submission, sent.instance_id).state is SubmissionState.ERASED
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_parts_are_judged_when_the_last_is_here() -> None:
    photo_, sound = photo(), recording()
    sent = parcel(attachments={"IMG_Awa.jpg": photo_}, more=True)
    assert receive(sent, actor=sender(), now=NOW).outcome is Outcome.TO_COMPLETE
    rest = replace(sent, attachments={"récit.ogg": sound}, more=False, opened=None)
    assert receive(rest, actor=sender(), now=NOW + timedelta(seconds=9)).outcome is Outcome.SUBMITTED
    assert [one.path for one in queries.attachments(sent.instance_id)] == ["account", "wound"]


def test_a_file_that_did_not_arrive_is_said_at_its_question_and_may_come_later() -> None:
    sent = parcel(attachments={"IMG_Awa.jpg": photo()})
    receipt = receive(sent, actor=sender(), now=NOW)
    assert {path: one.code for path, one in receipt.errors.items()} == {"account": "file_missing"}
    late = replace(sent, attachments={"récit.ogg": recording()}, opened=None)
    assert receive(late, actor=sender(), now=NOW).outcome is Outcome.SUBMITTED


def test_a_file_that_is_none_is_said_at_its_question_and_the_rest_is_kept() -> None:
    receipt = receive(
        parcel(attachments={"IMG_Awa.jpg": b"MZ\x90 not a picture", "récit.ogg": recording()}), actor=sender(), now=NOW
    )
    assert {path: one.code for path, one in receipt.errors.items()} == {"wound": "not_a_picture"}
    assert [one.path for one in queries.attachments(receipt.submission_id)] == ["account"]


def test_what_is_attached_inside_a_repeat_is_found_at_its_path() -> None:
    answers = ADULT | {"members": [{"member_name": "Ali"}, {"member_name": "Binta", "member_photo": "b.jpg"}]}
    receipt = receive(parcel(answers, attachments={"b.jpg": photo()}), actor=sender(), now=NOW)
    assert receipt.outcome is Outcome.SUBMITTED
    (one,) = queries.attachments(receipt.submission_id)
    assert (one.path, one.name, one.category.value) == ("members/2/member_photo", "members-2-member_photo.jpg", "C2")


def test_photos_lose_where_and_with_what_they_were_taken_and_names_from_phones_are_not_kept_in_clear() -> None:
    receipt = receive(parcel(), actor=sender(), now=NOW)
    rows = {one.path: one for one in queries.attachments(receipt.submission_id)}
    assert [(one.name, one.media_type) for one in rows.values()] == [
        ("account.ogg", "audio/ogg"),
        ("wound.jpg", "image/jpeg"),
    ]
    kept = attaching.read(rows["wound"], actor=sender(), now=NOW)
    image = Image.open(io.BytesIO(kept))
    assert (image.size, dict(image.getexif())) == ((64, 48), {})
    assert b"Marque" not in kept
    assert b"Awa" not in kept
    assert attaching.read(rows["account"], actor=sender(), now=NOW) == recording()
    assert b"OggS" not in rows["account"].blob


def test_what_is_attached_goes_over_to_the_person_and_cannot_be_read_once_they_are_erased() -> None:
    from referral.people.actions import erase_person

    receipt = receive(parcel(), actor=sender(), now=NOW)
    assert receipt.case is not None
    blobs = {one.id: (one.owner_id, one.category, one.blob) for one in queries.attachments(receipt.submission_id)}
    assert {owner for owner, _, _ in blobs.values()} == {receipt.case.person_id}
    erase_person(receipt.case.person, now=NOW)
    sealing.keystore().destroy([receipt.case.person_id], now=NOW)  # as the commit does
    assert queries.attachments(receipt.submission_id) == []
    for attachment_id, (owner, category, blob) in blobs.items():
        with pytest.raises(sealing.KeyDestroyed):
            sealing.open_bytes(owner, f"attachment:{attachment_id}:{category}", blob)


def test_more_than_a_form_may_hold_is_refused_whole(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from referral.foundation.media import Limits

    settings = replace(app.config["SETTINGS"], upload_limits=Limits(together=2_000))
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    with pytest.raises(RuleViolation) as refusal:
        receive(parcel(attachments={"récit.ogg": recording(b"x" * 100)}), actor=sender(), now=NOW)
    assert refusal.value.status == 413
    assert stored() == 0


def test_a_text_that_is_too_long_is_kept_to_be_shortened() -> None:
    receipt = receive(parcel(ADULT | {"family_name": "x" * 2_000_000}, attachments={}), actor=sender(), now=NOW)
    assert {path: one.code for path, one in receipt.errors.items()} == {"family_name": "too_long"}


def test_more_words_than_a_form_can_hold_are_refused_whole() -> None:
    with pytest.raises(RuleViolation) as refusal:
        receive(parcel(ADULT | {"notes": ["y" * 1000] * 2_000}, attachments={}), actor=sender(), now=NOW)
    assert refusal.value.status == 413
    assert stored() == 0


def test_the_row_tells_nothing_of_the_answers() -> None:
    sent = parcel()
    receive(sent, actor=sender(), now=NOW)
    row = db.session.get_one(Submission, sent.instance_id)
    written = " ".join(str(getattr(row, column.key)) for column in Submission.__table__.columns)
    assert "Zoukoumb" not in written
    assert "IMG_Awa" not in written
