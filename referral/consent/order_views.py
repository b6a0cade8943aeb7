"""Requests of authorities: register, verify, hear counsel, answer or refuse on paper; the data officer's list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.cases.models import Case
from referral.cases.schemas import uuid_from
from referral.cases.views.reading import find_case, pairs
from referral.consent import sentences
from referral.consent.actions import orders as actions
from referral.consent.exceptional_documents import Letter, order_answer, refusal_letter
from referral.consent.exceptional_models import LegalOrder
from referral.consent.exceptional_schemas import ASKABLE, CheckSchema, CounselSchema, OrderSchema
from referral.consent.orders import OrderKind, OrderState
from referral.consent.queries import exceptional as queries
from referral.consent.queries import informal
from referral.consent.views import bp
from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.foundation.transactions import commit_now
from referral.referrals.queries.fiche import Line, read_case
from sop.vocabulary import N_

READ, SUPERVISE = Permission.CASE_READ, Permission.CASE_SUPERVISE


@bp.get("/cases/<uuid:case_id>/orders")
@requires(READ)
def case_orders(case_id: UUID) -> Any:
    """What authorities asked about one case, and where each answer stands."""
    case = find_case(case_id)
    rows = queries.listed_orders(queries.visible_orders(actor()).where(LegalOrder.case_id == case.id))
    return render_template("consent/orders.html", case=case, rows=rows, state=actions.state)


@bp.get("/cases/<uuid:case_id>/orders/new")
@requires(READ)
def new_order(case_id: UUID) -> Any:
    """Register what an authority asks."""
    return _new_page(find_case(case_id), {}, {})


@bp.post("/cases/<uuid:case_id>/orders/new")
@requires(READ)
@idempotent
def new_order_post(case_id: UUID) -> Any:
    """Register it; the answer is decided at once."""
    case = find_case(case_id)
    try:
        given = OrderSchema(today=clock.today()).load(request.form)
    except ValidationError as error:
        return _new_page(case, request.form, error.normalized_messages()), 422
    row = actions.register(case, given, actor=actor(), now=clock.now())
    return redirect(url_for(".order", order_id=row.id), 303)


@bp.get("/orders/<uuid:order_id>")
@requires(Permission.INFORMAL_RECORD, reads_person=True)
def order(order_id: UUID) -> Any:
    """Where a request stands, why, and what to do now."""
    return _order_page(_visible(order_id), {})


@bp.post("/orders/<uuid:order_id>/verify")
@requires(SUPERVISE)
@idempotent
def order_verify(order_id: UUID) -> Any:
    """Whether a court order is genuine, said by somebody other than who registered it."""
    row = _visible(order_id, lock=True)
    actions.expect_verifier(row, actor())
    try:
        given = CheckSchema().load(request.form)
    except ValidationError as error:
        return _order_page(row, error.normalized_messages()), 422
    actions.verify(row, genuine=given["genuine"], words=given["words"], actor=actor(), now=clock.now())
    return redirect(url_for(".order", order_id=row.id), 303)


@bp.post("/orders/<uuid:order_id>/counsel")
@requires(SUPERVISE)
@idempotent
def order_counsel(order_id: UUID) -> Any:
    """What legal counsel answered."""
    row = _visible(order_id, lock=True)
    actions.expect(row, OrderState.COUNSEL)
    try:
        given = CounselSchema().load(request.form)
    except ValidationError as error:
        return _order_page(row, error.normalized_messages()), 422
    actions.hear_counsel(row, waived=given["waived"], actor=actor(), now=clock.now())
    return redirect(url_for(".order", order_id=row.id), 303)


@bp.get("/orders/<uuid:order_id>/letter.pdf")
@requires(Permission.INFORMAL_RECORD, reads_person=True)
def order_letter(order_id: UUID) -> Any:
    """The letter that refuses; there is none while the request may still be answered."""
    return refusal(_visible(order_id))


@bp.post("/orders/<uuid:order_id>/answer")
@requires(READ)
def order_answer_post(order_id: UUID) -> Any:
    """The paper for the authority, with what the decision of this moment lets through; each printing is kept."""
    row, now = _visible(order_id, lock=True), clock.now()
    decision, case = actions.answer(row, actor=actor(), now=now), row.case
    if not decision.allowed or case is None:
        flash(_("Nothing was printed: the decision has changed. This page shows why."), "error")
        return redirect(url_for(".order", order_id=row.id), 303)
    first = (Line(N_("Case code"), case.code), Line(N_("Priority"), case.priority))
    fiche, letter, head = read_case(case, decision.visible, first), _letter(row), audit.head()
    commit_now()
    return _pdf(order_answer(letter, fiche, lang=_language(), printed_at=now, audit_head=head), letter.reference)


@bp.get("/register/orders")
@requires(Permission.AUDIT_READ, reads_person=True)
def order_register() -> Any:
    """Every request of an authority, for the data officer: codes only."""
    audit.record("order.list.read", actor=actor(), now=clock.now())
    before = uuid_from(request.args.get("before", ""))
    rows, following = queries.page_of(queries.all_orders(actor()), before)
    return render_template(
        "consent/order_register.html", rows=rows, state=actions.state, before=before, following=following,
        unwatched=informal.without_supervisor(actor(), rows),
    )  # fmt: skip


@bp.post("/register/orders/<uuid:order_id>/conclude")
@requires(Permission.AUDIT_READ)
@idempotent
def order_conclude(order_id: UUID) -> Any:
    """The data officer found no duty to report an adult."""
    row = queries.any_order(actor(), order_id, lock=True) or abort(404)
    actions.conclude(row, actor=actor(), now=clock.now())
    flash(_("The request is refused; the team of the case prints the letter."), "success")
    return redirect(url_for(".order_register"), 303)


def refusal(row: LegalOrder) -> Response:
    """The letter that refuses, on paper; 404 while the request may still be answered, or once its words are erased."""
    if actions.state(row) is not OrderState.REFUSED or row.erased_at is not None:
        abort(404)
    letter, head, now = _letter(row), audit.head(), clock.now()
    audit.record("order.letter", actor=actor(), now=now, case_id=row.case_id, subject=row, code=row.code)
    commit_now()
    return _pdf(refusal_letter(letter, lang=_language(), printed_at=now, audit_head=head), letter.reference)


def _visible(order_id: UUID, *, lock: bool = False) -> LegalOrder:
    return queries.visible_order(actor(), order_id, lock=lock) or abort(404)


def _new_page(case: Case, typed: Any, errors: Any) -> str:
    chosen = {name: typed.getlist(name) if typed else [] for name in OrderSchema.lists}
    categories = [(one.value, one.label) for one in ASKABLE]
    return render_template(
        "consent/order_new.html", case=case, typed=typed, chosen=chosen, errors=errors, kinds=pairs(OrderKind),
        categories=categories,
    )  # fmt: skip


def _order_page(row: LegalOrder, errors: Any) -> str:
    now, supervises = clock.now(), can(SUPERVISE)
    audit.record("order.read", actor=actor(), now=now, case_id=row.case_id, subject=row, code=row.code)
    return render_template(
        "consent/order.html",
        row=row,
        state=actions.state(row),
        sentence=sentences.sentence(row.code),
        ways=sentences.ways_after(row.code),
        words=queries.order_words(row),
        errors=errors,
        typed=request.form,
        verifies=supervises and row.received_by_id != actor().id,
        supervises=supervises,
        categories={one.value: one.label for one in ASKABLE},
    )


def _letter(row: LegalOrder) -> Letter:
    words = queries.order_words(row)
    received = row.received_at.astimezone(clock.zone()).date() if row.kind is OrderKind.INFORMAL else None
    return Letter(
        reference=row.reference,
        organization=row.team.name,
        authority=words["authority"],
        signatory=words["signatory"],
        number=words["number"],
        dated_on=row.dated_on or received,
        kind=row.kind,
        code=row.code,
    )


def _language() -> str:
    asked = request.values.get("lang", "")
    return asked if asked in current_app.config["SETTINGS"].languages else page_language()


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
