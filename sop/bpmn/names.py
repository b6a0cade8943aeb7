"""The names of the exchange: namespaces, what each kind of step is in BPMN, and how ids and texts go through XML.

`NRM` is frozen: files that were written years ago must still be read. A change that old readers would misunderstand
needs a new URI beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from sop.flowchart import StepKind

NRM: Final = "urn:nrm:procedure:1"
PREFIX: Final = "nrm"
GUARD: Final = "urn:nrm:guard:1"
"""The `language` of conditions in the guard language."""

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DI: Final = "http://www.omg.org/spec/DD/20100524/DI"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

ELEMENTS: Final[Mapping[StepKind, str]] = {
    StepKind.START: "startEvent",
    StepKind.END: "endEvent",
    StepKind.TASK: "userTask",
    StepKind.DECISION: "exclusiveGateway",
    StepKind.RULE: "businessRuleTask",
    StepKind.CONSENT: "userTask",
    StepKind.LEGAL_BASIS: "userTask",
    StepKind.SHARE: "sendTask",
    StepKind.WAIT: "receiveTask",
    StepKind.SPLIT_OR: "inclusiveGateway",
    StepKind.JOIN_OR: "inclusiveGateway",
    StepKind.PATHWAY: "callActivity",
}
"""What each kind of step is written as."""

EVENTS: Final = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
GATEWAYS: Final = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"}
)
SUB_PROCESSES: Final = frozenset({"subProcess", "adHocSubProcess", "transaction"})
TASKS: Final = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask"}
)
CALLS: Final = frozenset({"callActivity", "callChoreography", "choreographyTask", "subChoreography"})
NODES: Final = EVENTS | GATEWAYS | SUB_PROCESSES | TASKS | CALLS
"""Everything that counts as a node."""

WITH_DEFAULT: Final = (TASKS | SUB_PROCESSES | {"callActivity"}) | (GATEWAYS - {"parallelGateway", "eventBasedGateway"})
"""Elements whose attribute `default` names a flow."""

ALWAYS: Final = "true"
"""The condition written on a way out of a split that is always open, where its neighbours have conditions."""

OTHERWISE: Final[Mapping[str, str]] = {"fr": "sinon", "en": "otherwise"}
"""What is written on a default flow that has no label, by language."""

MAX_NAME: Final = 2_000
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_ESCAPED = re.compile(r"_x[0-9a-f]{2,6}_")


def clean(text: str, limit: int = MAX_NAME) -> str:
    """A text from outside without control characters and marks that turn its direction, cut at `limit`.

    >>> clean("Cl\\x00ôture\\u202e")
    'Clôture'
    """
    return _FORBIDDEN.sub("", text[: 2 * limit])[:limit]


def one_line(text: str) -> str:
    """The same words with single blanks, as attributes of XML may come back; no-break spaces stay.

    >>> one_line("Can the\\n facility  help ?")
    'Can the facility help ?'
    """
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def xml_id(step: str) -> str:
    """The id of a step as an XML name; different steps have different names.

    >>> xml_id("P_MED"), xml_id("2e étape"), xml_id("_x20_")
    ('P_MED', '_x32_e_x20__xe9_tape', '_x5f_x20_x5f_')
    """
    if _NCNAME.fullmatch(step) and not _ESCAPED.search(step):
        return step
    first = step[:1]
    start = first if first.isascii() and first.isalpha() else f"_x{ord(first or '_'):02x}_"
    return start + "".join(
        one if one.isascii() and (one.isalnum() or one in ".-") else f"_x{ord(one):02x}_" for one in step[1:]
    )


def slug(text: str, limit: int = 40) -> str:
    """A short word in ASCII for a field, a value or a lane, or nothing.

    >>> slug("Prestataire trouvé ?"), slug("5. Can the facility help?"), slug("???")
    ('prestataire_trouve', 'can_the_facility_help', '')
    """
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae"))
    words = re.findall(r"[a-z0-9]+", "".join(one for one in plain if not unicodedata.combining(one)).lower())
    while words and words[0].isdigit():
        words = words[1:]
    found = "_".join(words)[:limit].strip("_")
    return f"f_{found}" if found[:1].isdigit() else found


def shown(label: Mapping[str, str], lang: str, *fallbacks: str) -> str:
    """What is written on a shape: the label in one language, in another, or something else that names it.

    >>> shown({"en": "Start"}, "fr", "S0"), shown({}, "fr", "", "S0")
    ('Start', 'S0')
    """
    return next((text for text in (label.get(lang, ""), *label.values(), *fallbacks) if text.strip()), "")


def relabelled(label: Mapping[str, str], lang: str, name: str, expected: str) -> dict[str, str]:
    """The label after somebody may have rewritten what was shown; only the language that was shown changes.

    >>> relabelled({"fr": "Début", "en": "Start"}, "fr", "Entrée", "Début")
    {'fr': 'Entrée', 'en': 'Start'}
    """
    if one_line(clean(name)) == one_line(clean(expected)):
        return dict(label)
    found = {**label, lang: name}
    return {code: text for code, text in found.items() if text}
