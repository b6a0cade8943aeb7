"""XML from outside as a small inert tree: no DTD, no entities, nothing fetched, and every size limited while reading.

What comes back has text and attributes only; what the reader of a format (BPMN, DMN) does not ask for has no effect.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from sop.vocabulary import N_, Message

MAX_BYTES: Final = 2_000_000
MAX_ELEMENTS: Final = 20_000
MAX_DEPTH: Final = 100

_DECLARED = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE: Final = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
"""How a text in UTF-16 without a mark begins."""

_ONE_BYTE: Final = frozenset(
    {"ascii", "koi8-r", "koi8-u"}
    | {f"iso8859-{part}" for part in range(1, 17) if part != 12}
    | {f"cp{page}" for page in range(1250, 1259)}
)
_SAME_AS: Final = {"utf-16": ("utf-16-le", "utf-16-be")}


FAULTS: Final = (
    N_("unclosed token"),
    N_("mismatched tag"),
    N_("no element found"),
    N_("not well-formed (invalid token)"),
    N_("undefined entity"),
    N_("duplicate attribute"),
    N_("unbound prefix"),
    N_("junk after document element"),
    N_("syntax error"),
    N_("XML or text declaration not at start of entity"),
)
"""What the parser says of the usual faults; its rarer words stay English."""


class Unimportable(Exception):
    """A file of which nothing can be kept: `message` says why, `line` (from 1, or 0) where."""

    def __init__(self, message: Message, line: int = 0) -> None:
        self.message, self.line = message, line
        super().__init__(f"line {line}: {message}" if line else str(message))


def unimportable(code: str, text: str, line: int = 0, **values: Any) -> Unimportable:
    """An `Unimportable` with its message."""
    return Unimportable(Message(code, text, values), line)


@dataclass(slots=True)
class Element:
    """One element: its namespace and name, attributes by (namespace, name), direct text, children."""

    namespace: str
    name: str
    attributes: dict[tuple[str, str], str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def get(self, name: str, namespace: str = "") -> str | None:
        """An attribute, or None."""
        return self.attributes.get((namespace, name))

    def all(self, name: str, namespace: str | None = None) -> Iterator[Element]:
        """Children of this name; of the same namespace unless another is named."""
        wanted = self.namespace if namespace is None else namespace
        return (child for child in self.children if child.name == name and child.namespace == wanted)

    def first(self, name: str, namespace: str | None = None) -> Element | None:
        """The first child of this name, or None."""
        return next(self.all(name, namespace), None)

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


def read(data: bytes) -> Element:
    """The root element; raises `Unimportable` for everything that is not plain, well-formed XML of a decent size.

    >>> root = read(b'<a xmlns="urn:x"><b c="1">text</b></a>')
    >>> root.namespace, root.name, [(child.name, child.get("c"), child.text) for child in root.children]
    ('urn:x', 'a', [('b', '1', 'text')])
    >>> read(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    Traceback (most recent call last):
    ...
    sop.xml_gate.Unimportable: line 1: the file has a document type (DTD) or entities: they are not accepted
    """
    if len(data) > MAX_BYTES:
        raise unimportable("TOO_LARGE", N_("the file is larger than %(limit)d bytes"), limit=MAX_BYTES)
    if not data.strip(b" \t\r\n\x00"):
        raise unimportable("EMPTY", N_("the file is empty"))
    return _Reader().root_of(_decoded(data))


def _decoded(data: bytes) -> str:
    """The text; what the file says of its encoding, its byte order mark and its bytes must agree."""
    mark, found = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
    data = data[len(mark) :]
    found = found or next((name for start, name in _WIDE if data.lstrip().startswith(start)), "")
    declared = _declared(data, found)
    encoding = found or declared or "utf-8"
    if found and declared and declared != found and found not in _SAME_AS.get(declared, ()):
        raise _contradiction(declared)
    if encoding != "utf-8" and encoding not in _ONE_BYTE and encoding != found:
        raise _contradiction(encoding)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise _contradiction(declared or encoding) from None
    if encoding in _ONE_BYTE and not data.isascii() and _is_utf8(data):
        raise _contradiction(encoding)
    return text


def _declared(data: bytes, found: str) -> str:
    """The encoding that the declaration names, in Python's spelling, or nothing."""
    head = data[:1000].replace(b"\x00", b"") if found.startswith("utf-16") else data[:500]
    match = _DECLARED.match(head.lstrip())
    if match is None:
        return ""
    name = match[1].decode("ascii")
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    if known not in _ONE_BYTE and known not in ("utf-8", "utf-16", "utf-16-le", "utf-16-be"):
        raise unimportable(
            "ENCODING", N_("the encoding “%(encoding)s” is not known: save the file as UTF-8"), encoding=name
        )
    return known


def _contradiction(encoding: str) -> Unimportable:
    text = N_("the file says that its encoding is %(encoding)s, but its bytes are not: save it again as UTF-8")
    return unimportable("ENCODING", text, encoding=encoding)


def _is_utf8(data: bytes) -> bool:
    """Letters of a one-byte encoding hardly ever form sequences that are valid in UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Reader:
    """Builds the tree from the events of the parser; each limit stops the parser at once."""

    def __init__(self) -> None:
        self.open: list[tuple[Element, list[str]]] = []
        self.root: Element | None = None
        self.count = 0
        parser = self.parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self.refuse
        parser.ExternalEntityRefHandler = parser.SkippedEntityHandler = self.refuse

    def root_of(self, text: str) -> Element:
        try:
            self.parser.Parse(text.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as problem:
            said = expat.ErrorString(problem.code)
            reason = N_("this is not well-formed XML: %(problem)s")
            raise unimportable("NOT_XML", reason, problem.lineno, problem=Message("XML", said)) from None
        if self.root is None:  # pragma: no cover - the parser refuses a text without a root itself
            raise unimportable("EMPTY", N_("the file is empty"))
        return self.root

    def refuse(self, *_: object) -> int:
        text = N_("the file has a document type (DTD) or entities: they are not accepted")
        raise unimportable("DTD", text, self.parser.CurrentLineNumber)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise unimportable("TOO_MANY", N_("the file has more than %(limit)d elements"), line, limit=MAX_ELEMENTS)
        if len(self.open) >= MAX_DEPTH:
            raise unimportable("TOO_DEEP", N_("the file is nested more than %(limit)d deep"), line, limit=MAX_DEPTH)
        element = Element(*_split(name), {_split(key): value for key, value in attributes.items()}, line)
        if self.open:
            self.open[-1][0].children.append(element)
        else:
            self.root = element
        self.open.append((element, []))

    def end(self, _: str) -> None:
        element, pieces = self.open.pop()
        element.text = "".join(pieces)

    def characters(self, text: str) -> None:
        self.open[-1][1].append(text)


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(" ")
    return namespace, local
