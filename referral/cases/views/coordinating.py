"""What the coordination sees: delays and gaps by code, never who."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _

from referral.cases.queries.alerts import alerts as find_alerts
from referral.cases.queries.alerts import gaps
from referral.cases.schemas import uuid_from
from referral.cases.views import bp
from referral.consent.queries import reviewing
from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import in_language
from sop.places import load_places


@bp.get("/alerts")
@requires(Permission.CASE_COORDINATE)
def alerts() -> str:
    """Deadlines that run out, and needs without a service: codes and regions only."""
    places = load_places()
    regions = {place.pcode: place.name for place in places.regions}
    region = request.args.get("region", "")
    region = region if region in regions else ""
    everything = request.args.get("all") == "yes"
    after = uuid_from(request.args.get("after", ""))
    page = find_alerts(actor(), clock.now(), region=region, late=not everything, after=after)
    codes = {name: value for name, value in (("region", region), ("all", "yes" if everything else "")) if value}
    return render_template(
        "cases/alerts.html",
        page=page,
        gaps=gaps(actor()),
        reviews=len(reviewing.waiting_for(actor(), clock.now())),
        regions=regions,
        region_choices=[("", _("the whole country")), *((code, in_language(name)) for code, name in regions.items())],
        region=region,
        everything=everything,
        after=after,
        codes=codes,
    )
