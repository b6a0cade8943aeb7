"""What the entry that is kept at a merge takes over from the other one, field by field, as a person chose.

A choice is a change like every other: it is published with a revision, stands in the history of the kept entry and
goes back when the merge is taken back. It confirms nothing: nobody asked the partner.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from directory.taxonomy import Visibility
from referral.extensions import db
from referral.foundation import audit
from referral.foundation.access import Actor
from referral.providers.actions import editing, fields
from referral.providers.audience_form import WHERE
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.private_form import OFFER
from referral.providers.rules import Origin, Section, Whose
from referral.providers.upkeep_models import EntityRevision

CHOICES: dict[str, tuple[Section, tuple[str, ...]]] = {
    **{
        name: (Section.SERVICE, (name,))
        for name in ("name", "needs", *fields.SERVICE, "audiences", OFFER, "areas", "step_free")
    },
    "where": (Section.SERVICE, tuple(WHERE)),
    "contacts": (Section.CONTACTS, ("contacts",)),
    "hours": (Section.HOURS, ("hours", "on_holidays")),
    "closures": (Section.HOURS, ("closures",)),
}
"""What is chosen together, by its name: the section and the fields of it."""
OF_A_PLACE = frozenset({"areas", "step_free", "where", "contacts", "hours", "closures"})
"""Said of one place: of a service at several places nobody could tell which of them is meant."""
UNASKED = frozenset({"on_holidays"})
"""Goes along with the rest of its choice and is no difference by itself."""
MISSING = object()
"""What an entry cannot say at all, as the street of a place that is kept secret."""
WIDEST = (Visibility.PUBLIC, Visibility.NETWORK, Visibility.RESTRICTED)


@dataclass(frozen=True, slots=True)
class Difference:
    """A choice on which two entries differ: what each says of its fields."""

    first: fields.Values
    second: fields.Values

    def of(self, side: Whose) -> fields.Values:
        """What one of the two says."""
        return self.first if side is Whose.FIRST else self.second


def differences(first: Service, second: Service) -> dict[str, Difference]:
    """All that may be chosen, by name. Contacts that are kept to named people are in none."""
    one, other = _places(first), _places(second)
    if not one or not other:
        return {}
    single = len(one) == len(other) == 1
    left, right = _said(one[0]), _said(other[0])
    found = {}
    for name, (section, parts) in CHOICES.items():
        here, there = ({part: said[section].get(part, MISSING) for part in parts} for said in (left, right))
        apart = any(not fields.same(here[part], there[part]) for part in parts if part not in UNASKED)
        meant = MISSING not in (*here.values(), *there.values()) and (single or name not in OF_A_PLACE)
        if apart and meant and (name != "where" or _unit(one[0]) == _unit(other[0])):
            found[name] = Difference(here, there)
    return found


def _places(service: Service) -> list[ServiceAtLocation]:
    return sorted((one for one in service.places if not one.archived), key=lambda one: str(one.id))


def _unit(place: ServiceAtLocation) -> str:
    return place.location.pcode if place.location else ""


def _said(place: ServiceAtLocation) -> dict[Section, fields.Values]:
    said = {section: fields.state_of(place, section) for section in (Section.SERVICE, Section.CONTACTS, Section.HOURS)}
    of = said[Section.CONTACTS]
    of["contacts"] = [one for one in of["contacts"] if one["visibility"] != Visibility.RESTRICTED]
    return said


def proposed(first: Service, second: Service, found: Mapping[str, Difference]) -> dict[str, Whose]:
    """What is ticked at first: the value of the one that has any, unless fewer people may read that entry."""
    fuller = {Whose.FIRST: (first, second), Whose.SECOND: (second, first)}
    return {name: side for name, side in of_one(found).items() if not _narrower(*fuller[side])}


def of_one(found: Mapping[str, Difference]) -> dict[str, Whose]:
    """The choices on which only one of the two says something, and which."""
    chosen = {}
    for name, one in found.items():
        said = [side for side in Whose if not _empty(one.of(side))]
        if len(said) == 1:
            chosen[name] = said[0]
    return chosen


def _empty(values: fields.Values) -> bool:
    return all(value in (None, "", [], {}) for name, value in values.items() if name not in UNASKED)


def _narrower(one: Service, other: Service) -> bool:
    return WIDEST.index(one.visibility) > WIDEST.index(other.visibility)


def imprint(found: Mapping[str, Difference]) -> str:
    """What was on the page when somebody chose, so that nobody chooses what they have not seen."""
    said = {name: [one.first, one.second] for name, one in found.items()}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def take_over(
    kept: Service,
    found: Mapping[str, Difference],
    chosen: Mapping[str, Whose],
    side: Whose,
    *,
    actor: Actor,
    now: datetime,
) -> list[EntityRevision]:
    """Write into the kept entry, which is `side`, what was chosen of the other; a revision for each section."""
    place = _places(kept)[0]
    wanted: dict[Section, fields.Values] = defaultdict(dict)
    for name, whose in chosen.items():
        if whose is not side:
            wanted[CHOICES[name][0]] |= _without_ids(found[name].of(whose))
    if Section.CONTACTS in wanted:
        rows = [fields.contact_of(one) for one in place.contacts if one.visibility is Visibility.RESTRICTED]
        wanted[Section.CONTACTS]["contacts"] = rows + wanted[Section.CONTACTS]["contacts"]
    made = []
    for section, values in wanted.items():
        diff = fields.difference(fields.state_of(place, section), values)
        revision = editing.apply(
            place, section, diff, origin=Origin.COORDINATION, actor=actor, now=now, confirms=False
        )  # fmt: skip
        if revision is not None:
            audit.record("directory.edit", actor=actor, now=now, subject=place, code=section.value)
            made.append(revision)
    db.session.flush()
    return made


def _without_ids(values: fields.Values) -> fields.Values:
    """Rows become rows of the kept entry: those of the other one stay where they are."""
    return {name: [_bare(row) for row in value] if isinstance(value, list) else value for name, value in values.items()}


def _bare(row: Any) -> Any:
    return {name: value for name, value in row.items() if name != "id"} if isinstance(row, dict) else row
