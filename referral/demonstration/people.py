"""Who signs in: memorable log-ins for each role in Littoral, and colleagues everywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pyotp
from flask_babel import force_locale, gettext
from sqlalchemy import select

from referral.demonstration.names import full_name
from referral.demonstration.organizations import MARK, RESPONDERS, Body, bodies, is_holder
from referral.demonstration.services import offered
from referral.demonstration.towns import SEATS, SHORT
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.grants import Role
from referral.partners import actions, passwords
from referral.partners.models import Organization, User

PASSPHRASE = "six pirogues sur le Wouri"  # noqa: S105 - printed at every start of the demonstration
LITTORAL = "CM005"


@dataclass(frozen=True, slots=True)
class LogIn:
    """A memorable log-in: account, name, role, organisation, region, specialities."""

    username: str
    name: str
    role: Role
    body: str
    region: str = LITTORAL
    specialities: tuple[str, ...] = ()


LOG_INS: tuple[LogIn, ...] = (
    LogIn("s.ewane", "Samuel Ewane", Role.FIRST_RESPONDER, "police-dla"),
    LogIn("a.ngo", "Alice Ngo Bassong", Role.CASE_MANAGER, "social-lt", specialities=("ENF", "FAM")),
    LogIn("m.ebelle", "Marthe Ebelle", Role.SUPERVISOR, "social-lt"),
    LogIn("p.moukoko", "Paul Moukoko", Role.PROVIDER, "shelter-lt"),
    LogIn("c.fotso", "Carine Fotso", Role.COORDINATOR, "coord-lt"),
    LogIn("j.owona", "Jean Owona", Role.COMMITTEE, "committee", ""),
    LogIn("t.mbarga", "Thérèse Mbarga", Role.DATA_OFFICER, "data", ""),
    LogIn("admin", "Administration du système", Role.ADMINISTRATOR, "unit", ""),
)
"""One for each role, in the order in which a case meets them."""
UNSIGNED = "nouveau.lt"
"""The one account whose holder has not signed the confidentiality undertaking (rule A1)."""
ENGLISH = frozenset({"CM007", "CM010"})


@dataclass(slots=True)
class Staff:
    """The users, by what they do."""

    responders: dict[str, list[User]] = field(default_factory=dict)
    """By region; those of the posts that stand there first."""
    supervisors: dict[UUID, User] = field(default_factory=dict)
    """By the organisation that holds cases."""
    providers: dict[UUID, list[User]] = field(default_factory=dict)
    """By serving organisation, the focal point first."""
    named: dict[str, User] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """An account to be made."""

    username: str
    role: Role
    body: str
    region: str
    name: str = ""
    specialities: tuple[str, ...] = ()


def accounts() -> list[Account]:
    """Every account of the demonstration country, the memorable ones first."""
    known = [
        Account(one.username, one.role, one.body, one.region, f"{one.name} {MARK}", one.specialities) for one in LOG_INS
    ]
    serving = {one.body for one in offered()}
    taken = {(one.role, one.body) for one in LOG_INS}
    for body in bodies():
        known += [one for one in _of(body, serving) if (one.role, one.body) not in taken or one.username[-1] == "2"]
    posts = [Account(f"secours.{SHORT[region]}", Role.FIRST_RESPONDER, "redcross", region) for region in SEATS]
    beside = [
        Account(UNSIGNED, Role.PROVIDER, "hospital-lt", LITTORAL),
        Account("unite", Role.COORDINATOR, "unit", ""),
        Account("partenaire", Role.COMMITTEE, "funder", ""),
    ]
    return [*known, *posts, *beside]


def _of(body: Body, serving: set[str]) -> Iterator[Account]:
    """The usual staff of an organisation."""
    region = body.region
    if is_holder(body.key):
        yield Account(f"gestion.{body.key}", Role.CASE_MANAGER, body.key, region, specialities=body.mandates)
        yield Account(f"gestion.{body.key}.2", Role.CASE_MANAGER, body.key, region)
        yield Account(f"supervision.{body.key}", Role.SUPERVISOR, body.key, region)
    if body.key in serving:
        yield Account(f"focal.{body.key}", Role.PROVIDER, body.key, region)
        yield Account(f"equipe.{body.key}.2", Role.PROVIDER, body.key, region)
    if body.key.startswith("coord-"):
        yield Account(f"coordination.{body.key[-2:]}", Role.COORDINATOR, body.key, region)
    if body in RESPONDERS and body.key != "redcross":
        yield Account(f"accueil.{body.key}", Role.FIRST_RESPONDER, body.key, region)


def add_people(organizations: dict[str, Organization], rng: Random, now: datetime) -> Staff:
    """All accounts, with the one printed passphrase; hashed once."""
    staff, hashed = Staff(), passwords.hash_password(PASSPHRASE)
    began = now - timedelta(days=400)
    for one in accounts():
        region = one.region or rng.choice(tuple(SEATS))
        user, _secret = actions.add_user(
            one.username,
            one.name or full_name(region, rng),
            one.role,
            organization_id=organizations[one.body].id,
            password_hash=hashed,
            now=began,
            undertaking_on=None if one.username == UNSIGNED else (began - timedelta(days=rng.randrange(5, 60))).date(),
            region=one.region,
            specialities=one.specialities,
            language="en" if one.region in ENGLISH else "fr",
        )
        user.organization = organizations[one.body]
        _file(staff, user, one)
    db.session.flush()
    return staff


def _file(staff: Staff, user: User, account: Account) -> None:
    staff.named[account.username] = user
    organization = user.organization
    if account.role is Role.FIRST_RESPONDER:
        for region in (account.region,) if account.region else SEATS:
            staff.responders.setdefault(region, []).append(user)
    elif organization is not None and account.role is Role.SUPERVISOR:
        staff.supervisors[organization.id] = user
    elif organization is not None and account.role is Role.PROVIDER:
        staff.providers.setdefault(organization.id, []).append(user)


def log_in_lines(now: datetime) -> list[str]:
    """The memorable log-ins with the present code of their second factor, aligned; empty without a demonstration."""
    query = select(User).where(User.username.in_([one.username for one in LOG_INS]))
    users = {user.username: user for user in db.session.scalars(query)}
    rows = [_row(users[one.username], now) for one in LOG_INS if one.username in users]
    if not rows:
        return []
    head = ("Rôle", "Role", "Compte · Account", "Code", "Secret")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]
    return ["", f"Mot de passe de toutes et tous · Everybody’s password: {PASSPHRASE}", *table, ""]


def _row(user: User, now: datetime) -> tuple[str, str, str, str, str]:
    secret = sealing.open_secret(f"totp:{user.id}", user.totp_secret) if user.totp_secret else ""
    code = pyotp.TOTP(secret).at(now) if secret else "–"
    with force_locale("fr"):
        french = gettext(user.role.label)
    return french, user.role.label, user.username, code, secret
