"""The shortlist of a case as its page shows it: the service today, the notes, and for which need it may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from directory import Moment
from referral.cases.models import Case
from referral.cases.queries.shortlist import shortlist
from referral.extensions import db
from referral.foundation import sealing
from referral.foundation.access import Actor
from referral.providers.models import ServiceAtLocation
from referral.providers.queries import public_holidays, snapshot, visible_places
from referral.providers.queries.listing import Line, line
from referral.referrals.models import Referral, ShortlistEntry
from referral.referrals.queries.sending import CHOOSING, referrals_of, step_of
from sop.vocabulary import Need


@dataclass(frozen=True, slots=True)
class KeptService:
    """One row of the shortlist. `line` is None where the service is no longer in the directory."""

    entry: ShortlistEntry
    line: Line | None
    note: str
    choosable: tuple[Need, ...]
    referral: Referral | None


def note_purpose(entry_id: UUID) -> str:
    """What the sealed note is bound to."""
    return f"shortlist_entry:{entry_id}"


def kept_services(case: Case, actor: Actor, now: datetime) -> list[KeptService]:
    """The services kept for a case. A service that `actor` may not see any more has no line."""
    entries, found = shortlist(case.id, whole=True), snapshot(now)
    moment = Moment(now, public_holidays(now), found.catalogue.lives)
    ids = [one.service_at_location_id for one in entries]
    seen = set(
        db.session.scalars(
            visible_places(actor).where(ServiceAtLocation.id.in_(ids)).with_only_columns(ServiceAtLocation.id)
        )
    )
    sealed = [
        (case.id, note_purpose(one.id), one.sealed_note) for one in entries if one.sealed_note and not case.erased_at
    ]
    words = dict(zip((one[1] for one in sealed), sealing.open_texts(sealed), strict=True))
    sent = {one.service_at_location_id: one for one in reversed(referrals_of(case.id))}
    waiting = [one.need for one in case.needs if one.closed_at is None and step_of(case, one.need) in CHOOSING]
    rows = []
    for one in entries:
        offer = found.offers.get(str(one.service_at_location_id)) if one.service_at_location_id in seen else None
        served = one.service_at_location.service.needs if offer and not offer.suspended else []
        rows.append(
            KeptService(
                one, line(offer, moment) if offer else None, words.get(note_purpose(one.id), ""),
                tuple(need for need in waiting if need.value in served), sent.get(one.service_at_location_id),
            )
        )  # fmt: skip
    return rows


def kept_entry(case: Case, entry_id: UUID) -> ShortlistEntry | None:
    """One entry of a case's shortlist, taken off or not."""
    return db.session.scalar(
        select(ShortlistEntry).where(ShortlistEntry.id == entry_id, ShortlistEntry.case_id == case.id)
    )


def places_of(actor: Actor, ids: list[UUID]) -> list[ServiceAtLocation]:
    """Those of these entries that `actor` may see, in the order asked."""
    query = visible_places(actor).where(ServiceAtLocation.id.in_(ids))
    known = {one.id: one for one in db.session.scalars(query).unique()}
    return [known[one] for one in dict.fromkeys(ids) if one in known]
