"""One address for a referral, whichever side looks: the service meets its own page here, the case team its own."""

from __future__ import annotations

from types import ModuleType
from typing import Any
from uuid import UUID

from flask import abort

from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission, Role
from referral.foundation.idempotency import idempotent
from referral.referrals.rules import ReferralAction
from referral.referrals.views import answering, bp, sending


def _side() -> ModuleType:
    """The module that answers for the actor's side: `show_page`, `ask_page` and `act_on` of it are called."""
    return answering if actor().role is Role.PROVIDER else sending


def _action(name: str) -> ReferralAction:
    if name not in set(ReferralAction):
        abort(404)
    return ReferralAction(name)


@bp.get("/referrals/<uuid:referral_id>")
@requires(Permission.REFERRAL_READ, reads_person=True)
def show(referral_id: UUID) -> Any:
    """A referral as this side may see it today; looking changes nothing but the audit trail and the register."""
    return _side().show_page(referral_id)


@bp.get("/referrals/<uuid:referral_id>/<action>")
@requires(Permission.REFERRAL_READ)
def ask(referral_id: UUID, action: str) -> Any:
    """What an act asks before it is done; no data of the person."""
    return _side().ask_page(referral_id, _action(action))


@bp.post("/referrals/<uuid:referral_id>/<action>")
@requires(Permission.REFERRAL_READ)
@idempotent
def act(referral_id: UUID, action: str) -> Any:
    """Do it, once."""
    return _side().act_on(referral_id, _action(action))
