"""Fill in the identification form through its pages, as a first responder would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask

from referral.extensions import db
from referral.foundation.grants import Role
from referral.identification.actions import save
from referral.identification.models import Submission
from referral.partners.models import User
from tests.builders import make_organization, make_procedure, make_user
from tests.conftest import NOW
from tests.page_client import Page, PageClient

ADULT: dict[str, Any] = {
    "identified_on": "2026-11-22",
    "region": "CM005",
    "department": "CM005004",
    "source": "airport",
    "interview_language": "fra",
    "immediate_danger": "no",
    "medical_emergency": "no",
    "no_shelter": "no",
    "family_name": "Zoukoumbélé",
    "given_names": "Awa",
    "sex": "female",
    "birth_date": "1990-06-15",
    "age_doubt": "no",
    "nationality": "CM",
    "phone": "+237 000 11 22 33",
    "phone_safe": "yes",
    "migration_status": "returnee_assisted",
    "return_country": "LY",
    "fear_of_return": "no",
    "child_in_household": "no",
    "situations": ["destitute"],
    "health_situation": ["none"],
    "suicidal_risk": "no",
    "household_violence": "no",
    "sexual_violence_120h": "not_asked",
    "trafficking_act": ["none"],
    "trafficking_means": ["none"],
    "trafficking_purpose": ["none"],
    "needs": ["ECO", "DOC"],
    "wishes": "Ouvrir un petit commerce.",
}
CHILD: dict[str, Any] = ADULT | {
    "birth_date": "2016-04-01",
    "care_status": "unaccompanied",
    "guardian_present": "no",
    "needs": ["HEB", "FAM"],
}
DANGER: dict[str, Any] = ADULT | {"immediate_danger": "yes"}

CONSENT: dict[str, Any] = {
    "answer": "yes",
    "categories": ["C2", "C3", "C4", "C5", "C12", "C6", "C7", "C8", "C9", "C10"],
    "understood": "yes",
    "free": "yes",
    "mark": "thumbprint",
    "witness": "Témoin Hapsatou Kourou",
}
CHILD_CONSENT: dict[str, Any] = CONSENT | {
    "categories": [*CONSENT["categories"], "C13"],
    "basis": "best_interests",
    "reason": "Aucun parent joignable.",
    "supervisor": "Superviseuse Nkolo",
}
DONE = {"done_on-day": "22", "done_on-month": "11", "done_on-year": "2026", "done_at": "18:30"}
OUTSIDE: dict[str, Any] = DONE | {"authority": "Hôpital Laquintinie", "reason": "Saignement."}
ASSESSMENT: dict[str, Any] = DONE | {"assessor": "Mme Ebogo", "conclusion": "Rester ensemble.", "family": "started"}


@dataclass
class Place:
    """Who works where."""

    responder: str = "agent"
    manager: str = "gestion"
    supervisor: str = "chef"


def furnish(app: Flask) -> Place:
    """A procedure in force, a first responder's organisation, and MINAS with a case manager and a supervisor."""
    with app.app_context():
        make_procedure()
        police = make_organization("Police aux frontières (démonstration)")
        minas = make_organization("MINAS Littoral (démonstration)", mandates=["ENF"])
        place = Place()
        make_user(Role.FIRST_RESPONDER, police, place.responder, region="CM005")
        make_user(Role.CASE_MANAGER, minas, place.manager, region="CM005")
        make_user(Role.SUPERVISOR, minas, place.supervisor, region="CM005")
        db.session.commit()
    return place


def begin(client: PageClient) -> Page:
    """A new draft; the first screen."""
    client.get("/identifications/new")
    return client.submit("Commencer sans chercher" if client.language == "fr" else "Start without searching")


def send(client: PageClient, answers: dict[str, Any], do: str = "next", **options: Any) -> Page:
    """Fill in what the present screen asks and press a button."""
    form = client.page.form("do")
    data = {**form.fields, "do": do}
    for name in form.fields.get("shown", []) if isinstance(form.fields["shown"], list) else [form.fields["shown"]]:
        if name not in answers:
            continue
        if f"q-{name}-day" in form.names:
            parts = dict(zip(("year", "month", "day"), answers[name].split("-"), strict=True))
            data |= {f"q-{name}-{part}": value for part, value in parts.items()}
        else:
            data[f"q-{name}"] = answers[name]
    return client.post(form.action, data, **options)


def fill_in(client: PageClient, answers: dict[str, Any], most: int = 20) -> Page:
    """Go through all screens; ends on the review page."""
    page = begin(client)
    for _ in range(most):
        if "/screens/" not in page.url:
            return page
        page = send(client, answers)
    raise AssertionError(f"still on {page.url}: {page.text[:600]}")


def submitted(client: PageClient, answers: dict[str, Any] = ADULT) -> Page:
    """A form that was filled in at once (not screen by screen) and submitted: the pre-file's page."""
    base = begin(client).url.split("/screens")[0]
    with client.app.app_context():
        submission = db.session.get(Submission, UUID(base.rpartition("/")[2]))
        author = db.session.get(User, submission.author_id)
        save(submission, answers, screen="needs_and_wishes", actor=author, now=NOW)
        db.session.commit()
    client.get(base)
    return client.submit("Soumettre" if client.language == "fr" else "Submit")
