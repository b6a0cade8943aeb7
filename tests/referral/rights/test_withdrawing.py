"""Withdrawal: access ends in the same second, referrals are recalled, recipients are told, confirm, and are chased."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from referral.cases.models import CaseTask
from referral.cases.rules import TaskKind
from referral.consent.actions import decide_and_register, marking
from referral.consent.mark_models import MarkWay
from referral.consent.mark_schemas import Mark
from referral.consent.models import Consent, ConsentState
from referral.consent.queries.consents import names_of
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.media import Media
from referral.foundation.outbox import OutboxMessage
from referral.referrals.actions import answering
from referral.referrals.rules import ReferralAction, ReferralState
from referral.rights.actions import stopping, withdrawing
from referral.rights.models import StopNotice
from referral.rights.queries import withdrawals as queries
from referral.rights.stopping import Channel, StopAnswer, StopWay
from referral.statistics import queries as statistics
from referral.statistics.quarters import Quarter
from sop.vocabulary import Category, Need
from tests.builders import make_consent, make_organization, make_user
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.rights.conftest import Office
from tests.referral.rights.test_pages import made_link, pdf_text


def consent(office: Office) -> Consent:
    return queries.living(office.case)[0]


def code(office: Office) -> str:
    """The code of the decision on the referral, as the nurse would get it now."""
    stamp = {"viewer": office.nurse, "action": "view", "actor": office.nurse, "now": NOW + timedelta(minutes=1)}
    _, decision = decide_and_register(office.referral, **stamp)
    return decision.code


def withdraw(office: Office, *categories: Category) -> None:
    one = consent(office)
    taken = categories or tuple(Category(code) for code in one.categories)
    withdrawing.withdraw(
        office.case, {one.id: taken}, channel=Channel.DESK, actor=office.manager, by_person=False, now=NOW
    )
    db.session.commit()


def test_access_ends_with_the_withdrawal_and_the_referral_is_recalled(office: Office) -> None:
    assert code(office) in ("F0", "F5")
    withdraw(office)
    assert code(office) == "S2"
    assert office.referral.state is ReferralState.RECALLED


def test_a_service_that_had_begun_ends_as_declined_by_the_person(office: Office) -> None:
    for action in (ReferralAction.ACCEPT, ReferralAction.START):
        answering.act(office.referral, action, actor=office.nurse, now=NOW)
    withdraw(office)
    assert office.referral.state is ReferralState.CLIENT_DECLINED


def test_a_partial_withdrawal_leaves_a_narrower_revision_and_the_referral_alive(office: Office) -> None:
    before = consent(office)
    withdraw(office, Category.C6)
    after = consent(office)
    assert (before.state, after.state) == (ConsentState.SUPERSEDED, ConsentState.GIVEN)
    assert set(before.categories) - set(after.categories) == {"C6"}
    assert (after.text_hash, after.valid_until, after.mark) == (before.text_hash, before.valid_until, before.mark)
    assert office.referral.state is ReferralState.SENT
    stop = db.session.scalars(select(StopNotice)).one()
    assert (stop.whole, stop.categories) == (False, ["C6"])
    _, decision = decide_and_register(
        office.referral, viewer=office.nurse, action="view", actor=office.nurse, now=NOW + timedelta(minutes=1)
    )
    assert Category.C6 not in decision.visible


def test_what_stays_in_force_shows_the_same_mark_and_the_same_names(office: Office) -> None:
    names = {"witness": "Awa Ndong", "interpreter_name": "Jean Mba"}
    kept = marking.keep(office.case, Mark(MarkWay.SHEET, Media("image/png", b"signed")), now=NOW)
    make_consent(office.case, office.nurse.organization, Need.MED, actor=office.manager, names=names, **kept)
    withdraw(office, Category.C6)
    after = consent(office)
    assert "C6" not in after.categories
    assert marking.read(after, actor=office.manager, now=NOW) == b"signed"
    assert names_of(after) == names


def test_nothing_is_withdrawn_twice(office: Office) -> None:
    one = consent(office)
    withdraw(office)
    with pytest.raises(RuleViolation):
        withdrawing.withdraw(
            office.case, {one.id: (Category.C1,)}, channel=Channel.DESK, actor=office.manager, by_person=False, now=NOW
        )


def test_the_recipient_is_told_by_code_and_chased_twice_then_called_and_the_data_officer_told_every_week(
    office: Office,
) -> None:
    office.officer.email = "donnees@example.cm"
    withdraw(office)
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "consent_stopped")).all()
    assert [(one.recipient_id, one.parameters) for one in told] == [(office.nurse.id, {"case_code": office.case.code})]
    chased = {day: stopping.chase(NOW + timedelta(days=day)) for day in range(1, 40)}
    assert {day: count for day, count in chased.items() if count} == {7: 1, 15: 2, 22: 1, 29: 1, 36: 1}
    task = db.session.scalars(select(CaseTask)).one()
    assert (task.kind, task.opened_at) == (TaskKind.STOP_CALL, NOW + timedelta(days=15))
    assert [one.recipient.name for one in queries.overdue_stops(office.officer, NOW.date() + timedelta(15))] == [
        "Hôpital"
    ]


def test_a_recipient_without_an_account_gets_a_letter_and_the_team_records_who_answered_for_it(
    office: Office, client: PageClient
) -> None:
    office.nurse.active = False
    withdraw(office)
    stop = db.session.scalars(select(StopNotice)).one()
    task = db.session.scalars(select(CaseTask)).one()
    assert (task.kind, task.done_at) == (TaskKind.STOP_CALL, None)
    client.sign_in("gestionnaire")
    address = f"/cases/{office.case.id}/stops/{stop.id}"
    assert address in client.get(f"/cases/{office.case.id}/rights").html
    letter = pdf_text(client.get(f"{address}.pdf?lang=en").response.data)
    assert "please stop" in letter
    assert office.case.code in letter
    assert "Ngo Mbock" not in letter
    said = {"answer": "erased", "said_by": "Mme Fouda, major", "said_how": "phone"}
    day = {"said_on-day": "1", "said_on-month": "1", "said_on-year": "2026"}
    client.get(address)
    assert client.post(address, said | day).status == 422, "before the recipient was told"
    day = {"said_on-day": str(NOW.day), "said_on-month": str(NOW.month), "said_on-year": str(NOW.year)}
    done = client.post(address, said | day)
    assert "noté par l’équipe du dossier : Mme Fouda, major, par téléphone" in done.text.replace("\xa0", " ")
    db.session.expire_all()
    assert (stop.answer, stop.answered_by_id) == (StopAnswer.ERASED, office.manager.id)
    assert task.done_at is not None
    assert "stop.record" in set(db.session.scalars(select(AuditLine.action)))


def test_who_has_an_account_confirms_by_itself_until_its_day_is_past(office: Office) -> None:
    withdraw(office)
    stop = db.session.scalars(select(StopNotice)).one()
    said = {"said_by": "Major", "said_how": StopWay.PHONE, "said_on": NOW.date(), "actor": office.manager}
    with pytest.raises(RuleViolation):
        stopping.record_stop(stop, StopAnswer.ERASED, "", now=NOW + timedelta(days=14), **said)
    stopping.record_stop(stop, StopAnswer.ERASED, "", now=NOW + timedelta(days=15), **said)


def test_a_first_responder_s_organisation_is_told_answers_and_has_the_page_in_its_menu_only_then(
    office: Office, client: PageClient
) -> None:
    police = make_organization("Police")
    make_user(Role.FIRST_RESPONDER, police, "agent")
    one = make_consent(office.case, police, Need.MED, actor=office.manager, purpose="case_management")
    db.session.commit()
    client.sign_in("agent")
    assert "/stops" not in client.get("/account").links.values()
    withdrawing.withdraw(
        office.case, {one.id: (Category.C1, Category.C2, Category.C6)}, channel=Channel.DESK, actor=office.manager,
        by_person=False, now=NOW,
    )  # fmt: skip
    db.session.commit()
    assert "/stops" in client.get("/account").links.values()
    page = client.get("/stops")
    assert office.case.code in page.text
    stop = db.session.scalars(select(StopNotice)).one()
    client.post(f"/stops/{stop.id}", {"answer": "returned"})
    db.session.expire_all()
    assert stop.answer is StopAnswer.RETURNED


def test_a_confirmation_ends_the_chase(office: Office) -> None:
    withdraw(office)
    stop = db.session.scalars(select(StopNotice)).one()
    stopping.confirm_stop(stop, StopAnswer.ERASED, "", actor=office.nurse, now=NOW + timedelta(days=1))
    db.session.commit()
    assert sum(stopping.chase(NOW + timedelta(days=day)) for day in range(1, 40)) == 0
    with pytest.raises(RuleViolation):
        stopping.confirm_stop(stop, StopAnswer.RETURNED, "", actor=office.nurse, now=NOW)


def test_figures_are_unaffected(office: Office) -> None:
    from referral.foundation import clock

    quarter = Quarter(2026, 4)
    before = statistics.count(quarter, clock.zone())
    withdraw(office)
    after = statistics.count(quarter, clock.zone())
    assert (after.persons, after.cases, after.needs) == (before.persons, before.cases, before.needs)


def test_the_page_asks_for_a_call_back_and_keeps_what_was_ticked(office: Office, client: PageClient) -> None:
    one = consent(office)
    client.sign_in("gestionnaire")
    client.get(f"/cases/{office.case.id}/withdraw")
    wrong = client.post(f"/cases/{office.case.id}/withdraw", {f"c-{one.id}": "all", "channel": "phone"})
    assert wrong.status == 422
    assert "Rappelez d’abord" in wrong.text
    assert wrong.form("channel").fields["channel"] == "phone"
    nothing = client.post(f"/cases/{office.case.id}/withdraw", {"channel": "desk"})
    assert "Choisissez ce qui est retiré" in nothing.text
    done = client.post(f"/cases/{office.case.id}/withdraw", {f"c-{one.id}": "all", "channel": "phone", "called": "yes"})
    assert "Retrait enregistré" in done.text
    db.session.expire_all()
    assert one.state is ConsentState.WITHDRAWN


@pytest.mark.parametrize(("lang", "words"), [("fr", "Vous avez retiré"), ("en", "You took back")])
def test_the_proof_names_who_was_told_and_by_when_they_confirm(
    office: Office, client: PageClient, lang: str, words: str
) -> None:
    withdraw(office)
    one = queries.withdrawals_of(office.case.id)[0]
    client.sign_in("gestionnaire")
    data = client.get(f"/cases/{office.case.id}/withdrawals/{one.id}.pdf?lang={lang}").response.data
    whole = " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))
    for part in (words, "Hôpital", office.case.code):
        assert part in whole, part
    assert "Ngo Mbock" not in whole


def test_the_person_takes_back_by_the_link_and_the_trail_names_no_user(
    office: Office, client: PageClient, app: object
) -> None:
    address, digits = made_link(client, office)
    one = consent(office)
    person = PageClient(app)  # type: ignore[arg-type]
    person.get(address)
    person.post(address, {"code": digits})
    wrong = person.post(f"{address}/withdraw", {"code": "999999" if digits != "999999" else "1", f"c-{one.id}": "all"})
    assert wrong.status == 422
    db.session.expire_all()
    assert one.state is ConsentState.GIVEN, "a wrong code takes nothing back"
    done = person.post(f"{address}/withdraw", {"code": digits, f"c-{one.id}": "all"})
    assert "Votre consentement est retiré" in done.text
    db.session.expire_all()
    assert one.state is ConsentState.WITHDRAWN
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "consent.withdraw")).one()
    assert (line.actor_id, line.code) == (None, "LINK")


def test_by_the_link_a_part_is_taken_back_too_and_the_proof_is_kept(
    office: Office, client: PageClient, app: object
) -> None:
    address, digits = made_link(client, office)
    one = consent(office)
    person = PageClient(app)  # type: ignore[arg-type]
    person.get(address)
    file = person.post(address, {"code": digits})
    assert "C6" in {box.get("value") for box in file.tree.iter("input") if box.get("name") == f"c-{one.id}"}
    person.post(f"{address}/withdraw", {"code": digits, f"c-{one.id}": "C6"})
    assert set(one.categories) - set(consent(office).categories) == {"C6"}
    made = queries.withdrawals_of(office.case.id)[0]
    proof = f"{address}/withdrawals/{made.id}.pdf"
    assert person.post(proof, {"code": "no code"}).status == 422
    data = person.post(proof, {"code": digits}).response.data
    assert "Vous avez retiré" in pdf_text(data)
    person.get(address)
    assert "Solange" in pdf_text(person.post(f"{address}/file.pdf", {"code": digits}).response.data)


def test_a_recipient_sees_its_own_stops_only_and_names_the_law_it_keeps_by(office: Office, client: PageClient) -> None:
    withdraw(office)
    stop = db.session.scalars(select(StopNotice)).one()
    client.sign_in("ailleurs")
    assert office.case.code not in client.get("/stops").html
    assert client.post(f"/stops/{stop.id}", {"answer": "erased"}).status == 404
    client.sign_in("soignante")
    page = client.get("/stops")
    assert office.case.code in page.text
    assert "Ngo Mbock" not in page.html
    vague = client.post(f"/stops/{stop.id}", {"answer": "law"})
    assert vague.status == 422
    client.post(f"/stops/{stop.id}", {"answer": "law", "law": "Code de la santé"})
    db.session.expire_all()
    assert stop.answer is StopAnswer.LAW
    assert "Rien n’est à détruire" in client.get("/stops").text
