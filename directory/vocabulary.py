"""Messages that are translated where they are shown; the twin of those in `sop`: this package stands alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(text: str) -> str:  # noqa: N802 (the customary name)
    """Mark `text` for the translation catalogue and return it unchanged."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that is translated where it is shown: a stable code, an English template and its values.

    A value may itself be a Message, or a tuple of them: `render` translates these too.

    >>> girls = Message("girls", N_("girls"))
    >>> str(Message("ages", N_("accepts %(who)s %(low)d–%(high)d"), {"who": girls, "low": 12, "high": 17}))
    'accepts girls 12–17'
    """

    code: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return render(self)


def render(message: Message, translate: Callable[[str], str] = str) -> str:
    """Return the sentence in the language of `translate` (gettext), its values translated as well.

    >>> render(Message("girls", "girls"), {"girls": "les filles"}.get)
    'les filles'
    """
    text = translate(message.text)
    if not message.values:
        return text.replace("%%", "%")
    return text % {name: _value(value, translate) for name, value in message.values.items()}


def _value(value: Any, translate: Callable[[str], str]) -> Any:
    if isinstance(value, Message):
        return render(value, translate)
    if isinstance(value, tuple):
        return ", ".join(str(_value(part, translate)) for part in value)
    return value


def label(code: str, labels: Mapping[Any, str]) -> Message:
    """Return the label of `code` as a message, or the code itself where the list does not know it."""
    return Message(f"label.{code}", labels[code]) if code in labels else Message("label", "%(code)s", {"code": code})
