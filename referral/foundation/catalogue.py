"""The message catalogues: compiled at start when they changed; extracted and compared for the completeness test."""

from __future__ import annotations

import ast
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

SOURCES = ("referral", "sop", "directory", "templates")
KEYWORDS: dict[str, Any] = {**DEFAULT_KEYWORDS, "_": None, "N_": None, "lazy_gettext": None, "_l": None}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}
CALLS = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
_PLACEHOLDER = re.compile(r"%\((\w+)\)")
_WHOLE_PLACEHOLDER = re.compile(r"%\(\w+\)[-+ #0-9.]*[a-zA-Z]")
_PERCENT = re.compile(r"%(?!\(\w+\)[-+ #0-9.]*[a-zA-Z]|%)")

MessageId = str | tuple[str, str]


def compile_catalogues(translations: Path, fallback: Path) -> Path:
    """Compile every .po that is newer than its .mo; return where they are (`fallback` when the first is read-only)."""
    target = translations if os.access(translations, os.W_OK) else fallback
    for source in translations.glob("*/LC_MESSAGES/*.po"):
        compiled = (target / source.relative_to(translations)).with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            _compile(source, compiled)
    return target


def _compile(source: Path, compiled: Path) -> None:
    moment = source.stat().st_mtime_ns
    catalogue = read(source)
    compiled.parent.mkdir(parents=True, exist_ok=True)
    partial = compiled.with_name(f"{compiled.name}.{os.getpid()}")
    with partial.open("wb") as file:
        write_mo(file, catalogue)
    os.utime(partial, ns=(moment, moment))
    partial.replace(compiled)


def read(path: Path) -> Catalog:
    """The catalogue of a .po file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def extract(root: Path) -> dict[MessageId, list[str]]:
    """Every message id of the sources and templates under `root`, with the places that use it."""
    found: dict[MessageId, list[str]] = defaultdict(list)
    for folder in SOURCES:
        hits = extract_from_dir(root / folder, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True)
        for name, line, message, _comments, _context in hits:
            found[_identity(message)].append(f"{folder}/{name}:{line}")
    found.pop("", None)
    return dict(found)


def _identity(message: str | tuple[str, ...]) -> MessageId:
    if isinstance(message, str):
        return message
    return (message[0], message[1])


def problems(root: Path, language: str) -> list[str]:
    """What is wrong with a language's catalogue: one sentence for each missing, fuzzy or mismatched message."""
    catalogue = read(root / "translations" / language / "LC_MESSAGES" / "messages.po")
    return [
        problem
        for message, places in sorted(extract(root).items(), key=str)
        for problem in _check(catalogue, message, places)
    ]


def _check(catalogue: Catalog, message: MessageId, places: list[str]) -> Iterator[str]:
    single = message if isinstance(message, str) else message[0]
    entry = catalogue.get(single)
    where = f"{single!r} ({places[0]})"
    if entry is None or not entry.string or (isinstance(entry.string, tuple) and not all(entry.string)):
        yield f"no translation: {where}"
        return
    if entry.fuzzy:
        yield f"fuzzy: {where}"
    if isinstance(message, tuple) != isinstance(entry.string, tuple):
        yield f"plural on one side only: {where}"
        return
    forms = entry.string if isinstance(entry.string, tuple) else (entry.string,)
    ids = message if isinstance(message, tuple) else (message,)
    yield from (
        f"{fault}: {where}" for index, text in enumerate(forms) for fault in _placeholder_faults(ids, index, str(text))
    )


def _placeholder_faults(ids: tuple[str, ...], index: int, text: str) -> Iterator[str]:
    """A form holds its id's placeholders; the singular may leave out or repeat the number that only the plural has."""
    given, needed = set(_PLACEHOLDER.findall(text)), set(_PLACEHOLDER.findall(ids[min(index, len(ids) - 1)]))
    allowed = set(_PLACEHOLDER.findall("".join(ids)))
    if not needed <= given <= allowed:
        yield f"other placeholders than {sorted(needed)} in {text!r}"
    if allowed and _PERCENT.search(text.replace("%%", "")):
        yield f"a % that is not doubled in {text!r}"


def variable_ids(root: Path) -> list[str]:
    """Calls that extraction cannot see: a template's `_()` with a variable, a `Message()` without `N_`."""
    return [*_template_calls(root / "templates"), *_bare_messages(root)]


def _template_calls(templates: Path) -> Iterator[str]:
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"])  # noqa: S701 - parses only
    for path in sorted(templates.rglob("*.html")):
        for call in environment.parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in CALLS and not _literal(call):
                yield f"{path.relative_to(templates)}:{call.lineno}"


def _literal(call: nodes.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], nodes.Const)


def _bare_messages(root: Path) -> Iterator[str]:
    """`Message(code, "text")` without N_: the text never reaches the catalogue."""
    for folder in SOURCES[:3]:
        for path in sorted((root / folder).rglob("*.py")):
            calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
            for call in calls:
                named = isinstance(call.func, ast.Name) and call.func.id == "Message"
                if named and len(call.args) > 1 and _words_in(call.args[1]):
                    yield f"{path.relative_to(root)}:{call.lineno}"


def _words_in(argument: ast.expr) -> bool:
    """Whether it is a literal that holds words; a lone placeholder needs no translation."""
    if not isinstance(argument, ast.Constant):
        return False
    return any(character.isalpha() for character in _WHOLE_PLACEHOLDER.sub("", str(argument.value)))
