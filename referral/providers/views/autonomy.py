"""How far each organisation is left alone with its entries: for the coordination to say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from directory.autonomy import Autonomy
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.idempotency import idempotent
from referral.partners.models import Organization
from referral.providers import actions, queries, upkeep_schemas
from referral.providers.coverage_schemas import line_of
from referral.providers.queries import autonomy as levels
from referral.providers.views import bp
from referral.providers.views.upkeep import COORDINATE

SHOWN = 20


@bp.get("/directory/autonomy")
@requires(COORDINATE)
def autonomy() -> Any:
    """Those that are left alone, those that have earned it, those that are called first, then the others by a word."""
    kept, find = levels.kept(clock.now()), line_of(request.args, "find")[:80]
    groups = {level: [one for one in kept if one.level is level] for level in Autonomy}
    usual = groups[Autonomy.USUAL]
    words = find.casefold().split()
    others = [one for one in usual if one.lacks and words and all(word in one.name.casefold() for word in words)]
    return render_template(
        "providers/autonomy.html", autonomous=groups[Autonomy.AUTONOMOUS], accompanied=groups[Autonomy.ACCOMPANIED],
        earned=[one for one in usual if not one.lacks], others=others[:SHOWN], more=max(0, len(others) - SHOWN),
        usual=sum(bool(one.lacks) for one in usual),
        find=find, levels=[(one.value, one.label) for one in Autonomy], tab=request.endpoint,
        coordinates=can(COORDINATE),
    )  # fmt: skip


@bp.post("/directory/organisations/<uuid:organization_id>/autonomy")
@requires(COORDINATE)
@idempotent
def set_autonomy(organization_id: UUID) -> Any:
    """Say how far an organisation is left alone."""
    query = queries.visible_organizations(actor()).where(Organization.id == organization_id)
    one = db.session.scalar(query) or abort(404)
    level = upkeep_schemas.choice(Autonomy, request.form.get("level", ""), "level")
    if actions.set_autonomy(one, level, line_of(request.form, "note")[:300], actor=actor(), now=clock.now()):
        flash(_("Noted. The organisation is told."), "success")
    else:
        flash(_("Nothing to change: it has that level already."), "info")
    return redirect(url_for("providers.autonomy"), code=303)
