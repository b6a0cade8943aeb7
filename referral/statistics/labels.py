"""What categories are called: message ids, place names, and groups of categories as a reader reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from referral.cases.rules import NEED_STATE_LABELS
from referral.foundation.formatting import listing
from referral.foundation.i18n import translate
from referral.people.rules import AgeGroup, Sex
from referral.referrals.rules import DECLINE_LABELS, DeclineReason
from referral.statistics.categories import ELSEWHERE, NOT_DECLINED, OTHER_REASON, UNSTATED
from referral.statistics.tables import GROUP_LABELS, OTHER, PROTECTED, PROTECTION, Dimension, Group
from sop.places import load_places
from sop.vocabulary import N_, NEED_LABELS, PRIORITY_LABELS

OUTCOME_LABELS = {
    "delivered": N_("service delivered"),
    "under_way": N_("under way"),
    "declined": N_("declined"),
    "ended": N_("ended without the service"),
}
SERVED_LABELS = {
    "without_service": N_("no service exists: gap recorded"),
    "not_without": N_("service received, under way or stopped"),
}
STAGE_LABELS = {
    "unseen": N_("sent, not yet seen"),
    "received": N_("received, waiting for an answer"),
    "waitlisted": N_("on the waiting list"),
    "accepted": N_("accepted"),
    "delivered": N_("service delivered"),
    "declined": N_("declined"),
    "ended_unanswered": N_("ended before an answer"),
    "ended_answered": N_("ended after an answer, without the service"),
}
TIME_LABELS = {
    "h24": N_("within 24 hours"),
    "h72": N_("1 to 3 days"),
    "d7": N_("3 to 7 days"),
    "d14": N_("7 to 14 days"),
    "over": N_("more than 14 days"),
    "none": N_("no decision yet"),
}
DEADLINE_LABELS = {
    "in_time": N_("decided in time"),
    "not_in_time": N_("decided late, or not decided"),
}
LABELS: dict[str, Mapping[str, Any]] = {
    "region": {place.pcode: place.name for place in load_places().regions} | {ELSEWHERE: N_("elsewhere or not known")},
    "sex": {
        "female": Sex.FEMALE.label,
        "male": Sex.MALE.label,
        UNSTATED: N_("other, not said or not known"),
    },
    "age": {group.value: group.label for group in AgeGroup},
    "priority": {str(priority): label for priority, label in PRIORITY_LABELS.items()},
    "need": {str(need): label for need, label in NEED_LABELS.items()},
    "need_state": {str(state): label for state, label in NEED_STATE_LABELS.items()},
    "served": SERVED_LABELS,
    "outcome": OUTCOME_LABELS,
    "stage": STAGE_LABELS,
    "time": TIME_LABELS,
    "deadline": DEADLINE_LABELS,
    "reason": {
        **{OTHER_REASON if one is DeclineReason.OTHER else str(one): label for one, label in DECLINE_LABELS.items()},
        NOT_DECLINED: N_("not declined"),
    },
}
HEADINGS = {
    "region": N_("Region"),
    "sex": N_("Sex"),
    "age": N_("Age"),
    "priority": N_("Priority"),
    "need": N_("Need"),
    "need_state": N_("Where it stands"),
    "served": N_("Where it stands"),
    "outcome": N_("Outcome"),
    "stage": N_("Where it stands"),
    "time": N_("Time to a decision"),
    "deadline": N_("Deadline"),
    "reason": N_("Reason"),
}


def heading(dimension: Dimension) -> str:
    """What stands over the column of a dimension's categories."""
    return translate(HEADINGS[dimension.name])


def category(dimension: Dimension, code: str) -> str:
    """What an original category is called."""
    return translate(LABELS[dimension.name][code])


def group_name(dimension: Dimension, group: Group, *, signatory: bool, brief: bool = False) -> str:
    """What a published category is called; brief for pictures, else saying what is counted together in it."""
    if group.code == PROTECTION:
        return gettext(GROUP_LABELS[PROTECTION])
    if len(group.sources) == 1:
        return category(dimension, group.sources[0])
    members = _members(dimension, group, signatory)
    if group.code != OTHER:
        return _span(dimension, group, members)
    if brief:
        return gettext(GROUP_LABELS[OTHER])
    return gettext("Counted together: %(categories)s", categories=listing(members))


def _members(dimension: Dimension, group: Group, signatory: bool) -> list[str]:
    """Names of what is counted together; violence and trafficking go by their common name outside the protocol."""
    names = []
    for code in group.sources:
        hidden = dimension.name == "need" and code in PROTECTED and not signatory
        names.append(gettext(GROUP_LABELS[PROTECTION]) if hidden else category(dimension, code))
    return list(dict.fromkeys(names))


def _span(dimension: Dimension, group: Group, members: list[str]) -> str:
    """Neighbours of an ordered dimension: ages as one span (0–17), others listed."""
    if dimension.name != "age" or AgeGroup.UNKNOWN.value in group.sources:
        return listing(members)
    first, last = group.sources[0], group.sources[-1]
    low = first.split("-", maxsplit=1)[0].rstrip("+")
    return f"{low}+" if last.endswith("+") else f"{low}–{last.split('-')[-1]}"
