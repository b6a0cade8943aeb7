"""The canonical text of a flowchart: one way to write each content, so that texts can be compared line by line.

`plain` is the content as bare data, `content_hash` its identity, `dump` its text. Sections, keys and quotes have a
fixed order and form, durations are written as `sop.durations.iso` does, and what has its default value is left out; the
order of steps and branches is the author's.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sop import durations
from sop.flowchart import Branch, Conflict, Constraint, Flowchart, Forbidden, Label, Step
from sop.guards import Field, FieldKind
from sop.vocabulary import Priority
from sop.yaml_comments import Comments, Key, comments_of

WIDTH: Final = 240
"""A limit or a forbidden way that is longer than this is written one key a line."""

SECTIONS: Final = (
    "sop",
    "stages",
    "fields",
    "lanes",
    "nodes",
    "constraints",
    "forbidden",
    "conflicts",
    "loop_default_then",
    "edges",
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*|\d+\.\d+\.\d+")
_TAKEN: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Words that some reader of YAML takes for something else than a text."""

_UNPRINTABLE = re.compile(r"[^\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


# --- the content as bare data ----------------------------------------------------------------------------------------


def plain(flowchart: Flowchart) -> dict[str, Any]:
    """The content as mappings, lists, texts, whole numbers and booleans, in the canonical order.

    Nothing that is empty or has its default value is in it; an edge is always a mapping.
    """
    codes = flowchart.languages
    fallback = [branch.then for branch in flowchart.branches if branch.then_is_default and branch.then]
    content = _filled(
        {
            "sop": _head(flowchart),
            "stages": {key: _label(label, codes) for key, label in flowchart.stages.items()},
            "lanes": {key: _label(label, codes) for key, label in flowchart.lanes.items()},
            "nodes": [plain_step(step, codes) for step in flowchart.steps.values()],
            "constraints": [plain_limit(limit, codes) for limit in flowchart.constraints],
            "forbidden": [plain_rule(rule, codes) for rule in flowchart.forbidden],
            "conflicts": [plain_conflict(rule, codes) for rule in flowchart.conflicts],
            "loop_default_then": fallback[0] if fallback else None,
            "edges": [plain_branch(branch, codes) for branch in flowchart.branches],
        }
    )
    return {**content, "fields": {key: _field(known) for key, known in flowchart.fields.items()}}


def content_hash(flowchart: Flowchart) -> str:
    """SHA-256 of the content: comments, layout, the order of keys and the spelling of a value do not change it."""
    text = json.dumps(plain(flowchart), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _head(flowchart: Flowchart) -> dict[str, Any]:
    budget = flowchart.loop_budget
    return {
        "id": flowchart.id,
        "version": flowchart.version,
        "status": flowchart.status,
        "languages": list(flowchart.languages),
        **_filled(
            {
                "title": _label(flowchart.title, flowchart.languages),
                "notice": _label(flowchart.notice, flowchart.languages),
                "loop_budget": durations.iso(budget) if budget is not None else None,
                "valid_from": flowchart.valid_from,
                "supersedes": flowchart.supersedes,
            }
        ),
    }


def plain_step(step: Step, languages: tuple[str, ...]) -> dict[str, Any]:
    """One step as bare data."""
    needs = {need: list(bases) for need, bases in step.requires_for.items() if bases}
    return _filled(
        {
            "id": step.id,
            "kind": step.kind.value,
            "lane": step.lane,
            "stage": step.stage,
            "locked": step.locked,
            "event": step.event,
            "need": step.need,
            "deadline": _deadline(step),
            "clock": step.clock.value if step.clock else None,
            "forms": list(step.forms),
            "timer": step.timer,
            "max_visits": step.max_visits,
            "grants": list(step.grants),
            "requires": list(step.requires),
            "requires_for": needs,
            "invalidates": list(step.invalidates),
            "shares": list(step.shares),
            "sets": list(step.sets),
            "actor": _label(step.actors, languages),
            **_inline(step.label, languages),
            "note": _label(step.note, languages),
        }
    )


def plain_branch(branch: Branch, languages: tuple[str, ...]) -> dict[str, Any]:
    """One branch as bare data."""
    inside = _filled({"max": branch.loop_max, "then": None if branch.then_is_default else branch.then})
    return _filled(
        {
            "from": branch.source,
            "to": branch.target,
            "guard": branch.condition,
            "loop": (inside or True) if branch.is_loop else None,
            **_inline(branch.label, languages),
        }
    )


def plain_limit(limit: Constraint, languages: tuple[str, ...]) -> dict[str, Any]:
    """One end-to-end limit as bare data."""
    return {
        "id": limit.id,
        "from": limit.source,
        "to": limit.target,
        "priority": limit.priority.value,
        "max": durations.iso(limit.limit),
        **_filled({"avoid": list(limit.avoid), "why": _label(limit.why, languages)}),
    }


def plain_rule(rule: Forbidden, languages: tuple[str, ...]) -> dict[str, Any]:
    """One forbidden way as bare data."""
    return _filled(
        {
            "id": rule.id,
            "from": rule.source,
            "to": rule.target,
            "given": rule.condition,
            "avoid_ok": list(rule.around),
            "why": _label(rule.why, languages),
        }
    )


def plain_conflict(rule: Conflict, languages: tuple[str, ...]) -> dict[str, Any]:
    """One rule between needs as bare data."""
    return {
        "id": rule.id,
        "kind": rule.kind.value,
        **_filled({"needs": list(rule.needs), "others": list(rule.others), "why": _label(rule.why, languages)}),
    }


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, False, "", [], {})}


def _label(label: Label, languages: tuple[str, ...]) -> dict[str, str]:
    """The flowchart's languages first; a label may know more."""
    order = [*languages, *(code for code in label if code not in languages)]
    return {code: label[code] for code in order if label.get(code)}


def _inline(label: Label, languages: tuple[str, ...]) -> dict[str, str]:
    return {code: label[code] for code in languages if label.get(code)}


def _deadline(step: Step) -> str | dict[str, str] | None:
    if not step.deadline:
        return None
    found = {p.value: durations.iso(step.deadline[p]) for p in Priority if p in step.deadline}
    same = len(found) == len(Priority) and len(set(found.values())) == 1
    return next(iter(found.values())) if same else found


def _field(known: Field) -> str | dict[str, Any]:
    if known.kind is FieldKind.BOOL:
        return known.kind.value
    return {known.kind.value: [known.low, known.high] if known.kind is FieldKind.INT else list(known.values)}


# --- the text --------------------------------------------------------------------------------------------------------


def dump(flowchart: Flowchart, source: str | None = None) -> str:
    """The canonical text; with the text it comes from, the comments of that text stay where they were.

    Reading the text gives the same content (and hash) again, and writing that gives the same bytes. A comment stands
    above what it speaks of or at the end of its line; the comment of something that is gone goes with it.
    """
    comments = comments_of(source) if source is not None else Comments()
    return "".join(f"{line}\n" for line in _Writer(flowchart, comments).lines())


class _Writer:
    """Writes section after section, with the comments of each item."""

    def __init__(self, flowchart: Flowchart, comments: Comments) -> None:
        self.content, self.comments = plain(flowchart), comments
        self.spoken = frozenset(flowchart.languages)

    def lines(self) -> Iterator[str]:
        for section in SECTIONS:
            value = self.content.get(section)
            if value is None:
                continue
            if isinstance(value, str) or not value:
                yield from self.item((section,), "", [f"{section}: {self.flow(value)}"])
                continue
            yield from self.item((section,), "", [f"{section}:"])
            for key, lines in self.entries(section, value):
                yield from self.item(key, "  ", lines)
            yield from (f"  {text}" for text in self.comments.after.get((section,), ()))
        yield from self.comments.after.get((), ())

    def item(self, key: Key, indent: str, lines: list[str]) -> Iterator[str]:
        yield from (f"{indent}{text}" for text in self.comments.above.get(key, ()))
        beside = self.comments.beside.get(key)
        yield from (f"{indent}{line}" for line in lines[:-1])
        yield f"{indent}{lines[-1]}" + (f"  {beside}" if beside else "")

    def entries(self, section: str, value: Any) -> Iterator[tuple[Key, list[str]]]:
        if section == "sop":
            for key, one in value.items():
                yield (section, key), self.wide(key, one)
        elif isinstance(value, dict):
            for key, one in value.items():
                yield (section, key), [f"{_scalar(key)}: {self.flow(one)}"]
        elif section == "nodes":
            for one in value:
                yield (section, one["id"]), self.node(one)
        elif section == "edges":
            for key, one in numbered(value):
                yield key, [f"- {self.flow(one)}"]
        else:
            for one in value:
                yield (section, one["id"]), self.long(one)

    def wide(self, key: str, value: Any) -> list[str]:
        """An entry of the head: a label that is too long has a line for each language."""
        line = f"{key}: {self.flow(value)}"
        if not isinstance(value, dict) or len(line) <= WIDTH:
            return [line]
        return [f"{key}:", *(f"  {_scalar(code)}: {_quoted(text)}" for code, text in value.items())]

    def long(self, value: dict[str, Any]) -> list[str]:
        line = f"- {self.flow(value)}"
        if len(line) <= WIDTH:
            return [line]
        first, *others = (f"{_scalar(key)}: {self.flow(one, key)}" for key, one in value.items())
        return [f"- {first}", *(f"  {line}" for line in others)]

    def node(self, value: dict[str, Any]) -> list[str]:
        """A step: what it is on one line, then a line for each language, then its note."""
        texts = [key for key in value if key in self.spoken or key == "note"]
        first = self.pairs({key: one for key, one in value.items() if key not in texts})
        lines = [f"- {{{first}", *(f"   {self.pairs({key: value[key]})}" for key in texts)]
        return [*(f"{line}," for line in lines[:-1]), f"{lines[-1]}}}"]

    def pairs(self, value: Mapping[str, Any]) -> str:
        return ", ".join(f"{_scalar(key)}: {self.flow(one, key)}" for key, one in value.items())

    def flow(self, value: Any, key: str = "") -> str:
        """A value on one line; conditions and what people read are always quoted."""
        if isinstance(value, dict):
            return "{" + self.pairs(value) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self.flow(one) for one in value) + "]"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int):
            return str(value)
        spoken = key in self.spoken or (key in ("guard", "given") and value != "else")
        return _quoted(value) if spoken else _scalar(value)


def numbered(edges: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Key, Any]]:
    """Each edge with its key: both ends and, of edges between the same steps, the place among them."""
    seen: dict[tuple[str, str], int] = {}
    for edge in edges:
        ends = (str(edge["from"]), str(edge["to"]))
        seen[ends] = seen.get(ends, 0) + 1
        yield ("edges", *ends, str(seen[ends])), edge


def _scalar(text: str) -> str:
    if _WORD.fullmatch(text) and text.lower() not in _TAKEN:
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    """A text in double quotes, what cannot be printed as an escape."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return '"' + _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", inner) + '"'
