"""What is attached to a file that is erased goes with it, also while the person lives on in another file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from referral.cases.actions import opening
from referral.cases.rules import CaseState
from referral.extensions import db
from referral.foundation import sealing
from referral.identification.actions import start
from referral.identification.models import Attachment, SubmissionState
from referral.identification.rules import BASE_PURPOSE
from referral.rights.actions import erasing
from sop.vocabulary import Need
from tests.builders import make_attachment, make_case, make_consent, make_prefile
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.rights.conftest import Office


def attach(case: Any, author: Any) -> list[Any]:
    """A file of a form of the case under the form's key, and one under the person's, as of the identification."""
    form = start(actor=author, today=NOW.date(), now=NOW)
    form.state, form.case_id, form.submitted_at = SubmissionState.SUBMITTED, case.id, NOW
    db.session.flush()
    one, other = make_attachment(form.id), make_attachment(form.id, "bruise")
    hand_to(db.session.get_one(Attachment, other), case.person_id)
    return [one, other]


def hand_to(one: Attachment, person_id: Any) -> None:
    one.owner_id, one.blob = person_id, sealing.seal_bytes(person_id, f"attachment:{one.id}:C6", b"\xff\xd8\xffphoto")
    db.session.flush()


def left() -> set[Any]:
    return set(db.session.scalars(select(Attachment.id)))


def test_the_page_of_an_erased_file_shows_nothing_of_it_and_that_of_the_other_one_all(
    erasable: Office, client: PageClient
) -> None:
    gone, alive = make_case(erasable.manager), make_case(erasable.manager)
    alive.person_id = gone.person_id
    db.session.flush()
    lost, kept = attach(gone, erasable.manager), attach(alive, erasable.manager)
    for case in (gone, alive):
        make_consent(case, case.organization, Need.MED, actor=erasable.manager, purpose=BASE_PURPOSE)
    gone.state, gone.closed_at = CaseState.CLOSED, NOW
    db.session.commit()
    client.sign_in("gestionnaire")
    assert client.get(f"/cases/{gone.id}/files").html.count("/files/") == 2
    erasing.erase_file(gone, actor=erasable.officer, now=NOW, cause="REQUEST")
    db.session.commit()
    assert left() & {*lost, *kept} == set(kept)
    assert client.get(f"/cases/{gone.id}/files").status == 404, "there is no such page of an erased file"
    for one in (*lost, *kept):
        assert client.get(f"/cases/{gone.id}/files/{one}").status == 404
    assert client.get(f"/cases/{alive.id}/files").html.count("/files/") == 2
    for one in kept:
        assert client.get(f"/cases/{alive.id}/files/{one}").status == 200


def test_what_is_attached_to_a_file_that_was_refused_goes_although_the_person_has_another_one(office: Office) -> None:
    waiting, alive = make_prefile(office.manager, office.manager.organization), make_case(office.manager)
    lost, kept = attach(waiting, office.manager), attach(alive, office.manager)
    for one in (waiting, alive):
        one.person_id = office.case.person_id
    for one in (lost[1], kept[1]):
        hand_to(db.session.get_one(Attachment, one), office.case.person_id)
    opening.refuse(waiting, actor=office.manager, now=NOW)
    assert left() & {*lost, *kept} == set(kept)
