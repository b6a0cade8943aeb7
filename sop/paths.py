"""Nested answers by path, and apart by data category.

>>> answers = {"head": "Awa", "members": [{"name": "Binta"}, {"name": "Ali", "age": 3}]}
>>> [path for path, _ in leaves(answers)]
['head', 'members/1/name', 'members/2/name', 'members/2/age']
>>> at(answers, "members/2/age"), removed(answers, "members/1")["members"]
(3, [{'name': 'Ali', 'age': 3}])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from sop.answers import plain
from sop.repeats import is_repeat, nested
from sop.vocabulary import Category

if TYPE_CHECKING:
    from sop.forms import Form


def leaves(answers: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every answer with its path, in order."""
    for name, answer in answers.items():
        if is_repeat(answer):
            for number, instance in enumerate(nested(answers, name), start=1):
                yield from leaves(instance, f"{prefix}{name}/{number}/")
        else:
            yield prefix + name, answer


def at(answers: Mapping[str, Any], path: str) -> Any:
    """What stands at a path: an answer, an instance, the list of instances, or None."""
    name, _, rest = path.partition("/")
    if not rest:
        return answers.get(name)
    number, _, inner = rest.partition("/")
    found = nested(answers, name)
    if not _counts(number, len(found)):
        return None
    instance = found[int(number) - 1]
    return at(instance, inner) if inner else instance


def put(answers: Mapping[str, Any], path: str, answer: Any) -> dict[str, Any]:
    """The answers with another one at the path; where there is no such instance, as they were."""
    return _changed(answers, path, lambda where, name: where | {name: answer})


def filled(answers: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with those given by path; an instance that is not there yet is made.

    >>> filled({"head": "Awa", "members": [{"age": 3}]}, {"members/2/age": 5, "head": ""})
    {'head': '', 'members': [{'age': 3}, {'age': 5}]}
    """
    found = _copied(answers)
    for path, answer in given.items():
        *places, name = path.split("/")
        where: dict[str, Any] = found
        for repeat, number in zip(places[::2], places[1::2], strict=True):
            if not is_repeat(where.get(repeat)):
                where[repeat] = []
            instances = where[repeat]
            instances.extend({} for _ in range(int(number) - len(instances)))
            where = instances[int(number) - 1]
        where[name] = answer
    return found


def _copied(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [_copied(one) for one in nested(answers, name)] if is_repeat(answer) else answer
        for name, answer in answers.items()
    }


def added(answers: Mapping[str, Any], repeat: str, instance: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The answers with one more instance of the repeat at this path (`members`, `members/2/phones`)."""
    return _changed(answers, repeat, lambda where, name: where | {name: [*nested(where, name), dict(instance or {})]})


def removed(answers: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The answers without the instance at this path (`members/2`); those after it move up."""
    repeat, _, number = path.rpartition("/")

    def without(where: dict[str, Any], name: str) -> dict[str, Any]:
        found = nested(where, name)
        if _counts(number, len(found)):
            del found[int(number) - 1]
        return where | {name: found}

    return _changed(answers, repeat, without) if repeat else dict(answers)


def _counts(number: str, most: int) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 9 and 1 <= int(number) <= most


def _changed(answers: Mapping[str, Any], path: str, change: Any) -> dict[str, Any]:
    name, _, rest = path.partition("/")
    if not rest:
        changed: dict[str, Any] = change(dict(answers), name)
        return changed
    number, _, inner = rest.partition("/")
    found: list[Any] = nested(answers, name)
    if not inner or not _counts(number, len(found)):
        return dict(answers)
    found[int(number) - 1] = _changed(found[int(number) - 1], inner, change)
    return {**answers, name: found}


def split_by_category(form: Form, values: Mapping[str, Any], *, whole: bool = False) -> dict[Category, dict[str, Any]]:
    """The answers as JSON can keep them, one part for each data category, so that each part is sealed on its own.

    A question without a category counts as C5, the case team's own assessment: never as less than personal. In each
    part a repeat keeps its instances in their places; `join_parts` puts the parts together again. `whole`: a repeat is
    in the part of each of its categories, even with nothing in it, so that it replaces what was kept before.
    """
    return _split(form, values, (), whole)


def _split(
    form: Form, values: Mapping[str, Any], repeats: tuple[str, ...], whole: bool
) -> dict[Category, dict[str, Any]]:
    found: dict[Category, dict[str, Any]] = {}
    for question in form.questions_of(repeats):
        if question.name in values:
            found.setdefault(question.category or Category.C5, {})[question.name] = plain(values[question.name])
    for name in form.repeats_in(repeats):
        parts = [_split(form, instance, (*repeats, name), whole) for instance in nested(values, name)]
        own = dict.fromkeys(one.category or Category.C5 for one in form if name in one.groups)
        categories = own if whole and name in values else dict.fromkeys(one for part in parts for one in part)
        if parts and not categories:
            categories = dict.fromkeys(list(own)[:1] or [Category.C5])
        for category in categories:
            found.setdefault(category, {})[name] = [part.get(category, {}) for part in parts]
    return found


def join_parts(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The inverse of `split_by_category`: one set of answers from its parts.

    >>> join_parts([{"a": 1, "m": [{"b": 2}, {}]}, {"m": [{}, {"c": 3}]}])
    {'a': 1, 'm': [{'b': 2}, {'c': 3}]}
    """
    found: dict[str, Any] = {}
    for part in parts:
        for name, answer in part.items():
            if is_repeat(answer):
                nothing: Mapping[str, Any] = {}
                both = zip_longest(nested(found, name), nested(part, name), fillvalue=nothing)
                found[name] = [join_parts(pair) for pair in both]
            else:
                found[name] = answer
    return found
