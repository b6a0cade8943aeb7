"""Agreements between the organisations that hold cases and those that serve: most in force, some not, some missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from referral.consent.wording import purpose_of
from referral.demonstration import agreement_papers
from referral.demonstration.organizations import bodies, is_holder
from referral.demonstration.services import COUNTRY, offered
from referral.extensions import db
from referral.partners.models import Agreement, Organization, User
from referral.partners.rules import AgreementState as State
from referral.partners.rules import OrganizationKind
from referral.partners.rules.agreements import IN_FORCE
from referral.procedures.rules import DEMONSTRATION
from sop.vocabulary import MINIMUM, Category, Need

GIVEN: dict[tuple[str, str], State | None] = {
    ("social-lt", "hospital-lt"): State.ACTIVE,
    ("social-lt", "shelter-lt"): State.ACTIVE,
    ("social-lt", "child-lt"): State.ACTIVE,
    ("social-lt", "tracing"): State.ACTIVE,
    ("social-lt", "trafficking"): State.ACTIVE,
    ("social-lt", "asylum"): State.ACTIVE,
    ("social-lt", "returns"): State.ACTIVE,
    ("social-lt", "training"): State.ACTIVE,
    ("social-lt", "listen-lt"): State.EXPIRED,
    ("social-lt", "refuge"): State.SUSPENDED,
    ("social-lt", "law"): State.SIGNED_ONE,
    ("social-lt", "jobs"): State.DRAFT,
    ("social-lt", "night"): None,
    ("ngo-lt", "shelter-lt"): State.ACTIVE,
}
"""Pairs whose state a walk through Littoral relies on; None: no agreement was ever made."""
HANDWRITTEN = ("social-lt", "shelter-lt")
"""The agreement whose signatures were drawn on the screen."""
DRAWN: tuple[State | None, ...] = (
    *[State.ACTIVE] * 30, State.EXPIRED, State.EXPIRED, State.SUSPENDED, State.SIGNED_ONE, State.SIGNED_BOTH,
    State.DRAFT, State.NEGOTIATION, State.LEGAL_REVIEW, None, None,
)  # fmt: skip
LATER = frozenset({State.EXPIRED, State.SUSPENDED})
"""States that begin only now: in the months before, these agreements were in force."""
CLINICAL = frozenset({OrganizationKind.HEALTH})


class Agreements:
    """The agreements that were made, and what becomes of some of them at the end of the twelve months."""

    def __init__(self) -> None:
        self.in_force: set[tuple[str, str]] = set()
        self.later: list[tuple[Agreement, State]] = []
        self.made: list[Agreement] = []
        self.drawn: Agreement | None = None

    def settle(self, coordinator: User, rng: Random, now: datetime) -> None:
        """Let some run out and others be suspended; then write what stands on each."""
        for agreement, state in self.later:
            agreement.state = state
            if state is State.EXPIRED:
                agreement.effective_until = now.date() - timedelta(days=rng.randrange(3, 40))
        agreement_papers.write(self.made, coordinator, rng, now, drawn=self.drawn)


def add_agreements(organizations: dict[str, Organization], rng: Random, now: datetime) -> Agreements:
    """One agreement at most for each pair of a holder and an organisation that serves its region."""
    made, needs, number = Agreements(), _needs(), 0
    holders = [body for body in bodies() if is_holder(body.key)]
    for holder in holders:
        for key, served in needs.items():
            if key not in organizations or not {holder.region, COUNTRY} & served[1]:
                continue
            pair = (holder.key, key)
            state = GIVEN[pair] if pair in GIVEN else rng.choice(DRAWN)
            if state is None:
                continue
            began = State.ACTIVE if state in LATER else state
            agreement = _agreement(organizations[holder.key], organizations[key], served[0], began, rng, now)
            number += 1
            agreement.reference = f"PA-{number:04d}"
            db.session.add(agreement)
            made.made.append(agreement)
            if pair == HANDWRITTEN:
                made.drawn = agreement
            if began is State.ACTIVE:
                made.in_force.add(pair)
            if state in LATER:
                made.later.append((agreement, state))
    db.session.flush()
    return made


def add_federation(
    made: Agreements, holder: Organization, federation: Organization, coordinator: User, now: datetime
) -> Agreement:
    """The agreement with the employers' federation, in force for eight months yet: it covers the federation's members.

    It draws by itself, so that the rest of the country stays as it was told.
    """
    rng = Random(federation.name)  # noqa: S311 - a story, not a secret
    one = _agreement(holder, federation, [Need.ECO, Need.EDU], State.ACTIVE, rng, now)
    one.effective_until = now.date() + timedelta(days=240)
    one.reference = f"PA-{len(made.made) + 1:04d}"
    db.session.add(one)
    db.session.flush()
    made.made.append(one)
    agreement_papers.write([one], coordinator, rng, now, drawn=None)
    return one


def _needs() -> dict[str, tuple[list[Need], set[str]]]:
    """Each serving organisation: the needs it answers and the regions that it covers."""
    found: dict[str, tuple[list[Need], set[str]]] = {}
    for one in offered():
        needs, regions = found.setdefault(one.body, ([], set()))
        needs += [Need(code) for code in one.needs if Need(code) not in needs]
        regions |= {area[:5] for area in one.areas}
    return {key: value for key, value in found.items() if value[0]}


def _agreement(
    holder: Organization, partner: Organization, needs: list[Need], state: State, rng: Random, now: datetime
) -> Agreement:
    covered = {Category.C1, Category.C2, Category.C3, *(one for need in needs for one in MINIMUM[need])}
    if partner.kind in CLINICAL:
        covered |= {Category.C7, Category.C8}
    signed = state in (State.ACTIVE, State.SIGNED_BOTH)
    start = now.date() - timedelta(days=rng.randrange(420, 800))
    return Agreement(
        holder=holder,
        partner=partner,
        state=state,
        effective_from=(start if state is State.ACTIVE else now.date() + timedelta(days=20)) if signed else None,
        effective_until=now.date() + timedelta(days=rng.randrange(60, 700)) if signed else None,
        categories=[one.value for one in sorted(covered, key=lambda one: one.order)],
        purposes=[purpose_of(need) for need in needs],
        onward=False,
        decision_number=DEMONSTRATION if state in IN_FORCE else "",
        decision_on=start if state in IN_FORCE else None,
    )
