"""The own file: shown and printed by the case team, or read by the person through a link with a code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app, render_template, request, url_for

from referral.cases.models import Case
from referral.consent.acts import purpose_words
from referral.foundation import audit, clock, signed_links
from referral.foundation.access import actor, public, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.transactions import commit_now
from referral.rights import documents, queries
from referral.rights.actions import asking
from referral.rights.models import OwnFileLink
from referral.rights.queries import withdrawals
from referral.rights.queries.own_file import own_file as read_file
from referral.rights.schemas import code_from
from referral.rights.views import bp
from referral.rights.views.requests import case_of
from sop.vocabulary import Category


@bp.get("/cases/<uuid:case_id>/own-file")
@requires(Permission.RIGHTS_RECORD, reads_person=True)
def own_file(case_id: UUID) -> Any:
    """Everything that is held about the person, to go through together."""
    case = case_of(case_id)
    audit.record("own_file.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    return _shown(case, back=url_for("rights.case_rights", case_id=case.id))


def _shown(case: Case, *, back: str = "", link: str = "", code: str = "") -> Response:
    sheet, consents = read_file(case), withdrawals.living(case) if link else []
    page = render_template(
        "rights/own_file.html",
        sheet=sheet,
        documents=documents,
        back=back,
        link=link,
        code=code,
        consents=[(one, purpose_words(one.purpose)) for one in consents],
        category=Category,
    )
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
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{case.code}.pdf"'
    return kept_nowhere(response)


@bp.post("/cases/<uuid:case_id>/own-file/link")
@requires(Permission.RIGHTS_RECORD)
def make_link(case_id: UUID) -> Any:
    """Make a link and the code that opens it: both are shown this once."""
    case = case_of(case_id)
    token, code = asking.make_link(case, page_language(), actor=actor(), now=clock.now())
    address = url_for("rights.linked_file", token=token, _external=True)
    page = render_template("rights/link_made.html", case=case, address=address, code=code, hours=asking.HOURS)
    return kept_nowhere(Response(page, mimetype="text/html"))


@bp.get("/own-file/<token>")
@public
def linked_file(token: str) -> Any:
    """Ask for the code; nothing of the file is shown yet, and nothing says whose it is."""
    link = link_by(token)
    live = link is not None and asking.is_live(link, clock.now())
    return render_template("rights/link.html", token=token, live=live, wrong=False), 200 if live else 404


@bp.post("/own-file/<token>")
@public
def open_linked_file(token: str) -> Any:
    """With the right code: the file. Five wrong codes close the link."""
    link, now = link_by(token, lock=True), clock.now()
    if link is None or not asking.is_live(link, now):
        return render_template("rights/link.html", token=token, live=False, wrong=False), 404
    if not asking.open_link(link, code_from(request.form), now=now):
        live = asking.is_live(link, now)
        commit_now()
        return render_template("rights/link.html", token=token, live=live, wrong=True), 422 if live else 404
    return _shown(link.case, link=token, code=code_from(request.form))


def link_by(token: str, *, lock: bool = False) -> OwnFileLink | None:
    """The link of a token that looks like one."""
    if signed_links.TOKEN.fullmatch(token) is None:
        return None
    return queries.link_of(signed_links.hashed(token), lock=lock)


def kept_nowhere(response: Response) -> Response:
    """No copy of this answer stays in a browser or on the way."""
    response.headers["Cache-Control"] = "no-store"
    return response
