"""What stands on the agreements of the demonstration: clauses, annex, signatures, remarks and history. All invented."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

from referral.demonstration.scribbles import scribble
from referral.extensions import db
from referral.foundation.clock import zone
from referral.foundation.media import Media
from referral.partners.actions import signature_files
from referral.partners.actions.agreeing import template, text_hash
from referral.partners.models import Agreement, AgreementComment, AgreementEvent, AgreementSignature, User
from referral.partners.rules.agreements import (
    IN_FORCE,
    MEASURES,
    AgreementAction,
    AgreementState,
    Side,
    SignatureMethod,
    StopReason,
    Terms,
)

S, A = AgreementState, AgreementAction
WAY: dict[AgreementState, tuple[tuple[AgreementAction, AgreementState], ...]] = {
    S.DRAFT: (),
    S.NEGOTIATION: ((A.OPEN_NEGOTIATION, S.NEGOTIATION),),
}
WAY[S.LEGAL_REVIEW] = (*WAY[S.NEGOTIATION], (A.SEND_TO_REVIEW, S.LEGAL_REVIEW))
WAY[S.SIGNED_ONE] = (*WAY[S.LEGAL_REVIEW], (A.SIGN, S.SIGNED_ONE))
WAY[S.SIGNED_BOTH] = (*WAY[S.SIGNED_ONE], (A.SIGN, S.SIGNED_BOTH))
WAY[S.ACTIVE] = (*WAY[S.SIGNED_BOTH], (A.ACTIVATE, S.ACTIVE))
WAY[S.EXPIRED] = (*WAY[S.ACTIVE], (A.EXPIRE, S.EXPIRED))
WAY[S.SUSPENDED] = (*WAY[S.ACTIVE], (A.SUSPEND, S.SUSPENDED))
"""How an agreement came into each state."""
SIGNING = ("Jean Démo", "Marie Démo")
REMARKS = (
    ("data", "Nous ne pouvons détruire les données médicales avant la fin du délai légal de conservation."),
    ("services", "La capacité annoncée ne vaut pas pendant les travaux du bâtiment B."),
)


def terms(rng: Random, agreement: Agreement) -> Terms:
    """An annex with everything that lawyers ask for."""
    return Terms(
        regions=(agreement.partner.region,) if agreement.partner.region else (),
        holder_representative=SIGNING[0],
        holder_function="déléguée ou délégué (démonstration)",
        partner_representative=SIGNING[1],
        partner_function="direction (démonstration)",
        focal_point="point focal (démonstration)",
        deputy="suppléance (démonstration)",
        answer_hours=rng.choice((4, 12, 24)),
        measures=tuple(MEASURES)[: rng.randrange(4, len(MEASURES) + 1)],
        retention_months=rng.choice((12, 24, 60)),
        breach_contact="astreinte du délégué à la protection des données (démonstration), 699 00 00 00",
        renewal=True,
        renewal_days=90,
    )


def write(
    agreements: list[Agreement], coordinator: User, rng: Random, now: datetime, *, drawn: Agreement | None
) -> None:
    """Fill in what stands on each agreement; its state and period stay as they are. `drawn`: one signed by hand."""
    for one in agreements:
        one.clauses = template(one.holder, one.partner)
        if one.state is not S.DRAFT:
            one.terms = terms(rng, one).kept()
        _history(one, now)
        _signatures(one, coordinator, drawn=one is drawn)
        if one.state is S.NEGOTIATION:
            _remarks(one, coordinator, now)
    db.session.flush()


def _history(one: Agreement, now: datetime) -> None:
    """The moves that led to its state, a week between two, the last by its own day."""
    way, before = WAY[one.state], S.DRAFT
    for number, (action, after) in enumerate(way, start=1):
        at = _moment(one, now) - timedelta(weeks=len(way) - number)
        one.events.append(
            AgreementEvent(
                sequence=number,
                action=action,
                from_state=before,
                to_state=after,
                reason=StopReason.UNDERTAKINGS.value if action is A.SUSPEND else "",
                decision_number=one.decision_number if action is A.ACTIVATE else "",
                at=at,
            )
        )
        before = after


def _moment(one: Agreement, now: datetime) -> datetime:
    """When it came into its present state."""
    if one.state in IN_FORCE and one.decision_on and one.state is S.ACTIVE:
        return datetime.combine(one.decision_on, time(10), zone())
    if one.state is S.EXPIRED and one.effective_until:
        return datetime.combine(one.effective_until + timedelta(days=1), time(0, 15), zone())
    return now - timedelta(days=5)


def _signatures(one: Agreement, coordinator: User, *, drawn: bool) -> None:
    """Those that led to its state: declared on the screen, or drawn there."""
    text = text_hash(one)
    signed = [event for event in one.events if event.action is A.SIGN]
    for side, event, name in zip((Side.PARTNER, Side.HOLDER), signed, reversed(SIGNING), strict=False):
        one.signatures.append(
            AgreementSignature(
                side=side,
                representative=name,
                function="direction (démonstration)",
                signed_on=event.at.date(),
                method=SignatureMethod.DRAWN if drawn else SignatureMethod.SCREEN,
                text_hash=text,
                **signature_files.keep(Media("image/png", scribble(side.value)) if drawn else None, text),
                recorded_by_id=coordinator.id,
                recorded_at=event.at,
            )
        )


def _remarks(one: Agreement, coordinator: User, now: datetime) -> None:
    """Two remarks of the partner; the first has its answer."""
    for number, (clause, text) in enumerate(REMARKS):
        answered = number == 0
        db.session.add(
            AgreementComment(
                agreement_id=one.id,
                clause=clause,
                organization_id=one.partner_id,
                author_id=coordinator.id,
                text=text,
                at=now - timedelta(days=3),
                answer="La durée légale est ajoutée à l’annexe." if answered else "",
                answered_at=now - timedelta(days=2) if answered else None,
            )
        )
