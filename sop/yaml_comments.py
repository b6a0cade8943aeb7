"""The comments of a YAML text, by what they speak of, so that a text can be written anew without losing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from sop.yaml_tree import read_tree

Key = tuple[str, ...]
"""What a comment speaks of: (section,), (section, id or key) or ("edges", from, to, place); () is the whole text."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class Comments:
    """Comments, each with its `#`: above an item, beside it (at the end of its last line), after a section."""

    above: dict[Key, list[str]] = field(default_factory=dict)
    beside: dict[Key, str] = field(default_factory=dict)
    after: dict[Key, list[str]] = field(default_factory=dict)


def comments_of(text: str) -> Comments:
    """Every comment of a flowchart's or an overlay's text; raises `Unreadable` where the text is not YAML.

    >>> found = comments_of("# all\\nnodes:  # boxes\\n  # first\\n  - {id: A}\\nedges: []\\n")
    >>> found.above, found.beside
    ({('nodes',): ['# all'], ('nodes', 'A'): ['# first']}, {('nodes',): '# boxes'})
    """
    read_tree(text)  # refuses aliases, tags and bombs before anything is composed
    return _sorted(_BREAK.split(text), _starts(text), _hidden(text))


def _hidden(text: str) -> dict[int, list[tuple[int, float]]]:
    """Line -> columns that belong to a scalar, where `#` is no comment."""
    found: dict[int, list[tuple[int, float]]] = {}
    for token in yaml.scan(text, Loader=_LOADER):
        if isinstance(token, yaml.ScalarToken):
            start, end = token.start_mark, token.end_mark
            for line in range(start.line, end.line + 1):
                first = start.column if line == start.line else 0
                last = end.column if line == end.line else float("inf")
                found.setdefault(line, []).append((first, last))
    return found


def _starts(text: str) -> dict[int, Key]:
    """Line -> the section or item that begins there (the outermost, when several do)."""
    found: dict[int, Key] = {}
    for key, line in _places(yaml.compose(text, Loader=_LOADER)):
        found.setdefault(line, key)
    return found


def _places(root: Any) -> Iterator[tuple[Key, int]]:
    for name, value in root.value:
        section = str(name.value)
        yield (section,), name.start_mark.line
        if isinstance(value, yaml.MappingNode):
            for key, _ in value.value:
                yield (section, str(key.value)), key.start_mark.line
        elif isinstance(value, yaml.SequenceNode):
            seen: dict[Key, int] = {}
            for item in value.value:
                key = _key(section, item)
                seen[key] = seen.get(key, 0) + 1
                yield ((*key, str(seen[key])) if section == "edges" else key), item.start_mark.line


def _key(section: str, item: Any) -> Key:
    if isinstance(item, yaml.MappingNode):
        values = {str(key.value): str(value.value) for key, value in item.value}
        named = ("from", "to") if section == "edges" else ("id",)
        return (section, *(values.get(name, "") for name in named))
    parts = [str(part.value) for part in item.value] if isinstance(item, yaml.SequenceNode) else [str(item.value)]
    return (section, *parts[:2])


def _cut(line: str, hidden: list[tuple[int, float]]) -> tuple[str, str]:
    """A line's content and its comment."""
    for found in re.finditer(r"(?:^|(?<=\s))#", line):
        if not any(first <= found.start() < last for first, last in hidden):
            return line[: found.start()].rstrip(), line[found.start() :].strip()
    return line.rstrip(), ""


def _sorted(lines: list[str], starts: dict[int, Key], hidden: dict[int, list[tuple[int, float]]]) -> Comments:
    comments = Comments()
    pending: list[tuple[bool, str]] = []  # whether it is indented, and its words
    current: Key = ()
    last: str = ""  # the comment on the last line of the current item, which stays there
    for number, line in enumerate(lines):
        content, comment = _cut(line, hidden.get(number, []))
        if not content.strip() and number not in hidden:
            pending += [(line[:1] in " \t", comment)] if comment else []
            continue
        if last and number not in starts:
            comments.above.setdefault(current, []).append(comments.beside.pop(current))
        if number in starts:
            _settle(comments, pending, current, starts[number])
            current = starts[number]
        elif pending:
            comments.above.setdefault(current, []).extend(text for _, text in pending)
        pending, last = [], comment
        if comment:
            comments.beside[current] = comment
    _settle(comments, pending, current, ())
    return comments


def _settle(comments: Comments, pending: list[tuple[bool, str]], before: Key, following: Key) -> None:
    """Comments between two items: those that are indented before a new section belong to the end of the last one."""
    if len(following) <= 1 and before:
        while pending and pending[0][0]:
            comments.after.setdefault(before[:1], []).append(pending.pop(0)[1])
    if pending:
        place = comments.above if following else comments.after
        place.setdefault(following, []).extend(text for _, text in pending)
