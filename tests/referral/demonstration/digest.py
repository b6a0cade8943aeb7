"""A digest of the coded content of the demonstration country, without what is random by design (ids, keys, codes)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select

from referral.cases.models import Case, CaseEvent
from referral.consent.models import Consent, DecisionRecord
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.partners.models import Agreement, Organization, User
from referral.people.models import Person
from referral.providers.models import Service
from referral.referrals.models import Referral, ReferralEvent


def rows(model: Any, *columns: Any, joined: tuple[Any, ...] = ()) -> list[str]:
    query = select(*columns).select_from(model)
    for other in joined:
        query = query.join(other, other.id == getattr(model, f"{other.__tablename__.split('_')[0]}_id"))
    return sorted(json.dumps(list(row), sort_keys=True, default=str) for row in db.session.execute(query))


def content() -> dict[str, list[str]]:
    case = (Case,)
    return {
        "organisations": rows(Organization, Organization.id, Organization.name, Organization.region),
        "accounts": rows(User, User.username, User.full_name, User.role, User.region, User.undertaking_on),
        "services": rows(Service, Service.id, Service.name, Service.needs, Service.assured_date),
        "agreements": rows(Agreement, Agreement.reference, Agreement.state, Agreement.effective_until),
        "persons": rows(Person, Person.sex, Person.age_group, Person.nationality, Person.birth_year, Person.erased_at),
        "cases": rows(
            Case, Case.code, Case.state, Case.priority, Case.facts, Case.engine, Case.next_due_at, Case.identified_at,
            Case.opened_at, Case.closed_at, Case.closure_reason,
        ),
        "events": rows(
            CaseEvent, Case.code, CaseEvent.sequence, CaseEvent.kind, CaseEvent.step, CaseEvent.need, CaseEvent.facts,
            CaseEvent.at, joined=case,
        ),
        "consents": rows(
            Consent, Case.code, Consent.purpose, Consent.state, Consent.categories, Consent.mark, Consent.given_at,
            joined=case,
        ),
        "decisions": rows(
            DecisionRecord, Case.code, DecisionRecord.purpose, DecisionRecord.code, DecisionRecord.at, joined=case
        ),
        "referrals": rows(
            Referral, Case.code, Referral.need, Referral.attempt, Referral.state, Referral.sent_at, Referral.due_at,
            Referral.service_at_location_id, joined=case,
        ),
        "moves": rows(
            ReferralEvent, ReferralEvent.sequence, ReferralEvent.action, ReferralEvent.reason, ReferralEvent.at,
            Referral.service_at_location_id, joined=(Referral,),
        ),
        "audit": rows(AuditLine, AuditLine.action, AuditLine.code, AuditLine.at),
    }  # fmt: skip


def digest() -> str:
    return hashlib.sha256(repr(content()).encode()).hexdigest()
