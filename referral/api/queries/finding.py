"""Which public services are met by words, or take a person: the catalogue that the pages search, its public part.

What somebody asks is kept nowhere, and leaves no signal of demand: strangers could forge them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from directory import rank
from directory.question import BadQuestion, question, the_place
from directory.taxonomy import Visibility
from referral.api.schemas import Asked
from referral.providers.queries import Snapshot, public_holidays, snapshot
from sop.vocabulary import Message

FITS, TO_VERIFY = "yes", "unknown"


class NoSuchPlace(LookupError):
    """The place that was asked for is none, or several; `message` says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


class Wrong(ValueError):
    """Something asked about a person cannot be understood; `field` is where it stands."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message.code)
        self.field, self.message = field, message


@dataclass(frozen=True, slots=True)
class Met:
    """The services and their places that were met, each with its answer: fits, or must be verified."""

    services: Mapping[UUID, str]
    places: Mapping[UUID, str]


def met(asked: Asked, now: datetime) -> Met | None:
    """What the words meet and the person may use; None when neither was asked."""
    if not asked.search.strip() and not asked.for_somebody:
        return None
    kept = snapshot(now)
    worded = bool(asked.search.strip())
    mask = kept.index.find(asked.search) if worded else 0
    if asked.for_somebody:
        return _for_somebody(kept, asked, mask if worded else None, now)
    offers = (kept.catalogue.offers[one] for one in kept.catalogue.positions(mask))
    return _met((one.service_id, one.id, FITS) for one in offers if one.visibility is Visibility.PUBLIC)


def _for_somebody(kept: Snapshot, asked: Asked, within: int | None, now: datetime) -> Met:
    try:
        typed = asked.place.strip()
        place = the_place(kept.places.find(typed), typed) if typed else None
        criteria = question(
            asked.person or {}, need=asked.need, place=place, places=kept.places, conditions=asked.conditions
        )
    except BadQuestion as bad:
        message = Message(bad.message.code, bad.message.text, bad.message.values)
        raise (NoSuchPlace(message) if bad.field == "place" else Wrong(bad.field, message)) from None
    criteria = replace(criteria, visibility=frozenset({Visibility.PUBLIC}))
    found = rank(kept.catalogue, criteria, now=now, holidays=public_holidays(now), within=within)
    return _met(
        (one.offer.service_id, one.offer.id, answer)
        for answer, group in ((FITS, found.fits), (TO_VERIFY, found.to_verify))
        for one in group
    )


def _met(found: Iterable[tuple[str, str, str]]) -> Met:
    """The first answer of a service stands: that of the place that fits best."""
    services: dict[UUID, str] = {}
    places: dict[UUID, str] = {}
    for service, place, answer in found:
        services.setdefault(UUID(service), answer)
        places.setdefault(UUID(place), answer)
    return Met(services, places)
