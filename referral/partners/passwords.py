"""Passwords: Argon2id, length, words that everybody tries; the same time for known and unknown accounts."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from sop.vocabulary import N_, Message

SHORTEST = 12
LONGEST = 256
COMMON = frozenset(
    (
        "123456", "password", "azerty", "qwerty", "motdepasse", "bonjour", "soleil", "loulou", "doudou", "chouchou",
        "cameroun", "cameroon", "douala", "yaounde", "welcome", "letmein", "iloveyou", "jetaime", "dragon", "monkey",
        "football", "princess", "marseille", "admin", "administrateur", "bienvenue", "changeme", "abc123", "111111",
        "000000", "secret", "passw0rd", "lionsindomptables", "indomptable", "maman", "papa", "dieu", "jesus",
    )
)  # fmt: skip


def hasher() -> PasswordHasher:
    """OWASP's parameters (t=2, m=19 MiB, p=1); cheap ones in tests."""
    if current_app.config["SETTINGS"].fast_passwords:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """A salted hash for the database."""
    return hasher().hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether `password` fits; an unknown account (`stored` None) costs the same time and never fits."""
    argon = hasher()
    try:
        return argon.verify(stored or _dummy(argon), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _dummy(argon: PasswordHasher) -> str:
    """A hash with the same parameters for accounts that do not exist."""
    dummies: dict[int, str] = current_app.extensions.setdefault("mnr.dummy", {})
    if argon.memory_cost not in dummies:
        dummies[argon.memory_cost] = argon.hash("nobody has this password")
    return dummies[argon.memory_cost]


def complaint(password: str, username: str) -> Message | None:
    """Why a new password is refused, or None.

    >>> complaint("azertyazertyazerty", "a.ngo").code
    'common'
    >>> complaint("quatre chats dorment", "a.ngo") is None
    True
    """
    if len(password) < SHORTEST:
        return Message(
            "short",
            N_("Use at least %(count)d characters: a few words that only you put together."),
            {"count": SHORTEST},
        )
    if len(password) > LONGEST:
        return Message("long", N_("Use at most %(count)d characters."), {"count": LONGEST})
    bare = "".join(letter for letter in password.lower() if letter.isalnum())
    rest = bare
    for word in sorted(COMMON | {username.lower().replace(".", "")}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < 6 or len(set(bare)) < 5:
        return Message("common", N_("This password is among the first that a stranger would try. Choose other words."))
    return None
