"""Who may do what, as a page of the documentation: written from the grants, so that it cannot say anything else."""

from __future__ import annotations

from referral.foundation.grants import GRANTS, SEES_IDENTITY, Permission, Role

HEAD = """\
# Who may do what

Written by `flask --app wsgi docs access > docs/access.md` from `referral/foundation/grants.py`; a test compares both.
Whatever is not in the table is refused, and a page that somebody may not open answers as if it did not exist (404).
The words in the columns say how far a role reaches; queries turn them into conditions on rows.
"""


def markdown() -> str:
    """The page: one table of roles and permissions, and which roles need a second factor.

    >>> print(markdown().splitlines()[9])
    | fill in identification forms | their own | their own | – | – | – | – | – | – |
    """
    lines = [HEAD, "| | " + " | ".join(role.label for role in Role) + " |", "|---" * (len(Role) + 1) + "|"]
    lines += [_row(permission) for permission in Permission]
    factor = ", ".join(role.label for role in Role if role in SEES_IDENTITY)
    lines += ["", f"Second factor at every sign-in: {factor}.", ""]
    return "\n".join(lines)


def _row(permission: Permission) -> str:
    scopes = (GRANTS[role].get(permission) for role in Role)
    return f"| {permission.label} | " + " | ".join(scope.label if scope else "–" for scope in scopes) + " |"
