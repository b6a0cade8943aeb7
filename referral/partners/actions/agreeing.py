"""The life of an agreement: drafted, negotiated, signed, put in force by a decision, suspended, renewed, over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.foundation.media import Media
from referral.partners.actions import signature_files
from referral.partners.models import (
    Agreement,
    AgreementComment,
    AgreementCounter,
    AgreementEvent,
    AgreementSignature,
    Organization,
)
from referral.partners.queries import agreements as queries
from referral.partners.rules import agreements as rules
from referral.partners.rules.agreements import AgreementAction, AgreementState, Side, SignatureMethod, StopReason, Terms
from sop.texts import load_text
from sop.vocabulary import N_, Message

TEMPLATE = "A01_agreement"
STALE = Message(
    "stale_agreement", N_("Somebody changed this agreement in the meantime. Look at its present state first.")
)
CLOSED = Message("text_closed", N_("The text can no longer be changed: it is with the lawyers, or signed."))
SAME = Message("same_party", N_("an agreement binds two organisations"))
SIGNED = Message("already_signed", N_("this party has signed already"))


class StaleAgreement(RuleViolation):
    """The form was made from an older state of the agreement."""

    def __init__(self) -> None:
        super().__init__(STALE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an edit of the text wants: period, data annex, terms, clauses."""

    since: date | None
    until: date | None
    categories: tuple[str, ...]
    purposes: tuple[str, ...]
    cross_border: bool
    transfer_authorised: bool
    onward: bool
    terms: Terms
    clauses: Mapping[str, Mapping[str, str]]


def draft(holder: Organization, partner: Organization, *, actor: Actor, now: datetime) -> Agreement:
    """A draft of the country's template; raises `RuleViolation` when both parties are one."""
    if holder.id == partner.id:
        raise RuleViolation(SAME)
    one = Agreement(reference=_reference(now), holder=holder, partner=partner, clauses=template(holder, partner))
    db.session.add(one)
    db.session.flush()
    audit.record("agreement.draft", actor=actor, now=now, subject=one, code=one.reference)
    return one


def template(holder: Organization, partner: Organization) -> dict[str, dict[str, str]]:
    """The clauses of the country's template in every language, with the names of the parties."""
    settings = current_app.config["SETTINGS"]
    clauses: dict[str, dict[str, str]] = {key: {} for key in rules.CLAUSES}
    for language in settings.languages:
        parts = load_text(TEMPLATE, language, settings.country).blocks
        headings = [place for place, block in enumerate(parts) if block.kind == "heading"]
        for key, start, end in zip(rules.CLAUSES, headings, [*headings[1:], len(parts)], strict=True):
            text = "\n\n".join(line for block in parts[start + 1 : end] for line in block.lines)
            clauses[key][language] = text.replace("{holder}", holder.name).replace("{partner}", partner.name)
    return clauses


def edit(one: Agreement, wanted: Wanted, *, version: int, actor: Actor, now: datetime) -> None:
    """Change text and terms while they may be changed."""
    expect(one, version)
    if one.state not in rules.TEXT_OPEN:
        raise RuleViolation(CLOSED)
    one.effective_from, one.effective_until = wanted.since, wanted.until
    one.categories, one.purposes = list(wanted.categories), list(wanted.purposes)
    one.cross_border, one.transfer_authorised = wanted.cross_border, wanted.transfer_authorised
    one.onward = wanted.onward
    one.terms = wanted.terms.kept()
    one.clauses = {key: dict(texts) for key, texts in wanted.clauses.items()}
    audit.record("agreement.edit", actor=actor, now=now, subject=one, code=one.reference)


def comment(one: Agreement, clause: str, text: str, *, actor: Actor, now: datetime) -> AgreementComment:
    """A party's remark on a clause during the negotiation."""
    if one.state is not AgreementState.NEGOTIATION:
        raise RuleViolation(CLOSED)
    made = AgreementComment(
        agreement_id=one.id, clause=clause, organization_id=actor.organization_id, author_id=actor.id, text=text, at=now
    )
    db.session.add(made)
    audit.record("agreement.comment", actor=actor, now=now, subject=one, code=clause.upper())
    return made


def answer(one: Agreement, asked: AgreementComment, text: str, *, actor: Actor, now: datetime) -> None:
    """The coordination's answer to a remark; it may be mended until the text goes to review."""
    if one.state is not AgreementState.NEGOTIATION:
        raise RuleViolation(CLOSED)
    asked.answer, asked.answered_at = text, now
    audit.record("agreement.answer", actor=actor, now=now, subject=one, code=asked.clause.upper())


def move(
    one: Agreement,
    action: AgreementAction,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    today: date,
    reason: StopReason | None = None,
) -> None:
    """One of the moves without further facts than a reason; raises `RuleViolation` when it is not possible."""
    expect(one, version)
    step(one, action, actor=actor, now=now, today=today, reason=reason.value if reason else "")
    if action is AgreementAction.SEND_BACK:
        one.signatures.clear()


def sign(
    one: Agreement,
    side: Side,
    *,
    representative: str,
    function: str,
    signed_on: date,
    method: SignatureMethod,
    given: Media | None = None,
    text: str,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """One party signs: on paper, with its scan, or on the screen by an account of that party.

    `text` is the hash of the text that was shown; raises `StaleAgreement` when it is another one by now.
    """
    expect(one, version)
    if text != text_hash(one):
        raise StaleAgreement
    if any(row.side is side for row in one.signatures):
        raise RuleViolation(SIGNED)
    step(one, AgreementAction.SIGN, actor=actor, now=now, today=now.date())
    one.signatures.append(
        AgreementSignature(
            side=side,
            representative=representative,
            function=function,
            signed_on=signed_on,
            method=method,
            text_hash=text,
            **signature_files.keep(given, text),
            recorded_by_id=actor.id,
            recorded_at=now,
        )
    )
    audit.record(
        "agreement.sign", actor=actor, now=now, subject=one, code=side.value.upper(), text=text[:16], method=method
    )


def activate(
    one: Agreement, *, number: str, decided_on: date, version: int, actor: Actor, now: datetime, today: date
) -> None:
    """Put it in force by the committee's decision; what it amends is replaced on the day on which it takes effect."""
    expect(one, version)
    one.decision_number, one.decision_on = number, decided_on
    step(one, AgreementAction.ACTIVATE, actor=actor, now=now, today=today, number=number)
    succeed(one, today=today, now=now)


def succeed(one: Agreement, *, today: date, now: datetime) -> None:
    """Replace the agreement that this one amends, once this one has taken effect."""
    former = one.amends
    takes_effect = one.effective_from is not None and one.effective_from <= today
    if former is not None and takes_effect and rules.after(former.state, AgreementAction.SUPERSEDE):
        step(former, AgreementAction.SUPERSEDE, actor=None, now=now, today=today)


def amend(one: Agreement, *, actor: Actor, now: datetime) -> Agreement:
    """A draft with the same text and terms that will replace this one: an amendment, or its renewal."""
    terms = replace(one.promised)
    made = Agreement(
        reference=_reference(now),
        holder=one.holder,
        partner=one.partner,
        effective_from=one.effective_from,
        effective_until=one.effective_until,
        categories=list(one.categories),
        purposes=list(one.purposes),
        cross_border=one.cross_border,
        transfer_authorised=one.transfer_authorised,
        onward=one.onward,
        terms=terms.kept(),
        clauses=dict(one.clauses) or template(one.holder, one.partner),
        amends=one,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("agreement.draft", actor=actor, now=now, subject=made, code=made.reference, amends=one.reference)
    return made


def expect(one: Agreement, version: int) -> None:
    """Raise `StaleAgreement` when the form was made from another state of it."""
    if one.version != version:
        raise StaleAgreement


def step(
    one: Agreement,
    action: AgreementAction,
    *,
    actor: Actor | None,
    now: datetime,
    today: date,
    reason: str = "",
    number: str = "",
) -> None:
    """Make a move of the table with its line of history, or raise `RuleViolation` with the first reason against it."""
    against = rules.refusals(action, standing(one), today)
    after = rules.after(one.state, action)
    if against or after is None:
        raise RuleViolation(against[0])
    before, one.state = one.state, after
    one.events.append(
        AgreementEvent(
            sequence=len(one.events) + 1,
            action=action,
            from_state=before,
            to_state=after,
            reason=reason,
            decision_number=number,
            actor_id=actor.id if actor else None,
            at=now,
        )
    )
    audit.record(
        "agreement.move", actor=actor, now=now, subject=one, code=action.value.upper(), state=after, reason=reason,
        decision=number,
    )  # fmt: skip


def standing(one: Agreement) -> rules.Standing:
    """What the rules look at, with whether what was signed is still the text."""
    return replace(queries.standing(one), altered=any(row.text_hash != text_hash(one) for row in one.signatures))


def text_hash(one: Agreement) -> str:
    """Identify the text that is signed."""
    decided = {
        "holder": str(one.holder_id),
        "partner": str(one.partner_id),
        "from": str(one.effective_from),
        "until": str(one.effective_until),
        "categories": sorted(one.categories),
        "purposes": sorted(one.purposes),
        "cross_border": one.cross_border,
        "onward": one.onward,
    }
    return rules.text_hash(one.clauses, one.promised, decided)


def _reference(now: datetime) -> str:
    """The next reference of the year, such as PA-2026-0042; numbers may be skipped, never given twice."""
    year = now.astimezone(ZoneInfo(current_app.config["SETTINGS"].timezone)).year
    dialect: Any = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    table = AgreementCounter.__table__
    statement = dialect.insert(table).values(year=year, last=1)
    counted = statement.on_conflict_do_update(index_elements=["year"], set_={"last": table.c.last + 1})
    return f"PA-{year}-{db.session.scalar(counted.returning(table.c.last)):04d}"
