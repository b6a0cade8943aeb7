"""The own file: shown and printed by the case team, who also make the link by which it is read.

Each door takes the sharing decision anew; nothing is opened before it, and nothing but what it lets through.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, current_app, render_template, request, url_for
from flask_babel import force_locale

from referral.cases.models import Case
from referral.consent import sentences
from referral.consent.request import Request
from referral.consent.rules import Decision
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.national import periods
from referral.foundation.transactions import commit_now
from referral.rights import documents
from referral.rights.actions import asking, showing
from referral.rights.queries import readers
from referral.rights.queries.own_file import ALL_SEEN, SEEN
from referral.rights.queries.own_file import own_file as read_file
from referral.rights.readers import Reader
from referral.rights.schemas import Reading, read_giving
from referral.rights.views import bp
from referral.rights.views.requests import case_of, rights_page

ACTIONS = {"together": "view", "paper": "print", "link": "send"}
"""What the sharing decision is asked for each way of giving the file."""


@bp.post("/cases/<uuid:case_id>/own-file")
@requires(Permission.RIGHTS_RECORD)
def give_file(case_id: UUID) -> Any:
    """Give the file to the person or who stands for them: together, on paper, or by a link with a code."""
    case = case_of(case_id)
    adults = readers.adults_of(case)
    asks = readers.asks_child(case, clock.today())
    reading = read_giving(
        request.form,
        current_app.config["SETTINGS"].languages,
        adults={str(one.id): one.kind for one in adults},
        asks_child=asks,
    )
    if reading.errors:
        return rights_page(case, Reading({}, {}), giving=reading), 422
    language, way, reader, now = *(reading.values[name] for name in ("language", "way", "reader")), clock.now()
    asked, decision = showing.decide_reading(case, reader, action=ACTIONS[way], actor=actor(), now=now)
    if not decision.allowed:
        return not_shown(asked, decision, case=case, back=url_for("rights.case_rights", case_id=case.id))
    with force_locale(language if way == "together" else page_language()):
        return GIVING[way](case, decision, reading, now)


def _together(case: Case, decision: Decision, reading: Reading, now: datetime) -> Response:
    """Everything that is held about the person, to go through together."""
    _record("own_file.read", case, decision, reading.values["reader"], now)
    again = {**reading.typed, "way": "paper"}
    return shown(case, decision, back=url_for("rights.case_rights", case_id=case.id), again=again)


def _on_paper(case: Case, decision: Decision, reading: Reading, now: datetime) -> Response:
    """The same on paper, in the language of whoever reads it."""
    _record("own_file.print", case, decision, reading.values["reader"], now)
    sheet, head = read_file(case, decision.visible, size=lines_asked()), audit.head()
    commit_now()
    return paper(documents.own_file_pdf(sheet, lang=reading.values["language"], printed_at=now, audit_head=head), case)


def _linked(case: Case, _decision: Decision, reading: Reading, now: datetime) -> Response:
    """The link and the code that opens it: both are shown this once."""
    reader: Reader = reading.values["reader"]
    token, code = asking.make_link(case, reading.values["language"], reader, actor=actor(), now=now)
    address = url_for("rights.linked_file", token=token, _external=True)
    page = render_template("rights/link_made.html", case=case, address=address, code=code, hours=periods().link_hours)
    return kept_nowhere(Response(page, mimetype="text/html"))


GIVING = {"together": _together, "paper": _on_paper, "link": _linked}


def lines_asked() -> int:
    """How many accesses are printed: the newest, or every one where that was asked for."""
    return ALL_SEEN if request.form.get("whole") == "yes" else SEEN


def _record(action: str, case: Case, decision: Decision, reader: Reader, now: datetime) -> None:
    """That the file was opened, for whom, by which rule and how it was known who they are."""
    audit.record(
        action, actor=actor(), now=now, case_id=case.id, subject=case, code=decision.code,
        reader=reader.kind.value, identity=reader.identity.value,
    )  # fmt: skip


def shown(case: Case, decision: Decision, **more: Any) -> Response:
    """The sheet as a page; `more`: back and again, or link, code and consents for who reads it by the link."""
    known = {"back": "", "again": None, "link": "", "code": "", "consents": (), **more}
    sheet = read_file(case, decision.visible)
    page = render_template("rights/own_file.html", sheet=sheet, decision=decision, documents=documents, **known)
    return kept_nowhere(Response(page, mimetype="text/html"))


PLACES = {sentences.CHILD_VIEW: "own-file", sentences.BEST_INTERESTS: "readers"}
"""Where on the page of rights a way on is gone."""


def not_shown(asked: Request, decision: Decision, *, case: Case | None = None, back: str = "") -> Response:
    """Why nothing is shown, in plain words, and the lawful ways on; nothing of the file was opened."""
    review, grown = "bip_review" in decision.obligations, decision.code == "P3" and not asked.actor.excluded
    ways = [one for one in sentences.ways_on(decision) if one.text != sentences.BEST_INTERESTS or not (review or grown)]
    page = render_template(
        "rights/not_shown.html",
        case=case,
        sentence=sentences.explain(asked, decision),
        ways=[(one, PLACES.get(one.text)) for one in ways],
        review=review,
        grown=grown,
        ageless=asked.case.age is None and asked.actor.role != "subject",
        back=back,
    )
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
