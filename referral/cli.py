"""The command line (`flask --app wsgi …`): thin wrappers that call one function, print, and exit with its code."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from threading import Event

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from referral.foundation.grants import Role
from referral.foundation.terminal import now, say
from referral.people.commands import people
from referral.procedures.commands import forms, sop
from referral.providers.commands import directory, places
from referral.rights.commands import privacy

consent = AppGroup("consent", help="The sharing decision: decide cases from files.")
audit = AppGroup("audit", help="The audit trail: seal and verify.")
user = AppGroup("user", help="Accounts.")
demo = AppGroup("demo", help="The demonstration country.")
offline = AppGroup("offline", help="Forms filled in without a network.")
docs = AppGroup("docs", help="Pages of the documentation that are written from the code.")


@consent.command("decide")
@click.argument("cases", type=click.Path(path_type=Path))
@click.option("--base", required=True, type=click.Path(path_type=Path), help="The base request (YAML).")
@click.option("--json", "as_json", is_flag=True, help="Print the decisions as JSON on the last line.")
def consent_decide(cases: Path, base: Path, as_json: bool) -> None:
    """Decide each case of a file. Exit 0: all decided; 2: cannot be read."""
    from referral.consent.casebook import report

    decisions, code = report(base, cases)
    words = [" ".join(str(value) for value in decision.values()) for decision in decisions]
    say(decisions, as_json, words)
    sys.exit(code)


@audit.command("seal")
@with_appcontext
def audit_seal() -> None:
    """Seal the audit lines that are not sealed yet."""
    from referral.extensions import db
    from referral.foundation import audit as trail

    sealed = trail.seal_batch(now())
    db.session.commit()
    click.echo(f"{sealed} lines sealed; head {trail.head()}")


@audit.command("verify")
@click.option("--head", "heads", multiple=True, help="A head printed on a document; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON on the last line.")
@with_appcontext
def audit_verify(heads: tuple[str, ...], as_json: bool) -> None:
    """Verify the audit trail. Exit 0: whole; 1: the first broken line is named."""
    from referral.foundation import verification

    report = verification.verify(now(), heads=heads)
    say(report.to_json(), as_json, report.words())
    sys.exit(0 if report.ok else 1)


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Full name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--organization", default="", help="Name of the organisation (made when it is unknown).")
@click.option("--undertaking", default="", help="Day on which the confidentiality undertaking was signed (YYYY-MM-DD).")
@click.option("--email", default="", help="Where notices go (case codes only).")
@click.password_option(help="Asked for when it is not given.")
@with_appcontext
def user_add(
    username: str, name: str, role: str, organization: str, undertaking: str, email: str, password: str
) -> None:
    """Make an account. Prints the secret of the second factor once."""
    from referral.errors import RuleViolation
    from referral.extensions import db
    from referral.partners import actions, passwords

    complaint = passwords.complaint(password, username)
    if complaint:
        raise click.ClickException(str(complaint))
    try:
        signed = date.fromisoformat(undertaking) if undertaking else None
    except ValueError as error:
        raise click.ClickException("--undertaking must be a day such as 2026-01-31") from error
    hashed = passwords.hash_password(password)
    try:
        owner = actions.find_or_add_organization(organization) if organization else None
        _user, secret = actions.add_user(
            username,
            name,
            Role(role),
            organization_id=owner.id if owner else None,
            password_hash=hashed,
            now=now(),
            undertaking_on=signed,
            email=email,
        )
    except RuleViolation as error:
        raise click.ClickException(str(error.message)) from error
    db.session.commit()
    click.echo(f"account {username} made" + (f"; second factor secret: {secret}" if secret else ""))


@demo.command("load")
@click.option("--seed", default=2026, help="The same seed makes the same country.")
@click.option("--cases", default=304, help="How many invented cases.")
@with_appcontext
def demo_load(seed: int, cases: int) -> None:
    """Load the demonstration country: invented people and organisations at real places."""
    from referral.demonstration import country
    from referral.errors import RuleViolation

    try:
        for line in country.load(seed=seed, cases=cases, now=now()):
            click.echo(line)
    except RuleViolation as refusal:
        raise click.ClickException(str(refusal.message)) from refusal


@offline.command("rotate-key")
@click.option("--json", "as_json", is_flag=True, help="Print the number of the key as JSON on the last line.")
@with_appcontext
def offline_rotate_key(as_json: bool) -> None:
    """Make a new sealing key and offer it to phones; older keys still open what was sealed before. Exit 0."""
    from referral.foundation import parcels

    key = parcels.rotate(now=now())
    say({"key": key.number}, as_json, [f"sealing key {key.number} is offered from now on"])


@offline.command("hand-in")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--user", "username", required=True, help="Whose form it is: the account that it was sealed for.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON on the last line.")
@with_appcontext
def offline_hand_in(file: Path, username: str, as_json: bool) -> None:
    """Receive a sealed form from a phone's file. Exit 0: received; 1: refused; 2: no such file or account."""
    from referral.identification.handing import hand_in_file

    result, code = hand_in_file(file, username, now=now())
    say(result, as_json, [str(value) for value in result.values() if value])
    sys.exit(code)


@docs.command("access")
def docs_access() -> None:
    """Print who may do what, for docs/access.md."""
    from referral.foundation import access_table

    click.echo(access_table.markdown(), nl=False)


@click.command("worker")
@click.option("--once", is_flag=True, help="Send what waits, seal the audit trail, and stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Send outgoing notices and seal the audit trail."""
    from referral.foundation import jobs

    if once:
        click.echo(f"{jobs.work_once(now())} notices sent")
        return
    jobs.work_forever(Event())


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (sop, forms, consent, privacy, directory, places, people, audit, user, demo, offline, docs, worker):
        app.cli.add_command(command)
