"""What is asked, by whom, about which case: the frozen input of the sharing decision.

`Request.from_mapping` reads the nested mapping of the numbered cases. It refuses what it does not know: a misspelt key
must never turn into a permission. Every optional field defaults to the answer that gives least.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from sop.vocabulary import Category


class RequestError(ValueError):
    """A request that cannot be read; the text names the place and what was expected there."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `trained` means a signed confidentiality undertaking, `assigned` a personal task in this case."""

    org: str
    role: str
    active: bool
    trained: bool
    conflict: bool
    assigned: bool
    kind: str = ""
    blocked: bool = False
    """The person has blocked this user or organisation."""
    excluded: bool = False
    """A guardian excluded by a best-interests decision."""
    child_objects: bool = False
    signatory: bool = False
    """The organisation signed the information-sharing protocol on gender-based violence."""


@dataclass(frozen=True, slots=True)
class Case:
    """The file asked for. `age` and `capacity` are None when unknown or in doubt."""

    owner: str
    status: str
    age: int | None
    capacity: bool | None
    asylum: bool | None
    legal_hold: bool
    erased: bool
    country: str = ""
    immune: bool = False
    """Held by an organisation that privileges and immunities protect, and not waived."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent record: this recipient, this purpose, these categories, until that day included."""

    state: str
    recipients: frozenset[str]
    purposes: frozenset[str]
    categories: frozenset[Category]
    explicit: frozenset[Category]
    until: date | None
    language_ok: bool
    interpreter: bool
    mark: str
    witness: bool
    assent: bool
    guardian: bool
    bip_decision: bool
    representative: bool
    coerced: bool
    version_ok: bool
    given_age: int | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The written agreement between the owner of the case and the recipient; both days are included."""

    exists: bool
    signed_both: bool
    since: date | None = field(metadata={"key": "from"})
    until: date | None = field(metadata={"key": "to"})
    suspended: bool
    categories: frozenset[Category]
    purposes: frozenset[str]
    cross_border: bool
    transfer_ok: bool
    onward: bool


@dataclass(frozen=True, slots=True)
class Referral:
    """Where the referral to this recipient stands."""

    status: str
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Emergency:
    """A declared danger to life; without a reason it opens nothing, and nothing any more once its access has ended."""

    reason: str = ""
    hours_since: float = 0
    refused: bool = False
    risk_to_others: bool = False
    cannot_ask: bool = False
    overdue_review: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What the law is said to demand: `judicial`, `child_report` or `informal`."""

    type: str
    verified: bool = False
    scope: frozenset[Category] = frozenset()


@dataclass(frozen=True, slots=True)
class Onward:
    """The recipient wants to hand the data to a third party."""

    new_consent: bool = False
    third_agreement: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the sharing decision."""

    today: date
    actor: Actor
    action: str
    categories: frozenset[Category]
    purpose: str
    case: Case
    consent: Consent
    agreement: Agreement
    referral: Referral
    emergency: Emergency | None = None
    order: Order | None = None
    onward: Onward | None = None
    cell: int | None = None
    """Smallest cell of the statistics asked for."""
    gbv_stats: bool = False
    written_authorisation: bool = False

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Request:
        """Read one request; raises `RequestError` for a missing or unknown key and for a value of the wrong type."""
        request: Request = _record(cls, mapping, "")
        return request

    def to_mapping(self) -> dict[str, Any]:
        """Return the request as plain JSON values, for the register; `from_mapping` reads it back."""
        plain: dict[str, Any] = _plain(self)
        return plain


def _plain(value: Any) -> Any:
    """A dataclass, a set or a date as JSON has it."""
    if is_dataclass(value):
        return {item.metadata.get("key", item.name): _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    return value.isoformat() if isinstance(value, date) else value


def _wrong(place: str, expected: str, value: object) -> RequestError:
    return RequestError(f"{place or 'request'}: expected {expected}, got {value!r:.80}")


def _boolean(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(place, "true or false", value)
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, "text", value)
    return value


def _whole(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise _wrong(place, "a whole number from 0", value)
    return value


def _hours(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise _wrong(place, "a number of hours from 0", value)
    return value


def _age(value: Any, place: str) -> int | None:
    return None if value in (None, "unknown", "doubtful") else _whole(value, place)


def _day(value: Any, place: str) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _wrong(place, "a date such as 2026-10-01", value) from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _wrong(place, "a date such as 2026-10-01", value)
    return value


def _items(value: Any, place: str) -> Iterable[Any]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise _wrong(place, "a list", value)
    return value


def _words(value: Any, place: str) -> frozenset[str]:
    return frozenset(_text(item, place) for item in _items(value, place))


def _categories(value: Any, place: str) -> frozenset[Category]:
    items = _items(value, place)
    try:
        return frozenset(Category(item) for item in items)
    except ValueError:
        raise _wrong(place, "data categories such as C1 or C6", value) from None


def _nullable(read: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return lambda value, place: None if value is None else read(value, place)


def _nested(kind: type) -> Callable[[Any, str], Any]:
    return lambda value, place: _record(kind, value, place)


def _declared(kind: type) -> Callable[[Any, str], Any]:
    """Read a part that may be absent; an empty declaration declares nothing."""
    return lambda value, place: None if value is None or value == {} else _record(kind, value, place)


READERS: dict[str, Callable[[Any, str], Any]] = {
    "bool": _boolean,
    "str": _text,
    "float": _hours,
    "date": _day,
    "date | None": _nullable(_day),
    "bool | None": _nullable(_boolean),
    "int | None": _age,
    "frozenset[str]": _words,
    "frozenset[Category]": _categories,
    "Actor": _nested(Actor),
    "Case": _nested(Case),
    "Consent": _nested(Consent),
    "Agreement": _nested(Agreement),
    "Referral": _nested(Referral),
    "Emergency | None": _declared(Emergency),
    "Order | None": _declared(Order),
    "Onward | None": _nullable(_nested(Onward)),
}
"""How a field is read, by its declared type."""


def _record(kind: Any, mapping: Any, place: str) -> Any:
    if not isinstance(mapping, Mapping):
        raise _wrong(place, "a mapping", mapping)
    known: dict[str, Field[Any]] = {item.metadata.get("key", item.name): item for item in fields(kind)}
    strangers = sorted(str(key) for key in mapping if key not in known)
    if strangers:
        raise RequestError(f"{place or 'request'}: unknown key {', '.join(strangers)}; known: {', '.join(known)}")
    values: dict[str, Any] = {}
    for key, item in known.items():
        where = f"{place}.{key}".lstrip(".")
        if key in mapping:
            values[item.name] = READERS[str(item.type)](mapping[key], where)
        elif item.default is MISSING:
            raise RequestError(f"{where}: missing")
    return kind(**values)
