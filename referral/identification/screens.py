"""What a page shows of a form: its questions where they stand, the instances of its repeats, answers in words.

Kind: rules. A page of a screen and the review are the same tree: questions, and blocks whose instances hold
questions and blocks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sop.forms import Form, FormState, Screen
from sop.questions import Choice, Question, Texts
from sop.repeats import MOST_INSTANCES, nested
from sop.wording import in_full

MOST_RADIOS = 8
GROUPED_FROM = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as a page shows it.

    `place`: the instance it is in, in words · `words`: the answer in words (of what is only read) · `groups`: the
    choices under headings, when they are many and fall into some · `file`: what is attached.
    """

    question: Question
    path: str
    label: Texts
    hint: Texts
    place: Texts | None
    value: Any
    words: tuple[Any, ...]
    error: str
    required: bool
    relevant: bool
    options: tuple[Choice, ...] = ()
    groups: tuple[tuple[Texts, tuple[Choice, ...]], ...] = ()
    file: Any = None

    @property
    def file_asked(self) -> bool:
        """Whether the answer is a file."""
        return self.question.type.is_attachment

    @property
    def widget(self) -> str:
        """The question's own widget; more choices than fit on a phone become a list to open; what is only read."""
        if self.question.widget == "radio" and len(self.options) > MOST_RADIOS:
            return "select"
        return self.question.widget if self.question.asks or self.question.widget == "note" else "said"


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a repeat: `label` is the repeat's with its number."""

    path: str
    label: Texts
    items: tuple[Shown | Block, ...]
    relevant: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A repeat. `counted`: the form says how many instances there are; `full`: there can be no more."""

    path: str
    label: Texts
    place: Texts | None
    instances: tuple[Instance, ...]
    error: str
    relevant: bool
    counted: bool
    full: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One screen of the review."""

    screen: Screen
    label: Texts
    items: tuple[Shown | Block, ...]

    @property
    def answers(self) -> list[Shown]:
        """Every question of it, also in repeats."""
        return questions_in(self.items)

    @property
    def named(self) -> list[tuple[str, Texts]]:
        """Paths and the words for them."""
        return list(named(self.items))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the tree is made from."""

    form: Form
    state: FormState
    errors: Mapping[str, str]
    attached: Mapping[str, Any]

    def inside(
        self, questions: Sequence[Question], given: Mapping[str, Any], values: Mapping[str, Any], stand: _Stand
    ) -> tuple[Shown | Block, ...]:
        """Questions and blocks directly in one place, in order."""
        found: list[Shown | Block] = []
        done: set[str] = set()
        for question in questions:
            home = self.form.homes[question.name][stand.level :]
            if not home:
                found.append(self.shown(question, given, values, stand))
            elif home[0] not in done:
                done.add(home[0])
                own = [one for one in questions if self.form.homes[one.name][stand.level :][:1] == home[:1]]
                found.append(self.block(home[0], own, (given, values), stand))
        return tuple(found)

    def shown(self, question: Question, given: Mapping[str, Any], values: Mapping[str, Any], stand: _Stand) -> Shown:
        """One question."""
        path = stand.prefix + question.name
        options = self.options(question, path)
        value = given.get(question.name)
        said = in_words(self.form, question, values.get(question.name, value if question.asks else None))
        return Shown(
            question,
            path,
            self.full(question.label, path),
            self.full(question.hint, path),
            stand.place,
            value,
            tuple(self.full(one, path) if isinstance(one, Mapping) else one for one in said),
            self.errors.get(path, ""),
            path in self.state.required,
            path in self.state.relevant,
            options,
            _grouped(self.form, question, options),
            self.attached.get(path),
        )

    def block(
        self, name: str, questions: Sequence[Question], both: tuple[Mapping[str, Any], ...], stand: _Stand
    ) -> Block:
        """One repeat; where it does not apply, with what was typed in it so far."""
        path, group = stand.prefix + name, self.form.groups[name]
        given, values = (nested(one, name) for one in both)
        relevant = path in self.state.relevant
        count = self.counted(path) if relevant else min(len(given), MOST_INSTANCES)
        label = self.full(group.label or {"": name}, path)
        instances = []
        for number in range(1, count + 1):
            inner = f"{path}/{number}"
            own = {code: f"{text} {number}" for code, text in self.full(group.label or {"": name}, inner).items()}
            below = _Stand(f"{inner}/", stand.level + 1, _joined(stand.place, own))
            own_given, own_values = (one[number - 1] if number <= len(one) else {} for one in (given, values))
            items = self.inside(questions, own_given, own_values, below)
            instances.append(Instance(inner, own, items, inner in self.state.relevant))
        fixed, full = group.count is not None, count >= MOST_INSTANCES
        error = self.errors.get(path, "")
        return Block(path, label, stand.place, tuple(instances), error, relevant, fixed, full)

    def options(self, question: Question, path: str) -> tuple[Choice, ...]:
        """What may be chosen, with the answers that the labels quote."""
        found = self.form.options(question, self.state, path)
        if not any("${" in text for one in found for text in one.label.values()):
            return found
        return tuple(replace(one, label=self.full(one.label, path)) for one in found)

    def counted(self, path: str) -> int:
        """How many instances there are."""
        count = 0
        while f"{path}/{count + 1}" in self.state.relevant:
            count += 1
        return count

    def full(self, texts: Texts, path: str) -> Texts:
        """The texts with the answers that they quote."""
        return quoted(self.form, self.state, texts, path)


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where one stands: before the names of what is here, how many repeats deep, the instance in words."""

    prefix: str = ""
    level: int = 0
    place: Texts | None = None


def _joined(outer: Texts | None, inner: Texts) -> Texts:
    if not outer:
        return inner
    default = next(iter(outer.values()), "")
    return {code: f"{outer.get(code, default)} · {text}" for code, text in inner.items()}


def quoted(form: Form, state: FormState, texts: Texts, path: str = "") -> Texts:
    """A text in each language with the answers that it quotes, seen from a path."""
    if not any("${" in text for text in texts.values()):
        return texts
    return {code: in_full(text, form, state, path, code) for code, text in texts.items()}


def shown_items(
    form: Form,
    screen: Screen,
    state: FormState,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
    attached: Mapping[str, Any] | None = None,
) -> tuple[Shown | Block, ...]:
    """What a screen asks and says, in order, each with what was typed."""
    return _Sheet(form, state, errors, attached or {}).inside(screen.questions, typed, state.values, _Stand())


def questions_in(items: Iterable[Shown | Block]) -> list[Shown]:
    """Every question of a page, also in repeats."""
    found: list[Shown] = []
    for item in items:
        if isinstance(item, Block):
            found.extend(one for instance in item.instances for one in questions_in(instance.items))
        else:
            found.append(item)
    return found


def named(items: Iterable[Shown | Block]) -> Iterator[tuple[str, Texts]]:
    """Paths and the words for them: “Member 2 · Age”."""
    for item in items:
        yield item.path, _joined(item.place, item.label or {"": item.path.rpartition("/")[2]})
        if isinstance(item, Block):
            for instance in item.instances:
                yield from named(instance.items)


def page_parts(items: Sequence[Shown | Block], errors: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """What the templates of a screen take, whether of a draft or of a trial; `prefix` stands before field names."""
    return {
        "questions": items,
        "labels": [(prefix + path, words) for path, words in named(items)],
        "errors": {prefix + path: text for path, text in errors.items()},
        "repeats": any(isinstance(one, Block) for one in items),
        "files": any(one.file_asked for one in questions_in(items)),
    }


def explained(
    form: Form, state: FormState, language: str, gettext: Callable[[str], str], page: Screen | None = None
) -> dict[str, str]:
    """What is missing or wrong, in words, on one screen or everywhere, by path."""
    names = names_on(page) if page else None
    return {
        path: in_full(form.explain(path, message, language, gettext), form, state, path, language)
        for path, message in state.errors.items()
        if names is None or path.rpartition("/")[2] in names
    }


def seen(errors: Iterable[str], form: Form, shown: Iterable[str]) -> set[str]:
    """Where something is wrong that was on the page: a question, or how often something repeats."""
    paths = set(shown)
    return {path for path in errors if path in paths or path.rpartition("/")[2] in form.groups}


def review(
    form: Form,
    state: FormState,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
    attached: Mapping[str, Any] | None = None,
) -> list[Section]:
    """All that applies, screen by screen: answers in words, and what is missing or wrong."""
    return [
        Section(
            screen,
            quoted(form, state, screen.label),
            _applying(shown_items(form, screen, state, typed, errors, attached)),
        )
        for screen in form.applicable(state)
    ]


def _applying(items: Iterable[Shown | Block]) -> tuple[Shown | Block, ...]:
    """What applies, without notes."""
    found: list[Shown | Block] = []
    for item in items:
        if isinstance(item, Shown) and item.relevant and item.widget != "note":
            found.append(item)
        elif isinstance(item, Block) and item.relevant:
            parts = tuple(Instance(one.path, one.label, _applying(one.items), True) for one in item.instances)
            found.append(Block(item.path, item.label, item.place, parts, item.error, True, item.counted, item.full))
    return tuple(found)


def newly_asked(form: Form, screen: Screen, state: FormState, shown: Iterable[str]) -> list[str]:
    """Paths of questions of a screen that apply now and were not on the page that was sent."""
    seen = set(shown)
    items = questions_in(shown_items(form, screen, state, {}, {}))
    return [one.path for one in items if one.question.asks and one.relevant and one.path not in seen]


def names_on(screen: Screen) -> set[str]:
    """Names of what can be wrong on a screen: its questions and the groups around them."""
    return {one.name for one in screen.questions} | {name for one in screen.questions for name in one.groups}


def _grouped(form: Form, question: Question, options: Sequence[Choice]) -> tuple[tuple[Texts, tuple[Choice, ...]], ...]:
    """Choices under the answer of the question that filters them (départements under their regions)."""
    if question.choice_filter is None or len(options) < GROUPED_FROM:
        return ()
    column = next((name for name in options[0].columns if name in form and form[name].list_name), None)
    if column is None:
        return ()
    lists = form.options(form[column])
    members = {one.name: tuple(o for o in options if o.columns.get(column) == one.name) for one in lists}
    return tuple((one.label, members[one.name]) for one in lists if members[one.name])


def in_words(form: Form, question: Question, value: Any) -> tuple[Any, ...]:
    """An answer in words: the labels of what was chosen, a date as a date, a text as it was typed."""
    if value in (None, "", []):
        return ()
    if not question.type.has_choices:
        return (value,)
    labels = {choice.name: choice.label for choice in reversed(form.choices.get(question.list_name, ()))}
    return tuple(labels.get(code, code) for code in (value if isinstance(value, list) else [value]))
