"""What left a file is listed at its erasure, by day, kind and holder; the list stays in the ledger and names nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from referral.cases.models import Case
from referral.cases.queries import accesses
from referral.consent import acts
from referral.extensions import db
from referral.foundation import audit, sealing
from referral.referrals.models import Referral
from referral.rights.actions import erasing, replaying
from referral.rights.handing import NOT_OF_A_FILE, PRINTS, DocumentKind, Holder
from referral.rights.models import HandedOut, RightsRequest
from referral.rights.queries import handed
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.rights.conftest import Office
from tests.referral.rights.test_pages import ask, pdf_text, sheet


@pytest.mark.once
def test_every_act_that_prints_has_its_document() -> None:
    known = {*accesses.ACTS, *acts.ACTS}
    printing = {one for one in known if one.rpartition(".")[2] in ("print", "copy", "letter")}
    assert printing == PRINTS.keys() | NOT_OF_A_FILE


def test_the_page_the_confirmation_and_the_proof_list_what_left_and_the_ledger_keeps_it(
    office: Office, client: PageClient
) -> None:
    client.sign_in("gestionnaire")
    for way in ("paper", "paper"):
        sheet(client, office, way=way)
    client.get(f"/referrals/{office.referral.id}/slip.pdf")
    audit.record("order.print", actor=office.manager, now=NOW, case_id=office.case.id)
    audit.record("case.form.print", actor=office.manager, now=NOW, case_id=office.case.id)
    office.close()
    db.session.commit()
    ask(client, office, "erasure")
    one = db.session.scalars(select(RightsRequest)).one()
    client.sign_in("donnees")
    before = client.get(f"/rights/requests/{one.id}")
    after = client.post(f"/rights/requests/{one.id}", {"do": "grant"})
    proof = pdf_text(client.get(f"/rights/requests/{one.id}/proof.pdf?lang=fr").response.data)
    told = (
        "référencement lu à l’écran", "fiche de référencement", "copie du dossier entier (2)", "Hôpital", "la personne",
        "réponse à un ordre de la loi", "l’autorité qui a demandé", "formulaire rempli", "Équipe", "23 nov. 2026",
    )  # fmt: skip
    for words in (before.text, after.text, " ".join(proof.split())):
        assert [part for part in told if part not in words] == []
    kept = {(row.kind, row.holder, row.organization, row.times) for row in db.session.scalars(select(HandedOut))}
    assert kept == {
        (DocumentKind.REFERRAL, Holder.SERVICE, "Hôpital", 1),
        (DocumentKind.SLIP, Holder.SERVICE, "Hôpital", 1),
        (DocumentKind.OWN_FILE, Holder.PERSON, "", 2),
        (DocumentKind.ORDER_ANSWER, Holder.AUTHORITY, "", 1),
        (DocumentKind.CASE_FORM, Holder.TEAM, "Équipe", 1),
    }
    db.session.execute(update(Referral).values(sent_at=None))
    db.session.commit()
    assert len(handed.documents_of(db.session.get_one(Case, office.case.id))) == 5, "the ledger stands by itself"
    assert client.get(f"/rights/erased/{office.case.id}").status == 200


def test_a_replay_after_a_restore_writes_the_list_again_once(office: Office) -> None:
    office.close()
    db.session.flush()
    erasing.erase_file(office.case, actor=office.officer, now=NOW, cause="REQUEST")
    db.session.commit()
    sealing.complete_erasures(NOW)
    db.session.execute(delete(HandedOut))
    office.case.erased_at = None
    db.session.commit()
    for _ in range(2):
        replaying.replay(NOW + timedelta(1))
    assert [row.kind for row in db.session.scalars(select(HandedOut))] == [DocumentKind.REFERRAL]
