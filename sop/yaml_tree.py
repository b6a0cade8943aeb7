"""YAML read as inert data: a bounded tree of mappings, lists and scalars that remember their line.

Aliases, tags and several documents are refused, so that no file can run code, grow or loop; nesting and size are
limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from sop.vocabulary import N_, Message

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 12
MAX_EVENTS: Final = 300_000
MAX_KEY: Final = 200
_NUMBER = re.compile(r"-?\d{1,12}")
_PLAIN: Final[dict[str, Any]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(Exception):
    """A file that is not a flowchart: `message` says why, `line` (from 1) and `where` say at which place."""

    def __init__(self, message: Message, line: int = 0, where: str = "") -> None:
        self.message, self.line, self.where = message, line, where
        super().__init__(f"line {line}: {message}" if line else str(message))


def unreadable(text: str, line: int = 0, where: str = "", **values: Any) -> Unreadable:
    """An `Unreadable` with its message."""
    return Unreadable(Message("UNREADABLE", text, values), line, where)


@dataclass(frozen=True, slots=True)
class Tree:
    """A value (dict of Tree, list of Tree, or scalar) with its line and path."""

    value: Any
    line: int
    path: str

    def get(self, key: str) -> Tree | None:
        """The entry of a mapping, or None when it is absent or null."""
        found = self.mapping().get(key)
        return None if found is None or found.value is None else found

    def __getitem__(self, key: str) -> Tree:
        return self.get(key) or self.missing(key)

    def mapping(self) -> dict[str, Tree]:
        """The value as a mapping."""
        if not isinstance(self.value, dict):
            raise self.wrong(N_("a mapping (key: value) is expected here"))
        return self.value

    def items(self) -> Iterator[tuple[str, Tree]]:
        """The entries of a mapping."""
        return iter(self.mapping().items())

    def list(self) -> list[Tree]:
        """The value as a list."""
        if not isinstance(self.value, list):
            raise self.wrong(N_("a list is expected here"))
        return self.value

    def text(self, limit: int = 500) -> str:
        """The value as a text; a number is read as it was written, nothing is the empty text."""
        if isinstance(self.value, (dict, list)):
            raise self.wrong(N_("a text is expected here"))
        text = (
            "" if self.value is None else str(self.value).lower() if isinstance(self.value, bool) else str(self.value)
        )
        if len(text) > limit:
            raise self.wrong(N_("this text is longer than %(limit)d characters"), limit=limit)
        return text

    def texts(self) -> tuple[str, ...]:
        """The value as a list of texts."""
        return tuple(item.text() for item in self.list())

    def boolean(self) -> bool:
        """The value as true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong(N_("true or false is expected here"))
        return self.value

    def integer(self, low: int, high: int) -> int:
        """The value as a whole number within limits."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not low <= self.value <= high:
            raise self.wrong(N_("a whole number from %(low)d to %(high)d is expected here"), low=low, high=high)
        return self.value

    def plain(self) -> Any:
        """The bare data, without lines."""
        if isinstance(self.value, dict):
            return {key: value.plain() for key, value in self.value.items()}
        if isinstance(self.value, list):
            return [value.plain() for value in self.value]
        return self.value

    def wrong(self, text: str, **values: Any) -> Unreadable:
        """An error at this place."""
        return unreadable(text, self.line, self.path, **values)

    def missing(self, key: str) -> NoReturn:
        """Say that a mapping lacks an entry."""
        raise self.wrong(N_("“%(key)s” is missing"), key=key)


def tree_of(value: Any, line: int = 0, path: str = "") -> Tree:
    """Bare data as a tree, all of it at one line (0: no line)."""
    if isinstance(value, dict):
        value = {key: tree_of(one, line, f"{path}.{key}".strip(".")) for key, one in value.items()}
    elif isinstance(value, list):
        value = [tree_of(one, line, f"{path}.{place}".strip(".")) for place, one in enumerate(value, 1)]
    return Tree(value, line, path)


def read_text(source: str | Path) -> str:
    """The text itself, or the content of the file that a path (or a text of one line) names."""
    if isinstance(source, str) and ("\n" in source or "{" in source or ": " in source):
        raw = source.encode("utf-8", "surrogatepass")
    else:
        raw = _read_file(Path(source))
    if len(raw) > MAX_BYTES:
        raise unreadable(N_("the file is larger than %(limit)d bytes"), limit=MAX_BYTES)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable(N_("the file is not UTF-8 text")) from None


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        raise unreadable(N_("the file cannot be opened")) from None


def read_tree(text: str) -> Tree:
    """Read one YAML document whose root is a mapping."""
    try:
        tree = _Builder().build(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        if "nesting depth" in (error.problem or ""):  # newer parsers have a limit of their own, and may meet it first
            raise unreadable(N_("the file is nested more than %(limit)d deep"), line, limit=MAX_DEPTH) from None
        raise unreadable(N_("this is not YAML: %(problem)s"), line, problem=error.problem or "?") from None
    except (yaml.YAMLError, ValueError) as error:
        raise unreadable(N_("this is not YAML: %(problem)s"), problem=type(error).__name__) from None
    if tree is None or not isinstance(tree.value, dict):
        raise unreadable(N_("a mapping (key: value) is expected here"), 1)
    return tree


class _Builder:
    """Builds the tree from the events of the parser, without recursion."""

    def __init__(self) -> None:
        self.root: Tree | None = None
        self.open: list[tuple[Tree, list[Any]]] = []
        self.documents = 0

    def build(self, text: str) -> Tree | None:
        for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if count > MAX_EVENTS:
                raise unreadable(N_("the file holds too many values"), line)
            self.refuse(event, line)
            if isinstance(event, yaml.ScalarEvent):
                self.add(Tree(_scalar(event), line, self.path()))
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self.start({} if isinstance(event, yaml.MappingStartEvent) else [], line)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self.open.pop()
        return self.root

    def refuse(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise unreadable(N_("aliases (*%(name)s) are not allowed"), line, name=event.anchor)
        if getattr(event, "tag", None) not in (None, "!"):
            raise unreadable(N_("tags (%(tag)s) are not allowed"), line, tag=event.tag[:60])
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise unreadable(N_("the file holds more than one document"), line)

    def path(self) -> str:
        """Where the next value stands: keys and places (from 1), as in `nodes.3.kind`."""
        if not self.open:
            return ""
        parent, pending = self.open[-1]
        here = str(len(parent.value) + 1) if isinstance(parent.value, list) else "".join(pending)
        return ".".join(part for part in (parent.path, here) if part)

    def start(self, value: Any, line: int) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise unreadable(N_("the file is nested more than %(limit)d deep"), line, limit=MAX_DEPTH)
        tree = Tree(value, line, self.path())
        self.add(tree)
        self.open.append((tree, []))

    def add(self, tree: Tree) -> None:
        if not self.open:
            self.root = tree
            return
        parent, pending = self.open[-1]
        if isinstance(parent.value, list):
            parent.value.append(tree)
        elif pending:
            parent.value[pending.pop()] = tree
        else:
            pending.append(self.key(tree, parent))

    def key(self, tree: Tree, parent: Tree) -> str:
        if isinstance(tree.value, (dict, list)):
            raise unreadable(N_("a key must be a text"), tree.line)
        key = tree.text(MAX_KEY)
        if key in parent.value:
            raise unreadable(N_("the key “%(key)s” is there twice"), tree.line, key=key)
        return key


def _scalar(event: Any) -> Any:
    """Plain words are texts, except null, true, false and whole numbers (as in YAML 1.2; `no` stays a text)."""
    if not event.implicit[0]:
        return event.value
    if event.value in _PLAIN:
        return _PLAIN[event.value]
    return int(event.value) if _NUMBER.fullmatch(event.value) else event.value
