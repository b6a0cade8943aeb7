"""A triage table as a DMN 1.3 decision table (hit policy FIRST), for the editors and engines of other systems.

One condition of ours may become several rows, because a DMN row can only say "and". Every fact is a text: `yes`, `no`
or one of its values, and besides `unknown` and `not_asked`, so that a table run elsewhere still fails towards
protection: `unknown` counts as yes in every rule, and what was not asked (or not passed at all) as the fact says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from sop.conditions import FieldKind, alternatives
from sop.triage import UNKNOWN, DecisionTable, Fact, NotAsked, Rule
from sop.vocabulary import N_, Priority
from sop.yaml_tree import unreadable

NAMESPACE: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"
OURS: Final = "urn:nrm:triage:1"
NOT_ASKED: Final = "not_asked"
MAX_ROWS: Final = 500
ANY: Final = "-"
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Cells = dict[str, frozenset[str]]
"""Fact -> its known values for which a row fits."""


def dump(table: DecisionTable, name: str = "Triage") -> str:
    """The table as DMN 1.3 XML, the same table the same bytes; raises `Unreadable` when it needs too many rows."""
    try:
        rows = [(rule, cells) for rule in table.rules for cells in _rows(table, rule)]
    except ValueError:
        text = N_("one rule needs more than %(limit)d rows in DMN: write simpler conditions")
        raise unreadable(text, limit=MAX_ROWS) from None
    return "\n".join(_document(table, rows, name)) + "\n"


def _document(table: DecisionTable, rows: list[tuple[Rule, Cells]], name: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<definitions xmlns="{NAMESPACE}" id="definitions" name={_attribute(name)} namespace="{OURS}">'
    yield f'  <decision id="triage" name={_attribute(name)}>'
    yield '    <decisionTable id="table" hitPolicy="FIRST" outputLabel="priority">'
    for fact in table.facts:
        yield from _input(fact)
    priorities = ", ".join(f'"{one.value}"' for one in Priority)
    yield '      <output id="output_priority" name="priority" typeRef="string">'
    yield f'        <outputValues id="output_priority_values"><text>{_text(priorities)}</text></outputValues>'
    yield "      </output>"
    yield '      <output id="output_urgent" name="urgent" typeRef="boolean" />'
    for annotation in ("rule", "fr", "en"):
        yield f'      <annotation name="{annotation}" />'
    for number, (rule, cells) in enumerate(rows, 1):
        yield from _row(table, number, rule, cells)
    yield "    </decisionTable>"
    yield "  </decision>"
    yield "</definitions>"


def _input(fact: Fact) -> Iterator[str]:
    name = fact.field.name
    values = ", ".join(f'"{value}"' for value in (*domain(fact), UNKNOWN, NOT_ASKED))
    label = " / ".join(dict.fromkeys((fact.label["fr"], fact.label["en"])))
    yield f"      <input id={_attribute('input_' + name)} label={_attribute(label)}>"
    yield f'        <inputExpression id={_attribute("expression_" + name)} typeRef="string">'
    yield f"          <text>{_text(name)}</text>"
    yield "        </inputExpression>"
    yield f"        <inputValues id={_attribute('values_' + name)}><text>{_text(values)}</text></inputValues>"
    yield "      </input>"


def _row(table: DecisionTable, number: int, rule: Rule, cells: Mapping[str, frozenset[str]]) -> Iterator[str]:
    yield f'      <rule id="row_{number}">'
    for fact in table.facts:
        test = _cell(fact, cells[fact.field.name]) if fact.field.name in cells else ANY
        yield f'        <inputEntry id="row_{number}_{fact.field.name}"><text>{_text(test)}</text></inputEntry>'
    for name, value in (("priority", f'"{rule.priority.value}"'), ("urgent", str(rule.urgent).lower())):
        yield f'        <outputEntry id="row_{number}_{name}"><text>{_text(value)}</text></outputEntry>'
    for words in (str(rule.number), rule.reason["fr"], rule.reason["en"]):
        yield f"        <annotationEntry><text>{_text(words)}</text></annotationEntry>"
    yield "      </rule>"


def domain(fact: Fact) -> tuple[str, ...]:
    """The known answers to a fact, as DMN has them."""
    return fact.field.values if fact.field.kind is FieldKind.ENUM else ("yes", "no")


def _cell(fact: Fact, fits: frozenset[str]) -> str:
    """A unary test. Where silence counts as yes it says what does not fit, so that no answer at all fits too."""
    if fact.not_asked is NotAsked.YES:
        others = [value for value in domain(fact) if value not in fits]
        return f"not({', '.join(_word(value) for value in others)})" if others else ANY
    return ", ".join(_word(value) for value in (*(one for one in domain(fact) if one in fits), UNKNOWN))


def _word(value: str) -> str:
    return f'"{value}"'


def _rows(table: DecisionTable, rule: Rule) -> Iterator[Cells]:
    """The condition as alternatives of single tests; each alternative is a row."""
    if rule.guard is None:
        yield {}
        return
    facts = {fact.field.name: fact for fact in table.facts}
    for atoms in alternatives(rule.guard.node, MAX_ROWS):
        cells: Cells = {}
        for atom in atoms:
            fact = facts[atom.name]
            fits = frozenset(value for value in domain(fact) if atom.test(_known(fact, value)))
            cells[atom.name] = cells.get(atom.name, fits) & fits
        yield cells


def _known(fact: Fact, value: str) -> bool | str:
    return value == "yes" if fact.field.kind is FieldKind.BOOL else value


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _text(text: str) -> str:
    return escape(_clean(text))


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))
