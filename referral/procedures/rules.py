"""States of a procedure version (DOMAIN, "State machines")."""

from __future__ import annotations

from enum import StrEnum


class VersionState(StrEnum):
    """Drawing → structure → meaning → valid → consultation → approved → active → retired."""

    DRAWING = "drawing"
    STRUCTURE = "structure"
    MEANING = "meaning"
    VALID = "valid"
    CONSULTATION = "consultation"
    APPROVED = "approved"
    ACTIVE = "active"
    RETIRED = "retired"
