"""From the submitted form to a case: priority, what was done outside, base consent, hand-over, refusal."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import event, func, select

from directory.taxonomy import Disclosure, Visibility
from referral.cases.models import Case, CaseEvent, CaseTask
from referral.consent.mark_models import MarkFile
from referral.consent.models import Consent
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.audit import AuditLine
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.foundation.searching import SearchToken
from referral.identification.models import Submission
from referral.partners.models import User
from referral.partners.queries import user_by_name
from referral.people.models import PersonBlock
from referral.providers.models import Location, Service, ServiceAtLocation, ServiceContact
from sop.vocabulary import Category
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.identification.gate.parcels import photo
from tests.referral.identification.walk import (
    ADULT,
    ASSESSMENT,
    CHILD,
    CHILD_CONSENT,
    CONSENT,
    DANGER,
    OUTSIDE,
    Place,
    furnish,
    submitted,
)
from tests.signing_in import sign_in


def the_case() -> Case:
    """The only case, read anew."""
    db.session.expire_all()
    return db.session.scalars(select(Case)).one()


def answer(client: PageClient, path: str, values: dict[str, Any], button: str) -> Page:
    """Open a page of the pre-file and send its form."""
    page = client.get(path)
    return client.post(path, {**page.form(button).fields, **values})


def child_ready(client: PageClient) -> str:
    """A child's pre-file with MINAS told and best interests assessed."""
    url = submitted(client, CHILD).url
    answer(client, url + "/outside/child", OUTSIDE, "authority")
    answer(client, url + "/best-interests", ASSESSMENT, "assessor")
    return url


def test_submitting_makes_a_file_with_code_priority_and_reason(responder: PageClient, app: Flask) -> None:
    page = submitted(responder, ADULT | {"no_shelter": "yes"})
    assert page.title == "CM-LT-2026-00001"
    assert "Parce que la personne n’a pas d’abri cette nuit" in page.text
    assert "(règle 12 de la table de tri)" in page.text
    assert "Hébergement" in page.text
    assert "Zoukoumb" not in page.html
    with app.app_context():
        case = the_case()
        assert (case.state.value, case.priority.value, case.priority_rule, case.urgent) == ("open", "medium", 12, True)
        assert case.region == "CM005"
        assert case.organization.name == "MINAS Littoral (démonstration)"
        assert case.manager_id is None
        assert [
            (event.kind, event.step) for event in db.session.scalars(select(CaseEvent).order_by(CaseEvent.sequence))
        ] == [
            ("facts", ""),
            ("done", "N01"),
            ("done", "N03"),
        ]
        assert sealing.read(case.person_id, [Category.C2])[Category.C2]["family_name"] == "Zoukoumbélé"
        assert case.person.birth_year == 1990
        assert "Zoukoumb" not in repr(case.facts)
        notices = db.session.scalars(select(OutboxMessage)).all()
        assert [(one.template, one.parameters) for one in notices] == [
            ("prefile_received", {"reference": "CM-LT-2026-00001"})
        ]


def test_codes_count_by_region_and_year(responder: PageClient) -> None:
    codes = [submitted(responder, ADULT).title for _ in range(2)]
    codes.append(submitted(responder, ADULT | {"region": "CM002", "department": "CM002007"}).title)
    assert codes == ["CM-LT-2026-00001", "CM-LT-2026-00002", "CM-CE-2026-00001"]


def test_not_asked_opens_a_private_interview_within_a_day_and_raises_nothing(responder: PageClient, app: Flask) -> None:
    page = submitted(responder, ADULT)
    assert "Entretien en privé par une personne formée" in page.text
    with app.app_context():
        task = db.session.scalars(select(CaseTask)).one()
        assert (task.kind.value, (task.due_at - NOW).total_seconds()) == ("private_interview", 86_400)
        assert the_case().priority.value == "low"


def test_danger_is_recorded_outside_then_reviewed_then_identification_goes_on(
    responder: PageClient, supervisor: PageClient, app: Flask
) -> None:
    url = submitted(responder, DANGER).url
    assert "Consigner l’urgence vitale" in responder.page.text
    page = answer(responder, url + "/outside/emergency", OUTSIDE, "authority")
    assert "Rien n’a été envoyé d’ici." in page.text
    assert "Un superviseur de MINAS Littoral (démonstration) s’en charge" in page.text
    with app.app_context():
        case = the_case()
        kept = sealing.read(case.id, [Category.C9])[Category.C9]["outside_emergency"]
        assert kept["authority"] == "Hôpital Laquintinie"
        case_id = case.id
    listing = supervisor.get("/cases")
    assert "CM-LT-2026-00001" in listing.text
    page = supervisor.get(f"/prefiles/{case_id}/review")
    assert "Parce que la personne court un danger immédiat" in page.text
    for secret in ("Zoukoumb", "Laquintinie", "Saignement", "Emploi", "1990"):
        assert secret not in page.html
    page = supervisor.submit("conclusion", conclusion="justified")
    assert "Votre revue est consignée." in page.text
    assert "Demander le consentement" in responder.get(url).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"authority": ""}, "Veuillez remplir ce champ."),
        ({"done_on-year": "2027"}, "Ce moment est dans l’avenir."),
        ({"done_on-day": "31"}, "Indiquez le jour, le mois et l’année."),
        ({"done_at": "25:00"}, "Indiquez une heure, par exemple 08:30."),
    ],
)
def test_a_record_with_gaps_is_refused_and_keeps_what_was_typed(
    responder: PageClient, app: Flask, change: dict[str, str], sentence: str
) -> None:
    url = submitted(responder, DANGER).url
    page = answer(responder, url + "/outside/emergency", OUTSIDE | change, "authority")
    assert page.status == 422
    assert sentence in page.text.replace("\u00a0", " ")
    assert page.form("authority").fields["reason"] == "Saignement."


def test_a_step_out_of_turn_is_refused(responder: PageClient) -> None:
    url = submitted(responder, ADULT).url
    page = answer(responder, url + "/outside/child", OUTSIDE, "authority")
    assert page.status == 409
    assert responder.get(url + "/outside/nonsense").status == 404


def test_consent_opens_the_case_and_ends_the_responders_access(responder: PageClient, app: Flask) -> None:
    url = submitted(responder, ADULT).url
    review = responder.page.links["Ce qui a été saisi"]
    assert "Zoukoumbélé" in responder.get(review).text
    page = answer(responder, url + "/consent", CONSENT, "answer")
    assert page.url == "/identifications"
    assert "transmis le 23 nov. 2026" in page.text
    for path in (url, url + "/consent", url + "/information-sheet", review):
        assert responder.get(path).status == 404
    with app.app_context():
        case = the_case()
        assert (case.state.value, case.manager.username, case.opened_at) == ("active", "gestion", NOW)
        assert case.facts["base_consent"] == "given"
        consents = db.session.scalars(select(Consent)).all()
        assert {one.recipient.name for one in consents} == {
            "Police aux frontières (démonstration)",
            "MINAS Littoral (démonstration)",
        }
        assert all(one.witnessed and one.mark.value == "thumbprint" for one in consents)
        assert set(consents[0].explicit) == {"C6", "C7", "C8", "C9", "C10"}
        sealed = sealing.open_text(case.id, f"consent:{consents[0].id}", consents[0].sealed_names)
        assert "Hapsatou" in sealed
        assert db.session.scalar(select(func.count()).where(OutboxMessage.template == "case_assigned")) == 1


def test_one_photo_of_the_thumbprint_marks_the_consent_of_both_organisations(responder: PageClient, app: Flask) -> None:
    url = submitted(responder, ADULT).url
    page = answer(responder, url + "/consent", CONSENT | {"thumbprint_photo": (io.BytesIO(b"MZ"), "a.jpg")}, "answer")
    assert page.status == 422
    assert "Une image est attendue ici" in page.text.replace("\u00a0", " ")
    answer(responder, url + "/consent", CONSENT | {"thumbprint_photo": (io.BytesIO(photo()), "a.jpg")}, "answer")
    with app.app_context():
        (kept,) = db.session.scalars(select(MarkFile)).all()
        consents = db.session.scalars(select(Consent)).all()
        assert [one.mark_file_id for one in consents] == [kept.id, kept.id]
        assert len({one.mark_hash for one in consents} - {None}) == 1
        opened = f"/cases/{kept.case_id}/consents/{consents[0].id}/mark"
    assert responder.get(opened).status == 404


def test_fewer_ticks_are_a_partial_consent(responder: PageClient, app: Flask) -> None:
    url = submitted(responder, ADULT).url
    answer(responder, url + "/consent", CONSENT | {"categories": ["C2", "C3"]}, "answer")
    with app.app_context():
        assert the_case().facts["base_consent"] == "partial"
        assert db.session.scalars(select(Consent)).first().categories == ["C1", "C2", "C3"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"answer": ""}, "answer"),
        ({"answer": "decided"}, "answer"),
        ({"categories": []}, "categories"),
        ({"categories": ["C2", "C13"]}, "categories"),
        ({"understood": ""}, "understood"),
        ({"free": ""}, "free"),
        ({"mark": "stamp"}, "mark"),
        ({"witness": ""}, "witness"),
        ({"interpreter": "yes"}, "interpreter_name"),
        ({"language": "fub"}, "language"),
    ],
)
def test_a_consent_that_does_not_hold_is_not_recorded(
    responder: PageClient, app: Flask, change: dict[str, Any], field: str
) -> None:
    url = submitted(responder, ADULT).url
    page = answer(responder, url + "/consent", CONSENT | change, "answer")
    assert page.status == 422
    assert f"#f-{field}" in page.links.values()
    with app.app_context():
        assert the_case().state.value == "open"
        assert db.session.scalar(select(func.count()).select_from(Consent)) == 0


def test_an_adults_refusal_erases_and_hands_out_the_sheet(responder: PageClient, app: Flask) -> None:
    url = submitted(responder, ADULT).url
    with app.app_context():
        owners = [the_case().person_id, the_case().id, db.session.scalar(select(Submission.id))]
    page = answer(responder, url + "/consent", {"answer": "no"}, "answer")
    assert "aide refusée, données effacées" in page.text
    assert responder.get(url).status == 404
    with app.app_context():
        case = the_case()
        assert (case.state.value, case.closure_reason.value, case.person.erased_at) == ("declined", "declined", NOW)
        assert "age" not in case.facts
        assert case.facts["sex"] == "female"
        assert db.session.scalar(select(func.count()).select_from(SearchToken)) == 0
        for owner in owners:
            with pytest.raises(sealing.KeyDestroyed):
                sealing.seal_text(owner, "proof", "nothing")
        assert {one.state.value for one in db.session.scalars(select(Consent))} == {"refused"}
    sheet = responder.client.get(url + "/information-sheet")
    assert sheet.mimetype == "application/pdf"
    words = " ".join(pypdfium2.PdfDocument(sheet.data).get_page(0).get_textpage().get_text_range().split())
    assert "Vous pouvez revenir quand vous voulez" in words
    assert "Littoral" in words
    assert "Zoukoumb" not in words
    assert "CM-LT" not in words


def test_the_names_of_who_refused_are_nowhere_in_the_files(committed: Flask, tmp_path: Any) -> None:
    place = furnish(committed)
    client = PageClient(committed, sign_in=sign_in)
    client.sign_in(place.responder)
    url = submitted(client, ADULT | {"wishes": "Rentrer à Ngaoundéré"}).url
    answer(client, url + "/consent", {"answer": "no", "witness": "Témoin Hapsatou"}, "answer")
    with committed.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(table.select()):
                plain = repr(row) + "".join(value.decode("latin-1") for value in row if isinstance(value, bytes))
                assert not any(word in plain for word in ("Zoukoumb", "Ngaound", "Hapsatou", "+237 000 11 22 33"))
        db.session.remove()
        db.engine.dispose()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for word in ("Zoukoumb", "Ngaound", "Hapsatou", "237 000 11 22 33"):
                assert word.encode() not in content, path.name


def test_a_child_goes_through_minas_best_interests_and_assent(responder: PageClient, app: Flask) -> None:
    url = submitted(responder, CHILD).url
    assert "Consigner la base « protection de l’enfant »" in responder.page.text.replace("\u00a0", " ")
    answer(responder, url + "/outside/child", OUTSIDE, "authority")
    answer(responder, url + "/best-interests", ASSESSMENT, "assessor")
    page = answer(responder, url + "/consent", CHILD_CONSENT, "answer")
    assert page.url == "/identifications"
    with app.app_context():
        case = the_case()
        assert (case.state.value, case.facts["base_consent"]) == ("active", "given")
        consent = db.session.scalars(select(Consent)).first()
        assert (consent.form_code, consent.assent, consent.best_interests, consent.guardian, consent.given_age) == (
            "F07_consent_child",
            True,
            True,
            False,
            10,
        )
        kept = sealing.read(case.id, [Category.C13])[Category.C13]
        assert kept["outside_child"]["authority"] == "Hôpital Laquintinie"
        assert kept["best_interests_1"]["assessor"] == "Mme Ebogo"


def test_a_childs_refusal_closes_nothing_and_comes_back_to_best_interests(responder: PageClient, app: Flask) -> None:
    url = child_ready(responder)
    page = answer(responder, url + "/consent", {"answer": "no"}, "answer")
    assert page.url == url
    assert "attend une décision" in page.text
    with app.app_context():
        assert the_case().state.value == "best_interests"
        assert sealing.read(the_case().person_id, [Category.C2])[Category.C2]["given_names"] == "Awa"
    answer(responder, url + "/best-interests", ASSESSMENT, "assessor")
    answer(responder, url + "/consent", {"answer": "no"}, "answer")
    answer(responder, url + "/best-interests", ASSESSMENT, "assessor")
    page = answer(responder, url + "/consent", {"answer": "no"}, "answer")
    assert page.status == 422
    page = answer(responder, url + "/consent", CHILD_CONSENT | {"answer": "decided"}, "answer")
    assert page.url == "/identifications"
    with app.app_context():
        assert the_case().state.value == "active"
        given = db.session.scalars(select(Consent).where(Consent.state == "given")).first()
        assert (given.giver.value, given.assent) == ("best_interests", False)


def test_a_decision_against_a_childs_will_is_not_offered_at_first(responder: PageClient) -> None:
    url = child_ready(responder)
    page = answer(responder, url + "/consent", CHILD_CONSENT | {"answer": "decided"}, "answer")
    assert page.status == 422


@pytest.mark.parametrize(
    "change", [{"basis": ""}, {"supervisor": ""}, {"reason": ""}, {"basis": "guardian", "guardian": ""}]
)
def test_a_childs_consent_needs_guardian_or_reasoned_decision(responder: PageClient, change: dict[str, str]) -> None:
    url = child_ready(responder)
    assert answer(responder, url + "/consent", CHILD_CONSENT | change, "answer").status == 422


def test_a_child_goes_only_to_an_organisation_with_the_mandate(responder: PageClient, app: Flask) -> None:
    with app.app_context():
        near = make_organization("Aide sociale Wouri (démonstration)", mandates=[])
        make_user(Role.CASE_MANAGER, near, "voisine", region="CM005")
        db.session.commit()
    submitted(responder, CHILD)
    with app.app_context():
        assert the_case().organization.mandates == ["ENF"]


def test_without_a_receiver_the_draft_is_kept(responder: PageClient, app: Flask) -> None:
    with app.app_context():
        db.session.execute(User.__table__.update().where(User.username == "gestion").values(active=False))
        db.session.commit()
    page = submitted(responder, ADULT)
    assert page.status == 409
    assert "Votre brouillon est gardé" in page.text
    assert "Continuer" in responder.get("/identifications").text


def test_staff_of_the_receiving_organisation_see_code_priority_and_reason_only(
    responder: PageClient, manager: PageClient, supervisor: PageClient, app: Flask
) -> None:
    url = submitted(responder, ADULT | {"no_shelter": "yes"}).url
    page = manager.get("/identifications")
    assert "CM-LT-2026-00001" in page.text
    assert "Parce que la personne n’a pas d’abri cette nuit" in page.text
    for client in (manager, supervisor):
        assert client.get(url).status == 404
        assert client.get(url + "/consent").status == 404
        assert client.get(url.replace("/prefiles/", "/cases/")).status == 404
        assert client.post(url.replace("/prefiles/", "/cases/") + "/identity").status == 404
    for client in (manager, supervisor):
        client.get("/search")
        found = client.post("/search", {"q": "Zoukoumbélé Awa"})
        assert "CM-LT-2026-00001" not in found.text


def test_every_look_and_every_act_leaves_a_line_of_codes(responder: PageClient, app: Flask) -> None:
    url = submitted(responder, ADULT).url
    answer(responder, url + "/consent", CONSENT, "answer")
    with app.app_context():
        actions = {line.action for line in db.session.scalars(select(AuditLine))}
        lines = repr([(line.action, line.details, line.code) for line in db.session.scalars(select(AuditLine))])
    assert {
        "draft.start", "draft.read", "draft.save", "draft.submit", "prefile.open", "prefile.read",
        "base_consent.ask", "consent.given", "case.activate", "case.assign",
    } <= actions  # fmt: skip
    assert "Zoukoumb" not in lines


def test_whoever_the_person_blocked_does_not_get_the_case(responder: PageClient, app: Flask, place: Place) -> None:
    url = submitted(responder, ADULT).url
    with app.app_context():
        manager = user_by_name(place.manager)
        make_user(Role.CASE_MANAGER, manager.organization, "zelie", region="CM005")
        person_id = the_case().person_id
        db.session.add(PersonBlock(person_id=person_id, user_id=manager.id, reason="relative", created_at=NOW))
        db.session.commit()
    answer(responder, url + "/consent", CONSENT, "answer")
    with app.app_context():
        assert the_case().manager.username == "zelie"


def test_the_index_asks_the_database_equally_often_for_few_and_for_many(responder: PageClient, app: Flask) -> None:
    counted: list[int] = []

    def statements() -> int:
        seen: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(*arguments: Any) -> None:
            seen.append(arguments[2])

        event.listen(engine, "before_cursor_execute", note)
        responder.get("/identifications")
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    submitted(responder, ADULT)
    counted.append(statements())
    for _ in range(3):
        submitted(responder, ADULT)
    counted.append(statements())
    assert counted[0] == counted[1] > 0


def test_the_sheet_lists_public_services_of_the_region_and_no_refuge(responder: PageClient, app: Flask) -> None:
    with app.app_context():
        ngo = make_organization("Femmes debout (démonstration)")
        for name, visibility, disclosure, pcode, phone in (
            ("Point écoute", Visibility.PUBLIC, Disclosure.EXACT, "CM005004", "+237 000 000 001"),
            ("Ligne verte", Visibility.PUBLIC, Disclosure.EXACT, "", "+237 000 000 002"),
            ("Refuge discret", Visibility.PUBLIC, Disclosure.ON_REQUEST, "CM005004", "+237 000 000 003"),
            ("Réservé au réseau", Visibility.NETWORK, Disclosure.EXACT, "CM005004", "+237 000 000 004"),
            ("Trop loin", Visibility.PUBLIC, Disclosure.EXACT, "CM001005", "+237 000 000 005"),
            ("Au bout du fil", Visibility.PUBLIC, Disclosure.EXACT, "CM001005", "+237 000 000 006"),
        ):
            location = Location(
                name=name, disclosure=disclosure, pcode=pcode, city="Douala", address="12 rue des Écoles"
            )
            service = Service(organization=ngo, name=name, visibility=visibility, last_modified=NOW)
            service.remote = name == "Au bout du fil"
            contact = ServiceContact(phone=phone, visibility=Visibility.PUBLIC)
            db.session.add(ServiceAtLocation(service=service, location=location, contacts=[contact]))
        db.session.commit()
    url = submitted(responder, ADULT).url
    sheet = responder.client.get(url + "/information-sheet")
    words = " ".join(pypdfium2.PdfDocument(sheet.data).get_page(0).get_textpage().get_text_range().split())
    assert "Point écoute" in words
    assert "+237 000 00 00 01" in words
    assert "+237 000 00 00 02" in words
    assert "Au bout du fil" in words
    for hidden in ("Refuge", "Réservé", "Trop loin", "+237 000 00 00 03", "Zoukoumb"):
        assert hidden not in words
