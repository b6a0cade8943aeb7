"""Regular expressions that cannot hang: a small dialect, matched in time proportional to text × pattern.

Forms carry patterns written by people, and the text they are tried on comes from anybody. Python's own engine
backtracks: one nested repeat and 25 letters keep it busy for seconds. This one walks a set of states and never goes
back. As in ODK, the whole text must match.

Dialect: literals, `.`, classes `[a-z]` `[^…]`, `\\d \\D \\w \\W \\s \\S`, `\\p{L}` (Unicode categories), groups, `|`,
`* + ? {m} {m,} {m,n}`, and `^` `$`. Look-around, back references and named groups are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MAX_PATTERN = 400
MAX_STATES = 600
MAX_REPEAT = 100
MAX_NESTING = 20

COUNTS = re.compile(r"\d{1,3}(?:,(?:\d{1,3})?)?", re.ASCII)

Test = Callable[[str], bool]


class PatternError(ValueError):
    """The pattern is not in the dialect, or too large."""


@dataclass(frozen=True, slots=True)
class State:
    """One step: consume a character (`test`), go on or fork (`after`), hold at an end (`at`), or succeed."""

    test: Test | None = None
    after: tuple[int, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern.

    >>> compile_pattern("(6|2)[0-9]{8}").matches("699123456")
    True
    >>> compile_pattern("(a+)+b").matches("a" * 4000)
    False
    """

    states: tuple[State, ...]
    start: int

    def matches(self, text: str) -> bool:
        """True when the whole `text` matches."""
        last = len(text)
        current = self._closure({self.start}, 0, last)
        for position, character in enumerate(text, start=1):
            reached = {
                after
                for number in current
                if (state := self.states[number]).test is not None and state.test(character)
                for after in state.after
            }
            if not reached:
                return False
            current = self._closure(reached, position, last)
        return 0 in current

    def _closure(self, numbers: set[int], position: int, last: int) -> set[int]:
        """All states reachable without consuming a character."""
        seen: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            state = self.states[number]
            if (state.at == "^" and position != 0) or (state.at == "$" and position != last):
                continue
            seen.add(number)
            if state.test is None:
                waiting.extend(state.after)
        return seen


@lru_cache(maxsize=256)
def compile_pattern(source: str) -> Pattern:
    """Compile `source`, or raise `PatternError` saying what is refused and where."""
    if len(source) > MAX_PATTERN:
        raise PatternError(f"longer than {MAX_PATTERN} characters")
    reader = _Reader(source)
    node = reader.alternatives(0)
    if reader.position < len(source):
        raise PatternError(f"unexpected “{source[reader.position]}” at {reader.position + 1}")
    builder = _Builder()
    start = builder.build(node, 0)
    return Pattern(tuple(builder.states), start)


Node = tuple[Any, ...]
"""("test", Test) | ("at", "^" or "$") | ("all", [nodes]) | ("any", [nodes]) | ("repeat", node, low, high or None)"""


class _Reader:
    """Recursive descent over the pattern's text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0

    def peek(self) -> str:
        return self.source[self.position] if self.position < len(self.source) else ""

    def take(self) -> str:
        character = self.peek()
        if not character:
            raise PatternError("the pattern stops too early")
        self.position += 1
        return character

    def alternatives(self, depth: int) -> Node:
        if depth > MAX_NESTING:
            raise PatternError("too many groups inside each other")
        choices = [self.sequence(depth)]
        while self.peek() == "|":
            self.take()
            choices.append(self.sequence(depth))
        return choices[0] if len(choices) == 1 else ("any", choices)

    def sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(depth))
        return ("all", parts)

    def repeated(self, depth: int) -> Node:
        node = self.atom(depth)
        while (mark := self.peek()) and mark in "*+?{":
            self.take()
            low, high = self.counts() if mark == "{" else {"*": (0, None), "+": (1, None), "?": (0, 1)}[mark]
            if self.peek() == "?":  # lazy: the same language when the whole text must match
                self.take()
            node = ("repeat", node, low, high)
        return node

    def counts(self) -> tuple[int, int | None]:
        end = self.source.find("}", self.position)
        text = self.source[self.position : end] if end > 0 else ""
        low, comma, high = text.partition(",")
        if not COUNTS.fullmatch(text):
            raise PatternError(f"a count such as {{2}} or {{2,5}} is expected at {self.position + 1}")
        self.position = end + 1
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise PatternError(f"counts go from 0 to {MAX_REPEAT}")
        return least, most

    def atom(self, depth: int) -> Node:
        character = self.take()
        if character == "(":
            return self.group(depth)
        if character == "[":
            return ("test", self.character_class())
        if character in "^$":
            return ("at", character)
        if character == ".":
            return ("test", lambda c: c != "\n")
        if character == "\\":
            return ("test", self.escape())
        if character in "*+?{":
            raise PatternError(f"nothing to repeat before “{character}” at {self.position}")
        return ("test", _equals(character))

    def group(self, depth: int) -> Node:
        if self.peek() == "?":
            if self.source[self.position : self.position + 2] != "?:":
                raise PatternError("look-around, flags and named groups are not supported")
            self.position += 2
        node = self.alternatives(depth + 1)
        if self.peek() != ")":
            raise PatternError("a group is not closed")
        self.take()
        return node

    def escape(self) -> Test:
        character = self.take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character in "pP":
            return self.unicode_category(negated=character == "P")
        if character in _CONTROLS:
            return _equals(_CONTROLS[character])
        if character.isalnum():
            raise PatternError(f"“\\{character}” is not supported")
        return _equals(character)

    def unicode_category(self, *, negated: bool) -> Test:
        if self.take() != "{":
            raise PatternError("\\p wants a category such as \\p{L}")
        end = self.source.find("}", self.position)
        name = self.source[self.position : end] if end > 0 else ""
        if not (1 <= len(name) <= 2 and name.isalpha()):
            raise PatternError("\\p wants a category such as \\p{L}")
        self.position = end + 1
        return lambda c: unicodedata.category(c).startswith(name) is not negated

    def character_class(self) -> Test:
        negated = self.peek() == "^"
        if negated:
            self.take()
        tests: list[Test] = []
        while self.peek() != "]" or not tests:
            tests.append(self.class_item())
        self.take()
        members = tuple(tests)
        return lambda c: any(test(c) for test in members) is not negated

    def class_item(self) -> Test:
        character = self.take()
        if character == "\\":
            following = self.peek()
            if following in _CLASSES or following in "pP":
                return self.escape()
            character = _CONTROLS.get(self.take(), following)
        if self.peek() == "-" and self.source[self.position + 1 : self.position + 2] not in ("", "]"):
            self.take()
            end = self.take()
            if end == "\\":
                end = self.take()
            if end < character:
                raise PatternError(f"the range {character}-{end} runs backwards")
            return _between(character, end)
        return _equals(character)


class _Builder:
    """Turns nodes into states, from the end to the start; state 0 is success."""

    def __init__(self) -> None:
        self.states: list[State] = [State()]

    def add(self, state: State) -> int:
        if len(self.states) >= MAX_STATES:
            raise PatternError("the pattern is too large")
        self.states.append(state)
        return len(self.states) - 1

    def build(self, node: Node, following: int) -> int:
        kind = node[0]
        if kind == "test":
            return self.add(State(test=node[1], after=(following,)))
        if kind == "at":
            return self.add(State(after=(following,), at=node[1]))
        if kind == "any":
            return self.add(State(after=tuple(self.build(choice, following) for choice in node[1])))
        if kind == "all":
            for part in reversed(node[1]):
                following = self.build(part, following)
            return following
        return self.repeat(node[1], node[2], node[3], following)

    def repeat(self, node: Node, low: int, high: int | None, following: int) -> int:
        entry = following
        if high is None:
            entry = self.add(State())
            body = self.build(node, entry)
            self.states[entry] = State(after=(body, following))
        else:
            for _ in range(high - low):
                entry = self.add(State(after=(self.build(node, entry), following)))
        for _ in range(low):
            before = len(self.states)
            entry = self.build(node, entry)
            if len(self.states) == before:
                break  # nothing in it: a thousand times nothing is nothing, and nested it would never end
        return entry


def _equals(wanted: str) -> Test:
    return lambda c: c == wanted


def _between(low: str, high: str) -> Test:
    return lambda c: low <= c <= high


def _word(character: str) -> bool:
    return character.isalnum() or character == "_"


_CLASSES: dict[str, Test] = {
    "d": lambda c: "0" <= c <= "9",
    "D": lambda c: not "0" <= c <= "9",
    "w": _word,
    "W": lambda c: not _word(c),
    "s": str.isspace,
    "S": lambda c: not c.isspace(),
}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
