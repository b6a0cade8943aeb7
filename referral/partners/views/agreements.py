"""Reading agreements: the list, one with its clauses and history, who may share with whom, on paper, signed scans."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, current_app, render_template, request
from markupsafe import Markup

from referral.foundation import audit, clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.media import EXTENSIONS
from referral.foundation.transactions import commit_now
from referral.partners import documents, pictures, wording
from referral.partners.actions import agreeing, signature_files
from referral.partners.models import Agreement
from referral.partners.queries import agreements as queries
from referral.partners.rules import agreements as rules
from referral.partners.rules.agreements import AgreementAction, AgreementState, Side, StopReason
from referral.partners.schemas.agreements import Reading, filters_from
from referral.partners.views import bp
from sop.vocabulary import N_, Message

ALL = N_("any")
EVERYBODY = "all"


@bp.get("/agreements", endpoint="agreements")
@requires(Permission.AGREEMENT_READ)
def list_agreements() -> str:
    """Data-sharing agreements: those of the own organisation, or all for the coordination."""
    filters = filters_from(request.args)
    rows, following = queries.list_agreements(actor(), filters)
    return render_template(
        "partners/agreements.html",
        agreements=rows,
        filters=filters,
        following=following,
        state_choices=[("", ALL), *((state.value, state.label) for state in AgreementState)],
        tones=wording.TONES,
        may_draft=can(Permission.AGREEMENT_EDIT),
        today=clock.today(),
    )


@bp.get("/agreements/matrix")
@requires(Permission.AGREEMENT_READ)
def matrix() -> str:
    """Who may share what with whom, for what, until when: as a table and as a drawing."""
    holders = queries.holders(actor())
    holder = _chosen(holders, request.args.get("holder", ""))
    rows = queries.pairs(actor(), holder)
    drawing = pictures.who_shares(rows).svg(id_prefix="sharing") if rows else ""
    return render_template(
        "partners/matrix.html",
        rows=rows,
        wording=wording,
        tones=wording.TONES,
        holder=str(holder) if holder else EVERYBODY,
        holder_choices=[*((str(one), name) for one, name in holders), (EVERYBODY, N_("all of them"))],
        drawing=Markup(drawing),  # noqa: S704 - a scene escapes every text
    )


def _chosen(holders: list[tuple[UUID, str]], asked: str) -> UUID | None:
    """The holder that is shown: the one asked for, else the reader's own organisation, else the first; None: all."""
    known = {str(one): one for one, _name in holders}
    if asked in known or asked == EVERYBODY:
        return known.get(asked)
    return known.get(str(actor().organization_id), next(iter(known.values()), None))


@bp.get("/agreements/<uuid:agreement_id>")
@requires(Permission.AGREEMENT_READ)
def agreement(agreement_id: UUID) -> str:
    """One agreement: where it stands, what comes next, its text with the remarks, its history."""
    return agreement_page(find(agreement_id), Reading({}, {}))


def find(agreement_id: UUID) -> Agreement:
    """An agreement that the reader may see, or 404."""
    return queries.agreement(actor(), agreement_id) or abort(404)


def agreement_page(one: Agreement, writing: Reading, *, answering: Reading | None = None, asked: str = "") -> str:
    """The page of an agreement, with what was typed into its forms."""
    negotiates = one.state is AgreementState.NEGOTIATION
    edits, side = can(Permission.AGREEMENT_EDIT), queries.side_of(one, actor())
    return render_template(
        "partners/agreement.html",
        one=one,
        tones=wording.TONES,
        lines=wording.lines(one),
        clauses=[(key, rules.CLAUSE_LABELS[key], one.clauses.get(key, {})) for key in rules.CLAUSES],
        clause_choices=[("", N_("Choose")), *((key, rules.CLAUSE_LABELS[key]) for key in rules.CLAUSES)],
        comments=queries.comments(one.id),
        writing=writing,
        answering=answering or Reading({}, {}),
        asked=asked or (request.args.get("answer", "")[:36] if negotiates and edits else ""),
        writes=negotiates and can(Permission.AGREEMENT_NEGOTIATE) and side is not None,
        answers=negotiates and edits,
        moves=moves(one),
        signs=side is not None and can(Permission.AGREEMENT_NEGOTIATE),
        edits=edits and one.state in rules.TEXT_OPEN,
        amends=edits and one.state in (*rules.IN_FORCE, AgreementState.EXPIRED),
        text_hash=agreeing.text_hash(one),
        reasons={reason.value: reason.label for reason in StopReason},
        stopping=(stops := queries.stopping(one) if one.state is AgreementState.ACTIVE else []),
        stopping_codes=queries.stopping_codes(stops, actor(), one),
        language=page_language(),
        languages=current_app.config["SETTINGS"].languages,
    )


def moves(one: Agreement) -> list[tuple[AgreementAction, tuple[Message, ...]]]:
    """What the reader may do next with it, each with what still stands against it."""
    at, who, today = agreeing.standing(one), actor(), clock.today()
    offered: list[AgreementAction] = []
    if can(Permission.AGREEMENT_EDIT):
        offered += rules.COORDINATION
    side = queries.side_of(one, who)
    signs = can(Permission.AGREEMENT_NEGOTIATE) and side is not None and side not in at.signed
    if signs or can(Permission.AGREEMENT_EDIT):
        offered.append(AgreementAction.SIGN)
    if can(Permission.AGREEMENT_DECIDE):
        offered.append(AgreementAction.ACTIVATE)
    if can(Permission.AGREEMENT_STOP):
        offered.append(AgreementAction.SUSPEND)
    possible = [action for action in AgreementAction if action in offered and rules.after(one.state, action)]
    return [(action, rules.refusals(action, at, today)) for action in possible]


@bp.get("/agreements/<uuid:agreement_id>.pdf")
@requires(Permission.AGREEMENT_READ)
def agreement_pdf(agreement_id: UUID) -> Response:
    """The agreement on paper, in one of the languages."""
    one, lang = find(agreement_id), request.args.get("lang", "")
    lang = lang if lang in current_app.config["SETTINGS"].languages else page_language()
    audit.record("agreement.print", actor=actor(), now=clock.now(), subject=one, code=one.reference)
    text_hash, drawn = agreeing.text_hash(one), signature_files.pictures(one)
    content = documents.agreement_pdf(one, text_hash=text_hash, drawn=drawn, lang=lang)
    commit_now()
    return _file(content, "application/pdf", f"{one.reference}-{lang}.pdf")


@bp.get("/agreements/<uuid:agreement_id>/signatures/<any(holder, partner):side>")
@requires(Permission.AGREEMENT_READ)
def signature(agreement_id: UUID, side: str) -> Response:
    """What a party signed with: the scan of the paper, the drawing, the picture."""
    one = find(agreement_id)
    row = next((found for found in one.signatures if found.side is Side(side)), None) or abort(404)
    content = signature_files.content(row) or abort(404)
    return _file(content, row.media_type, f"{one.reference}-{side}.{EXTENSIONS[row.media_type]}")


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
