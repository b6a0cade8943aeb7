"""Triage: a decision table whose first rule that fits decides (hit policy FIRST), proved complete by enumeration.

A table is a CSV with two kinds of rows: `fact` declares a fact and its values, `rule` gives a condition in the guard
language, a priority, whether the needs are urgent, and the reason in words.

How an answer that is not there is read:

- `unknown` (asked and not known, or signs seen) counts as yes in every rule that raises a priority: each one protects.
- *Not asked* (absent) is read as the fact's row says. `yes`: danger, medical emergency, age and a child on its own,
  which the first contact must settle at once. `no`: the others, which are then named in `Verdict.unknown`, to be asked.
  `private_interview`: rape and suicide raise no priority, but trained staff must ask in private within 24 hours.

An age that is not known is a minor's age, wherever that protects.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sop import guards, proofs
from sop.findings import Finding, Severity
from sop.guards import Field, FieldKind, Guard, GuardError
from sop.vocabulary import N_, Message, Priority
from sop.yaml_tree import read_text, unreadable

COLUMNS: Final = ("row", "name", "when", "priority", "urgent", "not_asked", "fr", "en")
MAX_ROWS: Final = 200
UNKNOWN: Final = "unknown"
CAMEROON: Final = Path(__file__).parent / "library" / "cameroon" / "triage.csv"
PRIVATE_INTERVIEW: Final = "private_interview"
WITHIN: Final = timedelta(hours=24)
_ASSUMED: Final = {
    "fr": "%(reason)s (réponse inconnue, comptée comme un oui : %(facts)s)",
    "en": "%(reason)s (answer not known, counted as a yes: %(facts)s)",
}
_YES_NO: Final[dict[Any, bool]] = {"yes": True, "no": False, "oui": True, "non": False}


class NotAsked(StrEnum):
    """How a fact is read that nobody asked about."""

    YES = "yes"
    NO = "no"
    PRIVATE_INTERVIEW = PRIVATE_INTERVIEW


@dataclass(frozen=True, slots=True)
class Fact:
    """An input of the table: its domain, its name in words, and what its absence means."""

    field: Field
    not_asked: NotAsked
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table; without a guard it always fits."""

    number: int
    guard: Guard | None
    priority: Priority
    urgent: bool
    reason: Mapping[str, str]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A task that triage opens whatever the priority: trained staff ask these facts in private."""

    task: str
    within: timedelta
    facts: tuple[str, ...]
    message: Message


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the table decided, by which rule and why.

    `unknown` lists the facts still to be asked, `assumed` those among them that counted as a yes for this rule.
    """

    priority: Priority
    urgent: bool
    rule: int
    reason: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Facts and rules of one table.

    >>> table = load(CAMEROON)
    >>> calm = {fact.field.name: False for fact in table.facts} | {"age_band": "adult", "trafficking": "none"}
    >>> table.decide(calm).priority, table.decide(calm | {"medical_emergency": "unknown"}).rule
    (<Priority.LOW: 'low'>, 2)
    """

    facts: tuple[Fact, ...]
    rules: tuple[Rule, ...]

    def decide(self, facts: Mapping[str, Any]) -> Verdict:
        """The first rule that fits these facts; yes/no facts may be booleans or "yes", "no", "unknown"."""
        known = {fact.field.name: value for fact in self.facts if (value := _known(fact, facts)) is not None}
        open_facts = [fact for fact in self.facts if fact.field.name not in known]
        yes = {fact.field.name for fact in open_facts if _counts_as_yes(fact, facts)}
        for rule in self.rules:
            if rule.guard is None or rule.guard.evaluate(known, yes.__contains__):
                return self._verdict(rule, known, yes, facts)
        raise LookupError("the table is not complete: no rule fits")

    def _verdict(self, rule: Rule, known: Mapping[str, Any], yes: set[str], facts: Mapping[str, Any]) -> Verdict:
        settled = rule.guard is None or rule.guard.evaluate(known)
        needed = frozenset() if settled or rule.guard is None else rule.guard.missing(known) & yes
        assumed = tuple(fact.field.name for fact in self.facts if fact.field.name in needed)
        return Verdict(
            rule.priority,
            rule.urgent,
            rule.number,
            {code: self._reason(code, text, assumed) for code, text in rule.reason.items()},
            tuple(fact.field.name for fact in self.facts if fact.field.name not in known),
            assumed,
            tuple(self._follow_ups(facts)),
        )

    def _reason(self, language: str, text: str, assumed: tuple[str, ...]) -> str:
        if not assumed:
            return text
        names = ", ".join(fact.label[language] for fact in self.facts if fact.field.name in assumed)
        return _ASSUMED[language] % {"reason": text, "facts": names}

    def _follow_ups(self, facts: Mapping[str, Any]) -> Iterator[FollowUp]:
        silent = tuple(
            fact.field.name
            for fact in self.facts
            if fact.not_asked is NotAsked.PRIVATE_INTERVIEW and _absent(facts.get(fact.field.name))
        )
        if silent:
            text = N_("Private interview by trained staff within 24 hours: not asked at first contact")
            yield FollowUp(PRIVATE_INTERVIEW, WITHIN, silent, Message("private_interview", text))

    def check(self) -> list[Finding]:
        """Prove the table complete and name the rules that can never decide, over every combination of answers."""
        found = []
        for index, rule in enumerate(self.rules):
            earlier = self.rules[:index]
            dead = any(one.guard is None for one in earlier)
            own = [rule.guard] if rule.guard else []
            if dead or proofs.find(own, [one.guard for one in earlier if one.guard]) is None:
                text = N_("rule %(rule)d can never decide: the rules above it cover every case")
                found.append(_finding(Severity.WARNING, "DEAD_RULE", rule.number, text))
        guarded = [rule.guard for rule in self.rules if rule.guard]
        if len(guarded) == len(self.rules) and (gap := proofs.find([], guarded)) is not None:
            text = N_("no rule decides when %(facts)s")
            found.append(_finding(Severity.ERROR, "NOT_EXHAUSTIVE", 0, text, facts=proofs.describe(gap)))
        return found


def load(source: str | Path = CAMEROON) -> DecisionTable:
    """Read a table from a CSV file or its text; raises `Unreadable` with the line."""
    reader = csv.DictReader(io.StringIO(read_text(source), newline=""), strict=True)
    facts: dict[str, Fact] = {}
    rules: list[Rule] = []
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise unreadable(N_("the columns must be: %(columns)s"), 1, columns=", ".join(COLUMNS))
        for row in reader:
            _read_row(row, reader.line_num, facts, rules)
    except csv.Error as error:
        raise unreadable(N_("this is not CSV: %(problem)s"), reader.line_num, problem=str(error)) from None
    if not rules:
        raise unreadable(N_("the table has no rule"))
    return DecisionTable(tuple(facts.values()), tuple(rules))


def dump(table: DecisionTable) -> str:
    """The table as CSV, facts before rules, in the order in which rules are tried; reading it gives the same table.

    >>> load(dump(load(CAMEROON))) == load(CAMEROON)
    True
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for fact in table.facts:
        values = "|".join(fact.field.values or ("yes", "no"))
        name = fact.field.name
        writer.writerow(("fact", name, values, "", "", fact.not_asked.value, fact.label["fr"], fact.label["en"]))
    for rule in table.rules:
        guard, urgent = rule.guard.text if rule.guard else "", "yes" if rule.urgent else "no"
        row = ("rule", rule.number, guard, rule.priority.value, urgent, "", rule.reason["fr"], rule.reason["en"])
        writer.writerow(row)
    return text.getvalue()


def _read_row(row: dict[str, Any], line: int, facts: dict[str, Fact], rules: list[Rule]) -> None:
    if None in row or None in row.values() or len(facts) + len(rules) >= MAX_ROWS:
        raise unreadable(N_("this row does not have the columns of the table, or there are too many rows"), line)
    label = {"fr": row["fr"].strip(), "en": row["en"].strip()}
    if not all(label.values()):
        raise unreadable(N_("“%(name)s” needs its text in French and in English"), line, name=row["name"])
    if row["row"] == "fact":
        if row["name"] in facts:
            raise unreadable(N_("the fact “%(name)s” is there twice"), line, name=row["name"])
        facts[row["name"]] = Fact(_read_field(row, line), _one_of(NotAsked, row["not_asked"], line), label)
    elif row["row"] == "rule":
        rules.append(_read_rule(row, line, facts, label))
        if any(rule.number == rules[-1].number for rule in rules[:-1]):
            raise unreadable(N_("the rule %(number)d is there twice"), line, number=rules[-1].number)
    else:
        raise unreadable(N_("“%(value)s” is not one of: %(allowed)s"), line, value=row["row"], allowed="fact, rule")


def _read_field(row: dict[str, str], line: int) -> Field:
    values = tuple(row["when"].split("|"))
    if values == ("yes", "no"):
        return Field(row["name"], FieldKind.BOOL)
    if len(values) < 2 or not all(value.isidentifier() for value in values) or not row["name"].isidentifier():
        raise unreadable(N_("a fact needs a name and its values, as yes|no or none|weak|strong"), line)
    return Field(row["name"], FieldKind.ENUM, values)


def _read_rule(row: dict[str, str], line: int, facts: Mapping[str, Fact], reason: Mapping[str, str]) -> Rule:
    if not row["name"].isdecimal() or len(row["name"]) > 4 or row["urgent"] not in ("yes", "no"):
        raise unreadable(N_("a rule needs a number and says yes or no under “urgent”"), line)
    guard = None
    if row["when"].strip():
        try:
            guard = guards.parse(row["when"], {name: fact.field for name, fact in facts.items()})
        except GuardError as error:
            raise unreadable(N_("the condition cannot be read: %(problem)s"), line, problem=str(error)) from None
        if not guard.positive:
            raise unreadable(N_("a triage rule may not say “not”: an unknown answer could then lower a priority"), line)
    return Rule(int(row["name"]), guard, _one_of(Priority, row["priority"], line), row["urgent"] == "yes", reason, line)


def _one_of(kind: Any, text: str, line: int) -> Any:
    try:
        return kind(text)
    except ValueError:
        allowed = ", ".join(kind)
        raise unreadable(N_("“%(value)s” is not one of: %(allowed)s"), line, value=text, allowed=allowed) from None


def _absent(value: Any) -> bool:
    return value is None or value in ("", "not_asked")


def _counts_as_yes(fact: Fact, facts: Mapping[str, Any]) -> bool:
    return not _absent(facts.get(fact.field.name)) or fact.not_asked is NotAsked.YES


def _known(fact: Fact, facts: Mapping[str, Any]) -> Any:
    """The fact's value, or None when it is absent, `unknown` or outside its domain (which counts as unknown)."""
    value = facts.get(fact.field.name)
    if fact.field.kind is FieldKind.BOOL and isinstance(value, str):
        value = _YES_NO.get(value)
    return value if fact.field.accepts(value) else None


def _finding(severity: Severity, code: str, rule: int, text: str, **values: Any) -> Finding:
    where = f"rule {rule}" if rule else "table"
    return Finding(severity, code, where, Message(code, text, {"rule": rule, **values}))
