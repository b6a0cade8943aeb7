"""Our own content inside BPMN's `extensionElements`: bare data (as `sop.yaml_text.plain` gives it) <-> elements.

A single value is an attribute; each entry of a list is a child; an entry of a mapping is a child that carries its key
as `lang`, `priority` or `need`. So a value that is added to the flowchart later travels without a change here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sop.bpmn.names import NRM, PREFIX
from sop.xml_gate import Element

KEYS: Final[Mapping[str, str]] = {"deadline": "priority", "requires_for": "need"}
"""The attribute that holds the key of a mapping's entries; all others are by language."""

NESTED: Final = frozenset({"requires_for"})
"""Mappings of lists."""

WHOLE: Final = frozenset({"position", "max_visits", "low", "high"})
TRUTH: Final = frozenset({"timer", "locked"})
_KEY_NAMES: Final = ("lang", "priority", "need")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_IN_ATTRIBUTES: Final = {**_ESCAPES, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


@dataclass(slots=True)
class Tag:
    """An element to be written; with a text it has no children."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Tag] = field(default_factory=list)
    text: str | None = None

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The element as indented lines."""
        indent = "  " * depth
        given = "".join(f' {key}="{escaped(value, _IN_ATTRIBUTES)}"' for key, value in self.attributes.items())
        if self.text is not None:
            yield f"{indent}<{self.name}{given}>{escaped(self.text, _ESCAPES)}</{self.name}>"
        elif not self.children:
            yield f"{indent}<{self.name}{given}/>"
        else:
            yield f"{indent}<{self.name}{given}>"
            for child in self.children:
                yield from child.lines(depth + 1)
            yield f"{indent}</{self.name}>"


def escaped(text: str, signs: Mapping[str, str]) -> str:
    """A text as XML; characters that XML cannot hold are left out."""
    return "".join(signs.get(one, one) for one in _NOT_XML.sub("", text))


def pack(name: str, values: Mapping[str, Any], children: Iterable[Tag] = ()) -> Tag:
    """Bare data as one of our elements.

    >>> for line in pack("step", {"id": "X", "timer": True, "grants": ["case"], "label": {"fr": "Où ?"}}).lines():
    ...     print(line)
    <nrm:step id="X" timer="true">
      <nrm:grants>case</nrm:grants>
      <nrm:label lang="fr">Où ?</nrm:label>
    </nrm:step>
    """
    tag = Tag(f"{PREFIX}:{name}")
    for key, value in values.items():
        if isinstance(value, Mapping):
            tag.children += (_child(key, text, inner) for inner, one in value.items() for text in _several(one))
        elif isinstance(value, (list, tuple)):
            tag.children += (_child(key, text) for text in value)
        else:
            tag.attributes[key] = str(value).lower() if isinstance(value, bool) else str(value)
    tag.children += children
    return tag


def _several(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]


def _child(name: str, text: str, key: str | None = None) -> Tag:
    attributes = {} if key is None else {KEYS.get(name, "lang"): key}
    return Tag(f"{PREFIX}:{name}", attributes, text=str(text))


def unpack(element: Element) -> dict[str, Any]:
    """One of our elements as bare data; children that hold others are left to the caller."""
    found: dict[str, Any] = {
        key: _scalar(key, value) for (space, key), value in element.attributes.items() if not space
    }
    for child in element.children:
        taken = child.name in found and not isinstance(found[child.name], (dict, list))
        if child.namespace != NRM or child.children or taken:
            continue
        key = next((child.get(name) for name in _KEY_NAMES if child.get(name) is not None), None)
        holder = found.setdefault(child.name, [] if key is None else {})
        if isinstance(holder, dict) and key is not None:
            _enter(holder, child, key)
        elif isinstance(holder, list) and key is None:
            holder.append(child.text)
    return found


def _enter(holder: dict[str, Any], child: Element, key: str) -> None:
    if child.name in NESTED:
        holder.setdefault(key, []).append(child.text)
    else:
        holder[key] = child.text


def _scalar(key: str, text: str) -> Any:
    """The value of an attribute; what does not fit stays a text, so that the reader of the content says so."""
    if key in WHOLE and re.fullmatch(r"-?\d{1,9}", text):
        return int(text)
    if key in TRUTH and text in ("true", "false"):
        return text == "true"
    return text
