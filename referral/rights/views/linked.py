"""What the person does through the link to their own file: read it, print it, take back consent, keep the proof.

Each act asks for the code of the link; the pages pass it on as a hidden field, so that it stands in no address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, render_template, request
from flask_babel import force_locale

from referral.consent.acts import purpose_words
from referral.consent.rules import Decision
from referral.extensions import db
from referral.foundation import audit, clock, signed_links
from referral.foundation.access import public
from referral.foundation.i18n import COOKIE, page_language
from referral.foundation.transactions import commit_now
from referral.partners.models import User
from referral.rights import documents, queries
from referral.rights.actions import asking, showing, withdrawing
from referral.rights.models import OwnFileLink, Withdrawal
from referral.rights.queries import withdrawals
from referral.rights.queries.own_file import own_file
from referral.rights.readers import Reader
from referral.rights.rules import Requester
from referral.rights.schemas import code_from, read_withdrawal
from referral.rights.views import bp
from referral.rights.views.own_file import kept_nowhere, lines_asked, not_shown, paper, shown
from referral.rights.views.withdrawing import choices, offered


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that was opened with its code; both go into the forms of the page that follows."""

    link: OwnFileLink
    token: str
    code: str
    decision: Decision


def opened(act: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view have the link only with its code, and where the sharing decision allows; five wrong codes close it.

    `act` is what the trail says.
    """

    def asking_for_code(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def asked(token: str, **values: Any) -> Any:
            link, code, now = link_by(token, lock=True), code_from(request.form), clock.now()
            with in_language_of(link):
                if link is None or not asking.is_live(link, now):
                    return _code_page(token, live=False), 404
                if asking.open_link(link, code, now=now):
                    return _decided(link, token, code, act, lambda one: view(one, **values))
                live = asking.is_live(link, now)
                commit_now()
                return _code_page(token, live=live, wrong=True), 422 if live else 404

        return asked

    return asking_for_code


def _decided(link: OwnFileLink, token: str, code: str, act: str, view: Callable[[Opened], Any]) -> Any:
    """Take the decision about whoever the link was given to; denied, it says why and shows nothing."""
    reader = Reader(link.reader, link.identity, link.adult_id, link.child_view)
    action, now = "print" if act.endswith(".print") else "view", clock.now()
    asked, decision = showing.decide_reading(link.case, reader, action=action, actor=None, now=now)
    if not decision.allowed:
        return not_shown(asked, decision)
    asking.opened(link, decision.code, act=act, now=now)
    return view(Opened(link, token, code, decision))


@contextmanager
def in_language_of(link: OwnFileLink | None) -> Iterator[None]:
    """Speak the language that the team chose with the person, unless this browser has chosen one itself."""
    if link is None or request.cookies.get(COOKIE) in current_app.config["SETTINGS"].languages:
        yield
    else:
        with force_locale(link.language):
            yield


def link_by(token: str, *, lock: bool = False) -> OwnFileLink | None:
    """The link of a token that looks like one."""
    if signed_links.TOKEN.fullmatch(token) is None:
        return None
    return queries.link_of(signed_links.hashed(token), lock=lock)


@bp.get("/own-file/<token>")
@public
def linked_file(token: str) -> Any:
    """Ask for the code; nothing of the file is shown yet, and nothing says whose it is."""
    link = link_by(token)
    live = link is not None and asking.is_live(link, clock.now())
    with in_language_of(link if live else None):
        return _code_page(token, live=live), 200 if live else 404


@bp.post("/own-file/<token>")
@public
@opened("own_file.read")
def open_linked_file(one: Opened) -> Any:
    """With the right code: the file."""
    case = one.link.case
    mine = withdrawals.living(case) if one.link.reader is Requester.PERSON else []
    consents = [(consent, choices(consent), purpose_words(consent.purpose)) for consent in mine]
    return shown(case, one.decision, link=one.token, code=one.code, consents=consents)


@bp.post("/own-file/<token>/file.pdf")
@public
@opened("own_file.print")
def linked_file_pdf(one: Opened) -> Any:
    """The same on paper."""
    case, head, now = one.link.case, audit.head(), clock.now()
    sheet = own_file(case, one.decision.visible, size=lines_asked())
    commit_now()
    return paper(documents.own_file_pdf(sheet, lang=page_language(), printed_at=now, audit_head=head), case)


@bp.post("/own-file/<token>/withdraw")
@public
@opened("own_file.read")
def withdraw_by_link(one: Opened) -> Any:
    """The person takes back consent, wholly or in part; who reads for them asks the case team."""
    link = one.link
    if link.reader is not Requester.PERSON:
        abort(404)
    reading = read_withdrawal(request.form, offered(withdrawals.living(link.case)), by_person=True)
    if reading.errors:
        return _withdrawn(one, None, status=422)
    maker = db.session.get_one(User, link.made_by_id)
    made = withdrawing.withdraw(link.case, **reading.values, actor=maker, by_person=True, now=clock.now())
    return _withdrawn(one, made, status=200)


@bp.post("/own-file/<token>/withdrawals/<uuid:withdrawal_id>.pdf")
@public
@opened("withdrawal.print")
def linked_proof(one: Opened, *, withdrawal_id: UUID) -> Any:
    """The proof of a withdrawal, for the person to keep."""
    mine = one.link.reader is Requester.PERSON
    made = (withdrawals.withdrawal(one.link.case_id, withdrawal_id) if mine else None) or abort(404)
    content = documents.withdrawal_pdf(made, lang=page_language(), printed_at=clock.now())
    commit_now()
    return paper(content, one.link.case)


def _code_page(token: str, *, live: bool, wrong: bool = False) -> str:
    return render_template("rights/link.html", token=token, live=live, wrong=wrong)


def _withdrawn(one: Opened, made: Withdrawal | None, *, status: int) -> Response:
    page = render_template(
        "rights/withdrawn.html", made=made, case_code=one.link.case.code, token=one.token, code=one.code
    )
    return kept_nowhere(Response(page, status=status, mimetype="text/html"))
