"""Is there room for this person? Places kept for some do not help others; what nobody still believes is unknown.

Each declaration (for everybody, for women, for boys …) is met with what is known of the person: it takes them, it does
not, or that is not known. Full only where every place that may take them is full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from directory import freshness
from directory.criteria import Criteria, Criterion, Moment, Verdict, verdict
from directory.offers import Offer
from directory.profile import Capacity
from directory.taxonomy import GROUP_LABELS, UNIT_LABELS, UNIT_LABELS_ONE, CapacityStatus, Group
from directory.vocabulary import N_, Message, label

Declared = tuple[tuple[Group, CapacityStatus], ...]
"""What is declared of places, by group; offers with the same get the same answer as long as it is believed."""
Taken = Mapping[Group, bool | None]
MAJORITY = 18
ALONE = frozenset({"unaccompanied_child", "separated_child"})
WITH_CHILDREN = "single_parent"


def declared(capacity: Capacity | None) -> Declared:
    """Return what is declared, whatever its age."""
    return tuple((one.audience, freshness.declared(one)) for one in capacity.rows) if capacity else ()


def taken(criteria: Criteria) -> Taken:
    """Return for each group whether its places take the person that is asked for; all do where no person is.

    >>> girl = taken(Criteria(ages=(15, 15), sex="female"))
    >>> girl[Group.GIRLS], girl[Group.MEN], girl[Group.UNACCOMPANIED], taken(Criteria())[Group.MEN]
    (True, False, None, True)
    """
    if criteria.ages is None and criteria.sex is None and criteria.vulnerabilities is None:
        return dict.fromkeys(Group, True)
    return {group: takes(criteria) for group, takes in TAKES.items()}


def _child(criteria: Criteria) -> bool | None:
    low, high = criteria.ages or (0, MAJORITY)
    return True if high < MAJORITY else False if low >= MAJORITY else None


def _adult(criteria: Criteria) -> bool | None:
    child = _child(criteria)
    return None if child is None else not child


def _of_sex(criteria: Criteria, sex: str) -> bool | None:
    return criteria.sex == sex if criteria.sex in ("female", "male") else None


def _alone(criteria: Criteria) -> bool | None:
    """A child without its parents; what is known of a person without that says that they are not."""
    return bool(criteria.vulnerabilities & ALONE) if criteria.vulnerabilities else None


def _family(criteria: Criteria) -> bool | None:
    known = criteria.vulnerabilities or frozenset()
    return True if WITH_CHILDREN in known else False if known & ALONE else None


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


TAKES: dict[Group, Callable[[Criteria], bool | None]] = {
    Group.EVERYBODY: lambda _asked: True,
    Group.WOMEN: lambda asked: _both(_adult(asked), _of_sex(asked, "female")),
    Group.MEN: lambda asked: _both(_adult(asked), _of_sex(asked, "male")),
    Group.GIRLS: lambda asked: _both(_child(asked), _of_sex(asked, "female")),
    Group.BOYS: lambda asked: _both(_child(asked), _of_sex(asked, "male")),
    Group.CHILDREN: _child,
    Group.FAMILIES: _family,
    Group.UNACCOMPANIED: lambda asked: _both(_child(asked), _alone(asked)),
}


def status(found: Iterable[tuple[Group, CapacityStatus]], takes: Taken) -> CapacityStatus:
    """Return the room for a person among what is believed now.

    >>> kept = ((Group.MEN, CapacityStatus.AVAILABLE), (Group.GIRLS, CapacityStatus.FULL))
    >>> status(kept, taken(Criteria(ages=(15, 15), sex="female"))).value
    'full'
    >>> status(kept, taken(Criteria(ages=(30, 30), sex="female"))).value
    'unknown'
    """
    return freshness.best(
        CapacityStatus.UNKNOWN if takes[group] is None else value
        for group, value in found
        if takes[group] or (takes[group] is None and value is not CapacityStatus.FULL)
    )


def current(offer: Offer, takes: Taken, moment: Moment) -> CapacityStatus:
    """Return the room that an offer has for a person now."""
    return status(((one.audience, _now(one, offer, moment)) for one in _rows(offer)), takes)


def _rows(offer: Offer) -> tuple[Capacity, ...]:
    return offer.capacity.rows if offer.capacity else ()


def _now(one: Capacity, offer: Offer, moment: Moment) -> CapacityStatus:
    return freshness.believed(one, offer.shelter, moment.now, moment.lives)


def capacity(offer: Offer, criteria: Criteria, moment: Moment) -> Verdict | None:
    """Room as last declared and still believed. *Full* excludes; unknown only informs, unless a place is required."""
    takes = taken(criteria)
    found = current(offer, takes, moment)
    hard = found is CapacityStatus.FULL or Criterion.CAPACITY in criteria.required
    answer = {CapacityStatus.AVAILABLE: True, CapacityStatus.FULL: False}.get(found)
    return verdict(Criterion.CAPACITY, answer, _message(offer, takes, found, moment), hard)


def _message(offer: Offer, takes: Taken, found: CapacityStatus, moment: Moment) -> Message:
    rows = _rows(offer)
    if not rows or not offer.capacity or not offer.capacity.groups:
        return sentence(rows[0] if rows else None, offer, moment)
    code = f"group_{found.value}"
    if len(rows) > 1 and all(takes.values()):
        return _list(code, rows, offer, moment)
    for one in rows:
        if takes[one.audience] and _now(one, offer, moment) is found:
            return _of_group(code, one, offer, moment)
    meant = [one for one in rows if takes[one.audience] is not False]
    if not meant:
        who = tuple(label(one.audience, GROUP_LABELS) for one in rows)
        return Message(code, N_("places stated only for: %(who)s"), {"who": who})
    to_check = tuple(_of_group(code, one, offer, moment) for one in meant)
    return Message(code, N_("to be checked for this person: %(places)s"), {"places": to_check})


def _of_group(code: str, one: Capacity, offer: Offer, moment: Moment) -> Message:
    who, told = label(one.audience, GROUP_LABELS), sentence(one, offer, moment)
    return Message(code, N_("%(who)s: %(places)s"), {"who": who, "places": told})


def _list(code: str, rows: Iterable[Capacity], offer: Offer, moment: Moment) -> Message:
    """Every group with its places in a few words, where nobody in particular is asked for."""
    told = tuple(
        Message("group_short", N_("%(who)s: %(places)s"), {
            "who": label(one.audience, GROUP_LABELS), "places": _short(one, _now(one, offer, moment)),
        })
        for one in rows
    )  # fmt: skip
    oldest = min((one.updated for one in rows if one.updated), default=moment.now)
    values = {"groups": told, "when": freshness.ago(oldest, moment.now)}
    return Message(code, N_("places by group – %(groups)s (confirmed %(when)s)"), values)


SHORT: dict[CapacityStatus, Message] = {
    CapacityStatus.AVAILABLE: Message("short_available", N_("free")),
    CapacityStatus.WAITING_LIST: Message("short_waiting", N_("waiting list")),
    CapacityStatus.FULL: Message("short_full", N_("full")),
    CapacityStatus.ASSESSMENT: Message("short_assessment", N_("after an assessment")),
    CapacityStatus.UNKNOWN: Message("short_unknown", N_("not known")),
}


def _short(one: Capacity, found: CapacityStatus) -> Message | str:
    counted = found is CapacityStatus.AVAILABLE and one.available is not None
    return str(one.available) if counted else SHORT[found]


def sentence(one: Capacity | None, offer: Offer, moment: Moment) -> Message:
    """Return what one declaration says and how old it is."""
    if one is None or one.updated is None:
        return Message("capacity_not_stated", N_("places not stated"))
    found, when = _now(one, offer, moment), freshness.ago(one.updated, moment.now)
    if found is CapacityStatus.UNKNOWN:
        return Message("capacity_lapsed", N_("places unknown (last update %(when)s)"), {"when": when})
    if found is CapacityStatus.FULL:
        return Message("full", N_("full, confirmed %(when)s"), {"when": when})
    if found is CapacityStatus.ASSESSMENT:
        return Message("assessment", N_("place depends on an assessment, confirmed %(when)s"), {"when": when})
    if found is CapacityStatus.WAITING_LIST:
        if one.waiting_days is not None:
            values = {"days": one.waiting_days, "when": when}
            return Message("waiting_days", N_("waiting list, about %(days)d days (confirmed %(when)s)"), values)
        return Message("waiting_list", N_("waiting list, confirmed %(when)s"), {"when": when})
    if one.available is None:
        return Message("has_places", N_("has places, confirmed %(when)s"), {"when": when})
    units = UNIT_LABELS_ONE if one.available == 1 else UNIT_LABELS
    values = {"number": one.available, "unit": label(one.unit or "place", units), "when": when}
    return Message("places", N_("%(number)d %(unit)s, confirmed %(when)s"), values)
