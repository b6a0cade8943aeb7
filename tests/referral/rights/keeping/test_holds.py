"""A legal hold stands alone: the data officer places it on a case, renews or lifts it, and the person is told."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from referral.cases.rules import CaseState
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.foundation.outbox import OutboxMessage
from referral.rights.actions import asking, erasing, holding, reminding, replaying, retaining
from referral.rights.hold_models import HoldStep, LegalHold
from referral.rights.holding import HoldMove, HoldReason
from referral.rights.models import RetentionReview
from referral.rights.rules import Requester, RequestKind, RequestState
from sop.vocabulary import Category
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.rights.conftest import Office
from tests.referral.rights.test_pages import sheet

DAY = timedelta(days=1)
LOOK = NOW.date() + 60 * DAY
ORDER = "Ordonnance 12/TGI/2026"
TYPED = {
    "reason": "court", "basis": ORDER, "words": "Le juge décide en mars.",
    "review-day": "22", "review-month": "1", "review-year": "2027",
}  # fmt: skip


def place(office: Office, *, silent: bool = False, until: date | None = None, basis: str = ORDER) -> LegalHold:
    made = holding.place(
        office.case, HoldReason.COURT, basis=basis, words="Le juge décide en mars.", until=until,
        review_on=min(LOOK, until or LOOK), silent=silent, actor=office.officer, now=NOW,
    )  # fmt: skip
    db.session.commit()
    return made


def sent(template: str) -> list[dict[str, Any]]:
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == template))
    return [one.parameters for one in rows]


def test_the_officer_places_renews_and_lifts_a_hold_and_each_move_stays(office: Office, client: PageClient) -> None:
    client.sign_in("donnees")
    client.get("/rights/holds")
    page = client.post("/rights/holds", {"code": office.case.code.lower(), **TYPED})
    assert page.status == 200
    one = db.session.scalars(select(LegalHold)).one()
    assert page.url == f"/rights/holds/{one.id}"
    assert "Le juge décide en mars." in page.text
    db.session.refresh(office.case)
    assert office.case.legal_hold is True
    assert client.post(f"/rights/holds/{one.id}/renew", TYPED | {"words": ""}).status == 422
    client.post(f"/rights/holds/{one.id}/renew", TYPED | {"words": "Renvoyé.", "review-month": "3"})
    db.session.refresh(one)
    assert one.review_on == date(2027, 3, 22)
    assert client.post(f"/rights/holds/{one.id}/lift", {"why": " "}).status == 422
    client.get(f"/rights/holds/{one.id}")
    client.post(f"/rights/holds/{one.id}/lift", {"why": "Jugé."})
    db.session.refresh(office.case)
    assert office.case.legal_hold is False
    moves = db.session.scalars(select(HoldStep.move).order_by(HoldStep.id))
    assert sorted(moves) == [HoldMove.LIFTED, HoldMove.PLACED, HoldMove.RENEWED]
    acts = set(db.session.scalars(select(AuditLine.action).where(AuditLine.case_id == office.case.id)))
    assert {"hold.placed", "hold.renewed", "hold.lifted", "hold.read"} <= acts
    assert not any(b"Jug" in one for one in db.session.scalars(select(HoldStep.sealed)) if one)


@pytest.mark.once
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "CM-XX-0000-00000"}, "code"), ({"reason": ""}, "reason"), ({"basis": ""}, "basis"),
        ({"review-year": "2026"}, "review"), ({"review-year": "2029"}, "review"),
        ({"until-day": "1", "until-month": "1", "until-year": "2027"}, "review"),
        ({"until-day": "31", "until-month": "2", "until-year": "2027"}, "until"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_place(
    office: Office, client: PageClient, wrong: dict[str, str], field: str
) -> None:
    client.sign_in("donnees")
    client.get("/rights/holds")
    page = client.post("/rights/holds", {"code": office.case.code, **TYPED, **wrong})
    assert page.status == 422
    assert any(one.get("id") == f"f-{field}-error" for one in page.tree.iter("p"))
    assert db.session.scalars(select(LegalHold)).all() == []


def test_a_hold_keeps_the_file_from_page_and_clock_and_says_so(erasable: Office, client: PageClient) -> None:
    review = RetentionReview(
        case_id=erasable.case.id, categories=["C2"], whole=True, due_on=NOW.date(), proposed_at=NOW
    )
    db.session.add(review)
    one = place(erasable)
    later = NOW + 4_000 * DAY
    assert retaining.propose(later) == 0
    client.sign_in("donnees")
    client.get(f"/rights/retention/{review.id}")
    page = client.post(f"/rights/retention/{review.id}", {"do": "erase"})
    assert page.status == 422
    assert "interdit" in page.text
    assert erasable.case.erased_at is None
    holding.lift(one, "Jugé.", actor=erasable.officer, now=NOW)
    erasing.erase_file(erasable.case, actor=erasable.officer, now=NOW, cause="REQUEST")
    assert set(db.session.scalars(select(HoldStep.sealed))) == {None}


def test_a_request_to_erase_waits_until_the_last_hold_is_lifted(office: Office) -> None:
    office.close()
    request = asking.ask(
        office.case, RequestKind.ERASURE, requester=Requester.PERSON, received_on=NOW.date(), words="",
        actor=office.manager, now=NOW,
    )  # fmt: skip
    first, second = place(office), place(office, basis="Loi 2024/017, art. 12")
    assert request.state is RequestState.HELD
    holding.lift(first, "Jugé.", actor=office.officer, now=NOW)
    assert (request.state, office.case.legal_hold) == (RequestState.HELD, True)
    holding.lift(second, "Abrogée.", actor=office.officer, now=NOW)
    assert (request.state, office.case.legal_hold) == (RequestState.OPEN, False)
    with pytest.raises(RuleViolation):
        holding.renew(first, "Encore.", until=None, review_on=LOOK, actor=office.officer, now=NOW)


def test_one_reference_stands_once_on_a_file_and_an_erased_file_takes_none(office: Office) -> None:
    place(office)
    with pytest.raises(RuleViolation) as twice:
        place(office, basis=ORDER.upper())
    assert twice.value.message.code == "hold_same"
    office.case.erased_at = NOW
    with pytest.raises(RuleViolation) as gone:
        place(office, basis="Autre")
    assert gone.value.message.code == "A3"


def test_the_officer_is_reminded_before_and_after_the_day_and_the_last_day_ends_it(office: Office) -> None:
    one = place(office, until=NOW.date() + 30 * DAY)
    assert sent("hold_due") == []
    for days, times in ((24, 0), (26, 1), (28, 1)):
        reminding.remind(NOW + days * DAY)
        assert len(sent("hold_due")) == times, days
    assert holding.lapse(NOW + 30 * DAY) == 0
    assert holding.lapse(NOW + 31 * DAY) == 1
    assert sent("hold_over") == [{"case_code": office.case.code}]
    assert (one.ended_at is None, office.case.legal_hold) == (False, False)
    assert holding.lapse(NOW + 32 * DAY) == 0


def test_the_persons_file_says_that_and_why_it_is_kept_unless_the_order_forbids(
    office: Office, client: PageClient
) -> None:
    place(office)
    place(office, basis="Ordonnance secrète", silent=True)
    client.sign_in("gestionnaire")
    page = sheet(client, office)
    kept = next(one for one in page.tree.iter("section") if one.get("id") == "kept").text
    assert "Un juge ou un procureur" in kept
    assert ORDER in kept
    assert "secrète" not in page.text
    seen = next(one for one in page.tree.iter("section") if one.get("id") == "seen").text
    assert seen.count("a mis le dossier sous conservation légale") == 1, "the secret one is not told of here either"
    team = client.get(f"/cases/{office.case.id}/rights")
    assert "interdit d’en informer la personne" in team.text


def test_a_refusal_of_base_consent_erases_once_the_hold_ends(erasable: Office) -> None:
    one = place(erasable)
    erasable.case.state = CaseState.DECLINED
    holding.lift(one, "Jugé.", actor=erasable.officer, now=NOW)
    assert erasable.case.erased_at == NOW
    assert set(sealing.held(erasable.case.person_id, erasable.case.id)) == set()


def test_a_ledger_does_not_destroy_what_a_hold_keeps_and_a_replay_ends_a_hold_on_nothing(
    office: Office, tmp_path: Path
) -> None:
    one = place(office)
    url = f"sqlite:///{tmp_path / 'before.sqlite'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE erasure (owner_id CHAR(32))")
        connection.execute(sealing.Erasure.__table__.insert().values(owner_id=office.case.person_id))
    engine.dispose()
    found = replaying.destroy_listed(url, now=NOW)
    assert found == replaying.Listed(0, (office.case.code,))
    assert sealing.read(office.case.person_id, [Category.C2]) != {}
    assert holding.overtake(office.case, now=NOW) == 1
    assert (one.ended_at, office.case.legal_hold) == (NOW, False)
