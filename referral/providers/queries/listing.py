"""The directory as a list: words, need, region and open now, a page at a time, without one query for a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from directory import Criteria, Moment, Offer, Verdict, access, room, schedule
from directory.profile import Hours
from directory.taxonomy import Visibility
from referral.extensions import db
from referral.foundation.access import Actor
from referral.providers.filters import Filters
from referral.providers.queries.catalogue import Snapshot, public_holidays, snapshot
from referral.providers.queries.visible import named_services

PAGE = 20
NOTHING_ASKED = Criteria()


@dataclass(frozen=True, slots=True)
class Line:
    """One offer of the list with what decides a call today: open, room, how fresh."""

    offer: Offer
    hours: Verdict
    capacity: Verdict
    fresh: Verdict
    status: Verdict

    @property
    def reasons(self) -> tuple[Verdict, ...]:
        """Hours and room."""
        return (self.hours, self.capacity)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list; `following` is the id after which the next one begins."""

    lines: tuple[Line, ...]
    total: int
    following: str | None


def listing(filters: Filters, actor: Actor, now: datetime) -> Page:
    """The page that the filters ask for, of what `actor` may see."""
    found = snapshot(now)
    moment = Moment(now, public_holidays(now), found.catalogue.lives)
    wanted = list(chosen(found, filters, actor, moment))
    start = _after(wanted, filters)
    shown = wanted[start : start + PAGE]
    more = len(wanted) > start + PAGE
    return Page(tuple(line(one, moment) for one in shown), len(wanted), shown[-1].id if more else None)


def line(offer: Offer, moment: Moment) -> Line:
    """The verdicts that a line of the list shows."""
    verdicts = [
        judge(offer, NOTHING_ASKED, moment) for judge in (access.hours, room.capacity, access.fresh, access.status)
    ]
    hours, capacity, fresh, status = (one for one in verdicts if one is not None)
    return Line(offer, hours, capacity, fresh, status)


def chosen(found: Snapshot, filters: Filters, actor: Actor, moment: Moment) -> Iterator[Offer]:
    """The offers that the filters ask for, of what `actor` may see, in the order of the list."""
    worded = {found.catalogue.offers[one].id for one in found.catalogue.positions(found.index.find(filters.q))}
    named = {str(one) for one in db.session.scalars(named_services(actor))}
    is_open = _Open(moment)
    for one in found.listed:
        if (
            not one.archived
            and (one.visibility is not Visibility.RESTRICTED or one.service_id in named)
            and (filters.need is None or filters.need.value in one.needs)
            and (not filters.region or in_region(one, filters.region))
            and one.id in worded
            and (not filters.open or is_open[one.hours])
        ):
            yield one


def in_region(offer: Offer, region: str) -> bool:
    """Placed in the region, or somewhere in a whole around it, or serving a part of it, all of it, or such a whole."""
    return _overlaps(offer.pcode, region) or overlaps(offer, region)


def overlaps(offer: Offer, region: str) -> bool:
    """Whether the offer serves a part of the region, all of it, or a whole that it is part of."""
    return any(_overlaps(area.pcode, region) for area in offer.areas)


def _overlaps(area: str, region: str) -> bool:
    return bool(area) and (area.startswith(region) or region.startswith(area))


class _Open(dict[Hours, bool]):
    """Whether these hours are open now, worked out once for all offers that share them."""

    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self.moment = moment

    def __missing__(self, hours: Hours) -> bool:
        found = schedule.opening(hours, self.moment.now, self.moment.holidays).open is True
        self[hours] = found
        return found


def _after(offers: Iterable[Offer], filters: Filters) -> int:
    """Where the page begins; at the start when the entry after which it should begin is gone."""
    wanted = str(filters.after) if filters.after else ""
    return next((place + 1 for place, one in enumerate(offers) if one.id == wanted), 0) if wanted else 0
