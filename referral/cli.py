"""The command line (`flask --app wsgi …`): thin wrappers that call one function, print, and exit with its code."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from threading import Event

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from referral.consent.commands import consent
from referral.foundation.grants import Role
from referral.foundation.terminal import now, say
from referral.people.commands import people
from referral.procedures.commands import forms, sop
from referral.providers.commands import directory, places
from referral.rights.commands import privacy

audit = AppGroup("audit", help="The audit trail: seal and verify.")
user = AppGroup("user", help="Accounts.")
demo = AppGroup("demo", help="The demonstration country.")
offline = AppGroup("offline", help="Forms filled in without a network.")
docs = AppGroup("docs", help="Pages of the documentation that are written from the code.")


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


@user.command("reopen")
@click.argument("username")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def user_reopen(username: str, as_json: bool) -> None:
    """Open a suspended account again. Exit 0: it is open now; 1: it was open; 2: no such account."""
    from referral.extensions import db
    from referral.partners import actions
    from referral.partners.queries import user_by_name

    found = user_by_name(username)
    done = found is not None and actions.reopen(found, actor=None, now=now())
    db.session.commit()
    words = "no such account" if found is None else "open again" if done else "was open"
    say({"account": username, "reopened": done}, as_json, [f"{username}: {words}"])
    sys.exit(2 if found is None else 0 if done else 1)


@user.command("password")
@click.argument("username")
@click.password_option(help="Asked for when it is not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on the last line.")
@with_appcontext
def user_password(username: str, password: str, as_json: bool) -> None:
    """Set a new password for somebody who lost theirs; they are told. Exit 0: set; 1: too weak; 2: no such account."""
    from referral.extensions import db
    from referral.partners import actions, passwords
    from referral.partners.queries import user_by_name

    found, complaint = user_by_name(username.strip().lower()), passwords.complaint(password, username)
    if found is not None and complaint is None:
        actions.reset_password(found, passwords.hash_password(password), now=now())
        db.session.commit()
    done = found is not None and complaint is None
    words = "no such account" if found is None else str(complaint) if complaint else "new password; all sessions end"
    say({"account": username, "reset": done}, as_json, [f"{username}: {words}"])
    sys.exit(2 if found is None else 0 if done else 1)


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
