"""SELECTs of phones: the own ones, and whose phone shows a token.

Kind: queries.
"""

from __future__ import annotations

from sqlalchemy import Select, select

from referral.extensions import db
from referral.foundation.access import Actor
from referral.foundation.doors import Door
from referral.identification.models import DeviceToken
from referral.partners.models import User

SHOWN = 50


def phones(actor: Actor) -> Select[DeviceToken]:
    """The own phones, those in use first, then by name."""
    query = select(DeviceToken).where(DeviceToken.user_id == actor.id)
    return query.order_by(DeviceToken.revoked_at.is_not(None), DeviceToken.name, DeviceToken.id).limit(SHOWN)


own_phone = Door(lambda actor: select(DeviceToken).where(DeviceToken.user_id == actor.id), DeviceToken.id)
"""One of them."""


def phone_of(token_hash: str) -> tuple[DeviceToken, User] | None:
    """The phone that shows a token, and whose it is, whatever has become of either."""
    query = select(DeviceToken, User).join(User, User.id == DeviceToken.user_id)
    row = db.session.execute(query.where(DeviceToken.token_hash == token_hash)).first()
    return (row[0], row[1]) if row else None
