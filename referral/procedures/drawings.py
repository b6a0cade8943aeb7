"""Imported BPMN drawings: the files as they came, how far they get, and the questions as a form.

One file is kept byte for byte; several are kept as an uncompressed archive of them, in the order of the upload.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import VersionState
from referral.procedures.schemas import UNPRINTABLE, Upload, file_name
from sop.bpmn.drawing import Drawing
from sop.bpmn.ladder import Files, Imported, Level, climb
from sop.bpmn.names import clean, one_line
from sop.bpmn.reading import read
from sop.bpmn.showing import word
from sop.bpmn.structure import joined
from sop.bpmn.wizard import LEAVE_OUT, MAX_ANSWER, ONE_STEP, Question, Topic, fits
from sop.flowchart import StepKind
from sop.shapes import KIND_WORDS
from sop.vocabulary import N_, NEED_LABELS, Message, Need
from sop.xml_gate import MAX_BYTES, Unimportable

MAX_FILES: Final = 20
TRIES: Final = 20
MOST_CHOICES: Final = 60
"""Of more choices the field is typed into: a page with a long list at each of many questions could not be used."""
XML, ARCHIVE = "application/xml", "application/zip"

NO_FILE = Message("no_file", N_("Choose the file of a drawing."))
TOO_MANY = Message("too_many_files", N_("Choose at most %(limit)d files."), {"limit": MAX_FILES})
NO_ANSWER = Message("no_answer", N_("This question needs an answer."))
NOT_AN_ANSWER = Message("not_an_answer", N_("This cannot be an answer to this question."))
NO_CHART = Message(
    "no_flowchart", N_("There is no flowchart yet: answer the questions, and mend what is reported of the drawing.")
)

STATES: Final[Mapping[Level, VersionState]] = {
    Level.DRAWING: VersionState.DRAWING,
    Level.STRUCTURE: VersionState.STRUCTURE,
    Level.MEANING: VersionState.MEANING,
    Level.VALID: VersionState.VALID,
}
LEVELS: Final[Mapping[Level, str]] = {
    Level.DRAWING: N_("The drawing is kept and shown; its structure cannot be told yet."),
    Level.STRUCTURE: N_("The structure is clear; questions without an answer keep it from having a meaning."),
    Level.MEANING: N_("The drawing has a meaning; the checks name errors in it."),
    Level.VALID: N_("The drawing has a meaning, and the checks name no error in it."),
}
TOPICS: Final[Mapping[Topic, str]] = {
    Topic.LANGUAGE: N_("Language"),
    Topic.ACTOR: N_("Who acts"),
    Topic.INSIDE: N_("Steps inside steps"),
    Topic.KIND: N_("Kinds of steps"),
    Topic.GRANTS: N_("Legal bases that steps give"),
    Topic.REQUIRES: N_("Legal bases that steps need"),
    Topic.NEED: N_("Needs and their pathways"),
    Topic.DEADLINE: N_("Deadlines"),
    Topic.DANGLING: N_("Loose arrows"),
    Topic.ANSWER: N_("Answers on arrows"),
    Topic.GUARD: N_("Conditions on arrows"),
    Topic.LOOP: N_("Ways back"),
    Topic.THEN: N_("After the last way back"),
}
WORDS: Final[Mapping[str, str]] = {
    LEAVE_OUT: N_("leave it out"),
    ONE_STEP: N_("counts as one step"),
    "fr": N_("French"),
    "en": N_("English"),
}


class Refused(Exception):
    """An upload of which nothing is kept: `message` says why."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a field: `name` is a short word made from its id, `value` what is chosen or proposed."""

    question: Question
    name: str
    value: str
    is_proposal: bool
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Said:
    """Answers as they came: what was chosen by question, what can be kept, and errors by field name."""

    typed: dict[str, str]
    answers: dict[str, str]
    errors: dict[str, Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A node of the drawing for the list: its name or id, what it is (a message id), where its arrows lead."""

    name: str
    word: str
    lane: str
    ways: tuple[tuple[str, str], ...]


def uploaded(files: Sequence[Upload]) -> list[tuple[str, bytes]]:
    """Name and content of each chosen file; raises `Refused` unless every one of them can be kept."""
    chosen = [one for one in files if one.filename]
    if not chosen:
        raise Refused(NO_FILE)
    if len(chosen) > MAX_FILES:
        raise Refused(TOO_MANY)
    found = [(file_name(one.filename) or "drawing.bpmn", one.read()) for one in chosen]
    for name, content in found:
        try:
            read(content)
        except Unimportable as problem:
            values = {"name": name, "line": problem.line, "problem": problem.message}
            text = N_("%(name)s, line %(line)d: %(problem)s") if problem.line else N_("%(name)s: %(problem)s")
            raise Refused(Message("unimportable", text, values)) from None
    return found


def packed(files: Files) -> tuple[bytes, str, str]:
    """Content, name and media type of what is kept; the same files always give the same bytes."""
    if len(files) == 1:
        name, content = files[0]
        return content, name, XML
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, content) in enumerate(files, 1):
            archive.writestr(zipfile.ZipInfo(f"{number:02}-{name}"), content)
    return buffer.getvalue(), "drawings.zip", ARCHIVE


def unpacked(content: bytes, media_type: str) -> list[tuple[str, bytes]]:
    """The files of what `packed` made."""
    if media_type != ARCHIVE:
        return [("", content)]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        plain = [one for one in archive.infolist()[:MAX_FILES] if one.compress_type == zipfile.ZIP_STORED]
        return [(one.filename, archive.read(one)) for one in plain if one.file_size <= MAX_BYTES]


def imported(one: ProcedureVersion) -> Imported:
    """A version's drawing with the answers that it has."""
    return climbed(unpacked(one.drawing or b"", one.drawing_type), one.answers or {})


def climbed(files: Files, answers: Mapping[str, str]) -> Imported:
    """How far files get with these answers; raises `Unimportable` for an answer that cannot be."""
    return climb(joined([read(content) for _, content in files]), answers)


def said(found: Imported, posted: Mapping[str, str]) -> Said:
    """The answers of a form to the questions as they were asked; a question that the form lacks keeps its proposal."""
    typed, answers, errors = {}, {}, {}
    for question in found.questions:
        name = field_name(question)
        if name not in posted:
            continue
        typed[question.id] = UNPRINTABLE.sub("", posted[name])[: MAX_ANSWER + 1]
        value = one_line(clean(typed[question.id], MAX_ANSWER)).strip()
        if not value and question.is_required:
            if question.proposed:
                errors[name] = NO_ANSWER
        elif len(typed[question.id]) > MAX_ANSWER or not fits(question, value):
            errors[name] = NOT_AN_ANSWER
        else:
            answers[question.id] = value
    return Said(typed, answers, errors)


def again(one: ProcedureVersion, said: Said) -> tuple[Said, Imported]:
    """Climb with new answers; those that the others rule out become errors, and what nobody asks any more goes."""
    files = unpacked(one.drawing or b"", one.drawing_type)
    answers, errors = dict(said.answers), dict(said.errors)
    for _ in range(TRIES):
        try:
            found = climbed(files, answers)
        except Unimportable as problem:
            key = str(problem.message.values.get("question"))
            answers.pop(key)
            if key in said.typed:
                errors[_name(key)] = NOT_AN_ANSWER
            continue
        asked = {question.id for question in found.questions}
        kept = {key: value for key, value in answers.items() if key in asked}
        return replace(said, answers=kept, errors=errors), found
    return replace(said, errors=errors or {"": NOT_AN_ANSWER}), imported(one)


def groups(found: Imported, given: Mapping[str, str], typed: Mapping[str, str]) -> list[tuple[str, list[Asked]]]:
    """The questions by topic, each with what was typed, answered or else proposed."""
    steps = {node.id: node.name for node in found.drawing.nodes.values() if node.name}
    if found.flowchart:
        steps |= {key: key for key in found.flowchart.steps if key not in steps}
    topics: dict[Topic, list[Asked]] = {}
    for one in found.questions:
        value = typed.get(one.id, given.get(one.id, one.proposed or ""))
        is_proposal = bool(one.proposed) and one.id not in given and one.id not in typed
        asked = Asked(one, field_name(one), value, is_proposal, tuple(_choices(one, steps)))
        topics.setdefault(one.topic, []).append(asked)
    return [(TOPICS[topic], topics[topic]) for topic in Topic if topic in topics]


def field_name(question: Question) -> str:
    """The name of a question's field: ids of drawings may hold anything, names of fields may not."""
    return _name(question.id)


def parts(drawing: Drawing) -> list[Part]:
    """The drawing as a list, in the order of the file."""
    names = {key: node.name or key for key, node in drawing.nodes.items()}
    ways: dict[str, list[tuple[str, str]]] = {}
    for flow in drawing.flows:
        ways.setdefault(flow.source, []).append((flow.name, names.get(flow.target, "?")))
    lanes = {key: lane.name for key, lane in drawing.lanes.items()}
    return [
        Part(names[key], word(node), lanes.get(node.lane or "", ""), tuple(ways.get(key, ())))
        for key, node in drawing.nodes.items()
    ]


def _name(question_id: str) -> str:
    return "q" + hashlib.sha256(question_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _choices(question: Question, steps: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Value and word of each choice; nothing chosen where that is possible, or where there is no proposal."""
    if len(question.choices) > MOST_CHOICES:
        return
    if question.choices and (not question.is_required or not question.proposed):
        yield "", N_("(choose)") if question.is_required else N_("(no answer)")
    for value in question.choices:
        yield value, _word_of(question.topic, value, steps)


def _word_of(topic: Topic, value: str, steps: Mapping[str, str]) -> str:
    if topic is Topic.KIND:
        return KIND_WORDS.get(StepKind(value), value)
    if topic is Topic.NEED:
        return NEED_LABELS[Need(value)]
    if topic is Topic.LANGUAGE or value in (LEAVE_OUT, ONE_STEP):
        return WORDS[value]
    return steps.get(value, value)
