"""The part of a service's form that says what the entry is and who may see it: name, needs, types, how much is told.

It reads nothing where a form does not hold it (a link's, a row of the workbook): `was-name` says that it does. What a
form was made from comes along, because a service has several places: one that was hidden from the form of another
place is not shown again by whoever only saved an older form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from directory.taxonomy import SERVICE_TYPE_LABELS, Disclosure, Visibility
from referral.providers.models import ServiceAtLocation
from referral.providers.schemas import CHOOSE
from sop.vocabulary import N_, NEED_LABELS, Message

LONGEST_NAME = 200
NAME_IT = Message("name_it", N_("give it a name"))
A_NEED = Message("a_need", N_("tick at least one need: the service is found by it"))
KEPT = ("name", "visibility", "disclosure")
"""Fields of one value, each with what the form was made from."""
SEEN_BY: tuple[tuple[str, str, str], ...] = (
    (Visibility.PUBLIC.value, Visibility.PUBLIC.label, N_("also on the open web, for anybody who asks")),
    (Visibility.NETWORK.value, Visibility.NETWORK.label, N_("the referral teams, after they have signed in")),
    (Visibility.RESTRICTED.value, Visibility.RESTRICTED.label, N_("your organisation and the staff listed for it")),
)
TOLD: tuple[tuple[str, str, str], ...] = (
    (Disclosure.EXACT.value, Disclosure.EXACT.label, N_("name of the place, street and town")),
    (Disclosure.ARRONDISSEMENT.value, Disclosure.ARRONDISSEMENT.label, N_("no name, no street, no map point")),
    (Disclosure.ON_REQUEST.value, Disclosure.ON_REQUEST.label, N_("whoever refers asks you first")),
)  # fmt: skip


def present(place: ServiceAtLocation) -> dict[str, str]:
    """What the entry says now; codes in one line."""
    service, at = place.service, place.location
    typed = {
        "name": service.name,
        "needs": " ".join(service.needs),
        "types": " ".join(service.types),
        "visibility": service.visibility.value,
        **({"disclosure": at.disclosure.value} if at else {}),
    }
    return typed | {f"was-{name}": typed[name] for name in KEPT if name in typed}


def choices() -> dict[str, Any]:
    """What may be chosen."""
    return {
        "need_choices": list(NEED_LABELS.items()),
        "type_choices": sorted(SERVICE_TYPE_LABELS.items()),
        "visibility_choices": SEEN_BY,
        "disclosure_choices": TOLD,
    }


def read(
    posted: Mapping[str, str], place: ServiceAtLocation
) -> tuple[dict[str, str], dict[str, Any], dict[str, Message]]:
    """What was typed, the values by field, and the errors; nothing of a form that does not hold these fields."""
    if "was-name" not in posted:
        return {}, {}, {}
    service, errors = place.service, {}
    typed = {name: text(posted, name) for name in present(place)}
    typed |= {name: " ".join(ticked(posted, name)) for name in ("needs", "types")}
    values: dict[str, Any] = {
        "needs": codes(typed["needs"], NEED_LABELS, service.needs),
        "types": codes(typed["types"], SERVICE_TYPE_LABELS, service.types),
    }
    values |= {name: typed[name] for name in KEPT if name in typed and typed[name] != typed[f"was-{name}"]}
    if service.needs and not values["needs"]:
        errors["needs"] = A_NEED
    return typed, values, errors | check(values)


def check(values: Mapping[str, Any]) -> dict[str, Message]:
    """What is wrong with a name, with who may see the entry, with what is told of its place."""
    errors: dict[str, Message] = {}
    if not values.get("name", "-"):
        errors["name"] = NAME_IT
    elif len(values.get("name", "-")) > LONGEST_NAME:
        errors["name"] = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST_NAME})
    for name, known in (("visibility", Visibility), ("disclosure", Disclosure)):
        if name in values and values[name] not in list(known):
            errors[name] = CHOOSE
    return errors


def text(posted: Mapping[str, str], name: str, most: int = 400) -> str:
    """One line without control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in posted.get(name, "")).split())[:most]


def ticked(posted: Mapping[str, str], name: str) -> list[str]:
    """The codes that were ticked, or that stand in one line."""
    written = posted.getlist(name) if isinstance(posted, MultiDict) else [posted.get(name, "")]
    return [code for one in written[:100] for code in str(one).split()]


def codes(written: str, known: Iterable[str], before: list[str]) -> list[str]:
    """Those ticked, and those of before that the list does not offer; as before where nothing changed."""
    offered = set(map(str, known))
    found = {one for one in written.split() if one in offered} | {one for one in before if one not in offered}
    return before if found == set(before) else sorted(found)


def openness(place: ServiceAtLocation) -> tuple[Visibility, Disclosure | None]:
    """Who may see the entry, and what is told of its place."""
    return place.service.visibility, place.location.disclosure if place.location else None
