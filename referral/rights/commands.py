"""`flask privacy …`: what is kept too long, erase a file, the register of processing."""

from __future__ import annotations

import sys
from dataclasses import asdict

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
@click.option("--yes", is_flag=True, help="Do it; without it the command only says what would be erased.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def privacy_erase(code: str, yes: bool, as_json: bool) -> None:
    """Erase the file of a closed case. Exit 0: erased, or would be; 1: it may not be; 2: there is no such case."""
    from referral.errors import RuleViolation
    from referral.extensions import db
    from referral.rights.actions.erasing import erase_file, obstacle
    from referral.rights.queries import case_by_code
    from referral.rights.queries.handed import documents_of, holders

    case = case_by_code(code)
    if case is None:
        say({"error": "unknown"}, as_json, [f"there is no case {code}"])
        sys.exit(2)
    told, left = holders(case.id), documents_of(case)
    against = obstacle(case)
    if against is None and yes:
        try:
            erase_file(case, actor=None, now=now(), cause="COMMAND")
        except RuleViolation as refused:
            against = refused.message
    if against is not None:
        say({"case": code, "erased": False, "error": against.code}, as_json, [str(against)])
        sys.exit(1)
    db.session.commit()
    done = "erased" if yes else "would be erased (say --yes)"
    rows = [{"on": str(one.on), "kind": one.kind, "holder": one.organization or one.holder, "times": one.times}
            for one in left]  # fmt: skip
    words = [f"{code} {done}; told: {', '.join(told) or 'nobody'}"]
    words += [f"  left: {row['on']} {row['kind']} x{row['times']} -> {row['holder']}" for row in rows]
    say({"case": code, "erased": yes, "told": told, "left": rows}, as_json, words)


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
    done = asdict(replay(now()))
    words = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in done.items())
    say(done | ({} if listed is None else {"listed": listed}), as_json, [f"erased again: {words}"])


@privacy.command("register")
@click.option("--json", "as_json", is_flag=True, help="Print the register as JSON on the last line.")
@with_appcontext
def privacy_register(as_json: bool) -> None:
    """Print the register: processing, transfers abroad, agreements, breaches, impact assessment. Exit 0."""
    from referral.rights.queries import all_agreements, assessment, authorised_transfers, breaches
    from referral.rights.rules import REGISTER

    rows = [
        {
            "code": one.code, "name": one.name, "purpose": one.purpose, "basis": one.basis, "persons": one.persons,
            "categories": [category.value for category in one.categories], "recipients": one.recipients,
            "kept": one.kept,
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
    whole = {"activities": rows, "transfers": transfers, "agreements": agreements, "breaches": log}
    say(whole | {"assessment": answers}, as_json, words)
