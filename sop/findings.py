"""What a check has to say: how grave, which code, where, in words, and the way that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sop.vocabulary import N_, Message


class Severity(StrEnum):
    """An error forbids publishing; a warning asks for a decision; information only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return SEVERITY_LABELS[self]


SEVERITY_LABELS: dict[Severity, str] = {
    Severity.ERROR: N_("Error"),
    Severity.WARNING: N_("Warning"),
    Severity.INFORMATION: N_("Information"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `counter_example` lists step ids along which it can be seen."""

    severity: Severity
    code: str
    where: str
    message: Message
    counter_example: list[str] = field(default_factory=list)

    def to_json(self, render: Callable[[Message], str] = str) -> dict[str, Any]:
        """The finding as JSON data, its message rendered (translated) by `render`."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "where": self.where,
            "message": render(self.message),
            "counter_example": list(self.counter_example),
        }
