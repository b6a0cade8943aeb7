"""A form tried out as a first responder sees it: what is typed lives in the page and nowhere else.

Each answer so far travels in one hidden field, from the browser and back; nothing is stored, so there is nothing to
erase, and no key, no draft and no audit line comes of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from flask import Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from referral.foundation import assets, clock
from referral.foundation.access import requires
from referral.foundation.grants import Permission
from referral.foundation.headers import KEPT
from referral.foundation.i18n import page_language
from referral.identification import live
from referral.identification.bundle import blank
from referral.identification.pressing import REMOVE, Press, afterwards, asked_at, decided, pressed
from referral.identification.schemas import PREFIX, read_answers
from referral.identification.screens import explained, newly_asked, page_parts, quoted, review, seen, shown_items
from referral.procedures import form_versions
from referral.procedures.models import FormVersion
from referral.procedures.views import bp
from referral.procedures.views.forming import find_form, form_frame
from sop.forms import Form, FormState, Screen
from sop.paths import filled

MOST_TYPED: Final = 300_000
"""Characters of the hidden field: more than a whole form holds."""
END: Final = ""
"""The name of the last page, which shows all answers."""


@dataclass(frozen=True)
class Trial:
    """A form with what was typed into the preview so far."""

    form: Form
    typed: dict[str, Any]

    @cached_property
    def state(self) -> FormState:
        """What applies, what is missing, what is wrong."""
        return self.form.evaluate(self.typed, **_present())

    @cached_property
    def screens(self) -> tuple[Screen, ...]:
        """The screens that apply now."""
        return self.form.applicable(self.state)

    def having(self, given: Mapping[str, Any]) -> Trial:
        """The same with what was just typed, by path."""
        return Trial(self.form, filled(self.typed, given))

    def errors(self, screen: Screen | None = None) -> dict[str, str]:
        """What is missing or wrong, in words, on one screen or everywhere, by path."""
        return explained(self.form, self.state, page_language(), _, screen)


@bp.get("/forms/<uuid:version_id>/preview")
@requires(Permission.PROCEDURE_READ)
def form_preview(version_id: UUID) -> str:
    """The first screen, with the answers that the form proposes."""
    one = find_form(version_id)
    form = form_versions.content_of(one)
    trial = Trial(form, form.initial(**_present()))
    return _page(one, trial, trial.screens[0].name if trial.screens else END)


@bp.post("/forms/<uuid:version_id>/preview")
@requires(Permission.PROCEDURE_READ)
def form_preview_post(version_id: UUID) -> str:
    """Take what was typed and show the screen that the button leads to."""
    one = find_form(version_id)
    form = form_versions.content_of(one)
    trial = Trial(form, _carried())
    here = next((screen for screen in form.screens() if screen.name == request.form.get("screen")), None)
    if here is None:
        return _page(one, trial, _wanted(trial, END))
    shown = request.form.getlist("shown")
    trial = trial.having(read_answers(request.form, asked_at(form, here, shown)))
    press = pressed(form, here, request.form.get("do", ""))
    return _repeated(one, trial, here, press) if press.kind else _moved(one, trial, here, set(shown))


@bp.get("/forms/<uuid:version_id>/blank/<language>/<digest>")
@requires(Permission.PROCEDURE_READ)
def blank_form(version_id: UUID, language: str, digest: str) -> Response:
    """The blank form as the scripts of its pages read it; under another digest than its own it is not kept."""
    if language not in current_app.config["SETTINGS"].languages:
        abort(404)
    found = blank(form_versions.content_of(find_form(version_id)), language)
    return assets.answer(found, KEPT if digest == found.digest else "no-cache")


def _present() -> dict[str, Any]:
    """The moment at which a form is worked out."""
    return {"today": clock.today(), "now": clock.now().astimezone(clock.zone())}


def _repeated(one: FormVersion, trial: Trial, here: Screen, press: Press) -> str:
    """The same screen with an instance more or less, or with the question whether one goes."""
    press = decided(trial.form, trial.typed, press, **_present())
    changed = Trial(trial.form, afterwards(trial.form, trial.typed, press, **_present()))
    return _page(one, changed, here.name, removing=press.path if press.kind == REMOVE else "")


def _moved(one: FormVersion, trial: Trial, here: Screen, shown: set[str]) -> str:
    """Back, to what has just come up, to what is wrong, or on."""
    order = [screen.name for screen in trial.screens]
    at = order.index(here.name) if here.name in order else -1
    wanted = request.form.get("do", "next")
    if wanted == "back":
        return _page(one, trial, order[max(at - 1, 0)] if order else END)
    if wanted.startswith("go:"):
        return _page(one, trial, _wanted(trial, wanted.removeprefix("go:")))
    fresh = newly_asked(trial.form, here, trial.state, shown)
    wrong = seen(trial.errors(here), trial.form, shown)
    if at >= 0 and (fresh or wrong):
        return _page(one, trial, here.name, check=bool(wrong), fresh=bool(fresh))
    return _page(one, trial, order[at + 1] if at + 1 < len(order) else END)


def _carried() -> dict[str, Any]:
    """What the hidden field brings back; anything that is not ours counts as nothing typed."""
    text = request.form.get("typed", "")
    try:
        found = json.loads(text) if len(text) <= MOST_TYPED else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _wanted(trial: Trial, name: str) -> str:
    return name if name in {screen.name for screen in trial.screens} else END


def _page(
    one: FormVersion, trial: Trial, name: str, *, check: bool = False, fresh: bool = False, removing: str = ""
) -> str:
    screen = next((each for each in trial.screens if each.name == name), None)
    errors = trial.errors(screen) if check or screen is None else {}
    items = shown_items(trial.form, screen, trial.state, trial.typed, errors) if screen else ()
    return render_template(
        "procedures/form_preview.html",
        **form_frame(one),
        screen=screen,
        screens=trial.screens,
        number=next((number for number, each in enumerate(trial.screens, 1) if each.name == name), 0),
        **page_parts(items, errors, PREFIX),
        removing=removing,
        live=_live(one, trial, screen) if screen else None,
        titles={each.name: quoted(trial.form, trial.state, each.label) for each in trial.screens},
        typed=json.dumps(trial.typed, ensure_ascii=False, separators=(",", ":")),
        fresh=fresh,
        sections=[] if screen else review(trial.form, trial.state, trial.typed, errors),
    )


def _live(one: FormVersion, trial: Trial, screen: Screen) -> dict[str, str]:
    """What the page tells its script."""
    language = page_language()
    digest = blank(trial.form, language).digest
    address = url_for("procedures.blank_form", version_id=one.id, language=language, digest=digest)
    return live.data(trial.form, screen, trial.typed, _present()["now"]) | {"form": address}
