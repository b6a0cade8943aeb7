"""Settings: read once from the environment, frozen, passed to `create_app`."""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from directory.employment import ENDS_SOON
from directory.freshness import LIFE_NAMES, SHELF_LIVES, ShelfLives, lives_from
from referral.foundation.media import MEGABYTE, Limits
from referral.periods import ASSUMED, LABELS, Periods, periods_from

log = logging.getLogger("mnr")
ROOT = Path(__file__).resolve().parent.parent
SECRET_NAMES = ("SECRET_KEY", "MNR_KEY_RING", "MNR_TOKEN_KEY", "MNR_AUDIT_KEY")


class Environment(StrEnum):
    """Where the application runs; only production refuses generated secrets."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class SettingsError(RuntimeError):
    """The environment does not say what the application needs; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations.

    `key_ring` maps a version to 32 bytes (hex in `MNR_KEY_RING`, "1:…,2:…"; the highest version seals, all open).
    """

    environment: Environment
    database_url: str
    keystore_url: str
    instance: Path
    secret_key: str
    key_ring: Mapping[int, bytes]
    token_key: bytes
    audit_key: bytes
    country: str = "cameroon"
    country_code: str = "CM"
    product_name: str = "MNR"
    emblem: str = "◈"
    default_language: str = "fr"
    languages: tuple[str, ...] = ("fr", "en")
    timezone: str = "Africa/Douala"
    session_idle_minutes: int = 30
    session_hours: int = 12
    offline_lock_minutes: int = 2
    base_url: str = "http://127.0.0.1:5000"
    mail_url: str = ""
    security_contact: str = ""
    upload_limits: Limits = field(default_factory=Limits)
    shelf_lives: ShelfLives = SHELF_LIVES
    vacancy_notice: int = ENDS_SOON
    mark_days: int = 14
    periods: Periods = ASSUMED
    fast_passwords: bool = False
    generated_secrets: tuple[str, ...] = field(default=())

    @property
    def production(self) -> bool:
        """Whether real people's data may be here."""
        return self.environment is Environment.PRODUCTION

    @property
    def demo(self) -> bool:
        """Whether the demonstration's printed secrets and visible outbox are allowed."""
        return self.environment is not Environment.PRODUCTION

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; outside production missing secrets are made and kept in the instance folder (600)."""
        env = os.environ if env is None else env
        try:
            environment = Environment(env.get("MNR_ENV", "demo"))
        except ValueError as error:
            raise SettingsError("MNR_ENV must be production, demo or test") from error
        instance = Path(env.get("MNR_INSTANCE", str(ROOT / "instance")))
        values, generated = _secrets(env, environment, instance)
        database_url = env.get("DATABASE_URL") or _sqlite(instance, "mnr.sqlite")
        return cls(
            environment=environment,
            database_url=_with_driver(database_url),
            keystore_url=_with_driver(env.get("KEYSTORE_URL") or _sqlite(instance, "keys.sqlite")),
            instance=instance,
            secret_key=values["SECRET_KEY"],
            key_ring=_key_ring(values["MNR_KEY_RING"]),
            token_key=_key("MNR_TOKEN_KEY", values["MNR_TOKEN_KEY"]),
            audit_key=_key("MNR_AUDIT_KEY", values["MNR_AUDIT_KEY"]),
            base_url=env.get("MNR_BASE_URL", "http://127.0.0.1:5000").rstrip("/"),
            mail_url=env.get("MNR_MAIL_URL", ""),
            security_contact=env.get("MNR_SECURITY_CONTACT", ""),
            product_name=env.get("MNR_NAME", "MNR"),
            upload_limits=_upload_limits(env),
            shelf_lives=_shelf_lives(env),
            vacancy_notice=_vacancy_notice(env),
            mark_days=_days("MNR_MARK_DAYS", env.get("MNR_MARK_DAYS", "14")),
            periods=_periods(env),
            generated_secrets=generated,
        )


def _with_driver(url: str) -> str:
    """PostgreSQL by the driver that we install, whatever shape of its URL a host hands out.

    >>> _with_driver("postgres://u@h/mnr"), _with_driver("postgresql://u@h/mnr"), _with_driver("sqlite:///x")
    ('postgresql+psycopg://u@h/mnr', 'postgresql+psycopg://u@h/mnr', 'sqlite:///x')
    """
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if separator and scheme in ("postgres", "postgresql") else url


def _upload_limits(env: Mapping[str, str]) -> Limits:
    """Sizes of attachments, in whole megabytes."""
    names = {"picture": "MNR_PHOTO_MB", "recording": "MNR_RECORDING_MB", "together": "MNR_ATTACHMENTS_MB"}
    found: dict[str, int] = {}
    for part, name in names.items():
        if text := env.get(name):
            if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 500):
                raise SettingsError(f"{name} must be a whole number of megabytes, 1 to 500")
            found[part] = int(text) * MEGABYTE
    return Limits(**found)


def _days(name: str, text: str) -> int:
    """So many days.

    >>> _days("MNR_MARK_DAYS", "14")
    14
    """
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= 365 and len(text) <= 6):
        raise SettingsError(f"{name} must be a whole number of days, 0 to 365")
    return int(text)


def _shelf_lives(env: Mapping[str, str]) -> ShelfLives:
    """How long each section of a directory entry holds."""
    try:
        return lives_from(env.get("MNR_SHELF_LIVES", ""))
    except ValueError as error:
        names = ", ".join(LIFE_NAMES)
        raise SettingsError(f"MNR_SHELF_LIVES is name:number, comma separated, of {names}; not: {error}") from error


def _periods(env: Mapping[str, str]) -> Periods:
    """What the country has validated of the periods of rights, consent, agreements and emergencies."""
    try:
        return periods_from(env.get("MNR_PERIODS", ""))
    except ValueError as error:
        names = ", ".join(LABELS)
        raise SettingsError(f"MNR_PERIODS is name:number, comma separated, of {names}; not: {error}") from error


def _vacancy_notice(env: Mapping[str, str]) -> int:
    """How many days before its end a vacancy is told of to whoever answers for it."""
    text = env.get("MNR_VACANCY_NOTICE") or str(ENDS_SOON)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 60):
        raise SettingsError("MNR_VACANCY_NOTICE must be a whole number of days, 1 to 60")
    return int(text)


def _sqlite(instance: Path, name: str) -> str:
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    return f"sqlite:///{instance / name}"


def _secrets(
    env: Mapping[str, str], environment: Environment, instance: Path
) -> tuple[dict[str, str], tuple[str, ...]]:
    values = {name: env[name] for name in SECRET_NAMES if env.get(name)}
    missing = tuple(name for name in SECRET_NAMES if name not in values)
    if environment is Environment.PRODUCTION:
        if missing:
            raise SettingsError("production needs " + ", ".join(missing))
        weak = [name for name in ("SECRET_KEY",) if len(values[name]) < 32]
        if weak:
            raise SettingsError("too short for production (32 characters at least): " + ", ".join(weak))
        return values, ()
    if missing:
        kept = _kept_secrets(instance)
        return {**kept, **values}, missing
    return values, ()


def _kept_secrets(instance: Path) -> dict[str, str]:
    """The secrets file of a demonstration, made on first use."""
    path = instance / "secrets.json"
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = {name: secrets.token_hex(32) for name in SECRET_NAMES}
    made["MNR_KEY_RING"] = "1:" + secrets.token_hex(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file)
    log.warning("secrets made for this demonstration: %s (mode 600); production must set its own", path)
    return made


def _key(name: str, text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise SettingsError(f"{name} must be hexadecimal") from error
    if len(key) < 32:
        raise SettingsError(f"{name} must be 32 bytes (64 hexadecimal digits)")
    return key


def _key_ring(text: str) -> dict[int, bytes]:
    ring: dict[int, bytes] = {}
    for part in text.split(","):
        version, _, key = part.strip().partition(":")
        if not version.isdigit() or not key:
            raise SettingsError("MNR_KEY_RING must read VERSION:HEX[,VERSION:HEX…]")
        ring[int(version)] = _key("MNR_KEY_RING", key)
    return ring
