"""Consent is taken back: access ends in the same transaction, referrals are recalled, recipients are told and chased.

Rule S2 and research/sop.md §7.5: new accesses are denied at once; each recipient gets a stop notice and confirms
return, erasure or what the law keeps within the set days (`stopping`); lawful past uses stay in the log; counts are
unaffected.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from referral.cases.models import Case
from referral.consent.actions import record_consent
from referral.consent.models import Consent, ConsentState
from referral.consent.queries.consents import names_of
from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit, clock, national
from referral.foundation.access import Actor
from referral.foundation.tables import new_id
from referral.referrals.actions.moves import transition
from referral.referrals.actions.procedure import tell
from referral.referrals.actions.sending import follow
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralAction, ReferralState
from referral.rights.actions import stopping
from referral.rights.models import StopNotice, Withdrawal
from referral.rights.queries import withdrawals as queries
from referral.rights.stopping import Channel, stop_due
from sop.vocabulary import N_, Category, Message

NOTHING = Message("nothing", N_("There is no consent that could be withdrawn."))
CARRIED = (
    "giver", "mark", "witnessed", "language", "form_code", "text_hash", "valid_until", "understood", "interpreter",
    "assent", "guardian", "best_interests", "representative", "conditional", "given_age", "mark_file_id", "mark_hash",
)  # fmt: skip
"""What a narrower revision keeps of the consent that it replaces, its names aside: they are sealed anew."""


def withdraw(
    case: Case,
    taken: Mapping[UUID, Collection[Category]],
    *,
    channel: Channel,
    actor: Actor,
    by_person: bool,
    now: datetime,
) -> Withdrawal:
    """Take back consents of a case: `taken` holds for each consent the categories withdrawn.

    A consent of which nothing is left is withdrawn; else a narrower revision replaces it. `by_person`: through the
    link, so that the trail names no user; `actor` is then whoever made the link, for the moves of the referrals.
    Raises `RuleViolation` when nothing of it is living.
    """
    consents = [one for one in queries.living(case) if taken.get(one.id)]
    if not consents:
        raise RuleViolation(NOTHING)
    everything = len(consents) == len(queries.living(case)) and all(_whole(one, taken[one.id]) for one in consents)
    made = Withdrawal(
        id=new_id(), case=case, channel=channel, everything=everything, at=now,
        recorded_by_id=None if by_person else actor.id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    for consent in consents:
        _take_back(consent, taken[consent.id], made, case=case, actor=actor, now=now)
    audit.record(
        "consent.withdraw", actor=None if by_person else actor, now=now, case_id=case.id, subject=made,
        code=channel.value.upper(), recipients=len({one.recipient_id for one in consents}),
    )  # fmt: skip
    return made


def _whole(consent: Consent, categories: Collection[Category]) -> bool:
    return {one.value for one in categories} >= set(consent.categories)


def _take_back(
    consent: Consent, categories: Collection[Category], made: Withdrawal, *, case: Case, actor: Actor, now: datetime
) -> None:
    whole, running = _whole(consent, categories), queries.running(consent)
    if whole:
        consent.state, consent.ended_at = ConsentState.WITHDRAWN, now
        db.session.flush()
        for referral in running:
            _recall(referral, actor=actor, now=now)
    else:
        _narrow(consent, categories, case=case, actor=actor, now=now)
    stop = StopNotice(
        withdrawal_id=made.id,
        recipient_id=consent.recipient_id,
        purpose=consent.purpose,
        categories=sorted(
            consent.categories if whole else {one.value for one in categories}, key=lambda code: Category(code).order
        ),
        whole=whole,
        told_on=now.astimezone(clock.zone()).date(),
        due_on=stop_due(now.astimezone(clock.zone()).date(), national.periods()),
    )
    db.session.add(stop)
    db.session.flush()
    stopping.tell(stop, case, now=now)


def _narrow(consent: Consent, categories: Collection[Category], *, case: Case, actor: Actor, now: datetime) -> None:
    """A revision without the categories that were taken back; it keeps how and until when consent was given."""
    gone = {one.value for one in categories}
    record_consent(
        case,
        recipient=consent.recipient,
        purpose=consent.purpose,
        categories=[one for one in consent.categories if one not in gone],
        explicit=[one for one in consent.explicit if one not in gone],
        actor=actor,
        now=now,
        names=names_of(consent),
        **{name: getattr(consent, name) for name in CARRIED},
    )


def _recall(referral: Referral, *, actor: Actor, now: datetime) -> None:
    """End a referral under way; one whose service has begun ends as declined by the person."""
    if referral.state is ReferralState.IN_SERVICE:
        before = referral.state
        transition(referral, ReferralAction.CLIENT_DECLINE, actor=actor, now=now)
        tell(referral, ReferralAction.CLIENT_DECLINE, before, actor=actor, now=now)
    else:
        follow(referral, ReferralAction.RECALL, actor=actor, now=now)
