"""Deadlines of the data officer: requests, breaches, holds; told before their day, and once it is over."""

from __future__ import annotations

from datetime import datetime

from referral.extensions import db
from referral.foundation import clock, national, outbox
from referral.foundation.grants import Role
from referral.partners.models import User
from referral.partners.queries import users_of_role
from referral.rights import queries
from referral.rights.breaches import breach_stage
from referral.rights.queries import holds
from referral.rights.rules import request_stage


def remind(now: datetime) -> int:
    """Tell every data officer which request, breach or hold is nearly or wholly late, each once; commits."""
    today, periods = now.astimezone(clock.zone()).date(), national.periods()
    officers = list(users_of_role(Role.DATA_OFFICER))
    count = 0
    for request in queries.unanswered():
        stage = request_stage(request.due_on, today, periods)
        if officers and stage > request.reminded:
            request.reminded = stage
            count += _tell("request_due", officers, now, case_code=request.case.code)
    for breach in queries.untold_breaches():
        stage = breach_stage(breach.authority_due, now, periods)
        if officers and stage > breach.reminded:
            breach.reminded = stage
            count += _tell("breach_due", officers, now, reference=breach.number)
    for hold in holds.standing():
        stage = request_stage(hold.review_on, today, periods)
        if officers and stage > hold.reminded:
            hold.reminded = stage
            count += _tell("hold_due", officers, now, case_code=hold.case.code)
    db.session.commit()
    return count


def _tell(template: str, officers: list[User], now: datetime, **codes: str) -> int:
    for user in officers:
        outbox.queue(template, now=now, user=user, **codes)
    return len(officers)
