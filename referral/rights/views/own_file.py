"""The own file: shown and printed by the case team, who also make the link by which the person reads it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app, redirect, render_template, request, url_for

from referral.cases.models import Case
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.national import periods
from referral.foundation.transactions import commit_now
from referral.rights import documents
from referral.rights.actions import asking
from referral.rights.queries.own_file import own_file as read_file
from referral.rights.schemas import Reading, read_giving
from referral.rights.views import bp
from referral.rights.views.requests import case_of, rights_page


@bp.get("/cases/<uuid:case_id>/own-file")
@requires(Permission.RIGHTS_RECORD, reads_person=True)
def own_file(case_id: UUID) -> Any:
    """Everything that is held about the person, to go through together."""
    case = case_of(case_id)
    audit.record("own_file.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    return shown(case, back=url_for("rights.case_rights", case_id=case.id))


def shown(case: Case, **more: Any) -> Response:
    """The sheet as a page; `more`: back, or link, code and consents for the person who reads it by the link."""
    known = {"back": "", "link": "", "code": "", "consents": (), **more}
    page = render_template("rights/own_file.html", sheet=read_file(case), documents=documents, **known)
    return kept_nowhere(Response(page, mimetype="text/html"))


@bp.get("/cases/<uuid:case_id>/own-file.pdf")
@requires(Permission.RIGHTS_RECORD, reads_person=True)
def own_file_pdf(case_id: UUID) -> Response:
    """The same on paper, in the person's language."""
    case, now, lang = case_of(case_id), clock.now(), request.args.get("lang", "")
    lang = lang if lang in current_app.config["SETTINGS"].languages else page_language()
    sheet, head = read_file(case), audit.head()
    audit.record("own_file.print", actor=actor(), now=now, case_id=case.id, subject=case)
    commit_now()
    content = documents.own_file_pdf(sheet, lang=lang, printed_at=now, audit_head=head)
    return paper(content, case)


@bp.post("/cases/<uuid:case_id>/own-file")
@requires(Permission.RIGHTS_RECORD)
def give_file(case_id: UUID) -> Any:
    """Give the person their file: go through it together, print it, or make a link with a code."""
    case = case_of(case_id)
    reading = read_giving(request.form, current_app.config["SETTINGS"].languages)
    if reading.errors:
        return rights_page(case, Reading({}, {}), giving=reading), 422
    language, way = reading.values["language"], reading.values["way"]
    if way == "link":
        return _link_made(case, language)
    endpoint = "rights.own_file" if way == "together" else "rights.own_file_pdf"
    return redirect(url_for(endpoint, case_id=case.id, lang=language), code=303)


def _link_made(case: Case, language: str) -> Response:
    """The link and the code that opens it: both are shown this once."""
    token, code = asking.make_link(case, language, actor=actor(), now=clock.now())
    address = url_for("rights.linked_file", token=token, _external=True)
    page = render_template("rights/link_made.html", case=case, address=address, code=code, hours=periods().link_hours)
    return kept_nowhere(Response(page, mimetype="text/html"))


def paper(content: bytes, case: Case) -> Response:
    """A PDF that carries nothing but the code of the case in its name, and is kept nowhere."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{case.code}.pdf"'
    return kept_nowhere(response)


def kept_nowhere(response: Response) -> Response:
    """No copy of this answer stays in a browser or on the way."""
    response.headers["Cache-Control"] = "no-store"
    return response
