"""One screen of the form after the other: shown, kept as it was typed, judged by the form; also where groups repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from referral.foundation import clock
from referral.foundation.access import actor, requires
from referral.foundation.formatting import moment
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language, translate
from referral.foundation.media import Media
from referral.identification import actions, live, queries
from referral.identification.actions import attaching
from referral.identification.bundle import blank
from referral.identification.models import Submission
from referral.identification.pressing import (
    REMOVE,
    REMOVED,
    Press,
    afterwards,
    asked_at,
    decided,
    place_after,
    pressed,
)
from referral.identification.queries import Filling
from referral.identification.schemas import PREFIX, read_answers, read_files, read_removed
from referral.identification.screens import newly_asked, page_parts, quoted, seen, shown_items
from referral.identification.views import bp
from referral.identification.views.doors import errors_of, noted, sent_version, the_draft
from referral.identification.views.going import home
from sop.forms import Form, Screen
from sop.paths import at, filled
from sop.vocabulary import Message


@bp.get("/identifications/<uuid:submission_id>/screens/<name>")
@requires(Permission.IDENTIFICATION_FILL, reads_person=True)
def screen(submission_id: UUID, name: str) -> Any:
    """One group of questions; `?check=1` says what is wrong, `?remove=` asks whether an instance goes."""
    filling = the_draft(submission_id)
    page = next((one for one in filling.form.applicable(filling.state) if one.name == name), None)
    if page is None:
        return redirect(url_for(".review", submission_id=submission_id), 303)
    noted(filling)
    return _screen_page(filling, page, check="check" in request.args)


@bp.post("/identifications/<uuid:submission_id>/screens/<name>")
@requires(Permission.IDENTIFICATION_FILL, uploads=True)
def save_screen(submission_id: UUID, name: str) -> Any:
    """Keep what was typed, then go where the button says; a draft that changed elsewhere is not overwritten.

    A screen sent twice is saved once: the second sending has an old version and nothing new to say.
    """
    filling = the_draft(submission_id, lock=True)
    page = next((one for one in filling.form.screens() if one.name == name), None) or abort(404)
    sent = _sent(filling.form, page)
    kept, refused = attaching.examine(filling.form, sent.files, filling.submission)
    if refused:
        return _screen_page(filling.having(sent.given), page, refused=refused), 422
    if sent_version() != filling.submission.version:
        return _out_of_date(filling, page, sent, kept)
    filling, press = _store(filling, page, sent, kept)
    if request.form.get("do") == "autosave":
        return _kept(filling.submission)
    return redirect(_place_of(filling, page, press) or _next_place(filling, page, sent.shown), 303)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a page says: questions that were seen, answers by path, files by path, files that go, and the button."""

    shown: set[str]
    given: dict[str, Any]
    files: dict[str, bytes]
    removed: set[str]
    press: Press


def _sent(form: Form, page: Screen) -> Sent:
    shown = set(request.form.getlist("shown"))
    asked = asked_at(form, page, request.form.getlist("shown"))
    return Sent(
        shown,
        read_answers(request.form, asked),
        read_files(request.files, asked),
        read_removed(request.form, asked),
        pressed(form, page, request.form.get("do", "")),
    )


def _store(filling: Filling, page: Screen, sent: Sent, kept: Mapping[str, Media]) -> tuple[Filling, Press]:
    """Keep what was sent, with an instance more or less; whether one goes in which something was typed is asked."""
    submission, form, now = filling.submission, filling.form, clock.now()
    names = attaching.change(submission, form, kept, sent.files, sent.removed, now=now)
    filling = filling.attaching(kept, sent.removed).having(sent.given | names)
    press = decided(form, filling.typed, sent.press, today=filling.today, now=filling.now)
    typed = afterwards(form, filling.typed, press, today=filling.today, now=filling.now)
    if press.kind == REMOVED:
        typed = filled(typed, attaching.close_gap(submission, press.path))
    actions.save(submission, typed, screen=page.name, actor=actor(), now=now, typed={})
    return replace(filling, typed=typed), press


def _out_of_date(filling: Filling, page: Screen, sent: Sent, kept: Mapping[str, Media]) -> Any:
    """The draft changed elsewhere: what was typed is shown again, unless it says nothing new."""
    if request.form.get("do") == "autosave":
        return jsonify(stale=True), 409
    new = any((at(filling.typed, path) or "") != (answer or "") for path, answer in sent.given.items())
    if kept or new:
        return _screen_page(filling.having(sent.given), page, stale=True), 409
    return redirect(_place_of(filling, page, sent.press) or _next_place(filling, page, sent.shown), 303)


def _kept(submission: Submission) -> Any:
    """What a page needs to know after it has saved itself: the new version, and when."""
    return jsonify(version=submission.version, saved=moment(submission.saved_at))


def _place_of(filling: Filling, page: Screen, press: Press) -> str:
    """Where a button of a repeat leads: to the new instance, to the question whether one goes, or to the repeat."""
    if not press.kind:
        return ""
    place, asking = f"f-{PREFIX}{place_after(filling.typed, press)}", press.kind == REMOVE
    return url_for(
        ".screen",
        submission_id=filling.submission.id,
        name=page.name,
        remove=press.path if asking else None,
        _anchor=f"{place}-remove" if asking else place,
    )


def _next_place(filling: Filling, page: Screen, shown: set[str]) -> str:
    """Where a saved screen leads: out, back, to questions that have just come up, to what is wrong, or on."""
    wanted, draft_id = request.form.get("do", "next"), filling.submission.id
    if wanted == "save":
        flash(_("The draft is saved."), "success")
        return home(filling.submission).url
    order = [one.name for one in filling.form.applicable(filling.state)]
    at_place = order.index(page.name) if page.name in order else -1
    if wanted == "back" and at_place > 0:
        return url_for(".screen", submission_id=draft_id, name=order[at_place - 1])
    if again := _again(filling, page, shown):
        return again
    if 0 <= at_place < len(order) - 1:
        return url_for(".screen", submission_id=draft_id, name=order[at_place + 1])
    return url_for(".review", submission_id=draft_id)


def _again(filling: Filling, page: Screen, shown: set[str]) -> str:
    """The same screen, where questions have just come up or something is wrong."""
    fresh = newly_asked(filling.form, page, filling.state, shown)
    wrong = seen(errors_of(filling.form, filling.state, page), filling.form, shown)
    if fresh:
        flash(_("Because of these answers, a few more questions have appeared on this screen."), "warning")
    if not fresh and not wrong:
        return ""
    return url_for(
        ".screen",
        submission_id=filling.submission.id,
        name=page.name,
        check=1 if wrong else None,
        _anchor=f"f-{PREFIX}{fresh[0]}" if fresh else None,
    )


def _screen_page(
    filling: Filling,
    page: Screen,
    *,
    check: bool = False,
    stale: bool = False,
    refused: Mapping[str, Message] | None = None,
) -> str:
    form, state = filling.form, filling.state
    errors = errors_of(form, state, page) if check or stale else {}
    errors |= {path: translate(message) for path, message in (refused or {}).items()}
    attached = queries.attached(filling.submission) if filling.files_asked else {}
    applicable = form.applicable(state)
    return render_template(
        "identification/screen.html",
        submission=filling.submission,
        home=home(filling.submission),
        screen=page,
        screens=applicable,
        titles={one.name: quoted(form, state, one.label) for one in applicable},
        label=quoted(form, state, page.label),
        number=next((n for n, one in enumerate(applicable, 1) if one.name == page.name), 1),
        **page_parts(shown_items(form, page, state, filling.typed, errors, attached), errors, PREFIX),
        removing=request.args.get("remove", ""),
        live=_live(filling, page),
        stale=stale,
        interview=bool(session.get("interview")),
    )


def _live(filling: Filling, page: Screen) -> dict[str, str]:
    """What the page tells its script."""
    language, form = page_language(), filling.form
    version, digest = filling.submission.form_version_id, blank(form, language).digest
    address = url_for("procedures.blank_form", version_id=version, language=language, digest=digest)
    return live.data(form, page, filling.typed, filling.now) | {"form": address}
