"""One box that is ticked or not, as every form posts it: the one reading for all schemas."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

TICKED = frozenset({"yes", "on", "true", "1"})
"""`yes` is what our pages post; the others are what a box without a value and a script say."""


def ticked(value: object) -> bool:
    """Whether what was posted for a box is a tick; nothing, an empty text and what nobody knows are none.

    >>> [ticked(value) for value in ("yes", " ON ", True, "", " ", "no", "perhaps", None, False, ["yes"])]
    [True, True, True, False, False, False, False, False, False, False]
    """
    return value is True or (isinstance(value, str) and value.strip().lower() in TICKED)


class Tick(fields.Boolean):
    """A box of a form: absent, empty or unknown counts as not ticked, so that nothing is agreed to by accident."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"load_default": False, "allow_none": True, **kwargs})

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **_: Any) -> bool:  # noqa: ARG002
        """Whether it is ticked."""
        return ticked(value)
