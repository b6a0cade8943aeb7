"""Somebody rings or comes and asks about a person without an order: registered outside any case, refused by letter.

Nobody is looked up for it, neither here nor by whoever takes the request: a refusal for known persons alone would tell
who is known.
"""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.cases.views.reading import pairs
from referral.consent.actions import orders as actions
from referral.consent.exceptional_schemas import InformalSchema
from referral.consent.order_views import refusal
from referral.consent.orders import RequestWay
from referral.consent.queries import informal
from referral.consent.views import bp
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import translate
from referral.foundation.idempotency import idempotent

RECORD = Permission.INFORMAL_RECORD


@bp.get("/register/orders/informal")
@requires(RECORD)
def informal_request() -> Any:
    """Register a request that is not about a case; one's own, or the team's, below."""
    today = clock.today()
    return _page({"dated_on-day": today.day, "dated_on-month": today.month, "dated_on-year": today.year}, {})


@bp.post("/register/orders/informal")
@requires(RECORD)
@idempotent
def informal_request_post() -> Any:
    """Register and refuse it at once; the next page has the letter."""
    if actor().organization_id is None:
        abort(404)
    try:
        given = InformalSchema(today=clock.today()).load(request.form)
    except ValidationError as error:
        return _page(request.form, error.normalized_messages()), 422
    row = actions.register_informal(given, actor=actor(), now=clock.now())
    return redirect(url_for(".order", order_id=row.id), 303)


@bp.get("/register/orders.csv")
@requires(Permission.AUDIT_READ)
def order_counts() -> Response:
    """How many requests of authorities there were, by year, kind, state and whether about a case: figures only."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Year"), _("Kind"), _("About a case"), _("State"), _("Number")])
    for one, number in informal.counts(actor()).items():
        about = _("yes") if one.about_case else _("no")
        writer.writerow([one.year, translate(one.kind.label), about, translate(one.state.label), number])
    audit.record("order.list.export", actor=actor(), now=clock.now())
    answer = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="requests-{clock.today()}.csv"'
    return answer


@bp.get("/register/orders/<uuid:order_id>/letter.pdf")
@requires(Permission.AUDIT_READ, reads_person=True)
def unwatched_letter(order_id: UUID) -> Any:
    """The letter for the data officer, where the organisation that was asked has no supervisor."""
    return refusal(informal.unwatched_order(actor(), order_id) or abort(404))


def _page(typed: Any, errors: Any) -> str:
    return render_template(
        "consent/informal.html",
        typed=typed,
        errors=errors,
        ways=pairs(RequestWay),
        rows=informal.informal_requests(actor()),
        state=actions.state,
        cases=can(Permission.CASE_READ),
    )
