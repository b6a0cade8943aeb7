"""A question to the directory: facts about a person, conditions, and what to ask instead when nobody fits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from directory.criteria import OLDEST, Criteria, Criterion, age_range
from directory.places import Place, Places, ancestors
from directory.taxonomy import NEEDS
from directory.vocabulary import N_, Message

SEXES = ("female", "male", "other")
BANDS = ("minor", "adult", "doubtful")
FACTS = ("age", "age_band", "sex", "status", "vulnerabilities", "nationality", "languages", "documents")
CONDITIONS: dict[str, Criterion] = {
    "open": Criterion.HOURS,
    "capacity": Criterion.CAPACITY,
    "language": Criterion.LANGUAGE,
    "free": Criterion.COST,
    "referrals": Criterion.REFERRALS,
    "walk_in": Criterion.WALK_IN,
    "accessible": Criterion.ACCESS,
    "papers": Criterion.DOCUMENTS,
    "vacancies": Criterion.VACANCIES,
}
"""What may be made a condition, by the word for it."""
HOURS = frozenset({Criterion.HOURS})
MOST_CODES = 20
FARTHEST = 2000.0


class BadQuestion(ValueError):
    """Something asked cannot be understood; `field` is where it stands."""

    def __init__(self, field: str, code: str, text: str, **values: object) -> None:
        self.field, self.message = field, Message(code, text, values)
        super().__init__(str(self.message))


def question(
    person: Mapping[str, Any],
    *,
    need: str | None = None,
    place: Place | None = None,
    places: Places | None = None,
    conditions: Collection[str] = (),
    max_km: float = 50,
    at: datetime | None = None,
    on: date | None = None,
) -> Criteria:
    """Return the criteria; raises `BadQuestion`. What `person` does not say is not asked.

    `documents` is the list of papers that the person holds: an empty one says that there are none. A moment `at` or a
    day `on` makes the hours a condition.

    >>> asked = question({"age": 15, "sex": "female", "status": ["refugee"], "documents": []}, need="MED")
    >>> asked.ages, sorted(asked.statuses)
    ((15, 15), ['refugee', 'undocumented'])
    """
    if need is not None and need not in NEEDS:
        raise BadQuestion("need", "unknown_need", N_("“%(need)s” is not a known need"), need=need[:20])
    unknown = sorted(str(one)[:40] for one in person.keys() - set(FACTS))
    if unknown:
        raise BadQuestion("person", "unknown_fact", N_("not a known fact: %(names)s"), names=tuple(unknown[:5]))
    if not 0 < max_km <= FARTHEST:
        raise BadQuestion("km", "bad_distance", N_("a distance of more than 0 and at most %(limit)d km"), limit=2000)
    code = place.pcode if place else None
    return Criteria(
        need=need,
        ages=_ages(person),
        sex=_one_of(person, "sex", SEXES),
        statuses=_statuses(person),
        vulnerabilities=_codes(person, "vulnerabilities"),
        nationality=_text(person, "nationality"),
        place=code,
        place_names=places.names(code) if places else (),
        point=places.seat(code) if places and place and place.level > 1 else None,
        max_km=max_km,
        languages=_codes(person, "languages") or frozenset(),
        papers=_codes(person, "documents"),
        at=at,
        on=on,
        required=frozenset(CONDITIONS[one] for one in conditions) | (HOURS if at or on else frozenset()),
    )


def the_place(found: Sequence[Place], typed: str) -> Place:
    """Return the one place that is meant; raises `BadQuestion` where none or several are."""
    if not found:
        raise BadQuestion("place", "unknown_place", N_("no place is called “%(name)s”"), name=typed[:60])
    if len(found) > 1:
        names = tuple(f"{one.name} ({one.pcode})" for one in found[:8])
        raise BadQuestion("place", "several_places", N_("several places, give the code: %(names)s"), names=names)
    return found[0]


def wider(asked: Criteria, places: Places) -> Iterator[tuple[Message, Criteria]]:
    """Yield what else may be asked when nobody fits, nearest to the question first, and how to say it."""
    if asked.required:
        yield (
            Message("wider_conditions", N_("without the conditions")),
            replace(asked, required=frozenset(), at=None, on=None),
        )
    if asked.point is not None:
        for km in (asked.max_km * 2, asked.max_km * 6):
            message = Message("wider_km", N_("within %(km)d km"), {"km": round(km)})
            yield message, replace(asked, max_km=km)
    for code in ancestors(asked.place)[1:] if asked.place else ():
        if code in places:
            message = Message("wider_unit", N_("anywhere in %(place)s"), {"place": places[code].name})
            yield message, replace(asked, place=code, place_names=places.names(code), point=None)
    if asked.place or asked.point:
        yield (
            Message("wider_country", N_("anywhere in the country")),
            replace(asked, place=None, place_names=(), point=None),
        )


def audience(asked: Criteria) -> str:
    """Return for whom: all that a signal of demand may say.

    >>> audience(Criteria(ages=(15, 15))), audience(Criteria(ages=(0, 120))), audience(Criteria())
    ('minor', '', '')
    """
    low, high = asked.ages or (0, OLDEST)
    return "minor" if high < 18 else "adult" if low >= 18 else ""


def _ages(person: Mapping[str, Any]) -> tuple[int, int] | None:
    age = person.get("age")
    if age is not None and (isinstance(age, bool) or not isinstance(age, int) or not 0 <= age <= OLDEST):
        raise BadQuestion("age", "bad_age", N_("an age in whole years, from 0 to %(limit)d"), limit=OLDEST)
    band = _one_of(person, "age_band", BANDS)
    return None if age is None and band is None else age_range(age, band)


def _statuses(person: Mapping[str, Any]) -> frozenset[str] | None:
    found = _codes(person, "status")
    papers = _codes(person, "documents")
    return found if papers is None or papers else frozenset({*(found or ()), "undocumented"})


def _codes(person: Mapping[str, Any], name: str) -> frozenset[str] | None:
    given = person.get(name)
    if given is None:
        return None
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list) or len(given) > MOST_CODES or not all(_is_code(one) for one in given):
        raise BadQuestion(name, "bad_codes", N_("a short list of codes"))
    return frozenset(given)


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 40 and value.replace("_", "").replace("-", "").isalnum()


def _text(person: Mapping[str, Any], name: str) -> str | None:
    found = _codes(person, name)
    return next(iter(found)) if found else None


def _one_of(person: Mapping[str, Any], name: str, known: Collection[str]) -> str | None:
    value = person.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or value not in known:
        raise BadQuestion(name, "bad_choice", N_("one of: %(names)s"), names=tuple(known))
    return value
