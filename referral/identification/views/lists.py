"""Lists that were kept until now: brought in, told their columns, looked at, taken in row by row, given back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from referral.errors import RuleViolation
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language, translate
from referral.foundation.idempotency import idempotent
from referral.foundation.spreadsheets import NotATable, read_table, write_workbook
from referral.foundation.transactions import commit_now
from referral.identification import lists
from referral.identification.actions import listing
from referral.identification.models import ListState, PersonList, RowState
from referral.identification.queries import FORM
from referral.identification.queries import lists as queries
from referral.identification.views import bp
from referral.procedures import queries as procedures
from sop.forms import Form
from sop.questions import Texts
from sop.vocabulary import N_, Message

FILL = Permission.IDENTIFICATION_FILL
LOOKED_AT = 25
NO_FILE = N_("Choose a file.")
TWICE = N_("Two columns answer this question: keep one.")
OUTCOMES = {
    RowState.WAITING: N_("not taken in yet"),
    RowState.SUBMITTED: N_("taken in"),
    RowState.TO_COMPLETE: N_("taken in as a draft to complete"),
    RowState.ASIDE: N_("set aside"),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/identifications/lists")
@requires(FILL)
def person_lists() -> str:
    """Bring a list, and see how far the former ones are."""
    return _lists_page()


@bp.post("/identifications/lists")
@requires(FILL)
@idempotent
def take_list() -> Any:
    """Read the file; of one that is no table nothing is kept."""
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    if not data:
        return _lists_page(Message("no_file", NO_FILE)), 422
    commit_now()
    try:
        table = read_table(data)
    except NotATable as problem:
        return _lists_page(problem.message), 422
    one = listing.take_list(table, actor=actor(), today=clock.today(), now=clock.now())
    return redirect(url_for(".person_list", list_id=one.id), 303)


@bp.get("/identifications/lists/model")
@requires(FILL)
def list_model() -> Any:
    """An empty list with the headings that need no explaining, and the possible answers on a second sheet."""
    form, lang = _form(), page_language()
    asked = lists.takes(form)
    answers = [[_words(one.label, lang), _words(choice.label, lang)] for one in asked for choice in form.options(one)]
    sheets = [
        (_("List"), [_words(one.label, lang) for one in asked], []),
        (_("Possible answers"), [_("Heading"), _("Answer")], answers),
    ]
    return _workbook(write_workbook(sheets), "liste.xlsx")


@bp.get("/identifications/lists/<uuid:list_id>")
@requires(FILL, reads_person=True)
def person_list(list_id: UUID) -> Any:
    """The columns and the first rows as they will be taken in; later, what became of each row."""
    one = _own(list_id)
    audit.record("list.read", actor=actor(), now=clock.now(), subject=one)
    return _list_page(one)


@bp.post("/identifications/lists/<uuid:list_id>")
@requires(FILL)
@idempotent
def set_columns(list_id: UUID) -> Any:
    """Keep what the columns mean, or take the list in."""
    one = _own(list_id, lock=True)
    if request.form.get("do") == "begin":
        listing.begin(one, actor=actor(), now=clock.now())
        flash(_("The rows are being taken in. You may leave this page."), "success")
        return redirect(url_for(".person_list", list_id=one.id), 303)
    table = queries.table_of(one)
    names = {question.name for question in lists.takes(procedures.form(one.form_version_id))}
    given = {heading: request.form.get(f"column-{at}", "") for at, heading in enumerate(table.headings, start=1)}
    mapping = {heading: name if name in names else lists.SKIP for heading, name in given.items()}
    chosen = [name for name in mapping.values() if name]
    errors: dict[str, Any] = {
        f"column-{at}": TWICE for at, name in enumerate(mapping.values(), start=1) if chosen.count(name) > 1
    }
    if not chosen and not errors:
        errors = {"column-1": listing.NO_COLUMN}
    if errors:
        return _list_page(one, mapping=mapping, errors=errors), 422
    listing.set_columns(one, mapping, actor=actor(), now=clock.now())
    return redirect(url_for(".person_list", list_id=one.id, _anchor="rows"), 303)


@bp.get("/identifications/lists/<uuid:list_id>/rows")
@requires(FILL, reads_person=True)
def list_rows(list_id: UUID) -> Any:
    """The list with what became of each row, to keep or, for the rows set aside, to correct and bring again."""
    one, only = _own(list_id), request.args.get("only", "")
    table, rows = queries.table_of(one), queries.rows_of(one, today=clock.today())
    codes = queries.codes_of(one)
    audit.record("list.download", actor=actor(), now=clock.now(), subject=one)
    shown = [row for row in rows if only != "aside" or row.state is RowState.ASIDE]
    headings = [*table.headings, _("Result"), _("Case code")]
    lines = [[*row.cells.values(), _result(row), codes.get(row.number, "")] for row in shown]
    return _workbook(write_workbook([(_("List"), headings, lines)]), "liste.xlsx")


@bp.get("/identifications/lists/<uuid:list_id>/erase")
@requires(FILL)
def erase_list(list_id: UUID) -> str:
    """Ask once."""
    return render_template("identification/erase_list.html", one=_own(list_id))


@bp.post("/identifications/lists/<uuid:list_id>/erase")
@requires(FILL)
@idempotent
def erase_list_post(list_id: UUID) -> Any:
    """Erase it."""
    one = _own(list_id, lock=True)
    if one.state is ListState.RUNNING:
        raise RuleViolation(listing.NOT_NOW)
    listing.erase_list(one, actor=actor(), now=clock.now())
    flash(_("The list is erased. The files made from it stay."), "success")
    return redirect(url_for(".person_lists"), 303)


def _own(list_id: UUID, *, lock: bool = False) -> PersonList:
    return queries.own_list(actor(), list_id, lock=lock) or abort(404)


def _form() -> Form:
    version = procedures.active_form(FORM)
    return procedures.form(version.id) if version else abort(404)


def _words(texts: Texts, lang: str) -> str:
    return texts.get(lang) or next(iter(texts.values()), "")


def _workbook(data: bytes, name: str) -> Any:
    response = make_response(data)
    response.headers["Content-Type"] = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _reason(row: queries.Row) -> str:
    """Why a row is set aside, in words; nothing for a good one."""
    if row.same_as:
        return _("The same as row %(number)d.", number=row.same_as)
    if row.problems:
        return " ".join(f"{one.heading}{_(': ')}{translate(one.message)}" for one in row.problems)
    return row.code


def _result(row: queries.Row) -> str:
    """What became of a row, in words."""
    reason = _reason(row)
    return _("set aside: %(reason)s", reason=reason) if reason else str(translate(OUTCOMES[row.state]))


def _lists_page(error: Message | None = None) -> str:
    errors = {"file": error} if error else {}
    return render_template("identification/lists.html", standings=queries.standings(actor()), errors=errors)


def _list_page(one: PersonList, *, mapping: dict[str, str] | None = None, errors: Any = None) -> str:
    today, form = clock.today(), procedures.form(one.form_version_id)
    table, rows = queries.table_of(one), queries.rows_of(one, today=today)
    local = clock.now().astimezone(clock.zone())
    aside = [row for row in rows if row.problems or row.same_as]
    waiting = [row for row in rows if row.state is RowState.WAITING]
    good = [row for row in rows if row not in aside]
    first = [(row, queries.missing(one, row, today=today, now=local)) for row in good[:LOOKED_AT]]
    return render_template(
        "identification/list.html",
        one=one,
        columns=[
            (heading, name, [text for text in (row.cells[heading] for row in rows[:8]) if text][:3])
            for heading, name in (mapping or queries.mapping_of(one, table)).items()
        ],
        questions=[(question.name, question.label) for question in lists.takes(form)],
        errors=errors or {},
        rows=rows,
        aside=aside,
        waiting=len(waiting),
        first=first,
        outcomes=OUTCOMES,
        reason=_reason,
        codes=queries.codes_of(one) if one.state in (ListState.RUNNING, ListState.DONE) else {},
        shown=LOOKED_AT,
    )
