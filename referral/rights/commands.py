"""`flask privacy …`: what is kept too long, erase a file, the register of processing."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from referral.foundation.terminal import now, say

privacy = AppGroup("privacy", help="Retention, erasure and the register of processing.")


@privacy.command("retention")
@click.option("--json", "as_json", is_flag=True, help="Print what waits as JSON on the last line.")
@with_appcontext
def privacy_retention(as_json: bool) -> None:
    """Propose what was kept long enough, and list what waits for a review. Nothing is erased. Exit 0."""
    from referral.rights.actions.retaining import propose
    from referral.rights.queries import waiting_reviews

    made = propose(now())
    waiting = [
        {"case": one.code, "due": str(one.due_on), "categories": one.categories, "whole": one.whole}
        for one in waiting_reviews()
    ]
    words = [f"{row['case']} due {row['due']} {row['categories']}" for row in waiting]
    say({"proposed": made, "waiting": waiting}, as_json, [*words, f"{made} proposed, {len(waiting)} wait for a review"])


@privacy.command("erase")
@click.argument("code")
@click.option("--by", "username", help="The account that proposes it, or that does it; its password is asked for.")
@click.option("--propose", is_flag=True, help="Propose it; another account then does it, here or on the page.")
@click.option("--reason", default="", help="Why it is proposed; names nobody.")
@click.option("--yes", is_flag=True, help="Do what another account proposed or recorded.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def privacy_erase(code: str, username: str | None, propose: bool, reason: str, yes: bool, as_json: bool) -> None:
    """Erase the file of a closed case; one account proposes it, another one does it.

    Exit 0: erased, proposed, or would be; 1: it may not be; 2: there is no such case.
    """
    from referral.errors import RuleViolation
    from referral.extensions import db
    from referral.rights.queries import case_by_code
    from referral.rights.queries.handed import documents_of, holders

    if (propose or yes) and (propose == yes or not username):
        raise click.UsageError("say --by NAME and one of --propose and --yes")
    case = case_by_code(code)
    if case is None:
        say({"error": "unknown"}, as_json, [f"there is no case {code}"])
        sys.exit(2)
    told, left = holders(case.id), documents_of(case)
    try:
        _erase(case, username, propose=propose, reason=reason, yes=yes)
    except RuleViolation as refused:
        db.session.rollback()
        say({"case": code, "erased": False, "error": refused.message.code}, as_json, [str(refused.message)])
        sys.exit(1)
    db.session.commit()
    done = "erased" if yes else "is proposed to be erased" if propose else "would be erased (say --propose, then --yes)"
    rows = [{"on": str(one.on), "kind": one.kind, "holder": one.organization or one.holder, "times": one.times}
            for one in left]  # fmt: skip
    words = [f"{code} {done}; told: {', '.join(told) or 'nobody'}"]
    words += [f"  left: {row['on']} {row['kind']} x{row['times']} -> {row['holder']}" for row in rows]
    say({"case": code, "erased": yes, "proposed": propose, "told": told, "left": rows}, as_json, words)


def _erase(case: Any, username: str | None, *, propose: bool, reason: str, yes: bool) -> None:
    """Look, propose or erase; whoever proposes or erases proves who they are."""
    from referral.errors import RuleViolation
    from referral.partners.actions import vouch
    from referral.rights.actions import erasing, retaining

    against = erasing.obstacle(case)
    if against is not None:
        raise RuleViolation(against)
    if username is None:
        return
    password = click.prompt("Password", hide_input=True, err=True)
    second = click.prompt("Code of the second factor, empty without one", default="", show_default=False, err=True)
    user = vouch(username, password, second, now=now())
    if propose:
        retaining.propose_file(case, " ".join(reason.split()), actor=user, now=now())
    elif yes:
        retaining.erase_approved(case, actor=user, now=now())


@privacy.command("replay")
@click.option("--ledger", metavar="URL", help="First destroy the keys that the ledger of this other database lists.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def privacy_replay(ledger: str | None, as_json: bool) -> None:
    """After a restore, erase again whoever was erased since the backup. Exit 0: done; 1: that ledger cannot be read."""
    from referral.errors import RuleViolation
    from referral.rights.actions.replaying import destroy_listed, replay

    listed = None
    if ledger is not None:
        try:
            listed = destroy_listed(ledger, now=now())
        except RuleViolation as refused:
            say({"error": refused.message.code}, as_json, [str(refused.message)])
            sys.exit(1)
    done: dict[str, Any] = asdict(replay(now()))
    words = [f"erased again: {', '.join(f'{name} {count}'.replace('_', ' ') for name, count in done.items())}"]
    if listed is not None:
        done |= {"listed": listed.owners, "held": list(listed.held)}
        words += [f"{code} is kept by a legal hold: lift it, then say --ledger again" for code in listed.held]
    say(done, as_json, words)


@privacy.command("register")
@click.option("--json", "as_json", is_flag=True, help="Print the register as JSON on the last line.")
@with_appcontext
def privacy_register(as_json: bool) -> None:
    """Print the register: processing, periods, transfers abroad, agreements, breaches, impact assessment. Exit 0."""
    from referral.foundation.national import periods
    from referral.rights.processing import REGISTER
    from referral.rights.queries import all_agreements, assessment, authorised_transfers, breaches

    rows = [
        {
            "code": one.code, "name": one.name, "purpose": one.purpose, "basis": one.basis, "persons": one.persons,
            "categories": [category.value for category in one.categories], "recipients": one.recipients,
            "kept": str(one.kept_for(periods())),
        }
        for one in REGISTER
    ]  # fmt: skip
    transfers = [list(one) for one in authorised_transfers(now().date())]
    words = [f"{row['code']} {row['name']}: {row['purpose']} ({row['basis']})" for row in rows]
    agreements = [
        {
            "reference": one.reference,
            "holder": one.holder.name,
            "partner": one.partner.name,
            "state": one.state.value,
            "until": str(one.effective_until or ""),
            "categories": one.categories,
            "decision": one.decision_number,
        }
        for one in all_agreements()
    ]
    log = [
        {
            "number": one.number,
            "kind": one.kind.value,
            "authority_due": one.authority_due.isoformat(),
            "steps": one.steps,
        }
        for one in breaches(size=10_000)
    ]
    answers = {code: line.answer.value for code, line in assessment().items()}
    words += [f"{row['reference']} {row['partner']} {row['state']}" for row in agreements]
    words += [f"{row['number']} {row['kind']}" for row in log]
    whole = {
        "activities": rows,
        "periods": asdict(periods()),
        "transfers": transfers,
        "agreements": agreements,
        "breaches": log,
    }
    say(whole | {"assessment": answers}, as_json, words)
