"""A filled-in form as OpenRosa clients send it (XML), read into nested answers and written back.

Groups nest in the XML and not in the answers; a repeat is an element that comes back, one for each instance.
https://docs.getodk.org/openrosa-metadata/ and https://docs.getodk.org/openrosa-form-submission/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from sop.answers import plain
from sop.vocabulary import N_, Message
from sop.xml_gate import Element, read, unimportable

if TYPE_CHECKING:
    from sop.forms import Form

OPENROSA = "http://openrosa.org/xforms"
JAVAROSA = "http://openrosa.org/javarosa"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One filled-in form: which form, its own id (None where it has none that can be read), and its content.

    `meta`: what OpenRosa tells of the instance (instanceID, instanceName, deprecatedID …), as written.
    """

    form_id: str
    version: str
    instance_id: UUID | None
    meta: Mapping[str, str]
    root: Element = field(repr=False)

    def answers(self, form: Form) -> dict[str, Any]:
        """The raw answers as `Form.evaluate` takes them: texts, and for a repeat a list of such answers."""
        found: dict[str, Any] = {}
        _gather(self.root, form, (), found)
        return found

    def unknown(self, form: Form) -> list[str]:
        """Names of elements that the form does not have at their place, in order, each once."""
        return list(dict.fromkeys(_strangers(self.root, form, ())))


def read_instance(xml: bytes) -> Instance:
    """Read a filled-in form; raises `sop.xml_gate.Unimportable` for what is none.

    >>> sent = read_instance(b'<data id="f" version="2"><meta><instanceID>uuid:7</instanceID></meta></data>')
    >>> sent.form_id, sent.version, sent.instance_id, sent.meta
    ('f', '2', None, {'instanceID': 'uuid:7'})
    """
    root = read(xml)
    form_id = root.get("id") or root.namespace
    if not form_id:
        raise unimportable("NO_FORM_ID", N_("the file does not say which form it fills in"), root.line)
    meta = {
        part.name: part.text.strip()
        for block in root.children
        if block.name == "meta"
        for part in block.children
        if part.text.strip()
    }
    version = root.get("version") or root.get("version", JAVAROSA) or ""
    return Instance(form_id, version, _uuid(meta.get("instanceID") or root.get("instanceID") or ""), meta, root)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip().removeprefix("uuid:"))
    except ValueError:
        return None


def _parts(element: Element) -> Iterator[Element]:
    """What is below, without the empty models that clients keep for new instances."""
    return (child for child in element.children if child.get("template", JAVAROSA) is None)


def _gather(element: Element, form: Form, repeats: tuple[str, ...], into: dict[str, Any]) -> None:
    for child in _parts(element):
        group = form.groups.get(child.name)
        if form.homes.get(child.name) != repeats:
            continue
        if group is not None and group.repeat:
            instance: dict[str, Any] = {}
            _gather(child, form, (*repeats, child.name), instance)
            into.setdefault(child.name, []).append(instance)
        elif group is not None:
            _gather(child, form, repeats, into)
        elif child.text.strip():
            into.setdefault(child.name, child.text)


def _strangers(element: Element, form: Form, repeats: tuple[str, ...]) -> Iterator[str]:
    for child in _parts(element):
        group = form.groups.get(child.name)
        if form.homes.get(child.name) != repeats:
            if child.name not in form.left_out and (repeats or child.name != "meta"):
                yield child.name
        elif group is not None:
            yield from _strangers(child, form, (*repeats, child.name) if group.repeat else repeats)


def write_instance(form: Form, answers: Mapping[str, Any], instance_id: UUID) -> bytes:
    """The answers (typed or plain) as an OpenRosa instance; the inverse of `read_instance`."""
    head = f"<data id={quoteattr(form.id)} version={quoteattr(form.version)}>"
    meta = f'<orx:meta xmlns:orx="{OPENROSA}"><orx:instanceID>uuid:{instance_id}</orx:instanceID></orx:meta>'
    lines = [head, *_written(form, answers, ""), meta, "</data>"]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(lines) + "\n").encode()


def _written(form: Form, answers: Mapping[str, Any], parent: str) -> Iterator[str]:
    """The children of one group (or of the form: ""), in the form's order."""
    for name in form.outline.get(parent, ()):
        group = form.groups.get(name)
        if group is None:
            text = _text(answers.get(name))
            yield f"<{name}>{text}</{name}>" if text else f"<{name}/>"
            continue
        for instance in (answers.get(name) or ()) if group.repeat else (answers,):
            yield f"<{name}>"
            yield from _written(form, instance, name)
            yield f"</{name}>"


def _text(answer: Any) -> str:
    value = plain(answer)
    if value is None:
        return ""
    if isinstance(value, list):
        value = " ".join(map(str, value))
    elif isinstance(value, bool):
        value = "OK" if value else ""
    return escape(NOT_XML.sub("\ufffd", str(value)), {"\r": "&#13;"})


def faults(form: Form, instance: Instance, *, today: date, now: datetime) -> list[tuple[str, Message]]:
    """What is wrong with an instance, by path: another form or version, strange elements, and the answers' own errors.

    An answer that does not apply is no fault: clients keep what was typed before the question went away.
    """
    found: list[tuple[str, Message]] = []
    if instance.form_id != form.id:
        text = N_("This is the form %(given)s, not %(expected)s.")
        found.append(("", Message("other_form", text, {"given": instance.form_id, "expected": form.id})))
    if instance.version != form.version:
        text = N_("This is version “%(given)s” of the form, not “%(expected)s”.")
        found.append(("", Message("other_version", text, {"given": instance.version, "expected": form.version})))
    if instance.instance_id is None:
        found.append(("meta/instanceID", Message("no_instance_id", N_("The instance has no readable instanceID."))))
    text = N_("The form has no question of this name at this place.")
    found += [(name, Message("unknown_question", text)) for name in instance.unknown(form)]
    state = form.evaluate(instance.answers(form), today=today, now=now)
    return [*found, *state.errors.items()]
