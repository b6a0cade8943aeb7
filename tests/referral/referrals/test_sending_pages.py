"""The sender's walk through the pages: choose, ask, look, send, follow; and every way in which it must stop."""

import json
import re
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
import segno
from sqlalchemy import delete, func, select

from referral.cases.models import Case
from referral.cases.queries.progress import state_of
from referral.consent.actions.translating import record_review
from referral.consent.models import Consent, ConsentState, DecisionRecord
from referral.consent.queries import translations
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.partners.models import Agreement, Organization, User
from referral.partners.rules import AgreementState, OrganizationKind
from referral.providers.actions.suspending import suspend
from referral.providers.models import ServiceStaff
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralState
from sop.vocabulary import Category, Need
from tests.builders import make_agreement, make_organization, make_planned_case, make_service, make_user, tamper
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.signing_in import sign_in

NAME, FIRST, PHONE, ROUTE, ACT = "Ngo Mbock", "Solange", "+237 000 12 34 56", "Agadez, Tripoli", "recruited"
AGREES = {
    "choice": "consent",
    "categories": ["C1", "C2", "C6"],
    "valid_until-day": "23",
    "valid_until-month": "5",
    "valid_until-year": "2027",
    "language": "fra",
    "understood": "yes",
    "free": "yes",
    "mark": "signature",
}


@pytest.fixture
def walk(app):
    """A planned case with one need, and a hospital with an agreement and listed staff; ids only."""
    with app.app_context():
        holder, hospital = make_organization(), make_organization(kind=OrganizationKind.HEALTH)
        manager = make_user(Role.CASE_MANAGER, holder, "manager@example.org")
        make_user(Role.CASE_MANAGER, holder, "colleague@example.org")
        make_user(Role.SUPERVISOR, holder, "supervisor@example.org")
        nurse = make_user(Role.PROVIDER, hospital, "nurse@example.org")
        case = make_planned_case(manager, Need.MED)
        place = make_service(hospital, Need.MED, staff=(nurse,))
        make_agreement(holder, hospital, Need.MED)
        db.session.commit()
        return {"case": case.id, "code": case.code, "place": place.id, "hospital": hospital.id}


@pytest.fixture
def manager(app, walk):
    client = PageClient(app)
    sign_in(client, "manager@example.org")
    return client


def choose(client, walk, need="MED"):
    """Choose the service; the address of its referral."""
    client.get(f"/cases/{walk['case']}/needs/{need}/services?show=excluded")
    page = client.post(f"/cases/{walk['case']}/needs/{need}/services", {"service": str(walk["place"])})
    assert page.status == 200, page.text
    return re.search(r"/referrals/[0-9a-f-]{36}", page.url).group()


def agree(client, address, **changes):
    """Record the person's answer."""
    client.get(f"{address}/consent")
    version = client.page.form("choice").fields["version"]
    values = {**AGREES, "version": version, **changes}
    return client.post(f"{address}/consent", {name: value for name, value in values.items() if value is not None})


def send(client, address):
    """Send from the preview as it is shown now."""
    client.get(f"{address}/preview")
    return client.submit("/send")


def referral(app):
    with app.app_context():
        return db.session.scalars(select(Referral)).one()


def steps(app, walk):
    """The steps on which the need stands."""

    with app.app_context():
        case = db.session.get(Case, walk["case"])
        return [step for step, need in state_of(case).active if need]


def test_the_walk_sends_what_was_agreed_and_tells_the_staff_by_code(app, manager, walk):
    address = choose(manager, walk)
    page = agree(manager, address)
    assert page.url.endswith("/preview")
    assert page.status == 200
    assert NAME in page.text
    assert PHONE in page.text
    assert ROUTE not in page.text
    assert ACT not in page.text
    page = manager.submit("/send")
    assert page.url == address, page.text
    sent = referral(app)
    assert (sent.state, sent.categories, sent.sent_at is not None) == (ReferralState.SENT, ["C1", "C2", "C6"], True)
    assert steps(app, walk) == ["W01"]
    with app.app_context():
        notices = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "referral_received")).all()
        assert [(one.address, one.parameters) for one in notices] == [
            ("nurse@example.org", {"case_code": walk["code"], "reference": sent.reference})
        ]


def test_the_choice_says_why_and_counts(manager, walk):
    page = manager.get(f"/cases/{walk['case']}/needs/MED/services")
    assert page.title == "Choisir un service"
    assert "protocole d’accord en vigueur" in page.text
    assert NAME not in page.html


def test_nobody_is_advised_to_choose_a_service_that_data_may_not_go_to(app, manager, walk):
    with app.app_context():
        for number in range(6):
            clinic = make_organization(f"Dispensaire {number}", kind=OrganizationKind.HEALTH)
            make_service(clinic, Need.MED, name=f"Soins sans protocole {number}")
        db.session.commit()
    page = manager.get(f"/cases/{walk['case']}/needs/MED/services")
    assert page.text.index("Consultations (démonstration)") < page.text.index("Soins sans protocole")
    assert page.form("service").fields["service"] == str(walk["place"])


def test_a_service_of_another_region_is_ruled_out_by_the_name_of_its_region(app, manager, walk):
    with app.app_context():
        far = make_service(make_organization(kind=OrganizationKind.HEALTH), Need.MED, name="Soins d’ailleurs")
        far.areas = ["CM010"]
        db.session.commit()
    page = manager.get(f"/cases/{walk['case']}/needs/MED/services?show=excluded")
    assert "ne couvre pas ce lieu ; couvre : Sud-Ouest" in page.text
    assert "CM010" not in page.text


def decided(app):
    """The codes in the register."""
    with app.app_context():
        return set(db.session.scalars(select(DecisionRecord.code)))


def change(app, model, **values):
    with app.app_context():
        for row in db.session.scalars(select(model)):
            tamper(row, **values)
        db.session.commit()


def answer_everything(manager, walk, **changes):
    address = choose(manager, walk)
    agree(manager, address, **changes)
    return address


def test_records_of_the_case_team_beside_the_answers_do_not_cross(app, manager, walk):
    address = answer_everything(manager, walk)
    with app.app_context():
        case = db.session.get(Case, walk["case"])
        kept = {"outside_emergency": {"authority": "Poste du port", "reason": "fuite"}}
        sealing.seal(case.id, Category.C6, kept, now=NOW)
        db.session.commit()
    page = manager.get(f"{address}/preview")
    assert "outside_emergency" not in page.text
    assert "Poste du port" not in page.text
    assert "fuite" not in page.text


BEFORE_SENDING = {
    "consent withdrawn": (Consent, {"state": ConsentState.WITHDRAWN}, "S2"),
    "consent expired": (Consent, {"valid_until": date(2026, 11, 22)}, "S3"),
    "consent was not free": (Consent, {"conditional": True}, "S14"),
    "agreement suspended": (Agreement, {"state": AgreementState.SUSPENDED}, "M3"),
    "agreement over": (Agreement, {"effective_until": date(2026, 11, 22)}, "M2"),
    "agreement for another purpose": (Agreement, {"purposes": ["referral:PSY"]}, "M5"),
    "undertaking not signed": (User, {"undertaking_on": None}, "A1"),
}


@pytest.mark.parametrize("name", BEFORE_SENDING)
def test_what_changed_after_the_preview_stops_the_sending(app, manager, walk, name):
    model, values, code = BEFORE_SENDING[name]
    address = answer_everything(manager, walk)
    manager.get(f"{address}/preview")
    change(app, model, **values)
    page = manager.submit("/send")
    assert page.url.endswith("/preview")
    assert "Rien n’a été envoyé" in page.text
    assert not [form for form in page.forms if form.action.endswith("/send")], "a send button in spite of the denial"
    assert NAME not in page.text
    assert referral(app).state is ReferralState.DRAFT
    assert steps(app, walk) == ["D09"]
    with app.app_context():
        codes = db.session.scalars(select(DecisionRecord.code).where(DecisionRecord.action == "send")).all()
        assert codes == [code]
        assert not db.session.scalar(
            select(func.count()).where(
                OutboxMessage.template == "referral_received", OutboxMessage.recipient_id is not None
            )
        )


def test_nobody_listed_on_the_service_shuts_the_role_lock(app, manager, walk):

    address = answer_everything(manager, walk)
    with app.app_context():
        db.session.execute(delete(ServiceStaff))
        db.session.commit()
    page = manager.get(f"{address}/preview")
    assert "F4" in decided(app)
    assert "envoi impossible" in page.text


def test_the_minimum_refused_is_not_sent_and_leads_back_to_asking(app, manager, walk):
    address = answer_everything(manager, walk, categories=["C1", "C2"])
    page = manager.get(f"{address}/preview")
    assert "sans Santé physique, ce service ne peut pas aider" in page.text
    assert NAME not in page.text
    assert "F5" in decided(app)
    page = agree(manager, address)
    assert "envoi possible" in page.text


def test_more_than_the_agreement_covers_is_sent_without_it(app, manager, walk):
    address = answer_everything(manager, walk, categories=["C1", "C2", "C4", "C6"])
    page = send(manager, address)
    assert page.url == address
    sent = referral(app)
    assert sent.categories == ["C1", "C2", "C6"]
    assert (ROUTE not in page.text and "non couvert par le protocole" in page.text) or "C4" not in sent.categories


def test_a_form_sent_twice_sends_once(app, manager, walk):
    address = answer_everything(manager, walk)
    manager.get(f"{address}/preview")
    form = manager.page.form("/send")
    for _ in range(2):
        page = manager.post(form.action, form.fields)
        assert page.url == address
    with app.app_context():
        assert db.session.scalar(select(func.count(OutboxMessage.id))) == 2  # the assignment of the case, the referral
        assert db.session.scalar(select(func.count()).where(DecisionRecord.action == "send")) == 1


def test_a_stale_preview_sends_nothing(app, manager, walk):
    address = answer_everything(manager, walk)
    manager.get(f"{address}/preview")
    change(app, Referral, version=Referral.version + 1)
    assert manager.submit("/send").status == 409
    assert referral(app).state is ReferralState.DRAFT


def text_of(content):
    document = pypdfium2.PdfDocument(BytesIO(content))
    return len(document), "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_slip_holds_what_may_cross_and_nothing_else(app, manager, walk):
    address = answer_everything(manager, walk)
    send(manager, address)
    answer = manager.client.get(f"{address}/slip.pdf?lang=fr")
    pages, text = text_of(answer.data)
    sent = referral(app)
    assert (answer.status_code, pages) == (200, 1)
    for word in (sent.reference, walk["code"], NAME, FIRST, PHONE, "Santé physique", "Accusé de réception"):
        assert word in text, word
    for word in (ROUTE, ACT, "Traite", "Parcours", "Âge", "Lieu de vie"):
        assert word not in text, word
    assert NAME.encode() not in answer.data
    assert "no-store" in answer.headers["Cache-Control"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(AuditLine.action == "referral.print")) == 1


def test_the_slips_code_is_the_reference_and_nothing_more(app, manager, walk):
    address = answer_everything(manager, walk)
    send(manager, address)
    content = manager.client.get(f"{address}/slip.pdf").data
    image = pypdfium2.PdfDocument(BytesIO(content))[0].render(scale=4).to_pil().convert("L")
    corner = image.crop((image.width - 420, 300, image.width, 660)).point(lambda value: 255 if value < 40 else 0)
    left, top, right, _ = corner.getbbox()
    code = segno.make(referral(app).reference, error="m", micro=False, boost_error=False)
    matrix = [list(row) for row in code.matrix]
    unit = (right - left) / len(matrix)
    centres = [(number + 0.5) * unit for number in range(len(matrix))]
    assert [[int(corner.getpixel((int(left + x), int(top + y))) > 0) for x in centres] for y in centres] == matrix


def test_the_slip_ends_with_the_consent(app, manager, walk):
    address = answer_everything(manager, walk)
    send(manager, address)
    change(app, Consent, state=ConsentState.WITHDRAWN)
    assert manager.client.get(f"{address}/slip.pdf").status_code == 404
    page = manager.get(address)
    assert NAME not in page.text
    assert "a retiré" in page.text


def test_an_unsafe_number_never_crosses(app, walk, manager):

    with app.app_context():
        case = db.session.get(Case, walk["case"])
        words = {"family_name": NAME, "phone": PHONE, "phone_safe": "unknown"}
        sealing.seal(case.person_id, Category.C2, words, now=NOW)
        db.session.commit()
    address = answer_everything(manager, walk)
    page = manager.get(f"{address}/preview")
    assert NAME in page.text
    assert PHONE not in page.text
    assert "N’appelez pas la personne" in page.text


def test_the_consent_form_prints_empty_and_filled(manager, walk):
    address = choose(manager, walk)
    pages, text = text_of(manager.client.get(f"{address}/consent-form.pdf?lang=en").data)
    assert pages == 1
    assert "Your agreement for this service" in text
    assert "wording" in text
    assert NAME not in text
    agree(manager, address)
    pages, text = text_of(manager.client.get(f"{address}/consent-form.pdf?lang=fr").data)
    assert pages == 1
    assert "23 mai 2027" in text
    assert "français" in text
    assert NAME not in text


WRONG = {
    "no answer": ({"choice": None}, "Dites ce que la personne a répondu."),
    "nothing ticked": ({"categories": None}, "Cochez ce que la personne accepte"),
    "day over": ({"valid_until-year": "2025"}, "Indiquez jusqu’à quel jour"),
    "too long": ({"valid_until-year": "2029"}, "Indiquez jusqu’à quel jour"),
    "no such day": ({"valid_until-day": "31", "valid_until-month": "2"}, "Indiquez jusqu’à quel jour"),
    "not understood": ({"understood": None}, "Expliquez encore"),
    "not free": ({"free": None}, "l’accord n’est pas libre"),
    "thumbprint without witness": ({"mark": "thumbprint"}, "demande un témoin"),
    "spoken without witness": ({"mark": "oral"}, "demande un témoin"),
    "no reviewer of the translation": ({"language": "fub"}, "aucun relecteur de la traduction"),
    "endless name": ({"mark": "oral", "witness": "x" * 10_000}, "Raccourcissez ce texte."),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_worthless_consent_is_not_recorded(app, manager, walk, name):
    changes, sentence = WRONG[name]
    page = agree(manager, choose(manager, walk), **changes)
    assert page.status == 422, page.text
    assert sentence in page.text, page.text
    with app.app_context():
        assert not db.session.scalar(select(func.count()).where(Consent.purpose == "referral:MED"))


def test_a_reviewed_language_opens_with_an_interpreter_whose_name_is_sealed(app, manager, walk):
    page = agree(manager, choose(manager, walk), language="fub")
    assert page.form("choice").fields["language"] == "fub", "what was chosen is not lost"
    with app.app_context():
        officer = make_user(Role.DATA_OFFICER, None)
        review = {"reviewer": "A. Bello, traductrice", "reviewed_on": date(2026, 11, 1), "actor": officer, "now": NOW}
        record_review(translations.one("fub"), ["F15_consent_referral"], **review)
        db.session.commit()
    address = choose(manager, walk)
    assert agree(manager, address, language="fub").status == 422, "nobody interpreted"
    page = agree(manager, address, language="fub", interpreter="yes", interpreter_name="Hapsatou, médiatrice")
    assert page.status == 200, page.text
    with app.app_context():
        consent = db.session.scalars(select(Consent).where(Consent.purpose == "referral:MED")).one()
        assert (consent.language, consent.interpreter) == ("fub", True)
        sealed = sealing.open_text(consent.case_id, f"consent:{consent.id}", consent.sealed_names)
        assert json.loads(sealed) == {"interpreter_name": "Hapsatou, médiatrice"}


def test_what_is_sensitive_is_never_ticked_beforehand(manager, walk):
    choose(manager, walk)
    ticked = [
        box.get("value")
        for box in manager.page.tree.iter("input")
        if box.get("name") == "categories" and box.has("checked")
    ]
    assert ticked == ["C1", "C2"]


def test_names_of_witnesses_are_sealed(app, manager, walk):
    answer_everything(manager, walk, mark="oral", witness="<script>alert(1)</script>")
    with app.app_context():
        consent = db.session.scalars(select(Consent).where(Consent.purpose == "referral:MED")).one()
        assert consent.witnessed
        assert consent.sealed_names
        assert b"script" not in consent.sealed_names


def test_a_new_answer_supersedes_the_old_one(app, manager, walk):
    address = answer_everything(manager, walk)
    agree(manager, address, categories=["C1", "C2"])
    with app.app_context():
        rows = db.session.scalars(select(Consent).where(Consent.purpose == "referral:MED")).all()
        found = {tuple(row.categories): row.state for row in rows}
        assert found == {("C1", "C2", "C6"): ConsentState.SUPERSEDED, ("C1", "C2"): ConsentState.GIVEN}


def test_another_service_or_none_are_answers_too(app, manager, walk):
    address = choose(manager, walk)
    page = agree(manager, address, choice="other_provider")
    assert page.url.endswith("/needs/MED/services")
    assert steps(app, walk) == ["R01"]
    address = choose(manager, walk)
    agree(manager, address)
    agree(manager, address, choice="stop")
    assert referral(app).state is ReferralState.CLIENT_DECLINED
    assert steps(app, walk) == []


def test_a_child_answers_with_those_who_answer_for_it(app):
    with app.app_context():
        holder, hospital = make_organization(), make_organization(kind=OrganizationKind.HEALTH)
        who = make_user(Role.CASE_MANAGER, holder, "manager@example.org")
        nurse = make_user(Role.PROVIDER, hospital)
        child = {"age": 14, "age_band": "minor", "age_group": "12-14", "guardian_present": True}
        case = make_planned_case(who, Need.MED, **child)
        place = make_service(hospital, Need.MED, staff=(nurse,))
        make_agreement(holder, hospital, Need.MED)
        db.session.commit()
        walk = {"case": case.id, "place": place.id}
    client = PageClient(app)
    sign_in(client, "manager@example.org")
    address = choose(client, walk)
    page = agree(client, address)
    assert page.status == 422
    assert "L’accord de l’enfant lui-même manque." in page.text
    page = agree(client, address, assent="yes")
    assert page.status == 422
    assert "Écrivez qui a donné son accord pour l’enfant" in page.text
    page = agree(client, address, assent="yes", guardian="Tante Rose")
    assert "envoi possible" in page.text, page.text


def test_trafficking_asks_for_its_own_consent_first(app):
    with app.app_context():
        who = make_user(Role.CASE_MANAGER, make_organization(), "manager@example.org")
        case = make_planned_case(who, Need.TEH).id
        db.session.commit()
    client = PageClient(app)
    sign_in(client, "manager@example.org")
    page = client.get(f"/cases/{case}/needs/TEH/services")
    assert page.url.endswith("/needs/TEH/consent")
    assert "police ou la justice" in page.text
    page = client.submit("choice", choice="stop")
    assert page.url == f"/cases/{case}"
    assert steps(app, {"case": case}) == ["G03"]
    client.get(f"/cases/{case}/needs/TEH/consent")
    page = client.submit("choice", choice="consent", language="fra", understood="yes", free="yes", mark="signature")
    assert page.url.endswith("/needs/TEH/services")
    assert steps(app, {"case": case}) == ["R01"]


def test_a_gap_goes_to_the_coordination_then_to_help_without_data(app, manager, walk):
    manager.get(f"/cases/{walk['case']}/needs/MED/services")
    manager.submit("/gap")
    assert steps(app, walk) == ["R02"]
    manager.get(f"/cases/{walk['case']}/needs/MED/services")
    manager.submit("/gap")
    assert steps(app, walk) == ["R03"]


def test_a_recall_ends_what_the_service_sees_and_reopens_the_search(app, manager, walk):
    address = answer_everything(manager, walk)
    send(manager, address)
    manager.get(f"{address}/recall")
    assert manager.submit("reason", note="x").status == 422
    page = manager.submit("reason", reason="no_longer_needed", note="<b>Merci</b>")
    assert page.url == address
    assert "<b>Merci" not in page.html
    assert NAME not in page.text
    assert referral(app).state is ReferralState.RECALLED
    assert steps(app, walk) == ["R01"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(OutboxMessage.template == "referral_recalled")) == 1


STRANGERS = ("colleague@example.org", "nurse@example.org")


@pytest.mark.parametrize("username", STRANGERS)
def test_a_draft_is_nobody_elses_business(app, manager, walk, username):
    address = choose(manager, walk)
    stranger = PageClient(app)
    sign_in(stranger, username)
    for path in ("", "/consent", "/preview", "/slip.pdf", "/consent-form.pdf"):
        assert stranger.get(f"{address}{path}").status == 404, path
    assert stranger.get(f"/cases/{walk['case']}/needs/MED/services").status == 404
    assert stranger.post(f"{address}/send").status == 404


def test_the_supervisor_follows_and_recalls_but_records_no_consent(app, manager, walk):
    address = answer_everything(manager, walk)
    send(manager, address)
    supervisor = PageClient(app)
    sign_in(supervisor, "supervisor@example.org")
    assert supervisor.get(address).status == 200
    assert supervisor.get(f"{address}/consent").status == 404
    supervisor.get(f"{address}/recall")
    assert supervisor.submit("reason", reason="other").url == address
    assert referral(app).state is ReferralState.RECALLED


def test_an_organisation_suspended_after_the_preview_gets_nothing(app, manager, walk):
    address = answer_everything(manager, walk)
    manager.get(f"{address}/preview")
    with app.app_context():
        coordinator = make_user(Role.COORDINATOR, None, "coordinator@example.org")
        suspend(db.session.get_one(Organization, walk["hospital"]), "Plaintes", actor=coordinator, now=NOW)
        db.session.commit()
    page = manager.submit("/send")
    assert "suspendue du réseau" in page.text
    assert referral(app).state is ReferralState.DRAFT
    page = manager.get(f"{address}/preview")
    assert not [form for form in page.forms if form.action.endswith("/send")]
    assert "Plaintes" not in page.text
