"""Does the service reach the person's place? Stated area first, then distance; a safe house by its seat only."""

from __future__ import annotations

from collections.abc import Collection

from directory.criteria import Criteria, Criterion, Moment, Verdict, verdict
from directory.offers import Offer
from directory.places import ancestors, fold, kilometres
from directory.profile import ServiceArea
from directory.taxonomy import Disclosure
from directory.vocabulary import N_, Message


def distance_km(offer: Offer, criteria: Criteria) -> float | None:
    """Return the distance between the person and the point that may be shown for the offer."""
    origin = criteria.origin
    return None if origin is None or offer.vector is None else kilometres(offer.vector, origin)


def covers(areas: Collection[ServiceArea], criteria: Criteria) -> tuple[bool | None, ServiceArea | None]:
    """Return whether the stated areas hold the person's place, and the smallest area that says so.

    A place larger than the area may or may not be covered; a name that does not match may be the same place under
    another name: both unknown. Only P-codes can say no.
    """
    codes = ancestors(criteria.place) if criteria.place else ()
    names = {fold(name) for name in criteria.place_names}
    best: tuple[int, ServiceArea] | None = None
    doubt = None
    for area in areas:
        if area.pcode and codes:
            if area.pcode in codes and (best is None or len(area.pcode) > best[0]):
                best = (len(area.pcode), area)
            elif area.pcode.startswith(codes[0]):
                doubt = area
        elif area.name and fold(area.name) in names:
            best = best or (0, area)
        else:
            doubt = doubt or area
    if best:
        return (None if best[1].on_request else True), best[1]
    return (None, doubt) if doubt else (False, None)


def area(offer: Offer, criteria: Criteria, _moment: Moment) -> Verdict | None:
    """Stated area first: the unit itself, then its parents; without one, by telephone, same unit, or distance."""
    if criteria.place is None and criteria.point is None and not criteria.place_names:
        return None
    km = distance_km(offer, criteria)
    if offer.areas and (criteria.place or criteria.place_names):
        return _stated_area(offer, criteria, km)
    answer = near(offer, criteria, km)
    if offer.remote:
        return verdict(Criterion.AREA, True, Message("remote", N_("by telephone or online")))
    if km is not None:
        return verdict(Criterion.AREA, answer, _distance_message(offer, km, answer, criteria))
    if answer:
        return verdict(Criterion.AREA, True, Message("same_unit", N_("in the same district as the person")))
    return verdict(Criterion.AREA, None, Message("area_not_stated", N_("area not stated")))


def near(offer: Offer, criteria: Criteria, km: float | None) -> bool | None:
    """Return the answer for an offer that states no area."""
    if offer.remote:
        return True
    if km is not None:
        return km <= criteria.max_km
    same = criteria.place and offer.pcode and offer.pcode[:8] == criteria.place[:8] and len(criteria.place) >= 8
    return True if same else None


def _stated_area(offer: Offer, criteria: Criteria, km: float | None) -> Verdict:
    answer, found = covers(offer.areas, criteria)
    if answer and km is not None:
        return verdict(Criterion.AREA, True, _distance_message(offer, km, True, criteria))
    if answer:
        text = N_("covers the whole country") if found and len(found.pcode) == 2 else N_("covers the person’s place")
        return verdict(Criterion.AREA, True, Message("covers", text))
    names = tuple(dict.fromkeys(one.name or one.pcode for one in offer.areas))[:3]
    if answer is None:
        if found and found.on_request:
            message = Message("on_request", N_("comes to this place on request: call first"))
            return verdict(Criterion.AREA, None, message)
        message = Message("area_to_check", N_("area to be checked: %(names)s"), {"names": names})
        return verdict(Criterion.AREA, None, message)
    message = Message("out_of_area", N_("does not cover this place; covers: %(names)s"), {"names": names})
    return verdict(Criterion.AREA, False, message)


def _distance_message(offer: Offer, km: float, answer: bool | None, criteria: Criteria) -> Message:
    if not answer:
        values = {"km": round(km), "limit": round(criteria.max_km)}
        return Message("too_far", N_("%(km)d km away, more than %(limit)d km"), values)
    if offer.disclosure is not Disclosure.EXACT:
        return Message("about_km", N_("about %(km)d km (address kept secret)"), {"km": round(km)})
    if km < 1:
        return Message("under_1_km", N_("less than 1 km"))
    return Message("km", N_("%(km)d km"), {"km": round(km)})
