"""The life of a consent: reminders before its end, the end, who comes of age, the copy, the words read aloud."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

import sop
from referral.cases.models import CaseTask
from referral.cases.rules import TaskKind
from referral.consent.actions import renewing
from referral.consent.models import Consent, ConsentState
from referral.consent.wording import CASE_FORMS, REFERRAL, SPECIFIC
from referral.extensions import db
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.rights.queries import withdrawals
from sop.texts import load_text
from sop.vocabulary import Need
from tests.builders import make_consent, make_user, tamper
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.rights.conftest import Office

SCRIPTS = sorted({*CASE_FORMS, REFERRAL, *(form for _purpose, form in SPECIFIC.values())})
TEXTS = Path(sop.__file__).parent / "library" / "cameroon" / "text"


def told() -> list[str]:
    query = select(OutboxMessage.template).where(OutboxMessage.template.like("consent_%"))
    return list(db.session.scalars(query.order_by(OutboxMessage.id)))


def test_the_case_manager_is_told_14_and_3_days_before_and_when_it_is_over_each_once(office: Office) -> None:
    office.manager.email = "g@example.cm"
    one = withdrawals.living(office.case)[0]
    tamper(one, valid_until=NOW.date() + timedelta(20))
    for other in db.session.scalars(select(Consent).where(Consent.id != one.id)):
        tamper(other, valid_until=NOW.date() + timedelta(900))
    db.session.commit()
    days = {day: renewing.remind(NOW + timedelta(days=day)) for day in range(25)}
    assert {day: count for day, count in days.items() if count} == {6: 1, 17: 1, 21: 1}
    assert told() == ["consent_ends", "consent_ends", "consent_over"]
    assert one.state is ConsentState.EXPIRED


def test_without_a_case_manager_who_works_the_supervisor_is_told_and_without_one_the_coordination(
    office: Office,
) -> None:
    coordinator = make_user(Role.COORDINATOR, None, "coordination")
    one = withdrawals.living(office.case)[0]
    for other in db.session.scalars(select(Consent)):
        tamper(other, valid_until=NOW.date() + timedelta(20 if other is one else 900))
    office.manager.active = False
    db.session.commit()
    assert renewing.remind(NOW + timedelta(days=6)) == 1
    office.case.manager, office.supervisor.active = None, False
    db.session.commit()
    assert renewing.remind(NOW + timedelta(days=17)) == 1
    office.manager.active = True
    office.case.manager = office.manager
    db.session.commit()
    assert renewing.remind(NOW + timedelta(days=21)) == 1
    query = select(OutboxMessage.recipient_id).where(OutboxMessage.template.in_(("consent_ends", "consent_over")))
    people = list(db.session.scalars(query.order_by(OutboxMessage.id)))
    assert people == [office.supervisor.id, coordinator.id, office.manager.id]


def test_who_was_a_minor_and_is_an_adult_now_is_asked_again_once(office: Office) -> None:
    one = withdrawals.living(office.case)[0]
    tamper(one, given_age=17)
    office.case.facts = {**office.case.facts, "age": 17, "age_band": "minor"}
    for other in db.session.scalars(select(Consent)):
        tamper(other, valid_until=NOW.date() + timedelta(900))
    db.session.commit()
    assert renewing.remind(NOW + timedelta(days=300)) == 0
    office.case.closed_at = NOW
    db.session.commit()
    assert renewing.remind(NOW + timedelta(days=366)) == 0
    office.case.closed_at = None
    db.session.commit()
    assert renewing.remind(NOW + timedelta(days=366)) == 1
    assert renewing.remind(NOW + timedelta(days=367)) == 0
    assert told() == ["consent_adult"]
    task = db.session.scalars(select(CaseTask).where(CaseTask.case_id == office.case.id)).one()
    assert (task.kind, task.done_at, (task.due_at - task.opened_at).days) == (TaskKind.ASK_ADULT, None, 14)
    make_consent(office.case, office.nurse.organization, Need.MED, actor=office.manager, given_age=17)
    assert task.done_at is None, "a consent given for a minor does not answer it"
    make_consent(office.case, office.nurse.organization, Need.MED, actor=office.manager, given_age=18)
    assert (task.done_at, task.done_by_id) == (NOW, office.manager.id)


def test_notices_of_consents_name_nobody(office: Office) -> None:
    one = withdrawals.living(office.case)[0]
    tamper(one, valid_until=NOW.date() + timedelta(3))
    db.session.commit()
    renewing.remind(NOW)
    found = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "consent_ends")).first()
    assert found is not None
    assert set(found.parameters) == {"case_code", "count"}


@pytest.mark.once
def test_every_form_that_asks_for_consent_is_among_those_whose_words_are_counted() -> None:
    assert {path.name.split(".")[0] for path in TEXTS.glob("F*_consent_*.md")} == set(SCRIPTS)


@pytest.mark.once
@pytest.mark.parametrize("code", [*SCRIPTS, "F01_information"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_read_aloud_has_at_most_420_words(code: str, language: str) -> None:
    text = load_text(code, language)
    words = " ".join([text.title, *(line for block in text.blocks for line in block.lines)]).split()
    assert 100 <= len(words) <= 420


@pytest.mark.parametrize(("lang", "words"), [("fr", "Vous pouvez le retirer"), ("en", "You may take it back")])
def test_the_copy_is_in_large_type_with_a_picture_a_sentence(
    office: Office, client: PageClient, lang: str, words: str
) -> None:
    one = withdrawals.living(office.case)[0]
    client.sign_in("gestionnaire")
    data = client.get(f"/cases/{office.case.id}/consents/{one.id}.pdf?lang={lang}").response.data
    document = pypdfium2.PdfDocument(BytesIO(data))
    whole = " ".join(page.get_textpage().get_text_bounded() for page in document)
    assert words in whole
    assert "Hôpital" in whole
    assert "Ngo Mbock" not in whole
