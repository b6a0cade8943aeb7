"""The gate for the closing of gaps: who promises it, by which day, what closed it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from referral.providers.coverage_models import GapUndertaking
from referral.providers.coverage_schemas import line_of
from referral.providers.schemas import CHOOSE, NOT_A_DAY, Reading, day_of
from sop.vocabulary import N_, Message

LONGEST = 300
FARTHEST = 730
TOO_LONG = Message("too_long", N_("at most %(limit)d characters"), {"limit": LONGEST})
SAY_WHAT_CLOSED = Message("say_what_closed", N_("say what closed it, for example the service that opened"))
DUE_DAY = Message("due_day", N_("a day from today on, within two years"))
PERSON, HOUSE = "person:", "organisation:"


def read_undertaking(
    posted: Mapping[str, str], *, people: Collection[UUID], organizations: Collection[UUID], today: date
) -> Reading:
    """Who closes a gap, by which day, and what is promised. `owner` is `person:ID` or `organisation:ID`."""
    typed = {name: value[:40] for name, value in posted.items() if name.startswith("due-")}
    typed |= {"owner": line_of(posted, "owner")[:60], "promise": line_of(posted, "promise")[:1000]}
    errors: dict[str, Message] = {}
    user = {PERSON + str(one): one for one in people}.get(typed["owner"])
    house = {HOUSE + str(one): one for one in organizations}.get(typed["owner"])
    if user is None and house is None:
        errors["owner"] = CHOOSE
    if len(typed["promise"]) > LONGEST:
        errors["promise"] = TOO_LONG
    due = None
    try:
        due = day_of(typed, "due")
    except ValueError:
        errors["due"] = NOT_A_DAY
    if "due" not in errors and (due is None or not 0 <= (due - today).days <= FARTHEST):
        errors["due"] = DUE_DAY
    values = {"user_id": user, "organization_id": house, "due_on": due, "promise": typed["promise"]}
    return Reading(typed, {} if errors else values, 0, errors)


def owner_of(one: GapUndertaking) -> str:
    """The owner of an undertaking as the form writes it."""
    return PERSON + str(one.user_id) if one.user_id else HOUSE + str(one.organization_id)


def read_closing(posted: Mapping[str, str]) -> Reading:
    """What closed a gap; never empty."""
    said = line_of(posted, "closed_with")
    errors = {} if said and len(said) <= LONGEST else {"closed_with": TOO_LONG if said else SAY_WHAT_CLOSED}
    return Reading({"closed_with": said[:1000]}, {} if errors else {"closed_with": said}, 0, errors)
