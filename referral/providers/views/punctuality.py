"""How well the directory is kept, by organisation: for the coordination and the steering committee."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _

from referral.foundation import clock
from referral.foundation.access import requires
from referral.foundation.i18n import page_language
from referral.providers import punctuality_files
from referral.providers.queries import coverage as queries
from referral.providers.queries.punctuality import league
from referral.providers.views import bp
from referral.providers.views.coverage import CSV, READ, XLSX, asked_for, frame

PDF = "application/pdf"
SHOWN = 20


@bp.get("/directory/coverage/freshness")
@requires(READ)
def punctuality() -> Any:
    """The table of organisations, then by need and by region; one region where it is asked."""
    asked = asked_for()
    around = frame(queries.scene(clock.now()), asked)
    found = league(clock.now(), asked.region)
    shown = found.organizations if request.args.get("all") == "yes" else found.organizations[:SHOWN]
    return render_template("providers/punctuality.html", league=found, shown=shown, how=punctuality_files.HOW, **around)


@bp.get("/directory/coverage/freshness.<kind>")
@requires(READ)
def punctuality_file(kind: str) -> Any:
    """The same as CSV (organisations), XLSX (all three tables) or PDF."""
    asked, language = asked_for(), page_language()
    found, scene = league(clock.now(), asked.region), queries.scene(clock.now())
    names = {code: scene.name(code, language) for code in scene.units}
    place = names.get(asked.region, _("the whole country"))
    makers = {
        "csv": (CSV, lambda: punctuality_files.as_csv(found)),
        "xlsx": (XLSX, lambda: punctuality_files.as_workbook(found, names)),
        "pdf": (PDF, lambda: punctuality_files.as_pdf(found, names, place, language=language, printed_at=clock.now())),
    }
    mime, make = makers.get(kind) or abort(404)
    answer = Response(make(), content_type=mime)
    answer.headers["Content-Disposition"] = f'attachment; filename="mnr-freshness-{asked.region or "CM"}.{kind}"'
    return answer
