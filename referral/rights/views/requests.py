"""What a person asks about their file, recorded by the case team."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.cases.models import Case
from referral.consent.acts import purpose_words
from referral.foundation import audit, clock, sealing
from referral.foundation.access import actor, can, requires
from referral.foundation.formatting import day, language_name, listing
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language, translate
from referral.foundation.idempotency import idempotent
from referral.foundation.transactions import commit_now
from referral.rights import letters, queries
from referral.rights.actions import asking
from referral.rights.queries import holds, readers, withdrawals
from referral.rights.queries.own_file import spoken
from referral.rights.readers import ChildView, IdentityCheck, ReviewOutcome
from referral.rights.rules import Requester, RequestKind
from referral.rights.schemas import PERSON, Reading, read_request
from referral.rights.views import bp


@bp.get("/cases/<uuid:case_id>/rights")
@requires(Permission.RIGHTS_RECORD, reads_person=True)
def case_rights(case_id: UUID) -> Any:
    """The rights of the person: their own file, what they asked, a form to record what they ask."""
    return rights_page(case_of(case_id), Reading({}, {}))


@bp.post("/cases/<uuid:case_id>/rights")
@requires(Permission.RIGHTS_RECORD)
@idempotent
def ask(case_id: UUID) -> Any:
    """Record what the person asks."""
    case = case_of(case_id)
    reading = read_request(request.form, today=clock.today())
    if reading.errors:
        return rights_page(case, reading), 422
    one = asking.ask(case, **reading.values, actor=actor(), now=clock.now())
    flash(_("Recorded. The data officer answers by %(day)s.", day=day(one.due_on)), "success")
    return redirect(url_for("rights.case_rights", case_id=case.id), code=303)


@bp.get("/cases/<uuid:case_id>/rights/<uuid:request_id>.pdf")
@requires(Permission.RIGHTS_RECORD)
def answer_letter(case_id: UUID, request_id: UUID) -> Response:
    """The answer to what the person asked, to be given to them."""
    case = case_of(case_id)
    one = queries.answered_request(case.id, request_id) or abort(404)
    lang = request.args.get("lang", "")
    lang = lang if lang in current_app.config["SETTINGS"].languages else page_language()
    audit.record("rights.print", actor=actor(), now=clock.now(), case_id=case.id, subject=one)
    content = letters.answer_letter(one, lang=lang, printed_at=clock.now())
    commit_now()
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{case.code}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def case_of(case_id: UUID) -> Case:
    """A case of the reader that is not erased, or 404."""
    case = queries.own_case(actor(), case_id)
    return case if case is not None and case.erased_at is None else abort(404)


def rights_page(case: Case, reading: Reading, *, giving: Reading | None = None, judging: Reading | None = None) -> str:
    """The page of the rights of a person.

    `reading`: what they ask; `giving`: how their file was to be given; `judging`: what was decided about an adult.
    """
    settings = current_app.config["SETTINGS"]
    rows, adults = queries.requests_of(case.id), readers.adults_of(case)
    if rows or adults:
        audit.record("rights.read", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    sealed = [one for one in rows if one.sealed]
    texts = sealing.open_texts((case.id, asking.purpose_of(one.id), one.sealed) for one in sealed if one.sealed)
    return render_template(
        "rights/case.html",
        case=case,
        rows=rows,
        holds=holds.standing_of(case.id),
        withdrawals=withdrawals.withdrawals_of(case.id),
        recordable=withdrawals.recordable(case.id, clock.today()),
        living=withdrawals.living(case),
        copies=[(one, purpose_words(one.purpose)) for one, _recipients in withdrawals.copied(case)],
        words={one.id: text for one, text in zip(sealed, texts, strict=True)},
        typed=reading.typed,
        errors=reading.errors,
        given=giving.typed if giving else {"language": spoken(case.id, settings.languages) or page_language()},
        giving_errors=giving.errors if giving else {},
        language_choices=[(code, language_name(code)) for code in settings.languages],
        kind_choices=[(kind.value, kind.label) for kind in RequestKind],
        requester_choices=[(one.value, one.label) for one in Requester],
        **_readers(case, adults, judging or Reading({}, {})),
    )


def _readers(case: Case, adults: list[readers.Adult], judging: Reading) -> dict[str, Any]:
    """Who may ask for the file, how it is known who they are, and what was decided about each adult."""
    return {
        "adults": adults,
        "replaced_at": readers.replaced_at(case),
        "judges": can(Permission.CASE_SUPERVISE),
        "me": actor().id,
        "judged": judging,
        "asks_child": readers.asks_child(case, clock.today()),
        "reader_choices": [(PERSON, Requester.PERSON.label), *((str(one.id), adult_words(one)) for one in adults)],
        "identity_choices": [(one.value, one.label) for one in IdentityCheck],
        "view_choices": [(one.value, one.label) for one in ChildView],
        "outcome_choices": [(one.value, one.label) for one in ReviewOutcome],
    }


def adult_words(one: readers.Adult) -> str:
    """The name of an adult and by what they stand for the person."""
    if one.link is not None:
        kind = one.link.kind.inverse if one.link.person_id != one.of_person else one.link.kind
        known = listing([str(translate(kind.label)), str(translate(one.link.authority.label))])
    else:
        known = _("consented on %(day)s", day=day(one.consent.given_at)) if one.consent else ""
    return _("%(who)s (%(known)s)", who=one.name or translate(one.kind.label), known=known)
