"""The sender's verbs: choose a service, send, give information, recall, close; and record that no service was found."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from referral.cases.actions.progress import NOT_NOW, advance, learn
from referral.cases.models import Case
from referral.consent.models import DecisionRecord
from referral.consent.queries import current_consent, request_for
from referral.consent.queries.requests import agreement_row, staff_of
from referral.consent.rules import Decision, decide, share_gate
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, outbox
from referral.foundation.tables import new_id
from referral.providers.models import ServiceAtLocation
from referral.providers.queries.suspensions import suspension_of
from referral.referrals.actions import procedure
from referral.referrals.actions.moves import Stale, transition
from referral.referrals.models import Referral
from referral.referrals.queries.sending import open_draft, sent_before, step_of
from referral.referrals.rules import HOURS, SPEED_OF, ReferralAction, ReferralState, ServiceResult, Speed, reference
from sop.vocabulary import N_, Message, Need

WRONG_NEED = Message("wrong_need", N_("This service does not answer this need. Choose one from the list."))
CONSENT_FIRST = Message(
    "consent_first", N_("Ask the person first: their consent for this service is not recorded yet.")
)
SUSPENDED = Message(
    "suspended", N_("Nothing was sent: the organisation is suspended from the network. Choose another service.")
)
NOT_YOURS = Message("not_yours", N_("This act belongs to the other side of the referral."))


def draft(case: Case, need: Need, service_at_location: ServiceAtLocation, *, actor: Any, now: datetime) -> Referral:
    """Choose a service for a need: the referral is prepared, and the procedure waits for the person's consent.

    Choosing another service before anything was sent takes the place of the first choice.
    """
    if need.value not in service_at_location.service.needs:
        raise RuleViolation(WRONG_NEED, 422)
    found = open_draft(case.id, need)
    if found is not None and found.service_at_location_id == service_at_location.id and _waits(case, need):
        return found
    _lead_to_consent(case, need, found, actor=actor, now=now)
    referral = found or _new(case, need, service_at_location, actor=actor, now=now)
    referral.service_at_location = service_at_location
    referral.organization = service_at_location.service.organization
    referral.speed = SPEED_OF[case.priority]
    referral.consent_id = referral.agreement_id = None
    db.session.flush()
    audit.record(
        "referral.draft", actor=actor, now=now, case_id=case.id, subject=referral, need=need.value,
        service=service_at_location.id,
    )  # fmt: skip
    return referral


def _waits(case: Case, need: Need) -> bool:
    return step_of(case, need) in ("G05", "D09", "X03")


def _new(case: Case, need: Need, place: ServiceAtLocation, *, actor: Any, now: datetime) -> Referral:
    referral = Referral(
        id=new_id(),
        reference=reference(secrets.choice),
        case=case,
        need=need,
        attempt=1 + sent_before(case.id, need),
        sender_id=actor.id,
        sender_organization_id=case.organization_id,
        organization=place.service.organization,
        service_at_location=place,
        state=ReferralState.DRAFT,
        speed=SPEED_OF[case.priority],
        created_at=now,
    )
    db.session.add(referral)
    return referral


def _lead_to_consent(case: Case, need: Need, found: Referral | None, *, actor: Any, now: datetime) -> None:
    """Bring the procedure to the step that asks the person, from wherever a service may still be chosen."""
    step, at = step_of(case, need), {"need": need.value, "actor": actor, "now": now}
    if step == "D09" and found is not None:
        denied = share_gate(decide(request_for(found, now=now)), need)
        learn(case, facts={"share_gate": denied}, **at)
        step = step_of(case, need)
    if step == "X03":
        return
    if step == "G05":
        advance(case, step="G05", facts={"choice": "other_provider"}, **at)
        step = step_of(case, need)
    if step == "R01":
        advance(case, step="R01", facts={"provider_found": True}, **at)
    elif step == "R02":
        advance(case, step="R02", facts={"gap_solved": True}, **at)
    elif step != "X03":
        raise RuleViolation(NOT_NOW)


def record_gap(case: Case, need: Need, *, actor: Any, now: datetime) -> None:
    """No service was found: the coordination is asked (R02), or the need is helped without one (R03)."""
    step = step_of(case, need)
    if step == "R01":
        advance(case, step="R01", need=need.value, facts={"provider_found": False}, actor=actor, now=now)
    elif step == "R02":
        advance(case, step="R02", need=need.value, facts={"gap_solved": False}, actor=actor, now=now)
    else:
        raise RuleViolation(NOT_NOW)
    audit.record("referral.gap", actor=actor, now=now, case_id=case.id, subject=case, need=need.value)


def send(referral: Referral, *, actor: Any, now: datetime, expected_version: int | None = None) -> Decision:
    """Send a prepared referral, if the sharing decision taken at this moment lets the need's minimum cross.

    Returns that decision, which is in the register either way; nothing is sent when its `share_gate` is not allow.
    """
    if expected_version is not None and expected_version != referral.version:
        raise Stale
    case, need = referral.case, referral.need
    if referral.state is not ReferralState.DRAFT or step_of(case, need) not in ("D09", "X03"):
        raise RuleViolation(CONSENT_FIRST if step_of(case, need) == "G05" else NOT_NOW)
    if suspension_of(referral.organization_id) is not None:
        raise RuleViolation(SUSPENDED)
    request = request_for(referral, now=now, action="send")
    decision = decide(request)
    db.session.add(
        DecisionRecord.of(
            request, decision, referral=referral, actor=actor, recipient_id=referral.organization_id, now=now
        )
    )
    gate = share_gate(decision, need)
    audit.record(
        "sharing.decide", actor=actor, now=now, case_id=case.id, subject=referral, code=decision.code, gate=gate,
        visible=list(decision.visible),
    )  # fmt: skip
    if gate != "allow":
        return decision
    consent = current_consent(case.id, referral.organization_id, request.purpose)
    agreement = agreement_row(referral, request)
    if step_of(case, need) == "D09":
        learn(case, facts={"share_gate": gate}, need=need.value, actor=actor, now=now)
    advance(case, step="X03", need=need.value, actor=actor, now=now)
    columns = {
        "consent_id": consent.id if consent else None,
        "agreement_id": agreement.id if agreement else None,
        "categories": [category.value for category in decision.visible],
        "sender_id": actor.id,
        "due_at": due(referral.speed, now),
    }
    transition(referral, ReferralAction.SEND, actor=actor, now=now, columns=columns)
    _tell_staff(referral, "referral_received", now)
    return decision


def due(speed: Speed, now: datetime) -> datetime:
    """By when the service should have decided."""
    return now + timedelta(hours=HOURS[speed])


def follow(
    referral: Referral,
    action: ReferralAction,
    *,
    actor: Any,
    now: datetime,
    reason: str = "",
    note: str = "",
    expected_version: int | None = None,
) -> None:
    """The sender gives the information asked, recalls, or closes with what the person says of the service."""
    if action not in (ReferralAction.PROVIDE_INFO, ReferralAction.CLOSE, ReferralAction.RECALL):
        raise RuleViolation(NOT_YOURS)
    before = referral.state
    transition(referral, action, actor=actor, now=now, reason=reason, note=note, expected_version=expected_version)
    if action is ReferralAction.CLOSE:
        procedure.confirm(referral, ServiceResult(reason), actor=actor, now=now)
    elif action is ReferralAction.RECALL:
        procedure.tell(referral, action, before, actor=actor, now=now)
        _tell_staff(referral, "referral_recalled", now)
    else:
        _tell_staff(referral, "referral_received", now)


def _tell_staff(referral: Referral, template: str, now: datetime) -> None:
    for user in staff_of(referral):
        outbox.queue(template, now=now, user=user, case_code=referral.case.code, reference=referral.reference)
