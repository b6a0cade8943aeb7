"""The own phones with ODK Collect or KoboCollect: add one (its token is shown once), see them, revoke one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from marshmallow import ValidationError

from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.identification import devices
from referral.identification.actions import phones as act
from referral.identification.schemas import PhoneSchema
from referral.identification.views import bp
from referral.identification.views.openrosa import server_address


@bp.get("/account/phones")
@requires(Permission.IDENTIFICATION_FILL)
def phones() -> Any:
    """The own phones, and the way to add one."""
    return _page()


@bp.post("/account/phones")
@requires(Permission.IDENTIFICATION_FILL)
def add_phone() -> Any:
    """A new phone: its token and the QR code that sets it up, shown this once."""
    try:
        name = PhoneSchema().load(request.form)["name"]
    except ValidationError as error:
        return _page(errors=error.messages_dict, typed=request.form.get("name", "")[:60]), 422
    phone, token = act.add(name, actor=actor(), now=clock.now())
    return render_template(
        "identification/phone.html", phone=phone, token=token, server=server_address(), picture=_picture(token)
    )


def _picture(token: str) -> Markup:
    """The QR code of the phone's settings, drawn into the page: it is nowhere else."""
    project = current_app.config["SETTINGS"].product_name
    code = act.settings_code(server_address(), actor().username, token, project)
    drawn = segno.make(code, error="l", micro=False)
    title = _("QR code with the settings of this phone")
    picture = drawn.svg_inline(scale=4, border=4, light="white", svgclass="qr", lineclass=None, title=title)
    return Markup(picture)  # noqa: S704 - squares, and a title that segno escapes


@bp.post("/account/phones/<uuid:phone_id>/revoke")
@requires(Permission.IDENTIFICATION_FILL)
def revoke_phone(phone_id: UUID) -> Any:
    """The phone is refused from now on."""
    phone = devices.own_phone(actor(), phone_id, lock=True) or abort(404)
    act.revoke(phone, actor=actor(), now=clock.now())
    flash(_("The phone is revoked: it can no longer send or fetch anything."), "success")
    return redirect(url_for(".phones"), 303)


def _page(*, errors: Any = None, typed: str = "") -> str:
    mine = list(db.session.scalars(devices.phones(actor())))
    return render_template("identification/phones.html", phones=mine, errors=errors or {}, typed=typed)
