"""Plain keyword functions that put rows into a test's database; call them in an application context and commit."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Dialect, update

from directory.taxonomy import Status
from referral.cases.actions import opening, progress
from referral.cases.models import Case
from referral.consent.actions import record_consent
from referral.consent.models import ConsentMark
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.grants import Role
from referral.foundation.searching import fold
from referral.foundation.tables import new_id
from referral.identification.models import Attachment
from referral.partners import actions, passwords
from referral.partners.models import Agreement, Organization, User
from referral.partners.rules import AgreementState, OrganizationKind, OrganizationType
from referral.procedures.actions import import_library
from referral.procedures.models import FormVersion, ProcedureVersion
from referral.procedures.queries import active_version, triage_table
from referral.providers.models import Location, Service, ServiceAtLocation, ServiceStaff
from referral.referrals.actions import sending
from sop.vocabulary import MINIMUM, SENSITIVE, Category, Need
from tests.conftest import NOW

PASSWORD = "quatre chats dorment"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = itertools.count(1)


def make_organization(name: str = "", **columns: Any) -> Organization:
    """An invented organisation; by default a social service in Littoral."""
    name = name or f"Organisation {next(_numbers)} (démonstration)"
    values: dict[str, Any] = {
        "type": OrganizationType.GOVERNMENT,
        "kind": OrganizationKind.SOCIAL,
        "region": "CM005",
        "demonstration": True,
    }
    organization = Organization(name=name, folded_name=fold(name), **{**values, **columns})
    db.session.add(organization)
    db.session.flush()
    return organization


def make_user(role: Role, organization: Organization | None = None, username: str = "", **columns: Any) -> User:
    """An account with `PASSWORD` and, where the role needs it, the second factor `SECRET`."""
    username = username or f"{role.value}.{next(_numbers)}"
    user, _secret = actions.add_user(
        username,
        columns.pop("full_name", f"Personne {username}"),
        role,
        organization_id=organization.id if organization else None,
        password_hash=passwords.hash_password(PASSWORD),
        now=NOW,
        totp_secret=SECRET,
        undertaking_on=columns.pop("undertaking_on", date(2026, 1, 5)),
    )
    for name, value in columns.items():
        setattr(user, name, value)
    db.session.flush()
    return user


def tamper(row: Any, **columns: Any) -> None:
    """Change a row that is written once, as only somebody with the database in hand could."""
    db.session.flush()
    table = type(row).__table__
    db.session.connection().execute(update(table).where(table.c.id == row.id).values(**columns))
    db.session.refresh(row)


_library: list[tuple[str, list[Any]]] = []
"""The library's procedure and forms as statements with values: checked and compiled once a run, then sent again."""


def _written(kind: type[Any], dialect: Dialect) -> tuple[str, list[Any]]:
    """The statement and the values that write all rows of a table again, nothing left to encode."""
    table = kind.__table__
    insert = table.insert().compile(dialect=dialect, column_keys=[column.key for column in table.columns])

    def sent(column: Column[Any], value: Any) -> Any:
        if isinstance(column.type, JSON):
            return None if value is None and column.type.none_as_null else json.dumps(value)
        encode = column.type.dialect_impl(dialect).bind_processor(dialect)
        return encode(value) if encode else value

    rows = [
        {column.key: sent(column, getattr(row, column.key)) for column in table.columns}
        for row in db.session.query(kind)
    ]
    if insert.positiontup:
        return str(insert), [tuple(row[name] for name in insert.positiontup) for row in rows]
    return str(insert), rows


def make_procedure() -> ProcedureVersion:
    """The library's procedure and forms as the active versions."""
    if (found := active_version()) is not None:
        return found
    if not _library:
        import_library("cameroon", actor=None, now=NOW)
        dialect = db.session.connection().dialect
        _library.extend(_written(kind, dialect) for kind in (ProcedureVersion, FormVersion))
    else:
        for statement, values in _library:
            db.session.connection().exec_driver_sql(statement, values)
    version = active_version()
    assert version is not None
    return version


def make_agreement(holder: Organization, partner: Organization, *needs: Need, **columns: Any) -> Agreement:
    """An agreement in force for referrals of these needs (all when none is named)."""
    wanted = needs or tuple(Need)
    covered = {Category.C1, Category.C2, Category.C3, *(c for need in wanted for c in MINIMUM[need])}
    values: dict[str, Any] = {
        "reference": f"PA-{next(_numbers):04d}",
        "state": AgreementState.ACTIVE,
        "effective_from": NOW.date() - timedelta(days=200),
        "effective_until": NOW.date() + timedelta(days=400),
        "categories": sorted(category.value for category in covered),
        "purposes": [f"referral:{need.value}" for need in wanted],
        "decision_number": "DEMONSTRATION",
        "decision_on": NOW.date() - timedelta(days=200),
    }
    agreement = Agreement(holder=holder, partner=partner, **{**values, **columns})
    db.session.add(agreement)
    db.session.flush()
    return agreement


ADULT: dict[str, Any] = {
    "sex": "female", "age": 27, "age_band": "adult", "age_group": "25-59", "under_12": False, "nationality": "cmr",
    "region": "CM005", "department": "CM005004", "language": "fr", "source": "airport", "migration_status": "returnee",
    "immediate_danger": False, "medical_emergency": False, "suicidal_risk": False, "sexual_violence_120h": False,
    "household_violence": False, "no_shelter": True, "child_in_household": False, "pregnant_or_chronic": False,
    "fear_of_return": False, "unaccompanied": False, "trafficking": "none", "needs": ["HEB", "MED"],
}  # fmt: skip
"""Facts of an identification form: an adult without shelter tonight (medium priority, urgent)."""
CHILD: dict[str, Any] = {**ADULT, "age": 15, "age_band": "minor", "age_group": "15-17", "guardian_present": True}


def make_prefile(actor: User, organization: Organization, sealed: Any = None, **facts: Any) -> Case:
    """A file that waits for base consent; `facts` replace those of `ADULT`."""
    version = active_version() or make_procedure()
    known = {**ADULT, **facts}
    verdict = triage_table(version.id).decide(known)
    words = sealed or {Category.C2: {"family_name": "Mbarga", "given_names": "Aline"}}
    return opening.open_prefile(
        submission=None, facts=known, verdict=verdict, organization=organization, actor=actor, now=NOW, sealed=words
    )


def make_case(manager: User, sealed: Any = None, **facts: Any) -> Case:
    """An active case of `manager`, by default an adult's; a child's notice and best interests are done."""
    case = make_prefile(manager, manager.organization, sealed, **facts)
    for step in ("L02", "X02", "N04"):
        if case.facts["age_band"] != "adult":
            progress.advance(case, step=step, actor=manager, now=NOW)
    opening.activate(case, actor=manager, now=NOW)
    case.manager = manager
    db.session.flush()
    return case


WORDS: dict[Category, dict[str, Any]] = {
    Category.C2: {
        "family_name": "Ngo Mbock", "given_names": "Solange", "phone": "+237 000 12 34 56", "phone_safe": "yes",
    },
    Category.C3: {"sex": "female", "age_years": 30},
    Category.C4: {"route": "Agadez, Tripoli"},
    Category.C6: {"health_situation": ["pregnant"]},
    Category.C9: {"trafficking_act": ["recruited"]},
    Category.C12: {"no_shelter": "no"},
}  # fmt: skip


def make_planned_case(manager: User, *needs: Need, sealed: Any = None, **facts: Any) -> Case:
    """An active case whose plan is made: each of its needs waits for a service to be chosen."""
    wanted = [need.value for need in needs or (Need.MED,)]
    case = make_case(manager, WORDS if sealed is None else sealed, **{"needs": wanted, **facts})
    progress.advance(case, step="N07", actor=manager, now=NOW, facts={"needs": wanted})
    progress.advance(case, step="N08", actor=manager, now=NOW)
    db.session.flush()
    return case


def make_service(organization: Organization, *needs: Need, staff: tuple[User, ...] = (), **columns: Any) -> Any:
    """A service at one place, with its listed staff; the first of them is the focal point."""
    wanted = [need.value for need in needs or (Need.MED,)]
    service = Service(
        organization=organization, name=columns.pop("name", "Consultations (démonstration)"), needs=wanted,
        types=["HLTH"], status=Status.ACTIVE, last_modified=NOW,
    )  # fmt: skip
    location = Location(organization_id=organization.id, name="Site", city=columns.pop("city", "Douala"))
    db.session.add_all((service, location))
    db.session.flush()
    place = ServiceAtLocation(service=service, location=location, **columns)
    db.session.add(place)
    for number, user in enumerate(staff):
        db.session.add(ServiceStaff(service_id=service.id, user_id=user.id, focal_point=number == 0))
    db.session.flush()
    return place


def make_consent(case: Case, organization: Organization, need: Need, *, actor: User, **columns: Any) -> Any:
    """A signed consent to the need's minimum, in force for a year."""
    minimum = MINIMUM[need]
    values: dict[str, Any] = {
        "categories": minimum,
        "explicit": [category for category in minimum if category in SENSITIVE],
        "mark": ConsentMark.SIGNATURE,
        "language": "fr",
        "form_code": "F15_consent_referral",
        "text_hash": "0" * 64,
        "valid_until": NOW.date() + timedelta(days=365),
        "given_age": 27,
    }
    values["purpose"] = f"referral:{need.value}"
    return record_consent(case, recipient=organization, actor=actor, **{"now": NOW, **values, **columns})


def make_sent_referral(case: Case, place: Any, need: Need = Need.MED, *, consent: dict[str, Any] | None = None) -> Any:
    """A referral of a case's need to a service, sent by its case manager under consent; the agreement must exist."""
    manager = case.manager
    assert manager is not None
    referral = sending.draft(case, need, place, actor=manager, now=NOW)
    make_consent(case, place.service.organization, need, actor=manager, **(consent or {}))
    progress.advance(case, step="G05", need=need.value, facts={"choice": "consent"}, actor=manager, now=NOW)
    db.session.flush()
    decision = sending.send(referral, actor=manager, now=NOW)
    assert referral.sent_at is not None, decision
    return referral


def make_attachment(submission_id: Any, path: str = "wound") -> Any:
    """A small file of a form, sealed like a photo of an injury (C6)."""
    attachment_id = new_id()
    db.session.add(
        Attachment(
            id=attachment_id, submission_id=submission_id, owner_id=submission_id, path=path, name=f"{path}.jpg",
            category=Category.C6, media_type="image/jpeg", size=9, content_hash=b"0" * 32, created_at=NOW,
            blob=sealing.seal_bytes(submission_id, f"attachment:{attachment_id}:C6", b"\xff\xd8\xffphoto"),
        )
    )  # fmt: skip
    db.session.flush()
    return attachment_id
