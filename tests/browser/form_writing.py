"""XLSForms written by chance: groups and repeats within repeats, lists from files, look-ups, conditions of every kind.

What a condition reads is known before it: items are numbered as they are made and read lower numbers only, whatever
their places on the sheet are, which are shuffled afterwards.
"""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

COLUMNS = (
    "type", "name", "label", "hint", "relevant", "constraint", "constraint_message", "required", "calculation", "default",
    "choice_filter", "repeat_count", "read_only", "appearance",
)  # fmt: skip
TOWNS = [
    ("DLA", "Douala", "LT", "3000000"), ("YDE", "Yaoundé", "CE", "2800000"), ("KRI", "Kribi", "SU", "93000"),
    ("LIM", "Limbé", "SW", "120000"), ("DLA", "Douala bis", "LT", "1"), ("EDE", "Édéa", "LT", ""),
]  # fmt: skip
FILES = {
    "towns.csv": "name,label,region,people\n" + "\n".join(map(",".join, TOWNS)),
    "register.csv": "card,head,size,born\nA 1,Awa,4,1990-02-28\nA 2,Ali,,2001-12-31\nb,Binta,x,\n",
}
CHOICES = """
| choices |
| | list_name | name | label | region | level |
| | yn | yes | Yes | | |
| | yn | no | No | | |
| | regions | LT | Littoral | | 1 |
| | regions | CE | Centre | | 2 |
| | regions | SU | Sud | | 3 |
| | sites | s1 | Port | LT | 1 |
| | sites | s2 | Marché | LT | 2 |
| | sites | s3 | Gare | CE | 3 |
| | sites | s4 | Plage | SU | 4 |
"""
SELECTS = (
    "select_one yn",
    "select_one regions",
    "select_multiple sites",
    "select_one_from_file towns.csv",
    "select_multiple_from_file towns.csv",
)
KINDS = (
    "text", "text", "integer", "integer", "decimal", "date", "time", "datetime", "acknowledge", "barcode", "geopoint", "image", *SELECTS, *SELECTS,
    "select_one regions or_other", "calculate", "calculate", "calculate", "note",
)  # fmt: skip


def asked(name: str) -> str:
    """How a form names an answer."""
    return "${" + name + "}"


@dataclass
class Item:
    """A row, or a group with the rows in it."""

    kind: str
    name: str
    cells: dict[str, str]
    home: tuple[str, ...]
    inside: list[Item] = field(default_factory=list)


class Writer:
    """One form."""

    def __init__(self, chance: Random) -> None:
        self.chance, self.made, self.count = chance, list[Item](), 0

    def form(self) -> str:
        """The form in Markdown."""
        self.items(self.chance.randint(4, 9), (), 0)
        lines = ["| survey |", "| | " + " | ".join(COLUMNS) + " |"]
        self.write(lines, [one for one in self.made if one.cells.get("top")])
        return "\n".join(lines) + CHOICES

    def write(self, lines: list[str], items: list[Item]) -> None:
        self.chance.shuffle(items)
        for item in items:
            row = item.cells | {"type": item.kind, "name": item.name}
            lines.append("| | " + " | ".join(row.get(column, "") for column in COLUMNS) + " |")
            if item.kind.startswith("begin"):
                self.write(lines, item.inside)
                lines.append(
                    "| | "
                    + " | ".join(item.kind.replace("begin", "end") if one == "type" else "" for one in COLUMNS)
                    + " |"
                )

    def items(self, many: int, home: tuple[str, ...], depth: int) -> list[Item]:
        found = []
        for _ in range(many):
            self.count += 1
            block = depth < 3 and self.chance.random() < 0.28
            item = self.group(home, depth) if block else self.question(home)
            if depth == 0:
                item.cells["top"] = "yes"
            found.append(item)
        return found

    def group(self, home: tuple[str, ...], depth: int) -> Item:
        kind = self.chance.choice(("begin group", "begin repeat", "begin repeat"))
        item = Item(kind, f"g{self.count}", {"label": self.label(home)}, home)
        self.sometimes(item, "relevant", 0.4, lambda: self.truth(home, 2))
        own = home
        if kind == "begin repeat":
            own = (*home, item.name)
            self.sometimes(item, "repeat_count", 0.35, lambda: self.number(home, 1))
        self.made.append(item)
        item.inside = self.items(self.chance.randint(1, 4), own, depth + 1)
        return item

    def question(self, home: tuple[str, ...]) -> Item:
        kind = self.chance.choice(KINDS)
        item = Item(kind, f"q{self.count}", {"label": self.label(home)}, home)
        self.sometimes(item, "relevant", 0.4, lambda: self.truth(home, 2))
        if kind == "calculate":
            item.cells["calculation"] = self.anything(home)
            self.sometimes(item, "calculation", 0.15, lambda: f"once({self.text(home, 1)})")
        elif kind != "note":
            self.asked(item, home)
        self.made.append(item)
        return item

    def asked(self, item: Item, home: tuple[str, ...]) -> None:
        """What only a question has that somebody answers."""
        self.sometimes(item, "required", 0.4, lambda: self.chance.choice(("yes", self.truth(home, 1))))
        self.sometimes(item, "hint", 0.2, lambda: self.label(home))
        here = {"integer": "number(.)", "decimal": ". * 1", "date": "decimal-date-time(.)"}.get(
            item.kind, "string-length(.)"
        )
        self.sometimes(item, "constraint", 0.5, lambda: self.rule(here, home))
        if "constraint" in item.cells:
            self.sometimes(item, "constraint_message", 0.3, lambda: "Not " + self.label(home))
        if item.kind in ("text", "integer", "decimal", "date"):
            self.sometimes(item, "default", 0.25, lambda: self.anything(home))
            self.sometimes(item, "calculation", 0.15, lambda: self.anything(home))
            self.sometimes(item, "read_only", 0.1, lambda: "yes")
        if item.kind.startswith("select") and "or_other" not in item.kind:
            column = self.chance.choice(("region", "name", "people" if "file" in item.kind else "level"))
            self.sometimes(
                item,
                "choice_filter",
                0.4,
                lambda: f"{column} {self.chance.choice(('=', '!=', '<'))} {self.anything(home)}",
            )

    def rule(self, here: str, home: tuple[str, ...]) -> str:
        """What an answer must be."""
        compared = f"{here} {self.order()} {self.number(home, 1)}"
        return self.chance.choice((compared, f". != {self.text(home, 1)}", self.pattern()))

    def sometimes(self, item: Item, column: str, share: float, cell: Callable[[], str]) -> None:
        if self.chance.random() < share:
            item.cells[column] = cell()

    # Texts and expressions

    def label(self, home: tuple[str, ...]) -> str:
        known = self.known(KINDS)
        quoted = " " + asked(self.chance.choice(known).name) if known and self.chance.random() < 0.35 else ""
        return f"Label {self.count}{quoted}"

    def known(self, kinds: Sequence[str]) -> list[Item]:
        return [one for one in self.made if one.kind in kinds and one.kind != "note"]

    def one_of(self, home: tuple[str, ...], kinds: Sequence[str], otherwise: str) -> str:
        """An answer known so far, nearer ones more often."""
        known = self.known(kinds)
        near = [one for one in known if one.home == home[: len(one.home)]]
        found = near if near and self.chance.random() < 0.7 else known
        return asked(self.chance.choice(found).name) if found else otherwise

    def order(self) -> str:
        return self.chance.choice(("<", "<=", ">", ">=", "=", "!="))

    def pattern(self) -> str:
        return self.chance.choice(
            (r"regex(., '[A-Za-z0-9 ]+')", r"regex(., '^[^\d]{0,9}\d?$')", "not(selected(., 's1'))", ". < today()")
        )

    def repeated(self, kinds: Sequence[str]) -> str:
        """All answers to a question that repeats, or all instances."""
        found = [one for one in self.known(kinds) if one.home] + [
            one for one in self.made if one.kind == "begin repeat"
        ]
        return asked(self.chance.choice(found).name) if found else ""

    def number(self, home: tuple[str, ...], depth: int) -> str:
        literal = self.chance.choice(("0", "1", "2", "3", "7", "18", "-1", "2.5"))
        if depth == 0 or self.chance.random() < 0.3:
            return (
                self.one_of(home, ("integer", "decimal", "calculate"), literal)
                if self.chance.random() < 0.7
                else literal
            )
        less = depth - 1
        every, answer = self.repeated(("integer", "decimal", "text")), self.one_of(home, SELECTS, "'s1 s2'")
        ways = [
            f"({self.number(home, less)} {self.chance.choice(('+', '-', '*', 'div', 'mod'))} {self.number(home, less)})",
            f"round({self.number(home, less)}, {self.chance.choice('012')})", f"count-selected({answer})",
            f"if({self.truth(home, less)}, {self.number(home, less)}, {self.number(home, less)})",
            f"string-length({self.text(home, less)})", f"int({self.text(home, less)})", f"number(pulldata('register', 'size', 'card', {self.text(home, less)}))",
        ]  # fmt: skip
        if every:
            ways += [f"{name}({every})" for name in ("count", "sum", "min", "max", "count-non-empty")]
        return self.chance.choice([*ways, "position(..)"] if home else ways)

    def text(self, home: tuple[str, ...], depth: int) -> str:
        literal = self.chance.choice(("'A 1'", "'b'", "''", "'yes'", "'LT'", "'DLA'", "'5'"))
        if depth == 0 or self.chance.random() < 0.3:
            return self.one_of(home, KINDS, literal) if self.chance.random() < 0.7 else literal
        less, many = depth - 1, self.repeated(("text", "barcode"))
        ways = [
            f"concat({self.text(home, less)}, '-', {self.anything(home, less)})", f"substr({self.text(home, less)}, {self.number(home, 0)})",
            f"coalesce({self.text(home, less)}, {self.text(home, less)})", f"selected-at({self.one_of(home, SELECTS, literal)}, {self.number(home, 0)})",
            f"pulldata('register', '{self.chance.choice(('head', 'size', 'born', 'none'))}', 'card', {self.text(home, less)})",
            f"pulldata('towns', 'people', 'name', {self.one_of(home, SELECTS, literal)})", f"format-date({self.day(home)}, '%d/%m/%Y')",
            f"translate({self.text(home, less)}, 'abc', 'xy')", f"normalize-space({self.text(home, less)})",
        ]  # fmt: skip
        ways += self.places(home)
        return self.chance.choice([*ways, f"join(', ', {many})"] if many else ways)

    def places(self, home: tuple[str, ...]) -> list[str]:
        """An answer of another instance, by its number."""
        deep = [one for one in self.known(KINDS) if one.home]
        if not deep:
            return []
        one = self.chance.choice(deep)
        where = ", ".join(f"{asked(repeat)}, {self.number(home, 0)}" for repeat in one.home)
        return [f"indexed-repeat({asked(one.name)}, {where})"]

    def day(self, home: tuple[str, ...]) -> str:
        return self.chance.choice(
            (
                self.one_of(home, ("date", "datetime"), "today()"),
                "today()",
                f"(today() - {self.number(home, 0)})",
                "date('2024-02-29')",
            )
        )

    def truth(self, home: tuple[str, ...], depth: int) -> str:
        if depth == 0:
            return f"{self.one_of(home, KINDS, 'true()')} != ''"
        less = depth - 1
        return self.chance.choice((
            f"{self.number(home, less)} {self.order()} {self.number(home, less)}", f"{self.text(home, less)} = {self.text(home, less)}",
            f"({self.truth(home, less)} {self.chance.choice(('and', 'or'))} {self.truth(home, less)})", f"not({self.truth(home, less)})",
            f"selected({self.one_of(home, SELECTS, repr('s1'))}, '{self.chance.choice(('yes', 'LT', 's1', 's2', 'DLA', 'other'))}')",
            f"{self.day(home)} {self.order()} {self.day(home)}", f"contains({self.text(home, less)}, 'a')",
        ))  # fmt: skip

    def anything(self, home: tuple[str, ...], depth: int = 2) -> str:
        return (
            self.chance.choice((self.number, self.text, self.truth))(home, depth)
            if self.chance.random() < 0.9
            else self.day(home)
        )
