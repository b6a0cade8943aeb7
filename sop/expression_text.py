"""Writes a tree of form logic as the expression that an author would have typed.

>>> from sop.expressions import parse
>>> written(parse("not(selected(${needs}, 'MED')) and (${age} < 18 or ${age} = '')"))
"not(selected(${needs}, 'MED')) and (${age} < 18 or ${age} = '')"
"""

from __future__ import annotations

from typing import Final

from sop.expressions import LEVELS
from sop.nodes import Call, Column, Here, Node, Nth, Number, Text

LEVEL: Final = {name: level for level, names in enumerate(LEVELS) for name in names}
UNARY: Final = len(LEVELS)


def written(node: Node) -> str:
    """The expression; reading it again gives the same tree."""
    return _written(node, 0)


def _written(node: Node, level: int) -> str:
    if isinstance(node, Call):
        return _call(node, level)
    if isinstance(node, Number):
        return f"{node.value:.15g}"
    if isinstance(node, Text):
        return f'"{node.value}"' if "'" in node.value else f"'{node.value}'"
    if isinstance(node, Here):
        return "."
    if isinstance(node, Column):
        return node.name
    if isinstance(node, Nth):
        positions = ", ".join(_written(index, 0) for index in node.indexes)
        return f"indexed-repeat(${{{node.name}}}, {positions})"
    return f"${{{node.name}}}"


def _call(node: Call, level: int) -> str:
    if node.name == "negate":
        return f"-{_written(node.arguments[0], UNARY)}"
    if node.name == "position":
        return "position(..)"
    own = LEVEL.get(node.name)
    if own is None or len(node.arguments) != 2:
        return f"{node.name}({', '.join(_written(argument, 0) for argument in node.arguments)})"
    left, right = node.arguments
    text = f"{_written(left, own)} {node.name} {_written(right, own + 1)}"
    return f"({text})" if own < level else text
